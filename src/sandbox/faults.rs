//! Plays the troubles that a real wolkvox can have.

use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde_json::{Value, json};

use super::{Response, refuse, send, typed};

/// A way in which a request goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes this much later.
    Slow(Duration),
    /// 403: more than two requests at once.
    Busy,
    /// 403: the day's calls are used up.
    Quota,
    /// 403: the token is not valid.
    Token,
    /// 403: closed for a backup.
    Maintenance,
    /// 403: the operation is not the token's.
    Operation,
    /// 403 for a reason that nobody has documented.
    Forbidden,
    /// 400: something is missing in the request.
    BadRequest,
    /// 405: the other method, please.
    Method,
    /// A gateway's or server's error page with this status.
    ServerError(u16),
    /// An HTML page with status 200.
    Html,
    /// Nothing at all with status 200.
    Empty,
    /// JSON that ends in the middle of a record.
    Truncated,
    /// A redirect to another address on this computer.
    Redirect,
    /// The refusal of another fault under status 200, its code only in the body.
    Code(Box<Fault>),
}

type Named = (&'static str, fn() -> Fault);

/// Every fault by the name that a search can give.
const NAMED: &[Named] = &[
    ("slow", || Fault::Slow(Duration::from_secs(3))),
    ("busy", || Fault::Busy),
    ("quota", || Fault::Quota),
    ("token", || Fault::Token),
    ("maintenance", || Fault::Maintenance),
    ("operation", || Fault::Operation),
    ("forbidden", || Fault::Forbidden),
    ("bad_request", || Fault::BadRequest),
    ("method", || Fault::Method),
    ("500", || Fault::ServerError(500)),
    ("502", || Fault::ServerError(502)),
    ("503", || Fault::ServerError(503)),
    ("html", || Fault::Html),
    ("empty", || Fault::Empty),
    ("truncated", || Fault::Truncated),
    ("redirect", || Fault::Redirect),
    ("busy_200", || Fault::Code(Box::new(Fault::Busy))),
    ("quota_200", || Fault::Code(Box::new(Fault::Quota))),
    ("token_200", || Fault::Code(Box::new(Fault::Token))),
    ("maintenance_200", || Fault::Code(Box::new(Fault::Maintenance))),
];

const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str =
    "<!DOCTYPE html>\n<html><body><h1>It works, but it is no API</h1></body></html>\n";

impl Fault {
    /// Lists the names that a search can give.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Returns the fault of a name.
    pub fn named(name: &str) -> Option<Self> {
        NAMED.iter().find(|(known, _)| *known == name).map(|(_, fault)| fault())
    }

    /// Goes wrong. Nothing comes back where the request is to be answered after all.
    pub(super) async fn play(&self) -> Option<Response> {
        if let Self::Slow(delay) = self {
            tokio::time::sleep(*delay).await;
            return None;
        }
        if let Some((code, error, words)) = self.refusal() {
            return Some(refuse(code, error, words));
        }
        Some(match self {
            Self::Code(fault) => match fault.refusal() {
                Some((code, error, words)) => {
                    let envelope =
                        json!({ "code": code.to_string(), "error": error, "msg": words });
                    send(StatusCode::OK, &envelope)
                }
                None => send(StatusCode::OK, &Value::Null),
            },
            Self::ServerError(status) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
                typed(status, HTML, PAGE)
            }
            Self::Empty => Response::default(),
            Self::Truncated => {
                let cut = r#"{"code":"200","error":"null","msg":"2 records were are found","data":[{"id_cus"#;
                typed(StatusCode::OK, "application/json", cut)
            }
            Self::Redirect => {
                let elsewhere = HeaderValue::from_static("http://127.0.0.1:9/elsewhere");
                let mut response = Response::default();
                *response.status_mut() = StatusCode::FOUND;
                response.headers_mut().insert(LOCATION, elsewhere);
                response
            }
            _ => typed(StatusCode::OK, HTML, PAGE),
        })
    }

    fn refusal(&self) -> Option<(u16, &'static str, &'static str)> {
        Some(match self {
            Self::Busy => {
                (403, "FORBIDDEN", "EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)")
            }
            Self::Quota => (403, "FORBIDDEN", "TOKEN LIMIT EXCEEDED"),
            Self::Token => (403, "FORBIDDEN", "PLEASE VALIDATE TOKEN"),
            Self::Maintenance => (403, "FORBIDDEN", "SERVER BACKUP IN PROGRESS, TRY AGAIN LATER"),
            Self::Operation => (403, "FORBIDDEN", "THIS OPERATION DOES NOT BELONG TO THE TOKEN"),
            Self::Forbidden => (403, "FORBIDDEN", "THIS USER HAS NO PERMISSION"),
            Self::BadRequest => (400, "BAD REQUEST", "SOME PARAMETERS ARE REQUIRED"),
            Self::Method => (405, "METHOD NOT ALLOWED", "METHOD NOT ALLOWED"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_one_name() {
        let names: std::collections::HashSet<_> = Fault::names().collect();
        assert_eq!(names.len(), NAMED.len());
        for name in names {
            assert!(Fault::named(name).is_some(), "{name}");
        }
        assert_eq!(Fault::named("no such fault"), None);
    }
}
