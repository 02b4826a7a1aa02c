//! The audit log: one line of JSON for each tool call, chained and sealed, written before the answer
//! leaves. It says who asked when for what, and how that ended, and never holds a value, a record or
//! a token: what was asked for stands there as a keyed hash, so that "who asked about this customer?"
//! can be answered by whoever has the customer's number and the key.
//!
//! ```text
//! attempt   a call on its way, which leaves a line whatever its end
//!   ↓
//! Audit     the chain's next line (line, chain, key), appended with one call (file, stderr),
//!           then the anchor: the last line's number and seal, beside the key
//!
//! verify    every file's lines against seals, order and anchor, and what stands `before` them
//! find      the lines about one value
//! ```
//!
//! A line is handed to the system, not to the disk: it outlives this process, also one that is
//! killed, but not a power cut in the seconds after it. Waiting for the disk would cost each call
//! some milliseconds on the one thread that serves all of them. What was rotated away goes to the disk
//! at once, and so does the end of the log at an orderly exit.

mod attempt;
mod before;
mod chain;
mod file;
mod find;
mod key;
mod line;
mod options;
mod path;
mod read;
mod stderr;
#[cfg(test)]
mod tests;
mod verify;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

pub use self::attempt::Attempt;
pub use self::before::Before;
use self::chain::{Chain, Last};
use self::file::{AnchorFile, Found, LogFile};
pub use self::find::{Asked, Match, Search, Unchecked, find};
pub use self::key::Keys;
pub use self::line::{Entry, Subject};
pub use self::options::{OnFailure, Options, Rotation, Target};
pub use self::verify::{Finding, Flaw, Report, verify};
use crate::error::{AuditError, AuditErrorKind, AuditNotice};
use crate::fields;

/// Returns where a log's key is, unless a setting says otherwise.
pub fn key_beside(log: &Path) -> PathBuf {
    path::key(log)
}

/// What a line calls a field that is not wolkvox's own: its name may be a value in the wrong place.
const ANOTHER: &str = "(another)";

/// The audit log that a process writes; its clones write the same.
#[derive(Clone, Debug)]
pub struct Audit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keys: Keys,
    on_failure: OnFailure,
    state: Mutex<State>,
    is_failing: AtomicBool,
    failures: AtomicU64,
}

#[derive(Debug)]
struct State {
    chain: Chain,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    File { log: LogFile, anchor: AnchorFile },
    Stderr,
}

/// The process that writes.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The computer's name.
    pub host: String,
    /// The system's name of the user.
    pub user: String,
    /// The process's number.
    pub pid: u32,
}

/// A line that could not be written, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWritten(pub io::ErrorKind);

impl Audit {
    /// Opens the log and goes on where it ended.
    ///
    /// # Errors
    ///
    /// If it cannot be used, another process writes it, or it is not to be seen how it goes on.
    pub fn open(
        options: &Options,
        writer: &Writer,
    ) -> Result<(Self, Vec<AuditNotice>), AuditError> {
        let mut notices = Vec::new();
        let now = Timestamp::now();
        let name = format!("{}:{}:{now:.0}", shown(&writer.host), writer.pid);
        let filled = |path: &PathBuf| path::filled(path, writer.pid, &writer.user);
        let key_file = options.key_file.as_ref().map(filled);
        let (keys, last, sink) = match &options.target {
            Target::Stderr => {
                // The settings ask for it.
                let key_file = key_file.unwrap_or_default();
                (Keys::read_or_make(&key_file)?, None, Sink::Stderr)
            }
            Target::File(log) => {
                let log = filled(log);
                let key_file = key_file.unwrap_or_else(|| path::key(&log));
                let (mut file, found) = LogFile::open(&log, options.rotation)?;
                let keys = Keys::read_or_make(&key_file)?;
                if is_open(&key_file) {
                    notices.push(AuditNotice::KeyIsOpen { path: key_file.clone() });
                }
                let anchor_path = path::anchor(&log, &key_file);
                let (anchor, anchored) = AnchorFile::open(&anchor_path, &keys)?;
                let Found { last_line, notice } = found;
                notices.extend(notice);
                let read = last_line.as_deref().and_then(|it| line::read(it, &keys));
                if let Some(read) = &read {
                    file.set_last(read.time);
                }
                let sealed = read.filter(|it| it.is_sealed);
                let sealed = sealed.map(|it| Last { seq: it.seq, mac: it.mac });
                let start = Start { has_lines: last_line.is_some(), sealed, anchored };
                let last = start.last(&log, &anchor_path, &mut notices)?;
                (keys, last, Sink::File { log: file, anchor })
            }
        };
        let chain = Chain::new(keys.clone(), name, last);
        let state = State { chain, sink };
        let inner = Inner {
            keys,
            on_failure: options.on_failure,
            state: Mutex::new(state),
            is_failing: AtomicBool::new(false),
            failures: AtomicU64::new(0),
        };
        Ok((Self(Arc::new(inner)), notices))
    }

    /// Writes a line. It takes some microseconds, for which other callers wait.
    ///
    /// # Errors
    ///
    /// If it, or its place in the anchor, could not be written; then nothing of it stays in a file,
    /// unless it cannot be taken off either: then the next line or [`Self::retry`] does that.
    pub fn record(&self, entry: &Entry<'_>) -> Result<(), NotWritten> {
        let mut state = self.lock();
        let written = state.record(entry, Timestamp::now());
        if written.is_err() {
            self.0.failures.fetch_add(1, Ordering::Relaxed);
        }
        self.note(&written);
        drop(state);
        written.map_err(|problem| NotWritten(problem.kind()))
    }

