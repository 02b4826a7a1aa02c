//! Lets 50 callers ask a sandbox that fails in every way, for a minute (or as many seconds as the
//! argument says, at most 120), and prints what became of their look-ups:
//!
//! ```text
//! cargo run --release --example soak
//! ```

use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::task::JoinSet;
use tokio::time::Instant;

use wolkvox_mcp::lookup::Limits;
use wolkvox_mcp::lookup::Lookup;
use wolkvox_mcp::sandbox::{Fault, OPERATION, Sandbox};
use wolkvox_mcp::wolkvox::{Client, FieldName, FieldValue, GestionQuery, Operation};

const CALLERS: u32 = 50;
/// Most of them are unknown to the sandbox.
const CUSTOMERS: u32 = 200;
const LONGEST: u64 = 120;

/// Counts how look-ups ended.
type Ends = Arc<Mutex<BTreeMap<&'static str, u64>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let seconds = match std::env::args().nth(1) {
        Some(text) => text.parse().context("the argument is a number of seconds")?,
        None => 60,
    };
    let sandbox = Sandbox::with_script(trouble).await?;
    let client = Client::local(&sandbox.url(), sandbox.token()).map_err(|it| anyhow!(it))?;
    let limits = Limits {
        timeout: Duration::from_secs(5),
        cache_ttl: Duration::from_millis(50),
        rate: NonZeroU32::MAX,
        ..Limits::default()
    };
    let lookup = Arc::new(Lookup::new(client, limits));
    let ends: Ends = Ends::default();
    let memory_at_start = memory();
    let length = Duration::from_secs(seconds.min(LONGEST));
    let end = Instant::now() + length;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        callers.spawn(call(Arc::clone(&lookup), caller, end, Arc::clone(&ends)));
    }
    tokio::time::sleep(length / 2).await;
    let memory_halfway = memory();
    while let Some(ended) = callers.join_next().await {
        ended.context("a caller panicked")??;
    }
    let ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = std::io::stdout();
    writeln!(out, "look-ups                    {}", ends.values().sum::<u64>())?;
    for (end, count) in ends.iter() {
        writeln!(out, "  {end:24}  {count}")?;
    }
    writeln!(out, "requests at the server      {}", sandbox.requests())?;
    writeln!(out, "most at once                {}", sandbox.peak())?;
    writeln!(out, "memory at the start         {memory_at_start}")?;
    writeln!(out, "memory halfway              {memory_halfway}")?;
    writeln!(out, "memory at the end           {}", memory())?;
    Ok(())
}

/// Says what goes wrong with a request: one in five, in turn.
fn trouble(request: u64) -> Option<Fault> {
    Some(match request % 100 {
        5 | 25 | 45 | 65 => Fault::ServerError(500),
        10 | 30 | 50 => Fault::Busy,
        15 | 55 => Fault::Slow(Duration::from_millis(20)),
        20 | 60 => Fault::Truncated,
        35 => Fault::ServerError(502),
        40 => Fault::Html,
        70 => Fault::Empty,
        75 => Fault::Maintenance,
        80 => Fault::Forbidden,
        85 => Fault::Redirect,
        90 => Fault::Code(Box::new(Fault::Busy)),
        95 => Fault::Token,
        _ => return None,
    })
}

async fn call(lookup: Arc<Lookup>, caller: u32, end: Instant, ends: Ends) -> anyhow::Result<()> {
    // Callers in step would all wait for the same look-up.
    let mut chance = fastrand::Rng::with_seed(caller.into());
    while Instant::now() < end {
        let customer = 900_000_001 + chance.u32(0..CUSTOMERS);
        let query = GestionQuery {
            operation: Operation::parse(OPERATION.to_owned())?,
            field: FieldName::parse("id_customer".to_owned())?,
            value: FieldValue::parse(customer.to_string())?,
        };
        let became = match lookup.find(&query.into(), |_| ()).await {
            Ok(found) if !found.complete => "found, incomplete",
            Ok(found) if found.rows.is_empty() => "none",
            Ok(_) => "found",
            Err(error) => error.kind().as_str(),
        };
        *ends.lock().unwrap_or_else(PoisonError::into_inner).entry(became).or_default() += 1;
        // An agent thinks; without a pause, callers who are refused at once would only spin.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    resident.map_or("unknown on this system".to_owned(), |size| size.trim().to_owned())
}
