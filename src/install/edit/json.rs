//! Changes the JSON of all clients but Codex: comments and trailing commas are in order, as VS Code
//! has them.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::{Value, json};

use super::{COMMAND, is_ours, line_of};
use crate::install::ClientKind;
use crate::install::entry::{Entry, ServerName};
use crate::language::{Bilingual, bilingual};

const INPUTS: &str = "inputs";

pub(super) fn add(client: ClientKind, text: &str, entry: &Entry) -> Result<String, Bilingual> {
    let root = parse(text)?;
    let top = root.object_value_or_create().ok_or_else(|| {
        bilingual!("it holds something else than an object", "contiene algo que no es un objeto")
    })?;
    let key = servers_key(client);
    is_sole(&top, key)?;
    let servers = top.object_value_or_create(key).ok_or_else(|| {
        bilingual!(
            "`{key}` holds something else than an object",
            "`{key}` contiene algo que no es un objeto"
        )
    })?;
    let name = &entry.name;
    is_sole(&servers, name.as_str())?;
    let there = servers.get(name.as_str());
    let before = there.as_ref().and_then(value_of);
    let wanted = entry.json(client, before.as_ref().filter(|before| starts_us(before)));
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
    Ok(changed + end)
}

/// Takes the entry out, with its prompt, and what it leaves empty.
pub(super) fn remove(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Bilingual> {
    let root = parse(text)?;
    let key = servers_key(client);
    let Some(top) = root.object_value() else { return Ok(None) };
    is_sole(&top, key)?;
    let Some(servers) = top.object_value(key) else { return Ok(None) };
    is_sole(&servers, name.as_str())?;
    let Some(entry) = servers.get(name.as_str()) else { return Ok(None) };
    let value = value_of(&entry);
    entry.remove();
    if servers.properties().is_empty()
        && let Some(property) = top.get(key)
    {
        property.remove();
    }
    if value.is_some_and(|value| asks_for(name, &value)) {
        drop_prompt(&root, &top, name);
    }
    Ok(Some(root.to_string()))
}

/// Returns the names of the entries that start this program.
pub(super) fn ours(client: ClientKind, text: &str) -> Vec<String> {
    let Ok(root) = parse(text) else { return Vec::new() };
    let servers = root.object_value().and_then(|top| top.object_value(servers_key(client)));
    let entries = servers.map(|servers| servers.properties()).unwrap_or_default();
    let ours = entries.iter().filter(|it| value_of(it).is_some_and(|it| starts_us(&it)));
    ours.filter_map(CstObjectProp::decoded_name).collect()
}

/// Returns the key of the servers.
const fn servers_key(client: ClientKind) -> &'static str {
    match client {
        ClientKind::VsCode => "servers",
        _ => "mcpServers",
    }
}

fn parse(text: &str) -> Result<CstRootNode, Bilingual> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text, &options).map_err(|problem| {
        // The library's own message quotes the file, which may hold other servers' secrets.
        let line = line_of(text, problem.range().start);
        bilingual!("it is not JSON; see line {line}", "no es JSON; vea la línea {line}")
    })
}

/// Refuses a key that stands there twice: clients differ in which one they read.
fn is_sole(object: &CstObject, key: &str) -> Result<(), Bilingual> {
    let named = object.properties().into_iter().filter_map(|it| it.decoded_name());
    match named.filter(|name| name == key).count() {
        0 | 1 => Ok(()),
        _ => Err(bilingual!("`{key}` stands there twice", "`{key}` está dos veces")),
    }
}

fn value_of(property: &CstObjectProp) -> Option<Value> {
    property.value()?.to_serde_value()
}

fn starts_us(entry: &Value) -> bool {
    entry.get(COMMAND).and_then(Value::as_str).is_some_and(is_ours)
}

/// Makes VS Code prompt for the token, once for all who refer to the same input.
fn add_prompt(top: &CstObject, name: &ServerName) -> Result<(), Bilingual> {
    let inputs = top.array_value_or_create(INPUTS).ok_or_else(|| {
        bilingual!(
            "`{INPUTS}` holds something else than a list",
            "`{INPUTS}` contiene algo que no es una lista"
        )
    })?;
    if !inputs.elements().iter().any(|node| is_prompt_of(name, node)) {
        inputs.append(input(json!({
            "type": "promptString",
            "id": name.input(),
            "description": "wolkvox: the CRM's internal token · el token interno del CRM",
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

/// Returns whether an entry refers to its prompt.
fn asks_for(name: &ServerName, entry: &Value) -> bool {
    entry.to_string().contains(&name.input_reference())
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
