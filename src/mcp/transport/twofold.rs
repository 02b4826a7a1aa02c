//! Writes a message, and an answer's structure as what its text says.

use rmcp::model::{JsonRpcMessage, ServerJsonRpcMessage, ServerResult};

use crate::mcp::structure;

/// Adds a message to bytes that are to be written.
pub(super) fn write(message: &ServerJsonRpcMessage, bytes: &mut Vec<u8>) -> serde_json::Result<()> {
    let before = bytes.len();
    serde_json::to_writer(&mut *bytes, message)?;
    if let Some(text) = text_for_structure(message) {
        structure::fill(bytes, before, text);
    }
    Ok(())
}

/// Returns the text that is to be written as the structure too.
fn text_for_structure(message: &ServerJsonRpcMessage) -> Option<&str> {
    let JsonRpcMessage::Response(response) = message else { return None };
    let ServerResult::CallToolResult(result) = &response.result else { return None };
    result.structured_content.as_ref().filter(|it| structure::is_empty(it))?;
    let [text] = result.content.as_slice() else { return None };
    Some(&text.as_text()?.text)
}

#[cfg(test)]
mod tests {
    use rmcp::model::{CallToolResult, ContentBlock, RequestId};
    use serde_json::{Value, json};

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
            assert_eq!(written(structure::empty(), change), written(structure.clone(), change));
        }
    }
}
