//! The team's server from an agent's computer: `check --url`, and the entries of `install --url`.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::support::{Authority, Ended, Program, RawReply, RawServer};

const URL: &str = "https://wolkvox.example.com/mcp";

/// A home folder of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("a plain path")
    }

    async fn run(&self, arguments: &[&str], more: &[(&str, &str)]) -> Ended {
        let home = [("HOME", self.path()), ("USERPROFILE", self.path()), ("APPDATA", self.path())];
        Program::run(arguments, &[&home, more].concat()).await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn json(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.file(name)).expect("a file");
        serde_json::from_str(&text).expect("JSON")
    }
}

/// A running team's server with the sandbox, which ends when it is dropped.
struct Team {
    _child: Child,
    _said: BufReader<ChildStdout>,
    lines: Vec<String>,
    url: String,
}

impl Team {
    async fn start(arguments: &[&str]) -> Self {
        let own =
            ["serve", "--sandbox", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
        let mut command = Program::command(&[&own[..], arguments].concat(), &[]);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped"));
        let mut lines = Vec::new();
        for _ in 0..2 {
            let mut line = String::new();
            said.read_line(&mut line).await.expect("a line");
            lines.push(line.trim_end().to_owned());
        }
        let url = lines[0].rsplit(' ').next().expect("an address").to_owned();
        Self { _child: child, _said: said, lines, url }
    }
}

#[tokio::test]
async fn a_check_takes_every_step_to_the_sandbox_of_a_team() {
    let team = Team::start(&[]).await;
    let ended = Program::run(&["check", "--url", &team.url], &[]).await;
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let printed = ended.stdout.join("\n").replace(&team.url, "URL");
    let printed = printed.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_snapshot!(printed, @"
    ✓ ok       settings    server: URL
                           WOLKVOX_CALLER_TOKEN: not set
    ✓ ok       DNS         resolves to 1 address
    ✓ ok       connection  the server accepts connections
    – skipped  TLS         plain http, within this computer
    ✓ ok       token       the server asks for none
    ✓ ok       server      wolkvox-mcp VERSION, 2 tools
    ");
    let ended = Program::run(&["check", "--url", &team.url, "--lang", "es"], &[]).await;
    assert!(ended.stdout.join("\n").contains("el servidor no pide ninguno"), "{ended:?}");
}

#[tokio::test]
async fn a_check_tells_a_missing_token_from_a_wrong_one_and_never_shows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let callers = folder.path().join("callers.toml");
    let callers = callers.to_str().expect("a path");
    let added = Program::run(&["caller", "add", "ana", "--callers", callers], &[]).await;
    let token = added.stdout.iter().flat_map(|line| line.split_whitespace());
    let token =
        token.into_iter().find(|word| word.starts_with("wvx_")).expect("a token").to_owned();
    let file = folder.path().join("token");
    fs::write(&file, &token).expect("written");
    let team = Team::start(&["--callers", callers]).await;
    let check = async |set: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["check", "--json", "--url", &team.url][..], more].concat();
        let ended = Program::run(&arguments, set).await;
        let printed = format!("{:?} {}", ended.stdout, ended.stderr);
        assert!(!printed.contains(&token), "{printed}");
        let report: Value = serde_json::from_str(&ended.stdout.join("\n")).expect("JSON");
        (ended.status.code(), report["steps"][4].clone())
    };
    let variable = "WOLKVOX_CALLER_TOKEN";
    let (status, step) = check(&[], &[]).await;
    assert_eq!((status, &step["status"]), (Some(1), &json!("failed")));
    assert!(step["fix"].to_string().contains(variable), "{step}");
    let (status, step) = check(&[(variable, "wvx_FICTITIOUS")], &[]).await;
    assert_eq!(status, Some(1));
    assert!(step["details"].to_string().contains("does not accept your token"), "{step}");
    let file = file.to_str().expect("a path");
    for (set, more) in [
        (&[(variable, token.as_str())][..], &[][..]),
        (&[("WOLKVOX_CALLER_TOKEN_FILE", file)], &[]),
        (&[], &["--token-file", file]),
    ] {
        let (status, step) = check(set, more).await;
        assert_eq!((status, &step["status"]), (Some(0), &json!("ok")), "{step}");
    }
    let arguments = ["check", "--url", &team.url, "--token-file", file];
    let ended = Program::run(&arguments, &[(variable, token.as_str())]).await;
    assert_eq!(ended.status.code(), Some(1), "two tokens are refused");
}

