//! Collects what the steps found, and writes it for people or for a support ticket.

use std::collections::BTreeMap;

use console::style;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::language::{Bilingual, Language, bilingual};

/// A step of the check, in the order in which a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Settings,
    /// The store that processes share, if there is one.
    Shared,
    Name,
    Connection,
    Tls,
    Token,
    Quota,
    LookUp,
    /// A team's server, and what it offers.
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    Failed,
    Skipped,
}

/// What a step found.
#[derive(Debug)]
pub(super) struct Finding {
    status: Status,
    /// What was found; never a secret.
    details: Vec<Bilingual>,
    /// The same for a ticket; never a person's data.
    ticket: Vec<Bilingual>,
    /// What works, but probably not as it was meant.
    warnings: Vec<Bilingual>,
    /// How to fix it.
    fix: Option<Bilingual>,
}

/// The findings of the steps.
#[derive(Debug)]
pub(super) struct Report {
    /// The steps that there are.
    steps: &'static [Step],
    found: BTreeMap<Step, Finding>,
}

/// A report on this program as a server of its own.
impl Default for Report {
    fn default() -> Self {
        Self { steps: &Step::OWN, found: BTreeMap::new() }
    }
}

impl Step {
    /// The way to wolkvox.
    const OWN: [Self; 7] = [
        Self::Settings,
        Self::Name,
        Self::Connection,
        Self::Tls,
        Self::Token,
        Self::Quota,
        Self::LookUp,
    ];
    /// The way to a team's server.
    const TEAM: [Self; 6] =
        [Self::Settings, Self::Name, Self::Connection, Self::Tls, Self::Token, Self::Server];

    /// Returns the step's name; the English one is the same in every language's JSON.
    const fn name(self) -> Bilingual {
        match self {
            Self::Settings => Bilingual::new("settings", "ajustes"),
            Self::Shared => Bilingual::new("shared", "compartido"),
            Self::Name => Bilingual::new("name", "nombre"),
            Self::Connection => Bilingual::new("connection", "conexión"),
            Self::Tls => Bilingual::new("TLS", "TLS"),
            Self::Token => Bilingual::new("token", "token"),
            Self::Quota => Bilingual::new("quota", "cupo"),
            Self::LookUp => Bilingual::new("look-up", "consulta"),
            Self::Server => Bilingual::new("server", "servidor"),
        }
    }
}

impl Finding {
    fn new(status: Status, details: Vec<Bilingual>, fix: Option<Bilingual>) -> Self {
        Self { status, ticket: details.clone(), details, warnings: Vec::new(), fix }
    }

    pub(super) fn ok(detail: Bilingual) -> Self {
        Self::new(Status::Ok, vec![detail], None)
    }

    /// A finding of several lines.
    pub(super) fn listed(details: Vec<Bilingual>) -> Self {
        Self::new(Status::Ok, details, None)
    }

    pub(super) fn failed(detail: Bilingual, fix: Bilingual) -> Self {
        Self::new(Status::Failed, vec![detail], Some(fix))
    }

    /// A failure of several lines.
    pub(super) fn failed_list(details: Vec<Bilingual>, fix: Bilingual) -> Self {
        Self::new(Status::Failed, details, Some(fix))
    }

    /// A failure with wolkvox's own words, which are not for a ticket.
    pub(super) fn refused(error: &Error) -> Self {
        let mut refused = Self::failed(error.sentence(), error.advice());
        refused.ticket = vec![error.without_words().sentence()];
        refused
    }

    pub(super) fn skipped(why: Bilingual) -> Self {
        Self::new(Status::Skipped, vec![why], None)
    }

    /// Adds what works, but probably not as it was meant.
    #[must_use]
    pub(super) fn with_warnings(mut self, warnings: Vec<Bilingual>) -> Self {
        if self.status == Status::Ok && !warnings.is_empty() {
            self.status = Status::Warning;
        }
        self.warnings.extend(warnings);
        self
    }
}

impl Report {
    /// A report on the way to a team's server.
    pub(super) fn of_team() -> Self {
        Self { steps: &Step::TEAM, found: BTreeMap::new() }
    }

    /// Keeps what a step found, and returns whether the next one can run.
    pub(super) fn set(&mut self, step: Step, finding: Finding) -> bool {
        let can_go_on = finding.status != Status::Failed;
        self.found.insert(step, finding);
        can_go_on
    }

