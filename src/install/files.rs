//! Reads and writes clients' configuration files: whole or not at all, and only if nobody else
//! changed them meanwhile.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{FileError, FileErrorKind, Malformed};
use crate::file::{self, Access};

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

/// Refuses a file in whose place a new one would not be the same: one that its owner made
/// read-only, and one with a second name.
pub(super) fn check_replaceable(path: &Path) -> Result<(), FileError> {
    let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
    let kind = if metadata.permissions().readonly() {
        FileErrorKind::ReadOnly
    } else if is_hard_linked(&metadata) {
        FileErrorKind::HardLinked
    } else {
        return Ok(());
    };
    Err(FileError { path: path.to_owned(), kind })
}

#[cfg(unix)]
fn is_hard_linked(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink() > 1
}

/// The standard library does not tell it yet.
#[cfg(not(unix))]
fn is_hard_linked(_: &fs::Metadata) -> bool {
    false
}

/// Writes a file, if it still holds what was read. A link stays a link, and who may read the file
/// stays the same; `new` is for one that was not there.
pub(super) fn write(
    path: &Path,
    text: &str,
    before: Option<&str>,
    new: Access<'_>,
) -> Result<(), FileError> {
    let target = file::resolved(path).map_err(|problem| unwritable(path, &problem))?;
    let like = fs::metadata(&target).ok();
    let access = like.as_ref().map_or(new, Access::Like);
    let ready =
        file::prepare(&target, text, access).map_err(|problem| unwritable(path, &problem))?;
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
            let problem = write(&path, "ours", before, Access::Private).expect_err("refused");
            assert_eq!(problem.kind, FileErrorKind::Changed);
        }
        assert_eq!(remove(&path, "earlier").expect_err("refused").kind, FileErrorKind::Changed);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "theirs");
        let names = folder.path().read_dir().expect("a folder").count();
        assert_eq!(names, 1, "no temporary file stays");
        write(&path, "ours", Some("theirs"), Access::Private).expect("written");
        remove(&path, "ours").expect("removed");
        let gone = write(&path, "again", Some("ours"), Access::Private).expect_err("refused");
        assert_eq!(gone.kind, FileErrorKind::Changed);
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_absent() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(&folder.path().join("absent")), Ok(None));
        let problem = read(folder.path()).expect_err("a folder is no file");
        assert!(matches!(problem.kind, FileErrorKind::Unreadable(_)), "{problem:?}");
    }
}
