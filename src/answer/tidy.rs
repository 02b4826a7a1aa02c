//! Makes rows of raw records: cleaned, without blanks and doublings, dates read, newest first.

use std::borrow::Cow;
use std::cmp::Reverse;

use jiff::civil::DateTime;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::dates;
use super::distinct::Distinct;
use super::spelling::{self, Documented};
use crate::clean;
use crate::fields::{DATE, FIELDS};
use crate::{FieldKey, Record, Value};

/// A tidy record and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(super) when: Option<DateTime>,
    pub(super) record: Record,
}

impl Row {
    /// Estimates the bytes that the row takes in memory.
    pub fn weight(&self) -> usize {
        let entries = self.record.iter();
        entries.map(|(key, value)| key.len() + weight(value) + ENTRY).sum::<usize>() + ENTRY
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.when.map(|it| it.to_string()), &self.record).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (when, record): (Option<String>, Record) = Deserialize::deserialize(deserializer)?;
        let when = when.map(|it| it.parse()).transpose().map_err(D::Error::custom)?;
        Ok(Self { when, record })
    }
}

/// The room of a field; long texts have theirs beside it.
const ENTRY: usize = size_of::<(FieldKey, Value)>();

fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items.iter().map(|item| weight(item) + ENTRY).sum(),
        Value::Record(record) => {
            record.iter().map(|(key, value)| key.len() + weight(value) + ENTRY).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Tidying records that weigh more than this takes milliseconds; a usual page weighs less.
const LARGE: usize = 768 * 1024;

/// Returns whether it takes long to tidy records, or to drop them: they may be few and full of
/// fields.
pub fn is_large<'a>(records: impl IntoIterator<Item = &'a Record>) -> bool {
    let entries = records.into_iter().flatten();
    let mut weights = entries.map(|(key, value)| key.len() + weight(value) + ENTRY);
    let within = weights.try_fold(0, |sum, weight| Some(sum + weight).filter(|sum| *sum <= LARGE));
    within.is_none()
}

/// Fields that wolkvox fills by itself and where its replies have the words below for "nothing"
/// (seen in public code that reads them). In fields that people fill, a word is what they typed.
const FILLED_BY_WOLKVOX: [&str; 5] = [
    "wolkvox_origen",
    "wolkvox_idCall",
    "wolkvox_idCustomer",
    "wolkvox_phoneCall",
    "wolkvox_CrmPhoneCall",
];
const WORDS_FOR_BLANK: [&str; 4] = ["null", "None", "N/A", "NA"];

/// Returns whether raw records come newest first, as far as their dates tell.
pub fn is_newest_first(records: &[Record]) -> bool {
    let date = |record: &Record| dates::parse(record.get(DATE)?.as_str()?);
    let first = records.iter().find_map(date);
    let last = records.iter().rev().find_map(date);
    first.zip(last).is_some_and(|(first, last)| first.when > last.when)
}

/// Makes rows: newest first, undated last in wolkvox's order. A record without any value says
/// nothing and is left out.
pub fn tidy(records: Vec<Record>) -> Vec<Row> {
    let mut rows: Vec<Row> = records.into_iter().map(row).collect();
    rows.retain(|row| !row.record.is_empty());
    // `None` sorts before every date, so with the newest first it comes last.
    rows.sort_by_key(|row| Reverse(row.when));
    rows
}

fn row(mut record: Record) -> Row {
    let mut known: Documented = [const { None }; FIELDS.len()];
    let mut own: Vec<(FieldKey, Value)> = Vec::new();
    for (key, mut value) in record.drain() {
        // Names from the table of fields are clean already.
        let key = if key.rank().is_some() { key } else { clean_key(key) };
        let rank = key.rank();
        if rank.is_none() && is_echo(&key) {
            continue;
        }
        clean_value(&mut value);
        if value.is_blank() || is_word_for_blank(&key, &value) {
            continue;
        }
        match rank.and_then(|rank| known.get_mut(rank)) {
            Some(place @ None) => *place = Some(value),
            // The tenant's own, or one that looks like another only after cleaning.
            Some(Some(_)) | None => own.push((key, value)),
        }
    }
    spelling::merge(&mut known, &mut own);
    for (rank, value) in known.into_iter().enumerate() {
        if let Some((key, value)) = FieldKey::at(rank).zip(value) {
            record.push(key, value);
        }
    }
    let mut distinct = Distinct::default();
    for (key, value) in own {
        let key = distinct.name(key, |key| record.contains_key(key));
        record.push(key, value);
    }
    record.shrink_to_fit();
    let when = record.get_mut(DATE).and_then(read_date);
    Row { when, record }
}

