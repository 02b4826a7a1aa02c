//! `wolkvox-mcp install` and `uninstall`: every client and scope, on files that are absent, empty,
//! rich, broken or read-only. Everything but our own entry stays byte for byte.

mod project;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::Authority;

const CLIENTS: [&str; 9] = [
    "claude-desktop",
    "claude-code",
    "vscode",
    "cursor",
    "codex",
    "gemini",
    "windsurf",
    "zed",
    "lm-studio",
];
/// Those that read no configuration of a project.
const WITHOUT_PROJECT: [&str; 3] = ["claude-desktop", "windsurf", "lm-studio"];
/// Those that fill in no variables of the environment.
const WITHOUT_VARIABLES: [&str; 3] = ["claude-desktop", "zed", "lm-studio"];

/// A home and a project folder of their own.
struct Machine {
    home: TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a folder") }
    }

    /// Runs the program in this home; gives the exit status and all that it printed.
    async fn run(&self, arguments: &[&str], more: &[(&str, &str)]) -> (Option<i32>, String) {
        self.run_as(env!("CARGO_BIN_EXE_wolkvox-mcp").as_ref(), arguments, more).await
    }

    /// Runs the program under another path, such as a link's.
    async fn run_as(
        &self,
        program: &Path,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> (Option<i32>, String) {
        let home = self.home.path().to_str().expect("a plain path");
        let environment =
            [&[("HOME", home), ("USERPROFILE", home), ("APPDATA", home)], more].concat();
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).env_clear().envs(environment).current_dir(home);
        let output = command.output().await.expect("runs");
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).expect("text"))
    }

    fn file(&self, client: &str, project: bool) -> PathBuf {
        let desktop =
            if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        self.home.path().join(match (client, project) {
            ("claude-desktop", _) => format!("{desktop}/Claude/claude_desktop_config.json"),
            ("claude-code", false) => ".claude.json".to_owned(),
            ("claude-code", true) => ".mcp.json".to_owned(),
            ("vscode", false) => format!("{desktop}/Code/User/mcp.json"),
            ("vscode", true) => ".vscode/mcp.json".to_owned(),
            ("cursor", _) => ".cursor/mcp.json".to_owned(),
            ("codex", _) => ".codex/config.toml".to_owned(),
            ("windsurf", _) => ".codeium/windsurf/mcp_config.json".to_owned(),
            ("zed", false) if cfg!(windows) => "Zed/settings.json".to_owned(),
            ("zed", false) => ".config/zed/settings.json".to_owned(),
            ("zed", true) => ".zed/settings.json".to_owned(),
            ("lm-studio", _) => ".lmstudio/mcp.json".to_owned(),
            _ => ".gemini/settings.json".to_owned(),
        })
    }

    /// Returns a text with this program and the home folder by short names.
    fn shortened(&self, text: &str) -> String {
        let home = self.home.path().to_str().expect("a plain path");
        text.replace(env!("CARGO_BIN_EXE_wolkvox-mcp"), "wolkvox-mcp").replace(home, "~")
    }

    fn write(&self, path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

fn backup(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.wolkvox-mcp-backup", path.display()))
}

/// Says whether every line of `part` stands in `whole`, in order, line ends included.
fn keeps_lines(whole: &str, part: &str) -> bool {
    let mut lines = whole.split_inclusive('\n');
    // A line that was the last of its block may have got a comma, the file's last one an end.
    let same = |one: &str, other: &str| {
        one == other
            || one.replace(',', "") == other.replace(',', "")
            || one.trim_end() == other && !other.ends_with('\n')
    };
    part.split_inclusive('\n').all(|line| lines.any(|it| same(it, line)))
}

/// Gives the arguments that choose a scope; none if the client has no such file.
fn scope(client: &str, project: bool) -> Option<&'static [&'static str]> {
    match (project, client) {
        (false, _) => Some(&[]),
        (true, client) if WITHOUT_PROJECT.contains(&client) => None,
        (true, _) => Some(&["--project"]),
    }
}

/// Files as people have them: comments, other servers, odd indentation, Windows line ends.
fn rich(client: &str) -> Vec<String> {
    let key = match client {
        "vscode" => "servers",
        "zed" => "context_servers",
        _ => "mcpServers",
    };
    let texts = match client {
        "codex" => vec![
            "# my settings\nmodel = \"o9\"   # the best\n\n[mcp_servers.other]\ncommand = 'other'\nargs = [ \"-x\",\"y\" ]\n\n[profiles.night]\nmodel = \"m\" # quiet\n".to_owned(),
            "model = \"o9\"\n".to_owned(),
        ],
        _ => vec![
            format!("{{\n    \"theme\" : \"dark\",\n    \"{key}\": {{\n        \"other\":   {{ \"command\": \"other\", \"args\": [ \"-x\" ] }}\n    }},\n    \"last\": [1,2,   3.50]\n}}\n"),
            format!("{{\n\t// my servers\n\t\"{key}\": {{\n\t\t\"other\": {{ \"command\": \"other\" }}, // keep\n\t\t/* and this */ \"more\": {{ \"command\": \"more\" }}\n\t}},\n\t\"a\": null\n}}"),
            format!("{{\"{key}\":{{\"other\":{{\"command\":\"other\"}}}},\"x\":\"é\"}}"),
            "{\n  \"theme\": \"dark\"\n}\n".to_owned(),
        ],
    };
    let windows = texts.iter().map(|text| text.replace('\n', "\r\n"));
    let marked = texts.iter().map(|text| format!("\u{feff}{text}"));
    texts.iter().cloned().chain(windows).chain(marked).collect()
}

#[tokio::test]
async fn on_an_absent_file_the_entry_starts_the_server_and_uninstall_leaves_nothing() {
    for client in CLIENTS {
        for project in [false, true] {
            let machine = Machine::new();
            let Some(scope) = scope(client, project) else {
                let install = ["install", client, "--sandbox", "--project"];
                let (status, said) = machine.run(&install, &[]).await;
                assert_eq!(status, Some(2), "{said}");
                assert!(said.contains("no configuration for a project"), "{said}");
                continue;
            };
            let install = [&["install", client, "--sandbox"], scope].concat();
            let (status, said) = machine.run(&install, &[]).await;
            assert_eq!(status, Some(0), "{client}: {said}");
            let file = machine.file(client, project);
            let text = read(&file);
            assert!(text.contains(env!("CARGO_BIN_EXE_wolkvox-mcp")) && text.contains("--sandbox"));
            let (_, said) = machine.run(&install, &[]).await;
            assert!(said.contains("was already set up"), "{client}: {said}");
            assert_eq!(read(&file), text, "{client}: a second run changes nothing");
            assert!(!backup(&file).exists());
            let uninstall = [&["uninstall", client], scope].concat();
            let (status, said) = machine.run(&uninstall, &[]).await;
            assert_eq!(status, Some(0), "{client}: {said}");
            assert!(!file.exists(), "{client}: {}", read(&file));
        }
    }
}

