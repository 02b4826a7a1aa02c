//! Judges silence on a connection that was kept from an earlier request: is it dead, or is wolkvox
//! slow? (pure: the time is an argument)
//!
//! A connection can die without a word while it rests: a NAT forgets it, the network changes, the
//! computer sleeps. And there are servers that answer only the first request of a connection.
//! Neither may cost the deadline. But silence alone is no proof, and a slow wolkvox must not be asked
//! twice, so whatever speaks for a slow one counts.

use std::time::Duration;

use tokio::time::Instant;

/// A connection rests once nothing was heard for so long; until then it is taken to be alive.
const REST: Duration = Duration::from_secs(5);
/// An answer may take this many times as long as the slowest.
const SLOWER: u32 = 3;
/// How long the slowest answer is remembered.
const MEMORY: Duration = Duration::from_secs(60 * 60);
/// Dead connections in a row after which none is kept any more.
const MOST_DEAD: u32 = 2;

/// What answers, and their absence, have shown so far.
#[derive(Debug, Default)]
pub(super) struct Experience {
    last_answer: Option<Instant>,
    /// How long the slowest answer took, and when it came.
    slowest: Option<(Duration, Instant)>,
    /// Whether a kept connection has ever brought an answer.
    is_proven: bool,
    /// Kept connections that were given up since one brought an answer.
    dead: u32,
}

impl Experience {
    /// Returns how long a kept connection may be silent from now on before it counts as dead, at
    /// least `least`.
    pub(super) fn patience(&self, least: Duration, now: Instant) -> Duration {
        let rests = self.last_answer.is_none_or(|at| now - at >= REST);
        if self.is_proven && !rests {
            return Duration::MAX;
        }
        let slowest = self.slowest.map(|(took, _)| took).unwrap_or_default();
        least.max(slowest.saturating_mul(SLOWER))
    }

    /// Takes note of an answer that took so long.
    pub(super) fn answered(&mut self, took: Duration, over_kept: bool, now: Instant) {
        self.last_answer = Some(now);
        if self.slowest.is_none_or(|(slowest, at)| took >= slowest || now - at > MEMORY) {
            self.slowest = Some((took, now));
        }
        if over_kept {
            self.is_proven = true;
            self.dead = 0;
        }
    }

    /// Takes note of a kept connection that was given up.
    pub(super) fn gave_up(&mut self) {
        self.dead = self.dead.saturating_add(1);
    }

    /// Returns whether it is worth while to keep connections.
    pub(super) fn keeps(&self) -> bool {
        self.dead < MOST_DEAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: Duration = Duration::from_secs(6);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Takes note of answers: at which second, after how many seconds, over a kept connection?
    fn after(answers: &[(u64, u64, bool)], start: Instant) -> Experience {
        let mut experience = Experience::default();
        for (at, took, over_kept) in answers {
            experience.answered(seconds(*took), *over_kept, start + seconds(*at));
        }
        experience
    }

    #[test]
    fn only_a_connection_that_rests_or_a_server_that_never_answered_on_one_can_be_dead() {
        let start = Instant::now();
        for (answers, at, patience) in [
            (&[(0, 1, false)][..], 0, LEAST),
            (&[(0, 1, false), (1, 1, true)], 2, Duration::MAX),
            (&[(0, 1, false), (1, 1, true)], 5, Duration::MAX),
            (&[(0, 1, false), (1, 1, true)], 6, LEAST),
            (&[(0, 1, true), (60, 1, false)], 61, Duration::MAX),
        ] {
            let found = after(answers, start).patience(LEAST, start + seconds(at));
            assert_eq!(found, patience, "{answers:?} at {at}");
        }
    }

    #[test]
    fn the_slower_the_slowest_answer_of_the_last_hour_the_longer_the_patience() {
        let start = Instant::now();
        for (answers, at, patience) in [
            (&[(0, 2, true)][..], 10, 6),
            (&[(0, 7, true)], 10, 21),
            (&[(0, 7, true), (30, 1, true), (60, 1, true)], 70, 21),
            (&[(0, 7, true), (3_600, 1, true)], 3_610, 21),
            (&[(0, 7, true), (3_601, 1, true)], 3_610, 6),
        ] {
            let found = after(answers, start).patience(LEAST, start + seconds(at));
            assert_eq!(found, seconds(patience), "{answers:?} at {at}");
        }
    }

    #[test]
    fn after_two_dead_connections_in_a_row_none_is_kept() {
        let mut experience = Experience::default();
        experience.gave_up();
        assert!(experience.keeps());
        experience.answered(seconds(1), true, Instant::now());
        experience.gave_up();
        assert!(experience.keeps());
        experience.answered(seconds(1), false, Instant::now());
        experience.gave_up();
        assert!(!experience.keeps());
    }
}
