//! Which store to use, and how (data, checked already).

use std::fmt;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, TlsCertificates,
};
use secrecy::{ExposeSecret, SecretString};

use super::Secrets;

/// The store that processes share.
#[derive(Clone, Debug)]
pub struct SharedConfig {
    /// Its address, which may hold a password.
    pub(super) url: SecretString,
    /// The secret that all processes have.
    pub secrets: Secrets,
    /// What is done while it is gone.
    pub when_down: WhenDown,
    /// Certificates, in PEM, to trust instead of the system's.
    pub authorities: Option<Vec<u8>>,
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
    /// The certificates cannot be read.
    Authorities,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "it is no redis:// or rediss:// address",
            Self::Authorities => "the certificates cannot be used",
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
        authorities: Option<Vec<u8>>,
    ) -> Result<Self, Unusable> {
        let config = Self { url, secrets, when_down, authorities };
        config.client()?;
        Ok(config)
    }

    /// Returns the address without user and password.
    pub fn place(&self) -> String {
        self.info().map_or_else(|_| String::new(), |info| info.addr().to_string())
    }

    pub(super) fn client(&self) -> Result<Client, Unusable> {
        let info = self.info()?;
        let Some(pem) = self.authorities.clone() else {
            return Client::open(info).map_err(|_| Unusable::Address);
        };
        if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Client::open(info).map_err(|_| Unusable::Address);
        }
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(pem) };
        Client::build_with_tls(info, certificates).map_err(|_| Unusable::Authorities)
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
