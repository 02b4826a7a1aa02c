//! What a step found, for people and for a support ticket.

use std::time::Duration;

use console::style;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::step::Step;
use crate::cli::layout::beside;
use crate::error::{ConnectFailure, Error, Outage, TlsFailure};
use crate::language::{Bilingual, Language, bilingual};

/// A step that takes less is not worth its time in the table.
const WORTH_TELLING: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

/// What a step found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) status: Status,
    /// A stable word for it.
    pub(super) code: &'static str,
    /// What was found; never a secret.
    details: Vec<Bilingual>,
    /// The same for a ticket; never a person's data.
    ticket: Vec<Bilingual>,
    /// What works, but probably not as it was meant.
    warnings: Vec<Bilingual>,
    /// How to fix it.
    fix: Option<Bilingual>,
    /// What a program can read, under stable keys.
    facts: Map<String, Value>,
}

impl Finding {
    fn new(
        status: Status,
        code: &'static str,
        details: Vec<Bilingual>,
        fix: Option<Bilingual>,
    ) -> Self {
        let (ticket, facts) = (details.clone(), Map::new());
        Self { status, code, ticket, details, warnings: Vec::new(), fix, facts }
    }

    pub(super) fn ok(detail: Bilingual) -> Self {
        Self::listed(vec![detail])
    }

    /// A finding of several lines.
    pub(super) fn listed(details: Vec<Bilingual>) -> Self {
        Self::new(Status::Ok, "ok", details, None)
    }

    pub(super) fn failed(code: &'static str, detail: Bilingual, fix: Bilingual) -> Self {
        Self::new(Status::Failed, code, vec![detail], Some(fix))
    }

    /// A failure of several lines.
    pub(super) fn failed_list(code: &'static str, details: Vec<Bilingual>, fix: Bilingual) -> Self {
        Self::new(Status::Failed, code, details, Some(fix))
    }

    /// A failure with wolkvox's own words, which are not for a ticket.
    pub(super) fn refused(error: &Error) -> Self {
        let mut refused = Self::failed(code_of(error), error.sentence(), error.advice());
        refused.ticket = vec![error.without_words().sentence()];
        refused
    }

    pub(super) fn skipped(code: &'static str, why: Bilingual) -> Self {
        Self::new(Status::Skipped, code, vec![why], None)
    }

    /// Adds what works, but probably not as it was meant.
    #[must_use]
    pub(super) fn with_warnings(mut self, code: &'static str, warnings: Vec<Bilingual>) -> Self {
        if self.status == Status::Ok && !warnings.is_empty() {
            self.status = Status::Warning;
            self.code = code;
        }
        self.warnings.extend(warnings);
        self
    }

    /// Adds lines that only a ticket has.
    #[must_use]
    pub(super) fn with_ticket(mut self, lines: impl IntoIterator<Item = Bilingual>) -> Self {
        self.ticket.extend(lines);
        self
    }

    /// Adds a line.
    #[must_use]
    pub(super) fn with_detail(mut self, detail: Option<Bilingual>) -> Self {
        self.details.extend(detail.clone());
        self.ticket.extend(detail);
        self
    }

    /// Adds a more exact name.
    #[must_use]
    pub(super) fn with_code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Advises something else.
    #[must_use]
    pub(super) fn with_fix(mut self, fix: Bilingual) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Adds what a program can read.
    #[must_use]
    pub(super) fn with_fact(mut self, key: &'static str, value: Value) -> Self {
        self.facts.insert(key.to_owned(), value);
        self
    }

