//! Keeps an issuer's keys: fetched when the first token comes, refreshed beside the calls, kept while
//! the issuer cannot be reached, and fetched at once for a key that is new.
//!
//! A token's `kid` is what a stranger writes. A fetch that finds no such key is therefore the last for
//! a while, whatever the next tokens say; those whose keys are known never wait for a fetch.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::denied::Denied;
use super::issuer::{Issuer, Problem};
use super::key_set::{Found, Key, KeySet, Wanted};

/// How old keys become before they are fetched again.
const REFRESH: Duration = Duration::from_secs(10 * 60);
/// How long after a fetch that failed, or didn't find the key that was wanted, the next is.
const PAUSE: Duration = Duration::from_secs(30);
/// The same where there is no key at all, so that nobody gets in.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(5);
/// How long keys are good while the issuer cannot be reached.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys of an issuer.
#[derive(Clone, Debug)]
pub(super) struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    issuer: Issuer,
    state: RwLock<State>,
    /// Held while keys are fetched: whoever wants them meanwhile waits for that fetch.
    flight: Mutex<()>,
}

/// What is known, and when more may be asked for (pure).
#[derive(Debug, Default)]
struct State {
    set: Option<(Arc<KeySet>, Instant)>,
    /// When a key that is not known may be asked for.
    next_search: Option<Instant>,
    /// When the keys are to be fetched again.
    next_refresh: Option<Instant>,
    is_failing: bool,
}

impl State {
    /// Returns the keys that still count.
    fn set(&self, now: Instant) -> Option<&Arc<KeySet>> {
        let (set, fetched) = self.set.as_ref()?;
        (now.duration_since(*fetched) < LONGEST).then_some(set)
    }

    fn find(&self, wanted: &Wanted, now: Instant) -> Found {
        self.set(now).map_or(Found::None, |set| set.find(wanted))
    }

    /// Returns whether to ask for a key that is not known.
    fn may_search(&self, now: Instant) -> bool {
        self.next_search.is_none_or(|then| now >= then)
    }

    /// Returns whether known keys are to be fetched again.
    fn is_due(&self, now: Instant) -> bool {
        self.set.is_some() && self.next_refresh.is_none_or(|then| now >= then)
    }

    /// Takes what a fetch brought. Whatever is wrong with it, the keys so far stay.
    fn take(&mut self, fetched: Result<KeySet, Problem>, wanted: Option<&Wanted>, now: Instant) {
        match fetched {
            Ok(set) => {
                self.set = Some((Arc::new(set), now));
                self.next_refresh = Some(now + REFRESH);
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!("the identity provider's keys can be fetched again");
                }
            }
            Err(problem) => {
                self.next_refresh = Some(now + PAUSE);
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::warn!(%problem, "the identity provider's keys cannot be fetched");
                }
            }
        }
        if let Some(wanted) = wanted
            && matches!(self.find(wanted, now), Found::None)
        {
            let is_blind = self.set(now).is_none();
            self.next_search = Some(now + if is_blind { PAUSE_WITHOUT_KEYS } else { PAUSE });
        }
    }
}

impl Keys {
    pub(super) fn new(issuer: Issuer) -> Self {
        Self(Arc::new(Inner { issuer, state: RwLock::default(), flight: Mutex::default() }))
    }

    /// Returns the issuer's name.
    pub(super) fn issuer(&self) -> &str {
        &self.0.issuer.name
    }

    /// Finds the keys that a token may be signed with.
    pub(super) async fn find(&self, wanted: &Wanted) -> Result<Vec<Arc<Key>>, Denied> {
        let (found, may_search) = {
            let (state, now) = (self.0.read(), Instant::now());
            (state.find(wanted, now), state.may_search(now))
        };
        match found {
            Found::Keys(keys) => return Ok(keys),
            Found::OfAnotherAlgorithm => return Err(Denied::Algorithm),
            Found::None if !may_search => {}
            Found::None => {
                // A client that hangs up must not end the fetch that others wait for.
                let (inner, wanted) = (Arc::clone(&self.0), wanted.clone());
                let _ = tokio::spawn(async move { inner.search(&wanted).await }).await;
            }
        }
        let (state, now) = (self.0.read(), Instant::now());
        match state.find(wanted, now) {
            Found::Keys(keys) => Ok(keys),
            Found::OfAnotherAlgorithm => Err(Denied::Algorithm),
            Found::None if state.set(now).is_none() => Err(Denied::NoKeys),
            Found::None => Err(Denied::UnknownKey),
        }
    }

