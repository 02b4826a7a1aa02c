//! Reads wolkvox's dates: every form that can mean one day only, day first where that is the
//! question.

use jiff::civil::{Date, DateTime, Time};

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The day and the local time as written; midnight if none was.
    pub(super) when: DateTime,
    has_time: bool,
}

/// Earlier years are what databases and spreadsheets write for "no date".
const FIRST_YEAR: i16 = 1900;

impl Reading {
    /// Writes it the way answers show dates.
    pub(super) fn text(self) -> String {
        let format = if self.has_time { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d" };
        self.when.strftime(format).to_string()
    }
}

/// Reads a day without a time, in every form that can mean one day only.
pub fn read_day(text: &str) -> Option<Date> {
    parse(text).filter(|read| !read.has_time).map(|read| read.when.date())
}

/// Reads a date. Nothing is guessed: numbers that may count days or seconds, two-digit years and
/// days that no calendar has are no date. A zone is passed over: what was written is local time.
pub(super) fn parse(text: &str) -> Option<Reading> {
    if is_as_shown(text) {
        let when: DateTime = text.parse().ok()?;
        return (when.year() >= FIRST_YEAR).then_some(Reading { when, has_time: true });
    }
    let text = text.trim();
    let in_digits = with_month_in_digits(text);
    let text = in_digits.as_deref().unwrap_or(text);
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || "-/.".contains(letter)));
    let (day, time) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let is_iso = time.starts_with(['T', 't']);
    let date = self::day(day, is_iso).filter(|date| date.year() >= FIRST_YEAR)?;
    let time = time.strip_prefix(',').unwrap_or(time);
    let time = if is_iso { time.get(1..)? } else { time.trim_start() };
    if time.is_empty() {
        return (!is_iso).then_some(Reading { when: date.into(), has_time: false });
    }
    let time = self::time(&time.to_ascii_lowercase())?;
    Some(Reading { when: date.to_datetime(time), has_time: true })
}

/// Returns whether a text is written the way answers show dates with their time. Most are.
pub(super) fn is_as_shown(text: &str) -> bool {
    const FORM: &[u8; 19] = b"0000-00-00 00:00:00";
    let is_like = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        mark => byte == mark,
    };
    // A leap second is shown as the one before it.
    text.len() == FORM.len()
        && text.as_bytes().iter().zip(FORM).all(is_like)
        && !text.ends_with("60")
}

const MONTHS: [[&str; 2]; 12] = [
    ["enero", "january"],
    ["febrero", "february"],
    ["marzo", "march"],
    ["abril", "april"],
    ["mayo", "may"],
    ["junio", "june"],
    ["julio", "july"],
    ["agosto", "august"],
    ["septiembre", "september"],
    ["octubre", "october"],
    ["noviembre", "november"],
    ["diciembre", "december"],
];

/// Writes a date whose month is a word, or at least three letters of it, with a number for it: the
/// day before it or after it, the year last or first, the name of the day of the week before all.
fn with_month_in_digits(text: &str) -> Option<String> {
    const MARKS: &[char] = &[' ', '-', '/', '.', ','];
    if !text.contains(char::is_alphabetic) {
        return None;
    }
    let lower = text.to_lowercase();
    let month_of = |word: &str| {
        let is_it = |names: &[&str; 2]| names.iter().any(|name| name.starts_with(word));
        (word.len() >= 3).then(|| MONTHS.iter().position(is_it)).flatten()
    };
    let mut words = lower.split(|letter: char| !letter.is_alphabetic());
    let (word, month) = words.find_map(|word| Some((word, month_of(word)? + 1)))?;
    let (before, after) = lower.split_once(word)?;
    let is_day_name = |letter: char| letter.is_alphabetic() || MARKS.contains(&letter);
    let before = before.trim_end_matches(MARKS).trim_end_matches(" de");
    let before = before.trim_start_matches(is_day_name);
    let number = |text: &str| {
        let text = text.trim_start_matches(MARKS);
        let text = ["del ", "de "].iter().find_map(|it| text.strip_prefix(it)).unwrap_or(text);
        let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        text.split_at_checked(end).map(|(number, rest)| (number.to_owned(), rest.to_owned()))
    };
    let (first, rest) = number(after)?;
    let (day, year, rest) = match before.len() {
        // Noviembre 20, 2026
        0 => {
            let (year, rest) = number(&rest)?;
            (first, year, rest)
        }
        // 20 de noviembre de 2026, or 2026-nov-20: which one is the year is seen from its length.
        _ => (before.to_owned(), first, rest),
    };
    Some(format!("{year}-{month}-{day}{rest}"))
}

