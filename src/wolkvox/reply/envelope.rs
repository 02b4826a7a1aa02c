//! The envelope around the records: every variant that wolkvox's endpoints are known to write.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::data::{Data, ReadData, could_be_records, is_count_name, squashed};
use super::json::Reader;
use super::words;
use crate::Value;

/// The parts of the envelope that mean something here.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    /// Whether any of the envelope's own keys was there.
    pub(super) is_recognised: bool,
    /// Whether it was wolkvox that spoke: a key other than `data`, or a list without an envelope.
    pub(super) has_spoken: bool,
    /// The result code, if it can be one.
    pub(super) code: Option<u16>,
    /// Whether there was a `code` that is not one; blank and 0 are known to come with records.
    pub(super) is_odd: bool,
    /// Whether a key that wolkvox does not document tells a failure.
    pub(super) tells_failure: bool,
    /// Whether there may be records under another key than `data`.
    pub(super) has_records_elsewhere: bool,
    /// Whether there was text around the envelope that may tell of a failure.
    pub(super) is_warned_of: bool,
    pub(super) error: Option<String>,
    msg: Option<String>,
    pub(super) data: Data,
    pub(super) total_records: Option<u64>,
    pub(super) total_pages: Option<u64>,
    /// The largest number of records that any other key counts.
    other_count: Option<u64>,
}

impl Envelope {
    fn set(&mut self, key: &str, value: &Value) {
        match key {
            "code" => {
                self.code = count(value)
                    .and_then(|code| u16::try_from(code).ok())
                    .filter(|code| (100..600).contains(code));
                self.is_odd = self.code.is_none() && explanation(value).is_some();
            }
            "error" => self.error = explanation(value),
            "msg" | "message" => self.msg = words_of(value).or(self.msg.take()),
            _ => return self.set_other(key, value),
        }
        self.is_recognised = true;
        self.has_spoken = true;
    }

    fn set_other(&mut self, key: &str, value: &Value) {
        match squashed(key).collect::<String>().as_str() {
            "totalrecords" => self.total_records = self.total_records.max(count(value)),
            "totalpages" => self.total_pages = self.total_pages.max(count(value)),
            "success" | "status" | "result" if is_failure(value) => {
                self.tells_failure = true;
                return;
            }
            _ if is_count_name(key) => {
                self.other_count = self.other_count.max(count(value));
                return;
            }
            _ => {
                self.has_records_elsewhere |= could_be_records(value);
                return;
            }
        }
        self.is_recognised = true;
        self.has_spoken = true;
    }

    /// Returns the texts in which wolkvox explains itself.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        [self.error.as_deref(), self.msg.as_deref()].into_iter().flatten()
    }

    pub(super) fn words(&self) -> String {
        self.parts().collect::<Vec<_>>().join(": ")
    }

    /// Returns the message, which stands beside records too.
    pub(super) fn message(&self) -> &str {
        self.msg.as_deref().unwrap_or_default()
    }

    /// Returns the largest number of records that the envelope speaks of, beside wolkvox's total.
    pub(super) fn announced(&self) -> Option<u64> {
        words::announced(self.message()).max(self.other_count)
    }
}

/// Reads a count that may be a number or text.
pub(in crate::wolkvox) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Returns whether the value of `success` or `status` tells a failure.
fn is_failure(value: &Value) -> bool {
    match value {
        Value::Bool(succeeded) => !succeeded,
        Value::Number(_) => count(value).is_none_or(|code| code == 0 || code >= 300),
        Value::Text(text) => {
            let failures =
                ["0", "error", "fail", "failed", "failure", "false", "fallo", "ko", "no"];
            failures.contains(&text.trim().to_lowercase().as_str())
        }
        _ => false,
    }
}

/// What `error` says where there is none, in any case (wolkvox writes the word `null`).
const NO_ERROR: [&str; 16] = [
    "",
    "-",
    "0",
    "false",
    "n/a",
    "na",
    "nil",
    "ninguno",
    "no",
    "no error",
    "no errors",
    "none",
    "null",
    "ok",
    "sin error",
    "undefined",
];

