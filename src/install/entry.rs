//! Decides what stands in a client's configuration: the program, its arguments, its variables, or the
//! address of a team's server (`remote`).
//!
//! The token is not written there unless asked for: the entry refers to the environment in the
//! client's own syntax, to a file, or to an input that the client prompts for.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde_json::{Value, json};

use super::remote::KIND;
use super::{ClientKind, RemoteEntry};
use crate::error::EntryError;
use crate::settings::Setting;

/// The name of a server in a client's configuration: letters, digits, `-` and `_`, which every
/// client accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName(String);

/// What every object has in JavaScript, in which most clients are written: an entry of such a name
/// would not be found, or would change what all others are made of.
const RESERVED: &[&str] = &[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "prototype",
    "toLocaleString",
    "toString",
    "valueOf",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
];

impl FromStr for ServerName {
    type Err = EntryError;

    fn from_str(text: &str) -> Result<Self, EntryError> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if RESERVED.contains(&text) {
            Err(EntryError::ReservedName(text.to_owned()))
        } else if (1..=64).contains(&text.len()) && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EntryError::Name)
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

    /// Returns the id of the input by which VS Code prompts for this server's token.
    pub(super) fn input(&self) -> String {
        format!("{self}-token")
    }

    /// Refers to that input in VS Code's syntax.
    pub(super) fn input_reference(&self) -> String {
        format!("${{input:{}}}", self.input())
    }
}

/// What a client needs to start this server.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Under which name.
    pub name: ServerName,
    /// This program's file.
    pub command: String,
    /// Whether it serves the sandbox; then no account is needed.
    pub sandbox: bool,
    /// Settings to write as they are; never the token or its file.
    pub settings: Vec<(Setting, String)>,
    /// Where the token comes from.
    pub token: TokenDelivery,
    /// What the file of settings says, which the entry names.
    pub in_file: Vec<Setting>,
    /// The team's server that answers instead of this program, if one does.
    pub remote: Option<RemoteEntry>,
}

/// Returns whether a variable that an entry has already stays in a new one: all but those of the
/// account.
pub(super) fn is_kept(variable: &str) -> bool {
    let setting = Setting::of_variable(variable);
    setting.is_none_or(|setting| {
        setting != Setting::Operation && !setting.is_account() && !setting.is_callers()
    })
}

/// Where the token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenDelivery {
    /// The environment in which the client starts, or the client's prompt.
    Client,
    File(PathBuf),
    /// The configuration itself.
    Inline(String),
    /// The file of settings, which the entry names.
    SettingsFile,
}

impl Entry {
    /// Returns the settings whose variables must be set where the client starts.
    pub fn expected(&self, client: ClientKind) -> Vec<Setting> {
        let asks = client == ClientKind::VsCode;
        self.passed_on().into_iter().filter(|it| !(asks && *it == Setting::Token)).collect()
    }

    /// Checks whether the client can get at the account.
    ///
    /// # Errors
    ///
    /// What stands in the way, and what to do instead.
    pub fn check(&self, client: ClientKind) -> Result<(), EntryError> {
        if client.passes_variables() {
            return Ok(());
        }
        let (missing, title) = (self.expected(client), client.title());
        if missing.contains(&Setting::CallerToken) {
            return Err(EntryError::CallerTokenFromVariable(title));
        }
        if missing.contains(&Setting::Server) {
            return Err(EntryError::ServerFromVariable(title));
        }
        if missing.contains(&Setting::Token) {
            return Err(EntryError::TokenFromVariable(title));
        }
        Ok(())
    }

    pub(super) fn arguments(&self) -> Vec<String> {
        match &self.remote {
            Some(remote) => remote.arguments(),
            None if self.sandbox => vec!["--sandbox".to_owned()],
            None => Vec::new(),
        }
    }

    /// Returns the variables to write, in the client's own syntax for what comes from elsewhere.
    pub(super) fn variables(&self, client: ClientKind) -> Vec<(Setting, String)> {
        let mut variables = self.settings.clone();
        let reference = client.facts().reference;
        if let Some(remote) = &self.remote {
            let token = reference.to(Setting::CallerToken);
            let token = token.filter(|_| remote.is_from_environment());
            variables.extend(token.map(|token| (Setting::CallerToken, token)));
            return variables;
        }
        if self.sandbox {
            variables.retain(|(setting, _)| !setting.is_account());
            return variables;
        }
        if !self.names_server() {
            let server = reference.to(Setting::Server);
            variables.extend(server.map(|it| (Setting::Server, it)));
        }
        match &self.token {
            TokenDelivery::Client => {
                let token = match client {
                    ClientKind::VsCode => Some(self.name.input_reference()),
                    _ => reference.to(Setting::Token),
                };
                variables.extend(token.map(|token| (Setting::Token, token)));
            }
            TokenDelivery::File(path) => {
                variables.push((Setting::TokenFile, path.to_string_lossy().into_owned()));
            }
            TokenDelivery::Inline(token) => variables.push((Setting::Token, token.clone())),
            TokenDelivery::SettingsFile => {}
        }
        variables
    }

    /// Returns whether the entry, or the file that it names, has a value for a setting.
    pub fn names(&self, setting: Setting) -> bool {
        self.in_file.contains(&setting) || self.settings.iter().any(|(it, _)| *it == setting)
    }

    fn names_server(&self) -> bool {
        self.names(Setting::Server)
    }

    /// Returns the settings that come from the environment; Codex passes them on by name.
    pub(super) fn passed_on(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        if let Some(remote) = &self.remote {
            settings.extend(remote.is_from_environment().then_some(Setting::CallerToken));
            return settings;
        }
        if self.sandbox {
            return settings;
        }
        if !self.names_server() {
            settings.push(Setting::Server);
        }
        if self.token == TokenDelivery::Client {
            settings.push(Setting::Token);
        }
        settings
    }

    /// Returns whether VS Code is to prompt for the token.
    pub fn prompts(&self, client: ClientKind) -> bool {
        let is_own = self.remote.is_none() && !self.sandbox;
        client == ClientKind::VsCode && is_own && self.token == TokenDelivery::Client
    }

    /// Returns the entry for clients with JSON.
    pub(super) fn json(&self, client: ClientKind) -> Value {
        if let Some(remote) = self.native(client) {
            return remote.json(client);
        }
        let mut entry = serde_json::Map::new();
        if let (Some(kind), _) = client.facts().kinds {
            entry.insert(KIND.to_owned(), json!(kind));
        }
        entry.insert("command".to_owned(), json!(self.command));
        entry.insert("args".to_owned(), json!(self.arguments()));
        let variables: serde_json::Map<_, _> = self
            .variables(client)
            .into_iter()
            .map(|(setting, text)| (setting.variable().to_owned(), Value::String(text)))
            .collect();
        if !variables.is_empty() {
            entry.insert("env".to_owned(), Value::Object(variables));
        }
        Value::Object(entry)
    }
}
