//! Sums up matches when an answer does not show them all.

use std::borrow::Cow;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::distinct::Distinct;
use super::{Mask, Row};
use crate::clean;
use crate::fields::{DATE, OBLIGATION, SPELLINGS};

/// Most names that are counted one by one.
const MOST_NAMES: usize = 20;
/// Longest name; the names are keys, and an answer's length is limited.
const LONGEST_NAME: usize = 200;

/// A summary of all matches.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// First day.
    pub first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Last day.
    pub last: Option<String>,
    /// Counts, most frequent first
    pub by_tipification: Map<String, Value>,
    /// In rarer ones
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    pub other_tipifications: usize,
    /// Not classified
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    pub without_tipification: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Counts, most frequent first.
    pub by_obligation: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches about rarer obligations.
    pub other_obligations: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Summary {
    /// Counts the rows. If there are others that were not fetched, no day can be said to be the
    /// first or the last.
    pub(super) fn of(rows: &[&Row], complete: bool, mask: &Mask) -> Self {
        let has_days = complete && !mask.covers(DATE);
        let dated = || rows.iter().filter_map(|row| row.when).filter(|_| has_days);
        let days = || dated().map(jiff::civil::DateTime::date);
        let classified = Counts::of(rows.iter().map(|row| classification(row)), mask);
        let obligations = Counts::of(rows.iter().map(|row| value(row, OBLIGATION)), mask);
        Self {
            first: days().min().map(|day| day.to_string()),
            last: days().max().map(|day| day.to_string()),
            by_tipification: classified.named,
            other_tipifications: classified.others,
            without_tipification: classified.nameless,
            other_obligations: obligations.others,
            by_obligation: (obligations.named.len() > 1).then_some(obligations.named),
        }
    }
}

/// A value that is counted, with its field.
type Counted<'a> = (&'static str, &'a Value);

/// Returns the classification in words, or its code where there are none.
fn classification(row: &Row) -> Option<Counted<'_>> {
    let [codes, descriptions] = SPELLINGS;
    descriptions.iter().chain(codes).find_map(|name| value(row, name))
}

fn value<'a>(row: &'a Row, name: &'static str) -> Option<Counted<'a>> {
    Some((name, row.record.get(name)?))
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

struct Counts {
    named: Map<String, Value>,
    others: usize,
    nameless: usize,
}

impl Counts {
    /// Counts equal values, before they are masked and shortened: those that look alike then are
    /// numbered.
    fn of<'a>(values: impl Iterator<Item = Option<Counted<'a>>>, mask: &Mask) -> Self {
        let fields = SPELLINGS.into_iter().flatten().chain([&OBLIGATION]);
        let masked: Vec<&str> = fields.copied().filter(|field| mask.covers(field)).collect();
        let mut counts: HashMap<(bool, Cow<'_, str>), (Counted<'_>, usize)> = HashMap::new();
        let mut nameless = 0;
        for counted in values {
            match counted {
                Some((field, value)) => {
                    let same = (masked.contains(&field), text(value));
                    counts.entry(same).or_insert(((field, value), 0)).1 += 1;
                }
                None => nameless += 1,
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|(one, (_, many)), (other, (_, more))| {
            more.cmp(many).then_with(|| one.1.cmp(&other.1)).then_with(|| one.0.cmp(&other.0))
        });
        let rare = counts.split_off(counts.len().min(MOST_NAMES));
        let mut named = Map::new();
        let mut distinct = Distinct::default();
        for (_, ((field, value), count)) in counts {
            let mut shown = value.clone();
            mask.apply(field, &mut shown);
            let name = clean::value(&text(&shown), LONGEST_NAME).into_owned();
            let name = distinct.name(name.into(), |name| named.contains_key(name));
            named.insert(name.into_owned(), count.into());
        }
        Self { named, others: rare.iter().map(|(_, (_, count))| count).sum(), nameless }
    }
}
