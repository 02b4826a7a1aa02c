//! A team server's numbers and probes, on the admin address.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::serve::{Server, by_customer, call, slow};

const TIMELY: Duration = Duration::from_secs(10);
const OLDER: (&str, &str) = ("MCP-Protocol-Version", "2025-06-18");

/// Reads every number by its name and labels.
async fn numbers(server: &Server) -> BTreeMap<String, f64> {
    let reply = server.admin("/metrics").await;
    assert_eq!(reply.status, 200);
    assert!(reply.headers.contains("text/plain; version=0.0.4"), "{}", reply.headers);
    let lines = reply.body.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let number = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        (name.to_owned(), value.parse().expect("a number"))
    };
    lines.map(number).collect()
}

/// Waits until a number has this value: some are counted when the last byte has left.
async fn until(server: &Server, name: &str, value: f64) {
    let began = Instant::now();
    loop {
        let numbers = numbers(server).await;
        if numbers.get(name) == Some(&value) {
            return;
        }
        assert!(began.elapsed() < TIMELY, "{name} is not {value}: {numbers:#?}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn operation(method: &str, tool: &str, error: &str) -> String {
    format!(
        "mcp_server_operation_duration_seconds_count{{mcp_method_name=\"{method}\",\
         gen_ai_tool_name=\"{tool}\",error_type=\"{error}\",network_transport=\"tcp\",\
         mcp_protocol_version=\"2025-06-18\"}}"
    )
}

#[tokio::test]
async fn calls_are_counted_by_tool_and_outcome() {
    let server = Server::start(&[], &[]).await;
    let failing = call(3, json!({ "field": "sandbox_fault", "value": "quota" }));
    for message in [by_customer(1), by_customer(2), failing] {
        assert_eq!(server.post(&[OLDER], &message).await.status, 200);
    }
    until(&server, &operation("tools/call", "query_obligation", ""), 2.0).await;
    until(&server, &operation("tools/call", "query_obligation", "tool_error"), 1.0).await;
    until(&server, "wolkvox_answers_total{tenant=\"default\",outcome=\"found\"}", 2.0).await;
    until(&server, "wolkvox_answers_total{tenant=\"default\",outcome=\"quota_exhausted\"}", 1.0)
        .await;
    until(&server, "wolkvox_lookups_total{tenant=\"default\",source=\"cache\"}", 1.0).await;
    until(&server, "wolkvox_lookups_total{tenant=\"default\",source=\"wolkvox\"}", 2.0).await;
    let request = "wolkvox_request_duration_seconds_count{tenant=\"default\",outcome=";
    until(&server, &format!("{request}\"answered\"}}"), 1.0).await;
    until(&server, &format!("{request}\"quota_exhausted\"}}"), 1.0).await;
    until(&server, "wolkvox_gate_wait_seconds_count{tenant=\"default\"}", 2.0).await;
    until(&server, "wolkvox_quota_hold{tenant=\"default\"}", 1.0).await;
}

#[tokio::test]
async fn what_a_client_names_is_in_no_label() {
    let server = Server::start(&[], &[]).await;
    let unknown = json!({ "jsonrpc": "2.0", "id": 1, "method": "900000001/900000001" });
    server.post(&[OLDER], &unknown).await;
    let params = json!({ "name": "900000001", "arguments": { "value": "900000001" } });
    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params });
    server.post(&[OLDER], &call).await;
    server.post(&[("MCP-Protocol-Version", "900000001")], &call).await;
    until(&server, &operation("(another)", "", "-32601"), 1.0).await;
    until(&server, &operation("tools/call", "", "-32602"), 1.0).await;
    let text = server.admin("/metrics").await.body;
    assert!(!text.contains("900000001"), "{text}");
}

#[tokio::test]
async fn a_call_that_its_client_gives_up_is_counted_as_cancelled() {
    let server = Server::start(&[], &[]).await;
    let mut stream = TcpStream::connect(server.address()).await.expect("connects");
    let request = server.request("/mcp", &[OLDER], &slow(1).to_string());
    stream.write_all(request.as_bytes()).await.expect("sent");
    until(&server, "wolkvox_gate_taken{tenant=\"default\"}", 1.0).await;
    until(&server, "wolkvox_connections", 1.0).await;
    drop(stream);
    until(&server, &operation("tools/call", "", "cancelled"), 1.0).await;
    until(&server, "wolkvox_connections", 0.0).await;
    let given_up = "{tenant=\"default\",outcome=\"given_up\"}";
    let given_up = format!("wolkvox_request_duration_seconds_count{given_up}");
    until(&server, &given_up, 1.0).await;
}

#[cfg(unix)]
#[tokio::test]
async fn who_is_not_let_in_is_counted_by_reason() {
    let server = crate::serve::with_callers().await;
    assert_eq!(server.post(&[], &by_customer(1)).await.status, 401);
    let wrong = ("Authorization", "Bearer wvx_900000001");
    assert_eq!(server.post(&[wrong], &by_customer(1)).await.status, 401);
    until(&server, "wolkvox_authentication_failures_total{reason=\"missing\"}", 1.0).await;
    until(&server, "wolkvox_authentication_failures_total{reason=\"unknown\"}", 1.0).await;
    let http = "http_server_request_duration_seconds_count{http_request_method=\"POST\",\
                http_response_status_code=\"401\"}";
    until(&server, http, 2.0).await;
}

#[tokio::test]
async fn without_a_store_there_is_no_number_about_one() {
    let server = Server::start(&[], &[]).await;
    assert!(!server.admin("/metrics").await.body.contains("wolkvox_shared_state_up"));
}

#[tokio::test]
async fn probes_are_answered_on_the_admin_address_alone() {
    let server = Server::start(&[], &[]).await;
    for (path, status, text) in [
        ("/livez", 200, "alive\n"),
        ("/readyz", 200, "ready\n"),
        ("/other", 404, "/livez, /readyz and /metrics are here\n"),
    ] {
        let reply = server.admin(path).await;
        assert_eq!((reply.status, reply.body.as_str()), (status, text), "{path}");
        let get = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
        assert_eq!(server.raw(&get).await.status, 404, "{path}");
    }
}
