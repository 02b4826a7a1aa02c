use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::callers::caller;
use super::{CALLERS, OLDER, Server, TIMELY, call};
use crate::support::{RawReply, TOKEN, file, read_request, serve};

/// A wolkvox that takes its time, refuses nothing and counts.
pub(super) struct Wolkvox {
    pub(super) url: String,
    count: Arc<Count>,
}

#[derive(Default)]
struct Count {
    requests: AtomicUsize,
    now: AtomicUsize,
    peak: AtomicUsize,
}

impl Wolkvox {
    pub(super) async fn start(takes: Duration) -> Self {
        let count = Arc::new(Count::default());
        let counted = Arc::clone(&count);
        let record = file("tests/fixtures/replies/one_record.json");
        let (address, _) = serve(move |mut stream| {
            let (count, reply) = (Arc::clone(&counted), RawReply::json(&record));
            async move {
                while !read_request(&mut stream).await.is_empty() {
                    count.requests.fetch_add(1, Ordering::SeqCst);
                    let now = count.now.fetch_add(1, Ordering::SeqCst) + 1;
                    count.peak.fetch_max(now, Ordering::SeqCst);
                    sleep(takes).await;
                    count.now.fetch_sub(1, Ordering::SeqCst);
                    let _ = stream.write_all(&reply.0).await;
                }
            }
        })
        .await;
        Self { url: format!("http://{address}"), count }
    }

    fn requests(&self) -> usize {
        self.count.requests.load(Ordering::SeqCst)
    }

