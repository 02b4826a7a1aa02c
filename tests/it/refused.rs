//! The team server and whoever stalls, or is refused: its end, its connections, its records.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::serve::{OLDER, Server, by_customer, call, listing, reply};

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.expect("connects")
}

#[cfg(unix)]
#[tokio::test]
async fn who_stalls_does_not_hold_the_end() {
    let server = Server::start(&[], &[]).await;
    let mut head = connect(&server).await;
    head.write_all(b"POST /mcp HTTP/1.1\r\nHost: loc").await.expect("sent");
    let mut body = connect(&server).await;
    let request = server.request("/mcp", &[OLDER], &listing().to_string());
    body.write_all(&request.as_bytes()[..request.len() - 1]).await.expect("sent");
    // This one asks on and on and reads nothing, until nothing more is taken.
    let mut deaf = connect(&server).await;
    let full = async {
        loop {
            deaf.write_all(request.as_bytes()).await.expect("sent");
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(500), full).await;
    let began = Instant::now();
    server.end().await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    drop((head, body, deaf));
}

#[cfg(unix)]
#[tokio::test]
async fn a_message_that_arrives_while_the_server_ends_is_answered() {
    let server = Server::start(&[], &[]).await;
    let mut stream = connect(&server).await;
    let request = server.request("/mcp", &[OLDER], &listing().to_string());
    let (first, rest) = request.as_bytes().split_at(request.len() - 1);
    stream.write_all(first).await.expect("sent");
    // By its answer to another the server has accepted this one.
    assert_eq!(server.post(&[OLDER], &listing()).await.status, 200);
    server.signal("TERM");
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(rest).await.expect("sent");
    assert_eq!(reply(&mut stream).await.status, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn who_is_not_let_in_may_ask_again_on_the_same_connection() {
    let server = crate::serve::with_callers().await;
    let mut stream = connect(&server).await;
    let request = server.request("/mcp", &[], &listing().to_string());
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    for _ in 0..3 {
        // As clients do that write a head and a body, each by itself.
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(20)).await;
        stream.write_all(body.as_bytes()).await.expect("sent");
        let refused = reply(&mut stream).await;
        assert_eq!(refused.status, 401, "{}", refused.headers);
        assert!(!refused.headers.contains("connection: close"), "{}", refused.headers);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_connection_that_cannot_go_on_after_a_refusal_says_so() {
    let server = crate::serve::with_callers().await;
    let mut stream = connect(&server).await;
    let large = "x".repeat(70_000);
    let request = server.request("/mcp", &[], &large);
    stream.write_all(request.as_bytes()).await.expect("sent");
    let refused = reply(&mut stream).await;
    assert_eq!(refused.status, 401);
    assert!(refused.headers.contains("connection: close"), "{}", refused.headers);
}

#[tokio::test]
async fn headers_beyond_64_kib_are_refused() {
    let server = Server::start(&[], &[]).await;
    let long = "x".repeat(100_000);
    let request = server.request("/mcp", &[OLDER, ("X-Long", &long)], &listing().to_string());
    let mut stream = connect(&server).await;
    // The server may close before all of it is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431"), "{text}");
    assert_eq!(server.post(&[OLDER], &listing()).await.status, 200);
}

fn lines(server: &Server) -> Vec<Value> {
    let log = std::fs::read_to_string(server.folder.path().join("audit.jsonl")).expect("a log");
    log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn every_call_that_is_refused_before_its_tool_leaves_one_line() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let server = Server::start(&["--audit", "audit.jsonl"], &[]).await;
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let usual = [("Traceparent", traceparent.as_str()), ("User-Agent", "desk/1.2 (x)")];
    let foreign = ("Origin", "http://evil.example");
    let newest = ("MCP-Protocol-Version", "2026-07-28");
    let other_name = [newest, ("Mcp-Method", "tools/call"), ("Mcp-Name", "another")];
    let odd = |member: &str, value: Value| {
        let mut message = by_customer(1);
        message[member] = value;
        message
    };
    let cases: Vec<(Vec<(&str, &str)>, Value)> = vec![
        (vec![OLDER, foreign], by_customer(1)),
        (vec![OLDER, ("Host", "evil.example")], by_customer(1)),
        (vec![("MCP-Protocol-Version", "1999-01-01")], by_customer(1)),
        (other_name.to_vec(), by_customer(1)),
        (vec![OLDER], odd("params", json!([1]))),
        (vec![OLDER], odd("id", Value::Null)),
        (vec![OLDER], odd("id", json!(1.5))),
    ];
    for (count, (headers, message)) in cases.into_iter().enumerate() {
        let headers = [&usual[..], &headers].concat();
        let refused = server.post(&headers, &message).await;
        assert!((400..500).contains(&refused.status), "{message}: {}", refused.status);
        let lines = lines(&server);
        assert_eq!(lines.len(), count + 1, "{headers:?} {message}");
        let line = &lines[count];
        let tool = if message["params"].is_array() { "(another)" } else { "query_obligation" };
        assert_eq!((&line["tool"], &line["trace"]), (&json!(tool), &json!(TRACE)), "{line}");
        assert_eq!(line["client"], json!({ "name": "desk", "version": "1.2" }), "{line}");
    }
    // One that is answered leaves one, too, and what is no call leaves none.
    assert_eq!(server.post(&[OLDER], &by_customer(9)).await.status, 200);
    assert_eq!(server.post(&[OLDER, foreign], &listing()).await.status, 403);
    let outcomes: Vec<_> = lines(&server).iter().map(|it| it["outcome"].clone()).collect();
    assert_eq!(outcomes, [vec![json!("refused"); 7], vec![json!("found")]].concat());
}

#[tokio::test]
async fn a_call_with_a_number_of_its_own_leaves_neither_it_nor_an_address_in_the_log() {
    const SECRET: &str = "wvx_FICTITIOUS";
    let server = Server::start(&["--log", "trace"], &[]).await;
    let read = |id: Value| {
        let params = json!({ "uri": "wolkvox://customers/900000001" });
        json!({ "jsonrpc": "2.0", "id": id, "method": "resources/read", "params": params })
    };
    let unknown = json!({ "jsonrpc": "2.0", "id": SECRET, "method": SECRET, "params": {} });
    let mut named = by_customer(1);
    named["id"] = json!("900000001");
    for message in [read(json!(SECRET)), unknown, named, call(2, json!({ "field": SECRET }))] {
        server.post(&[OLDER], &message).await;
        let evil = [OLDER, ("Origin", "http://900000001.example"), ("Host", SECRET)];
        server.post(&evil, &message).await;
    }
    let log = server.end().await;
    assert!(log.contains("a request"), "{log}");
    for hidden in [SECRET, "900000001"] {
        assert!(!log.contains(hidden), "{log}");
    }
}
