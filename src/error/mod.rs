//! What can go wrong with a look-up: one [`Error`] with a stable [`Kind`], a sentence about what
//! happened and a hint about what to do.
//!
//! No variant can hold the token, a searched value or a reply's body. wolkvox's own words come in
//! as [`UpstreamMessage`], which is cleaned and shortened where it is made.

mod cause;
mod upstream_message;

use std::fmt;
use std::time::Duration;

pub use self::cause::{Outage, ReplyDefect, Timings};
pub use self::upstream_message::UpstreamMessage;
use crate::language::{Bilingual, bilingual};

/// The kind of a failure; the first word of every failure that a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An argument is missing, malformed or unknown.
    InvalidInput,
    /// wolkvox does not accept the token, or it cannot be read.
    TokenRejected,
    /// The token's calls for today are used up.
    QuotaExhausted,
    /// Too many requests at once for the token.
    Busy,
    /// wolkvox is closed for a backup or maintenance.
    Maintenance,
    /// wolkvox refused the request for another reason.
    Rejected,
    /// wolkvox cannot be reached or fails.
    Unavailable,
    /// The deadline passed.
    Timeout,
    /// Nothing matched in what was fetched, and there is more.
    Incomplete,
    /// What came back is not a wolkvox reply.
    UnexpectedReply,
    /// This program's own limit on look-ups a minute.
    RateLimited,
    /// A bug in this program.
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::InvalidInput,
        Self::TokenRejected,
        Self::QuotaExhausted,
        Self::Busy,
        Self::Maintenance,
        Self::Rejected,
        Self::Unavailable,
        Self::Timeout,
        Self::Incomplete,
        Self::UnexpectedReply,
        Self::RateLimited,
        Self::Internal,
    ];

    /// Returns the word that clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::TokenRejected => "token_rejected",
            Self::QuotaExhausted => "quota_exhausted",
            Self::Busy => "busy",
            Self::Maintenance => "maintenance",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Incomplete => "incomplete",
            Self::UnexpectedReply => "unexpected_reply",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a look-up gave no answer. `Display` is the sentence, in English; [`Error::hint`] says
