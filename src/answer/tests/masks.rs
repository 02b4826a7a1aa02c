//! What masks hide, and what they must not change.

use insta::assert_snapshot;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::answer::*;

#[test]
fn masked_fields_show_their_last_characters() {
    let mut gestion = gestion(3, "No contesta");
    gestion["client_telephone"] = json!(3_000_000_001_u64);
    gestion["agent_name"] = json!("Agente Prueba");
    gestion["wolkvox_owner"] = json!({ "nombre": "Agente Prueba", "email": "" });
    let view = View { columns: Columns::All, ..View::default() };
    assert_snapshot!(masked(&found(&[gestion]), &view, "personal,employees"), @r#"
    {
      "outcome": "found",
      "total": 1,
      "as_of": "2026-11-20T10:04:05-05:00",
      "records": [
        {
          "date": "2026-11-03 10:15:00",
          "tipification_description": "No contesta",
          "obligation": "FIC-001",
          "agent_name": "•••ueba",
          "id_customer": "•••001",
          "client_name": "•••te",
          "client_telephone": "•••001",
          "wolkvox_owner": {
            "nombre": "•••ueba"
          },
          "module": "collections"
        }
      ]
    }
    "#);
}

#[test]
fn who_attended_can_be_answered_while_customers_are_masked() {
    let gestion = json!({
        "client_name": "Cliente Ficticio", "agent_name": "Agente Prueba",
        "wolkvox_usuario_creacion": "agent_1002@sandbox",
    });
    let view = View { columns: Columns::All, ..View::default() };
    let shown = |list| json!(built(&found(std::slice::from_ref(&gestion)), &view, list).records[0]);
    assert_eq!(shown("personal")["agent_name"], "Agente Prueba");
    assert_eq!(shown("personal")["client_name"], "•••icio");
    assert_eq!(shown("employees")["client_name"], "Cliente Ficticio");
    assert_eq!(shown("employees")["agent_name"], "•••ueba");
    assert_eq!(shown("employees")["wolkvox_usuario_creacion"], "•••dbox");
}

#[test]
fn what_only_looks_alike_under_a_mask_is_not_shared() {
    let customer = |id: &str, name: &str, obligation: &str| json!({ "id_customer": id, "client_name": name, "obligation": obligation, "x": "1" });
    let found = found(&[
        customer("900000001", "Ana", "A-100045"),
        customer("800000001", "Eva", "B-200045"),
    ]);
    let answer = built(&found, &View::default(), "personal,obligation");
    assert_eq!(json!(answer.common), json!({ "x": "1" }));
    let same = json!({ "obligation": "•••45", "id_customer": "•••001", "client_name": "•••a" });
    assert_eq!(json!(answer.records), json!([same, same]));
}

#[test]
fn what_only_looks_alike_under_a_mask_is_counted_apart() {
    let gestion = |obligation: &str, outcome: &str| json!({ "obligation": obligation, "tipifycation_desc": outcome });
    let found = found(&[
        gestion("A-889900045", "Promesa 123"),
        gestion("A-889900045", "Promesa 123"),
        gestion("B-889900045", "Acuerdo 123"),
    ]);
    let view = View { limit: 1, ..View::default() };
    let summary = built(&found, &view, "obligation,tipification_description").summary;
    let summary = summary.expect("a summary");
    let obligations = json!(summary.by_obligation);
    assert_eq!(obligations, json!({ "•••045": 2, "•••045 (2)": 1 }));
    let outcomes = json!(summary.by_tipification);
    assert_eq!(outcomes, json!({ "•••123": 2, "•••123 (2)": 1 }));
}

#[test]
fn names_that_begin_alike_for_long_are_counted_apart() {
    let long = |end: &str| json!({ "tipification_code": "x".repeat(300) + end });
    let found = found(&[long("a"), long("a"), long("b")]);
    let view = View { limit: 1, ..View::default() };
    let summary = built(&found, &view, "").summary.expect("a summary");
    let counts: Vec<_> =
        summary.by_tipification.values().filter_map(crate::Value::as_u64).collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn a_masked_date_decides_days_and_order_but_is_not_told() {
    let found =
        found(&[gestion(3, "antes"), gestion(9, "después"), json!({ "date": "ayer 10 a 11" })]);
    let view = View { since: Some(date(2026, 11, 1)), limit: 1, ..View::default() };
    let shown = masked(&found, &view, "date");
    let answer: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(answer["total"], 2);
    assert_eq!(answer["records"][0]["tipification_description"], "después");
    assert!(!shown.contains("2026-11-09") && !shown.contains("ayer"), "{shown}");
    assert_eq!(answer["summary"].get("last"), None);
}

#[test]
fn a_classification_is_masked_in_each_of_its_spellings() {
    for field in ["tipifycation_desc", "tipification_desc", "tipification_description"] {
        let other = json!({ field: "SECRETO MEDICO", "tipification_description": "OTRA COSA" });
        for record in [json!({ field: "SECRETO MEDICO" }), other] {
            for list in ["tipification_description", "Tipifycation_desc"] {
                let shown = masked(&found(std::slice::from_ref(&record)), &View::default(), list);
                assert!(!shown.contains("SECRETO"), "{shown}");
            }
        }
    }
}

#[test]
fn fields_that_look_alike_after_cleaning_are_masked_alike() {
    let twice = json!({ "Otro teléfono": "3000000001", "Otro\u{200b} teléfono": "3000000002" });
    let shown = masked(&found(&[twice]), &View::default(), "otro telefono");
    assert!(!shown.contains("300000"), "{shown}");
    assert!(shown.contains("Otro teléfono (2)"), "{shown}");
}
