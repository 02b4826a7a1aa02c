//! What a failed look-up is to people and models: what happened, and what to do.

use super::{minutes, seconds, whole_seconds};
use crate::error::{Budget, Error, ReplyDefect, Timings, UpstreamMessage};
use crate::language::{Bilingual, bilingual};

impl Error {
    /// Returns what happened, as a sentence.
    pub fn sentence(&self) -> Bilingual {
        match self {
            Self::InvalidInput { problem, .. } => problem.clone(),
            Self::TokenRejected(said) => {
                let said = said.text();
                bilingual!(
                    "wolkvox did not accept the token ({said})",
                    "wolkvox no aceptó el token ({said})",
                    said,
                )
            }
            Self::TokenUnreadable(problem) => {
                let problem = problem.text();
                bilingual!(
                    "the token file cannot be used: it {problem}",
                    "el archivo del token no sirve: {problem}",
                    problem,
                )
            }
            Self::QuotaExhausted { .. } => bilingual!(
                "today's wolkvox calls for this token are used up",
                "se agotaron las consultas de wolkvox de hoy para este token",
            ),
            Self::Busy { attempts, .. } => {
                let tries = match attempts {
                    1 => bilingual!("1 try", "1 intento"),
                    attempts => bilingual!("{attempts} tries", "{attempts} intentos"),
                };
                bilingual!(
                    "wolkvox is handling too many requests with this token at once ({tries})",
                    "wolkvox está atendiendo demasiadas solicitudes de este token a la vez ({tries})",
                    tries,
                )
            }
            Self::Maintenance(UpstreamMessage::Nothing) => bilingual!(
                "wolkvox's address is out of service (status 503), as during maintenance or a backup",
                "la dirección de wolkvox está fuera de servicio (estado 503), como durante un \
                 mantenimiento o una copia de seguridad",
            ),
            Self::Maintenance(said) => {
                let said = said.text();
                bilingual!(
                    "wolkvox is closed for maintenance or a backup ({said})",
                    "wolkvox está cerrado por mantenimiento o copia de seguridad ({said})",
                    said,
                )
            }
            Self::Rejected { code, said: UpstreamMessage::Nothing } => bilingual!(
                "the request was refused with code {code}, without a word of wolkvox's",
                "la solicitud fue rechazada con el código {code}, sin una palabra de wolkvox",
            ),
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
                "nothing matched in what was fetched: {fetched} of wolkvox's {total} records",
                "ninguno de los registros obtenidos coincide: {fetched} de los {total} de wolkvox",
            ),
            Self::Incomplete { fetched, total: None } => bilingual!(
                "nothing matched in what was fetched (records: {fetched}), and wolkvox may have more",
                "ninguno de los registros obtenidos coincide ({fetched} en total), y wolkvox puede tener más",
            ),
            Self::UnexpectedReply(defect) => {
                let defect = defect.text();
                bilingual!(
                    "what came from wolkvox's address cannot be used: {defect}",
                    "lo que llegó de la dirección de wolkvox no se puede usar: {defect}",
                    defect,
                )
            }
            Self::RateLimited { per_minute, .. } => bilingual!(
                "this program's own limit of {per_minute} look-ups a minute is reached",
                "se alcanzó el límite propio de este programa: {per_minute} consultas por minuto",
            ),
            Self::OverBudget { budget: Budget::Minute, limit, .. } => bilingual!(
                "could not look up: your {limit} look-ups a minute are used up",
                "no se pudo consultar: usted agotó sus {limit} consultas por minuto",
            ),
            Self::OverBudget { budget: Budget::Day, limit, .. } => bilingual!(
                "could not look up: your {limit} look-ups a day are used up",
                "no se pudo consultar: usted agotó sus {limit} consultas por día",
            ),
            Self::SharedStoreGone => bilingual!(
                "could not look up: the store that WOLKVOX_SHARED names, in which this program shares \
                 the token's limits with others, cannot be reached",
                "no se pudo consultar: no se llega al almacén que indica WOLKVOX_SHARED, en el que \
                 este programa comparte con otros los límites del token",
            ),
            Self::NotRecorded => bilingual!(
                "could not look up: the audit log cannot be written, and no answer leaves without its \
                 line there",
                "no se pudo consultar: el registro de auditoría no se puede escribir, y ninguna \
                 respuesta sale sin su línea allí",
            ),
            Self::Internal => bilingual!(
                "something went wrong inside this program; the look-up was not made",
                "hubo un error interno en este programa; la consulta no se hizo",
            ),
        }
    }

    /// Returns what to conclude, and what the reader can do about it.
    pub fn hint(&self) -> Bilingual {
        let advice = self.advice();
        match self {
            Self::InvalidInput { .. } => advice,
            Self::Incomplete { .. } => bilingual!(
                "This is not an answer: a record that was not fetched may match. {advice}",
                "Esto no es una respuesta: puede coincidir un registro que no se obtuvo. {advice}",
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
            Self::InvalidInput { hint, .. } => hint.clone(),
            Self::TokenRejected(_) => bilingual!(
                "Check WOLKVOX_TOKEN (or WOLKVOX_TOKEN_FILE) and the operation's name. \
                 It must be an internal token: wolkvox CRM, Configuration, Wolkvox Integration, \
                 Tokens. External tokens do not work here.",
                "Revise WOLKVOX_TOKEN (o WOLKVOX_TOKEN_FILE) y el nombre de la operación. \
                 Debe ser un token interno: CRM de wolkvox, Configuración, Wolkvox Integration, \
                 Tokens. Los tokens externos no sirven aquí.",
            ),
            Self::TokenUnreadable(_) => bilingual!(
                "Check the file that WOLKVOX_TOKEN_FILE names.",
                "Revise el archivo que indica WOLKVOX_TOKEN_FILE.",
            ),
            Self::QuotaExhausted { hold: None } => bilingual!(
                "wolkvox resets the quota daily.",
                "wolkvox reinicia el cupo de consultas cada día.",
            ),
            Self::QuotaExhausted { hold: Some(hold) } => {
                let hold = minutes(hold);
                bilingual!(
                    "wolkvox resets the quota daily. No request is sent for {hold}; do not \
                     repeat the call before then.",
                    "wolkvox reinicia el cupo de consultas cada día. No se enviará nada durante {hold}; no \
                     repita la consulta antes.",
                    hold,
                )
            }
            Self::Busy { max_in_flight: Some(1), .. } => bilingual!(
                "Ask again in a few seconds: other programs use the same token. If it happens \
                 often, give them a token of their own.",
                "Pregunte de nuevo en unos segundos: otros programas usan el mismo token. Si \
                 ocurre a menudo, deles un token propio.",
            ),
            Self::Busy { .. } => bilingual!(
                "Ask again in a few seconds. If it happens often, another program \
                 shares the token: lower WOLKVOX_MAX_IN_FLIGHT to 1.",
                "Pregunte de nuevo en unos segundos. Si ocurre a menudo, otro programa \
                 usa el mismo token: baje WOLKVOX_MAX_IN_FLIGHT a 1.",
            ),
            Self::Maintenance(_) => bilingual!("Try again later.", "Intente más tarde."),
            Self::Rejected { said: UpstreamMessage::Nothing, .. } => bilingual!(
                "A proxy or a firewall may answer in wolkvox's place: check them, and WOLKVOX_SERVER.",
                "Quizá responde un proxy o un firewall en lugar de wolkvox: revíselos, y revise \
                 WOLKVOX_SERVER.",
            ),
            Self::Rejected { .. } => bilingual!(
                "Check the operation and the field's name; repeating the same call \
                 will not help.",
                "Revise la operación y el nombre del campo; repetir la misma consulta \
                 no ayuda.",
            ),
            Self::Unavailable { outage } => outage.advice(),
            Self::Timeout { spent: Timings { attempts: 0, .. }, .. } => bilingual!(
                "Nothing was sent: other look-ups took up all the requests allowed at once. Repeat the call. An \
                 administrator can raise WOLKVOX_TIMEOUT.",
                "No se envió nada: otras consultas ocupaban todas las solicitudes permitidas a la vez. Repita la consulta. \
                 Un administrador puede subir WOLKVOX_TIMEOUT.",
            ),
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
                 Nothing of the other obligation is shown.",
                "Revise el id de la obligación: una gestión guarda el NOMBRE, y aquí hace falta \
                 el ID. De la otra obligación no se muestra nada.",
            ),
            Self::UnexpectedReply(ReplyDefect::Redirect { .. }) => bilingual!(
                "Redirects are never followed, so that the token stays with its host. \
                 Check WOLKVOX_SERVER.",
                "Las redirecciones no se siguen, para que el token no salga de su servidor. \
                 Revise WOLKVOX_SERVER.",
            ),
            Self::UnexpectedReply(_) => bilingual!(
                "Try once more. If it happens again, check WOLKVOX_SERVER and whether a proxy \
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
            Self::OverBudget { budget: Budget::Minute, wait, .. } => {
                let wait = seconds(&whole_seconds(*wait));
                bilingual!("Ask again in {wait}.", "Pregunte de nuevo en {wait}.")
            }
            Self::OverBudget { budget: Budget::Day, wait, .. } => {
                let wait = minutes(wait);
                bilingual!(
                    "The day ends in {wait}, at midnight. An administrator can raise `daily` of your \
                     role.",
                    "El día termina en {wait}, a medianoche. Un administrador puede subir `daily` \
                     de su rol.",
                    wait,
                )
            }
            Self::SharedStoreGone => bilingual!(
                "Ask again in a minute. An administrator must bring the store back, or set \
                 WOLKVOX_SHARED_DOWN to degrade.",
                "Pregunte de nuevo en un minuto. Un administrador debe recuperar el almacén, o poner \
                 degrade en WOLKVOX_SHARED_DOWN.",
            ),
            Self::NotRecorded => bilingual!(
                "An administrator must make room or give access for the file that WOLKVOX_AUDIT names; \
                 the program's log on stderr says why it failed.",
                "Un administrador debe liberar espacio o dar acceso para el archivo que indica \
                 WOLKVOX_AUDIT; el registro del programa (stderr) dice por qué falló.",
            ),
            Self::Internal => bilingual!(
                "The program's log on stderr says where.",
                "El log del programa (stderr) dice dónde.",
            ),
        }
    }

    /// Writes the whole failure for a model: kind, sentence, hint.
    pub fn for_model(&self) -> String {
        format!("{}: {self}. {}", self.kind(), self.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_without_words_is_not_said_to_be_wolkvoxs() {
        let rejected = Error::Rejected { code: 403, said: UpstreamMessage::Nothing };
        for error in [rejected, Error::Maintenance(UpstreamMessage::Nothing)] {
            let (english, spanish) = (error.for_model(), error.sentence().spanish);
            assert!(
                !english.contains("wolkvox refused") && !english.contains("is closed"),
                "{english}"
            );
            assert!(!spanish.contains("wolkvox rech") && !spanish.contains("cerrado"), "{spanish}");
        }
    }
}
