//! Turns a reply of wolkvox into records or the reason why there are none (pure).
//!
//! wolkvox's envelope varies between endpoints and even replies: `code` as text or number,
//! `error` as `"null"`, null, blank or absent, `data` as an array, an object, `[]` for an empty
//! object, null, or missing; a byte order mark or a PHP warning in front. All are accepted here
//! and nowhere else. What no variant explains is an error, never "nothing found".

mod envelope;
mod json;
mod refusal;

use std::borrow::Cow;

use encoding_rs::Encoding;

pub(super) use self::envelope::count;
use self::envelope::{Data, Envelope, Unparsable, parse};
use self::refusal::{means_no_records, refusal};
use super::Token;
use crate::Record;
use crate::error::{Error, ReplyDefect};

/// The records of one page, and what wolkvox says about the whole.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// The records in wolkvox's order.
    pub records: Vec<Record>,
    /// wolkvox's count of all matches.
    pub total_records: Option<u64>,
    /// wolkvox's count of pages.
    pub total_pages: Option<u64>,
    /// The number of records that wolkvox's words announce.
    pub announced: Option<u64>,
    /// What came in a record's place and is none, such as null.
    pub unreadable: usize,
}

/// A reply as it came over HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// Body, decompressed.
    pub body: &'a [u8],
}

impl Reply<'_> {
    /// Reads the reply. `token` is removed from it first, in case wolkvox repeats it.
    ///
    /// # Errors
    ///
    /// The refusal's kind, or [`Error::UnexpectedReply`] for what is not a wolkvox reply.
    pub fn read(self, token: Option<&Token>) -> Result<Page, Error> {
        let mut text = decode(self.body, self.content_type);
        if let Some(token) = token {
            token.remove_from(&mut text);
        }
        match parse(&text) {
            Ok(envelope) => self.judge(envelope),
            Err(unparsable) => Err(self.without_envelope(unparsable)),
        }
    }

    fn judge(self, mut envelope: Envelope) -> Result<Page, Error> {
        let (bytes, status) = (self.body.len(), self.status);
        let code = envelope.code.unwrap_or(status);
        if !(200..300).contains(&code) {
            let words = envelope.words();
            let is_none = code == 404 && !envelope.data.is_some() && means_no_records(&words);
            return if is_none { Ok(Page::default()) } else { Err(refusal(code, &words)) };
        }
        // A 2xx code with a non-empty `error` is a failure.
        if envelope.error.is_some() {
            return Err(refusal(code, &envelope.words()));
        }
        let no_envelope = Error::UnexpectedReply(ReplyDefect::NoEnvelope { bytes, status });
        let records = match std::mem::take(&mut envelope.data) {
            Data::Records(records) => records,
            Data::Missing if envelope.code.is_none() => return Err(no_envelope),
            Data::Odd => return Err(no_envelope),
            Data::Blank | Data::Missing => {
                let words = envelope.words();
                return match self.speaks_against(code, &words) {
                    Some(refusal) => Err(refusal),
                    None if envelope.is_odd => Err(no_envelope),
                    None => Ok(envelope.page(Vec::new())),
                };
            }
        };
        Ok(envelope.page(records))
    }

    /// Returns what contradicts a reply without records that calls itself a success. "Nothing found"
    /// is only believed if neither the HTTP status nor the words name a failure.
    fn speaks_against(self, code: u16, words: &str) -> Option<Error> {
        if self.status >= 400 && !(self.status == 404 && means_no_records(words)) {
            return Some(refusal(self.status, words));
        }
        match refusal(code, words) {
            Error::Rejected { .. } => None,
            trouble => Some(trouble),
        }
    }

    fn without_envelope(self, unparsable: Unparsable) -> Error {
        let (bytes, status) = (self.body.len(), self.status);
        match (status, unparsable) {
            (300.., _) => refusal(status, ""),
            (_, Unparsable::CutOff) => Error::UnexpectedReply(ReplyDefect::Truncated { bytes }),
            (_, Unparsable::Json) => {
                Error::UnexpectedReply(ReplyDefect::NoEnvelope { bytes, status })
            }
            (_, Unparsable::NotJson(body)) => {
                Error::UnexpectedReply(ReplyDefect::NotJson { body, bytes, status })
            }
        }
    }
}

/// Decodes the body by its declared charset, else as UTF-8; a byte order mark wins over both.
fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let declared = content_type
        .and_then(|text| text.parse::<mime::Mime>().ok())
        .and_then(|mime| Encoding::for_label(mime.get_param(mime::CHARSET)?.as_str().as_bytes()));
    declared.unwrap_or(encoding_rs::UTF_8).decode(body).0
}
