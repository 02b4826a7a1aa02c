//! Filters: which of the matches an answer is about, by classification, channel or obligation.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use foldhash::fast::RandomState;

use super::counts::Counts;
use super::{Mask, Row, channel, classification};
use crate::fields::{CHANNEL, OBLIGATION};
use crate::language::{Bilingual, bilingual};
use crate::{FieldKey, Value, clean};

/// What somebody wants to see only, compared without case and accents.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted(String);

impl Wanted {
    /// Reads a text as it was typed.
    pub fn new(typed: &str) -> Self {
        Self(clean::folded(typed))
    }
}

/// The text may name a customer.
impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wanted(…)")
    }
}

/// What an answer keeps of the matches; `None` keeps all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// The outcome, by its code or in words.
    pub tipification: Option<Wanted>,
    /// The channel, by wolkvox's code or by a word for several.
    pub channel: Option<Wanted>,
    /// The obligation's reference name.
    pub obligation: Option<Wanted>,
}

/// How the answer, and how people, call the gestiones that nobody classified; folded.
const UNCLASSIFIED: [&str; 4] =
    ["without tipification", "sin tipificar", "not classified", "unclassified"];

/// What was found out about the values so far: thousands of records share a few, and comparing
/// without accents takes long.
#[derive(Default)]
struct Judge<'a>(HashMap<Cow<'a, str>, bool, RandomState>);

impl<'a> Judge<'a> {
    fn passes(&mut self, value: &'a Value, is_it: impl Fn(&str) -> bool) -> bool {
        let text = text(value);
        match self.0.get(&text) {
            Some(known) => *known,
            None => {
                let passes = is_it(&clean::folded(&text));
                self.0.insert(text, passes);
                passes
            }
        }
    }
}

/// One of the filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tipification,
    Channel,
    Obligation,
}

impl Filters {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the rows that pass all of them.
    pub(super) fn keep<'a>(&self, rows: &'a [Row]) -> Vec<&'a Row> {
        let mut kept: Vec<&Row> = rows.iter().collect();
        for (kind, wanted) in self.set() {
            let mut judge = Judge::default();
            kept.retain(|row| kind.matches(row, wanted, &mut judge));
        }
        kept
    }

    /// Returns the filters that no row passes, each by itself.
    pub(super) fn without_match<'a>(
        &'a self,
        rows: &'a [Row],
    ) -> impl Iterator<Item = (Kind, &'a Wanted)> {
        let passes = |(kind, wanted): &(Kind, &Wanted)| {
            let mut judge = Judge::default();
            rows.iter().any(|row| kind.matches(row, wanted, &mut judge))
        };
        self.set().filter(move |filter| !passes(filter))
    }

    fn set(&self) -> impl Iterator<Item = (Kind, &Wanted)> {
        let all = [
            (Kind::Tipification, &self.tipification),
            (Kind::Channel, &self.channel),
            (Kind::Obligation, &self.obligation),
        ];
        all.into_iter().filter_map(|(kind, wanted)| Some((kind, wanted.as_ref()?)))
    }
}

impl Kind {
    /// Returns the argument's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tipification => "tipification",
            Self::Channel => "channel",
            Self::Obligation => "obligation",
        }
    }

    fn matches<'a>(self, row: &'a Row, wanted: &Wanted, judge: &mut Judge<'a>) -> bool {
        let wanted = wanted.0.as_str();
        let is_it = |folded: &str| match self {
            Self::Channel => channel::is(folded, wanted),
            Self::Tipification | Self::Obligation => folded == wanted,
        };
        let passes = |(_, value)| judge.passes(value, is_it);
        match self {
            Self::Tipification => {
                classification::all(row).any(passes)
                    || UNCLASSIFIED.contains(&wanted) && classification::of(row).is_none()
            }
            Self::Channel => classification::value(row, CHANNEL).is_some_and(passes),
            Self::Obligation => classification::value(row, OBLIGATION).is_some_and(passes),
        }
    }

    /// Returns the values that there are instead of a wanted one, the nearest first.
    pub(super) fn instead(self, wanted: &Wanted, rows: &[Row], mask: &Mask) -> Bilingual {
        const MOST: usize = 8;
        let counts = match self {
            Self::Tipification => Counts::of(rows.iter().map(classification::of), mask),
            Self::Channel => {
                Counts::of(rows.iter().map(|row| classification::value(row, CHANNEL)), mask)
            }
            Self::Obligation => {
                Counts::of(rows.iter().map(|row| classification::value(row, OBLIGATION)), mask)
            }
        };
        let likeness = |name: &str| {
            let name = clean::folded(name);
            let has_it = name.contains(&wanted.0) || wanted.0.contains(&name);
            if has_it { 1.0 } else { strsim::jaro_winkler(&name, &wanted.0) }
        };
        let mut there: Vec<(f64, &FieldKey)> =
            counts.named.keys().map(|name| (likeness(name), name)).collect();
        there.sort_by(|one, other| other.0.total_cmp(&one.0));
        let names = there.iter().take(MOST).map(|(_, name)| format!("`{}`", shortened(name)));
        let names = names.collect::<Vec<_>>().join(", ");
        let others = counts.names - there.len().min(MOST);
        let more = match others {
            0 => Bilingual::same(""),
            others => bilingual!(" and {others} others", " y {others} más"),
        };
        match names.as_str() {
            "" => bilingual!("no record has any", "ningún registro tiene ese dato"),
            names => bilingual!("there are: {names}{more}", "hay: {names}{more}", more),
        }
    }
}

fn shortened(name: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    clean::value(name, LONGEST)
}

pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
