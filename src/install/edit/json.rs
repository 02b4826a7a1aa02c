//! Changes the configurations that are JSON; comments and trailing commas are in order.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::{Value, json};

use super::{ARGUMENTS, COMMAND, VARIABLES, inline, line_of};
use crate::error::Malformed;
use crate::install::entry::{Entry, ServerName, is_kept};
use crate::install::installed::InstalledEntry;
use crate::install::remote::{AUTHORIZATION, HEADERS, KIND, URLS};
use crate::install::{ClientKind, RemoteEntry, secret};

const INPUTS: &str = "inputs";
/// Where Claude Code keeps what counts in one folder alone.
const PROJECTS: &str = "projects";

/// Adds the entry, or replaces it; of one that is our own only what is to change.
pub(super) fn add(
    client: ClientKind,
    text: &str,
    entry: &Entry,
    is_own: bool,
) -> Result<String, Malformed> {
    let root = parse(text)?;
    let top = root.object_value_or_create().ok_or(Malformed::NotAnObject)?;
    let key = client.facts().servers;
    is_sole(&top, key)?;
    let name = &entry.name;
    let (mut changed, mut before) = (root.to_string(), None);
    match top.get(key) {
        None => {
            let server = json!({ name.as_str(): entry.json(client) });
            changed = append(&changed, &[], key, server)?;
        }
        Some(servers) => {
            let servers =
                servers.object_value().ok_or_else(|| Malformed::NoObject(key.to_owned()))?;
            is_sole(&servers, name.as_str())?;
            match servers.get(name.as_str()) {
                None => changed = append(&changed, &[key], name.as_str(), entry.json(client))?,
                Some(there) => {
                    before = value_of(&there);
                    let mut missing = Vec::new();
                    match there.object_value().filter(|it| is_own && has_no_doubles(it)) {
                        Some(own) => missing = update(&own, client, entry),
                        None => there.set_value(input(entry.json(client))),
                    }
                    changed = root.to_string();
                    for Missing { within, name: missing, value } in missing {
                        let within = [key, name.as_str()].into_iter().chain(within);
                        changed = append(&changed, &within.collect::<Vec<_>>(), missing, value)?;
                    }
                }
            }
        }
    }
    if entry.prompts(client) {
        changed = with_prompt(changed, name)?;
    } else if before.is_some_and(|before| asks_for(name, &before)) {
        changed = without_prompt(changed, name)?;
    }
    let end = if text.trim().is_empty() && !changed.ends_with('\n') { "\n" } else { "" };
    Ok(changed + end)
}

/// Appends a property to the object below the given keys, which is there.
fn append(text: &str, within: &[&str], key: &str, value: Value) -> Result<String, Malformed> {
    if let Some(changed) = inline::append(text, within, key, &value) {
        return Ok(changed);
    }
    let root = parse(text)?;
    let top = root.object_value_or_set();
    let object = within.iter().fold(top, |object, key| object.object_value_or_set(key));
    object.append(key, input(value));
    Ok(root.to_string())
}

/// A property that an entry lacks.
struct Missing {
    /// The key of the object in the entry that lacks it, if not the entry itself.
    within: Option<&'static str>,
    name: &'static str,
    value: Value,
}

/// Writes what we know into our own entry, and leaves what the person or the client added, with
/// its numbers and comments as they stand. Returns what is to be appended.
fn update(own: &CstObject, client: ClientKind, entry: &Entry) -> Vec<Missing> {
    if let Some(remote) = entry.native(client) {
        return update_remote(own, client, remote);
    }
    for key in URLS.into_iter().chain([HEADERS]) {
        own.get(key).into_iter().for_each(CstObjectProp::remove);
    }
    let (kind, _) = client.facts().kinds;
    own.get(KIND).filter(|_| kind.is_none()).into_iter().for_each(CstObjectProp::remove);
    let mut wanted = vec![(COMMAND, json!(entry.command)), (ARGUMENTS, json!(entry.arguments()))];
    if let Some(kind) = kind {
        wanted.insert(0, (KIND, json!(kind)));
    }
    let variables = entry.variables(client).into_iter();
    let variables: Vec<_> =
        variables.map(|(it, text)| (it.variable(), Value::from(text))).collect();
    let there = own.get(VARIABLES);
    let Some((property, there)) =
        there.clone().and_then(|it| Some((it.clone(), it.object_value()?)))
    else {
        if variables.is_empty() {
            there.into_iter().for_each(CstObjectProp::remove);
        } else {
            let all = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
            wanted.push((VARIABLES, Value::Object(all.collect())));
        }
        return set(own, None, wanted);
    };
    for variable in there.properties() {
        let name = variable.decoded_name().unwrap_or_default();
        if !is_kept(&name) && !variables.iter().any(|(it, _)| *it == name) {
            variable.remove();
        }
    }
    if variables.is_empty() && is_empty(&there.clone().into()) {
        property.remove();
    }
    let mut missing = set(own, None, wanted);
    missing.extend(set(&there, Some(VARIABLES), variables));
    missing
}

