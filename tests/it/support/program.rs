//! Runs the built program as a client would: over pipes, in a clean environment.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far more than anything here takes, on any machine.
const TIMELY: Duration = Duration::from_secs(30);

/// What a program needs of its environment to be able to run at all: on Windows sockets.
const SYSTEM: &[&str] = if cfg!(windows) { &["SystemRoot", "TEMP"] } else { &[] };

/// The running program.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    log: JoinHandle<String>,
    /// Every line of stdout so far.
    pub(crate) stdout: Vec<String>,
    next_id: u64,
}

/// What the program left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: String,
}

/// Gives the `_meta` that every request of 2026-07-28 carries.
pub(crate) fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

impl Program {
    pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        Self::command_of(env!("CARGO_BIN_EXE_wolkvox-mcp"), arguments, environment)
    }

    pub(crate) fn command_of(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(SYSTEM.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))))
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::of(Self::command(arguments, environment).spawn().expect("starts"), true)
    }

    /// Starts it through another program, such as a shell.
    #[cfg(unix)]
    pub(crate) fn start_with(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = Self::command_of(program, arguments, environment);
        Self::of(command.spawn().expect("starts"), true)
    }

    /// Starts it with a stderr that nobody reads.
    #[cfg(unix)]
    pub(crate) fn start_unread(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::of(Self::command(arguments, environment).spawn().expect("starts"), false)
    }

    fn of(mut child: Child, is_log_read: bool) -> Self {
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut errors = child.stderr.take().expect("piped");
        let log = tokio::spawn(async move {
            if !is_log_read {
                std::future::pending::<()>().await;
            }
            let mut text = String::new();
            errors.read_to_string(&mut text).await.expect("the log is text");
            text
        });
        Self { child, input, output, log, stdout: Vec::new(), next_id: 0 }
    }

    /// Runs the program to its end without input.
    pub(crate) async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        Self::start(arguments, environment).end().await
    }

    pub(crate) async fn send_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("still open");
        input.write_all(line.as_bytes()).await.expect("the program reads");
        input.write_all(b"\n").await.expect("the program reads");
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.send_line(&message.to_string()).await;
    }

    pub(crate) async fn receive(&mut self) -> Value {
        let line = timeout(TIMELY, self.output.next_line())
            .await
            .expect("an answer in time")
            .expect("stdout is text")
            .expect("stdout is open");
        let message = serde_json::from_str(&line).expect("stdout holds JSON lines only");
        self.stdout.push(line);
        message
    }

    /// Sends a request and gives its whole response.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        loop {
            let message = self.receive().await;
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Shakes hands in the older era.
    pub(crate) async fn initialize(&mut self, version: &str) -> Value {
        let params = json!({
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let response = self.request("initialize", params).await;
        self.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        response["result"].clone()
    }

    /// Calls the tool in a connection of the older era and gives the result.
    pub(crate) async fn call(&mut self, arguments: Value) -> Value {
        self.call_tool("query_obligation", arguments).await
    }

    /// Calls any tool in a connection of the older era and gives the result.
    pub(crate) async fn call_tool(&mut self, name: &str, arguments: Value) -> Value {
        let params = json!({ "name": name, "arguments": arguments });
        self.request("tools/call", params).await["result"].clone()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("still running")
    }

    /// Closes the program's input and waits for its end.
    pub(crate) async fn end(mut self) -> Ended {
        drop(self.input.take());
        self.wait().await
    }

    /// Waits for the program's end, its input left open.
    pub(crate) async fn wait(mut self) -> Ended {
        let status = timeout(TIMELY, async {
            while let Some(line) = self.output.next_line().await.expect("stdout is text") {
                self.stdout.push(line);
            }
            self.child.wait().await.expect("ends")
        });
        let status = status.await.expect("the program ends in time");
        let stderr = self.log.await.expect("the log was read");
        Ended { status, stdout: self.stdout, stderr }
    }
}
