//! The outcome of a gestión: its classification, which wolkvox spells in several ways.

use super::Row;
use crate::Value;
use crate::fields::SPELLINGS;

/// A value with its field.
pub(super) type Named<'a> = (&'static str, &'a Value);

/// What wolkvox writes where an agent let the time for classifying run out: after a call, after a
/// chat (the vendor's help pages).
const TIMED_OUT: [&str; 2] = ["TIMEOUTACW", "TIMEOUTCHAT"];

/// Returns the classification that counts: in words, or its code where there are none. Of several
/// that contradict each other it is the one in the spelling that comes first in [`SPELLINGS`].
pub(super) fn of(row: &Row) -> Option<Named<'_>> {
    let [codes, descriptions] = SPELLINGS;
    let first = |names: &'static [&'static str]| names.iter().find_map(|name| value(row, name));
    let (code, words) = (first(codes), first(descriptions));
    let is_classified = |(_, value): &Named<'_>| {
        let is_it = |text: &str| TIMED_OUT.iter().any(|it| it.eq_ignore_ascii_case(text.trim()));
        !value.as_str().is_some_and(is_it)
    };
    let counted = words.or(code);
    let both_are = [words, code].iter().flatten().all(is_classified);
    counted.filter(|_| both_are)
}

/// Returns every code and description of a row, in each spelling.
pub(super) fn all(row: &Row) -> impl Iterator<Item = Named<'_>> {
    SPELLINGS.into_iter().flatten().filter_map(|name| value(row, name))
}

/// Returns a field's value with its name.
pub(super) fn value<'a>(row: &'a Row, name: &'static str) -> Option<Named<'a>> {
    Some((name, row.record.get(name)?))
}
