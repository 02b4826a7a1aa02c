//! Writes this server into the configuration of an MCP client, and takes it out again.
//!
//! `client` knows where each client keeps its configuration and in which form, `entry` what to
//! write there, `edit` how to change a text and nothing around it (pure), and this module the
//! files: written whole or not at all, with a backup of what was there.

mod client;
mod edit;
mod entry;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

pub use self::client::{ClientKind, Places, Scope, System};
pub use self::entry::{Entry, ServerName, TokenPlace};
use crate::language::{self, Text, text};

/// Says what became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was written; what was there before is in the backup, if there was anything.
    Written {
        /// The earlier content.
        backup: Option<PathBuf>,
    },
    /// It is as it was before the installation, byte for byte.
    Restored,
    /// It was made by the installation, and is gone.
    Removed,
    /// It was right already.
    Unchanged,
}

/// Says why a file was left as it is.
#[derive(Debug)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// What is the matter with it.
    pub trouble: Trouble,
    /// What the system says, or what is wrong and in which line.
    pub reason: Text,
}

/// Names what can be the matter with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be read.
    Unreadable,
    /// It cannot be written.
    Unwritable,
    /// It is not what the client would accept.
    Malformed,
}

impl Problem {
    fn new(path: &Path, trouble: Trouble, reason: Text) -> Self {
        Self { path: path.to_owned(), trouble, reason }
    }

    /// Says what is wrong with which file, and what to do if that is not plain.
    pub fn text(&self) -> Text {
        let (path, reason) = (self.path.display(), &self.reason);
        match self.trouble {
            Trouble::Unreadable => text!(
                "{path} cannot be read ({reason}); it was left as it is",
                "no se puede leer {path} ({reason}); se dejó como está",
                reason,
            ),
            Trouble::Unwritable => text!(
                "{path} cannot be written ({reason}); it was left as it is",
                "no se puede escribir {path} ({reason}); se dejó como está",
                reason,
            ),
            Trouble::Malformed => text!(
                "{path} is not in order: {reason}; it was left as it is\n\
                 Mend it there, or paste what `--print` shows.",
                "{path} no está en orden: {reason}; se dejó como está\n\
                 Corríjalo allí, o pegue lo que muestra `--print`.",
                reason,
            ),
        }
    }
}

/// Adds the entry to a client's file, or replaces it; everything else stays byte for byte.
///
/// # Errors
///
/// [`Problem`]; then nothing was changed.
pub fn install(client: ClientKind, path: &Path, entry: &Entry) -> Result<Change, Problem> {
    let before = read(path)?;
    let after = edit::add(client, before.as_deref().unwrap_or_default(), entry)
        .map_err(|reason| Problem::new(path, Trouble::Malformed, reason))?;
    if before.as_deref() == Some(after.as_str()) {
        return Ok(Change::Unchanged);
    }
    let backup = match before {
        None => None,
        Some(before) => back_up(client, path, &entry.name, &before)?,
    };
    write(path, &after, path)?;
    Ok(Change::Written { backup })
}

/// Keeps what a file held before this server came into it, and says where. A second installation
/// keeps the backup of the first; a file that holds nothing but this server needs none.
fn back_up(
    client: ClientKind,
    path: &Path,
    name: &ServerName,
    before: &str,
) -> Result<Option<PathBuf>, Problem> {
    let backup = backup_of(path);
    if original(client, path, name, before).is_some() {
        return Ok(Some(backup));
    }
    let without = edit::remove(client, before, name).ok().flatten();
    if without.is_some_and(|rest| edit::is_empty(client, &rest)) {
        return Ok(None);
    }
    write(&backup, before, path)?;
    Ok(Some(backup))
}

/// Gives what the backup holds if that is what the file was before this server came into it: the
/// same but for the entry.
fn original(client: ClientKind, path: &Path, name: &ServerName, now: &str) -> Option<String> {
    let kept = read(&backup_of(path)).ok().flatten()?;
    let is_there = |text: &str| edit::remove(client, text, name).is_ok_and(|it| it.is_some());
    let is_original =
        is_there(now) && !is_there(&kept) && edit::is_same_but_for(client, now, &kept, name);
    is_original.then_some(kept)
}

/// Takes the entry out of a client's file. If nothing else was changed since the installation, the
/// file is again what it was before.
///
/// # Errors
///
/// [`Problem`]; then nothing was changed.
pub fn uninstall(client: ClientKind, path: &Path, name: &ServerName) -> Result<Change, Problem> {
    let Some(before) = read(path)? else { return Ok(Change::Unchanged) };
    let removed = edit::remove(client, &before, name)
        .map_err(|reason| Problem::new(path, Trouble::Malformed, reason))?;
    let Some(removed) = removed else { return Ok(Change::Unchanged) };
    let backup = backup_of(path);
    if let Some(original) = original(client, path, name, &before) {
        write(path, &original, path)?;
        // The backup has done its work.
        let _ = fs::remove_file(&backup);
        return Ok(Change::Restored);
    }
    if edit::is_empty(client, &removed) {
        let gone = fs::remove_file(path);
        return match gone {
            Ok(()) => Ok(Change::Removed),
            Err(problem) => Err(unwritable(path, &problem)),
        };
    }
    write(&backup, &before, path)?;
    write(path, &removed, path)?;
    Ok(Change::Written { backup: Some(backup) })
}

/// Shows the entry in the client's own form, for people who paste it themselves.
pub fn shown(client: ClientKind, entry: &Entry) -> String {
    // An empty file is in order for every client.
    edit::add(client, "", entry).unwrap_or_default()
}

fn read(path: &Path) -> Result<Option<String>, Problem> {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => {
                let reason = text!("it is not UTF-8 text", "no es texto UTF-8");
                Err(Problem::new(path, Trouble::Malformed, reason))
            }
        },
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => {
            let reason = language::reason(problem.kind());
            Err(Problem::new(path, Trouble::Unreadable, reason))
        }
    }
}

fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".wolkvox-mcp-backup");
    path.with_file_name(name)
}

/// Writes a file whole or not at all, with the permissions of `like` if that exists. A link stays
/// a link, and a file that its owner made read-only stays as it is.
fn write(path: &Path, text: &str, like: &Path) -> Result<(), Problem> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = fs::metadata(like).ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        let reason = text!("it is read-only", "es de solo lectura");
        return Err(Problem::new(path, Trouble::Unwritable, reason));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let written = || {
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        if let Some(permissions) = permissions {
            file.as_file().set_permissions(permissions)?;
        }
        file.as_file().sync_all()?;
        file.persist(&target)?;
        Ok(())
    };
    written().map_err(|problem: io::Error| unwritable(path, &problem))
}

fn unwritable(path: &Path, problem: &io::Error) -> Problem {
    Problem::new(path, Trouble::Unwritable, language::reason(problem.kind()))
}
