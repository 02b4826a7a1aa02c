//! Writes refusals: JSON-RPC errors under an HTTP status, whoever refuses.

use std::convert::Infallible;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Bytes;
use serde_json::json;
use serde_json::value::RawValue;

use super::message::Unreadable;
use super::places::AT_ONCE;

/// A body of any kind.
pub(super) type Body = BoxBody<Bytes, Infallible>;

/// JSON-RPC 2.0, section 5.1.
pub(super) const PARSE_ERROR: i32 = -32_700;
pub(super) const INVALID_REQUEST: i32 = -32_600;
/// The first of the codes that a server may define.
pub(super) const REFUSED: i32 = -32_000;

/// Of a refusal that leaves a message unread.
pub(super) const CLOSE: HeaderValue = HeaderValue::from_static("close");
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Returns a refusal of a message, or of what could not be read as one.
pub(super) fn refuse(
    status: StatusCode,
    code: i32,
    id: Option<&RawValue>,
    message: &str,
) -> Response<Body> {
    let error = json!({ "code": code, "message": message });
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    let mut response = Response::new(full(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// Returns a body of known length.
pub(super) fn full(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).boxed()
}

/// Refuses what is no message.
pub(super) fn unreadable(problem: Unreadable) -> Box<Response<Body>> {
    let (code, message) = match problem {
        Unreadable::NotJson => (PARSE_ERROR, "the message is not JSON"),
        Unreadable::Batch => (INVALID_REQUEST, "send one message at a time, not a batch"),
    };
    Box::new(refuse(StatusCode::BAD_REQUEST, code, None, message))
}

/// Refuses a call of a person who has as many on the way as anybody may.
pub(super) fn too_many(id: Option<&RawValue>) -> Box<Response<Body>> {
    let message = format!("you have {AT_ONCE} calls on the way; wait for one to end");
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, REFUSED, id, &message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    Box::new(response)
}

/// Words a refusal of the SDK, which writes plain text, as JSON-RPC; everything else passes as it is.
pub(super) async fn worded(response: Response<Body>, id: Option<&RawValue>) -> Response<Body> {
    let status = response.status();
    if status.is_success() || response.headers().get(CONTENT_TYPE) == Some(&JSON) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (status, code, message) = match status {
        // So the SDK calls JSON that is no message of MCP; its words may quote the body.
        StatusCode::UNSUPPORTED_MEDIA_TYPE if !text.starts_with("Unsupported Media Type") => {
            (StatusCode::BAD_REQUEST, INVALID_REQUEST, "this is no message of MCP")
        }
        // So it ends calls that are on their way when the server stops.
        StatusCode::INTERNAL_SERVER_ERROR => {
            (status, REFUSED, "the server stopped before an answer")
        }
        _ => (status, INVALID_REQUEST, text.as_ref()),
    };
    let mut refused = refuse(status, code, id, message);
    let kept =
        parts.headers.iter().filter(|(name, _)| **name != CONTENT_TYPE && **name != CONTENT_LENGTH);
    refused.headers_mut().extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    refused
}
