//! MCP over HTTP: the built program on a real socket, spoken to by hand.

/// Static callers, while the server runs.
mod callers;
/// The end, as a balancer and a client see it.
#[cfg(unix)]
mod ending;
/// `Host` and `Origin`.
mod names;
/// Who may speak without TLS, and whose address counts.
mod peers;
/// The tokens, searched for in everything that the server writes.
mod secrets;
/// Several accounts.
mod tenants;
/// TLS that ends here.
mod tls;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout};
use tokio::time::{sleep, timeout};

use crate::support::Program;

const TIMELY: Duration = Duration::from_secs(10);

/// The running server, with its files in a folder of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) said: BufReader<ChildStdout>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: String,
    log: tempfile::NamedTempFile,
}

/// What came back for one request.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    /// Returns the code of the JSON-RPC error that it holds.
    pub(crate) fn code(&self) -> i64 {
        let json = self.json();
        assert_eq!(json["jsonrpc"], "2.0", "{json}");
        json["error"]["code"].as_i64().unwrap_or_else(|| panic!("{json}"))
    }
}

impl Server {
    pub(crate) async fn start(arguments: &[&str], files: &[(&str, &str)]) -> Self {
        Self::start_by(env!("CARGO_BIN_EXE_wolkvox-mcp"), &[], arguments, files).await
    }

    /// Starts it by another program, such as a shell, which gets these arguments first.
    pub(crate) async fn start_by(
        program: &str,
        before: &[&str],
        arguments: &[&str],
        files: &[(&str, &str)],
    ) -> Self {
        let own = ["serve", "--sandbox"];
        let listen = ["--listen", "127.0.0.1:0"];
        let listen = if arguments.contains(&listen[0]) { &[][..] } else { &listen };
        Self::launch(program, &[before, &own, listen, arguments].concat(), files).await
    }

    /// Starts it on the accounts of a file of settings.
    pub(crate) async fn on_accounts(
        settings: &str,
        arguments: &[&str],
        files: &[(&str, &str)],
    ) -> Self {
        let own = ["serve", "--listen", "127.0.0.1:0", "--config", "w.toml"];
        let program = env!("CARGO_BIN_EXE_wolkvox-mcp");
        let files = [&[("w.toml", settings)], files].concat();
        Self::launch(program, &[&own, arguments].concat(), &files).await
    }

