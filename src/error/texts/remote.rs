//! What stands between an agent's computer and the team's server, and what to do.

use super::{seconds, whole_seconds};
use crate::error::{ConnectFailure, Outage, RemoteError, UpstreamMessage};
use crate::language::{Bilingual, bilingual};

impl RemoteError {
    /// Returns what happened, as a sentence.
    pub fn sentence(&self) -> Bilingual {
        match self {
            Self::Unreached(outage) => unreached(outage),
            Self::NoToken => bilingual!(
                "the team's server asks for a token, and none is given",
                "el servidor del equipo pide un token, y no se indicó ninguno",
            ),
            Self::TokenRefused => bilingual!(
                "the team's server does not accept your token: it is unknown there or has expired",
                "el servidor del equipo no acepta su token: allí no lo conocen o ya venció",
            ),
            Self::TokenUnreadable(problem) => {
                let problem = problem.text();
                bilingual!(
                    "the file of your token cannot be used: it {problem}",
                    "el archivo de su token no sirve: {problem}",
                    problem,
                )
            }
            Self::Forbidden(said) => with_words(
                bilingual!(
                    "the team's server does not let you in",
                    "el servidor del equipo no le da acceso",
                ),
                said,
            ),
            Self::TooMany { .. } => bilingual!(
                "the team's server has too many of your calls on the way",
                "el servidor del equipo tiene demasiadas consultas suyas en curso",
            ),
            Self::Crowded => bilingual!(
                "this program has too many requests on the way",
                "este programa tiene demasiadas solicitudes en curso",
            ),
            Self::NotFound => {
                bilingual!("there is no MCP at this address", "en esta dirección no hay MCP",)
            }
            Self::Refused { status, said } => with_words(
                bilingual!(
                    "the team's server refused the message with status {status}",
                    "el servidor del equipo rechazó el mensaje con el estado {status}",
                ),
                said,
            ),
            Self::Failed { status } => bilingual!(
                "the team's server, or a proxy before it, failed with status {status}",
                "el servidor del equipo, o un proxy delante de él, falló con el estado {status}",
            ),
            Self::Redirect { status } => bilingual!(
                "the address redirects to another one (status {status})",
                "la dirección redirige a otra (estado {status})",
            ),
            Self::NotMcp { status, body } => {
                let body = body.text();
                bilingual!(
                    "what answers at this address is not MCP ({body}, status {status})",
                    "lo que responde en esta dirección no es MCP ({body}, estado {status})",
                    body,
                )
            }
            Self::CutOff => bilingual!(
                "the connection to the team's server broke before the whole answer",
                "la conexión con el servidor del equipo se cortó antes de la respuesta completa",
            ),
            Self::TooLarge { limit } => bilingual!(
                "the reply is larger than {limit} bytes and was not read",
                "la respuesta tiene más de {limit} bytes y no se leyó",
            ),
            Self::Timeout { limit } => {
                let limit = seconds(limit);
                bilingual!(
                    "no answer from the team's server within {limit}",
                    "sin respuesta del servidor del equipo en {limit}",
                )
            }
            Self::Internal => bilingual!(
                "something went wrong inside this program",
                "hubo un error interno en este programa",
            ),
        }
    }