/// Writes the way to a team's server into our own entry, and leaves what others added.
fn update_remote(own: &CstObject, client: ClientKind, remote: &RemoteEntry) -> Vec<Missing> {
    let wanted = remote.properties(client);
    let stale = [COMMAND, ARGUMENTS, VARIABLES, KIND].into_iter().chain(URLS);
    for key in stale.filter(|key| !wanted.iter().any(|(it, _)| it == key)) {
        own.get(key).into_iter().for_each(CstObjectProp::remove);
    }
    let mut missing = set(own, None, wanted);
    let header = remote.header(client).map(|header| (AUTHORIZATION, json!(header)));
    match (own.object_value(HEADERS), header) {
        (Some(there), Some(header)) => missing.extend(set(&there, Some(HEADERS), vec![header])),
        (None, Some((name, value))) => {
            missing.extend(set(own, None, vec![(HEADERS, json!({ name: value }))]));
        }
        (Some(there), None) => {
            there.get(AUTHORIZATION).into_iter().for_each(CstObjectProp::remove);
        }
        (None, None) => {}
    }
    missing
}

/// Sets the values that are there and differ, and returns those that are not there.
fn set(
    object: &CstObject,
    within: Option<&'static str>,
    wanted: Vec<(&'static str, Value)>,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    for (name, value) in wanted {
        match object.get(name) {
            Some(property) if value_of(&property).as_ref() == Some(&value) => {}
            Some(property) => property.set_value(input(value)),
            None => missing.push(Missing { within, name, value }),
        }
    }
    missing
}

/// Returns whether an object or a list holds nothing, no comment either.
fn is_empty(node: &CstNode) -> bool {
    node.children().iter().all(|it| it.is_token() || it.is_whitespace() || it.is_newline())
}

