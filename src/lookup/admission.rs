//! What one token may do: how many requests at a time, how many look-ups a minute, and none at all
//! while its quota is used up. Accounts with the same token share it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

use super::Limits;
use super::gate::{Gate, Person, Place};
use super::quota::QuotaHold;
use super::rate::Rate;
use crate::error::Error;
use crate::metrics::Load;
use crate::wolkvox::{Failure, Page, Token};

/// How long the place of a request that was given up stays taken at most: wolkvox works on until it
/// has answered, and would count a new request beside it.
const GIVEN_UP: Duration = Duration::from_secs(4);

/// The limits of one token, and what is left of them.
#[derive(Debug)]
pub struct Admission {
    per_minute: u32,
    places: u16,
    gate: Gate,
    rate: Mutex<Rate>,
    quota: Mutex<QuotaHold>,
}

/// A request for one page.
pub(super) type Request = BoxFuture<'static, Result<Page, Failure>>;

/// A place for one request.
pub(super) struct Permit {
    place: Option<Place>,
    /// Whether wolkvox may be working on a request that was sent in it.
    is_used: bool,
    /// The request that is on its way in it.
    request: Option<Request>,
}

impl Admission {
    /// Creates the limits of a token of which nothing is used yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            per_minute: limits.rate.get(),
            places: limits.max_in_flight.get(),
            gate: Gate::new(limits.max_in_flight.get().into()),
            rate: Mutex::new(Rate::new(limits.rate.get())),
            quota: Mutex::default(),
        }
    }

    /// Lets a look-up with this token begin, or refuses it before it queues.
    pub(super) fn look_up(&self, token: &Token) -> Result<(), Error> {
        let now = Instant::now();
        lock(&self.quota).enter(token, now)?;
        lock(&self.rate).check(now).map_err(|wait| self.rate_limited(wait))
    }

    /// Waits for a free place for one request, and asks the limits anew: much may have happened
    /// meanwhile. Only the first request of a look-up counts towards the rate.
    pub(super) async fn request(
        &self,
        token: &Token,
        person: &Person,
        is_first: bool,
    ) -> Result<Permit, Error> {
        let place = self.gate.enter(person).await;
        let now = Instant::now();
        lock(&self.quota).enter(token, now)?;
        if is_first {
            lock(&self.rate).take(now).map_err(|wait| self.rate_limited(wait))?;
        }
        Ok(Permit { place: Some(place), is_used: false, request: None })
    }

    /// Returns whether somebody may be waiting for a place.
    pub(super) fn is_full(&self) -> bool {
        self.gate.is_full()
    }

    /// Returns how its places are taken.
    pub fn load(&self) -> Load {
        let (taken, waiting) = self.gate.load();
        let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
        Load {
            places: self.places.into(),
            taken: u64::from(self.places).min(count(taken)),
            waiting: count(waiting),
            is_held: lock(&self.quota).holds(Instant::now()),
        }
    }

    /// Takes note of a failure: a spent quota holds this token's look-ups.
    pub(super) fn note(&self, token: &Token, error: &mut Error) {
        if let Error::QuotaExhausted { hold: hold @ None } = error {
            *hold = Some(lock(&self.quota).begin(token, Instant::now()));
        }
    }

    fn rate_limited(&self, wait: Duration) -> Error {
        Error::RateLimited { per_minute: self.per_minute, wait }
    }
}

impl Permit {
    /// Makes a request. Where this is given up on its way, the request is still heard out for a
    /// while, so that the place is free as soon as wolkvox is.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Page, Failure> {
        self.is_used = true;
        let answer = self.request.insert(request).await;
        self.request = None;
        answer
    }

    /// Returns the place: the request has ended.
    pub(super) fn end(mut self) {
        self.is_used = false;
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("is_used", &self.is_used).finish_non_exhaustive()
    }
}

impl Drop for Permit {
    /// Keeps the place for a while if the request was given up on its way.
    fn drop(&mut self) {
        if self.is_used
            && let Some(place) = self.place.take()
            && let Ok(runtime) = Handle::try_current()
        {
            let request = self.request.take();
            runtime.spawn(async move {
                match request {
                    Some(request) => drop(timeout(GIVEN_UP, request).await),
                    None => sleep(GIVEN_UP).await,
                }
                drop(place);
            });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
