//! Builds the HTTP client, beside the start of the program and not in its way, and sends requests
//! with it, each over a connection that lives.

use std::cell::Cell;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use reqwest::{RequestBuilder, Response, redirect, retry};
use rustls::ClientConfig;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use tower::util::MapRequestLayer;
use url::Url;

use super::failure::{Failure, Retry};
use super::kept::Experience;
use super::tls::{self, Handshake, LastHandshake, RootCertificates};
use super::transport_error;
use crate::error::{Error, Outage, TlsFailure, internal};
use crate::server_url::ServerUrl;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_CONNECTION: Duration = Duration::from_secs(60);
/// A connection is dead if its other end acknowledges nothing for so long, as after a sleep or when a
/// NAT forgot it. A wolkvox that only thinks for long acknowledges the request at once.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// Whether the request within has begun to make a connection. hyper makes it in the request's
    /// own task, so no other request can hide or fake it.
    static CONNECTS: Cell<bool>;
}

/// The HTTP client, being built or ready.
pub(crate) struct Http {
    built: Shared<BoxFuture<'static, Result<Arc<Built>, Error>>>,
    seen: LastHandshake,
    experience: Mutex<Experience>,
    /// How long silence on a kept connection is borne at least.
    pub(crate) patience: Duration,
}

/// The client, and what it takes to build another.
struct Built {
    server: ServerUrl,
    tls: ClientConfig,
    client: Mutex<reqwest::Client>,
}

impl Http {
    /// Starts to build the client on a thread of its own; the first request waits for it.
    pub(crate) fn prepare(server: ServerUrl, roots: RootCertificates) -> Self {
        let (sender, receiver) = oneshot::channel();
        let seen = LastHandshake::default();
        let seen_by_builder = seen.clone();
        // If the thread does not start, the sender is dropped and `receiver` fails.
        let _ = thread::Builder::new()
            .name("http-client".to_owned())
            .spawn(move || sender.send(Built::new(server, roots, seen_by_builder).map(Arc::new)));
        let receive = async {
            receiver.await.unwrap_or_else(|_| Err(internal("the HTTP client was not built")))
        };
        Self {
            built: receive.boxed().shared(),
            seen,
            experience: Mutex::default(),
            patience: Duration::MAX,
        }
    }

    /// Returns what the last TLS handshake showed.
    pub(super) fn handshake(&self) -> Option<Handshake> {
        self.seen.last()
    }

    /// Returns the last certificate that was not trusted, DER.
    pub(crate) fn distrusted(&self) -> Option<Vec<u8>> {
        self.seen.distrusted()
    }

    /// Sends a request and waits for the head of its answer. A kept connection that seems dead is
    /// given up.
    pub(crate) async fn send(
        &self,
        request: impl FnOnce(reqwest::Client) -> RequestBuilder,
    ) -> Result<Response, Failure> {
        let client = lock(&self.built.clone().await?.client).clone();
        let begun = Instant::now();
        let patience = lock(&self.experience).patience(self.patience, begun);
        let sent = async {
            let mut answer = pin!(request(client).send());
            match timeout(patience, &mut answer).await {
                Ok(answer) => Some(answer),
                Err(_) if CONNECTS.with(Cell::get) => Some(answer.await),
                Err(_) => None,
            }
            .map(|answer| (answer, !CONNECTS.with(Cell::get)))
        };
        let Some((answer, over_kept)) = CONNECTS.scope(Cell::new(false), sent).await else {
            lock(&self.experience).gave_up();
            tracing::debug!(?patience, "a kept connection is silent and given up");
            let error = Error::Unavailable { outage: Outage::CutOff };
            return Err(Failure { error, retry: Retry::NewConnection });
        };
        let response = answer.map_err(|problem| transport_error::of(&problem))?;
        let now = Instant::now();
        lock(&self.experience).answered(now - begun, over_kept, now);
        Ok(response)
    }

    /// Connects with a HEAD request that carries no token, and returns what the TLS handshake showed.
    pub(crate) async fn probe(&self, url: Url) -> Result<Option<Handshake>, Error> {
        let answer = self.send(|client| client.head(url)).await;
        match (self.handshake(), answer) {
            (Some(handshake), _) => Ok(Some(handshake)),
            (None, Ok(_)) => Ok(None),
            (None, Err(failure)) => Err(failure.error),
        }
    }

    /// Forgets the connections that are kept.
    pub(crate) async fn renew(&self) {
        let keeps = lock(&self.experience).keeps();
        if let Ok(built) = self.built.clone().await
            && let Ok(client) = client(&built.server, &built.tls, keeps)
        {
            *lock(&built.client) = client;
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl Built {
    fn new(server: ServerUrl, roots: RootCertificates, seen: LastHandshake) -> Result<Self, Error> {
        let tls = if server.is_encrypted() { tls::config(roots, seen) } else { tls::unused() };
        let tls = tls.map_err(|_| unusable())?;
        let client = Mutex::new(client(&server, &tls, true)?);
        Ok(Self { server, tls, client })
    }
}

/// Builds a client of a server, which `keeps` connections for later requests or does not.
fn client(server: &ServerUrl, tls: &ClientConfig, keeps: bool) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("wolkvox-mcp/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls.clone())
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .connector_layer(MapRequestLayer::new(note_connecting))
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_ignore_invalid_headers_in_responses(true);
    if !keeps {
        builder = builder.pool_max_idle_per_host(0);
    }
    #[cfg(any(target_os = "android", target_os = "linux"))]
    {
        builder = builder.tcp_user_timeout(UNACKNOWLEDGED);
    }
    if server.is_loopback() {
        builder = builder.no_proxy();
    }
    if let Some(addresses) = server.own_addresses() {
        builder = builder.resolve_to_addrs(server.host_and_port().0, &addresses);
    }
    builder.build().map_err(|_| unusable())
}

/// Takes note that the request at work connects. A connection that is made ahead belongs to none.
fn note_connecting<T>(target: T) -> T {
    let _ = CONNECTS.try_with(|connects| connects.set(true));
    target
}

fn unusable() -> Error {
    Error::Unavailable { outage: Outage::Tls(TlsFailure::NoRoots) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
