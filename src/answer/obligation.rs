//! Builds the answer about one obligation: its balance, its delay, its last payment.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::page::{length, shorten_until, to_the_second};
use super::{Found, LONGEST_ANSWER, Mask, Outcome};
use crate::error::{Error, ReplyDefect};
use crate::{FieldKey, Record, clean};

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

const OTHERS: &str = "wolkvox also sent an obligation with another id, which is left out.";

/// The id's key, the form's, and those of its entries (the vendor's page "Query obligation").
const ID: &str = "id";
const FORM: &str = "form";
const ENTRY: (&str, &str) = ("name", "value");

impl ObligationAnswer {
    /// Creates the answer about the obligation with the id `asked`. What wolkvox sent as an amount or a
    /// date stays its text; what it left blank is absent.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedReply`] if wolkvox answered with other obligations only;
    /// [`Error::Incomplete`] if nothing matches and there is more that was not fetched.
    pub fn new(found: &Found, asked: &str, mask: &Mask) -> Result<Self, Error> {
        let all = found.rows.iter().map(|row| shown(&row.record)).filter(|it| !it.is_empty());
        let (mut obligations, others): (Vec<Record>, Vec<Record>) =
            all.partition(|it| it.get(ID).is_none_or(|id| is_id(id, asked)));
        if obligations.is_empty() && !others.is_empty() {
            return Err(Error::UnexpectedReply(ReplyDefect::AnotherObligation));
        }
        if obligations.is_empty() && !found.complete {
            return Err(found.incomplete());
        }
        for (name, value) in obligations.iter_mut().flatten() {
            if let Value::Number(number) = value {
                *value = Value::String(number.to_string());
            }
            mask.apply(name, value);
        }
        let mut answer = Self {
            outcome: if obligations.is_empty() { Outcome::None } else { Outcome::Found },
            total: obligations.len() as u64,
            as_of: to_the_second(found.as_of),
            incomplete: (!found.complete).then_some(true),
            hint: if !found.complete {
                Some(INCOMPLETE.to_owned())
            } else if obligations.is_empty() {
                Some(NOTHING.to_owned())
            } else {
                (!others.is_empty()).then(|| OTHERS.to_owned())
            },
            obligations,
            sandbox: None,
        };
        // An id should match one obligation, but a reply with hundreds must not overflow the answer.
        let is_long = |answer: &Self| length(answer) > LONGEST_ANSWER - RESERVE;
        while is_long(&answer) && answer.obligations.len() > 1 {
            let half = answer.obligations.len() / 2;
            answer.obligations.truncate(half);
            answer.incomplete = Some(true);
            answer.hint = Some(INCOMPLETE.to_owned());
        }
        if is_long(&answer) {
            answer.hint = Some(SHORTENED.to_owned());
            let mut obligations = std::mem::take(&mut answer.obligations);
            let fits = |obligations: &[Record]| {
                !is_long(&Self { obligations: obligations.to_vec(), ..answer.clone() })
            };
            shorten_until(&mut obligations, fits);
            answer.obligations = obligations;
        }
        // Thousands of the tenant's own fields must not push out the balance.
        if is_long(&answer) {
            answer.hint = Some(WITHOUT_OWN_FIELDS.to_owned());
            answer.incomplete = Some(true);
            let is_known = |name: &FieldKey, _: &mut Value| KNOWN.contains(&name.as_ref());
            answer.obligations.iter_mut().for_each(|obligation| obligation.retain(is_known));
        }
        Ok(answer)
    }
}

const SHORTENED: &str = "This obligation is too long: its values were shortened where marked.";
const WITHOUT_OWN_FIELDS: &str =
    "This obligation is too long: the tenant's own fields were left out.";

