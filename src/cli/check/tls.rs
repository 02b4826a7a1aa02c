//! Checks TLS: protocol and certificate, before any token is sent.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::timeout;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::finding::Finding;
use super::reach::Route;
use crate::language::{Bilingual, bilingual};
use crate::server_url::ServerUrl;
use crate::wolkvox::{Handshake, name_in_words};

/// A certificate that expires sooner deserves a word.
const SOON_DAYS: i64 = 14;

/// Tries a TLS handshake with the server.
pub(super) async fn tls(
    server: &ServerUrl,
    handshake: impl Future<Output = Result<Option<Handshake>, Finding>>,
    distrusted: impl FnOnce() -> Option<Vec<u8>>,
    route: &Route,
    patience: Duration,
) -> Finding {
    if !server.is_encrypted() {
        return Finding::skipped(
            "not_encrypted",
            bilingual!(
                "plain http, within this computer",
                "HTTP sin cifrar, dentro de este equipo"
            ),
        );
    }
    let handshake = match timeout(patience, handshake).await {
        Ok(Ok(handshake)) => handshake,
        Ok(Err(finding)) => {
            let described = distrusted().and_then(|it| Described::of(&it));
            let detail = described.as_ref().map(Described::in_full);
            let finding = finding.with_detail(detail);
            let finding = if route.has_extra_roots { of_extra_roots(finding) } else { finding };
            return match described {
                Some(described) => finding.with_fact("certificate", described.for_ticket()),
                None => finding,
            };
        }
        Err(_) => {
            return Finding::failed(
                "tls_timeout",
                bilingual!(
                    "connected, but no answer to the TLS handshake within {patience:?}",
                    "hay conexión, pero no hubo respuesta a la negociación TLS en {patience:?}",
                ),
                route.fix(),
            );
        }
    };
    let described = handshake.as_ref().and_then(|it| Described::of(&it.certificate));
    let (Some(Handshake { protocol, .. }), Some(described)) = (&handshake, described) else {
        return Finding::skipped(
            "certificate_unread",
            bilingual!("the certificate could not be read", "no se pudo leer el certificado"),
        );
    };
    let Described { issuer, days, .. } = &described;
    let left = match days {
        1 => bilingual!("1 day left", "le queda 1 día"),
        days => bilingual!("{days} days left", "le quedan {days} días"),
    };
    let shown = bilingual!(
        "{protocol}, certificate issued by {issuer}, {left}",
        "{protocol}, certificado emitido por {issuer}, {left}",
        left,
    );
    let soon = (*days < SOON_DAYS)
        .then(|| bilingual!("the certificate expires soon", "el certificado vence pronto"));
    Finding::ok(shown)
        .with_warnings("certificate_expires_soon", soon.into_iter().collect())
        .with_fact("protocol", json!(protocol))
        .with_fact("certificate", described.for_ticket())
}

/// Advises on roots that are set and lead to no certificate of the server's.
fn of_extra_roots(finding: Finding) -> Finding {
    if !matches!(finding.code, "tls_self_signed" | "tls_unknown_issuer" | "tls_no_intermediate") {
        return finding;
    }
    finding.with_fix(bilingual!(
        "WOLKVOX_CA_FILE does not hold what this certificate needs: put into it the root certificate of \
         the authority that issued it, or the server's own certificate if it is self-signed.",
        "Lo que tiene WOLKVOX_CA_FILE no sirve para este certificado: ponga allí el certificado raíz de \
         la entidad que lo emitió, o el del servidor mismo si es autofirmado.",
    ))
}

/// What a certificate says of itself.
struct Described {
    subject: String,
    issuer: String,
    /// First and last day.
    from: Timestamp,
    until: Timestamp,
    /// Days that it still has.
    days: i64,
}

impl Described {
    fn of(certificate: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let certificate = certificate.tbs_certificate();
        let named = |name| name_in_words(name).unwrap_or_else(|| "?".to_owned());
        let validity = certificate.validity();
        let [from, until] = [validity.not_before, validity.not_after].map(|time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
            Timestamp::from_second(seconds).ok()
        });
        let (from, until) = (from?, until?);
        let days = (until.as_second() - Timestamp::now().as_second()) / (24 * 60 * 60);
        let (subject, issuer) = (named(certificate.subject()), named(certificate.issuer()));
        Some(Self { subject, issuer, from, until, days })
    }

    /// Returns whom it is for, who vouches for it, and for how long: an administrator recognizes the
    /// company's own inspection by it.
    fn in_full(&self) -> Bilingual {
        let Self { subject, issuer, .. } = self;
        let [from, until] =
            [self.from, self.until].map(|time| time.strftime("%Y-%m-%d").to_string());
        bilingual!(
            "certificate of «{subject}», issued by «{issuer}», valid from {from} to {until}",
            "certificado de «{subject}», emitido por «{issuer}», válido del {from} al {until}",
        )
    }

    fn for_ticket(&self) -> Value {
        let Self { subject, issuer, from, until, days } = self;
        json!({
            "subject": subject,
            "issuer": issuer,
            "valid_from": from.to_string(),
            "valid_until": until.to_string(),
            "days_left": days,
        })
    }
}
