//! Reads a tool's arguments: every mistake gets a sentence that names the argument and shows what
//! is accepted, and never repeats the value, which may name a customer.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use rmcp::model::JsonObject;
use serde_json::Value;

use crate::error::Error;

/// The largest integer that every client passes on unchanged: 2^53 - 1.
const LARGEST_SAFE: u64 = (1 << 53) - 1;

/// A tool's arguments, handed out one by one.
pub(crate) struct Arguments {
    given: JsonObject,
    known: &'static [&'static str],
}

impl Arguments {
    /// Refuses arguments that the tool does not have.
    pub(crate) fn new(given: JsonObject, known: &'static [&'static str]) -> Result<Self, Error> {
        match given.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self { given, known }),
            Some(unknown) => {
                let close = known
                    .iter()
                    .filter(|name| strsim::jaro_winkler(name, unknown) > 0.8)
                    .map(|name| format!(" (did you mean `{name}`?)"))
                    .next()
                    .unwrap_or_default();
                Err(Error::invalid_input(
                    format!("there is an argument that is not known here{close}"),
                    format!("Known are {}.", listed(known)),
                ))
            }
        }
    }

    /// Takes text, or an integer as its text.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => match number.as_i64().map(i64::unsigned_abs) {
                Some(..=LARGEST_SAFE) => Ok(Some(number.to_string())),
                _ => Err(Error::invalid_input(
                    format!("`{name}` is a number that JSON cannot carry exactly"),
                    format!("Give `{name}` as text in quotes, with every digit."),
                )),
            },
            Some(_) => Err(wrong(name, "must be text", "Put it in quotes.")),
        }
    }

    /// Takes text that must be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, Error> {
        self.text(name)?
            .ok_or_else(|| wrong(name, "is missing", &format!("Known are {}.", listed(self.known))))
    }

    /// Takes a whole number, also one written as text.
    pub(crate) fn whole(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Error> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = match &value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => return whole(name, text, range).map(Some),
            _ => None,
        };
        in_range(name, number, range).map(Some)
    }

    /// Takes a calendar day.
    pub(crate) fn date(&mut self, name: &'static str) -> Result<Option<Date>, Error> {
        let Some(value) = self.take(name) else { return Ok(None) };
        date(name, value.as_str().unwrap_or_default()).map(Some)
    }

    /// Takes a list of texts; a single text counts as a list of one.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Vec<String>, Error> {
        let items = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
        };
        items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Ok(text),
                _ => Err(wrong(
                    name,
                    "must be a list of texts",
                    "For example [\"wolkvox_id\"], or [\"*\"] for all.",
                )),
            })
            .collect()
    }

    /// Takes an argument; null counts as not given.
    fn take(&mut self, name: &str) -> Option<Value> {
        debug_assert!(self.known.contains(&name), "{name} is not among the tool's arguments");
        self.given.shift_remove(name).filter(|value| !value.is_null())
    }
}

/// Reads a whole number.
pub(crate) fn whole(name: &str, text: &str, range: RangeInclusive<u64>) -> Result<u64, Error> {
    in_range(name, text.trim().parse().ok(), range)
}

fn in_range(name: &str, number: Option<u64>, range: RangeInclusive<u64>) -> Result<u64, Error> {
    number.filter(|number| range.contains(number)).ok_or_else(|| {
        let accepted = match *range.end() {
            u64::MAX => format!("{} or more", range.start()),
            most => format!("from {} to {most}", range.start()),
        };
        wrong(name, "is no whole number in range", &format!("Give a whole number {accepted}."))
    })
}

/// Reads a calendar day.
pub(crate) fn date(name: &str, text: &str) -> Result<Date, Error> {
    let has_length = text.len() == "YYYY-MM-DD".len();
    let date = has_length.then(|| Date::strptime("%Y-%m-%d", text).ok()).flatten();
    date.ok_or_else(|| {
        wrong(name, "is no calendar day", "Give it as YYYY-MM-DD, for example 2026-03-31.")
    })
}

fn wrong(name: &str, problem: &str, hint: &str) -> Error {
    Error::invalid_input(format!("`{name}` {problem}"), hint)
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
