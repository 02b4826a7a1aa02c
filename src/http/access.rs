//! Decides who a caller is, from the `Authorization` header, which goes no further.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode};

use super::refusal::{Body, INVALID_REQUEST, refuse};
use crate::caller::{Caller, Callers};

/// Who is let in.
#[derive(Debug)]
pub enum Access {
    /// Everybody, as one caller: only where nobody but this computer can reach the server.
    Open(Arc<Caller>),
    /// Who has a token of the file of callers.
    Callers(Callers),
}

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// There is no token.
    Missing,
    /// The token is unknown, broken or expired.
    Invalid,
}

impl Denied {
    /// Returns its name in the metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
        }
    }
}

impl Access {
    /// Reads anew who is let in.
    pub fn reload(&self) {
        if let Self::Callers(callers) = self {
            callers.reload();
        }
    }

    /// Finds out who calls, and takes the token off the headers.
    pub(super) fn caller(&self, headers: &mut HeaderMap) -> Result<Arc<Caller>, Denied> {
        let given = headers.remove(AUTHORIZATION);
        let callers = match self {
            Self::Open(caller) => return Ok(Arc::clone(caller)),
            Self::Callers(callers) => callers,
        };
        let given = given.ok_or(Denied::Missing)?;
        let token = given.to_str().ok().and_then(bearer).ok_or(Denied::Invalid)?;
        callers.find(token).map(Arc::new).ok_or(Denied::Invalid)
    }

    /// Answers who is not let in. Without OAuth the challenge names no metadata: clients that found
    /// some would begin a login and drop their token.
    pub(super) fn challenge(denied: Denied) -> Response<Body> {
        let message = match denied {
            Denied::Missing => "a token is needed: Authorization: Bearer …",
            Denied::Invalid => "the token is unknown or has expired",
        };
        let mut response = refuse(StatusCode::UNAUTHORIZED, INVALID_REQUEST, None, message);
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        response
    }
}

/// Returns the token of a `Bearer` header (RFC 6750, section 2.1); the scheme's case does not count.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_header_holds_a_token_and_nothing_else_does() {
        assert_eq!(bearer("Bearer wvx_a"), Some("wvx_a"));
        assert_eq!(bearer("bearer  wvx_a "), Some("wvx_a"));
        for header in ["wvx_a", "Bearer", "Bearer ", "Basic wvx_a", ""] {
            assert_eq!(bearer(header), None, "{header}");
        }
    }
}
