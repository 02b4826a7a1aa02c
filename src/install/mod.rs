//! Writes this server into the configuration of an MCP client, and takes it out again.
//!
//! `client` knows where each client keeps its configuration, `entry` what to write there, `edit`
//! how to change a text and nothing around it (pure), and this module the files: written whole or
//! not at all, with a backup of what was there.

mod client;
mod edit;
mod entry;
mod installed;

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

pub use self::client::{ClientKind, ConfigDirs, Os, Scope};
pub use self::entry::{Entry, ServerName, TokenDelivery};
pub use self::installed::{Installation, InstalledEntry, installations};
use crate::error::io_reason;
use crate::file;
use crate::language::{Bilingual, bilingual};

/// What became of a file. The backup, if there is one, holds what was there before the first
/// installation; it never holds an entry of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was written.
    Written {
        /// The earlier content.
        backup: Option<PathBuf>,
    },
    /// It is as it was before the installation, byte for byte.
    Restored,
    /// It held nothing but this program, and is gone.
    Removed {
        /// The earlier content.
        backup: Option<PathBuf>,
    },
    /// It was right already, or had no such entry.
    Unchanged,
}

/// Why a file was left as it is.
#[derive(Debug)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is the matter with it.
    pub kind: FileErrorKind,
    /// What the system says, or what is wrong and in which line.
    pub reason: Bilingual,
}

/// What can be wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileErrorKind {
    /// It cannot be read.
    Unreadable,
    /// It cannot be written.
    Unwritable,
    /// It is not what the client would accept.
    Malformed,
    /// Another program wrote it at the same time.
    Changed,
}

impl FileError {
    fn new(path: &Path, kind: FileErrorKind, reason: Bilingual) -> Self {
        Self { path: path.to_owned(), kind, reason }
    }

    /// Returns what is wrong with which file, and what to do if that is not plain.
    pub fn text(&self) -> Bilingual {
        let (path, reason) = (self.path.display(), &self.reason);
        match self.kind {
            FileErrorKind::Unreadable => bilingual!(
                "{path} cannot be read ({reason}); it was left as it is",
                "no se puede leer {path} ({reason}); se dejó como está",
                reason,
            ),
            FileErrorKind::Unwritable => bilingual!(
                "{path} cannot be written ({reason}); it was left as it is",
                "no se puede escribir {path} ({reason}); se dejó como está",
                reason,
            ),
            FileErrorKind::Malformed => bilingual!(
                "{path} is not in order: {reason}; it was left as it is",
                "{path} tiene un error: {reason}; se dejó como está",
                reason,
            ),
            FileErrorKind::Changed => bilingual!(
                "{path} was changed by another program meanwhile; run the command again",
                "otro programa cambió {path} entretanto; ejecute el comando otra vez",
            ),
        }
    }
}

/// Adds the entry to a client's file, or replaces it; everything else stays byte for byte.
///
/// # Errors
///
/// [`FileError`]; then nothing was changed.
pub fn install(client: ClientKind, path: &Path, entry: &Entry) -> Result<Change, FileError> {
    let before = read(path)?;
    let after = edit::add(client, before.as_deref().unwrap_or_default(), entry)
        .map_err(|reason| FileError::new(path, FileErrorKind::Malformed, reason))?;
    if before.as_deref() == Some(after.as_str()) {
        return Ok(Change::Unchanged);
    }
    let backup = match &before {
        None => None,
        Some(before) => back_up(client, path, before)?,
    };
    write(path, &after, before.as_deref())?;
    Ok(Change::Written { backup })
}

/// Keeps what a file held before this program came into it, and says where. Further installations
/// keep the backup of the first; a file that holds nothing but this program needs none.
fn back_up(client: ClientKind, path: &Path, before: &str) -> Result<Option<PathBuf>, FileError> {
    let kept = match edit::without_ours(client, before) {
        Some(_) if backup(client, path).is_some() => return Ok(Some(backup_of(path))),
        Some(rest) if edit::is_blank(&rest) => return Ok(None),
        Some(rest) => rest,
        None => before.to_owned(),
    };
    let backup = backup_of(path);
    let like = fs::metadata(path).map_err(|problem| unwritable(path, &problem))?;
    // A link in the backup's place is replaced, never followed: a project may have planted it.
    persist(&backup, &kept, Some(&like)).map_err(|problem| unwritable(&backup, &problem))?;
    Ok(Some(backup))
}

