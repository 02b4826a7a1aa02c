//! What a look-up leaves behind: one line in the log, without a value, a record or the token.

use std::time::Duration;

use super::Source;
use super::meter::Meter;
use crate::answer::Found;
use crate::error::{Error, Timings};
use crate::fields;
use crate::metrics::Lookups;
use crate::wolkvox::{Operation, Query};

/// The observation of one look-up. It is written on drop, so that a cancelled one leaves it too.
pub(super) struct Observation<'a> {
    query: &'a Query,
    /// The only operation whose name is written.
    named: Option<&'a Operation>,
    metrics: &'a Lookups,
    outcome: &'static str,
    source: Option<Source>,
    records: usize,
    pages: u32,
    timings: Timings,
}

impl<'a> Observation<'a> {
    pub(super) fn begin(
        query: &'a Query,
        named: Option<&'a Operation>,
        metrics: &'a Lookups,
    ) -> Self {
        let (outcome, timings) = ("cancelled", Timings::default());
        Self { query, named, metrics, outcome, source: None, records: 0, pages: 0, timings }
    }

    pub(super) fn end(
        &mut self,
        source: Source,
        meter: Option<&Meter>,
        answer: Result<&Found, &Error>,
    ) {
        self.source = Some(source);
        (self.outcome, self.records) = match answer {
            Ok(found) if found.rows.is_empty() => ("none", 0),
            Ok(found) => ("found", found.rows.len()),
            Err(error) => (error.kind().as_str(), 0),
        };
        if let Some(meter) = meter {
            self.pages = meter.pages();
            self.timings = meter.timings();
        }
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        self.metrics.looked_up(self.source.map_or("cancelled", Source::as_str));
        // A model may put a customer's value where a name belongs, so only known names are written.
        let operation = self.query.operation();
        let is_named = self.named == Some(operation);
        let field = match self.query {
            Query::Gestion(query) => {
                fields::find(query.field.as_str()).map_or("(another)", |known| known.name)
            }
            Query::Obligation(_) => "(an obligation's id)",
        };
        tracing::info!(
            operation = if is_named { operation.as_str() } else { "(another)" },
            field,
            outcome = self.outcome,
            records = self.records,
            attempts = self.timings.attempts,
            pages = self.pages,
            cached = self.source == Some(Source::Cache),
            shared = self.source == Some(Source::Shared),
            queued_ms = milliseconds(self.timings.queued),
            upstream_ms = milliseconds(self.timings.upstream),
            "look-up"
        );
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
