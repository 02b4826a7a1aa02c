//! What an assistant should mind about an answer: above all, what it must not conclude.

use super::view::{Matches, View};
use super::{Answer, Found, Outcome, Searched};
use crate::clean;

/// Returns the hints of an answer, each a sentence or two.
pub(super) fn hints(
    found: &Found,
    matches: &Matches<'_>,
    answer: &Answer,
    searched: Searched<'_>,
    view: &View,
) -> Vec<String> {
    let mut hints: Vec<String> = answer.hint.iter().cloned().collect();
    if !found.complete {
        hints.push(incomplete(found));
    }
    if answer.outcome == Outcome::None {
        hints.push(match (found.rows.is_empty(), found.complete) {
            (true, _) => nothing(searched),
            (false, true) => other_days(matches),
            // A record that was not fetched may be on these days.
            (false, false) => "None of the records fetched is on these days.".to_owned(),
        });
    } else if view.is_dated() && matches.undated > 0 {
        hints.push(format!(
            "{} without a readable date {} left out; search without dates to see {}.",
            records(matches.undated),
            if matches.undated == 1 { "was" } else { "were" },
            if matches.undated == 1 { "it" } else { "them" },
        ));
    }
    if answer.outcome == Outcome::Found && view.offset >= matches.rows.len() {
        hints.push(format!("`offset` is past the end; in all: {}.", records(matches.rows.len())));
    }
    hints
}

fn incomplete(found: &Found) -> String {
    let fetched = records(found.rows.len());
    match found.upstream_total {
        Some(total) => format!("INCOMPLETE: only {fetched} of wolkvox's {total} could be fetched."),
        None => format!("INCOMPLETE: only {fetched} could be fetched; wolkvox may have more."),
    }
}

fn other_days(matches: &Matches<'_>) -> String {
    let undated = match matches.undated {
        0 => String::new(),
        undated => format!(" and {undated} without a readable date"),
    };
    format!("Nothing on these days; {} on other days{undated}.", records(matches.other_days))
}

/// Returns what was searched, and the likeliest mistake, in two sentences.
fn nothing(Searched { field, value }: Searched<'_>) -> String {
    let is_document = field == "id_customer" || field == "customer_id";
    let is_punctuated =
        value.chars().any(char::is_whitespace) || value.contains(['.', ',']) || value.contains('-');
    let mistake = if value.trim() != value {
        "The value has a space before or after it."
    } else if is_document && is_punctuated {
        "Try the number without dots, spaces and hyphens."
    } else {
        match field {
            "customer_id" => "It is the ADDITIONAL id: try `id_customer` for a document number.",
            "id_customer" => "If the number may be an additional id, try `customer_id`.",
            "obligation" => "It holds the obligation's name, not its id: try `id_customer`.",
            "client_telephone" => "Try `wolkvox_phoneCall` or `wolkvox_CrmPhoneCall`.",
            "agent_id" => "It is the agent's extension, not a user id.",
            "tipification_code" => "Try the other spelling, `tipifycation_code`.",
            "tipification_description" => "Try the other spelling, `tipifycation_desc`.",
            "date" => "It is matched whole: search a customer with `since` and `until` instead.",
            field if crate::fields::find(field).is_some() => "The value is matched whole.",
            _ => "Check the field's name: a misspelt one matches nothing.",
        }
    };
    format!("No record has exactly this value in `{}`. {mistake}", clean::value(field, 128))
}

fn records(count: usize) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
