//! Makes one look-up at the terminal: the same answer as the tool's, as a table or as JSON.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use console::{Term, style};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::{Value, json};

use super::exit::{self, WrongSettings};
use super::{App, NOTHING_FOUND, Recording};
use crate::Record;
use crate::answer::{Answer, Filters, Hints, ObligationAnswer, Outcome, Reader, Summary, View};
use crate::caller::{Call, Caller, Program};
use crate::error::Error;
use crate::fields::FIELDS;
use crate::language::{Bilingual, Language, bilingual};
use crate::tenant::Tenant;
use crate::tools::arguments::{date, whole};
use crate::tools::{
    self, AuditLog, GESTIONES, GestionesRequest, LIMIT, OBLIGATION, OFFSET, ObligationRequest,
    to_usize,
};
use crate::wolkvox::Operation;

/// A table that goes into a file or a pipe is this wide.
const WIDTH_ELSEWHERE: u16 = 120;
/// Narrower columns break words into pieces.
const NARROWEST_COLUMN: usize = 12;

/// A line under the names, and none between the rows.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// What to look up.
#[derive(Debug, Args)]
pub(super) struct QueryArgs {
    /// Field to search by, such as id_customer
    #[arg(required_unless_present = "obligation")]
    field: Option<String>,
    /// Exact value
    #[arg(required_unless_present = "obligation")]
    value: Option<String>,
    /// Get the obligation with this id instead, of the case file that --record names
    #[arg(long, value_name = "ID", requires = "case_file", conflicts_with = "field")]
    obligation: Option<String>,
    /// Id of the case file: wolkvox_idRecord of a gestión
    #[arg(long = "record", value_name = "ID", requires = "obligation")]
    case_file: Option<String>,
    /// Records to print, 1 to 100
    #[arg(long, conflicts_with = "obligation")]
    limit: Option<String>,
    /// Records to skip
    #[arg(long, conflicts_with = "obligation")]
    offset: Option<String>,
    /// First day, YYYY-MM-DD
    #[arg(long, conflicts_with = "obligation")]
    since: Option<String>,
    /// Last day, YYYY-MM-DD
    #[arg(long, conflicts_with = "obligation")]
    until: Option<String>,
    /// Field to add to the usual ones, or `*` for all; repeat it for more
    #[arg(long = "column", value_name = "FIELD", conflicts_with = "obligation")]
    columns: Vec<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl QueryArgs {
    /// Ends because the settings are wrong, with JSON where that is read.
    pub(super) fn without_settings(self, problem: WrongSettings) -> anyhow::Result<ExitCode> {
        if self.json {
            failure("wrong_settings", &problem.lines, &problem.advice)?;
            return Ok(exit::status_of(&problem.into()));
        }
        Err(problem.into())
    }

    pub(super) async fn run(
        self,
        app: App,
        recording: Recording,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let App { tenant, sandbox: _sandbox, warnings: _, audit: _, shared: _ } = app;
        let spinner = ProgressBar::new_spinner().with_message(
            bilingual!("asking wolkvox", "consultando a wolkvox").to(language).to_owned(),
        );
        spinner.enable_steady_tick(Duration::from_millis(100));
        let asked = self.ask(&tenant, recording, language).await;
        spinner.finish_and_clear();
        let (outcome, text) = match asked {
            Ok((outcome, text)) => (outcome, text?),
            Err(error) => {
                let (kind, sentence, hint) = (error.kind(), error.sentence(), error.hint());
                let (sentence, hint) = (sentence.to(language), hint.to(language));
                if self.json {
                    failure(kind.as_str(), sentence, hint)?;
                } else {
                    writeln!(io::stderr(), "{kind}: {sentence}. {hint}")?;
                }
                return Ok(exit::of_look_up(&error));
            }
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(match outcome {
            Outcome::Found => ExitCode::SUCCESS,
            Outcome::None => ExitCode::from(NOTHING_FOUND),
        })
    }

    fn write<A: Serialize>(
        &self,
        answer: &A,
        for_people: impl FnOnce(&A) -> String,
    ) -> anyhow::Result<String> {
        Ok(if self.json {
            serde_json::to_string_pretty(answer)? + "\n"
        } else {
            for_people(answer)
        })
    }

    /// Asks, and returns whether something was found and how it reads.
    async fn ask(
        &self,
        tenant: &Tenant,
        recording: Recording,
        language: Language,
    ) -> Result<(Outcome, anyhow::Result<String>), Error> {
        let (audit, caller) = recording.unzip();
        let mut call = Call::new(Arc::new(caller.unwrap_or_else(|| Caller::system(String::new()))));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        call.program = Some(Program { name: "wolkvox-mcp query".to_owned(), version });
        let log = AuditLog { audit, tenant: None };
        if let (Some(obligation), Some(case_file)) = (&self.obligation, &self.case_file) {
            let subject = ObligationRequest::subject(Some(obligation.clone()), case_file.clone());
            let answer = log.recorded(&call, OBLIGATION, subject, async {
                let operation = tenant.operation(None)?;
                let (obligation, case_file) = (obligation.clone(), case_file.clone());
                let request = ObligationRequest::new(operation, Some(obligation), case_file)?;
                request.answer(tenant, |_| ()).await
            });
            let answer = answer.await?;
            let text = self.write(&answer, |answer| obligations(answer, language));
            return Ok((answer.outcome, text));
        }
        let (field, value) = self.searched();
        let subject = GestionesRequest::subject(field, value);
        let answer = log.recorded(&call, GESTIONES, subject, async {
            let operation = tenant.operation(None)?;
            self.gestiones(operation)?.answer(tenant, |_| ()).await
        });
        let answer = answer.await?;
        Ok((answer.outcome, self.write(&answer, |answer| table(answer, language))))
    }

    fn searched(&self) -> (String, String) {
        let (field, value) = (self.field.clone(), self.value.clone());
        (field.unwrap_or_default(), value.unwrap_or_default())
    }

    fn gestiones(&self, operation: Operation) -> Result<GestionesRequest, Error> {
        let default = View::default();
        let day =
            |name, text: &Option<String>| text.as_deref().map(|it| date(name, it)).transpose();
        let count = |name, text: &Option<String>, range, default| match text {
            Some(text) => whole(name, text, range).map(to_usize),
            None => Ok(default),
        };
        let view = View {
            since: day("since", &self.since)?,
            until: day("until", &self.until)?,
            filters: Filters::default(),
            columns: tools::columns(self.columns.clone()),
            limit: count("limit", &self.limit, LIMIT, default.limit)?,
            offset: count("offset", &self.offset, OFFSET, default.offset)?,
        };
        let (field, value) = self.searched();
        GestionesRequest::typed(operation, field, value, view, Reader::Terminal)
    }
}

/// Writes a failure as JSON where the answer would be.
fn failure(kind: &str, message: &str, hint: &str) -> anyhow::Result<()> {
    let error = json!({ "error": { "kind": kind, "message": message, "hint": hint } });
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&error)?)?;
    Ok(())
}

