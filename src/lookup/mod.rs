//! Makes a look-up from end to end, within the small limits of a tenant's token.
//!
//! The way of a look-up, cheapest first: an answer of the last seconds (`cache`), an equal look-up
//! already on its way (`flights`), the reasons not to ask (`quota`, `circuit`, rate), and then the
//! requests themselves (`fetch`). Whatever the end, one line goes to the log.

mod cache;
mod circuit;
mod deferred_drop;
mod fetch;
mod flights;
mod limits;
mod meter;
mod quota;
mod retry;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use self::cache::Cache;
use self::circuit::{Circuit, Health};
pub use self::deferred_drop::DeferredDrop;
use self::fetch::{Deadline, Fetch, Fetched};
use self::flights::{Flight, Flights};
pub use self::limits::Limits;
use self::meter::Meter;
pub use self::meter::Stage;
use self::quota::QuotaHold;
use crate::answer::{self, Found};
use crate::error::{Error, Kind, Outage, Timings};
use crate::fields;
use crate::offload::offload;
use crate::wolkvox::{Client, PAGE_SIZE, Query};

/// A door to wolkvox that keeps to the limits of a token.
#[derive(Debug)]
pub struct Lookup {
    inner: Arc<Inner>,
    flights: Flights,
}

/// What the look-ups of one token share.
#[derive(Debug)]
struct Inner {
    client: Client,
    limits: Limits,
    gate: Semaphore,
    cache: Cache,
    rate: DefaultDirectRateLimiter,
    circuit: Mutex<Circuit>,
    quota: Mutex<QuotaHold>,
}

/// Where an answer came from, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Cache,
    /// An equal look-up that was already on its way.
    Shared,
    Wolkvox,
}

impl Lookup {
    /// Builds a look-up over one client.
    pub fn new(client: Client, limits: Limits) -> Self {
        let inner = Inner {
            client,
            limits,
            gate: Semaphore::new(limits.max_in_flight.get().into()),
            cache: Cache::new(limits.cache_ttl),
            rate: RateLimiter::direct(Quota::per_minute(limits.rate)),
            circuit: Mutex::default(),
            quota: Mutex::default(),
        };
        Self { inner: Arc::new(inner), flights: Flights::default() }
    }

    /// Returns the client that it asks with.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Returns the time that a look-up may take.
    pub fn timeout(&self) -> Duration {
        self.inner.limits.timeout
    }

    /// Finds what matches, gestiones newest first. `report` is called with what the look-up is doing.
    ///
    /// Dropping the future stops its queueing or its request at once, unless other callers wait
    /// for the same.
    ///
    /// # Errors
    ///
    /// Every kind but `invalid_input` and `internal`.
    pub async fn find(
        &self,
        query: &Query,
        mut report: impl FnMut(Stage),
    ) -> Result<Arc<DeferredDrop>, Error> {
        let mut entry = LogEntry::new(query);
        if let Some(found) = self.inner.cache.get(query) {
            entry.finish(Source::Cache, None, &Ok(Arc::clone(&found)));
            return Ok(found);
        }
        let deadline = Instant::now() + self.inner.limits.timeout;
        let (flight, source) = self.flights.join(query, deadline, || {
            Flight::new(deadline, |meter, deadline| {
                run(Arc::clone(&self.inner), query.clone(), meter, deadline).boxed()
            })
        });
        let mut stages = flight.meter.stages();
        let mut outcome = flight.outcome.clone();
        let waiting = async {
            report(*stages.borrow_and_update());
            loop {
                tokio::select! {
                    biased;
                    landed = &mut outcome => return landed,
                    Ok(()) = stages.changed() => report(*stages.borrow_and_update()),
                }
            }
        };
        let answer = timeout_at(deadline, waiting).await.unwrap_or_else(|_| {
            let spent = flight.meter.spent();
            Err(Error::Timeout { limit: self.inner.limits.timeout, spent })
        });
        entry.finish(source, Some(&flight.meter), &answer);
        answer
    }
}

