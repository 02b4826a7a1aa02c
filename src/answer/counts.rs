//! Counts equal values.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Mask;
use super::classification::Named;
use super::distinct::Distinct;
use super::filter::text;
use crate::{Record, clean};

/// Most names that are counted one by one.
const MOST_NAMES: usize = 20;
/// Longest name; the names are keys, and an answer's length is limited.
const LONGEST_NAME: usize = 200;

/// How often each value comes.
pub(super) struct Counts {
    /// The most frequent ones, those first.
    pub(super) named: Record,
    /// How many different ones there are.
    pub(super) names: usize,
    /// How often the rarer ones come.
    pub(super) others: usize,
    /// How often there is no value.
    pub(super) nameless: usize,
}

impl Counts {
    /// Counts equal values, before they are masked and shortened: those that look alike then are
    /// numbered.
    pub(super) fn of<'a>(values: impl Iterator<Item = Option<Named<'a>>>, mask: &Mask) -> Self {
        let mut is_masked: HashMap<&'static str, bool, RandomState> = HashMap::default();
        let mut counts: HashMap<(bool, Cow<'_, str>), (Named<'_>, usize), RandomState> =
            HashMap::default();
        let mut nameless = 0;
        for counted in values {
            match counted {
                Some((field, value)) => {
                    let masked = is_masked.entry(field).or_insert_with(|| mask.covers(field));
                    let same = (*masked, text(value));
                    counts.entry(same).or_insert(((field, value), 0)).1 += 1;
                }
                None => nameless += 1,
            }
        }
        let names = counts.len();
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|(one, (_, many)), (other, (_, more))| {
            more.cmp(many).then_with(|| one.1.cmp(&other.1)).then_with(|| one.0.cmp(&other.0))
        });
        let rare = counts.split_off(counts.len().min(MOST_NAMES));
        let mut named = Record::default();
        let mut distinct = Distinct::default();
        for (_, ((field, value), count)) in counts {
            let mut shown = value.clone();
            mask.apply(field, &mut shown);
            let name = clean::value(&text(&shown), LONGEST_NAME).into_owned();
            let name = distinct.name(name.into(), |name| named.contains_key(name));
            named.insert(name, (count as u64).into());
        }
        let others = rare.iter().map(|(_, (_, count))| count).sum();
        Self { named, names, others, nameless }
    }
}
