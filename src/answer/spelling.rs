//! Puts together what wolkvox sends under several spellings of one field.

use std::sync::LazyLock;

use crate::fields::{self, FIELDS, SPELLINGS};
use crate::{FieldKey, Value};

/// The values of the documented fields, each at its place in the table of fields.
pub(super) type Documented = [Option<Value>; FIELDS.len()];

/// The places of each thing's spellings in the table of fields.
static RANKS: LazyLock<Vec<Vec<usize>>> = LazyLock::new(|| {
    let ranks = |spellings: &&[&str]| spellings.iter().filter_map(|it| fields::rank(it)).collect();
    SPELLINGS.iter().map(ranks).collect()
});

/// Keeps one spelling of each thing if all say the same, else every one.
pub(super) fn merge(known: &mut Documented, own: &mut Vec<(FieldKey, Value)>) {
    for (spellings, ranks) in SPELLINGS.iter().zip(&*RANKS) {
        merge_one(known, own, spellings, ranks);
    }
}

fn merge_one(
    known: &mut Documented,
    own: &mut Vec<(FieldKey, Value)>,
    spellings: &[&str],
    ranks: &[usize],
) {
    let Some(place) = ranks.first().copied() else { return };
    let is_spelling = |key: &str| spellings.contains(&key);
    let documented = ranks.iter().filter_map(|rank| known.get(*rank)?.as_ref());
    let others = own.iter().filter(|(key, _)| is_spelling(key)).map(|(_, value)| value);
    let mut values = documented.chain(others);
    let Some(first) = values.next() else { return };
    let (mut is_alone, mut kept) = (true, first);
    for other in values {
        if !same(first, other) {
            return;
        }
        // If one is a number and another its text, keep the text.
        if kept.as_str().is_none() && other.as_str().is_some() {
            kept = other;
        }
        is_alone = false;
    }
    if is_alone && known.get(place).is_some_and(Option::is_some) {
        return;
    }
    let kept = kept.clone();
    for rank in ranks {
        if let Some(value) = known.get_mut(*rank) {
            *value = None;
        }
    }
    own.retain(|(key, _)| !is_spelling(key));
    if let Some(value) = known.get_mut(place) {
        *value = Some(kept);
    }
}

/// Compares as people would: the number 5 and the text 5 are the same code.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(number), Value::Text(text)) | (Value::Text(text), Value::Number(number)) => {
            number.to_string() == **text
        }
        _ => one == other,
    }
}
