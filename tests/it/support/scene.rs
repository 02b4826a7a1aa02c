//! A look-up in one process with the sandbox, both under a test's control.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::pause;

use wolkvox_mcp::error::Error;
use wolkvox_mcp::lookup::{Limits, Lookup, Shared};
use wolkvox_mcp::sandbox::{Fault, Sandbox};
use wolkvox_mcp::wolkvox::Client;

use super::by_customer;

/// A look-up over a sandbox that fails as its script says.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) lookup: Arc<Lookup>,
}

impl Scene {
    pub(crate) async fn new(
        limits: Limits,
        script: impl Fn(u64) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let sandbox = Sandbox::with_script(script).await.expect("a sandbox");
        let client = Client::local(&sandbox.url(), sandbox.token()).expect("a client");
        let lookup = Arc::new(Lookup::new(client, limits));
        Self { sandbox, lookup }
    }

    pub(crate) async fn ask(&self, customer: &str) -> Result<Shared, Error> {
        self.lookup.find(&by_customer(customer), |_| ()).await
    }

    pub(crate) fn begin(&self, customer: &str) -> JoinHandle<Result<Shared, Error>> {
        let (lookup, query) = (Arc::clone(&self.lookup), by_customer(customer));
        tokio::spawn(async move { lookup.find(&query, |_| ()).await })
    }

    /// Waits until this many requests have reached the sandbox.
    pub(crate) async fn reached(&self, requests: u64) {
        while self.sandbox.requests() < requests {
            tokio::task::yield_now().await;
        }
    }

    /// Makes one look-up, so that the next one is answered over a kept connection; silence on such a
    /// one in use later means that the server is slow.
    pub(crate) async fn keep_a_connection(&self) {
        self.ask("first").await.expect("an answer");
    }

    /// Makes one look-up, so that the client is built, and stops the clock.
    pub(crate) async fn stop_the_clock(&self) {
        self.ask("warm-up").await.expect("an answer");
        pause();
    }
}
