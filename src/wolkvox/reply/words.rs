//! Understands wolkvox's words (pure). A phrase means something only as a whole: every word of it
//! must belong to the phrase, so that a customer, a field or an operation whose name holds a known
//! word does not change what is said.

/// What the words of a reply without records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emptiness {
    /// There are no words.
    Unsaid,
    /// Nothing was found.
    Nothing,
    /// This many records were found.
    Some(u64),
    /// Something else.
    Other,
}

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

/// What is counted.
const NOUNS: &[&str] = &[
    "RECORD",
    "RECORDS",
    "REGISTRO",
    "REGISTROS",
    "RESULT",
    "RESULTS",
    "RESULTADO",
    "RESULTADOS",
    "ROW",
    "ROWS",
];
/// What else belongs to "… records were are found".
const FOUND: &[&str] = &[
    "WERE",
    "ARE",
    "WAS",
    "IS",
    "HAVE",
    "BEEN",
    "FOUND",
    "THERE",
    "TOTAL",
    "SE",
    "HA",
    "HAN",
    "HAY",
    "EXISTEN",
    "FUE",
    "FUERON",
    "ENCONTRO",
    "ENCONTRARON",
    "ENCONTRADO",
    "ENCONTRADOS",
    "HALLO",
    "HALLARON",
    "HALLADO",
    "HALLADOS",
];
const NONE: &[&str] = &["NO", "NOT", "ZERO", "CERO", "NINGUN", "NINGUNO", "SIN"];

/// Returns what the words of a reply without records say.
pub(super) fn emptiness(words: &str) -> Emptiness {
    let tokens = tokens(words);
    if tokens.is_empty() {
        return Emptiness::Unsaid;
    }
    let belongs = |word: &str| {
        NOUNS.contains(&word) || FOUND.contains(&word) || NONE.contains(&word) || is_count(word)
    };
    let Some(noun) = tokens.iter().position(|word| NOUNS.contains(&word.as_str())) else {
        return Emptiness::Other;
    };
    if !tokens.iter().all(|word| belongs(word)) {
        return Emptiness::Other;
    }
    let mut counts = tokens.iter().filter_map(|word| count(word));
    let none = tokens.iter().position(|word| NONE.contains(&word.as_str()));
    match (counts.next(), counts.next(), none) {
        (Some(0), None, _) => Emptiness::Nothing,
        (Some(count), None, None) => Emptiness::Some(count),
        // "Record not found" may be about the case file that was asked with, and not a count.
        (None, _, Some(none)) if none < noun || is_plural(tokens.get(noun)) => Emptiness::Nothing,
        _ => Emptiness::Other,
    }
}

fn is_plural(noun: Option<&String>) -> bool {
    noun.is_some_and(|noun| noun.ends_with('S'))
}

/// Returns how many records the words announce: the largest number that counts records, unless it
/// is a limit.
pub(super) fn announced(words: &str) -> Option<u64> {
    let tokens = tokens(words);
    let is_limit =
        |word: &String| ["MAX", "MAXIMUM", "MAXIMO", "LIMIT", "LIMITE"].contains(&word.as_str());
    let is_per_page = |words: &[String]| {
        matches!(words, [per, page]
            if matches!((per.as_str(), page.as_str()), ("PER", "PAGE") | ("POR", "PAGINA")))
    };
    let noun = |at: usize| tokens.get(at).is_some_and(|word| NOUNS.contains(&word.as_str()));
    let is_filler = |word: &String| FOUND.contains(&word.as_str()) || word == "OF" || word == "DE";
    let mut most = None;
    for (at, word) in tokens.iter().enumerate() {
        let Some(count) = count(word) else { continue };
        // "619 records", but also "records found: 619" and "250 records of 619".
        let before = tokens.get(..at).unwrap_or_default();
        let fillers = before.iter().rev().take_while(|word| is_filler(word)).count();
        let is_after_noun = noun(at.wrapping_sub(fillers + 1));
        let is_limited = before.iter().rev().take(3).any(is_limit)
            || tokens.iter().skip(at).take(3).any(is_limit)
            || tokens.get(at + 2..at + 4).is_some_and(is_per_page);
        if (noun(at + 1) || is_after_noun) && !is_limited {
            most = most.max(Some(count));
        }
    }
    most
}

