//! The envelope around the records: every variant that wolkvox's endpoints are known to write.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Page;
use super::json::{self, LosslessValue};
use crate::Record;
use crate::error::BodyKind;

/// Why a body holds no envelope.
#[derive(Debug)]
pub(super) enum Unparsable {
    /// JSON that ends too early.
    CutOff,
    /// JSON of another shape.
    Json,
    /// No JSON at all.
    NotJson(BodyKind),
}

pub(super) fn parse(text: &str) -> Result<Envelope, Unparsable> {
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
pub(super) struct Envelope {
    /// Whether any of the envelope's own keys was there.
    recognised: bool,
    /// The result code, if it can be one.
    pub(super) code: Option<u16>,
    /// Whether there was a `code` that is not one; blank and 0 are known to come with records.
    pub(super) is_odd: bool,
    pub(super) error: Option<String>,
    msg: Option<String>,
    pub(super) data: Data,
    total_records: Option<u64>,
    total_pages: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) enum Data {
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

    pub(super) fn page(&self, records: Vec<Record>) -> Page {
        let Self { total_records, total_pages, .. } = *self;
        Page { records, total_records, total_pages, ..Page::default() }
    }

    pub(super) fn words(&self) -> String {
        let parts = [self.error.as_deref(), self.msg.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    }
}

/// Reads a count that may be a number or text.
pub(in crate::wolkvox) fn count(value: &Value) -> Option<u64> {
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
    pub(super) fn is_some(&self) -> bool {
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
