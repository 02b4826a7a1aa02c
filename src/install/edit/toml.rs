//! Changes Codex's TOML.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::{COMMAND, is_ours, line_of};
use crate::install::ClientKind;
use crate::install::entry::{Entry, ServerName, is_kept};
use crate::language::{Bilingual, bilingual};

const SERVERS: &str = "mcp_servers";
const ARGUMENTS: &str = "args";
const VARIABLES: &str = "env";
/// Names of variables that Codex passes on.
const PASSED_ON: &str = "env_vars";

pub(super) fn add(text: &str, entry: &Entry) -> Result<String, Bilingual> {
    let mut document = parse(text)?;
    let servers = document
        .entry(SERVERS)
        .or_insert_with(|| {
            let mut servers = Table::new();
            servers.set_implicit(true);
            Item::Table(servers)
        })
        .as_table_like_mut()
        .ok_or_else(|| {
            bilingual!(
                "`{SERVERS}` holds something else than a table",
                "`{SERVERS}` contiene algo que no es una tabla"
            )
        })?;
    let name = entry.name.as_str();
    if !servers.get(name).is_some_and(starts_us) {
        let mut table = Table::new();
        // A table keeps its place, and the comment above it, when it is replaced.
        if let Some(there) = servers.get(name).and_then(Item::as_table) {
            *table.decor_mut() = there.decor().clone();
            table.set_position(there.position());
        }
        servers.insert(name, Item::Table(table));
    }
    if let Some(table) = servers.get_mut(name).and_then(Item::as_table_like_mut) {
        fill(table, entry);
    }
    Ok(with_line_ends_of(text, &document))
}

pub(super) fn remove(text: &str, name: &ServerName) -> Result<Option<String>, Bilingual> {
    let mut document = parse(text)?;
    let servers = document.get_mut(SERVERS).and_then(Item::as_table_like_mut);
    let Some(servers) = servers else { return Ok(None) };
    if servers.remove(name.as_str()).is_none() {
        return Ok(None);
    }
    if servers.is_empty() {
        document.remove(SERVERS);
    }
    Ok(Some(with_line_ends_of(text, &document)))
}

/// Returns the names of the entries that start this program.
pub(super) fn ours(text: &str) -> Vec<String> {
    let Ok(document) = parse(text) else { return Vec::new() };
    let Some(servers) = document.get(SERVERS).and_then(Item::as_table_like) else {
        return Vec::new();
    };
    let ours = servers.iter().filter(|(_, entry)| starts_us(entry));
    ours.map(|(name, _)| name.to_owned()).collect()
}

fn parse(text: &str) -> Result<DocumentMut, Bilingual> {
    if is_mixed(text) {
        return Err(bilingual!(
            "its lines end partly as on Windows, partly as elsewhere",
            "sus líneas terminan unas como en Windows y otras no"
        ));
    }
    text.parse().map_err(|problem: toml_edit::TomlError| {
        let line = line_of(text, problem.span().map_or(0, |span| span.start));
        bilingual!("it is not TOML; see line {line}", "no es TOML; vea la línea {line}")
    })
}

/// toml_edit writes plain line ends only, so a file that has both kinds would not stay as it is.
fn is_mixed(text: &str) -> bool {
    let windows = text.matches("\r\n").count();
    windows > 0 && windows < text.matches('\n').count()
}

fn with_line_ends_of(text: &str, document: &DocumentMut) -> String {
    let changed = document.to_string();
    if text.contains("\r\n") {
        changed.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        changed
    }
}

fn starts_us(entry: &Item) -> bool {
    let command = entry.as_table_like().and_then(|it| it.get(COMMAND)).and_then(Item::as_str);
    command.is_some_and(is_ours)
}

/// Writes what we know, and leaves what the person or Codex added.
fn fill(table: &mut dyn TableLike, entry: &Entry) {
    set(table, COMMAND, entry.command.as_str().into());
    set(table, ARGUMENTS, Array::from_iter(entry.arguments()).into());

    let there = table.get(PASSED_ON).and_then(Item::as_array);
    let kept = there.into_iter().flatten().filter_map(Value::as_str).filter(|it| is_kept(it));
    let mut passed_on: Vec<String> = kept.map(str::to_owned).collect();
    passed_on.extend(entry.passed_on().iter().map(|setting| setting.variable().to_owned()));
    if passed_on.is_empty() {
        drop(table.remove(PASSED_ON))
    } else {
        set(table, PASSED_ON, Array::from_iter(passed_on).into())
    }

    let variables = entry.variables(ClientKind::Codex);
    if table.get(VARIABLES).is_none_or(|it| !it.is_table_like()) {
        table.insert(VARIABLES, value(InlineTable::new()));
    }
    if let Some(there) = table.get_mut(VARIABLES).and_then(Item::as_table_like_mut) {
        let stale: Vec<String> = there
            .iter()
            .map(|(name, _)| name.to_owned())
            .filter(|name| {
                !is_kept(name) && !variables.iter().any(|(set, _)| set.variable() == name)
            })
            .collect();
        stale.iter().for_each(|name| drop(there.remove(name)));
        for (setting, text) in variables {
            set(there, setting.variable(), text.into());
        }
        if there.is_empty() {
            table.remove(VARIABLES);
        }
    }
}

/// Sets a value, unless it is there already: then its spacing and comment stay.
fn set(table: &mut dyn TableLike, key: &str, mut wanted: Value) {
    if let Some(there) = table.get(key).and_then(Item::as_value) {
        if is_same(there, &wanted) {
            return;
        }
        *wanted.decor_mut() = there.decor().clone();
    }
    table.insert(key, Item::Value(wanted));
}

/// Compares texts and lists of texts, all that we write.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.value() == other.value(),
        (Value::Array(one), Value::Array(other)) => {
            one.iter().map(Value::as_str).eq(other.iter().map(Value::as_str))
        }
        _ => false,
    }
}
