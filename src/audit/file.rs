//! Files with one writer: the log, which only grows, and the anchor, which is written over.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::chain::{LONGEST_ANCHOR, Last, NO_ANCHOR, is_blank};
use super::key::Keys;
use super::line::{self, BEGINNING};
use super::options::Rotation;
use super::path;
use crate::error::{AuditError, AuditErrorKind, AuditNotice};

/// How often another process may rotate the log while this one opens it.
const TRIES: usize = 8;
/// Most lines are a tenth of this.
const LAST_PART: u64 = 8 * 1024;

/// The log's file.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    rotation: Rotation,
    /// When the last line was written.
    last: Option<Timestamp>,
    /// The length without what must be taken off and could not be yet.
    whole: Option<u64>,
    is_rotation_failing: bool,
}

/// What was found in a log.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The last whole line, without its end.
    pub(super) last_line: Option<Vec<u8>>,
    /// What must be said.
    pub(super) notice: Option<AuditNotice>,
}

impl LogFile {
    /// Opens the log, made where there is none, and sets a torn last line aside.
    pub(super) fn open(path: &Path, rotation: Rotation) -> Result<(Self, Found), AuditError> {
        let wrong = |kind| AuditError { path: path.to_owned(), kind };
        let mut file = open_alone(path, true).map_err(wrong)?;
        let found = recover(&mut file, path).map_err(wrong)?;
        let path = path.to_owned();
        let log =
            Self { path, file, rotation, last: None, whole: None, is_rotation_failing: false };
        Ok((log, found))
    }

    pub(super) fn set_last(&mut self, time: Timestamp) {
        self.last = Some(time);
    }

    /// Appends a line: with one call, and whole or not at all. Returns the length before it. `last`
    /// is the number of the line before it.
    pub(super) fn append(&mut self, line: &[u8], now: Timestamp, last: u64) -> io::Result<u64> {
        let mut length = self.whole_length()?;
        if self.rotation.is_due(length, self.last, now, line.len() as u64) {
            let rotated = self.rotate(now, last);
            let was_failing = self.is_rotation_failing;
            self.is_rotation_failing = rotated.is_err();
            match rotated {
                Ok(()) => length = 0,
                Err(problem) if !was_failing => {
                    tracing::warn!(%problem, "the audit log cannot be rotated; its file goes on");
                }
                Err(_) => {}
            }
        }
        if let Err(problem) = self.write(line) {
            self.cut(length);
            return Err(problem);
        }
        self.last = Some(now);
        Ok(length)
    }

    /// Tries whether the longest line could be appended, and leaves nothing of the trial. What a crash
    /// in the middle of it leaves is set aside at the next start, as a torn line is.
    pub(super) fn try_out(&mut self) -> io::Result<()> {
        let length = self.whole_length()?;
        let written = self.write(&line::trial());
        self.cut(length);
        match self.whole {
            Some(_) => Err(ErrorKind::ResourceBusy.into()),
            None => written,
        }
    }

    /// Takes off what stands after that length; where that fails, the next line or trial does it.
    pub(super) fn cut(&mut self, length: u64) {
        let is_cut = self.file.set_len(length).is_ok();
        self.whole = (!is_cut).then_some(length);
    }

    /// Returns the length, once what could not be taken off before is gone. A log that was deleted
    /// begins again.
    fn whole_length(&mut self) -> io::Result<u64> {
        if let Some(whole) = self.whole {
            self.file.set_len(whole)?;
            self.whole = None;
        }
        let metadata = self.file.metadata()?;
        if !is_deleted(&metadata) {
            return Ok(metadata.len());
        }
        self.file = open_alone(&self.path, true).map_err(io_error)?;
        tracing::warn!(path = %self.path.display(), "the audit log was deleted; another begins");
        Ok(self.file.metadata()?.len())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if cfg!(windows) {
            // There a file is opened for appending alone or for taking off, too.
            self.file.seek(SeekFrom::End(0))?;
        }
        self.file.write_all(bytes)
    }

