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

use self::reach::{mend_connection, reach};
use self::report::{Report, Status};
use self::settings::settings;
use self::tls::secured;
use super::{App, NOTHING_FOUND};
use crate::config::{InvalidSettings, Sources};
use crate::error::Error;
use crate::language::{Bilingual, Language, bilingual};
use crate::tenant::Tenant;
use crate::wolkvox::{
    Client, Failure, FieldName, FieldValue, GestionQuery, Operation, Retry, TokenInformation,
};

/// How long a step may take, if the settings give a look-up no less.
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

fn not_reached() -> Bilingual {
    bilingual!("not reached: an earlier step failed", "no se ejecutó: falló un paso anterior")
}

impl Check {
    /// Reports settings that are wrong; nothing else can be checked then.
    pub(super) fn wrong_settings(
        &self,
        problems: &InvalidSettings,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let mut report = Report::default();
        let listed = settings(sources, sandbox, |setting| problems.are_about(setting));
        let details = problems.lines().chain(listed).collect();
        report.add(Status::Failed, details, Some(InvalidSettings::advice()));
        report.skip_the_rest(&not_reached());
        self.print(&report, language)
    }

    pub(super) async fn run(
        self,
        app: App,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let App { tenant, sandbox: _sandbox } = app;
        let mut report = Report::default();
        report.add(Status::Ok, settings(sources, tenant.is_sandbox, |_| false), None);
        if self.offline {
            report.skip_the_rest(&bilingual!(
                "not asked for: --offline",
                "no se solicitó: --offline"
            ));
        } else {
            self.network(&tenant, &mut report).await;
            report.skip_the_rest(&not_reached());
        }
        self.print(&report, language)
    }

    async fn network(&self, tenant: &Tenant, report: &mut Report) {
        let client = tenant.lookup.client();
        let patience = PATIENCE.min(tenant.lookup.timeout());
        if !reach(client.server(), patience, report).await {
            return;
        }
        if !secured(client, patience, report).await {
            return;
        }
        let Some(operation) = &tenant.operation else {
            report.failed(
                bilingual!(
                    "not tested: no operation is set",
                    "sin probar: no hay operación definida"
                ),
                bilingual!(
                    "Set WOLKVOX_OPERATION, or give --operation for this check.",
                    "Defina WOLKVOX_OPERATION, o indique --operation para esta comprobación.",
                ),
            );
            return;
        };
        match timeout(patience, token_information(client, operation)).await {
            Err(_) => report.failed(
                bilingual!(
                    "connected, but wolkvox does not answer",
                    "hay conexión, pero wolkvox no responde"
                ),
                mend_connection(false),
            ),
            Ok(Err(Failure { error: error @ Error::QuotaExhausted { .. }, .. })) => {
                report.ok(bilingual!("wolkvox knows the token", "wolkvox conoce el token"));
                report.refused(&error);
            }
            Ok(Err(failure)) => report.refused(&failure.error),
            Ok(Ok(information)) if information.is_blank() => report.failed(
                bilingual!(
                    "wolkvox answered, but told nothing of the token",
                    "wolkvox respondió, pero no dijo nada del token",
                ),
                bilingual!(
                    "Check WOLKVOX_SERVER and the operation's name.",
                    "Revise WOLKVOX_SERVER y el nombre de la operación.",
                ),
            ),
            Ok(Ok(information)) => {
                report.ok(bilingual!("wolkvox accepts the token", "wolkvox acepta el token"));
                if quota(information, report) {
                    self.look_up(tenant, operation, report).await;
                }
            }
        }
    }

    async fn look_up(&self, tenant: &Tenant, operation: &Operation, report: &mut Report) {
        let (Some(field), Some(value)) = (&self.field, &self.value) else {
            report.skipped(bilingual!(
                "not asked for: give --field and --value to make one",
                "no se solicitó: indique --field y --value para hacer una",
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
            Ok(query) => tenant.lookup.find(&query.into(), |_| ()).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) if !found.complete => {
                let count = found.rows.len();
                report.ok(bilingual!(
                    "INCOMPLETE: {count} records fetched, wolkvox has more",
                    "INCOMPLETO: se trajeron {count} registros, wolkvox tiene más",
                ));
            }
            Ok(found) => {
                let count = found.rows.len();
                report.ok(bilingual!("records found: {count}", "registros encontrados: {count}"));
            }
            Err(error) => report.refused(&error),
        }
    }

    fn print(&self, report: &Report, language: Language) -> anyhow::Result<ExitCode> {
        let text = if self.json {
            serde_json::to_string_pretty(&report.ticket(language))? + "\n"
        } else {
            report.lines(language)
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(if report.has_failed() { ExitCode::from(NOTHING_FOUND) } else { ExitCode::SUCCESS })
    }
}

/// Asks for the token's calls, a second time if the server wants the other method.
async fn token_information(
    client: &Client,
    operation: &Operation,
) -> Result<TokenInformation, Failure> {
    match client.token_information(operation).await {
        Err(Failure { retry: Retry::OtherMethod, .. }) => client.token_information(operation).await,
        answer => answer,
    }
}

/// Reports the quota, and returns whether any is left.
fn quota(information: TokenInformation, report: &mut Report) -> bool {
    let told = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let TokenInformation { limit, used, left, hours_to_restart } = information;
    let is_used_up = left == Some(0);
    let [limit, used, left, hours] = [limit, used, left, hours_to_restart].map(told);
    let shown = bilingual!(
        "{used} of {limit} calls used today, {left} left, {hours} hours to the restart (this check \
         cost one)",
        "{used} de {limit} consultas usadas hoy, quedan {left}, {hours} horas para el reinicio \
         (esta comprobación gastó una)",
    );
    if is_used_up {
        report.failed(
            shown,
            bilingual!(
                "Wait for the restart, or ask wolkvox for more calls.",
                "Espere al reinicio, o pida más consultas a wolkvox.",
            ),
        )
    } else {
        report.ok(shown)
    }
    !is_used_up
}
