//! Lets people try the card in a plain browser, on a sandbox's admin address: a small chat (`/`), the
//! card in it (`/card`), and the sandbox's tools (`/card/call`).

use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use rmcp::model::JsonObject;
use serde::Deserialize;

use super::refusal::{Body, JSON, full};
use crate::card;
use crate::mcp::Server;

const CALL: &str = "/card/call";
const LARGEST_CALL: usize = 16 * 1024;
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// What hosts let a view do that asks for nothing (SEP-1865, "Content security").
const OF_VIEW: HeaderValue = HeaderValue::from_static(
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; \
     style-src 'unsafe-inline'; img-src data:",
);
const OF_CHAT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// The small chat, on one sandbox.
#[derive(Debug)]
pub struct TryCard(Arc<Server>);

/// What the chat asks for.
#[derive(Deserialize)]
struct Call {
    name: String,
    arguments: JsonObject,
}

impl TryCard {
    /// Creates the chat. What it asks is not authorised, so the server must be a sandbox's.
    pub fn new(sandbox: Arc<Server>) -> Self {
        Self(sandbox)
    }

    /// Returns whether a request is for the chat.
    pub(super) fn is_for(request: &Request<Incoming>) -> bool {
        matches!(request.uri().path(), "/" | "/card" | CALL)
    }

    /// Answers a request for the chat.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, CALL) => self.call(request.into_body()).await,
            (_, CALL) => plain(StatusCode::METHOD_NOT_ALLOWED, "calls are posted\n"),
            (_, "/card") => page(card::page(), OF_VIEW),
            _ => page(card::chat(), OF_CHAT),
        }
    }

    async fn call(&self, body: Incoming) -> Response<Body> {
        let whole = Limited::new(body, LARGEST_CALL).collect().await;
        let call = whole.ok().and_then(|it| serde_json::from_slice(&it.to_bytes()).ok());
        let Some(Call { name, arguments }) = call else {
            return plain(StatusCode::BAD_REQUEST, "a call has a name and arguments\n");
        };
        match self.0.try_tool(&name, arguments).await.map(|result| serde_json::to_string(&result)) {
            Some(Ok(text)) => {
                let mut response = Response::new(full(text));
                response.headers_mut().insert(CONTENT_TYPE, JSON);
                response
            }
            _ => plain(StatusCode::NOT_FOUND, "there is no such tool\n"),
        }
    }
}

fn page(text: &'static str, policy: HeaderValue) -> Response<Body> {
    let mut response = Response::new(full(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HTML);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response
}