/// what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An argument cannot be used.
    InvalidInput {
        /// What is wrong, naming the argument and never its value.
        problem: String,
        /// What is accepted, with an example.
        hint: String,
    },
    /// wolkvox did not accept the token.
    TokenRejected(UpstreamMessage),
    /// The token file cannot be used.
    TokenUnreadable {
        /// What is wrong with the file, without its path's content.
        problem: Bilingual,
    },
    /// The daily quota is used up.
    QuotaExhausted {
        /// How long this program sends nothing more.
        hold: Duration,
    },
    /// wolkvox had too many requests of this token at once.
    Busy {
        /// Requests sent for this look-up.
        attempts: u32,
    },
    /// wolkvox is closed for a backup or maintenance.
    Maintenance(UpstreamMessage),
    /// wolkvox refused.
    Rejected {
        /// The body's `code`, else the HTTP status.
        code: u16,
        /// wolkvox's own words.
        said: UpstreamMessage,
    },
    /// No usable connection, or the server failed.
    Unavailable {
        /// What failed.
        outage: Outage,
    },
    /// The deadline passed.
    Timeout {
        /// The configured deadline.
        limit: Duration,
        /// Where the time went.
        spent: Timings,
    },
    /// Nothing matched in what was fetched, and there is more.
    Incomplete {
        /// Records that were fetched.
        fetched: usize,
        /// wolkvox's own count, where it gave one.
        total: Option<u64>,
    },
    /// The reply is not wolkvox's.
    UnexpectedReply(ReplyDefect),
    /// This program's own limit.
    RateLimited {
        /// The configured limit.
        per_minute: u32,
        /// When the next look-up may pass.
        wait: Duration,
    },
    /// A bug.
    Internal,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Builds the error for an argument that cannot be used.
    pub fn invalid_input(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::InvalidInput { problem: problem.into(), hint: hint.into() }
    }

    /// Returns the stable kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::InvalidInput { .. } => Kind::InvalidInput,
            Self::TokenRejected(_) | Self::TokenUnreadable { .. } => Kind::TokenRejected,
            Self::QuotaExhausted { .. } => Kind::QuotaExhausted,
            Self::Busy { .. } => Kind::Busy,
            Self::Maintenance(_) => Kind::Maintenance,
            Self::Rejected { .. } => Kind::Rejected,
            Self::Unavailable { .. } => Kind::Unavailable,
            Self::Timeout { .. } => Kind::Timeout,
            Self::Incomplete { .. } => Kind::Incomplete,
            Self::UnexpectedReply(_) => Kind::UnexpectedReply,
            Self::RateLimited { .. } => Kind::RateLimited,
            Self::Internal => Kind::Internal,
        }
    }

    /// Returns what happened, as a sentence.
    pub fn sentence(&self) -> Bilingual {
        match self {
            // Models read texts about arguments, so they are English only.
            Self::InvalidInput { problem, .. } => Bilingual::same(problem.clone()),
            Self::TokenRejected(said) => {
                let said = said.text();
                bilingual!(
                    "wolkvox did not accept the token ({said})",
                    "wolkvox no aceptó el token ({said})",
                    said,
                )
            }
            Self::TokenUnreadable { problem } => bilingual!(
                "the token file cannot be used: it {problem}",
                "el archivo del token no sirve: {problem}",
                problem,
            ),
            Self::QuotaExhausted { .. } => bilingual!(
                "the token's wolkvox calls for today are used up",
                "se agotaron las consultas de hoy de este token de wolkvox",
            ),
            Self::Busy { attempts } => bilingual!(
                "wolkvox is handling too many requests of this token at once (tried {attempts} times)",
                "wolkvox está atendiendo demasiadas solicitudes de este token a la vez ({attempts} intentos)",
            ),
            Self::Maintenance(said) => {
                let said = said.text();
                bilingual!(
                    "wolkvox is closed for maintenance or a backup ({said})",
                    "wolkvox está cerrado por mantenimiento o copia de seguridad ({said})",
                    said,
                )
            }
            Self::Rejected { code, said } => {
                let said = said.text();
                bilingual!(
                    "wolkvox refused the request with code {code} ({said})",
                    "wolkvox rechazó la solicitud con el código {code} ({said})",
                    said,
                )
            }
            Self::Unavailable { outage } => outage.sentence(),
            Self::Timeout { limit, spent } => {
                let (limit, spent) = (seconds(limit), spent.text());
                bilingual!(
                    "no answer within {limit}; {spent}",
                    "sin respuesta en {limit}; {spent}",
                    spent
                )
            }
            Self::Incomplete { fetched, total: Some(total) } => bilingual!(
                "nothing matched in what was fetched, {fetched} of wolkvox's {total} records",
                "nada coincide en lo obtenido: {fetched} de los {total} registros de wolkvox",
            ),
            Self::Incomplete { fetched, total: None } => bilingual!(
                "nothing matched in what was fetched (records: {fetched}), and wolkvox may have more",
                "nada coincide en lo obtenido (registros: {fetched}), y wolkvox puede tener más",
            ),
            Self::UnexpectedReply(oddity) => {
                let oddity = oddity.text();
                bilingual!(
                    "wolkvox's address answered with something that is not a wolkvox reply: {oddity}",
                    "en la dirección de wolkvox respondió algo que no es wolkvox: {oddity}",
                    oddity,
                )
            }
            Self::RateLimited { per_minute, .. } => bilingual!(
                "this program's own limit of {per_minute} look-ups a minute is reached",
                "se alcanzó el límite propio de este programa: {per_minute} consultas por minuto",
            ),
            Self::Internal => bilingual!(
                "this program failed inside; the look-up was not made",
                "este programa falló por dentro; la consulta no se hizo",
            ),
        }
    }

    /// Returns the same failure without wolkvox's own words, which may name a person.
    pub fn without_words(&self) -> Self {
        let withheld = |said: &UpstreamMessage| match said {
            UpstreamMessage::Words(_) => UpstreamMessage::Withheld,
            said => said.clone(),
        };
        match self {
            Self::TokenRejected(said) => Self::TokenRejected(withheld(said)),
            Self::Maintenance(said) => Self::Maintenance(withheld(said)),
            Self::Rejected { code, said } => Self::Rejected { code: *code, said: withheld(said) },
            other => other.clone(),
        }
    }

    /// Returns what to conclude, and what the reader can do about it.
    pub fn hint(&self) -> Bilingual {
        let advice = self.advice();
        match self {
            Self::InvalidInput { .. } => advice,
            Self::Incomplete { .. } => bilingual!(
                "This is not an answer: a record that was not fetched may match. {advice}",
                "Esto no es una respuesta: un registro no obtenido puede coincidir. {advice}",
                advice,
            ),
            _ => bilingual!(
                "This is not an answer: whether the customer has records is unknown. {advice}",
                "Esto no es una respuesta: no se sabe si el cliente tiene registros. {advice}",
                advice,
            ),
        }
    }

    /// Returns what the reader can do about it.
    pub fn advice(&self) -> Bilingual {
        match self {
            Self::InvalidInput { hint, .. } => Bilingual::same(hint.clone()),
            Self::TokenRejected(_) => bilingual!(
                "Check WOLKVOX_TOKEN (or WOLKVOX_TOKEN_FILE) and the operation's name. \
                 It must be an internal token: wolkvox CRM, Configuration, Wolkvox Integration, \
                 Tokens. External tokens do not work here.",
                "Revise WOLKVOX_TOKEN (o WOLKVOX_TOKEN_FILE) y el nombre de la operación. \
                 Debe ser un token interno: CRM de wolkvox, Configuración, Wolkvox Integration, \
                 Tokens. Los tokens externos no sirven aquí.",
            ),
            Self::TokenUnreadable { .. } => bilingual!(
                "Check the file that WOLKVOX_TOKEN_FILE names.",
                "Revise el archivo que indica WOLKVOX_TOKEN_FILE.",
            ),
            Self::QuotaExhausted { hold } => {
                let hold = minutes(hold);
                bilingual!(
                    "wolkvox resets the quota daily. No request is sent for {hold}; do not \
                     repeat the call before.",
                    "wolkvox reinicia el cupo de consultas cada día. No se enviará nada durante {hold}; no \
                     repita la consulta antes.",
                    hold,
                )
            }
            Self::Busy { .. } => bilingual!(
                "Ask again in some seconds. If it happens often, another program \
                 shares the token: lower WOLKVOX_MAX_IN_FLIGHT to 1.",
                "Pregunte de nuevo en unos segundos. Si ocurre a menudo, otro programa \
                 usa el mismo token: baje WOLKVOX_MAX_IN_FLIGHT a 1.",
            ),
            Self::Maintenance(_) => bilingual!("Try again later.", "Intente más tarde."),
            Self::Rejected { said: UpstreamMessage::Nothing, .. } => bilingual!(
                "Nothing of wolkvox came with it: check WOLKVOX_SERVER, and whether a proxy or a \
                 firewall answers in its place.",
                "No vino nada de wolkvox: revise WOLKVOX_SERVER, y si un proxy o un firewall \
                 responde en su lugar.",
            ),
            Self::Rejected { .. } => bilingual!(
                "Check the operation and the field's name; repeating the same call \
                 will not help.",
                "Revise la operación y el nombre del campo; repetir la misma consulta \
                 no ayuda.",
            ),
            Self::Unavailable { outage } => outage.advice(),
            Self::Timeout { .. } => bilingual!(
                "Repeat the call, or search by a field that matches fewer records. \
                 An administrator can raise WOLKVOX_TIMEOUT.",
                "Repita la consulta, o busque por un campo con menos resultados. \
                 Un administrador puede subir WOLKVOX_TIMEOUT.",
            ),
            Self::Incomplete { .. } => bilingual!(
                "Search by a field that matches fewer records. An administrator can raise \
                 WOLKVOX_MAX_PAGES.",
                "Busque por un campo con menos resultados. Un administrador puede subir \
                 WOLKVOX_MAX_PAGES.",
            ),
            Self::UnexpectedReply(ReplyDefect::AnotherObligation) => bilingual!(
                "Check the obligation's id: a gestión stores its NAME, while this needs its ID. \
                 Nothing of the other obligation is told.",
                "Revise el id de la obligación: una gestión guarda el NOMBRE, y aquí hace falta \
                 el ID. De la otra obligación no se dice nada.",
            ),
            Self::UnexpectedReply(ReplyDefect::Redirect { .. }) => bilingual!(
                "Redirects are never followed, so that the token stays with its host. \
                 Check WOLKVOX_SERVER.",
                "Las redirecciones no se siguen, para que el token no salga de su servidor. \
                 Revise WOLKVOX_SERVER.",
            ),
            Self::UnexpectedReply(_) => bilingual!(
                "Try once more. If it stays, check WOLKVOX_SERVER and whether a proxy \
                 answers in wolkvox's place.",
                "Intente otra vez. Si sigue igual, revise WOLKVOX_SERVER y si un proxy \
                 responde en lugar de wolkvox.",
            ),
            Self::RateLimited { wait, .. } => {
                let wait = seconds(&whole_seconds(*wait));
                bilingual!(
                    "Ask again in {wait}. An administrator can raise WOLKVOX_RATE.",
                    "Pregunte de nuevo en {wait}. Un administrador puede subir WOLKVOX_RATE.",
                )
            }
            Self::Internal => bilingual!(
                "The program's log on stderr says where.",
                "El registro del programa (stderr) dice dónde.",
            ),
        }
    }

    /// Writes the whole failure for a model: kind, sentence, hint.
    pub fn for_model(&self) -> String {
        format!("{}: {self}. {}", self.kind(), self.hint())
    }
}

/// Rounds up, so that "ask again in" is never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

fn seconds(time: &Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn minutes(time: &Duration) -> Bilingual {
    match time.as_secs().div_ceil(60) {
        1 => bilingual!("1 minute", "1 minuto"),
        minutes => bilingual!("{minutes} minutes", "{minutes} minutos"),
    }
}
