//! One request of MCP from its first byte to the last of its answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Inner;
use super::labels::{AnswerLabels, OperationLabels};

/// What an operation counts as that nobody saw the end of.
const CANCELLED: &str = "cancelled";
/// The conventions' name for a result that is marked as an error.
const TOOL_ERROR: &str = "tool_error";
/// The conventions' word for what comes over HTTP.
const TRANSPORT: &str = "tcp";

/// An operation on its way; its clones are the same one, which is counted once all are dropped. The
/// default is not counted.
#[derive(Clone, Debug, Default)]
pub struct Operation(Option<Arc<Running>>);

#[derive(Debug)]
struct Running {
    inner: Arc<Inner>,
    tenant: Arc<str>,
    method: &'static str,
    version: Option<&'static str>,
    began: Instant,
    end: Mutex<End>,
}

#[derive(Debug)]
struct End {
    tool: Option<Arc<str>>,
    /// How a tool's call ended, as the audit log says it.
    outcome: Option<&'static str>,
    error: Option<Arc<str>>,
}

impl Operation {
    pub(super) fn begin(
        inner: Option<Arc<Inner>>,
        tenant: &str,
        method: &'static str,
        version: Option<&'static str>,
    ) -> Self {
        Self(inner.map(|inner| {
            let end = End { tool: None, outcome: None, error: Some(Arc::from(CANCELLED)) };
            Arc::new(Running {
                inner,
                tenant: Arc::from(tenant),
                method,
                version,
                began: Instant::now(),
                end: Mutex::new(end),
            })
        }))
    }

    /// Takes note that it was answered.
    pub fn answered(&self) {
        if let Some(running) = &self.0 {
            let mut end = running.end();
            if end.error.as_deref() == Some(CANCELLED) {
                end.error = None;
            }
        }
    }

    /// Takes note that it failed: a JSON-RPC error's code, or an HTTP status.
    pub fn failed(&self, code: i32) {
        if let Some(running) = &self.0 {
            running.end().error = Some(Arc::from(code.to_string()));
        }
    }

    /// Takes note how a tool's call ended: `found`, `none`, or a kind of failure.
    pub fn called(&self, tool: &str, outcome: &'static str, is_error: bool) {
        if let Some(running) = &self.0 {
            let mut end = running.end();
            end.tool = Some(Arc::from(tool));
            end.outcome = Some(outcome);
            end.error = is_error.then(|| Arc::from(TOOL_ERROR));
        }
    }
}

impl Running {
    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let took = self.began.elapsed().as_secs_f64();
        let end = self.end.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = end.outcome {
            let labels = AnswerLabels { tenant: Arc::clone(&self.tenant), outcome };
            self.inner.answers.get_or_create(&labels).inc();
        }
        let labels = OperationLabels {
            mcp_method_name: self.method,
            gen_ai_tool_name: end.tool.take(),
            error_type: end.error.take(),
            network_transport: TRANSPORT,
            mcp_protocol_version: self.version,
        };
        self.inner.operations.get_or_create(&labels).observe(took);
    }
}
