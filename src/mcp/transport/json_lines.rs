//! Carries MCP messages as lines of JSON: one message a line, one line a message.
//!
//! Takes the place of the SDK's own transport, which (rmcp 3.11) drops a request that it cannot
//! read, so that the client waits for an answer that never comes; goes on serving when nobody can
//! read the answers any more; and writes every answer by itself, where the answers of calls in
//! flight can share one write.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::StreamExt;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequest, CallToolRequestMethod, CallToolRequestParams, ClientJsonRpcMessage,
    ClientRequest, ErrorCode, ErrorData, JsonRpcVersion2_0, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::Transport;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder, FramedRead};
use tokio_util::sync::CancellationToken;

/// Longest message that is read. Calls are short; this is the SDK's own limit.
const LONGEST_LINE: usize = 16 * 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A transport over any pair of streams.
pub(in crate::mcp) struct JsonLines<R, W> {
    input: FramedRead<R, Splitter>,
    output: Arc<Output<W>>,
}

impl<R: AsyncRead, W> JsonLines<R, W> {
    pub(in crate::mcp) fn new(input: R, output: W) -> Self {
        let output = Output {
            pending: Mutex::default(),
            stream: tokio::sync::Mutex::new(output),
            broken: CancellationToken::new(),
        };
        Self { input: FramedRead::new(input, Splitter::default()), output: Arc::new(output) }
    }
}

impl<R, W> Transport<RoleServer> for JsonLines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let output = Arc::clone(&self.output);
        let added = output.add(&message);
        async move {
            added?;
            output.write().await
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let line = tokio::select! {
                biased;
                () = self.output.broken.cancelled() => return None,
                line = self.input.next() => line?,
            };
            let read = match line {
                Ok(Line::Whole(line)) => read(&line),
                Ok(Line::TooLong) => Read::refused(None, ErrorCode::INVALID_REQUEST, TOO_LONG),
                Err(problem) => {
                    tracing::error!(kind = ?problem.kind(), "the client cannot be read any more");
                    return None;
                }
            };
            match read {
                Read::Message(message) => return Some(message),
                Read::Nothing => tracing::debug!("left out a line that is no MCP message"),
                Read::Refused(answer) => {
                    tracing::debug!("refused a line that is no MCP message");
                    let sending = self.send(answer);
                    // `receive` may be dropped at any await, which must not cut a line in half.
                    tokio::spawn(sending);
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.write().await
    }
}

/// Messages to be written: whoever comes first writes what all have added so far.
struct Output<W> {
    pending: Mutex<Vec<u8>>,
    stream: tokio::sync::Mutex<W>,
    /// Cancelled when nobody can read the answers any more.
    broken: CancellationToken,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    fn add(&self, message: &ServerJsonRpcMessage) -> io::Result<()> {
        let mut pending = self.pending();
        let before = pending.len();
        if let Err(problem) = serde_json::to_writer(&mut *pending, message) {
            pending.truncate(before);
            return Err(problem.into());
        }
        pending.push(b'\n');
        Ok(())
    }

    async fn write(&self) -> io::Result<()> {
        let mut stream = self.stream.lock().await;
        let bytes = std::mem::take(&mut *self.pending());
        if bytes.is_empty() {
            return Ok(());
        }
        let written = async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        };
        written.await.inspect_err(|_| self.broken.cancel())
    }

    fn pending(&self) -> MutexGuard<'_, Vec<u8>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a line turned out to be.
enum Read {
    Message(ClientJsonRpcMessage),
    /// Neither a message nor something that waits for an answer.
    Nothing,
    /// Something that waits for an answer, and this is it.
    Refused(ServerJsonRpcMessage),
}

const TOO_LONG: &str = "the message is longer than 16 MiB";
const UNREADABLE: &str = "the message cannot be read: it holds text that is no Unicode, such as half \
                          of a surrogate pair, or it is nested too deeply";
const WRONG_SHAPE: &str = "the message is no JSON-RPC request, or a part of it has the wrong type";

impl Read {
    fn refused(id: Option<RequestId>, code: ErrorCode, why: &'static str) -> Self {
        Self::Refused(ServerJsonRpcMessage::error(ErrorData::new(code, why, None), id))
    }
}

fn read(line: &[u8]) -> Read {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Read::Nothing;
    }
    if let Ok(call) = serde_json::from_slice::<ToolCall>(line) {
        return Read::Message(call.into());
    }
    match serde_json::from_slice(line) {
        Ok(message) => Read::Message(message),
        Err(problem) => unreadable(line, problem.classify()),
    }
}