/// Reads the date and writes it the way answers show dates; one that cannot be read stays as it
/// came.
fn read_date(date: &mut Value) -> Option<DateTime> {
    let Value::Text(text) = date else { return None };
    let read = dates::parse(text)?;
    if !dates::is_as_shown(text) {
        *text = read.text().into();
    }
    Some(read.when)
}

/// Recognises what wolkvox's page lists among the reply's keys although it belongs to the request.
fn is_echo(key: &str) -> bool {
    let plain = key.bytes().map(|it| if it == b'_' { b'-' } else { it.to_ascii_lowercase() });
    key == "operation" || plain.eq(*b"wolkvox-token")
}

fn clean_value(value: &mut Value) {
    match value {
        Value::Text(text) => {
            if let Cow::Owned(cleaned) = clean::value(text, clean::LONGEST) {
                *text = cleaned.into();
            }
        }
        Value::List(items) => {
            items.iter_mut().for_each(clean_value);
            if items.iter().any(Value::is_blank) {
                let kept = std::mem::take(items).into_iter().filter(|item| !item.is_blank());
                *items = kept.collect();
            }
        }
        Value::Record(record) => {
            record.values_mut().for_each(clean_value);
            record.retain(|_, value| !value.is_blank());
            if record.keys().any(|key| clean_name(key) != **key) {
                let mut distinct = Distinct::default();
                for (key, value) in std::mem::take(&mut **record) {
                    let key = distinct.name(clean_key(key), |key| record.contains_key(key));
                    record.insert(key, value);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clean_key(key: FieldKey) -> FieldKey {
    match clean_name(&key) {
        Cow::Borrowed(_) => key,
        Cow::Owned(cleaned) => cleaned.into(),
    }
}

fn clean_name(name: &str) -> Cow<'_, str> {
    match clean::value(name, clean::LONGEST) {
        Cow::Borrowed(same) if same.trim().len() == same.len() => Cow::Borrowed(name),
        cleaned => Cow::Owned(cleaned.trim().to_owned()),
    }
}

fn is_word_for_blank(key: &str, value: &Value) -> bool {
    let word = value.as_str().filter(|it| WORDS_FOR_BLANK.contains(it));
    word.is_some() && FILLED_BY_WOLKVOX.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::super::tests::record as raw;
    use super::*;
    use serde_json::{Value, json};

    fn tidied(record: Value) -> Value {
        let rows = tidy(vec![raw(record)]);
        json!(rows.into_iter().next().expect("a row").record)
    }

    #[test]
    fn blanks_are_left_out_also_inside() {
        let raw = json!({
            "a": "", "b": null, "c": [], "d": {}, "e": " ", "f": { "x": "", "y": [null] },
            "g": { "nombre": "Ana", "email": "" }, "h": 0, "i": false, "j": "\u{200b}",
        });
        assert_eq!(tidied(raw), json!({ "g": { "nombre": "Ana" }, "h": 0, "i": false }));
    }

    #[test]
    fn words_for_blank_count_only_where_wolkvox_writes_them() {
        let raw =
            json!({ "wolkvox_origen": "null", "client_lastname": "Null", "client_name": "NA" });
        assert_eq!(tidied(raw), json!({ "client_name": "NA", "client_lastname": "Null" }));
    }

    #[test]
    fn twins_become_one_when_equal_or_when_the_others_are_blank() {
        for raw in [
            json!({ "tipifycation_desc": "P", "tipification_description": "P" }),
            json!({ "tipifycation_desc": "P", "tipification_description": "" }),
            json!({ "tipifycation_desc": "", "tipification_description": "P" }),
            json!({ "tipification_desc": "P" }),
            json!({ "tipification_desc": "P", "tipifycation_desc": "P" }),
        ] {
            assert_eq!(tidied(raw.clone()), json!({ "tipification_description": "P" }), "{raw}");
        }
        let raw = json!({ "tipifycation_code": 5, "tipification_code": "5" });
        assert_eq!(tidied(raw), json!({ "tipification_code": "5" }));
    }

    #[test]
    fn twins_that_contradict_each_other_both_stay() {
        let raw = json!({ "tipifycation_code": "A", "tipification_code": "B" });
        assert_eq!(tidied(raw.clone()), raw);
    }

    #[test]
    fn the_token_and_operation_are_never_echoed() {
        let raw = json!({ "Wolkvox-Token": "x", "wolkvox_token": "x", "operation": "o", "a": "b" });
        assert_eq!(tidied(raw), json!({ "a": "b" }));
    }

    #[test]
    fn keys_that_look_alike_after_cleaning_keep_both_values() {
        let raw = json!({ "Canal ": "1", "Canal": "2", "Can\u{200b}al": "3" });
        assert_eq!(tidied(raw), json!({ "Canal": "1", "Canal (2)": "2", "Canal (3)": "3" }));
        let inner = json!({ "a": { "Ca\u{200b}nal": 1 } });
        assert_eq!(tidied(inner), json!({ "a": { "Canal": 1 } }));
    }

    #[test]
    fn a_record_without_any_value_is_no_row() {
        let blank =
            [json!({}), json!({ "a": "", "b": [null] }), json!({ "wolkvox_origen": "null" })];
        let records = blank.into_iter().chain([json!({ "a": 0 })]).map(raw).collect();
        assert_eq!(tidy(records).len(), 1);
    }

    #[test]
    fn many_keys_that_look_alike_cost_no_more_than_others() {
        // Quadratic time would be minutes.
        let unseen = ['\u{200b}', '\u{200c}', '\u{2060}', '\u{feff}', '\u{ad}'];
        let alike = |n: usize| -> String {
            let marks = (0..7).map(|place| unseen[n / 5_usize.pow(place) % 5]);
            marks.chain(['a']).collect()
        };
        let inner: serde_json::Map<_, _> = (0..40_000).map(|n| (alike(n), json!(n))).collect();
        let outer: Record = (0..40_000).map(|n| (alike(n).into(), json!(n))).collect();
        let started = std::time::Instant::now();
        let rows = tidy(vec![outer, raw(json!({ "x": inner }))]);
        assert_eq!(rows[0].record.len(), 40_000);
        assert_eq!(rows[1].record["x"].as_record().map(Record::len), Some(40_000));
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    }

    #[test]
    fn a_date_is_shown_in_one_form_and_as_it_came_only_if_it_cannot_be_read() {
        for (came, shown) in [
            ("2026-11-20T10:15:00.000Z", "2026-11-20 10:15:00"),
            ("20/11/2026", "2026-11-20"),
            ("20/11/2026 8:05:00\u{202f}p.\u{a0}m.", "2026-11-20 20:05:00"),
            ("0000-00-00", "0000-00-00"),
            ("el martes", "el martes"),
        ] {
            assert_eq!(tidied(json!({ "date": came })), json!({ "date": shown }));
        }
        for odd in [json!(1_763_633_700), json!({ "$date": "2026-11-20" })] {
            assert_eq!(tidied(json!({ "date": odd })), json!({ "date": odd }));
        }
    }

    #[test]
    fn rows_come_newest_first_and_undated_ones_last_in_their_order() {
        let dates = ["", "2026-01-01", "x", "2026-01-03 10:00", "02-01-2026", "2026-01-01"];
        let records = dates
            .iter()
            .enumerate()
            .map(|(index, date)| {
                Record::from_iter([("date".into(), json!(date)), ("n".into(), json!(index))])
            })
            .collect();
        let order: Vec<_> =
            tidy(records).iter().map(|row| row.record["n"].as_u64().expect("a number")).collect();
        assert_eq!(order, [3, 4, 1, 5, 0, 2]);
    }

    #[test]
    fn what_takes_long_to_tidy_is_told_by_its_size_and_not_by_the_count_of_records() {
        let usual: Record =
            (0..30).map(|n| (format!("campo_{n}").into(), json!("x".repeat(12)))).collect();
        assert!(!is_large(&vec![usual.clone(); 250]));
        assert!(is_large(&vec![usual; 500]));
        let fields = |count| (0..count).map(|n| (n.to_string(), json!(n)));
        let wide: Record = fields(20_000).map(|(key, value)| (key.into(), value)).collect();
        let nested = json!({ "x": fields(20_000).collect::<serde_json::Map<_, _>>() });
        for one in [wide, raw(nested), raw(json!({ "x": "x".repeat(2 * LARGE) }))] {
            assert!(is_large(&[one]));
        }
    }

    #[test]
    fn a_row_weighs_its_texts_and_as_much_again_for_each_value() {
        let record = raw(json!({ "ab": "cde", "f": ["g", 1], "h": { "i": "j" }, "k": true }));
        let weight = Row { when: None, record }.weight();
        assert_eq!(weight, "abcdefghijk".len() + 8 * ENTRY);
    }

    #[test]
    fn records_come_newest_first_if_their_first_date_is_later_than_their_last() {
        let dated = |dates: &[&str]| {
            let record = |date: &&str| raw(json!({ "date": date }));
            is_newest_first(&dates.iter().map(record).collect::<Vec<_>>())
        };
        assert!(dated(&["2026-01-02", "2026-01-01"]));
        assert!(dated(&["el martes", "2026-01-02", "2026-01-01", ""]));
        for other in
            [&["2026-01-01", "2026-01-02"][..], &["2026-01-01", "2026-01-01"], &["2026-01-01"], &[]]
        {
            assert!(!dated(other), "{other:?}");
        }
    }
}
