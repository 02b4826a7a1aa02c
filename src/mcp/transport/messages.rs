//! Reads one message, and finds the answer to one that cannot be read.
//!
//! The SDK (rmcp 3.11) drops a request that it cannot read, so that the client waits for an answer
//! that never comes.

use rmcp::model::{
    CallToolRequest, CallToolRequestMethod, CallToolRequestParams, ClientJsonRpcMessage,
    ClientRequest, ErrorCode, ErrorData, JsonRpcMessage, JsonRpcVersion2_0, RequestId,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::repair;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What a text turned out to be.
pub(super) enum Read {
    Message(Box<ClientJsonRpcMessage>),
    /// Neither a message nor something that waits for an answer.
    Nothing,
    /// Something that waits for an answer, and this is it.
    Refused(Refusal),
}

/// The answer to what could not be read. Unlike the SDK's it says `"id": null` where the id could
/// not be read, as JSON-RPC 2.0 wants it.
#[derive(Serialize)]
pub(super) struct Refusal {
    jsonrpc: JsonRpcVersion2_0,
    pub(super) id: Option<RequestId>,
    error: ErrorData,
}

impl Refusal {
    pub(super) fn new(id: Option<RequestId>, code: ErrorCode, why: &'static str) -> Self {
        Self { jsonrpc: JsonRpcVersion2_0, id, error: ErrorData::new(code, why, None) }
    }

    /// Returns the answer to what is no request at all, such as an empty batch.
    pub(super) fn wrong_shape() -> Self {
        Self::new(None, ErrorCode::INVALID_REQUEST, WRONG_SHAPE)
    }

    pub(super) fn too_long() -> Self {
        Self::new(None, ErrorCode::INVALID_REQUEST, TOO_LONG)
    }
}

const TOO_LONG: &str = "the message is longer than 16 MiB";
const UNREADABLE: &str = "the message cannot be read: it holds text that is not Unicode, such as half \
                          of a surrogate pair, or it is nested too deeply";
const WRONG_SHAPE: &str =
    "the message is not a JSON-RPC request, or a part of it has the wrong type";
const NO_BATCHES: &str =
    "this revision of MCP has no batches: send each message on a line of its own";
const INITIALIZE: &str = "the parameters of initialize have the wrong type: it needs \
                          `protocolVersion` (text), `capabilities` and `clientInfo` (objects)";

/// Takes off what may stand around a message: a byte order mark and blanks.
pub(crate) fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii()
}

/// Reads a message that is what it should be.
pub(super) fn parse(text: &[u8]) -> Option<ClientJsonRpcMessage> {
    if let Ok(call) = serde_json::from_slice::<ToolCall>(text) {
        return Some(call.into());
    }
    let message = serde_json::from_slice(text).ok()?;
    (!is_misread_initialize(&message)).then_some(message)
}

/// Reads a message that may have to be repaired or refused.
pub(super) fn read(text: &[u8]) -> Read {
    if let Some(message) = parse(text).or_else(|| repair::repaired(text)) {
        return Read::Message(Box::new(message));
    }
    let problem = serde_json::from_slice::<ClientJsonRpcMessage>(text).err();
    if problem.is_some_and(|problem| problem.classify() != Category::Data) {
        let why = |_: &Head<'_>| (ErrorCode::PARSE_ERROR, UNREADABLE);
        // Not JSON: most likely a stray print of a program, and answering those could go on forever.
        return refused(text, why).unwrap_or(Read::Nothing);
    }
    let why = |head: &Head<'_>| match head.method.map(RawValue::get) {
        Some("\"initialize\"") => (ErrorCode::INVALID_PARAMS, INITIALIZE),
        _ => (ErrorCode::INVALID_REQUEST, WRONG_SHAPE),
    };
    // JSON of another shape is answered, too.
    refused(text, why).unwrap_or_else(|| Read::Refused(Refusal::wrong_shape()))
}

/// Refuses a message as a part of a batch, which newer revisions do not have.
pub(super) fn refuse_in_batch(text: &[u8]) -> Read {
    refused(text, |_| (ErrorCode::INVALID_REQUEST, NO_BATCHES))
        .unwrap_or_else(|| Read::Refused(Refusal::wrong_shape()))
}