    /// Returns what the reader can do about it.
    pub fn advice(&self) -> Bilingual {
        match self {
            Self::Unreached(Outage::Dns) => bilingual!(
                "Check the server's address and this computer's network.",
                "Revise la dirección del servidor y la red de este equipo.",
            ),
            Self::Unreached(
                outage @ (Outage::Tls(_)
                | Outage::Connect(
                    ConnectFailure::ProxyPassword
                    | ConnectFailure::ProxyKind
                    | ConnectFailure::ProxyUnreached,
                )),
            ) => outage.advice(),
            Self::Unreached(_) | Self::CutOff => bilingual!(
                "Try again in a minute. If it goes on: is the server running, is the address right, \
                 and may this computer reach it (network, VPN, firewall, HTTPS_PROXY)?",
                "Intente de nuevo en un minuto. Si sigue igual: ¿está encendido el servidor, es \
                 correcta la dirección y puede llegar hasta él este equipo (red, VPN, firewall, \
                 HTTPS_PROXY)?",
            ),
            Self::NoToken => bilingual!(
                "Put your token into WOLKVOX_CALLER_TOKEN, or into a file that --token-file or \
                 WOLKVOX_CALLER_TOKEN_FILE names.",
                "Ponga su token en WOLKVOX_CALLER_TOKEN, o en un archivo que indique --token-file o \
                 WOLKVOX_CALLER_TOKEN_FILE.",
            ),
            Self::TokenRefused => bilingual!(
                "Ask the server's administrator for a new one (`wolkvox-mcp caller add`).",
                "Pida uno nuevo al administrador del servidor (`wolkvox-mcp caller add`).",
            ),
            Self::TokenUnreadable(_) => bilingual!(
                "Check the file that --token-file or WOLKVOX_CALLER_TOKEN_FILE names.",
                "Revise el archivo que indica --token-file o WOLKVOX_CALLER_TOKEN_FILE.",
            ),
            Self::Forbidden(_) => bilingual!(
                "Check the address; the server's administrator can say what your role may ask. A \
                 firewall or a proxy may answer in the server's place, too.",
                "Revise la dirección; el administrador del servidor sabe qué puede consultar su rol. \
                 También puede que responda un firewall o un proxy en lugar del servidor.",
            ),
            Self::TooMany { wait: Some(wait) } => {
                let wait = seconds(&whole_seconds(*wait));
                bilingual!("Ask again in {wait}.", "Pregunte de nuevo en {wait}.")
            }
            Self::TooMany { wait: None } | Self::Crowded => {
                bilingual!("Ask again in a few seconds.", "Pregunte de nuevo en unos segundos.",)
            }
            Self::NotFound => bilingual!(
                "Check the address: it ends in /mcp, and with several tenants in /TENANT/mcp.",
                "Revise la dirección: termina en /mcp, y con varias cuentas en /CUENTA/mcp.",
            ),
            Self::Refused { .. } => bilingual!(
                "The same message will be refused again.",
                "El mismo mensaje se rechazará de nuevo.",
            ),
            Self::Failed { .. } => {
                bilingual!("Try again in a minute.", "Intente de nuevo en un minuto.")
            }
            Self::Redirect { .. } => bilingual!(
                "Redirects are not followed, so that your token stays with its server: give the \
                 address to which it leads, if that is the team's server.",
                "Las redirecciones no se siguen, para que su token no salga de su servidor: indique \
                 la dirección a la que lleva, si es el servidor del equipo.",
            ),
            Self::NotMcp { .. } | Self::TooLarge { .. } => bilingual!(
                "Check the address, and whether a proxy or a network's sign-in page answers in the \
                 server's place.",
                "Revise la dirección, y si un proxy o la página de acceso de una red responde en \
                 lugar del servidor.",
            ),
            Self::Timeout { .. } => bilingual!(
                "Repeat the call; if it happens again, tell the server's administrator.",
                "Repita la consulta; si vuelve a ocurrir, avise al administrador del servidor.",
            ),
            Self::Internal => bilingual!(
                "The program's log on stderr says where.",
                "El log del programa (stderr) dice dónde.",
            ),
        }
    }

    /// Returns the whole failure of a look-up, for a model to pass on: kind, sentence, what to do.
    pub fn of_look_up(&self) -> Bilingual {
        let (kind, sentence, advice) = (self.kind(), self.sentence(), self.advice());
        bilingual!(
            "{kind}: could not look up: {sentence}. This is not an answer: whether the customer has \
             records is unknown. {advice}",
            "{kind}: no se pudo consultar: {sentence}. Esto no es una respuesta: no se sabe si el \
             cliente tiene registros. {advice}",
            sentence,
            advice,
        )
    }

    /// Returns the whole failure of any other message.
    pub fn of_message(&self) -> Bilingual {
        let (sentence, advice) = (self.sentence(), self.advice());
        bilingual!("{sentence}. {advice}", "{sentence}. {advice}", sentence, advice)
    }
}

fn unreached(outage: &Outage) -> Bilingual {
    let why = match outage {
        Outage::Dns => {
            bilingual!("its host name could not be resolved", "no se pudo resolver su nombre",)
        }
        Outage::Connect(why) => {
            let why = why.text();
            bilingual!("no connection ({why})", "sin conexión ({why})", why)
        }
        Outage::Tls(why) => {
            let why = why.text();
            bilingual!("the TLS handshake failed ({why})", "falló la negociación TLS ({why})", why)
        }
        Outage::CutOff | Outage::Status(_) | Outage::CircuitOpen { .. } => {
            bilingual!("the connection was cut off", "se cortó la conexión")
        }
    };
    bilingual!(
        "the team's server could not be reached: {why}",
        "no fue posible conectarse con el servidor del equipo: {why}",
        why,
    )
}

fn with_words(sentence: Bilingual, said: &UpstreamMessage) -> Bilingual {
    match said {
        UpstreamMessage::Words(words) => {
            bilingual!("{sentence} (\"{words}\")", "{sentence} (\"{words}\")", sentence)
        }
        UpstreamMessage::Nothing | UpstreamMessage::Withheld => sentence,
    }
}
