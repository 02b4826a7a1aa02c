//! Decides what stands in a client's configuration: the program, its arguments, its variables.
//!
//! The token is not written there unless asked for: the entry refers to the environment in the
//! client's own syntax, to a file, or to an input that the client prompts for.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::ClientKind;
use crate::language::{Text, text};
use crate::settings::{SERVER, TOKEN, TOKEN_FILE};

/// Id of the input that VS Code prompts for.
pub(super) const INPUT: &str = "wolkvox-token";

/// Holds what a client needs to start this server.
#[derive(Clone, Debug)]
pub struct Entry {
    /// This program.
    pub command: PathBuf,
    /// Whether it serves the sandbox; then nothing else is needed.
    pub sandbox: bool,
    /// Settings to write as they are, by variable; never the token.
    pub settings: Vec<(&'static str, String)>,
    /// Where the token comes from.
    pub token: TokenPlace,
}

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
        if self.sandbox {
            return Vec::new();
        }
        let mut variables = self.settings.clone();
        if !variables.iter().any(|(name, _)| *name == SERVER.variable) {
            variables.extend(reference(client, SERVER.variable).map(|it| (SERVER.variable, it)));
        }
        match &self.token {
            TokenPlace::Client => {
                let token = match client {
                    ClientKind::VsCode => Some(format!("${{input:{INPUT}}}")),
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
