//! Checks TLS: protocol and certificate, before any token is sent.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::reach::mend_connection;
use super::report::{Report, Status};
use crate::language::{Bilingual, bilingual};
use crate::wolkvox::{Client, Handshake};

/// A certificate that ends sooner deserves a word.
const SOON_DAYS: i64 = 14;

/// Reports TLS, and returns whether it can be used.
pub(super) async fn secured(client: &Client, patience: Duration, report: &mut Report) -> bool {
    if !client.server().is_encrypted() {
        report.skipped(bilingual!(
            "plain http, within this computer",
            "HTTP sin cifrar, dentro de este equipo",
        ));
        return true;
    }
    let handshake = match timeout(patience, client.probe_tls()).await {
        Ok(Ok(handshake)) => handshake,
        Ok(Err(error)) => {
            report.refused(&error);
            return false;
        }
        Err(_) => {
            report.failed(
                bilingual!(
                    "connected, but no answer to the TLS handshake",
                    "hay conexión, pero nadie responde a la negociación TLS",
                ),
                mend_connection(false),
            );
            return false;
        }
    };
    match handshake.as_ref().and_then(certificate) {
        Some((shown, days)) if days < SOON_DAYS => {
            let soon = bilingual!("the certificate ends soon", "el certificado vence pronto");
            report.add(Status::Ok, vec![shown, soon], None);
        }
        Some((shown, _)) => report.ok(shown),
        None => report.skipped(bilingual!(
            "nothing could be learnt of the certificate",
            "no se obtuvo información del certificado",
        )),
    }
    true
}

/// Describes a handshake, and counts the days that its certificate still has.
fn certificate(handshake: &Handshake) -> Option<(Bilingual, i64)> {
    let (_, certificate) = X509Certificate::from_der(&handshake.certificate).ok()?;
    let names = certificate.issuer();
    let issuer = names
        .iter_organization()
        .chain(names.iter_common_name())
        .find_map(|name| name.as_str().ok())
        .unwrap_or("?");
    let left = certificate.validity().not_after.timestamp() - Timestamp::now().as_second();
    let days = left / (24 * 60 * 60);
    let issuer = crate::clean::value(issuer, 100).into_owned();
    let protocol = handshake.protocol;
    let shown = bilingual!(
        "{protocol}, certificate from {issuer}, {days} days left",
        "{protocol}, certificado de {issuer}, le quedan {days} días",
    );
    Some((shown, days))
}