/// A tool call, read straight: the SDK's type for any message takes a copy of it and tries one kind
/// after the other, which takes nearly as long as to read wolkvox's reply.
#[derive(Deserialize)]
struct ToolCall {
    #[serde(rename = "jsonrpc")]
    _version: JsonRpcVersion2_0,
    id: RequestId,
    #[serde(rename = "method")]
    _method: CallToolRequestMethod,
    params: CallToolRequestParams,
}

impl From<ToolCall> for ClientJsonRpcMessage {
    fn from(call: ToolCall) -> Self {
        let ToolCall { id, mut params, .. } = call;
        let meta = params.meta.take();
        let mut request = CallToolRequest::new(params);
        if let Some(meta) = meta {
            request.extensions.insert(meta);
        }
        Self::request(ClientRequest::CallToolRequest(request), id)
    }
}

/// The members that tell whether a message waits for an answer.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: Option<IgnoredAny>,
    result: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

/// Returns the answer to a message that could not be read, if one is expected. Skipping a value
/// succeeds where reading it fails.
fn unreadable(line: &[u8], category: Category) -> Read {
    let text = String::from_utf8_lossy(line);
    let (code, why) = match category {
        Category::Data => (ErrorCode::INVALID_REQUEST, WRONG_SHAPE),
        Category::Syntax | Category::Eof | Category::Io => (ErrorCode::PARSE_ERROR, UNREADABLE),
    };
    match serde_json::from_str(&text) {
        // An answer or a notification: no reply is expected.
        Ok(Head { result: Some(_), .. } | Head { error: Some(_), .. }) => Read::Nothing,
        Ok(Head { id: None, method: Some(_), .. }) => Read::Nothing,
        Ok(Head { id, .. }) => {
            let id = id.and_then(|id| serde_json::from_str(id.get()).ok());
            Read::refused(id, code, why)
        }
        // JSON of another shape, such as a batch, which newer revisions do not have.
        Err(_) if category == Category::Data => Read::refused(None, code, why),
        // Not JSON: most likely a stray print of a program, and answering those could go on forever.
        Err(_) => Read::Nothing,
    }
}

/// Cuts the input into lines.
#[derive(Default)]
struct Splitter {
    /// So many bytes hold no line's end.
    searched: usize,
    /// Whether the line that is being read is too long to be kept.
    skipping: bool,
}

enum Line {
    Whole(BytesMut),
    TooLong,
}

