//! The MCP clients: where each keeps its configuration on each system.

use std::path::{Path, PathBuf};

use crate::error::EntryError;
use crate::language::{Bilingual, bilingual};

/// An MCP client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ClientKind {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code.
    ClaudeCode,
    /// Visual Studio Code.
    #[value(name = "vscode")]
    VsCode,
    /// Cursor.
    Cursor,
    /// OpenAI Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
}

/// For whom a configuration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For the user, everywhere.
    User,
    /// For the folder in which the client is started.
    Project,
}

/// An operating system, as far as the folders of files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux and its like.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Os {
    /// Returns the system that this program runs on.
    pub const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// The folders in which the clients keep their files.
#[derive(Clone, Debug)]
pub struct ConfigDirs {
    /// The user's home.
    pub home: PathBuf,
    /// Where desktop programs keep their configuration.
    pub desktop: PathBuf,
    /// Claude Desktop's own folder.
    pub claude_desktop: PathBuf,
    /// Where Claude Code keeps `.claude.json`.
    pub claude_code: PathBuf,
    /// Codex's own folder.
    pub codex: PathBuf,
    /// The project's folder.
    pub project: PathBuf,
    /// Where this program keeps its own notes.
    pub state: PathBuf,
}

impl ConfigDirs {
    /// Reads the folders from the environment of a system; a blank variable counts as not set.
    ///
    /// # Errors
    ///
    /// [`EntryError::NoHome`] if there is no home folder.
    pub fn from_environment(
        system: Os,
        variable: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, EntryError> {
        let variable = |name: &str| variable(name).filter(|it| !it.as_os_str().is_empty());
        let name = match system {
            Os::Windows => "USERPROFILE",
            Os::MacOs | Os::Linux => "HOME",
        };
        let home = variable(name).ok_or(EntryError::NoHome(name))?;
        let desktop = match system {
            Os::Windows => {
                variable("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"))
            }
            Os::MacOs => home.join("Library").join("Application Support"),
            // The XDG Base Directory Specification says to ignore a relative path.
            Os::Linux => variable("XDG_CONFIG_HOME")
                .filter(|it| it.is_absolute())
                .unwrap_or_else(|| home.join(".config")),
        };
        let local = variable("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"));
        let packaged = match system {
            Os::Windows => packaged_claude(&local),
            Os::MacOs | Os::Linux => None,
        };
        let state = match system {
            Os::Windows => local,
            Os::MacOs => desktop.clone(),
            Os::Linux => variable("XDG_STATE_HOME")
                .filter(|it| it.is_absolute())
                .unwrap_or_else(|| home.join(".local").join("state")),
        };
        Ok(Self {
            claude_desktop: packaged.unwrap_or_else(|| desktop.join("Claude")),
            claude_code: variable("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone()),
            codex: variable("CODEX_HOME").unwrap_or_else(|| home.join(".codex")),
            project: PathBuf::from("."),
            state: state.join(env!("CARGO_PKG_NAME")),
            desktop,
            home,
        })
    }
}

/// Finds the folder of a Claude Desktop that Windows installed as a package (MSIX, its usual
/// installer since 2026): such a program reads a roaming folder of its own instead of the user's.
fn packaged_claude(local: &Path) -> Option<PathBuf> {
    let packages = local.join("Packages").read_dir().ok()?.filter_map(Result::ok);
    let claude = packages.filter(|it| it.file_name().to_string_lossy().starts_with("Claude_"));
    let mut roaming: Vec<PathBuf> = claude
        .map(|package| package.path().join("LocalCache").join("Roaming"))
        .filter(|roaming| roaming.is_dir())
        .map(|roaming| roaming.join("Claude"))
        .collect();
    // A package that has been started comes first.
    roaming.sort_by_key(|claude| !claude.is_dir());
    roaming.into_iter().next()
}

