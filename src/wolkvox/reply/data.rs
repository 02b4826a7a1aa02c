//! The records of a reply, in whatever shape they come. A shape that could be a list is never taken
//! for one record, and what is no record is counted and not dropped.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::envelope::count;
use super::json::Reader;
use crate::{FieldKey, Record, Value, fields};

/// What stands under `data`.
#[derive(Debug, Default)]
pub(super) enum Data {
    /// No such key.
    #[default]
    Missing,
    /// `[]`, `{}`, `null` or `""`: nothing found.
    Blank,
    /// Records.
    Records(Records),
    /// Neither records nor blank.
    Odd,
}

/// Records, and what came beside them.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) records: Vec<Record>,
    /// Items that are no record: null, blank, or something else.
    pub(super) unreadable: usize,
    /// A count that stood beside a list one level deeper.
    pub(super) announced: Option<u64>,
}

/// Keys under which frameworks put a list one level deeper.
const LISTS: [&str; 9] =
    ["data", "items", "list", "records", "registros", "resultados", "result", "results", "rows"];
/// What frameworks write beside such a list (Laravel's paginator and its kin).
const BESIDE_LISTS: [&str; 30] = [
    "count",
    "currentpage",
    "firstpageurl",
    "from",
    "hasmore",
    "lastpage",
    "lastpageurl",
    "limit",
    "links",
    "meta",
    "more",
    "next",
    "nextpage",
    "nextpageurl",
    "offset",
    "page",
    "pages",
    "pagination",
    "path",
    "perpage",
    "prev",
    "previous",
    "prevpageurl",
    "size",
    "to",
    "total",
    "totalcount",
    "totalpages",
    "totalrecords",
    "totalregistros",
];
/// Those of them that count the records.
const COUNTS: [&str; 5] = ["count", "total", "totalcount", "totalrecords", "totalregistros"];
/// Keys that an object has which tells a failure and is no record.
const FAILURE: [&str; 8] =
    ["code", "error", "errors", "message", "msg", "reason", "status", "success"];

/// Returns a key as people would compare it.
pub(super) fn squashed(key: &str) -> impl Iterator<Item = char> {
    let letters = key.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

/// Returns whether people would take a key for one of these.
fn is_one_of(key: &str, names: &[&str]) -> bool {
    names.iter().any(|name| squashed(key).eq(name.chars()))
}

/// Returns whether people would take a field's name for one of these, none of which is documented.
fn is_field_of(name: &FieldKey, names: &[&str]) -> bool {
    name.rank().is_none() && is_one_of(name, names)
}

/// Returns whether a key counts records.
pub(super) fn is_count_name(key: &str) -> bool {
    is_one_of(key, &COUNTS)
}

fn is_record(value: &Value) -> bool {
    value.as_record().is_some()
}

/// Returns whether a value holds what could be records.
pub(super) fn could_be_records(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(is_record),
        Value::Record(record) => {
            record.keys().any(|key| is_documented(key))
                || !record.is_empty() && record.values().all(is_record)
        }
        _ => false,
    }
}

/// Returns whether a value is blank, or holds blank values only.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(is_hollow),
        Value::Record(record) => record.values().all(is_hollow),
        other => other.is_blank(),
    }
}

/// The fields of an obligation that no other object is likely to have.
const OBLIGATION: [&str; 6] =
    ["days_delay", "expiring_date", "last_pay", "last_pay_date", "portfolio_type", "total_balance"];

fn is_documented(key: &str) -> bool {
    fields::find(key).is_some() || OBLIGATION.contains(&key)
}

impl Data {
    /// Returns what an object is: a record, a list, or neither.
    fn of(record: Record) -> Self {
        if record.is_empty() {
            return Self::Blank;
        }
        if record.keys().all(|key| is_whole_number(key)) {
            // What PHP makes of a list with gaps.
            return Self::of_items(record.into_values());
        }
        let list = record.iter().find(|(key, value)| is_list(value) && is_field_of(key, &LISTS));
        if let Some((key, value)) = list {
            let is_beside = |it: &FieldKey| it == key || is_field_of(it, &BESIDE_LISTS);
            if record.keys().all(is_beside) {
                let key = key.clone();
                return Self::one_level_deeper(record, &key);
            }
            if !value.is_blank() && !record.keys().any(|key| is_documented(key)) {
                return Self::Odd;
            }
        }
        let is_list_of_objects =
            |value: &Value| matches!(value, Value::List(items) if items.iter().any(is_record));
        let is_filled = |value: &&Value| !value.is_blank();
        let is_odd = record.values().any(|value| is_filled(&value))
            && record.values().filter(is_filled).all(is_list_of_objects)
            || record.keys().all(|key| is_field_of(key, &FAILURE));
        if is_odd {
            return Self::Odd;
        }
        if record.values().all(is_hollow) {
            // Fields without any value: something was there, and it cannot be told what.
            return Self::Records(Records { unreadable: 1, ..Records::default() });
        }
        Self::Records(Records { records: vec![record], ..Records::default() })
    }

    fn one_level_deeper(mut record: Record, key: &FieldKey) -> Self {
        let Some(list) = record.shift_remove(key) else { return Self::Odd };
        let counts = record.iter().filter(|(key, _)| is_count_name(key));
        let announced = counts.filter_map(|(_, value)| count(value)).max();
        match Self::of_value(list) {
            Self::Records(inner) => {
                Self::Records(Records { announced: announced.max(inner.announced), ..inner })
            }
            Self::Blank if announced > Some(0) => {
                Self::Records(Records { announced, ..Records::default() })
            }
            other => other,
        }
    }

