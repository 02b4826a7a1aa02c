//! Tests the set-up step by step, the way a request goes: settings, name, connection, TLS, token,
//! quota, look-up. A step that cannot run because an earlier one failed is shown as skipped.

mod reach;
mod report;
mod settings;
mod tls;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use tokio::time::timeout;

use self::reach::reach;
use self::report::{Report, Status};
use self::settings::settings;
use self::tls::secured;
use super::{Given, NOTHING_FOUND, Session};
use crate::config::Problems;
use crate::error::{Error, Spent};
use crate::language::{Language, Text, text};
use crate::mcp::Desk;
use crate::wolkvox::{FieldName, FieldValue, GestionQuery, Operation, TokenInformation};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to check.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Run only what needs no network
    #[arg(long)]
    offline: bool,
    /// Make one real look-up too: field to search by
    #[arg(long, requires = "value")]
    field: Option<String>,
    /// Make one real look-up too: value to look for
    #[arg(long, requires = "field")]
    value: Option<String>,
    /// Print the steps as JSON, for a support ticket
    #[arg(long)]
    json: bool,
}

fn not_reached() -> Text {
    text!("not reached: an earlier step failed", "no se llegó: falló un paso anterior")
}

impl Check {
    /// Reports settings that are wrong; nothing else can be checked then.
    pub(super) fn wrong_settings(
        &self,
        problems: &Problems,
        sandbox: bool,
        given: &Given,
    ) -> anyhow::Result<ExitCode> {
        let mut report = Report::default();
        let listed = settings(given, sandbox, |setting| problems.are_about(setting));
        let details = problems.lines().chain(listed).collect();
        report.add(Status::Failed, details, Some(Problems::advice()));
        report.skip_the_rest(&not_reached());
        self.print(&report, given.language)
    }

    pub(super) async fn run(self, session: Session, given: &Given) -> anyhow::Result<ExitCode> {
        let Session { desk, sandbox: _sandbox } = session;
        let mut report = Report::default();
        report.add(Status::Ok, settings(given, desk.sandbox, |_| false), None);
        if self.offline {
            report.skip_the_rest(&text!("not asked for: --offline", "no se pidió: --offline"));
        } else {
            self.network(&desk, &mut report).await;
            report.skip_the_rest(&not_reached());
        }
        self.print(&report, given.language)
    }

    async fn network(&self, desk: &Desk, report: &mut Report) {
        let client = desk.lookup.client();
        if !reach(client.server(), report).await {
            return;
        }
        let Some(operation) = &desk.operation else {
            report.skip_the_rest(&text!(
                "needs an operation: set WOLKVOX_OPERATION or give --operation",
                "necesita una operación: defina WOLKVOX_OPERATION o dé --operation",
            ));
            return;
        };
        let limit = PATIENCE * 2;
        let asked = timeout(limit, client.token_information(operation)).await;
        let answer =
            asked.unwrap_or_else(|_| Err(Error::Timeout { limit, spent: Spent::default() }.into()));
        if !secured(client, answer.as_ref().map_err(|failure| &failure.error), report) {
            return;
        }
        match answer {
            Ok(information) => {
                report.ok(text!("wolkvox accepts the token", "wolkvox acepta el token"));
                quota(information, report);
            }
            Err(failure) => {
                match &failure.error {
                    Error::QuotaExhausted { .. } => {
                        report.ok(text!("wolkvox knows the token", "wolkvox conoce el token"));
                        report.refused(&failure.error);
                    }
                    error => report.refused(error),
                }
                return;
            }
        }
        self.look_up(desk, operation, report).await;
    }

    async fn look_up(&self, desk: &Desk, operation: &Operation, report: &mut Report) {
        let (Some(field), Some(value)) = (&self.field, &self.value) else {
            report.skipped(text!(
                "not asked for: give --field and --value to make one",
                "no se pidió: dé --field y --value para hacer una",
            ));
            return;
        };
        let query = || {
            Ok(GestionQuery {
                operation: operation.clone(),
                field: FieldName::parse(field.clone())?,
                value: FieldValue::parse(value.clone())?,
            })
        };
        let found = match query() {
            Ok(query) => desk.lookup.find(&query.into(), |_| ()).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => {
                let count = found.rows.len();
                report.ok(text!("records found: {count}", "registros encontrados: {count}"));
            }
            Err(error) => report.refused(&error),
        }
    }

    fn print(&self, report: &Report, language: Language) -> anyhow::Result<ExitCode> {
        let text = match self.json {
            true => serde_json::to_string_pretty(&report.ticket(language))? + "\n",
            false => report.lines(language),
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(match report.has_failed() {
            true => ExitCode::from(NOTHING_FOUND),
            false => ExitCode::SUCCESS,
        })
    }
}

fn quota(information: TokenInformation, report: &mut Report) {
    let told = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let TokenInformation { limit, used, left, hours_to_restart } = information;
    let is_used_up = left == Some(0);
    let [limit, used, left, hours] = [limit, used, left, hours_to_restart].map(told);
    let shown = text!(
        "{used} of {limit} calls used today, {left} left, {hours} hours to the restart (this check \
         cost one)",
        "{used} de {limit} consultas usadas hoy, quedan {left}, {hours} horas para el reinicio \
         (esta comprobación gastó una)",
    );
    match is_used_up {
        true => report.failed(
            shown,
            text!(
                "Wait for the restart, or ask wolkvox for more calls.",
                "Espere al reinicio, o pida más consultas a wolkvox.",
            ),
        ),
        false => report.ok(shown),
    }
}
