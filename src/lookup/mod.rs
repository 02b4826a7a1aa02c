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
pub use self::deferred_drop::Held;
use self::fetch::{Deadline, Fetch, Fetched};
use self::flights::{Flight, Flights};
pub use self::limits::Limits;
use self::meter::Meter;
pub use self::meter::Stage;
use self::quota::QuotaHold;
use crate::answer::{self, Found, Mask};
use crate::error::{Error, Fault, Kind, Spent};
use crate::fields;
use crate::offload::offload;
use crate::wolkvox::{Client, PAGE_SIZE, Query};

/// A door to wolkvox that keeps to the limits of a token.
#[derive(Debug)]
pub struct Lookup {
    means: Arc<Means>,
    flights: Flights,
}

/// What the look-ups of one token share.
#[derive(Debug)]
struct Means {
    client: Client,
    limits: Limits,
    mask: Mask,
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
    pub fn new(client: Client, limits: Limits, mask: Mask) -> Self {
        let means = Means {
            client,
            limits,
            mask,
            gate: Semaphore::new(limits.max_in_flight.get().into()),
            cache: Cache::new(limits.cache_ttl),
            rate: RateLimiter::direct(Quota::per_minute(limits.rate)),
            circuit: Mutex::default(),
            quota: Mutex::default(),
        };
        Self { means: Arc::new(means), flights: Flights::default() }
    }

    /// Returns the client that it asks with.
    pub fn client(&self) -> &Client {
        &self.means.client
    }

    /// Returns the time that a look-up may take.
    pub fn timeout(&self) -> Duration {
        self.means.limits.timeout
    }

    /// Finds what matches, gestiones newest first. `report` hears what the look-up is doing.
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
    ) -> Result<Arc<Held>, Error> {
        let mut entry = LogEntry::new(query);
        if let Some(found) = self.means.cache.get(query) {
            entry.finish(Source::Cache, None, &Ok(Arc::clone(&found)));
            return Ok(found);
        }
        let deadline = Instant::now() + self.means.limits.timeout;
        let (flight, source) = self.flights.join(query, deadline, || {
            Flight::new(deadline, |meter, deadline| {
                fly(Arc::clone(&self.means), query.clone(), meter, deadline).boxed()
            })
        });
        let mut stages = flight.meter.stages();
        let mut landing = flight.landing.clone();
        let waiting = async {
            report(*stages.borrow_and_update());
            loop {
                tokio::select! {
                    biased;
                    landed = &mut landing => return landed,
                    Ok(()) = stages.changed() => report(*stages.borrow_and_update()),
                }
            }
        };
        let answer = timeout_at(deadline, waiting).await.unwrap_or_else(|_| {
            let spent = flight.meter.spent();
            Err(Error::Timeout { limit: self.means.limits.timeout, spent })
        });
        entry.finish(source, Some(&flight.meter), &answer);
        answer
    }
}

/// Goes from "nobody is asking this" to an answer in the cache.
async fn fly(
    means: Arc<Means>,
    query: Query,
    meter: Arc<Meter>,
    deadline: Arc<Deadline>,
) -> Result<Arc<Held>, Error> {
    let token = means.client.token()?;
    means.quota().enter(&token, Instant::now())?;
    let mut pass = CircuitPass::enter(&means.circuit)?;
    means.rate.check().map_err(|refused| Error::RateLimited {
        per_minute: means.limits.rate.get(),
        wait: refused.wait_time_from(DefaultClock::default().now()),
    })?;
    let fetch = Fetch {
        client: &means.client,
        gate: &means.gate,
        limits: &means.limits,
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
        means.quota().begin(token, Instant::now());
    }
    let Fetched { records, as_of, upstream_total, complete, cut_short } = fetched?;
    let is_large = records.len() > PAGE_SIZE as usize;
    let tidying = Arc::clone(&means);
    let rows = offload(is_large, move || answer::tidy(records, &tidying.mask)).await?;
    let found = Arc::new(Held::new(Found { rows, as_of, upstream_total, complete }));
    if !cut_short {
        means.cache.put(query, Arc::clone(&found));
    }
    Ok(found)
}

impl Means {
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
            .map_err(|wait| Error::Unavailable { fault: Fault::CircuitOpen { wait } })?;
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
    spent: Spent,
}

impl<'a> LogEntry<'a> {
    fn new(query: &'a Query) -> Self {
        let spent = Spent::default();
        Self { query, outcome: "cancelled", source: None, records: 0, pages: 0, spent }
    }

    fn finish(&mut self, source: Source, meter: Option<&Meter>, answer: &Result<Arc<Held>, Error>) {
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
        // A model may put a customer's value where a name belongs: only what is surely a name is
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
