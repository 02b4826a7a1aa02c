use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::tenants::{Wolkvox, about};
use super::{AsyncWriteExt, OLDER, Server, TIMELY, reply};
use crate::support::{Program, TOKEN};

/// A server on an account, as a balancer has it in front of it, with its audit log.
async fn serving(wolkvox: &Wolkvox) -> Server {
    let url = &wolkvox.url;
    let settings = format!(
        "server = '{url}'\ntoken = '{TOKEN}'\noperation = 'empresa'\naudit = 'audit.jsonl'\n"
    );
    Server::on_accounts(&settings, &[], &[]).await
}

/// Asks the probe until the server is about to end.
async fn until_ending(server: &Server) {
    let began = Instant::now();
    loop {
        let reply = server.admin("/readyz").await;
        if reply.status == 503 {
            assert_eq!(reply.body, "ending\n");
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(2), "still ready: {}", reply.body);
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits for the end, and verifies that the audit log has so many lines, all in order.
async fn ends_in_order(server: &mut Server, lines: usize) {
    let status = timeout(TIMELY, server.child.wait()).await.expect("in time").expect("a status");
    assert_eq!(status.code(), Some(0), "{}", server.log());
    let path = server.folder.path().join("audit.jsonl").display().to_string();
    let ended = Program::run(&["audit", "verify", &path], &[]).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let log = std::fs::read_to_string(&path).expect("a log");
    assert_eq!(log.lines().count(), lines, "{log}");
}

#[tokio::test]
async fn asked_to_end_it_is_not_ready_at_once_and_answers_until_a_balancer_has_noticed() {
    let wolkvox = Wolkvox::start(Duration::ZERO).await;
    let mut server = serving(&wolkvox).await;
    assert_eq!(server.admin("/readyz").await.status, 200);
    server.signal("TERM");
    let began = Instant::now();
    until_ending(&server).await;
    assert_eq!(server.admin("/livez").await.status, 200);
    let mut calls = 0;
    while began.elapsed() < Duration::from_secs(4) {
        let reply = server.post(&[OLDER], &about(calls)).await;
        calls += 1;
        assert_eq!(reply.json()["result"]["structuredContent"]["outcome"], "found");
        assert!(reply.headers.contains("connection: close"), "{}", reply.headers);
        sleep(Duration::from_millis(200)).await;
    }
    assert!(calls > 5, "{calls} calls");
    ends_in_order(&mut server, calls.try_into().expect("a count")).await;
    let took = began.elapsed();
    assert!((Duration::from_millis(4500)..TIMELY).contains(&took), "{took:?}");
}

#[tokio::test]
async fn asked_twice_it_waits_for_no_balancer_and_still_for_the_calls_on_their_way() {
    let wolkvox = Wolkvox::start(Duration::from_secs(1)).await;
    let mut server = serving(&wolkvox).await;
    server.signal("TERM");
    until_ending(&server).await;
    let mut stream = TcpStream::connect(server.address()).await.expect("still taken");
    let request = server.request("/mcp", &[OLDER], &about(1).to_string());
    stream.write_all(request.as_bytes()).await.expect("sent");
    wolkvox.reached(1).await;
    server.signal("TERM");
    let began = Instant::now();
    let answered = reply(&mut stream).await;
    assert_eq!(answered.json()["result"]["structuredContent"]["outcome"], "found");
    ends_in_order(&mut server, 1).await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert!(TcpStream::connect(server.address()).await.is_err(), "nobody is there");
}

#[tokio::test]
async fn asked_as_soon_as_it_says_where_it_is_it_ends_in_order() {
    for _ in 0..5 {
        let mut server = Server::start(&[], &[]).await;
        server.signal("TERM");
        let status = timeout(TIMELY, server.child.wait()).await.expect("in time");
        assert_eq!(status.expect("a status").code(), Some(0), "{}", server.log());
    }
}
