//! Sums up matches when an answer does not show them all.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Row;
use crate::clean;
use crate::fields::{CLASSIFICATION_CODE, CLASSIFICATION_DESCRIPTION, OBLIGATION};

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
    pub(super) fn of(rows: &[&Row]) -> Self {
        let days = || rows.iter().filter_map(|row| row.when).map(jiff::civil::DateTime::date);
        let classified = Counts::of(rows.iter().map(|row| classification(row)));
        let obligations = Counts::of(rows.iter().map(|row| text(row, OBLIGATION)));
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

/// Returns the classification in words, or its code where there are none.
fn classification(row: &Row) -> Option<String> {
    [CLASSIFICATION_DESCRIPTION, "tipifycation_desc", CLASSIFICATION_CODE, "tipifycation_code"]
        .into_iter()
        .find_map(|name| text(row, name))
}

fn text(row: &Row, name: &str) -> Option<String> {
    Some(match row.record.get(name)? {
        Value::String(text) => clean::value(text, LONGEST_NAME).into_owned(),
        other => clean::value(&other.to_string(), LONGEST_NAME).into_owned(),
    })
}

struct Counts {
    named: Map<String, Value>,
    others: usize,
    nameless: usize,
}

impl Counts {
    fn of(names: impl Iterator<Item = Option<String>>) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut nameless = 0;
        for name in names {
            match name {
                Some(name) => *counts.entry(name).or_default() += 1,
                None => nameless += 1,
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let rare = counts.split_off(counts.len().min(MOST_NAMES));
        Self {
            named: counts.into_iter().map(|(name, count)| (name, count.into())).collect(),
            others: rare.iter().map(|(_, count)| count).sum(),
            nameless,
        }
    }
}