/// The keys that the vendor's page "Query obligation" names, but for the form.
pub(super) const KNOWN: [&str; 8] = [
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

/// Returns whether wolkvox's id is the one asked for. PHP may make a number of it, and its
/// database compares without case.
fn is_id(id: &Value, asked: &str) -> bool {
    let asked = clean::single_line(asked).trim().to_lowercase();
    match id {
        Value::String(id) => clean::single_line(id).trim().to_lowercase() == asked,
        Value::Number(id) => {
            let significant = asked.trim_start_matches('0');
            id.to_string() == if significant.is_empty() { "0" } else { significant }
        }
        _ => false,
    }
}

/// Copies an obligation, without a form whose every field is blank.
fn shown(record: &Record) -> Record {
    let field = |(name, value): (&FieldKey, &Value)| {
        let value = match value {
            Value::Array(entries) if name == FORM => by_name(entries.iter()),
            Value::Object(members) if name == FORM && is_list(members) => by_name(members.values()),
            other => other.clone(),
        };
        let is_blank = value.as_object().is_some_and(Map::is_empty);
        (!is_blank).then(|| (name.clone(), value))
    };
    record.iter().filter_map(field).collect()
}

/// Recognises a list that PHP made an object of: all its keys are whole numbers.
fn is_list(members: &Map<String, Value>) -> bool {
    members.keys().all(|key| !key.is_empty() && key.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Turns the form's entries into one object by name. An entry of another shape, one with more than
/// name and value, or a second one of the same name leaves the list as it is.
fn by_name<'a>(entries: impl Iterator<Item = &'a Value> + Clone) -> Value {
    let mut form = Map::new();
    for entry in entries.clone() {
        let name = entry.get(ENTRY.0).and_then(Value::as_str);
        let value = entry.get(ENTRY.1);
        let members = entry.as_object().map_or(0, Map::len);
        match (name, value) {
            (Some(name), Some(value)) if members == 2 && !form.contains_key(name) => {
                form.insert(name.to_owned(), value.clone());
            }
            // An entry without a value is a blank field.
            (Some(_), None) if members == 1 => {}
            _ => return Value::Array(entries.cloned().collect()),
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

    fn found(records: Vec<Value>) -> Found {
        let rows = tidy(records.into_iter().map(record).collect());
        let as_of = jiff::Timestamp::UNIX_EPOCH;
        Found { rows, as_of, upstream_total: None, complete: true, cut_short: None, blank: 0 }
    }

    fn asked(records: Vec<Value>, id: &str) -> Result<ObligationAnswer, Error> {
        ObligationAnswer::new(&found(records), id, &Mask::default())
    }

    fn answer(records: Vec<Value>) -> String {
        serde_json::to_string_pretty(&asked(records, "obl1").expect("an answer")).expect("JSON")
    }

    #[test]
    fn another_obligation_than_the_one_asked_for_is_no_answer() {
        let other = || json!({ "id": "OTHER", "total_balance": "10000" });
        let refused = asked(vec![other()], "wanted").expect_err("refused");
        assert_eq!(refused, Error::UnexpectedReply(ReplyDefect::AnotherObligation));
        assert!(!refused.for_model().contains("OTHER") && !refused.for_model().contains("10000"));
        let both = asked(vec![other(), json!({ "id": "wanted" })], "wanted").expect("an answer");
        assert_eq!(both.total, 1);
        assert_eq!(both.obligations[0]["id"], "wanted");
        assert_eq!(both.hint.as_deref(), Some(OTHERS));
    }

    #[test]
    fn an_id_is_the_same_in_another_case_and_as_a_number() {
        for (id, asked_for) in
            [(json!("OBL-1"), " obl-1 "), (json!(42), "42"), (json!(42), "0042"), (json!(0), "0")]
        {
            let answer = asked(vec![json!({ "id": id, "days_delay": 1 })], asked_for);
            assert_eq!(answer.expect("an answer").total, 1, "{id}");
        }
        for (id, asked_for) in [(json!("0042"), "42"), (json!(420), "42"), (json!(["42"]), "42")] {
            assert!(asked(vec![json!({ "id": id })], asked_for).is_err(), "{id}");
        }
    }

    #[test]
    fn a_reply_of_blanks_is_not_an_obligation() {
        let form = json!([{ "name": "Frecuencia", "value": "" }]);
        for blank in [
            json!({ "id": "", "name": null, "total_balance": "" }),
            json!({ "id": "", "form": form }),
            json!({}),
        ] {
            let answer = asked(vec![blank.clone()], "1").expect("an answer");
            assert_eq!((answer.outcome, answer.total), (Outcome::None, 0), "{blank}");
        }
    }

    #[test]
    fn none_is_not_said_where_not_all_was_fetched() {
        let found = Found { complete: false, upstream_total: Some(300), ..found(vec![]) };
        let refused = ObligationAnswer::new(&found, "1", &Mask::default()).expect_err("refused");
        assert_eq!(refused, Error::Incomplete { fetched: 0, total: Some(300) });
    }

    #[test]
    fn an_obligation_is_masked_by_the_names_of_its_form_too() {
        let form = json!([{ "name": "Otro teléfono", "value": "3000000001" }]);
        let record = json!({ "id": 1234567, "name": "Factura", "form": form });
        let mask = Mask::parse("id,otro telefono").expect("a mask");
        let answer =
            ObligationAnswer::new(&found(vec![record]), "1234567", &mask).expect("an answer");
        assert_eq!(
            json!(answer.obligations),
            json!([{ "id": "•••67", "name": "Factura", "form": { "Otro teléfono": "•••001" } }])
        );
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
        for (fields, length) in [(70, 1_000), (2_000, 40), (4_000, 5)] {
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
        let with_more = json!([
            { "name": "Saldo en dólares", "value": "100", "symbol": "USD" },
            { "name": "Cuotas", "values": ["1", "2"] },
            { "name": "Abono", "Value": "5" },
        ]);
        let of_other_kinds = json!([{ "name": "Cuotas", "values": ["1", "2"] }]);
        for form in
            [json!(["x"]), json!("x"), json!({ "a": "b" }), twice, with_more, of_other_kinds]
        {
            let text = answer(vec![json!({ "id": "obl1", "form": form })]);
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(answer["obligations"][0]["form"], form);
        }
    }

    #[test]
    fn a_form_that_is_an_object_with_numbers_for_keys_is_a_list() {
        let entry = |name: &str| json!({ "name": name, "value": "1" });
        let form = json!({ "0": entry("a"), "2": entry("b") });
        let text = answer(vec![json!({ "id": "obl1", "form": form })]);
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["obligations"][0]["form"], json!({ "a": "1", "b": "1" }));
    }

    #[test]
    fn only_the_form_becomes_an_object_by_its_names() {
        let list = json!([{ "name": "a", "value": "1" }]);
        let text = answer(vec![json!({ "id": "obl1", "otros": list })]);
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["obligations"][0]["otros"], list);
    }
}
