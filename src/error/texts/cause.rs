//! What lies behind a failure: what stood in the way, where the time went, what came instead.

use super::{seconds, whole_seconds};
use crate::error::{
    BodyKind, ConnectFailure, Outage, ReplyDefect, Timings, TlsFailure, UpstreamMessage,
};
use crate::language::{Bilingual, bilingual};

impl Outage {
    pub(in crate::error) fn sentence(&self) -> Bilingual {
        let unreached = |why: Bilingual| {
            bilingual!(
                "wolkvox could not be reached: {why}",
                "no fue posible conectarse con wolkvox: {why}",
                why,
            )
        };
        match self {
            Self::Dns => unreached(bilingual!(
                "the host name could not be resolved",
                "no se pudo resolver el nombre del servidor",
            )),
            Self::Connect(why) => {
                let why = why.text();
                unreached(bilingual!("no connection ({why})", "sin conexión ({why})", why))
            }
            Self::Tls(why) => {
                let why = why.text();
                unreached(bilingual!(
                    "the TLS handshake failed ({why})",
                    "falló la negociación TLS ({why})",
                    why,
                ))
            }
            Self::CutOff => {
                unreached(bilingual!("the connection was cut off", "se cortó la conexión"))
            }
            Self::Status(status) => bilingual!(
                "wolkvox's server failed with status {status}",
                "el servidor de wolkvox falló con el estado {status}",
            ),
            Self::CircuitOpen { .. } => bilingual!(
                "the last look-ups all failed, so this one was not tried",
                "las últimas consultas fallaron todas, así que esta no se intentó",
            ),
        }
    }

    pub(in crate::error) fn advice(&self) -> Bilingual {
        match self {
            Self::Dns => {
                bilingual!(
                    "Check WOLKVOX_SERVER and the network.",
                    "Revise WOLKVOX_SERVER y la red.",
                )
            }
            Self::Connect(ConnectFailure::ProxyPassword) => bilingual!(
                "Put them into the proxy's address: HTTPS_PROXY=http://user:password@host:port.",
                "Póngalos en la dirección del proxy: \
                 HTTPS_PROXY=http://usuario:contraseña@servidor:puerto.",
            ),
            Self::Connect(ConnectFailure::ProxyKind) => bilingual!(
                "Use an HTTP proxy: HTTPS_PROXY=http://host:port.",
                "Use un proxy HTTP: HTTPS_PROXY=http://servidor:puerto.",
            ),
            Self::Connect(ConnectFailure::ProxyUnreached) => bilingual!(
                "Check the proxy (HTTPS_PROXY, or this computer's settings): is its address right, \
                 and is it running?",
                "Revise el proxy (HTTPS_PROXY, o los ajustes de este equipo): ¿es correcta su \
                 dirección y está encendido?",
            ),
            Self::Connect(_) | Self::CutOff => bilingual!(
                "Usual causes: this computer's address is not on wolkvox's IP allow-list, a proxy \
                 is needed (HTTPS_PROXY), or there is no network. Try again in a minute.",
                "Causas habituales: la dirección de este equipo no está en la lista de IP \
                 permitidas de wolkvox, hace falta un proxy (HTTPS_PROXY) o no hay red. Intente \
                 de nuevo en un minuto.",
            ),
            Self::Tls(TlsFailure::AuthorityAsServer) => bilingual!(
                "The server needs a certificate with CA:FALSE: `openssl req -x509` makes one with \
                 `-addext basicConstraints=critical,CA:FALSE`.",
                "El servidor necesita un certificado con CA:FALSE: `openssl req -x509` genera uno con \
                 `-addext basicConstraints=critical,CA:FALSE`.",
            ),
            Self::Tls(_) => bilingual!(
                "If a company proxy inspects TLS, put its root certificate into \
                 WOLKVOX_CA_FILE; also check the computer's clock.",
                "Si un proxy de la empresa inspecciona TLS, ponga su certificado raíz en \
                 WOLKVOX_CA_FILE; revise también el reloj del equipo.",
            ),
            Self::Status(_) => {
                bilingual!("Try again in a minute.", "Intente de nuevo en un minuto.")
            }
            Self::CircuitOpen { wait } => {
                let wait = seconds(&whole_seconds(*wait));
                bilingual!("Ask again in {wait}.", "Pregunte de nuevo en {wait}.")
            }
        }
    }
}

