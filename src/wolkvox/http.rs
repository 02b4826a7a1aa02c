//! Builds the HTTP client, beside the start of the program and not in its way.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use reqwest::{redirect, retry};
use tokio::sync::oneshot;

use super::tls::{self, Handshake, LastHandshake, RootCertificates};
use crate::error::{Error, Outage, TlsFailure, internal};
use crate::server_url::ServerUrl;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What a name for this computer stands for; the port is the address's own.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];
const IDLE_CONNECTION: Duration = Duration::from_secs(60);
/// A connection is dead if its other end acknowledges nothing for so long, as after a sleep or when a
/// NAT forgot it. A wolkvox that only thinks for long acknowledges the request at once.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

/// The HTTP client, being built or ready.
#[derive(Clone)]
pub(super) struct Http {
    client: Shared<BoxFuture<'static, Result<reqwest::Client, Error>>>,
    seen: LastHandshake,
}

impl Http {
    pub(super) fn prepare(server: &ServerUrl, roots: RootCertificates) -> Self {
        let (built, receiver) = oneshot::channel();
        let (local, encrypted) = (server.is_loopback(), server.is_encrypted());
        let own_name = local.then(|| server.host_and_port().0.to_owned());
        let seen = LastHandshake::default();
        let seen_by_builder = seen.clone();
        // If the thread does not start, the sender is dropped and `receiver` fails.
        let _ = thread::Builder::new().name("http-client".to_owned()).spawn(move || {
            built.send(build(own_name.as_deref(), encrypted, roots, seen_by_builder))
        });
        let receive = async {
            receiver.await.unwrap_or_else(|_| Err(internal("the HTTP client was not built")))
        };
        Self { client: receive.boxed().shared(), seen }
    }

    /// Returns what the last TLS handshake showed.
    pub(super) fn handshake(&self) -> Option<Handshake> {
        self.seen.last()
    }

    pub(super) async fn client(&self) -> Result<reqwest::Client, Error> {
        self.client.clone().await
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

/// Builds the client; `own_name` is the server's, if the server is this computer.
fn build(
    own_name: Option<&str>,
    encrypted: bool,
    roots: RootCertificates,
    seen: LastHandshake,
) -> Result<reqwest::Client, Error> {
    let unusable = || Error::Unavailable { outage: Outage::Tls(TlsFailure::NoRoots) };
    let tls = if encrypted { tls::config(roots, seen) } else { tls::unused() };
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("wolkvox-mcp/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls.map_err(|_| unusable())?)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_ignore_invalid_headers_in_responses(true);
    #[cfg(any(target_os = "android", target_os = "linux"))]
    {
        builder = builder.tcp_user_timeout(UNACKNOWLEDGED);
    }
    if let Some(name) = own_name {
        // Whoever answers for the name elsewhere must not get the token, least of all in clear.
        builder = builder.no_proxy().resolve_to_addrs(name, &LOOPBACK);
    }
    builder.build().map_err(|_| unusable())
}
