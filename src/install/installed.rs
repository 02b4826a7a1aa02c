//! Finds the entries by which clients start this program.

use clap::ValueEnum;
use std::fmt;
use std::path::{Path, PathBuf};

use super::own::Owner;
use super::{ClientKind, ConfigDirs, Scope, edit, files, record};
use crate::error::FileError;
use crate::file;

/// An entry of a client's configuration: a program that it starts, or a server that it speaks to.
#[derive(Clone, PartialEq, Eq)]
pub struct InstalledEntry {
    /// The server's name.
    pub name: String,
    /// The program that the client starts; blank if it starts none.
    pub command: String,
    pub arguments: Vec<String>,
    /// The variables that the client sets, as they stand there; a token may be among them.
    pub environment: Vec<(String, String)>,
    /// The variables that the client passes on from its own environment, in Codex's own list.
    pub passed_on: Vec<String>,
    /// The address of a server that the client speaks to itself, instead of a program.
    pub url: Option<String>,
    /// The headers that the client sends there, as they stand there; a token may be among them.
    pub headers: Vec<(String, String)>,
}

/// Values may be secrets: a token that was written there, or another server's.
impl fmt::Debug for InstalledEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables: Vec<_> = self.environment.iter().map(|(name, _)| name).collect();
        f.debug_struct("InstalledEntry")
            .field("name", &self.name)
            .field("command", &self.command)
            .field("variables", &variables)
            .field("passed_on", &self.passed_on)
            .finish_non_exhaustive()
    }
}

/// A client's configuration file that knows this server, or that may and cannot be read.
#[derive(Debug)]
pub struct Installation {
    pub client: ClientKind,
    /// For whom the file counts.
    pub scope: Scope,
    pub file: PathBuf,
    /// The project's folder in which alone the entries count, for such ones in a user's file.
    pub folder: Option<String>,
    /// The entries that start this program or lead to a team's server, at least one; or why they are
    /// not known.
    pub entries: Result<Vec<InstalledEntry>, FileError>,
}

/// Returns the entries of a configuration's text that start this program; none if the text is not
/// in order. [`installations`] tells the two apart.
pub fn installed(client: ClientKind, text: &str) -> Vec<InstalledEntry> {
    edit::ours(client, text, &Owner::default()).unwrap_or_default()
}

/// Returns the entries that start this program in one project's folder alone, each with the folder.
pub(super) fn of_projects(
    client: ClientKind,
    text: &str,
    owner: &Owner,
) -> Vec<(String, InstalledEntry)> {
    edit::of_projects(client, text, owner)
}

/// Returns the configurations, of every client and scope, that know this server.
pub fn installations(dirs: &ConfigDirs) -> Vec<Installation> {
    let mut found: Vec<Installation> = Vec::new();
    for client in ClientKind::value_variants().iter().copied() {
        for scope in [Scope::User, Scope::Project] {
            let Some(file) = client.file(scope, dirs) else { continue };
            // In the home folder the project's file may be the user's.
            let is_same =
                |one: &Installation| one.file.canonicalize().ok() == file.canonicalize().ok();
            if found.iter().any(|it| it.client == client && is_same(it)) {
                continue;
            }
            let text = match files::read(&file) {
                Ok(None) => continue,
                read => read.map(Option::unwrap_or_default),
            };
            let owner = owner_of(&file, dirs);
            let in_projects = text.as_deref().map(|text| of_projects(client, text, &owner));
            let in_projects = in_projects.unwrap_or_default();
            let entries = text.and_then(|text| {
                let ours = edit::ours(client, &text, &owner);
                ours.map_err(|problem| files::malformed(&file, problem))
            });
            let installation = |folder, entries| Installation {
                client,
                scope,
                file: file.clone(),
                folder,
                entries,
            };
            if !entries.as_ref().is_ok_and(Vec::is_empty) {
                found.push(installation(None, entries));
            }
            for (folder, entry) in in_projects {
                found.push(installation(Some(folder), Ok(vec![entry])));
            }
        }
    }
    found
}

