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
use serde_json::{Value, json};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Given, NOTHING_FOUND, Session};
use crate::config::Problems;
use crate::error::{Error, Fault, Spent};
use crate::language::{self, Language, Text, text};
use crate::mcp::Desk;
use crate::server_url::ServerUrl;
use crate::settings::{SETTINGS, TOKEN, TOKEN_FILE};
use crate::wolkvox::{
    Client, FieldName, FieldValue, GestionQuery, Handshake, Operation, TokenFile, TokenInformation,
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
#[derive(Debug)]
struct Step {
    name: StepName,
    status: Status,
    /// What was found; never a secret, never a person's data.
    details: Vec<Text>,
    /// How to mend it.
    mend: Option<Text>,
}

/// Names a step; its English name is the same in every language's JSON.
#[derive(Clone, Copy, Debug)]
struct StepName {
    english: &'static str,
    spanish: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Failed,
    Skipped,
}

const STEPS: [StepName; 7] = [
    StepName { english: "settings", spanish: "ajustes" },
    StepName { english: "name", spanish: "nombre" },
    StepName { english: "connection", spanish: "conexión" },
    StepName { english: "TLS", spanish: "TLS" },
    StepName { english: "token", spanish: "token" },
    StepName { english: "quota", spanish: "cuota" },
    StepName { english: "look-up", spanish: "consulta" },
];

/// Collects the steps' results in the order of [`STEPS`].
#[derive(Debug, Default)]
struct Report(Vec<Step>);

impl Report {
    fn add(&mut self, status: Status, details: Vec<Text>, mend: Option<Text>) {
        if let Some(name) = STEPS.get(self.0.len()).copied() {
            self.0.push(Step { name, status, details, mend });
        }
    }

    fn ok(&mut self, detail: Text) {
        self.add(Status::Ok, vec![detail], None);
    }

    fn failed(&mut self, detail: Text, mend: Text) {
        self.add(Status::Failed, vec![detail], Some(mend));
    }

    fn refused(&mut self, error: &Error) {
        self.failed(error.sentence(), error.advice());
    }

    fn skipped(&mut self, why: Text) {
        self.add(Status::Skipped, vec![why], None);
    }

    /// Fills in the steps that were not reached.
    fn skip_the_rest(&mut self, why: &Text) {
        while self.0.len() < STEPS.len() {
            self.skipped(why.clone());
        }
    }

    fn has_failed(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }
}

fn not_reached() -> Text {
    text!("not reached: an earlier step failed", "no se llegó: falló un paso anterior")
}

impl Check {
    /// Reports settings that are wrong; nothing else can be checked then.
    pub(super) fn wrong_settings(
        &self,
        problems: &Problems,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let mut report = Report::default();
        report.add(Status::Failed, problems.lines().collect(), Some(Problems::advice()));
        report.skip_the_rest(&not_reached());
        self.print(&report, language)
    }

    pub(super) async fn run(self, session: Session, given: &Given) -> anyhow::Result<ExitCode> {
        let Session { desk, sandbox: _sandbox } = session;
        let mut report = Report::default();
        report.add(Status::Ok, settings(given, desk.sandbox), None);
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
            true => {
                let version = env!("CARGO_PKG_VERSION");
                let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
                let ticket = json!({
                    "version": version, "system": system, "ok": !report.has_failed(),
                    "steps": report.0.iter().map(|step| ticket(step, language)).collect::<Vec<_>>(),
                });
                serde_json::to_string_pretty(&ticket)? + "\n"
            }
            false => report.0.iter().map(|step| for_people(step, language)).collect(),
        };
        io::stdout().write_all(text.as_bytes())?;
        Ok(match report.has_failed() {
            true => ExitCode::from(NOTHING_FOUND),
            false => ExitCode::SUCCESS,
        })
    }
}

fn ticket(step: &Step, language: Language) -> Value {
    let Step { name, status, details, mend } = step;
    let details: Vec<&str> = details.iter().map(|it| it.to(language)).collect();
    let mut ticket = json!({ "step": name.english, "status": status, "details": details });
    if let (Some(mend), Some(members)) = (mend, ticket.as_object_mut()) {
        members.insert("mend".to_owned(), json!(mend.to(language)));
    }
    ticket
}

fn for_people(step: &Step, language: Language) -> String {
    let Step { name, status, details, mend } = step;
    let word = match status {
        Status::Ok => text!("✓ ok", "✓ bien"),
        Status::Failed => text!("✗ failed", "✗ falla"),
        Status::Skipped => text!("– skipped", "– omitido"),
    };
    let word = format!("{:<9}", word.to(language));
    let mark = match status {
        Status::Ok => style(word).green(),
        Status::Failed => style(word).red(),
        Status::Skipped => style(word).dim(),
    };
    let name = match language {
        Language::English => name.english,
        Language::Spanish => name.spanish,
    };
    let start = format!("{mark}  {name:<10}  ");
    // Further details stand below the first.
    let indent = " ".repeat("– skipped  settings    ".chars().count());
    let mend = mend.iter();
    let mend = mend.map(|mend| style(format!("→ {}", mend.to(language))).yellow().to_string());
    let details = details.iter().map(|it| it.to(language).to_owned());
    let lines: Vec<String> = details.chain(mend).collect();
    format!("{start}{}\n", lines.join(&format!("\n{indent}")))
}