/// Takes the entry out of a client's file. If nothing else was changed since the installation, the
/// file is again what it was before, byte for byte.
///
/// # Errors
///
/// [`FileError`]; then nothing was changed.
pub fn uninstall(client: ClientKind, path: &Path, name: &ServerName) -> Result<Change, FileError> {
    let Some(before) = read(path)? else { return Ok(Change::Unchanged) };
    let removed = edit::remove(client, &before, name)
        .map_err(|reason| FileError::new(path, FileErrorKind::Malformed, reason))?;
    let Some(removed) = removed else { return Ok(Change::Unchanged) };
    let is_last = edit::without_ours(client, &removed).is_none();
    let backup = backup(client, path);
    if let Some(kept) = &backup
        && is_last
        && is_untouched(client, &removed, kept, name)
    {
        write(path, kept, Some(&before))?;
        // The file is what the backup holds, so the backup is no longer needed.
        let _ = fs::remove_file(backup_of(path));
        return Ok(Change::Restored);
    }
    let backup = backup.map(|_| backup_of(path));
    // A link's target is emptied: to remove the link would hide the text, not delete it.
    let is_link = fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
    if is_last && edit::is_blank(&removed) && !is_link {
        return match fs::remove_file(path) {
            Ok(()) => Ok(Change::Removed { backup }),
            Err(problem) => Err(unwritable(path, &problem)),
        };
    }
    write(path, &removed, Some(&before))?;
    Ok(Change::Written { backup })
}

/// Returns whether a file without our entry equals the backup with an entry added and removed again: then nothing else has changed it.
fn is_untouched(client: ClientKind, removed: &str, kept: &str, name: &ServerName) -> bool {
    let added = edit::add(client, kept, &Entry::probe(name.clone()));
    let again = added.and_then(|added| edit::remove(client, &added, name));
    again.is_ok_and(|again| again.as_deref() == Some(removed))
}

/// Shows the entry in the client's own form, for people who paste it themselves.
pub fn shown(client: ClientKind, entry: &Entry) -> String {
    // Every client accepts an empty file.
    edit::add(client, "", entry).unwrap_or_default()
}

/// Configurations are small; Claude Code's own grows to some megabytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

fn read(path: &Path) -> Result<Option<String>, FileError> {
    match file::read(path, LARGEST_FILE) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => {
                let reason = bilingual!("it is not UTF-8 text", "no es texto UTF-8");
                Err(FileError::new(path, FileErrorKind::Malformed, reason))
            }
        },
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => {
            let reason = io_reason(problem.kind());
            Err(FileError::new(path, FileErrorKind::Unreadable, reason))
        }
    }
}

/// Returns what the backup holds, if it is one of ours.
fn backup(client: ClientKind, path: &Path) -> Option<String> {
    let kept = read(&backup_of(path)).ok().flatten()?;
    edit::without_ours(client, &kept).is_none().then_some(kept)
}

fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".wolkvox-mcp-backup");
    path.with_file_name(name)
}

/// Writes a file whole or not at all, if it still holds what was read. A link stays a link, and a
/// file that its owner made read-only stays as it is.
fn write(path: &Path, text: &str, before: Option<&str>) -> Result<(), FileError> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
    let target = if is_link {
        fs::canonicalize(path).map_err(|problem| unwritable(path, &problem))?
    } else {
        path.to_owned()
    };
    let like = fs::metadata(&target).ok();
    if like.as_ref().is_some_and(|it| it.permissions().readonly()) {
        let reason = bilingual!("it is read-only", "es de solo lectura");
        return Err(FileError::new(path, FileErrorKind::Unwritable, reason));
    }
    // Other programs write the file too: Claude Code writes its own at any time.
    if read(path)?.as_deref() != before {
        return Err(FileError::new(path, FileErrorKind::Changed, Bilingual::same("")));
    }
    persist(&target, text, like.as_ref()).map_err(|problem| unwritable(path, &problem))
}

/// Puts a new file into a place, with the owner and permissions of the one before; without one,
/// only its owner can read it.
fn persist(target: &Path, text: &str, like: Option<&Metadata>) -> io::Result<()> {
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(like) = like {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            // Only root may change the owner; for others the owner is right already.
            let _ = fchown(file.as_file(), Some(like.uid()), Some(like.gid()));
        }
        file.as_file().set_permissions(like.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

fn unwritable(path: &Path, problem: &io::Error) -> FileError {
    FileError::new(path, FileErrorKind::Unwritable, io_reason(problem.kind()))
}
