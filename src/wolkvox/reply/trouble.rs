//! Recognises the troubles that wolkvox tells in words alone (pure). As in `words`, every word must
//! belong: a customer, a field or an operation may have any name.

use super::words::{is_count, is_in, tokens};

/// A trouble that wolkvox tells in words alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Too many requests at once, or in a short time.
    Busy,
    /// The day's calls are used up.
    Quota,
    /// The token is missing, wrong or expired.
    Token,
    /// Closed for a backup or maintenance.
    Maintenance,
}

/// The words of a trouble: those that make it, all of a group and any group, and those that may
/// stand beside them.
struct Phrase {
    trouble: Trouble,
    /// At least one word of each list.
    makes: &'static [&'static str],
    beside: &'static str,
}

/// Words that say nothing about which trouble it is.
const FILLERS: &str = "\
    A AGAIN AL AND ARE BEEN BY CON DE DEL EL EN ERROR ES ESTA ESTE FAVOR FOR FORBIDDEN HA HAS \
    HAVE IN IS LA LAS LATER LO LOS MAS MINUTES MOMENT NOW OF ON OR PER PLEASE POR SE SU SUS \
    TARDE THE THIS TO TRY UNAUTHORIZED UN UNA WAIT WE WOLKVOX Y YOUR O INTENTE NUEVAMENTE \
    NUEVO ESPERE";

const EXCEEDED: &str = "\
    EXCEED EXCEEDS EXCEEDED REACHED EXHAUSTED EXCEDE EXCEDIDO EXCEDIDA SUPERA SUPERADO SUPERO \
    ALCANZADO ALCANZO AGOTADO AGOTADAS AGOTO";
const REQUESTS: &str = "\
    API CALL CALLS REQUEST REQUESTS QUERIES CONSULTAS PETICIONES SOLICITUDES TOKEN NUMBER \
    NUMERO MAXIMUM MAXIMO MAX ALLOWED PERMITIDAS PERMITIDO LIMIT LIMITS LIMITE TOO MANY \
    DEMASIADAS TIME SAME";

const PHRASES: &[Phrase] = &[
    Phrase {
        trouble: Trouble::Busy,
        makes: &["SIMULTANEOUS CONCURRENT SIMULTANEAS CONCURRENTES", REQUESTS],
        beside: EXCEEDED,
    },
    // A rate is over in seconds, so it must not hold look-ups back as a day's quota does.
    Phrase {
        trouble: Trouble::Busy,
        makes: &[
            "RATE SECOND SECONDS MINUTE SEGUNDO SEGUNDOS MINUTO",
            "LIMIT LIMITED LIMITE TOO DEMASIADAS",
        ],
        beside: EXCEEDED,
    },
    Phrase {
        trouble: Trouble::Busy,
        makes: &["TOO DEMASIADAS", "REQUESTS SOLICITUDES PETICIONES"],
        beside: "",
    },
    Phrase {
        trouble: Trouble::Quota,
        makes: &[
            "LIMIT LIMITE QUOTA CUPO CALLS CONSULTAS",
            "TOKEN DAILY DAY TODAY DIARIO DIARIAS DIA HOY QUOTA CUPO",
            EXCEEDED,
        ],
        beside: "",
    },
    Phrase {
        trouble: Trouble::Token,
        makes: &[
            "TOKEN WOLKVOX-TOKEN",
            "\
                VALIDATE VERIFY CHECK ENTER INVALID VALID EXPIRED WRONG INCORRECT MALFORMED \
                MISSING REVOKED VALIDE VALIDAR VERIFIQUE INGRESE INVALIDO VALIDO EXPIRADO EXPIRO \
                VENCIDO VENCIO INCORRECTO",
        ],
        beside: "NOT NO",
    },
    Phrase {
        trouble: Trouble::Maintenance,
        makes: &["BACKUP BACKUPS MAINTENANCE MANTENIMIENTO RESPALDO SEGURIDAD"],
        beside: "\
                APIS API AVAILABLE BEING CLOSED COPIA CURRENTLY DATABASE DISABLED DISPONIBLE \
                DOING DOWN DUE DURING ENCUENTRA MAKING MODE MODO MOMENTO NO NOT OFF PLATFORM \
                PLATAFORMA PROCESO PROCESS PROGRAMADO PROGRESS REALIZANDO RUNNING RUNS SCHEDULED \
                SERVER SERVERS SERVICE SERVICES SERVICIO SERVICIOS SERVIDOR SERVIDORES SISTEMA \
                SITE SORRY SUSPENDED SUSPENDIDO SWITCHED SYSTEM TEMPORALMENTE TEMPORARILY \
                UNAVAILABLE UNDER UNTIL WHILE WORK CRM ESTAMOS ESTAN PERFORMING BACK SOON",
    },
];

/// Returns the trouble that a text tells.
pub(super) fn trouble(text: &str) -> Option<Trouble> {
    let tokens = tokens(text);
    let is_told = |phrase: &&Phrase| {
        let has = |words: &str| tokens.iter().any(|token| is_in(words, token));
        let belongs = |token: &String| {
            phrase.makes.iter().any(|words| is_in(words, token))
                || is_in(phrase.beside, token)
                || is_in(FILLERS, token)
                || is_in(REQUESTS, token) && phrase.trouble != Trouble::Maintenance
                || is_count(token)
        };
        phrase.makes.iter().all(|words| has(words)) && tokens.iter().all(belongs)
    };
    PHRASES.iter().find(is_told).map(|phrase| phrase.trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_a_whole_phrase() {
        for (words, told) in [
            ("EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)", Trouble::Busy),
            ("Demasiadas solicitudes simultáneas", Trouble::Busy),
            ("Too many requests, please try again later", Trouble::Busy),
            ("REQUEST RATE LIMIT EXCEEDED, WAIT 1 SECOND", Trouble::Busy),
            ("TOKEN LIMIT EXCEEDED", Trouble::Quota),
            ("Forbidden: token limit exceeded.", Trouble::Quota),
            ("Se superó... el cupo diario, agotado", Trouble::Quota),
            ("YOUR TOKEN HAS EXCEEDED THE DAILY LIMIT OF 4800 CALLS", Trouble::Quota),
            ("PLEASE VALIDATE TOKEN", Trouble::Token),
            ("PLEASE ENTER THE WOLKVOX-TOKEN", Trouble::Token),
            ("The token is invalid or expired", Trouble::Token),
            ("El token no es válido", Trouble::Token),
            ("SERVER BACKUP IN PROGRESS, TRY AGAIN LATER", Trouble::Maintenance),
            ("Servidor en mantenimiento", Trouble::Maintenance),
            ("The APIs are disabled during the backup", Trouble::Maintenance),
        ] {
            assert_eq!(trouble(words), Some(told), "{words}");
        }
    }

    #[test]
    fn a_name_that_holds_a_known_word_is_no_trouble() {
        for words in [
            "",
            "FORBIDDEN",
            "THE FIELD simultaneous_calls DOES NOT EXIST",
            "THE FIELD SIMULTANEOUS REQUESTS DOES NOT EXIST",
            "OPERATION backup_2025 DOES NOT EXIST",
            "OPERATION BACKUP DOES NOT EXIST",
            "0 records were are found for MANTENIMIENTO SAS",
            "THE USER OF THIS TOKEN HAS NO PERMISSION",
            "PAGE LIMIT EXCEEDED, MAX 250",
            "LIMIT EXCEEDED",
            "EXTERNAL TOKEN LIMIT EXCEEDED BY CLIENT PEREZ",
        ] {
            assert_eq!(trouble(words), None, "{words}");
        }
    }
}