/// Takes the entry out, with its prompt. The place for servers stays: it may have been there.
pub(super) fn remove(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Malformed> {
    let root = parse(text)?;
    let key = client.facts().servers;
    let Some(top) = root.object_value() else { return Ok(None) };
    is_sole(&top, key)?;
    let Some(servers) = top.object_value(key) else { return Ok(None) };
    is_sole(&servers, name.as_str())?;
    let Some(entry) = servers.get(name.as_str()) else { return Ok(None) };
    let value = value_of(&entry);
    entry.remove();
    let changed = root.to_string();
    Ok(Some(if value.is_some_and(|value| asks_for(name, &value)) {
        without_prompt(changed, name)?
    } else {
        changed
    }))
}

/// Returns the entries that start a program or lead to a server.
pub(super) fn entries(client: ClientKind, text: &str) -> Result<Vec<InstalledEntry>, Malformed> {
    let root = parse(text)?;
    Ok(root.object_value().map(|top| entries_in(client, &top)).unwrap_or_default())
}

/// Returns the entries that start a program in one project's folder alone, each with the folder.
pub(super) fn of_projects(
    client: ClientKind,
    text: &str,
) -> Result<Vec<(String, InstalledEntry)>, Malformed> {
    let root = parse(text)?;
    let projects = root.object_value().and_then(|top| top.object_value(PROJECTS));
    let projects = projects.iter().flat_map(CstObject::properties);
    let entries = projects.flat_map(|project| {
        let folder = project.decoded_name().unwrap_or_default();
        let entries = project.object_value().map(|it| entries_in(client, &it)).unwrap_or_default();
        entries.into_iter().map(move |entry| (folder.clone(), entry))
    });
    Ok(entries.collect())
}

fn entries_in(client: ClientKind, object: &CstObject) -> Vec<InstalledEntry> {
    let servers = object.object_value(client.facts().servers);
    let entries = servers.map(|servers| servers.properties()).unwrap_or_default();
    entries.iter().filter_map(entry_of).collect()
}

fn entry_of(property: &CstObjectProp) -> Option<InstalledEntry> {
    let value = value_of(property)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let arguments = value.get(ARGUMENTS).and_then(Value::as_array);
    let environment = value.get(VARIABLES).and_then(Value::as_object);
    let variables = environment.into_iter().flatten();
    let command = value.get(COMMAND).and_then(Value::as_str);
    let url = URLS.into_iter().find_map(|key| value.get(key)?.as_str());
    let headers = value.get(HEADERS).and_then(Value::as_object).into_iter().flatten();
    Some(InstalledEntry {
        name: property.decoded_name()?,
        command: command.or(url.map(|_| ""))?.to_owned(),
        arguments: arguments.into_iter().flatten().map(text).collect(),
        environment: variables.map(|(name, value)| (name.clone(), text(value))).collect(),
        passed_on: Vec::new(),
        url: url.map(str::to_owned),
        headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
    })
}

/// Returns the text without the keys under which entries and prompts stand.
pub(super) fn without_places(client: ClientKind, text: &str) -> String {
    let without = |text: String, key: &str| text.replace(&format!("\"{key}\""), "");
    [client.facts().servers, INPUTS].into_iter().fold(text.to_owned(), without)
}

/// Returns how the clients read JSON.
pub(super) const fn options() -> ParseOptions {
    ParseOptions {
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
    }
}

fn parse(text: &str) -> Result<CstRootNode, Malformed> {
    CstRootNode::parse(text, &options()).map_err(|problem| {
        // The library's own message quotes the file, which may hold other servers' secrets.
        let line = line_of(text, problem.range().start);
        Malformed::NotJson { line }
    })
}

/// Refuses a key that stands there twice: clients differ in which one they read.
fn is_sole(object: &CstObject, key: &str) -> Result<(), Malformed> {
    let named = object.properties().into_iter().filter_map(|it| it.decoded_name());
    match named.filter(|name| name == key).count() {
        0 | 1 => Ok(()),
        _ => Err(Malformed::Twice(key.to_owned())),
    }
}

fn has_no_doubles(object: &CstObject) -> bool {
    let keys = [COMMAND, ARGUMENTS, VARIABLES, HEADERS, KIND].into_iter().chain(URLS);
    keys.into_iter().all(|key| is_sole(object, key).is_ok())
}

fn value_of(property: &CstObjectProp) -> Option<Value> {
    property.value()?.to_serde_value()
}

/// Returns the input by which VS Code prompts for the token.
fn prompt(name: &ServerName) -> Value {
    json!({
        "type": "promptString",
        "id": name.input(),
        "description": "wolkvox: the CRM's internal token · el token interno del CRM",
        "password": true,
    })
}

/// Makes VS Code prompt for the token, once for all who refer to the same input.
fn with_prompt(text: String, name: &ServerName) -> Result<String, Malformed> {
    let root = parse(&text)?;
    let top = root.object_value_or_set();
    let Some(there) = top.get(INPUTS) else {
        return append(&text, &[], INPUTS, json!([prompt(name)]));
    };
    let inputs = there.array_value().ok_or_else(|| Malformed::NoList(INPUTS.to_owned()))?;
    let is_of_name = |node: &CstNode| {
        node.to_serde_value().is_some_and(|it| it.get("id").is_some_and(|id| *id == name.input()))
    };
    if inputs.elements().iter().any(is_of_name) {
        return Ok(text);
    }
    if let Some(changed) = inline::push(&text, INPUTS, &prompt(name)) {
        return Ok(changed);
    }
    inputs.append(input(prompt(name)));
    Ok(root.to_string())
}

/// Takes the prompt out, unless another server still refers to it, or somebody else wrote it.
fn without_prompt(text: String, name: &ServerName) -> Result<String, Malformed> {
    let root = parse(&text)?;
    let inputs = root.object_value().and_then(|top| top.array_value(INPUTS));
    let Some(inputs) = inputs.filter(|_| !text.contains(&name.input_reference())) else {
        return Ok(text);
    };
    let ours = inputs.elements().into_iter().filter(|it| it.to_serde_value() == Some(prompt(name)));
    ours.for_each(CstNode::remove);
    Ok(root.to_string())
}

/// Returns whether an entry refers to its prompt.
fn asks_for(name: &ServerName, entry: &Value) -> bool {
    entry.to_string().contains(&name.input_reference())
}

/// Masks the token where only a reader of JSON sees it: behind escapes, or as the value of a pair.
pub(super) fn masked(text: &str, token: Option<&str>) -> Option<String> {
    let root = parse(text).ok()?;
    mask(&root.value()?, false, token);
    Some(root.to_string())
}

fn mask(node: &CstNode, is_token: bool, token: Option<&str>) {
    if let Some(literal) = node.as_string_lit() {
        let text = literal.decoded_value().unwrap_or_default();
        let kept = if is_token && secret::is_secret(&text) {
            secret::MASKED.to_owned()
        } else {
            secret::masked(&text, token)
        };
        if kept != text {
            literal.set_raw_value(Value::from(kept).to_string());
        }
        return;
    }
    let is_name = secret::is_token_name;
    // As container tools have it: { "name": "WOLKVOX_TOKEN", "value": "…" }
    let is_pair = node.as_object().is_some_and(|it| {
        it.properties().iter().filter_map(value_of).any(|it| it.as_str().is_some_and(is_name))
    });
    for child in node.children_exclude_trivia_and_tokens() {
        match child.as_object_prop() {
            None => mask(&child, false, token),
            Some(property) => {
                let name = property.decoded_name().unwrap_or_default();
                let is_token = is_name(&name) || is_pair && name.eq_ignore_ascii_case("value");
                property.value().iter().for_each(|value| mask(value, is_token, token));
            }
        }
    }
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
