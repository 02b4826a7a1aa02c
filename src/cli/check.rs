//! Tests the set-up step by step, the way a request goes: settings, name, connection, TLS, token,
//! quota, look-up. A step that cannot run because an earlier one failed is shown as skipped.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use console::style;
use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;
use serde::Serialize;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Given, NOTHING_FOUND, Session};
use crate::config::Problems;
use crate::error::{Error, Fault, Spent};
use crate::mcp::Desk;
use crate::server_url::ServerUrl;
use crate::settings::{SETTINGS, TOKEN};
use crate::wolkvox::{
    Client, FieldName, FieldValue, GestionQuery, Handshake, Operation, TokenInformation,
};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A certificate that ends sooner deserves a word.
const SOON_DAYS: i64 = 14;

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

/// Holds the result of one step.
#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    status: Status,
    /// What was found; never a secret, never a person's data.
    details: Vec<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Failed,
    Skipped,
}

const STEPS: [&str; 7] = ["settings", "name", "connection", "TLS", "token", "quota", "look-up"];

/// Collects the steps' results in the order of [`STEPS`].
#[derive(Debug, Default)]
struct Report(Vec<Step>);

impl Report {
    fn add(&mut self, status: Status, details: Vec<String>, mend: Option<String>) {
        let step = STEPS.get(self.0.len()).copied().unwrap_or_default();
        self.0.push(Step { step, status, details, mend });
    }

    fn ok(&mut self, detail: impl Into<String>) {
        self.add(Status::Ok, vec![detail.into()], None);
    }

    fn failed(&mut self, detail: impl Into<String>, mend: impl Into<String>) {
        self.add(Status::Failed, vec![detail.into()], Some(mend.into()));
    }

    fn skipped(&mut self, why: impl Into<String>) {
        self.add(Status::Skipped, vec![why.into()], None);
    }

    /// Fills in the steps that were not reached.
    fn skip_the_rest(&mut self, why: &str) {
        while self.0.len() < STEPS.len() {
            self.skipped(why);
        }
    }

    fn has_failed(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }
}

const NOT_REACHED: &str = "not reached: an earlier step failed";

impl Check {
    /// Reports settings that are wrong; nothing else can be checked then.
    pub(super) fn wrong_settings(&self, problems: &Problems) -> anyhow::Result<ExitCode> {
        let mut report = Report::default();
        let mend = "Set them in the \"env\" part of your client's mcp.json, or in the environment.";
        report.add(Status::Failed, problems.lines().collect(), Some(mend.to_owned()));
        report.skip_the_rest(NOT_REACHED);
        self.print(&report)
    }

    pub(super) async fn run(self, session: Session, given: &Given) -> anyhow::Result<ExitCode> {
        let Session { desk, sandbox: _sandbox } = session;
        let mut report = Report::default();
        report.add(Status::Ok, settings(given, desk.sandbox), None);
        if self.offline {
            report.skip_the_rest("not asked for: --offline");
        } else {
            self.network(&desk, &mut report).await;
            report.skip_the_rest(NOT_REACHED);
        }
        self.print(&report)
    }

    async fn network(&self, desk: &Desk, report: &mut Report) {
        let client = desk.lookup.client();
        if !reach(client.server(), report).await {
            return;
        }
        let Some(operation) = &desk.operation else {
            report.skipped("needs an operation: set WOLKVOX_OPERATION or give --operation");
            report.skipped("needs an operation, as the step before");
            report.skipped("needs an operation, as the step before");
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
                report.ok("wolkvox accepts the token");
                quota(information, report);
            }
            Err(failure) => {
                match &failure.error {
                    Error::QuotaExhausted { .. } => {
                        report.ok("wolkvox knows the token");
                        report.failed(failure.error.to_string(), failure.error.advice());
                    }
                    error => report.failed(error.to_string(), error.advice()),
                }
                return;
            }
        }
        self.look_up(desk, operation, report).await;
    }

    async fn look_up(&self, desk: &Desk, operation: &Operation, report: &mut Report) {
        let (Some(field), Some(value)) = (&self.field, &self.value) else {
            report.skipped("not asked for: give --field and --value to make one");
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
            Ok(found) => report.ok(format!("records found: {}", found.rows.len())),
            Err(error) => report.failed(error.to_string(), error.advice()),
        }
    }

    fn print(&self, report: &Report) -> anyhow::Result<ExitCode> {
        let text = match self.json {
            true => {
                let version = env!("CARGO_PKG_VERSION");
                let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
                let ticket = serde_json::json!({
                    "version": version, "system": system, "ok": !report.has_failed(),
                    "steps": report.0,
                });
                serde_json::to_string_pretty(&ticket)? + "\n"
            }
            false => report.0.iter().map(for_people).collect(),
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(match report.has_failed() {
            true => ExitCode::from(NOTHING_FOUND),
            false => ExitCode::SUCCESS,
        })
    }
}

fn for_people(step: &Step) -> String {
    let mark = match step.status {
        Status::Ok => style("✓ ok     ").green(),
        Status::Failed => style("✗ failed ").red(),
        Status::Skipped => style("– skipped").dim(),
    };
    let name = format!("{mark}  {:<10}  ", step.step);
    // Further details stand below the first.
    let indent = " ".repeat("– skipped  settings    ".chars().count());
    let mend = step.mend.iter().map(|mend| style(format!("→ {mend}")).yellow().to_string());
    let lines: Vec<String> = step.details.iter().cloned().chain(mend).collect();
    format!("{name}{}\n", lines.join(&format!("\n{indent}")))
}