    /// Fills in the steps that found nothing.
    pub(super) fn skip_the_rest(&mut self, why: &Bilingual) {
        for step in self.steps {
            self.found.entry(*step).or_insert_with(|| Finding::skipped(why.clone()));
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.found.values().any(|finding| finding.status == Status::Failed)
    }

    /// Writes the steps for people.
    pub(super) fn lines(&self, language: Language) -> String {
        self.found.iter().map(|(step, finding)| for_people(*step, finding, language)).collect()
    }

    /// Writes the steps for a support ticket.
    pub(super) fn steps(&self, language: Language) -> Value {
        self.found.iter().map(|(step, finding)| ticket(*step, finding, language)).collect()
    }
}

fn ticket(step: Step, finding: &Finding, language: Language) -> Value {
    let Finding { status, details: _, ticket, warnings, fix } = finding;
    let listed =
        |texts: &[Bilingual]| -> Value { texts.iter().map(|text| text.to(language)).collect() };
    let mut ticket =
        json!({ "step": step.name().english, "status": status, "details": listed(ticket) });
    if let Some(members) = ticket.as_object_mut() {
        if !warnings.is_empty() {
            members.insert("warnings".to_owned(), listed(warnings));
        }
        if let Some(fix) = fix {
            members.insert("fix".to_owned(), json!(fix.to(language)));
        }
    }
    ticket
}

fn for_people(step: Step, finding: &Finding, language: Language) -> String {
    let Finding { status, details, ticket: _, warnings, fix } = finding;
    let word = match status {
        Status::Ok => bilingual!("✓ ok", "✓ bien"),
        Status::Warning => bilingual!("⚠ warning", "⚠ aviso"),
        Status::Failed => bilingual!("✗ failed", "✗ falló"),
        Status::Skipped => bilingual!("– skipped", "– omitido"),
    };
    let word = format!("{:<9}", word.to(language));
    let mark = match status {
        Status::Ok => style(word).green(),
        Status::Warning => style(word).yellow(),
        Status::Failed => style(word).red(),
        Status::Skipped => style(word).dim(),
    };
    let name = step.name();
    let start = format!("{mark}  {:<10}  ", name.to(language));
    // Further details are indented below the first.
    let indent = " ".repeat("– skipped  settings    ".chars().count());
    let details = details.iter().map(|it| it.to(language).to_owned());
    let marked = |mark: &str, text: &Bilingual| {
        style(format!("{mark} {}", text.to(language))).yellow().to_string()
    };
    let warnings = warnings.iter().map(|warning| marked("⚠", warning));
    let fix = fix.iter().map(|fix| marked("→", fix));
    let lines: Vec<String> = details.chain(warnings).chain(fix).collect();
    format!("{start}{}\n", lines.join(&format!("\n{indent}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(detail: &'static str) -> Finding {
        Finding::ok(Bilingual::same(detail))
    }

    #[test]
    fn findings_keep_their_steps_in_whatever_order_they_come() {
        let mut report = Report::default();
        report.set(Step::Quota, ok("12 left"));
        report.set(Step::Settings, ok("two"));
        report.skip_the_rest(&Bilingual::same("not reached"));
        let steps = report.steps(Language::Spanish);
        let steps: Vec<_> = steps.as_array().expect("steps").iter().collect();
        let found: Vec<_> = steps.iter().map(|it| (&it["step"], &it["status"])).collect();
        for (index, (step, status)) in [
            ("settings", "ok"),
            ("name", "skipped"),
            ("connection", "skipped"),
            ("TLS", "skipped"),
            ("token", "skipped"),
            ("quota", "ok"),
            ("look-up", "skipped"),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(found[index], (&json!(step), &json!(status)));
        }
    }

    #[test]
    fn only_a_failure_keeps_the_next_step_from_running() {
        let mut report = Report::default();
        assert!(report.set(Step::Name, ok("known")));
        let warned = ok("TLS").with_warnings(vec![Bilingual::same("expires soon")]);
        assert!(report.set(Step::Tls, warned));
        assert!(!report.has_failed());
        let failed = Finding::failed(Bilingual::same("refused"), Bilingual::same("Check it."));
        assert!(!report.set(Step::Token, failed));
        assert!(report.has_failed());
    }
}
