//! Lets equal look-ups share one: whoever asks while an equal look-up is on its way waits for that.
//!
//! A flight is a future that its callers drive together. A caller who goes away leaves the others
//! driving it; when the last one goes, the future is dropped, and with it its place in the queue.
//!
//! moka's `try_get_with` is no substitute: it starts anew, and spends quota, when its first caller
//! leaves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;

use super::Source;
use super::cache::Key;
use super::deadline::Deadline;
use super::deferred_drop::DeferredDrop;
use super::meter::Meter;
use crate::error::Error;

type Outcome = Result<Arc<DeferredDrop>, Error>;

/// A look-up on its way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) outcome: Shared<BoxFuture<'static, Outcome>>,
    pub(super) meter: Arc<Meter>,
    deadline: Arc<Deadline>,
    /// Until when it may be joined: a stuck request must not live on as long as somebody asks.
    joinable_until: Instant,
}

impl Flight {
    pub(super) fn new(
        deadline: Instant,
        run: impl FnOnce(Arc<Meter>, Arc<Deadline>) -> BoxFuture<'static, Outcome>,
    ) -> Self {
        let meter = Arc::new(Meter::start());
        let joinable_until = deadline;
        let deadline = Arc::new(Deadline::new(deadline));
        let outcome = run(Arc::clone(&meter), Arc::clone(&deadline)).shared();
        Self { outcome, meter, deadline, joinable_until }
    }
}

/// The look-ups on their way, which stay there only as long as a caller waits.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<Key, Weak<Flight>>>);

impl Flights {
    /// Joins an equal look-up, which then may take until `deadline`, or starts one. One that has been
    /// on its way for as long as a look-up may take is not joined any more.
    pub(super) fn join(
        &self,
        key: &Key,
        deadline: Instant,
        start: impl FnOnce() -> Flight,
    ) -> (Arc<Flight>, Source) {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key).and_then(Weak::upgrade)
            // An ended one is never joined: its answer is in the cache, or it has failed.
            && flight.outcome.peek().is_none()
            && Instant::now() < flight.joinable_until
        {
            flight.deadline.extend(deadline);
            return (flight, Source::Shared);
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::new(start());
        flights.insert(key.clone(), Arc::downgrade(&flight));
        (flight, Source::Wolkvox)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use super::super::cache::tests::key;
    use super::*;

    fn flight(deadline: Instant) -> Flight {
        Flight::new(deadline, |_, _| pending().boxed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_is_joined_until_its_first_callers_time_is_up() {
        let (flights, key) = (Flights::default(), key(1));
        let deadline = Instant::now() + Duration::from_secs(20);
        let join = || flights.join(&key, deadline, || flight(deadline));
        let (first, source) = join();
        assert_eq!(source, Source::Wolkvox);
        tokio::time::advance(Duration::from_secs(19)).await;
        let (second, source) = join();
        assert!(source == Source::Shared && Arc::ptr_eq(&first, &second));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(join().1, Source::Wolkvox);
    }

    #[tokio::test]
    async fn flights_that_nobody_waits_for_are_forgotten_and_the_others_kept() {
        let flights = Flights::default();
        let deadline = Instant::now() + Duration::from_secs(20);
        let join = |n| flights.join(&key(n), deadline, || flight(deadline));
        let kept = join(1);
        drop(join(2));
        let _third = join(3);
        assert_eq!(flights.0.lock().expect("not poisoned").len(), 2);
        assert!(Arc::ptr_eq(&join(1).0, &kept.0));
    }
}
