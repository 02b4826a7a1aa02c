//! Changes a configuration's text: only our own entry, everything else byte for byte (pure).

#[cfg(test)]
mod examples;
mod inline;
mod json;
mod toml;

use super::ClientKind;
use super::client::Format;
use super::entry::{Entry, ServerName};
use super::installed::InstalledEntry;
use super::own::Owner;
use super::secret;
use crate::error::Malformed;

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
) -> Result<String, Malformed> {
    let (mark, text) = split_mark(text);
    let is_own = has_own(client, text, &entry.name, owner);
    let changed = match client.facts().format {
        Format::Toml => toml::add(text, entry, is_own)?,
        Format::Json => json::add(client, text, entry, is_own)?,
    };
    Ok(format!("{mark}{changed}"))
}

/// Removes the entry; none if it is not there.
pub(super) fn remove(
    client: ClientKind,
    text: &str,
    name: &ServerName,
) -> Result<Option<String>, Malformed> {
    let (mark, text) = split_mark(text);
    let changed = match client.facts().format {
        Format::Toml => toml::remove(text, name)?,
        Format::Json => json::remove(client, text, name)?,
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
) -> Result<Vec<InstalledEntry>, Malformed> {
    let (_, text) = split_mark(text);
    let mut entries = match client.facts().format {
        Format::Toml => toml::entries(text)?,
        Format::Json => json::entries(client, text)?,
    };
    entries.retain(|entry| owner.owns(entry));
    Ok(entries)
}

/// Returns the entries that start this program in one project's folder alone, each with the folder:
/// Claude Code keeps such ones in the user's file. None if the text is not in order.
pub(super) fn of_projects(
    client: ClientKind,
    text: &str,
    owner: &Owner,
) -> Vec<(String, InstalledEntry)> {
    let (_, text) = split_mark(text);
    let mut entries = match client {
        ClientKind::ClaudeCode => json::of_projects(client, text).unwrap_or_default(),
        _ => Vec::new(),
    };
    entries.retain(|(_, entry)| owner.owns(entry));
    entries
}

/// Returns whether an entry of that name starts this program.
pub(super) fn has_own(client: ClientKind, text: &str, name: &ServerName, owner: &Owner) -> bool {
    ours(client, text, owner).is_ok_and(|ours| ours.iter().any(|it| it.name == name.as_str()))
}

/// Returns whether there is an entry of that name.
pub(super) fn has(client: ClientKind, text: &str, name: &ServerName) -> bool {
    remove(client, text, name).is_ok_and(|it| it.is_some())
}

/// Returns whether an entry of that name starts something else than this program.
pub(super) fn has_anothers(
    client: ClientKind,
    text: &str,
    name: &ServerName,
    owner: &Owner,
) -> bool {
    has(client, text, name) && !has_own(client, text, name, owner)
}

/// Returns the text without the entries whose command is this program, or that lead to a team's
/// server. An entry that only looks
/// like one stays: it may be somebody's own.
pub(super) fn without_ours(client: ClientKind, text: &str, owner: &Owner) -> String {
    let mut rest = text.to_owned();
    for entry in ours(client, text, owner).unwrap_or_default() {
        if let Ok(name) = entry.name.parse()
            && (owner.is_command(&entry.command) || entry.url.is_some())
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
    match client.facts().format {
        // Behind escapes only a reader of TOML sees a token's name.
        Format::Toml => toml::tokens(&masked)
            .iter()
            .fold(masked, |text, token| text.replace(token, secret::MASKED)),
        Format::Json => {
            let (mark, unmarked) = split_mark(&masked);
            json::masked(unmarked, token).map_or_else(|| masked.clone(), |it| format!("{mark}{it}"))
        }
    }
}

/// Returns whether a text holds no setting and no comment, at most the places for some.
pub(super) fn is_blank(client: ClientKind, text: &str) -> bool {
    let (_, text) = split_mark(text);
    let text = match client.facts().format {
        Format::Toml => text.to_owned(),
        Format::Json => json::without_places(client, text),
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

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::install::TokenDelivery;

    fn entry(sandbox: bool) -> Entry {
        Entry {
            name: "wolkvox".parse().expect("a name"),
            command: "/bin/wolkvox-mcp".to_owned(),
            sandbox,
            settings: Vec::new(),
            token: TokenDelivery::Client,
            in_file: Vec::new(),
            remote: None,
        }
    }

    /// A client's file: its own settings, and perhaps servers, in one line or in many.
    fn files() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(json!(null)),
            Just(json!([])),
            Just(json!({})),
            any::<u32>().prop_map(Value::from),
            "[a-zñ{}\\[\\],:\"/ ]{0,8}".prop_map(Value::from),
        ];
        let object = prop::collection::btree_map("[a-z]{1,3}", leaf, 0..4);
        let key = prop_oneof![
            Just("mcpServers"),
            Just("servers"),
            Just("context_servers"),
            Just("inputs"),
            Just("other")
        ];
        let layouts = (object.clone(), key, object, 0..3u8);
        layouts.prop_map(|(settings, key, inner, layout)| {
            let mut file: Map<_, _> = settings.into_iter().collect();
            let inner = Value::Object(inner.into_iter().collect());
            file.insert(key.to_owned(), if key == "inputs" { json!([inner]) } else { inner });
            let file = Value::Object(file);
            match layout {
                0 => file.to_string(),
                1 => format!("{file:#}\n"),
                _ => format!("{file:#}\n").replace('\n', "\r\n"),
            }
        })
    }

    /// Takes away the empty places that stay behind.
    fn without_empty_places(text: &str) -> Value {
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        let members = value.as_object_mut().expect("an object");
        members.retain(|key, value| {
            !["mcpServers", "servers", "context_servers", "inputs"].contains(&key.as_str())
                || *value != json!({}) && *value != json!([])
        });
        value
    }

    #[test]
    fn a_token_behind_escapes_is_masked_too() {
        for (client, text) in [
            (ClientKind::Cursor, r#"{"a": {"WOLKVOX\u005fTOKEN": "FICTITIOUS"}}"#),
            (ClientKind::Cursor, r#"[{"name": "WOLKVOX_TOKEN", "value": "FICTITIOUS"}]"#),
            (ClientKind::Cursor, r#"{"args": ["WOLKVOX_TOKEN\u003dFICTITIOUS"]}"#),
            (ClientKind::Codex, r#"a = [{ "WOLKVOX\u005fTOKEN" = "FICTITIOUS" }]"#),
            (ClientKind::Codex, "[a.env]\n\"WOLKVOX\\u005fTOKEN\" = 'FICTITIOUS'\n"),
            (ClientKind::Codex, "[[a]]\n\"WOLKVOX\\u005fTOKEN\" = 'FICTITIOUS'\n"),
        ] {
            let masked = masked(client, text, None);
            assert!(!masked.contains("FICTITIOUS"), "{masked}");
            assert!(masked.contains(secret::MASKED), "{masked}");
        }
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_out_and_nothing_else_changes(
            text in files(),
            client in prop::sample::select(ClientKind::value_variants()),
            sandbox in any::<bool>(),
        ) {
            prop_assume!(client != ClientKind::Codex);
            let (entry, owner) = (entry(sandbox), Owner::default());
            let added = add(client, &text, &entry, &owner).expect("in order");
            prop_assert!(has_own(client, &added, &entry.name, &owner), "{}", added);
            prop_assert_eq!(&add(client, &added, &entry, &owner).expect("in order"), &added);
            prop_assert_eq!(added.contains('\n'), text.contains('\n'), "{}", added);
            let removed = remove(client, &added, &entry.name).expect("in order").expect("there");
            prop_assert_eq!(without_empty_places(&removed), without_empty_places(&text));
            prop_assert_eq!(removed.contains('\n'), text.contains('\n'), "{}", removed);
        }
    }
}
