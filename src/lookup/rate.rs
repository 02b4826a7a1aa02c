//! How many look-ups a minute may reach wolkvox (pure: the time is an argument).
//!
//! It holds for any sixty seconds. governor, whose bucket refills while it is used, would let twice
//! as many through in the first minute.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// The look-ups of the last minute.
#[derive(Debug)]
pub(super) struct Rate {
    per_minute: usize,
    recent: VecDeque<Instant>,
}

impl Rate {
    pub(super) fn new(per_minute: u32) -> Self {
        let per_minute = usize::try_from(per_minute).unwrap_or(usize::MAX);
        Self { per_minute, recent: VecDeque::new() }
    }

    /// Returns whether a look-up may pass now, or else how long none will.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), Duration> {
        while self.recent.front().is_some_and(|oldest| now >= *oldest + MINUTE) {
            self.recent.pop_front();
        }
        match self.recent.front() {
            Some(oldest) if self.recent.len() >= self.per_minute => Err(*oldest + MINUTE - now),
            _ => Ok(()),
        }
    }

    /// Lets a look-up pass and counts it.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.check(now)?;
        self.recent.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_the_limit() {
        let start = Instant::now();
        let mut rate = Rate::new(6);
        let seconds = (0..300).filter(|second| {
            let now = start + Duration::from_secs(*second);
            rate.take(now).is_ok()
        });
        let passed: Vec<u64> = seconds.collect();
        for window in passed.windows(7) {
            assert!(window[6] - window[0] >= 60, "{window:?}");
        }
        assert_eq!(passed.len(), 6 * 5);
    }

    #[test]
    fn a_refusal_says_when_the_next_may_pass() {
        let start = Instant::now();
        let mut rate = Rate::new(1);
        assert_eq!(rate.take(start), Ok(()));
        let later = start + Duration::from_secs(20);
        assert_eq!(rate.check(later), Err(Duration::from_secs(40)));
        assert_eq!(rate.take(start + MINUTE), Ok(()));
    }
}