    async fn launch(program: &str, arguments: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            write_private(&folder.path().join(name), text);
        }
        let environment = [("WOLKVOX_ADMIN_LISTEN", "127.0.0.1:0")];
        let mut command = Program::command_of(program, arguments, &environment);
        command.current_dir(folder.path()).kill_on_drop(true);
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
        let log = tempfile::NamedTempFile::new().expect("a file");
        command.stderr(log.reopen().expect("opened"));
        let mut child = command.spawn().expect("starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        timeout(TIMELY, said.read_line(&mut line)).await.expect("in time").expect("a line");
        let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, said, folder, url, log }
    }

    /// Returns what the server has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("a log")
    }

    /// Asks the admin address.
    pub(crate) async fn admin(&self, path: &str) -> Reply {
        self.ask_admin(&format!("GET {path}"), "").await
    }

    /// Posts to the admin address.
    pub(crate) async fn admin_post(&self, path: &str, body: &str) -> Reply {
        self.ask_admin(&format!("POST {path}"), body).await
    }

    /// Returns what the log says of an address: `address`, where it listens, or `admin`.
    async fn logged(&self, name: &str) -> String {
        let name = format!(" {name}=");
        let named = async {
            loop {
                let log = self.log();
                let named = log.split_once(&name).and_then(|(_, it)| it.split_once([' ', '\n']));
                match named {
                    Some((address, _)) => return address.to_owned(),
                    None => sleep(Duration::from_millis(5)).await,
                }
            }
        };
        timeout(TIMELY, named).await.expect("an address in the log")
    }

    /// Waits until the log says so; what was said before this length does not count.
    pub(crate) async fn says(&self, from: usize, what: &str) {
        let said = async {
            while !self.log().get(from..).is_some_and(|log| log.contains(what)) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(timeout(TIMELY, said).await.is_ok(), "{what} is not in: {}", self.log());
    }

    /// Asks the admin address, which the log names.
    async fn ask_admin(&self, what: &str, body: &str) -> Reply {
        let address = self.logged("admin").await;
        let mut stream = TcpStream::connect(&address).await.expect("connects");
        let length = body.len();
        let request =
            format!("{what} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.expect("sent");
        reply(&mut stream).await
    }

    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://").split('/').next().expect("an address")
    }

    /// Sends a request as it is written and reads the whole reply.
    pub(crate) async fn raw(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address()).await.expect("connects");
        stream.write_all(request.as_bytes()).await.expect("sent");
        reply(&mut stream).await
    }

    /// Posts a message with these headers beside the usual ones.
    pub(crate) async fn post(&self, headers: &[(&str, &str)], message: &Value) -> Reply {
        self.raw(&self.request("/mcp", headers, &message.to_string())).await
    }

    pub(crate) fn request(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let has = |name: &str| headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        let usual = [
            ("Host", self.address()),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        let usual = usual.iter().filter(|(name, _)| !has(name));
        let lines = usual.chain(headers).map(|(name, value)| format!("{name}: {value}\r\n"));
        let lines: String = lines.collect();
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\n{lines}Content-Length: {length}\r\n\r\n{body}")
    }

    /// Ends the server and returns all that it has logged.
    pub(crate) async fn end(mut self) -> String {
        #[cfg(unix)]
        self.signal("TERM");
        #[cfg(not(unix))]
        self.child.start_kill().expect("still running");
        timeout(TIMELY, self.child.wait()).await.expect("in time").expect("a status");
        self.log()
    }

    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("running")
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().expect("running").to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.expect("kill runs").success());
    }
}

/// Writes a file that only its owner can read.
pub(crate) fn write_private(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let owners = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, owners).expect("permissions are set");
    }
}

/// Reads one reply: its head, and as much as its length says or, in parts, until the last.
pub(crate) async fn reply(stream: &mut (impl AsyncReadExt + Unpin)) -> Reply {
    let mut bytes = Vec::new();
    let whole = async {
        let mut part = [0; 16 * 1024];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let head = head.to_ascii_lowercase();
                let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
                let length: Option<usize> = length.map(|it| it.parse().expect("a number"));
                let is_whole = match length {
                    Some(length) => body.len() >= length,
                    None => {
                        let is_bare =
                            ["http/1.1 202", "http/1.1 204"].iter().any(|it| head.starts_with(it));
                        is_bare || body.ends_with("0\r\n\r\n")
                    }
                };
                if is_whole {
                    return;
                }
            }
            let length = stream.read(&mut part).await.expect("readable");
            if length == 0 {
                return;
            }
            bytes.extend_from_slice(&part[..length]);
        }
    };
    timeout(TIMELY, whole).await.expect("a reply in time");
    let text = String::from_utf8(bytes).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    Reply { status, headers: head.to_ascii_lowercase(), body: body.to_owned() }
}

pub(crate) fn call(id: u64, arguments: Value) -> Value {
    let params = json!({ "name": "query_obligation", "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

pub(crate) fn by_customer(id: u64) -> Value {
    call(id, json!({ "field": "id_customer", "value": "900000001", "limit": 1 }))
}

/// A look-up that takes longer than a test.
pub(crate) fn slow(id: u64) -> Value {
    call(id, json!({ "field": "sandbox_fault", "value": "slow" }))
}

pub(crate) fn initialize() -> Value {
    let params = json!({
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })
}

pub(crate) fn listing() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })
}

pub(crate) const OLDER: (&str, &str) = ("MCP-Protocol-Version", "2025-06-18");

