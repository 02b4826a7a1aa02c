//! What the audit log knows of a call that MCP never came to make.

use http::header::{HeaderMap, HeaderName, USER_AGENT};

use super::message::Envelope;
use crate::caller::{Call, Program, Sender};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Returns the headers that are read here, before MCP takes all of them.
pub(super) fn kept(headers: &HeaderMap) -> HeaderMap {
    let copied = |name: HeaderName| headers.get(&name).cloned().map(|value| (name, value));
    [USER_AGENT, TRACEPARENT].into_iter().filter_map(copied).collect()
}

/// Returns the call that a message asks for, and the tool that it names.
pub(super) fn call(
    sender: &Sender,
    envelope: &Envelope<'_>,
    headers: &HeaderMap,
) -> (Call, Option<String>) {
    let asked = envelope.asked();
    let header = || headers.get(TRACEPARENT)?.to_str().ok();
    let mut call = Call::sent_by(sender).within(asked.traceparent.as_deref().or_else(header));
    call.program = asked.program.or_else(|| Program::of_agent(headers));
    (call, asked.tool)
}