    /// Renames the file and begins a new one. Whatever fails, lines go on somewhere.
    fn rotate(&mut self, now: Timestamp, last: u64) -> io::Result<()> {
        let old = path::rotated(&self.path, now, last);
        if old.try_exists()? {
            return Err(ErrorKind::AlreadyExists.into());
        }
        std::fs::rename(&self.path, &old)?;
        match open_alone(&self.path, true) {
            Ok(file) => {
                let old = std::mem::replace(&mut self.file, file);
                // Callers do not wait for the disk. Without a thread the system writes it later.
                let _ = std::thread::Builder::new().spawn(move || old.sync_all());
                Ok(())
            }
            Err(kind) => {
                std::fs::rename(&old, &self.path)?;
                Err(io_error(kind))
            }
        }
    }

    /// Opens the log's path anew, as after another program moved the file away. A file that is still
    /// there stays in use.
    pub(super) fn reopen(&mut self) -> Result<(), AuditError> {
        let wrong = |kind| AuditError { path: self.path.clone(), kind };
        let io = |problem: io::Error| AuditErrorKind::Unusable(problem.kind());
        let is_same = is_at(&self.file, &self.path).map_err(|it| wrong(io(it)))?;
        if is_same {
            return Ok(());
        }
        if let Some(whole) = self.whole {
            // The old file's last chance; where it has none, `verify` finds what stayed.
            let _ = self.file.set_len(whole);
        }
        self.sync();
        let file = open_alone(&self.path, true).map_err(wrong)?;
        let metadata = file.metadata().map_err(|it| wrong(io(it)))?;
        if metadata.len() > 0 {
            return Err(wrong(AuditErrorKind::NotEmpty));
        }
        self.file = file;
        self.whole = None;
        Ok(())
    }

    /// Puts another file in its place.
    #[cfg(test)]
    pub(super) fn replace(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    /// Hands what was written to the disk.
    pub(super) fn sync(&self) {
        if let Err(problem) = self.file.sync_all() {
            tracing::warn!(%problem, "the audit log may not be on the disk yet");
        }
    }
}

/// The file that keeps the last line's number and seal.
#[derive(Debug)]
pub(super) struct AnchorFile(File);

impl AnchorFile {
    /// Opens the anchor, made where there is none, and reads it. The outer none is a new one, the
    /// inner one that is not of this key.
    pub(super) fn open(
        path: &Path,
        keys: &Keys,
    ) -> Result<(Self, Option<Result<Last, ()>>), AuditError> {
        let wrong = |kind| AuditError { path: path.to_owned(), kind };
        let mut file = open_alone(path, false).map_err(wrong)?;
        let mut text = Vec::new();
        let read = (&mut file).take(LONGEST_ANCHOR).read_to_end(&mut text);
        read.map_err(|problem| wrong(AuditErrorKind::Unusable(problem.kind())))?;
        let last = (!is_blank(&text)).then(|| Last::from_anchor(&text, keys).ok_or(()));
        Ok((Self(file), last))
    }

    /// Writes where the chain stands over what was there.
    pub(super) fn write(&mut self, last: Option<Last>, keys: &Keys) -> io::Result<()> {
        self.0.rewind()?;
        match last {
            Some(last) => self.0.write_all(last.to_anchor(keys).as_bytes()),
            None => {
                self.0.write_all(&NO_ANCHOR)?;
                self.0.set_len(0)
            }
        }
    }

    /// Puts another file in its place.
    #[cfg(test)]
    pub(super) fn replace(&mut self, file: File) -> File {
        std::mem::replace(&mut self.0, file)
    }
}

/// Opens a file that nobody else may write meanwhile; a new one is its owner's alone.
fn open_alone(path: &Path, is_log: bool) -> Result<File, AuditErrorKind> {
    let io = |problem: io::Error| AuditErrorKind::Unusable(problem.kind());
    for _ in 0..TRIES {
        // Checked before opening: opening a device may do anything.
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                return Err(AuditErrorKind::Unusable(ErrorKind::IsADirectory));
            }
            Ok(metadata) if !metadata.is_file() => {
                return Err(AuditErrorKind::Unusable(ErrorKind::InvalidInput));
            }
            Ok(_) => {}
            Err(problem) if problem.kind() == ErrorKind::NotFound => {}
            Err(problem) => return Err(io(problem)),
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = open_locked(&mut options, path, is_log)?;
        // Another process may have moved it away before this one had the lock.
        if is_at(&file, path).map_err(io)? {
            return Ok(file);
        }
    }
    Err(AuditErrorKind::InUse)
}

