//! Values that completions offer, where others are accepted too or are checked later.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::Error;
use clap::{Arg, Command};

use crate::fields::FIELDS;

/// Accepts any text, and offers some.
#[derive(Clone, Debug)]
pub(super) struct Suggested(Vec<&'static str>);

impl Suggested {
    pub(super) fn new(values: &[&'static str]) -> Self {
        Self(values.to_vec())
    }

    /// Offers the fields to search by.
    pub(super) fn fields() -> Self {
        Self(FIELDS.iter().map(|field| field.name).collect())
    }
}

impl TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|value| PossibleValue::new(*value))))
    }
}
