//! Where each client keeps its configuration.

use std::path::{Path, PathBuf};

use super::client::{Base, Facts};
use super::{ClientKind, ConfigDirs};

/// For whom a configuration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For the user, everywhere.
    User,
    /// For the folder in which the client is started.
    Project,
}

impl ClientKind {
    /// Finds its configuration file; none if it has none for that scope.
    pub fn file(self, scope: Scope, dirs: &ConfigDirs) -> Option<PathBuf> {
        let Facts { file: (base, file), project_file, .. } = self.facts();
        match scope {
            Scope::User => Some(below(base.of(dirs), file)),
            Scope::Project => project_file.map(|file| below(&dirs.project, file)),
        }
    }

    /// Returns its configuration file as Windows writes it; none for a client of the terminal.
    pub(super) fn file_on_windows(self, scope: Scope) -> Option<String> {
        let Facts { file: (base, file), project_file, runs_in_terminal, .. } = self.facts();
        let file = match scope {
            Scope::User => format!("{}/{file}", base.on_windows()),
            Scope::Project => (*project_file)?.to_owned(),
        };
        (!runs_in_terminal).then(|| file.replace('/', r"\"))
    }
}

impl Base {
    /// Returns the folder on this computer.
    pub(super) fn of(self, dirs: &ConfigDirs) -> &Path {
        match self {
            Self::Home => &dirs.home,
            Self::Desktop => &dirs.desktop,
            Self::ClaudeDesktop => &dirs.claude_desktop,
            Self::ClaudeCode => &dirs.claude_code,
            Self::Codex => &dirs.codex,
            Self::LmStudio => &dirs.lm_studio,
            Self::Zed => &dirs.zed,
        }
    }

    /// Returns the folder as people on Windows write it.
    const fn on_windows(self) -> &'static str {
        match self {
            Self::Home | Self::ClaudeCode => "%USERPROFILE%",
            Self::Desktop => "%APPDATA%",
            Self::ClaudeDesktop => "%APPDATA%/Claude",
            Self::Codex => "%USERPROFILE%/.codex",
            Self::LmStudio => "%USERPROFILE%/.lmstudio",
            Self::Zed => "%APPDATA%/Zed",
        }
    }
}

/// Returns a path below a folder, in the system's own spelling.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.fold(folder.to_owned(), |folder, part| folder.join(part))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;
    use crate::install::Os;
    use crate::install::dirs::tests::dirs;

    fn user(client: ClientKind, dirs: &ConfigDirs) -> String {
        let file = client.file(Scope::User, dirs).expect("a file");
        file.to_string_lossy().replace('\\', "/")
    }

    #[test]
    fn desktop_programs_follow_the_rules_of_each_system() {
        let (xdg, roaming) = (("XDG_CONFIG_HOME", "/x"), ("APPDATA", "/r"));
        for (system, set, folder) in [
            (Os::Linux, &[][..], "/home/ana/.config"),
            (Os::Linux, &[xdg], "/x"),
            (Os::Linux, &[("XDG_CONFIG_HOME", "")], "/home/ana/.config"),
            (Os::Linux, &[("XDG_CONFIG_HOME", "x")], "/home/ana/.config"),
            (Os::MacOs, &[xdg], "/home/ana/Library/Application Support"),
            (Os::Windows, &[roaming], "/r"),
            (Os::Windows, &[], "/home/ana/AppData/Roaming"),
        ] {
            let dirs = dirs(system, set);
            let desktop = user(ClientKind::ClaudeDesktop, &dirs);
            assert_eq!(
                desktop,
                format!("{folder}/Claude/claude_desktop_config.json"),
                "{system:?}"
            );
            let code = user(ClientKind::VsCode, &dirs);
            assert_eq!(code, format!("{folder}/Code/User/mcp.json"), "{system:?}");
        }
    }

