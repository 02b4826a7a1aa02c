//! A response's body that holds on to what its call has taken, until its last byte is sent or the
//! client is gone.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::cancel::Call;
use super::places::Place;
use super::refusal::Body;
use crate::metrics::Operation;

/// What a call has taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) place: Option<Place>,
    pub(super) call: Option<Call>,
    /// Where it is counted.
    pub(super) _counted: Operation,
    /// Keeps the server from ending.
    pub(super) _answering: Option<TaskTrackerToken>,
}

/// A body and what it holds.
pub(super) struct Held {
    body: Option<Body>,
    cancelled: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    taken: Taken,
}

impl Held {
    pub(super) fn new(body: Body, taken: Taken) -> Self {
        let wait = |call: &Call| Box::pin(call.cancelled.clone().cancelled_owned());
        let cancelled = taken.call.as_ref().map(wait);
        Self { body: Some(body), cancelled, taken }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = Infallible;

    /// Ends early once the call is cancelled: dropping the rest stops what makes it.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let cancelled = self.cancelled.as_mut();
        if cancelled.is_some_and(|wait| wait.as_mut().poll(context).is_ready()) {
            (self.body, self.cancelled, self.taken) = (None, None, Taken::default());
        }
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) {
            self.taken = Taken::default();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}