/// Writes an answer for people: what was found, what all records share, then a row for each.
fn table(answer: &Answer, language: Language) -> String {
    let found = count(answer.total, answer.fetched);
    let mut written = heading(&found, answer.sandbox, &answer.hint, language);
    if let Some(common) = &answer.common {
        let count = answer.records.len();
        let shared =
            bilingual!("Shared by the {count} shown:\n", "Comunes a los {count} mostrados:\n");
        written += shared.to(language);
        for (name, value) in common {
            written += &format!("  {name}: {}\n", shown(value));
        }
    }
    if !answer.records.is_empty() {
        written += &rows(&answer.records);
    }
    if let Some(undated) = answer.undated {
        let last =
            bilingual!("Without a readable date: {undated}\n", "Sin fecha legible: {undated}\n");
        written += last.to(language);
    }
    if let Some(summary) = &answer.summary {
        written += summed_up(summary, answer.fetched).to(language);
    }
    if let Some(next) = answer.next_offset {
        // Only what was fetched can be shown.
        let fetched = answer.fetched.unwrap_or(answer.total);
        let rest = answer.total.min(fetched).saturating_sub(next);
        let rest = thousands(rest);
        let more =
            bilingual!("{rest} more: --offset {next}\n", "{rest} más: --offset {next}\n", rest);
        written += more.to(language);
    }
    written
}

/// Writes obligations for people, a block each.
fn obligations(answer: &ObligationAnswer, language: Language) -> String {
    let found = count(answer.total, None);
    let heading = heading(&found, answer.sandbox, &answer.hint, language);
    heading + &blocks(&answer.obligations, &columns(&answer.obligations))
}

