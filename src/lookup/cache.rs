//! Answers, kept for some seconds, so that paging through one and asking again cost no quota.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::deferred_drop::DeferredDrop;
use crate::answer::{Found, Row};
use crate::wolkvox::{Fingerprint, QueryKey};

/// Most bytes that the cache holds, roughly.
const BYTES: u64 = 64 * 1024 * 1024;
/// What an answer weighs at least, which bounds the cache to 1,024 answers.
const LEAST_WEIGHT: u32 = 64 * 1024;

/// Everything that an answer depends on. Masks are not among it: what is kept is what wolkvox sent,
/// and each caller's own mask is applied to what that caller is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The token that asked; an answer of one token is never given under another.
    pub(super) token: Fingerprint,
    /// What was asked.
    pub(super) query: QueryKey,
}

/// Answers by what was asked; failures never get in.
#[derive(Debug)]
pub(super) struct Cache {
    answers: moka::sync::Cache<Key, Entry>,
    time_to_live: Duration,
}

#[derive(Clone, Debug)]
struct Entry {
    found: Arc<DeferredDrop>,
    /// Judged here and not only by moka, whose clock tests cannot turn.
    until: Instant,
}

impl Cache {
    pub(super) fn new(time_to_live: Duration) -> Self {
        let answers = moka::sync::Cache::builder()
            .max_capacity(BYTES)
            .weigher(|_, kept: &Entry| weight(&kept.found))
            .time_to_live(time_to_live)
            .build();
        Self { answers, time_to_live }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<DeferredDrop>> {
        let kept = self.answers.get(key)?;
        (Instant::now() < kept.until).then_some(kept.found)
    }

    pub(super) fn put(&self, key: Key, found: Arc<DeferredDrop>) {
        self.put_aged(key, found, Duration::ZERO);
    }

    /// Keeps an answer that is this old already for the rest of its time.
    pub(super) fn put_aged(&self, key: Key, found: Arc<DeferredDrop>, age: Duration) {
        let left = self.time_to_live.saturating_sub(age);
        if !left.is_zero() {
            let until = Instant::now() + left;
            self.answers.insert(key, Entry { found, until });
        }
    }
}

fn weight(found: &Found) -> u32 {
    let bytes: usize = found.rows.iter().map(Row::weight).sum();
    u32::try_from(bytes).unwrap_or(u32::MAX).max(LEAST_WEIGHT)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::answer::tidy;
    use crate::wolkvox::{FieldName, FieldValue, GestionQuery, Operation, Query, Token};
    use serde_json::json;

    pub(in crate::lookup) fn key(value: u32) -> Key {
        let query = Query::Gestion(GestionQuery {
            operation: Operation::parse("empresa".to_owned()).expect("an operation"),
            field: FieldName::parse("id_customer".to_owned()).expect("a field"),
            value: FieldValue::parse(value.to_string()).expect("a value"),
        });
        let token = Token::parse("ficticio-0001").expect("a token");
        Key { token: token.fingerprint(), query: query.key() }
    }

    fn found(megabytes: usize) -> Arc<DeferredDrop> {
        let note = "x".repeat(1_000);
        let fields = (0..megabytes * 1_000).map(|n| (format!("campo {n}").into(), json!(note)));
        let rows = tidy(vec![fields.collect()]);
        let as_of = jiff::Timestamp::UNIX_EPOCH;
        let (upstream_total, cut_short) = (None, None);
        let found = Found { rows, as_of, upstream_total, complete: true, cut_short, blank: 0 };
        Arc::new(DeferredDrop::new(found, false))
    }

    #[test]
    fn it_is_bounded_in_count_and_in_bytes() {
        for (megabytes, puts, kept) in [(0, 2_000, 1_024), (10, 12, 6)] {
            let cache = Cache::new(Duration::from_secs(60));
            let found = found(megabytes);
            (0..puts).for_each(|n| cache.put(key(n), Arc::clone(&found)));
            cache.answers.run_pending_tasks();
            let count = cache.answers.entry_count();
            assert!((1..=kept).contains(&count), "{count} answers of {megabytes} MB");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_kept_for_its_time_and_not_a_moment_longer() {
        let cache = Cache::new(Duration::from_secs(60));
        cache.put(key(1), found(0));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(cache.get(&key(1)).is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(cache.get(&key(1)).is_none());
    }
}
