//! Reads values as they usually are, in one pass: texts, whole numbers, and lists and objects of
//! them. What needs a second look is not read here but refused, so that the caller reads it value by
//! value (`json`): half a surrogate pair, a number whose text a float would not keep, deep nesting.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::json::{DEEPEST, Reader};
use crate::{FieldKey, Record, Value};

/// Reads a key.
pub(super) struct ReadKey;

impl<'de> DeserializeSeed<'de> for ReadKey {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for ReadKey {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Reads a value.
#[derive(Clone, Copy)]
pub(super) struct ReadUsual<'r> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) depth: usize,
}

impl ReadUsual<'_> {
    /// Returns what reads the values inside this one.
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth >= DEEPEST {
            return Err(E::custom("nested deeply"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for ReadUsual<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadUsual<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a usual value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(self.reader.text(text).as_ref().into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(self.reader.whole(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(self.reader.whole(number.into()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number whose text counts"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut record = Record::default();
        while let Some(key) = map.next_key_seed(ReadKey)? {
            self.reader.count()?;
            let name = FieldKey::from(&*self.reader.text(&key));
            record.insert(name, map.next_value_seed(inside)?);
        }
        Ok(record.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            self.reader.count()?;
            read.push(item);
        }
        Ok(Value::List(read.into()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Deserializer;

    use super::super::data::{Data, ReadData};
    use super::super::json::Way;
    use super::*;
    use crate::Record;
    use crate::wolkvox::Token;

    const TOKEN: &str = "123456";

    /// Returns the records of a list, or none if this way does not read it.
    fn read(text: &str, way: Way) -> Option<Vec<Record>> {
        let token = Token::parse(TOKEN).expect("a token");
        let reader = Reader::new(Some(&token));
        reader.begin(way);
        match ReadData(&reader).deserialize(&mut Deserializer::from_str(text)) {
            Ok((Data::Records(found), _)) => Some(found.records),
            Ok(_) => Some(Vec::new()),
            Err(_) => None,
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let text = "[a-c\u{e9}\u{f1} \u{c3}\u{a9}]{0,4}".prop_map(|text| format!("\"{text}\""));
        const ODD: &[&str] = &[
            "null",
            "true",
            "\"\"",
            "0",
            "-0",
            "-7",
            "1.10",
            "1e2",
            "9007199254740993",
            "-9007199254740993",
            "12345678901234567890123",
            "123456",
            "\"x 123456\"",
            "\"a\\u00f1\\n\"",
            "\"a\\ud800b\"",
            "\"\\ud83d\\ude00\"",
            "{}",
            "[]",
        ];
        let leaf =
            prop_oneof![3 => text, 1 => proptest::sample::select(ODD).prop_map(str::to_owned)];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                object(inner),
            ]
        })
    }

    fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        const NAMES: &[&str] = &[
            "date",
            "agent_name",
            "module",
            "own",
            "o\\u0077n",
            "ma\u{c3}\u{b1}ana",
            "ma\u{f1}ana",
            "123456",
            "a\\ud800",
        ];
        let member = (proptest::sample::select(NAMES), value)
            .prop_map(|(name, value)| format!("\"{name}\":{value}"));
        proptest::collection::vec(member, 0..6)
            .prop_map(|members| format!("{{{}}}", members.join(",")))
    }

    proptest! {
        #[test]
        fn what_one_pass_reads_is_what_is_read_value_by_value(
            records in proptest::collection::vec(object(value()), 0..4),
        ) {
            let text = format!("[{}]", records.join(","));
            let one_by_one = read(&text, Way::OneByOne);
            prop_assert!(one_by_one.is_some());
            if let Some(usual) = read(&text, Way::Usual) {
                let json = |records| serde_json::to_string(&records).expect("JSON");
                prop_assert_eq!(json(usual), json(one_by_one.expect("read")));
            }
        }
    }

    #[test]
    fn one_pass_reads_the_usual_and_refuses_what_needs_a_second_look() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        for (value, is_read) in [
            (r#""\u00f1""#, true),
            ("12345678901234567890", true),
            ("1.0", false),
            ("-0", false),
            ("1e400", false),
            (r#""\ud800""#, false),
            (&nested(DEEPEST - 1), true),
            (&nested(DEEPEST), false),
        ] {
            let record = format!(r#"[{{"a":{value}}}]"#);
            assert_eq!(read(&record, Way::Usual).is_some(), is_read, "{value}");
            assert!(read(&record, Way::OneByOne).is_some(), "{value}");
        }
    }
}
