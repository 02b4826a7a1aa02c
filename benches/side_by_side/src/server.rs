//! Runs one of the MCP servers that are measured and speaks to it, over pipes or UNIX sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process;

/// A server that is measured.
#[derive(Clone)]
pub struct Contestant {
    pub name: &'static str,
    pub program: PathBuf,
    pub arguments: Vec<PathBuf>,
    /// What is installed, for its size.
    pub files: Vec<PathBuf>,
    /// How many starts and rounds in a hundred it takes part in; slow ones would take all day.
    pub share: usize,
}

/// What the server's standard streams are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    Pipes,
    Sockets,
}

pub struct Server {
    pub child: Child,
    input: Box<dyn Write>,
    output: BufReader<Box<dyn Read>>,
    pub started: Instant,
    line: String,
}

impl Server {
    pub fn start(
        contestant: &Contestant,
        stub: SocketAddr,
        streams: Streams,
        more: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(&contestant.program);
        command
            .args(&contestant.arguments)
            .env("WOLKVOX_SERVER", format!("http://{stub}"))
            .env("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001")
            .env("WOLKVOX_LOG", "off")
            // Every call is to reach the stub.
            .env("WOLKVOX_CACHE_TTL", "0s")
            .env("WOLKVOX_RATE", "4000000000")
            .envs(more.iter().copied())
            .stderr(Stdio::null());
        let started = Instant::now();
        let (child, input, output): (_, Box<dyn Write>, Box<dyn Read>) = match streams {
            Streams::Pipes => {
                let mut child = command
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .expect("the server starts");
                let input = child.stdin.take().expect("piped");
                let output = child.stdout.take().expect("piped");
                (child, Box::new(input), Box::new(output))
            }
            Streams::Sockets => {
                let (input, its_input) = UnixStream::pair().expect("a pair");
                let (output, its_output) = UnixStream::pair().expect("a pair");
                let child = command
                    .stdin(OwnedFd::from(its_input))
                    .stdout(OwnedFd::from(its_output))
                    .spawn()
                    .expect("the server starts");
                (child, Box::new(input), Box::new(output))
            }
        };
        // The command holds the child's ends of the sockets; they close here.
        drop(command);
        let mut server =
            Self { child, input, output: BufReader::new(output), started, line: String::new() };
        server.request(
            0,
            "initialize",
            json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "bench", "version": "0" },
            }),
        );
        server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        server
    }

    fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.input.write_all(line.as_bytes()).expect("the server reads");
        self.input.flush().expect("the server reads");
    }

    /// Reads the next response as text.
    fn receive(&mut self) -> &str {
        loop {
            self.line.clear();
            self.output.read_line(&mut self.line).expect("the server writes");
            assert!(!self.line.is_empty(), "the server ended");
            // Notifications are not waited for.
            if self.line.contains("\"id\"") {
                return &self.line;
            }
        }
    }

    fn request(&mut self, id: u64, method: &str, params: Value) -> &str {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.receive()
    }

    pub fn list_tools(&mut self) {
        let listed = self.request(1, "tools/list", json!({}));
        assert!(listed.contains("query_obligation"), "{listed}");
    }

    fn begin(&mut self, id: u64, value: &str) {
        let arguments = json!({ "operation": "x", "field": "id_customer", "value": value });
        let params = json!({ "name": "query_obligation", "arguments": arguments });
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        self.send(&call);
    }

    fn finish(&mut self) -> bool {
        let answer = self.receive();
        // A failed call is an error of the protocol or a result that says so.
        !answer.contains("\"error\":{") && !answer.contains("\"isError\":true")
    }

    /// Makes one call; says whether it brought an answer.
    pub fn call(&mut self, value: &str) -> bool {
        self.begin(2, value);
        self.finish()
    }

    /// Makes calls, so many of them at a time; gives how many brought an answer.
    pub fn calls(
        &mut self,
        count: usize,
        at_once: usize,
        value: impl Fn(usize) -> String,
    ) -> usize {
        let mut good = 0;
        let mut begun = 0;
        for done in 0..count {
            while begun < count && begun - done < at_once {
                self.begin(10 + begun as u64, &value(begun));
                begun += 1;
            }
            good += usize::from(self.finish());
        }
        good
    }

    /// Reads how much CPU time all of its threads have taken, in the kernel too.
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
