//! Counts the look-ups of one tenant, and their requests to wolkvox.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Inner;
use super::labels::{LookupLabels, RequestLabels, Tenant};

/// Where the look-ups of one tenant are counted. The default counts nothing.
#[derive(Clone, Debug, Default)]
pub struct Lookups(Option<(Arc<Inner>, Arc<str>)>);

impl Lookups {
    pub(super) fn new(inner: Option<Arc<Inner>>, tenant: &str) -> Self {
        Self(inner.map(|inner| (inner, Arc::from(tenant))))
    }

    /// Counts a look-up by what answered it.
    pub fn looked_up(&self, source: &'static str) {
        if let Some((inner, tenant)) = &self.0 {
            let labels = LookupLabels { tenant: Arc::clone(tenant), source };
            inner.lookups.get_or_create(&labels).inc();
        }
    }

    /// Counts a request that waited this long for a place.
    pub fn waited(&self, time: Duration) {
        if let Some((inner, tenant)) = &self.0 {
            let labels = Tenant { tenant: Arc::clone(tenant) };
            inner.waits.get_or_create(&labels).observe(time.as_secs_f64());
        }
    }

    /// Begins a request to wolkvox, which counts as given up unless it ends.
    pub fn request(&self) -> Request<'_> {
        Request { lookups: self, began: Instant::now(), outcome: "given_up" }
    }
}

/// A request to wolkvox, counted when it is dropped.
#[derive(Debug)]
pub struct Request<'a> {
    lookups: &'a Lookups,
    began: Instant,
    outcome: &'static str,
}

impl Request<'_> {
    /// Counts it by how it ended.
    pub fn end(mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if let Some((inner, tenant)) = &self.lookups.0 {
            let labels = RequestLabels { tenant: Arc::clone(tenant), outcome: self.outcome };
            inner.requests.get_or_create(&labels).observe(self.began.elapsed().as_secs_f64());
        }
    }
}