#[tokio::test]
async fn a_call_is_answered_in_json_without_a_session() {
    let server = Server::start(&[], &[]).await;
    let reply = server.post(&[OLDER], &by_customer(1)).await;
    assert_eq!(reply.status, 200);
    assert!(reply.headers.contains("content-type: application/json"), "{}", reply.headers);
    assert!(reply.headers.contains("cache-control: no-store"), "{}", reply.headers);
    assert_eq!(reply.json()["result"]["structuredContent"]["total"], 37);
}

/// Returns what an answer says as structure and as text.
fn said(answer: &Value) -> (String, String) {
    let result = &answer["result"];
    let text = result["content"][0]["text"].as_str().expect("a text").to_owned();
    (result["structuredContent"].to_string(), text)
}

#[tokio::test]
async fn the_structure_says_what_the_text_says_in_one_message_and_in_an_event() {
    let server = Server::start(&[], &[]).await;
    let mut message = by_customer(1);
    let reply = server.post(&[OLDER], &message).await;
    let length = format!("content-length: {}", reply.body.len());
    assert!(reply.headers.contains(&length), "{}", reply.headers);
    let (structure, text) = said(&reply.json());
    assert!(structure.contains("FIC-001"), "{structure}");
    assert_eq!(structure, text);
    // An answer from the cache has no progress to tell.
    let server = Server::start(&[], &[]).await;
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let reply = server.post(&[OLDER], &message).await;
    let events = reply.body.lines().filter_map(|line| line.trim().strip_prefix("data:"));
    let mut events = events.map(|event| serde_json::from_str::<Value>(event).expect("JSON"));
    let answer = events.find(|event| event["id"] == 1).expect("an answer");
    let (structure, text) = said(&answer);
    assert!(structure.contains("FIC-001"), "{structure}");
    assert_eq!(structure, text);
}

#[tokio::test]
async fn a_client_of_the_newest_revision_is_answered_too() {
    let server = Server::start(&[], &[]).await;
    let mut message = by_customer(1);
    message["params"]["_meta"] = crate::support::modern_meta();
    let version = ("MCP-Protocol-Version", "2026-07-28");
    let named = [version, ("Mcp-Method", "tools/call"), ("Mcp-Name", "query_obligation")];
    let reply = server.post(&named, &message).await;
    assert_eq!(reply.json()["result"]["structuredContent"]["total"], 37);
    let other = [version, ("Mcp-Method", "tools/call"), ("Mcp-Name", "get_obligation")];
    let reply = server.post(&other, &message).await;
    assert_eq!((reply.status, reply.code()), (400, -32_020));
}

