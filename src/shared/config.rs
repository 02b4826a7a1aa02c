//! Which store to use, and how (data, checked already).

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, TlsCertificates,
};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use secrecy::{ExposeSecret, SecretString};

use super::Secrets;
use crate::wolkvox::RootCertificates;

/// The store that processes share.
#[derive(Clone, Debug)]
pub struct SharedConfig {
    /// Its address, which may hold a password.
    pub(super) url: SecretString,
    /// The secret that all processes have.
    pub secrets: Secrets,
    /// What is done while it is gone.
    pub when_down: WhenDown,
    /// Root certificates beside the system's.
    pub roots: RootCertificates,
}

/// What a process does while the store is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenDown {
    /// It keeps limits of its own, with one place.
    #[default]
    Degrade,
    /// It makes no look-ups.
    Refuse,
}

/// Why an address can never lead to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is none, or of another scheme.
    Address,
    /// The certificates cannot be used.
    Certificates,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "it is no redis:// or rediss:// address",
            Self::Certificates => "the certificates cannot be used",
        })
    }
}

impl std::error::Error for Unusable {}

impl SharedConfig {
    /// Checks the address.
    ///
    /// # Errors
    ///
    /// If it can never lead to a store.
    pub fn new(
        url: SecretString,
        secrets: Secrets,
        when_down: WhenDown,
        roots: RootCertificates,
    ) -> Result<Self, Unusable> {
        let config = Self { url, secrets, when_down, roots };
        config.client()?;
        Ok(config)
    }

    /// Returns the address without user and password.
    pub fn place(&self) -> String {
        self.info().map_or_else(|_| String::new(), |info| info.addr().to_string())
    }

    pub(super) fn client(&self) -> Result<Client, Unusable> {
        let info = self.info()?;
        let own = self.roots.certificates();
        if own.is_empty() || !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Client::open(info).map_err(|_| Unusable::Address);
        }
        // The client trusts those that it is given and no others.
        let systems = rustls_native_certs::load_native_certs().certs;
        let systems = systems.iter().filter(|it| is_usable(it));
        let pem: String = own.iter().chain(systems).map(pem).collect();
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(pem.into_bytes()) };
        Client::build_with_tls(info, certificates).map_err(|_| Unusable::Certificates)
    }

    fn info(&self) -> Result<ConnectionInfo, Unusable> {
        let info = self.url.expose_secret().into_connection_info();
        let info = info.map_err(|_| Unusable::Address)?;
        if matches!(info.addr(), ConnectionAddr::Unix(_)) {
            return Err(Unusable::Address);
        }
        let settings = info.redis_settings().clone();
        // Messages then come over the same connection as answers.
        let settings = settings.set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
        Ok(info.set_redis_settings(settings))
    }
}

/// Returns whether the client takes a certificate: it would take none beside one that it cannot read.
fn is_usable(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = BASE64_STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}
