//! Opens the standard streams for MCP on the I/O reactor where the system allows it.
//!
//! tokio's own stdin and stdout send every read and write through a pool of blocking threads,
//! which costs a call more than all of its JSON. Clients hand us pipes (Python, Rust) or UNIX
//! sockets (Node: Claude Code, VS Code, Gemini), and both can be polled. A terminal, a file and
//! Windows fall back to the pool.

use tokio::io::{AsyncRead, AsyncWrite};

/// Reads what the client writes.
pub(super) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Writes what the client reads.
pub(super) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Opens standard input and output. Must be called inside a tokio runtime.
pub(super) fn open() -> (Input, Output) {
    #[cfg(target_os = "linux")]
    let polled = (linux::input(), linux::output());
    #[cfg(not(target_os = "linux"))]
    let polled = (None, None);
    (
        polled.0.unwrap_or_else(|| Box::new(tokio::io::stdin())),
        polled.1.unwrap_or_else(|| Box::new(tokio::io::stdout())),
    )
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream as BlockingStream;

    use tokio::net::UnixStream;
    use tokio::net::unix::pipe;

    use super::{Input, Output};

    pub(super) fn input() -> Option<Input> {
        // Opened anew, so that "do not block" stays ours: the descriptor itself is shared with
        // whoever started this program. Only pipes open this way.
        if let Ok(pipe) = pipe::OpenOptions::new().open_receiver("/proc/self/fd/0") {
            return Some(Box::new(pipe));
        }
        socket(std::io::stdin().as_fd().try_clone_to_owned().ok()?).map(|it| Box::new(it) as Input)
    }

    pub(super) fn output() -> Option<Output> {
        if let Ok(pipe) = pipe::OpenOptions::new().open_sender("/proc/self/fd/1") {
            return Some(Box::new(pipe));
        }
        socket(std::io::stdout().as_fd().try_clone_to_owned().ok()?)
            .map(|it| Box::new(it) as Output)
    }

    /// Takes a descriptor if it is a socket; sockets cannot be opened anew.
    fn socket(descriptor: OwnedFd) -> Option<UnixStream> {
        let file = File::from(descriptor);
        if !file.metadata().ok()?.file_type().is_socket() {
            return None;
        }
        let stream = BlockingStream::from(OwnedFd::from(file));
        stream.set_nonblocking(true).ok()?;
        UnixStream::from_std(stream).ok()
    }
}