/// Reads a calendar day whose three parts stand apart by the same mark; in the basic form of ISO
/// 8601, which a time follows, by none.
fn day(text: &str, is_iso: bool) -> Option<Date> {
    if is_iso && text.len() == 8 && text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Date::strptime("%Y%m%d", text).ok();
    }
    let mark = text.chars().find(|letter| !letter.is_ascii_digit())?;
    let mut parts = text.split(mark);
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let is_whole = parts.next().is_none() && year.len() == 4;
    if !is_whole || ![month, day].iter().all(|part| (1..=2).contains(&part.len())) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads a time in lower case: 24 hours, or 12 with what tells the halves of the day apart.
fn time(text: &str) -> Option<Time> {
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || ":.,".contains(letter)));
    let (clock, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    // The basic form of ISO 8601.
    let basic = clock.len() == 6 && clock.bytes().all(|digit| digit.is_ascii_digit());
    let half = half_of_day(rest);
    if half.is_none() && !is_zone(rest.trim()) {
        return None;
    }
    let clock = clock.replace(',', ".");
    let read = if basic {
        Time::strptime("%H%M%S", &clock)
    } else if clock.contains(':') {
        Time::strptime("%H:%M:%S%.f", &clock).or_else(|_| Time::strptime("%H:%M", &clock))
    } else if half.is_some() {
        Time::strptime("%H", &clock)
    } else {
        return None;
    };
    let read = read.ok()?;
    let hour = match (half, read.hour()) {
        (None, hour) => hour,
        (Some(Half::Morning), 12) => 0,
        (Some(Half::Morning), hour @ 0..=11) => hour,
        (Some(Half::Noon), 12) => 12,
        (Some(Half::Afternoon), hour @ 1..=11) => hour + 12,
        (Some(Half::Afternoon), hour @ 12..) => hour,
        // Such as 15:00 a. m.
        (Some(_), _) => return None,
    };
    read.with().hour(hour).build().ok()
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
    /// `12:00 m.`, as people write noon in Colombia.
    Noon,
}

/// Reads `a. m.`, `PM` and their kin, with or without a zone after them.
fn half_of_day(text: &str) -> Option<Half> {
    let letters: String = text.chars().filter(|letter| !" .".contains(*letter)).collect();
    let halves = [("am", Half::Morning), ("pm", Half::Afternoon), ("m", Half::Noon)];
    halves.into_iter().find_map(|(name, half)| {
        let zone = letters.strip_prefix(name)?;
        is_zone(zone).then_some(half)
    })
}

