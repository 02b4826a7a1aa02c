//! Sorts what goes wrong below HTTP, by types and not by texts where the libraries allow it. The
//! address in a `reqwest::Error` and whatever a reply held stay out of the result.

use std::error::Error as StdError;
use std::io;

use crate::error::{Error, Outage, ReplyDefect};
use crate::language::{Bilingual, bilingual};

/// Returns the reason why a request brought no whole reply.
pub(super) fn of(problem: &reqwest::Error) -> Error {
    if let Some(reason) = find::<rustls::Error>(problem).map(tls) {
        return Error::Unavailable { outage: Outage::Tls(reason) };
    }
    let outage = if problem.is_connect() {
        connect(problem)
    } else if problem.is_decode() && !is_cut_off(problem) {
        return Error::UnexpectedReply(ReplyDefect::BadCompression);
    } else {
        Outage::CutOff
    };
    Error::Unavailable { outage }
}

fn connect(problem: &reqwest::Error) -> Outage {
    // hyper-util has no public type for these two.
    let says = |words: &str| chain(problem).any(|cause| cause.to_string().contains(words));
    if says("dns error") {
        return Outage::Dns;
    }
    if says("tunnel") || says("proxy") {
        return Outage::Connect(bilingual!(
            "the proxy did not connect to it",
            "el proxy no se conectó",
        ));
    }
    if problem.is_timeout() {
        return Outage::Connect(bilingual!("no answer in time", "no respondió a tiempo"));
    }
    Outage::Connect(match find::<io::Error>(problem).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => bilingual!("refused", "rechazada"),
        Some(io::ErrorKind::ConnectionReset) => bilingual!("reset", "cortada"),
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            bilingual!("the network has no way to it", "la red no tiene ruta hasta allí")
        }
        Some(io::ErrorKind::TimedOut) => bilingual!("no answer in time", "no respondió a tiempo"),
        Some(io::ErrorKind::UnexpectedEof) => {
            bilingual!("closed during the handshake", "cerrada durante la negociación TLS")
        }
        _ => bilingual!("could not be set up", "no se pudo establecer"),
    })
}

fn tls(problem: &rustls::Error) -> Bilingual {
    use rustls::CertificateError as Certificate;
    match problem {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::UnknownIssuer => bilingual!(
                "its certificate's issuer is not trusted here",
                "este equipo no confía en la entidad que emitió su certificado"
            ),
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                bilingual!("its certificate has expired", "su certificado venció")
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                bilingual!("its certificate is not valid yet", "su certificado aún no es válido")
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                bilingual!(
                    "its certificate is for another host",
                    "su certificado es de otro servidor"
                )
            }
            _ => bilingual!("its certificate is not acceptable", "su certificado no es aceptable"),
        },
        rustls::Error::AlertReceived(_) => {
            bilingual!("the server refused it", "el servidor la rechazó")
        }
        rustls::Error::InvalidMessage(_) => bilingual!(
            "the server does not speak TLS on this port",
            "el servidor no habla TLS en este puerto"
        ),
        _ => bilingual!("no agreement with the server", "no se pudo negociar TLS con el servidor"),
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