/// The words of a trouble: those that make it, all of a group and any group, and those that may
/// stand beside them.
struct Phrase {
    trouble: Trouble,
    /// At least one word of each list.
    makes: &'static [&'static [&'static str]],
    beside: &'static [&'static str],
}

/// Words that say nothing about which trouble it is.
const FILLERS: &[&str] = &[
    "A",
    "AGAIN",
    "AL",
    "AND",
    "ARE",
    "BEEN",
    "BY",
    "CON",
    "DE",
    "DEL",
    "EL",
    "EN",
    "ERROR",
    "ES",
    "ESTA",
    "ESTE",
    "FAVOR",
    "FOR",
    "FORBIDDEN",
    "HA",
    "HAS",
    "HAVE",
    "IN",
    "IS",
    "LA",
    "LAS",
    "LATER",
    "LO",
    "LOS",
    "MAS",
    "MINUTES",
    "MOMENT",
    "NOW",
    "OF",
    "ON",
    "OR",
    "PER",
    "PLEASE",
    "POR",
    "SE",
    "SU",
    "SUS",
    "TARDE",
    "THE",
    "THIS",
    "TO",
    "TRY",
    "UNAUTHORIZED",
    "UN",
    "UNA",
    "WAIT",
    "WE",
    "WOLKVOX",
    "Y",
    "YOUR",
    "O",
    "INTENTE",
    "NUEVAMENTE",
    "NUEVO",
    "ESPERE",
];

const EXCEEDED: &[&str] = &[
    "EXCEED",
    "EXCEEDS",
    "EXCEEDED",
    "REACHED",
    "EXHAUSTED",
    "EXCEDE",
    "EXCEDIDO",
    "EXCEDIDA",
    "SUPERA",
    "SUPERADO",
    "SUPERO",
    "ALCANZADO",
    "ALCANZO",
    "AGOTADO",
    "AGOTADAS",
    "AGOTO",
];
const REQUESTS: &[&str] = &[
    "API",
    "CALL",
    "CALLS",
    "REQUEST",
    "REQUESTS",
    "QUERIES",
    "CONSULTAS",
    "PETICIONES",
    "SOLICITUDES",
    "TOKEN",
    "NUMBER",
    "NUMERO",
    "MAXIMUM",
    "MAXIMO",
    "MAX",
    "ALLOWED",
    "PERMITIDAS",
    "PERMITIDO",
    "LIMIT",
    "LIMITS",
    "LIMITE",
    "TOO",
    "MANY",
    "DEMASIADAS",
    "TIME",
    "SAME",
];

