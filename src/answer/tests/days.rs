//! Days, dates that cannot be read, and what is not known.

use insta::assert_snapshot;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::answer::*;

#[test]
fn days_are_inclusive_and_undated_records_are_counted() {
    let found = found(&[
        gestion(1, "antes"),
        gestion(2, "primer día"),
        gestion(4, "último día"),
        gestion(5, "después"),
        json!({ "date": "el martes", "tipification_description": "sin fecha" }),
    ]);
    let view =
        View { since: Some(date(2026, 11, 2)), until: Some(date(2026, 11, 4)), ..View::default() };
    assert_snapshot!(answer(&found, &view), @r#"
    {
      "outcome": "found",
      "total": 2,
      "as_of": "2026-11-20T10:04:05-05:00",
      "undated": 1,
      "hint": "1 record without a readable date was left out; search without `since` and `until` to see it. One has the date `el martes`.",
      "common": {
        "obligation": "FIC-001",
        "id_customer": "900000001",
        "client_name": "Cliente"
      },
      "records": [
        {
          "date": "2026-11-04 10:15:00",
          "tipification_description": "último día"
        },
        {
          "date": "2026-11-02 10:15:00",
          "tipification_description": "primer día"
        }
      ],
      "other_matches": 2,
      "latest": {
        "date": "2026-11-05 10:15:00",
        "days_since": 15,
        "tipification": "después",
        "obligation": "FIC-001"
      },
      "summary": {
        "first": "2026-11-02",
        "last": "2026-11-04",
        "days_since_last": 16,
        "by_tipification": {
          "primer día": 1,
          "último día": 1
        }
      }
    }
    "#);
}

#[test]
fn nothing_on_these_days_is_not_nothing_at_all() {
    let view = View { since: Some(date(2026, 12, 1)), ..View::default() };
    let found = found(&[gestion(1, "antes")]);
    assert_snapshot!(answer(&found, &view), @r#"
    {
      "outcome": "none",
      "total": 0,
      "as_of": "2026-11-20T10:04:05-05:00",
      "hint": "Nothing on these days; 1 record on other days.",
      "records": [],
      "other_matches": 1,
      "latest": {
        "date": "2026-11-01 10:15:00",
        "days_since": 19,
        "tipification": "antes",
        "obligation": "FIC-001"
      }
    }
    "#);
}

#[test]
fn undated_records_come_last_and_show_their_date_as_it_came() {
    let found = found(&[json!({ "date": "mañana", "n": 1 }), gestion(3, "No contesta")]);
    assert_snapshot!(answer(&found, &View::default()), @r#"
    {
      "outcome": "found",
      "total": 2,
      "as_of": "2026-11-20T10:04:05-05:00",
      "undated": 1,
      "hint": "1 record without a readable date stands last, in wolkvox's order; it may be the newest.",
      "records": [
        {
          "date": "2026-11-03 10:15:00",
          "tipification_description": "No contesta",
          "obligation": "FIC-001",
          "id_customer": "900000001",
          "client_name": "Cliente"
        },
        {
          "date": "mañana",
          "n": 1
        }
      ],
      "summary": {
        "first": "2026-11-03",
        "last": "2026-11-03",
        "days_since_last": 17,
        "today": 0,
        "last_7_days": 0,
        "last_30_days": 1,
        "by_tipification": {
          "No contesta": 1
        },
        "without_tipification": 1,
        "by_obligation": {
          "FIC-001": 1
        },
        "without_obligation": 1
      }
    }
    "#);
}

#[test]
fn only_dated_records_are_on_other_days() {
    let found = found(&[gestion(1, "a"), gestion(2, "b"), json!({ "n": 1 })]);
    let view = |day| View { since: Some(date(2026, 11, day)), ..View::default() };
    for (day, on_days, other_days) in [(2, 1, 1), (1, 2, 0), (9, 1, 2)] {
        let view = view(day);
        let matches = view.matches(&found.rows);
        let counts = (matches.rows.len(), matches.others, matches.undated);
        assert_eq!(counts, (on_days, other_days, 1));
        assert_eq!(matches.is_undecided, day == 9);
    }
    assert!(!view(9).matches(&found.rows[..2]).is_undecided, "all are on other days");
}

#[test]
fn an_incomplete_answer_says_so_with_wolkvoxs_own_total() {
    let mut found = found(&[gestion(3, "No contesta")]);
    found.complete = false;
    found.upstream_total = Some(1_234);
    assert_snapshot!(answer(&found, &View::default()), @r#"
    {
      "outcome": "found",
      "total": 1234,
      "fetched": 1,
      "as_of": "2026-11-20T10:04:05-05:00",
      "incomplete": true,
      "hint": "INCOMPLETE: only 1 record of wolkvox's 1234 could be fetched; the newest may be missing.",
      "records": [
        {
          "date": "2026-11-03 10:15:00",
          "tipification_description": "No contesta",
          "obligation": "FIC-001",
          "id_customer": "900000001",
          "client_name": "Cliente"
        }
      ]
    }
    "#);
}

#[test]
fn nothing_in_what_was_fetched_of_more_is_a_failure() {
    let dated = View { since: Some(date(2026, 12, 1)), ..View::default() };
    let undated = json!({ "date": "el martes" });
    for (records, view) in [
        (vec![gestion(3, "No contesta")], &dated),
        (vec![gestion(3, "No contesta"), undated], &dated),
        (vec![], &View::default()),
    ] {
        let mut found = found(&records);
        found.complete = false;
        found.upstream_total = Some(1_500);
        let refused = Answer::new(&found, searched(), view, &Mask::default(), &as_of(&found))
            .expect_err("refused");
        let fetched = records.len();
        assert_eq!(refused, Error::Incomplete { fetched, total: Some(1_500) });
    }
    let refused = Error::Incomplete { fetched: 1, total: Some(1_500) }.for_model();
    assert_snapshot!(refused, @"incomplete: nothing matched in what was fetched: 1 of wolkvox's 1500 records. This is not an answer: a record that was not fetched may match. Search by a field that matches fewer records. An administrator can raise WOLKVOX_MAX_PAGES.");
}

#[test]
fn an_incomplete_answer_counts_what_came_and_names_no_first_and_last_day() {
    let mut found = found(&[gestion(3, "No contesta"), gestion(9, "No contesta")]);
    found.complete = false;
    for (said, total) in [(Some(1_300), 1_300), (None, 2), (Some(1), 2), (Some(2), 2)] {
        found.upstream_total = said;
        let answer = built(&found, &View { limit: 1, ..View::default() }, "");
        assert_eq!((answer.total, answer.fetched, answer.next_offset), (total, Some(2), Some(1)));
        let summary = answer.summary.expect("a summary");
        assert_eq!((summary.first, summary.last), (None, None));
        let hint = answer.hint.to(Language::English);
        assert!(hint.contains("the newest may be missing"), "{hint}");
        assert_eq!(hint.contains("wolkvox's"), total > 2, "{hint}");
        // wolkvox's number is of all days.
        let dated = View { since: Some(date(2026, 11, 4)), ..View::default() };
        assert_eq!(built(&found, &dated, "").total, 1);
    }
    found.complete = true;
    found.upstream_total = Some(9);
    let answer = built(&found, &View::default(), "");
    assert_eq!((answer.total, answer.fetched), (2, None));
}

#[test]
fn records_whose_date_cannot_be_read_are_neither_none_nor_a_match() {
    let view = View { since: Some(date(2026, 12, 1)), ..View::default() };
    let found = found(&[gestion(1, "antes"), json!({ "date": "el martes" }), json!({ "n": 1 })]);
    assert_snapshot!(answer(&found, &view), @r#"
    {
      "outcome": "found",
      "total": 2,
      "as_of": "2026-11-20T10:04:05-05:00",
      "undated": 2,
      "hint": "UNDECIDED: whether there is one on these days is not known. Those given have no readable date: they may be from these days or from others. Outside the dates and filters: 1 record.",
      "records": [
        {
          "date": "el martes"
        },
        {
          "n": 1
        }
      ],
      "other_matches": 1,
      "latest": {
        "date": "2026-11-01 10:15:00",
        "days_since": 19,
        "tipification": "antes",
        "obligation": "FIC-001"
      }
    }
    "#);
    let only = self::found(&[json!({ "date": "?" })]);
    let hint = built(&only, &view, "").hint.to(Language::English);
    assert!(!hint.contains("other days"), "{hint}");
}

#[test]
fn where_undated_records_stand_is_said_and_one_is_shown_if_the_page_has_none() {
    let hint = |records: &[Value], limit| {
        built(&found(records), &View { limit, ..View::default() }, "").hint.to(Language::English)
    };
    let dated = gestion(3, "No contesta");
    let odd = json!({ "date": "el martes", "n": 1 });
    let blank = json!({ "n": 2 });
    assert_eq!(hint(std::slice::from_ref(&dated), 20), "");
    assert_snapshot!([
        hint(&[dated.clone(), odd.clone()], 20),
        hint(&[dated.clone(), odd.clone(), blank.clone()], 1),
        hint(&[dated.clone(), blank.clone()], 1),
        hint(&[odd, blank], 20),
    ].join("\n"), @"
    1 record without a readable date stands last, in wolkvox's order; it may be the newest.
    2 records without a readable date stand last, in wolkvox's order; one of them may be the newest. One has the date `el martes`.
    1 record without a readable date stands last, in wolkvox's order; it may be the newest. The date is blank.
    No date can be read: the records are in wolkvox's order, so the first may not be the newest.
    ");
}

#[test]
fn records_that_came_blank_are_not_counted_but_said() {
    let found = found(&[gestion(3, "No contesta"), json!({ "client_name": "" })]);
    let answer = built(&found, &View::default(), "");
    assert_eq!(answer.total, 1);
    assert_snapshot!(answer.hint.to(Language::English), @"1 record of wolkvox's came blank and is not counted.");
    let blank = built(&self::found(&[json!({}), json!({ "a": null })]), &View::default(), "");
    assert_eq!((blank.outcome, blank.total), (Outcome::None, 0));
    assert_snapshot!(blank.hint.to(Language::English), @"No record has exactly this value in `id_customer`. If the number may be an additional id, try `customer_id`. 2 records of wolkvox's came blank and are not counted.");
}