    /// Waits until so many requests have come.
    pub(super) async fn reached(&self, requests: usize) {
        let reached = async {
            while self.requests() < requests {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(TIMELY, reached).await.expect("in time");
    }
}

/// A question that no other number asks.
pub(super) fn about(number: u64) -> Value {
    call(number, json!({ "field": "id_customer", "value": (900_000_000 + number).to_string() }))
}

/// Returns the table of an account of this wolkvox.
fn table(name: &str, wolkvox: &Wolkvox, token: &str, more: &str) -> String {
    let url = &wolkvox.url;
    format!("[tenants.{name}]\nserver = '{url}'\ntoken = '{token}'\noperation = 'empresa'\n{more}")
}

/// Returns what a tenant answers.
async fn ask(server: &Server, tenant: &str, message: &Value) -> Value {
    let request = server.request(&format!("/{tenant}/mcp"), &[OLDER], &message.to_string());
    let reply = server.raw(&request).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["result"]["structuredContent"].clone()
}

/// Asks two tenants for four customers each at once, and returns how many requests wolkvox had at
/// once.
async fn peak(wolkvox: &Wolkvox, tokens: [&str; 2]) -> usize {
    let settings = "audit = 'off'\n".to_owned()
        + &table("banco", wolkvox, tokens[0], "")
        + &table("tienda", wolkvox, tokens[1], "");
    let server = Server::on_accounts(&settings, &[], &[]).await;
    let messages: Vec<_> = (0..8).map(about).collect();
    let tenants = ["banco", "tienda"].iter().cycle();
    let asked = messages.iter().zip(tenants).map(|(message, tenant)| ask(&server, tenant, message));
    for answer in join_all(asked).await {
        assert_eq!(answer["outcome"], "found", "{answer}");
    }
    assert_eq!(wolkvox.requests(), 8);
    wolkvox.count.peak.load(Ordering::SeqCst)
}

#[tokio::test]
async fn tenants_of_one_token_have_two_requests_at_once_between_them() {
    let wolkvox = Wolkvox::start(Duration::from_millis(150)).await;
    assert_eq!(peak(&wolkvox, [TOKEN, TOKEN]).await, 2);
}

#[tokio::test]
async fn tenants_of_two_tokens_have_two_requests_at_once_each() {
    let wolkvox = Wolkvox::start(Duration::from_millis(150)).await;
    let peak = peak(&wolkvox, [TOKEN, "FICTITIOUS-TOKEN-0002"]).await;
    // On a busy computer they need not all meet.
    assert!((3..=4).contains(&peak), "{peak} at once");
}

/// A server of two tenants with one token, whose tables say this too.
async fn of_one_token(wolkvox: &Wolkvox, more: [&str; 2]) -> Server {
    let settings = "audit = 'off'\n".to_owned()
        + &table("banco", wolkvox, TOKEN, more[0])
        + &table("tienda", wolkvox, TOKEN, more[1]);
    Server::on_accounts(&settings, &[], &[]).await
}

#[tokio::test]
async fn what_one_tenant_was_answered_serves_another_of_its_token_under_its_own_mask() {
    let wolkvox = Wolkvox::start(Duration::from_millis(150)).await;
    let server = of_one_token(&wolkvox, ["mask = 'personal'\n", ""]).await;
    let question = about(1);
    // At once, and then from what is kept.
    let (masked, plain) =
        tokio::join!(ask(&server, "banco", &question), ask(&server, "tienda", &question));
    assert_eq!((&masked["outcome"], &plain["outcome"]), (&json!("found"), &json!("found")));
    assert_ne!(masked, plain, "a mask is each tenant's own");
    assert_eq!(ask(&server, "tienda", &question).await, plain);
    assert_eq!(ask(&server, "banco", &question).await, masked);
    assert_eq!(wolkvox.requests(), 1);
}

#[tokio::test]
async fn tenants_that_look_up_or_keep_otherwise_share_no_answers() {
    for more in ["max_pages = 2\n", "cache_ttl = '5s'\n"] {
        let wolkvox = Wolkvox::start(Duration::ZERO).await;
        let server = of_one_token(&wolkvox, ["", more]).await;
        for tenant in ["banco", "tienda", "banco", "tienda"] {
            ask(&server, tenant, &about(1)).await;
        }
        assert_eq!(wolkvox.requests(), 2, "{more}");
    }
}

const ANA: &str = "wvx_ficticio-de-ana";

/// A server whose agents may ask one of two tenants.
async fn with_a_forbidden_tenant() -> Server {
    let wolkvox = Wolkvox::start(Duration::ZERO).await;
    let settings = "audit = 'audit.jsonl'\n".to_owned()
        + &table("banco", &wolkvox, TOKEN, "")
        + &table("otra", &wolkvox, TOKEN, "")
        + "[roles.agent]\ntenants = ['banco']\n";
    let callers = caller("ana", ANA, "role = 'agent'");
    let more = ["--callers", CALLERS, "--log", "trace"];
    Server::on_accounts(&settings, &more, &[(CALLERS, &callers)]).await
}

/// Returns every byte of the answer, but for the line with the date.
async fn bytes(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.expect("connects");
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    timeout(TIMELY, stream.read_to_end(&mut bytes)).await.expect("in time").expect("an answer");
    let text = String::from_utf8(bytes).expect("text");
    text.split_inclusive("\r\n").filter(|line| !line.starts_with("date: ")).collect()
}

/// Returns requests of every kind for a tenant, by what they are.
fn requests(server: &Server, tenant: &str, token: Option<&str>) -> Vec<(String, String)> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![OLDER];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    let (call, list) = (about(1).to_string(), super::listing().to_string());
    let initialize = super::initialize().to_string();
    let mut requests = Vec::new();
    let path = format!("/{tenant}/mcp");
    for body in [call.as_str(), &list, &initialize, "{", "[]", ""] {
        requests.push((format!("POST {body}"), server.request(&path, &headers, body)));
    }
    let foreign = [&headers[..], &[("Host", "evil.example")]].concat();
    requests.push(("POST to another".to_owned(), server.request(&path, &foreign, &list)));
    for method in ["GET", "DELETE", "OPTIONS", "PUT", "HEAD"] {
        let request = server.request(&path, &headers, "").replacen("POST", method, 1);
        requests.push((method.to_owned(), request));
    }
    let metadata = format!("/.well-known/oauth-protected-resource{path}");
    let request = server.request(&metadata, &headers, "").replacen("POST", "GET", 1);
    requests.push(("metadata".to_owned(), request));
    requests
}

#[tokio::test]
async fn who_may_not_ask_a_tenant_cannot_tell_whether_there_is_one() {
    let server = with_a_forbidden_tenant().await;
    for token in [Some(ANA), Some("wvx_ficticio-de-nadie"), None] {
        let forbidden = requests(&server, "otra", token);
        let unknown = requests(&server, "nada", token);
        for ((what, forbidden), (_, unknown)) in forbidden.iter().zip(&unknown) {
            let [forbidden, unknown] =
                [bytes(&server, forbidden).await, bytes(&server, unknown).await];
            assert_eq!(forbidden, unknown, "{what} with {token:?}");
            assert!(!forbidden.starts_with("HTTP/1.1 2"), "{what} with {token:?}: {forbidden}");
        }
    }
    let allowed = requests(&server, "banco", Some(ANA)).remove(0);
    assert!(bytes(&server, &allowed.1).await.starts_with("HTTP/1.1 200"), "{}", allowed.0);
}

/// Returns how often each thing was counted.
async fn counted(server: &Server) -> BTreeMap<String, i64> {
    let text = server.admin("/metrics").await.body;
    assert!(!text.contains(ANA) && !text.contains("nada"), "{text}");
    let counts = text.lines().filter_map(|line| line.rsplit_once(' '));
    let counts = counts.filter(|(name, _)| name.contains("_count{") || name.contains("_total{"));
    counts.map(|(name, count)| (name.to_owned(), count.parse().expect("a count"))).collect()
}

/// Returns what asking a tenant in every way has added to numbers, log and audit log.
async fn traces(server: &Server, tenant: &str) -> (BTreeMap<String, i64>, Vec<String>, Vec<Value>) {
    let before = (counted(server).await, server.log().len(), audited(server).len());
    for (_, request) in requests(server, tenant, Some(ANA)) {
        bytes(server, &request).await;
    }
    let mut after = counted(server).await;
    for (name, count) in &mut after {
        *count -= before.0.get(name).copied().unwrap_or_default();
    }
    after.retain(|_, count| *count > 0);
    // Lines come in order, and later than answers: behind this one none is on its way.
    let last = super::listing();
    assert_eq!(server.post(&[("Authorization", "none")], &last).await.status, 401);
    server.says(before.1, "a request is refused status=401\n").await;
    let log = server.log();
    assert!(!log.contains(ANA) && !log.contains("nada"), "{log}");
    // The time is the first word.
    let lines = log.get(before.1..).expect("a log").lines();
    let lines = lines.filter_map(|line| line.split_once(' '));
    let lines = lines.map(|(_, line)| line.to_owned()).collect();
    (after, lines, audited(server).split_off(before.2))
}

/// Returns the lines of the audit log without what differs in all of them.
fn audited(server: &Server) -> Vec<Value> {
    let text = std::fs::read_to_string(server.folder.path().join("audit.jsonl")).expect("a log");
    assert!(!text.contains(ANA) && !text.contains("nada"), "{text}");
    let bare = |line: &str| {
        let mut line: Value = line.parse().expect("JSON");
        for own in ["seq", "time", "request", "prev", "mac"] {
            line.as_object_mut().expect("an object").remove(own).expect(own);
        }
        line
    };
    text.lines().map(bare).collect()
}

#[tokio::test]
async fn only_the_audit_log_tells_a_forbidden_tenant_from_one_that_is_not_there() {
    let server = with_a_forbidden_tenant().await;
    let [forbidden, unknown] = [traces(&server, "otra").await, traces(&server, "nada").await];
    assert_eq!(forbidden.0, unknown.0, "the numbers");
    assert_eq!(forbidden.1, unknown.1, "the log");
    for (audited, tenant) in [(forbidden.2, json!("otra")), (unknown.2, Value::Null)] {
        let [line] = &audited[..] else { panic!("one call: {audited:?}") };
        assert_eq!((&line["outcome"], &line["tenant"]), (&json!("forbidden"), &tenant));
    }
}
