//! The structure of a tool's answer: it says again what the text says, and is not written twice.
//!
//! The SDK (rmcp 3.11) holds a structure as a tree of values. To make one of an answer and to write
//! it takes as long as to make the answer. So it is handed an empty one, and the text is put there
//! once the message is bytes.

use std::sync::{Arc, OnceLock};

use memchr::memmem;
use serde_json::{Map, Value};
use tokio_util::bytes::Bytes;

/// How an empty structure is written. No text of a message has these bytes: its quotes are escaped.
const EMPTY: &[u8] = br#""structuredContent":{}"#;

/// Returns what the SDK is handed; no answer is an empty object.
pub(super) fn empty() -> Value {
    Value::Object(Map::new())
}

pub(super) fn is_empty(structure: &Value) -> bool {
    structure.as_object().is_some_and(Map::is_empty)
}

/// Puts a text into the empty structure of the message that begins at a place.
pub(super) fn fill(bytes: &mut Vec<u8>, from: usize, text: &str) {
    let message = bytes.get(from..).unwrap_or_default();
    if let Some(place) = memmem::find(message, EMPTY) {
        let end = from + place + EMPTY.len();
        let rest = bytes.split_off(end);
        bytes.truncate(end - "{}".len());
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(&rest);
    }
}

/// The text for an answer's structure, on its way to whoever has the bytes of the SDK's response: an
/// extension of an HTTP request.
#[derive(Clone, Default)]
pub(crate) struct Structure(Arc<OnceLock<String>>);

impl Structure {
    pub(super) fn set(&self, text: &str) {
        let _ = self.0.set(text.to_owned());
    }

    /// Puts the text into a message, if it has an empty structure.
    pub(crate) fn fill(&self, message: Bytes) -> Bytes {
        match self.0.get() {
            None => message,
            Some(text) => {
                let mut bytes = Vec::with_capacity(message.len() + text.len());
                bytes.extend_from_slice(&message);
                fill(&mut bytes, 0, text);
                bytes.into()
            }
        }
    }
}
