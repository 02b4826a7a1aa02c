//! Runs one of the HTTP servers that are measured, and speaks to it over keep-alive connections.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process;

/// A server that is measured.
#[derive(Clone)]
pub struct Contestant {
    pub name: &'static str,
    pub program: PathBuf,
    pub arguments: Vec<PathBuf>,
    pub environment: Vec<(&'static str, String)>,
    /// What its callers show, if it asks.
    pub tokens: Vec<String>,
    /// How many rounds in a hundred it takes part in; slow ones would take all day.
    pub share: usize,
}

pub struct Server {
    child: Child,
    address: SocketAddr,
    tokens: Vec<String>,
    pub started: Instant,
}

impl Server {
    /// Starts it on a free port, and waits until it accepts connections.
    pub fn start(contestant: &Contestant, stub: SocketAddr) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let address = address.expect("a free port");
        let mut command = Command::new(&contestant.program);
        command
            .args(&contestant.arguments)
            .env("WOLKVOX_SERVER", format!("http://{stub}"))
            .env("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001")
            .env("WOLKVOX_LISTEN", address.to_string())
            .envs(contestant.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().expect("the server starts");
        let server = Self { child, address, tokens: contestant.tokens.clone(), started };
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "{} is silent", contestant.name);
            thread::sleep(Duration::from_micros(200));
        }
        server
    }

    /// Connects as a client does: `initialize`, and what follows. Who asks is one of its callers.
    pub fn connect(&self, who: usize) -> Client {
        let output = TcpStream::connect(self.address).expect("it listens");
        output.set_nodelay(true).expect("an option");
        let input = BufReader::new(output.try_clone().expect("a stream"));
        let mut headers = format!(
            "Host: {}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\n",
            self.address
        );
        if !self.tokens.is_empty() {
            let token = &self.tokens[who % self.tokens.len()];
            headers += &format!("Authorization: Bearer {token}\r\n");
        }
        let mut client = Client { input, output, headers, session: None, line: String::new() };
        let asked = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "bench", "version": "0" },
        });
        let answer = client.request(0, "initialize", asked);
        assert!(answer.contains("protocolVersion"), "{answer}");
        client.headers += "MCP-Protocol-Version: 2025-11-25\r\n";
        if let Some(session) = client.session.take() {
            client.headers += &format!("Mcp-Session-Id: {session}\r\n");
        }
        client.post(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client
    }

    /// Reads how much CPU time it has taken, in the kernel too.
    pub fn cpu(&self) -> Duration {
        process::cpu(&self.child)
    }

    /// Reads a figure of `/proc/PID/status`, such as `VmRSS`.
    pub fn status(&self, name: &str) -> f64 {
        process::status(&self.child, name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One client, on one connection.
pub struct Client {
    input: BufReader<TcpStream>,
    output: TcpStream,
    headers: String,
    session: Option<String>,
    line: String,
}

impl Client {
    pub fn list_tools(&mut self) {
        let listed = self.request(1, "tools/list", json!({}));
        assert!(listed.contains("query_obligation"), "{listed}");
    }

    /// Makes one call; says whether it brought an answer.
    pub fn call(&mut self, value: &str) -> bool {
        let arguments = json!({ "operation": "x", "field": "id_customer", "value": value });
        let params = json!({ "name": "query_obligation", "arguments": arguments });
        let answer = self.request(2, "tools/call", params);
        answer.contains("\"result\":{") && !answer.contains("\"isError\":true")
    }

    fn request(&mut self, id: u64, method: &str, params: Value) -> String {
        self.post(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    }

    /// Posts a message, and reads the whole body of what comes back.
    fn post(&mut self, message: &Value) -> String {
        let body = message.to_string();
        let (headers, length) = (&self.headers, body.len());
        let request =
            format!("POST /mcp HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        self.output.write_all(request.as_bytes()).expect("sent");
        let (mut length, mut is_chunked) = (0, false);
        while let Some((name, value)) = self.header() {
            match name.as_str() {
                "content-length" => length = value.parse().expect("a length"),
                "transfer-encoding" => is_chunked = value == "chunked",
                "mcp-session-id" => self.session = Some(value),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if !is_chunked {
            self.append(length, &mut body);
        }
        while is_chunked {
            self.line.clear();
            self.input.read_line(&mut self.line).expect("a line");
            let length = usize::from_str_radix(self.line.trim(), 16).expect("a length");
            self.append(length, &mut body);
            self.line.clear();
            self.input.read_line(&mut self.line).expect("a line");
            is_chunked = length != 0;
        }
        String::from_utf8(body).expect("text")
    }

    /// Reads the next header; the status line has no colon and an empty name.
    fn header(&mut self) -> Option<(String, String)> {
        self.line.clear();
        self.input.read_line(&mut self.line).expect("a line");
        assert!(!self.line.is_empty(), "the server closed the connection");
        let line = self.line.trim_end();
        if line.is_empty() {
            return None;
        }
        let (name, value) = line.split_once(": ").unwrap_or(("", line));
        Some((name.to_ascii_lowercase(), value.to_owned()))
    }

    fn append(&mut self, length: usize, body: &mut Vec<u8>) {
        let begin = body.len();
        body.resize(begin + length, 0);
        self.input.read_exact(&mut body[begin..]).expect("a body");
    }
}
