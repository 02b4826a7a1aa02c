//! Tests the set-up step by step, the way a request goes: settings, name, connection, TLS, token,
//! quota, look-up. A step that cannot run because an earlier one failed is shown as skipped.

mod clients;
mod reach;
mod report;
mod settings;
mod shared;
mod team;
mod tls;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use tokio::time::timeout;

use self::clients::EntryReport;
use self::reach::Route;
use self::report::{Finding, Report, Step};
use self::settings::settings;
use self::tls::tls;
use super::{App, NOTHING_FOUND, with_app};
use crate::config::{Config, Sources};
use crate::error::Error;
use crate::install::ClientKind;
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
    /// Test the way to a team's server at this address instead
    #[arg(long, conflicts_with_all = ["client", "field", "value"])]
    url: Option<String>,
    /// Run only what needs no network
    #[arg(long)]
    offline: bool,
    /// Also make one real look-up: the field to search by
    #[arg(long, requires = "value")]
    field: Option<String>,
    /// Also make one real look-up: the value to look for
    #[arg(long, requires = "field")]
    value: Option<String>,
    /// Test a client's entry for this server as it stands [default if nothing is set: every client's]
    #[arg(long, value_enum)]
    client: Option<ClientKind>,
    /// Print the steps as JSON, for a support ticket
    #[arg(long)]
    json: bool,
}

fn not_reached() -> Bilingual {
    bilingual!("not reached: an earlier step failed", "no se ejecutó: falló un paso anterior")
}

fn not_offline() -> Bilingual {
    bilingual!("not tested: --offline was given", "no se probó: se indicó --offline")
}

impl Check {
    /// Checks the settings that are given here, or the entries that clients have.
    pub(super) fn run(
        self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        if let Some(url) = &self.url {
            return self.print(&team::report(&self, url, sources, language)?, language);
        }
        let means_clients = !sandbox && clients::nothing_is_set(sources);
        if self.client.is_none() && !means_clients {
            return self.print(&self.report(sandbox, sources, language)?, language);
        }
        let installations = clients::found(self.client, sources);
        match (installations.is_empty(), self.client) {
            (true, None) => self.print(&self.report(sandbox, sources, language)?, language),
            (true, Some(client)) => self.print(&clients::unknown_to(client), language),
            (false, _) => {
                let mut reports = Vec::new();
                for installation in installations {
                    reports.extend(clients::reports(&self, installation, sources, language)?);
                }
                self.print_entries(&reports, language)
            }
        }
    }

    /// Takes every step with the settings from these sources.
    fn report(
        &self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<Report> {
        match Config::resolve(sandbox, sources) {
            // Wrong settings are reported; nothing else can be checked then.
            Err(problems) => {
                let mut report = Report::default();
                let listed = settings(sources, sandbox, Some(&problems));
                let details = problems.lines().chain(listed).collect();
                report.set(Step::Settings, Finding::failed_list(details, problems.advice()));
                report.skip_the_rest(&not_reached());
                Ok(report)
            }
            Ok(config) => {
                with_app(config, language, async |app| Ok(self.steps(app, sources).await))
            }
        }
    }

    async fn steps(&self, app: App, sources: &Sources) -> Report {
        let App { tenant, sandbox: _sandbox, warnings, audit: _, shared } = app;
        let mut report = Report::default();
        let listed = settings(sources, tenant.is_sandbox, None);
        report.set(Step::Settings, Finding::listed(listed).with_warnings(warnings));
        if self.offline {
            report.skip_the_rest(&not_offline());
        } else {
            if let Some(shared) = &shared {
                report.set(Step::Shared, shared::look(shared, shared.place()).await);
            }
            self.network(&tenant, &mut report).await;
            report.skip_the_rest(&not_reached());
        }
        report
    }

    async fn network(&self, tenant: &Tenant, report: &mut Report) {
        let client = tenant.lookup.client();
        let patience = PATIENCE.min(tenant.lookup.timeout());
        let route = Route::to(client.server());
        let addresses = route.resolve(patience).await;
        let handshake = async { client.probe_tls().await.map_err(|it| Finding::refused(&it)) };
        if report.set(Step::Name, route.name(&addresses))
            && report.set(Step::Connection, route.connect(&addresses, patience).await)
            && report.set(Step::Tls, tls(client.server(), handshake, &route, patience).await)
        {
            self.account(tenant, &route, report).await;
        }
    }

    /// Checks what wolkvox says to the token, and with it.
    async fn account(&self, tenant: &Tenant, route: &Route, report: &mut Report) {
        let Some(operation) = &tenant.operation else {
            let finding = Finding::failed(
                bilingual!(
                    "not tested: no operation is set",
                    "no se probó: no hay ninguna operación definida"
                ),
                bilingual!(
                    "Set WOLKVOX_OPERATION, or give --operation for this check.",
                    "Defina WOLKVOX_OPERATION, o indique --operation para esta comprobación.",
                ),
            );
            report.set(Step::Token, finding);
            return;
        };
        // As long as a look-up would wait: a slow wolkvox works.
        let patience = tenant.lookup.timeout();
        let answer = timeout(patience, token_information(tenant.lookup.client(), operation)).await;
        match answer {
            Err(_) => {
                report.set(Step::Token, silent(route, patience));
            }
            Ok(Err(Failure { error: error @ Error::QuotaExhausted { .. }, .. })) => {
                report.set(
                    Step::Token,
                    Finding::ok(bilingual!(
                        "wolkvox recognizes the token",
                        "wolkvox reconoce el token"
                    )),
                );
                report.set(Step::Quota, Finding::refused(&error));
            }
            Ok(Err(failure)) => {
                report.set(Step::Token, Finding::refused(&failure.error));
            }
            Ok(Ok(information)) if information.is_blank() => {
                report.set(Step::Token, uninformed());
            }
            Ok(Ok(information)) => {
                report.set(
                    Step::Token,
                    Finding::ok(bilingual!("wolkvox accepts the token", "wolkvox acepta el token")),
                );
                if report.set(Step::Quota, quota(information)) {
                    report.set(Step::LookUp, self.look_up(tenant, operation).await);
                }
            }
        }
    }

    async fn look_up(&self, tenant: &Tenant, operation: &Operation) -> Finding {
        let (Some(field), Some(value)) = (&self.field, &self.value) else {
            return Finding::skipped(bilingual!(
                "not requested: give --field and --value to make one",
                "no se solicitó: indique --field y --value para hacer una",
            ));
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
                Finding::ok(bilingual!(
                    "INCOMPLETE: {count} records fetched, wolkvox has more",
                    "INCOMPLETO: se obtuvieron {count} registros, wolkvox tiene más",
                ))
            }
            Ok(found) => {
                let count = found.rows.len();
                Finding::ok(bilingual!("records found: {count}", "registros encontrados: {count}"))
            }
            Err(error) => Finding::refused(&error),
        }
    }

