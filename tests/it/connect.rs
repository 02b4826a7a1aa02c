//! The way from a client's pipes to a team's server: both built programs, real pipes and sockets.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout};
use tokio::time::{sleep, timeout};

use crate::support::{
    Authority, Program, RawReply, RawServer, modern_meta, read_request, response, serve,
};

const TIMELY: Duration = Duration::from_secs(20);
const ALONE: (&str, &str) = ("LANG", "C");

/// A running team's server with the sandbox.
struct Team {
    child: Child,
    _said: BufReader<ChildStdout>,
    url: String,
}

impl Team {
    async fn start(arguments: &[&str]) -> Self {
        Self::at("127.0.0.1:0", arguments).await
    }

    async fn at(listen: &str, arguments: &[&str]) -> Self {
        let own = ["serve", "--sandbox", "--listen", listen, "--admin-listen", "127.0.0.1:0"];
        let mut command = Program::command(&[&own[..], arguments].concat(), &[]);
        command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        timeout(TIMELY, said.read_line(&mut line)).await.expect("in time").expect("a line");
        let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, _said: said, url }
    }

    fn address(&self) -> String {
        let rest = self.url.trim_start_matches("http://");
        rest.split('/').next().expect("an address").to_owned()
    }

    async fn stop(mut self) {
        self.child.kill().await.expect("ended");
    }
}

fn connect(url: &str) -> Program {
    Program::start(&["connect", url], &[ALONE])
}

