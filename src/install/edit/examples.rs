//! Texts before and after a change, for what the properties of `tests` do not tell.

use serde_json::{Value, json};

use super::*;
use crate::install::TokenDelivery;
use crate::settings::Setting;

const OURS: &str = "/bin/wolkvox-mcp";

fn name() -> ServerName {
    "wolkvox".parse().expect("a name")
}

fn sandbox() -> Entry {
    Entry {
        name: name(),
        command: OURS.to_owned(),
        sandbox: true,
        settings: Vec::new(),
        token: TokenDelivery::Client,
        in_file: Vec::new(),
        remote: None,
    }
}

/// An entry with one variable.
fn account() -> Entry {
    let server = (Setting::Server, "crm0001.wolkvox.com".to_owned());
    let token = TokenDelivery::SettingsFile;
    Entry { sandbox: false, settings: vec![server], token, ..sandbox() }
}

fn added(client: ClientKind, text: &str, entry: &Entry) -> String {
    add(client, text, entry, &Owner::default()).expect("in order")
}

fn removed(client: ClientKind, text: &str) -> Option<String> {
    remove(client, text, &name()).expect("in order")
}

#[test]
fn our_own_entry_stays_as_it_stands_if_it_is_right_already() {
    for (client, text, entry) in [
        (
            ClientKind::Cursor,
            r#"{"mcpServers": {"wolkvox": {"command":  "/bin/wolkvox-mcp", "args": [ "--sandbox" ]}}}"#,
            sandbox(),
        ),
        (
            ClientKind::Cursor,
            r#"{"mcpServers": {"wolkvox": {"command": "/bin/wolkvox-mcp", "args": ["--sandbox"], "env": {"HTTPS_PROXY": "http://x"}}}}"#,
            sandbox(),
        ),
        (
            ClientKind::Cursor,
            "{\"mcpServers\": {\"wolkvox\": {\"command\": \"/bin/wolkvox-mcp\", \"args\": [], \"env\": {\n\"WOLKVOX_SERVER\": \"crm0001.wolkvox.com\" // ours\n}}}}",
            account(),
        ),
        (
            ClientKind::Codex,
            "[mcp_servers.wolkvox]\ncommand = '/bin/wolkvox-mcp'\nargs = [ \"--sandbox\" ] # play\nenv = { HTTPS_PROXY = 'http://x' }\n",
            sandbox(),
        ),
        (
            ClientKind::Codex,
            "[mcp_servers.wolkvox]\ncommand = '/bin/wolkvox-mcp'\nargs = [  ]\nenv_vars = ['PATH' ]\n\n[mcp_servers.wolkvox.env]\nWOLKVOX_SERVER = 'crm0001.wolkvox.com' # ours\n",
            account(),
        ),
    ] {
        assert_eq!(added(client, text, &entry), text);
    }
}

#[test]
fn an_entry_of_another_program_leaves_nothing_of_itself() {
    let json = r#"{"mcpServers": {"wolkvox": {"command": "other", "args": ["-x"], "env": {"A": "b"}, "cwd": "/x"}}}"#;
    let text = added(ClientKind::Cursor, json, &sandbox());
    let read: Value = serde_json::from_str(&text).expect("JSON");
    let entry = json!({ "command": OURS, "args": ["--sandbox"] });
    assert_eq!(read, json!({ "mcpServers": { "wolkvox": entry } }));

    let toml = "# above\n[mcp_servers.wolkvox]\ncommand = \"other\"\nstartup_timeout_sec = 9\n\n[mcp_servers.wolkvox.env]\nA = \"b\"\n\n[last]\na = 1\n";
    assert_eq!(
        added(ClientKind::Codex, toml, &sandbox()),
        "# above\n[mcp_servers.wolkvox]\ncommand = \"/bin/wolkvox-mcp\"\nargs = [\"--sandbox\"]\n\n[last]\na = 1\n"
    );
}

