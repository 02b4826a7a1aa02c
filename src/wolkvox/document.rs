//! Fetches small public documents of other servers than wolkvox's, such as an identity provider's
//! keys: with the same certificates and proxies, and without a token.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, StatusCode, redirect, retry};
use rustls::ClientConfig;
use url::Url;

use super::tls::{self, LastHandshake, RootCertificates};
use crate::server_url::{own_addresses, stays_here};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What fetches documents. It reads the system's certificates before the first.
#[derive(Debug, Default)]
pub struct Documents {
    roots: RootCertificates,
    tls: OnceLock<ClientConfig>,
}

/// Why a document could not be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// There is no safe way to it: neither https nor this computer.
    Unsafe,
    /// The certificates of this computer cannot be used.
    NoRoots,
    /// The server cannot be reached, or broke off.
    Unreachable,
    /// It answered with another status than 200.
    Status(StatusCode),
    /// It is larger than allowed.
    TooLarge,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsafe => f.write_str("its address is neither https nor on this computer"),
            Self::NoRoots => f.write_str("the system's root certificates cannot be used"),
            Self::Unreachable => f.write_str("the server cannot be reached"),
            Self::Status(status) => write!(f, "the server answered {}", status.as_u16()),
            Self::TooLarge => f.write_str("the document is too large"),
        }
    }
}

impl Documents {
    /// Creates what fetches documents and trusts these certificates beside the system's.
    pub fn new(roots: RootCertificates) -> Self {
        Self { roots, tls: OnceLock::new() }
    }

    /// Fetches a document of at most `limit` bytes over https, or from this computer. Redirects are
    /// not followed.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub async fn get(&self, url: Url, limit: usize) -> Result<Vec<u8>, DocumentError> {
        let client = self.client(&url)?;
        let sent = client.get(url).header("Accept", "application/json").send().await;
        let mut response = sent.map_err(|_| DocumentError::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(DocumentError::Status(response.status()));
        }
        let mut document = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| DocumentError::Unreachable)? {
            if document.len() + part.len() > limit {
                return Err(DocumentError::TooLarge);
            }
            document.extend_from_slice(&part);
        }
        Ok(document)
    }

    /// Builds a client for one document: they are fetched so rarely that no connection is worth
    /// keeping.
    fn client(&self, url: &Url) -> Result<Client, DocumentError> {
        let is_safe = url.scheme() == "https" || url.scheme() == "http" && stays_here(url);
        if !is_safe || !url.username().is_empty() || url.password().is_some() {
            return Err(DocumentError::Unsafe);
        }
        let mut builder = Client::builder()
            .user_agent(concat!("wolkvox-mcp/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(self.tls()?.clone())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0);
        if stays_here(url) {
            builder = builder.no_proxy();
        }
        if let (Some(addresses), Some(host)) = (own_addresses(url), url.host_str()) {
            builder = builder.resolve_to_addrs(host, &addresses);
        }
        builder.build().map_err(|_| DocumentError::NoRoots)
    }

    fn tls(&self) -> Result<&ClientConfig, DocumentError> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls);
        }
        let tls = tls::config(self.roots.clone(), LastHandshake::default());
        let tls = tls.map_err(|_| DocumentError::NoRoots)?;
        Ok(self.tls.get_or_init(|| tls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_others_could_answer_for_is_not_asked_for() {
        for url in [
            "http://keys.example.invalid/",
            "ftp://127.0.0.1/keys",
            "file:///etc/keys",
            "https://user@keys.example.invalid/",
            "https://:secret@keys.example.invalid/",
        ] {
            let url = Url::parse(url).expect("an address");
            let shown = url.to_string();
            let got = Documents::default().get(url, 1).await;
            assert_eq!(got, Err(DocumentError::Unsafe), "{shown}");
        }
    }
}
