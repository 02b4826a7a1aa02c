//! What one token may do: how many requests at a time, how many look-ups a minute, and none at all
//! while its quota is used up. Accounts with the same token share it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use super::Limits;
use super::gate::{Gate, Person, Place};
use super::quota::QuotaHold;
use super::rate::Rate;
use crate::error::{Error, internal};
use crate::metrics::Load;
use crate::shared::{Lease, Member, Refused, WhenDown};
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
    /// What this process has on its way of the places that are shared: a request that is made
    /// while their store is gone takes all of it.
    own: Arc<Semaphore>,
}

/// A place among all processes of a token.
#[derive(Debug)]
enum Among {
    All {
        _lease: Lease,
        _own: Option<OwnedSemaphorePermit>,
    },
    /// The others are not known.
    Alone {
        _lease: Lease,
        _own: OwnedSemaphorePermit,
    },
}

/// A request for one page.
pub(super) type Request = BoxFuture<'static, Result<Page, Failure>>;

/// A place for one request.
pub(super) struct Permit {
    place: Option<(Place, Option<Among>)>,
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
            own: Arc::new(Semaphore::new(limits.max_in_flight.get().into())),
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
        shared: Option<&Member>,
    ) -> Result<Permit, Error> {
        let place = self.gate.enter(person).await;
        let now = Instant::now();
        lock(&self.quota).enter(token, now)?;
        if is_first {
            lock(&self.rate).take(now).map_err(|wait| self.rate_limited(wait))?;
        }
        let among = match shared {
            None => None,
            Some(shared) => Some(self.among(token, is_first, shared).await?),
        };
        Ok(Permit { place: Some((place, among)), is_used: false, request: None })
    }

    /// Waits for a place among all processes, or takes this process's own while the others cannot be
    /// reached.
    async fn among(&self, token: &Token, is_first: bool, shared: &Member) -> Result<Among, Error> {
        loop {
            return match shared.enter(self.places, is_first.then_some(self.per_minute)).await {
                Ok(lease) => {
                    let own = Arc::clone(&self.own).try_acquire_owned().ok();
                    Ok(Among::All { _lease: lease, _own: own })
                }
                Err(Refused::Full) => {
                    Err(Error::Busy { attempts: 0, max_in_flight: Some(self.places) })
                }
                Err(Refused::Held(wait)) => {
                    lock(&self.quota).hold(token, Instant::now() + wait);
                    Err(Error::QuotaExhausted { hold: Some(wait) })
                }
                Err(Refused::Rate(wait)) => Err(self.rate_limited(wait)),
                Err(Refused::Gone) if shared.when_down() == WhenDown::Refuse => {
                    Err(Error::SharedStoreGone)
                }
                Err(Refused::Gone) => {
                    let all = Arc::clone(&self.own).acquire_many_owned(self.places.into());
                    let own =
                        all.await.map_err(|_| internal("the semaphore of a process is closed"))?;
                    if shared.is_up() {
                        // It came back meanwhile.
                        continue;
                    }
                    Ok(Among::Alone { _lease: shared.alone(self.places), _own: own })
                }
            };
        }
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
    pub(super) async fn note(&self, token: &Token, error: &mut Error, shared: Option<&Member>) {
        if let Error::QuotaExhausted { hold: hold @ None } = error {
            let time = lock(&self.quota).begin(token, Instant::now());
            *hold = Some(time);
            if let Some(shared) = shared {
                shared.hold(time).await;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token::parse(text).expect("a token")
    }

    #[tokio::test]
    async fn a_look_up_that_may_not_ask_is_refused_before_it_queues() {
        let limits = Limits { rate: std::num::NonZeroU32::MIN, ..Limits::default() };
        let (admission, token) = (Admission::new(&limits), token("ficticio-0001"));
        assert_eq!(admission.look_up(&token), Ok(()));
        let permit = admission.request(&token, &Person::default(), true, None).await;
        permit.expect("the first of the minute").end();
        let refused = admission.look_up(&token).expect_err("the second of the minute");
        assert!(matches!(refused, Error::RateLimited { per_minute: 1, .. }), "{refused:?}");
    }

    #[tokio::test]
    async fn a_spent_quota_holds_its_own_token_only() {
        let (spent, other) = (token("ficticio-0001"), token("ficticio-0002"));
        let admission = Admission::new(&Limits::default());
        admission.note(&spent, &mut Error::QuotaExhausted { hold: None }, None).await;
        let refused = admission.look_up(&spent).expect_err("held");
        assert!(matches!(refused, Error::QuotaExhausted { hold: Some(_) }), "{refused:?}");
        assert!(admission.request(&spent, &Person::default(), true, None).await.is_err());
        assert_eq!(admission.look_up(&other), Ok(()));
    }
}