#[tokio::test]
async fn a_certificate_of_its_own_making_is_trusted_by_its_file_unless_it_is_an_authoritys() {
    for (authority, is_servers) in [
        (Authority::self_signed("127.0.0.1"), true),
        (Authority::self_signed_as_an_authority("127.0.0.1"), false),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| folder.path().join(name));
        fs::write(&certificate, &authority.server.0).expect("written");
        fs::write(&key, &authority.server.1).expect("written");
        let [certificate, key] = [&certificate, &key].map(|it| it.to_str().expect("a path"));
        let team = Team::start(&["--tls-cert", certificate, "--tls-key", key]).await;
        let arguments = ["check", "--url", &team.url];
        let ended = Program::run(&arguments, &[("WOLKVOX_CA_FILE", certificate)]).await;
        let said = ended.stdout.join(" ");
        assert_eq!(ended.status.success(), is_servers, "{said}");
        assert_eq!(said.contains("basicConstraints=critical,CA:FALSE"), !is_servers, "{said}");
        assert!(!said.contains("self-signed"), "it is in the file: {said}");
    }
}

#[tokio::test]
async fn a_check_tells_a_page_from_a_server() {
    let page = RawReply::new(200, "text/html", b"<html>Sign in</html>");
    let server = RawServer::start(vec![page]).await;
    let ended = Program::run(&["check", "--url", server.address()], &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    let printed = ended.stdout.join("\n");
    assert!(printed.contains("✗ failed   server") && printed.contains("an HTML page"), "{printed}");
}

#[tokio::test]
async fn what_serve_prints_connects_a_client_and_check_knows_the_entry() {
    let (team, home) = (Team::start(&[]).await, Home::new());
    let command = team.lines[1].split(": ").nth(1).expect("a command").to_owned();
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(arguments, ["install", "claude-code", "--url", &team.url]);
    let ended = home.run(&arguments, &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    let said = ended.stdout.join("\n");
    assert!(said.ends_with(&format!("wolkvox-mcp check --url {}", team.url)), "{said}");
    let entry = json!({ "type": "http", "url": team.url });
    assert_eq!(home.json(".claude.json"), json!({ "mcpServers": { "wolkvox": entry } }));
    let ended = home.run(&["check"], &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.join("\n").contains("2 tools"), "{ended:?}");
    let ended = home.run(&["uninstall", "claude-code"], &[]).await;
    assert!(ended.status.success() && !home.file(".claude.json").exists(), "{ended:?}");
}

#[tokio::test]
async fn each_client_that_speaks_http_gets_the_address_under_its_own_key_and_check_reads_it() {
    let team = Team::start(&[]).await;
    for (client, file, servers, key) in [
        ("windsurf", ".codeium/windsurf/mcp_config.json", "mcpServers", "serverUrl"),
        ("lm-studio", ".lmstudio/mcp.json", "mcpServers", "url"),
        ("gemini", ".gemini/settings.json", "mcpServers", "httpUrl"),
    ] {
        let home = Home::new();
        let ended = home.run(&["install", client, "--url", &team.url], &[]).await;
        assert!(ended.status.success(), "{ended:?}");
        let entry = json!({ key: team.url });
        assert_eq!(home.json(file), json!({ servers: { "wolkvox": entry } }), "{client}");
        let ended = home.run(&["check", "--client", client], &[]).await;
        assert!(ended.status.success(), "{ended:?}");
        assert!(ended.stdout.join("\n").contains("2 tools"), "{ended:?}");
    }
}

#[tokio::test]
async fn an_entry_names_the_variable_and_never_the_token() {
    let home = Home::new();
    let set = [("WOLKVOX_CALLER_TOKEN", "wvx_FICTITIOUS")];
    for client in ["claude-code", "vscode", "cursor", "codex", "gemini", "windsurf"] {
        let ended = home.run(&["install", client, "--url", URL, "--print"], &set).await;
        let shown = ended.stdout.join("\n");
        assert!(shown.contains("WOLKVOX_CALLER_TOKEN") && shown.contains(URL), "{client}: {shown}");
        assert!(!shown.contains("FICTITIOUS") && !shown.contains("command"), "{client}: {shown}");
    }
    let ended = home.run(&["install", "codex", "--url", URL, "--print"], &set).await;
    assert_snapshot!(ended.stdout.join("\n"), @r#"
    [mcp_servers.wolkvox]
    url = "https://wolkvox.example.com/mcp"
    bearer_token_env_var = "WOLKVOX_CALLER_TOKEN"
    "#);
}

#[tokio::test]
async fn claude_desktop_gets_an_entry_that_starts_connect() {
    let (team, home) = (Team::start(&[]).await, Home::new());
    let token = home.file("token");
    fs::write(&token, "wvx_FICTITIOUS").expect("written");
    let token = token.to_str().expect("a path");
    let arguments = ["install", "claude-desktop", "--url", &team.url, "--token-file", token];
    let ended = home.run(&arguments, &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    let ended = home.run(&["check", "--client", "claude-desktop"], &[]).await;
    let printed = ended.stdout.join("\n");
    assert!(ended.status.success() && printed.contains("✓ ok       server"), "{ended:?}");
    let ended = home.run(&["uninstall", "claude-desktop"], &[]).await;
    assert!(ended.status.success(), "{ended:?}");
}

#[tokio::test]
async fn another_servers_entry_stays_and_an_own_one_changes_its_way() {
    let home = Home::new();
    let file = home.file(".cursor/mcp.json");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    let theirs = r#"{"mcpServers": {"wolkvox": {"url": "https://other.example/mcp"}}}"#;
    fs::write(&file, theirs).expect("written");
    let ended = home.run(&["install", "cursor", "--url", URL], &[]).await;
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert_eq!(fs::read_to_string(&file).expect("a file"), theirs);

    let ours = r#"{"mcpServers": {"wolkvox": {"command": "wolkvox-mcp", "args": ["--sandbox"], "env": {"WOLKVOX_MASK": "personal"}, "timeout": 9}}}"#;
    fs::write(&file, ours).expect("written");
    let ended = home.run(&["install", "cursor", "--url", URL], &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    let headers = json!({ "Authorization": "Bearer ${env:WOLKVOX_CALLER_TOKEN}" });
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["wolkvox"];
    assert_eq!(*entry, json!({ "url": URL, "headers": headers, "timeout": 9 }));
    let ended = home.run(&["install", "cursor", "--sandbox"], &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["wolkvox"];
    assert_eq!((&entry["timeout"], &entry["args"]), (&json!(9), &json!(["--sandbox"])));
    assert_eq!((entry.get("url"), entry.get("headers")), (None, None));
}

#[tokio::test]
async fn a_token_that_somebody_pasted_is_not_kept_in_the_backup() {
    let home = Home::new();
    let token = format!("wvx_{}", "FICT".repeat(10));
    let pasted = json!({ "mcpServers": { "wolkvox": {
        "type": "http", "url": URL, "headers": { "Authorization": format!("Bearer {token}") },
    }, "other": { "command": "other" } } });
    fs::write(home.file(".claude.json"), pasted.to_string()).expect("written");
    let ended = home.run(&["install", "claude-code", "--url", URL], &[]).await;
    assert!(ended.status.success(), "{ended:?}");
    for file in [".claude.json", ".claude.json.wolkvox-mcp-backup"] {
        let text = fs::read_to_string(home.file(file)).expect("a file");
        assert!(!text.contains("FICT") && text.contains("other"), "{file}: {text}");
    }
}

#[tokio::test]
async fn what_does_not_go_together_is_refused() {
    let home = Home::new();
    for arguments in [
        &["install", "cursor", "--url", URL, "--sandbox"][..],
        &["install", "cursor", "--url", URL, "--inline-token"],
        &["install", "cursor", "--url", "http://10.0.0.5/mcp"],
        &["install", "claude-desktop", "--url", URL, "--login"],
        &["install", "cursor", "--url", URL, "--login", "--token-file", "token"],
        &["install", "cursor", "--login"],
        &["check", "--url", URL, "--client", "cursor"],
    ] {
        let ended = home.run(arguments, &[]).await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?} {ended:?}");
    }
    assert!(!home.file(".cursor/mcp.json").exists());
}

#[tokio::test]
async fn who_logs_in_at_an_identity_provider_gets_an_entry_without_a_token() {
    let home = Home::new();
    let set = [("WOLKVOX_CALLER_TOKEN", "wvx_FICTITIOUS")];
    let install = ["install", "cursor", "--url", URL, "--login"];
    let ended = home.run(&install, &set).await;
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.join("\n").contains("you log in"), "{ended:?}");
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["wolkvox"];
    assert_eq!(*entry, json!({ "url": URL }));
    let again = home.run(&install, &set).await;
    assert!(again.stdout.join("\n").contains("already set up"), "{again:?}");
    let ended = home.run(&["uninstall", "cursor"], &[]).await;
    assert!(ended.status.success() && !home.file(".cursor/mcp.json").exists(), "{ended:?}");
}
