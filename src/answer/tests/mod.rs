//! Whole answers: what an assistant reads in each situation (`shown`, `days`, `masks`), and what must
//! hold for all of them (`always`).

mod always;
mod days;
mod masks;
mod shown;

use serde_json::{Value, json};

use super::*;

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
    Searched { field: "id_customer", value: "900000001" }
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
    Answer::new(found, searched(), view, &mask).expect("an answer")
}
