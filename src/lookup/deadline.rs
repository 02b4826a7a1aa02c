//! When a look-up must end.

use std::sync::{Mutex, PoisonError};

use tokio::time::{Instant, sleep_until};

/// When a look-up must end. It moves back when another caller joins.
#[derive(Debug)]
pub(super) struct Deadline(Mutex<Instant>);

impl Deadline {
    pub(super) fn new(at: Instant) -> Self {
        Self(Mutex::new(at))
    }

    pub(super) fn extend(&self, to: Instant) {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *at = to.max(*at);
    }

    pub(super) fn at(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn passed(&self) {
        while Instant::now() < self.at() {
            sleep_until(self.at()).await;
        }
    }

    /// Returns what `work` brings, or nothing if it takes too long.
    pub(super) async fn within<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.passed() => None,
        }
    }
}
