//! People's words at a terminal: names of fields, days, amounts, channels, nested values.

use jiff::civil::Date;

use crate::answer::{AmountParts, channel_in_words};
use crate::fields::{self, CHANNEL, DATE};
use crate::language::{Bilingual, Language, bilingual};
use crate::{FieldKey, Value};

/// The fields of an obligation, which the table of a gestión's fields does not have.
const OBLIGATION: [(&str, Bilingual); 11] = [
    ("id", Bilingual::new("Id", "Id")),
    ("name", Bilingual::new("Name", "Nombre")),
    (BALANCE, Bilingual::new("Balance", "Saldo")),
    ("portfolio_type", Bilingual::new("Portfolio", "Cartera")),
    (LAST_PAY, Bilingual::new("Last payment", "Último pago")),
    ("last_pay_date", Bilingual::new("Date of last payment", "Fecha del último pago")),
    ("expiring_date", Bilingual::new("Due date", "Vencimiento")),
    (
        "days_delay",
        Bilingual::new("Days overdue, as wolkvox has it", "Días de mora, según wolkvox"),
    ),
    ("days_overdue", Bilingual::new("Days since the due date", "Días desde el vencimiento")),
    ("form", Bilingual::new("Company's own fields", "Campos propios")),
    (UNKNOWN, Bilingual::new("Blank in wolkvox", "En blanco en wolkvox")),
];
const BALANCE: &str = "total_balance";
const LAST_PAY: &str = "last_pay";
const UNKNOWN: &str = "unknown";

/// How values are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) language: Language,
    /// Whether fields go by wolkvox's keys, and values as they are.
    pub(super) keys: bool,
    /// The day on which wolkvox answered.
    pub(super) today: Option<Date>,
}

impl Words {
    /// Returns a gestión's field in people's words; a tenant's own goes by its name.
    pub(super) fn field(self, key: &str) -> String {
        match fields::find(key).filter(|_| !self.keys) {
            Some(field) => field.label().to(self.language).to_owned(),
            None => key.to_owned(),
        }
    }

    /// Returns an obligation's field in people's words.
    pub(super) fn obligation_field(self, key: &str) -> String {
        match OBLIGATION.iter().find(|(known, _)| *known == key && !self.keys) {
            Some((_, label)) => label.to(self.language).to_owned(),
            None => key.to_owned(),
        }
    }

    /// Writes the value of a gestión's field.
    pub(super) fn value(self, key: &str, value: &Value) -> String {
        match (key, value) {
            _ if self.keys => nested(value),
            (DATE, Value::Text(date)) => self.date(date),
            (CHANNEL, Value::Text(code)) => channel_in_words(code).to(self.language).to_owned(),
            _ => nested(value),
        }
    }

    /// Writes the value of an obligation's field.
    pub(super) fn obligation_value(self, key: &str, value: &Value) -> String {
        match (key, value) {
            _ if self.keys => nested(value),
            (BALANCE | LAST_PAY, Value::Text(amount)) => self.amount(amount),
            ("last_pay_date" | "expiring_date", Value::Text(date)) => self.date(date),
            (UNKNOWN, Value::List(keys)) => {
                let label = |key: &Value| key.as_str().map(|key| self.obligation_field(key));
                keys.iter().filter_map(label).collect::<Vec<_>>().join(", ")
            }
            _ => nested(value),
        }
    }

    /// Writes a date without seconds, and how long ago it was.
    pub(super) fn date(self, date: &str) -> String {
        let day = date.get(..10).and_then(|day| day.parse::<Date>().ok());
        let Some(day) = day else { return date.to_owned() };
        let shown = date.get(..16).unwrap_or(date);
        match self.ago(day) {
            Some(ago) => format!("{shown} ({ago})"),
            None => shown.to_owned(),
        }
    }

    /// Returns how long ago a day was.
    pub(super) fn ago(self, day: Date) -> Option<String> {
        let days = day.until(self.today?).ok()?.get_days();
        let ago = match days {
            0 => Bilingual::new("today", "hoy"),
            1 => Bilingual::new("yesterday", "ayer"),
            -1 => Bilingual::new("tomorrow", "mañana"),
            2.. => bilingual!("{days} days ago", "hace {days} días"),
            _ => {
                let days = -days;
                bilingual!("in {days} days", "en {days} días")
            }
        };
        Some(ago.to(self.language).to_owned())
    }

