//! Turns records into the compact answer that an assistant reads (pure: no clock, no network).
//!
//! [`tidy`] makes rows of raw records, once for a look-up. [`Answer`] is made of them for one view:
//! which days, which columns, which page. [`ObligationAnswer`] is the answer about an obligation.

mod amount;
mod case_file;
mod channel;
mod classification;
mod counts;
mod dates;
mod distinct;
mod filter;
mod hint;
mod hints;
mod latest;
mod mask;
mod mask_list;
mod obligation;
mod page;
mod reader;
mod spelling;
mod suggestion;
mod summary;
mod tidy;
mod view;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::{Timestamp, ZonedDateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use self::page::Draft;

pub use self::amount::AmountParts;
pub use self::case_file::{MOST_OBLIGATIONS, NamedObligations};
pub use self::channel::{channel_in_words, channels_in_words};
pub use self::dates::read_day;
pub use self::filter::{Filters, Wanted};
pub use self::hints::Hints;
pub use self::latest::Latest;
pub use self::mask::Mask;
pub use self::obligation::{NotFound, ObligationAnswer};
pub use self::reader::Reader;
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
    /// Who reads the hints.
    pub reader: Reader,
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
    /// Logged attempts that match, answered or not
    pub total: u64,
    /// Records that came, if `incomplete`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched: Option<u64>,
    /// When wolkvox answered, in the call centre's time zone
    pub as_of: String,
    /// Matches without a readable date
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<u64>,
    /// wolkvox has more than was fetched
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<bool>,
    /// What to do or mind
    #[serde(skip_serializing_if = "Hints::is_empty")]
    #[schemars(default)]
    pub hint: Hints,
    /// Customers the matches belong to, if several
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u64>,
    /// Fields that all `records` shown share
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<Record>,
    /// Newest first, without the `common` fields
    pub records: Vec<Record>,
    /// `offset` of the next page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
    /// Records outside the dates and filters
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_matches: Option<u64>,
    /// Newest of all, dates and filters aside, if not in `records`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Latest>,
    /// Over all matches, also those not in `records`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Fictitious data
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

impl Answer {
    /// Creates the answer to one look-up for one view. What is shown is masked; what is compared and
    /// counted is not. `as_of` is when wolkvox answered, where the call centre is: its day is today.
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
        as_of: &ZonedDateTime,
    ) -> Result<Self, Error> {
        let matches = view.matches(&found.rows);
        let chosen = view.columns.resolve(&found.rows, searched.reader)?;
        if !found.complete && (matches.rows.is_empty() || matches.is_undecided) {
            return Err(found.incomplete());
        }
        let draft = Draft { found, matches: &matches, view, mask, as_of };
        let mut answer = draft.fitting(&chosen);
        let hints = hint::hints(found, &matches, &answer, searched, view, mask);
        answer.hint.extend(hints);
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
