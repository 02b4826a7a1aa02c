//! Every figure of an answer against a plain recount of the raw records.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::Value;

use super::facts::{TODAY, contact, filters};
use super::*;
use crate::answer::*;

pub(super) fn counted(by: &crate::Record) -> usize {
    by.values()
        .map(|count| usize::try_from(count.as_u64().expect("a count")).expect("a size"))
        .sum()
}

/// Generated contacts: some without a date, an outcome, a channel or an obligation.
fn contacts() -> impl Strategy<Value = Vec<Value>> {
    let day = prop_oneof![
        6 => (0..500_i32).prop_map(|ago| TODAY.saturating_sub(ago.days()).to_string()),
        1 => Just("el martes".to_owned()),
        1 => Just(String::new()),
    ];
    let word = |words: &'static [&'static str]| proptest::sample::select(words);
    let outcome =
        word(&["Promesa de pago", "No contesta", "TIMEOUTACW", "timeoutchat", "", "Pago"]);
    let channel = word(&["inbound", "outbound_ma", "out_pre", "chat-whatsapp", ""]);
    let obligation = word(&["FIC-001", "FIC-002", "FIC-003", ""]);
    let contact =
        (day, outcome, channel, obligation).prop_map(|(day, outcome, channel, obligation)| {
            contact(&day, outcome, channel, obligation)
        });
    proptest::collection::vec(contact, 2..60)
}

proptest! {
    #[test]
    fn every_figure_is_that_of_a_plain_recount(
        records in contacts(),
        limit in 1..70_usize,
        (since, until) in (proptest::option::of(0..400_i32), proptest::option::of(0..100_i32)),
        channel in proptest::sample::select(&["", "call", "outbound", "chat", "inbound"][..]),
    ) {
        let day = |ago: Option<i32>| ago.map(|ago| TODAY.saturating_sub(ago.days()));
        let (since, until) = (day(since), day(until));
        prop_assume!(since.zip(until).is_none_or(|(since, until)| since <= until));
        let view = View { since, until, filters: filters("", channel, ""), limit, ..View::default() };
        let answer = built(&found(&records), &view, "");
        // The recount, from the raw records.
        let text = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
        let day_of = |record: &Value| text(record, "date").parse::<Date>().ok();
        let passes = |record: &&Value| match (channel, text(record, "type_interaction").as_str()) {
            ("", _) | ("call", "inbound" | "outbound_ma" | "out_pre") => true,
            ("outbound", "outbound_ma" | "out_pre") | ("chat", "chat-whatsapp") => true,
            (wanted, code) => wanted == code,
        };
        let is_dated = since.is_some() || until.is_some();
        let kept: Vec<&Value> = records.iter().filter(passes).collect();
        let on_days = |record: &&Value| match day_of(record) {
            None => !is_dated,
            Some(day) => since.is_none_or(|it| it <= day) && until.is_none_or(|it| day <= it),
        };
        let matches: Vec<&Value> = kept.iter().copied().filter(on_days).collect();
        let undated = kept.iter().filter(|it| day_of(it).is_none()).count();
        prop_assume!(!matches.is_empty() || undated == 0);
        prop_assert_eq!(answer.total, matches.len() as u64);
        prop_assert_eq!(answer.undated.unwrap_or(0), undated as u64);
        let left_out = if is_dated { undated } else { 0 };
        let others = records.len() - matches.len() - left_out;
        let told = if is_dated || !channel.is_empty() { others as u64 } else { 0 };
        prop_assert_eq!(answer.other_matches.unwrap_or(0), told);
        let Some(summary) = answer.summary else {
            prop_assert!(matches.len() < 2);
            return Ok(());
        };
        let days: Vec<Date> = matches.iter().filter_map(|it| day_of(it)).collect();
        let written = |day: Option<&Date>| day.map(Date::to_string);
        prop_assert_eq!(summary.first, written(days.iter().min()));
        prop_assert_eq!(&summary.last, &written(days.iter().max()));
        if let Some(today) = summary.today {
            prop_assert_eq!(today, days.iter().filter(|day| **day == TODAY).count());
        }
        let within = |most: i32| days.iter().filter(move |day| TODAY.saturating_sub(most.days()) < **day);
        if let Some(week) = summary.last_7_days {
            prop_assert_eq!(week, within(7).count());
            let by = summary.last_7_days_by_channel.as_ref().map_or(0, counted);
            prop_assert!(by <= week);
        }
        if let Some(month) = summary.last_30_days {
            prop_assert_eq!(month, within(30).count());
        }
        // All of them are in exactly one place of each count.
        let by_outcome = counted(&summary.by_tipification)
            + summary.other_tipifications + summary.without_tipification;
        prop_assert_eq!(by_outcome, matches.len());
        let unclassified = |it: &&&Value| {
            let outcome = text(it, "tipification_description").to_uppercase();
            outcome.is_empty() || outcome.starts_with("TIMEOUT")
        };
        prop_assert_eq!(summary.without_tipification, matches.iter().filter(unclassified).count());
        if let Some(by) = &summary.by_channel {
            prop_assert_eq!(counted(by) + summary.other_channels + summary.without_channel, matches.len());
        }
        if let Some(by) = &summary.by_obligation {
            let all = counted(by) + summary.other_obligations + summary.without_obligation;
            prop_assert_eq!(all, matches.len());
        }
        let mut months: BTreeMap<String, usize> = BTreeMap::new();
        for day in &days {
            *months.entry(day.strftime("%Y-%m").to_string()).or_default() += 1;
        }
        match &summary.by_month {
            None => prop_assert!(months.len() < 2),
            Some(by) => {
                prop_assert_eq!(counted(by) + summary.earlier_months, days.len());
                for (month, count) in by {
                    prop_assert_eq!(count.as_u64(), Some(months[&**month] as u64));
                }
            }
        }
        // What is not shown and newer than all that is shown is told.
        let newest = records.iter().filter_map(day_of).max();
        let shown: BTreeSet<_> = answer.records.iter().chain(&answer.common)
            .filter_map(|it| it.get("date")?.as_str()?.parse::<Date>().ok()).collect();
        if let Some(newest) = newest {
            let is_told = answer.latest.is_some_and(|it| it.date == newest.to_string());
            prop_assert!(is_told || shown.contains(&newest));
        }
    }
}
