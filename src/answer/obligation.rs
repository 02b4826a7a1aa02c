//! Builds the answer about one obligation: its balance, its delay, its last payment.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::page::{SHORTER, length, shorten, to_the_second};
use super::{Found, LONGEST_ANSWER, Outcome};
use crate::{FieldKey, Record};

/// The answer to one look-up of an obligation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObligationAnswer {
    /// `none`: looked up, no match
    pub outcome: Outcome,
    /// Matches
    pub total: u64,
    /// When wolkvox answered, UTC
    pub as_of: String,
    /// wolkvox has more than is shown
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<bool>,
    /// What to do or mind
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// id, name, total_balance, portfolio_type, last_pay, last_pay_date, expiring_date,
    /// days_delay, and form: the tenant's own fields
    pub obligations: Vec<Record>,
    /// Fictitious data
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<bool>,
}

const NOTHING: &str = "No obligation has this id in this case file. A gestión stores the \
    obligation's NAME, while this needs its ID: look it up in the CRM, or ask for it. record_id is \
    the wolkvox_idRecord of a gestión, not a document number.";
const INCOMPLETE: &str = "INCOMPLETE: not every obligation that matches is shown.";

/// The form's key, and those of its entries (the vendor's page "Query obligation").
const FORM: &str = "form";
const ENTRY: (&str, &str) = ("name", "value");

/// Builds the answer. What wolkvox sent as an amount or a date stays its text; what it left blank
/// is absent.
pub fn obligation(found: &Found) -> ObligationAnswer {
    let obligations: Vec<Record> = found.rows.iter().map(|row| shown(&row.record)).collect();
    let mut answer = ObligationAnswer {
        outcome: if obligations.is_empty() { Outcome::None } else { Outcome::Found },
        total: obligations.len() as u64,
        as_of: to_the_second(found.as_of),
        incomplete: (!found.complete).then_some(true),
        hint: match (obligations.is_empty(), found.complete) {
            (_, false) => Some(INCOMPLETE.to_owned()),
            (true, true) => Some(NOTHING.to_owned()),
            (false, true) => None,
        },
        obligations,
        sandbox: None,
    };
    // An id should match one obligation, but a reply with hundreds must not overflow the answer.
    let is_long = |answer: &ObligationAnswer| length(answer) > LONGEST_ANSWER - RESERVE;
    while is_long(&answer) && answer.obligations.len() > 1 {
        let half = answer.obligations.len() / 2;
        answer.obligations.truncate(half);
        answer.incomplete = Some(true);
        answer.hint = Some(INCOMPLETE.to_owned());
    }
    // Thousands of the tenant's own fields must not push out the balance.
    for longest in SHORTER {
        if !is_long(&answer) {
            return answer;
        }
        answer.hint = Some(SHORTENED.to_owned());
        let values = answer.obligations.iter_mut().flat_map(Record::values_mut);
        values.for_each(|value| shorten(value, longest));
    }
    if is_long(&answer) {
        answer.hint = Some(WITHOUT_OWN_FIELDS.to_owned());
        answer.incomplete = Some(true);
        let is_known = |name: &FieldKey, _: &mut Value| KNOWN.contains(&name.as_ref());
        answer.obligations.iter_mut().for_each(|obligation| obligation.retain(is_known));
    }
    answer
}

const SHORTENED: &str = "This obligation is too long: its values were shortened where marked.";
const WITHOUT_OWN_FIELDS: &str =
    "This obligation is too long: the tenant's own fields were left out.";

/// The keys that the vendor's page "Query obligation" names, but for the form.
const KNOWN: [&str; 8] = [
    "id",
    "name",
    "total_balance",
    "portfolio_type",
    "last_pay",
    "last_pay_date",
    "expiring_date",
    "days_delay",
];

/// Characters kept for the sandbox's mark and the hint.
const RESERVE: usize = 500;

fn shown(record: &Record) -> Record {
    let field = |(name, value): (&FieldKey, &Value)| {
        let value = match value {
            Value::Array(entries) if name == FORM => by_name(entries),
            Value::Number(number) => Value::String(number.to_string()),
            other => other.clone(),
        };
        (name.clone(), value)
    };
    record.iter().map(field).collect()
}

