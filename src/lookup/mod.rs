//! Makes a look-up from end to end, within the small limits of a token.
//!
//! The way of a look-up, cheapest first:
//!
//! ```text
//! find   an answer of the last seconds (cache)
//!   ↓    an equal look-up on its way (flights), which several callers drive
//! run    reasons not to ask (admission: quota and rate; circuit)
//!   ↓
//! fetch  page after page (paging), each request with a permit (admission),
//!        each failure to the retry rules (retry), all before the deadline
//! ```
//!
//! Whatever the end, it leaves one observation. What belongs to a token (`admission`) can be shared
//! between accounts, and so can what was answered and what is being asked (cache and flights) where it
//! means the same; the circuit belongs to one account.

mod admission;
mod cache;
mod circuit;
mod deadline;
mod deferred_drop;
mod fetch;
mod flights;
mod gate;
mod limits;
mod meter;
mod observation;
mod paging;
mod quota;
mod rate;
mod retry;

use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

pub use self::admission::Admission;
use self::cache::{Cache, Key};
use self::circuit::{Circuit, Health, Pass};
use self::deadline::Deadline;
use self::deferred_drop::DeferredDrop;
use self::fetch::{Fetch, Fetched};
use self::flights::{Flight, Flights};
pub use self::gate::Person;
pub use self::limits::Limits;
use self::meter::Meter;
pub use self::meter::Stage;
use self::observation::Observation;
use crate::answer::{self, Found};
use crate::error::{Error, Kind};
use crate::metrics::Lookups;
use crate::offload::offload;
use crate::shared;
use crate::wolkvox::{Client, Operation, Query, Token};

/// A door to wolkvox that keeps to the limits of a token.
#[derive(Debug)]
pub struct Lookup {
    inner: Arc<Inner>,
    /// The operation that the log may name.
    named: Option<Operation>,
    /// Who asks where people are not told apart.
    anybody: Person,
}

/// What the look-ups of one account share.
#[derive(Debug)]
struct Inner {
    client: Arc<Client>,
    limits: Limits,
    admission: Arc<Admission>,
    shared: Option<shared::Shared>,
    metrics: Lookups,
    answers: Arc<Answers>,
    circuit: Mutex<Circuit>,
}

/// What a look-up uses beside its client; others may use the same.
#[derive(Clone, Debug)]
pub struct Means {
    /// The limits of the token.
    pub admission: Arc<Admission>,
    /// What was answered and what is being asked: of one server, with this [`Limits::cache_ttl`] and
    /// this [`Limits::max_pages`].
    pub answers: Arc<Answers>,
    /// What processes share.
    pub shared: Option<shared::Shared>,
    /// Where it is counted.
    pub metrics: Lookups,
}

impl Means {
    /// Creates what a look-up uses that shares nothing.
    pub fn new(limits: &Limits) -> Self {
        let admission = Arc::new(Admission::new(limits));
        let answers = Arc::new(Answers::new(limits));
        Self { admission, answers, shared: None, metrics: Lookups::default() }
    }
}

/// The answers of the last seconds, and the look-ups on their way, which equal ones wait for.
#[derive(Debug)]
pub struct Answers {
    cache: Cache,
    flights: Flights,
}

impl Answers {
    /// Creates a place for the answers to look-ups with these limits.
    pub fn new(limits: &Limits) -> Self {
        Self { cache: Cache::new(limits.cache_ttl), flights: Flights::default() }
    }
}

/// What was found, shared by everybody who asked for the same.
#[derive(Clone, Debug)]
pub struct Shared {
    found: Arc<DeferredDrop>,
    is_fresh: bool,
}

impl Shared {
    /// Returns whether wolkvox was asked for it now, and not for an earlier look-up.
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }
}

impl Deref for Shared {
    type Target = Found;

    fn deref(&self) -> &Found {
        &self.found
    }
}

/// Where an answer came from, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Cache,
    /// An equal look-up that was already on its way.
    Shared,
    /// Another process's look-up of the last seconds.
    Others,
    Wolkvox,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Shared => "flight",
            Self::Others => "shared",
            Self::Wolkvox => "wolkvox",
        }
    }
}

