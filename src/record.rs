//! A record: values in an order, found by their names.
//!
//! `indexmap` does the same by hashes. Most records have some thirty fields, and there to hash a name
//! takes longer than to find it by its place in the table of fields.

mod serialized;
mod value;

use std::collections::HashMap;
use std::fmt;
use std::ops::Index;
use std::{slice, vec};

use foldhash::fast::RandomState;

use self::value::longest_text;
use crate::FieldKey;
use crate::fields::{FIELDS, rank};

#[cfg(test)]
pub(crate) use self::value::json;
pub use self::value::{Text, Value};

/// A record as wolkvox sent it: its own field names, in its own order.
#[derive(Clone, Default)]
pub struct Record {
    fields: Vec<(FieldKey, Value)>,
    /// Which documented fields there are, a bit each by their places in the table: whether one is
    /// missing is asked most often.
    documented: u64,
    /// Where each field is, in a record of many.
    places: Option<Box<Places>>,
}

type Places = HashMap<FieldKey, usize, RandomState>;

/// From so many fields on they are found by hashes: a record may have a hundred thousand.
const MANY: usize = 64;

const _: () = assert!(FIELDS.len() <= u64::BITS as usize);

impl Record {
    /// Creates a record with room for so many fields.
    pub fn with_capacity(fields: usize) -> Self {
        Self { fields: Vec::with_capacity(fields), ..Self::default() }
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns a field's value.
    pub fn get(&self, name: &(impl AsRef<str> + ?Sized)) -> Option<&Value> {
        let (_, value) = self.fields.get(self.place(name.as_ref())?)?;
        Some(value)
    }

    /// Returns a field's value, to be changed.
    pub fn get_mut(&mut self, name: &(impl AsRef<str> + ?Sized)) -> Option<&mut Value> {
        let place = self.place(name.as_ref())?;
        let (_, value) = self.fields.get_mut(place)?;
        Some(value)
    }

    /// Returns the value of the field with the name of another record's.
    pub(crate) fn get_same(&self, name: &FieldKey) -> Option<&Value> {
        let (_, value) = self.fields.get(self.place_of(name)?)?;
        Some(value)
    }

    /// Returns the value of the field with the name of another record's, where it probably has the
    /// same place.
    pub(crate) fn get_near(&self, place: usize, name: &FieldKey) -> Option<&Value> {
        match self.fields.get(place) {
            Some((key, value)) if key == name => Some(value),
            _ => self.get_same(name),
        }
    }

    /// Returns whether there is a field of this name.
    pub fn contains_key(&self, name: &(impl AsRef<str> + ?Sized)) -> bool {
        self.place(name.as_ref()).is_some()
    }

    /// Sets a field: a new one behind the others, one that is there in its place. Returns the value
    /// that it had.
    pub fn insert(&mut self, name: FieldKey, value: Value) -> Option<Value> {
        let place = self.place_of(&name);
        match place.and_then(|place| self.fields.get_mut(place)) {
            Some((_, before)) => Some(std::mem::replace(before, value)),
            None => {
                self.push(name, value);
                None
            }
        }
    }

    /// Adds a field that is surely not there yet.
    pub(crate) fn push(&mut self, name: FieldKey, value: Value) {
        self.documented |= bit(name.rank());
        if self.fields.len() + 1 < MANY {
            return self.fields.push((name, value));
        }
        match &mut self.places {
            Some(places) => {
                places.insert(name.clone(), self.fields.len());
                self.fields.push((name, value));
            }
            None => {
                self.fields.push((name, value));
                self.find_places();
            }
        }
    }

    /// Takes a field out; those behind it move up.
    pub fn shift_remove(&mut self, name: &(impl AsRef<str> + ?Sized)) -> Option<Value> {
        let place = self.place(name.as_ref())?;
        let (_, value) = self.fields.remove(place);
        self.find_places();
        Some(value)
    }

    /// Keeps the fields that `is_kept` says.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&FieldKey, &mut Value) -> bool) {
        self.fields.retain_mut(|(name, value)| is_kept(name, value));
        self.find_places();
    }

