//! Whole answers: what an assistant reads in each situation (`shown`, `days`, `masks`, `facts`,
//! `obligation`), and what must hold for all of them (`always`, `recount`).

mod always;
mod days;
mod facts;
mod masks;
mod obligation;
mod recount;
mod shown;

use serde_json::{Value, json};

use super::*;
use crate::language::Language;

/// Makes a record of a JSON object.
pub(super) fn record(value: Value) -> Record {
    let Value::Object(fields) = value else { panic!("an object") };
    fields.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn found(records: &[Value]) -> Found {
    let rows = tidy(records.iter().cloned().map(record).collect());
    Found {
        blank: records.len() - rows.len(),
        rows,
        as_of: "2026-11-20T15:04:05.678Z".parse().expect("a time"),
        upstream_total: None,
        complete: true,
        cut_short: None,
    }
}

fn gestion(day: u8, outcome: &str) -> Value {
    json!({
        "id_customer": "900000001", "client_name": "Cliente",
        "date": format!("2026-11-{day:02} 10:15:00"),
        "tipification_description": outcome, "obligation": "FIC-001", "module": "collections",
    })
}

fn searched() -> Searched<'static> {
    Searched { field: "id_customer", value: "900000001", reader: Reader::Model }
}

fn hint(answer: &Answer) -> String {
    answer.hint.to(Language::English)
}

/// When it was found, in Bogotá.
fn as_of(found: &Found) -> ZonedDateTime {
    found.as_of.in_tz("America/Bogota").expect("a zone")
}

fn answer(found: &Found, view: &View) -> String {
    masked(found, view, "")
}

/// Answers under a mask, if the list names fields.
fn masked(found: &Found, view: &View, list: &str) -> String {
    serde_json::to_string_pretty(&built(found, view, list)).expect("JSON")
}

fn built(found: &Found, view: &View, list: &str) -> Answer {
    let mask = Mask::parse(list).unwrap_or_default();
    Answer::new(found, searched(), view, &mask, &as_of(found)).expect("an answer")
}