#[tokio::test]
async fn in_a_rich_file_everything_else_stays_byte_for_byte() {
    for client in CLIENTS {
        for project in [false, true] {
            let Some(scope) = scope(client, project) else { continue };
            // In another place the same is done to a file.
            let originals = rich(client).into_iter().take(if project { 1 } else { usize::MAX });
            for original in originals {
                stays_byte_for_byte(client, project, scope, &original).await;
            }
        }
    }
}

async fn stays_byte_for_byte(client: &str, project: bool, scope: &[&str], original: &str) {
    let machine = Machine::new();
    let file = machine.file(client, project);
    machine.write(&file, original);
    let install = [&["install", client, "--sandbox"], scope].concat();
    let uninstall = [&["uninstall", client], scope].concat();
    let (status, said) = machine.run(&install, &[]).await;
    assert_eq!(status, Some(0), "{client}: {said}\n{original}");
    let installed = read(&file);
    assert!(installed.contains("--sandbox"), "{installed}");
    let has_lines = original.contains('\n');
    assert!(!has_lines || keeps_lines(&installed, original), "{client}:\n{original}\n{installed}");
    let is_windows = |text: &str| text.matches("\r\n").count() == text.matches('\n').count();
    if original.contains("\r\n") {
        assert!(is_windows(&installed), "{client} mixes line ends:\n{installed:?}");
    }
    assert_eq!(read(&backup(&file)), original);
    machine.run(&install, &[]).await;
    assert_eq!(read(&file), installed, "{client}: a second run changes nothing");

    // Without the backup our entry is cut out of the text.
    fs::remove_file(backup(&file)).expect("removed");
    let (status, said) = machine.run(&uninstall, &[]).await;
    assert_eq!(status, Some(0), "{client}: {said}");
    let left = read(&file);
    assert!(!left.contains("wolkvox-mcp") && !left.contains("--sandbox"), "{left}");
    assert!(!has_lines || keeps_lines(&left, original), "{client}:\n{left:?}\n{original:?}");
    assert!(!original.contains("\r\n") || is_windows(&left), "{client}: {left:?}");

    // With it the file is what it was.
    machine.write(&file, original);
    machine.run(&install, &[]).await;
    let (_, said) = machine.run(&uninstall, &[]).await;
    assert!(said.contains("is back to what it was before"), "{client}: {said}\n{original}");
    assert_eq!(read(&file), original, "{client}");
    assert!(!backup(&file).exists());
}

#[tokio::test]
async fn after_several_installations_uninstall_still_gives_back_the_first_file() {
    let account = ["--server", "https://crm0001.wolkvox.com", "--token-file", "token.txt"];
    for client in CLIENTS {
        let first = ["install", client, "--sandbox"];
        let second = [&["install", client][..], &account].concat();
        let other = [&["install", client, "--name", "otro"][..], &account].concat();
        // Each way to write a file, each time with another text.
        let originals = rich(client);
        let texts = originals.len() / 3;
        let ways = (0..3).map(|way| Some(&originals[way * texts + way % texts]));
        for original in ways.chain([None]) {
            let machine = Machine::new();
            let file = machine.file(client, false);
            if let Some(original) = original {
                machine.write(&file, original);
            }
            machine.run(&first, &[]).await;
            for install in [&second, &other] {
                let (status, said) = machine.run(install, &[]).await;
                assert_eq!(status, Some(0), "{client}: {said}");
            }
            machine.run(&["uninstall", client], &[]).await;
            assert!(read(&file).contains("otro"), "{client}");
            machine.run(&["uninstall", client, "--name", "otro"], &[]).await;
            assert_eq!(fs::read_to_string(&file).ok().as_ref(), original, "{client}");
            assert!(!backup(&file).exists(), "{client}");
        }
    }
}

/// Whatever is changed by hand since the installation must not be lost by going back.
#[tokio::test]
async fn uninstall_goes_back_only_if_nothing_else_was_changed() {
    let original = "{\n  /* one\n  two */\n  \"n\": 12345678901234567890123,\n  \"a\": 1, // here\n  \"b\": 2\n}\n";
    for (from, to) in [
        ("two */", "three */"),
        ("0123,", "0124,"),
        ("\"a\": 1, // here\n  \"b\": 2", "\"b\": 2, // here\n  \"a\": 1"),
        ("// here", "// there"),
    ] {
        let machine = Machine::new();
        let file = machine.file("cursor", false);
        machine.write(&file, original);
        machine.run(&["install", "cursor", "--sandbox"], &[]).await;
        let installed = read(&file);
        assert!(installed.contains(from), "{from}: {installed}");
        machine.write(&file, &installed.replacen(from, to, 1));
        let (_, said) = machine.run(&["uninstall", "cursor"], &[]).await;
        assert!(said.contains("What was there before the installation of "), "{said}");
        let left = read(&file);
        assert!(left.contains(to) && !left.contains("--sandbox"), "{left}");
        assert_eq!(read(&backup(&file)), original);
    }
}

#[tokio::test]
async fn an_entry_of_another_program_is_replaced_only_by_force_and_comes_back() {
    for (client, original) in [
        (
            "cursor",
            "{\"mcpServers\": {\"wolkvox\": {\"command\": \"my-wrapper\", \"env\": {\"T\": \"x\"}}}}",
        ),
        ("codex", "[mcp_servers.wolkvox]\ncommand = \"my-wrapper\" # mine\ncwd = \"/x\"\n"),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        machine.write(&file, original);
        for command in [&["install", client, "--sandbox"][..], &["uninstall", client]] {
            let (status, said) = machine.run(command, &[]).await;
            assert_eq!(status, Some(2), "{client}: {said}");
            assert!(
                said.contains("does not start this program") && said.contains("--force"),
                "{said}"
            );
            assert_eq!(read(&file), original, "{client}");
            assert!(!backup(&file).exists(), "{client}");
        }
        machine.run(&["install", client, "--sandbox", "--force"], &[]).await;
        assert!(!read(&file).contains("my-wrapper"), "{}", read(&file));
        assert_eq!(read(&backup(&file)), original);
        machine.run(&["uninstall", client], &[]).await;
        assert_eq!(read(&file), original);
    }
}

