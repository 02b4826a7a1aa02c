//! The MCP clients, and all that this program knows of each. To add one, add its variant to
//! [`ClientKind`] and its row to [`ClientKind::facts`]: everything else follows from these.

use super::reference::Reference;
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
    /// Windsurf.
    Windsurf,
    /// Zed.
    Zed,
    /// LM Studio.
    LmStudio,
}

/// What is known of a client, by its maker's documentation.
#[derive(Debug)]
pub(super) struct Facts {
    /// Its name as people know it.
    title: &'static str,
    /// The user's configuration file.
    pub(super) file: (Base, &'static str),
    /// The configuration file in a project's folder, for a client that reads one.
    pub(super) project_file: Option<&'static str>,
    /// Whether it reads that file only after the person said that the project is to be trusted.
    asks_for_trust: bool,
    /// The folder that it leaves on a computer.
    pub(super) folder: (Base, &'static str),
    /// Its program, if it can be found on `PATH`.
    pub(super) program: Option<&'static str>,
    /// Whether it runs in the terminal in which it is called; inside WSL, then, and not on Windows.
    pub(super) runs_in_terminal: bool,
    /// How its file is written.
    pub(super) format: Format,
    /// The key of the servers.
    pub(super) servers: &'static str,
    /// How an entry refers to a variable of the environment.
    pub(super) reference: Reference,
    /// The kinds that an entry names: of a program, and of a server at an address.
    pub(super) kinds: (Option<&'static str>, Option<&'static str>),
    /// The key of a server's address, for a client that can do more than start programs.
    pub(super) url: Option<&'static str>,
    /// How to make it read its configuration again, in English and Spanish; none for a client whose
    /// program lists its servers.
    restart: Option<(&'static str, &'static str)>,
}

/// How a configuration file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Toml,
}

/// The folder below which a client's file is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base {
    Home,
    Desktop,
    ClaudeDesktop,
    ClaudeCode,
    Codex,
    LmStudio,
    Zed,
}

