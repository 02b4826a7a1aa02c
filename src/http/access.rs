//! Decides who a caller is, from the `Authorization` header, which goes no further.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode, request};

use super::refusal::{Body, INVALID_REQUEST, refuse};
use crate::caller::Caller;

/// Who is let in.
#[derive(Debug)]
pub enum Access {
    /// Everybody, as one caller: only where nobody but this computer can reach the server.
    Open(Arc<Caller>),
}

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// There is no token.
    Missing,
    /// The token is unknown, broken or expired.
    Invalid,
}

impl Access {
    /// Finds out who calls, and takes the token off the headers.
    pub(super) async fn caller(&self, headers: &mut HeaderMap) -> Result<Arc<Caller>, Denied> {
        let _token = headers.remove(AUTHORIZATION);
        match self {
            Self::Open(caller) => Ok(Arc::clone(caller)),
        }
    }

    /// Answers a question for this server's OAuth metadata; none without OAuth.
    pub(super) fn metadata(&self, _request: &request::Parts) -> Option<Response<Body>> {
        None
    }

    /// Answers who is not let in.
    pub(super) fn challenge(&self, denied: Denied, _request: &request::Parts) -> Response<Body> {
        let message = match denied {
            Denied::Missing => "a token is needed: Authorization: Bearer …",
            Denied::Invalid => "the token is unknown or has expired",
        };
        let mut response = refuse(StatusCode::UNAUTHORIZED, INVALID_REQUEST, None, message);
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        response
    }
}
