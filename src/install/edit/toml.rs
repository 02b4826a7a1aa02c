//! Changes Codex's TOML.

use toml_edit::{
    Array, Decor, DocumentMut, InlineTable, Item, Key, RawString, Table, TableLike, Value, value,
};

use super::{ARGUMENTS, COMMAND, VARIABLES, line_of};
use crate::error::Malformed;
use crate::install::entry::{Entry, ServerName, is_kept};
use crate::install::installed::InstalledEntry;
use crate::install::{ClientKind, secret};
use crate::settings::Setting;

const SERVERS: &str = "mcp_servers";
/// Names of variables that Codex passes on.
const PASSED_ON: &str = "env_vars";
const URL: &str = "url";
/// The name of the variable that holds the token of a server.
const BEARER: &str = "bearer_token_env_var";
const SERVERS_HEADERS: &str = "http_headers";

pub(super) fn add(text: &str, entry: &Entry, is_own: bool) -> Result<String, Malformed> {
    let mut document = parse(text)?;
    let servers = document
        .entry(SERVERS)
        .or_insert_with(|| {
            let mut servers = Table::new();
            servers.set_implicit(true);
            Item::Table(servers)
        })
        .as_table_like_mut()
        .ok_or_else(|| Malformed::NoTable(SERVERS.to_owned()))?;
    let name = entry.name.as_str();
    if !is_own {
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

/// Takes the entry out; comments above it stay. The table of servers stays if it has a line of its
/// own.
pub(super) fn remove(text: &str, name: &ServerName) -> Result<Option<String>, Malformed> {
    let mut document = parse(text)?;
    let name = name.as_str();
    let servers = document.get_mut(SERVERS).and_then(Item::as_table_like_mut);
    let Some(servers) = servers else { return Ok(None) };
    let Some(entry) = servers.get(name) else { return Ok(None) };
    let table = entry.as_table();
    let decor = match table {
        Some(table) => Some(table.decor()),
        None => servers.key(name).map(Key::leaf_decor),
    };
    let above = decor.and_then(Decor::prefix).and_then(RawString::as_str).unwrap_or_default();
    let above = above.contains('#').then(|| above.to_owned());
    let position = table.and_then(Table::position);
    let next_key = servers.iter().map(|(key, _)| key).skip_while(|key| *key != name).nth(1);
    let next_key = next_key.filter(|_| table.is_none()).map(str::to_owned);
    servers.remove(name);
    if let Some(above) = above {
        match next_key.and_then(|key| servers.key_mut(&key).map(|it| (key, it))) {
            Some((_, mut key)) => put_above(key.leaf_decor_mut(), &above),
            None => put_below(&mut document, position, &above),
        }
    }
    Ok(Some(with_line_ends_of(text, &document)))
}

/// Puts comments above what they now precede.
fn put_above(decor: &mut Decor, comments: &str) {
    let there = decor.prefix().and_then(RawString::as_str).unwrap_or_default();
    decor.set_prefix(format!("{comments}{there}"));
}

/// Puts the comments of what stood in a position above the table that follows it, or at the end.
fn put_below(document: &mut DocumentMut, position: Option<isize>, comments: &str) {
    let next = position.and_then(|position| next_position(document.as_table(), position));
    let table = next.and_then(|next| table_at(document.as_table_mut(), next));
    match table {
        Some(table) => put_above(table.decor_mut(), comments),
        None => {
            let there = document.trailing().as_str().unwrap_or_default();
            let all = format!("{comments}{there}");
            document.set_trailing(all);
        }
    }
}

fn tables(item: &Item) -> Vec<&Table> {
    match item {
        Item::Table(table) => vec![table],
        Item::ArrayOfTables(tables) => tables.iter().collect(),
        _ => Vec::new(),
    }
}

/// Returns the position of the first table that stands behind a position.
fn next_position(table: &Table, after: isize) -> Option<isize> {
    let below = table.iter().flat_map(|(_, item)| tables(item));
    below
        .filter_map(|table| {
            let own = table.position().filter(|it| *it > after && !table.is_implicit());
            own.into_iter().chain(next_position(table, after)).min()
        })
        .min()
}

fn table_at(table: &mut Table, position: isize) -> Option<&mut Table> {
    let below = table.iter_mut().flat_map(|(_, item)| match item {
        Item::Table(table) => vec![table],
        Item::ArrayOfTables(tables) => tables.iter_mut().collect(),
        _ => Vec::new(),
    });
    below.into_iter().find_map(|table| {
        if table.position() == Some(position) && !table.is_implicit() {
            Some(table)
        } else {
            table_at(table, position)
        }
    })
}

/// Returns the entries that start a program or lead to a server.
pub(super) fn entries(text: &str) -> Result<Vec<InstalledEntry>, Malformed> {
    let document = parse(text)?;
    let servers = document.get(SERVERS).and_then(Item::as_table_like);
    let entries = servers.into_iter().flat_map(TableLike::iter);
    Ok(entries.filter_map(|(name, entry)| entry_of(name, entry)).collect())
}

fn entry_of(name: &str, entry: &Item) -> Option<InstalledEntry> {
    let entry = entry.as_table_like()?;
    let texts = |key| {
        let values = entry.get(key).and_then(Item::as_array).into_iter().flatten();
        values.map(shown).collect()
    };
    let text = |key| entry.get(key).and_then(Item::as_str);
    let variables = entry.get(VARIABLES).and_then(Item::as_table_like);
    let variables = variables.into_iter().flat_map(TableLike::iter);
    let (command, url) = (text(COMMAND), text(URL));
    let mut passed_on: Vec<String> = texts(PASSED_ON);
    passed_on.extend(text(BEARER).map(str::to_owned));
    let headers = entry.get(SERVERS_HEADERS).and_then(Item::as_table_like);
    let headers = headers.into_iter().flat_map(TableLike::iter);
    Some(InstalledEntry {
        name: name.to_owned(),
        command: command.or(url.map(|_| ""))?.to_owned(),
        arguments: texts(ARGUMENTS),
        environment: variables
            .filter_map(|(name, value)| Some((name.to_owned(), shown(value.as_value()?))))
            .collect(),
        passed_on,
        url: url.map(str::to_owned),
        headers: headers
            .filter_map(|(name, value)| Some((name.to_owned(), shown(value.as_value()?))))
            .collect(),
    })
}

/// Returns the tokens of this program that stand anywhere in the text.
pub(super) fn tokens(text: &str) -> Vec<String> {
    parse(text).map(|document| tokens_in(document.as_table())).unwrap_or_default()
}

fn tokens_in(table: &dyn TableLike) -> Vec<String> {
    let mut found = Vec::new();
    for (name, item) in table.iter() {
        let is_token = secret::is_token_name(name);
        found.extend(
            item.as_str().filter(|it| is_token && secret::is_secret(it)).map(str::to_owned),
        );
        found.extend(item.as_table_like().into_iter().flat_map(tokens_in));
        found.extend(tables(item).into_iter().flat_map(|table| tokens_in(table)));
        let values = item.as_array().into_iter().flatten().filter_map(Value::as_inline_table);
        found.extend(values.flat_map(|table| tokens_in(table)));
    }
    found
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn parse(text: &str) -> Result<DocumentMut, Malformed> {
    if is_mixed(text) {
        return Err(Malformed::MixedLineEnds);
    }
    text.parse().map_err(|problem: toml_edit::TomlError| {
        let line = line_of(text, problem.span().map_or(0, |span| span.start));
        Malformed::NotToml { line }
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

/// Writes what we know, and leaves what the person or Codex added.
fn fill(table: &mut dyn TableLike, entry: &Entry) {
    if let Some(remote) = entry.native(ClientKind::Codex) {
        for key in [COMMAND, ARGUMENTS, VARIABLES, PASSED_ON] {
            table.remove(key);
        }
        set(table, URL, remote.url.as_str().into());
        if remote.has_token {
            set(table, BEARER, Setting::CallerToken.variable().into());
        } else {
            table.remove(BEARER);
        }
        return;
    }
    for key in [URL, BEARER, SERVERS_HEADERS] {
        table.remove(key);
    }
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
