//! Answers about obligations.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::as_of;
use crate::answer::tests::record;
use crate::answer::*;
use crate::error::ReplyDefect;
use crate::language::Language;

fn found(records: Vec<Value>) -> Found {
    let rows = tidy(records.into_iter().map(record).collect());
    let as_of = "2026-11-21T01:10:00Z".parse().expect("a time");
    Found { rows, as_of, upstream_total: None, complete: true, cut_short: None, blank: 0 }
}

fn asked(records: Vec<Value>, id: &str) -> Result<ObligationAnswer, Error> {
    let found = found(records);
    ObligationAnswer::new(&found, id, &Mask::default(), &as_of(&found))
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
    assert!(both.hint.to(Language::English).contains("another id"));
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
    let refused =
        ObligationAnswer::new(&found, "1", &Mask::default(), &as_of(&found)).expect_err("refused");
    assert_eq!(refused, Error::Incomplete { fetched: 0, total: Some(300) });
}

#[test]
fn an_obligation_is_masked_by_the_names_of_its_form_too() {
    let form = json!([{ "name": "Otro teléfono", "value": "3000000001" }]);
    let record = json!({ "id": 1234567, "name": "Factura", "form": form });
    let mask = Mask::parse("id,otro telefono").expect("a mask");
    let found = found(vec![record]);
    let answer = ObligationAnswer::new(&found, "1234567", &mask, &as_of(&found));
    let answer = answer.expect("an answer");
    assert_eq!(
        json!(answer.obligations),
        json!([{
            "id": "•••67", "name": "Factura", "form": { "Otro teléfono": "•••001" },
            "unknown": [
                "total_balance", "portfolio_type", "last_pay", "last_pay_date", "expiring_date",
                "days_delay",
            ],
        }])
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
      "as_of": "2026-11-20T20:10:00-05:00",
      "obligations": [
        {
          "id": "obl1",
          "name": "Factura 12345",
          "total_balance": "10000.00",
          "last_pay": "2000",
          "last_pay_date": "2023-06-06",
          "days_delay": "90",
          "form": {
            "Frecuencia": "Mensual"
          },
          "unknown": [
            "portfolio_type",
            "expiring_date"
          ]
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
      "as_of": "2026-11-20T20:10:00-05:00",
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
    for form in [json!(["x"]), json!("x"), json!({ "a": "b" }), twice, with_more, of_other_kinds] {
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

#[test]
fn a_date_is_shown_in_one_form_and_the_days_since_it_beside_wolkvoxs() {
    use crate::record::json as value;
    let shown = |due: &str, delay: Value| {
        let record = json!({ "id": "obl1", "expiring_date": due, "days_delay": delay });
        let answer = asked(vec![record], "obl1").expect("an answer");
        let one = &answer.obligations[0];
        (one["expiring_date"].clone(), one.get("days_overdue").cloned())
    };
    let iso = value!("2026-11-10");
    assert_eq!(shown("10-11-2026", json!("10")), (iso.clone(), None));
    assert_eq!(shown("10/11/2026", json!("9")), (iso.clone(), Some(value!(10))));
    assert_eq!(shown("2026-11-10", json!("")), (iso.clone(), Some(value!(10))));
    // It is still the same day in Bogotá.
    assert_eq!(shown("20-11-2026", json!("0")), (value!("2026-11-20"), None));
    assert_eq!(shown("01-12-2026", json!("5")), (value!("2026-12-01"), Some(value!(0))));
    assert_eq!(shown("pronto", json!("5")), (value!("pronto"), None));
}

fn of_case_file(
    names: &[&str],
    answers: Vec<Result<ObligationAnswer, Error>>,
) -> Result<Value, Error> {
    let gestiones = names.iter().map(|name| json!({ "obligation": name })).collect();
    let found = found(gestiones);
    let named = NamedObligations::of(&found);
    named.answer(answers, &Mask::default(), &as_of(&found)).map(|answer| json!(answer))
}

fn with_balance(id: &str, balance: &str) -> Result<ObligationAnswer, Error> {
    asked(vec![json!({ "id": id, "total_balance": balance })], id)
}

#[test]
fn the_obligations_of_a_case_file_come_together_and_their_balances_are_summed() {
    let answers = vec![with_balance("A", "1000.50"), with_balance("B", "2000")];
    let answer = of_case_file(&["A", "B", "A"], answers).expect("an answer");
    assert_eq!((&answer["total"], &answer["total_balance"]), (&json!(2), &json!("3000.50")));
    assert_eq!((answer.get("hint"), answer.get("incomplete")), (None, None));
}

#[test]
fn a_sum_is_only_told_where_every_balance_is_known() {
    for (second, has_hint) in [("", true), ("1.250.000", true), ("5", false)] {
        let answers = vec![with_balance("A", "1000"), with_balance("B", second)];
        let answer = of_case_file(&["A", "B"], answers).expect("an answer");
        assert_eq!(answer.get("total_balance").is_none(), has_hint, "{second}");
        assert_eq!(answer["hint"].as_str().is_some_and(|it| it.contains("No sum")), has_hint);
    }
    // One that is not there may be owed, too.
    let answers = vec![with_balance("A", "1"), with_balance("B", "2"), asked(vec![], "C")];
    let answer = of_case_file(&["A", "B", "C"], answers).expect("an answer");
    assert_eq!(answer.get("total_balance"), None);
}

#[test]
fn an_obligation_that_could_not_be_shown_is_named_with_the_reason() {
    let busy = || Error::Busy { attempts: 1, max_in_flight: Some(2) };
    let answers = vec![with_balance("A", "1"), asked(vec![], "B"), Err(busy())];
    let answer = of_case_file(&["A", "B", "C"], answers).expect("an answer");
    assert_eq!(answer["incomplete"], true);
    assert_eq!(
        answer["not_found"],
        json!([
            { "name": "B", "reason": "no obligation has this name as its id" },
            {
                "name": "C",
                "reason": "could not be looked up (busy): whether it has a balance is unknown",
            },
        ])
    );
    let refused = of_case_file(&["A", "B"], vec![Err(busy()), Err(busy())]);
    assert_eq!(refused.expect_err("refused"), busy(), "nothing could be looked up");
}

#[test]
fn none_is_not_said_of_a_case_file_where_not_all_was_looked_up() {
    let busy = || Error::Busy { attempts: 1, max_in_flight: Some(2) };
    let refused = of_case_file(&["A", "B"], vec![asked(vec![], "A"), Err(busy())]);
    assert_eq!(refused.expect_err("refused"), busy());
    let names: Vec<String> = (0..11).map(|n| format!("FIC-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let missing = names.iter().take(8).map(|name| asked(vec![], name)).collect();
    let refused = of_case_file(&names, missing).expect_err("refused");
    assert_eq!(refused, Error::Incomplete { fetched: 8, total: Some(11) });
    let part = Found { complete: false, ..found(vec![json!({ "date": "2026-11-01" })]) };
    let refused = NamedObligations::of(&part).answer(vec![], &Mask::default(), &as_of(&part));
    assert_eq!(refused.expect_err("refused"), Error::Incomplete { fetched: 1, total: None });
}

#[test]
fn a_masked_name_is_masked_among_those_not_found_too() {
    let found = found(vec![json!({ "obligation": "SECRETO-889900045" })]);
    let mask = Mask::parse("obligation").expect("a mask");
    let missing = vec![asked(vec![], "SECRETO-889900045")];
    let answer = NamedObligations::of(&found).answer(missing, &mask, &as_of(&found));
    let told = json!(answer.expect("an answer")).to_string();
    assert!(told.contains("•••0045") && !told.contains("SECRETO"), "{told}");
}

#[test]
fn a_case_file_without_obligations_is_not_one_that_owes_nothing() {
    let answer = of_case_file(&["", ""], vec![]).expect("an answer");
    assert_eq!((&answer["outcome"], &answer["total"]), (&json!("none"), &json!(0)));
    let hint = answer["hint"].as_str().expect("a hint");
    assert!(hint.contains("No gestión belongs"), "{hint}");
    let found = found(vec![json!({ "date": "2026-11-01" })]);
    let answer = NamedObligations::of(&found).answer(vec![], &Mask::default(), &as_of(&found));
    let hint = answer.expect("an answer").hint.to(Language::English);
    assert!(hint.contains("does not mean that nothing is owed"), "{hint}");
}

#[test]
fn more_obligations_than_are_asked_for_are_counted() {
    let names: Vec<String> = (0..11).map(|n| format!("FIC-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let answers = names.iter().take(8).map(|name| with_balance(name, "1")).collect();
    let answer = of_case_file(&names, answers).expect("an answer");
    assert_eq!((&answer["total"], &answer["incomplete"]), (&json!(8), &json!(true)));
    assert!(answer["hint"].as_str().expect("a hint").contains("3 more obligations"));
    assert_eq!(answer.get("total_balance"), None);
}
