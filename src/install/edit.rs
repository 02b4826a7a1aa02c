//! Changes a configuration's text: only our own entry, everything else byte for byte (pure).

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::{Value, json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use super::ClientKind;
use super::entry::{Entry, ServerName};
use crate::language::{Text, text};

const BYTE_ORDER_MARK: char = '\u{feff}';
/// The key of the servers in Codex's TOML.
const SERVERS_IN_TOML: &str = "mcp_servers";
const INPUTS: &str = "inputs";

/// Adds the entry, or replaces it.
pub(super) fn add(client: ClientKind, text: &str, entry: &Entry) -> Result<String, Text> {
    match client {
        ClientKind::Codex => add_to_toml(text, entry),
        _ => add_to_json(client, text, entry),
    }
}

/// Removes the entry; none if it is not there.
pub(super) fn remove(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Text> {
    match client {
        ClientKind::Codex => remove_from_toml(text, name),
        _ => remove_from_json(client, text, name),
    }
}

/// Says whether two texts mean the same but for the entry, which only the first one has.
pub(super) fn is_same_but_for(
    client: ClientKind,
    with: &str,
    without: &str,
    name: &ServerName,
) -> bool {
    match client {
        ClientKind::Codex => {
            let meaning = |text: &str| -> Option<DocumentMut> { text.parse().ok() };
            let (Some(mut with), Some(mut without)) = (meaning(with), meaning(without)) else {
                return false;
            };
            for document in [&mut with, &mut without] {
                take_from_toml(document, name);
            }
            // Comments and order count too, blank lines at the end do not.
            with.to_string().trim_end() == without.to_string().trim_end()
        }
        _ => {
            let meaning = |text: &str| {
                let (_, text) = split_mark(text);
                let root = CstRootNode::parse(text, &ParseOptions::default()).ok()?;
                take_from_json(client, &root, name);
                let comments: Vec<String> = comments(text);
                Some((root.to_serde_value().unwrap_or_else(|| json!({})), comments))
            };
            meaning(with).is_some_and(|with| Some(with) == meaning(without))
        }
    }
}

/// Says whether a text holds no setting at all.
pub(super) fn is_empty(client: ClientKind, text: &str) -> bool {
    match client {
        ClientKind::Codex => text.trim().is_empty(),
        _ => {
            let (_, text) = split_mark(text);
            let root = CstRootNode::parse(text, &ParseOptions::default());
            comments(text).is_empty()
                && root
                    .is_ok_and(|root| root.to_serde_value().is_none_or(|value| value == json!({})))
        }
    }
}

/// Gives the lines that hold a comment, roughly: enough to notice that one was changed.
fn comments(text: &str) -> Vec<String> {
    let is_comment =
        |line: &&str| line.contains("//") || line.contains("/*") || line.contains("*/");
    // The entry before ours gets a comma behind it.
    let plain = |line: &str| line.trim().trim_end_matches(',').to_owned();
    text.lines().filter(is_comment).map(plain).collect()
}

/// Gives the key of the servers in a client's JSON.
const fn servers_key(client: ClientKind) -> &'static str {
    match client {
        ClientKind::VsCode => "servers",
        _ => "mcpServers",
    }
}

fn split_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (text.get(..BYTE_ORDER_MARK.len_utf8()).unwrap_or_default(), rest),
        None => ("", text),
    }
}

