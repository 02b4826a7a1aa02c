//! Verifies the server's certificate with the system's rules and some extra roots, and remembers
//! what it saw, so that `check` can tell.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use x509_cert::Certificate;
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::name::Name;

use crate::clean;
use crate::error::{CertificatesError, TlsFailure};

/// Root certificates to trust beside the system's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

impl RootCertificates {
    /// Reads a bundle of certificates.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificatesError> {
        // Editors of Windows put a byte order mark before the first line.
        let pem = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem);
        let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|_| CertificatesError::NotPem)?;
        if certificates.is_empty() {
            return Err(CertificatesError::None);
        }
        Ok(Self(certificates))
    }

    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.0
    }
}

/// What the last TLS handshake showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// `TLS 1.2` or `TLS 1.3`.
    pub protocol: &'static str,
    /// The server's certificate, DER.
    pub certificate: Vec<u8>,
}

/// What the last handshake showed, shared between the verifier and `check`.
#[derive(Clone, Debug, Default)]
pub(super) struct LastHandshake(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    handshake: Option<Handshake>,
    /// The certificate that was not trusted, DER.
    distrusted: Option<Vec<u8>>,
}

impl LastHandshake {
    pub(super) fn last(&self) -> Option<Handshake> {
        self.lock().handshake.clone()
    }

    pub(super) fn distrusted(&self) -> Option<Vec<u8>> {
        self.lock().distrusted.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, protocol: &'static str, certificate: &CertificateDer<'_>) {
        let handshake = Handshake { protocol, certificate: certificate.to_vec() };
        self.lock().handshake = Some(handshake);
    }
}

/// Why a certificate is not trusted, with what only the certificate itself can tell. It travels
/// inside rustls's own error.
#[derive(Debug)]
pub(super) struct Distrusted(pub(super) TlsFailure);

impl fmt::Display for Distrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate is not trusted")
    }
}

impl std::error::Error for Distrusted {}

/// Longest name of an issuer, in characters.
const LONGEST_ISSUER: usize = 100;

/// Adds to the verifier's error who issued the certificate. Whatever rule a certificate breaks that
/// vouches for itself, no authority vouches for it; only its times, its names, and that it is an
/// authority's, are told as such.
fn distrusted(
    error: Error,
    certificate: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
) -> Error {
    use CertificateError as Problem;
    let Error::InvalidCertificate(problem) = &error else { return error };
    let is_told = matches!(
        problem,
        Problem::Expired
            | Problem::ExpiredContext { .. }
            | Problem::NotValidYet
            | Problem::NotValidYetContext { .. }
            | Problem::NotValidForName
            | Problem::NotValidForNameContext { .. }
            | Problem::Revoked
    );
    let Ok(read) = Certificate::from_der(certificate) else { return error };
    let read = read.tbs_certificate();
    // A root of the same name and another key signs nothing that it is asked about.
    let is_unknown = matches!(problem, Problem::UnknownIssuer | Problem::BadSignature);
    let failure = if is_told {
        return error;
    } else if !is_unknown && is_authority(read) {
        TlsFailure::AuthorityAsServer
    } else if read.issuer() == read.subject() {
        TlsFailure::SelfSigned { issuer: name_in_words(read.issuer()) }
    } else if is_unknown && intermediates.is_empty() {
        TlsFailure::NoIntermediate { issuer: name_in_words(read.issuer()) }
    } else if is_unknown {
        // The last one sent is the nearest to the authority that is missing here.
        let last = intermediates.last().and_then(|last| Certificate::from_der(last).ok());
        let issuer = match last {
            Some(last) => name_in_words(last.tbs_certificate().issuer()),
            None => name_in_words(read.issuer()),
        };
        TlsFailure::UnknownIssuer { issuer }
    } else {
        return error;
    };
    Error::InvalidCertificate(Problem::Other(OtherError(Arc::new(Distrusted(failure)))))
}

/// Returns whether a certificate may sign others, which then vouches for no server, trusted or not.
fn is_authority(certificate: &TbsCertificate) -> bool {
    let constraints = certificate.get_extension::<BasicConstraints>();
    matches!(constraints, Ok(Some((_, BasicConstraints { ca: true, .. }))))
}

/// Returns the organization of a name, or else its common name. A certificate may say anything, so
/// it is cleaned like any text.
pub(crate) fn name_in_words(name: &Name) -> Option<String> {
    let organization = name.organization().ok().flatten();
    let known = organization.or_else(|| name.common_name().ok().flatten())?;
    let name = clean::value(&known.value(), LONGEST_ISSUER).trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// Builds the TLS side of the HTTP client.
pub(super) fn config(roots: RootCertificates, seen: LastHandshake) -> Result<ClientConfig, Error> {
    // ring builds everywhere without further tools, and is half the size of the default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots.0, Arc::clone(&provider))?;
    Ok(without_verifier(provider)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(RecordingVerifier { verifier, seen }))
        .with_no_client_auth())
}

fn without_verifier(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

/// Builds a TLS side that trusts no certificate, for plain http: loading the system's roots takes time.
pub(super) fn unused() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let nobody = rustls::RootCertStore::empty();
    Ok(without_verifier(provider)?.with_root_certificates(nobody).with_no_client_auth())
}

/// A verifier that leaves every decision to the system's, and records what it saw.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Verifier,
    seen: LastHandshake,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.verifier.verify_server_cert(certificate, intermediates, name, ocsp, now);
        verified.map_err(|error| {
            self.seen.lock().distrusted = Some(certificate.to_vec());
            distrusted(error, certificate, intermediates)
        })
    }

    // rustls asks for one of these two signatures, depending on the protocol's version.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.seen.keep("TLS 1.2", certificate);
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.seen.keep("TLS 1.3", certificate);
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