fn heading(count: &Bilingual, sandbox: Option<bool>, hint: &Hints, language: Language) -> String {
    let sandbox = match sandbox {
        Some(_) => bilingual!(", SANDBOX: fictitious data", ", SANDBOX: datos ficticios"),
        None => Bilingual::same(""),
    };
    let found = format!("{}{}\n", style(count.to(language)).bold(), sandbox.to(language));
    if hint.is_empty() { found } else { format!("{found}{}\n", style(hint.to(language)).yellow()) }
}

/// Returns how many records were found, and of how many if not all were fetched.
fn count(total: u64, fetched: Option<u64>) -> Bilingual {
    let (all, came) = (thousands(total), fetched.map(thousands));
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
        (None, _) if total == 1 => bilingual!("1 record found", "1 registro encontrado"),
        (None, _) => bilingual!("{all} records found", "{all} registros encontrados", all),
    }
}

/// Writes a number the way each language groups its thousands.
fn thousands(number: u64) -> Bilingual {
    let digits = number.to_string();
    let mut english = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            english.push(',');
        }
        english.push(digit);
    }
    Bilingual { spanish: english.replace(',', ".").into(), english: english.into() }
}

fn blocks(records: &[Record], columns: &[&str]) -> String {
    let block = |record: &Record| {
        let fields = columns.iter().filter_map(|name| Some((name, record.get(*name)?)));
        fields.map(|(name, value)| format!("  {name}: {}\n", shown(value))).collect::<String>()
    };
    records.iter().map(block).collect::<Vec<_>>().join("\n")
}

/// Writes a table if its columns stay readable in the width there is, else a block a record.
fn rows(records: &[Record]) -> String {
    let width = width();
    let columns = columns(records);
    if columns.len() * NARROWEST_COLUMN > usize::from(width) {
        return blocks(records, &columns);
    }
    let mut table = table_of(width);
    // The table breaks a long name only at a space.
    table.set_header(columns.iter().map(|name| name.replace('_', " ")));
    for record in records {
        table.add_row(columns.iter().map(|name| record.get(*name).map(shown).unwrap_or_default()));
    }
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 1)));
    table.trim_fmt() + "\n"
}

/// Returns how wide a table may be.
pub(super) fn width() -> u16 {
    let terminal = Term::stdout();
    if terminal.is_term() { terminal.size().1 } else { WIDTH_ELSEWHERE }
}

/// Begins a table as this program shows them.
pub(super) fn table_of(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width);
    table
}

/// Sums up all matches, or those that were fetched.
fn summed_up(summary: &Summary, fetched: Option<u64>) -> Bilingual {
    let days = match (&summary.first, &summary.last) {
        (Some(first), Some(last)) => bilingual!(", {first} to {last}", ", del {first} al {last}"),
        _ => Bilingual::same(""),
    };
    let counts = summary.by_tipification.iter().map(|(name, count)| format!("{count} {name}"));
    let counts: Vec<String> = counts.collect();
    let with_rest = |other: &str, none: &str| {
        let rest = [(summary.other_tipifications, other), (summary.without_tipification, none)];
        let rest = rest.into_iter().filter(|(count, _)| *count > 0);
        let rest = rest.map(|(count, name)| format!("{count} {name}"));
        counts.iter().cloned().chain(rest).collect::<Vec<_>>().join(", ").into()
    };
    let counts = Bilingual {
        english: with_rest("of other classifications", "not classified"),
        spanish: with_rest("de otras tipificaciones", "sin tipificar"),
    };
    match fetched {
        Some(_) => {
            bilingual!("Of those fetched: {counts}\n", "De los obtenidos: {counts}\n", counts)
        }
        None => bilingual!("In all{days}: {counts}\n", "En total{days}: {counts}\n", days, counts),
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

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_the_way_each_language_does() {
        for (number, english, spanish) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (12_345, "12,345", "12.345"),
            (1_234_567, "1,234,567", "1.234.567"),
        ] {
            let written = thousands(number);
            assert_eq!((written.english.as_ref(), written.spanish.as_ref()), (english, spanish));
        }
    }

    #[test]
    fn a_heading_never_calls_a_part_the_whole() {
        let english = |total, fetched| count(total, fetched).english.into_owned();
        assert_eq!(english(1, None), "1 record found");
        assert_eq!(english(1_300, None), "1,300 records found");
        assert_eq!(english(1_300, Some(1_000)), "1,000 of 1,300 fetched");
        assert_eq!(english(1_000, Some(1_000)), "1,000 fetched, wolkvox may have more");
        assert_eq!(english(37, Some(1_000)), "37 found among the 1,000 fetched");
    }
}
