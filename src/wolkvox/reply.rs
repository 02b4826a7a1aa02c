//! Turns a reply of wolkvox into records or the reason why there are none (pure).
//!
//! wolkvox's envelope varies between endpoints and even replies: `code` as text or number,
//! `error` as `"null"`, null, blank or absent, `data` as an array, an object, `[]` for an empty
//! object, null, or missing; a byte order mark or a PHP warning in front. All are accepted here
//! and nowhere else. What no variant explains is an error, never "nothing found".

use std::borrow::Cow;
use std::fmt;

use encoding_rs::Encoding;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::json::{self, LosslessValue};
use super::token::Token;
use crate::Record;
use crate::error::{BodyKind, Error, Outage, ReplyDefect, UpstreamMessage};

/// The records of one page, and what wolkvox says about the whole.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// The records in wolkvox's order.
    pub records: Vec<Record>,
    /// wolkvox's count of all matches.
    pub total_records: Option<u64>,
    /// wolkvox's count of pages.
    pub total_pages: Option<u64>,
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

/// Sorts a refusal by its code and words: wolkvox answers four different troubles with 403.
fn refusal(code: u16, words: &str) -> Error {
    let spoken = words.to_uppercase();
    let says = |parts: &[&str]| parts.iter().any(|part| spoken.contains(part));
    if says(&["SIMULTANEOUS"]) || code == 429 {
        return Error::Busy { attempts: 1 };
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
fn means_no_records(words: &str) -> bool {
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

/// Decodes the body by its declared charset, else as UTF-8; a byte order mark wins over both.
fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let declared = content_type
        .and_then(|text| text.parse::<mime::Mime>().ok())
        .and_then(|mime| Encoding::for_label(mime.get_param(mime::CHARSET)?.as_str().as_bytes()));
    declared.unwrap_or(encoding_rs::UTF_8).decode(body).0
}

/// Why a body holds no envelope.
#[derive(Debug)]
enum Unparsable {
    /// JSON that ends too early.
    CutOff,
    /// JSON of another shape.
    Json,
    /// No JSON at all.
    NotJson(BodyKind),
}

fn parse(text: &str) -> Result<Envelope, Unparsable> {
    let text = text.trim();
    match text.chars().next() {
        None => Err(Unparsable::NotJson(BodyKind::Empty)),
        Some('{' | '[') => match serde_json::from_str::<Envelope>(text) {
            Ok(envelope) if envelope.recognised => Ok(envelope),
            Err(problem) if problem.is_eof() => Err(Unparsable::CutOff),
            Ok(_) | Err(_) => Err(Unparsable::Json),
        },
        Some(first) => after_warning(text).unwrap_or(Err(Unparsable::NotJson(match first {
            '<' => BodyKind::Html,
            _ => BodyKind::Text,
        }))),
    }
}

/// How many braces of a warning's own text may stand before the envelope.
const MOST_BRACES: usize = 64;

/// Finds the envelope behind a PHP warning. It must be an object that reaches to the end: a brace
/// in the warning, or an object inside a cut-off envelope, must not pass for one.
fn after_warning(text: &str) -> Option<Result<Envelope, Unparsable>> {
    // After a fatal error PHP ends, so what follows is not its output.
    let fatal = text.to_ascii_lowercase().find("fatal error").unwrap_or(text.len());
    let braces = text.match_indices('{').map(|(at, _)| at).take_while(|at| *at < fatal);
    for at in braces.take(MOST_BRACES) {
        match serde_json::from_str::<Envelope>(text.get(at..)?) {
            Ok(envelope) if envelope.recognised => return Some(Ok(envelope)),
            Err(problem) if problem.is_eof() => return Some(Err(Unparsable::CutOff)),
            Ok(_) | Err(_) => {}
        }
    }
    None
}

/// The parts of the envelope that mean something here.
#[derive(Debug, Default)]
struct Envelope {
    /// Whether any of the envelope's own keys was there.
    recognised: bool,
    /// The result code, if it can be one.
    code: Option<u16>,
    /// Whether there was a `code` that is not one; blank and 0 are known to come with records.
    is_odd: bool,
    error: Option<String>,
    msg: Option<String>,
    data: Data,
    total_records: Option<u64>,
    total_pages: Option<u64>,
}

#[derive(Debug, Default)]
enum Data {
    #[default]
    Missing,
    /// `[]`, `{}`, `null` or `""`: nothing found.
    Blank,
    Records(Vec<Record>),
    /// Neither records nor blank.
    Odd,
}

impl Envelope {
    fn set(&mut self, key: &str, value: &Value) {
        match key {
            "code" => {
                self.code = count(value)
                    .and_then(|code| u16::try_from(code).ok())
                    .filter(|code| (100..600).contains(code));
                self.is_odd = self.code.is_none() && words(value).is_some_and(|it| it != "0");
            }
            "error" => self.error = words(value),
            "msg" | "message" => self.msg = words(value).or(self.msg.take()),
            "Total records" => self.total_records = count(value),
            "Total pages" => self.total_pages = count(value),
            _ => return,
        }
        self.recognised = true;
    }

    fn page(&self, records: Vec<Record>) -> Page {
        let Self { total_records, total_pages, .. } = *self;
        Page { records, total_records, total_pages }
    }

    fn words(&self) -> String {
        let parts = [self.error.as_deref(), self.msg.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }
}

/// Reads a count that may be a number or text.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Reads an explanation; wolkvox writes `"null"` where there is none.
fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Bool(false) => return None,
        Value::String(text) => text.trim().to_owned(),
        Value::Object(members) => match members.get("message") {
            Some(Value::String(message)) => message.trim().to_owned(),
            _ if members.is_empty() => return None,
            _ => value.to_string(),
        },
        Value::Array(items) if items.is_empty() => return None,
        other => other.to_string(),
    };
    (!text.is_empty() && text != "null").then_some(text)
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Envelope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("wolkvox's envelope")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    if key == "data" {
                        envelope.data = map.next_value()?;
                        envelope.recognised = true;
                    } else {
                        envelope.set(&key, &map.next_value::<LosslessValue>()?.0);
                    }
                }
                Ok(envelope)
            }

            /// A bare array, as legacy endpoints answer.
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Envelope, A::Error> {
                let data = Data::from_items(items)?;
                Ok(Envelope { recognised: true, data, ..Envelope::default() })
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl Data {
    fn is_some(&self) -> bool {
        matches!(self, Self::Records(_))
    }

    fn from_items<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut records = Vec::new();
        let mut odd = false;
        while let Some(item) = items.next_element::<Self>()? {
            match item {
                Self::Records(mut one) => records.append(&mut one),
                Self::Blank | Self::Missing => {}
                Self::Odd => odd = true,
            }
        }
        Ok(match records {
            _ if odd => Self::Odd,
            records if records.is_empty() => Self::Blank,
            records => Self::Records(records),
        })
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("records")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Data, A::Error> {
                let record = json::record(map)?;
                Ok(if record.is_empty() { Data::Blank } else { Data::Records(vec![record]) })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Data, A::Error> {
                Data::from_items(items)
            }

            fn visit_str<E>(self, text: &str) -> Result<Data, E> {
                Ok(if text.trim().is_empty() { Data::Blank } else { Data::Odd })
            }

            fn visit_unit<E>(self) -> Result<Data, E> {
                Ok(Data::Blank)
            }

            /// PHP's `false` is a failure, not an empty list.
            fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
                Ok(Data::Odd)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
                Ok(Data::Odd)
            }
        }
        deserializer.deserialize_any(Read)
    }
}