#[test]
fn what_our_own_entry_no_longer_needs_goes_and_the_rest_stays() {
    let json = r#"{"mcpServers": {"wolkvox": {"command": "/bin/wolkvox-mcp", "args": ["-x"], "env": {"WOLKVOX_TOKEN": "FICTITIOUS", "WOLKVOX_MASK": "personal"}}}}"#;
    let read: Value =
        serde_json::from_str(&added(ClientKind::Cursor, json, &account())).expect("JSON");
    let variables = json!({ "WOLKVOX_MASK": "personal", "WOLKVOX_SERVER": "crm0001.wolkvox.com" });
    let entry = json!({ "command": OURS, "args": [], "env": variables });
    assert_eq!(read, json!({ "mcpServers": { "wolkvox": entry } }));

    let toml = "[mcp_servers.wolkvox]\ncommand = \"/bin/wolkvox-mcp\"\nargs = [\"-x\"] # why\nenv_vars = [\"WOLKVOX_TOKEN\"]\nenv = { WOLKVOX_OPERATION = \"o\" }\nenabled = true\n";
    assert_eq!(
        added(ClientKind::Codex, toml, &sandbox()),
        "[mcp_servers.wolkvox]\ncommand = \"/bin/wolkvox-mcp\"\nargs = [\"--sandbox\"] # why\nenabled = true\n"
    );
}

#[test]
fn a_key_that_our_own_entry_has_twice_is_there_once() {
    let text = r#"{"mcpServers": {"wolkvox": {"command": "/bin/wolkvox-mcp", "args": ["--sandbox"], "command": "/bin/wolkvox-mcp"}}}"#;
    let text = added(ClientKind::Cursor, text, &sandbox());
    assert_eq!(text.matches("command").count(), 1, "{text}");
}