/// Reads the text of an error, if it is one.
fn explanation(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        Value::Record(record) if record.values().all(|it| explanation(it).is_none()) => None,
        Value::List(items) if items.iter().all(|item| explanation(item).is_none()) => None,
        other => words_of(other).filter(|it| !NO_ERROR.contains(&it.to_lowercase().as_str())),
    }
}

/// Reads words; wolkvox writes `"null"` where there are none.
fn words_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null | Value::Bool(false) => return None,
        Value::Text(text) => text.trim().to_owned(),
        Value::Record(record) => match record.get("message") {
            Some(Value::Text(message)) => message.trim().to_owned(),
            _ if record.is_empty() => return None,
            _ => value.to_string(),
        },
        Value::List(items) if items.is_empty() => return None,
        other => other.to_string(),
    };
    (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}

/// Reads an [`Envelope`].
pub(super) struct ReadEnvelope<'r>(pub(super) &'r Reader<'r>);

impl<'de> DeserializeSeed<'de> for ReadEnvelope<'_> {
    type Value = Envelope;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Envelope, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadEnvelope<'_> {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wolkvox's envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            self.0.count()?;
            if key == "data" {
                (envelope.data, _) = map.next_value_seed(ReadData(self.0))?;
                envelope.is_recognised = true;
            } else {
                let raw = map.next_value::<&'de RawValue>()?;
                envelope.set(&key, &self.0.envelope_value(raw));
            }
        }
        Ok(envelope)
    }

    /// A bare list, as legacy endpoints answer.
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Envelope, A::Error> {
        let (data, _) = ReadData(self.0).visit_seq(items)?;
        Ok(Envelope { is_recognised: true, has_spoken: true, data, ..Envelope::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json;

    #[test]
    fn only_what_nobody_takes_for_success_tells_a_failure() {
        for failure in [
            json!(false),
            json!(0),
            json!(300),
            json!(500),
            json!(-1),
            json!(0.5),
            json!(" ERROR "),
            json!("failed"),
            json!("0"),
        ] {
            assert!(is_failure(&failure), "{failure}");
        }
        for success in
            [json!(true), json!(1), json!(200), json!(299), json!("ok"), json!(null), json!([])]
        {
            assert!(!is_failure(&success), "{success}");
        }
    }

    #[test]
    fn an_error_that_says_nothing_is_none_however_it_is_written() {
        for none in [
            json!(null),
            json!(false),
            json!(0),
            json!(0.0),
            json!(""),
            json!(" Null "),
            json!("Sin error"),
            json!([]),
            json!({}),
            json!(["", null, 0]),
            json!({ "code": 0, "error": "null" }),
            json!({ "code": 0, "message": "ok" }),
        ] {
            assert_eq!(explanation(&none), None, "{none}");
        }
        for (error, said) in [
            (json!(" QUOTA "), "QUOTA"),
            (json!(7), "7"),
            (json!(true), "true"),
            (json!(["", "x"]), r#"["","x"]"#),
            (json!({ "code": 7, "message": " bad " }), "bad"),
            (json!({ "code": 7 }), r#"{"code":7}"#),
        ] {
            assert_eq!(explanation(&error).as_deref(), Some(said), "{error}");
        }
    }

    #[test]
    fn a_message_is_what_its_words_are() {
        for none in [json!(null), json!(false), json!(" "), json!("NULL"), json!([]), json!({})] {
            assert_eq!(words_of(&none), None, "{none}");
        }
        for (value, words) in [
            (json!(" ok "), "ok"),
            (json!(0), "0"),
            (json!(["a"]), r#"["a"]"#),
            (json!({ "message": " a " }), "a"),
            (json!({ "message": 1 }), r#"{"message":1}"#),
        ] {
            assert_eq!(words_of(&value).as_deref(), Some(words), "{value}");
        }
    }
}