    fn of_value(value: Value) -> Self {
        match value {
            Value::Record(record) => Self::of(*record),
            Value::List(items) => Self::of_items(items),
            blank if blank.is_blank() => Self::Blank,
            _ => Self::Odd,
        }
    }

    fn of_items(items: impl IntoIterator<Item = Value>) -> Self {
        let mut list = List::default();
        items.into_iter().for_each(|item| {
            let is_null = item.is_null();
            list.add(Self::of_value(item), is_null);
        });
        list.end()
    }
}

fn is_whole_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_list(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().all(|item| is_record(item) || item.is_blank()),
        Value::Record(record) => {
            !record.is_empty()
                && record.keys().all(|key| is_whole_number(key))
                && record.values().all(|item| is_record(item) || item.is_blank())
        }
        Value::Null => true,
        _ => false,
    }
}

/// A list being read.
#[derive(Default)]
struct List {
    so_far: Records,
    /// PHP's empty arrays, which are nothing as long as no record stands beside them.
    blank: usize,
}

impl List {
    fn add(&mut self, item: Data, is_null: bool) {
        match item {
            Data::Records(mut more) => {
                self.so_far.records.append(&mut more.records);
                self.so_far.unreadable += more.unreadable;
                self.so_far.announced = self.so_far.announced.max(more.announced);
            }
            Data::Blank | Data::Missing if !is_null => self.blank += 1,
            Data::Blank | Data::Missing | Data::Odd => self.so_far.unreadable += 1,
        }
    }

    fn end(mut self) -> Data {
        if !self.so_far.records.is_empty() {
            self.so_far.unreadable += self.blank;
        } else if self.so_far.unreadable > 0 {
            return Data::Odd;
        } else if self.so_far.announced.is_none() {
            return Data::Blank;
        }
        Data::Records(self.so_far)
    }
}

/// Reads [`Data`]; returns with it whether it was null.
pub(super) struct ReadData<'r>(pub(super) &'r Reader<'r>);

impl<'de> DeserializeSeed<'de> for ReadData<'_> {
    type Value = (Data, bool);

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(Data, bool), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadData<'_> {
    type Value = (Data, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(Data, bool), A::Error> {
        Ok((Data::of(self.0.record(map)?), false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(Data, bool), A::Error> {
        let mut list = List::default();
        while let Some((item, is_null)) = items.next_element_seed(ReadData(self.0))? {
            self.0.count()?;
            list.add(item, is_null);
        }
        Ok((list.end(), false))
    }

    fn visit_str<E>(self, text: &str) -> Result<(Data, bool), E> {
        Ok((if text.trim().is_empty() { Data::Blank } else { Data::Odd }, false))
    }

    fn visit_unit<E>(self) -> Result<(Data, bool), E> {
        Ok((Data::Blank, true))
    }

    /// PHP's `false` is a failure, not an empty list.
    fn visit_bool<E>(self, _: bool) -> Result<(Data, bool), E> {
        Ok((Data::Odd, false))
    }

    fn visit_u64<E>(self, _: u64) -> Result<(Data, bool), E> {
        Ok((Data::Odd, false))
    }

    fn visit_i64<E>(self, _: i64) -> Result<(Data, bool), E> {
        Ok((Data::Odd, false))
    }

    fn visit_f64<E>(self, _: f64) -> Result<(Data, bool), E> {
        Ok((Data::Odd, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn a_list_has_objects_or_blanks_and_may_have_numbered_keys() {
        for text in ["[]", "null", r#"[{"a":1},null,""]"#, r#"{"0":{"a":1},"2":null}"#] {
            assert!(is_list(&json(text)), "{text}");
        }
        for text in ["{}", r#"{"a":{}}"#, r#"{"0":1}"#, r#"["a"]"#, r#""a""#, "1", "false"] {
            assert!(!is_list(&json(text)), "{text}");
        }
    }

    #[test]
    fn a_blank_list_beside_a_count_is_nothing_only_if_it_counts_none() {
        let seven = Data::of_value(json(r#"{"total":7,"items":[]}"#));
        assert!(matches!(seven, Data::Records(Records { announced: Some(7), .. })));
        for text in [r#"{"total":0,"items":[]}"#, r#"{"total":0,"items":null}"#] {
            assert!(matches!(Data::of_value(json(text)), Data::Blank), "{text}");
        }
        for blank in ["null", r#""""#, r#"" ""#, "[]", "{}"] {
            assert!(matches!(Data::of_value(json(blank)), Data::Blank), "{blank}");
        }
        assert!(matches!(Data::of_value(json("7")), Data::Odd));
    }

    #[test]
    fn records_are_objects_in_a_list_or_under_any_keys_or_what_has_a_documented_field() {
        let could = |text: &str| could_be_records(&json(text));
        for text in [r#"[{"a":1}]"#, r#"["a",{}]"#, r#"{"id_customer":"1"}"#, r#"{"a":{},"b":{}}"#]
        {
            assert!(could(text), "{text}");
        }
        for text in ["[]", r#"["a",1]"#, "{}", r#"{"a":{},"b":1}"#, r#""id_customer""#, "1", "null"]
        {
            assert!(!could(text), "{text}");
        }
    }

    #[test]
    fn a_number_or_a_word_in_the_place_of_records_is_odd_and_only_null_is_null() {
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            ReadData(&Reader::new(None)).deserialize(&mut json).expect("JSON")
        };
        for odd in ["0", "7", "-1", "1.5", "true", "false", r#""null""#] {
            assert!(matches!(read(odd), (Data::Odd, false)), "{odd}");
        }
        for blank in ["[]", "{}", r#""""#] {
            assert!(matches!(read(blank), (Data::Blank, false)), "{blank}");
        }
        assert!(matches!(read("null"), (Data::Blank, true)));
    }
}
