//! The causes that a failure carries: what stood in the way, where the time went, what came
//! instead of a reply.

use std::time::Duration;

use super::{seconds, whole_seconds};
use crate::language::{Bilingual, bilingual};

/// What stood between this program and wolkvox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The name does not resolve.
    Dns,
    /// No TCP connection, or the proxy refused, and why.
    Connect(Bilingual),
    /// The TLS handshake failed, and why.
    Tls(Bilingual),
    /// The connection broke before the reply was whole.
    CutOff,
    /// A 5xx status.
    Status(u16),
    /// Too many failures in a row: not even tried.
    CircuitOpen {
        /// When the next try may pass.
        wait: Duration,
    },
}

/// Where a look-up's time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for a free place at the gate.
    pub queued: Duration,
    /// Waiting between tries.
    pub waiting: Duration,
    /// Waiting for wolkvox.
    pub upstream: Duration,
    /// Requests sent.
    pub attempts: u32,
}

/// Why a reply is not wolkvox's; it never quotes the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyDefect {
    /// A body that is not JSON, such as a gateway's HTML page.
    NotJson {
        /// HTML, an empty body, text.
        what: Bilingual,
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// JSON that ends too early.
    Truncated {
        /// Size of what came.
        bytes: usize,
    },
    /// A body whose compression is broken.
    BadCompression,
    /// JSON without wolkvox's envelope.
    NoEnvelope {
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// An envelope whose parts contradict each other.
    Contradiction {
        /// wolkvox's own total.
        said: u64,
    },
    /// A first page without records, although there are more pages.
    EmptyPage {
        /// wolkvox's own count of pages.
        pages: u64,
    },
    /// An obligation with another id than the one that was asked for.
    AnotherObligation,
    /// More than this program reads.
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A redirect, which is never followed.
    Redirect {
        /// HTTP status.
        status: u16,
    },
}

impl Outage {
    pub(super) fn sentence(&self) -> Bilingual {
        let unreached = |why: &Bilingual| {
            bilingual!(
                "wolkvox could not be reached: {why}",
                "no fue posible conectarse con wolkvox: {why}",
                why,
            )
        };
        match self {
            Self::Dns => unreached(&bilingual!(
                "the host name could not be resolved",
                "no se pudo resolver el nombre del servidor",
            )),
            Self::Connect(why) => {
                unreached(&bilingual!("no connection ({why})", "sin conexión ({why})", why))
            }
            Self::Tls(why) => unreached(&bilingual!(
                "the TLS handshake failed ({why})",
                "falló la negociación TLS ({why})",
                why,
            )),
            Self::CutOff => {
                unreached(&bilingual!("the connection was cut off", "se cortó la conexión"))
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

    pub(super) fn advice(&self) -> Bilingual {
        match self {
            Self::Dns => {
                bilingual!(
                    "Check WOLKVOX_SERVER and the network.",
                    "Revise WOLKVOX_SERVER y la red.",
                )
            }
            Self::Connect(_) | Self::CutOff => bilingual!(
                "Usual causes: this computer's address is not on wolkvox's IP allow-list, a proxy \
                 is needed (HTTPS_PROXY), or there is no network. Try again in a minute.",
                "Causas habituales: la dirección de este equipo no está en la lista de IP \
                 permitidas de wolkvox, hace falta un proxy (HTTPS_PROXY) o no hay red. Intente \
                 de nuevo en un minuto.",
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

impl Timings {
    pub(super) fn text(&self) -> Bilingual {
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
    pub(super) fn text(&self) -> Bilingual {
        match self {
            Self::NotJson { what, bytes, status } => bilingual!(
                "{what} of {bytes} bytes, status {status}",
                "{what} de {bytes} bytes, estado {status}",
                what,
            ),
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
            Self::Contradiction { said } => bilingual!(
                "a reply that says {said} records were found but holds none",
                "una respuesta que dice {said} registros pero no trae ninguno",
            ),
            Self::EmptyPage { pages } => bilingual!(
                "a reply that says there are {pages} pages but whose first page is empty",
                "una respuesta que dice {pages} páginas pero cuya primera página está vacía",
            ),
            Self::AnotherObligation => bilingual!(
                "an obligation with another id than the one that was asked for",
                "una obligación con otro id que el consultado",
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
