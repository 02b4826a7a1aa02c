//! Turns records into the compact answer that an assistant reads (pure: no clock, no network).
//!
//! [`tidy`] makes rows of raw records, once for a look-up. [`Answer`] is made of them for one view:
//! which days, which columns, which page. [`ObligationAnswer`] is the answer about an obligation.

mod dates;
mod distinct;
mod hint;
mod mask;
mod mask_list;
mod obligation;
mod page;
mod spelling;
mod suggestion;
mod summary;
mod tidy;
mod view;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

pub use self::mask::Mask;
pub use self::obligation::ObligationAnswer;
pub use self::summary::Summary;
pub use self::tidy::{Row, is_large, is_newest_first, tidy};
pub use self::view::{Columns, View};
use crate::Record;
use crate::error::Error;

/// Most characters of an answer's JSON. Assistants cut longer tool results off.
pub const LONGEST_ANSWER: usize = 60_000;

/// What a look-up found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The rows, newest first.
    pub rows: Vec<Row>,
    /// When wolkvox answered.
    pub as_of: Timestamp,
    /// wolkvox's own count of matches, where it gave one.
    pub upstream_total: Option<u64>,
    /// Whether `rows` are all the matches.
    pub complete: bool,
    /// The failure that ended the fetching early.
    pub cut_short: Option<Error>,
    /// Records that came without any value; they are not in `rows`.
    pub blank: usize,
}

impl Found {
    /// Returns whether it takes long to drop it.
    pub fn is_large(&self) -> bool {
        is_large(self.rows.iter().map(|row| &row.record))
    }

    /// Returns how many records came.
    fn fetched(&self) -> usize {
        self.rows.len() + self.blank
    }

    /// Returns wolkvox's own count, if there are matches that were not fetched and it can be true.
    fn announced(&self) -> Option<u64> {
        self.upstream_total.filter(|total| !self.complete && *total > self.fetched() as u64)
    }

    /// Returns the failure where nothing matches in what was fetched, and there is more: what ended
    /// the fetching, or the limit of pages.
    fn incomplete(&self) -> Error {
        let limit = || Error::Incomplete { fetched: self.fetched(), total: self.announced() };
        self.cut_short.clone().unwrap_or_else(limit)
    }
}

/// What was searched, for hints. The value itself never gets into an answer.
#[derive(Clone, Copy, Debug)]
pub struct Searched<'a> {
    /// Field that was searched.
    pub field: &'a str,
    /// Value that was looked for.
    pub value: &'a str,
}

/// Whether something matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Records matched.
    Found,
    /// The look-up was made and nothing matched.
    None,
}

/// The answer to one look-up. The doc comments become the tool's output schema, where each word
/// costs every conversation a token.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// `none`: looked up, no match
    pub outcome: Outcome,
    /// Matches in the dates asked for
    pub total: u64,
    /// Records that came, if `incomplete`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched: Option<u64>,
    /// When wolkvox answered, UTC
    pub as_of: String,
    /// Matches without a readable date
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<u64>,
    /// wolkvox has more than was fetched
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<bool>,
    /// What to do or mind
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Fields that all `records` shown share
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<Record>,
    /// Newest first, without the `common` fields
    pub records: Vec<Record>,
    /// `offset` of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
    /// Over all matches, when not all are in `records`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Fictitious data
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

impl Answer {
    /// Creates the answer to one look-up for one view. What is shown is masked; what is compared and
    /// counted is not.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a column that no record has and the table of fields neither;
    /// [`Error::Incomplete`], or what ended the fetching, if nothing matches and there are records
    /// that were not fetched.
    pub fn new(
        found: &Found,
        searched: Searched<'_>,
        view: &View,
        mask: &Mask,
    ) -> Result<Self, Error> {
        let matches = view.matches(&found.rows);
        let chosen = view.columns.resolve(&found.rows)?;
        if !found.complete && (matches.rows.is_empty() || matches.is_undecided) {
            return Err(found.incomplete());
        }
        let mut answer = page::fitting(found, &matches, &chosen, view, mask);
        let hints = hint::hints(found, &matches, &answer, searched, view, mask);
        if !hints.is_empty() {
            answer.hint = Some(hints.join(" "));
        }
        Ok(answer)
    }
}

impl JsonSchema for Outcome {
    fn schema_name() -> Cow<'static, str> {
        "Outcome".into()
    }

    /// One list of names instead of a description for each, to save tokens.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": [Self::Found, Self::None] })
    }
}
