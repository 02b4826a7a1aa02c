//! Standard error as the audit log, for whoever collects it.
//!
//! A line must be out before its answer, so that it cannot wait in the log's queue; but whoever
//! started this program may never read stderr, and a plain write to a full pipe waits for ever. A
//! pipe that is ready takes 4,096 bytes at once, which no line reaches.

use std::io;

/// How long a pipe may be full.
#[cfg(unix)]
const PATIENCE: rustix::event::Timespec =
    rustix::event::Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Writes one line.
#[cfg(unix)]
pub(super) fn write(line: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd;

    use rustix::event::{PollFd, PollFlags, poll};

    // Not through std's lock: the log's thread may hold it while it waits for the same pipe.
    let stderr = io::stderr();
    let stderr = stderr.as_fd();
    let mut ready = [PollFd::new(&stderr, PollFlags::OUT)];
    if poll(&mut ready, Some(&PATIENCE))? == 0 {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let written = rustix::io::write(stderr, line)?;
    if written == line.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Returns an error where a line would surely not be taken; more cannot be tried without one.
#[cfg(unix)]
pub(super) fn try_out() -> io::Result<()> {
    use std::os::fd::AsFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stderr = io::stderr();
    let stderr = stderr.as_fd();
    let mut ready = [PollFd::new(&stderr, PollFlags::OUT)];
    poll(&mut ready, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
    let is_ready = ready.iter().all(|it| it.revents() == PollFlags::OUT);
    if is_ready { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
}

#[cfg(not(unix))]
pub(super) fn try_out() -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn write(line: &[u8]) -> io::Result<()> {
    use std::io::Write;
    io::stderr().write_all(line)
}
