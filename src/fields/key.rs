//! The name of a record's field. A documented one is its place in the table of fields: thousands
//! of records have the same names, and places are compared faster than texts.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FIELDS, Field, rank};

/// The name of a record's field.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldKey(Key);

#[derive(Clone, PartialEq, Eq)]
enum Key {
    /// By its place in the table of fields.
    Documented(u8),
    /// Any name that is not in the table.
    Own(CompactString),
}

impl FieldKey {
    /// Returns the name at a place in the table of fields.
    pub(crate) fn at(rank: usize) -> Option<Self> {
        let is_there = rank < FIELDS.len();
        u8::try_from(rank).ok().filter(|_| is_there).map(|rank| Self(Key::Documented(rank)))
    }

    /// Returns the field of the table that it is the name of.
    pub(crate) fn documented(&self) -> Option<&'static Field> {
        FIELDS.get(self.rank()?)
    }

    /// Returns the name's place in the table of fields, if it is a documented one.
    pub(crate) fn rank(&self) -> Option<usize> {
        match self.0 {
            Key::Documented(rank) => Some(rank.into()),
            Key::Own(_) => None,
        }
    }
}

impl Deref for FieldKey {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Key::Documented(_) => self.documented().map_or("", |field| field.name),
            Key::Own(name) => name,
        }
    }
}

impl AsRef<str> for FieldKey {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for FieldKey {
    fn borrow(&self) -> &str {
        self
    }
}

/// As the text, so that a map finds a name by it.
impl Hash for FieldKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialEq<str> for FieldKey {
    fn eq(&self, name: &str) -> bool {
        **self == *name
    }
}

impl PartialEq<&str> for FieldKey {
    fn eq(&self, name: &&str) -> bool {
        **self == **name
    }
}

impl fmt::Debug for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&str> for FieldKey {
    fn from(name: &str) -> Self {
        let documented = rank(name).and_then(Self::at);
        documented.unwrap_or_else(|| Self(Key::Own(name.into())))
    }
}

impl From<String> for FieldKey {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl<'de> Deserialize<'de> for FieldKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Into::into)
    }
}

impl Serialize for FieldKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_text_whether_it_is_documented_or_not() {
        for (place, field) in FIELDS.iter().enumerate() {
            let key = FieldKey::from(field.name);
            assert_eq!((&*key, key.rank()), (field.name, Some(place)));
        }
        let own = FieldKey::from("Otro teléfono".to_owned());
        assert_eq!((&*own, own.rank()), ("Otro teléfono", None));
        assert_eq!(FieldKey::at(FIELDS.len()), None);
    }

    #[test]
    fn a_name_takes_no_more_room_than_a_text() {
        assert_eq!(size_of::<FieldKey>(), size_of::<String>());
    }
}