impl Lookup {
    /// Creates a look-up whose token nobody else uses.
    pub fn new(client: Client, limits: Limits) -> Self {
        Self::with(client, limits, Means::new(&limits))
    }

    /// Creates a look-up that shares its token's limits or its answers with others, or is counted.
    pub fn with(client: Client, limits: Limits, means: Means) -> Self {
        let Means { admission, answers, shared, metrics } = means;
        let client = Arc::new(client.with_patience(retry::patience(limits.timeout)));
        let circuit = Mutex::default();
        let inner = Inner { client, limits, admission, answers, shared, metrics, circuit };
        Self { inner: Arc::new(inner), named: None, anybody: Person::default() }
    }

    /// Sets the operation that the log may name, the configured one. What a call names instead may
    /// be a customer's value.
    #[must_use]
    pub fn naming(self, operation: Option<Operation>) -> Self {
        Self { named: operation, ..self }
    }

    /// Returns the client that it asks with.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Returns the time that a look-up may take.
    pub fn timeout(&self) -> Duration {
        self.inner.limits.timeout
    }

    /// Finds what matches, for whoever asks: see [`Lookup::find_for`].
    ///
    /// # Errors
    ///
    /// Every kind but `invalid_input`.
    pub async fn find(&self, query: &Query, report: impl FnMut(Stage)) -> Result<Shared, Error> {
        self.find_for(&self.anybody, query, report).await
    }

    /// Finds what matches, gestiones newest first. People wait in turn for the token's places.
    /// `report` is called with what the look-up is
    /// doing.
    ///
    /// Dropping the future stops its queueing at once, unless other callers wait for the same. A
    /// request that is on its way then is heard out for some seconds, and keeps its place so long.
    ///
    /// # Errors
    ///
    /// Every kind but `invalid_input`.
    pub async fn find_for(
        &self,
        person: &Person,
        query: &Query,
        mut report: impl FnMut(Stage),
    ) -> Result<Shared, Error> {
        let metrics = &self.inner.metrics;
        let mut observation = Observation::begin(query, self.named.as_ref(), metrics);
        let token = self.inner.client.token().inspect_err(|error| {
            observation.end(Source::Wolkvox, None, Err(error));
        })?;
        let key = Key { token: token.fingerprint(), query: query.key() };
        if let Some(found) = self.inner.answers.cache.get(&key) {
            observation.end(Source::Cache, None, Ok(&found));
            return Ok(Shared { found, is_fresh: false });
        }
        let deadline = Instant::now() + self.inner.limits.timeout;
        let (flight, source) = self.inner.answers.flights.join(&key, deadline, || {
            Flight::new(deadline, |meter, deadline| {
                let inner = Arc::clone(&self.inner);
                let asked = Asked { query: query.clone(), person: Arc::clone(person), token };
                run(inner, asked, key.clone(), meter, deadline).boxed()
            })
        });
        let mut stages = flight.meter.stages();
        let mut outcome = flight.outcome.clone();
        let waiting = async {
            report(*stages.borrow_and_update());
            loop {
                tokio::select! {
                    biased;
                    ended = &mut outcome => return ended,
                    Ok(()) = stages.changed() => report(*stages.borrow_and_update()),
                }
            }
        };
        let answer = timeout_at(deadline, waiting).await.unwrap_or_else(|_| {
            let spent = flight.meter.timings();
            Err(Error::Timeout { limit: self.inner.limits.timeout, spent })
        });
        let is_fresh = !flight.meter.is_from_others();
        let source = if is_fresh { source } else { Source::Others };
        observation.end(source, Some(&flight.meter), answer.as_ref().map(|found| &***found));
        answer.map(|found| Shared { found, is_fresh })
    }
}

/// What is looked up, for whom, and with which token.
struct Asked {
    query: Query,
    person: Person,
    token: Token,
}

