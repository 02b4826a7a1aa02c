//! Reads a tool's arguments: every mistake gets a sentence that names the argument and shows what
//! is accepted, and never repeats the value, which may name a customer.
//!
//! Clients differ in how they write JSON, so a value is read as it was meant where it can mean one
//! thing only: a blank one counts as left out, `20.0` and `"20"` are 20, and the text of a list is
//! that list.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use rmcp::model::JsonObject;
use serde_json::{Number, Value};

use super::unknown::{Ignored, listed};
use crate::LARGEST_SAFE;
use crate::clean;
use crate::error::Error;
use crate::language::{Bilingual, bilingual};

/// No tenant has more fields.
const MOST_ITEMS: usize = 200;
/// The longest name of a field, as wolkvox's query takes it.
const LONGEST_ITEM: usize = 128;

/// A tool's arguments, handed out one by one.
pub(crate) struct Arguments {
    given: JsonObject,
    known: &'static [&'static str],
    ignored: Ignored,
}

impl Arguments {
    /// Sorts out arguments that the tool does not have, and refuses those that were meant for one
    /// that it has.
    pub(crate) fn new(given: JsonObject, known: &'static [&'static str]) -> Result<Self, Error> {
        let ignored = Ignored::of(given.keys(), known)?;
        Ok(Self { given, known, ignored })
    }

    /// Returns what an answer must say of the arguments that were ignored.
    pub(crate) fn ignored(&self) -> Option<Bilingual> {
        self.ignored.note()
    }

    /// Takes text, or an integer as its text.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => match integer(&number) {
                Some(integer) if integer.unsigned_abs() <= LARGEST_SAFE => {
                    Ok(Some(integer.to_string()))
                }
                _ => Err(Error::invalid_input(
                    bilingual!(
                        "`{name}` is a number that JSON cannot carry exactly",
                        "`{name}` es un número que JSON no puede llevar exacto"
                    ),
                    bilingual!(
                        "Give `{name}` as text in quotes, with every digit.",
                        "Dé `{name}` como texto entre comillas, con todos los dígitos."
                    ),
                )),
            },
            Some(_) => Err(wrong(
                name,
                &Bilingual::new("must be text", "debe ser texto"),
                Bilingual::new("Put it in quotes.", "Póngalo entre comillas."),
            )),
        }
    }

    /// Takes text that must be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, Error> {
        let missing =
            || wrong(name, &Bilingual::new("is missing", "hace falta"), listed(self.known));
        self.text(name)?.map_or_else(|| Err(self.beside(missing())), Ok)
    }

    /// Adds to the failure about a missing argument what was given instead.
    pub(crate) fn beside(&self, error: Error) -> Error {
        self.ignored.beside(error)
    }

    /// Takes a whole number, also one written as text.
    pub(crate) fn whole(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Error> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = match &value {
            Value::Number(number) => unsigned(number),
            Value::String(text) => return whole(name, text, range).map(Some),
            _ => None,
        };
        in_range(name, number, range).map(Some)
    }

    /// Takes a calendar day.
    pub(crate) fn date(&mut self, name: &'static str) -> Result<Option<Date>, Error> {
        let Some(value) = self.take(name) else { return Ok(None) };
        date(name, value.as_str().unwrap_or_default()).map(Some)
    }

    /// Takes a list of texts, also one written as text: as JSON, or between commas.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Vec<String>, Error> {
        let items = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(Value::String(text)) => written_list(&text),
            Some(single) => vec![single],
        };
        let items = items.into_iter().filter(|item| !is_blank(item));
        let texts = items.map(|item| match item {
            Value::String(text) => Ok(text),
            _ => Err(wrong(
                name,
                &Bilingual::new("must be a list of texts", "debe ser una lista de textos"),
                Bilingual::new(
                    "For example [\"wolkvox_id\"], or [\"*\"] for all.",
                    "Por ejemplo [\"wolkvox_id\"], o [\"*\"] para todos.",
                ),
            )),
        });
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        if texts.len() > MOST_ITEMS {
            let problem =
                bilingual!("has more than {MOST_ITEMS} names", "tiene más de {MOST_ITEMS} nombres");
            return Err(wrong(name, &problem, ALL_FIELDS));
        }
        if texts.iter().any(|text| text.chars().count() > LONGEST_ITEM) {
            let problem = bilingual!(
                "has a name of more than {LONGEST_ITEM} characters",
                "tiene un nombre de más de {LONGEST_ITEM} caracteres"
            );
            return Err(wrong(name, &problem, ALL_FIELDS));
        }
        Ok(texts)
    }

    /// Takes an argument; a blank one counts as left out.
    fn take(&mut self, name: &str) -> Option<Value> {
        debug_assert!(self.known.contains(&name), "{name} is not among the tool's arguments");
        self.given.shift_remove(name).filter(|value| !is_blank(value))
    }
}

