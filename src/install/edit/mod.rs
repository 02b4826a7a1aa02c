//! Changes a configuration's text: only our own entry, everything else byte for byte (pure).

mod inline;
mod json;
mod toml;

use super::ClientKind;
use super::entry::{Entry, ServerName};
use super::installed::InstalledEntry;
use super::own::Owner;
use super::secret;
use crate::language::Bilingual;

const BYTE_ORDER_MARK: char = '\u{feff}';
/// The key under which each entry names the program that the client is to start.
const COMMAND: &str = "command";
/// The key of the program's arguments.
const ARGUMENTS: &str = "args";
/// The key of the variables that the client sets.
const VARIABLES: &str = "env";

/// Adds the entry, or replaces it. An entry that starts this program keeps what it has beside
/// account and program: limits, masks, the client's own switches.
pub(super) fn add(
    client: ClientKind,
    text: &str,
    entry: &Entry,
    owner: &Owner,
) -> Result<String, Bilingual> {
    let (mark, text) = split_mark(text);
    let is_own = has_own(client, text, &entry.name, owner);
    let changed = match client {
        ClientKind::Codex => toml::add(text, entry, is_own)?,
        _ => json::add(client, text, entry, is_own)?,
    };
    Ok(format!("{mark}{changed}"))
}

/// Removes the entry; none if it is not there.
pub(super) fn remove(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Bilingual> {
    let (mark, text) = split_mark(text);
    let changed = match client {
        ClientKind::Codex => toml::remove(text, name)?,
        _ => json::remove(client, text, name)?,
    };
    Ok(changed.map(|changed| format!("{mark}{changed}")))
}

/// Returns the entries that start this program.
///
/// # Errors
///
/// Why the text cannot be read.
pub(super) fn ours(
    client: ClientKind,
    text: &str,
    owner: &Owner,
) -> Result<Vec<InstalledEntry>, Bilingual> {
    let (_, text) = split_mark(text);
    let mut entries = match client {
        ClientKind::Codex => toml::entries(text)?,
        _ => json::entries(client, text)?,
    };
    entries.retain(|entry| owner.owns(entry));
    Ok(entries)
}

/// Returns whether an entry of that name starts this program.
pub(super) fn has_own(client: ClientKind, text: &str, name: &ServerName, owner: &Owner) -> bool {
    ours(client, text, owner).is_ok_and(|ours| ours.iter().any(|it| it.name == name.as_str()))
}

/// Returns whether an entry of that name starts something else than this program.
pub(super) fn has_anothers(
    client: ClientKind,
    text: &str,
    name: &ServerName,
    owner: &Owner,
) -> bool {
    remove(client, text, name).is_ok_and(|it| it.is_some()) && !has_own(client, text, name, owner)
}

/// Returns the text without the entries whose command is this program. An entry that only looks
/// like one stays: it may be somebody's own.
pub(super) fn without_ours(client: ClientKind, text: &str, owner: &Owner) -> String {
    let mut rest = text.to_owned();
    for entry in ours(client, text, owner).unwrap_or_default() {
        if let Ok(name) = entry.name.parse()
            && owner.is_command(&entry.command)
            && let Ok(Some(without)) = remove(client, &rest, &name)
        {
            rest = without;
        }
    }
    rest
}

/// Masks this program's token, whoever wrote it there, and `token` anywhere.
pub(super) fn masked(client: ClientKind, text: &str, token: Option<&str>) -> String {
    let masked = secret::masked(text, token);
    match client {
        ClientKind::Codex => masked,
        _ => {
            let (mark, unmarked) = split_mark(&masked);
            json::masked(unmarked, token).map_or_else(|| masked.clone(), |it| format!("{mark}{it}"))
        }
    }
}

/// Returns whether a text holds no setting and no comment, at most the places for some.
pub(super) fn is_blank(client: ClientKind, text: &str) -> bool {
    let (_, text) = split_mark(text);
    let text = match client {
        ClientKind::Codex => text.to_owned(),
        _ => json::without_places(client, text),
    };
    text.chars().all(|letter| letter.is_whitespace() || "{}[]:,".contains(letter))
}

fn split_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (text.get(..BYTE_ORDER_MARK.len_utf8()).unwrap_or_default(), rest),
        None => ("", text),
    }
}

/// Returns the number of the line in which a byte stands.
fn line_of(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or_default().matches('\n').count() + 1
}