#[tokio::test]
async fn progress_comes_at_once_and_the_answer_after_it() {
    let server = Server::start(&[], &[]).await;
    let mut message = by_customer(1);
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let began = Instant::now();
    let reply = server.post(&[OLDER], &message).await;
    assert!(reply.headers.contains("content-type: text/event-stream"), "{}", reply.headers);
    let (progress, answer) =
        (reply.body.find("notifications/progress"), reply.body.find("\"id\":1"));
    assert!(progress.is_some() && progress < answer, "{}", reply.body);
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn every_refusal_is_json_rpc() {
    let server = Server::start(&[], &[]).await;
    let message = listing().to_string();
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
    let host = server.address();
    for (request, status, code) in [
        (server.request("/mcp", &[], "{"), 400, -32_700),
        (server.request("/mcp", &[], ""), 400, -32_700),
        (server.request("/mcp", &[], "[]"), 400, -32_600),
        (server.request("/mcp", &[], &format!("[{message}]")), 400, -32_600),
        (server.request("/mcp", &[], "{\"id\":1}"), 400, -32_600),
        (server.request("/mcp", &[], &large), 413, -32_600),
        (server.request("/mcp", &[("Content-Type", "text/plain")], &message), 415, -32_600),
        (server.request("/mcp", &[("Accept", "application/json")], &message), 406, -32_600),
        (server.request("/mcp", &[("Host", "evil.example")], &message), 403, -32_600),
        (server.request("/mcp", &[("Origin", "http://evil.example")], &message), 403, -32_600),
        (server.request("/mcp", &[("MCP-Protocol-Version", "1999-01-01")], &message), 400, -32_600),
        (server.request("/", &[], &message), 404, -32_600),
        (server.request("/other/mcp", &[], &message), 403, -32_600),
        (format!("GET /mcp HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405, -32_600),
        (format!("DELETE /mcp HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405, -32_600),
    ] {
        let reply = server.raw(&request).await;
        let shown = request.get(..request.len().min(300)).unwrap_or_default();
        assert_eq!(reply.status, status, "{shown}: {}", reply.body);
        assert_eq!(reply.code(), code, "{shown}");
    }
}

#[tokio::test]
async fn two_host_headers_are_refused() {
    let server = Server::start(&[], &[]).await;
    let request = server.request("/mcp", &[], &listing().to_string());
    let twice = request.replacen("Host: ", "Host: localhost\r\nHost: ", 1);
    assert_eq!(server.raw(&twice).await.status, 400);
}

#[tokio::test]
async fn a_client_that_accepts_anything_is_served() {
    let server = Server::start(&[], &[]).await;
    let reply = server.post(&[("Accept", "*/*")], &listing()).await;
    assert_eq!(reply.json()["result"]["tools"].as_array().map(Vec::len), Some(2));
}

const CALLERS: &str = "callers.toml";

/// Adds a caller and returns the token.
pub(crate) async fn add(server: &Server, name: &str, more: &[&str]) -> String {
    let path = server.folder.path().join(CALLERS).display().to_string();
    let arguments = [&["caller", "add", name, "--callers", &path], more].concat();
    let ended = Program::run(&arguments, &[]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let token = ended.stdout.iter().find(|line| line.starts_with("wvx_"));
    token.expect("a token").trim().to_owned()
}

#[cfg(unix)]
pub(crate) async fn with_callers() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(CALLERS).display().to_string();
    let first = Program::run(&["caller", "add", "first", "--callers", &path], &[]).await;
    assert_eq!(first.status.code(), Some(0), "{}", first.stderr);
    let server = Server::start(&["--callers", &path], &[]).await;
    Server { folder, ..server }
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_valid_token_a_caller_learns_nothing() {
    let server = with_callers().await;
    let token = add(&server, "ana", &[]).await;
    server.signal("HUP");
    sleep(Duration::from_millis(300)).await;
    let good = format!("Bearer {token}");
    let changed = format!("Bearer {token}x");
    assert_eq!(server.post(&[("Authorization", &good)], &listing()).await.status, 200);
    for given in [None, Some(changed.as_str()), Some("Bearer wvx_"), Some("Basic YTpi"), Some("x")]
    {
        let headers: Vec<_> = given.iter().map(|it| ("Authorization", *it)).collect();
        for path in ["/mcp", "/other/mcp", "/"] {
            let request = server.request(path, &headers, &listing().to_string());
            let reply = server.raw(&request).await;
            assert_eq!(reply.status, 401, "{given:?} {path}");
            assert!(reply.headers.contains("www-authenticate: bearer\r\n"), "{}", reply.headers);
            assert!(!reply.body.contains("wvx_") && reply.code() == -32_600);
        }
    }
    for path in ["/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"]
    {
        let get = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
        assert_eq!(server.raw(&get).await.status, 404, "clients that find metadata begin a login");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_caller_who_is_removed_is_let_in_no_more() {
    let server = with_callers().await;
    let token = format!("Bearer {}", add(&server, "ana", &[]).await);
    server.signal("HUP");
    sleep(Duration::from_millis(300)).await;
    let headers = [("Authorization", token.as_str())];
    assert_eq!(server.post(&headers, &listing()).await.status, 200);
    let path = server.folder.path().join(CALLERS).display().to_string();
    let removed = Program::run(&["caller", "remove", "ana", "--callers", &path], &[]).await;
    assert_eq!(removed.status.code(), Some(0));
    // It is noticed within a second, without a signal.
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(server.post(&headers, &listing()).await.status, 401);
}

#[cfg(unix)]
#[tokio::test]
async fn a_ninth_call_of_one_person_at_once_is_told_to_come_back() {
    let server = Server::start(&["--max-in-flight", "1", "--audit", "audit.jsonl"], &[]).await;
    let mut held = Vec::new();
    for id in 0..8 {
        let mut stream = TcpStream::connect(server.address()).await.expect("connects");
        let request = server.request("/mcp", &[OLDER], &slow(id).to_string());
        stream.write_all(request.as_bytes()).await.expect("sent");
        held.push(stream);
    }
    sleep(Duration::from_millis(300)).await;
    let reply = server.post(&[OLDER], &by_customer(9)).await;
    assert_eq!((reply.status, reply.code()), (429, -32_000));
    let log = std::fs::read_to_string(server.folder.path().join("audit.jsonl")).expect("a log");
    assert!(log.contains("\"outcome\":\"too_many_calls\""), "{log}");
    let forbidden = server.request("/other/mcp", &[OLDER], &by_customer(9).to_string());
    assert_eq!(server.raw(&forbidden).await.status, 403);
    let log = std::fs::read_to_string(server.folder.path().join("audit.jsonl")).expect("a log");
    assert!(log.contains("\"outcome\":\"forbidden\"") && !log.contains("900000001"), "{log}");
    assert!(reply.headers.contains("retry-after: 1"), "{}", reply.headers);
    // Whoever hangs up gives the places back.
    drop(held);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(server.post(&[OLDER], &listing()).await.status, 200);
    let mut again = TcpStream::connect(server.address()).await.expect("connects");
    let request = server.request("/mcp", &[OLDER], &slow(10).to_string());
    again.write_all(request.as_bytes()).await.expect("sent");
    let mut byte = [0];
    let waited = timeout(Duration::from_millis(300), again.read(&mut byte)).await;
    assert!(waited.is_err(), "it was let in and waits");
}

#[tokio::test]
async fn an_older_client_cancels_a_call_by_a_notification_of_its_session() {
    let server = Server::start(&[], &[]).await;
    let opened = server.post(&[], &initialize()).await;
    let session = opened.headers.lines().find_map(|it| it.strip_prefix("mcp-session-id: "));
    let session = session.expect("a session id").to_owned();
    let headers = [OLDER, ("Mcp-Session-Id", session.as_str())];
    let mut stream = TcpStream::connect(server.address()).await.expect("connects");
    let request = server.request("/mcp", &headers, &slow(7).to_string());
    stream.write_all(request.as_bytes()).await.expect("sent");
    sleep(Duration::from_millis(300)).await;
    let cancel = |id: u64| {
        let params = json!({ "requestId": id });
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
    };
    let other = [OLDER, ("Mcp-Session-Id", "another")];
    for (headers, id) in [(&headers[..], 8), (&other[..], 7), (&[OLDER][..], 7)] {
        assert_eq!(server.post(headers, &cancel(id)).await.status, 202);
    }
    let mut byte = [0];
    let waited = timeout(Duration::from_millis(200), stream.peek(&mut byte)).await;
    assert!(waited.is_err(), "another's cancellation is not this call's");
    assert_eq!(server.post(&headers, &cancel(7)).await.status, 202);
    let began = Instant::now();
    assert_eq!(reply(&mut stream).await.code(), -32_000);
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_is_asked_to_end_finishes_what_is_on_its_way() {
    let server = Server::start(&[], &[]).await;
    let mut idle = TcpStream::connect(server.address()).await.expect("connects");
    let mut stream = TcpStream::connect(server.address()).await.expect("connects");
    let arguments = json!({ "field": "sandbox_fault", "value": "busy" });
    let request = server.request("/mcp", &[OLDER], &call(1, arguments).to_string());
    stream.write_all(request.as_bytes()).await.expect("sent");
    sleep(Duration::from_millis(200)).await;
    server.signal("TERM");
    let answered = reply(&mut stream).await;
    assert_eq!(answered.status, 200);
    assert!(answered.body.contains("busy"), "{}", answered.body);
    let Server { mut child, .. } = server;
    let status = timeout(TIMELY, child.wait()).await.expect("in time").expect("a status");
    assert!(status.success(), "{status}");
    assert_eq!(idle.read(&mut [0]).await.expect("closed"), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_as_soon_as_it_says_where_it_is_ends_nothing() {
    let server = Server::start(&[], &[]).await;
    server.signal("HUP");
    assert_eq!(server.post(&[], &listing()).await.status, 200);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_after_ten_seconds() {
    let server = Server::start(&[], &[]).await;
    let mut silent = TcpStream::connect(server.address()).await.expect("connects");
    let mut half = TcpStream::connect(server.address()).await.expect("connects");
    half.write_all(b"POST /mcp HTTP/1.1\r\nHost: loc").await.expect("sent");
    let mut body = TcpStream::connect(server.address()).await.expect("connects");
    let request = server.request("/mcp", &[], &listing().to_string());
    let most = &request.as_bytes()[..request.len() - 1];
    body.write_all(most).await.expect("sent");
    let began = Instant::now();
    let limit = Duration::from_secs(14);
    for stream in [&mut silent, &mut half] {
        let mut rest = Vec::new();
        timeout(limit, stream.read_to_end(&mut rest)).await.expect("closed").expect("closed");
    }
    let mut refused = [0; 12];
    timeout(limit, body.read_exact(&mut refused)).await.expect("in time").expect("a reply");
    assert_eq!(&refused, b"HTTP/1.1 408");
    assert!(began.elapsed() >= Duration::from_secs(9), "{:?}", began.elapsed());
    assert_eq!(server.post(&[], &listing()).await.status, 200);
}

#[tokio::test]
async fn it_says_where_it_is_and_how_to_connect() {
    let mut server = Server::start(&[], &[]).await;
    let mut line = String::new();
    timeout(TIMELY, server.said.read_line(&mut line)).await.expect("in time").expect("a line");
    let command = format!("wolkvox-mcp install claude-code --url {}", server.url);
    assert!(line.contains(&command), "{line}");
}

const ROLES: &str = "[roles.agent]\nmask = 'personal'\nrate = 2\n\
    [roles.supervisor]\ndaily = 1\n";

#[cfg(unix)]
#[tokio::test]
async fn a_role_masks_and_bounds_what_its_people_ask() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("w.toml"), ROLES).expect("written");
    let mut tokens = Vec::new();
    for (name, role) in [("ana", "agent"), ("eva", "agent"), ("sol", "supervisor")] {
        let callers = path(CALLERS);
        let config = path("w.toml");
        let add =
            ["caller", "add", name, "--role", role, "--callers", &callers, "--config", &config];
        let ended = Program::run(&add, &[]).await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        tokens.push(format!("Bearer {}", ended.stdout[0]));
    }
    let server =
        Server::start(&["--callers", &path(CALLERS), "--config", &path("w.toml")], &[]).await;
    let ask = async |token: &str| {
        let reply = server.post(&[OLDER, ("Authorization", token)], &by_customer(1)).await;
        reply.json()["result"]["content"][0]["text"].as_str().expect("text").to_owned()
    };
    let (agent, supervisor) = (&tokens[0], &tokens[2]);
    let seen = ask(supervisor).await;
    assert!(seen.contains("\"client_name\":\"Cliente\""), "{seen}");
    let again = ask(supervisor).await;
    assert!(
        again.starts_with("quota_exhausted: could not look up: your 1 look-ups a day"),
        "{again}"
    );
    for _ in 0..2 {
        let masked = ask(agent).await;
        assert!(masked.contains("\"outcome\":\"found\""), "{masked}");
        assert!(!masked.contains("\"Cliente\"") && !masked.contains("900000001"), "{masked}");
    }
    let third = ask(agent).await;
    assert!(
        third.starts_with("rate_limited: could not look up: your 2 look-ups a minute"),
        "{third}"
    );
    assert!(ask(&tokens[1]).await.contains("found"), "each person has a budget of their own");
}
