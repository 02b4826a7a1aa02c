//! Writes a tool's answer once: what the text of a result says, its structure says again.
//!
//! The SDK (rmcp 3.11) holds a structure as a tree of values. To make one of an answer and to write
//! it takes as long as to make the answer.

use rmcp::model::{
    CallToolResult, ContentBlock, JsonRpcMessage, JsonRpcVersion2_0, MetaObject, RequestId,
    ResultType, ServerJsonRpcMessage, ServerResult,
};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Returns what stands in a result where the structure is what the only text says: an empty object.
/// An answer is one with members; what is no object the SDK passes on otherwise.
pub(in crate::mcp) fn as_text() -> Value {
    Value::Object(Map::new())
}

fn is_as_text(structure: &Value) -> bool {
    structure.as_object().is_some_and(Map::is_empty)
}

/// A message as it is written.
pub(super) struct Written<'a>(pub(super) &'a ServerJsonRpcMessage);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Twofold::of(self.0) {
            Some(answer) => answer.serialize(serializer),
            None => self.0.serialize(serializer),
        }
    }
}

/// The SDK's response, with a text for a structure.
#[derive(Serialize)]
struct Twofold<'a> {
    jsonrpc: JsonRpcVersion2_0,
    id: &'a RequestId,
    result: Answer<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<&'a ResultType>,
    content: &'a [ContentBlock],
    structured_content: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_error: Option<bool>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<&'a MetaObject>,
}

impl<'a> Twofold<'a> {
    fn of(message: &'a ServerJsonRpcMessage) -> Option<Self> {
        let JsonRpcMessage::Response(response) = message else { return None };
        let ServerResult::CallToolResult(result) = &response.result else { return None };
        let CallToolResult { result_type, content, is_error, meta, .. } = result;
        result.structured_content.as_ref().filter(|it| is_as_text(it))?;
        let [text] = content.as_slice() else { return None };
        let structured_content = serde_json::from_str(&text.as_text()?.text).ok()?;
        let (result_type, is_error, meta) = (result_type.as_ref(), *is_error, meta.as_ref());
        let result = Answer { result_type, content, structured_content, is_error, meta };
        Some(Self { jsonrpc: JsonRpcVersion2_0, id: &response.id, result })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(structure: Value, change: impl Fn(&mut CallToolResult)) -> String {
        let text = r#"{"b":[1.5,"ñ\"\n"],"a":{"c":null}}"#;
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(structure);
        change(&mut result);
        let result = ServerResult::CallToolResult(result);
        let message = JsonRpcMessage::response(result, RequestId::Number(7));
        serde_json::to_string(&Written(&message)).expect("JSON")
    }

    #[test]
    fn an_answer_is_written_as_the_sdk_writes_it() {
        let structure = json!({ "b": [1.5, "ñ\"\n"], "a": { "c": null } });
        let changes: [fn(&mut CallToolResult); 3] = [
            |_| {},
            |it| (it.result_type, it.is_error) = (None, None),
            |it| _ = it.meta.get_or_insert_default().insert("x".to_owned(), json!("y")),
        ];
        for change in changes {
            assert_eq!(written(as_text(), change), written(structure.clone(), change));
        }
    }
}
