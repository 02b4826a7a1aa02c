//! Cuts one page out of the matches, so that the whole answer stays within its length.

use std::io;

use jiff::ZonedDateTime;
use serde::Serialize;

use super::latest::Latest;
use super::summary::{Counting, Summary};
use super::view::{Matches, Selection, Slice, View};
use super::{Answer, Found, Hints, LONGEST_ANSWER, Mask, Outcome, Row};
use crate::language::Bilingual;
use crate::{Record, Value, clean};

/// Characters kept for what is added after the page is cut: hints and the sandbox's mark.
const RESERVE: usize = 1_500;
/// How far values are shortened, step by step, when one record alone is too long.
const SHORTER: [usize; 5] = [500, 200, 100, 50, 20];

/// What an answer is built from, and what holds for all of its pages.
pub(super) struct Draft<'a> {
    pub(super) found: &'a Found,
    pub(super) matches: &'a Matches<'a>,
    pub(super) view: &'a View,
    pub(super) mask: &'a Mask,
    /// When wolkvox answered, where the call centre is.
    pub(super) as_of: &'a ZonedDateTime,
}

impl<'a> Draft<'a> {
    /// Builds the answer with as many whole records as fit. At least one is always there, if need be
    /// with its values shortened.
    pub(super) fn fitting(&self, chosen: &Selection) -> Answer {
        let mask = self.mask;
        let frame = self.frame();
        let with = |rows: &[&'a Row], page: Slice| self.page(&frame, rows, page);
        let wanted = self.matches.rows.iter().skip(self.view.offset).take(self.view.limit);
        let wanted: Vec<&Row> = wanted.copied().collect();
        let whole = with(&wanted, chosen.of(&wanted, mask));
        let most = LONGEST_ANSWER - RESERVE;
        let bound = length(&frame) + longest(&whole);
        debug_assert!(length(&whole) <= bound, "a bound that is none");
        if bound <= most {
            return whole;
        }
        let length = length(&whole);
        if length <= most {
            return whole;
        }
        // Fewer records share more fields, so the length is not proportional: estimate, then halve.
        let mut count = (wanted.len() * most / length).min(wanted.len().saturating_sub(1));
        while let Some(rows @ [_, ..]) = wanted.get(..count) {
            let fewer = with(rows, chosen.of(rows, mask));
            if self::length(&fewer) <= most {
                return fewer;
            }
            count /= 2;
        }
        let first = wanted.get(..1).unwrap_or_default();
        let mut single = chosen.of(first, mask).records;
        let short =
            |single: &[Record]| with(first, Slice { common: None, records: single.to_vec() });
        if shorten_until(&mut single, |single| self::length(&short(single)) <= most) {
            return Answer { hint: Hints::from(SHORTENED), ..short(&single) };
        }
        // The record has thousands of fields: keep the first ones.
        loop {
            single.iter_mut().for_each(|record| record.truncate(record.len() / 2));
            let short = short(&single);
            if self::length(&short) <= most || single.iter().all(Record::is_empty) {
                return Answer { hint: Hints::from(FIELDS_LEFT_OUT), ..short };
            }
        }
    }

    /// Builds what no page changes: an answer without records.
    fn frame(&self) -> Answer {
        let Self { found, matches, view, mask, as_of } = self;
        let total = matches.rows.len();
        // wolkvox's number counts the matches of every day, whatever their outcome.
        let announced = found.announced().filter(|_| !view.is_narrow());
        let customers = matches.customers();
        // What only may match is not counted.
        let has_summary = total > 1 && !matches.is_undecided;
        let counting = Counting { is_complete: found.complete, customers, view, mask, as_of };
        Answer {
            outcome: if total == 0 { Outcome::None } else { Outcome::Found },
            total: announced.unwrap_or(total as u64),
            fetched: (!found.complete).then_some(found.fetched() as u64),
            as_of: with_offset(as_of),
            undated: (matches.undated > 0).then_some(matches.undated as u64),
            incomplete: (!found.complete).then_some(true),
            hint: Hints::default(),
            customers: (customers > 1).then_some(customers as u64),
            common: None,
            records: Vec::new(),
            next_offset: None,
            other_matches: (matches.others > 0).then_some(matches.others as u64),
            latest: None,
            summary: has_summary.then(|| Summary::of(&matches.rows, &counting)),
            sandbox: None,
        }
    }

    /// Puts one page into the frame.
    fn page(&self, frame: &Answer, rows: &[&Row], page: Slice) -> Answer {
        let Slice { common, records } = page;
        let total = self.matches.rows.len();
        let end = self.view.offset.saturating_add(records.len());
        let summary = frame.summary.clone();
        let shows_all = records.len() == total;
        Answer {
            common,
            next_offset: (end < total).then_some(end as u64),
            latest: Latest::beside(rows, self.found, self.mask, self.as_of),
            summary: summary.map(|it| if shows_all { it.beside_all() } else { it }),
            records,
            ..frame.clone()
        }
    }
}

const SHORTENED: Bilingual = Bilingual::new(
    "This record is too long: its values were shortened where marked.",
    "Este registro es demasiado largo: sus valores se acortaron donde está marcado.",
);
const FIELDS_LEFT_OUT: Bilingual = Bilingual::new(
    "This record is too long: fields were left out and values shortened.",
    "Este registro es demasiado largo: se dejaron campos fuera y se acortaron valores.",
);

/// Writes a time to the second, with the offset of its zone (RFC 3339).
pub(super) fn with_offset(time: &ZonedDateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Returns how much longer a page can make an answer's JSON at most. Most answers are far from
/// the limit, and to write them takes longer than to see that.
fn longest(page: &Answer) -> usize {
    /// `common`, `records` and `next_offset` with their commas.
    const KEYS: usize = 100;
    let records = page.records.iter().chain(&page.common);
    let latest = page.latest.as_ref().map_or(0, length);
    records.map(|record| record.longest_json() + 1).sum::<usize>() + latest + KEYS
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
        Value::Text(text) => *text = clean::value(text, longest).as_ref().into(),
        Value::List(items) => items.iter_mut().for_each(|item| shorten(item, longest)),
        Value::Record(record) => record.values_mut().for_each(|it| shorten(it, longest)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