fn call(id: u64, value: &str) -> Value {
    let arguments = json!({ "field": "sandbox_fault", "value": value });
    let params = json!({ "name": "query_obligation", "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

fn customer() -> Value {
    json!({ "field": "id_customer", "value": "900000001", "limit": 1 })
}

fn cancel(id: u64) -> Value {
    let params = json!({ "requestId": id });
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
}

/// Sends one look-up to a server that answers as told, and returns what a model is told.
async fn told(replies: Vec<RawReply>, environment: &[(&str, &str)]) -> String {
    let server = RawServer::start(replies).await;
    let mut program =
        Program::start(&["connect", server.address()], &[environment, &[ALONE]].concat());
    let result = program.call(customer()).await;
    assert_eq!(result["isError"], true, "{result}");
    let ended = program.end().await;
    assert!(ended.status.success(), "{}", ended.stderr);
    result["content"][0]["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn an_older_client_lists_calls_and_leaves() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    let welcome = program.initialize("2025-11-25").await;
    assert_eq!(welcome["protocolVersion"], "2025-11-25");
    let tools = program.request("tools/list", json!({})).await;
    assert_eq!(tools["result"]["tools"].as_array().map(Vec::len), Some(2));
    let answer = program.call(customer()).await;
    assert_eq!(answer["structuredContent"]["outcome"], "found", "{answer}");
    let ended = program.end().await;
    assert!(ended.status.success(), "{}", ended.stderr);
}

#[tokio::test]
async fn the_audit_log_names_the_client_and_not_what_carries_its_messages() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit.jsonl").display().to_string();
    let team = Team::start(&["--audit", &log]).await;
    let mut program = connect(&team.url);
    program.initialize("2025-11-25").await;
    program.call(customer()).await;
    program.end().await;
    let line = std::fs::read_to_string(&log).expect("a log");
    assert!(line.contains(r#""client":{"name":"test","version":"1"}"#), "{line}");
}

#[tokio::test]
async fn a_newer_client_needs_no_handshake_and_its_requests_say_in_headers_what_they_ask_for() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    let discovered = program.request("server/discover", json!({ "_meta": modern_meta() })).await;
    assert!(discovered["result"]["serverInfo"].is_object() || discovered["result"].is_object());
    let params =
        json!({ "name": "query_obligation", "arguments": customer(), "_meta": modern_meta() });
    let answer = program.request("tools/call", params).await;
    assert_eq!(answer["result"]["structuredContent"]["outcome"], "found", "{answer}");
    assert_eq!(answer["result"]["resultType"], "complete");
    let params = json!({ "name": "día", "arguments": {}, "_meta": modern_meta() });
    let unknown = program.request("tools/call", params).await;
    assert_eq!(unknown["error"]["code"], -32602, "the name arrived as it is: {unknown}");
    let unknown = program.request("no/such", json!({ "_meta": modern_meta() })).await;
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
}

#[tokio::test]
async fn progress_comes_before_the_answer_and_rises() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    program.initialize("2025-11-25").await;
    let mut slow = call(7, "slow");
    slow["params"]["_meta"] = json!({ "progressToken": "p" });
    program.send(slow).await;
    let began = Instant::now();
    let (mut last, mut first_at) = (-1.0, None);
    let answer = loop {
        let message = program.receive().await;
        if message["id"] == 7 {
            break message;
        }
        assert_eq!(message["params"]["progressToken"], "p", "{message}");
        let progress = message["params"]["progress"].as_f64().expect("a number");
        assert!(progress > last, "{progress} after {last}");
        last = progress;
        first_at.get_or_insert(began.elapsed());
    };
    assert!(answer["result"].is_object(), "{answer}");
    let first_at = first_at.expect("progress");
    assert!(began.elapsed() - first_at > Duration::from_millis(500), "events come as they happen");
}

#[tokio::test]
async fn a_cancelled_call_frees_its_place_in_both_eras_and_gets_no_answer() {
    for is_newer in [false, true] {
        let team = Team::start(&["--cache-ttl", "0s"]).await;
        let mut program = connect(&team.url);
        let meta = if is_newer { modern_meta() } else { json!({}) };
        if !is_newer {
            program.initialize("2025-11-25").await;
        }
        // All places of a person are taken, here and at the server.
        for id in 70..78 {
            let mut slow = call(id, "slow");
            slow["params"]["_meta"] = meta.clone();
            program.send(slow).await;
        }
        sleep(Duration::from_millis(700)).await;
        let began = Instant::now();
        for id in 70..78 {
            program.send(cancel(id)).await;
        }
        let params = json!({ "name": "query_obligation", "arguments": customer(), "_meta": meta });
        let answer = program.request("tools/call", params).await;
        assert_eq!(answer["result"]["structuredContent"]["outcome"], "found", "{answer}");
        assert!(began.elapsed() < Duration::from_secs(2), "the places are free again");
        let ended = program.end().await;
        let is_answered = ended.stdout.iter().any(|line| line.contains("\"id\":7"));
        assert!(!is_answered, "{:?}", ended.stdout);
    }
}

#[tokio::test]
async fn requests_go_side_by_side_and_more_than_the_server_allows_wait_instead_of_failing() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    program.initialize("2025-11-25").await;
    for id in 100..112 {
        let mut busy = call(id, "cut");
        busy["params"]["arguments"] = customer();
        busy["params"]["arguments"]["limit"] = json!(id - 99);
        program.send(busy).await;
    }
    for _ in 100..112 {
        let answer = program.receive().await;
        assert_eq!(answer["result"]["structuredContent"]["outcome"], "found", "{answer}");
    }
}

#[tokio::test]
async fn a_server_that_restarts_costs_a_wait_and_no_failure() {
    let team = Team::start(&[]).await;
    let (address, url) = (team.address(), team.url.clone());
    let mut program = connect(&url);
    program.initialize("2025-11-25").await;
    program.call(customer()).await;
    program.send(call(50, "slow")).await;
    sleep(Duration::from_millis(300)).await;
    team.stop().await;
    let restart = async {
        sleep(Duration::from_millis(1_000)).await;
        Team::at(&address, &[]).await
    };
    let (_team, answer) = tokio::join!(restart, program.call(customer()));
    assert_eq!(answer["structuredContent"]["outcome"], "found", "{answer}");
    let slow = program.stdout.iter().any(|line| line.contains("\"id\":50"));
    let slow = if slow { json!({ "id": 50 }) } else { program.receive().await };
    assert_eq!(slow["id"], 50, "the call on its way was asked again");
}

#[tokio::test]
async fn the_end_of_input_ends_it_and_what_is_on_its_way_is_cancelled() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    program.initialize("2025-11-25").await;
    program.send(call(8, "slow")).await;
    sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    let ended = program.end().await;
    assert!(ended.status.success(), "{}", ended.stderr);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(!ended.stdout.iter().any(|line| line.contains("\"id\":8")), "{:?}", ended.stdout);
}

#[tokio::test]
async fn a_client_that_writes_all_and_closes_its_side_gets_what_is_answered_at_once() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    for id in 1..9 {
        let list = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        program.send(list).await;
    }
    let ended = program.end().await;
    assert_eq!(ended.stdout.len(), 8, "{ended:?}");
}