impl Decoder for Splitter {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        let new = buffer.get(self.searched..).unwrap_or_default();
        if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
            let line = buffer.split_to(self.searched + end + 1);
            let skipped = std::mem::take(self).skipping;
            return Ok(Some(if skipped { Line::TooLong } else { Line::Whole(line) }));
        }
        self.searched = buffer.len();
        if self.skipping || buffer.len() > LONGEST_LINE {
            *self = Self { searched: 0, skipping: true };
            *buffer = BytesMut::new();
        }
        Ok(None)
    }

    /// Leaves out what stands after the last line's end: a message that is not whole.
    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        let line = self.decode(buffer)?;
        if line.is_none() {
            buffer.clear();
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::GetMeta;
    use serde_json::{Value, json};
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, DuplexStream, duplex};

    use super::*;

    fn answer(line: &[u8]) -> Option<Value> {
        match read(line) {
            Read::Refused(answer) => Some(serde_json::to_value(answer).expect("JSON")),
            Read::Message(_) => panic!("{} was read", String::from_utf8_lossy(line)),
            Read::Nothing => None,
        }
    }

    #[test]
    fn a_request_that_cannot_be_read_is_answered_with_its_id() {
        let call = |id: &str, value: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"x","arguments":{{"value":{value}}}}}}}"#
            )
        };
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for (line, id, code) in [
            (call("7", r#""9\ud800""#), json!(7), -32700),
            (call(r#""a""#, r#""\udc00""#), json!("a"), -32700),
            (call("8", &deep), json!(8), -32700),
            (
                r#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":[]}"#.to_owned(),
                json!(9),
                -32600,
            ),
            (r#"{"jsonrpc":"2.0","id":10}"#.to_owned(), json!(10), -32600),
            (call("1.5", "1"), Value::Null, -32600),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#.to_owned(), Value::Null, -32600),
        ] {
            let answer = answer(line.as_bytes()).expect("an answer");
            assert_eq!(answer["error"]["code"], code, "{line}");
            assert_eq!(answer["id"], id, "{line}");
        }
        let mut bytes = call("11", r#""?""#).into_bytes();
        let at = bytes.iter().position(|it| *it == b'?').expect("there");
        bytes[at] = 0xff;
        assert_eq!(answer(&bytes).expect("an answer")["id"], 11);
    }

    #[test]
    fn a_tool_call_that_is_read_straight_is_what_the_sdk_reads() {
        for params in [
            json!({ "name": "x" }),
            json!({ "name": "x", "arguments": { "a": [1, { "b": null }], "c": "ñ" } }),
            json!({ "name": "x", "arguments": {}, "_meta": { "progressToken": 7, "other": "y" } }),
            json!({ "name": "x", "unknown": 1, "requestState": "s" }),
        ] {
            for id in [json!(1), json!("a")] {
                let call = json!({
                    "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params,
                });
                let line = call.to_string();
                let Read::Message(straight) = read(line.as_bytes()) else { panic!("{line}") };
                let usual: ClientJsonRpcMessage = serde_json::from_str(&line).expect("a message");
                let shown = |it: &ClientJsonRpcMessage| serde_json::to_value(it).expect("JSON");
                assert_eq!(shown(&straight), shown(&usual));
                let token = |message: ClientJsonRpcMessage| {
                    let (request, _) = message.into_request().expect("a request");
                    request.get_meta().get_progress_token()
                };
                assert_eq!(token(straight), token(usual));
            }
        }
    }

    #[test]
    fn what_nobody_waits_for_gets_no_answer() {
        for line in [
            "",
            "  \r",
            "Starting up...",
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":"\ud800"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping""#,
        ] {
            assert_eq!(answer(line.as_bytes()), None, "{line}");
        }
    }

    fn pair() -> (JsonLines<DuplexStream, DuplexStream>, DuplexStream, DuplexStream) {
        let (ours, their_input) = duplex(64);
        let (their_output, output) = duplex(64);
        (JsonLines::new(ours, output), their_input, their_output)
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_left_out_and_the_next_one_is_read() {
        let (mut lines, mut input, output) = pair();
        let writing = tokio::spawn(async move {
            let part = vec![b'x'; 1024 * 1024];
            for _ in 0..17 {
                input.write_all(&part).await.expect("read");
            }
            input.write_all(b"\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\nrest").await
        });
        assert!(lines.receive().await.is_some());
        writing.await.expect("no panic").expect("written");
        let mut answers = BufReader::new(output).lines();
        let answer = answers.next_line().await.expect("text").expect("an answer");
        assert!(answer.contains(TOO_LONG), "{answer}");
        assert!(lines.receive().await.is_none(), "what is not whole is no message");
    }

    #[tokio::test]
    async fn messages_that_were_added_together_are_written_together_and_in_order() {
        let (output, mut written) = duplex(1024 * 1024);
        let mut lines = JsonLines::new(tokio::io::empty(), output);
        let error = |id| {
            let data = ErrorData::new(ErrorCode::INTERNAL_ERROR, "x".repeat(50), None);
            ServerJsonRpcMessage::error(data, Some(RequestId::Number(id)))
        };
        let [first, second, third] =
            [lines.send(error(1)), lines.send(error(2)), lines.send(error(3))];
        first.await.expect("written");
        let mut text = vec![0; 1024];
        let length = written.read(&mut text).await.expect("there");
        let text = String::from_utf8_lossy(&text[..length]);
        let ids: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
            .collect();
        assert_eq!(ids, [1, 2, 3], "the first one wrote them all");
        second.await.expect("written already");
        third.await.expect("written already");
    }

    #[tokio::test]
    async fn when_nobody_reads_the_answers_the_connection_ends() {
        let (mut lines, _input, output) = pair();
        drop(output);
        let error = ErrorData::new(ErrorCode::INTERNAL_ERROR, "x", None);
        let sent = lines.send(ServerJsonRpcMessage::error(error, None)).await;
        assert_eq!(sent.expect_err("broken").kind(), io::ErrorKind::BrokenPipe);
        assert!(lines.receive().await.is_none());
    }
}
