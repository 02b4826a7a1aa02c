//! Reads of a message what must be known before MCP reads all of it: its id, its method, what it
//! cancels.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What a message says of itself.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Envelope<'a> {
    /// Blank for a notification.
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Debug, Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow, default, rename = "requestId")]
    request_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

/// Why a body is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not JSON.
    NotJson,
    /// It is a list of messages, which MCP had in 2025-03-26 alone.
    Batch,
}

impl<'a> Envelope<'a> {
    /// Reads a body. A message of a wrong shape is left for MCP to refuse, with what is known of it.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        if let Ok(envelope) = serde_json::from_slice(body) {
            return Ok(envelope);
        }
        match serde_json::from_slice::<&RawValue>(body) {
            Ok(list) if list.get().starts_with('[') => Err(Unreadable::Batch),
            Ok(_) => Ok(Self::default()),
            Err(_) => Err(Unreadable::NotJson),
        }
    }

    /// Returns the id of the request that this notification cancels.
    pub(super) fn cancels(&self) -> Option<&'a RawValue> {
        (self.method == "notifications/cancelled").then_some(self.params.request_id).flatten()
    }

    /// Returns the tool that this message calls.
    pub(super) fn tool(&self) -> Option<&str> {
        (self.method == "tools/call").then_some(self.params.name.as_deref()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(id: Option<&RawValue>) -> Option<&str> {
        id.map(RawValue::get)
    }

    #[test]
    fn a_call_tells_its_id_and_tool() {
        let body = br#"{"jsonrpc":"2.0","id":"a\"1","method":"tools/call","params":{"name":"x"}}"#;
        let envelope = Envelope::read(body).expect("readable");
        assert_eq!(raw(envelope.id), Some(r#""a\"1""#));
        assert_eq!((envelope.method.as_ref(), envelope.tool()), ("tools/call", Some("x")));
        assert_eq!(raw(envelope.cancels()), None);
    }

    #[test]
    fn a_cancellation_tells_what_it_cancels() {
        let body = br#"{"method":"notifications/cancelled","params":{"requestId":7}}"#;
        let envelope = Envelope::read(body).expect("readable");
        assert_eq!((raw(envelope.id), raw(envelope.cancels())), (None, Some("7")));
    }

    #[test]
    fn a_message_of_a_wrong_shape_is_left_to_mcp_and_what_is_no_message_is_not() {
        for body in [r#"{"id":1,"method":2}"#, r#"{"method":"a","params":[]}"#, "1", "null"] {
            assert_eq!(Envelope::read(body.as_bytes()).expect("JSON").method, "", "{body}");
        }
        assert_eq!(Envelope::read(b"[{\"id\":1}]").expect_err("a batch"), Unreadable::Batch);
        for body in ["", "{", "{}{}", "id"] {
            let problem = Envelope::read(body.as_bytes()).expect_err("not JSON");
            assert_eq!(problem, Unreadable::NotJson, "{body}");
        }
    }
}
