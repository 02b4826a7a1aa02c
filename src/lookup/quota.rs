//! The hold on all requests once the token's calls for the day are used up: asking again would only
//! be refused. Another token in the token's file lifts it.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::wolkvox::{Fingerprint, Token};

/// How long nothing is sent once the day's quota is used up.
const QUOTA_HOLD: Duration = Duration::from_secs(10 * 60);

/// Which token ran out, and until when nothing is sent with it.
#[derive(Debug, Default)]
pub(super) struct QuotaHold(Option<(Fingerprint, Instant)>);

impl QuotaHold {
    /// Lets a look-up with this token pass, or refuses it with the time that is left.
    pub(super) fn enter(&mut self, token: &Token, now: Instant) -> Result<(), Error> {
        match &self.0 {
            Some((held, until)) if *held == token.fingerprint() && now < *until => {
                Err(Error::QuotaExhausted { hold: Some(*until - now) })
            }
            Some(_) => {
                self.0 = None;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Returns whether it holds any token's look-ups.
    pub(super) fn holds(&self, now: Instant) -> bool {
        self.0.as_ref().is_some_and(|(_, until)| now < *until)
    }

    /// Refuses this token's look-ups until then.
    pub(super) fn hold(&mut self, token: &Token, until: Instant) {
        self.0 = Some((token.fingerprint(), until));
    }

    /// Begins to hold this token's look-ups, and returns for how long.
    pub(super) fn begin(&mut self, token: &Token, now: Instant) -> Duration {
        self.0 = Some((token.fingerprint(), now + QUOTA_HOLD));
        QUOTA_HOLD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token::parse(text).expect("a token")
    }

    #[test]
    fn a_hold_tells_the_time_that_is_left_and_ends_with_it() {
        let (token, now) = (token("ficticio-0001"), Instant::now());
        let mut quota = QuotaHold::default();
        assert_eq!(quota.enter(&token, now), Ok(()));
        assert_eq!(quota.begin(&token, now), QUOTA_HOLD);
        let minute = Duration::from_secs(60);
        let left = Some(QUOTA_HOLD - minute);
        let held = Err(Error::QuotaExhausted { hold: left });
        assert_eq!(quota.enter(&token, now + minute), held);
        assert_eq!(quota.enter(&token, now + minute), held, "asking does not end it");
        assert_eq!(quota.enter(&token, now + QUOTA_HOLD), Ok(()));
    }

    #[test]
    fn another_token_lifts_the_hold() {
        let now = Instant::now();
        let mut quota = QuotaHold::default();
        quota.begin(&token("ficticio-0001"), now);
        assert_eq!(quota.enter(&token("ficticio-0002"), now), Ok(()));
    }
}