const PHRASES: &[Phrase] = &[
    Phrase {
        trouble: Trouble::Busy,
        makes: &[&["SIMULTANEOUS", "CONCURRENT", "SIMULTANEAS", "CONCURRENTES"], REQUESTS],
        beside: EXCEEDED,
    },
    // A rate is over in seconds, so it must not hold look-ups back as a day's quota does.
    Phrase {
        trouble: Trouble::Busy,
        makes: &[
            &["RATE", "SECOND", "SECONDS", "MINUTE", "SEGUNDO", "SEGUNDOS", "MINUTO"],
            &["LIMIT", "LIMITED", "LIMITE", "TOO", "DEMASIADAS"],
        ],
        beside: EXCEEDED,
    },
    Phrase {
        trouble: Trouble::Busy,
        makes: &[&["TOO", "DEMASIADAS"], &["REQUESTS", "SOLICITUDES", "PETICIONES"]],
        beside: &[],
    },
    Phrase {
        trouble: Trouble::Quota,
        makes: &[
            &["LIMIT", "LIMITE", "QUOTA", "CUPO", "CALLS", "CONSULTAS"],
            &["TOKEN", "DAILY", "DAY", "TODAY", "DIARIO", "DIARIAS", "DIA", "HOY", "QUOTA", "CUPO"],
            EXCEEDED,
        ],
        beside: &[],
    },
    Phrase {
        trouble: Trouble::Token,
        makes: &[
            &["TOKEN", "WOLKVOX-TOKEN"],
            &[
                "VALIDATE",
                "VERIFY",
                "CHECK",
                "ENTER",
                "INVALID",
                "VALID",
                "EXPIRED",
                "WRONG",
                "INCORRECT",
                "MALFORMED",
                "MISSING",
                "REVOKED",
                "VALIDE",
                "VALIDAR",
                "VERIFIQUE",
                "INGRESE",
                "INVALIDO",
                "VALIDO",
                "EXPIRADO",
                "EXPIRO",
                "VENCIDO",
                "VENCIO",
                "INCORRECTO",
            ],
        ],
        beside: &["NOT", "NO"],
    },
    Phrase {
        trouble: Trouble::Maintenance,
        makes: &[&["BACKUP", "BACKUPS", "MAINTENANCE", "MANTENIMIENTO", "RESPALDO", "SEGURIDAD"]],
        beside: &[
            "APIS",
            "API",
            "AVAILABLE",
            "BEING",
            "CLOSED",
            "COPIA",
            "CURRENTLY",
            "DATABASE",
            "DISABLED",
            "DISPONIBLE",
            "DOING",
            "DOWN",
            "DUE",
            "DURING",
            "ENCUENTRA",
            "MAKING",
            "MODE",
            "MODO",
            "MOMENTO",
            "NO",
            "NOT",
            "OFF",
            "PLATFORM",
            "PLATAFORMA",
            "PROCESO",
            "PROCESS",
            "PROGRAMADO",
            "PROGRESS",
            "REALIZANDO",
            "RUNNING",
            "RUNS",
            "SCHEDULED",
            "SERVER",
            "SERVERS",
            "SERVICE",
            "SERVICES",
            "SERVICIO",
            "SERVICIOS",
            "SERVIDOR",
            "SERVIDORES",
            "SISTEMA",
            "SITE",
            "SORRY",
            "SUSPENDED",
            "SUSPENDIDO",
            "SWITCHED",
            "SYSTEM",
            "TEMPORALMENTE",
            "TEMPORARILY",
            "UNAVAILABLE",
            "UNDER",
            "UNTIL",
            "WHILE",
            "WORK",
            "CRM",
            "ESTAMOS",
            "ESTAN",
            "PERFORMING",
            "BACK",
            "SOON",
        ],
    },
];

/// Returns the trouble that a text tells.
pub(super) fn trouble(text: &str) -> Option<Trouble> {
    let tokens = tokens(text);
    let is_told = |phrase: &&Phrase| {
        let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.as_str()));
        let belongs = |token: &String| {
            let is_in = |words: &[&str]| words.contains(&token.as_str());
            phrase.makes.iter().any(|words| is_in(words))
                || is_in(phrase.beside)
                || is_in(FILLERS)
                || is_in(REQUESTS) && phrase.trouble != Trouble::Maintenance
                || is_count(token)
        };
        phrase.makes.iter().all(|words| has(words)) && tokens.iter().all(belongs)
    };
    PHRASES.iter().find(is_told).map(|phrase| phrase.trouble)
}

/// Returns the words, in capitals without accents and punctuation.
fn tokens(text: &str) -> Vec<String> {
    let bare = |word: &str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        word.chars().flat_map(char::to_uppercase).map(without_accent).collect::<String>()
    };
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'Á' => 'A',
        'É' => 'E',
        'Í' => 'I',
        'Ó' => 'O',
        'Ú' | 'Ü' => 'U',
        letter => letter,
    }
}

fn is_count(word: &str) -> bool {
    count(word).is_some()
}

/// Reads a whole number, also one with a separator between thousands.
fn count(word: &str) -> Option<u64> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let separators = [',', '.', '\'', '’'];
    let mut groups = word.split(separators);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    let is_one_kind = separators.iter().filter(|it| word.contains(**it)).count() <= 1;
    if is_digits(&digits) && is_one_kind { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