    /// Returns whether lines can be written. Where the last one could not be, it is tried, and nothing
    /// of the trial stays in the log.
    pub fn retry(&self) -> bool {
        if !self.is_failing() {
            return true;
        }
        let mut state = self.lock();
        let tried = state.try_out();
        self.note(&tried);
        tried.is_ok()
    }

    /// Keeps whether lines can be written, and logs when that changes.
    fn note(&self, written: &io::Result<()>) {
        let was_failing = self.0.is_failing.swap(written.is_err(), Ordering::Relaxed);
        match written {
            Err(problem) if !was_failing => {
                tracing::error!(%problem, "the audit log cannot be written");
            }
            Ok(()) if was_failing => tracing::warn!("the audit log can be written again"),
            _ => {}
        }
    }

    /// Hashes what was asked for, for a line about it.
    pub fn subject(&self, kind: &str, value: &str) -> Subject {
        let shown = fields::find(kind).map_or(ANOTHER, |field| field.name);
        Subject::new(&self.0.keys, kind, shown, value)
    }

    /// Opens the log's path anew, as after another program moved the file away.
    ///
    /// # Errors
    ///
    /// If that is not possible; lines then go on into the file that is open.
    pub fn reopen(&self) -> Result<(), AuditError> {
        match &mut self.lock().sink {
            Sink::File { log, .. } => log.reopen(),
            Sink::Stderr => Ok(()),
        }
    }

    /// Hands what was written to the disk.
    pub fn flush(&self) {
        match &self.lock().sink {
            Sink::File { log, .. } => log.sync(),
            Sink::Stderr => {}
        }
    }

    /// Returns whether an answer must stay back whose line cannot be written.
    pub fn refuses(&self) -> bool {
        self.0.on_failure == OnFailure::Refuse
    }

    /// Returns whether the last line could not be written, and nothing since has shown that the next
    /// one can be.
    pub fn is_failing(&self) -> bool {
        self.0.is_failing.load(Ordering::Relaxed)
    }

    /// Counts the lines that could not be written.
    pub fn failures(&self) -> u64 {
        self.0.failures.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Sink::File { log, .. } = &state.sink {
            log.sync();
        }
    }
}

impl State {
    fn record(&mut self, entry: &Entry<'_>, now: Timestamp) -> io::Result<()> {
        let sealed = self.chain.next(entry, now).ok_or(io::ErrorKind::InvalidData)?;
        match &mut self.sink {
            Sink::Stderr => stderr::write(&sealed.bytes)?,
            Sink::File { log, anchor } => {
                let length = log.append(&sealed.bytes, now, self.chain.seq())?;
                if let Err(problem) = anchor.write(Some(sealed.last), self.chain.keys()) {
                    log.cut(length);
                    // A part of the new one may be there.
                    let _ = anchor.write(self.chain.last(), self.chain.keys());
                    return Err(problem);
                }
            }
        }
        self.chain.advance(sealed.last);
        Ok(())
    }

    /// Tries whether a line could be written.
    fn try_out(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stderr => stderr::try_out(),
            Sink::File { log, anchor } => {
                log.try_out()?;
                anchor.write(self.chain.last(), self.chain.keys())
            }
        }
    }
}

/// What a log and its anchor say of where the chain stands.
struct Start {
    has_lines: bool,
    /// The last line, if its seal is in order.
    sealed: Option<Last>,
    anchored: Option<Result<Last, ()>>,
}

impl Start {
    /// Returns the line after which the chain goes on: the last that was surely written. What is
    /// missing before it is never papered over.
    fn last(
        self,
        log: &Path,
        anchor: &Path,
        notices: &mut Vec<AuditNotice>,
    ) -> Result<Option<Last>, AuditError> {
        let no_anchor = || AuditNotice::NoAnchor { path: anchor.to_owned() };
        let cut = |last: Last| AuditNotice::Cut { path: log.to_owned(), last: last.seq };
        let is_changed = matches!(self.anchored, Some(Err(())));
        match (self.sealed, self.anchored.and_then(Result::ok)) {
            (None, None) if self.has_lines => {
                Err(AuditError { path: log.to_owned(), kind: AuditErrorKind::AnotherKey })
            }
            (None, None) => {
                notices.extend(is_changed.then(no_anchor));
                Ok(None)
            }
            (Some(line), None) => {
                notices.push(no_anchor());
                Ok(Some(line))
            }
            (None, Some(anchor)) => {
                // A log that is not there was moved away, or rotated.
                notices.extend(self.has_lines.then(|| cut(anchor)));
                Ok(Some(anchor))
            }
            // A crash between the line and the anchor leaves the anchor behind.
            (Some(line), Some(anchor)) if line.seq > anchor.seq || line == anchor => Ok(Some(line)),
            (Some(_), Some(anchor)) => {
                notices.push(cut(anchor));
                Ok(Some(anchor))
            }
        }
    }
}

fn shown(host: &str) -> String {
    let plain = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    host.chars().filter(plain).take(64).collect()
}

#[cfg(unix)]
fn is_open(key: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    key.metadata().is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_key: &Path) -> bool {
    false
}
