//! Carries MCP messages as lines of JSON: one message a line, one line a message.
//!
//! Takes the place of the SDK's own transport, which (rmcp 3.11) drops what it cannot read; goes on
//! serving when nobody can read the answers any more; reads without end from a client that does
//! not read; and writes every answer by itself, where the answers of calls in flight can share one
//! write.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use futures_util::StreamExt;
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, JsonRpcMessage, ProtocolVersion, ServerJsonRpcMessage, ServerResult,
};
use rmcp::transport::Transport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::bytes::Bytes;
use tokio_util::codec::FramedRead;

use super::framing::{Framing, Line};
use super::messages::{self, Read, Refusal};
use super::output::{Failure, Output};
use super::requests::Requests;
use super::twofold;
use super::values::Values;

/// So many requests may wait for their answer before answering goes before reading.
const MANY: usize = 64;

/// A transport over any pair of streams.
pub(in crate::mcp) struct JsonLines<R, W> {
    input: FramedRead<R, Framing>,
    output: Arc<Output<W>>,
    requests: Requests,
    /// Messages that are read and not yet passed on.
    ready: VecDeque<ClientJsonRpcMessage>,
    /// The rest of a line that holds more than one message.
    values: Values,
    /// Whether a part of the present batch, or the whole of it, has been answered without an id.
    batch_refused: bool,
    /// Whether the revision has batches.
    has_batches: bool,
    /// Whether the log has said that something could not be read.
    warned: bool,
}

impl<R: AsyncRead, W: AsyncWrite + Unpin> JsonLines<R, W> {
    pub(in crate::mcp) fn new(input: R, output: W) -> Self {
        Self {
            input: FramedRead::new(input, Framing::default()),
            output: Arc::new(Output::new(output)),
            requests: Requests::default(),
            ready: VecDeque::new(),
            values: Values::default(),
            batch_refused: false,
            has_batches: false,
            warned: false,
        }
    }

    /// Returns where to find why the client could not be written to.
    pub(in crate::mcp) fn failure(&self) -> Failure {
        Arc::clone(self.output.failure())
    }
}

impl<R, W> JsonLines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    /// Waits for the next line; `None` when the client has left.
    async fn line(&mut self) -> Option<Line> {
        let line = tokio::select! {
            biased;
            () = self.output.broken() => return None,
            line = self.input.next() => line?,
        };
        line.inspect_err(|problem| {
            tracing::error!(kind = ?problem.kind(), "the client cannot be read any more");
        })
        .ok()
    }

    fn take_line(&mut self, line: Line) {
        let line = match line {
            Line::Whole(line) => line.slice_ref(messages::trimmed(&line)),
            Line::TooLong => return self.refuse(&Refusal::too_long()),
            Line::Header => return self.warn("a header, as language servers have them"),
        };
        if line.is_empty() {
            return;
        }
        if let Some(message) = messages::parse(&line) {
            return self.admit(message);
        }
        self.values = Values::of(&line);
        self.batch_refused = false;
        if self.values.is_empty_batch() {
            self.refuse(&Refusal::wrong_shape());
        }
    }

    fn take_value(&mut self, value: &Bytes) {
        let is_refused_batch = self.values.is_batch() && !self.has_batches;
        let read =
            if is_refused_batch { messages::refuse_in_batch(value) } else { messages::read(value) };
        match read {
            Read::Message(message) => self.admit(*message),
            Read::Nothing => self.warn("a text that is not an MCP message"),
            Read::Refused(refusal) => {
                // One answer without an id says it for all of a batch.
                let is_repeated = refusal.id.is_none()
                    && self.values.is_batch()
                    && std::mem::replace(&mut self.batch_refused, true);
                if !is_repeated {
                    self.refuse(&refusal);
                }
            }
        }
    }

    fn admit(&mut self, message: ClientJsonRpcMessage) {
        self.ready.extend(self.requests.admit(message));
    }

    fn refuse(&mut self, refusal: &Refusal) {
        self.warn("a request that cannot be read; it was answered with an error");
        if self.output.add(refusal).is_ok() {
            let output = Arc::clone(&self.output);
            // `receive` may be dropped at any await, which must not cut a line in half.
            tokio::spawn(async move { output.write().await });
        }
    }

    /// Logs once, and without quoting it, that something could not be read.
    fn warn(&mut self, what: &'static str) {
        if std::mem::replace(&mut self.warned, true) {
            tracing::debug!(what, "the client wrote what cannot be read");
        } else {
            tracing::warn!(what, "the client wrote what cannot be read; said once");
        }
    }
}

impl<R, W> Transport<RoleServer> for JsonLines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        mut message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        if let JsonRpcMessage::Response(response) = &message
            && let ServerResult::InitializeResult(welcome) = &response.result
        {
            self.has_batches = welcome.protocol_version < ProtocolVersion::V_2025_06_18;
        }
        let output = Arc::clone(&self.output);
        let is_wanted = self.requests.release(&mut message);
        let added = if is_wanted {
            output.add_with(|bytes| twofold::write(&message, bytes))
        } else {
            Ok(())
        };
        async move {
            added?;
            output.write().await
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(message);
            }
            if self.requests.count() > MANY {
                // What can be answered at once is answered before more is read: the SDK holds
                // finished answers without a bound.
                tokio::task::yield_now().await;
            }
            self.output.room().await;
            match self.values.next() {
                Some(value) => self.take_value(&value),
                None => {
                    let line = self.line().await?;
                    self.take_line(line);
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.write().await
    }
}

#[cfg(test)]
mod tests;
