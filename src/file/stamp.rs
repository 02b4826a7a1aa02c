//! What a file looks like, to notice cheaply that it changed.

use std::fs::Metadata;
use std::time::SystemTime;

/// What changes when a file does. A file can be replaced by one of the same size and time, as
/// `cp -p` does; on UNIX it is another file then, or its status changed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) modified: Option<SystemTime>,
    pub(crate) bytes: u64,
    pub(crate) identity: Identity,
}

#[cfg(unix)]
type Identity = (u64, u64, i64, i64);
/// The time of creation, which is what Windows tells of a file without opening it.
#[cfg(not(unix))]
type Identity = Option<SystemTime>;

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    metadata.created().ok()
}

impl Stamp {
    /// Returns what a file looks like now.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let (modified, bytes) = (metadata.modified().ok(), metadata.len());
        Self { modified, bytes, identity: identity(metadata) }
    }
}