impl ConnectFailure {
    pub(super) fn text(self) -> Bilingual {
        match self {
            Self::Refused => bilingual!("refused", "rechazada"),
            Self::Reset => bilingual!("reset", "cortada"),
            Self::NoRoute => bilingual!("no route to host", "no hay ruta hasta el servidor"),
            Self::TimedOut => bilingual!("no answer in time", "no respondió a tiempo"),
            Self::Proxy => bilingual!("the proxy did not connect to it", "el proxy no se conectó"),
            Self::ProxyPassword => bilingual!(
                "the proxy asks for a user name and password",
                "el proxy pide usuario y contraseña",
            ),
            Self::ProxyUnreached => {
                bilingual!("the proxy itself does not answer", "el proxy mismo no responde")
            }
            Self::ProxyKind => bilingual!(
                "this kind of proxy is not supported, only http proxies are",
                "no se admite este tipo de proxy, solo los proxies http",
            ),
            Self::ClosedInHandshake => {
                bilingual!("closed during the handshake", "cerrada durante la negociación TLS")
            }
            Self::Other => bilingual!("could not be set up", "no se pudo establecer"),
        }
    }
}

impl TlsFailure {
    pub(super) fn text(&self) -> Bilingual {
        match self {
            Self::UnknownIssuer { issuer } => {
                let issuer = issuer_name(issuer.as_deref());
                bilingual!(
                    "its certificate's issuer is not trusted here{issuer}",
                    "este equipo no confía en la entidad que emitió su certificado{issuer}",
                )
            }
            Self::NoIntermediate { issuer } => {
                let issuer = issuer_name(issuer.as_deref());
                bilingual!(
                    "its certificate's issuer is not trusted here{issuer}, or the server does not \
                     send its intermediate certificate",
                    "este equipo no confía en la entidad que emitió su certificado{issuer}, o el \
                     servidor no envía su certificado intermedio",
                )
            }
            Self::SelfSigned { issuer } => {
                let issuer = issuer_name(issuer.as_deref());
                bilingual!(
                    "its certificate is self-signed{issuer}: no authority vouches for it",
                    "su certificado es autofirmado{issuer}: ninguna entidad responde por él",
                )
            }
            Self::AuthorityAsServer => bilingual!(
                "its certificate is an authority's (CA:TRUE), which cannot be a server's",
                "su certificado es el de una entidad de certificación (CA:TRUE), y un servidor no lo puede usar",
            ),
            Self::NamesNoHost => bilingual!(
                "its certificate names no host (no subject alternative name)",
                "su certificado no nombra ningún servidor (sin nombre alternativo)",
            ),
            Self::Expired => bilingual!("its certificate has expired", "su certificado venció"),
            Self::NotValidYet => {
                bilingual!("its certificate is not valid yet", "su certificado aún no es válido")
            }
            Self::WrongHost => bilingual!(
                "its certificate is for another host",
                "su certificado es de otro servidor",
            ),
            Self::BadCertificate => {
                bilingual!("its certificate is not acceptable", "su certificado no es aceptable")
            }
            Self::Refused => bilingual!("the server refused it", "el servidor la rechazó"),
            Self::NotTls => bilingual!(
                "the server does not speak TLS on this port",
                "el servidor no habla TLS en este puerto",
            ),
            Self::NoAgreement => bilingual!(
                "no protocol version or cipher in common",
                "sin versión de protocolo ni cifrado en común",
            ),
            Self::NoRoots => bilingual!(
                "this computer's root certificates cannot be loaded",
                "no se pueden cargar los certificados raíz de este equipo",
            ),
        }
    }
}

/// Returns an issuer's name in brackets, behind the sentence that speaks of it.
fn issuer_name(issuer: Option<&str>) -> String {
    issuer.map(|issuer| format!(" ({issuer})")).unwrap_or_default()
}

impl BodyKind {
    pub(super) fn text(self) -> Bilingual {
        match self {
            Self::Empty => bilingual!("an empty body", "una respuesta vacía"),
            Self::Html => bilingual!("an HTML page", "una página HTML"),
            Self::Text => bilingual!("text", "un texto"),
        }
    }
}