    /// Keeps the first fields.
    pub fn truncate(&mut self, fields: usize) {
        self.fields.truncate(fields);
        self.find_places();
    }

    /// Takes every field out, and keeps the room that they took.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (FieldKey, Value)> {
        (self.documented, self.places) = (0, None);
        self.fields.drain(..)
    }

    /// Frees the room that no field takes.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.fields.shrink_to_fit();
    }

    /// Returns the fields in their order.
    pub fn iter(&self) -> <&Self as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// Returns the names in their order.
    pub fn keys(&self) -> impl Iterator<Item = &FieldKey> {
        self.fields.iter().map(|(name, _)| name)
    }

    /// Returns the values in their order.
    pub fn values(&self) -> impl Iterator<Item = &Value> + Clone {
        self.fields.iter().map(|(_, value)| value)
    }

    /// Returns the values in their order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.fields.iter_mut().map(|(_, value)| value)
    }

    /// Returns the values alone.
    pub fn into_values(self) -> impl Iterator<Item = Value> {
        self.fields.into_iter().map(|(_, value)| value)
    }

    /// Returns how many bytes its JSON has at most.
    pub(crate) fn longest_json(&self) -> usize {
        let fields = self.fields.iter();
        fields.map(|(name, value)| longest_text(name) + value.longest_json() + 2).sum::<usize>() + 2
    }

    fn place(&self, name: &str) -> Option<usize> {
        match (&self.places, rank(name)) {
            (_, rank @ Some(_)) if self.documented & bit(rank) == 0 => None,
            (Some(places), _) => places.get(name).copied(),
            (None, None) => self.fields.iter().position(|(key, _)| key == name),
            (None, rank) => self.fields.iter().position(|(key, _)| key.rank() == rank),
        }
    }

    fn place_of(&self, name: &FieldKey) -> Option<usize> {
        match (&self.places, name.rank()) {
            (_, rank @ Some(_)) if self.documented & bit(rank) == 0 => None,
            (Some(places), _) => places.get(name).copied(),
            (None, _) => self.fields.iter().position(|(key, _)| key == name),
        }
    }

    fn find_places(&mut self) {
        self.documented = self.keys().fold(0, |bits, name| bits | bit(name.rank()));
        let names =
            || self.fields.iter().enumerate().map(|(place, (name, _))| (name.clone(), place));
        self.places = (self.fields.len() >= MANY).then(|| Box::new(names().collect()));
    }
}

/// Returns the bit of a place in the table of fields.
fn bit(rank: Option<usize>) -> u64 {
    rank.map_or(0, |rank| 1 << rank)
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// The order of the fields does not matter.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(name, value)| other.get_same(name) == Some(value))
    }
}

impl Index<&str> for Record {
    type Output = Value;

    /// Returns a field's value, null where there is no such field, as `serde_json` does it.
    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }
}

impl<V: Into<Value>> FromIterator<(FieldKey, V)> for Record {
    fn from_iter<I: IntoIterator<Item = (FieldKey, V)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        let mut record = Self::with_capacity(fields.size_hint().0);
        record.extend(fields);
        record
    }
}

impl<V: Into<Value>> Extend<(FieldKey, V)> for Record {
    fn extend<I: IntoIterator<Item = (FieldKey, V)>>(&mut self, fields: I) {
        fields.into_iter().for_each(|(name, value)| _ = self.insert(name, value.into()));
    }
}

type Borrowed<'a> = fn(&'a (FieldKey, Value)) -> (&'a FieldKey, &'a Value);
type BorrowedMut<'a> = fn(&'a mut (FieldKey, Value)) -> (&'a FieldKey, &'a mut Value);

impl<'a> IntoIterator for &'a Record {
    type Item = (&'a FieldKey, &'a Value);
    type IntoIter = std::iter::Map<slice::Iter<'a, (FieldKey, Value)>, Borrowed<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter().map(|(name, value)| (name, value))
    }
}

impl<'a> IntoIterator for &'a mut Record {
    type Item = (&'a FieldKey, &'a mut Value);
    type IntoIter = std::iter::Map<slice::IterMut<'a, (FieldKey, Value)>, BorrowedMut<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter_mut().map(|(name, value)| (&*name, value))
    }
}