#[tokio::test]
async fn a_token_that_a_server_repeats_is_taken_out_of_its_words() {
    let refusal = br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no wvx_FICTITIOUS-0001 here"}}"#;
    let reply = RawReply::new(403, "application/json", refusal);
    let text = told(vec![reply], &[("WOLKVOX_CALLER_TOKEN", "wvx_FICTITIOUS-0001")]).await;
    assert!(text.contains("here") && !text.contains("FICTITIOUS"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_client_that_vanishes_and_leaves_the_input_open_ends_it() {
    let team = Team::start(&[]).await;
    let mut child = Program::command(&["connect", &team.url], &[]).spawn().expect("starts");
    drop(child.stdout.take());
    let status = timeout(TIMELY, child.wait()).await.expect("it ends").expect("a status");
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn each_failure_is_told_with_what_to_do_and_never_as_an_answer() {
    let html = b"<html><body>Sign in to Wi-Fi</body></html>";
    let refusal = br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"you may not use this tenant"}}"#;
    let half = RawReply::json(br#"{"jsonrpc":"2.0","id":1,"result":{"conte"#);
    let redirect = RawReply::new(302, "text/html", b"");
    for (reply, kind, words) in [
        (RawReply::new(401, "text/plain", b""), "token_rejected", "WOLKVOX_CALLER_TOKEN"),
        (
            RawReply::new(403, "application/json", refusal),
            "rejected",
            "you may not use this tenant",
        ),
        (RawReply::new(403, "text/html", html), "rejected", "does not let you in"),
        (RawReply::new(404, "text/html", html), "rejected", "ends in /mcp"),
        (RawReply::new(200, "text/html", html), "unexpected_reply", "an HTML page"),
        (RawReply::new(200, "application/json", b""), "unexpected_reply", "an empty body"),
        (half, "unexpected_reply", "is not MCP"),
        (redirect, "unexpected_reply", "redirects to another one"),
        (
            RawReply::json(br#"{"jsonrpc":"2.0","id":99,"result":{}}"#),
            "unexpected_reply",
            "not MCP",
        ),
        (RawReply::new(400, "application/json", refusal), "rejected", "status 400"),
    ] {
        let text = told(vec![reply], &[]).await;
        assert!(text.starts_with(&format!("{kind}: could not look up: ")), "{text}");
        assert!(text.contains(words), "{text}");
        assert!(text.contains("This is not an answer"), "{text}");
        assert!(!text.contains("Wi-Fi"), "what another wrote is not quoted: {text}");
    }
}

#[tokio::test]
async fn failures_are_told_in_spanish() {
    let language = [("LANG", "es_CO.UTF-8"), ("LC_ALL", "es_CO.UTF-8")];
    let text = told(vec![RawReply::new(401, "text/plain", b"")], &language).await;
    assert!(text.starts_with("token_rejected: no se pudo consultar: "), "{text}");
    assert!(text.contains("Esto no es una respuesta"), "{text}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let answer = RawReply::json(br#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"ok":true}}"#);
    let busy =
        RawReply(b"HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n".to_vec());
    let failed = RawReply::new(502, "text/html", b"<html>Bad Gateway</html>");
    let server = RawServer::start(vec![busy, failed, answer]).await;
    let mut program = connect(server.address());
    let began = Instant::now();
    let result = program.call(customer()).await;
    assert_eq!(result["ok"], true, "{result}");
    assert!(began.elapsed() >= Duration::from_secs(1), "Retry-After is honoured");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn what_does_not_pass_is_told_as_what_it_is() {
    let soon = [("WOLKVOX_TIMEOUT", "1s")];
    let text = told(vec![RawReply::new(503, "text/html", b"<html>down</html>")], &soon).await;
    assert!(text.starts_with("unavailable: ") && text.contains("status 503"), "{text}");
    let busy = b"HTTP/1.1 429 Too Many\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n";
    let text = told(vec![RawReply(busy.to_vec())], &[]).await;
    assert!(text.starts_with("busy: ") && text.contains("Ask again in 60 s"), "{text}");
}

#[tokio::test]
async fn what_is_not_known_to_read_only_is_sent_once() {
    let server = RawServer::start(vec![RawReply::new(502, "text/html", b"<html>")]).await;
    let mut program = connect(server.address());
    let answer = program.request("custom/change", json!({})).await;
    let message = answer["error"]["message"].as_str().expect("an error");
    assert!(message.contains("failed with status 502"), "{message}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn events_that_end_early_or_never_end_are_failures() {
    let endless = {
        let mut bytes =
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ".to_vec();
        bytes.resize(17 * 1024 * 1024, b'x');
        RawReply(bytes)
    };
    let text = told(vec![endless], &[]).await;
    assert!(text.starts_with("unexpected_reply: ") && text.contains("larger than"), "{text}");

    let (address, tries) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        let event = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n";
        let half = "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"resu";
        let _ = stream.write_all(format!("{head}{event}{half}").as_bytes()).await;
    })
    .await;
    let mut program =
        Program::start(&["connect", &format!("http://{address}/mcp"), "--timeout", "3s"], &[ALONE]);
    let params = json!({ "name": "query_obligation", "arguments": customer() });
    program
        .send(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
        .await;
    let mut progress = 0;
    let answer = loop {
        let message = program.receive().await;
        if message["id"] == 1 {
            break message;
        }
        progress += 1;
    };
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(progress, 1, "progress is not told twice");
    assert!(tries.load(std::sync::atomic::Ordering::SeqCst) > 1, "it was asked again");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_at_the_deadline() {
    let (address, _) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        sleep(Duration::from_secs(60)).await;
    })
    .await;
    let url = format!("http://{address}/mcp");
    let mut program = Program::start(&["connect", &url, "--timeout", "1s"], &[ALONE]);
    let result = program.call(customer()).await;
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert!(text.starts_with("timeout: ") && text.contains("within 1 s"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_of_the_handshake() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}/mcp", listener.local_addr().expect("an address"))
    };
    let mut program = Program::start(&["connect", &url, "--timeout", "2s"], &[ALONE]);
    let answer = program.request("initialize", json!({})).await;
    let message = answer["error"]["message"].as_str().expect("an error");
    assert!(message.contains("no connection (refused)"), "{message}");
    assert!(message.contains("is the server running"), "{message}");
}

#[tokio::test]
async fn the_token_goes_as_a_header_only_and_its_file_is_read_again_when_it_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, "wvx_FICTITIOUS-1\n").expect("written");
    let answer = |id: u64| {
        let answer = json!({ "jsonrpc": "2.0", "id": id, "result": { "content": [] } });
        RawReply::json(answer.to_string())
    };
    let server = RawServer::start(vec![answer(1), answer(2)]).await;
    let path = file.to_str().expect("a path");
    let mut program =
        Program::start(&["connect", server.address(), "--token-file", path], &[ALONE]);
    program.call(customer()).await;
    std::fs::write(&file, "wvx_FICTITIOUS-20\n").expect("written");
    program.call(customer()).await;
    let requests = server.requests();
    assert!(requests[0].contains("Bearer wvx_FICTITIOUS-1\r\n"), "{requests:?}");
    assert!(requests[1].contains("Bearer wvx_FICTITIOUS-20\r\n"), "{requests:?}");
    let ended = program.end().await;
    let said = format!("{:?} {}", ended.stdout, ended.stderr);
    assert!(!said.contains("FICTITIOUS"), "{said}");
}

#[tokio::test]
async fn a_token_never_goes_over_plain_http_to_another_computer() {
    let set = [("WOLKVOX_CALLER_TOKEN", "wvx_FICTITIOUS"), ALONE];
    for (url, words) in [
        ("http://10.0.0.5:8080/mcp", "must use https"),
        ("https://ana:FICTITIOUS@wolkvox.example.com/mcp", "user name"),
        ("https://wolkvox.example.com/mcp?token=FICTITIOUS", "`?`"),
    ] {
        let ended = Program::run(&["connect", url], &set).await;
        assert_eq!(ended.status.code(), Some(3), "{url}");
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        assert!(!ended.stderr.contains("FICTITIOUS"), "{}", ended.stderr);
        assert!(ended.stdout.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_a_stray_print_is_not_answered() {
    let team = Team::start(&[]).await;
    let mut program = connect(&team.url);
    program.send_line("hola").await;
    program.send_line("[]").await;
    let refused = program.receive().await;
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(-32600)));
    program.initialize("2025-11-25").await;
    assert_eq!(program.end().await.stdout.len(), 2);
}

/// A server over TLS that answers every look-up, and passes on what it was asked.
async fn over_tls(authority: &Authority) -> String {
    let acceptor = authority.acceptor();
    let (address, _) = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            let body = br#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"ok":true}}"#;
            let headers =
                format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
            let _ = stream.write_all(&response(&headers, body)).await;
        }
    })
    .await;
    let port = address.rsplit(':').next().expect("a port").to_owned();
    format!("https://localhost:{port}/mcp")
}

#[tokio::test]
async fn a_private_authority_is_trusted_by_its_file_and_told_without_it() {
    let authority = Authority::certify("localhost");
    let url = over_tls(&authority).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    let mut program = Program::start(
        &["connect", &url],
        &[("WOLKVOX_CA_FILE", file.to_str().expect("a path")), ALONE],
    );
    let result = program.call(customer()).await;
    assert_eq!(result["ok"], true, "{result}");

    let mut program = connect(&url);
    let began = Instant::now();
    let result = program.call(customer()).await;
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert!(text.starts_with("unavailable: ") && text.contains("WOLKVOX_CA_FILE"), "{text}");
    assert!(began.elapsed() < Duration::from_secs(5), "no use in trying again");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told() {
    let (proxy, _) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let refused = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        let _ = stream.write_all(refused).await;
    })
    .await;
    let proxy = format!("http://{proxy}");
    let mut program = Program::start(
        &["connect", "https://wolkvox.example.com/mcp"],
        &[("HTTPS_PROXY", &proxy), ALONE],
    );
    let result = program.call(customer()).await;
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert!(text.contains("user name and password"), "{text}");
}
