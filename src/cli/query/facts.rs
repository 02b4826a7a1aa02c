//! The facts of an answer for people: the newest, today and this week, and what is counted by name.

use jiff::civil::Date;

use super::words::{Words, grouped};
use crate::answer::{Answer, Latest, Summary, channels_in_words};
use crate::language::{Bilingual, bilingual};
use crate::{FieldKey, Record, Value};

/// Returns the facts, a line each.
pub(super) fn lines(answer: &Answer, words: Words) -> Vec<String> {
    let mut lines = Vec::new();
    let text = |it: Bilingual| it.to(words.language).to_owned();
    if let Some(latest) = &answer.latest {
        lines.push(newest(latest, words));
    }
    if let Some(others) = answer.other_matches {
        let others = grouped(&others.to_string());
        lines.push(text(bilingual!(
            "Outside the dates and filters: {others}",
            "Fuera de las fechas y los filtros: {others}",
            others
        )));
    }
    if let Some(customers) = answer.customers {
        lines.push(text(bilingual!("Customers: {customers}", "Clientes: {customers}")));
    }
    if let Some(summary) = &answer.summary {
        lines.extend(days(summary, words));
        // Where not all was fetched, nothing below may read as if it were of all.
        let of_fetched = answer.fetched.is_some();
        lines.extend(counts(summary, of_fetched, words));
    }
    lines
}

/// Writes the newest record that is not shown.
fn newest(latest: &Latest, words: Words) -> String {
    let Latest { date, tipification, type_interaction, agent_name, obligation, days_since: _ } =
        latest;
    let channel = type_interaction.as_ref().map(|code| channel(code, 1, words));
    let parts = [Some(words.date(date)), tipification.clone(), channel, agent_name.clone()];
    let parts = parts.into_iter().chain([obligation.clone()]).flatten();
    let parts = parts.collect::<Vec<_>>().join(", ");
    let newest = bilingual!("Newest of all: {parts}", "La más reciente de todas: {parts}");
    newest.to(words.language).to_owned()
}

fn channel(code: &str, count: u64, words: Words) -> String {
    if words.keys {
        return code.to_owned();
    }
    channels_in_words(code, count).to(words.language).to_owned()
}

/// Writes counts by channel.
fn by_channel(by: &Record, words: Words) -> Vec<String> {
    let counted = |(code, count): (&FieldKey, &Value)| {
        format!("{count} {}", channel(code, count.as_u64().unwrap_or_default(), words))
    };
    by.iter().map(counted).collect()
}

/// Writes what the days say, as far as it can be told.
fn days(summary: &Summary, words: Words) -> Option<String> {
    let day = |day: &Option<String>| day.as_ref().and_then(|it| it.parse::<Date>().ok());
    let dated = |day: Date| match words.ago(day) {
        Some(ago) => format!("{day} ({ago})"),
        None => day.to_string(),
    };
    let count = |count: Option<usize>, english: &str, spanish: &str| {
        let label =
            Bilingual { english: english.to_owned().into(), spanish: spanish.to_owned().into() };
        Some(format!("{}: {}", label.to(words.language), count?))
    };
    let in_brackets = |by: &Record| format!(" ({})", by_channel(by, words).join(", "));
    let week = count(summary.last_7_days, "last 7 days", "últimos 7 días").map(|week| {
        week + &summary.last_7_days_by_channel.as_ref().map(in_brackets).unwrap_or_default()
    });
    let first_and_last = match (day(&summary.first), day(&summary.last)) {
        (Some(first), Some(last)) => {
            let last = dated(last);
            let text = bilingual!("From {first} to {last}", "Del {first} al {last}");
            Some(text.to(words.language).to_owned())
        }
        _ => None,
    };
    let parts = [
        first_and_last,
        count(summary.today, "today", "hoy"),
        week,
        count(summary.last_30_days, "last 30 days", "últimos 30 días"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Writes what is counted by name, most frequent first, a line for each kind of name.
fn counts(summary: &Summary, of_fetched: bool, words: Words) -> Vec<String> {
    let text = |it: Bilingual| it.to(words.language).to_owned();
    let of = if of_fetched {
        Bilingual::new(" of those fetched", " de lo obtenido")
    } else {
        Bilingual::same("")
    };
    let line = |label: Bilingual, counts: Vec<String>| {
        let label = bilingual!("{label}{of}", "{label}{of}", label, of);
        (!counts.is_empty()).then(|| format!("{}: {}", text(label), counts.join(", ")))
    };
    let named = |by: &Record| -> Vec<String> {
        by.iter().map(|(name, count)| format!("{count} {name}")).collect()
    };
    let rest =
        |count: usize, label: Bilingual| (count > 0).then(|| format!("{count} {}", text(label)));
    let others = || Bilingual::new("others", "de otras");
    let mut outcomes = named(&summary.by_tipification);
    outcomes.extend(rest(summary.other_tipifications, others()));
    let unclassified = Bilingual::new("not classified", "sin tipificar");
    outcomes.extend(rest(summary.without_tipification, unclassified));
    let mut lines = vec![line(Bilingual::new("Outcomes", "Tipificaciones"), outcomes)];
    if let Some(by) = &summary.by_channel {
        let mut channels = by_channel(by, words);
        channels.extend(rest(summary.other_channels, Bilingual::new("others", "de otros")));
        let without = Bilingual::new("without a channel", "sin canal");
        channels.extend(rest(summary.without_channel, without));
        lines.push(line(Bilingual::new("Channels", "Canales"), channels));
    }
    if let Some(mut obligations) = summary.by_obligation.as_ref().map(named) {
        obligations.extend(rest(summary.other_obligations, others()));
        let without = Bilingual::new("without an obligation", "sin obligación");
        obligations.extend(rest(summary.without_obligation, without));
        lines.push(line(Bilingual::new("Obligations", "Obligaciones"), obligations));
    }
    if let Some(by) = &summary.by_month {
        let mut months: Vec<String> =
            by.iter().map(|(month, count)| format!("{month}: {count}")).collect();
        let earlier = summary.earlier_months;
        let label = bilingual!("earlier: {earlier}", "antes: {earlier}");
        months.extend((earlier > 0).then(|| text(label)));
        lines.push(line(Bilingual::new("Months", "Meses"), months));
    }
    if let Some(customers) = summary.by_customer.as_ref().map(named) {
        lines.push(line(Bilingual::new("By document", "Por documento"), customers));
    }
    lines.into_iter().flatten().collect()
}
