//! Arguments that a tool does not have: which of them were surely meant for one that it has.
//!
//! Some clients add arguments of their own to every call (`toolCallId`, `sessionId`); those are
//! ignored. What resembles a known argument is a slip: ignoring it would answer another question.

use crate::error::Error;
use crate::fields;
use crate::language::{Bilingual, bilingual};

/// More than this are no client's addition.
const MOST: usize = 64;
/// Longer names resemble none.
const LONGEST: usize = 40;
/// Names that are repeated to the caller.
const SHOWN: usize = 3;
/// More digits in a name may be a customer's number.
const MOST_DIGITS: usize = 3;

/// What else an argument is called, without case and punctuation.
const WORDS: &[(&str, &str)] = &[
    ("campo", "field"),
    ("canal", "channel"),
    ("cantidad", "limit"),
    ("classification", "tipification"),
    ("columnas", "columns"),
    ("count", "limit"),
    ("datefrom", "since"),
    ("dateto", "until"),
    ("desde", "since"),
    ("empresa", "operation"),
    ("enddate", "until"),
    ("expediente", "record_id"),
    ("fechadesde", "since"),
    ("fechafin", "until"),
    ("fechafinal", "until"),
    ("fechahasta", "until"),
    ("fechainicial", "since"),
    ("fechainicio", "since"),
    ("from", "since"),
    ("fromdate", "since"),
    ("hasta", "until"),
    ("limite", "limit"),
    ("maxresults", "limit"),
    ("obligacion", "obligation"),
    ("operacion", "operation"),
    ("outcome", "tipification"),
    ("page", "offset"),
    ("pagina", "offset"),
    ("pagesize", "limit"),
    ("resultado", "tipification"),
    ("skip", "offset"),
    ("startdate", "since"),
    ("tenant", "operation"),
    ("tipificacion", "tipification"),
    ("tipifycation", "tipification"),
    ("to", "until"),
    ("todate", "until"),
    ("valor", "value"),
    ("wolkvoxidrecord", "record_id"),
];

/// The names that are ignored.
#[derive(Default)]
pub(super) struct Ignored(Vec<String>);

impl Ignored {
    /// Sorts out the names that are not known. Refuses what was surely meant for a known one.
    pub(super) fn of<'a>(
        names: impl Iterator<Item = &'a String>,
        known: &[&'static str],
    ) -> Result<Self, Error> {
        let unknown: Vec<&String> = names.filter(|it| !known.contains(&it.as_str())).collect();
        if unknown.len() > MOST {
            let count = unknown.len();
            let problem = bilingual!(
                "there are {count} unknown arguments",
                "hay {count} argumentos desconocidos"
            );
            return Err(Error::invalid_input(problem, listed(known)));
        }
        for name in &unknown {
            if let Some(meant) = resembled(name, known) {
                let not_known = is_not_known(name);
                let problem = bilingual!(
                    "{not_known} (did you mean `{meant}`?)",
                    "{not_known} (¿quiso decir `{meant}`?)",
                    not_known
                );
                return Err(Error::invalid_input(problem, listed(known)));
            }
            if known.contains(&"field")
                && let Some(field) = fields::find(name)
            {
                let name = field.name;
                return Err(Error::invalid_input(
                    bilingual!(
                        "`{name}` is a field and not an argument",
                        "`{name}` es un campo y no un argumento"
                    ),
                    Bilingual::new(
                        "Give the one field to search by as `field` and its value as `value`.",
                        "Dé el único campo por el que se busca como `field` y su valor como `value`.",
                    ),
                ));
            }
        }
        Ok(Self(unknown.into_iter().cloned().collect()))
    }

    /// Returns what an answer says of them.
    pub(super) fn note(&self) -> Option<Bilingual> {
        let names: Vec<_> = self.0.iter().filter_map(|name| shown(name)).take(SHOWN).collect();
        let listed = names.join(", ");
        let others = match self.0.len() - names.len() {
            0 => Bilingual::same(""),
            1 => Bilingual::new("1 other argument", "1 argumento más"),
            others => bilingual!("{others} other arguments", "{others} argumentos más"),
        };
        let and = if listed.is_empty() || others.english.is_empty() {
            Bilingual::same("")
        } else {
            Bilingual::new(" and ", " y ")
        };
        (!self.0.is_empty()).then(|| {
            bilingual!(
                "Ignored as unknown: {listed}{and}{others}.",
                "No se conocen y se ignoraron: {listed}{and}{others}.",
                and,
                others
            )
        })
    }

    /// Adds to the failure about a missing argument what was given instead.
    pub(super) fn beside(&self, error: Error) -> Error {
        match (self.0.first(), error) {
            (Some(name), Error::InvalidInput { problem, hint }) => {
                let not_known = is_not_known(name);
                let problem = bilingual!(
                    "{problem}, and {not_known}",
                    "{problem}, y {not_known}",
                    problem,
                    not_known
                );
                Error::invalid_input(problem, hint)
            }
            (_, error) => error,
        }
    }
}

