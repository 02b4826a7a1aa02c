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
//! between accounts; cache, flights and circuit belong to one account's server.

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

use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
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
use crate::wolkvox::{Client, Operation, PAGE_SIZE, Query, Token};

/// A door to wolkvox that keeps to the limits of a token.
#[derive(Debug)]
pub struct Lookup {
    inner: Arc<Inner>,
    flights: Flights,
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
    metrics: Lookups,
    cache: Cache,
    circuit: Mutex<Circuit>,
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
    Wolkvox,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Shared => "flight",
            Self::Wolkvox => "wolkvox",
        }
    }
}

impl Lookup {
    /// Creates a look-up whose token nobody else uses.
    pub fn new(client: Client, limits: Limits) -> Self {
        let admission = Arc::new(Admission::new(&limits));
        Self::with_admission(client, limits, admission, Lookups::default())
    }

    /// Creates a look-up that shares its token's limits with others, and is counted.
    pub fn with_admission(
        client: Client,
        limits: Limits,
        admission: Arc<Admission>,
        metrics: Lookups,
    ) -> Self {
        let client = Arc::new(client.with_patience(retry::patience(limits.timeout)));
        let cache = Cache::new(limits.cache_ttl);
        let circuit = Mutex::default();
        let inner = Inner { client, limits, admission, metrics, cache, circuit };
        Self {
            inner: Arc::new(inner),
            flights: Flights::default(),
            named: None,
            anybody: Person::default(),
        }
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
        if let Some(found) = self.inner.cache.get(&key) {
            observation.end(Source::Cache, None, Ok(&found));
            return Ok(Shared { found, is_fresh: false });
        }
        let deadline = Instant::now() + self.inner.limits.timeout;
        let (flight, source) = self.flights.join(&key, deadline, || {
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
        observation.end(source, Some(&flight.meter), answer.as_ref().map(|found| &***found));
        answer.map(|found| Shared { found, is_fresh: true })
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
    let mut pass = Pass::enter(&inner.circuit)?;
    inner.admission.look_up(&token)?;
    let fetch = Fetch {
        client: &inner.client,
        token: &token,
        person: &person,
        pass: &pass,
        admission: &inner.admission,
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
    let is_large = came > PAGE_SIZE as usize;
    let rows = offload(is_large, move || answer::tidy(whole.records)).await?;
    let is_whole = cut_short.is_none();
    let (upstream_total, complete, blank) = (whole.total, whole.complete, came - rows.len());
    let found = Found { rows, as_of, upstream_total, complete, cut_short, blank };
    let found = Arc::new(DeferredDrop::new(found));
    // The token's file may have changed on the way; then it is not known which token was asked with.
    let is_same_token = inner.client.token().is_ok_and(|now| now.fingerprint() == key.token);
    if is_whole && is_same_token {
        inner.cache.put(key, Arc::clone(&found));
    }
    Ok(found)
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
