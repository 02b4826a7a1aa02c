//! Reads a server's reply to its end: JSON, or events as they come. Nothing of it is passed on that is
//! not a whole message.

use std::borrow::Cow;
use std::io;
use std::pin::pin;

use futures_util::StreamExt;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use sse_stream::SseStream;
use tokio_util::bytes::Bytes;

use super::message::is_same_id;
use crate::error::{BodyKind, RemoteError, UpstreamMessage};
use crate::wolkvox::LARGEST_REPLY;

/// The body of a reply.
pub(super) type Body = Limited<reqwest::Body>;

/// A server's message.
#[derive(Debug)]
pub(super) struct Heard {
    /// The whole of it, on one line.
    pub(super) line: Bytes,
    /// Whether it is progress.
    pub(super) is_progress: bool,
    pub(super) part: Told,
}

/// The part that a server's message plays.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The answer to the request with this id, as it is written.
    Answer { id: String, is_error: bool },
    /// An error that names no request, with the server's words.
    Refusal(UpstreamMessage),
    /// Something else that a client may want to know.
    Notice,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ErrorObject<'a> {
    #[serde(borrow, default)]
    message: Cow<'a, str>,
}

/// A line that is JSON already.
pub(super) struct Raw<'a>(pub(super) &'a Bytes);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_slice(self.0).map_err(serde::ser::Error::custom)?;
        json.serialize(serializer)
    }
}

impl Heard {
    /// Reads a message; none if it is not one.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii();
        let envelope: Envelope<'_> =
            serde_json::from_slice(text).ok().filter(|_| text.starts_with(b"{"))?;
        let method = envelope.method.as_deref();
        let part = match (&envelope, method) {
            (_, Some(_)) => Told::Notice,
            (Envelope { id: Some(id), result, error, .. }, None)
                if result.is_some() != error.is_some() =>
            {
                Told::Answer { id: id.get().to_owned(), is_error: error.is_some() }
            }
            (Envelope { id: None, error: Some(error), .. }, None) => {
                let error: ErrorObject<'_> = serde_json::from_str(error.get()).ok()?;
                Told::Refusal(UpstreamMessage::new(&error.message))
            }
            _ => return None,
        };
        let is_progress = method == Some("notifications/progress");
        Some(Self { line: on_one_line(text), is_progress, part })
    }

    /// Returns whether it answers the request with this id.
    pub(super) fn answers(&self, id: &str) -> bool {
        matches!(&self.part, Told::Answer { id: answered, .. } if is_same_id(answered, id))
    }
}

/// Replaces line ends, which stand between the parts of JSON only.
fn on_one_line(text: &[u8]) -> Bytes {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    if !text.iter().any(is_end) {
        return Bytes::copy_from_slice(text);
    }
    text.iter().map(|byte| if is_end(byte) { b' ' } else { *byte }).collect()
}

/// Limits a reply, so that an endless one ends.
pub(super) fn limited(response: reqwest::Response) -> http::Response<Body> {
    http::Response::<reqwest::Body>::from(response).map(|body| Limited::new(body, LARGEST_REPLY))
}

/// Returns whether a reply comes as events.
pub(super) fn has_events<B>(response: &http::Response<B>) -> bool {
    let media = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = media.and_then(|it| it.split(';').next()).unwrap_or_default();
    media.trim().eq_ignore_ascii_case("text/event-stream")
}

/// Reads a whole body.
pub(super) async fn whole(body: Body) -> Result<Bytes, RemoteError> {
    body.collect().await.map(Collected::to_bytes).map_err(|problem| broken(&*problem))
}

/// Reads events until the one that answers the request; what else there is for the client goes to
/// `hear`.
pub(super) async fn events(
    status: u16,
    body: Body,
    id: &str,
    mut hear: impl FnMut(Heard),
) -> Result<Bytes, RemoteError> {
    let mut events = pin!(SseStream::new(body.map_err(io::Error::other)));
    while let Some(event) = events.next().await {
        let event = event.map_err(|problem| match problem {
            sse_stream::Error::Body(problem) => broken(&*problem),
            _ => RemoteError::NotMcp { status, body: BodyKind::Text },
        })?;
        // Events without data open a stream or keep it alive.
        let Some(data) = event.data.filter(|data| !data.trim().is_empty()) else { continue };
        let heard = Heard::read(data.as_bytes())
            .ok_or(RemoteError::NotMcp { status, body: looks(data.as_bytes()) })?;
        match heard.part {
            _ if heard.answers(id) => return Ok(heard.line),
            Told::Refusal(said) => return Err(RemoteError::Refused { status, said }),
            Told::Notice => hear(heard),
            Told::Answer { .. } => tracing::debug!("an answer to another request is left out"),
        }
    }
    Err(RemoteError::CutOff)
}

fn broken(problem: &(dyn std::error::Error + Send + Sync + 'static)) -> RemoteError {
    // An I/O error carries the limit's where events are read.
    let carried = problem.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    if carried.unwrap_or(problem).is::<LengthLimitError>() {
        RemoteError::TooLarge { limit: LARGEST_REPLY }
    } else {
        RemoteError::CutOff
    }
}

/// Returns what a body that is no message looks like.
pub(super) fn looks(body: &[u8]) -> BodyKind {
    match body.trim_ascii() {
        [] => BodyKind::Empty,
        [b'<', ..] => BodyKind::Html,
        _ => BodyKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Option<Told> {
        Heard::read(text.as_bytes()).map(|heard| heard.part)
    }

    #[test]
    fn an_answer_a_refusal_and_a_notice_are_told_apart() {
        let answer = |is_error| Some(Told::Answer { id: "1".to_owned(), is_error });
        assert_eq!(part(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), answer(false));
        assert_eq!(part(r#"{"id":1,"error":{"code":-32601,"message":"no"}}"#), answer(true));
        let refusal = Told::Refusal(UpstreamMessage::Words("no".to_owned()));
        assert_eq!(part(r#"{"id":null,"error":{"message":"no"}}"#), Some(refusal));
        assert_eq!(part(r#"{"method":"notifications/progress","params":{}}"#), Some(Told::Notice));
    }

    #[test]
    fn what_is_no_whole_message_is_none() {
        for text in
            ["", "{", "[]", "null", "<html>", r#"{"id":1}"#, r#"{"id":1,"result":{},"error":{}}"#]
        {
            assert_eq!(part(text), None, "{text}");
        }
    }

    #[test]
    fn a_message_of_several_lines_becomes_one_line() {
        let heard = Heard::read(b"{\"id\":1,\r\n \"result\": {\n}}").expect("a message");
        assert_eq!(&heard.line[..], b"{\"id\":1,   \"result\": { }}");
    }
}
