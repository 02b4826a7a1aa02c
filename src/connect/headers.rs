//! The headers that go with a message (MCP specification 2026-07-28, "Streamable HTTP"; older
//! revisions know the revision's own and the session's).
//!
//! `Mcp-Param-*` is left out: no tool of this program marks an argument for a header.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};

use super::message::Message;

/// The first revision whose requests say in headers what they ask for.
const STANDARD_HEADERS: &str = "2026-07-28";

const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// What is known of the client's connection; the newer era has none.
#[derive(Debug, Default)]
pub(super) struct Session(Mutex<Known>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// The revision that was agreed on, or the last one that a message said itself.
    version: Option<String>,
    id: Option<HeaderValue>,
    /// The program that asks, which a server without sessions reads of each request.
    agent: Option<HeaderValue>,
}

impl Session {
    /// Takes note of what a message says itself.
    pub(super) fn heed(&self, message: &Message) {
        let mut known = self.lock();
        if message.version.is_some() && known.id.is_none() {
            known.version.clone_from(&message.version);
        }
        if let Some((name, version)) = &message.client {
            known.agent = agent(name, version);
        }
    }

    /// Takes note of how the server welcomed an older client.
    pub(super) fn welcomed(&self, version: Option<String>, id: Option<HeaderValue>) {
        let mut known = self.lock();
        (known.version, known.id) = (version, id);
    }

    /// Returns whether a message belongs to a connection of the older era.
    pub(super) fn is_older(&self, message: &Message) -> bool {
        let version = message.version.clone().or_else(|| self.lock().version.clone());
        version.is_none_or(|version| !is_newer(&version))
    }

    /// Returns the headers of a message.
    pub(super) fn headers(&self, message: &Message) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accepted = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(ACCEPT, accepted);
        let known = self.lock().clone();
        headers.extend(known.agent.map(|agent| (USER_AGENT, agent)));
        if message.method == "initialize" {
            return headers;
        }
        let says_itself = message.version.is_some();
        let Some(version) = message.version.clone().or(known.version) else { return headers };
        if is_newer(&version) {
            let name = message.name.as_deref().map(encoded);
            let value = |text: &str| HeaderValue::from_str(text).ok();
            headers.extend(value(&message.method).map(|method| (METHOD, method)));
            headers.extend(name.and_then(|name| value(&name)).map(|name| (NAME, name)));
        } else if !says_itself {
            headers.extend(known.id.map(|id| (SESSION, id)));
        }
        headers.extend(HeaderValue::from_str(&version).ok().map(|version| (VERSION, version)));
        headers
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a `User-Agent` (RFC 9110, section 10.1.5) that names the client before this program.
fn agent(name: &str, version: &str) -> Option<HeaderValue> {
    const LONGEST: usize = 64;
    let token = |text: &str| -> String {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
        text.chars().map(|it| if is_plain(it) { it } else { '-' }).take(LONGEST).collect()
    };
    let ours = concat!("wolkvox-mcp/", env!("CARGO_PKG_VERSION"));
    HeaderValue::from_str(&match (token(name), token(version)) {
        (name, _) if name.is_empty() => return None,
        (name, version) if version.is_empty() => format!("{name} {ours}"),
        (name, version) => format!("{name}/{version} {ours}"),
    })
    .ok()
}

/// Revisions are dates, which sort as texts do.
fn is_newer(version: &str) -> bool {
    version >= STANDARD_HEADERS
}

/// Writes a name so that it survives as a header: one with blanks around it, with other than
/// printable ASCII, or that looks encoded already, in Base64.
fn encoded(name: &str) -> String {
    let is_plain = name.chars().all(|letter| (' '..='~').contains(&letter))
        && name.trim_matches(' ') == name
        && !(name.starts_with("=?base64?") && name.ends_with("?="));
    if is_plain { name.to_owned() } else { format!("=?base64?{}?=", STANDARD.encode(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message::read(text.to_owned().into()).expect("a message")
    }

    fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
        headers.get(name).map(|value| value.to_str().expect("text").to_owned())
    }

    #[test]
    fn a_message_of_the_newer_era_says_in_headers_what_it_asks_for() {
        let session = Session::default();
        let call = message(
            r#"{"id":1,"method":"tools/call","params":{"name":"query_obligation","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
        );
        session.heed(&call);
        let headers = session.headers(&call);
        assert_eq!(header(&headers, &METHOD).as_deref(), Some("tools/call"));
        assert_eq!(header(&headers, &NAME).as_deref(), Some("query_obligation"));
        assert_eq!(header(&headers, &VERSION).as_deref(), Some("2026-07-28"));
        assert_eq!(header(&headers, &SESSION), None);
        assert!(!session.is_older(&message(r#"{"method":"notifications/cancelled"}"#)));
    }

    #[test]
    fn a_message_of_the_older_era_carries_the_revision_and_session_it_was_given() {
        let session = Session::default();
        let first = session.headers(&message(r#"{"id":1,"method":"initialize"}"#));
        assert_eq!((header(&first, &VERSION), header(&first, &METHOD)), (None, None));
        let id = HeaderValue::from_static("abc");
        session.welcomed(Some("2025-11-25".to_owned()), Some(id));
        let headers = session.headers(&message(r#"{"id":2,"method":"tools/list"}"#));
        assert_eq!(header(&headers, &VERSION).as_deref(), Some("2025-11-25"));
        assert_eq!(header(&headers, &SESSION).as_deref(), Some("abc"));
        assert_eq!(header(&headers, &METHOD), None);
    }

    #[test]
    fn the_client_is_named_with_every_request_after_it_said_who_it_is() {
        let session = Session::default();
        let list = message(r#"{"id":2,"method":"tools/list"}"#);
        assert_eq!(header(&session.headers(&list), &USER_AGENT), None);
        let hello = message(
            r#"{"id":1,"method":"initialize","params":{"clientInfo":{"name":"Mesa de ayuda ñ","version":"1.2"}}}"#,
        );
        session.heed(&hello);
        session.welcomed(Some("2025-11-25".to_owned()), None);
        let agent = header(&session.headers(&list), &USER_AGENT).expect("an agent");
        assert!(agent.starts_with("Mesa-de-ayuda--/1.2 wolkvox-mcp/"), "{agent}");
        assert_eq!(super::agent("", "1"), None);
        let without_version = super::agent("a\nb", "").expect("an agent");
        assert!(without_version.as_bytes().starts_with(b"a-b wolkvox-mcp/"), "{without_version:?}");
    }

    #[test]
    fn a_name_that_is_no_header_is_encoded() {
        for (name, written) in [
            ("query_obligation", "query_obligation"),
            ("with space", "with space"),
            ("", ""),
            ("día", "=?base64?ZMOtYQ==?="),
            (" a", "=?base64?IGE=?="),
            ("a\nb", "=?base64?YQpi?="),
            ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
        ] {
            assert_eq!(encoded(name), written);
        }
    }
}
