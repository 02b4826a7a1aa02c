//! Checks TLS by what the first request showed of it.

use jiff::Timestamp;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::report::{Report, Status};
use crate::error::{Error, Fault};
use crate::language::{Text, text};
use crate::wolkvox::{Client, Handshake, TokenInformation};

/// A certificate that ends sooner deserves a word.
const SOON_DAYS: i64 = 14;

/// Reports TLS; says whether it can be used.
pub(super) fn secured(
    client: &Client,
    answer: Result<&TokenInformation, &Error>,
    report: &mut Report,
) -> bool {
    if !client.server().is_encrypted() {
        report.skipped(text!("plain http to this computer", "http simple a este equipo"));
        return true;
    }
    if let Err(error @ Error::Unavailable { fault: Fault::Tls(_) | Fault::Connect(_) }) = answer {
        report.refused(error);
        return false;
    }
    match client.handshake().and_then(|handshake| certificate(&handshake)) {
        Some((shown, days)) if days < SOON_DAYS => {
            let soon = text!("the certificate ends soon", "el certificado vence pronto");
            report.add(Status::Ok, vec![shown, soon], None);
        }
        Some((shown, _)) => report.ok(shown),
        None => report.skipped(text!("nothing was seen of it", "no se vio nada de ella")),
    }
    true
}

/// Describes a handshake, and counts the days that its certificate still has.
fn certificate(handshake: &Handshake) -> Option<(Text, i64)> {
    let (_, certificate) = X509Certificate::from_der(&handshake.certificate).ok()?;
    let issuer = certificate
        .issuer()
        .iter_organization()
        .chain(certificate.issuer().iter_common_name())
        .find_map(|name| name.as_str().ok())
        .unwrap_or("an unnamed issuer");
    let left = certificate.validity().not_after.timestamp() - Timestamp::now().as_second();
    let days = left / (24 * 60 * 60);
    let issuer = crate::clean::value(issuer, 100).into_owned();
    let protocol = handshake.protocol;
    let shown = text!(
        "{protocol}, certificate from {issuer}, {days} days left",
        "{protocol}, certificado de {issuer}, le quedan {days} días",
    );
    Some((shown, days))
}