/// Turns the form's entries into one object by name; entries of another shape, or a second one of
/// the same name, leave the list as it is.
fn by_name(entries: &[Value]) -> Value {
    let mut form = Map::new();
    for entry in entries {
        let name = entry.get(ENTRY.0).and_then(Value::as_str);
        // An entry without a value is a blank field.
        let value = entry.get(ENTRY.1);
        match (name, value) {
            (Some(name), Some(value)) if !form.contains_key(name) => {
                form.insert(name.to_owned(), value.clone());
            }
            (Some(_), None) => {}
            _ => return Value::Array(entries.to_vec()),
        }
    }
    Value::Object(form)
}

#[cfg(test)]
mod tests {
    use super::super::tests::record;
    use super::super::{Mask, tidy};
    use super::*;
    use insta::assert_snapshot;
    use serde_json::json;

    fn answer(records: Vec<Value>) -> String {
        let rows = tidy(records.into_iter().map(record).collect(), &Mask::default());
        let as_of = jiff::Timestamp::UNIX_EPOCH;
        let found = Found { rows, as_of, upstream_total: None, complete: true, cut_short: None };
        serde_json::to_string_pretty(&obligation(&found)).expect("JSON")
    }

    #[test]
    fn amounts_stay_exact_text_and_a_missing_one_is_absent() {
        let record = json!({
            "id": "obl1", "name": "Factura 12345", "total_balance": "10000.00", "last_pay": 2000,
            "last_pay_date": "06-06-2023", "expiring_date": "", "days_delay": "90",
            "portfolio_type": null,
            "form": [{ "name": "Frecuencia", "value": "Mensual" }, { "name": "Otro", "value": "" }],
        });
        assert_snapshot!(answer(vec![record]), @r#"
        {
          "outcome": "found",
          "total": 1,
          "as_of": "1970-01-01T00:00:00Z",
          "obligations": [
            {
              "id": "obl1",
              "name": "Factura 12345",
              "total_balance": "10000.00",
              "last_pay": "2000",
              "last_pay_date": "06-06-2023",
              "days_delay": "90",
              "form": {
                "Frecuencia": "Mensual"
              }
            }
          ]
        }
        "#);
    }

    #[test]
    fn none_says_that_it_needs_the_id_and_not_the_name() {
        assert_snapshot!(answer(vec![]), @r#"
        {
          "outcome": "none",
          "total": 0,
          "as_of": "1970-01-01T00:00:00Z",
          "hint": "No obligation has this id in this case file. A gestión stores the obligation's NAME, while this needs its ID: look it up in the CRM, or ask for it. record_id is the wolkvox_idRecord of a gestión, not a document number.",
          "obligations": []
        }
        "#);
    }

    #[test]
    fn however_long_it_is_an_obligation_keeps_its_balance() {
        for (fields, length) in [(70, 1_000), (2_000, 900), (20_000, 5)] {
            let form: Vec<_> = (0..fields)
                .map(|n| json!({ "name": format!("Campo {n}"), "value": "ñ".repeat(length) }))
                .collect();
            let record = json!({ "id": "obl1", "total_balance": "10000", "form": form });
            let text = answer(vec![record]);
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            assert!(answer.to_string().chars().count() <= LONGEST_ANSWER, "{fields}");
            assert_eq!(answer["obligations"][0]["total_balance"], "10000", "{fields}");
            assert!(answer["hint"].as_str().expect("a hint").contains("too long"), "{fields}");
        }
    }

    #[test]
    fn a_form_of_another_shape_is_kept_as_it_came() {
        let twice = json!([{ "name": "a", "value": "1" }, { "name": "a", "value": "2" }]);
        for form in [json!(["x"]), json!("x"), json!({ "a": "b" }), twice] {
            let text = answer(vec![json!({ "id": "1", "form": form })]);
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(answer["obligations"][0]["form"], form);
        }
    }
}
