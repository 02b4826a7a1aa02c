//! Reads JSON values without losing anything that a record holds.
//!
//! `serde_json::Value` alone would round a long number: a 20-digit id would come out changed. And
//! a client written in JavaScript rounds every integer above 2^53. So a number stays a number only
//! while its text survives both; otherwise it travels as text with every digit. (`serde_json`'s own
//! `arbitrary_precision` would do so too, but for every `Value` of the whole program.)

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use super::text::undoubled;
use super::usual::{ReadKey, ReadUsual};
use crate::fields::FIELDS;
use crate::wolkvox::Token;
use crate::{FieldKey, LARGEST_SAFE, Record, Value};

/// Nested deeper than any CRM field is; below this a value stays as its JSON text.
pub(super) const DEEPEST: usize = 32;
/// Most values in one reply, records and what they hold. A reply as large as is read at all, full
/// of records like those that wolkvox documents, has fewer; each takes less than 100 bytes of memory.
pub(super) const MOST_VALUES: usize = 1_000_000;

/// Reads the values of one reply: their text is repaired, the token is removed from it, and what
/// they cost is bounded.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    token: Option<&'t Token>,
    left: Cell<usize>,
    /// How the values of records are read.
    way: Cell<Way>,
    /// The fields of the last record: the next one probably has the same.
    last: RefCell<Vec<FieldKey>>,
}

/// A way to read the values of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In one pass, which refuses what is not usual.
    Usual,
    /// Value by value, which reads everything. Both ways read the same.
    OneByOne,
}

impl<'t> Reader<'t> {
    pub(super) fn new(token: Option<&'t Token>) -> Self {
        let (left, way) = (Cell::new(MOST_VALUES), Cell::new(Way::Usual));
        Self { token, left, way, last: RefCell::default() }
    }

    /// Forgets what was read, and reads again in this way.
    pub(super) fn begin(&self, way: Way) {
        self.left.set(MOST_VALUES);
        self.way.set(way);
    }

    /// Returns whether the reply held more values than are read.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// Takes a value into account.
    pub(super) fn count<E: Error>(&self) -> Result<(), E> {
        self.left.set(self.left.get().saturating_sub(1));
        if self.is_exhausted() { Err(E::custom("too many values")) } else { Ok(()) }
    }

    /// Reads a value of the envelope.
    pub(super) fn envelope_value(&self, raw: &RawValue) -> Value {
        self.value(raw, 0)
    }

    /// Reads the record that a visitor was handed.
    pub(super) fn record<'de, A: MapAccess<'de>>(&self, mut map: A) -> Result<Record, A::Error> {
        let mut last = self.last.borrow_mut();
        let fields = if last.is_empty() { FIELDS.len() } else { last.len() };
        let mut record = Record::with_capacity(fields);
        let mut is_like_last = true;
        match self.way.get() {
            Way::Usual => {
                while let Some(key) = map.next_key_seed(ReadKey)? {
                    self.count()?;
                    let expected = last.get(record.len()).filter(|_| is_like_last);
                    let name = match expected {
                        Some(name) if *name == *key => name.clone(),
                        _ => self.name(key, &record),
                    };
                    is_like_last = expected == Some(&name);
                    let value = map.next_value_seed(ReadUsual { reader: self, depth: 1 })?;
                    if is_like_last {
                        // The names of one record are all different.
                        record.push(name, value);
                    } else {
                        record.insert(name, value);
                    }
                }
            }
            Way::OneByOne => {
                is_like_last = false;
                while let Some((key, raw)) = map.next_entry::<Key<'_>, &'de RawValue>()? {
                    self.count()?;
                    record.insert(self.name(key.text(), &record), self.value(raw, 1));
                }
            }
        }
        if !is_like_last || record.len() != last.len() {
            *last = record.keys().cloned().collect();
        }
        Ok(record)
    }

    /// Returns the name that a key stands for in a record.
    fn name(&self, key: Cow<'_, str>, record: &Record) -> FieldKey {
        let name = FieldKey::from(&*key);
        if name.rank().is_some() {
            return name;
        }
        let name = FieldKey::from(&*self.text(&key));
        // Two names may only look alike once their text is repaired.
        if *name != *key && record.contains_key(&name) { key.into_owned().into() } else { name }
    }