/// Lists the settings with a value, and where each comes from.
fn settings(given: &Given, sandbox: bool) -> Vec<Text> {
    let mut lines = Vec::new();
    if sandbox {
        lines.push(text!("the sandbox, with fictitious data", "el sandbox, con datos ficticios"));
    }
    let mut defaults = Vec::new();
    for setting in SETTINGS {
        let variable = setting.variable;
        let flag = given.flag(setting).map(|set| (set, text!("flag", "opción")));
        let set = flag.or_else(|| {
            let set = std::env::var(variable).ok()?;
            Some((set, text!("variable", "variable")))
        });
        let Some((set, source)) = set.filter(|(set, _)| !set.trim().is_empty()) else {
            if !setting.default.is_empty() {
                defaults.push(format!("{variable}={}", setting.default));
            }
            continue;
        };
        let set = set.trim();
        lines.push(match variable == TOKEN.variable {
            true => text_of_length(set.chars().count(), &source),
            false => text!("{variable}: {set} ({source})", "{variable}: {set} ({source})", source),
        });
        if variable == TOKEN_FILE.variable
            && let Ok(token) = TokenFile::open(set.into()).and_then(|file| file.current())
        {
            lines.push(text_of_length(token.length(), &text!("file", "archivo")));
        }
    }
    let defaults = defaults.join(", ");
    lines.push(text!("by default: {defaults}", "por defecto: {defaults}"));
    lines
}

fn text_of_length(length: usize, source: &Text) -> Text {
    let variable = TOKEN.variable;
    text!(
        "{variable}: {length} characters ({source})",
        "{variable}: {length} caracteres ({source})",
        source,
    )
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
            report.skipped(text!(
                "the proxy of HTTPS_PROXY resolves it",
                "lo resuelve el proxy de HTTPS_PROXY",
            ));
            (uri.host().unwrap_or_default().to_owned(), uri.port_u16().unwrap_or(80))
        }
        None => (host.trim_matches(['[', ']']).to_owned(), port),
    };
    let addresses: Vec<_> = match timeout(PATIENCE, lookup_host((name.as_str(), port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    match (&proxy, addresses.len()) {
        (None, 0) => {
            report.failed(
                text!(
                    "the host name could not be resolved",
                    "no se pudo resolver el nombre del servidor",
                ),
                text!(
                    "Check WOLKVOX_SERVER: it is the host in the browser's address bar when you \
                     are logged in to the CRM. Old names end in crmvox.com; new ones in \
                     wolkvox.com. If the name is right, check this computer's network.",
                    "Revise WOLKVOX_SERVER: es el servidor de la barra de direcciones del \
                     navegador cuando está en el CRM. Los nombres viejos terminan en crmvox.com; \
                     los nuevos, en wolkvox.com. Si el nombre está bien, revise la red.",
                ),
            );
            return false;
        }
        (None, count) => {
            report.ok(text!("resolves to {count} address(es)", "{count} dirección(es)"));
        }
        (Some(_), _) => {}
    }
    let to = match &proxy {
        Some(_) => text!("the proxy", "el proxy"),
        None => text!("the server", "el servidor"),
    };
    let mend = mend_connection(proxy.is_some());
    match timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => {
            report.ok(text!("{to} accepts connections", "{to} acepta conexiones", to));
            true
        }
        Ok(Err(problem)) => {
            let why = language::reason(problem.kind());
            report.failed(
                text!("no connection to {to} ({why})", "sin conexión con {to} ({why})", to, why),
                mend,
            );
            false
        }
        Err(_) => {
            report.failed(text!("no answer from {to}", "{to} no responde", to), mend);
            false
        }
    }
}

fn mend_connection(proxy: bool) -> Text {
    match proxy {
        true => text!(
            "Check HTTPS_PROXY: is the proxy's address right, and is it running?",
            "Revise HTTPS_PROXY: ¿es correcta la dirección del proxy y está encendido?",
        ),
        false => text!(
            "Usual causes: this computer's public address is not on wolkvox's IP allow-list \
             (Manager, Configuration), a firewall, or a proxy that HTTPS_PROXY must name.",
            "Causas habituales: la dirección pública de este equipo no está en la lista de IP \
             permitidas de wolkvox (Manager, Configuración), un cortafuegos, o un proxy que \
             HTTPS_PROXY debe indicar.",
        ),
    }
}

/// Reports TLS by what the first request showed.
fn secured(
    client: &Client,
    answer: Result<&TokenInformation, &Error>,
    report: &mut Report,
) -> bool {
    if !client.server().is_encrypted() {
        report.skipped(text!("plain http to this computer", "http simple a este equipo"));
        return true;
    }
    if let Err(error @ Error::Unavailable { fault: Fault::Tls(_) | Fault::Connect(_) }) = answer {
        report.refused(error);
        return false;
    }
    match client.handshake().and_then(|handshake| certificate(&handshake)) {
        Some((shown, days)) if days < SOON_DAYS => {
            let soon = text!("the certificate ends soon", "el certificado vence pronto");
            report.add(Status::Ok, vec![shown, soon], None);
        }
        Some((shown, _)) => report.ok(shown),
        None => report.skipped(text!("nothing was seen of it", "no se vio nada de ella")),
    }
    true
}

/// Describes a handshake, and counts the days that its certificate still has.
fn certificate(handshake: &Handshake) -> Option<(Text, i64)> {
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
    let protocol = handshake.protocol;
    let shown = text!(
        "{protocol}, certificate from {issuer}, {days} days left",
        "{protocol}, certificado de {issuer}, le quedan {days} días",
    );
    Some((shown, days))
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
