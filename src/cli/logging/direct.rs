//! Writes to standard error at once where that cannot wait, whoever else shares it. Clients hand
//! over pipes (Python, Rust) and sockets (Node), so a thread for the log is rarely needed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

use rustix::fs::OFlags;
use rustix::net::{SendFlags, send};

/// A standard error that can be written to without waiting.
#[derive(Debug)]
pub(super) enum Direct {
    /// A pipe, opened anew: "do not block" is then ours alone.
    Pipe(File),
    /// A socket, which can be asked not to wait each time.
    Socket(File),
}

impl Direct {
    /// Opens standard error, if it is of a kind that can be written to without waiting.
    pub(super) fn open() -> Option<Self> {
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned().ok()?);
        let kind = stderr.metadata().ok()?.file_type();
        if kind.is_socket() {
            return Some(Self::Socket(stderr));
        }
        let does_not_block = i32::try_from(OFlags::NONBLOCK.bits()).ok()?;
        let mut anew = OpenOptions::new();
        anew.write(true).custom_flags(does_not_block);
        kind.is_fifo().then(|| anew.open("/proc/self/fd/2").ok()).flatten().map(Self::Pipe)
    }

    /// Writes what fits without waiting, and returns how much that was.
    pub(super) fn write(&self, line: &[u8]) -> usize {
        let written = match self {
            Self::Pipe(pipe) => (&mut &*pipe).write(line),
            Self::Socket(socket) => {
                send(socket, line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL).map_err(Into::into)
            }
        };
        written.unwrap_or(0)
    }
}
