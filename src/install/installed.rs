//! Finds the entries by which clients start this program.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::CstRootNode;
use serde_json::{Value, json};
use toml_edit::{DocumentMut, Item};

use super::{ClientKind, ConfigDirs, FileError, FileErrorKind, Scope};
use crate::error::io_reason;
use crate::language::{Bilingual, bilingual};

/// An entry of a client's configuration that starts this program.
#[derive(Clone, PartialEq, Eq)]
pub struct InstalledEntry {
    /// The server's name.
    pub name: String,
    /// The program that the client starts.
    pub command: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The variables that the client sets, as they stand there; a token may be among them.
    pub environment: Vec<(String, String)>,
    /// The variables that the client passes on from its own environment, in Codex's own list.
    pub passed_on: Vec<String>,
}

/// Values may be secrets.
impl fmt::Debug for InstalledEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstalledEntry").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A client's configuration file that knows this server, or that may and cannot be read.
#[derive(Debug)]
pub struct Installation {
    /// The client.
    pub client: ClientKind,
    /// For whom the file counts.
    pub scope: Scope,
    /// The file.
    pub file: PathBuf,
    /// The entries that start this program, at least one; or why they are not known.
    pub entries: Result<Vec<InstalledEntry>, FileError>,
}

/// Returns the configurations, of every client and scope, that know this server.
pub fn installations(dirs: &ConfigDirs) -> Vec<Installation> {
    let mut found: Vec<Installation> = Vec::new();
    for client in ClientKind::ALL {
        for scope in [Scope::User, Scope::Project] {
            let Some(file) = client.file(scope, dirs) else { continue };
            let is_same = |it: &Installation| {
                it.client == client && it.file.canonicalize().ok() == file.canonicalize().ok()
            };
            if found.iter().any(is_same) {
                continue;
            }
            let entries = match fs::read_to_string(&file) {
                Ok(text) => installed(client, &text).map_err(|why| FileError {
                    path: file.clone(),
                    kind: FileErrorKind::Malformed,
                    reason: why,
                }),
                Err(problem) if problem.kind() == ErrorKind::NotFound => continue,
                Err(problem) => Err(FileError {
                    path: file.clone(),
                    kind: FileErrorKind::Unreadable,
                    reason: io_reason(problem.kind()),
                }),
            };
            if !entries.as_ref().is_ok_and(Vec::is_empty) {
                found.push(Installation { client, scope, file, entries });
            }
        }
    }
    found
}

fn installed(client: ClientKind, text: &str) -> Result<Vec<InstalledEntry>, Bilingual> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let (whole, key) = match client {
        ClientKind::Codex => {
            let document = text.parse::<DocumentMut>();
            let document = document.map_err(|_| bilingual!("it is not TOML", "no es TOML"))?;
            (plain(document.as_item()), "mcp_servers")
        }
        client => {
            let root = CstRootNode::parse(text, &ParseOptions::default());
            let root = root.map_err(|_| bilingual!("it is not JSON", "no es JSON"))?;
            let key = if client == ClientKind::VsCode { "servers" } else { "mcpServers" };
            (root.to_serde_value().unwrap_or_default(), key)
        }
    };
    let servers = whole.get(key).and_then(Value::as_object).into_iter().flatten();
    Ok(servers.filter_map(|(name, entry)| ours(name, entry)).collect())
}

fn plain(item: &Item) -> Value {
    if let Some(table) = item.as_table_like() {
        return table.iter().map(|(key, item)| (key.to_owned(), plain(item))).collect();
    }
    if let Some(array) = item.as_array() {
        return array.iter().map(|it| json!(it.as_str())).collect();
    }
    json!(item.as_str())
}

fn ours(name: &str, entry: &Value) -> Option<InstalledEntry> {
    let command = entry.get("command")?.as_str()?;
    let file = command.rsplit(['/', '\\']).next()?;
    if file.strip_suffix(".exe").unwrap_or(file) != env!("CARGO_PKG_NAME") {
        return None;
    }
    let list = |key: &str| -> Vec<String> {
        let items = entry.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let environment = entry.get("env").and_then(Value::as_object).into_iter().flatten();
    let environment = environment.filter_map(|(key, it)| Some((key.clone(), it.as_str()?.into())));
    Some(InstalledEntry {
        name: name.to_owned(),
        command: command.to_owned(),
        arguments: list("args"),
        environment: environment.collect(),
        passed_on: list("env_vars"),
    })
}
