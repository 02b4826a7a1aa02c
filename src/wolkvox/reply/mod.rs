//! Turns a reply of wolkvox into records or the reason why there are none (pure).
//!
//! wolkvox's envelope varies between endpoints and even replies: `code` as text or number,
//! `error` as `"null"`, null, blank or absent, `data` as an array, an object, `[]` for an empty
//! object, null, or missing; a byte order mark or a PHP warning in front. All are accepted here
//! and nowhere else. What no variant explains is an error, never "nothing found".
//!
//! ```text
//! bytes → text (text) → envelope (body, mended by lenient) → records (data, usual, json)
//!                                                          → or a reason (words, trouble, refusal)
//! ```

mod body;
mod data;
mod envelope;
mod json;
mod lenient;
mod refusal;
mod text;
mod trouble;
mod usual;
mod words;

use self::body::{Unparsable, parse};
use self::data::{Data, Records};
use self::envelope::Envelope;
pub(super) use self::envelope::count;
use self::json::Reader;
pub(super) use self::refusal::wordless;
use self::refusal::{refusal, told};
use self::words::{Emptiness, emptiness};
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
    /// The number of records that wolkvox's words announce. It may make a count doubtful, never
    /// true.
    pub announced: Option<u64>,
    /// Records that came as null, blank, or as something that is no record.
    pub unreadable: usize,
}

impl Page {
    /// Refuses a first page without records that announces some.
    pub(super) fn into_first(self) -> Result<Self, Error> {
        let said = self.total_records.max(self.announced);
        let defect = match (self.records.is_empty(), said, self.total_pages) {
            (true, Some(said @ 1..), _) => ReplyDefect::Contradiction { said },
            (true, _, Some(pages @ 2..)) => ReplyDefect::EmptyPage { pages },
            _ => return Ok(self),
        };
        Err(Error::UnexpectedReply(defect))
    }
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
    /// Reads the reply. `token` is removed from every text in it, in case wolkvox repeats it.
    ///
    /// # Errors
    ///
    /// The refusal's kind, or [`Error::UnexpectedReply`] for what is not a wolkvox reply.
    pub fn read(self, token: Option<&Token>) -> Result<Page, Error> {
        let text = text::decode(self.body, self.content_type);
        match parse(&text, &Reader::new(token)) {
            Ok(envelope) => self.judge(envelope),
            Err(unparsable) => Err(self.without_envelope(unparsable)),
        }
    }

    fn judge(self, mut envelope: Envelope) -> Result<Page, Error> {
        let code = envelope.code.unwrap_or(self.status);
        let data = std::mem::take(&mut envelope.data);
        if code == 404 && is_nothing_found(&envelope) {
            return match data {
                Data::Blank | Data::Missing => self.without_records(&envelope, code),
                Data::Records(_) | Data::Odd => Err(refusal(code, &envelope)),
            };
        }
        // A 2xx code with an `error` is a failure.
        if !(200..300).contains(&code) || envelope.error.is_some() {
            return Err(refusal(code, &envelope));
        }
        match data {
            Data::Records(found) if !found.records.is_empty() => Ok(page(&envelope, found)),
            // A list one level deeper is blank, and a count stands beside it.
            Data::Records(Records { announced, unreadable: 0, .. }) => {
                let page = self.without_records(&envelope, code)?;
                Ok(Page { announced: page.announced.max(announced), ..page })
            }
            Data::Records(_) | Data::Odd => {
                let bytes = self.body.len();
                Err(Error::UnexpectedReply(ReplyDefect::NoRecords { bytes }))
            }
            Data::Missing if envelope.code.is_none() => Err(self.no_envelope()),
            Data::Blank | Data::Missing => self.without_records(&envelope, code),
        }
    }

    /// Judges a reply without records that calls itself a success. "Nothing found" is only believed
    /// if nothing at all speaks against it.
    fn without_records(self, envelope: &Envelope, code: u16) -> Result<Page, Error> {
        let said = emptiness(envelope.message());
        if self.status >= 400 && !(self.status == 404 && is_nothing_found(envelope)) {
            return Err(refusal(self.status, envelope));
        }
        if told(envelope).is_some() {
            return Err(refusal(code, envelope));
        }
        let is_whole = matches!(self.status, 200 | 404) && matches!(code, 200 | 404);
        let defect = if !is_whole {
            ReplyDefect::PartialSuccess { status: if code == 200 { self.status } else { code } }
        } else if envelope.is_odd || !envelope.has_spoken {
            return Err(self.no_envelope());
        } else if envelope.tells_failure {
            ReplyDefect::UntoldFailure
        } else if envelope.has_records_elsewhere {
            ReplyDefect::OtherKey
        } else if envelope.is_warned_of {
            ReplyDefect::Warned
        } else if said == Emptiness::Other {
            ReplyDefect::UnknownWords
        } else {
            return Ok(page(envelope, Records::default()));
        };
        Err(Error::UnexpectedReply(defect))
    }

    fn no_envelope(self) -> Error {
        let (bytes, status) = (self.body.len(), self.status);
        Error::UnexpectedReply(ReplyDefect::NoEnvelope { bytes, status })
    }

    fn without_envelope(self, unparsable: Unparsable) -> Error {
        let (bytes, status) = (self.body.len(), self.status);
        let defect = match (status, unparsable) {
            (300.., _) => return wordless(status),
            (_, Unparsable::Json) => return self.no_envelope(),
            (_, Unparsable::CutOff) => ReplyDefect::Truncated { bytes },
            (_, Unparsable::NotJson(body)) => ReplyDefect::NotJson { body, bytes, status },
            (_, Unparsable::Continued) => ReplyDefect::Continued { bytes },
            (_, Unparsable::TooMany) => ReplyDefect::TooMany { limit: json::MOST_VALUES },
        };
        Error::UnexpectedReply(defect)
    }
}

/// Returns whether every word of the envelope says that nothing was found, and at least one does.
/// A bare "not found" is not enough: a wrong address is answered with it too.
fn is_nothing_found(envelope: &Envelope) -> bool {
    let is_nothing = |text: &str| emptiness(text) == Emptiness::Nothing;
    let is_title = |text: &str| text.eq_ignore_ascii_case("not found");
    envelope.parts().any(is_nothing) && envelope.parts().all(|it| is_nothing(it) || is_title(it))
}

fn page(envelope: &Envelope, found: Records) -> Page {
    let Records { records, unreadable, announced } = found;
    Page {
        records,
        total_records: envelope.total_records,
        total_pages: envelope.total_pages,
        announced: envelope.announced().max(announced),
        unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(body: &str) -> ReplyDefect {
        let reply = Reply { status: 200, content_type: None, body: body.as_bytes() };
        match reply.read(None) {
            Err(Error::UnexpectedReply(defect)) => defect,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn what_is_beside_a_blank_list_is_heard_before_its_count() {
        let body = r#"{"code":"200","msg":"TABLE LOCKED","data":{"total":7,"items":[]}}"#;
        assert_eq!(refused(body), ReplyDefect::UnknownWords);
    }

    #[test]
    fn fields_without_any_value_are_neither_a_record_nor_nothing() {
        let body = r#"{"code":"200","data":{"a":"","b":null}}"#;
        assert_eq!(refused(body), ReplyDefect::NoRecords { bytes: body.len() });
    }

    #[test]
    fn words_alone_are_no_envelope() {
        let body = r#"{"msg":"0 records were are found"}"#;
        assert_eq!(refused(body), ReplyDefect::NoEnvelope { bytes: body.len(), status: 200 });
    }
}
