//! An answer's hints: sentences in two languages, of which assistants read the English ones.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use crate::language::{Bilingual, Language};

/// Hints, in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints(Vec<Bilingual>);

impl Hints {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds hints at the end.
    pub fn extend(&mut self, hints: impl IntoIterator<Item = Bilingual>) {
        self.0.extend(hints);
    }

    /// Returns all of them as one text.
    pub fn to(&self, language: Language) -> String {
        self.0.iter().map(|hint| hint.to(language)).collect::<Vec<_>>().join(" ")
    }
}

impl From<Bilingual> for Hints {
    fn from(hint: Bilingual) -> Self {
        Self(vec![hint])
    }
}

impl Serialize for Hints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to(Language::English))
    }
}

impl JsonSchema for Hints {
    fn schema_name() -> Cow<'static, str> {
        "Hints".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}
