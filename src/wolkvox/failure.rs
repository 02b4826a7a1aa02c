//! Why a request brought no page, and what is known about another try.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderValue;

use crate::error::Error;

/// Why a request brought no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// What is known about another try.
    pub retry: Retry,
}

/// What is known about another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Nothing.
    Unsaid,
    /// The server wants the other method, which the client uses from now on.
    OtherMethod,
    /// A kept connection stayed silent and may be dead: at once, after
    /// [`Client::renew_connections`](super::Client::renew_connections).
    NewConnection,
    /// The server says: not before this time has passed (`Retry-After`).
    After(Duration),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry: Retry::Unsaid }
    }
}

/// Reads `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(header: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = header.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    // A date in the past means "now".
    Some(date.timestamp().duration_since(now).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().expect("a time");
        for (header, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Fri, 20 Nov 2026 10:00:30 GMT", Some(30)),
            ("Fri, 20 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let wait = retry_after(&HeaderValue::from_static(header), now);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{header}");
        }
    }
}
