//! Makes one look-up at the terminal: the same answer as the tool's, as a table or as JSON.

mod day;
mod facts;
mod page;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueHint};
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use self::day::day;
use self::page::Page;
use self::words::Words;
use super::exit::{self, WrongSettings};
use super::layout::{for_stderr, width};
use super::suggested::Suggested;
use super::{App, NOTHING_FOUND, Recording, help};
use crate::answer::{Filters, Outcome, Reader, View};
use crate::caller::{Call, Caller, Program};
use crate::error::Error;
use crate::fields::CUSTOMER;
use crate::language::{Bilingual, Language};
use crate::lookup::Stage;
use crate::tenant::Tenant;
use crate::tools::arguments::whole;
use crate::tools::{
    self, AuditLog, GESTIONES, GestionesRequest, LIMIT, OBLIGATION, OFFSET, ObligationRequest,
    to_usize,
};

/// What to look up.
#[derive(Debug, Args)]
#[command(after_help = help::OF_QUERY)]
pub(super) struct QueryArgs {
    /// Field to search by, such as id_customer; with VALUE alone, that one
    #[arg(
        required_unless_present = "case_file",
        value_parser = Suggested::fields(),
        hide_possible_values = true,
    )]
    field: Option<String>,
    /// Exact value
    #[arg(value_hint = ValueHint::Other)]
    value: Option<String>,
    /// Get the balances of the obligations of this case file instead: wolkvox_idRecord of a gestión
    #[arg(long = "record", value_name = "ID", conflicts_with_all = [
        "field", "limit", "offset", "since", "until", "tipification", "channel", "columns",
    ])]
    case_file: Option<String>,
    /// Keep only this obligation: by name, or with --record by id
    #[arg(long, value_name = "NAME")]
    obligation: Option<String>,
    /// Keep only this outcome, by its code or words
    #[arg(long, value_name = "OUTCOME")]
    tipification: Option<String>,
    /// Keep only this channel: wolkvox's code, or call, inbound, outbound, chat
    #[arg(
        long,
        value_parser = Suggested::new(&["call", "inbound", "outbound", "chat"]),
        hide_possible_values = true,
    )]
    channel: Option<String>,
    /// First day: YYYY-MM-DD, today, yesterday, or 30d for the last 30 days
    #[arg(long, value_name = "DAY", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    since: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    until: Option<String>,
    /// Records to print, 1 to 100
    #[arg(long, value_name = "NUMBER", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    limit: Option<String>,
    /// Records to skip
    #[arg(long, value_name = "NUMBER", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    offset: Option<String>,
    /// Field to add to the usual ones, or `*` for all; repeat it for more
    #[arg(
        long = "column",
        value_name = "FIELD",
        value_parser = Suggested::fields(),
        hide_possible_values = true,
    )]
    columns: Vec<String>,
    /// Print fields by wolkvox's keys and values as they are
    #[arg(long)]
    keys: bool,
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
        let App { tenant, sandbox: _sandbox, warnings, shared, .. } = app;
        for warning in warnings {
            tracing::warn!(%warning, "a setting");
        }
        let spinner = ProgressBar::new_spinner().with_message(ASKING.to(language).to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            spinner.set_style(style);
        }
        spinner.enable_steady_tick(Duration::from_millis(100));
        let report = |stage: Stage| spinner.set_message(stage.text().to(language).to_owned());
        let asked = self.ask(&tenant, recording, language, report).await;
        spinner.finish_and_clear();
        let (outcome, text) = match asked {
            Ok((outcome, text)) => (outcome, text?),
            Err(error) => {
                let error = match error {
                    // Only processes that share their limits are held back after this one ends.
                    Error::QuotaExhausted { .. } if shared.is_none() => {
                        Error::QuotaExhausted { hold: None }
                    }
                    error => error,
                };
                let (kind, sentence, hint) = (error.kind(), error.sentence(), error.hint());
                let (sentence, hint) = (sentence.to(language), hint.to(language));
                if self.json {
                    failure(kind.as_str(), sentence, hint)?;
                } else {
                    let kind = style(kind).for_stderr().red();
                    let told = for_stderr(&format!("{kind}: {sentence}. {hint}"));
                    writeln!(io::stderr(), "{told}")?;
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
        report: impl FnMut(Stage) + Send,
    ) -> Result<(Outcome, anyhow::Result<String>), Error> {
        let (audit, caller) = recording.unzip();
        let mut call = Call::new(Arc::new(caller.unwrap_or_else(|| Caller::system(String::new()))));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        call.program = Some(Program { name: "wolkvox-mcp query".to_owned(), version });
        let log = AuditLog { audit, tenant: None };
        let page = |as_of: &str| {
            let today = as_of.get(..10).and_then(|day| day.parse().ok());
            Page { words: Words { language, keys: self.keys, today }, width: width() }
        };
        if let Some(case_file) = &self.case_file {
            let (obligation, case_file) = (self.obligation.clone(), case_file.clone());
            let subject = ObligationRequest::subject(obligation.clone(), case_file.clone());
            let answer = log.recorded(&call, OBLIGATION, subject, async {
                let operation = tenant.operation(None)?;
                let request = ObligationRequest::new(operation, obligation, case_file)?;
                request.answer(tenant, report).await
            });
            let answer = answer.await?;
            let text = self.write(&answer, |answer| page(&answer.as_of).obligations(answer));
            return Ok((answer.outcome, text));
        }
        let (field, value) = self.searched()?;
        let subject = GestionesRequest::subject(field.clone(), value.clone());
        let answer = log.recorded(&call, GESTIONES, subject, async {
            let operation = tenant.operation(None)?;
            let view = self.view(tenant.clock.now().date())?;
            let request = GestionesRequest::typed(operation, field, value, view, Reader::Terminal);
            request?.answer(tenant, report).await
        });
        let answer = answer.await?;
        let text = self.write(&answer, |answer| page(&answer.as_of).gestiones(answer));
        Ok((answer.outcome, text))
    }

    /// Returns the field and the value; a value alone is a document number.
    fn searched(&self) -> Result<(String, String), Error> {
        let (field, value) = (self.field.clone().unwrap_or_default(), self.value.clone());
        match value {
            Some(value) if !value.trim().is_empty() => Ok((field, value)),
            Some(_) => Err(Error::invalid_input(
                Bilingual::new("`VALUE` is blank", "`VALUE` está en blanco"),
                Bilingual::new(
                    "Give the exact value, such as the document 900000001.",
                    "Dé el valor exacto, por ejemplo el documento 900000001.",
                ),
            )),
            None if field.contains(|letter: char| letter.is_ascii_digit()) => {
                Ok((CUSTOMER.to_owned(), field))
            }
            None => Err(Error::invalid_input(
                Bilingual::new("`VALUE` is missing", "falta `VALUE`"),
                Bilingual::new(
                    "Give a field and its value, or a document number alone.",
                    "Dé un campo y su valor, o solo un número de documento.",
                ),
            )),
        }
    }

    fn view(&self, today: Date) -> Result<View, Error> {
        let default = View::default();
        let day = |flag, typed: &Option<String>| {
            typed.as_deref().map(|it| day(flag, it, today)).transpose()
        };
        let count = |flag, text: &Option<String>, range, default| match text {
            Some(text) => whole(flag, text, range).map(to_usize),
            None => Ok(default),
        };
        let wanted = |flag, typed: &Option<String>| tools::filter(flag, typed.clone());
        Ok(View {
            since: day("--since", &self.since)?,
            until: day("--until", &self.until)?,
            filters: Filters {
                tipification: wanted("--tipification", &self.tipification)?,
                channel: wanted("--channel", &self.channel)?,
                obligation: wanted("--obligation", &self.obligation)?,
            },
            columns: tools::columns(self.columns.clone()),
            limit: count("--limit", &self.limit, LIMIT, default.limit)?,
            offset: count("--offset", &self.offset, OFFSET, default.offset)?,
        })
    }
}

const ASKING: Bilingual = Bilingual::new("asking wolkvox", "consultando a wolkvox");

/// Writes a failure as JSON where the answer would be.
fn failure(kind: &str, message: &str, hint: &str) -> anyhow::Result<()> {
    let error = json!({ "error": { "kind": kind, "message": message, "hint": hint } });
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&error)?)?;
    Ok(())
}
