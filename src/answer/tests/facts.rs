//! The facts of an answer: counts over all matches, filters, the newest, the customers.

use insta::assert_snapshot;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::recount::counted;
use super::*;
use crate::answer::*;

/// The day of [`as_of`].
pub(super) const TODAY: Date = date(2026, 11, 20);

pub(super) fn filters(tipification: &str, channel: &str, obligation: &str) -> Filters {
    let wanted = |text: &str| (!text.is_empty()).then(|| Wanted::new(text));
    Filters {
        tipification: wanted(tipification),
        channel: wanted(channel),
        obligation: wanted(obligation),
    }
}

fn filtered(records: &[Value], filters: Filters) -> Answer {
    built(&found(records), &View { filters, limit: 100, ..View::default() }, "")
}

pub(super) fn contact(day: &str, outcome: &str, channel: &str, obligation: &str) -> Value {
    json!({
        "date": day, "tipification_description": outcome, "type_interaction": channel,
        "obligation": obligation, "agent_name": "Agente Prueba", "id_customer": "900000001",
    })
}

#[test]
fn a_summary_tells_days_outcomes_channels_months_and_obligations() {
    let records = [
        contact("2026-11-20 08:00:00", "Promesa de pago", "outbound_ma", "FIC-001"),
        contact("2026-11-15 08:00:00", "No contesta", "outbound_ma", "FIC-002"),
        contact("2026-10-25 08:00:00", "TIMEOUTACW", "inbound", "FIC-001"),
        contact("2025-09-01 08:00:00", "", "chat-whatsapp", ""),
    ];
    let view = View { limit: 1, ..View::default() };
    assert_snapshot!(serde_json::to_string_pretty(&built(&found(&records), &view, "").summary).expect("JSON"), @r#"
    {
      "first": "2025-09-01",
      "last": "2026-11-20",
      "days_since_last": 0,
      "today": 1,
      "last_7_days": 2,
      "last_7_days_by_channel": {
        "outbound_ma": 2
      },
      "last_30_days": 3,
      "by_tipification": {
        "No contesta": 1,
        "Promesa de pago": 1
      },
      "without_tipification": 2,
      "by_channel": {
        "outbound_ma": 2,
        "chat-whatsapp": 1,
        "inbound": 1
      },
      "by_month": {
        "2026-11": 2,
        "2026-10": 1,
        "2025-09": 1
      },
      "by_obligation": {
        "FIC-001": 2,
        "FIC-002": 1
      },
      "without_obligation": 1
    }
    "#);
}

#[test]
fn what_the_days_asked_for_leave_out_is_not_counted_as_nothing() {
    let records = [
        contact("2026-11-20 08:00:00", "Promesa de pago", "inbound", ""),
        contact("2026-11-18 08:00:00", "No contesta", "inbound", ""),
        contact("2026-11-17 08:00:00", "No contesta", "inbound", ""),
        contact("2026-11-01 08:00:00", "No contesta", "inbound", ""),
    ];
    let counts = |since: Option<Date>, until: Option<Date>| {
        let view = View { since, until, ..View::default() };
        let summary = built(&found(&records), &view, "").summary.expect("a summary");
        (summary.today, summary.last_7_days, summary.last_30_days)
    };
    let day = |day| Some(date(2026, 11, day));
    assert_eq!(counts(None, None), (Some(1), Some(3), Some(4)));
    assert_eq!(counts(None, day(20)), (Some(1), Some(3), Some(4)));
    assert_eq!(counts(None, day(19)), (None, None, None));
    assert_eq!(counts(day(14), None), (Some(1), Some(3), None));
    assert_eq!(counts(day(15), None), (Some(1), None, None));
}

#[test]
fn today_is_the_call_centres_day_in_the_evening_too() {
    let records = [1, 2].map(|_| contact("2026-11-20 19:30:00", "No contesta", "inbound", ""));
    let found = Found { as_of: "2026-11-21T01:10:00Z".parse().expect("a time"), ..found(&records) };
    let answer = built(&found, &View::default(), "");
    assert_eq!(answer.as_of, "2026-11-20T20:10:00-05:00");
    let summary = answer.summary.expect("a summary");
    assert_eq!((summary.today, summary.days_since_last), (Some(2), Some(0)));
}

#[test]
fn a_day_in_the_future_is_no_day_since() {
    let records = [contact("2026-11-22", "a", "", ""), contact("2026-11-19", "a", "", "")];
    let summary = built(&found(&records), &View::default(), "").summary.expect("a summary");
    assert_eq!((summary.last.as_deref(), summary.days_since_last), (Some("2026-11-22"), None));
    assert_eq!((summary.today, summary.last_7_days), (Some(0), Some(1)));
}

#[test]
fn filters_compare_without_case_and_accents_by_code_or_words() {
    let mut both = contact("2026-11-20", "Promesa de pago", "out_pre", "FIC-001");
    both["tipification_code"] = json!("PP");
    let records = [
        both,
        contact("2026-11-19", "Gestión única", "outbound_ma", "FIC-002"),
        contact("2026-11-18", "TIMEOUTACW", "inbound", "FIC-002"),
        contact("2026-11-17", "", "chat-whatsapp", ""),
    ];
    for (wanted, total) in [
        (filters("pp", "", ""), 1),
        (filters("PROMESA  DE PAGO", "", ""), 1),
        (filters("gestion unica", "", ""), 1),
        (filters("timeoutacw", "", ""), 1),
        (filters("without_tipification", "", ""), 2),
        (filters("Sin tipificar", "", ""), 2),
        (filters("", "call", ""), 3),
        (filters("", "outbound", ""), 2),
        (filters("", "Out_Pre", ""), 1),
        (filters("", "chat", ""), 1),
        (filters("", "", "fic-002"), 2),
        (filters("", "inbound", "fic-002"), 1),
    ] {
        let answer = filtered(&records, wanted.clone());
        assert_eq!(answer.total, total, "{total}");
        assert_eq!(answer.other_matches, Some(4 - total), "{total}");
    }
    assert_eq!(filtered(&records, Filters::default()).other_matches, None);
}

#[test]
fn wolkvoxs_own_number_is_of_all_and_not_of_what_a_filter_keeps() {
    let mut found = found(&[
        contact("2026-11-20", "No contesta", "inbound", ""),
        contact("2026-11-19", "Promesa de pago", "inbound", ""),
    ]);
    (found.complete, found.upstream_total) = (false, Some(1_300));
    let total = |filters| built(&found, &View { filters, ..View::default() }, "").total;
    assert_eq!(total(Filters::default()), 1_300);
    assert_eq!(total(filters("No contesta", "", "")), 1);
}

#[test]
fn a_filter_that_matches_nothing_lists_the_nearest_values_there_are() {
    let records = [
        contact("2026-11-20", "No contesta", "inbound", "FIC-001"),
        contact("2026-11-19", "Promesa incumplida", "inbound", "FIC-002"),
        contact("2026-11-18", "No contesta", "inbound", "FIC-001"),
    ];
    let hints = |wanted| filtered(&records, wanted).hint.to(Language::English);
    let found = [
        hints(filters("promesa", "", "")),
        hints(filters("", "outbound", "")),
        hints(filters("", "", "FIC-999")),
        hints(filters("No contesta", "", "FIC-002")),
    ];
    assert_snapshot!(found.join("\n"), @"
    No record has the `tipification` asked for; there are: `Promesa incumplida`, `No contesta`.
    No record has the `channel` asked for; there are: `inbound`.
    No record has the `obligation` asked for; there are: `FIC-001`, `FIC-002`.
    Nothing passes all the filters at once; in all: 3 records.
    ");
    let none = filtered(&records, filters("promesa", "", ""));
    assert_eq!((none.outcome, none.total, none.other_matches), (Outcome::None, 0, Some(3)));
    assert_eq!(none.latest.expect("the newest").date, "2026-11-20");
}

#[test]
fn a_filter_on_days_says_which_of_both_leaves_nothing() {
    let records = [contact("2026-11-20", "No contesta", "inbound", "FIC-001")];
    let view = View {
        since: Some(date(2026, 12, 1)),
        filters: filters("No contesta", "", ""),
        ..View::default()
    };
    let hint = built(&found(&records), &view, "").hint.to(Language::English);
    assert_eq!(hint, "Nothing on these days passes the filters; in all: 1 record.");
}

#[test]
fn the_newest_is_told_wherever_it_is_not_shown() {
    let records = [
        contact("2026-11-10", "No contesta", "inbound", "FIC-001"),
        contact("2026-11-15 09:00", "Promesa de pago", "outbound_ma", "FIC-002"),
        json!({ "date": "el martes", "tipification_description": "No contesta" }),
    ];
    let found = found(&records);
    let latest = |view: &View| built(&found, view, "").latest;
    assert_eq!(latest(&View::default()), None);
    let elsewhere = latest(&View { offset: 1, ..View::default() });
    assert_eq!(
        json!(elsewhere),
        json!({
            "date": "2026-11-15 09:00:00", "days_since": 5, "tipification": "Promesa de pago",
            "type_interaction": "outbound_ma", "agent_name": "Agente Prueba",
            "obligation": "FIC-002",
        })
    );
    let filtered = View { filters: filters("No contesta", "", ""), ..View::default() };
    assert_eq!(latest(&filtered), elsewhere);
    let until = View { until: Some(date(2026, 11, 12)), ..View::default() };
    assert_eq!(latest(&until), elsewhere);
    // Nobody knows the newest of what was not fetched whole.
    let part = Found { complete: false, ..found.clone() };
    assert_eq!(built(&part, &filtered, "").latest, None);
    let masked = built(&found, &filtered, "employees,tipification_description").latest;
    let masked = masked.expect("the newest");
    assert_eq!(masked.agent_name.as_deref(), Some("•••ueba"));
    assert_eq!(masked.tipification.as_deref(), Some("•••pago"));
    assert_eq!(built(&found, &filtered, "date").latest, None);
}

#[test]
fn customers_who_share_what_was_searched_are_counted_and_those_not_shown_are_said() {
    let mut records: Vec<Value> = (1..=3)
        .map(|n| {
            let mut contact = contact(&format!("2026-11-{n:02}"), "No contesta", "inbound", "");
            contact["id_customer"] = json!(format!("90000000{n}"));
            contact
        })
        .collect();
    records.push(contact("2026-11-09", "No contesta", "inbound", ""));
    let view = View { limit: 1, ..View::default() };
    let answer = built(&found(&records), &view, "");
    assert_eq!(answer.customers, Some(3));
    assert_eq!(hint(&answer), "The matches belong to 3 customers; this page shows 1.");
    let by_customer = answer.summary.expect("a summary").by_customer;
    assert_eq!(json!(by_customer), json!({ "900000001": 2, "900000002": 1, "900000003": 1 }));
    let whole = built(&found(&records), &View::default(), "");
    assert_eq!((whole.customers, hint(&whole)), (Some(3), String::new()));
    let one = built(&found(&records[..1]), &View::default(), "");
    assert_eq!(one.customers, None);
}

#[test]
fn a_name_that_all_share_is_not_said_again_where_all_are_shown() {
    let records = [
        contact("2026-11-20", "No contesta", "inbound", "FIC-001"),
        contact("2026-11-19", "Promesa de pago", "inbound", "FIC-001"),
    ];
    let summary = |limit| {
        let view = View { limit, ..View::default() };
        built(&found(&records), &view, "").summary.expect("a summary")
    };
    assert_eq!((summary(2).by_channel, summary(2).by_obligation), (None, None));
    assert_eq!(json!(summary(1).by_channel), json!({ "inbound": 2 }));
    assert_eq!(json!(summary(1).by_obligation), json!({ "FIC-001": 2 }));
    assert!(built(&found(&records[..1]), &View::default(), "").summary.is_none());
}

#[test]
fn months_are_the_thirteen_newest_and_the_rest_together() {
    let records: Vec<Value> = (0..30)
        .map(|n| contact(&TODAY.saturating_sub((n * 31).days()).to_string(), "a", "", ""))
        .collect();
    let summary = built(&found(&records), &View::default(), "").summary.expect("a summary");
    let months = summary.by_month.expect("months");
    assert_eq!(months.keys().next().map(|month| &**month), Some("2026-11"));
    assert_eq!(months.len(), 13);
    assert_eq!(counted(&months) + summary.earlier_months, 30);
}
