//! What one token may do: how many requests at a time, how many look-ups a minute, and none at all
//! while its quota is used up. Accounts with the same token share it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::Limits;
use super::quota::QuotaHold;
use crate::error::{Error, internal};
use crate::wolkvox::Token;

/// The limits of one token, and what is left of them.
#[derive(Debug)]
pub struct Admission {
    per_minute: u32,
    gate: Semaphore,
    rate: DefaultDirectRateLimiter,
    quota: Mutex<QuotaHold>,
}

impl Admission {
    /// Creates the limits of a token of which nothing is used yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            per_minute: limits.rate.get(),
            gate: Semaphore::new(limits.max_in_flight.get().into()),
            rate: RateLimiter::direct(Quota::per_minute(limits.rate)),
            quota: Mutex::default(),
        }
    }

    /// Lets a look-up with this token begin, or refuses it.
    pub(super) fn look_up(&self, token: &Token) -> Result<(), Error> {
        self.quota().enter(token, Instant::now())?;
        self.rate.check().map_err(|refused| Error::RateLimited {
            per_minute: self.per_minute,
            wait: refused.wait_time_from(DefaultClock::default().now()),
        })
    }

    /// Waits for a free place for one request.
    pub(super) async fn request(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.gate.acquire().await.map_err(|_| internal("the gate is closed"))
    }

    /// Returns whether somebody may be waiting for a place.
    pub(super) fn is_full(&self) -> bool {
        self.gate.available_permits() == 0
    }

    /// Takes note of a failure: a spent quota holds this token's look-ups.
    pub(super) fn note(&self, token: &Token, error: &mut Error) {
        if let Error::QuotaExhausted { hold } = error {
            *hold = Some(self.quota().begin(token, Instant::now()));
        }
    }

    fn quota(&self) -> MutexGuard<'_, QuotaHold> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
