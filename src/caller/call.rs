//! What a call is made with, whatever transport it came over.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderMap;
use http::header::USER_AGENT;

use super::Caller;
use crate::metrics::Operation;

/// What a call is made with: who asks, with what, from where.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who asks.
    pub caller: Arc<Caller>,
    /// Where the request came from, if it came over a network.
    pub address: Option<IpAddr>,
    /// The program that asks, as it calls itself.
    pub program: Option<Program>,
    /// The trace that it belongs to: 32 hexadecimal digits.
    pub trace: Option<String>,
    /// A random name of our own, the same in the log and the audit log.
    pub request: String,
    /// Where it is counted.
    pub operation: Operation,
    /// Whether the audit log has it.
    pub recorded: Recorded,
}

/// Whether the audit log has taken a call, which from then on leaves its line whatever its end. Its
/// clones are of the same call.
#[derive(Clone, Debug, Default)]
pub struct Recorded(Arc<AtomicBool>);

impl Recorded {
    /// Sets that it has.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether it has.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a program that asks calls itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Program {
    /// Returns what a `User-Agent` header names first (RFC 9110, section 10.1.5): over HTTP an older
    /// client says what it is only as it connects, which a server without sessions does not remember.
    pub(crate) fn of_agent(headers: &HeaderMap) -> Option<Self> {
        let agent = headers.get(USER_AGENT)?.to_str().ok()?;
        let product = agent.split_whitespace().next()?;
        let (name, version) = product.split_once('/').unwrap_or((product, ""));
        Some(Self { name: name.to_owned(), version: version.to_owned() })
    }
}

/// Who sent a request over HTTP, as the layer that checked it says; it travels in the request's
/// extensions.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Who asks.
    pub caller: Arc<Caller>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Where the request is counted.
    pub operation: Operation,
    /// Whether the audit log has the call that it makes.
    pub recorded: Recorded,
}

impl Call {
    /// Begins a call of this caller.
    pub fn new(caller: Arc<Caller>) -> Self {
        let request = format!("{:016x}", fastrand::u64(..));
        let (operation, recorded) = (Operation::default(), Recorded::default());
        Self { caller, address: None, program: None, trace: None, request, operation, recorded }
    }

    /// Begins the call that a request over HTTP makes.
    pub fn sent_by(sender: &Sender) -> Self {
        let Sender { caller, address, operation, recorded } = sender.clone();
        Self { address, operation, recorded, ..Self::new(caller) }
    }

    /// Takes the trace's id from a `traceparent` (W3C Trace Context); what is none is ignored.
    #[must_use]
    pub fn within(mut self, traceparent: Option<&str>) -> Self {
        self.trace = traceparent.and_then(trace_id);
        self
    }
}

fn trace_id(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_valid = is_hex(version, 2)
        && version != "ff"
        && is_hex(trace, 32)
        && is_hex(parent, 16)
        && trace.bytes().any(|it| it != b'0');
    is_valid.then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_taken_from_a_traceparent_and_from_nothing_else() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        for (traceparent, found) in [
            ("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01", Some(trace)),
            ("cc-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-later", Some(trace)),
            ("ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01", None),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None),
            ("00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01", None),
            ("00-900000001-00f067aa0ba902b7-01", None),
            ("900000001", None),
            ("", None),
        ] {
            assert_eq!(trace_id(traceparent).as_deref(), found, "{traceparent}");
        }
    }

    #[test]
    fn every_call_has_a_name_of_its_own() {
        let call = || Call::new(Arc::new(Caller::system("ana".to_owned()))).request;
        assert_ne!(call(), call());
        assert_eq!(call().len(), 16);
    }
}
