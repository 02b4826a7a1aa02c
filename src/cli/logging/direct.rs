//! Writes to standard error at once where that cannot wait, whoever else shares it. Clients hand
//! over pipes (Python, Rust) and sockets (Node), so a thread for the log is rarely needed.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};

use rustix::fs::OFlags;
use rustix::net::{SendFlags, send};

/// A standard error that can be written to without waiting.
#[derive(Debug)]
pub(super) enum Direct {
    /// A pipe, opened anew: "do not block" is then ours alone.
    Pipe(File),
    /// A socket, which can be asked not to wait each time.
    Socket(File),
    /// `/dev/null`, which nobody reads.
    Nowhere,
}

impl Direct {
    /// Opens standard error, if it is of a kind that can be written to without waiting.
    pub(super) fn open() -> Option<Self> {
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned().ok()?);
        let metadata = stderr.metadata().ok()?;
        if is_null(&metadata) {
            return Some(Self::Nowhere);
        }
        let kind = metadata.file_type();
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
            Self::Nowhere => Ok(line.len()),
        };
        written.unwrap_or(0)
    }
}

/// Returns whether what is written there is gone, as where a client ignores the log.
fn is_null(metadata: &Metadata) -> bool {
    let null = || std::fs::metadata("/dev/null").is_ok_and(|it| it.rdev() == metadata.rdev());
    metadata.file_type().is_char_device() && null()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_null_device_is_nowhere() {
        let is_null = |path: &str| is_null(&std::fs::metadata(path).expect("it is there"));
        assert!(is_null("/dev/null"));
        assert!(!is_null("/dev/zero") && !is_null("/dev") && !is_null("/proc/self/exe"));
    }
}
