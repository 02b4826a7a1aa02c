//! Replaces each request's id by a number of its own, and puts the client's id back on its answer.
//!
//! The SDK (rmcp 3.11) knows requests by the client's id alone: with two of one id in flight, one
//! is cancelled by the other's answer, and a cancelled id that is used again at once gets the late
//! end of the first.

use std::collections::HashMap;

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};

/// The requests that wait for their answer: our number and the client's id.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: i64,
    waiting: HashMap<i64, RequestId>,
}

impl Requests {
    /// Counts the requests that wait for their answer.
    pub(super) fn count(&self) -> usize {
        self.waiting.len()
    }

    /// Puts our number on a message. Returns the messages to pass on: one, or for a cancellation as
    /// many as there are requests with that id.
    pub(super) fn admit(&mut self, mut message: ClientJsonRpcMessage) -> Vec<ClientJsonRpcMessage> {
        match &mut message {
            JsonRpcMessage::Request(request) => {
                self.last += 1;
                let id = std::mem::replace(&mut request.id, RequestId::Number(self.last));
                self.waiting.insert(self.last, id);
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) =
                    &notification.notification
                    && let Some(id) = cancelled.params.request_id.clone()
                {
                    return self.cancel(&id, &message);
                }
            }
            _ => {}
        }
        vec![message]
    }

    /// Forgets the requests with an id, and returns a cancellation of each.
    fn cancel(
        &mut self,
        id: &RequestId,
        message: &ClientJsonRpcMessage,
    ) -> Vec<ClientJsonRpcMessage> {
        let cancelled =
            self.waiting.extract_if(|_, waiting| waiting == id).map(|(number, _)| number);
        let renumbered = |number| {
            let mut message = message.clone();
            if let JsonRpcMessage::Notification(notification) = &mut message
                && let ClientNotification::CancelledNotification(cancelled) =
                    &mut notification.notification
            {
                cancelled.params.request_id = Some(RequestId::Number(number));
            }
            message
        };
        cancelled.map(renumbered).collect()
    }

    /// Puts the client's id on an answer. Returns whether somebody waits for the message: not if its
    /// request was cancelled.
    pub(super) fn release(&mut self, message: &mut ServerJsonRpcMessage) -> bool {
        let id = match message {
            JsonRpcMessage::Response(response) => &mut response.id,
            JsonRpcMessage::Error(error) => match &mut error.id {
                Some(id) => id,
                None => return true,
            },
            JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => return true,
        };
        let RequestId::Number(number) = id else { return false };
        let Some(waiting) = self.waiting.remove(number) else { return false };
        *id = waiting;
        true
    }
}