/// Makes one look-up and puts its answer into the cache.
async fn run(
    inner: Arc<Inner>,
    Asked { query, person, token }: Asked,
    key: Key,
    meter: Arc<Meter>,
    deadline: Arc<Deadline>,
) -> Result<Arc<DeferredDrop>, Error> {
    let host = inner.client.server().to_string();
    let member = inner.shared.as_ref().map(|shared| shared.member(&host, key.token));
    let question = question(&key, &inner.limits);
    let cache_ttl = inner.limits.cache_ttl;
    if let Some(member) = member.as_ref().filter(|_| !cache_ttl.is_zero())
        && let Some(found) = member.answer(&question, cache_ttl).await
    {
        meter.end_by_others();
        let age = Timestamp::now().duration_since(found.as_of).try_into().unwrap_or_default();
        let is_large = found.is_large();
        let found = Arc::new(DeferredDrop::new(found, is_large));
        inner.answers.cache.put_aged(key, Arc::clone(&found), age);
        return Ok(found);
    }
    let mut pass = Pass::enter(&inner.circuit)?;
    inner.admission.look_up(&token)?;
    let fetch = Fetch {
        client: &inner.client,
        token: &token,
        person: &person,
        pass: &pass,
        admission: &inner.admission,
        shared: member.as_ref(),
        metrics: &inner.metrics,
        limits: &inner.limits,
        meter: &meter,
        deadline: &deadline,
    };
    let fetched = fetch.pages(&Arc::new(query)).await;
    let was_asking = meter.is_asking();
    meter.end();
    let failure = match &fetched {
        Ok(fetched) => fetched.cut_short.as_ref(),
        Err(error) => Some(error),
    };
    pass.health = health(failure, was_asking);
    let Fetched { whole, as_of, cut_short } = fetched?;
    let came = whole.records.len();
    let is_large = answer::is_large(&whole.records);
    let rows = offload(is_large, move || answer::tidy(whole.records)).await?;
    let is_whole = cut_short.is_none();
    let (upstream_total, complete, blank) = (whole.total, whole.complete, came - rows.len());
    let found = Found { rows, as_of, upstream_total, complete, cut_short, blank };
    let found = Arc::new(DeferredDrop::new(found, is_large));
    // The token's file may have changed on the way; then it is not known which token was asked with.
    let is_same_token = inner.client.token().is_ok_and(|now| now.fingerprint() == key.token);
    if is_whole && is_same_token {
        if let Some(member) = member.as_ref().filter(|_| !cache_ttl.is_zero()) {
            member.keep(&question, &found, cache_ttl).await;
        }
        inner.answers.cache.put(key, Arc::clone(&found));
    }
    Ok(found)
}

/// Returns everything that an answer depends on beside the token, for the store that is shared.
fn question(key: &Key, limits: &Limits) -> Vec<u8> {
    let pages = limits.max_pages.map_or(0, NonZeroU32::get);
    [&pages.to_be_bytes()[..], key.query.as_bytes()].concat()
}

/// Returns what a look-up's end says about wolkvox: one that never got beyond our own queue says
/// nothing.
fn health(failure: Option<&Error>, was_asking: bool) -> Health {
    match failure.map(Error::kind) {
        Some(Kind::Timeout) if !was_asking => Health::Unknown,
        Some(Kind::Timeout) => Health::Failed,
        Some(Kind::Unavailable) => Health::Failed,
        Some(Kind::RateLimited | Kind::Internal) => Health::Unknown,
        _ => Health::Answered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Outage, Timings};

    #[test]
    fn only_what_wolkvox_itself_did_or_left_undone_tells_of_its_health() {
        let timeout = Error::Timeout { limit: Duration::ZERO, spent: Timings::default() };
        let wait = Duration::ZERO;
        for (failure, was_asking, told) in [
            (None, false, Health::Answered),
            (Some(timeout.clone()), true, Health::Failed),
            (Some(timeout), false, Health::Unknown),
            (Some(Error::Unavailable { outage: Outage::Dns }), false, Health::Failed),
            (Some(Error::RateLimited { per_minute: 1, wait }), false, Health::Unknown),
            (Some(Error::Internal), true, Health::Unknown),
            (Some(Error::Busy { attempts: 1, max_in_flight: None }), true, Health::Answered),
            (Some(Error::QuotaExhausted { hold: None }), true, Health::Answered),
        ] {
            assert_eq!(health(failure.as_ref(), was_asking), told, "{failure:?}");
        }
    }
}
