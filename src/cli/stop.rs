//! Waits for the system to ask this program to end.

/// Listens from now on, and resolves when it does: SIGTERM, or the interrupt of a terminal.
#[cfg(unix)]
pub(super) fn asked() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::terminate(), SignalKind::interrupt()];
    let [mut terminate, mut interrupt] = kinds.map(|kind| signal(kind).ok());
    async move {
        tokio::select! {
            () = next(&mut terminate) => {}
            () = next(&mut interrupt) => {}
        }
    }
}

/// Resolves at the next one; never where the system has none.
#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Resolves when it does: the interrupt of a terminal.
#[cfg(not(unix))]
pub(super) async fn asked() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The system's requests to read anew what may have changed (SIGHUP).
pub(super) struct Hangups {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// Begins to listen; from then on such a request does not end the program.
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            signals: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Resolves at the next one; never where there is no such signal.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        next(&mut self.signals).await;
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    }
}
