//! Many clients of the team's server at once, slow ones, and ones that go away.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::serve::{Server, by_customer, call, reply, slow};

const TIMELY: Duration = Duration::from_secs(10);
const OLDER: (&str, &str) = ("MCP-Protocol-Version", "2025-06-18");

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.expect("connects")
}

/// Sends a request over its own connection.
async fn begin(server: &Server, request: &str) -> TcpStream {
    let mut stream = connect(server).await;
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

#[tokio::test]
async fn an_answer_in_parts_does_not_wait_for_the_clients_acknowledgement() {
    let server = Server::start(&["--rate", "1000000"], &[]).await;
    let mut stream = connect(&server).await;
    let [mut whole, mut in_parts] = [Vec::new(), Vec::new()];
    for number in 0..60 {
        // An answer from the cache has no progress and comes in one part.
        let mut message = call(1, json!({ "field": "id_customer", "value": number.to_string() }));
        let is_in_parts = number % 2 == 0;
        if is_in_parts {
            message["params"]["_meta"] = json!({ "progressToken": "p" });
        }
        let request = server.request("/mcp", &[OLDER], &message.to_string());
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("sent");
        let reply = reply(&mut stream).await;
        assert_eq!(reply.headers.contains("text/event-stream"), is_in_parts, "{}", reply.headers);
        if is_in_parts { &mut in_parts } else { &mut whole }.push(began.elapsed());
    }
    whole.sort();
    in_parts.sort();
    // What waits takes some 40 ms longer; on a busy computer everything takes long.
    let (most, took) = (2 * whole[7] + Duration::from_millis(20), in_parts[7]);
    assert!(took < most, "{took:?}, and in one part {:?}", whole[7]);
}

#[tokio::test]
async fn of_three_hundred_clients_the_last_are_served_when_others_have_left() {
    let server = Server::start(&[], &[]).await;
    let listing = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let request = server.request("/mcp", &[], &listing.to_string());
    let mut clients = Vec::new();
    for _ in 0..300 {
        clients.push(begin(&server, &request).await);
    }
    let mut late = clients.split_off(256);
    for client in &mut clients {
        assert_eq!(reply(client).await.status, 200);
    }
    let mut first = late.remove(0);
    let early = timeout(Duration::from_millis(300), first.read(&mut [0])).await;
    assert!(early.is_err(), "served beside 256 others: {early:?}");
    clients.truncate(200);
    assert_eq!(reply(&mut first).await.status, 200);
    for client in &mut late {
        assert_eq!(reply(client).await.status, 200);
    }
}

#[tokio::test]
async fn calls_of_a_client_that_went_away_take_no_places() {
    let server = Server::start(&[], &[]).await;
    let mut with_progress = slow(1);
    with_progress["params"]["_meta"] = json!({ "progressToken": "p" });
    let mut modern = slow(1);
    modern["params"]["_meta"] = crate::support::modern_meta();
    let named = [
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "query_obligation"),
    ];
    let requests = [
        server.request("/mcp", &[OLDER], &slow(1).to_string()),
        server.request("/mcp", &[OLDER], &with_progress.to_string()),
        server.request("/mcp", &named, &modern.to_string()),
    ];
    let mut streams = Vec::new();
    for request in requests.iter().cycle().take(8) {
        streams.push(begin(&server, request).await);
    }
    sleep(Duration::from_millis(300)).await;
    let question = by_customer(2);
    let ask = || server.post(&[OLDER], &question);
    assert_eq!(ask().await.status, 429, "all eight are on their way");
    drop(streams);
    let began = Instant::now();
    loop {
        let reply = ask().await;
        if reply.status == 200 {
            assert_eq!(reply.json()["result"]["structuredContent"]["total"], 37);
            return;
        }
        assert!(began.elapsed() < TIMELY, "{}", reply.body);
        sleep(Duration::from_millis(50)).await;
    }
}

/// Returns a number of `/metrics`.
async fn number(server: &Server, of: &str) -> u64 {
    let text = server.admin("/metrics").await.body;
    let found = text.lines().find_map(|line| line.strip_prefix(of)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{of} in {text}"))
}

/// Waits until a number of `/metrics` is this one.
async fn becomes(server: &Server, of: &str, wanted: u64) {
    let began = Instant::now();
    while number(server, of).await != wanted {
        assert!(began.elapsed() < TIMELY, "{of} is never {wanted}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn calls_whose_client_went_away_while_they_waited_are_never_sent_to_wolkvox() {
    const TAKEN: &str = "wolkvox_gate_taken{tenant=\"default\"}";
    const WAITING: &str = "wolkvox_gate_waiting{tenant=\"default\"}";
    let server = Server::start(&["--max-in-flight", "1"], &[]).await;
    let mut streams = Vec::new();
    // The first takes its time; the others would be equal to it under the same name.
    for (id, fault) in ["slow", "busy_200", "html", "empty"].into_iter().enumerate() {
        let mut other = slow(id as u64);
        other["params"]["arguments"]["value"] = json!(fault);
        if id % 2 == 1 {
            other["params"]["_meta"] = json!({ "progressToken": "p" });
        }
        let request = server.request("/mcp", &[OLDER], &other.to_string());
        streams.push(begin(&server, &request).await);
        becomes(&server, TAKEN, 1).await;
    }
    becomes(&server, WAITING, 3).await;
    streams.truncate(1);
    becomes(&server, WAITING, 0).await;
    assert_eq!(reply(&mut streams[0]).await.status, 200);
    becomes(&server, TAKEN, 0).await;
    let sent = server.admin("/metrics").await.body;
    let sent = sent.lines().filter(|it| it.starts_with("wolkvox_request_duration_seconds_count"));
    let sent: Vec<&str> = sent.collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].ends_with(" 1"), "{sent:?}");
}

#[tokio::test]
async fn a_message_that_comes_drop_by_drop_is_given_up_after_ten_seconds() {
    let server = Server::start(&[], &[]).await;
    let request = server.request("/mcp", &[OLDER], &by_customer(1).to_string());
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    let mut stream = begin(&server, &format!("{head}\r\n\r\n")).await;
    let (mut input, mut output) = stream.split();
    let began = Instant::now();
    let drip = async {
        for byte in body.bytes() {
            if output.write_all(&[byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    let mut refused = [0; 12];
    tokio::select! {
        () = drip => panic!("the whole message was taken"),
        read = input.read_exact(&mut refused) => {
            read.expect("a reply");
        }
    }
    assert_eq!(&refused, b"HTTP/1.1 408");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}