impl ClientKind {
    /// Returns what is known of the client.
    pub(super) const fn facts(self) -> &'static Facts {
        match self {
            Self::ClaudeDesktop => &Facts {
                title: "Claude Desktop",
                file: (Base::ClaudeDesktop, "claude_desktop_config.json"),
                project_file: None,
                asks_for_trust: false,
                folder: (Base::ClaudeDesktop, ""),
                program: None,
                runs_in_terminal: false,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::None,
                kinds: (None, None),
                url: None,
                restart: Some((
                    "Quit Claude Desktop from its menu (closing the window is not enough) and \
                     start it again.",
                    "Salga de Claude Desktop desde su menú (cerrar la ventana no basta) y ábralo \
                     de nuevo.",
                )),
            },
            Self::ClaudeCode => &Facts {
                title: "Claude Code",
                file: (Base::ClaudeCode, ".claude.json"),
                project_file: Some(".mcp.json"),
                asks_for_trust: false,
                folder: (Base::Home, ".claude"),
                program: Some("claude"),
                runs_in_terminal: true,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::Braces,
                kinds: (None, Some("http")),
                url: Some("url"),
                restart: None,
            },
            Self::VsCode => &Facts {
                title: "VS Code",
                file: (Base::Desktop, "Code/User/mcp.json"),
                project_file: Some(".vscode/mcp.json"),
                asks_for_trust: false,
                folder: (Base::Desktop, "Code"),
                program: Some("code"),
                runs_in_terminal: false,
                format: Format::Json,
                servers: "servers",
                reference: Reference::Env,
                kinds: (Some("stdio"), Some("http")),
                url: Some("url"),
                restart: Some((
                    "Open the file in VS Code and choose Start above the server's name.",
                    "Abra el archivo en VS Code y elija Start sobre el nombre del servidor.",
                )),
            },
            Self::Cursor => &Facts {
                title: "Cursor",
                file: (Base::Home, ".cursor/mcp.json"),
                project_file: Some(".cursor/mcp.json"),
                asks_for_trust: false,
                folder: (Base::Home, ".cursor"),
                program: Some("cursor"),
                runs_in_terminal: false,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::Env,
                kinds: (None, None),
                url: Some("url"),
                restart: Some((
                    "Restart Cursor, then look under Settings, MCP.",
                    "Reinicie Cursor y mire en Settings, MCP.",
                )),
            },
            Self::Codex => &Facts {
                title: "Codex",
                file: (Base::Codex, "config.toml"),
                project_file: Some(".codex/config.toml"),
                asks_for_trust: true,
                folder: (Base::Codex, ""),
                program: Some("codex"),
                runs_in_terminal: true,
                format: Format::Toml,
                servers: "mcp_servers",
                reference: Reference::List,
                kinds: (None, None),
                url: Some("url"),
                restart: None,
            },
            Self::Gemini => &Facts {
                title: "Gemini CLI",
                file: (Base::Home, ".gemini/settings.json"),
                project_file: Some(".gemini/settings.json"),
                asks_for_trust: false,
                folder: (Base::Home, ".gemini"),
                program: Some("gemini"),
                runs_in_terminal: true,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::Dollar,
                kinds: (None, None),
                url: Some("httpUrl"),
                restart: None,
            },
            Self::Windsurf => &Facts {
                title: "Windsurf",
                file: (Base::Home, ".codeium/windsurf/mcp_config.json"),
                project_file: None,
                asks_for_trust: false,
                folder: (Base::Home, ".codeium/windsurf"),
                program: Some("windsurf"),
                runs_in_terminal: false,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::Env,
                kinds: (None, None),
                url: Some("serverUrl"),
                restart: Some((
                    "Restart Windsurf, then look under Settings, Cascade, MCP Servers.",
                    "Reinicie Windsurf y mire en Settings, Cascade, MCP Servers.",
                )),
            },
            Self::Zed => &Facts {
                title: "Zed",
                file: (Base::Zed, "settings.json"),
                project_file: Some(".zed/settings.json"),
                asks_for_trust: true,
                folder: (Base::Zed, ""),
                // On Linux another program, a part of ZFS, has the name `zed`.
                program: None,
                runs_in_terminal: false,
                format: Format::Json,
                servers: "context_servers",
                reference: Reference::None,
                kinds: (None, None),
                url: Some("url"),
                restart: Some((
                    "Zed starts it at once: look for a green dot in the settings of its Agent \
                     Panel.",
                    "Zed lo inicia enseguida: busque un punto verde en los ajustes de su Agent \
                     Panel.",
                )),
            },
            Self::LmStudio => &Facts {
                title: "LM Studio",
                file: (Base::LmStudio, "mcp.json"),
                project_file: None,
                asks_for_trust: false,
                folder: (Base::LmStudio, ""),
                program: None,
                runs_in_terminal: false,
                format: Format::Json,
                servers: "mcpServers",
                reference: Reference::None,
                kinds: (None, None),
                url: Some("url"),
                restart: Some((
                    "Restart LM Studio, then look under Program in its sidebar.",
                    "Reinicie LM Studio y mire en Program, en su barra lateral.",
                )),
            },
        }
    }

    /// Returns its name as people know it.
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    /// Returns how to make it read its configuration again.
    pub fn restart(self) -> Bilingual {
        let Facts { restart, program, .. } = self.facts();
        match restart {
            Some((english, spanish)) => Bilingual::new(english, spanish),
            None => lists_its_servers(program.unwrap_or_default()),
        }
    }

    /// Returns whether it reads a project's file only after the person said that the project is to
    /// be trusted.
    pub const fn asks_for_trust(self) -> bool {
        self.facts().asks_for_trust
    }

    /// Fills in the variables of a value as the client does, and leaves what it would leave.
    pub fn filled_in(self, value: &str, set: impl Fn(&str) -> Option<String>) -> String {
        self.facts().reference.filled_in(value, set)
    }

    /// Returns whether a variable can reach the program from where the client starts, by what the
    /// entry says.
    pub(super) fn passes_variables(self) -> bool {
        self.facts().reference != Reference::None
    }

    /// Returns whether it can speak to a server at an address, beside starting programs.
    pub const fn speaks_http(self) -> bool {
        self.facts().url.is_some()
    }
}

fn lists_its_servers(program: &str) -> Bilingual {
    bilingual!(
        "Start {program} again; `{program} mcp list` shows the server.",
        "Inicie {program} de nuevo; `{program} mcp list` muestra el servidor.",
    )
}
