//! A call that is on its way: whatever its end, it leaves a line.

use super::{Audit, Entry, NotWritten, Subject};
use crate::caller::Call;

/// A call whose line is not written yet. One that is dropped before its end was cancelled, or failed
/// as a bug does.
#[derive(Debug)]
pub struct Attempt<'a> {
    audit: &'a Audit,
    call: &'a Call,
    tenant: Option<&'a str>,
    tool: &'a str,
    subject: Option<Subject>,
    is_recorded: bool,
}

impl<'a> Attempt<'a> {
    /// Begins a call. `tool` is never a name that only the client knows.
    pub fn begin(
        audit: &'a Audit,
        call: &'a Call,
        tenant: Option<&'a str>,
        tool: &'a str,
        subject: Option<Subject>,
    ) -> Self {
        call.recorded.set();
        Self { audit, call, tenant, tool, subject, is_recorded: false }
    }

    /// Writes the line.
    ///
    /// # Errors
    ///
    /// If it could not be written.
    pub fn end(mut self, outcome: &str, records: usize, is_cached: bool) -> Result<(), NotWritten> {
        self.write(outcome, records, is_cached)
    }

    fn write(&mut self, outcome: &str, records: usize, is_cached: bool) -> Result<(), NotWritten> {
        self.is_recorded = true;
        let Self { call, tenant, tool, .. } = *self;
        let subject = self.subject.as_ref();
        self.audit.record(&Entry { call, tenant, tool, subject, outcome, records, is_cached })
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_recorded {
            let outcome = if std::thread::panicking() { "internal" } else { "cancelled" };
            // Nobody waits for an answer that could be kept back; the failure is in the log.
            let _ = self.write(outcome, 0, false);
        }
    }
}