    #[test]
    fn on_windows_a_packaged_claude_desktop_has_a_folder_of_its_own() {
        let local = tempfile::tempdir().expect("a folder");
        let set =
            [("LOCALAPPDATA", local.path().to_str().expect("a plain path")), ("APPDATA", "/r")];
        let plain = "/r/Claude/claude_desktop_config.json";
        assert_eq!(user(ClientKind::ClaudeDesktop, &dirs(Os::Windows, &set)), plain);
        let packages = local.path().join("Packages");
        std::fs::create_dir_all(packages.join("Claude_left0over0")).expect("a folder");
        assert_eq!(user(ClientKind::ClaudeDesktop, &dirs(Os::Windows, &set)), plain);
        let roaming = packages.join("Claude_pzs8sxrjxfjjc").join("LocalCache").join("Roaming");
        std::fs::create_dir_all(&roaming).expect("a folder");
        let file = roaming.join("Claude").join("claude_desktop_config.json");
        let file = file.to_string_lossy().replace('\\', "/");
        assert_eq!(user(ClientKind::ClaudeDesktop, &dirs(Os::Windows, &set)), file);
        assert_eq!(user(ClientKind::VsCode, &dirs(Os::Windows, &set)), "/r/Code/User/mcp.json");
    }

    #[test]
    fn the_others_live_in_the_home_or_where_their_variable_says() {
        for system in [Os::Linux, Os::MacOs, Os::Windows] {
            for (client, file) in [
                (ClientKind::ClaudeCode, ".claude.json"),
                (ClientKind::Cursor, ".cursor/mcp.json"),
                (ClientKind::Codex, ".codex/config.toml"),
                (ClientKind::Gemini, ".gemini/settings.json"),
                (ClientKind::Windsurf, ".codeium/windsurf/mcp_config.json"),
                (ClientKind::LmStudio, ".lmstudio/mcp.json"),
            ] {
                let found = user(client, &dirs(system, &[]));
                assert_eq!(found, format!("/home/ana/{file}"), "{system:?}");
            }
            let set = [("CODEX_HOME", "/c"), ("CLAUDE_CONFIG_DIR", "/d")];
            let dirs = dirs(system, &set);
            assert_eq!(user(ClientKind::Codex, &dirs), "/c/config.toml");
            assert_eq!(user(ClientKind::ClaudeCode, &dirs), "/d/.claude.json");
        }
    }

    #[test]
    fn a_file_on_windows_is_named_as_people_there_write_it() {
        for (client, scope, file) in [
            (
                ClientKind::ClaudeDesktop,
                Scope::User,
                r"%APPDATA%\Claude\claude_desktop_config.json",
            ),
            (ClientKind::VsCode, Scope::User, r"%APPDATA%\Code\User\mcp.json"),
            (ClientKind::VsCode, Scope::Project, r".vscode\mcp.json"),
            (ClientKind::Cursor, Scope::User, r"%USERPROFILE%\.cursor\mcp.json"),
            (ClientKind::Cursor, Scope::Project, r".cursor\mcp.json"),
            (ClientKind::Windsurf, Scope::User, r"%USERPROFILE%\.codeium\windsurf\mcp_config.json"),
            (ClientKind::Zed, Scope::User, r"%APPDATA%\Zed\settings.json"),
            (ClientKind::Zed, Scope::Project, r".zed\settings.json"),
            (ClientKind::LmStudio, Scope::User, r"%USERPROFILE%\.lmstudio\mcp.json"),
        ] {
            assert_eq!(client.file_on_windows(scope).as_deref(), Some(file), "{client:?}");
        }
        for client in [ClientKind::ClaudeCode, ClientKind::Codex, ClientKind::Gemini] {
            assert_eq!(client.file_on_windows(Scope::User), None, "{client:?}");
        }
    }

    #[test]
    fn a_project_has_a_file_in_its_folder_for_all_clients_that_read_one() {
        let dirs = dirs(Os::current(), &[]);
        let without = [ClientKind::ClaudeDesktop, ClientKind::Windsurf, ClientKind::LmStudio];
        for client in ClientKind::value_variants().iter().copied() {
            let file = client.file(Scope::Project, &dirs);
            assert_eq!(file.is_none(), without.contains(&client), "{client:?}");
            assert!(file.is_none_or(|file| file.is_relative()), "{client:?}");
        }
    }
}
