//! Changes a configuration's text: only our own entry, everything else byte for byte (pure).

mod json;
mod toml;

use super::ClientKind;
use super::entry::{Entry, ServerName};
use crate::language::Bilingual;

const BYTE_ORDER_MARK: char = '\u{feff}';
/// The key under which each entry names the program that the client is to start.
const COMMAND: &str = "command";

/// Adds the entry, or replaces it. An entry that starts this program keeps what it has beside
/// account and program: limits, masks, the client's own switches.
pub(super) fn add(client: ClientKind, text: &str, entry: &Entry) -> Result<String, Bilingual> {
    let (mark, text) = split_mark(text);
    let changed = match client {
        ClientKind::Codex => toml::add(text, entry)?,
        _ => json::add(client, text, entry)?,
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

/// Returns the text without any entry that starts this program; none if there is no such entry, or
/// if the text cannot be read.
pub(super) fn without_ours(client: ClientKind, text: &str) -> Option<String> {
    let (_, unmarked) = split_mark(text);
    let names = match client {
        ClientKind::Codex => toml::ours(unmarked),
        _ => json::ours(client, unmarked),
    };
    let mut rest = None;
    for name in names.iter().filter_map(|name| name.parse().ok()) {
        rest = remove(client, rest.as_deref().unwrap_or(text), &name).ok()?;
    }
    rest
}

/// Returns whether a text holds no setting and no comment.
pub(super) fn is_blank(text: &str) -> bool {
    let (_, text) = split_mark(text);
    text.chars().all(|letter| letter.is_whitespace() || "{}".contains(letter))
}

/// Returns whether an entry's command is this program, wherever it is installed.
fn is_ours(command: &str) -> bool {
    let file = command.rsplit(['/', '\\']).next().unwrap_or_default();
    file.strip_suffix(".exe").unwrap_or(file) == env!("CARGO_PKG_NAME")
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
