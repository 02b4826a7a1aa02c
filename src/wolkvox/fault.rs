//! Sorts what goes wrong below HTTP, by types and not by texts where the libraries allow it. The
//! address in a `reqwest::Error` and whatever a reply held stay out of the result.

use std::error::Error as StdError;
use std::io;

use crate::error::{Error, Fault, Oddity};

/// Gives the reason why a request brought no whole reply.
pub(super) fn of(problem: reqwest::Error) -> Error {
    if let Some(reason) = find::<rustls::Error>(&problem).map(tls) {
        return Error::Unavailable { fault: Fault::Tls(reason) };
    }
    let fault = if problem.is_connect() {
        connect(&problem)
    } else if problem.is_decode() && !is_cut_off(&problem) {
        return Error::UnexpectedReply(Oddity::BadCompression);
    } else {
        Fault::CutOff
    };
    Error::Unavailable { fault }
}

fn connect(problem: &reqwest::Error) -> Fault {
    // hyper-util gives no type for these two.
    let says = |words: &str| chain(problem).any(|cause| cause.to_string().contains(words));
    if says("dns error") {
        return Fault::Dns;
    }
    if says("tunnel") || says("proxy") {
        return Fault::Connect("the proxy of HTTPS_PROXY did not connect to it");
    }
    if problem.is_timeout() {
        return Fault::Connect("no answer in time");
    }
    Fault::Connect(match find::<io::Error>(problem).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "refused",
        Some(io::ErrorKind::ConnectionReset) => "reset",
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            "the network has no way to it"
        }
        Some(io::ErrorKind::TimedOut) => "no answer in time",
        Some(io::ErrorKind::UnexpectedEof) => "closed during the handshake",
        _ => "could not be set up",
    })
}

fn tls(problem: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Certificate;
    match problem {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::UnknownIssuer => "its certificate's issuer is not trusted here",
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                "its certificate has expired"
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "its certificate is not valid yet"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "its certificate is for another host"
            }
            _ => "its certificate is not acceptable",
        },
        rustls::Error::AlertReceived(_) => "the server refused it",
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS on this port",
        _ => "no agreement with the server",
    }
}

fn is_cut_off(problem: &reqwest::Error) -> bool {
    find::<io::Error>(problem).is_some_and(|cause| cause.kind() == io::ErrorKind::UnexpectedEof)
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