#[tokio::test]
async fn what_was_added_to_our_entry_stays_when_it_is_installed_again() {
    for (client, from, to) in [
        ("gemini", "\"args\":", "\"trust\": true,\n      \"args\":"),
        ("gemini", "\"env\": {", "\"env\": {\n        \"WOLKVOX_MASK\": \"personal\","),
        ("codex", "args =", "startup_timeout_sec = 30 # slow disk\nargs ="),
        ("codex", "env = { ", "env = { WOLKVOX_MASK = \"personal\", "),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        let install = |server| {
            let token = ["--token-file", "token.txt", "--server", server];
            [&["install", client][..], &token].concat()
        };
        machine.run(&install("crm0001.wolkvox.com"), &[]).await;
        let added = read(&file).replacen(from, to, 1);
        assert_ne!(added, read(&file), "{client}: {added}");
        machine.write(&file, &added);
        machine.run(&install("crm0002.wolkvox.com"), &[]).await;
        let text = read(&file);
        let kept = ["\"trust\": true", "\"personal\"", "startup_timeout_sec = 30 # slow disk"];
        assert!(
            kept.iter().any(|kept| to.contains(kept) && text.contains(kept)),
            "{client}: {text}"
        );
        assert!(text.contains("crm0002") && !text.contains("crm0001"), "{client}: {text}");
    }
}

/// A backup that holds a token would outlive the configuration.
#[tokio::test]
async fn no_backup_ever_holds_a_token_that_was_written_here() {
    let token = ("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001");
    for client in CLIENTS {
        let machine = Machine::new();
        let file = machine.file(client, false);
        let server = ["--server", "crm0001.wolkvox.com"];
        let inline = [&["install", client, "--inline-token"][..], &server].concat();
        machine.run(&inline, &[token]).await;
        assert!(read(&file).contains(token.1), "{client}");
        let other = match client {
            "codex" => "\n[mcp_servers.other]\ncommand = \"x\"\n".to_owned(),
            _ => String::new(),
        };
        let with_other = match client {
            "codex" => read(&file) + &other,
            _ => read(&file).replacen('{', "{ \"other\": 1,", 1),
        };
        machine.write(&file, &with_other);
        machine.run(&["install", client, "--sandbox", "--name", "demo"], &[]).await;
        let kept = fs::read_to_string(backup(&file)).unwrap_or_default();
        assert!(!kept.contains(token.1), "{client}: {kept}");
        machine.run(&["uninstall", client], &[]).await;
        machine.run(&["uninstall", client, "--name", "demo"], &[]).await;
        assert!(!read(&file).contains(token.1), "{client}");
        let kept = fs::read_to_string(backup(&file)).unwrap_or_default();
        assert!(!kept.contains(token.1), "{client}: {kept}");
    }
}

#[tokio::test]
async fn a_link_in_the_backups_place_is_not_followed() {
    let machine = Machine::new();
    let (file, victim) = (machine.file("claude-code", true), machine.home.path().join("secret"));
    machine.write(&file, "{\"x\": 1}");
    machine.write(&victim, "precious");
    std::os::unix::fs::symlink(&victim, backup(&file)).expect("a link");
    machine.run(&["install", "claude-code", "--project", "--sandbox"], &[]).await;
    assert!(read(&file).contains("--sandbox"));
    assert_eq!(read(&victim), "precious");
    assert_eq!(read(&backup(&file)), "{\"x\": 1}");
}

