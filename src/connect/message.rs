//! Reads of a client's line what HTTP needs to know of it, and nothing else.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio_util::bytes::Bytes;

pub(super) const TOO_LONG: &str = "the message is longer than 16 MiB";
pub(super) const NOT_ONE_MESSAGE: &str =
    "this is not one JSON-RPC message: send each message on a line of its own";

/// A client's message, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) part: Part,
    /// Blank for a response.
    pub(super) method: String,
    /// What it calls, reads or gets, where the method has such a thing.
    pub(super) name: Option<String>,
    /// The revision of the protocol that it says itself, as messages of 2026-07-28 do.
    pub(super) version: Option<String>,
    /// What the client calls itself and its version, as it connects.
    pub(super) client: Option<(String, String)>,
    /// The whole of it.
    pub(super) body: Bytes,
}

/// The part that a message plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Something to answer, under this id, as it is written.
    Request(String),
    Notification {
        /// The id of the request that it cancels, as it is written.
        cancels: Option<String>,
    },
    /// The client's answer to a request of the server.
    Response,
}

/// Why a line is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    NotJson,
    /// A batch, or JSON of another shape.
    NotOneMessage,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

/// The parameters that are read; each may be of a wrong type, which is the server's to refuse.
#[derive(Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    uri: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "taskId")]
    task: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "requestId")]
    request: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "clientInfo")]
    client: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Client<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    version: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<&'a RawValue>,
}

impl Message {
    pub(super) fn read(line: Bytes) -> Result<Self, Unreadable> {
        let json: &RawValue = serde_json::from_slice(&line).map_err(|_| Unreadable::NotJson)?;
        if !json.get().starts_with('{') {
            return Err(Unreadable::NotOneMessage);
        }
        let envelope: Envelope<'_> =
            serde_json::from_str(json.get()).map_err(|_| Unreadable::NotOneMessage)?;
        let params = inside::<Params<'_>>(envelope.params);
        let method = envelope.method.unwrap_or_default().into_owned();
        let name = match method.as_str() {
            "tools/call" | "prompts/get" => text(params.name),
            "resources/read" | "resources/subscribe" | "resources/unsubscribe" => text(params.uri),
            "tasks/get" | "tasks/update" | "tasks/cancel" => text(params.task),
            _ => None,
        };
        let raw = |value: &RawValue| value.get().to_owned();
        let part = match (envelope.id, method.as_str()) {
            (_, "") => Part::Response,
            (Some(id), _) => Part::Request(raw(id)),
            (None, "notifications/cancelled") => {
                Part::Notification { cancels: params.request.map(raw) }
            }
            (None, _) => Part::Notification { cancels: None },
        };
        let version = text(inside::<Meta<'_>>(params.meta).version);
        let client = inside::<Client<'_>>(params.client);
        let client = text(client.name).map(|name| (name, text(client.version).unwrap_or_default()));
        Ok(Self { part, method, name, version, client, body: line })
    }

    /// Returns whether it asks for a look-up.
    pub(super) fn is_call(&self) -> bool {
        self.method == "tools/call"
    }

    /// Returns whether it only reads, so that it can be asked twice.
    pub(super) fn only_reads(&self) -> bool {
        let reads = ["initialize", "ping", "server/discover", "tools/call", "completion/complete"];
        let is_reading = |end: &str| self.method.ends_with(end);
        reads.contains(&self.method.as_str())
            || ["/list", "/get", "/read"].into_iter().any(is_reading)
    }

    /// Returns its method for the log; a client may write anything.
    pub(super) fn method_for_log(&self) -> &str {
        let is_usual = |letter: char| letter.is_ascii_alphabetic() || letter == '/';
        let is_name = self.method.len() < 40 && self.method.chars().all(is_usual);
        if is_name { &self.method } else { "(another)" }
    }
}

/// Returns whether two ids are the same, however they are written.
pub(super) fn is_same_id(one: &str, other: &str) -> bool {
    let value = |text| serde_json::from_str::<Value>(text).ok();
    one == other || value(one).is_some_and(|one| Some(one) == value(other))
}

fn inside<'a, T: Deserialize<'a> + Default>(value: Option<&'a RawValue>) -> T {
    value.and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
}

fn text(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Message {
        Message::read(Bytes::from_static(text.as_bytes())).expect("a message")
    }

    #[test]
    fn a_call_of_the_newer_era_tells_its_id_name_and_revision() {
        let call = read(
            r#"{"id":"a\"1","method":"tools/call","params":{"name":"día","arguments":{"name":3},
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
        );
        assert_eq!(call.part, Part::Request(r#""a\"1""#.to_owned()));
        assert_eq!(call.name.as_deref(), Some("día"));
        assert_eq!(call.version.as_deref(), Some("2026-07-28"));
    }

    #[test]
    fn parameters_of_a_wrong_shape_are_left_to_the_server() {
        for params in ["3", "[]", "null", r#"{"name":3}"#, r#"{"_meta":[]}"#] {
            let line = format!(r#"{{"id":1,"method":"tools/call","params":{params}}}"#);
            let call = Message::read(line.into()).expect("a message");
            assert_eq!((call.name, call.version), (None, None), "{params}");
        }
    }

    #[test]
    fn a_cancellation_names_its_request_and_other_messages_their_part() {
        let cancelled = read(r#"{"method":"notifications/cancelled","params":{"requestId":7}}"#);
        assert_eq!(cancelled.part, Part::Notification { cancels: Some("7".to_owned()) });
        let told = read(r#"{"method":"notifications/initialized"}"#);
        assert_eq!(told.part, Part::Notification { cancels: None });
        assert_eq!(read(r#"{"id":1,"result":{}}"#).part, Part::Response);
    }

    #[test]
    fn what_is_not_one_message_is_told_from_what_is_not_json() {
        for (text, problem) in [
            ("[]", Unreadable::NotOneMessage),
            ("3", Unreadable::NotOneMessage),
            (r#"{"method":1}"#, Unreadable::NotOneMessage),
            ("{", Unreadable::NotJson),
            ("hola", Unreadable::NotJson),
        ] {
            let read = Message::read(Bytes::from_static(text.as_bytes()));
            assert_eq!(read.map(drop), Err(problem), "{text}");
        }
    }

    #[test]
    fn ids_are_compared_by_what_they_are() {
        assert!(is_same_id("1", "1") && is_same_id(r#""a""#, r#""\u0061""#));
        assert!(!is_same_id("1", r#""1""#) && !is_same_id("1", "2"));
    }
}