/// Lists the settings that are not the defaults, and where each comes from.
fn settings(given: &Given, sandbox: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if sandbox {
        lines.push("the sandbox, with fictitious data".to_owned());
    }
    for setting in SETTINGS {
        let flag = given.flag(setting).map(|text| (text, "flag"));
        let set = flag.or_else(|| Some((std::env::var(setting.variable).ok()?, "variable")));
        let Some((text, source)) = set.filter(|(text, _)| !text.trim().is_empty()) else {
            continue;
        };
        let shown = match setting.variable == TOKEN.variable {
            true => format!("{} characters", text.trim().chars().count()),
            false => text.trim().to_owned(),
        };
        lines.push(format!("{}: {shown} ({source})", setting.variable));
    }
    lines.push("everything else: default".to_owned());
    lines
}

/// Checks the way to the server: its name, and a connection to it or to the proxy.
async fn reach(server: &ServerUrl, report: &mut Report) -> bool {
    let (host, port) = server.host_and_port();
    let proxy = match server.is_loopback() {
        true => None,
        false => {
            server.to_string().parse().ok().and_then(|uri| Matcher::from_system().intercept(&uri))
        }
    };
    let (name, port) = match &proxy {
        Some(proxy) => {
            let uri = proxy.uri();
            report.skipped("the proxy of HTTPS_PROXY resolves it");
            (uri.host().unwrap_or_default().to_owned(), uri.port_u16().unwrap_or(80))
        }
        None => (host.trim_matches(['[', ']']).to_owned(), port),
    };
    let addresses: Vec<_> = match lookup_host((name.as_str(), port)).await {
        Ok(addresses) => addresses.collect(),
        Err(_) => Vec::new(),
    };
    match (&proxy, addresses.len()) {
        (None, 0) => {
            report.failed(
                "the host name could not be resolved",
                "Check WOLKVOX_SERVER: it is the host in the browser's address bar when you are \
                 logged in to the CRM. Old names end in crmvox.com; new ones in wolkvox.com.",
            );
            return false;
        }
        (None, count) => report.ok(format!("resolves to {count} address(es)")),
        (Some(_), _) => {}
    }
    let to = if proxy.is_some() { "the proxy" } else { "the server" };
    match timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => {
            report.ok(format!("{to} accepts connections"));
            true
        }
        Ok(Err(problem)) => {
            report.failed(
                format!("no connection to {to} ({})", problem.kind()),
                mend_connection(&proxy),
            );
            false
        }
        Err(_) => {
            report.failed(format!("no answer from {to}"), mend_connection(&proxy));
            false
        }
    }
}

fn mend_connection<T>(proxy: &Option<T>) -> &'static str {
    match proxy {
        Some(_) => "Check HTTPS_PROXY: is the proxy's address right, and is it running?",
        None => {
            "Usual causes: this computer's public address is not on wolkvox's IP allow-list \
             (Manager, Configuration), a firewall, or a proxy that HTTPS_PROXY must name."
        }
    }
}

/// Reports TLS by what the first request showed.
fn secured(
    client: &Client,
    answer: Result<&TokenInformation, &Error>,
    report: &mut Report,
) -> bool {
    if !client.server().is_encrypted() {
        report.skipped("plain http to this computer");
        return true;
    }
    match answer {
        Err(error @ Error::Unavailable { fault: Fault::Tls(_) }) => {
            report.failed(error.to_string(), error.advice());
            return false;
        }
        Err(error @ Error::Unavailable { fault: Fault::Connect(_) }) => {
            report.failed(error.to_string(), error.advice());
            return false;
        }
        Ok(_) | Err(_) => {}
    }
    match client.handshake().and_then(|handshake| certificate(&handshake)) {
        Some((shown, days)) if days < SOON_DAYS => {
            report.add(Status::Ok, vec![shown, "the certificate ends soon".to_owned()], None);
        }
        Some((shown, _)) => report.ok(shown),
        None => report.skipped("nothing was seen of it"),
    }
    true
}

/// Describes a handshake, and counts the days that its certificate still has.
fn certificate(handshake: &Handshake) -> Option<(String, i64)> {
    let (_, certificate) = X509Certificate::from_der(&handshake.certificate).ok()?;
    let issuer = certificate
        .issuer()
        .iter_organization()
        .chain(certificate.issuer().iter_common_name())
        .find_map(|name| name.as_str().ok())
        .unwrap_or("an unnamed issuer");
    let left = certificate.validity().not_after.timestamp() - Timestamp::now().as_second();
    let days = left / (24 * 60 * 60);
    let issuer = crate::clean::value(issuer, 100).into_owned();
    Some((format!("{}, certificate from {issuer}, {days} days left", handshake.protocol), days))
}

fn quota(information: TokenInformation, report: &mut Report) {
    let told = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let TokenInformation { limit, used, left, hours_to_restart } = information;
    let shown = format!(
        "{} of {} calls used today, {} left, {} hours to the restart (this check cost one)",
        told(used),
        told(limit),
        told(left),
        told(hours_to_restart)
    );
    match left {
        Some(0) => report.failed(shown, "Wait for the restart, or ask wolkvox for more calls."),
        _ => report.ok(shown),
    }
}