#[tokio::test]
async fn in_vs_code_each_name_has_a_prompt_of_its_own() {
    let machine = Machine::new();
    let file = machine.file("vscode", false);
    let inputs = || {
        let json: Value = serde_json::from_str(&read(&file)).expect("JSON");
        let inputs = json["inputs"].as_array().cloned().unwrap_or_default();
        inputs.iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    machine.run(&["install", "vscode", "--server", "crm0001.wolkvox.com"], &[]).await;
    let other = ["install", "vscode", "--name", "prueba", "--server", "crm0002.wolkvox.com"];
    machine.run(&other, &[]).await;
    assert_eq!(inputs(), ["wolkvox-token", "prueba-token"]);
    machine.run(&["uninstall", "vscode", "--name", "prueba"], &[]).await;
    assert_eq!(inputs(), ["wolkvox-token"]);
    // Nothing asks for it any more.
    machine.run(&["install", "vscode", "--sandbox"], &[]).await;
    assert_eq!(inputs(), [""; 0]);
}

#[tokio::test]
async fn a_prompt_that_another_server_uses_stays() {
    let machine = Machine::new();
    let file = machine.file("vscode", false);
    machine.run(&["install", "vscode", "--server", "crm0001.wolkvox.com"], &[]).await;
    let with_copy = read(&file).replacen(
        "\"servers\": {",
        "\"servers\": {\n    \"copy\": { \"env\": { \"T\": \"${input:wolkvox-token}\" } },",
        1,
    );
    machine.write(&file, &with_copy);
    machine.run(&["uninstall", "vscode"], &[]).await;
    let json: Value = serde_json::from_str(&read(&file)).expect("JSON");
    assert_eq!(json["inputs"][0]["id"], "wolkvox-token");
    assert!(json["servers"].get("wolkvox").is_none() && json["servers"].get("copy").is_some());
}

#[tokio::test]
async fn what_changed_since_the_installation_survives_uninstall() {
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    machine.write(&file, "{\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }\n  }\n}\n");
    machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    let later = read(&file).replace("\"x\"", "\"later\"");
    machine.write(&file, &later);
    machine.run(&["uninstall", "cursor"], &[]).await;
    let left: Value = serde_json::from_str(&read(&file)).expect("JSON");
    assert_eq!(left["mcpServers"]["other"]["command"], "later");
    assert_eq!(left["mcpServers"].get("wolkvox"), None);
}

#[tokio::test]
async fn an_own_entry_is_replaced_and_another_name_stands_beside_it() {
    for client in CLIENTS {
        let machine = Machine::new();
        machine.run(&["install", client, "--sandbox"], &[]).await;
        let file = machine.file(client, false);
        let real =
            ["install", client, "--token-file", "token.txt", "--server", "crm0001.wolkvox.com"];
        let (status, said) = machine.run(&real, &[]).await;
        assert_eq!(status, Some(0), "{client}: {said}");
        let text = read(&file);
        assert!(!text.contains("--sandbox") && text.contains("crm0001.wolkvox.com"), "{text}");
        assert!(text.contains("WOLKVOX_TOKEN_FILE") && text.contains("/token.txt"), "{text}");
        let (_, _) = machine.run(&["install", client, "--sandbox", "--name", "prueba"], &[]).await;
        let text = read(&file);
        assert!(text.contains("prueba") && text.contains("crm0001"), "{client}: {text}");
    }
}

#[tokio::test]
async fn the_token_is_written_only_when_asked_for_and_with_a_warning() {
    let token = ("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001");
    for client in CLIENTS {
        let machine = Machine::new();
        let fills_in = !WITHOUT_VARIABLES.contains(&client);
        let server = if fills_in { &[][..] } else { &["--server", "crm0001.wolkvox.com"] };
        let print = [&["install", client, "--print"][..], server].concat();
        let (status, shown) = machine.run(&print, &[token]).await;
        assert!(!shown.contains(token.1), "{client}: {shown}");
        assert_eq!(status, Some(if fills_in { 0 } else { 2 }), "{shown}");
        let refers = match client {
            _ if !fills_in => "--token-file",
            "claude-code" => "\"${WOLKVOX_TOKEN}\"",
            "vscode" => "\"${input:wolkvox-token}\"",
            "cursor" | "windsurf" => "\"${env:WOLKVOX_TOKEN}\"",
            "codex" => "env_vars = [\"WOLKVOX_SERVER\", \"WOLKVOX_TOKEN\"]",
            _ => "\"$WOLKVOX_TOKEN\"",
        };
        assert!(shown.contains(refers), "{client}: {shown}");
        let inline = [&["install", client, "--inline-token"][..], server].concat();
        let (status, said) = machine.run(&inline, &[token]).await;
        assert_eq!(status, Some(0), "{client}: {said}");
        assert!(said.contains("Warning: the token is in"), "{said}");
        assert!(!said.contains(token.1), "{said}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_in_order_is_left_as_it_is() {
    let for_json = [
        "{\n  \"a\": 1,,\n}",
        "[1]",
        "{\"mcpServers\": 7, \"servers\": 7, \"context_servers\": 7}",
        "{\"a\": 1 \"b\": 2}",
        "{'a': 0x10}",
        "{\"mcpServers\": {}, \"mcpServers\": {}, \"servers\": {}, \"servers\": {}, \"context_servers\": 7}",
    ];
    let for_toml =
        ["[mcp_servers\n", "\"x\" = = 1", "mcp_servers = 7", "a = 1\r\nb = 2\n", "a = 1\na = 2"];
    for client in CLIENTS {
        for project in [false, true] {
            let Some(scope) = scope(client, project) else { continue };
            let texts = if client == "codex" { &for_toml[..] } else { &for_json };
            for broken in texts {
                let machine = Machine::new();
                let file = machine.file(client, project);
                machine.write(&file, broken);
                let install = [&["install", client, "--sandbox"], scope].concat();
                let (status, said) = machine.run(&install, &[]).await;
                assert_eq!(status, Some(2), "{client}: {broken}\n{said}");
                assert!(said.contains("left unchanged") && said.contains("--print"), "{said}");
                assert_eq!(read(&file), *broken, "{client}");
                assert!(!backup(&file).exists());
            }
            let machine = Machine::new();
            let file = machine.file(client, project);
            machine.write(&file, "");
            let install = [&["install", client, "--sandbox"], scope].concat();
            let (status, said) = machine.run(&install, &[]).await;
            assert_eq!(status, Some(0), "an empty file is in order: {said}");
        }
    }
}

#[tokio::test]
async fn a_read_only_file_is_left_as_it_is_and_so_is_what_is_no_file() {
    for client in CLIENTS {
        let original = rich(client).swap_remove(0);
        let machine = Machine::new();
        let file = machine.file(client, false);
        machine.write(&file, &original);
        let mut permissions = fs::metadata(&file).expect("a file").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).expect("set");
        let (status, said) = machine.run(&["install", client, "--sandbox"], &[]).await;
        assert_eq!(status, Some(2), "{client}");
        assert!(said.contains("read-only") && said.contains("--print"), "{client}: {said}");
        assert_eq!(read(&file), original, "{client}");
        assert!(!backup(&file).exists(), "{client}");

        let machine = Machine::new();
        fs::create_dir_all(machine.file(client, false)).expect("a folder");
        let (status, said) = machine.run(&["install", client, "--sandbox"], &[]).await;
        assert_eq!(status, Some(2), "{client}");
        assert!(said.contains("it is a folder"), "{client}: {said}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_with_a_second_name_is_never_cut_off_from_it() {
    for client in CLIENTS {
        let original = rich(client).swap_remove(0);
        let machine = Machine::new();
        let (file, second) = (machine.file(client, false), machine.home.path().join("second"));
        machine.write(&file, &original);
        fs::hard_link(&file, &second).expect("a hard link");
        let (status, said) = machine.run(&["install", client, "--sandbox"], &[]).await;
        assert_eq!(status, Some(2), "{client}: {said}");
        assert!(said.contains("hard link") && said.contains("--print"), "{client}: {said}");
        assert_eq!(read(&file), original, "{client}");
        assert!(!backup(&file).exists(), "{client}");

        fs::remove_file(&second).expect("removed");
        let (status, said) = machine.run(&["install", client, "--sandbox"], &[]).await;
        assert_eq!(status, Some(0), "{client}: {said}");
        let installed = read(&file);
        fs::hard_link(&file, &second).expect("a hard link");
        let (status, said) = machine.run(&["uninstall", client], &[]).await;
        assert_eq!(status, Some(2), "{client}: {said}");
        assert_eq!((read(&file), read(&second)), (installed.clone(), installed), "{client}");
    }
}

#[tokio::test]
async fn an_entry_that_counts_in_one_folder_alone_is_told_and_left() {
    let machine = Machine::new();
    let file = machine.file("claude-code", false);
    let (folder, other) = (r#"{"command": "/bin/wolkvox-mcp"}"#, r#"{"command": "other"}"#);
    let original = format!(
        r#"{{"projects": {{"/home/ana/crm": {{"mcpServers": {{"mine": {folder}, "theirs": {other}}}}}}}}}"#
    );
    machine.write(&file, &original);
    machine.run(&["install", "claude-code", "--sandbox"], &[]).await;
    for _ in 0..2 {
        let (status, said) = machine.run(&["uninstall", "claude-code"], &[]).await;
        assert_eq!(status, Some(0), "{said}");
        assert!(
            said.contains("`mine` is still there for the folder /home/ana/crm alone"),
            "{said}"
        );
        assert!(said.contains("claude mcp remove mine --scope local"), "{said}");
        assert!(!said.contains("theirs"), "{said}");
        assert_eq!(read(&file), original);
    }
}

#[tokio::test]
async fn a_link_stays_a_link_and_what_it_leads_to_is_emptied_at_the_end() {
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    let elsewhere = machine.home.path().join("dotfiles.json");
    machine.write(&elsewhere, "{}");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::os::unix::fs::symlink(&elsewhere, &file).expect("a link");
    machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    assert!(fs::symlink_metadata(&file).expect("a link").is_symlink());
    assert!(read(&elsewhere).contains("--sandbox"));
    fs::remove_file(backup(&file)).expect("removed");
    machine.run(&["uninstall", "cursor"], &[]).await;
    assert!(!read(&elsewhere).contains("--sandbox"), "{}", read(&elsewhere));
}

#[tokio::test]
async fn what_cannot_work_is_refused_before_anything_is_written() {
    let machine = Machine::new();
    for (arguments, reason) in [
        (&["install", "cursor", "--server", "evil.example"][..], "it is not a host"),
        (&["install", "cursor", "--inline-token"], "--inline-token needs WOLKVOX_TOKEN"),
        (&["install", "cursor", "--timeout", "20"], "it must be a time"),
        (&["install", "cursor", "--ca-file", "none.pem"], "it names a file that"),
        (&["install", "cursor", "--sandbox", "--name", ""], "letters, digits"),
        (&["install", "codex", "--sandbox", "--name", "a b.c"], "letters, digits"),
        (&["uninstall", "codex", "--name", "ñ"], "letters, digits"),
        (&["install", "claude-desktop", "--token-file", "token.txt"], "give --server"),
        (&["install", "cursor", "--sandbox", "--name", "__proto__"], "a meaning of its own"),
        (&["install", "codex", "--sandbox", "--name", "constructor"], "a meaning of its own"),
        (&["uninstall", "gemini", "--name", "toString"], "a meaning of its own"),
        (&["install", "netscape"], "possible values"),
    ] {
        let (status, said) = machine.run(arguments, &[]).await;
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(reason), "{said}");
    }
    assert_eq!(fs::read_dir(machine.home.path()).expect("a folder").count(), 0);
}

/// The client starts this program in a folder of its own choice.
#[tokio::test]
async fn files_are_written_with_their_whole_path_and_a_missing_token_file_is_told() {
    let machine = Machine::new();
    let authority = Authority::certify("crm0001.wolkvox.com");
    machine.write(&machine.home.path().join("ca.pem"), &authority.certificate);
    let install = [
        &["install", "cursor", "--token-file", "token.txt", "--ca-file", "ca.pem"][..],
        &["--audit", "audit-{pid}.jsonl", "--audit-key-file", "audit.key"],
    ];
    let install = install.concat();
    let (status, said) = machine.run(&install, &[]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("token.txt does not exist"), "{said}");
    let json: Value = serde_json::from_str(&read(&machine.file("cursor", false))).expect("JSON");
    let environment = &json["mcpServers"]["wolkvox"]["env"];
    for variable in
        ["WOLKVOX_TOKEN_FILE", "WOLKVOX_CA_FILE", "WOLKVOX_AUDIT", "WOLKVOX_AUDIT_KEY_FILE"]
    {
        let path = environment[variable].as_str().expect("a path");
        assert!(Path::new(path).is_absolute(), "{path}");
    }
    machine.write(&machine.home.path().join("token.txt"), "FICTITIOUS-TOKEN-0001");
    let (_, said) = machine.run(&install, &[]).await;
    assert!(!said.contains("token.txt"), "{said}");
}

#[tokio::test]
async fn with_the_sandbox_limits_are_written_and_the_account_is_not() {
    let machine = Machine::new();
    let install = ["install", "cursor", "--sandbox", "--mask", "personal", "--operation", "x"];
    machine.run(&install, &[("WOLKVOX_SERVER", "crm0001.wolkvox.com")]).await;
    let json: Value = serde_json::from_str(&read(&machine.file("cursor", false))).expect("JSON");
    let environment = json["mcpServers"]["wolkvox"]["env"].clone();
    let expected = serde_json::json!({ "WOLKVOX_OPERATION": "x", "WOLKVOX_MASK": "personal" });
    assert_eq!(environment, expected);
}

#[tokio::test]
async fn people_with_a_spanish_system_are_told_in_spanish() {
    let machine = Machine::new();
    let spanish = [("LANG", "es_CO.UTF-8")];
    let (_, said) = machine.run(&["install", "codex", "--sandbox"], &spanish).await;
    assert!(said.contains("Se agregó `wolkvox` a ~/.codex/config.toml"), "{said}");
    assert!(said.contains("Inicie codex de nuevo"), "{said}");
    let (_, said) = machine.run(&["uninstall", "codex"], &spanish).await;
    assert!(said.contains("se eliminó"), "{said}");
    machine.write(&machine.file("cursor", false), "{ broken");
    let (status, said) = machine.run(&["install", "cursor", "--sandbox"], &spanish).await;
    assert_eq!(status, Some(2));
    assert!(said.contains("no es JSON; vea la línea 1"), "{said}");
    let (_, said) = machine.run(&["install", "claude-desktop", "--lang", "es"], &[]).await;
    assert!(said.contains("indique --server"), "{said}");
    let (_, said) = machine.run(&["install", "cursor", "--name", "ñ"], &spanish).await;
    assert!(said.contains("letras, dígitos"), "{said}");
}

#[tokio::test]
async fn what_was_written_since_is_never_lost_at_uninstall() {
    let prompt =
        "{ \"id\": \"wolkvox-token\", \"type\": \"promptString\", \"description\": \"mine\" }";
    for (client, original, from, to) in [
        (
            "codex",
            "[mcp_servers]\n# none yet\n".to_owned(),
            "[mcp_servers]",
            "# IMPORTANT: written after\n[mcp_servers]",
        ),
        (
            "codex",
            "model = \"m\"\n".to_owned(),
            "[mcp_servers.wolkvox]",
            "# IMPORTANT: written after\n[mcp_servers.wolkvox]",
        ),
        (
            "codex",
            "[mcp_servers.a]\ncommand = \"a\"\n".to_owned(),
            "[mcp_servers.wolkvox]",
            "# IMPORTANT: written after\n[mcp_servers.wolkvox]",
        ),
        (
            "vscode",
            "{\n  \"a\": 1\n}\n".to_owned(),
            "\"servers\": {",
            "\"servers\": {\n    // IMPORTANT: written after",
        ),
        (
            "vscode",
            "{\n  \"servers\": {\n    // none yet\n  }\n}\n".to_owned(),
            "{\n  \"servers\"",
            "{\n  // IMPORTANT: written after\n  \"servers\"",
        ),
        (
            "cursor",
            "{\n  \"mcpServers\": {}\n}\n".to_owned(),
            "{\n  \"mcp",
            "{\n  // IMPORTANT: written after\n  \"mcp",
        ),
        (
            "vscode",
            format!("{{\n  \"inputs\": [\n    {prompt}\n  ]\n}}\n"),
            "{\n  \"inputs\"",
            "{\n  // IMPORTANT: written after\n  \"inputs\"",
        ),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        machine.write(&file, &original);
        let (status, said) =
            machine.run(&["install", client, "--server", "crm0001.wolkvox.com"], &[]).await;
        assert_eq!(status, Some(0), "{said}");
        let installed = read(&file);
        assert!(installed.contains(from), "{from}: {installed}");
        machine.write(&file, &installed.replacen(from, to, 1));
        let (_, said) = machine.run(&["uninstall", client], &[]).await;
        assert!(!said.contains("is back to what it was"), "{client}: {said}");
        let left = read(&file);
        assert!(!left.contains("crm0001"), "{client}: {left}");
        for kept in original.lines().chain(["IMPORTANT: written after"]) {
            assert!(left.contains(kept.trim_end_matches(['{', '}'])), "{client}: {kept}\n{left}");
        }
        assert_eq!(read(&backup(&file)), original, "{client}");
    }
}

#[tokio::test]
async fn a_one_line_file_stays_on_one_line() {
    for (client, original) in [
        ("cursor", "{\"a\":1}"),
        ("cursor", "{ \"a\": 1, \"mcpServers\": { \"other\": { \"command\": \"x\" } } }\n"),
        ("claude-code", "{\"mcpServers\":{},\"b\":[1,2]}"),
        ("vscode", "{\"inputs\":[],\"servers\":{\"o\":{\"command\":\"x\"}}}\r\n"),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        machine.write(&file, original);
        machine.run(&["install", client, "--sandbox"], &[]).await;
        let installed = read(&file);
        assert!(installed.contains("--sandbox"), "{installed}");
        assert_eq!(installed.lines().count(), 1, "{installed}");
        let server = ["install", client, "--server", "crm0001.wolkvox.com"];
        for install in [&server[..], &["install", client, "--sandbox"]] {
            machine.run(install, &[]).await;
            assert_eq!(read(&file).lines().count(), 1, "{}", read(&file));
        }
        assert_eq!(read(&file), installed);
        fs::remove_file(backup(&file)).expect("removed");
        machine.run(&["uninstall", client], &[]).await;
        assert_eq!(read(&file).lines().count(), 1, "{}", read(&file));
    }
}

/// What lies beside a configuration may have come with the project.
#[tokio::test]
async fn a_backup_that_this_program_did_not_write_is_never_restored() {
    for (client, theirs, planted) in [
        (
            "claude-code",
            "{\"mcpServers\": {\"wolkvox\": {\"command\": \"wolkvox-mcp\", \"args\": []}}}",
            "{\"mcpServers\": {\"wolkvox\": {\"command\": \"evil\"}}}",
        ),
        (
            "codex",
            "[mcp_servers.wolkvox]\ncommand = \"wolkvox-mcp\"\n",
            "[mcp_servers.wolkvox]\ncommand = \"evil\"\n",
        ),
    ] {
        for swapped in [false, true] {
            let machine = Machine::new();
            let file = machine.file(client, true);
            machine.write(&file, theirs);
            machine.write(&backup(&file), planted);
            machine.run(&["install", client, "--project", "--sandbox"], &[]).await;
            assert!(read(&file).contains("--sandbox"), "{}", read(&file));
            if swapped {
                machine.write(&backup(&file), planted);
            }
            let (_, said) = machine.run(&["uninstall", client, "--project"], &[]).await;
            assert!(!said.contains("is back to what it was"), "{said}");
            assert!(!fs::read_to_string(&file).unwrap_or_default().contains("evil"), "{client}");
        }
    }
}

/// Returns a folder that holds the program under a name. A hard link is at once ready to run, while
/// a copy may still be open for writing in another test's child.
fn program_as(name: &str) -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let program = folder.path().join(name);
    fs::hard_link(env!("CARGO_BIN_EXE_wolkvox-mcp"), program).expect("a hard link");
    folder
}

#[cfg(unix)]
#[tokio::test]
async fn a_renamed_program_knows_its_own_entries() {
    let token = [("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001")];
    for name in ["wolkvox-mcp-x86_64", "crm"] {
        for client in CLIENTS {
            let machine = Machine::new();
            let folder = program_as(name);
            let program = folder.path().join(name);
            let file = machine.file(client, false);
            for operation in ["uno", "dos"] {
                let server = ["--server", "crm0001.wolkvox.com", "--operation", operation];
                let install = [&["install", client, "--inline-token"][..], &server].concat();
                let (status, said) = machine.run_as(&program, &install, &token).await;
                assert_eq!(status, Some(0), "{name} {client}: {said}");
                assert!(!backup(&file).exists(), "{name} {client}");
            }
            // Under its own name, as after the next download.
            let (status, said) = machine.run(&["uninstall", client], &[]).await;
            assert_eq!(status, Some(0), "{name} {client}: {said}");
            assert!(!file.exists(), "{name} {client}: {}", read(&file));
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_entry_with_nothing_of_ours_but_its_command_is_known_by_what_was_written() {
    let (machine, folder) = (Machine::new(), program_as("crm"));
    let program = folder.path().join("crm");
    let (status, said) = machine.run_as(&program, &["install", "cursor", "--sandbox"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = machine.run(&["uninstall", "cursor"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(!machine.file("cursor", false).exists());
}

#[tokio::test]
async fn a_file_that_this_program_made_is_removed_also_if_somebody_laid_it_out_anew() {
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    machine.write(&file, &(read(&file) + "\n\n"));
    let (status, said) = machine.run(&["uninstall", "cursor"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(!file.exists(), "{}", read(&file));
}

#[tokio::test]
async fn the_backup_is_of_the_first_installation_until_the_entry_is_gone() {
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    machine.write(&file, "{\"a\": 1}");
    let install = ["install", "cursor", "--sandbox"];
    machine.run(&install, &[]).await;
    machine.write(&file, &read(&file).replace("\"a\": 1", "\"a\": 2"));
    machine.run(&install, &[("WOLKVOX_MASK", "personal")]).await;
    assert_eq!(read(&backup(&file)), "{\"a\": 1}");
    // Somebody took the entry out by hand: what is there now is what comes back.
    machine.write(&file, "{\"b\": 3}");
    machine.run(&install, &[]).await;
    machine.run(&["uninstall", "cursor"], &[]).await;
    assert_eq!(read(&file), "{\"b\": 3}");
    assert!(!backup(&file).exists());
}

#[tokio::test]
async fn a_program_that_only_begins_with_our_name_is_left_alone() {
    let original =
        "{\"mcpServers\": {\"wolkvox\": {\"command\": \"wolkvox-mcp-proxy-of-somebody-else\"}}}";
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    machine.write(&file, original);
    for command in ["install", "uninstall"] {
        let (status, said) = machine.run(&[command, "cursor", "--sandbox"], &[]).await;
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("--force"), "{said}");
        assert_eq!(read(&file), original);
    }
}

#[tokio::test]
async fn a_token_that_somebody_else_wrote_is_masked_in_the_backup() {
    let token = "FICTITIOUS-TOKEN-0001";
    for (client, original) in [
        (
            "claude-code",
            r#"{"mcpServers": {"wolkvox": {"command": "docker", "args": ["run", "-e", "WOLKVOX_TOKEN=TOKEN", "x"], "env": {"KEEP": "me"}}}}"#,
        ),
        (
            "claude-code",
            r#"{"projects": {"/p": {"mcpServers": {"crm": {"command": "wolkvox-mcp", "env": {"WOLKVOX_TOKEN": "TOKEN"}}}}}, "KEEP": "me"}"#,
        ),
        (
            "cursor",
            r#"{"mcpServers": {"crm": {"command": "my-wrapper", "env": {"WOLKVOX\u005fTOKEN": "TOKEN"}}}, "KEEP": "me"}"#,
        ),
        (
            "codex",
            "KEEP = 'me'\n[mcp_servers.crm]\ncommand = 'my-wrapper'\nenv = { WOLKVOX_TOKEN = 'TOKEN' }\n",
        ),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        let original = original.replace("=TOKEN", &format!("={token}"));
        let original = original.replace("\"TOKEN\"", &format!("\"{token}\""));
        let original = original.replace("'TOKEN'", &format!("'{token}'"));
        assert!(original.contains(token));
        machine.write(&file, &original);
        let (status, said) = machine.run(&["install", client, "--sandbox", "--force"], &[]).await;
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains("masked") && !said.contains(token), "{said}");
        let kept = read(&backup(&file));
        assert!(!kept.contains(token) && kept.contains("KEEP"), "{kept}");
        let (_, said) = machine.run(&["uninstall", client], &[]).await;
        assert!(!said.contains("is back to what it was"), "{said}");
        let is_replaced = original.contains("docker");
        assert_eq!(read(&file).contains(token), !is_replaced, "{}", read(&file));
    }
}

#[tokio::test]
async fn every_one_of_many_installations_at_once_is_there() {
    for (client, original) in [("claude-code", None), ("codex", Some("model = \"m\"\n"))] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        if let Some(original) = original {
            machine.write(&file, original);
        }
        let names: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
        let install = |name: &str| {
            let arguments = ["install", client, "--sandbox", "--name", name].map(str::to_owned);
            let machine = &machine;
            async move {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                machine.run(&arguments, &[]).await
            }
        };
        let ended = futures_util::future::join_all(names.iter().map(|name| install(name))).await;
        let text = read(&file);
        for (name, (status, said)) in names.iter().zip(ended) {
            assert_eq!(status, Some(0), "{said}");
            assert!(
                text.contains(&format!("{name}\"")) || text.contains(&format!("{name}]")),
                "{name}"
            );
        }
        for name in &names {
            machine.run(&["uninstall", client, "--name", name], &[]).await;
        }
        assert_eq!(fs::read_to_string(&file).ok().as_deref(), original, "{client}");
    }
}

#[tokio::test]
async fn what_a_killed_run_left_is_cleaned_up_by_the_next() {
    let machine = Machine::new();
    let left = machine.home.path().join("..claude.json.wolkvox-mcp-aB3.tmp");
    let others = machine.home.path().join(".tmpAB3");
    machine.write(&left, "FICTITIOUS-TOKEN-0001");
    machine.write(&others, "");
    machine.run(&["install", "claude-code", "--sandbox"], &[]).await;
    assert!(!left.exists() && others.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_keeps_its_permissions_and_so_does_its_backup() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    for kept in [0o600, 0o640, 0o664] {
        let machine = Machine::new();
        let file = machine.file("cursor", false);
        machine.write(&file, "{\"a\": 1}");
        fs::set_permissions(&file, fs::Permissions::from_mode(kept)).expect("set");
        machine.run(&["install", "cursor", "--sandbox"], &[]).await;
        assert_eq!(mode(&file), kept);
        assert_eq!(mode(&backup(&file)), kept);
        machine.run(&["uninstall", "cursor"], &[]).await;
        assert_eq!(mode(&file), kept);
    }
    let machine = Machine::new();
    machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    assert_eq!(mode(&machine.file("cursor", false)), 0o600, "a new file is its owner's alone");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_on_the_path_is_written_as_the_command() {
    let machine = Machine::new();
    let home = machine.home.path().canonicalize().expect("a folder");
    let versioned = program_as("wolkvox-mcp");
    let program = versioned.path().canonicalize().expect("a folder").join("wolkvox-mcp");
    let folder = home.join("bin");
    fs::create_dir_all(&folder).expect("a folder");
    let link = folder.join("wolkvox-mcp");
    std::os::unix::fs::symlink(&program, &link).expect("a link");
    let path = [("PATH", folder.to_str().expect("a plain path"))];
    for (called, path) in [(&link, &[][..]), (&program, &path), (&link, &path)] {
        let print = ["install", "cursor", "--sandbox", "--print"];
        let (_, shown) = machine.run_as(called, &print, path).await;
        assert!(shown.contains(&format!("\"{}\"", link.display())), "{shown}");
        assert!(!shown.contains(program.to_str().expect("a plain path")), "{shown}");
    }
    // An entry that was written by way of the link is still its own after an upgrade.
    machine.run_as(&link, &["install", "cursor", "--sandbox"], &[]).await;
    let (_, said) = machine.run(&["uninstall", "cursor"], &[]).await;
    assert!(!machine.file("cursor", false).exists(), "{said}");
}

#[tokio::test]
async fn inside_wsl_a_client_of_windows_is_told_how() {
    let machine = Machine::new();
    let wsl = [("WSL_DISTRO_NAME", "Ubuntu")];
    let (_, said) = machine.run(&["install", "claude-desktop", "--sandbox"], &wsl).await;
    assert!(said.contains("wsl.exe") && said.contains("%APPDATA%"), "{said}");
    let spanish = ["install", "cursor", "--sandbox", "--lang", "es"];
    let (_, said) = machine.run(&spanish, &wsl).await;
    assert!(said.contains("wsl.exe") && said.contains("no lee ese archivo"), "{said}");
    for (client, wsl) in
        [("codex", &wsl[..]), ("vscode", &[("WSL_DISTRO_NAME", "")]), ("vscode", &[])]
    {
        let (_, said) = machine.run(&["install", client, "--sandbox"], wsl).await;
        assert!(!said.contains("wsl.exe"), "{client}: {said}");
    }
}

/// Installs into a file that is mounted alone; none where there are no such namespaces.
#[cfg(target_os = "linux")]
async fn mounted_alone(
    machine: &Machine,
    elsewhere: &Path,
    file: &Path,
    mask: &str,
) -> Option<std::process::Output> {
    let script = "mount --bind \"$1\" \"$2\" || exit 77; exec \"$3\" install cursor --sandbox";
    let program = env!("CARGO_BIN_EXE_wolkvox-mcp");
    let mut command = tokio::process::Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh"]).args([elsewhere, file]).arg(program);
    command.env("HOME", machine.home.path()).env("WOLKVOX_MASK", mask);
    let output = command.output().await.ok();
    output.filter(|it| matches!(it.status.code(), Some(0 | 2)))
}

/// A file that is mounted alone cannot be replaced. Needs a user's own mount namespace.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_is_mounted_alone_points_to_print_and_leaves_no_backup() {
    let machine = Machine::new();
    let (file, elsewhere) = (machine.file("cursor", false), machine.home.path().join("mounted"));
    machine.write(&file, "{\"a\": 1}");
    machine.write(&elsewhere, "{\"a\": 1}");
    let Some(output) = mounted_alone(&machine, &elsewhere, &file, "").await else {
        return; // no such namespaces here
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--print"), "{said}");
    assert!(!backup(&file).exists());
    let left = fs::read_dir(file.parent().expect("a folder")).expect("a folder").count();
    assert_eq!(left, 1, "no temporary file stays");

    // The backup of an earlier installation is not this one's to remove.
    machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    fs::copy(&file, &elsewhere).expect("a copy");
    let output = mounted_alone(&machine, &elsewhere, &file, "personal").await.expect("as before");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(read(&backup(&file)), "{\"a\": 1}");
}

#[tokio::test]
async fn a_token_in_the_place_of_its_file_or_of_an_operation_is_refused_and_never_shown() {
    let token = "7b69642d66696374697469";
    let (server, sandbox) = (["--server", "crm0001.wolkvox.com"], ["--sandbox"]);
    for (flags, set) in [
        (&server[..], &[("WOLKVOX_TOKEN_FILE", token)][..]),
        (&server, &[("WOLKVOX_TOKEN_FILE", "abc/7b69642d66696374697469+x=")]),
        (
            &server,
            &[
                ("WOLKVOX_TOKEN_FILE", "./7b69642d66696374697469"),
                ("WOLKVOX_TOKEN", "./7b69642d66696374697469"),
            ],
        ),
        (&server, &[("WOLKVOX_OPERATION", token), ("WOLKVOX_TOKEN", token)]),
        (&server, &[("WOLKVOX_OPERATION", token), ("WOLKVOX_TOKEN_FILE", "token.txt")]),
        (&sandbox, &[("WOLKVOX_OPERATION", token), ("WOLKVOX_TOKEN", token)]),
    ] {
        for more in [&[][..], &["--print"], &["--force"]] {
            let machine = Machine::new();
            machine.write(&machine.home.path().join("token.txt"), &format!("\u{feff}{token}\r\n"));
            let install = [&["install", "claude-code"][..], flags, more].concat();
            let (status, said) = machine.run(&install, set).await;
            assert_eq!(status, Some(2), "{set:?}: {said}");
            assert!(!said.contains(token), "{said}");
            assert!(said.contains("WOLKVOX_"), "{said}");
            assert!(!machine.file("claude-code", false).exists());
        }
    }
}

#[tokio::test]
async fn a_token_file_of_no_use_is_refused_unless_forced() {
    let machine = Machine::new();
    machine.write(&machine.home.path().join("blank.txt"), "\n");
    let install = ["install", "claude-code", "--token-file", "blank.txt"];
    let (status, said) = machine.run(&install, &[]).await;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("blank.txt is blank") && said.contains("--force"), "{said}");
    let (status, said) = machine.run(&[&install[..], &["--force"]].concat(), &[]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("Warning") && read(&machine.file("claude-code", false)).contains("blank.txt")
    );
}

#[tokio::test]
async fn numbers_and_comments_in_our_own_entry_stay_as_they_stand() {
    for (client, from, to) in [
        (
            "cursor",
            "\"args\":",
            "// mine\n      \"limit\": 12345678901234567890123,\n      \"args\":",
        ),
        ("cursor", "\"env\": {", "\"env\": { /* mine */ \"X\": \"12345678901234567890123\","),
        ("codex", "args =", "# mine\nlimit = 1_234_567.50 # 12345678901234567890123\nargs ="),
    ] {
        let machine = Machine::new();
        let file = machine.file(client, false);
        let install = |server| ["install", client, "--server", server];
        machine.run(&install("crm0001.wolkvox.com"), &[]).await;
        let changed = read(&file).replacen(from, to, 1);
        assert_ne!(changed, read(&file), "{changed}");
        machine.write(&file, &changed);
        machine.run(&install("crm0002.wolkvox.com"), &[]).await;
        let text = read(&file);
        assert_eq!(text, changed.replace("crm0001", "crm0002"), "{client}");
    }
}

#[tokio::test]
async fn without_a_client_those_that_are_here_are_shown_and_nothing_is_written() {
    let machine = Machine::new();
    fs::create_dir(machine.home.path().join(".cursor")).expect("a folder");
    fs::create_dir(machine.home.path().join(".gemini")).expect("a folder");
    machine.run(&["install", "gemini", "--sandbox"], &[]).await;
    let (status, said) = machine.run(&["install", "--sandbox"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    let state = |client: &str| {
        let line = said.lines().find(|line| line.starts_with(client)).expect("a line");
        line.trim_start_matches(client).trim().replace('\\', "/")
    };
    assert_eq!(state("cursor"), "here, not connected");
    assert_eq!(state("codex"), "not found here");
    assert_eq!(state("gemini"), "connected: `wolkvox` in ~/.gemini/settings.json");
    assert!(said.contains("wolkvox-mcp install --all"), "{said}");
    assert!(!machine.file("cursor", false).exists(), "nobody was asked");
    let (_, said) = machine.run(&["install", "--lang", "es"], &[]).await;
    assert!(said.contains("está en este equipo, sin conectar"), "{said}");
}

#[tokio::test]
async fn all_clients_that_are_here_are_connected_and_one_that_cannot_be_stops_no_other() {
    let machine = Machine::new();
    let (status, said) = machine.run(&["install", "--all", "--sandbox"], &[]).await;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("none of the clients"), "{said}");
    for client in ["cursor", "codex"] {
        let file = machine.file(client, false);
        fs::create_dir(file.parent().expect("a folder")).expect("a folder");
    }
    let (status, said) = machine.run(&["install", "--all", "--sandbox"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("check --client cursor") && said.contains("check --client codex"),
        "{said}"
    );
    for client in ["cursor", "codex"] {
        assert!(read(&machine.file(client, false)).contains("--sandbox"), "{client}");
    }
    assert!(!machine.file("gemini", false).exists());
    machine.write(&machine.file("cursor", false), "{ broken");
    fs::remove_file(machine.file("codex", false)).expect("removed");
    let (status, said) = machine.run(&["install", "--all", "--sandbox"], &[]).await;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("Cursor: "), "{said}");
    assert!(read(&machine.file("codex", false)).contains("--sandbox"));
}

#[tokio::test]
async fn a_client_that_is_not_here_is_told_and_uninstall_takes_no_settings() {
    let machine = Machine::new();
    let absent = "Cursor was not found on this computer";
    let (_, said) = machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    assert!(said.contains(absent), "{said}");
    let (_, said) = machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    assert!(!said.contains(absent), "{said}");
    let (status, said) = machine.run(&["uninstall", "cursor", "--mask", "personal"], &[]).await;
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("takes no settings"), "{said}");
}
