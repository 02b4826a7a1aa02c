//! Tests the set-up step by step, the way a request goes: settings, name, connection, TLS, token,
//! quota, look-up. A step that cannot run because an earlier one failed is shown as skipped.

mod account;
mod clients;
mod finding;
mod reach;
mod report;
mod settings;
mod shared;
mod step;
mod team;
mod tls;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueHint};
use serde_json::{Value, json};

use self::clients::EntryReport;
use self::finding::Finding;
use self::reach::Route;
use self::report::{Output, Report};
use self::settings::{open_token_file, settings};
use self::step::Step;
use self::tls::tls;
use super::build::BUILD;
use super::suggested::Suggested;
use super::{App, NOTHING_FOUND, help, with_app};
use crate::config::{Config, Sources, clock_warning};
use crate::install::ClientKind;
use crate::language::{Bilingual, Language, bilingual};
use crate::tenant::Tenant;

/// How long a connection may take, which is as long as a look-up waits for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// The version of the ticket's form; a member that is added does not change it.
const TICKET: u64 = 1;

/// What to check.
#[derive(Debug, Args)]
#[command(after_help = help::OF_CHECK)]
pub(super) struct Check {
    /// Test the way to a team's server at this address instead
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, conflicts_with_all = ["client", "field", "value"])]
    url: Option<String>,
    /// Run only what needs no network
    #[arg(long)]
    offline: bool,
    /// Also make one real look-up: the field to search by
    #[arg(long, requires = "value", value_parser = Suggested::fields(), hide_possible_values = true)]
    field: Option<String>,
    /// Also make one real look-up: the value to look for
    #[arg(long, requires = "field", value_hint = ValueHint::Other)]
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
        let output = Output { language, json: self.json };
        if let Some(url) = &self.url {
            return self.end(team::report(&self, url, sources, output)?);
        }
        let means_clients = !sandbox && clients::no_account_is_set(sources);
        if self.client.is_none() && !means_clients {
            return self.end(self.report(sandbox, sources, output)?);
        }
        let installations = clients::found(self.client, sources);
        match (installations.is_empty(), self.client) {
            (true, None) => self.end(self.report(sandbox, sources, output)?),
            (true, Some(client)) => self.end(clients::unknown_to(client, output)),
            (false, _) => {
                let mut reports = Vec::new();
                for installation in installations {
                    let is_first = reports.is_empty();
                    let more = clients::reports(&self, installation, sources, output, is_first)?;
                    reports.extend(more);
                }
                self.end_entries(&reports)
            }
        }
    }

    /// Takes every step with the settings from these sources.
    fn report(&self, sandbox: bool, sources: &Sources, output: Output) -> anyhow::Result<Report> {
        match Config::resolve(sandbox, sources) {
            // Wrong settings are reported; nothing else can be checked then.
            Err(problems) => {
                let mut report = Report::of_own(output);
                let (listed, defaults) = settings(sources, sandbox, Some(&problems));
                let details = problems.lines().chain(listed).collect();
                let finding = Finding::failed_list("settings_wrong", details, problems.advice());
                report.set(Step::Settings, finding.with_ticket([defaults]));
                report.skip_the_rest("not_reached", &not_reached());
                Ok(report)
            }
            Ok(config) => with_app(config, output.language, async |app| {
                Ok(self.steps(app, sources, output).await)
            }),
        }
    }

    async fn steps(&self, app: App, sources: &Sources, output: Output) -> Report {
        let App { tenant, sandbox: _sandbox, warnings, shared, .. } = app;
        let mut report = Report::of_own(output);
        let (listed, defaults) = settings(sources, tenant.is_sandbox, None);
        let finding = Finding::listed(listed).with_ticket([defaults]);
        let finding = finding.with_warnings("settings_without_effect", warnings);
        let clock = clock_warning(&tenant.clock).into_iter().collect();
        let open = open_token_file(sources).filter(|_| !tenant.is_sandbox).into_iter().collect();
        let finding = finding.with_warnings("token_file_open", open);
        report.set(Step::Settings, finding.with_warnings("time_zone_unknown", clock));
        if self.offline {
            report.skip_the_rest("offline", &not_offline());
        } else {
            if let Some(shared) = &shared {
                report.begin(Step::Shared);
                report.set(Step::Shared, shared::look(shared, shared.place()).await);
            }
            self.network(&tenant, sources, &mut report).await;
            report.skip_the_rest("not_reached", &not_reached());
        }
        report
    }

    async fn network(&self, tenant: &Tenant, sources: &Sources, report: &mut Report) {
        let client = tenant.lookup.client();
        let patience = PATIENCE.min(tenant.lookup.timeout());
        let route = Route::to(client.server(), sources);
        report.begin(Step::Dns);
        let addresses = route.resolve(patience).await;
        if !report.set(Step::Dns, route.name(&addresses)) {
            return;
        }
        report.begin(Step::Connection);
        if !report.set(Step::Connection, route.connect(&addresses, patience).await) {
            return;
        }
        report.begin(Step::Tls);
        let handshake = async { client.probe_tls().await.map_err(|it| Finding::refused(&it)) };
        let distrusted = || client.distrusted_certificate();
        if report
            .set(Step::Tls, tls(client.server(), handshake, distrusted, &route, patience).await)
        {
            account::account(self, tenant, &route, report).await;
        }
    }

    /// Ends with a report of which people have seen every step.
    fn end(&self, report: Report) -> anyhow::Result<ExitCode> {
        let report = report.printed()?;
        if self.json {
            print(&ticket(!report.has_failed(), "steps", report.steps())?)?;
        }
        Ok(status(report.has_failed()))
    }

    /// Ends with the reports on clients' entries.
    fn end_entries(&self, reports: &[EntryReport]) -> anyhow::Result<ExitCode> {
        let has_failed = reports.iter().any(|it| it.report.has_failed());
        if self.json {
            let entries = reports.iter().map(|EntryReport { client, server, file, report }| {
                json!({
                    "client": client,
                    "server": server,
                    "file": file,
                    "steps": report.steps(),
                })
            });
            print(&ticket(!has_failed, "clients", entries.collect())?)?;
        }
        Ok(status(has_failed))
    }
}

fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

fn status(has_failed: bool) -> ExitCode {
    if has_failed { ExitCode::from(NOTHING_FOUND) } else { ExitCode::SUCCESS }
}

/// Writes a support ticket.
fn ticket(ok: bool, key: &str, found: Value) -> anyhow::Result<String> {
    let mut ticket = json!({
        "format": TICKET,
        "version": env!("CARGO_PKG_VERSION"),
        "build": BUILD,
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "ok": ok,
    });
    if let Some(members) = ticket.as_object_mut() {
        members.insert(key.to_owned(), found);
    }
    Ok(serde_json::to_string_pretty(&ticket)? + "\n")
}