    /// Groups an amount's digits. What can mean more than one number stays as wolkvox wrote it.
    fn amount(self, amount: &str) -> String {
        let Some(AmountParts { is_negative, whole, decimals }) = AmountParts::of(amount) else {
            return amount.to_owned();
        };
        let sign = if is_negative { "-" } else { "" };
        let point = match (decimals, self.language) {
            ("", _) => "",
            (_, Language::English) => ".",
            (_, Language::Spanish) => ",",
        };
        format!("{sign}{}{point}{decimals}", grouped(whole).to(self.language))
    }
}

/// Groups a whole number's digits the way each language does.
pub(super) fn grouped(digits: &str) -> Bilingual {
    let mut english = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            english.push(',');
        }
        english.push(digit);
    }
    Bilingual { spanish: english.replace(',', ".").into(), english: english.into() }
}

/// Writes a value without the marks of JSON: inner names before their values.
fn nested(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::List(items) => items.iter().map(nested).collect::<Vec<_>>().join(", "),
        Value::Record(record) => {
            let field = |(name, value): (&FieldKey, &Value)| match value {
                Value::Record(_) => format!("{name}: ({})", nested(value)),
                other => format!("{name}: {}", nested(other)),
            };
            record.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::record::json;
    use jiff::civil::date;

    use super::*;

    fn words(language: Language) -> Words {
        Words { language, keys: false, today: Some(date(2026, 11, 20)) }
    }

    #[test]
    fn digits_are_grouped_the_way_each_language_does() {
        for (number, english, spanish) in [
            ("0", "0", "0"),
            ("999", "999", "999"),
            ("1000", "1,000", "1.000"),
            ("12345", "12,345", "12.345"),
            ("1234567", "1,234,567", "1.234.567"),
        ] {
            let written = grouped(number);
            assert_eq!((written.english.as_ref(), written.spanish.as_ref()), (english, spanish));
        }
    }

    #[test]
    fn an_amount_keeps_its_digits_and_what_is_none_stays_as_it_came() {
        for (amount, english, spanish) in [
            ("870000", "870,000", "870.000"),
            ("480500.50", "480,500.50", "480.500,50"),
            ("-1250000", "-1,250,000", "-1.250.000"),
            ("12345678901234567890", "12,345,678,901,234,567,890", "12.345.678.901.234.567.890"),
            ("1.250", "1.250", "1.250"),
            ("1.250.000", "1.250.000", "1.250.000"),
            ("$ 5", "$ 5", "$ 5"),
            (".50", ".50", ",50"),
            ("", "", ""),
        ] {
            assert_eq!(words(Language::English).amount(amount), english);
            assert_eq!(words(Language::Spanish).amount(amount), spanish);
        }
    }

    #[test]
    fn a_date_says_how_long_ago_it_was() {
        for (written, english, spanish) in [
            ("2026-11-20 10:15:00", "2026-11-20 10:15 (today)", "2026-11-20 10:15 (hoy)"),
            ("2026-11-19", "2026-11-19 (yesterday)", "2026-11-19 (ayer)"),
            (
                "2026-11-04 10:15:30",
                "2026-11-04 10:15 (16 days ago)",
                "2026-11-04 10:15 (hace 16 días)",
            ),
            ("2026-11-21", "2026-11-21 (tomorrow)", "2026-11-21 (mañana)"),
            ("2026-12-01", "2026-12-01 (in 11 days)", "2026-12-01 (en 11 días)"),
            ("el martes pasado", "el martes pasado", "el martes pasado"),
            ("•••1-20", "•••1-20", "•••1-20"),
        ] {
            assert_eq!(words(Language::English).date(written), english);
            assert_eq!(words(Language::Spanish).date(written), spanish);
        }
    }

    #[test]
    fn nested_values_are_written_without_the_marks_of_json() {
        for (value, written) in [
            (json!({ "value": "1750905", "symbol": "COP" }), "value: 1750905, symbol: COP"),
            (json!(["a", 1, true]), "a, 1, true"),
            (json!({ "a": { "b": "c", "d": 1 }, "e": ["f"] }), "a: (b: c, d: 1), e: f"),
            (json!("texto"), "texto"),
        ] {
            assert_eq!(nested(&value), written);
        }
    }

    #[test]
    fn with_keys_everything_is_as_the_answer_has_it() {
        let words = Words { keys: true, ..words(Language::Spanish) };
        assert_eq!(words.field("id_customer"), "id_customer");
        assert_eq!(words.value(DATE, &json!("2026-11-20 10:15:00")), "2026-11-20 10:15:00");
        assert_eq!(words.value(CHANNEL, &json!("out_pre")), "out_pre");
        assert_eq!(words.obligation_value(BALANCE, &json!("870000")), "870000");
    }
}
