//! The library's MCP server, carried by somebody else's HTTP service.

use std::convert::Infallible;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tower_service::Service as _;

use wolkvox_mcp::answer::Mask;
use wolkvox_mcp::mcp::Server;
use wolkvox_mcp::tenant::Tenant;
use wolkvox_mcp::wolkvox::Operation;

use crate::serve::{OLDER, by_customer, reply};
use crate::support::{Scene, serve};

/// Serves it as the SDK's documentation shows, and returns the address.
async fn carried(scene: &Scene, is_json: bool) -> String {
    let operation = Operation::parse("sandbox".to_owned()).expect("an operation");
    let lookup = Arc::clone(&scene.lookup);
    let server = Arc::new(Server::new(Tenant::new(lookup, Some(operation), Mask::default(), true)));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(is_json);
    let mcp = StreamableHttpService::new(
        move || Ok(Arc::clone(&server)),
        Arc::<NeverSessionManager>::default(),
        config,
    );
    let (address, _) = serve(move |stream| {
        let mcp = mcp.clone();
        async move {
            let answer = service_fn(move |request: Request<Incoming>| {
                let mut mcp = mcp.clone();
                async move {
                    Ok::<_, Infallible>(mcp.call(request).await.unwrap_or_else(|it| match it {}))
                }
            });
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        }
    })
    .await;
    address
}

/// Posts a message, and returns the result that comes back, alone or as an event.
async fn ask(address: &str, message: &Value) -> Value {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let (body, (name, value)) = (message.to_string(), OLDER);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n{name}: {value}\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.expect("sent");
    let reply = reply(&mut stream).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let json = reply.body.lines().map(|line| line.trim().trim_start_matches("data:").trim());
    let mut json = json.filter(|line| line.starts_with('{') && line.contains("\"result\""));
    let message: Value = json.next_back().expect("an answer").parse().expect("JSON");
    message["result"].clone()
}

#[tokio::test]
async fn an_answer_has_its_structure_whoever_carries_it() {
    let scene = Scene::new(wolkvox_mcp::lookup::Limits::default(), |_| None).await;
    let obligation = json!({ "obligation": "FIC-001", "record_id": "0000000000000000000000aa" });
    let params = json!({ "name": "get_obligation", "arguments": obligation });
    let get = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params });
    for is_json in [true, false] {
        let address = carried(&scene, is_json).await;
        for message in [by_customer(1), get.clone()] {
            let result = ask(&address, &message).await;
            let structure = &result["structuredContent"];
            assert_eq!(structure["outcome"], "found", "{result}");
            let text = result["content"][0]["text"].as_str().expect("a text");
            assert_eq!(&serde_json::from_str::<Value>(text).expect("JSON"), structure);
        }
    }
}
