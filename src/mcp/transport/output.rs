//! Writes messages for the client: whoever comes first writes what all have added so far.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Bytes of answers that may wait before no further message is read. It leaves room for clients
/// that ask thousands of things before they read the first answer.
const ENOUGH: usize = 32 * 1024 * 1024;

/// Most messages have fewer bytes.
const USUAL_LENGTH: usize = 4 * 1024;

/// Messages to be written.
pub(crate) struct Output<W> {
    pending: Mutex<Pending>,
    /// Wakes whoever waits: some of them have been written.
    progress: Notify,
    stream: tokio::sync::Mutex<W>,
    /// Cancelled when nobody can read the answers any more.
    broken: CancellationToken,
    failure: Failure,
}

/// Why the client could not be written to, once it could not.
pub(in crate::mcp) type Failure = Arc<OnceLock<io::Error>>;

#[derive(Default)]
struct Pending {
    added: Vec<u8>,
    /// How many bytes are being written.
    writing: usize,
}

impl<W: AsyncWrite + Unpin> Output<W> {
    pub(crate) fn new(stream: W) -> Self {
        Self {
            pending: Mutex::default(),
            progress: Notify::new(),
            stream: tokio::sync::Mutex::new(stream),
            broken: CancellationToken::new(),
            failure: Failure::default(),
        }
    }

    pub(super) fn failure(&self) -> &Failure {
        &self.failure
    }

    /// Waits until the client cannot be written to any more.
    pub(crate) async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Adds a message, to be written with the next [`write`](Self::write).
    pub(crate) fn add(&self, message: &impl Serialize) -> io::Result<()> {
        self.add_with(|bytes| serde_json::to_writer(bytes, message))
    }

    /// Adds the message that `write` writes.
    pub(super) fn add_with(
        &self,
        write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> io::Result<()> {
        let mut pending = self.pending();
        let before = pending.added.len();
        pending.added.reserve(USUAL_LENGTH);
        if let Err(problem) = write(&mut pending.added) {
            pending.added.truncate(before);
            return Err(problem.into());
        }
        pending.added.push(b'\n');
        Ok(())
    }

    /// Writes all that has been added.
    pub(crate) async fn write(&self) -> io::Result<()> {
        let mut stream = self.stream.lock().await;
        let bytes = {
            let mut pending = self.pending();
            pending.writing = pending.added.len();
            std::mem::take(&mut pending.added)
        };
        if bytes.is_empty() {
            return Ok(());
        }
        self.write_to(&mut stream, &bytes).await.map_err(|problem| {
            let kind = problem.kind();
            let _ = self.failure.set(problem);
            self.broken.cancel();
            self.progress.notify_waiters();
            kind.into()
        })
    }

    async fn write_to(&self, stream: &mut W, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = stream.write(bytes).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = bytes.get(written..).unwrap_or_default();
            self.pending().writing = bytes.len();
            self.progress.notify_waiters();
        }
        stream.flush().await
    }

    /// Waits until not too much is waiting to be written, or nothing can be written any more.
    pub(crate) async fn room(&self) {
        loop {
            let progress = self.progress.notified();
            let waiting = {
                let pending = self.pending();
                pending.added.len() + pending.writing
            };
            if waiting < ENOUGH || self.broken.is_cancelled() {
                return;
            }
            progress.await;
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