/// The SDK takes an `initialize` whose parameters it cannot read for a method that it does not know.
pub(super) fn is_misread_initialize(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Request(request) = message else { return false };
    matches!(&request.request, ClientRequest::CustomRequest(it) if it.method == "initialize")
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
    /// A null is there, too: such a request waits for an answer with the id null.
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<&'a RawValue>,
    result: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// Refuses a message if it waits for an answer; `None` if it is no JSON object. Skipping a value
/// succeeds where reading it fails.
fn refused(text: &[u8], why: impl Fn(&Head<'_>) -> (ErrorCode, &'static str)) -> Option<Read> {
    let text = String::from_utf8_lossy(text);
    let head: Head<'_> = serde_json::from_str(&text).ok()?;
    let is_answer = head.result.is_some() || head.error.is_some();
    let is_notification = head.id.is_none() && head.method.is_some();
    if is_answer || is_notification {
        return Some(Read::Nothing);
    }
    let id = head.id.and_then(|id| serde_json::from_str(id.get()).ok());
    let (code, why) = why(&head);
    Some(Read::Refused(Refusal::new(id, code, why)))
}

#[cfg(test)]
mod tests {
    use rmcp::model::GetMeta;
    use serde_json::{Value, json};

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
                r#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":[1]}"#.to_owned(),
                json!(9),
                -32600,
            ),
            (r#"{"jsonrpc":"2.0","id":10}"#.to_owned(), json!(10), -32600),
            (call("1.5", "1"), Value::Null, -32600),
            (call("18446744073709551615", "1"), Value::Null, -32600),
            (call(r#"{"a":1}"#, "1"), Value::Null, -32600),
            (call("[1]", "1"), Value::Null, -32600),
            (call("null", "1"), Value::Null, -32600),
            ("[1,2]".to_owned(), Value::Null, -32600),
        ] {
            let answer = answer(line.as_bytes()).expect("an answer");
            assert!(answer.as_object().expect("an object").contains_key("id"), "{line}");
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
                assert_eq!(token(*straight), token(usual));
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

    #[test]
    fn an_empty_array_for_an_empty_object_is_read_for_every_method() {
        for (method, params) in [
            ("ping", json!([])),
            ("tools/list", json!([])),
            ("tools/list", json!({ "_meta": [] })),
            ("prompts/list", json!([])),
            ("resources/list", json!([])),
            ("server/discover", json!([])),
            ("anything/else", json!([])),
        ] {
            let message = |params: Option<&Value>| {
                let mut message = json!({ "jsonrpc": "2.0", "id": 1, "method": method });
                if let Some(params) = params {
                    message["params"] = params.clone();
                }
                let Read::Message(message) = read(message.to_string().as_bytes()) else {
                    panic!("{method} {params:?}")
                };
                serde_json::to_value(message).expect("JSON")
            };
            let usual = if params.is_array() { message(None) } else { message(Some(&json!({}))) };
            assert_eq!(message(Some(&params)), usual, "{method} {params}");
        }
        let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#;
        let Read::Message(message) = read(note.as_bytes()) else { panic!("{note}") };
        assert!(matches!(*message, JsonRpcMessage::Notification(_)));
    }

    fn initialize(params: &Value) -> Value {
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })
    }

    #[test]
    fn an_initialize_that_can_nearly_be_read_is_read() {
        for (params, name) in [
            (json!({ "capabilities": [], "clientInfo": { "name": "a", "version": "1" } }), "a"),
            (json!({ "capabilities": {}, "clientInfo": [] }), "unknown"),
            (json!({ "capabilities": null, "clientInfo": { "name": "a" } }), "a"),
            (
                json!({ "capabilities": { "roots": [], "sampling": true }, "clientInfo": {} }),
                "unknown",
            ),
            (
                json!({ "capabilities": { "experimental": [] }, "clientInfo": { "name": 7 } }),
                "unknown",
            ),
            (json!({ "clientName": "flat", "clientVersion": "1" }), "flat"),
            (json!({}), "unknown"),
        ] {
            let mut params = params;
            params["protocolVersion"] = json!("2025-03-26");
            let Read::Message(message) = read(initialize(&params).to_string().as_bytes()) else {
                panic!("{params}")
            };
            let (request, _) = message.into_request().expect("a request");
            let ClientRequest::InitializeRequest(request) = request else { panic!("{params}") };
            assert_eq!(request.params.protocol_version.as_str(), "2025-03-26");
            assert_eq!(request.params.client_info.name, name, "{params}");
        }
        let flat =
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","protocolVersion":"2025-06-18"}"#;
        assert!(matches!(read(flat.as_bytes()), Read::Message(_)));
    }

    #[test]
    fn capabilities_that_can_be_read_survive_those_that_cannot() {
        let capabilities = json!({ "roots": { "listChanged": true }, "elicitation": [1] });
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities });
        let Read::Message(message) = read(initialize(&params).to_string().as_bytes()) else {
            panic!("{params}")
        };
        let message = serde_json::to_value(message).expect("JSON");
        assert_eq!(message["params"]["capabilities"], json!({ "roots": { "listChanged": true } }));
    }

    #[test]
    fn an_initialize_without_a_version_is_refused_with_a_word_about_initialize() {
        for params in [json!([]), json!({}), json!(7), json!({ "protocolVersion": 20_250_618 })] {
            let answer = answer(initialize(&params).to_string().as_bytes()).expect("an answer");
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-32602)));
            let message = answer["error"]["message"].as_str().expect("text");
            assert!(message.contains("initialize"), "{params}: {message}");
        }
    }
}
