//! Writes a tool's answer once: what the text of a result says, its structure says again.
//!
//! The SDK (rmcp 3.11) holds a structure as a tree of values. To make one of an answer and to write
//! it takes as long as to make the answer.

use memchr::memmem;
use rmcp::model::{JsonRpcMessage, ServerJsonRpcMessage, ServerResult};
use serde_json::{Map, Value};

/// Returns what stands in a result where the structure is what the only text says: an empty object.
/// An answer is one with members; what is no object the SDK passes on otherwise.
pub(in crate::mcp) fn as_text() -> Value {
    Value::Object(Map::new())
}

/// How such a structure is written. No text has these bytes: its quotes are escaped.
const EMPTY: &[u8] = br#""structuredContent":{}"#;

/// Adds a message to bytes that are to be written.
pub(super) fn write(message: &ServerJsonRpcMessage, bytes: &mut Vec<u8>) -> serde_json::Result<()> {
    let before = bytes.len();
    serde_json::to_writer(&mut *bytes, message)?;
    let added = bytes.get(before..).unwrap_or_default();
    if let Some(text) = text_for_structure(message)
        && let Some(place) = memmem::find(added, EMPTY)
    {
        let end = before + place + EMPTY.len();
        let rest = bytes.split_off(end);
        bytes.truncate(end - "{}".len());
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(&rest);
    }
    Ok(())
}

/// Returns the text that is to be written as the structure too.
fn text_for_structure(message: &ServerJsonRpcMessage) -> Option<&str> {
    let JsonRpcMessage::Response(response) = message else { return None };
    let ServerResult::CallToolResult(result) = &response.result else { return None };
    let is_empty = |it: &Value| it.as_object().is_some_and(Map::is_empty);
    result.structured_content.as_ref().filter(|it| is_empty(it))?;
    let [text] = result.content.as_slice() else { return None };
    Some(&text.as_text()?.text)
}

#[cfg(test)]
mod tests {
    use rmcp::model::{CallToolResult, ContentBlock, RequestId};
    use serde_json::json;

    use super::*;

    fn written(structure: Value, change: impl Fn(&mut CallToolResult)) -> String {
        let text = r#"{"b":[1.5,"ñ\"\n"],"a":{"c":null},"d":"\"structuredContent\":{}"}"#;
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(structure);
        change(&mut result);
        let result = ServerResult::CallToolResult(result);
        let message = JsonRpcMessage::response(result, RequestId::Number(7));
        let mut bytes = b"before\n".to_vec();
        write(&message, &mut bytes).expect("JSON");
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn an_answer_is_written_as_the_sdk_writes_it() {
        let structure = json!({
            "b": [1.5, "ñ\"\n"], "a": { "c": null }, "d": "\"structuredContent\":{}"
        });
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
