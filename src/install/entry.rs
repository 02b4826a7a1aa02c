//! Decides what stands in a client's configuration: the program, its arguments, its variables.
//!
//! The token is not written there unless asked for: the entry refers to the environment in the
//! client's own syntax, to a file, or to an input that the client prompts for.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde_json::{Value, json};

use super::ClientKind;
use crate::language::{Text, text};
use crate::settings::{ALLOW_HOST, CA_FILE, SERVER, TOKEN, TOKEN_FILE};

/// Names a server in a client's configuration: letters, digits, `-` and `_`, which every client
/// accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName(String);

impl FromStr for ServerName {
    type Err = Text;

    fn from_str(text: &str) -> Result<Self, Text> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        match (1..=64).contains(&text.len()) && text.chars().all(fits) {
            true => Ok(Self(text.to_owned())),
            false => Err(text!(
                "a name is 1 to 64 letters, digits, hyphens and underscores",
                "un nombre son de 1 a 64 letras, dígitos, guiones y guiones bajos",
            )),
        }
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ServerName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the id of the input by which VS Code prompts for this server's token.
    pub(super) fn input(&self) -> String {
        format!("{self}-token")
    }

    /// Refers to that input in VS Code's syntax.
    pub(super) fn input_reference(&self) -> String {
        format!("${{input:{}}}", self.input())
    }
}

/// Holds what a client needs to start this server.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Under which name.
    pub name: ServerName,
    /// This program.
    pub command: PathBuf,
    /// Whether it serves the sandbox; then no account is needed.
    pub sandbox: bool,
    /// Settings to write as they are, by variable; never the token or its file.
    pub settings: Vec<(&'static str, String)>,
    /// Where the token comes from.
    pub token: TokenPlace,
}

/// The settings that say whom to ask, which the sandbox does without.
const ACCOUNT: [&str; 3] = [SERVER.variable, ALLOW_HOST.variable, CA_FILE.variable];

/// Says where the token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// The environment in which the client starts, or the client's prompt.
    Client,
    /// A file.
    File(PathBuf),
    /// The configuration itself.
    Inline(String),
}

impl Entry {
    /// Checks whether the client can get at the token.
    ///
    /// # Errors
    ///
    /// A sentence that says what to do instead.
    pub fn check(&self, client: ClientKind) -> Result<(), Text> {
        let needs_more = client == ClientKind::ClaudeDesktop
            && !self.sandbox
            && self.token == TokenPlace::Client;
        match needs_more {
            true => Err(text!(
                "Claude Desktop cannot pass on environment variables: put the token into \
                 a file and give --token-file, or write it into the configuration with \
                 --inline-token",
                "Claude Desktop no puede pasar variables de entorno: ponga el token en un archivo \
                 y dé --token-file, o escríbalo en la configuración con --inline-token",
            )),
            false => Ok(()),
        }
    }

    pub(super) fn arguments(&self) -> Vec<String> {
        if self.sandbox { vec!["--sandbox".to_owned()] } else { Vec::new() }
    }

    /// Gives the variables to write, in the client's own syntax for what comes from elsewhere.
    pub(super) fn variables(&self, client: ClientKind) -> Vec<(&'static str, String)> {
        let mut variables = self.settings.clone();
        if self.sandbox {
            variables.retain(|(name, _)| !ACCOUNT.contains(name));
            return variables;
        }
        if !variables.iter().any(|(name, _)| *name == SERVER.variable) {
            variables.extend(reference(client, SERVER.variable).map(|it| (SERVER.variable, it)));
        }
        match &self.token {
            TokenPlace::Client => {
                let token = match client {
                    ClientKind::VsCode => Some(self.name.input_reference()),
                    _ => reference(client, TOKEN.variable),
                };
                variables.extend(token.map(|token| (TOKEN.variable, token)));
            }
            TokenPlace::File(path) => {
                variables.push((TOKEN_FILE.variable, path.to_string_lossy().into_owned()));
            }
            TokenPlace::Inline(token) => variables.push((TOKEN.variable, token.clone())),
        }
        variables
    }

    /// Gives the variables that Codex passes on by name.
    pub(super) fn passed_on(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.sandbox {
            return names;
        }
        if !self.settings.iter().any(|(name, _)| *name == SERVER.variable) {
            names.push(SERVER.variable);
        }
        if self.token == TokenPlace::Client {
            names.push(TOKEN.variable);
        }
        names
    }

    /// Says whether VS Code is to prompt for the token.
    pub(super) fn prompts(&self, client: ClientKind) -> bool {
        client == ClientKind::VsCode && !self.sandbox && self.token == TokenPlace::Client
    }

    /// Gives the entry for clients with JSON.
    pub(super) fn json(&self, client: ClientKind) -> Value {
        let mut entry = serde_json::Map::new();
        if client == ClientKind::VsCode {
            entry.insert("type".to_owned(), json!("stdio"));
        }
        entry.insert("command".to_owned(), json!(self.command));
        entry.insert("args".to_owned(), json!(self.arguments()));
        let variables = self.variables(client);
        if !variables.is_empty() {
            let variables: serde_json::Map<_, _> = variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Value::String(value)))
                .collect();
            entry.insert("env".to_owned(), Value::Object(variables));
        }
        Value::Object(entry)
    }
}

/// Refers to a variable of the environment in the client's own syntax; none for clients without.
fn reference(client: ClientKind, variable: &str) -> Option<String> {
    Some(match client {
        ClientKind::ClaudeCode => format!("${{{variable}}}"),
        ClientKind::Cursor | ClientKind::VsCode => format!("${{env:{variable}}}"),
        ClientKind::Gemini => format!("${variable}"),
        // Codex passes variables on by name; Claude Desktop not at all.
        ClientKind::Codex | ClientKind::ClaudeDesktop => return None,
    })
}