/// Returns an argument's text, or an integer's, without judging the others.
pub(super) fn peek(given: &JsonObject, name: &str) -> Option<String> {
    match given.get(name).filter(|value| !is_blank(value))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => integer(number).map(|it| it.to_string()),
        _ => None,
    }
}

/// Returns whether a value is what clients write for an argument that is left out.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            // Only white space and what cannot be seen; other control characters are refused later.
            let text = text.trim();
            !text.contains(char::is_control) && clean::single_line(text).trim().is_empty()
        }
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Returns the items of a list that came as text.
fn written_list(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items,
        Ok(Value::String(text)) => vec![Value::String(text)],
        // Half a list is no name either.
        _ if text.trim_start().starts_with('[') => vec![Value::Bool(false)],
        _ => text.split(',').map(|name| Value::String(name.trim().to_owned())).collect(),
    }
}

/// Returns a number that has no fraction, also one that is written with one (`20.0`).
fn integer(number: &Number) -> Option<i64> {
    let whole = |number: f64| {
        let is_exact = number.fract() == 0.0 && number.abs() <= LARGEST_SAFE as f64;
        is_exact.then_some(number as i64)
    };
    number.as_i64().or_else(|| whole(number.as_f64()?))
}

fn unsigned(number: &Number) -> Option<u64> {
    number.as_u64().or_else(|| integer(number)?.try_into().ok())
}

/// Reads a whole number.
pub(crate) fn whole(name: &str, text: &str, range: RangeInclusive<u64>) -> Result<u64, Error> {
    let text = text.trim();
    let as_json = || unsigned(&serde_json::from_str(text).ok()?);
    in_range(name, text.parse().ok().or_else(as_json), range)
}

fn in_range(name: &str, number: Option<u64>, range: RangeInclusive<u64>) -> Result<u64, Error> {
    number.filter(|number| range.contains(number)).ok_or_else(|| {
        let least = range.start();
        let accepted = match *range.end() {
            u64::MAX => bilingual!(
                "must be a whole number, {least} or more",
                "debe ser un número entero, {least} o más"
            ),
            most => bilingual!(
                "must be a whole number from {least} to {most}",
                "debe ser un número entero de {least} a {most}"
            ),
        };
        wrong(name, &accepted, Bilingual::new("For example 20.", "Por ejemplo 20."))
    })
}

/// Reads a calendar day; one with the hour 00:00 that programs write behind it is that day. Another
/// hour or a time zone would shift what is meant.
pub(crate) fn date(name: &str, text: &str) -> Result<Date, Error> {
    const MIDNIGHT: [&str; 4] = ["T00:00:00.000", "T00:00:00", " 00:00:00", "T00:00"];
    let text = text.trim();
    let day = MIDNIGHT.iter().find_map(|hour| text.strip_suffix(hour)).unwrap_or(text);
    let has_length = day.len() == "YYYY-MM-DD".len();
    let date = has_length.then(|| Date::strptime("%Y-%m-%d", day).ok()).flatten();
    date.ok_or_else(|| {
        wrong(
            name,
            &Bilingual::new("must be a date, YYYY-MM-DD", "debe ser una fecha, AAAA-MM-DD"),
            Bilingual::new("For example 2026-03-31.", "Por ejemplo 2026-03-31."),
        )
    })
}

const ALL_FIELDS: Bilingual =
    Bilingual::new("Give [\"*\"] for all fields.", "Use [\"*\"] para todos los campos.");

