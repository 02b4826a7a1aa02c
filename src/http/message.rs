//! Reads of a message what must be known before MCP reads all of it: its id, its method, what it
//! cancels, and what a call says of itself that MCP never gets to read.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::caller::Program;

/// What a message says of itself.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Envelope<'a> {
    /// None for a notification.
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow, default, rename = "requestId")]
    request_id: Option<&'a RawValue>,
}

/// What a call says of itself; what cannot be read is missing.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tool: Option<String>,
    /// The trace that it belongs to, as it came.
    pub(super) traceparent: Option<String>,
    /// The program that asks.
    pub(super) program: Option<Program>,
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
        let json: &RawValue = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
        if json.get().starts_with('[') {
            return Err(Unreadable::Batch);
        }
        Ok(serde_json::from_str(json.get()).unwrap_or_default())
    }

    /// Returns the id of the request that this notification cancels.
    pub(super) fn cancels(&self) -> Option<&'a RawValue> {
        let params = self.params.filter(|_| self.method == "notifications/cancelled")?;
        serde_json::from_str::<Params<'a>>(params.get()).ok()?.request_id
    }

    /// Returns what a call says of itself.
    pub(super) fn asked(&self) -> Asked {
        let params = self.params.and_then(|it| serde_json::from_str(it.get()).ok());
        let params: Value = params.unwrap_or_default();
        let text = |value: Option<&Value>| Some(value?.as_str()?.to_owned());
        let meta = |name: &str| params.get("_meta")?.get(name);
        let client = |name: &str| meta("io.modelcontextprotocol/clientInfo")?.get(name);
        let program = text(client("name")).map(|name| {
            let version = text(client("version")).unwrap_or_default();
            Program { name, version }
        });
        Asked { tool: text(params.get("name")), traceparent: text(meta("traceparent")), program }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(id: Option<&RawValue>) -> Option<&str> {
        id.map(RawValue::get)
    }

    #[test]
    fn a_call_tells_its_id_and_method_whatever_its_parameters() {
        for params in ["{}", "{\"requestId\":1}", "3", "[]", "null"] {
            let body = format!(r#"{{"id":"a\"1","method":"tools/call","params":{params}}}"#);
            let envelope = Envelope::read(body.as_bytes()).expect("readable");
            assert_eq!(raw(envelope.id), Some(r#""a\"1""#));
            assert_eq!((envelope.method.as_ref(), raw(envelope.cancels())), ("tools/call", None));
        }
    }

    #[test]
    fn a_call_tells_its_tool_its_program_and_its_trace_as_far_as_they_can_be_read() {
        let meta = r#"{"traceparent":"t","io.modelcontextprotocol/clientInfo":{"name":"n"}}"#;
        let body = format!(r#"{{"id":1,"params":{{"name":"tool","_meta":{meta}}}}}"#);
        let asked = Envelope::read(body.as_bytes()).expect("readable").asked();
        assert_eq!(
            (asked.tool.as_deref(), asked.traceparent.as_deref()),
            (Some("tool"), Some("t"))
        );
        assert_eq!(asked.program.map(|it| (it.name, it.version)), Some(("n".into(), "".into())));
        for params in ["[1]", "{}", r#"{"name":7,"_meta":{"traceparent":"t"}}"#] {
            let body = format!(r#"{{"id":1,"params":{params}}}"#);
            let asked = Envelope::read(body.as_bytes()).expect("readable").asked();
            assert!(asked.tool.is_none() && asked.program.is_none(), "{params}");
            assert_eq!(asked.traceparent.is_some(), params.contains("traceparent"), "{params}");
        }
    }

    #[test]
    fn a_cancellation_tells_what_it_cancels() {
        let body = br#"{"method":"notifications/cancelled","params":{"requestId":7}}"#;
        let envelope = Envelope::read(body).expect("readable");
        assert_eq!((raw(envelope.id), raw(envelope.cancels())), (None, Some("7")));
    }

    #[test]
    fn a_message_of_a_wrong_shape_is_left_to_mcp_and_what_is_no_message_is_not() {
        for body in [r#"{"id":1,"method":2}"#, "1", "null", "{}"] {
            assert_eq!(Envelope::read(body.as_bytes()).expect("JSON").method, "", "{body}");
        }
        for body in ["[{\"id\":1}]", " []"] {
            let problem = Envelope::read(body.as_bytes()).expect_err("a batch");
            assert_eq!(problem, Unreadable::Batch, "{body}");
        }
        for body in ["", "{", "{}{}", "id"] {
            let problem = Envelope::read(body.as_bytes()).expect_err("not JSON");
            assert_eq!(problem, Unreadable::NotJson, "{body}");
        }
    }
}
