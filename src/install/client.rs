//! Knows the MCP clients: where each keeps its configuration on each system.

use std::path::PathBuf;

use crate::language::{Text, text};

/// Names a client.
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

/// Says for whom a configuration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For the user, everywhere.
    User,
    /// For the folder in which the client is started.
    Project,
}

/// Names a kind of system, as far as files are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux and its like.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// Gives the system that this program runs on.
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

/// Holds the folders from which the clients' files are found.
#[derive(Clone, Debug)]
pub struct Places {
    /// Whose rules hold.
    pub system: System,
    /// The user's home.
    pub home: PathBuf,
    /// Where programs keep their configuration: `APPDATA` on Windows, `XDG_CONFIG_HOME` on Linux.
    pub configuration: Option<PathBuf>,
    /// `CODEX_HOME`.
    pub codex_home: Option<PathBuf>,
    /// The project's folder.
    pub project: PathBuf,
}

impl Places {
    /// Reads the places from the environment.
    ///
    /// # Errors
    ///
    /// A sentence if there is no home folder.
    pub fn from_environment(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Self, Text> {
        let system = System::current();
        let (home, configuration) = match system {
            System::Windows => ("USERPROFILE", "APPDATA"),
            System::MacOs | System::Linux => ("HOME", "XDG_CONFIG_HOME"),
        };
        Ok(Self {
            system,
            home: variable(home)
                .ok_or_else(|| text!("{home} is not set", "{home} no está definida"))?,
            configuration: variable(configuration),
            codex_home: variable("CODEX_HOME"),
            project: PathBuf::from("."),
        })
    }

    /// Gives the folder in which desktop programs keep their configuration.
    fn configuration(&self) -> PathBuf {
        match (self.system, &self.configuration) {
            (System::MacOs, _) => self.home.join("Library/Application Support"),
            (_, Some(set)) => set.clone(),
            (System::Windows, None) => self.home.join("AppData").join("Roaming"),
            (System::Linux, None) => self.home.join(".config"),
        }
    }
}

impl ClientKind {
    /// Lists every client.
    pub const ALL: [Self; 6] = [
        Self::ClaudeDesktop,
        Self::ClaudeCode,
        Self::VsCode,
        Self::Cursor,
        Self::Codex,
        Self::Gemini,
    ];

    /// Gives its name as people know it.
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

    /// Says how to make it read its configuration again.
    pub fn restart(self) -> Text {
        match self {
            Self::ClaudeDesktop => text!(
                "Quit Claude Desktop from its menu (closing the window is not enough) and start \
                 it again.",
                "Salga de Claude Desktop desde su menú (cerrar la ventana no basta) y ábralo de \
                 nuevo.",
            ),
            Self::VsCode => text!(
                "Open the file in VS Code and choose Start above the server's name.",
                "Abra el archivo en VS Code y elija Start sobre el nombre del servidor.",
            ),
            Self::Cursor => text!(
                "Restart Cursor, then look under Settings, MCP.",
                "Reinicie Cursor y mire en Settings, MCP.",
            ),
            Self::ClaudeCode => shows("claude"),
            Self::Codex => shows("codex"),
            Self::Gemini => shows("gemini"),
        }
    }

    /// Finds its configuration file; none if it has none for that scope.
    pub fn file(self, scope: Scope, places: &Places) -> Option<PathBuf> {
        let Places { home, project, codex_home, .. } = places;
        Some(match (self, scope) {
            (Self::ClaudeDesktop, Scope::User) => {
                places.configuration().join("Claude").join("claude_desktop_config.json")
            }
            (Self::ClaudeCode, Scope::User) => home.join(".claude.json"),
            (Self::ClaudeCode, Scope::Project) => project.join(".mcp.json"),
            (Self::VsCode, Scope::User) => {
                places.configuration().join("Code").join("User").join("mcp.json")
            }
            (Self::VsCode, Scope::Project) => project.join(".vscode").join("mcp.json"),
            (Self::Cursor, Scope::User) => home.join(".cursor").join("mcp.json"),
            (Self::Cursor, Scope::Project) => project.join(".cursor").join("mcp.json"),
            (Self::Codex, Scope::User) => {
                codex_home.clone().unwrap_or_else(|| home.join(".codex")).join("config.toml")
            }
            (Self::Gemini, Scope::User) => home.join(".gemini").join("settings.json"),
            (Self::Gemini, Scope::Project) => project.join(".gemini").join("settings.json"),
            (Self::ClaudeDesktop | Self::Codex, Scope::Project) => return None,
        })
    }
}

fn shows(program: &str) -> Text {
    text!(
        "Start {program} again; `{program} mcp list` shows the server.",
        "Inicie {program} de nuevo; `{program} mcp list` muestra el servidor.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(system: System, configuration: Option<&str>) -> Places {
        Places {
            system,
            home: PathBuf::from("/home/ana"),
            configuration: configuration.map(PathBuf::from),
            codex_home: None,
            project: PathBuf::from("."),
        }
    }

    #[test]
    fn desktop_programs_follow_the_rules_of_each_system() {
        for (system, configuration, found) in [
            (System::Linux, None, "/home/ana/.config/Claude/claude_desktop_config.json"),
            (System::Linux, Some("/x"), "/x/Claude/claude_desktop_config.json"),
            (
                System::MacOs,
                Some("/x"),
                "/home/ana/Library/Application Support/Claude/claude_desktop_config.json",
            ),
            (System::Windows, Some("/r"), "/r/Claude/claude_desktop_config.json"),
            (System::Windows, None, "/home/ana/AppData/Roaming/Claude/claude_desktop_config.json"),
        ] {
            let file = ClientKind::ClaudeDesktop.file(Scope::User, &places(system, configuration));
            assert_eq!(file, Some(PathBuf::from(found)), "{system:?}");
        }
        let code = ClientKind::VsCode.file(Scope::User, &places(System::MacOs, None));
        let found = "/home/ana/Library/Application Support/Code/User/mcp.json";
        assert_eq!(code, Some(PathBuf::from(found)));
    }

    #[test]
    fn the_others_live_in_the_home_or_the_project() {
        let places = places(System::Linux, None);
        for (client, user, project) in [
            (ClientKind::ClaudeCode, ".claude.json", Some(".mcp.json")),
            (ClientKind::Cursor, ".cursor/mcp.json", Some(".cursor/mcp.json")),
            (ClientKind::Codex, ".codex/config.toml", None),
            (ClientKind::Gemini, ".gemini/settings.json", Some(".gemini/settings.json")),
        ] {
            let found = client.file(Scope::User, &places);
            assert_eq!(found, Some(places.home.join(user)), "{client:?}");
            let found = client.file(Scope::Project, &places);
            assert_eq!(found, project.map(|it| places.project.join(it)), "{client:?}");
        }
        assert_eq!(ClientKind::ClaudeDesktop.file(Scope::Project, &places), None);
        let codex = Places { codex_home: Some(PathBuf::from("/c")), ..places };
        let found = ClientKind::Codex.file(Scope::User, &codex);
        assert_eq!(found, Some(PathBuf::from("/c/config.toml")));
    }
}
