//! Finds the lines about a value: who asked for it, without the log holding it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::{Keys, hex};
use super::{line, read};
use crate::error::AuditError;

/// What to find: a value, of one kind or several.
#[derive(Clone, Debug)]
pub struct Search {
    keys: Keys,
    hashes: Vec<String>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The lines about the value, in the order of time.
    pub matches: Vec<Match>,
    /// Lines of the files.
    pub lines: usize,
    /// Those that may hide something.
    pub unchecked: Option<Unchecked>,
    /// Lines about the value whose seal does not fit.
    pub changed: usize,
    /// Files without any line.
    pub empty: Vec<PathBuf>,
}

/// Lines that were changed, written with another key, cut short, or are none of an audit log: whom
/// they were about cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchecked {
    /// How many there are.
    pub count: usize,
    /// The file of the first one.
    pub file: PathBuf,
    /// Its place there, counted from 1.
    pub line: u64,
}

/// A line about the value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the line's own members")]
pub struct Match {
    pub time: String,
    pub who: Who,
    pub client: Option<Client>,
    pub address: Option<String>,
    pub tenant: Option<String>,
    pub tool: String,
    subject: Option<String>,
    pub subject_kind: Option<String>,
    pub outcome: String,
    pub records: u64,
    pub request: String,
    /// The whole line.
    #[serde(skip)]
    pub whole: Value,
}

/// Who asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Who {
    pub id: String,
    pub name: Option<String>,
}

/// With what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    pub name: String,
    pub version: String,
}

impl Search {
    /// Begins a search for pairs of a kind and a value.
    pub fn new<'a>(keys: Keys, wanted: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let wanted = wanted.into_iter();
        let hashes = wanted.map(|(kind, value)| hex(&keys.subject(kind, value))).collect();
        Self { keys, hashes }
    }
}

/// Searches files, and checks every line's seal.
///
/// # Errors
///
/// If one cannot be read.
pub fn find(files: &[PathBuf], search: &Search) -> Result<Asked, AuditError> {
    let mut asked = Asked::default();
    for file in files {
        let before = asked.lines;
        read::lines(file, |number, text, _| {
            asked.lines += 1;
            let found = serde_json::from_slice::<Match>(text).ok();
            let is_sealed = line::read(text, &search.keys).is_some_and(|it| it.is_sealed);
            if !is_sealed || found.is_none() {
                let first = || Unchecked { count: 0, file: file.clone(), line: number };
                asked.unchecked.get_or_insert_with(first).count += 1;
            }
            let is_about = |it: &String| search.hashes.contains(it);
            if let Some(found) = found.filter(|it| it.subject.as_ref().is_some_and(is_about)) {
                asked.changed += usize::from(!is_sealed);
                let whole = serde_json::from_slice(text).unwrap_or_default();
                asked.matches.push(Match { whole, ..found });
            }
        })?;
        if asked.lines == before {
            asked.empty.push(file.clone());
        }
    }
    asked.matches.sort_by(|one, other| one.time.cmp(&other.time));
    Ok(asked)
}
