//! The server that one would write in an hour: the SDK's macros, its stdio transport, reqwest as it
//! comes. It checks no reply, limits nothing, cleans nothing.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{ErrorData, ServiceExt, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Deserialize, JsonSchema)]
struct Arguments {
    /// wolkvox operation
    operation: String,
    /// Field to search by
    field: String,
    /// Exact value
    value: String,
}

#[derive(Serialize, JsonSchema)]
struct Answer {
    total: usize,
    records: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Reply {
    msg: String,
    #[serde(default)]
    data: Vec<Map<String, Value>>,
}

#[derive(Clone)]
struct Naive {
    client: reqwest::Client,
    url: String,
    token: String,
}

#[tool_router]
impl Naive {
    /// Finds the contacts logged with a customer
    #[tool]
    async fn query_obligation(
        &self,
        Parameters(Arguments { operation, field, value }): Parameters<Arguments>,
    ) -> Result<Json<Answer>, ErrorData> {
        let failed = |problem: reqwest::Error| ErrorData::internal_error(problem.to_string(), None);
        let response = self
            .client
            .post(&self.url)
            .header("Wolkvox-Token", &self.token)
            .json(&json!({ "operation": operation, "field": field, "value": value }))
            .send()
            .await
            .map_err(failed)?;
        let refused = !response.status().is_success();
        let Reply { msg, data } = response.json().await.map_err(failed)?;
        if refused {
            return Err(ErrorData::internal_error(msg, None));
        }
        Ok(Json(Answer { total: data.len(), records: data }))
    }
}

#[tool_handler]
impl rmcp::ServerHandler for Naive {}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = std::env::var("WOLKVOX_SERVER")?;
    let naive = Naive {
        client: reqwest::Client::new(),
        url: format!("{server}/server/API/v2/collections/queryGestion.php"),
        token: std::env::var("WOLKVOX_TOKEN")?,
    };
    naive.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}
