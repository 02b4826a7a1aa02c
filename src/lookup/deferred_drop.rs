//! What a look-up found, dropped where it does not hold up others.

use std::mem;
use std::ops::Deref;

use tokio::runtime::Handle;

use crate::answer::Found;
use crate::wolkvox::PAGE_SIZE;

/// What was found. Much of it is dropped on a thread beside the event loop, where it was
/// made: glibc gives memory back to the system only from the end of what a thread took, and what
/// the event loop's own thread keeps for later would stand in the way.
#[derive(Debug)]
pub(super) struct DeferredDrop(Found);

impl DeferredDrop {
    pub(super) fn new(found: Found) -> Self {
        Self(found)
    }
}

impl Deref for DeferredDrop {
    type Target = Found;

    fn deref(&self) -> &Found {
        &self.0
    }
}

impl Drop for DeferredDrop {
    fn drop(&mut self) {
        let rows = mem::take(&mut self.0.rows);
        if rows.len() > PAGE_SIZE as usize
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn_blocking(move || drop(rows));
        }
    }
}