/// Lists the arguments that there are.
pub(super) fn listed(names: &[&str]) -> Bilingual {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    bilingual!("The arguments are {names}.", "Los argumentos son {names}.")
}

/// Returns the argument that a name was surely meant for.
fn resembled(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if name.len() > LONGEST {
        return None;
    }
    let typed = squashed(name);
    let word = WORDS.iter().filter(|(word, _)| *word == typed).map(|(_, meant)| *meant);
    if let Some(meant) = word.into_iter().find(|meant| known.contains(meant)) {
        return Some(meant);
    }
    let words = words(name);
    let near = known.iter().filter_map(|known| {
        let whole = squashed(known);
        let most = if whole.len() < 8 { 1 } else { 2 };
        let letters = strsim::osa_distance(&whole, &typed);
        let is_part = || words.iter().any(|word| word == known);
        (letters <= most || is_part()).then_some((letters, *known))
    });
    near.min_by_key(|(letters, _)| *letters).map(|(_, known)| known)
}

fn squashed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// Returns the words of a name such as `fieldName` or `field_name`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter.is_ascii_uppercase() || !letter.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

fn is_not_known(name: &str) -> Bilingual {
    let name = shown(name)
        .map_or(Bilingual::new("one of the arguments", "uno de los argumentos"), Bilingual::same);
    bilingual!("{name} is not an argument here", "{name} no es un argumento aquí", name)
}

/// Returns a name as it may be repeated: a name may hold anything, also a customer's value.
fn shown(name: &str) -> Option<String> {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_identifier = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    let is_shown = is_identifier && digits <= MOST_DIGITS && name.len() <= LONGEST;
    is_shown.then(|| format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::tools::gestiones::ARGUMENTS as QUERY;

    const OBLIGATION: &[&str] = &["operation", "obligation", "record_id"];

    fn ignored(names: &[&str]) -> Result<Ignored, Error> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        Ignored::of(names.iter(), QUERY)
    }

    #[test]
    fn what_resembles_an_argument_leads_to_it() {
        for (name, meant) in [
            ("valeu", "value"),
            ("Field", "field"),
            ("filed", "field"),
            ("fieldName", "field"),
            ("field_value", "field"),
            ("_value", "value"),
            ("limits", "limit"),
            ("off-set", "offset"),
            ("column", "columns"),
            ("operacion", "operation"),
            ("outcome", "tipification"),
            ("valor", "value"),
            ("desde", "since"),
            ("end_date", "until"),
        ] {
            assert_eq!(resembled(name, QUERY), Some(meant), "{name}");
        }
        for name in ["record-id", "recordId", "recordID", "record_di", "wolkvox_idRecord"] {
            assert_eq!(resembled(name, OBLIGATION), Some("record_id"), "{name}");
        }
    }

    #[test]
    fn what_clients_add_resembles_nothing() {
        for name in [
            "toolCallId",
            "sessionId",
            "_meta",
            "chatInput",
            "action",
            "tool",
            "id",
            "requestId",
            "threadId",
            "conversation_id",
            "metadata",
            "timestamp",
            "timezone",
            "user",
            "progressToken",
            "",
        ] {
            assert_eq!(resembled(name, QUERY), None, "{name}");
            assert_eq!(resembled(name, OBLIGATION), None, "{name}");
        }
    }

    #[test]
    fn a_few_ignored_names_are_told_and_the_others_counted() {
        let note = |names: &[&str]| ignored(names).ok().and_then(|it| Some(it.note()?.english));
        assert_eq!(note(&["field"]), None);
        let told = "Ignored as unknown: `toolCallId`.";
        assert_eq!(note(&["field", "toolCallId"]).as_deref(), Some(told));
        let told = "Ignored as unknown: `a`, `b`, `c` and 2 other arguments.";
        assert_eq!(note(&["a", "b", "c", "d", "e"]).as_deref(), Some(told));
    }

    #[test]
    fn a_name_that_may_be_a_customers_value_is_never_repeated() {
        let long = "x".repeat(41);
        for name in ["900000001", "cc900000001", "Ana Pérez", "a\u{202e}b", "a\nb", "<b>", &long] {
            let told = ignored(&[name]).ok().and_then(|it| it.note()).expect("a note");
            assert_eq!(told.english, "Ignored as unknown: 1 other argument.");
        }
    }

    #[test]
    fn a_field_given_as_an_argument_is_refused_where_a_field_is_asked_for() {
        let error = ignored(&["agent_id"]).err().expect("refused");
        assert!(error.to_string().contains("`agent_id` is a field"), "{error}");
        assert!(Ignored::of([&"agent_id".to_owned()].into_iter(), OBLIGATION).is_ok());
    }

    #[test]
    fn very_many_unknown_arguments_are_refused_at_once() {
        let names: Vec<String> = (0..100_000).map(|n| format!("x{n}")).collect();
        assert!(Ignored::of(names.iter(), QUERY).is_err());
    }
}
