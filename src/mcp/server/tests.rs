use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequest, ClientRequest, JsonObject, Tool as ToolDefinition};
use rmcp::service::PeerRequestOptions;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::error::Error;
use crate::lookup::Stage;
use crate::tools::Answered;

/// Fails as a bug would.
struct Panicking;

impl Tool for Panicking {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition::new("panicking", "Panics", JsonObject::new())
    }

    fn call<'a>(
        &'a self,
        _arguments: JsonObject,
        _caller: &'a Arc<Caller>,
        _report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Answered<String>, Error>> {
        async { panic!("900000001") }.boxed()
    }
}

#[tokio::test]
async fn a_panicking_handler_is_an_internal_failure_and_the_server_lives() {
    let server = Server::with_tools(vec![Arc::new(Panicking)], false);
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(theirs);
    tokio::spawn(crate::mcp::serve(server, input, output, std::future::pending()));
    let client = ().serve(ours).await.expect("connected");
    for _ in 0..2 {
        let call = CallToolRequestParams::new("panicking");
        let result = client.call_tool(call).await.expect("an answer");
        assert_eq!(result.is_error, Some(true));
        let text = result.content[0].as_text().expect("text").text.clone();
        assert!(text.starts_with("internal: "), "{text}");
        assert!(!text.contains("900000001"), "{text}");
    }
    assert_eq!(client.list_all_tools().await.expect("a list").len(), 1);
}

/// Never ends by itself; tells when it begins and when it is stopped.
struct Endless {
    begun: Arc<Semaphore>,
    stopped: CancellationToken,
}

impl Tool for Endless {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition::new("endless", "Never ends", JsonObject::new())
    }

    fn call<'a>(
        &'a self,
        _arguments: JsonObject,
        _caller: &'a Arc<Caller>,
        _report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Answered<String>, Error>> {
        async {
            let _stopped = self.stopped.clone().drop_guard();
            self.begun.add_permits(1);
            std::future::pending().await
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_cancelled_call_is_stopped_while_the_connection_goes_on() {
    let (begun, stopped) = (Arc::new(Semaphore::new(0)), CancellationToken::new());
    let endless = Endless { begun: Arc::clone(&begun), stopped: stopped.clone() };
    let server = Server::with_tools(vec![Arc::new(endless)], false);
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(theirs);
    tokio::spawn(crate::mcp::serve(server, input, output, std::future::pending()));
    let client = ().serve(ours).await.expect("connected");
    let call = CallToolRequestParams::new("endless");
    let call = ClientRequest::CallToolRequest(CallToolRequest::new(call));
    let sent = client.send_cancellable_request(call, PeerRequestOptions::no_options());
    let call = sent.await.expect("sent");
    begun.acquire().await.expect("open").forget();
    call.cancel(None).await.expect("sent");
    let waited = tokio::time::timeout(Duration::from_secs(10), stopped.cancelled());
    waited.await.expect("stopped in time");
    assert_eq!(client.list_all_tools().await.expect("a list").len(), 1);
}

/// Reports more than a small pipe holds, goes on, and tells that it is done.
struct Reporting(Arc<Semaphore>);

impl Tool for Reporting {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition::new("reporting", "Reports", JsonObject::new())
    }

    fn call<'a>(
        &'a self,
        _arguments: JsonObject,
        _caller: &'a Arc<Caller>,
        report: &'a mut (dyn FnMut(Stage) + Send),
    ) -> BoxFuture<'a, Result<Answered<String>, Error>> {
        async {
            for _ in 0..10 {
                report(Stage::Queued);
                tokio::task::yield_now().await;
            }
            self.0.add_permits(1);
            Ok(Answered { answer: "{}".to_owned(), records: 0, is_cached: false })
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_client_that_reads_late_does_not_hold_up_a_call_that_tells_its_progress() {
    let done = Arc::new(Semaphore::new(0));
    let server = Server::with_tools(vec![Arc::new(Reporting(Arc::clone(&done)))], false);
    let (ours, theirs) = tokio::io::duplex(64);
    let (input, output) = tokio::io::split(theirs);
    tokio::spawn(crate::mcp::serve(server, input, output, std::future::pending()));
    let (ours, mut to_server) = tokio::io::split(ours);
    let mut lines = BufReader::with_capacity(16, ours).lines();
    let opening = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
    to_server.write_all(format!("{opening}\n").as_bytes()).await.expect("written");
    assert!(lines.next_line().await.expect("text").is_some_and(|line| line.contains("result")));
    let call = r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"reporting","_meta":{"progressToken":"t"}}}"#;
    to_server.write_all(format!("{call}\n").as_bytes()).await.expect("written");
    let waited = tokio::time::timeout(Duration::from_secs(10), done.acquire());
    waited.await.expect("done in time").expect("open").forget();
    for progress in 1..=10 {
        let line = lines.next_line().await.expect("text").expect("a line");
        assert!(line.contains(&format!(r#""progress":{progress}"#)), "{line}");
    }
    let line = lines.next_line().await.expect("text").expect("a line");
    assert!(line.contains(r#""id":2"#), "{line}");
}

#[test]
fn the_sdk_finds_each_tool_by_its_name() {
    let server = Server::with_tools(vec![Arc::new(Panicking)], false);
    for tool in server.tools.definitions() {
        assert_eq!(server.get_tool(&tool.name).as_ref(), Some(tool));
    }
    assert_eq!(server.get_tool("another"), None);
}
