//! Reads a message whole, within limits of size and time.

use std::time::Duration;

use http::header::CONNECTION;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use tokio::time::timeout;

use super::refusal::{Body, CLOSE, INVALID_REQUEST, refuse};

/// Most bytes of a message.
pub(super) const LARGEST: usize = 64 * 1024;
/// How long a whole message may take to arrive.
const TIME: Duration = Duration::from_secs(10);

/// Reads a whole message, or refuses it and ends its connection, which has the rest of it.
pub(super) async fn read(body: &mut Incoming) -> Result<Bytes, Box<Response<Body>>> {
    let whole = timeout(TIME, Limited::new(body, LARGEST).collect()).await;
    let (status, message) = match whole {
        Ok(Ok(body)) => return Ok(Collected::to_bytes(body)),
        Ok(Err(problem)) if problem.is::<LengthLimitError>() => {
            let message = format!("the message is larger than {LARGEST} bytes");
            (StatusCode::PAYLOAD_TOO_LARGE, message)
        }
        Ok(Err(_)) => (StatusCode::BAD_REQUEST, "the message broke off".to_owned()),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the message did not arrive in time".to_owned()),
    };
    let mut refused = refuse(status, INVALID_REQUEST, None, &message);
    refused.headers_mut().insert(CONNECTION, CLOSE);
    Err(Box::new(refused))
}
