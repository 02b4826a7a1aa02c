//! Reads wolkvox's dates: the forms that its pages and its users' code show, and no other.

use jiff::civil::{Date, DateTime};

/// Reads a date; day first where that is the question. Nothing is guessed: what has none of the
/// known forms has no date.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let day_first = text.as_bytes().get(2) == Some(&b'-');
    match text.len() {
        // Creation stamps.
        19 if text.contains('-') => DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok(),
        // The input form of `queryDates.php`.
        16 if text.contains('-') => DateTime::strptime("%Y-%m-%d %H:%M", text).ok(),
        // The obligations' form.
        10 if day_first => Date::strptime("%d-%m-%Y", text).ok().map(Into::into),
        // The form of bulk inserts.
        10 if text.contains('-') => Date::strptime("%Y-%m-%d", text).ok().map(Into::into),
        // The case history's form, without leading zeros.
        14..=19 if text.contains('/') => DateTime::strptime("%Y/%m/%d %H:%M:%S", text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_forms_are_read() {
        for (text, read) in [
            ("2026-11-20 10:15:00", "2026-11-20T10:15:00"),
            (" 2026-11-20 10:15 ", "2026-11-20T10:15:00"),
            ("2026-11-20", "2026-11-20T00:00:00"),
            ("05-11-2026", "2026-11-05T00:00:00"),
            ("2026/1/3 9:5:7", "2026-01-03T09:05:07"),
            ("2026/11/13 19:25:37", "2026-11-13T19:25:37"),
        ] {
            let parsed = parse(text).map(|date| date.to_string());
            assert_eq!(parsed.as_deref(), Some(read), "{text}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "0000-00-00 00:00:00",
            "2026-13-01",
            "2026-02-30",
            "31/12/2026",
            "12/31/2026",
            "2026-11-20T10:15:00",
            "20261120",
            "1763633700",
            "el martes",
            "2026-11-20 25:00:00",
            "2026-1-3",
            "03-11-26",
            "2026-11-20 10:15:00 PM",
            "2026/11/13",
            "ñ6-11-2026",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
