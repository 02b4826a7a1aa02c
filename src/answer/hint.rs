//! What an assistant should mind about an answer: above all, what it must not conclude.

use super::suggestion;
use super::view::{Matches, View};
use super::{Answer, Found, Mask, Outcome, Searched};
use crate::clean;
use crate::fields::{DATE, SPELLINGS};

/// Longest date that a hint shows.
const LONGEST_DATE: usize = 40;

/// Returns the hints of an answer, each a sentence or two.
pub(super) fn hints(
    found: &Found,
    matches: &Matches<'_>,
    answer: &Answer,
    searched: Searched<'_>,
    view: &View,
    mask: &Mask,
) -> Vec<String> {
    let mut hints: Vec<String> = answer.hint.iter().cloned().collect();
    if !found.complete {
        hints.push(incomplete(found));
    }
    if answer.outcome == Outcome::None && found.rows.is_empty() {
        hints.push(nothing(searched));
    } else if answer.outcome == Outcome::None {
        hints
            .push(format!("Nothing on these days; {} on other days.", records(matches.other_days)));
    } else if matches.is_undecided {
        hints.push(undecided(matches));
    } else if matches.undated > 0 {
        let place = if view.is_dated() { left_out(matches) } else { last(matches) };
        hints.push(match sample(found, matches, answer, view, mask) {
            Some(date) => format!("{place} {date}"),
            None => place,
        });
    }
    hints.extend(contradictions(answer));
    if found.blank > 0 {
        hints.push(format!(
            "{} of wolkvox's came blank and {} not counted.",
            records(found.blank),
            if found.blank == 1 { "is" } else { "are" }
        ));
    }
    if answer.outcome == Outcome::Found && view.offset >= matches.rows.len() {
        hints.push(format!("`offset` is past the end; in all: {}.", records(matches.rows.len())));
    }
    hints
}

fn incomplete(found: &Found) -> String {
    let fetched = records(found.fetched());
    let reason = match &found.cut_short {
        // wolkvox's own words are left out: they may name a person.
        Some(error) => format!(" {} ended it: {}.", error.kind(), error.without_words()),
        None => String::new(),
    };
    let incomplete = match found.announced() {
        Some(total) => format!(
            "INCOMPLETE: only {fetched} of wolkvox's {total} could be fetched; the newest may be \
             missing."
        ),
        None => format!(
            "INCOMPLETE: only {fetched} could be fetched; wolkvox may have more, and the newest \
             may be missing."
        ),
    };
    incomplete + &reason
}

/// No record is surely on these days, but some may be.
fn undecided(matches: &Matches<'_>) -> String {
    let others = match matches.other_days {
        0 => String::new(),
        others => format!(" {} on other days.", records(others)),
    };
    format!(
        "UNDECIDED: whether there is one on these days is not known. Those given have no readable \
         date: they may be from these days or from others.{others}"
    )
}

fn left_out(matches: &Matches<'_>) -> String {
    let (was, them) = if matches.undated == 1 { ("was", "it") } else { ("were", "them") };
    format!(
        "{} without a readable date {was} left out; search without dates to see {them}.",
        records(matches.undated),
    )
}

fn last(matches: &Matches<'_>) -> String {
    let Matches { undated, rows, .. } = matches;
    if rows.len() == 1 {
        return "Its date cannot be read.".to_owned();
    }
    if *undated == rows.len() {
        return "No date can be read: the records are in wolkvox's order, so the first may not \
                be the newest."
            .to_owned();
    }
    let (stands, one) = if *undated == 1 { ("stands", "it") } else { ("stand", "one of them") };
    format!(
        "{} without a readable date {stands} last, in wolkvox's order; {one} may be the newest.",
        records(*undated),
    )
}

/// Returns the date of a record whose date cannot be read, if the page shows none of them.
fn sample(
    found: &Found,
    matches: &Matches<'_>,
    answer: &Answer,
    view: &View,
    mask: &Mask,
) -> Option<String> {
    let page = matches.rows.iter().skip(view.offset).take(answer.records.len());
    if page.into_iter().any(|row| row.when.is_none()) {
        return None;
    }
    let undated = || found.rows.iter().filter(|row| row.when.is_none());
    let mut date = match undated().find_map(|row| row.record.get(DATE)) {
        Some(date) => date.clone(),
        None => return Some("The date is blank.".to_owned()),
    };
    mask.apply(DATE, &mut date);
    let text = date.as_str().map_or_else(|| date.to_string(), str::to_owned);
    Some(format!("One has the date `{}`.", clean::value(&text, LONGEST_DATE)))
}

/// Returns the classification's spellings that the page shows both of; they are one where they agree.
fn contradictions(answer: &Answer) -> Option<String> {
    let shown = |name: &&&str| {
        let shared = answer.common.iter();
        shared.chain(&answer.records).any(|record| record.contains_key(**name))
    };
    let both = SPELLINGS.iter().find_map(|spellings| {
        let shown: Vec<_> = spellings.iter().filter(shown).map(|it| format!("`{it}`")).collect();
        (shown.len() > 1).then(|| shown.join(" and "))
    })?;
    Some(format!("{both} contradict each other; which is right is not known."))
}

/// Returns what was searched, and what to try instead.
fn nothing(searched: Searched<'_>) -> String {
    let field = clean::value(searched.field, 128);
    let instead = suggestion::instead(searched);
    format!("No record has exactly this value in `{field}`. {instead}")
}

fn records(count: usize) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
