//! The one door to the tools, over any transport: finds the tool, keeps a panic one call's, and sees
//! that every call leaves its line in the audit log before its answer leaves.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use rmcp::model::{JsonObject, Tool as ToolDefinition};
use tracing::Instrument;

use super::{Answered, Tool};
use crate::audit::{Attempt, Audit};
use crate::caller::Call;
use crate::error::{Error, internal};
use crate::lookup::Stage;

/// What the audit log calls a tool that only a client knows; the name may be anything.
const ANOTHER: &str = "(another)";

/// The tools of one account.
pub(crate) struct Tools {
    tools: Vec<Arc<dyn Tool>>,
    definitions: Vec<ToolDefinition>,
    log: AuditLog,
}

/// Where an account's calls leave their lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditLog {
    /// None if there is none.
    pub(crate) audit: Option<Audit>,
    /// The account's name, where there are several.
    pub(crate) tenant: Option<String>,
}

/// What was asked for, as the audit log hashes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    kind: String,
    value: String,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject(hidden)")
    }
}

impl Subject {
    pub(super) fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.to_owned(), value: value.to_owned() }
    }

    /// Returns the kind and the value.
    pub fn parts(&self) -> (&str, &str) {
        (&self.kind, &self.value)
    }
}

/// A call of a tool that is not there.
#[derive(Debug)]
pub(crate) struct UnknownTool;

impl Tools {
    pub(crate) fn new(tools: Vec<Arc<dyn Tool>>) -> Self {
        let definitions = tools.iter().map(|tool| tool.definition()).collect();
        Self { tools, definitions, log: AuditLog::default() }
    }

    /// Sets where calls leave their lines.
    pub(crate) fn set_log(&mut self, log: AuditLog) {
        self.log = log;
    }

    /// Returns whether calls leave lines, so that it is worth knowing more of them.
    pub(crate) fn is_audited(&self) -> bool {
        self.log.audit.is_some()
    }

    pub(crate) fn definitions(&self) -> &[ToolDefinition] {
        &self.definitions
    }

    /// Calls a tool. A call that is dropped before its end leaves its line too.
    pub(crate) async fn call(
        &self,
        name: &str,
        arguments: JsonObject,
        call: &Call,
        report: &mut (dyn FnMut(Stage) + Send),
    ) -> Result<Result<String, Error>, UnknownTool> {
        let named = self.definitions.iter().zip(&self.tools).find(|(it, _)| it.name == name);
        let Some((definition, tool)) = named else {
            self.log.refused(call, ANOTHER, "unknown_tool");
            return Err(UnknownTool);
        };
        let subject = self.log.audit.as_ref().and_then(|_| tool.subject(&arguments));
        let answer = async {
            let answer =
                AssertUnwindSafe(tool.call(arguments, &call.caller, report)).catch_unwind().await;
            answer.unwrap_or_else(|_| Err(internal("a tool panicked")))
        };
        Ok(self.log.recorded(call, &definition.name, subject, answer).await)
    }

    /// Leaves the line of a call that is refused before its tool, which it names or doesn't.
    pub(crate) fn refused(&self, call: &Call, name: Option<&str>, outcome: &str) {
        let named = self.definitions.iter().find(|it| name == Some(&it.name));
        self.log.refused(call, named.map_or(ANOTHER, |it| &it.name), outcome);
    }
}

impl AuditLog {
    /// Leaves the line of a call that is refused before its tool.
    fn refused(&self, call: &Call, tool: &str, outcome: &str) {
        if let Some(audit) = &self.audit {
            let attempt = Attempt::begin(audit, call, self.tenant.as_deref(), tool, None);
            // There is no answer that could be kept back; the failure is in the log.
            let _ = attempt.end(outcome, 0, false);
        }
    }

    /// Makes a look-up and leaves its line before its answer is returned. What cannot be recorded is
    /// a failure and never an answer, unless the settings allow it.
    pub(crate) async fn recorded<A>(
        &self,
        call: &Call,
        tool: &str,
        subject: Option<Subject>,
        look_up: impl Future<Output = Result<Answered<A>, Error>>,
    ) -> Result<A, Error> {
        let span = tracing::info_span!("call", request = %call.request, trace = call.trace);
        let Some(audit) = &self.audit else {
            let answer = look_up.instrument(span).await;
            let (outcome, ..) = outcome(&answer);
            call.operation.called(tool, outcome, answer.is_err());
            return answer.map(|answered| answered.answer);
        };
        let subject = subject.map(|it| audit.subject(&it.kind, &it.value));
        let attempt = Attempt::begin(audit, call, self.tenant.as_deref(), tool, subject);
        if audit.refuses() && !audit.retry() {
            // Nothing is asked, so that no quota is spent on answers that stay here.
            let outcome = Error::NotRecorded.kind().as_str();
            let _ = attempt.end(outcome, 0, false);
            call.operation.called(tool, outcome, true);
            return Err(Error::NotRecorded);
        }
        let answer = look_up.instrument(span).await;
        let (outcome, records, is_cached) = outcome(&answer);
        if attempt.end(outcome, records, is_cached).is_err() && audit.refuses() {
            call.operation.called(tool, Error::NotRecorded.kind().as_str(), true);
            return Err(Error::NotRecorded);
        }
        call.operation.called(tool, outcome, answer.is_err());
        answer.map(|answered| answered.answer)
    }
}

/// Returns how a call ended, how many records it found, and whether the cache had them.
fn outcome<A>(answer: &Result<Answered<A>, Error>) -> (&'static str, usize, bool) {
    match answer {
        Ok(Answered { records: 0, is_cached, .. }) => ("none", 0, *is_cached),
        Ok(Answered { records, is_cached, .. }) => ("found", *records, *is_cached),
        Err(error) => (error.kind().as_str(), 0, false),
    }
}
