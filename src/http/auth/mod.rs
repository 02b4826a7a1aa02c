//! Decides who a caller is, from the `Authorization` header, which goes no further.
//!
//! ```text
//! Access       a token, or none: whose is it?
//!   Callers    one of the file of callers (`caller`)
//!   oauth      or one of an identity provider
//!     jwt        its header, then its signature and claims
//!     keys       the issuer's keys, as they were fetched last (issuer, key_set)
//!     claims     who the person is, which scopes and roles
//! denied       or why nobody is let in
//! metadata     where clients log in
//! ```

mod claims;
mod denied;
mod issuer;
mod jwt;
mod key_set;
mod keys;
mod metadata;
mod oauth;
mod signature;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Method, Response, StatusCode};

pub use self::denied::Denied;
pub use self::oauth::OAuth;
use super::refusal::{Body, INVALID_REQUEST, REFUSED, refuse};
use crate::caller::{Caller, Callers, TOKEN_PREFIX};

/// Who is let in.
#[derive(Debug)]
pub enum Access {
    /// Everybody, as one caller: only where nobody but this computer can reach the server.
    Open(Arc<Caller>),
    /// Who has a token.
    Tokens {
        /// Of the file of callers.
        callers: Option<Callers>,
        /// Of an identity provider.
        oauth: Option<Box<OAuth>>,
    },
}

/// Who a caller is.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) caller: Arc<Caller>,
    /// Whether the token is good for all that is needed.
    pub(super) has_scopes: bool,
}

impl Access {
    /// Reads anew who is let in.
    pub fn reload(&self) {
        let Self::Tokens { callers, oauth } = self else { return };
        if let Some(callers) = callers {
            callers.reload();
        }
        if let Some(oauth) = oauth {
            oauth.keys.expire();
        }
    }

    /// Does what is due beside the calls.
    pub(super) fn refresh(&self) {
        if let Some(oauth) = self.oauth() {
            oauth.keys.refresh();
        }
    }

    /// Returns how old the identity provider's keys are, if they were ever fetched.
    pub(super) fn keys_age(&self) -> Option<Duration> {
        self.oauth()?.keys_age()
    }

    /// Finds out who calls the endpoint of this path, and takes the token off the headers.
    pub(super) async fn identify(
        &self,
        headers: &mut HeaderMap,
        path: &str,
    ) -> Result<Identity, Denied> {
        let has_two = headers.get_all(AUTHORIZATION).iter().nth(1).is_some();
        let given = headers.remove(AUTHORIZATION);
        let known = |caller| Identity { caller, has_scopes: true };
        let (callers, oauth) = match self {
            Self::Open(caller) => return Ok(known(Arc::clone(caller))),
            Self::Tokens { callers, oauth } => (callers, oauth),
        };
        let given = given.ok_or(Denied::Missing)?;
        let token = given.to_str().ok().filter(|_| !has_two).and_then(bearer);
        let token = token.ok_or(Denied::Malformed)?;
        if let Some(caller) = callers.as_ref().and_then(|callers| callers.find(token)) {
            return Ok(known(Arc::new(caller)));
        }
        match oauth {
            Some(oauth) if !token.starts_with(TOKEN_PREFIX) => oauth.identify(token, path).await,
            _ => Err(Denied::Unknown),
        }
    }

    /// Answers who is not let in at the endpoint of this path.
    pub(super) fn refuse(&self, denied: Denied, path: &str) -> Response<Body> {
        if denied == Denied::NoKeys {
            let message = "the identity provider's keys cannot be fetched now; try again later";
            let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, REFUSED, None, message);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            return response;
        }
        let oauth = self.oauth();
        let message = match denied {
            Denied::Missing => "a token is needed: Authorization: Bearer …",
            Denied::Scope => "the token lacks a scope that is needed here",
            Denied::Opaque if oauth.is_some() => {
                "the token is not a JWT: opaque and encrypted tokens cannot be checked here; ask \
                 the identity provider for a JWT access token for this server"
            }
            _ if oauth.is_some() => "the token is not valid for this server, or has expired",
            _ => "the token is unknown or has expired",
        };
        let status = match denied {
            Denied::Scope => StatusCode::FORBIDDEN,
            _ => StatusCode::UNAUTHORIZED,
        };
        let mut response = refuse(status, INVALID_REQUEST, None, message);
        let challenge = challenge(oauth, denied, path);
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        response
    }

    /// Answers a request for metadata, if there is any at this path. Without an identity provider
    /// there is none: clients that found some would begin a login and drop their token.
    pub(super) fn metadata(&self, method: &Method, path: &str) -> Option<Response<Body>> {
        let oauth = self.oauth()?;
        oauth.resources.answer(method, path, oauth.keys.issuer(), &oauth.scopes)
    }

    fn oauth(&self) -> Option<&OAuth> {
        match self {
            Self::Tokens { oauth, .. } => oauth.as_deref(),
            Self::Open(_) => None,
        }
    }
}

/// Writes a challenge (RFC 6750, section 3, and RFC 9728, section 5.1). Without OAuth it names no
/// metadata: clients that found some would begin a login and drop their token.
fn challenge(oauth: Option<&OAuth>, denied: Denied, path: &str) -> HeaderValue {
    let bare = HeaderValue::from_static("Bearer");
    let Some(oauth) = oauth else { return bare };
    let error = match denied {
        Denied::Missing => None,
        Denied::Scope => Some("insufficient_scope"),
        _ => Some("invalid_token"),
    };
    let scopes = Some(oauth.scopes.join(" ")).filter(|scopes| !scopes.is_empty());
    let parts = [
        ("error", error.map(str::to_owned)),
        ("resource_metadata", oauth.resources.metadata(path)),
        ("scope", scopes),
    ];
    let parts =
        parts.into_iter().filter_map(|(name, value)| Some(format!("{name}=\"{}\"", value?)));
    let parts: Vec<String> = parts.collect();
    let text = format!("Bearer {}", parts.join(", "));
    HeaderValue::from_str(text.trim_end()).unwrap_or(bare)
}

/// Returns the token of a `Bearer` header (RFC 6750, section 2.1); the scheme's case does not count.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
