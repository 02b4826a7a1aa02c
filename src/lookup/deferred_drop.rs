//! What a look-up found, dropped where it does not hold up others.

use std::mem;
use std::ops::Deref;

use tokio::runtime::Handle;

use crate::answer::Found;

/// What was found. If it is large, it is dropped on a thread beside the event loop, where it was
/// made: glibc gives memory back to the system only from the end of what a thread took, and what
/// the event loop's own thread keeps for later would stand in the way.
#[derive(Debug)]
pub(super) struct DeferredDrop {
    found: Found,
    is_large: bool,
}

impl DeferredDrop {
    pub(super) fn new(found: Found, is_large: bool) -> Self {
        Self { found, is_large }
    }
}

impl Deref for DeferredDrop {
    type Target = Found;

    fn deref(&self) -> &Found {
        &self.found
    }
}

impl Drop for DeferredDrop {
    fn drop(&mut self) {
        if self.is_large
            && let Ok(runtime) = Handle::try_current()
        {
            let rows = mem::take(&mut self.found.rows);
            runtime.spawn_blocking(move || drop(rows));
        }
    }
}
