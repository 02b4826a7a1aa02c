//! Reads JSON values without losing anything that a record holds.
//!
//! `serde_json::Value` alone would round a long number: a 20-digit id would come out changed. And
//! a client written in JavaScript rounds every integer above 2^53. So a number stays a number only
//! while its text survives both; otherwise it travels as text with every digit.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Number, Value};

use crate::{FieldKey, Record, fields};

/// The largest integer that every JSON reader keeps: 2^53 - 1 (RFC 8259, section 6).
const LARGEST_SAFE: u64 = (1 << 53) - 1;
/// Nested deeper than any CRM field is; below this a value stays as its JSON text.
const DEEPEST: usize = 32;

/// A JSON value that keeps every digit of its numbers.
#[derive(Debug, PartialEq)]
pub(super) struct LosslessValue(pub(super) Value);

impl<'de> Deserialize<'de> for LosslessValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(Self(value(raw, 0)))
    }
}

fn value(raw: &RawValue, depth: usize) -> Value {
    let text = raw.get();
    let as_text = || Value::String(text.to_owned());
    match text.as_bytes().first() {
        Some(b'"') => Value::String(string(text)),
        Some(b'{' | b'[') if depth >= DEEPEST => as_text(),
        Some(b'{') => serde_json::from_str::<Entries<'_>>(text).map_or_else(
            |_| as_text(),
            |entries| {
                let members = entries.0.into_iter();
                Value::Object(members.map(|(key, raw)| (key, value(raw, depth + 1))).collect())
            },
        ),
        Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text).map_or_else(
            |_| as_text(),
            |items| Value::Array(items.into_iter().map(|raw| value(raw, depth + 1)).collect()),
        ),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') => Value::Null,
        _ => number(text).map_or_else(as_text, Value::Number),
    }
}

/// Returns the number if its text would come out again as it went in.
fn number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    let safe = number.as_u64().is_none_or(|whole| whole <= LARGEST_SAFE)
        && number.as_i64().is_none_or(|whole| whole.unsigned_abs() <= LARGEST_SAFE);
    (safe && number.to_string() == text).then_some(number)
}

/// Reads a JSON string; one with half a surrogate pair, which is not valid Unicode, keeps the rest.
fn string(text: &str) -> String {
    let plain = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match plain {
        // Most strings have no escapes: they are what stands between the quotes.
        Some(plain) if !plain.contains('\\') => plain.to_owned(),
        _ => serde_json::from_str(text).unwrap_or_else(|_| {
            serde_json::from_str::<Key<'_>>(text)
                .map(|key| key.text().into_owned())
                .unwrap_or_default()
        }),
    }
}

/// An object's members in their order, values not yet read.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, raw)) = map.next_entry::<Key<'_>, &'de RawValue>()? {
                    entries.push((key.text().into_owned(), raw));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Reads the record that a visitor was handed, numbers unharmed.
pub(super) fn record<'de, A: MapAccess<'de>>(mut map: A) -> Result<Record, A::Error> {
    let mut record = Record::default();
    while let Some((key, raw)) = map.next_entry::<Key<'_>, &'de RawValue>()? {
        if record.is_empty() {
            record.reserve(fields::FIELDS.len());
        }
        let key = key.text();
        let name = match fields::find(&key) {
            Some(field) => FieldKey::Borrowed(field.name),
            None => FieldKey::Owned(key.into_owned()),
        };
        record.insert(name, value(raw, 1));
    }
    Ok(record)
}

/// A string's bytes, which may hold half a surrogate pair.
struct Key<'a>(Cow<'a, [u8]>);

impl Key<'_> {
    fn text(&self) -> Cow<'_, str> {
        match str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&self.0),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(bytes.to_vec())))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.as_bytes().to_vec())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Key<'de>, A::Error> {
                Err(serde::de::Error::custom("not a string"))
            }
        }
        deserializer.deserialize_bytes(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        serde_json::from_str::<LosslessValue>(text).expect(text).0
    }

    #[test]
    fn numbers_keep_every_digit() {
        for (text, kept) in [
            ("7", json!(7)),
            ("-7", json!(-7)),
            ("1.5", json!(1.5)),
            ("9007199254740991", json!(9007199254740991_u64)),
            ("9007199254740993", json!("9007199254740993")),
            ("-9007199254740993", json!("-9007199254740993")),
            ("12345678901234567890123", json!("12345678901234567890123")),
            ("1.10", json!("1.10")),
            ("1e400", json!("1e400")),
        ] {
            assert_eq!(read(text), kept, "{text}");
        }
    }

    #[test]
    fn nesting_order_and_escapes_survive() {
        let text = r#"{"b":[1,{"a":null,"é\/":true}],"a":"x\u00f1"}"#;
        assert_eq!(read(text).to_string(), r#"{"b":[1,{"a":null,"é/":true}],"a":"xñ"}"#);
    }

    #[test]
    fn half_a_surrogate_pair_costs_only_itself() {
        let read = read(r#"{"a\ud800b":"x\udc00y","c":1}"#);
        assert_eq!(read.get("c"), Some(&json!(1)));
        assert!(read.to_string().contains('y'), "{read}");
    }

    #[test]
    fn very_deep_values_are_kept_as_text_instead_of_overflowing_the_stack() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let read = read(&format!(r#"{{"deep":{deep},"next":2}}"#));
        assert_eq!(read.get("next"), Some(&json!(2)));
    }
}
