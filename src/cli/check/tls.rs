//! Checks TLS: protocol and certificate, before any token is sent.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::reach::Route;
use super::report::Finding;
use crate::language::{Bilingual, bilingual};
use crate::server_url::ServerUrl;
use crate::wolkvox::{Handshake, name_in_words};

/// A certificate that expires sooner deserves a word.
const SOON_DAYS: i64 = 14;

/// Tries a TLS handshake with the server.
pub(super) async fn tls(
    server: &ServerUrl,
    handshake: impl Future<Output = Result<Option<Handshake>, Finding>>,
    route: &Route,
    patience: Duration,
) -> Finding {
    if !server.is_encrypted() {
        return Finding::skipped(bilingual!(
            "plain http, within this computer",
            "HTTP sin cifrar, dentro de este equipo",
        ));
    }
    let handshake = match timeout(patience, handshake).await {
        Ok(Ok(handshake)) => handshake,
        Ok(Err(finding)) => return finding,
        Err(_) => {
            return Finding::failed(
                bilingual!(
                    "connected, but no answer to the TLS handshake within {patience:?}",
                    "hay conexión, pero no hubo respuesta a la negociación TLS en {patience:?}",
                ),
                route.fix(),
            );
        }
    };
    match handshake.as_ref().and_then(certificate) {
        Some((shown, days)) if days < SOON_DAYS => {
            Finding::ok(shown).with_warnings(vec![bilingual!(
                "the certificate expires soon",
                "el certificado vence pronto"
            )])
        }
        Some((shown, _)) => Finding::ok(shown),
        None => Finding::skipped(bilingual!(
            "the certificate could not be read",
            "no se pudo leer el certificado",
        )),
    }
}

/// Describes a handshake, and counts the days that its certificate still has.
fn certificate(handshake: &Handshake) -> Option<(Bilingual, i64)> {
    let certificate = Certificate::from_der(&handshake.certificate).ok()?;
    let certificate = certificate.tbs_certificate();
    let issuer = name_in_words(certificate.issuer()).unwrap_or_else(|| "?".to_owned());
    let end = certificate.validity().not_after.to_unix_duration();
    let left = i64::try_from(end.as_secs()).ok()? - Timestamp::now().as_second();
    let days = left / (24 * 60 * 60);
    let protocol = handshake.protocol;
    let left = match days {
        1 => bilingual!("1 day left", "le queda 1 día"),
        days => bilingual!("{days} days left", "le quedan {days} días"),
    };
    let shown = bilingual!(
        "{protocol}, certificate issued by {issuer}, {left}",
        "{protocol}, certificado emitido por {issuer}, {left}",
        left,
    );
    Some((shown, days))
}