    fn value(&self, raw: &RawValue, depth: usize) -> Value {
        let text = raw.get();
        let as_text = || Value::from(&*self.text(text));
        match text.as_bytes().first() {
            Some(b'"') => self.text(&string(text)).as_ref().into(),
            Some(b'{' | b'[') if depth >= DEEPEST => as_text(),
            Some(b'{' | b'[') => {
                let inner = ReadInner { reader: self, depth: depth + 1 };
                let mut json = serde_json::Deserializer::from_str(text);
                inner.deserialize(&mut json).unwrap_or_else(|_| as_text())
            }
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => match number(text) {
                Some(number) if self.without_token(text).is_none() => Value::Number(number),
                _ => as_text(),
            },
        }
    }

    /// Returns a whole number, as text if not every reader of JSON keeps it.
    pub(super) fn whole(&self, number: i128) -> Value {
        let text = number.to_string();
        match i64::try_from(number) {
            Ok(number)
                if number.unsigned_abs() <= LARGEST_SAFE && self.without_token(&text).is_none() =>
            {
                number.into()
            }
            _ => self.text(&text).as_ref().into(),
        }
    }

    /// Repairs a text, and removes the token in case wolkvox repeats it.
    pub(super) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = match undoubled(text) {
            Some(repaired) => Cow::Owned(repaired),
            None => Cow::Borrowed(text),
        };
        match self.without_token(&text) {
            Some(removed) => Cow::Owned(removed),
            None => text,
        }
    }

    fn without_token(&self, text: &str) -> Option<String> {
        self.token?.removed_from(text)
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
fn string(text: &str) -> Cow<'_, str> {
    let plain = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match plain {
        // Most strings have no escapes: they are what stands between the quotes.
        Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        _ => Cow::Owned(serde_json::from_str(text).unwrap_or_else(|_| {
            serde_json::from_str::<Key<'_>>(text)
                .map(|key| key.text().into_owned())
                .unwrap_or_default()
        })),
    }
}

/// Reads an object or a list inside a record.
struct ReadInner<'r> {
    reader: &'r Reader<'r>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for ReadInner<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadInner<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut record = Record::default();
        while let Some((key, raw)) = map.next_entry::<Key<'_>, &'de RawValue>()? {
            self.reader.count()?;
            let name = FieldKey::from(&*self.reader.text(&key.text()));
            record.insert(name, self.reader.value(raw, self.depth));
        }
        Ok(record.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(raw) = seq.next_element::<&'de RawValue>()? {
            self.reader.count()?;
            items.push(self.reader.value(raw, self.depth));
        }
        Ok(Value::List(items.into()))
    }
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
    use crate::record::json;

    fn read(text: &str) -> Value {
        let raw = serde_json::from_str::<&RawValue>(text).expect(text);
        Reader::new(None).envelope_value(raw)
    }

    fn field(read: &Value, name: &str) -> Value {
        read.as_record().expect("an object")[name].clone()
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
        assert_eq!(field(&read, "c"), json!(1));
        assert!(read.to_string().contains('y'), "{read}");
    }

    #[test]
    fn very_deep_values_are_kept_as_text_instead_of_overflowing_the_stack() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let read = read(&format!(r#"{{"deep":{deep},"next":2}}"#));
        assert_eq!(field(&read, "next"), json!(2));
    }

    #[test]
    fn words_that_json_knows_keep_their_kind() {
        assert_eq!(read("[true,false,null]"), json!([true, false, null]));
    }

    #[test]
    fn the_token_is_removed_from_texts_and_numbers_alike() {
        let token = Token::parse("1234567890").expect("a token");
        let text = r#"{"a":1234567890,"b":"x 1234567890","c":1234567891}"#;
        let raw = serde_json::from_str::<&RawValue>(text).expect(text);
        let read = Reader::new(Some(&token)).envelope_value(raw);
        assert!(!read.to_string().contains("1234567890"), "{read}");
        assert_eq!(field(&read, "c"), json!(1_234_567_891));
    }

    #[test]
    fn a_reply_of_too_many_values_is_told_and_one_that_is_read_again_is_counted_anew() {
        let count = |reader: &Reader<'_>| reader.count::<serde_json::Error>();
        let reader = Reader::new(None);
        assert!((1..MOST_VALUES).all(|_| count(&reader).is_ok()));
        assert!(!reader.is_exhausted());
        assert!(count(&reader).is_err() && reader.is_exhausted());
        reader.begin(Way::Usual);
        assert!(!reader.is_exhausted() && count(&reader).is_ok());
    }
}
