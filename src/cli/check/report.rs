//! Collects what the steps found, and writes it for people or for a support ticket.

use console::style;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::language::{Bilingual, Language, bilingual};

/// The result of one step.
#[derive(Debug)]
struct Step {
    /// Its English name is the same in every language's JSON.
    name: Bilingual,
    status: Status,
    /// What was found; never a secret.
    details: Vec<Bilingual>,
    /// The same for a ticket; never a person's data.
    ticket: Vec<Bilingual>,
    /// How to fix it.
    mend: Option<Bilingual>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    Failed,
    Skipped,
}

const STEPS: [Bilingual; 7] = [
    Bilingual::new("settings", "ajustes"),
    Bilingual::new("name", "nombre"),
    Bilingual::new("connection", "conexión"),
    Bilingual::new("TLS", "TLS"),
    Bilingual::new("token", "token"),
    Bilingual::new("quota", "cupo"),
    Bilingual::new("look-up", "consulta"),
];

/// The steps' results in the order of [`STEPS`].
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Step>);

impl Report {
    pub(super) fn add(&mut self, status: Status, details: Vec<Bilingual>, mend: Option<Bilingual>) {
        let ticket = details.clone();
        self.push(status, details, ticket, mend);
    }

    fn push(
        &mut self,
        status: Status,
        details: Vec<Bilingual>,
        ticket: Vec<Bilingual>,
        mend: Option<Bilingual>,
    ) {
        if let Some(name) = STEPS.get(self.0.len()).cloned() {
            self.0.push(Step { name, status, details, ticket, mend });
        }
    }

    pub(super) fn ok(&mut self, detail: Bilingual) {
        self.add(Status::Ok, vec![detail], None);
    }

    pub(super) fn failed(&mut self, detail: Bilingual, mend: Bilingual) {
        self.add(Status::Failed, vec![detail], Some(mend));
    }

    /// Adds a failure; wolkvox's own words in it are not for a ticket.
    pub(super) fn refused(&mut self, error: &Error) {
        let (shown, ticket) = (error.sentence(), error.without_words().sentence());
        self.push(Status::Failed, vec![shown], vec![ticket], Some(error.advice()));
    }

    pub(super) fn skipped(&mut self, why: Bilingual) {
        self.add(Status::Skipped, vec![why], None);
    }

    /// Fills in the steps that were not reached.
    pub(super) fn skip_the_rest(&mut self, why: &Bilingual) {
        while self.0.len() < STEPS.len() {
            self.skipped(why.clone());
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }

    /// Writes the steps for people.
    pub(super) fn lines(&self, language: Language) -> String {
        self.0.iter().map(|step| for_people(step, language)).collect()
    }

    /// Writes the steps for a support ticket.
    pub(super) fn ticket(&self, language: Language) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            "ok": !self.has_failed(),
            "steps": self.0.iter().map(|step| ticket(step, language)).collect::<Vec<_>>(),
        })
    }
}

fn ticket(step: &Step, language: Language) -> Value {
    let Step { name, status, details: _, ticket, mend } = step;
    let details: Vec<&str> = ticket.iter().map(|it| it.to(language)).collect();
    let mut ticket = json!({ "step": name.english, "status": status, "details": details });
    if let (Some(mend), Some(members)) = (mend, ticket.as_object_mut()) {
        members.insert("mend".to_owned(), json!(mend.to(language)));
    }
    ticket
}

fn for_people(step: &Step, language: Language) -> String {
    let Step { name, status, details, ticket: _, mend } = step;
    let word = match status {
        Status::Ok => bilingual!("✓ ok", "✓ bien"),
        Status::Failed => bilingual!("✗ failed", "✗ falló"),
        Status::Skipped => bilingual!("– skipped", "– omitido"),
    };
    let word = format!("{:<9}", word.to(language));
    let mark = match status {
        Status::Ok => style(word).green(),
        Status::Failed => style(word).red(),
        Status::Skipped => style(word).dim(),
    };
    let name = name.to(language);
    let start = format!("{mark}  {name:<10}  ");
    // Further details are indented below the first.
    let indent = " ".repeat("– skipped  settings    ".chars().count());
    let mend = mend.iter();
    let mend = mend.map(|mend| style(format!("→ {}", mend.to(language))).yellow().to_string());
    let details = details.iter().map(|it| it.to(language).to_owned());
    let lines: Vec<String> = details.chain(mend).collect();
    format!("{start}{}\n", lines.join(&format!("\n{indent}")))
}