fn parse_json(text: &str) -> Result<CstRootNode, Text> {
    CstRootNode::parse(text, &ParseOptions::default()).map_err(|problem| {
        // The library's own message quotes the file, which may hold other servers' secrets.
        let before = text.get(..problem.range().start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        text!("it is not JSON; see line {line}", "no es JSON; vea la línea {line}")
    })
}

fn object(root: &CstRootNode) -> Result<CstObject, Text> {
    root.object_value_or_create().ok_or_else(|| {
        text!("it holds something else than an object", "contiene algo que no es un objeto")
    })
}

fn add_to_json(client: ClientKind, text: &str, entry: &Entry) -> Result<String, Text> {
    let (mark, text) = split_mark(text);
    let root = parse_json(text)?;
    let top = object(&root)?;
    let key = servers_key(client);
    let servers = top.object_value_or_create(key).ok_or_else(|| {
        text!(
            "`{key}` holds something else than an object",
            "`{key}` contiene algo que no es un objeto"
        )
    })?;
    let (name, wanted) = (&entry.name, entry.json(client));
    let there = servers.get(name.as_str());
    let before = there.as_ref().and_then(CstObjectProp::value).and_then(|it| it.to_serde_value());
    match there {
        Some(_) if before.as_ref() == Some(&wanted) => {}
        Some(there) => there.set_value(input(wanted)),
        None => drop(servers.append(name.as_str(), input(wanted))),
    }
    if entry.prompts(client) {
        add_prompt(&top, name)?;
    } else if before.is_some_and(|before| asks_for(name, &before)) {
        drop_prompt(&root, &top, name);
    }
    let changed = root.to_string();
    let end = if text.trim().is_empty() && !changed.ends_with('\n') { "\n" } else { "" };
    Ok(format!("{mark}{changed}{end}"))
}

/// Makes VS Code prompt for the token, once for all who refer to the same input.
fn add_prompt(top: &CstObject, name: &ServerName) -> Result<(), Text> {
    let inputs = top.array_value_or_create(INPUTS).ok_or_else(|| {
        text!(
            "`{INPUTS}` holds something else than a list",
            "`{INPUTS}` contiene algo que no es una lista"
        )
    })?;
    if !inputs.elements().iter().any(|node| is_prompt_of(name, node)) {
        inputs.append(input(json!({
            "type": "promptString",
            "id": name.input(),
            "description": "wolkvox: the CRM's internal token",
            "password": true,
        })));
    }
    Ok(())
}

/// Takes the prompt out, unless another server still refers to it.
fn drop_prompt(root: &CstRootNode, top: &CstObject, name: &ServerName) {
    if root.to_string().contains(&name.input_reference()) {
        return;
    }
    let Some(inputs) = top.array_value(INPUTS) else { return };
    let ours = inputs.elements().into_iter().filter(|node| is_prompt_of(name, node));
    ours.for_each(CstNode::remove);
    if inputs.elements().is_empty()
        && let Some(property) = top.get(INPUTS)
    {
        property.remove();
    }
}

fn is_prompt_of(name: &ServerName, node: &CstNode) -> bool {
    node.to_serde_value().is_some_and(|it| it.get("id").is_some_and(|id| *id == name.input()))
}

/// Says whether an entry refers to its prompt.
fn asks_for(name: &ServerName, entry: &Value) -> bool {
    entry.to_string().contains(&name.input_reference())
}

fn remove_from_json(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Text> {
    let (mark, text) = split_mark(text);
    let root = parse_json(text)?;
    if !take_from_json(client, &root, name) {
        return Ok(None);
    }
    Ok(Some(format!("{mark}{root}")))
}

/// Takes the entry out, with its prompt, and what it leaves empty.
fn take_from_json(client: ClientKind, root: &CstRootNode, name: &ServerName) -> bool {
    let Some(top) = root.object_value() else { return false };
    let key = servers_key(client);
    let Some(servers) = top.object_value(key) else { return false };
    let entry = servers.get(name.as_str());
    let value = entry.as_ref().and_then(CstObjectProp::value).and_then(|it| it.to_serde_value());
    let taken = entry.map(CstObjectProp::remove).is_some();
    if servers.properties().is_empty()
        && let Some(property) = top.get(key)
    {
        property.remove();
    }
    if value.is_some_and(|value| asks_for(name, &value)) {
        drop_prompt(root, &top, name);
    }
    taken
}

fn input(value: Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text),
        Value::Array(items) => CstInputValue::Array(items.into_iter().map(input).collect()),
        Value::Object(members) => CstInputValue::Object(
            members.into_iter().map(|(name, value)| (name, input(value))).collect(),
        ),
    }
}

fn parse_toml(text: &str) -> Result<DocumentMut, Text> {
    text.parse().map_err(|problem: toml_edit::TomlError| {
        let start = problem.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        text!("it is not TOML; see line {line}", "no es TOML; vea la línea {line}")
    })
}

fn add_to_toml(text: &str, entry: &Entry) -> Result<String, Text> {
    let (mark, text) = split_mark(text);
    let mut document = parse_toml(text)?;
    let servers = document
        .entry(SERVERS_IN_TOML)
        .or_insert_with(|| {
            let mut servers = Table::new();
            servers.set_implicit(true);
            Item::Table(servers)
        })
        .as_table_like_mut()
        .ok_or_else(|| {
            text!(
                "`{SERVERS_IN_TOML}` holds something else than a table",
                "`{SERVERS_IN_TOML}` contiene algo que no es una tabla"
            )
        })?;
    let mut table = Table::new();
    table.insert("command", value(entry.command.to_string_lossy().into_owned()));
    table.insert("args", value(Array::from_iter(entry.arguments())));
    let passed_on = entry.passed_on();
    if !passed_on.is_empty() {
        table.insert("env_vars", value(Array::from_iter(passed_on)));
    }
    let variables = entry.variables(ClientKind::Codex);
    if !variables.is_empty() {
        table.insert("env", value(InlineTable::from_iter(variables)));
    }
    let name = entry.name.as_str();
    let same = |item: &Item| {
        let plain = |text: String| text.split_whitespace().collect::<String>();
        item.as_table().is_some_and(|there| plain(there.to_string()) == plain(table.to_string()))
    };
    if !servers.get(name).is_some_and(same) {
        // A table keeps its place, and the comment above it, when it is replaced.
        if let Some(there) = servers.get(name).and_then(Item::as_table) {
            *table.decor_mut() = there.decor().clone();
            table.set_position(there.position());
        }
        servers.insert(name, Item::Table(table));
    }
    let changed = document.to_string();
    // toml_edit writes plain line ends; a file from Windows keeps its own.
    let changed = match text.contains("\r\n") {
        true => changed.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => changed,
    };
    Ok(format!("{mark}{changed}"))
}

fn remove_from_toml(text: &str, name: &ServerName) -> Result<Option<String>, Text> {
    let (mark, text) = split_mark(text);
    let mut document = parse_toml(text)?;
    Ok(take_from_toml(&mut document, name).then(|| format!("{mark}{document}")))
}

fn take_from_toml(document: &mut DocumentMut, name: &ServerName) -> bool {
    let Some(servers) = document.get_mut(SERVERS_IN_TOML).and_then(Item::as_table_like_mut) else {
        return false;
    };
    let taken = servers.remove(name.as_str()).is_some();
    if taken && servers.is_empty() {
        document.remove(SERVERS_IN_TOML);
    }
    taken
}
