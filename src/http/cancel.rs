//! Cancels calls for clients that only send `notifications/cancelled`.
//!
//! Before 2026-07-28 a client does not close its connection to cancel, and a stateless server has no
//! session that would tie the notification to the call. Each `initialize` is therefore answered with
//! a random session id, which holds no state: clients send it back with every message, and so a
//! notification finds the call of the same session and id. One that comes to another replica than the
//! call travels over the store that replicas share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use http::HeaderMap;
use http::header::HeaderValue;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::shared::{Cancellations, Shared};

pub(super) const SESSION: &str = "mcp-session-id";

/// What tells one call from every other: who called, in which session, under which id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    caller: String,
    session: HeaderValue,
    id: String,
}

impl Key {
    /// Returns the key of a call, or of the call that a notification names. Without a session there
    /// is none: two windows of one person use the same ids.
    pub(super) fn new(caller: &str, headers: &HeaderMap, id: &RawValue) -> Option<Self> {
        let session = headers.get(SESSION)?.clone();
        Some(Self { caller: caller.to_owned(), session, id: id.get().to_owned() })
    }

    fn parts(&self) -> [&[u8]; 3] {
        [self.caller.as_bytes(), self.session.as_bytes(), self.id.as_bytes()]
    }
}

/// The calls on their way that can be cancelled; clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Running {
    calls: Arc<Mutex<Calls>>,
    /// Where other replicas hear of what is cancelled here, and this one of theirs.
    shared: Option<Shared>,
}

type Calls = HashMap<Key, CancellationToken>;

/// A call on its way; dropping it forgets the call.
#[derive(Debug)]
pub(super) struct Call {
    running: Running,
    key: Key,
    pub(super) cancelled: CancellationToken,
}

impl Running {
    /// Begins to listen, on the current runtime, to what other replicas cancel.
    pub(super) fn new(shared: Option<Shared>) -> Self {
        let calls = Arc::default();
        if let Some(shared) = &shared {
            tokio::spawn(hear(shared.cancellations(), Arc::downgrade(&calls)));
        }
        Self { calls, shared }
    }

    /// Enters a call. Of two with the same key, which no client should make, the later one counts.
    pub(super) fn enter(&self, key: Key) -> Call {
        let cancelled = CancellationToken::new();
        self.lock().insert(key.clone(), cancelled.clone());
        Call { running: self.clone(), key, cancelled }
    }

    /// Cancels a call if it is still on its way, here or at another replica.
    pub(super) fn cancel(&self, key: &Key) {
        let found = self.lock().remove(key);
        match (found, &self.shared) {
            (Some(cancelled), _) => cancelled.cancel(),
            (None, Some(shared)) => shared.cancel(key.parts().map(<[u8]>::to_vec).into()),
            (None, None) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        lock(&self.calls)
    }
}

fn lock(calls: &Mutex<Calls>) -> MutexGuard<'_, Calls> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cancels what other replicas were asked to cancel and is on its way here.
async fn hear(mut cancellations: Cancellations, calls: Weak<Mutex<Calls>>) {
    while let Some(heard) = cancellations.next().await {
        let Some(calls) = calls.upgrade() else { return };
        lock(&calls).retain(|key, cancelled| {
            let is_cancelled = heard.is(&key.parts());
            if is_cancelled {
                cancelled.cancel();
            }
            !is_cancelled
        });
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.running.lock().remove(&self.key);
    }
}

/// Returns a new session id, of 128 random bits.
pub(super) fn session() -> Option<HeaderValue> {
    let id = uuid::Uuid::new_v4().simple().to_string();
    HeaderValue::from_str(&id).ok()
}
