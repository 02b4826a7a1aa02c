//! What can go wrong with the audit log, and what must be said of it though it can be used.

use std::io;
use std::path::PathBuf;

/// Why the audit log cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditError {
    /// The file that it is about.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: AuditErrorKind,
}

/// What can be wrong with a file of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditErrorKind {
    /// It cannot be opened, read or written.
    Unusable(io::ErrorKind),
    /// It holds something else.
    NotAnAuditLog,
    /// Another process writes it.
    InUse,
    /// Its last line was not written with this key, or was changed, and nothing says how to go on.
    AnotherKey,
    /// Another file is at its path now, and is not empty.
    NotEmpty,
    /// It is too short for a key, or too long, or not text.
    NotAKey,
}

/// What must be said of an audit log that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditNotice {
    /// The last line was cut short.
    Torn {
        /// The log.
        path: PathBuf,
        /// Where the beginning of that line is kept.
        aside: PathBuf,
    },
    /// Lines at the end are missing or were changed.
    Cut {
        /// The log.
        path: PathBuf,
        /// The last line that was written.
        last: u64,
    },
    /// Nothing says which line was the last.
    NoAnchor {
        /// Where that was expected.
        path: PathBuf,
    },
    /// Others may read the key.
    KeyIsOpen {
        /// The file with it.
        path: PathBuf,
    },
}
