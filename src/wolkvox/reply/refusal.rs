//! What a refusal means: wolkvox answers four different troubles with 403.

use crate::error::{Error, Outage, ReplyDefect, UpstreamMessage};

/// Sorts a refusal by its code and words: wolkvox answers four different troubles with 403.
pub(super) fn refusal(code: u16, words: &str) -> Error {
    let spoken = words.to_uppercase();
    let says = |parts: &[&str]| parts.iter().any(|part| spoken.contains(part));
    if says(&["SIMULTANEOUS"]) || code == 429 {
        return Error::Busy { attempts: 1, max_in_flight: None };
    }
    // With these codes it is the limit of a page, not the token's quota.
    if says(&["LIMIT EXCEEDED"]) && !matches!(code, 400 | 416) {
        return Error::QuotaExhausted { hold: None };
    }
    let rejected_token = says(&["TOKEN"]) && says(&["INVALID", "INVÁLID", "EXPIRED", "EXPIRAD"]);
    if code == 401 || says(&["VALIDATE TOKEN"]) || rejected_token {
        return Error::TokenRejected(UpstreamMessage::new(words));
    }
    if code == 503 || says(&["BACKUP", "MAINTENANCE", "MANTENIMIENTO"]) {
        return Error::Maintenance(UpstreamMessage::new(words));
    }
    match code {
        500.. => Error::Unavailable { outage: Outage::Status(code) },
        300..400 => Error::UnexpectedReply(ReplyDefect::Redirect { status: code }),
        _ => Error::Rejected { code, said: UpstreamMessage::new(words) },
    }
}

/// Recognises "nothing found" in an envelope with code 404. A bare "NOT FOUND" is not enough:
/// a wrong address is answered with it too.
pub(super) fn means_no_records(words: &str) -> bool {
    let spoken = format!(" {}", words.to_uppercase());
    [
        " 0 RECORDS WERE",
        " 0 RECORDS FOUND",
        " NO RECORDS FOUND",
        " NO RECORDS WERE",
        " RECORDS NOT FOUND",
        " 0 REGISTROS",
        " NO SE ENCONTRARON REG",
    ]
    .iter()
    .any(|part| spoken.contains(part))
}
