//! Cuts one page out of the matches, so that the whole answer stays within its length.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::view::{Chosen, Matches, View, take_common};
use super::{Answer, Found, LONGEST_ANSWER, Outcome, Summary};
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
    chosen: &Chosen,
    view: &View,
) -> Answer {
    let wanted = matches.rows.iter().skip(view.offset).take(view.limit);
    let records: Vec<Record> = wanted.map(|row| chosen.of(row)).collect();
    let whole = answer(found, matches, view, records.clone());
    let most = LONGEST_ANSWER - RESERVE;
    let length = length(&whole);
    if length <= most {
        return whole;
    }
    // Fewer records share more fields, so the length does not fall evenly: try, then halve.
    let mut count = (records.len() * most / length).min(records.len().saturating_sub(1));
    while count >= 1 {
        let fewer = answer(found, matches, view, records.iter().take(count).cloned().collect());
        if self::length(&fewer) <= most {
            return fewer;
        }
        count /= 2;
    }
    let mut single: Vec<Record> = records.into_iter().take(1).collect();
    for longest in SHORTER {
        for value in single.iter_mut().flat_map(Record::values_mut) {
            shorten(value, longest);
        }
        let short = answer(found, matches, view, single.clone());
        if self::length(&short) <= most {
            return Answer { hint: Some(SHORTENED.to_owned()), ..short };
        }
    }
    // Thousands of fields: the leading ones.
    loop {
        for record in &mut single {
            let kept = record.len() / 2;
            *record = std::mem::take(record).into_iter().take(kept).collect();
        }
        let short = answer(found, matches, view, single.clone());
        if self::length(&short) <= most || single.iter().all(Record::is_empty) {
            return Answer { hint: Some(FIELDS_LEFT_OUT.to_owned()), ..short };
        }
    }
}

const SHORTENED: &str = "This record is too long: its values were shortened where marked.";
const FIELDS_LEFT_OUT: &str = "This record is too long: fields were left out and values shortened.";

fn answer(found: &Found, matches: &Matches<'_>, view: &View, mut records: Vec<Record>) -> Answer {
    let total = matches.rows.len();
    let end = view.offset.saturating_add(records.len());
    let common = take_common(&mut records);
    Answer {
        outcome: if total == 0 { Outcome::None } else { Outcome::Found },
        total: total as u64,
        as_of: to_the_second(found.as_of),
        undated: (matches.undated > 0).then_some(matches.undated as u64),
        incomplete: (!found.complete).then_some(true),
        hint: None,
        common,
        next_offset: (end < total).then_some(end as u64),
        summary: (records.len() < total).then(|| Summary::of(&matches.rows)),
        records,
        sandbox: None,
    }
}

pub(super) fn to_the_second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

pub(super) fn length(answer: &impl Serialize) -> usize {
    // An answer is text, numbers and lists of them: it always has a JSON form.
    serde_json::to_string(answer).map_or(0, |json| json.chars().count())
}

fn shorten(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) => *text = clean::value(text, longest).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, longest)),
        Value::Object(members) => members.values_mut().for_each(|it| shorten(it, longest)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