fn wrong(name: &str, problem: &Bilingual, hint: Bilingual) -> Error {
    Error::invalid_input(bilingual!("`{name}` {problem}", "`{name}` {problem}", problem), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KNOWN: &[&str] = &["value", "limit", "offset", "since", "columns"];

    fn given(name: &str, value: Value) -> Arguments {
        let given = JsonObject::from_iter([(name.to_owned(), value)]);
        let Ok(given) = Arguments::new(given, KNOWN) else { panic!("refused: {name}") };
        given
    }

    #[test]
    fn whole_floats_are_integers() {
        for (number, text) in [
            (json!(900000001.0), "900000001"),
            (json!(900000001), "900000001"),
            (json!(-5.0), "-5"),
            (json!(0.0), "0"),
            (json!(1e3), "1000"),
            (json!(9007199254740991.0), "9007199254740991"),
        ] {
            let read = given("value", number.clone()).text("value");
            assert_eq!(read, Ok(Some(text.to_owned())), "{number}");
        }
        for limit in [json!(20.0), json!("20"), json!("20.0"), json!(" 20 "), json!(20)] {
            let read = given("limit", limit.clone()).whole("limit", 1..=100);
            assert_eq!(read, Ok(Some(20)), "{limit}");
        }
    }

    #[test]
    fn a_number_that_json_cannot_carry_exactly_is_refused() {
        for number in [
            json!(1.5),
            json!(900000001.5),
            json!(9007199254740992.0),
            json!(9007199254740992_u64),
            json!(12345678901234567890_u64),
            json!(1e300),
        ] {
            assert!(given("value", number.clone()).text("value").is_err(), "{number}");
        }
    }

    #[test]
    fn a_number_out_of_range_or_with_a_fraction_is_refused_with_the_range() {
        for limit in [
            json!(0),
            json!(-1),
            json!(2.5),
            json!(101),
            json!(0.0),
            json!(1e300),
            json!("12px"),
            json!("2.5"),
            json!(true),
            json!([5]),
        ] {
            let error = given("limit", limit.clone()).whole("limit", 1..=100).expect_err("refused");
            let sentence = error.to_string();
            assert_eq!(sentence, "`limit` must be a whole number from 1 to 100", "{limit}");
        }
    }

    #[test]
    fn a_blank_argument_counts_as_left_out() {
        for blank in [json!(null), json!(""), json!(" \t\n"), json!("\u{200b}"), json!([])] {
            assert_eq!(given("value", blank.clone()).text("value"), Ok(None), "{blank}");
            assert_eq!(given("limit", blank.clone()).whole("limit", 1..=100), Ok(None), "{blank}");
            assert_eq!(given("since", blank.clone()).date("since"), Ok(None), "{blank}");
            assert_eq!(given("columns", blank.clone()).list("columns"), Ok(vec![]), "{blank}");
            let error = given("value", blank.clone()).required("value").expect_err("refused");
            assert_eq!(error.to_string(), "`value` is missing", "{blank}");
        }
    }

    #[test]
    fn a_list_is_read_in_every_way_that_clients_write_it() {
        let both = ["wolkvox_id", "agent_id"];
        for list in [
            json!(both),
            json!("[\"wolkvox_id\", \"agent_id\"]"),
            json!(" [\"wolkvox_id\",\"agent_id\"]\n"),
            json!("wolkvox_id, agent_id"),
            json!(["wolkvox_id", "", null, "agent_id"]),
        ] {
            let read = given("columns", list.clone()).list("columns").expect("a list");
            assert_eq!(read, both, "{list}");
        }
        for (single, name) in [("Otro teléfono", "Otro teléfono"), ("*", "*"), ("\"*\"", "*")] {
            let read = given("columns", json!(single)).list("columns").expect("a list");
            assert_eq!(read, [name], "{single}");
        }
        for wrong in [json!([7]), json!("[7]"), json!("[wolkvox_id]"), json!({}), json!(true)] {
            assert!(given("columns", wrong.clone()).list("columns").is_err(), "{wrong}");
        }
        let many = vec!["x"; 201];
        assert!(given("columns", json!(many)).list("columns").is_err());
        assert!(given("columns", json!("x".repeat(129))).list("columns").is_err());
    }

    #[test]
    fn a_day_with_the_hour_that_programs_write_is_that_day() {
        for text in [
            "2026-11-20",
            " 2026-11-20 ",
            "2026-11-20T00:00",
            "2026-11-20T00:00:00",
            "2026-11-20T00:00:00.000",
            "2026-11-20 00:00:00",
        ] {
            let date = date("since", text).expect(text);
            assert_eq!(date.to_string(), "2026-11-20", "{text}");
        }
    }

    #[test]
    fn what_is_no_day_or_shifted_by_a_zone_is_refused() {
        for text in [
            "20/11/2026",
            "2026-02-30",
            "2026-11-20T15:00:00",
            "2026-11-20T00:00:00Z",
            "2026-11-20T00:00:00-05:00",
            "2026-1-2",
            "20261120",
            "today",
        ] {
            let error = date("since", text).expect_err(text);
            assert_eq!(error.to_string(), "`since` must be a date, YYYY-MM-DD", "{text}");
        }
        assert!(given("since", json!(20261120)).date("since").is_err());
    }

    #[test]
    fn what_was_given_instead_of_a_missing_argument_is_named() {
        let error = given("toolCallId", json!("c1")).required("value").expect_err("refused");
        let expected = "`value` is missing, and `toolCallId` is not an argument here";
        assert_eq!(error.to_string(), expected);
        let mut ignoring = given("toolCallId", json!("900000001"));
        assert_eq!(ignoring.list("columns"), Ok(vec![]));
        let told = ignoring.ignored().expect("a note");
        assert_eq!(told.english, "Ignored as unknown: `toolCallId`.");
    }
}
