//! Cuts one page out of the matches, so that the whole answer stays within its length.

use std::io;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::view::{Matches, Selection, Slice, View};
use super::{Answer, Found, LONGEST_ANSWER, Mask, Outcome, Row, Summary};
use crate::{Record, clean};

/// Characters kept for what is added after the page is cut: hints and the sandbox's mark.
const RESERVE: usize = 1_500;
/// How far values are shortened, step by step, when one record alone is too long.
const SHORTER: [usize; 5] = [500, 200, 100, 50, 20];

/// Builds the answer with as many whole records as fit. At least one is always there, if need be
/// with its values shortened.
pub(super) fn fitting(
    found: &Found,
    matches: &Matches<'_>,
    chosen: &Selection,
    view: &View,
    mask: &Mask,
) -> Answer {
    let with = |page: Slice| answer(found, matches, view, mask, page);
    let wanted = matches.rows.iter().skip(view.offset).take(view.limit);
    let wanted: Vec<&Row> = wanted.copied().collect();
    let whole = with(chosen.of(&wanted, mask));
    let most = LONGEST_ANSWER - RESERVE;
    let length = length(&whole);
    if length <= most {
        return whole;
    }
    // Fewer records share more fields, so the length is not proportional: estimate, then halve.
    let mut count = (wanted.len() * most / length).min(wanted.len().saturating_sub(1));
    while let Some(rows @ [_, ..]) = wanted.get(..count) {
        let fewer = with(chosen.of(rows, mask));
        if self::length(&fewer) <= most {
            return fewer;
        }
        count /= 2;
    }
    let mut single = chosen.of(wanted.get(..1).unwrap_or_default(), mask).records;
    let short = |single: &[Record]| with(Slice { common: None, records: single.to_vec() });
    if shorten_until(&mut single, |single| self::length(&short(single)) <= most) {
        return Answer { hint: Some(SHORTENED.to_owned()), ..short(&single) };
    }
    // The record has thousands of fields: keep the first ones.
    loop {
        single.iter_mut().for_each(|record| record.truncate(record.len() / 2));
        let short = short(&single);
        if self::length(&short) <= most || single.iter().all(Record::is_empty) {
            return Answer { hint: Some(FIELDS_LEFT_OUT.to_owned()), ..short };
        }
    }
}

const SHORTENED: &str = "This record is too long: its values were shortened where marked.";
const FIELDS_LEFT_OUT: &str = "This record is too long: fields were left out and values shortened.";

fn answer(found: &Found, matches: &Matches<'_>, view: &View, mask: &Mask, page: Slice) -> Answer {
    let Slice { common, records } = page;
    let total = matches.rows.len();
    let end = view.offset.saturating_add(records.len());
    // wolkvox's number counts the matches of every day.
    let announced = found.announced().filter(|_| !view.is_dated());
    Answer {
        outcome: if total == 0 { Outcome::None } else { Outcome::Found },
        total: announced.unwrap_or(total as u64),
        fetched: (!found.complete).then_some(found.fetched() as u64),
        as_of: to_the_second(found.as_of),
        undated: (matches.undated > 0).then_some(matches.undated as u64),
        incomplete: (!found.complete).then_some(true),
        hint: None,
        common,
        next_offset: (end < total).then_some(end as u64),
        summary: (records.len() < total).then(|| Summary::of(&matches.rows, found.complete, mask)),
        records,
        sandbox: None,
    }
}

pub(super) fn to_the_second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

/// Counts the characters of an answer's JSON.
pub(super) fn length(answer: &impl Serialize) -> usize {
    struct Characters(usize);
    impl io::Write for Characters {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Each character has exactly one byte that is not a continuation byte (RFC 3629).
            self.0 += bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut characters = Characters(0);
    // An answer has text, numbers and lists of them only, so it can always be serialised.
    let _ = serde_json::to_writer(&mut characters, answer);
    characters.0
}

/// Shortens the values of records step by step until they fit, and returns whether they do.
pub(super) fn shorten_until(records: &mut [Record], fits: impl Fn(&[Record]) -> bool) -> bool {
    SHORTER.into_iter().any(|longest| {
        let values = records.iter_mut().flat_map(Record::values_mut);
        values.for_each(|value| shorten(value, longest));
        fits(records)
    })
}

/// Cuts every text in a value, inner ones too.
fn shorten(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) => *text = clean::value(text, longest).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, longest)),
        Value::Object(members) => members.values_mut().for_each(|it| shorten(it, longest)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
