//! Properties of every answer: lengths, pages, common fields.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::answer::*;

#[test]
fn an_answer_that_would_be_too_long_gives_whole_records_and_the_way_on() {
    let long: Vec<Value> =
        (0..100).map(|n| json!({ "n": n, "nota": format!("{n}").repeat(900) })).collect();
    let view = View { limit: 100, ..View::default() };
    let answer =
        Answer::new(&found(&long), searched(), &view, &Mask::default(), &as_of(&found(&long)))
            .expect("an answer");
    let shown = answer.records.len();
    assert!(shown > 20 && shown < 100, "{shown}");
    assert_eq!(answer.next_offset, Some(shown as u64));
    assert!(answer.records.iter().all(|record| record.len() == 2));
}

#[test]
fn one_record_that_is_too_long_by_itself_is_shortened_and_says_so() {
    let huge: Map<_, _> =
        (0..200).map(|n| (format!("campo {n}"), json!("x".repeat(999)))).collect();
    let answer = {
        let found = found(&[Value::Object(huge)]);
        Answer::new(&found, searched(), &View::default(), &Mask::default(), &as_of(&found))
    };
    let answer = answer.expect("an answer");
    assert_eq!(answer.records[0].len(), 200);
    assert!(hint(&answer).contains("shortened"));
    assert!(length(&answer) < LONGEST_ANSWER);
}

#[test]
fn as_many_whole_records_are_given_as_fit_or_nearly() {
    let long = |n: usize| json!({ "nota": format!("{n:03}{}", "x".repeat(990)) });
    let view = View { limit: 100, ..View::default() };
    let given = |records: &[Value]| built(&found(records), &view, "").records.len();
    let even: Vec<Value> = (0..100).map(long).collect();
    assert!((50..=60).contains(&given(&even)), "{}", given(&even));
    // Here the first guess is too high: the long ones come first.
    let short = (60..100).map(|n| json!({ "n": n }));
    let uneven: Vec<Value> = (0..60).map(long).chain(short).collect();
    assert!((25..=60).contains(&given(&uneven)), "{}", given(&uneven));
}

#[test]
fn of_a_record_with_thousands_of_fields_about_as_many_are_given_as_fit() {
    let fields = (0..20_000).map(|n| (format!("campo {n}"), json!("x")));
    let answer = built(&found(&[Value::Object(fields.collect())]), &View::default(), "");
    let given = answer.records[0].len();
    assert!((1_250..=5_000).contains(&given), "{given}");
    assert!(hint(&answer).contains("fields were left out"));
    assert!(length(&answer) < LONGEST_ANSWER);
}

#[test]
fn an_answers_length_is_counted_in_characters() {
    assert_eq!(crate::answer::page::length(&"ñ@€😀"), 6);
}

fn length(answer: &Answer) -> usize {
    serde_json::to_string(answer).expect("JSON").chars().count()
}

/// Values of every kind that a record can hold.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(json!("")),
        Just(Value::Null),
        "[a-c]{1,3}".prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        (0..3_i64).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[x-z]", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn records() -> impl Strategy<Value = Vec<Value>> {
    let key = prop_oneof![
        proptest::sample::select(crate::fields::FIELDS).prop_map(|field| field.name.to_owned()),
        "[a-e ]{1,3}",
        "\\PC{1,8}",
    ];
    let date = prop_oneof![
        (1..28_u8).prop_map(|day| format!("2026-11-{day:02} 08:00:00")),
        "[0-9/-]{0,10}",
    ];
    let record =
        (proptest::collection::vec((key, values()), 0..8), date).prop_map(|(fields, date)| {
            let mut record: Map<_, _> = fields.into_iter().collect();
            record.insert("date".to_owned(), date.into());
            Value::Object(record)
        });
    proptest::collection::vec(record, 0..8)
}

proptest! {
    #[test]
    fn common_and_records_together_are_the_chosen_columns(records in records(), all: bool) {
        let found = found(&records);
        let columns = if all { Columns::All } else { Columns::Usual };
        let chosen = columns.resolve(&found.rows, Reader::Model).expect("columns");
        let view = View { columns, limit: 100, ..View::default() };
        let answer = Answer::new(&found, searched(), &view, &Mask::default(), &as_of(&found)).expect("an answer");
        prop_assert_eq!(answer.records.len(), found.rows.len());
        for (row, shown) in found.rows.iter().zip(&answer.records) {
            let mut whole = answer.common.clone().unwrap_or_default();
            whole.extend(shown.clone());
            // Maps are equal whatever their order.
            prop_assert_eq!(&whole, &chosen.of(&[row], &Mask::default()).records[0]);
        }
    }

    #[test]
    fn pages_one_after_the_other_give_every_record_once_in_order(
        records in records(), limit in 1..5_usize,
    ) {
        let found = found(&records);
        let mut seen = Vec::new();
        let mut next = Some(0);
        while let Some(offset) = next {
            let offset = usize::try_from(offset).expect("a size");
            let view = View { columns: Columns::All, limit, offset, ..View::default() };
            let page = Answer::new(&found, searched(), &view, &Mask::default(), &as_of(&found)).expect("an answer");
            for record in page.records {
                let mut whole = page.common.clone().unwrap_or_default();
                whole.extend(record);
                seen.push(whole);
            }
            next = page.next_offset;
        }
        let all: Vec<Record> = found.rows.iter().map(|row| row.record.clone()).collect();
        prop_assert_eq!(seen, all);
    }

    #[test]
    fn masking_is_the_same_for_the_same_value_and_hides_two_thirds(text in "\\PC{1,40}") {
        let note = json!({ "nota": text, "x": 1 });
        let answer = built(&found(&[note.clone(), note]), &View::default(), "nota");
        let shown = answer.common.and_then(|common| Some(common.get("nota")?.as_str()?.to_owned()));
        if let Some(shown) = shown {
            let readable = shown.chars().count().saturating_sub(3);
            prop_assert!(readable <= 4 && readable * 3 <= text.chars().count());
        }
    }
}

proptest! {
    // Each case is a megabyte.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_answer_is_longer_than_an_assistant_reads(
        fields in 1..90_usize, length_of_value in 0..1_100_usize, count in 1..12_usize,
    ) {
        let wide: Map<_, _> = (0..fields)
            .map(|n| (format!("campo {n}"), json!("ñ\"".repeat(length_of_value / 2))))
            .collect();
        let records: Vec<Value> = (0..count)
            .map(|n| {
                let mut record = wide.clone();
                record.insert("n".to_owned(), json!(n));
                record.insert("tipification_code".to_owned(), json!(format!("{n}{}", "t".repeat(900))));
                record.insert("obligation".to_owned(), json!(format!("{n}{}", "o".repeat(900))));
                Value::Object(record)
            })
            .collect();
        let view = View { limit: 100, ..View::default() };
        let answer = Answer::new(&found(&records), searched(), &view, &Mask::default(), &as_of(&found(&records))).expect("an answer");
        prop_assert!(length(&answer) < LONGEST_ANSWER, "{}", length(&answer));
        prop_assert!(!answer.records.is_empty());
    }
}
