//! What can go wrong with a client's configuration file, and with what is to be written there.

use std::io;
use std::path::PathBuf;

/// Why a client's file was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: FileErrorKind,
}

/// What can be wrong with a client's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileErrorKind {
    /// It cannot be read.
    Unreadable(io::ErrorKind),
    /// It cannot be written.
    Unwritable(io::ErrorKind),
    /// Its owner made it read-only.
    ReadOnly,
    /// It has a second name, which a new file in its place would not have.
    HardLinked,
    /// It is not what the client would accept.
    Malformed(Malformed),
    /// Another program wrote it at the same time.
    Changed,
    /// Another installation is at work on it.
    Locked,
    /// The entry of this name starts another program.
    NotOurs(String),
}

/// Why a text is not a client's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is not UTF-8 text.
    NotUtf8,
    /// It is not JSON from this line on.
    NotJson {
        /// Counted from 1.
        line: usize,
    },
    /// It is not TOML from this line on.
    NotToml {
        /// Counted from 1.
        line: usize,
    },
    /// Its lines end in two ways.
    MixedLineEnds,
    /// All of it is not an object.
    NotAnObject,
    /// The value of this key is not an object.
    NoObject(String),
    /// The value of this key is not a list.
    NoList(String),
    /// The value of this key is not a table.
    NoTable(String),
    /// This key appears twice.
    Twice(String),
}

/// Why an entry cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// A name that clients do not accept.
    Name,
    /// A name that has a meaning of its own in JavaScript.
    ReservedName(String),
    /// This client fills in no variables, and the server is to come from one.
    ServerFromVariable(&'static str),
    /// This client fills in no variables, and the token is to come from one.
    TokenFromVariable(&'static str),
    /// This client fills in no variables, and the token of a team's server is to come from one.
    CallerTokenFromVariable(&'static str),
    /// There is no home folder: this variable is not set.
    NoHome(&'static str),
}