    fn print(&self, report: &Report, language: Language) -> anyhow::Result<ExitCode> {
        let text = if self.json {
            ticket(!report.has_failed(), "steps", report.steps(language))?
        } else {
            report.lines(language)
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(status(report.has_failed()))
    }

    /// Prints the reports on clients' entries, one below the other.
    fn print_entries(
        &self,
        reports: &[EntryReport],
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let has_failed = reports.iter().any(|it| it.report.has_failed());
        let text = if self.json {
            let entries = reports.iter().map(|EntryReport { client, server, file, report }| {
                json!({
                    "client": client,
                    "server": server,
                    "file": file,
                    "steps": report.steps(language),
                })
            });
            ticket(!has_failed, "clients", entries.collect())?
        } else {
            let entries = reports.iter().map(|EntryReport { client, server, file, report }| {
                let server = server.as_ref().map(|name| format!("`{name}` "));
                let server = server.unwrap_or_default();
                let heading =
                    bilingual!("{client}: {server}in {file}", "{client}: {server}en {file}");
                format!("{}\n{}", heading.to(language), report.lines(language))
            });
            entries.collect::<Vec<_>>().join("\n")
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(status(has_failed))
    }
}

fn status(has_failed: bool) -> ExitCode {
    if has_failed { ExitCode::from(NOTHING_FOUND) } else { ExitCode::SUCCESS }
}

/// Writes a support ticket.
fn ticket(ok: bool, key: &str, found: Value) -> anyhow::Result<String> {
    let mut ticket = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "ok": ok,
    });
    if let Some(members) = ticket.as_object_mut() {
        members.insert(key.to_owned(), found);
    }
    Ok(serde_json::to_string_pretty(&ticket)? + "\n")
}

/// Asks for the token's calls, again where the connection of the TLS test is dead, and where the
/// server wants the other method.
async fn token_information(
    client: &Client,
    operation: &Operation,
) -> Result<TokenInformation, Failure> {
    let mut answer = client.token_information(operation).await;
    if let Err(Failure { retry: Retry::NewConnection, .. }) = answer {
        client.renew_connections().await;
        answer = client.token_information(operation).await;
    }
    if let Err(Failure { retry: Retry::OtherMethod, .. }) = answer {
        answer = client.token_information(operation).await;
    }
    answer
}

/// The finding when wolkvox is reached and says nothing in time.
fn silent(route: &Route, patience: Duration) -> Finding {
    let fix = route.fix();
    Finding::failed(
        bilingual!(
            "connected, but wolkvox did not answer within {patience:?}",
            "hay conexión, pero wolkvox no respondió en {patience:?}",
        ),
        bilingual!(
            "wolkvox may only be slow: try again, or raise WOLKVOX_TIMEOUT. {fix}",
            "Quizá wolkvox solo está lento: intente de nuevo, o aumente WOLKVOX_TIMEOUT. {fix}",
            fix
        ),
    )
}

/// The finding when wolkvox answers without a word about the token.
fn uninformed() -> Finding {
    Finding::failed(
        bilingual!(
            "wolkvox answered, but returned no information about the token",
            "wolkvox respondió, pero no devolvió información sobre el token",
        ),
        bilingual!(
            "Check WOLKVOX_SERVER and the operation's name.",
            "Revise WOLKVOX_SERVER y el nombre de la operación.",
        ),
    )
}

/// Reports how many of the token's calls are left.
fn quota(information: TokenInformation) -> Finding {
    let told = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let TokenInformation { limit, used, left, hours_to_restart } = information;
    let is_used_up = left == Some(0);
    let reset = match hours_to_restart {
        None => Bilingual::new("", ""),
        Some(1) => bilingual!(", resets in 1 hour", "; se reinicia en 1 hora"),
        Some(hours) => {
            bilingual!(", resets in {hours} hours", "; se reinicia en {hours} horas")
        }
    };
    let [limit, used, left] = [limit, used, left].map(told);
    let shown = bilingual!(
        "{used} of {limit} calls used today, {left} left{reset} (this check cost one)",
        "{used} de {limit} consultas usadas hoy, quedan {left}{reset} (esta comprobación gastó una)",
        reset
    );
    if is_used_up {
        Finding::failed(
            shown,
            bilingual!(
                "Wait for the reset, or ask wolkvox for more calls.",
                "Espere al reinicio, o pida más consultas a wolkvox.",
            ),
        )
    } else {
        Finding::ok(shown)
    }
}
