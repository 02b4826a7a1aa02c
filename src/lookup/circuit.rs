//! Spares a wolkvox that is down, and the callers who would wait for it: after some failures in a
//! row look-ups fail at once for a while, then one may try ([`Circuit`] is pure: the time is
//! an argument).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Outage};

/// Failed look-ups in a row that open the circuit.
const FAILURES: u32 = 5;
/// Failed requests in a row that do: as many as that many look-ups make, when they queue together.
const FAILED_REQUESTS: u32 = 3 * FAILURES;
/// How long it stays open.
const REST: Duration = Duration::from_secs(15);

/// A count of failures in a row, and what follows from it.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    failures: u32,
    failed_requests: u32,
    open_until: Option<Instant>,
    /// A look-up is on its way to find out whether wolkvox is back.
    probing: bool,
}

/// How a look-up ended, as far as wolkvox's health goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// wolkvox answered, be it with a refusal.
    Answered,
    /// wolkvox could not be reached in time.
    Failed,
    /// Nothing was learnt: the look-up was given up.
    Unknown,
}

impl Circuit {
    /// Lets a look-up pass, or returns how long none will. `Ok(true)` makes it the probe that finds
    /// out whether wolkvox is back.
    pub(super) fn enter(&mut self, now: Instant) -> Result<bool, Duration> {
        let Some(open_until) = self.open_until else { return Ok(false) };
        if now < open_until {
            return Err(open_until - now);
        }
        if self.probing {
            // The probe will decide soon, and nobody knows when exactly.
            return Err(Duration::from_secs(1));
        }
        self.probing = true;
        Ok(true)
    }

    /// Lets a request of a look-up that has passed go out, or returns how long none will.
    pub(super) fn request(&self, now: Instant) -> Result<(), Duration> {
        match self.open_until {
            None => Ok(()),
            // The probe decides; until then the wait is at least a moment.
            Some(until) => Err(until.saturating_duration_since(now).max(Duration::from_secs(1))),
        }
    }

    /// Takes note of how a request ended.
    pub(super) fn request_ended(&mut self, health: Health, now: Instant) {
        match health {
            Health::Answered => self.failed_requests = 0,
            Health::Unknown => {}
            Health::Failed => {
                self.failed_requests = self.failed_requests.saturating_add(1);
                if self.failed_requests >= FAILED_REQUESTS && self.open_until.is_none() {
                    self.open_until = Some(now + REST);
                }
            }
        }
    }

    /// Takes note of how a look-up that had passed ended.
    pub(super) fn leave(&mut self, health: Health, now: Instant) {
        match health {
            Health::Answered => *self = Self::default(),
            Health::Unknown => self.probing = false,
            Health::Failed => {
                self.probing = false;
                self.failures = self.failures.saturating_add(1);
                // A probe that fails leaves it open for as long again.
                if self.failures >= FAILURES || self.open_until.is_some() {
                    self.open_until = Some(now + REST);
                }
            }
        }
    }
}

/// A look-up's leave to pass. It tells the circuit how the look-up ended, also when it is given up
/// on the way.
pub(super) struct Pass<'a> {
    circuit: &'a Mutex<Circuit>,
    is_probe: bool,
    pub(super) health: Health,
}

impl<'a> Pass<'a> {
    /// Lets a look-up pass, unless the circuit is open.
    pub(super) fn enter(circuit: &'a Mutex<Circuit>) -> Result<Self, Error> {
        let mut state = circuit.lock().unwrap_or_else(PoisonError::into_inner);
        let is_probe = state.enter(Instant::now()).map_err(is_open)?;
        Ok(Self { circuit, is_probe, health: Health::Unknown })
    }

    /// Reports to the circuit how a request ended.
    pub(super) fn request_ended(&self, health: Health) {
        let mut state = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        state.request_ended(health, Instant::now());
    }

    /// Lets a request go out, unless the circuit has opened since the look-up passed.
    pub(super) fn request(&self) -> Result<(), Error> {
        if self.is_probe {
            return Ok(());
        }
        let state = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        state.request(Instant::now()).map_err(is_open)
    }
}

fn is_open(wait: Duration) -> Error {
    Error::Unavailable { outage: Outage::CircuitOpen { wait } }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        state.leave(self.health, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::Health::{Answered, Failed, Unknown};
    use super::*;

    /// Plays a story: at a second, a look-up asks to pass, or one ends.
    #[track_caller]
    fn play(story: &[(u64, Step)]) {
        let start = Instant::now();
        let mut circuit = Circuit::default();
        for (index, (second, step)) in story.iter().enumerate() {
            let now = start + Duration::from_secs(*second);
            match step {
                Step::Passes => assert!(circuit.enter(now).is_ok(), "step {index}"),
                Step::Waits(wait) => {
                    assert_eq!(circuit.enter(now), Err(Duration::from_secs(*wait)), "step {index}");
                }
                Step::Ends(health) => circuit.leave(*health, now),
            }
        }
    }

    #[derive(Clone, Copy)]
    enum Step {
        Passes,
        Waits(u64),
        Ends(Health),
    }

    use Step::{Ends, Passes, Waits};

    const DOWN: [(u64, Step); 5] = [(0, Ends(Failed)); 5];

    #[test]
    fn four_failures_change_nothing_and_an_answer_forgets_them() {
        play(&[(0, Ends(Failed)), (0, Ends(Failed)), (0, Ends(Failed)), (0, Ends(Failed))]);
        let mut story = vec![(0, Ends(Failed)); 4];
        story.extend([(1, Ends(Answered)), (2, Ends(Failed)), (2, Passes)]);
        play(&story);
    }

    #[test]
    fn five_failures_in_a_row_close_the_way_for_fifteen_seconds() {
        play(&[&DOWN[..], &[(0, Waits(15)), (14, Waits(1)), (15, Passes)]].concat());
    }

    #[test]
    fn then_one_look_up_tries_and_decides() {
        let probe =
            [(15, Passes), (15, Waits(1)), (16, Ends(Answered)), (16, Passes), (16, Passes)];
        play(&[&DOWN[..], &probe].concat());
        let probe = [(15, Passes), (16, Ends(Failed)), (16, Waits(15)), (31, Passes)];
        play(&[&DOWN[..], &probe].concat());
    }

    #[test]
    fn fifteen_failed_requests_in_a_row_close_the_way_before_their_look_ups_have_ended() {
        let now = Instant::now();
        let mut circuit = Circuit::default();
        (0..14).for_each(|_| circuit.request_ended(Failed, now));
        circuit.request_ended(Answered, now);
        (0..14).for_each(|_| circuit.request_ended(Failed, now));
        assert_eq!(circuit.request(now), Ok(()));
        circuit.request_ended(Failed, now);
        assert_eq!(circuit.request(now), Err(REST));
    }

    #[test]
    fn what_passed_before_the_circuit_opened_is_held_back_and_the_probe_is_not() {
        let start = Instant::now();
        let mut circuit = Circuit::default();
        assert_eq!(circuit.enter(start), Ok(false));
        (0..5).for_each(|_| circuit.leave(Failed, start));
        assert_eq!(circuit.request(start), Err(REST));
        assert_eq!(circuit.enter(start + REST), Ok(true), "the probe");
        assert_eq!(circuit.request(start + REST), Err(Duration::from_secs(1)));
        circuit.leave(Answered, start + REST);
        assert_eq!(circuit.request(start + REST), Ok(()));
    }

    #[test]
    fn a_probe_that_is_given_up_lets_the_next_one_try() {
        play(&[&DOWN[..], &[(15, Passes), (16, Ends(Unknown)), (16, Passes)]].concat());
    }
}
