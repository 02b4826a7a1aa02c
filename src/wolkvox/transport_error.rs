//! Sorts what goes wrong below HTTP, by types and not by texts where the libraries allow it. The
//! address in a `reqwest::Error` and whatever a reply held stay out of the result.

use std::error::Error as StdError;
use std::io;

use super::tls::Distrusted;
use crate::error::{ConnectFailure, Error, Outage, TlsFailure};

/// Returns the reason why a request brought no whole reply.
pub(super) fn of(problem: &reqwest::Error) -> Error {
    let outage = if let Some(reason) = find::<rustls::Error>(problem).map(tls) {
        Outage::Tls(reason)
    } else if problem.is_connect() {
        connect(problem)
    } else {
        // A reset, an early end, broken chunks: whatever it was, the reply is not whole.
        Outage::CutOff
    };
    Error::Unavailable { outage }
}

fn connect(problem: &reqwest::Error) -> Outage {
    // hyper-util has no public type for what a proxy answers.
    let says = |words: &str| chain(problem).any(|cause| cause.to_string().contains(words));
    let is_proxy = says("tunnel") || says("proxy");
    if problem.is_dns() && !is_proxy {
        return Outage::Dns;
    }
    Outage::Connect(if says("proxy authorization required") {
        ConnectFailure::ProxyPassword
    } else if says("scheme is not http") {
        ConnectFailure::ProxyKind
    } else if says("failed to create underlying connection") {
        ConnectFailure::ProxyUnreached
    } else if is_proxy {
        ConnectFailure::Proxy
    } else if problem.is_timeout() {
        ConnectFailure::TimedOut
    } else {
        match find::<io::Error>(problem).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => ConnectFailure::Refused,
            Some(io::ErrorKind::ConnectionReset) => ConnectFailure::Reset,
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
                ConnectFailure::NoRoute
            }
            Some(io::ErrorKind::TimedOut) => ConnectFailure::TimedOut,
            Some(io::ErrorKind::UnexpectedEof) => ConnectFailure::ClosedInHandshake,
            _ => {
                log_causes(problem);
                ConnectFailure::Other
            }
        }
    })
}

/// Logs what [`ConnectFailure::Other`] does not say; an address may name a person's tenant, so none
/// is among it.
fn log_causes(problem: &reqwest::Error) {
    let causes: Vec<String> = chain(problem).skip(1).map(ToString::to_string).collect();
    tracing::debug!(causes = causes.join(": "), "a connection failed");
}

fn tls(problem: &rustls::Error) -> TlsFailure {
    use rustls::CertificateError as Certificate;
    match problem {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::Other(other) => match other.0.downcast_ref::<Distrusted>() {
                Some(Distrusted(reason)) => reason.clone(),
                None => TlsFailure::BadCertificate,
            },
            Certificate::UnknownIssuer => TlsFailure::UnknownIssuer { issuer: None },
            Certificate::Expired | Certificate::ExpiredContext { .. } => TlsFailure::Expired,
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                TlsFailure::NotValidYet
            }
            Certificate::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                TlsFailure::NamesNoHost
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                TlsFailure::WrongHost
            }
            _ => TlsFailure::BadCertificate,
        },
        rustls::Error::AlertReceived(_) => TlsFailure::Refused,
        rustls::Error::InvalidMessage(_) => TlsFailure::NotTls,
        _ => TlsFailure::NoAgreement,
    }
}

/// Finds the innermost error of a type, also inside the I/O errors that carry others.
fn find<'a, T: StdError + 'static>(problem: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(problem).filter_map(|cause| cause.downcast_ref()).last()
}

fn chain<'a>(
    problem: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(problem), |cause| beneath(*cause))
}

fn beneath<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match cause.downcast_ref::<io::Error>() {
        // An I/O error's own `source` skips the error it carries.
        Some(carrier) => carrier.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
        None => cause.source(),
    }
}
