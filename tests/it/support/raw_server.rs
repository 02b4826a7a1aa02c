//! A server that sends the very bytes it is told to, whatever HTTP library would say to them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One HTTP response, or any other bytes.
#[derive(Clone, Debug)]
pub(crate) struct RawReply(pub(crate) Vec<u8>);

impl RawReply {
    /// Writes a whole response of status 200 with JSON.
    pub(crate) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, "application/json", body.as_ref())
    }

    /// Writes a whole response.
    pub(crate) fn new(status: u16, content_type: &str, body: &[u8]) -> Self {
        let mut bytes = format!(
            "HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self(bytes)
    }
}

/// Answers each request on loopback with the next of its replies, the last one for ever.
pub(crate) struct RawServer {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl RawServer {
    pub(crate) async fn start(replies: Vec<RawReply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (seen, counted) = (Arc::clone(&requests), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (seen, replies) = (Arc::clone(&seen), replies.clone());
                tokio::spawn(async move { serve(stream, &seen, &replies).await });
            }
        });
        Self { address, requests, connections, task }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Counts the connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Gives the requests that came so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("not poisoned").clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, seen: &Mutex<Vec<String>>, replies: &[RawReply]) {
    let mut bytes = Vec::new();
    loop {
        while !is_whole(&bytes) {
            match stream.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let reply = {
            let mut seen = seen.lock().expect("not poisoned");
            seen.push(String::from_utf8_lossy(&bytes).into_owned());
            replies.get(seen.len() - 1).or(replies.last()).expect("a reply").clone()
        };
        bytes.clear();
        if stream.write_all(&reply.0).await.is_err() {
            return;
        }
    }
}

/// Says whether head and body have arrived.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a length"));
    body.len() >= length
}
