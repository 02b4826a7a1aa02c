//! Sums up all matches, so that nobody has to count: days, outcomes, channels, months, obligations.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{ToSpan, ZonedDateTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::counts::Counts;
use super::view::View;
use super::{Mask, Row, classification};
use crate::Record;
use crate::fields::{CHANNEL, CUSTOMER, DATE, OBLIGATION};

/// Months that are counted one by one: this one, and the same one a year ago.
const MOST_MONTHS: usize = 13;
/// More customers are an agent's or a campaign's, and nobody asks which.
const MOST_CUSTOMERS: usize = 10;

/// Counts by name.
type ByName = Record;

/// A summary of all matches. A day's count is absent where it cannot be told: when not all was
/// fetched, or when the days asked for leave some of its days out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// First day.
    pub first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Last day.
    pub last: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Days from the last one to today.
    pub days_since_last: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Matches of today, where the call centre is.
    pub today: Option<usize>,
    /// Today included
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_7_days: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Those by channel.
    pub last_7_days_by_channel: Option<ByName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Matches of the last 30 days, today included.
    pub last_30_days: Option<usize>,
    /// Counts, most frequent first
    #[serde(skip_serializing_if = "Record::is_empty")]
    #[schemars(default)]
    pub by_tipification: ByName,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches of rarer classifications.
    pub other_tipifications: usize,
    /// Not classified: blank, TIMEOUTACW, TIMEOUTCHAT
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    pub without_tipification: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Counts by wolkvox's code for the channel.
    pub by_channel: Option<ByName>,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches of rarer channels.
    pub other_channels: usize,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches without a channel.
    pub without_channel: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Counts by month, newest first.
    pub by_month: Option<ByName>,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches of earlier months.
    pub earlier_months: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Counts by the obligation's name.
    pub by_obligation: Option<ByName>,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches about rarer obligations.
    pub other_obligations: usize,
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default, description = "")]
    /// Matches without an obligation.
    pub without_obligation: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Counts by the customer's document number, where a few share what was searched.
    pub by_customer: Option<ByName>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What the rows are counted with.
pub(super) struct Counting<'a> {
    /// Whether the rows are all the matches that wolkvox has.
    pub(super) is_complete: bool,
    /// How many customers they belong to.
    pub(super) customers: usize,
    pub(super) view: &'a View,
    pub(super) mask: &'a Mask,
    pub(super) as_of: &'a ZonedDateTime,
}

impl Summary {
    /// Counts the rows.
    pub(super) fn of(rows: &[&Row], with: &Counting<'_>) -> Self {
        let mask = with.mask;
        let count =
            |name| Counts::of(rows.iter().map(|row| classification::value(row, name)), mask);
        let classified = Counts::of(rows.iter().map(|row| classification::of(row)), mask);
        let (channels, obligations) = (count(CHANNEL), count(OBLIGATION));
        let dated: Vec<Date> = if mask.covers(DATE) {
            Vec::new()
        } else {
            rows.iter().filter_map(|row| row.when).map(DateTime::date).collect()
        };
        let days = Days::of(&dated, with);
        let (by_month, earlier_months) = months(&dated);
        let this_week = || {
            let begin = with.as_of.date().checked_sub(6.days()).ok()?;
            let is_recent = |row: &&&Row| {
                let day = row.when.map(DateTime::date);
                day.is_some_and(|day| (begin..=with.as_of.date()).contains(&day))
            };
            let recent = rows.iter().filter(is_recent);
            let by = Counts::of(recent.map(|row| classification::value(row, CHANNEL)), mask).named;
            (!by.is_empty()).then_some(by)
        };
        let has_few = (2..=MOST_CUSTOMERS).contains(&with.customers);
        Self {
            first: days.first.map(|day| day.to_string()),
            last: days.last.map(|day| day.to_string()),
            days_since_last: days.since_last,
            today: days.today,
            last_7_days: days.last_7,
            last_7_days_by_channel: days.last_7.and_then(|_| this_week()),
            last_30_days: days.last_30,
            by_tipification: classified.named,
            other_tipifications: classified.others,
            without_tipification: classified.nameless,
            other_channels: channels.others,
            without_channel: if channels.named.is_empty() { 0 } else { channels.nameless },
            by_channel: (!channels.named.is_empty()).then_some(channels.named),
            by_month: (by_month.len() > 1).then_some(by_month),
            earlier_months,
            other_obligations: obligations.others,
            without_obligation: if obligations.named.is_empty() { 0 } else { obligations.nameless },
            by_obligation: (!obligations.named.is_empty()).then_some(obligations.named),
            by_customer: has_few.then(|| count(CUSTOMER).named),
        }
    }

    /// Leaves out what the records say already when all matches are among them: a name that all of
    /// them share.
    #[must_use]
    pub(super) fn beside_all(mut self) -> Self {
        let says_more = |by: &ByName, without: usize| by.len() > 1 || without > 0;
        self.by_channel.take_if(|by| !says_more(by, self.without_channel));
        self.by_obligation.take_if(|by| !says_more(by, self.without_obligation));
        self
    }
}

/// What can be said of the days.
#[derive(Default)]
struct Days {
    first: Option<Date>,
    last: Option<Date>,
    since_last: Option<i64>,
    today: Option<usize>,
    last_7: Option<usize>,
    last_30: Option<usize>,
}

impl Days {
    fn of(dated: &[Date], with: &Counting<'_>) -> Self {
        if !with.is_complete || dated.is_empty() {
            return Self::default();
        }
        let today = with.as_of.date();
        let (first, last) = (dated.iter().min().copied(), dated.iter().max().copied());
        let within = |days: i64| {
            let begin = today.checked_sub((days - 1).days()).ok()?;
            let is_asked = with.view.covers_all(begin, today);
            is_asked.then(|| dated.iter().filter(|day| (begin..=today).contains(day)).count())
        };
        Self {
            first,
            last,
            since_last: last.and_then(|last| days_until(last, today)),
            today: within(1),
            last_7: within(7),
            last_30: within(30),
        }
    }
}

/// Returns the days from one that is not in the future to today.
pub(super) fn days_until(day: Date, today: Date) -> Option<i64> {
    let days = i64::from(day.until(today).ok()?.get_days());
    (days >= 0).then_some(days)
}

/// Counts the newest months, and what is earlier.
fn months(dated: &[Date]) -> (ByName, usize) {
    let mut counts: BTreeMap<(i16, i8), usize> = BTreeMap::new();
    for day in dated {
        *counts.entry((day.year(), day.month())).or_default() += 1;
    }
    let newest = counts.iter().rev().take(MOST_MONTHS);
    let named = newest
        .map(|((year, month), count)| (format!("{year:04}-{month:02}").into(), *count as u64))
        .collect();
    (named, counts.values().rev().skip(MOST_MONTHS).sum())
}
