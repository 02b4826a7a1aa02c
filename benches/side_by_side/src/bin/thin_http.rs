//! The limit for every server over HTTP: an axum handler that knows of MCP only how a call and its
//! result are written. It passes wolkvox's reply on as it is; with `cached` it keeps replies, for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::response::Json;
use axum::routing::post;
use axum::serve::ListenerExt;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpListener;

struct Thin {
    client: reqwest::Client,
    url: String,
    token: String,
    kept: Option<Mutex<HashMap<String, Arc<RawValue>>>>,
}

async fn answer(State(thin): State<Arc<Thin>>, Json(request): Json<Value>) -> Json<Value> {
    let result = match request["method"].as_str() {
        Some("tools/call") => thin.call(&request["params"]["arguments"]).await,
        Some("tools/list") => json!({ "tools": [{ "name": "query_obligation" }] }),
        _ => json!({ "protocolVersion": "2025-11-25", "capabilities": {} }),
    };
    Json(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }))
}

impl Thin {
    async fn call(&self, arguments: &Value) -> Value {
        let key = arguments.to_string();
        let kept = self.kept.as_ref().and_then(|it| it.lock().expect("whole").get(&key).cloned());
        let reply = match kept {
            Some(reply) => reply,
            None => {
                let request = self.client.post(&self.url).header("Wolkvox-Token", &self.token);
                let sent = request.json(arguments).send().await.expect("a reply");
                let reply: Box<RawValue> = sent.json().await.expect("JSON");
                let reply = Arc::from(reply);
                if let Some(kept) = &self.kept {
                    kept.lock().expect("whole").insert(key, Arc::clone(&reply));
                }
                reply
            }
        };
        json!({ "content": [{ "type": "text", "text": reply.get() }] })
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let keeps = std::env::args().nth(1).is_some_and(|it| it == "cached");
    let server = std::env::var("WOLKVOX_SERVER")?;
    let thin = Thin {
        client: reqwest::Client::new(),
        url: format!("{server}/server/API/v2/collections/queryGestion.php"),
        token: std::env::var("WOLKVOX_TOKEN")?,
        kept: keeps.then(Mutex::default),
    };
    let router = axum::Router::new().route("/mcp", post(answer)).with_state(Arc::new(thin));
    let listener = TcpListener::bind(std::env::var("WOLKVOX_LISTEN")?).await?;
    let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
    axum::serve(listener, router).await?;
    Ok(())
}
