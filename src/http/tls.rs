//! The server's certificate, read from its files again when they change.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::ring::{default_provider, sign};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use super::TlsFiles;
use crate::error::TlsFilesError;
use crate::file::{self, Stamp};

/// Certificates of a chain and a key are a hundredth of this.
const LARGEST: u64 = 1024 * 1024;

/// The certificate that connections get.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    /// What the files looked like when they were read.
    stamps: [Option<Stamp>; 2],
}

impl Certificate {
    /// Reads the certificate and its key.
    ///
    /// # Errors
    ///
    /// What is wrong with the files.
    pub fn open(files: TlsFiles) -> Result<Arc<Self>, TlsFilesError> {
        let current = RwLock::new(read(&files)?);
        Ok(Arc::new(Self { files, current }))
    }

    /// Returns what speaks TLS with this certificate.
    ///
    /// # Errors
    ///
    /// None that is known: the protocol versions are rustls's own.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, rustls::Error> {
        let certificate: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificate);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again if they have changed. While they cannot be used, the certificate so far
    /// stays.
    pub fn check(&self) {
        let now = stamps(&self.files);
        let known = self.current.read().unwrap_or_else(PoisonError::into_inner).stamps;
        if now == known {
            return;
        }
        match read(&self.files) {
            Ok(current) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
                tracing::info!("the server's certificate was read again");
            }
            Err(problem) => {
                self.current.write().unwrap_or_else(PoisonError::into_inner).stamps = now;
                tracing::warn!(%problem, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

fn read(files: &TlsFiles) -> Result<Current, TlsFilesError> {
    let stamps = stamps(files);
    let pem =
        |path: &Path| file::read(path, LARGEST).map_err(|it| TlsFilesError::Unreadable(it.kind()));
    let (chain, key) = (pem(&files.certificates)?, pem(&files.key)?);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsFilesError::NoCertificate)?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsFilesError::NoKey)?;
    let key = sign::any_supported_type(&key).map_err(|_| TlsFilesError::NoKey)?;
    let key = CertifiedKey::new(chain, key);
    key.keys_match().map_err(|_| TlsFilesError::NotItsKey)?;
    Ok(Current { key: Arc::new(key), stamps })
}

fn stamps(files: &TlsFiles) -> [Option<Stamp>; 2] {
    let stamp = |path: &Path| path.metadata().ok().map(|it| Stamp::of(&it));
    [stamp(&files.certificates), stamp(&files.key)]
}
