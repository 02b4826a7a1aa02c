//! Numbers that are read at the moment somebody asks for them.

use std::fmt;

use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// How a token's places are taken at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Places that there are.
    pub places: u64,
    /// Places that are taken.
    pub taken: u64,
    /// Requests that wait for one.
    pub waiting: u64,
    /// Whether nothing is asked because the day's quota is spent.
    pub is_held: bool,
}

/// What reads a number, if there is one yet.
pub(super) type Read<T> = Box<dyn Fn() -> T + Send + Sync>;

/// What is read.
#[derive(Default)]
pub(super) struct Sampled {
    /// By the tenant whose token it is.
    pub(super) tokens: Vec<(String, Read<Load>)>,
    pub(super) audit_failures: Option<Read<u64>>,
    pub(super) is_shared_up: Option<Read<bool>>,
    /// Seconds.
    pub(super) keys_age: Option<Read<Option<u64>>>,
}

impl fmt::Debug for Sampled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampled").finish_non_exhaustive()
    }
}

impl Sampled {
    pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let loads = self.tokens.iter().map(|(tenant, read)| (tenant.as_str(), read()));
        let loads: Vec<_> = loads.collect();
        let mut gauge = |name, help, value: fn(&Load) -> u64| {
            let shape = ConstGauge::new(0_u64);
            let mut family = encoder.encode_descriptor(name, help, None, shape.metric_type())?;
            loads.iter().try_for_each(|(tenant, load)| {
                let gauge = ConstGauge::new(value(load));
                gauge.encode(family.encode_family(&[("tenant", *tenant)])?)
            })
        };
        gauge("wolkvox_gate_places", "Places of a token", |load| load.places)?;
        gauge("wolkvox_gate_taken", "Places of a token that are taken", |load| load.taken)?;
        gauge("wolkvox_gate_waiting", "Requests that wait for a place", |load| load.waiting)?;
        let help = "1 while nothing is asked because the day's quota is spent";
        gauge("wolkvox_quota_hold", help, |load| u64::from(load.is_held))?;
        if let Some(failures) = &self.audit_failures {
            let failures = ConstCounter::new(failures());
            let help = "Lines that the audit log could not take";
            let name = "wolkvox_audit_failures";
            let metric = encoder.encode_descriptor(name, help, None, failures.metric_type())?;
            failures.encode(metric)?;
        }
        if let Some(is_up) = &self.is_shared_up {
            let is_up = ConstGauge::new(u64::from(is_up()));
            let help = "1 while the store that processes share can be used";
            let name = "wolkvox_shared_state_up";
            let metric = encoder.encode_descriptor(name, help, None, is_up.metric_type())?;
            is_up.encode(metric)?;
        }
        if let Some(age) = self.keys_age.as_ref().and_then(|read| read()) {
            let age = ConstGauge::new(age);
            let help = "Age of the identity provider's keys";
            let name = "wolkvox_oauth_keys_age_seconds";
            let metric = encoder.encode_descriptor(name, help, None, age.metric_type())?;
            age.encode(metric)?;
        }
        Ok(())
    }
}
