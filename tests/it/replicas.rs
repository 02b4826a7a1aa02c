//! Several servers of one team behind any balancer, with one store: a message may reach another
//! server than the one before it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::serve::{OLDER, Server, initialize, reply, slow};
use crate::support::Store;

const SECRET: &str = "a-fictitious-secret-of-the-tests";

/// Starts a server for each of these files of secrets, with one store.
async fn servers<const N: usize>(store: &Store, secrets: [&str; N]) -> [Server; N] {
    let mut all = Vec::new();
    for secret in secrets {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), secret).expect("written");
        let path = file.path().display().to_string();
        let shared = ["--shared", &store.url(), "--shared-secret-file", &path];
        all.push(Server::start(&shared, &[]).await);
    }
    all.try_into().unwrap_or_else(|_| panic!("as many as secrets"))
}

/// A call on its way, and the session of its client.
struct Calling {
    stream: TcpStream,
    session: String,
}

impl Calling {
    /// Begins a slow call with this id at a server.
    async fn begin(server: &Server, id: u64) -> Self {
        let opened = server.post(&[], &initialize()).await;
        let session = opened.headers.lines().find_map(|it| it.strip_prefix("mcp-session-id: "));
        let session = session.expect("a session id").to_owned();
        let mut stream = TcpStream::connect(server.address()).await.expect("connects");
        let headers = [OLDER, ("Mcp-Session-Id", session.as_str())];
        let request = server.request("/mcp", &headers, &slow(id).to_string());
        stream.write_all(request.as_bytes()).await.expect("sent");
        sleep(Duration::from_millis(300)).await;
        Self { stream, session }
    }

    async fn goes_on(&self) -> bool {
        let mut byte = [0];
        timeout(Duration::from_millis(300), self.stream.peek(&mut byte)).await.is_err()
    }

    async fn is_cancelled_at_once(&mut self) {
        let began = Instant::now();
        assert_eq!(reply(&mut self.stream).await.code(), -32_000);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
}

fn cancel(id: u64) -> Value {
    let params = json!({ "requestId": id });
    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })
}

#[tokio::test]
async fn a_cancellation_that_reaches_another_server_stops_its_call_and_no_other() {
    for store in Store::each() {
        let [first, second] = servers(&store, [SECRET, SECRET]).await;
        let mut calling = Calling::begin(&first, 7).await;
        let session = ("Mcp-Session-Id", calling.session.as_str());
        let others: [(&[_], _); 3] =
            [(&[OLDER, session], 8), (&[OLDER, ("Mcp-Session-Id", "x")], 7), (&[OLDER], 7)];
        for (headers, id) in others {
            assert_eq!(second.post(headers, &cancel(id)).await.status, 202);
        }
        assert!(calling.goes_on().await, "another's cancellation is not this call's");
        assert_eq!(second.post(&[OLDER, session], &cancel(7)).await.status, 202);
        calling.is_cancelled_at_once().await;
    }
}

#[tokio::test]
async fn servers_understand_a_cancellation_while_their_secret_is_changed() {
    const NEW: &str = "a-newer-fictitious-secret";
    for store in Store::each() {
        let both = format!("{NEW}\n{SECRET}");
        let [old, both, new] = servers(&store, [SECRET, &both, NEW]).await;
        for (calls, hears) in [(&old, &both), (&both, &old), (&new, &both), (&both, &new)] {
            let mut calling = Calling::begin(calls, 7).await;
            let headers = [OLDER, ("Mcp-Session-Id", calling.session.as_str())];
            assert_eq!(hears.post(&headers, &cancel(7)).await.status, 202);
            calling.is_cancelled_at_once().await;
        }
    }
}

#[tokio::test]
async fn what_is_said_of_a_cancelled_call_can_be_read_by_nobody() {
    for store in Store::each() {
        let [server] = servers(&store, [SECRET]).await;
        let mut listener = TcpStream::connect(store.address()).await.expect("connects");
        listener.write_all(b"PSUBSCRIBE *\r\n").await.expect("sent");
        sleep(Duration::from_millis(300)).await;
        let headers = [OLDER, ("Mcp-Session-Id", "plain-session")];
        assert_eq!(server.post(&headers, &cancel(123_456_789)).await.status, 202);
        sleep(Duration::from_millis(300)).await;
        let mut heard = vec![0; 64 * 1024];
        let length = listener.read(&mut heard).await.expect("readable");
        let heard = String::from_utf8_lossy(&heard[..length]).into_owned();
        let said = heard.lines().last().unwrap_or_default();
        assert!(heard.contains("wolkvox:1:cancelled"), "{heard}");
        assert!(said.len() == 32 && said.chars().all(|it| it.is_ascii_hexdigit()), "{heard}");
        for plain in ["plain-session", "123456789", "anonymous"] {
            assert!(!heard.contains(plain), "{heard}");
        }
    }
}