impl ClientKind {
    /// Returns its name as people know it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::VsCode => "VS Code",
            Self::Cursor => "Cursor",
            Self::Codex => "Codex",
            Self::Gemini => "Gemini CLI",
        }
    }

    /// Returns how to make it read its configuration again.
    pub fn restart(self) -> Bilingual {
        match self {
            Self::ClaudeDesktop => bilingual!(
                "Quit Claude Desktop from its menu (closing the window is not enough) and start \
                 it again.",
                "Salga de Claude Desktop desde su menú (cerrar la ventana no basta) y ábralo de \
                 nuevo.",
            ),
            Self::VsCode => bilingual!(
                "Open the file in VS Code and choose Start above the server's name.",
                "Abra el archivo en VS Code y elija Start sobre el nombre del servidor.",
            ),
            Self::Cursor => bilingual!(
                "Restart Cursor, then look under Settings, MCP.",
                "Reinicie Cursor y mire en Settings, MCP.",
            ),
            Self::ClaudeCode => shows("claude"),
            Self::Codex => shows("codex"),
            Self::Gemini => shows("gemini"),
        }
    }

    /// Finds its configuration file; none if it has none for that scope.
    pub fn file(self, scope: Scope, dirs: &ConfigDirs) -> Option<PathBuf> {
        let ConfigDirs { home, desktop, claude_desktop, claude_code, codex, project, state: _ } =
            dirs;
        Some(match (self, scope) {
            (Self::ClaudeDesktop, Scope::User) => claude_desktop.join("claude_desktop_config.json"),
            (Self::ClaudeDesktop, Scope::Project) => return None,
            (Self::ClaudeCode, Scope::User) => claude_code.join(".claude.json"),
            (Self::ClaudeCode, Scope::Project) => project.join(".mcp.json"),
            (Self::VsCode, Scope::User) => desktop.join("Code").join("User").join("mcp.json"),
            (Self::VsCode, Scope::Project) => project.join(".vscode").join("mcp.json"),
            (Self::Cursor, Scope::User) => home.join(".cursor").join("mcp.json"),
            (Self::Cursor, Scope::Project) => project.join(".cursor").join("mcp.json"),
            (Self::Codex, Scope::User) => codex.join("config.toml"),
            (Self::Codex, Scope::Project) => project.join(".codex").join("config.toml"),
            (Self::Gemini, Scope::User) => home.join(".gemini").join("settings.json"),
            (Self::Gemini, Scope::Project) => project.join(".gemini").join("settings.json"),
        })
    }
}

fn shows(program: &str) -> Bilingual {
    bilingual!(
        "Start {program} again; `{program} mcp list` shows the server.",
        "Inicie {program} de nuevo; `{program} mcp list` muestra el servidor.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    fn dirs(system: Os, set: &[(&str, &str)]) -> ConfigDirs {
        let variable = |name: &str| {
            let home = [("HOME", "/home/ana"), ("USERPROFILE", "/home/ana")];
            let found = set.iter().chain(&home).find(|(variable, _)| *variable == name);
            found.map(|(_, path)| PathBuf::from(path))
        };
        ConfigDirs::from_environment(system, variable).expect("a home")
    }

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
    fn own_notes_are_kept_where_each_system_keeps_state() {
        for (system, set, folder) in [
            (Os::Linux, &[][..], "/home/ana/.local/state/wolkvox-mcp"),
            (Os::Linux, &[("XDG_STATE_HOME", "/s")], "/s/wolkvox-mcp"),
            (Os::Linux, &[("XDG_STATE_HOME", "s")], "/home/ana/.local/state/wolkvox-mcp"),
            (Os::MacOs, &[], "/home/ana/Library/Application Support/wolkvox-mcp"),
            (Os::Windows, &[("LOCALAPPDATA", "/l")], "/l/wolkvox-mcp"),
            (Os::Windows, &[], "/home/ana/AppData/Local/wolkvox-mcp"),
        ] {
            let state = dirs(system, set).state.to_string_lossy().replace('\\', "/");
            assert_eq!(state, folder, "{system:?}");
        }
    }

    #[test]
    fn without_a_home_nothing_is_guessed() {
        for (system, name) in [(Os::Linux, "HOME"), (Os::Windows, "USERPROFILE")] {
            for home in [None, Some(PathBuf::new())] {
                let problem = ConfigDirs::from_environment(system, |_| home.clone());
                assert_eq!(problem.expect_err("no home"), EntryError::NoHome(name));
            }
        }
    }

    #[test]
    fn all_but_claude_desktop_have_a_file_for_a_project() {
        let dirs = dirs(Os::current(), &[]);
        for client in ClientKind::value_variants().iter().copied() {
            let file = client.file(Scope::Project, &dirs);
            assert_eq!(file.is_some(), client != ClientKind::ClaudeDesktop, "{client:?}");
            assert!(file.is_none_or(|file| file.starts_with(".")), "{client:?}");
        }
    }

    #[test]
    fn of_two_packaged_ones_the_one_that_was_started_is_meant() {
        for started in ["Claude_a", "Claude_b"] {
            let local = tempfile::tempdir().expect("a folder");
            for package in ["Claude_a", "Claude_b"] {
                let package = local.path().join("Packages").join(package);
                let roaming = package.join("LocalCache").join("Roaming");
                std::fs::create_dir_all(roaming).expect("a folder");
            }
            let package = local.path().join("Packages").join(started);
            let claude = package.join("LocalCache").join("Roaming").join("Claude");
            std::fs::create_dir(&claude).expect("a folder");
            assert_eq!(packaged_claude(local.path()), Some(claude));
        }
    }
}