    /// Fetches the keys again, beside the calls, if it is time.
    pub(super) fn refresh(&self) {
        let inner = Arc::clone(&self.0);
        if inner.read().is_due(Instant::now()) {
            tokio::spawn(async move {
                if let Ok(_flight) = inner.flight.try_lock() {
                    let fetched = inner.issuer.keys().await;
                    inner.write().take(fetched, None, Instant::now());
                }
            });
        }
    }

    /// Lets the next [`Keys::refresh`] fetch, however young the keys are.
    pub(super) fn expire(&self) {
        self.0.write().next_refresh = None;
    }

    /// Returns how long ago the keys were fetched, if ever.
    pub(super) fn age(&self) -> Option<Duration> {
        self.0.read().set.as_ref().map(|(_, fetched)| fetched.elapsed())
    }
}

impl Inner {
    /// Fetches the keys for one that is not known, unless somebody else just did.
    async fn search(&self, wanted: &Wanted) {
        let _flight = self.flight.lock().await;
        let (is_known, may_search) = {
            let (state, now) = (self.read(), Instant::now());
            (!matches!(state.find(wanted, now), Found::None), state.may_search(now))
        };
        if !is_known && may_search {
            let fetched = self.issuer.keys().await;
            self.write().take(fetched, Some(wanted), Instant::now());
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;

    use super::*;

    fn set(kid: &str) -> KeySet {
        let key = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"AAAA"}}"#);
        KeySet::read(format!(r#"{{"keys":[{key}]}}"#).as_bytes()).expect("a key")
    }

    fn wanted(kid: &str) -> Wanted {
        Wanted { kid: Some(kid.to_owned()), algorithm: Algorithm::EdDSA }
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn knows(state: &State, kid: &str, now: Instant) -> bool {
        matches!(state.find(&wanted(kid), now), Found::Keys(_))
    }

    #[test]
    fn a_key_that_is_not_found_is_looked_for_again_after_half_a_minute() {
        let (mut state, now) = (State::default(), Instant::now());
        assert!(state.may_search(now));
        state.take(Ok(set("a")), Some(&wanted("a")), now);
        assert!(state.may_search(now), "what was found costs nothing");
        state.take(Ok(set("a")), Some(&wanted("forged")), now);
        assert!(!state.may_search(now + SECOND * 29));
        assert!(state.may_search(now + SECOND * 30));
    }

    #[test]
    fn without_any_key_the_issuer_is_asked_again_sooner() {
        let (mut state, now) = (State::default(), Instant::now());
        state.take(Err(Problem::Slow), Some(&wanted("a")), now);
        assert!(!state.may_search(now + SECOND * 4));
        assert!(state.may_search(now + SECOND * 5));
    }

    #[test]
    fn keys_are_fetched_again_after_ten_minutes_and_sooner_if_that_failed() {
        let (mut state, now) = (State::default(), Instant::now());
        assert!(!state.is_due(now), "nothing is fetched before the first token");
        state.take(Ok(set("a")), Some(&wanted("a")), now);
        assert!(!state.is_due(now + SECOND * 599) && state.is_due(now + SECOND * 600));
        state.take(Err(Problem::Slow), None, now + SECOND * 600);
        assert!(!state.is_due(now + SECOND * 629) && state.is_due(now + SECOND * 630));
        assert!(state.may_search(now + SECOND * 600), "no search was in vain");
    }

    #[test]
    fn keys_stay_for_a_day_while_the_issuer_cannot_be_reached() {
        let (mut state, now) = (State::default(), Instant::now());
        state.take(Ok(set("a")), Some(&wanted("a")), now);
        for hour in 1..=24u32 {
            state.take(Err(Problem::NoKeys), None, now + SECOND * (hour * 3_600 - 1));
        }
        let day = 24 * 3_600;
        assert!(knows(&state, "a", now + SECOND * (day - 1)));
        assert!(!knows(&state, "a", now + SECOND * day));
        state.take(Ok(set("b")), None, now + SECOND * day);
        assert!(knows(&state, "b", now + SECOND * day));
    }

    #[test]
    fn new_keys_take_the_place_of_the_old() {
        let (mut state, now) = (State::default(), Instant::now());
        state.take(Ok(set("a")), None, now);
        state.take(Ok(set("b")), None, now);
        assert!(knows(&state, "b", now) && !knows(&state, "a", now));
    }
}
