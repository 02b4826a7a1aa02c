//! Reads and writes clients' configuration files: whole or not at all, and only if nobody else
//! changed them meanwhile.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::error::{FileError, FileErrorKind, Malformed};
use crate::file;

/// Configurations are small; Claude Code's own grows to some megabytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Reads a file's text; none if there is no file.
pub(super) fn read(path: &Path) -> Result<Option<String>, FileError> {
    match file::read(path, LARGEST_FILE) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(malformed(path, Malformed::NotUtf8)),
        },
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => {
            let kind = FileErrorKind::Unreadable(problem.kind());
            Err(FileError { path: path.to_owned(), kind })
        }
    }
}

/// Returns the file that a path leads to, its links resolved; it need not be there yet.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
    if is_link(path) {
        return fs::canonicalize(path);
    }
    let folder = fs::canonicalize(folder_of(path))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink())
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses a file that its owner made read-only: a new file in its place would not respect that.
pub(super) fn check_writable(path: &Path) -> Result<(), FileError> {
    if fs::metadata(path).is_ok_and(|it| it.permissions().readonly()) {
        return Err(FileError { path: path.to_owned(), kind: FileErrorKind::ReadOnly });
    }
    Ok(())
}

/// Writes a file, if it still holds what was read. A link stays a link.
pub(super) fn write(path: &Path, text: &str, before: Option<&str>) -> Result<(), FileError> {
    let target = resolved(path).map_err(|problem| unwritable(path, &problem))?;
    let like = fs::metadata(&target).ok();
    let ready =
        prepare(&target, text, like.as_ref()).map_err(|problem| unwritable(path, &problem))?;
    // As late as can be: other programs write the file at any time, as Claude Code does its own.
    check_unchanged(path, before)?;
    ready.persist(&target).map_err(|problem| unwritable(path, &problem.error))?;
    Ok(())
}

/// Removes a file, if it still holds what was read.
pub(super) fn remove(path: &Path, before: &str) -> Result<(), FileError> {
    check_unchanged(path, Some(before))?;
    fs::remove_file(path).map_err(|problem| unwritable(path, &problem))
}

fn check_unchanged(path: &Path, before: Option<&str>) -> Result<(), FileError> {
    if read(path)?.as_deref() == before {
        return Ok(());
    }
    Err(FileError { path: path.to_owned(), kind: FileErrorKind::Changed })
}

/// Puts a file into a place, whatever is there; a link is replaced, never followed.
pub(super) fn put(target: &Path, text: &str, like: Option<&Metadata>) -> io::Result<()> {
    prepare(target, text, like)?.persist(target)?;
    Ok(())
}

/// Writes a new file beside a place, with the owner and permissions of the one there; without one,
/// only its owner can read it.
fn prepare(target: &Path, text: &str, like: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut file =
        Builder::new().prefix(&prefix(target)).suffix(SUFFIX).tempfile_in(folder_of(target))?;
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
    Ok(file)
}

const SUFFIX: &str = ".tmp";

/// Returns how the names of a file's temporary files begin, those of its backup included.
fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.wolkvox-mcp-")
}

/// Removes the temporary files that a killed run left beside a file. Only for who holds the file's
/// lock: nobody else's are then in use.
pub(super) fn sweep(target: &Path) {
    let prefix = prefix(target);
    let Ok(entries) = folder_of(target).read_dir() else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(&prefix) && name.to_string_lossy().ends_with(SUFFIX) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

pub(super) fn unwritable(path: &Path, problem: &io::Error) -> FileError {
    let kind = FileErrorKind::Unwritable(problem.kind());
    FileError { path: path.to_owned(), kind }
}

pub(super) fn malformed(path: &Path, problem: Malformed) -> FileError {
    FileError { path: path.to_owned(), kind: FileErrorKind::Malformed(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_since_it_was_read_is_neither_written_nor_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        fs::write(&path, "theirs").expect("written");
        for before in [None, Some("earlier")] {
            let problem = write(&path, "ours", before).expect_err("refused");
            assert_eq!(problem.kind, FileErrorKind::Changed);
        }
        assert_eq!(remove(&path, "earlier").expect_err("refused").kind, FileErrorKind::Changed);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "theirs");
        let names = folder.path().read_dir().expect("a folder").count();
        assert_eq!(names, 1, "no temporary file stays");
        write(&path, "ours", Some("theirs")).expect("written");
        remove(&path, "ours").expect("removed");
        let gone = write(&path, "again", Some("ours")).expect_err("refused");
        assert_eq!(gone.kind, FileErrorKind::Changed);
    }

    #[test]
    fn only_the_temporary_files_of_this_file_are_swept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".claude.json");
        let left = "..claude.json.wolkvox-mcp-aB3.tmp";
        let others = [".tmpXYZ", "..claude.json.wolkvox-mcp-note", ".mcp.json.wolkvox-mcp-aB3.tmp"];
        for name in others.iter().chain([&left]) {
            fs::write(folder.path().join(name), "").expect("written");
        }
        sweep(&path);
        assert!(!folder.path().join(left).exists());
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
    }
}