impl IntoIterator for Record {
    type Item = (FieldKey, Value);
    type IntoIter = vec::IntoIter<(FieldKey, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json;

    fn of(fields: usize) -> Record {
        (0..fields).map(|n| (n.to_string().into(), json!(n))).collect()
    }

    #[test]
    fn fields_are_found_and_changed_by_name_however_many_there_are() {
        for fields in [1, MANY - 1, MANY, 3 * MANY] {
            let mut record = of(fields);
            let last = (fields - 1).to_string();
            assert_eq!(record.get(&last), Some(&json!(fields - 1)));
            assert_eq!(record.insert(last.clone().into(), json!("x")), Some(json!(fields - 1)));
            assert_eq!(record.insert("new".into(), json!("y")), None);
            assert_eq!((record.len(), &record[last.as_str()]), (fields + 1, &json!("x")));
            assert_eq!(record.get("new"), Some(&json!("y")));
            assert!(!record.contains_key("another") && record["another"].is_null());
        }
    }

    #[test]
    fn what_stays_is_found_in_its_order_after_some_fields_went() {
        for fields in [10, MANY, 3 * MANY] {
            let mut record = of(fields);
            assert_eq!(record.shift_remove("0"), Some(json!(0)));
            assert_eq!(record.shift_remove("0"), None);
            record.retain(|name, _| name != "2");
            record.truncate(fields - 4);
            let kept: Vec<usize> = [1].into_iter().chain(3..fields - 2).collect();
            let numbers = record.values().map(|it| it.as_u64().expect("a number") as usize);
            assert_eq!(numbers.collect::<Vec<_>>(), kept);
            assert!(kept.iter().all(|n| record.get(&n.to_string()) == Some(&json!(n))));
            assert!(!record.contains_key("2") && !record.contains_key(&fields.to_string()));
        }
    }

    #[test]
    fn a_documented_field_is_found_as_long_as_it_is_there() {
        let fields = || FIELDS.iter().take(4).map(|field| field.name);
        let full = || -> Record { fields().map(|name| (name.into(), json!(name))).collect() };
        let found = |record: &Record| -> Vec<&str> {
            fields().filter(|name| record.contains_key(name)).collect()
        };
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|place| FIELDS[place].name);
        assert_eq!(found(&full()), [first, second, third, fourth]);
        let mut record = full();
        record.shift_remove(first);
        assert_eq!(found(&record), [second, third, fourth]);
        record.retain(|name, _| name != second);
        assert_eq!(found(&record), [third, fourth]);
        record.truncate(1);
        assert_eq!(found(&record), [third]);
        assert_eq!(record.insert(third.into(), json!(1)), Some(json!(third)));
        assert_eq!(record.insert(first.into(), json!(2)), None);
        assert_eq!(record.get_same(&first.into()), Some(&json!(2)));
        assert_eq!(record.get_same(&second.into()), None);
        assert_eq!((record.drain().count(), found(&record)), (2, vec![]));
    }

    #[test]
    fn records_are_equal_whatever_the_order_of_their_fields() {
        let record = |fields: [(&'static str, u8); 2]| -> Record {
            fields.into_iter().map(|(name, value)| (name.into(), json!(value))).collect()
        };
        let one = record([("a", 1), ("b", 2)]);
        assert_eq!(one, record([("b", 2), ("a", 1)]));
        assert_ne!(one, record([("a", 1), ("b", 3)]));
        assert_ne!(one, record([("a", 1), ("c", 2)]));
        assert_ne!(one, of(1));
    }

    #[test]
    fn a_record_is_a_json_object() {
        let record: Record = serde_json::from_str(r#"{"b":1,"a":[2],"b":3}"#).expect("an object");
        assert_eq!(serde_json::to_string(&record).expect("JSON"), r#"{"b":3,"a":[2]}"#);
        assert_eq!(format!("{record:?}"), r#"{"b": 3, "a": [2]}"#);
        assert!(serde_json::from_str::<Record>("[]").is_err());
    }
}