#[cfg(unix)]
fn open_locked(
    options: &mut OpenOptions,
    path: &Path,
    is_log: bool,
) -> Result<File, AuditErrorKind> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = options.append(is_log).mode(0o600).open(path);
    let file = file.map_err(|problem| AuditErrorKind::Unusable(problem.kind()))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(AuditErrorKind::InUse),
        Err(fs4::TryLockError::Error(problem)) => Err(AuditErrorKind::Unusable(problem.kind())),
    }
}

/// A lock would keep readers out there, so others are only kept from opening it for writing.
#[cfg(not(unix))]
fn open_locked(
    options: &mut OpenOptions,
    path: &Path,
    _is_log: bool,
) -> Result<File, AuditErrorKind> {
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        const SHARE_READ_AND_DELETE: u32 = 1 | 4;
        options.share_mode(SHARE_READ_AND_DELETE);
    }
    const SHARING_VIOLATION: i32 = 32;
    options.open(path).map_err(|problem| match problem.raw_os_error() {
        Some(SHARING_VIOLATION) => AuditErrorKind::InUse,
        _ => AuditErrorKind::Unusable(problem.kind()),
    })
}

/// Returns whether this file is the one at that path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match path.metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(false),
        Err(problem) => Err(problem),
    }
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> io::Result<bool> {
    // While it is open there, no other can be made in its place.
    path.try_exists()
}

#[cfg(unix)]
fn is_deleted(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 0
}

#[cfg(not(unix))]
fn is_deleted(_metadata: &std::fs::Metadata) -> bool {
    false
}

fn io_error(kind: AuditErrorKind) -> io::Error {
    match kind {
        AuditErrorKind::Unusable(kind) => kind.into(),
        _ => ErrorKind::ResourceBusy.into(),
    }
}

/// Finds the last whole line, and moves what follows it into another file.
fn recover(file: &mut File, path: &Path) -> Result<Found, AuditErrorKind> {
    let io = |problem: io::Error| AuditErrorKind::Unusable(problem.kind());
    if !is_log(file).map_err(io)? {
        return Err(AuditErrorKind::NotAnAuditLog);
    }
    let length = file.metadata().map_err(io)?.len();
    let (last_line, end) = last_line(file).map_err(io)?;
    if end == length {
        return Ok(Found { last_line, notice: None });
    }
    let aside = path::torn(path);
    set_aside(file, end, &aside).map_err(io)?;
    file.set_len(end).map_err(io)?;
    Ok(Found { last_line, notice: Some(AuditNotice::Torn { path: path.to_owned(), aside }) })
}

/// Returns whether a file begins as an audit log does, also one that a crash cut short or left
/// without its bytes.
fn is_log(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::new();
    file.rewind()?;
    file.take(BEGINNING.len() as u64).read_to_end(&mut first)?;
    Ok(BEGINNING.starts_with(&first) || first.iter().all(|it| *it == 0))
}

/// Returns the last whole line and where it ends.
pub(super) fn last_line(file: &mut File) -> io::Result<(Option<Vec<u8>>, u64)> {
    let length = file.metadata()?.len();
    let mut part = LAST_PART.min(length);
    loop {
        let start = length - part;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(part).read_to_end(&mut bytes)?;
        let end = bytes.iter().rposition(|it| *it == b'\n');
        let line = end.and_then(|end| bytes.get(..end)).unwrap_or_default();
        let before = line.iter().rposition(|it| *it == b'\n');
        if let (Some(end), true) = (end, before.is_some() || start == 0) {
            let line = before.and_then(|before| line.get(before + 1..)).unwrap_or(line);
            return Ok((Some(line.to_vec()), start + end as u64 + 1));
        }
        if start == 0 {
            return Ok((None, 0));
        }
        part = (part * 2).min(length);
    }
}

fn set_aside(file: &mut File, from: u64, aside: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut kept = options.open(aside)?;
    file.seek(SeekFrom::Start(from))?;
    io::copy(file, &mut kept)?;
    kept.write_all(b"\n")?;
    kept.sync_all()
}
