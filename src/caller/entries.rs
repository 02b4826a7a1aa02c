//! Reads the file of callers: TOML with a table `[[callers]]` for each (pure).

use std::collections::HashSet;

use jiff::Timestamp;
use toml_edit::{Document, Item, Table, Value};

use super::expiry::moment;
use super::token::{TokenDigest, from_hex};
use crate::error::{CallerProblem, CallersErrorKind};

/// The list of tables.
pub(super) const CALLERS: &str = "callers";
const KEYS: [&str; 5] = ["name", "sha256", "role", "created", "expires"];
/// A longer name is none.
const LONGEST_NAME: usize = 128;

/// A caller as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What tells the caller from the others.
    pub name: String,
    /// The role's name.
    pub role: Option<String>,
    /// When the token was made.
    pub created: Option<Timestamp>,
    /// From when on the token is refused.
    pub expires: Option<Timestamp>,
    pub(super) digest: TokenDigest,
}

impl Entry {
    /// Returns whether the caller is no longer let in.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|then| then <= now)
    }
}

/// Returns whether a text can be a caller's name. It stands in lines of the log and the audit.
pub(super) fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

/// Reads every caller of a file.
///
/// # Errors
///
/// The first thing that is wrong, and its line.
pub(super) fn parse(text: &str) -> Result<Vec<Entry>, CallersErrorKind> {
    let at = |start: Option<usize>, problem| {
        let before = text.bytes().take(start.unwrap_or_default());
        let line = before.filter(|byte| *byte == b'\n').count() + 1;
        CallersErrorKind::Malformed { line, problem }
    };
    let document = Document::parse(text)
        .map_err(|problem| at(problem.span().map(|span| span.start), CallerProblem::NotToml))?;
    let root = document.as_table();
    let start = |table: &Table, key: &str| {
        let key = table.key(key).and_then(toml_edit::Key::span);
        key.or_else(|| table.span()).map(|span| span.start)
    };
    if let Some((key, _)) = root.iter().find(|(key, _)| *key != CALLERS) {
        return Err(at(start(root, key), CallerProblem::NotCallers));
    }
    let tables = match root.get(CALLERS) {
        None => return Ok(Vec::new()),
        Some(Item::Value(Value::Array(list))) if list.is_empty() => return Ok(Vec::new()),
        Some(item) => item
            .as_array_of_tables()
            .ok_or_else(|| at(start(root, CALLERS), CallerProblem::NotCallers))?,
    };
    let mut entries: Vec<Entry> = Vec::new();
    let (mut names, mut digests) = (HashSet::new(), HashSet::new());
    for table in tables.iter() {
        let wrong = |(key, problem): (&str, CallerProblem)| at(start(table, key), problem);
        let entry = entry(table).map_err(wrong)?;
        if !names.insert(entry.name.clone()) {
            return Err(wrong(("name", CallerProblem::SameName(entry.name))));
        }
        if !digests.insert(entry.digest) {
            return Err(wrong(("sha256", CallerProblem::SameToken)));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// What is wrong, and with which key.
type Wrong<'a> = (&'a str, CallerProblem);

fn entry(table: &Table) -> Result<Entry, Wrong<'_>> {
    if let Some((key, _)) = table.iter().find(|(key, _)| !KEYS.contains(key)) {
        return Err((key, CallerProblem::UnknownKey(key.to_owned())));
    }
    let name = required(table, "name")?;
    if !is_name(&name) {
        return Err(("name", CallerProblem::Name));
    }
    let digest = required(table, "sha256")?;
    let digest = from_hex(digest.trim()).ok_or(("sha256", CallerProblem::Digest))?;
    Ok(Entry {
        name,
        digest,
        role: text(table, "role")?.filter(|role| !role.trim().is_empty()),
        created: time(table, "created")?,
        expires: time(table, "expires")?,
    })
}

fn text(table: &Table, key: &'static str) -> Result<Option<String>, Wrong<'static>> {
    match table.get(key) {
        None => Ok(None),
        Some(Item::Value(Value::String(text))) => Ok(Some(text.value().clone())),
        Some(_) => Err((key, CallerProblem::NotText(key))),
    }
}

fn required(table: &Table, key: &'static str) -> Result<String, Wrong<'static>> {
    text(table, key)?.ok_or((key, CallerProblem::Missing(key)))
}

/// Reads a time that TOML knows as one, or a text with one.
fn time(table: &Table, key: &'static str) -> Result<Option<Timestamp>, Wrong<'static>> {
    let text = match table.get(key) {
        None => return Ok(None),
        Some(Item::Value(Value::String(text))) => text.value().clone(),
        Some(Item::Value(Value::Datetime(time))) => time.value().to_string(),
        Some(_) => return Err((key, CallerProblem::Time(key))),
    };
    moment(text.trim()).map(Some).ok_or((key, CallerProblem::Time(key)))
}

#[cfg(test)]
mod tests {
    use super::super::token::{digest, hex};
    use super::*;

    fn caller(name: &str, token: &str, rest: &str) -> String {
        format!("[[callers]]\nname = '{name}'\nsha256 = '{}'\n{rest}\n", hex(&digest(token)))
    }

    #[track_caller]
    fn assert_refused(text: &str, line: usize, problem: CallerProblem) {
        assert_eq!(parse(text), Err(CallersErrorKind::Malformed { line, problem }), "{text}");
    }

    #[test]
    fn callers_are_read_with_times_in_any_notation() {
        let text = caller("ana", "a", "role = 'agent'\nexpires = 2030-01-31")
            + &caller(
                "bot@empresa",
                "b",
                "created = 2026-01-01T00:00:00-05:00\nexpires = '2030-01-31'",
            );
        let entries = parse(&text).expect("callers");
        let names: Vec<_> =
            entries.iter().map(|it| (it.name.as_str(), it.role.as_deref())).collect();
        assert_eq!(names, [("ana", Some("agent")), ("bot@empresa", None)]);
        let end = "2030-02-01T00:00:00Z".parse().ok();
        assert!(entries.iter().all(|entry| entry.expires == end));
        assert_eq!(entries[1].created, "2026-01-01T05:00:00Z".parse().ok());
    }

    #[test]
    fn a_file_without_callers_has_none() {
        for text in ["", "# nobody\n", "callers = []"] {
            assert_eq!(parse(text), Ok(Vec::new()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let ana = caller("ana", "a", "");
        assert_refused("[[callers]\n", 1, CallerProblem::NotToml);
        assert_refused("x = 1", 1, CallerProblem::NotCallers);
        assert_refused("[callers.ana]\nname = 'ana'", 1, CallerProblem::NotCallers);
        assert_refused("\n[[callers]]\nname = 'ana'", 2, CallerProblem::Missing("sha256"));
        assert_refused("[[callers]]\nname = 7", 2, CallerProblem::NotText("name"));
        assert_refused("[[callers]]\nname = ' ana'", 2, CallerProblem::Name);
        assert_refused("[[callers]]\nname = 'ana'\nsha256 = 'a'", 3, CallerProblem::Digest);
        let key = CallerProblem::UnknownKey("expire".to_owned());
        assert_refused(&caller("ana", "a", "expire = 2030-01-31"), 4, key);
        for time in ["'soon'", "7", "2030-01-31T12:00:00"] {
            let text = caller("ana", "a", &format!("expires = {time}"));
            assert_refused(&text, 4, CallerProblem::Time("expires"));
        }
        let twice = CallerProblem::SameName("ana".to_owned());
        assert_refused(&format!("{ana}{}", caller("ana", "b", "")), 6, twice);
        assert_refused(&format!("{ana}{}", caller("eva", "a", "")), 7, CallerProblem::SameToken);
    }
}
