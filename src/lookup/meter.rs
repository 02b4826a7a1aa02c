//! Measures a look-up while it runs: where the time goes, for `timeout` and the log, and what it
//! is doing, for progress.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use crate::language::{Bilingual, bilingual};

use crate::error::Timings;

/// What a look-up is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for a free place at the gate.
    Queued,
    /// It has sent a request.
    Asking {
        /// Which page.
        page: u32,
        /// Which request of the look-up.
        request: u32,
    },
    /// It waits before it tries again.
    Waiting {
        /// Whether wolkvox was busy with other requests of the token.
        is_busy: bool,
    },
}

impl Stage {
    /// Returns what a person who waits is told.
    pub fn text(self) -> Bilingual {
        match self {
            Self::Queued => Bilingual::new("queued", "en cola"),
            Self::Asking { page: 1, request: 1 } => {
                Bilingual::new("asking wolkvox", "consultando a wolkvox")
            }
            Self::Asking { page, request } => bilingual!(
                "asking wolkvox: page {page}, request {request}",
                "consultando a wolkvox: página {page}, solicitud {request}"
            ),
            Self::Waiting { is_busy: false } => {
                Bilingual::new("waiting before the next try", "esperando para reintentar")
            }
            Self::Waiting { is_busy: true } => Bilingual::new(
                "wolkvox is busy with other requests with this token; trying again in a moment",
                "wolkvox está ocupado con otras solicitudes de este token; se reintenta en un momento",
            ),
        }
    }
}

/// A meter of one look-up.
#[derive(Debug)]
pub(super) struct Meter {
    state: Mutex<State>,
    stage: watch::Sender<Stage>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    timings: Timings,
    pages: u32,
    is_from_others: bool,
    /// None once it has ended.
    stage: Option<Stage>,
    since: Instant,
}

impl Meter {
    pub(super) fn start() -> Self {
        let (timings, stage) = (Timings::default(), Some(Stage::Queued));
        let state =
            State { timings, pages: 0, is_from_others: false, stage, since: Instant::now() };
        Self { state: Mutex::new(state), stage: watch::Sender::new(Stage::Queued) }
    }

    pub(super) fn stages(&self) -> watch::Receiver<Stage> {
        self.stage.subscribe()
    }

    pub(super) fn queue(&self) {
        self.enter(Stage::Queued);
    }

    pub(super) fn wait(&self, is_busy: bool) {
        self.enter(Stage::Waiting { is_busy });
    }

    /// Counts a request that is about to be sent.
    pub(super) fn ask(&self, page: u32) {
        let mut state = self.lock();
        state.timings.attempts += 1;
        let request = state.timings.attempts;
        drop(state);
        self.enter(Stage::Asking { page, request });
    }

    pub(super) fn page(&self) {
        self.lock().pages += 1;
    }

    pub(super) fn end(&self) {
        self.lock().switch(None);
    }

    /// Ends with what another process got.
    pub(super) fn end_by_others(&self) {
        let mut state = self.lock();
        state.switch(None);
        state.is_from_others = true;
    }

    pub(super) fn is_from_others(&self) -> bool {
        self.lock().is_from_others
    }

    /// Returns the time spent so far, the running stage included.
    pub(super) fn timings(&self) -> Timings {
        let mut now = *self.lock();
        now.switch(None);
        now.timings
    }

    /// Returns whether a request is on its way.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.lock().stage, Some(Stage::Asking { .. }))
    }

    pub(super) fn pages(&self) -> u32 {
        self.lock().pages
    }

    fn enter(&self, stage: Stage) {
        self.lock().switch(Some(stage));
        self.stage.send_replace(stage);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn switch(&mut self, next: Option<Stage>) {
        let now = Instant::now();
        let passed = now - self.since;
        match self.stage {
            Some(Stage::Queued) => self.timings.queued += passed,
            Some(Stage::Waiting { .. }) => self.timings.waiting += passed,
            Some(Stage::Asking { .. }) => self.timings.upstream += passed,
            None => {}
        }
        self.stage = next;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_stage_counts_its_own_time_until_the_end() {
        let meter = Meter::start();
        let stages = meter.stages();
        advance(Duration::from_secs(1)).await;
        meter.queue();
        advance(Duration::from_secs(2)).await;
        assert!(!meter.is_asking());
        meter.ask(1);
        assert!(meter.is_asking());
        advance(Duration::from_secs(4)).await;
        meter.wait(true);
        assert_eq!(*stages.borrow(), Stage::Waiting { is_busy: true });
        advance(Duration::from_secs(8)).await;
        meter.ask(2);
        assert_eq!(*stages.borrow(), Stage::Asking { page: 2, request: 2 });
        advance(Duration::from_secs(16)).await;
        meter.queue();
        advance(Duration::from_secs(32)).await;
        let seconds = Duration::from_secs;
        let spent = Timings {
            attempts: 2,
            queued: seconds(35),
            waiting: seconds(8),
            upstream: seconds(20),
        };
        assert_eq!(meter.timings(), spent);
        meter.end();
        advance(Duration::from_secs(64)).await;
        assert_eq!(meter.timings(), spent, "the clock stands");
        assert!(!meter.is_asking());
    }

    #[test]
    fn pages_are_counted_apart_from_requests() {
        let meter = Meter::start();
        assert_eq!(meter.pages(), 0);
        meter.ask(1);
        meter.ask(1);
        meter.page();
        meter.page();
        meter.page();
        assert_eq!((meter.pages(), meter.timings().attempts), (3, 2));
    }
}