impl Timings {
    pub(in crate::error) fn text(&self) -> Bilingual {
        let Self { attempts, .. } = self;
        let [queued, waiting, upstream] =
            [&self.queued, &self.waiting, &self.upstream].map(seconds);
        let requests = match attempts {
            1 => bilingual!("1 request", "1 solicitud"),
            attempts => bilingual!("{attempts} requests", "{attempts} solicitudes"),
        };
        bilingual!(
            "{queued} in the queue, {upstream} waiting for wolkvox over {requests}, {waiting} \
             between tries",
            "{queued} en la cola, {upstream} esperando a wolkvox en {requests}, {waiting} entre \
             intentos",
            requests,
        )
    }
}

impl ReplyDefect {
    pub(in crate::error) fn text(&self) -> Bilingual {
        match self {
            Self::NotJson { body, bytes, status } => {
                let body = body.text();
                bilingual!(
                    "{body} of {bytes} bytes, status {status}",
                    "{body} de {bytes} bytes, estado {status}",
                    body,
                )
            }
            Self::Truncated { bytes } => {
                bilingual!("JSON cut off after {bytes} bytes", "JSON cortado a los {bytes} bytes")
            }
            Self::BadCompression => bilingual!(
                "a body whose gzip compression is broken",
                "una respuesta con la compresión gzip dañada",
            ),
            Self::NoEnvelope { bytes, status } => bilingual!(
                "JSON of {bytes} bytes without wolkvox's envelope, status {status}",
                "JSON de {bytes} bytes sin la estructura de wolkvox, estado {status}",
            ),
            Self::NoRecords { bytes } => bilingual!(
                "data that holds no record ({bytes} bytes)",
                "datos que no contienen ningún registro ({bytes} bytes)",
            ),
            Self::UnknownWords => bilingual!(
                "a reply without records whose words do not say that there are none",
                "una respuesta sin registros cuyas palabras no dicen que no los haya",
            ),
            Self::UntoldFailure => bilingual!(
                "a reply without records that is marked as a failure",
                "una respuesta sin registros marcada como falla",
            ),
            Self::OtherKey => bilingual!(
                "a reply with what look like records under a key other than `data`",
                "una respuesta con lo que parecen registros bajo una clave distinta de `data`",
            ),
            Self::Warned => bilingual!(
                "a reply without records with a server's warning around it",
                "una respuesta sin registros, rodeada por una advertencia del servidor",
            ),
            Self::PartialSuccess { status } => bilingual!(
                "a reply without records, status {status}",
                "una respuesta sin registros, estado {status}",
            ),
            Self::Continued { bytes } => bilingual!(
                "a reply followed by a fatal error or another reply ({bytes} bytes)",
                "una respuesta seguida de un error fatal o de otra respuesta ({bytes} bytes)",
            ),
            Self::TooMany { limit } => {
                bilingual!("more than {limit} values", "más de {limit} valores")
            }
            Self::Contradiction { said } => bilingual!(
                "a reply that announces {said} records but holds none",
                "una respuesta que anuncia {said} registros pero no trae ninguno",
            ),
            Self::EmptyPage { pages } => bilingual!(
                "a reply that announces {pages} pages, but the first one is empty",
                "una respuesta que anuncia {pages} páginas, pero la primera está vacía",
            ),
            Self::AnotherObligation => bilingual!(
                "an obligation whose id is not the one asked for",
                "una obligación cuyo id no es el consultado",
            ),
            Self::TooLarge { limit } => {
                bilingual!("more than {limit} bytes", "más de {limit} bytes")
            }
            Self::Redirect { status } => {
                bilingual!("a redirect, status {status}", "una redirección, estado {status}")
            }
        }
    }
}

impl UpstreamMessage {
    /// Returns the message for a sentence in either language; wolkvox's words stay as they are.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::Words(words) => Bilingual::same(words.clone()),
            Self::Nothing => bilingual!("no explanation given", "sin explicación"),
            Self::Withheld => {
                bilingual!("its words are left out here", "sus palabras se omiten aquí")
            }
        }
    }
}
