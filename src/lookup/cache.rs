//! Keeps answers for some seconds, so that paging through one and asking again cost no quota.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::answer::{Found, Row};
use crate::wolkvox::GestionQuery;

/// Most bytes that the cache holds, roughly.
const BYTES: u64 = 64 * 1024 * 1024;
/// What an answer weighs at least, which bounds the cache to 1,024 answers.
const LEAST_WEIGHT: u32 = 64 * 1024;

/// Keeps answers by what was asked; failures never get in.
#[derive(Debug)]
pub(super) struct Cache {
    answers: moka::sync::Cache<GestionQuery, Kept>,
    time_to_live: Duration,
}

#[derive(Clone, Debug)]
struct Kept {
    found: Arc<Found>,
    /// Judged here and not only by moka, whose clock tests cannot turn.
    until: Instant,
}

impl Cache {
    pub(super) fn new(time_to_live: Duration) -> Self {
        let answers = moka::sync::Cache::builder()
            .max_capacity(BYTES)
            .weigher(|_, kept: &Kept| weight(&kept.found))
            .time_to_live(time_to_live)
            .build();
        Self { answers, time_to_live }
    }

    pub(super) fn get(&self, query: &GestionQuery) -> Option<Arc<Found>> {
        let kept = self.answers.get(query)?;
        (Instant::now() < kept.until).then_some(kept.found)
    }

    pub(super) fn put(&self, query: GestionQuery, found: Arc<Found>) {
        if !self.time_to_live.is_zero() {
            let until = Instant::now() + self.time_to_live;
            self.answers.insert(query, Kept { found, until });
        }
    }
}

fn weight(found: &Found) -> u32 {
    let bytes: usize = found.rows.iter().map(Row::weight).sum();
    u32::try_from(bytes).unwrap_or(u32::MAX).max(LEAST_WEIGHT)
}
