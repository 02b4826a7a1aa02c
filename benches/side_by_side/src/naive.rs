//! The tool that one would write in an hour: the SDK's macros, reqwest as it comes. It checks no
//! reply, limits nothing, cleans nothing. `bin/naive.rs` serves it over stdio, `bin/naive_http.rs`
//! over HTTP.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{ErrorData, tool, tool_handler, tool_router};
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

/// The same with wolkvox's text passed on unread.
#[derive(Clone)]
pub struct PassThrough(pub Naive);

#[derive(Clone)]
pub struct Naive {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Naive {
    pub fn from_environment() -> anyhow::Result<Self> {
        let server = std::env::var("WOLKVOX_SERVER")?;
        Ok(Self {
            client: reqwest::Client::new(),
            url: format!("{server}/server/API/v2/collections/queryGestion.php"),
            token: std::env::var("WOLKVOX_TOKEN")?,
        })
    }
}

impl Naive {
    async fn ask(&self, arguments: Arguments) -> Result<reqwest::Response, ErrorData> {
        let Arguments { operation, field, value } = arguments;
        self.client
            .post(&self.url)
            .header("Wolkvox-Token", &self.token)
            .json(&json!({ "operation": operation, "field": field, "value": value }))
            .send()
            .await
            .map_err(failed)
    }
}

fn failed(problem: reqwest::Error) -> ErrorData {
    ErrorData::internal_error(problem.to_string(), None)
}

#[tool_router]
impl Naive {
    /// Finds the contacts logged with a customer
    #[tool]
    async fn query_obligation(
        &self,
        Parameters(arguments): Parameters<Arguments>,
    ) -> Result<Json<Answer>, ErrorData> {
        let response = self.ask(arguments).await?;
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

#[tool_router]
impl PassThrough {
    /// Finds the contacts logged with a customer
    #[tool]
    async fn query_obligation(
        &self,
        Parameters(arguments): Parameters<Arguments>,
    ) -> Result<String, ErrorData> {
        let response = self.0.ask(arguments).await?;
        let refused = !response.status().is_success();
        let text = response.text().await.map_err(failed)?;
        if refused { Err(ErrorData::internal_error(text, None)) } else { Ok(text) }
    }
}

#[tool_handler]
impl rmcp::ServerHandler for PassThrough {}
