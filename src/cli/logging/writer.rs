//! Writes to standard error without ever waiting for whoever reads it.
//!
//! A client may start this program with a pipe for stderr and never read it; once the pipe is full,
//! a plain write waits for ever. Lines are therefore handed to a thread through a queue that drops
//! what does not fit. Unlike a non-blocking descriptor that holds for pipes, sockets, files and
//! stopped terminals on every system, and changes nothing that other processes share. The thread
//! ends soon after the last line, so that the idle program is one thread. On Linux there is none
//! before a line does not fit into a pipe or socket: starting one takes longer than a whole line.

use std::io::{self, Write};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use super::direct::Direct;

/// Bytes that may wait: bursts at level `trace` fit, what nobody reads stays small.
const QUEUE: usize = 1024 * 1024;
/// How long the thread waits for another line before it ends.
const LINGER: Duration = Duration::from_millis(100);
/// How long the end of the program may take for the last lines.
const LAST_LINES: Duration = Duration::from_millis(200);
/// How long to wait where another process has made stderr non-blocking, and it is full.
const FULL: Duration = Duration::from_millis(20);

/// A writer to standard error; its clones share one queue.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct StderrWriter(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    #[cfg(target_os = "linux")]
    direct: OnceLock<Option<Direct>>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    /// Lines that did not fit.
    dropped: u64,
    thread: Thread,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Thread {
    #[default]
    None,
    Idle,
    Working,
}

impl State {
    fn has_work(&self) -> bool {
        !self.waiting.is_empty() || self.dropped > 0
    }
}

impl StderrWriter {
    /// Waits until everything is written, but not for long: nobody may be reading.
    pub(in crate::cli) fn finish(&self) {
        let is_busy = |state: &mut State| state.has_work() || state.thread == Thread::Working;
        let _ = self.0.changed.wait_timeout_while(self.0.lock(), LAST_LINES, is_busy);
    }
}

/// Takes one line; the log's formatter writes whole lines.
impl Write for StderrWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock();
        let must_queue = state.has_work() || state.thread == Thread::Working;
        let rest = if must_queue { line } else { self.0.write_at_once(line) };
        if rest.is_empty() {
            return Ok(line.len());
        }
        if state.waiting.len() + rest.len() <= QUEUE {
            state.waiting.extend_from_slice(rest);
        } else {
            state.dropped += 1;
        }
        match state.thread {
            Thread::Working => {}
            Thread::Idle => self.0.changed.notify_all(),
            Thread::None => {
                let shared = Arc::clone(&self.0);
                let thread = thread::Builder::new().name("log".to_owned());
                // Without a thread the lines wait until one can be started.
                if thread.spawn(move || shared.write_out()).is_ok() {
                    state.thread = Thread::Working;
                }
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    /// Writes what fits without waiting, and returns the rest.
    #[cfg(target_os = "linux")]
    fn write_at_once<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let direct = self.direct.get_or_init(Direct::open).as_ref();
        line.get(direct.map_or(0, |direct| direct.write(line))..).unwrap_or_default()
    }

    /// Returns all of it: elsewhere there is no way that is known never to wait.
    #[cfg(not(target_os = "linux"))]
    fn write_at_once<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        line
    }

    /// Writes what is waiting, until nothing has come for a while.
    fn write_out(&self) {
        let mut state = self.lock();
        loop {
            if !state.waiting.is_empty() {
                state.thread = Thread::Working;
                let lines = std::mem::take(&mut state.waiting);
                drop(state);
                write_all(&lines);
            } else if state.dropped > 0 {
                state.thread = Thread::Working;
                let dropped = std::mem::take(&mut state.dropped);
                drop(state);
                // Through the log itself, for its form; the queue has room again.
                tracing::warn!(dropped, "log lines were dropped, as nobody read them");
            } else {
                state.thread = Thread::Idle;
                self.changed.notify_all();
                let has_none = |state: &mut State| !state.has_work();
                let waited = self.changed.wait_timeout_while(state, LINGER, has_none);
                let (guard, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                state = guard;
                if waited.timed_out() {
                    state.thread = Thread::None;
                    return;
                }
                continue;
            }
            state = self.lock();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes all of it unless stderr is closed or broken: then there is nobody to tell.
fn write_all(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match io::stderr().write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(problem) if problem.kind() == io::ErrorKind::WouldBlock => thread::sleep(FULL),
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
