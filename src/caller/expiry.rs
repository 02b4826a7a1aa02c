//! Until when a caller is let in (pure).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Reads a moment: a time with its zone, or a day, which counts to its end in UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let is_day = text.len() == "2030-01-31".len();
    let day = text.parse::<Date>().ok().filter(|_| is_day)?;
    TimeZone::UTC.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()
}

/// Reads what `--expires` says: a time from now, or a day to come.
pub(super) fn expiry(text: &str, now: Timestamp) -> Option<Timestamp> {
    let after = |span: Span| now.to_zoned_datetime(TimeZone::UTC).checked_add(span).ok();
    let expiry = match text.parse() {
        Ok(span) => after(span).map(|then| then.timestamp()),
        Err(_) => moment(text),
    };
    expiry.filter(|then| *then > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expires(text: &str) -> Option<String> {
        let now = "2026-01-31T12:00:00Z".parse().expect("a time");
        expiry(text, now).map(|then| then.to_string())
    }

    #[test]
    fn a_caller_expires_after_a_time_or_at_the_end_of_a_day() {
        for (text, then) in [
            ("90d", "2026-05-01T12:00:00Z"),
            ("12 weeks", "2026-04-25T12:00:00Z"),
            ("1 month", "2026-02-28T12:00:00Z"),
            ("8h", "2026-01-31T20:00:00Z"),
            ("2026-01-31", "2026-02-01T00:00:00Z"),
            ("2026-12-31T18:00:00-05:00", "2026-12-31T23:00:00Z"),
        ] {
            assert_eq!(expires(text).as_deref(), Some(then), "{text}");
        }
    }

    #[test]
    fn what_is_past_or_neither_of_both_is_refused() {
        for text in
            ["", "90", "-90d", "0d", "2026-01-30", "2025-13-01", "soon", "99999y", "20260201"]
        {
            assert_eq!(expires(text), None, "{text}");
        }
    }
}
