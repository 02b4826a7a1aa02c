//! The SDK's response to a tool's call, with the answer's structure in its place.

use http::Response;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Collected};

use super::refusal::{Body, JSON, full};
use crate::mcp::Structure;

/// Puts the structure into a response: into its message, or into the event that holds it.
pub(super) async fn filled(response: Response<Body>, structure: Structure) -> Response<Body> {
    let is_message = response.headers().get(CONTENT_TYPE) == Some(&JSON);
    let (parts, body) = response.into_parts();
    let body = if is_message {
        // So the response keeps its length.
        full(structure.fill(body.collect().await.map(Collected::to_bytes).unwrap_or_default()))
    } else {
        // The SDK (rmcp 3.11) writes each event in one piece.
        body.map_frame(move |frame| frame.map_data(|event| structure.fill(event))).boxed()
    };
    Response::from_parts(parts, body)
}
