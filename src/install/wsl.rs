//! What to do for a client of Windows when this program is inside WSL (pure).

use serde_json::Value;

use super::{ClientKind, Entry, Scope, TokenDelivery};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;

/// Returns how a client that runs on Windows starts this program, which is inside the WSL
/// distribution; none for clients of the terminal, which run where they are called.
pub fn windows_hint(
    client: ClientKind,
    scope: Scope,
    distribution: &str,
    entry: &Entry,
) -> Option<Bilingual> {
    if entry.native(client).is_some() {
        return None;
    }
    let file = client.file_on_windows(scope)?;
    let title = client.title();
    let other = match scope {
        Scope::User => bilingual!(
            "This is WSL, and {title} on Windows does not read that file. To start this program \
             from there, put this into {file}:",
            "Esto es WSL, y {title} en Windows no lee ese archivo. Para que inicie este programa, \
             ponga esto en {file}:",
        ),
        Scope::Project => bilingual!(
            "This is WSL, and {title} on Windows cannot start that command. It can with this in \
             {file}:",
            "Esto es WSL, y {title} en Windows no puede iniciar ese comando. Con esto en {file} sí \
             puede:",
        ),
    };
    let arguments = Value::from(arguments(distribution, entry));
    let variables = bilingual!(
        "(as flags, because the variables of Windows do not reach WSL)",
        "(como opciones, porque las variables de Windows no llegan a WSL)",
    );
    Some(bilingual!(
        "{other}\n  \"command\": \"wsl.exe\", \"args\": {arguments}\n{variables}",
        "{other}\n  \"command\": \"wsl.exe\", \"args\": {arguments}\n{variables}",
        other,
        variables,
    ))
}

/// Returns the arguments of `wsl.exe`: everything that the entry has, never the token itself.
fn arguments(distribution: &str, entry: &Entry) -> Vec<String> {
    let start = ["-d", distribution, "--", &entry.command];
    let mut arguments: Vec<String> = start.into_iter().map(str::to_owned).collect();
    arguments.extend(entry.arguments());
    for (setting, text) in &entry.settings {
        let is_used = !entry.sandbox || !setting.is_account();
        if let Some(flag) = setting.spec().flag.filter(|_| is_used) {
            arguments.extend([format!("--{flag}"), text.clone()]);
        }
    }
    let token_file = Setting::TokenFile.spec();
    let file = match &entry.token {
        _ if entry.sandbox || entry.remote.is_some() => None,
        TokenDelivery::File(file) => Some(file.to_string_lossy().into_owned()),
        TokenDelivery::Client | TokenDelivery::Inline(_) => Some(token_file.example.to_owned()),
        TokenDelivery::SettingsFile => None,
    };
    if let (Some(flag), Some(file)) = (token_file.flag, file) {
        arguments.extend([format!("--{flag}"), file]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(token: TokenDelivery) -> Entry {
        Entry {
            name: "wolkvox".parse().expect("a name"),
            command: "/home/ana/bin/wolkvox-mcp".to_owned(),
            sandbox: false,
            settings: vec![(Setting::Server, "crm0001.wolkvox.com".to_owned())],
            token,
            in_file: Vec::new(),
            remote: None,
        }
    }

    fn hint(client: ClientKind, scope: Scope, entry: &Entry) -> Option<Bilingual> {
        windows_hint(client, scope, "Ubuntu", entry)
    }

    #[test]
    fn a_client_of_windows_is_told_its_file_and_the_whole_command() {
        let entry = entry(TokenDelivery::File("/home/ana/token".into()));
        let desktop = hint(ClientKind::ClaudeDesktop, Scope::User, &entry).expect("a hint");
        for text in [&desktop.english, &desktop.spanish] {
            assert!(text.contains(r"%APPDATA%\Claude\claude_desktop_config.json"), "{text}");
            assert!(text.contains(
                r#""command": "wsl.exe", "args": ["-d","Ubuntu","--","/home/ana/bin/wolkvox-mcp","--server","crm0001.wolkvox.com","--token-file","/home/ana/token"]"#
            ), "{text}");
        }
        let code = hint(ClientKind::VsCode, Scope::Project, &entry).expect("a hint");
        assert!(code.english.contains("cannot start that command"), "{code}");
    }

    #[test]
    fn the_token_itself_is_never_an_argument() {
        let entry = entry(TokenDelivery::Inline("FICTITIOUS-0001".to_owned()));
        let shown = hint(ClientKind::Cursor, Scope::User, &entry).expect("a hint").to_string();
        assert!(!shown.contains("FICTITIOUS") && shown.contains("--token-file"), "{shown}");
    }

    #[test]
    fn a_client_of_the_terminal_runs_where_it_is_called() {
        let entry = Entry { sandbox: true, ..entry(TokenDelivery::Client) };
        for client in [ClientKind::ClaudeCode, ClientKind::Codex, ClientKind::Gemini] {
            assert_eq!(hint(client, Scope::User, &entry), None, "{client:?}");
        }
        let shown = hint(ClientKind::Cursor, Scope::User, &entry).expect("a hint").to_string();
        assert!(shown.contains("--sandbox") && !shown.contains("--server"), "{shown}");
    }
}
