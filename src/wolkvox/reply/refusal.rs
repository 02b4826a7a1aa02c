//! What a refusal means: wolkvox answers four different troubles with 403, told apart by words.

use super::envelope::Envelope;
use super::trouble::{Trouble, trouble};
use crate::error::{Error, Outage, ReplyDefect, UpstreamMessage};

/// Codes that are about the request itself, so that its words are never about anything else.
fn is_about_the_request(code: u16) -> bool {
    matches!(code, 400 | 404..=428 | 430..=499)
}

/// Sorts a refusal by its code and wolkvox's words.
pub(super) fn refusal(code: u16, envelope: &Envelope) -> Error {
    let words = || UpstreamMessage::new(&envelope.words());
    let told = if is_about_the_request(code) { None } else { told(envelope) };
    match told {
        Some(Trouble::Busy) => return Error::Busy { attempts: 1, max_in_flight: None },
        Some(Trouble::Quota) => return Error::QuotaExhausted { hold: None },
        Some(Trouble::Token) => return Error::TokenRejected(words()),
        Some(Trouble::Maintenance) => return Error::Maintenance(words()),
        None => {}
    }
    match code {
        // A gateway's own 401 has no code of wolkvox's, and says nothing of wolkvox's token.
        401 if envelope.code == Some(401) => Error::TokenRejected(words()),
        429 => Error::Busy { attempts: 1, max_in_flight: None },
        503 => Error::Maintenance(words()),
        500.. => Error::Unavailable { outage: Outage::Status(code) },
        300..=399 => Error::UnexpectedReply(ReplyDefect::Redirect { status: code }),
        _ => Error::Rejected { code, said: words() },
    }
}

/// Returns the trouble that the words alone tell.
pub(super) fn told(envelope: &Envelope) -> Option<Trouble> {
    envelope.parts().find_map(trouble)
}

/// Sorts a refusal by its status alone: no wolkvox spoke.
pub(in crate::wolkvox) fn wordless(status: u16) -> Error {
    refusal(status, &Envelope::default())
}

#[cfg(test)]
mod tests {
    use super::super::Reply;
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_code_without_words_is_sorted_by_itself() {
        for (code, kind) in [
            (302, Kind::UnexpectedReply),
            (399, Kind::UnexpectedReply),
            (400, Kind::Rejected),
            (401, Kind::Rejected),
            (403, Kind::Rejected),
            (416, Kind::Rejected),
            (429, Kind::Busy),
            (500, Kind::Unavailable),
            (503, Kind::Maintenance),
            (520, Kind::Unavailable),
        ] {
            assert_eq!(wordless(code).kind(), kind, "{code}");
        }
        let wolkvoxs_own = Reply { status: 401, content_type: None, body: br#"{"code":"401"}"# };
        assert_eq!(wolkvoxs_own.read(None).expect_err("refused").kind(), Kind::TokenRejected);
    }
}
