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

    /// Begins to hold this token's look-ups, and returns for how long.
    pub(super) fn begin(&mut self, token: &Token, now: Instant) -> Duration {
        self.0 = Some((token.fingerprint(), now + QUOTA_HOLD));
        QUOTA_HOLD
    }
}
