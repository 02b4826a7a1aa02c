//! Writes answers for people: what was found, the facts, what all records share, then a row for each.

use console::style;

use super::facts;
use super::words::{Words, grouped};
use crate::Record;
use crate::answer::{Answer, Hints, ObligationAnswer};
use crate::cli::layout::{table, wrapped};
use crate::fields::FIELDS;
use crate::language::{Bilingual, bilingual};

/// A page of this width, in these words.
pub(super) struct Page {
    pub(super) words: Words,
    pub(super) width: u16,
}

impl Page {
    /// Writes an answer about gestiones.
    pub(super) fn gestiones(&self, answer: &Answer) -> String {
        let found = count(answer.total, answer.fetched);
        let mut written = self.heading(&found, answer.sandbox, &answer.hint);
        for fact in facts::lines(answer, self.words) {
            written += &self.line(&fact);
        }
        if let Some(common) = &answer.common {
            let count = answer.records.len();
            let shared = bilingual!(
                "\nShared by the {count} shown:\n",
                "\nComunes a los {count} mostrados:\n"
            );
            written += self.text(&shared);
            written += &self.block(common);
        }
        if !answer.records.is_empty() {
            written += "\n";
            written += &self.rows(&answer.records);
        }
        let mut after = String::new();
        if let Some(undated) = answer.undated {
            let undated = bilingual!(
                "Without a readable date: {undated}\n",
                "Sin fecha legible: {undated}\n"
            );
            after += self.text(&undated);
        }
        if let Some(next) = answer.next_offset {
            // Only what was fetched can be shown.
            let fetched = answer.fetched.unwrap_or(answer.total);
            let rest = grouped(&answer.total.min(fetched).saturating_sub(next).to_string());
            let more =
                bilingual!("{rest} more: --offset {next}\n", "{rest} más: --offset {next}\n", rest);
            after += self.text(&more);
        }
        if after.is_empty() { written } else { written + "\n" + &after }
    }

    /// Writes obligations, a block each.
    pub(super) fn obligations(&self, answer: &ObligationAnswer) -> String {
        let found = match answer.total {
            1 => Bilingual::new("1 obligation found", "1 obligación encontrada"),
            total => bilingual!("{total} obligations found", "{total} obligaciones encontradas"),
        };
        let mut written = self.heading(&found, answer.sandbox, &answer.hint);
        if let Some(total) = &answer.total_balance {
            let label = Bilingual::new("Balance of all", "Saldo de todas");
            let total = self.words.obligation_value("total_balance", &total.as_str().into());
            written += &self.line(&format!("{}: {total}", self.text(&label)));
        }
        for missing in &answer.not_found {
            let reason = missing.reason.to(self.words.language);
            written += &self.line(&format!("{}: {reason}", missing.name));
        }
        for obligation in &answer.obligations {
            written += "\n";
            for (key, value) in obligation {
                let label = self.words.obligation_field(key);
                let value = self.words.obligation_value(key, value);
                written += &self.line(&format!("  {label}: {value}"));
            }
        }
        written
    }

    fn text<'a>(&self, text: &'a Bilingual) -> &'a str {
        text.to(self.words.language)
    }

    /// Writes a line, broken between words where it is too long.
    fn line(&self, text: &str) -> String {
        let own = text.len() - text.trim_start().len();
        wrapped(text, self.width, &" ".repeat(own + 2)) + "\n"
    }

    fn heading(&self, found: &Bilingual, sandbox: Option<bool>, hint: &Hints) -> String {
        let sandbox = match sandbox {
            Some(_) => Bilingual::new(", SANDBOX: fictitious data", ", SANDBOX: datos ficticios"),
            None => Bilingual::same(""),
        };
        let found = format!("{}{}\n", style(self.text(found)).bold(), self.text(&sandbox));
        if hint.is_empty() {
            return found;
        }
        let hint = wrapped(&hint.to(self.words.language), self.width, "");
        format!("{found}{}\n", style(hint).yellow())
    }

    /// Writes a table if no word of it must be broken, else a block a record.
    fn rows(&self, records: &[Record]) -> String {
        let keys = columns(records);
        let header: Vec<String> = keys.iter().map(|key| self.words.field(key)).collect();
        let cell = |record: &Record, key: &&str| {
            record.get(*key).map(|value| self.words.value(key, value)).unwrap_or_default()
        };
        let row = |record: &Record| keys.iter().map(|key| cell(record, key)).collect();
        let rows: Vec<Vec<String>> = records.iter().map(row).collect();
        let is_table = records.len() > 1;
        is_table.then(|| table(&header, &rows, self.width)).flatten().unwrap_or_else(|| {
            records.iter().map(|it| self.block(it)).collect::<Vec<_>>().join("\n")
        })
    }

    fn block(&self, record: &Record) -> String {
        let record = std::slice::from_ref(record);
        let fields = columns(record).into_iter().filter_map(|key| {
            let value = self.words.value(key, record.first()?.get(key)?);
            Some(self.line(&format!("  {}: {value}", self.words.field(key))))
        });
        fields.collect()
    }
}

/// Returns how many records were found, and of how many if not all were fetched.
fn count(total: u64, fetched: Option<u64>) -> Bilingual {
    let number = |it: u64| grouped(&it.to_string());
    let (all, came) = (number(total), fetched.map(number));
    match (came, fetched) {
        (Some(came), Some(fetched)) if total > fetched => {
            bilingual!("{came} of {all} fetched", "{came} de {all} obtenidos", came, all)
        }
        (Some(came), Some(fetched)) if total == fetched => bilingual!(
            "{came} fetched, wolkvox may have more",
            "{came} obtenidos, wolkvox puede tener más",
            came,
        ),
        (Some(came), _) => bilingual!(
            "{all} found among the {came} fetched",
            "{all} encontrados entre los {came} obtenidos",
            came,
            all,
        ),
        (None, _) if total == 1 => Bilingual::new("1 record found", "1 registro encontrado"),
        (None, _) => bilingual!("{all} records found", "{all} registros encontrados", all),
    }
}

/// Orders the records' fields: wolkvox's own as the table of fields has them, then the tenant's.
fn columns(records: &[Record]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in records.iter().flat_map(Record::keys) {
        if !names.contains(&name.as_ref()) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| FIELDS.iter().position(|it| it.name == *name).unwrap_or(FIELDS.len()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_never_calls_a_part_the_whole() {
        let english = |total, fetched| count(total, fetched).english.into_owned();
        assert_eq!(english(1, None), "1 record found");
        assert_eq!(english(1_300, None), "1,300 records found");
        assert_eq!(english(1_300, Some(1_000)), "1,000 of 1,300 fetched");
        assert_eq!(english(1_000, Some(1_000)), "1,000 fetched, wolkvox may have more");
        assert_eq!(english(3, Some(1_000)), "3 found among the 1,000 fetched");
    }
}
