//! Writes why there is no answer, as one: a result that a model passes on for a look-up, an error for
//! everything else.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio_util::bytes::Bytes;

use super::message::{Message, Part};
use crate::error::RemoteError;
use crate::language::Language;

/// The first of the codes that JSON-RPC leaves to servers.
const REFUSED: i32 = -32_000;
const INVALID_REQUEST: i32 = -32_600;

/// Returns the answer to a request that the server did not answer.
pub(super) fn answer(request: &Message, error: &RemoteError, language: Language) -> Bytes {
    let id = match &request.part {
        Part::Request(id) => RawValue::from_string(id.clone()).ok(),
        Part::Notification { .. } | Part::Response => None,
    };
    if !request.is_call() {
        let text = error.of_message();
        let error = json!({ "code": REFUSED, "message": text.to(language) });
        return line(id.as_deref(), "error", &error);
    }
    let text = error.of_look_up();
    let content = json!([{ "type": "text", "text": text.to(language) }]);
    let mut result = json!({ "content": content, "isError": true });
    // Only messages of 2026-07-28 say their revision themselves, and its results their type.
    if request.version.is_some()
        && let Some(members) = result.as_object_mut()
    {
        members.insert("resultType".to_owned(), json!("complete"));
    }
    line(id.as_deref(), "result", &result)
}

/// Returns the answer to what is no message.
pub(super) fn unreadable(why: &str) -> Bytes {
    line(None, "error", &json!({ "code": INVALID_REQUEST, "message": why }))
}

fn line(id: Option<&RawValue>, part: &str, value: &Value) -> Bytes {
    // The id stands there as the client wrote it.
    let id = id.map_or("null", RawValue::get);
    Bytes::from(format!(r#"{{"jsonrpc":"2.0","id":{id},"{part}":{value}}}"#))
}
