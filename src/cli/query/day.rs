//! Days as people type them: a date in any form that means one day only, or a word for one.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::answer::read_day;
use crate::clean;
use crate::error::Error;
use crate::language::{Bilingual, bilingual};

/// Reads a day. `30d` is the first of the last 30 days, today included.
pub(super) fn day(flag: &str, typed: &str, today: Date) -> Result<Date, Error> {
    let word = clean::folded(typed);
    let ago = match word.as_str() {
        "hoy" | "today" => Some(0),
        "ayer" | "yesterday" => Some(1),
        "anteayer" | "antier" => Some(2),
        // A hyphen before the number is how others write "ago".
        days => days.strip_prefix('-').unwrap_or(days).strip_suffix('d').and_then(last_days),
    };
    let read = match ago {
        Some(ago) => today.checked_sub(ago.days()).ok(),
        None => read_day(typed),
    };
    read.ok_or_else(|| {
        Error::invalid_input(
            bilingual!("`{flag}` is no day", "`{flag}` no es un día"),
            Bilingual::new(
                "For example 2026-03-31, 31/03/2026, today, yesterday, or 30d for the last 30 days.",
                "Por ejemplo 2026-03-31, 31/03/2026, hoy, ayer, o 30d para los últimos 30 días.",
            ),
        )
    })
}

/// A century is more than anybody has.
const MOST_DAYS: i64 = 36_525;

/// Returns how many days before today the last so many days began.
fn last_days(days: &str) -> Option<i64> {
    let days: i64 = days.trim().parse().ok()?;
    (1..=MOST_DAYS).contains(&days).then(|| days - 1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(typed: &str) -> Option<Date> {
        day("--since", typed, date(2026, 11, 20)).ok()
    }

    #[test]
    fn a_day_is_read_as_people_type_it() {
        for (typed, expected) in [
            ("2026-03-31", date(2026, 3, 31)),
            ("31/03/2026", date(2026, 3, 31)),
            ("31 de marzo de 2026", date(2026, 3, 31)),
            ("hoy", date(2026, 11, 20)),
            ("Today", date(2026, 11, 20)),
            ("AYER", date(2026, 11, 19)),
            ("anteayer", date(2026, 11, 18)),
            ("1d", date(2026, 11, 20)),
            ("30d", date(2026, 10, 22)),
            ("-30d", date(2026, 10, 22)),
            ("30 d", date(2026, 10, 22)),
        ] {
            assert_eq!(read(typed), Some(expected), "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for typed in
            ["", "mañana", "0d", "30", "d", "2026-02-30", "99999999999d", "2026-11-20 10:00"]
        {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