/// Returns what this program is known by in a file.
fn owner_of(file: &Path, dirs: &ConfigDirs) -> Owner {
    let target = file::resolved(file);
    let commands = target.map(|target| record::written(&dirs.state, &target));
    Owner { commands: commands.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::Os;

    #[test]
    fn the_entries_that_start_this_program_are_listed_as_they_stand() {
        let json = r#"{ // mine
            "mcpServers": {
                "other": { "command": "other", "env": { "WOLKVOX": "x" } },
                "web": { "url": "https://mcp.example" },
                "wolkvox": { "command": "/bin/wolkvox-mcp", "args": ["--sandbox"], "env": { "WOLKVOX_MASK": "personal" } }
            }
        }"#;
        let toml = "[mcp_servers.wolkvox]\ncommand = '/bin/wolkvox-mcp'\nargs = ['--sandbox']\n\
                    env = { WOLKVOX_MASK = 'personal' }\nenv_vars = ['WOLKVOX_TOKEN']\n\
                    [mcp_servers.other]\ncommand = 'other'\n";
        for (client, text) in [(ClientKind::Cursor, json), (ClientKind::Codex, toml)] {
            let entries = installed(client, text);
            let [entry] = &entries[..] else { panic!("{entries:?}") };
            assert_eq!(entry.name, "wolkvox");
            assert_eq!(entry.command, "/bin/wolkvox-mcp");
            assert_eq!(entry.arguments, ["--sandbox"]);
            let mask = ("WOLKVOX_MASK".to_owned(), "personal".to_owned());
            assert_eq!(entry.environment, [mask]);
            assert_eq!(entry.passed_on.len(), usize::from(client == ClientKind::Codex));
            assert_eq!(entry.url, None);
        }
        assert_eq!(installed(ClientKind::Cursor, "{ broken"), []);
    }

    #[test]
    fn an_entry_that_leads_to_a_teams_server_is_known_by_the_token_it_sends() {
        let server = |key: &str, token: &str| {
            format!(
                r#"{{"mcpServers": {{"w": {{"{key}": "https://w.example/mcp", "headers": {{"Authorization": "{token}"}}}}}}}}"#
            )
        };
        for (client, text) in [
            (ClientKind::Cursor, server("url", "Bearer ${env:WOLKVOX_CALLER_TOKEN}")),
            (ClientKind::Gemini, server("httpUrl", "Bearer $WOLKVOX_CALLER_TOKEN")),
            (ClientKind::ClaudeCode, server("url", "Bearer wvx_FICTITIOUS")),
            (
                ClientKind::Codex,
                "[mcp_servers.w]\nurl = 'https://w.example/mcp'\n\
                 bearer_token_env_var = 'WOLKVOX_CALLER_TOKEN'\n"
                    .to_owned(),
            ),
        ] {
            let entries = installed(client, &text);
            let [entry] = &entries[..] else { panic!("{client:?} {entries:?}") };
            assert_eq!(entry.url.as_deref(), Some("https://w.example/mcp"));
            assert!(!format!("{entry:?}").contains("FICTITIOUS"));
        }
        for token in ["Bearer ${OTHER}", "Bearer abc"] {
            assert_eq!(installed(ClientKind::Cursor, &server("url", token)), []);
        }
    }

    #[test]
    fn values_of_an_entry_never_show_themselves() {
        let json = r#"{"mcpServers": {"w": {"command": "wolkvox-mcp", "args": ["-x-FICTITIOUS"], "env": {"WOLKVOX_TOKEN": "FICTITIOUS"}}}}"#;
        let shown = format!("{:?}", installed(ClientKind::Cursor, json));
        assert!(shown.contains("WOLKVOX_TOKEN") && !shown.contains("FICTITIOUS"), "{shown}");
    }

    #[test]
    fn every_file_that_knows_the_server_is_found_and_a_broken_one_is_told() {
        let home = tempfile::tempdir().expect("a folder");
        let dirs = ConfigDirs::from_environment(Os::Linux, |name| {
            (name == "HOME").then(|| home.path().to_owned())
        });
        let dirs = ConfigDirs { project: home.path().join("p"), ..dirs.expect("a home") };
        assert!(installations(&dirs).is_empty());
        let write = |client: ClientKind, scope, text: &str| {
            let file = client.file(scope, &dirs).expect("a file");
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, text).expect("written");
        };
        let ours = r#"{"mcpServers": {"w": {"command": "wolkvox-mcp"}}}"#;
        write(ClientKind::ClaudeCode, Scope::Project, ours);
        write(ClientKind::Cursor, Scope::User, &ours.replace("wolkvox-mcp", "other"));
        write(ClientKind::Codex, Scope::User, "[broken");
        let found = installations(&dirs);
        let [code, codex] = &found[..] else { panic!("{found:?}") };
        assert_eq!((code.client, code.scope), (ClientKind::ClaudeCode, Scope::Project));
        assert_eq!(code.entries.as_ref().expect("read").len(), 1);
        assert_eq!(codex.client, ClientKind::Codex);
        assert!(codex.entries.is_err());
    }

    #[test]
    fn a_file_that_is_the_users_and_the_projects_is_told_once_and_two_files_each() {
        for (project, count) in [("", 2), ("p", 4)] {
            let home = tempfile::tempdir().expect("a folder");
            let dirs = ConfigDirs::from_environment(Os::Linux, |name| {
                (name == "HOME").then(|| home.path().to_owned())
            });
            let dirs = ConfigDirs { project: home.path().join(project), ..dirs.expect("a home") };
            for client in [ClientKind::Cursor, ClientKind::Gemini] {
                for scope in [Scope::User, Scope::Project] {
                    let file = client.file(scope, &dirs).expect("a file");
                    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                    let ours = r#"{"mcpServers": {"w": {"command": "wolkvox-mcp"}}}"#;
                    std::fs::write(file, ours).expect("written");
                }
            }
            assert_eq!(installations(&dirs).len(), count, "{project}");
        }
    }
}
