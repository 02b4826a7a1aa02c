//! Builds the HTTP client, beside the start of the program and not in its way.

use std::fmt;
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use reqwest::{Certificate, redirect, retry};
use tokio::sync::oneshot;

use crate::error::{Error, Fault};
use crate::server_url::ServerUrl;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_CONNECTION: Duration = Duration::from_secs(60);

/// Holds root certificates to trust beside the system's.
#[derive(Clone, Debug, Default)]
pub struct RootCertificates(Vec<Certificate>);

impl RootCertificates {
    /// Reads a bundle of certificates.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let certificates = Certificate::from_pem_bundle(pem)
            .map_err(|_| "holds something that is not a PEM certificate".to_owned())?;
        if certificates.is_empty() {
            return Err("holds no PEM certificate".to_owned());
        }
        Ok(Self(certificates))
    }
}

/// Holds the HTTP client once it is built.
#[derive(Clone)]
pub(super) struct Http(Shared<BoxFuture<'static, Result<reqwest::Client, Error>>>);

impl Http {
    pub(super) fn prepare(server: &ServerUrl, roots: RootCertificates) -> Self {
        let (built, receiver) = oneshot::channel();
        let (local, encrypted) = (server.is_loopback(), server.is_encrypted());
        // Should the thread not start, `receiver` learns it: its sender is dropped.
        let _ = thread::Builder::new()
            .name("http-client".to_owned())
            .spawn(move || built.send(build(local, encrypted, roots)));
        let receive = async { receiver.await.unwrap_or(Err(Error::Internal)) };
        Self(receive.boxed().shared())
    }

    pub(super) async fn client(&self) -> Result<reqwest::Client, Error> {
        self.0.clone().await
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

fn build(
    local: bool,
    encrypted: bool,
    RootCertificates(roots): RootCertificates,
) -> Result<reqwest::Client, Error> {
    // Only the first caller installs it; the others find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("wolkvox-mcp/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_ignore_invalid_headers_in_responses(true);
    if local {
        builder = builder.no_proxy();
    }
    builder = if encrypted { builder.tls_certs_merge(roots) } else { builder.tls_certs_only([]) };
    builder.build().map_err(|_| Error::Unavailable {
        fault: Fault::Tls("this computer's root certificates cannot be loaded"),
    })
}