#[test]
fn only_a_new_file_gets_a_line_end() {
    for client in [ClientKind::Cursor, ClientKind::VsCode, ClientKind::Codex] {
        let text = added(client, "", &sandbox());
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
    }
    assert!(!added(ClientKind::Cursor, r#"{"a":1}"#, &sandbox()).contains('\n'));
}

#[test]
fn comments_above_an_entry_of_codex_stay_when_it_goes() {
    for (text, rest) in [
        (
            "a = 1\n\n# mine\n[mcp_servers.wolkvox]\ncommand = 'x'\n\n# last\n[last]\nb = 2\n",
            "a = 1\n\n# mine\n\n# last\n[last]\nb = 2\n",
        ),
        (
            "[first]\na = 1\n\n# mine\n[mcp_servers.wolkvox]\ncommand = 'x'\n# end\n",
            "[first]\na = 1\n\n# mine\n# end\n",
        ),
        (
            "# mine\n[mcp_servers.wolkvox]\ncommand = 'x'\n[[list]]\na = 1\n[[list.inner]]\nb = 2\n",
            "# mine\n[[list]]\na = 1\n[[list.inner]]\nb = 2\n",
        ),
        (
            "[[list]]\na = 1\n# mine\n[mcp_servers.wolkvox]\ncommand = 'x'\n[[list.inner]]\nb = 2\n[last]\n",
            "[[list]]\na = 1\n# mine\n[[list.inner]]\nb = 2\n[last]\n",
        ),
        (
            "[mcp_servers]\n# mine\nwolkvox = { command = 'x' }\nother = { command = 'y' }\n",
            "[mcp_servers]\n# mine\nother = { command = 'y' }\n",
        ),
        (
            "[mcp_servers]\nother = { command = 'y' }\n# mine\nwolkvox = { command = 'x' }\n",
            "[mcp_servers]\nother = { command = 'y' }\n# mine\n",
        ),
        ("[mcp_servers.wolkvox]\r\ncommand = 'x'\r\n[last]\r\n", "[last]\r\n"),
    ] {
        assert_eq!(removed(ClientKind::Codex, text).as_deref(), Some(rest), "{text}");
    }
    for text in ["", "a = 1\n", "[mcp_servers.other]\ncommand = 'x'\n"] {
        assert_eq!(removed(ClientKind::Codex, text), None);
    }
}

#[test]
fn a_file_is_blank_if_it_has_nothing_but_places() {
    for (client, text) in [
        (ClientKind::Cursor, ""),
        (ClientKind::Cursor, "\u{feff}{ }\n"),
        (ClientKind::Cursor, r#"{"mcpServers": {}}"#),
        (ClientKind::VsCode, r#"{"servers": {}, "inputs": []}"#),
        (ClientKind::Codex, "\n"),
    ] {
        assert!(is_blank(client, text), "{text}");
    }
    for (client, text) in [
        (ClientKind::Cursor, r#"{"servers": {}}"#),
        (ClientKind::Cursor, "{} // mine"),
        (ClientKind::Cursor, r#"{"mcpServers": {"a": {}}}"#),
        (ClientKind::Codex, "[mcp_servers]\n"),
        (ClientKind::Codex, "[\"inputs\"]\n"),
        (ClientKind::Codex, "# mine\n"),
    ] {
        assert!(!is_blank(client, text), "{text}");
    }
}

#[test]
fn an_entry_is_ours_or_anothers_or_not_there() {
    let owner = Owner::default();
    for (client, ours) in [
        (ClientKind::Cursor, r#"{"mcpServers": {"wolkvox": {"command": "/bin/wolkvox-mcp"}}}"#),
        (ClientKind::Codex, "[mcp_servers.wolkvox]\ncommand = '/bin/wolkvox-mcp'\n"),
    ] {
        let anothers = ours.replace(OURS, "other");
        let elsewhere = ours.replace("\"wolkvox\"", "\"else\"").replace(".wolkvox]", ".else]");
        let is = |text: &str| {
            let own = has_own(client, text, &name(), &owner);
            (own, has_anothers(client, text, &name(), &owner))
        };
        assert_eq!(is(ours), (true, false));
        assert_eq!(is(&anothers), (false, true));
        assert_eq!(is(&elsewhere), (false, false));
        assert_eq!(is("{[ broken"), (false, false));
        assert_eq!(without_ours(client, &anothers, &owner), anothers);
        assert!(is_blank(client, &without_ours(client, ours, &owner).replace("[mcp_servers]", "")));
        assert!(!without_ours(client, &elsewhere, &owner).contains(OURS));
    }
}

#[test]
fn an_error_is_told_with_its_line() {
    for (client, text, problem) in [
        (ClientKind::Cursor, "???", Malformed::NotJson { line: 1 }),
        (ClientKind::Cursor, "{\n  \"a\": 1,\n  ???\n}\n", Malformed::NotJson { line: 3 }),
        (ClientKind::Codex, "a = 1\nb = \n", Malformed::NotToml { line: 2 }),
        (ClientKind::Codex, "a = 1\r\nb = 2\n", Malformed::MixedLineEnds),
    ] {
        assert_eq!(add(client, text, &sandbox(), &Owner::default()), Err(problem), "{text}");
    }
    for text in ["a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n", "a = 1\r\n"] {
        assert!(added(ClientKind::Codex, text, &sandbox()).starts_with(text));
    }
}

#[test]
fn only_the_value_of_the_token_is_masked() {
    for text in [
        r#"{"value": "FICTITIOUS"}"#,
        r#"{"name": "A", "value": "FICTITIOUS"}"#,
        r#"[{"name": "WOLKVOX_TOKEN", "note": "FICTITIOUS"}]"#,
    ] {
        assert_eq!(masked(ClientKind::Cursor, text, None), text);
    }
    for text in ["a = 'FICTITIOUS'\n", "[a]\nWOLKVOX_TOKEN = '${X}'\n"] {
        assert_eq!(masked(ClientKind::Codex, text, None), text);
    }
}

#[test]
fn what_a_client_asks_for_is_not_expected_of_its_environment() {
    let entry = Entry { sandbox: false, ..sandbox() };
    for (client, expected) in [
        (ClientKind::Cursor, &[Setting::Server, Setting::Token][..]),
        (ClientKind::VsCode, &[Setting::Server]),
    ] {
        assert_eq!(entry.expected(client), expected);
    }
    assert_eq!(sandbox().expected(ClientKind::Cursor), []);
}
