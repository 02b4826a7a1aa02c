//! Replaces a file whole or not at all, and keeps two programs from doing so at once.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fs4::FileExt;
use tempfile::{Builder, NamedTempFile};

/// Nobody holds a lock for long: what is done under it takes milliseconds.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);
const SUFFIX: &str = ".tmp";

/// Returns the file that a path leads to, its links resolved; it need not be there yet.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    if is_link(path) {
        return fs::canonicalize(path);
    }
    let folder = fs::canonicalize(folder_of(path))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

pub(crate) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink())
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Puts a file into a place, whatever is there; a link is replaced, never followed.
pub(crate) fn put(target: &Path, text: &str, like: Option<&Metadata>) -> io::Result<()> {
    prepare(target, text, like.into())?.persist(target)?;
    Ok(())
}

/// Who may read and write a new file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access<'a> {
    /// Its owner alone.
    Private,
    /// Whom the system lets read and write a file that nothing is said of.
    Usual,
    /// The owner of another file, and whom that one lets.
    Like(&'a Metadata),
}

impl<'a> From<Option<&'a Metadata>> for Access<'a> {
    fn from(like: Option<&'a Metadata>) -> Self {
        like.map_or(Self::Private, Self::Like)
    }
}

/// Writes a new file beside a place.
pub(crate) fn prepare(target: &Path, text: &str, access: Access<'_>) -> io::Result<NamedTempFile> {
    let prefix = prefix(target);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    #[cfg(unix)]
    if matches!(access, Access::Usual) {
        use std::os::unix::fs::PermissionsExt;
        // The system takes away what the person's umask does.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder_of(target))?;
    file.write_all(text.as_bytes())?;
    if let Access::Like(like) = access {
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

/// Returns how the names of a file's temporary files begin, those of its backup included.
fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.wolkvox-mcp-")
}

/// Removes the temporary files that a killed run left beside a file. Only for who holds the file's
/// lock: nobody else's are then in use.
pub(crate) fn sweep(target: &Path) {
    let prefix = prefix(target);
    let Ok(entries) = folder_of(target).read_dir() else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(&prefix) && name.to_string_lossy().ends_with(SUFFIX) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Waits for a file's lock, which is held until the file is dropped.
///
/// # Errors
///
/// [`io::ErrorKind::TimedOut`] if another program does not let go of it.
pub(crate) fn lock(file: &File) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match FileExt::try_lock(file) {
            Ok(()) => return Ok(()),
            Err(fs4::TryLockError::WouldBlock) if start.elapsed() < LONGEST_WAIT => {
                thread::sleep(PAUSE);
            }
            Err(fs4::TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            // A file system without locks: writing whole or not at all has to do.
            Err(fs4::TryLockError::Error(_)) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn who_finds_a_lock_taken_waits_until_it_is_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        let (first, second) = (File::create(&path).expect("a file"), File::create(&path));
        let second = second.expect("a file");
        lock(&first).expect("free");
        let waiting = thread::spawn(move || lock(&second));
        thread::sleep(5 * PAUSE);
        assert!(!waiting.is_finished());
        drop(first);
        waiting.join().expect("no panic").expect("free again");
    }
}