    /// Writes the finding for a support ticket.
    pub(super) fn for_ticket(&self, step: Step, took: Duration, language: Language) -> Value {
        let listed =
            |texts: &[Bilingual]| -> Value { texts.iter().map(|text| text.to(language)).collect() };
        let mut ticket = Map::new();
        let mut add = |key: &str, value: Value| _ = ticket.insert(key.to_owned(), value);
        add("step", json!(step.key()));
        add("status", json!(self.status));
        add("code", json!(self.code));
        if self.status != Status::Skipped {
            add("milliseconds", json!(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)));
        }
        add("details", listed(&self.ticket));
        if !self.warnings.is_empty() {
            add("warnings", listed(&self.warnings));
        }
        if let Some(fix) = &self.fix {
            add("fix", json!(fix.to(language)));
        }
        ticket.extend(self.facts.clone());
        Value::Object(ticket)
    }

    /// Writes the finding for people.
    pub(super) fn for_people(&self, name: &str, took: Duration, language: Language) -> String {
        let word = match self.status {
            Status::Ok => bilingual!("✓ ok", "✓ bien"),
            Status::Warning => bilingual!("⚠ warning", "⚠ aviso"),
            Status::Failed => bilingual!("✗ failed", "✗ falló"),
            Status::Skipped => bilingual!("– skipped", "– omitido"),
        };
        let word = format!("{:<9}", word.to(language));
        let mark = match self.status {
            Status::Ok => style(word).green(),
            Status::Warning => style(word).yellow(),
            Status::Failed => style(word).red(),
            Status::Skipped => style(word).dim(),
        };
        let start = format!("{mark}  {name:<10}  ");
        // Further details are indented below the first.
        let indent = " ".repeat("– skipped  settings    ".chars().count());
        let mut details: Vec<String> =
            self.details.iter().map(|it| it.to(language).to_owned()).collect();
        if took >= WORTH_TELLING
            && let Some(first) = details.first_mut()
        {
            first.push_str(&format!(" ({})", seconds(took).to(language)));
        }
        let marked = |mark: &str, text: &Bilingual| {
            style(format!("{mark} {}", text.to(language))).yellow().to_string()
        };
        let warnings = self.warnings.iter().map(|warning| marked("⚠", warning));
        let fix = self.fix.iter().map(|fix| marked("→", fix));
        let lines = details.into_iter().chain(warnings).chain(fix);
        let lines: Vec<String> = lines.map(|line| beside(&indent, &line)).collect();
        format!("{start}{}\n", lines.join(&format!("\n{indent}")))
    }
}

/// Returns a time in seconds, with the decimal sign of each language.
pub(super) fn seconds(time: Duration) -> Bilingual {
    let english = format!("{:.1} s", time.as_secs_f64());
    Bilingual { spanish: english.replace('.', ",").into(), english: english.into() }
}

/// Returns the stable word for a failure: its kind, or for what stands in the way, what that is.
fn code_of(error: &Error) -> &'static str {
    let Error::Unavailable { outage } = error else { return error.kind().as_str() };
    match outage {
        Outage::Dns => "dns_unresolved",
        Outage::Connect(failure) => match failure {
            ConnectFailure::Refused => "connection_refused",
            ConnectFailure::TimedOut => "connection_timeout",
            ConnectFailure::Proxy
            | ConnectFailure::ProxyPassword
            | ConnectFailure::ProxyUnreached
            | ConnectFailure::ProxyKind => "proxy_failed",
            ConnectFailure::Reset
            | ConnectFailure::NoRoute
            | ConnectFailure::ClosedInHandshake
            | ConnectFailure::Other => "connection_failed",
        },
        Outage::Tls(failure) => match failure {
            TlsFailure::SelfSigned { .. } => "tls_self_signed",
            TlsFailure::UnknownIssuer { .. } => "tls_unknown_issuer",
            TlsFailure::NoIntermediate { .. } => "tls_no_intermediate",
            TlsFailure::AuthorityAsServer => "tls_authority_as_server",
            TlsFailure::Expired => "tls_expired",
            TlsFailure::NotValidYet => "tls_not_valid_yet",
            TlsFailure::WrongHost | TlsFailure::NamesNoHost => "tls_wrong_host",
            TlsFailure::NotTls => "tls_not_spoken",
            TlsFailure::BadCertificate
            | TlsFailure::Refused
            | TlsFailure::NoAgreement
            | TlsFailure::NoRoots => "tls_failed",
        },
        Outage::CutOff | Outage::Status(_) | Outage::CircuitOpen { .. } => "unavailable",
    }
}
