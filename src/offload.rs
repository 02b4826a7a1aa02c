//! Large work, kept off the event loop.

use crate::error::{Error, internal};

/// Runs work at once, or if it is large on a thread beside the event loop: other calls go on
/// meanwhile, and what the work takes of memory lies apart, so that the system gets it back.
///
/// # Errors
///
/// [`Error::Internal`] if the work panicked on its thread.
pub(crate) async fn offload<T: Send + 'static>(
    is_large: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    if is_large {
        tokio::task::spawn_blocking(work).await.map_err(|_| internal("offloaded work panicked"))
    } else {
        Ok(work())
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[tokio::test]
    async fn only_large_work_leaves_the_thread_and_a_panic_there_is_a_failure() {
        let here = thread::current().id();
        assert_eq!(offload(false, || thread::current().id()).await, Ok(here));
        assert_ne!(offload(true, || thread::current().id()).await, Ok(here));
        let panicked: Result<(), Error> = offload(true, || panic!("a bug")).await;
        assert_eq!(panicked, Err(Error::Internal));
    }
}
