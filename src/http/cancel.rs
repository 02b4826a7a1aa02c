//! Cancels calls for clients that only send `notifications/cancelled`.
//!
//! Before 2026-07-28 a client does not close its connection to cancel, and a stateless server has no
//! session that would tie the notification to the call. Each `initialize` is therefore answered with
//! a random session id, which holds no state: clients send it back with every message, and so a
//! notification finds the call of the same session and id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use http::header::HeaderValue;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

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
}

/// The calls on their way that can be cancelled.
#[derive(Clone, Debug, Default)]
pub(super) struct Running(Arc<Mutex<HashMap<Key, CancellationToken>>>);

/// A call on its way; dropping it forgets the call.
#[derive(Debug)]
pub(super) struct Call {
    running: Running,
    key: Key,
    pub(super) cancelled: CancellationToken,
}

impl Running {
    /// Enters a call. Of two with the same key, which no client should make, the later one counts.
    pub(super) fn enter(&self, key: Key) -> Call {
        let cancelled = CancellationToken::new();
        self.lock().insert(key.clone(), cancelled.clone());
        Call { running: self.clone(), key, cancelled }
    }

    /// Cancels a call if it is still on its way.
    pub(super) fn cancel(&self, key: &Key) {
        if let Some(cancelled) = self.lock().remove(key) {
            cancelled.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