/// Returns whether a text is blank or a time zone.
fn is_zone(text: &str) -> bool {
    let text = match text.split_once('[') {
        // `-05:00[america/bogota]`
        Some((offset, name)) if name.ends_with(']') => offset,
        _ => text,
    };
    let offset = text.strip_prefix("utc").or_else(|| text.strip_prefix("gmt")).unwrap_or(text);
    let Some(digits) = offset.strip_prefix(['+', '-']) else {
        return offset.is_empty() || offset == "z";
    };
    let digits = digits.replace(':', "");
    (1..=4).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_can_mean_one_day_only_is_read() {
        for (text, read) in [
            ("2026-11-20 10:15:00", "2026-11-20 10:15:00"),
            (" 2026-11-20 10:15 ", "2026-11-20 10:15:00"),
            ("2026-11-20", "2026-11-20"),
            ("05-11-2026", "2026-11-05"),
            ("2026/1/3 9:5:7", "2026-01-03 09:05:07"),
            ("2026/11/13 19:25:37", "2026-11-13 19:25:37"),
            ("2026/11/13", "2026-11-13"),
            ("2026-1-3", "2026-01-03"),
            ("2026-1-3 9:05", "2026-01-03 09:05:00"),
            ("2026-11-20T10:15:00", "2026-11-20 10:15:00"),
            ("2026-11-20t10:15", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00Z", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00.000Z", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00.123456-05:00", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00-0500", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00+05", "2026-11-20 10:15:00"),
            ("2026-11-20T10:15:00-05:00[America/Bogota]", "2026-11-20 10:15:00"),
            ("20261120T101500Z", "2026-11-20 10:15:00"),
            ("2026-11-20 10:15:00.000", "2026-11-20 10:15:00"),
            ("2026-11-20 10:15:00,5", "2026-11-20 10:15:00"),
            ("2026-11-20 10:15:00 UTC", "2026-11-20 10:15:00"),
            ("2026-11-20 10:15:00 GMT-5", "2026-11-20 10:15:00"),
            ("2026-11-20 10:15:00 -05:00", "2026-11-20 10:15:00"),
            ("31/12/2025", "2025-12-31"),
            ("1/2/2026", "2026-02-01"),
            ("31/12/2025 08:30", "2025-12-31 08:30:00"),
            ("31/12/2025, 8:30:05", "2025-12-31 08:30:05"),
            ("25-11-2026 09:00:00", "2026-11-25 09:00:00"),
            ("25.11.2026 09:00", "2026-11-25 09:00:00"),
            ("20/11/2026 8:05:00 p. m.", "2026-11-20 20:05:00"),
            ("20/11/2026, 8:05:00 a. m.", "2026-11-20 08:05:00"),
            ("2026-11-20 8:05 a.m.", "2026-11-20 08:05:00"),
            ("2026-11-20 08:05PM", "2026-11-20 20:05:00"),
            ("2026-11-20 08:05:09 pm", "2026-11-20 20:05:09"),
            ("2026-11-20 08:05:09 P.M", "2026-11-20 20:05:09"),
            ("2026-11-20 12:00 AM", "2026-11-20 00:00:00"),
            ("2026-11-20 12:30 p. m.", "2026-11-20 12:30:00"),
            ("2026-11-20 12:00 m.", "2026-11-20 12:00:00"),
            ("2026-11-20 00:30 AM", "2026-11-20 00:30:00"),
            ("2026-11-20 22:15:00 PM", "2026-11-20 22:15:00"),
            ("2026-11-20 5 p. m.", "2026-11-20 17:00:00"),
            ("20-nov-2026", "2026-11-20"),
            ("20/Nov/2026 10:15:00", "2026-11-20 10:15:00"),
            ("20 NOV 2026, 8:05 p. m.", "2026-11-20 20:05:00"),
            ("20 de noviembre de 2026", "2026-11-20"),
            ("1 de mayo del 2026 10:15", "2026-05-01 10:15:00"),
            ("Viernes, 20 de noviembre de 2026", "2026-11-20"),
            ("Fri, 20 Nov 2026 10:15:00 GMT", "2026-11-20 10:15:00"),
            ("Sept. 5, 2026", "2026-09-05"),
            ("enero 5 2026", "2026-01-05"),
            ("2026-Dic-31", "2026-12-31"),
        ] {
            let parsed = parse(text).map(Reading::text);
            assert_eq!(parsed.as_deref(), Some(read), "{text}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "-0001-11-30",
            "-0001-11-30 00:00:00",
            "0001-01-01",
            "1899-12-30 00:00:00",
            "2026-13-01",
            "2026-02-30",
            "12/31/2026",
            "20261120",
            "20261120101500",
            "1763633700",
            "1763633700000",
            "46346",
            "46346.427",
            "el martes",
            "en mayo",
            "mayo 2026",
            "20-nov-26",
            "31 de febrero de 2026",
            "entre mayo 5 y mayo 6 de 2026",
            "2026-11-20 25:00:00",
            "2026-11-20 10",
            "2026-11-20T",
            "2026-11-20 15:00 a. m.",
            "2026-11-20 00:15 PM",
            "2026-11-20 11:00 m.",
            "2026-11-20 10:15:00 tarde",
            "2026-11-20 a 2026-11-21",
            "2026-11/20",
            "03-11-26",
            "26-11-03",
            "1-2-3-2026",
            "2026-11-20-05",
            "2026-011-20",
            "2026-11-20T10:15:00-05:00[America/Bogota",
            "2026-11-20 10:15:00 +ab",
            "2026-11-20 10:15:00 +050000",
            "ñ6-11-2026",
            "2026-11-20 ñ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_of_a_second_keep_their_order() {
        let [early, late] = ["2026-11-20T10:15:00.1", "2026-11-20T10:15:00.25"].map(parse);
        assert!(early.map(|it| it.when) < late.map(|it| it.when));
    }

    #[test]
    fn a_date_that_is_as_shown_is_read_as_any_other_form_of_it() {
        for text in [
            "2026-11-20 10:15:00",
            "2026-02-29 00:00:00",
            "1899-12-31 23:59:59",
            "1900-01-01 00:00:00",
            "0000-00-00 00:00:00",
            "2026-11-20 24:00:00",
            "2026-11-20 10:60:00",
            "2026-11-20 10:15:60",
            "2026-11-20 10:15:59",
        ] {
            // A blank before it leads it by the longer way.
            assert_eq!(parse(text), parse(&format!(" {text}")), "{text}");
            if is_as_shown(text)
                && let Some(read) = parse(text)
            {
                assert_eq!(read.text(), text);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_date_that_is_as_shown_is_read_as_another_form_of_it(
            text in "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
        ) {
            proptest::prop_assert_eq!(parse(&text), parse(&format!(" {text}")));
        }

        #[test]
        fn what_is_shown_is_read_again_as_the_same(text in "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[ T,]{0,2}[0-9:.]{0,8} ?[apmz. ]{0,4}") {
            if let Some(read) = parse(&text) {
                let again = parse(&read.text()).expect("a date");
                proptest::prop_assert_eq!(again.text(), read.text());
            }
        }

        #[test]
        fn any_text_at_all_is_read_or_not(text in "\\PC{0,40}") {
            if let Some(read) = parse(&text) {
                proptest::prop_assert!(read.when.year() >= FIRST_YEAR);
            }
        }
    }
}
