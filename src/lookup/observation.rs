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
            cached = matches!(self.source, Some(Source::Cache | Source::Others)),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::tidy;
    use crate::wolkvox::{FieldName, FieldValue, GestionQuery};

    #[test]
    fn what_a_look_up_ended_with_is_told_as_it_was() {
        let query = Query::Gestion(GestionQuery {
            operation: Operation::parse("empresa".to_owned()).expect("an operation"),
            field: FieldName::parse("id_customer".to_owned()).expect("a field"),
            value: FieldValue::parse("1".to_owned()).expect("a value"),
        });
        let found = |records: usize| {
            let record = |n| [("n".into(), json!(n))].into_iter().collect();
            let rows = tidy((0..records).map(record).collect());
            let as_of = jiff::Timestamp::UNIX_EPOCH;
            let (upstream_total, cut_short) = (None, None);
            Found { rows, as_of, upstream_total, complete: true, cut_short, blank: 0 }
        };
        let metrics = Lookups::default();
        let told = |answer: Option<Result<&Found, &Error>>| {
            let mut observation = Observation::begin(&query, None, &metrics);
            if let Some(answer) = answer {
                observation.end(Source::Wolkvox, None, answer);
            }
            (observation.outcome, observation.records)
        };
        assert_eq!(told(None), ("cancelled", 0));
        assert_eq!(told(Some(Ok(&found(0)))), ("none", 0));
        assert_eq!(told(Some(Ok(&found(2)))), ("found", 2));
        assert_eq!(told(Some(Err(&Error::Internal))), ("internal", 0));
    }

    #[test]
    fn times_are_told_in_whole_milliseconds() {
        assert_eq!(milliseconds(Duration::from_micros(2_900)), 2);
    }
}
