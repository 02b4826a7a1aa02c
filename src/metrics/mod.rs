//! What a server does, in numbers, in the text format of Prometheus. No label ever names a person or
//! a customer.
//!
//! Names and labels of MCP's operations follow OpenTelemetry's conventions for MCP ("Semantic
//! conventions for Model Context Protocol"), as Prometheus spells them; ours begin with `wolkvox_`.

mod labels;
mod lookups;
mod operation;
mod sampled;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use self::labels::{
    AnswerLabels, HttpLabels, LookupLabels, OperationLabels, Reason, RequestLabels,
};
pub use self::lookups::{Lookups, Request};
pub use self::operation::Operation;
pub use self::sampled::Load;
use self::sampled::Sampled;

/// Upper bounds of durations, in seconds: those that the conventions advise.
const SECONDS: [f64; 14] =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// The numbers of one server; clones count into the same. The default counts nothing, at no cost.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    sampled: Arc<Mutex<Sampled>>,
    operations: Histograms<OperationLabels>,
    answers: Family<AnswerLabels, Counter>,
    http: Histograms<HttpLabels>,
    denied: Family<Reason, Counter>,
    connections: Gauge,
    lookups: Family<LookupLabels, Counter>,
    requests: Histograms<RequestLabels>,
    waits: Histograms<labels::Tenant>,
}

/// A connection that is open until it is dropped.
#[derive(Debug)]
pub struct Connection(Option<Arc<Inner>>);

impl Metrics {
    /// Creates numbers that count from now on.
    pub fn counting() -> Self {
        fn seconds() -> Histogram {
            Histogram::new(SECONDS)
        }
        fn histograms<L: Clone + Eq + std::hash::Hash>() -> Histograms<L> {
            Family::new_with_constructor(seconds)
        }
        let mut inner = Inner {
            registry: Registry::default(),
            sampled: Arc::default(),
            operations: histograms(),
            answers: Family::default(),
            http: histograms(),
            denied: Family::default(),
            connections: Gauge::default(),
            lookups: Family::default(),
            requests: histograms(),
            waits: histograms(),
        };
        inner.register();
        Self(Some(Arc::new(inner)))
    }

    /// Returns all numbers in Prometheus's text format, version 0.0.4.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(inner) = &self.0 {
            // A string takes all that is written.
            let _ = encode(&mut text, &inner.registry);
        }
        text
    }

    /// Returns where the look-ups of one tenant are counted.
    pub fn lookups(&self, tenant: &str) -> Lookups {
        Lookups::new(self.0.clone(), tenant)
    }

    /// Begins an operation of MCP.
    pub fn operation(
        &self,
        tenant: &str,
        method: &'static str,
        version: Option<&'static str>,
    ) -> Operation {
        Operation::begin(self.0.clone(), tenant, method, version)
    }

    /// Counts an HTTP request that was answered.
    pub fn http(&self, method: &'static str, status: u16, took: Duration) {
        if let Some(inner) = &self.0 {
            let labels = HttpLabels {
                http_request_method: method,
                http_response_status_code: status.into(),
            };
            inner.http.get_or_create(&labels).observe(took.as_secs_f64());
        }
    }

    /// Counts a request whose sender was not let in.
    pub fn denied(&self, reason: &'static str) {
        if let Some(inner) = &self.0 {
            inner.denied.get_or_create(&Reason { reason }).inc();
        }
    }

    /// Counts a connection, until what is returned is dropped.
    pub fn connection(&self) -> Connection {
        if let Some(inner) = &self.0 {
            inner.connections.inc();
        }
        Connection(self.0.clone())
    }

    /// Reads, whenever somebody asks, how a token's places are taken and whether its quota is spent.
    pub fn watch_token(&self, tenant: &str, read: impl Fn() -> Load + Send + Sync + 'static) {
        self.sample(|sampled| sampled.tokens.push((tenant.to_owned(), Box::new(read))));
    }

    /// Reads, whenever somebody asks, how many lines the audit log could not take.
    pub fn watch_audit(&self, read: impl Fn() -> u64 + Send + Sync + 'static) {
        self.sample(|sampled| sampled.audit_failures = Some(Box::new(read)));
    }

    /// Reads, whenever somebody asks, whether the store that processes share can be used.
    pub fn watch_shared(&self, read: impl Fn() -> bool + Send + Sync + 'static) {
        self.sample(|sampled| sampled.is_shared_up = Some(Box::new(read)));
    }

    /// Reads, whenever somebody asks, how old an identity provider's keys are, once there are some.
    pub fn watch_keys(&self, read: impl Fn() -> Option<Duration> + Send + Sync + 'static) {
        let seconds = move || read().map(|age| age.as_secs());
        self.sample(|sampled| sampled.keys_age = Some(Box::new(seconds)));
    }

    fn sample(&self, add: impl FnOnce(&mut Sampled)) {
        if let Some(inner) = &self.0 {
            add(&mut inner.sampled.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// What is read when somebody asks, as the registry knows it.
#[derive(Debug, Default)]
struct Collected(Arc<Mutex<Sampled>>);

impl Collector for Collected {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).encode(&mut encoder)
    }
}

impl Inner {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register_collector(Box::new(Collected(Arc::clone(&self.sampled))));
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("wolkvox_mcp_build", "This program", version);
        registry.register(
            "mcp_server_operation_duration_seconds",
            "Duration of MCP requests, until the last byte of their answers",
            self.operations.clone(),
        );
        registry.register(
            "http_server_request_duration_seconds",
            "Duration of HTTP requests, until the first byte of their answers",
            self.http.clone(),
        );
        registry.register(
            "wolkvox_answers",
            "Tool calls by outcome: found, none, or the kind of failure",
            self.answers.clone(),
        );
        registry.register(
            "wolkvox_authentication_failures",
            "Requests whose sender was not let in",
            self.denied.clone(),
        );
        registry.register(
            "wolkvox_connections",
            "Connections that are open",
            self.connections.clone(),
        );
        registry.register(
            "wolkvox_lookups",
            "Look-ups by what answered them: the cache, an equal one on its way, or wolkvox",
            self.lookups.clone(),
        );
        registry.register(
            "wolkvox_request_duration_seconds",
            "Duration of requests to wolkvox by outcome: answered, or the kind of failure",
            self.requests.clone(),
        );
        registry.register(
            "wolkvox_gate_wait_seconds",
            "Time that requests to wolkvox waited for a place",
            self.waits.clone(),
        );
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(inner) = &self.0 {
            inner.connections.dec();
        }
    }
}

#[cfg(test)]
mod tests;
