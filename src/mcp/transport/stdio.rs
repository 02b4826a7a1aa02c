//! Opens the standard streams for MCP on the I/O reactor where the system allows it.
//!
//! tokio's own stdin and stdout send every read and write through a pool of blocking threads,
//! which costs a call more than all of its JSON. Clients hand us pipes (Python, Rust) or UNIX
//! sockets (Node: Claude Code, VS Code, Gemini), and both can be polled. A terminal, a file and
//! Windows fall back to the pool.

#[cfg(unix)]
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

/// What the client writes.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// What the client reads.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Opens standard input and output. Must be called inside a tokio runtime.
pub(crate) fn open() -> (Input, Output) {
    #[cfg(unix)]
    let polled = (polled::input(), polled::output());
    #[cfg(not(unix))]
    let polled = (None, None);
    (
        polled.0.unwrap_or_else(|| Box::new(tokio::io::stdin())),
        polled.1.unwrap_or_else(|| Box::new(tokio::io::stdout())),
    )
}

/// How often to look whether somebody still reads.
#[cfg(unix)]
const LOOK: Duration = Duration::from_secs(3);

/// Waits until standard output has lost its last reader. A client that was killed may leave a
/// sibling of this program behind that holds standard input open, which then never ends.
#[cfg(unix)]
pub(crate) async fn nobody_reads() {
    while !polled::is_abandoned() {
        tokio::time::sleep(LOOK).await;
    }
}

/// Never resolves: Windows does not tell of a pipe's reader without a write.
#[cfg(not(unix))]
pub(crate) async fn nobody_reads() {
    std::future::pending().await
}

#[cfg(unix)]
mod polled {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream as BlockingStream;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use tokio::net::UnixStream;
    use tokio::net::unix::pipe;

    use super::{Input, Output};

    /// "Do not block" belongs to the open pipe, which whoever started this program may share. Linux
    /// lets us open it anew, so that it stays ours; elsewhere the shared one is taken.
    const OPENS_ANEW: bool = cfg!(target_os = "linux");

    pub(in crate::mcp) fn input() -> Option<Input> {
        let pipe = if OPENS_ANEW {
            pipe::OpenOptions::new().open_receiver("/proc/self/fd/0")
        } else {
            copy(io::stdin().as_fd()).and_then(pipe::Receiver::from_owned_fd)
        };
        match pipe {
            Ok(pipe) => Some(Box::new(pipe)),
            Err(_) => Some(Box::new(socket(io::stdin().as_fd())?)),
        }
    }

    pub(in crate::mcp) fn output() -> Option<Output> {
        let pipe = if OPENS_ANEW {
            pipe::OpenOptions::new().open_sender("/proc/self/fd/1")
        } else {
            copy(io::stdout().as_fd()).and_then(pipe::Sender::from_owned_fd)
        };
        match pipe {
            Ok(pipe) => Some(Box::new(pipe)),
            Err(_) => Some(Box::new(socket(io::stdout().as_fd())?)),
        }
    }

    /// Returns whether nobody can read standard output any more. A reader that is slow still can.
    pub(super) fn is_abandoned() -> bool {
        let stdout = io::stdout();
        // The conditions that are asked for are told without being named.
        let mut asked = [PollFd::new(&stdout, PollFlags::empty())];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let gone = PollFlags::ERR | PollFlags::HUP;
        poll(&mut asked, Some(&at_once)).is_ok()
            && asked.iter().any(|stdout| stdout.revents().intersects(gone))
    }

    fn copy(descriptor: BorrowedFd<'_>) -> io::Result<OwnedFd> {
        descriptor.try_clone_to_owned()
    }

    /// Takes a descriptor if it is a socket; sockets cannot be opened anew.
    fn socket(descriptor: BorrowedFd<'_>) -> Option<UnixStream> {
        let file = File::from(copy(descriptor).ok()?);
        if !file.metadata().ok()?.file_type().is_socket() {
            return None;
        }
        let stream = BlockingStream::from(OwnedFd::from(file));
        stream.set_nonblocking(true).ok()?;
        UnixStream::from_std(stream).ok()
    }
}
