//! Measures a look-up while it runs: where the time goes, for `timeout` and the log, and what it
//! is doing, for progress.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

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
    Waiting,
}

/// What time is spent on.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Queued,
    Waiting,
    Upstream,
    Over,
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
    phase: Phase,
    since: Instant,
}

impl Meter {
    pub(super) fn start() -> Self {
        let state = State {
            timings: Timings::default(),
            pages: 0,
            phase: Phase::Queued,
            since: Instant::now(),
        };
        Self { state: Mutex::new(state), stage: watch::Sender::new(Stage::Queued) }
    }

    pub(super) fn stages(&self) -> watch::Receiver<Stage> {
        self.stage.subscribe()
    }

    pub(super) fn queue(&self) {
        self.enter(Phase::Queued);
        self.stage.send_replace(Stage::Queued);
    }

    pub(super) fn wait(&self) {
        self.enter(Phase::Waiting);
        self.stage.send_replace(Stage::Waiting);
    }

    /// Counts a request that is about to be sent.
    pub(super) fn ask(&self, page: u32) {
        let mut state = self.lock();
        state.switch(Phase::Upstream);
        state.timings.attempts += 1;
        let request = state.timings.attempts;
        drop(state);
        self.stage.send_replace(Stage::Asking { page, request });
    }

    pub(super) fn page(&self) {
        self.lock().pages += 1;
    }

    pub(super) fn end(&self) {
        self.enter(Phase::Over);
    }

    /// Returns the time spent so far, the running phase included.
    pub(super) fn timings(&self) -> Timings {
        let mut now = *self.lock();
        now.switch(Phase::Over);
        now.timings
    }

    /// Returns whether a request is on its way.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.lock().phase, Phase::Upstream)
    }

    pub(super) fn pages(&self) -> u32 {
        self.lock().pages
    }

    fn enter(&self, phase: Phase) {
        self.lock().switch(phase);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn switch(&mut self, next: Phase) {
        let now = Instant::now();
        let passed: Duration = now - self.since;
        match self.phase {
            Phase::Queued => self.timings.queued += passed,
            Phase::Waiting => self.timings.waiting += passed,
            Phase::Upstream => self.timings.upstream += passed,
            Phase::Over => {}
        }
        self.phase = next;
        self.since = now;
    }
}