/// Makes one look-up and puts its answer into the cache.
async fn run(
    inner: Arc<Inner>,
    query: Query,
    meter: Arc<Meter>,
    deadline: Arc<Deadline>,
) -> Result<Arc<DeferredDrop>, Error> {
    let token = inner.client.token()?;
    inner.quota().enter(&token, Instant::now())?;
    let mut pass = CircuitPass::enter(&inner.circuit)?;
    inner.rate.check().map_err(|refused| Error::RateLimited {
        per_minute: inner.limits.rate.get(),
        wait: refused.wait_time_from(DefaultClock::default().now()),
    })?;
    let fetch = Fetch {
        client: &inner.client,
        gate: &inner.gate,
        limits: &inner.limits,
        meter: &meter,
        deadline: &deadline,
    };
    let fetched = fetch.pages(&query).await;
    meter.end();
    pass.health = match fetched.as_ref().map_err(Error::kind) {
        Err(Kind::Unavailable | Kind::Timeout) => Health::Failed,
        Ok(_) | Err(_) => Health::Answered,
    };
    if let Err(Error::QuotaExhausted { .. }) = &fetched {
        inner.quota().begin(token, Instant::now());
    }
    let Fetched { records, as_of, upstream_total, complete, cut_short } = fetched?;
    let is_large = records.len() > PAGE_SIZE as usize;
    let came = records.len();
    let rows = offload(is_large, move || answer::tidy(records)).await?;
    let blank = came - rows.len();
    let found = Found { rows, as_of, upstream_total, complete, blank };
    let found = Arc::new(DeferredDrop::new(found));
    if !cut_short {
        inner.cache.put(query, Arc::clone(&found));
    }
    Ok(found)
}

impl Inner {
    fn quota(&self) -> MutexGuard<'_, QuotaHold> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A guard that tells the circuit how a look-up ended, also when it is given up on the way.
struct CircuitPass<'a> {
    circuit: &'a Mutex<Circuit>,
    health: Health,
}

impl<'a> CircuitPass<'a> {
    fn enter(circuit: &'a Mutex<Circuit>) -> Result<Self, Error> {
        let mut state = circuit.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .enter(Instant::now())
            .map_err(|wait| Error::Unavailable { outage: Outage::CircuitOpen { wait } })?;
        Ok(Self { circuit, health: Health::Unknown })
    }
}

impl Drop for CircuitPass<'_> {
    fn drop(&mut self) {
        let mut state = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        state.leave(self.health, Instant::now());
    }
}

/// The one line that a look-up leaves in the log: no value, no record, no token. It is
/// written on drop, so that a cancelled look-up leaves one too.
struct LogEntry<'a> {
    query: &'a Query,
    outcome: &'static str,
    source: Option<Source>,
    records: usize,
    pages: u32,
    spent: Timings,
}

impl<'a> LogEntry<'a> {
    fn new(query: &'a Query) -> Self {
        let spent = Timings::default();
        Self { query, outcome: "cancelled", source: None, records: 0, pages: 0, spent }
    }

    fn finish(
        &mut self,
        source: Source,
        meter: Option<&Meter>,
        answer: &Result<Arc<DeferredDrop>, Error>,
    ) {
        self.source = Some(source);
        (self.outcome, self.records) = match answer {
            Ok(found) if found.rows.is_empty() => ("none", 0),
            Ok(found) => ("found", found.rows.len()),
            Err(error) => (error.kind().as_str(), 0),
        };
        if let Some(meter) = meter {
            self.pages = meter.pages();
            self.spent = meter.spent();
        }
    }
}

impl Drop for LogEntry<'_> {
    fn drop(&mut self) {
        let operation = self.query.operation().as_str();
        let field = match self.query {
            Query::Gestion(query) => {
                fields::find(query.field.as_str()).map_or("(another)", |known| known.name)
            }
            Query::Obligation(_) => "(an obligation's id)",
        };
        // A model may put a customer's value where a name belongs, so only what is surely a name is
        // written.
        tracing::info!(
            operation = if is_identifier(operation) { operation } else { "(another)" },
            field,
            outcome = self.outcome,
            records = self.records,
            attempts = self.spent.attempts,
            pages = self.pages,
            cached = self.source == Some(Source::Cache),
            shared = self.source == Some(Source::Shared),
            queued_ms = milliseconds(self.spent.queued),
            upstream_ms = milliseconds(self.spent.upstream),
            "look-up"
        );
    }
}

/// Returns whether a text can be an operation's name and not a person's or a number.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
