//! Collects what the steps found. People see each as it ends, and a spinner on the one that runs; a
//! support ticket has all of them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::finding::{Finding, Status};
use super::step::Step;
use crate::language::{Bilingual, Language};

/// Whom a report is for, and in which language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    pub(super) language: Language,
    /// Whether it is printed as one ticket at the end, and not step by step.
    pub(super) json: bool,
}

/// The findings of the steps.
#[derive(Debug)]
pub(super) struct Report {
    /// The steps that there are.
    steps: &'static [Step],
    found: BTreeMap<Step, (Finding, Duration)>,
    output: Output,
    /// When the step that runs began.
    since: Instant,
    spinner: ProgressBar,
    /// Why it could not be printed.
    problem: Option<io::Error>,
}

impl Output {
    /// Prints a text for people at once.
    pub(super) fn print(self, text: &str) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let mut stdout = io::stdout();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }
}

impl Report {
    /// A report on this program as a server of its own.
    pub(super) fn of_own(output: Output) -> Self {
        Self::new(&Step::OWN, output)
    }

    /// A report on the way to a team's server.
    pub(super) fn of_team(output: Output) -> Self {
        Self::new(&Step::TEAM, output)
    }

    fn new(steps: &'static [Step], output: Output) -> Self {
        let (since, spinner) = (Instant::now(), ProgressBar::hidden());
        Self { steps, found: BTreeMap::new(), output, since, spinner, problem: None }
    }

    /// Begins a step, which is shown as running until it is set.
    pub(super) fn begin(&mut self, step: Step) {
        self.spinner.finish_and_clear();
        self.since = Instant::now();
        let name = step.name();
        let spinner =
            ProgressBar::new_spinner().with_message(name.to(self.output.language).to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner}          {msg} {elapsed}") {
            spinner.set_style(style);
        }
        spinner.enable_steady_tick(Duration::from_millis(100));
        self.spinner = spinner;
    }

    /// Keeps what a step found, and returns whether the next one can run.
    pub(super) fn set(&mut self, step: Step, finding: Finding) -> bool {
        self.spinner.finish_and_clear();
        let took = self.since.elapsed();
        self.since = Instant::now();
        let language = self.output.language;
        self.print(&finding.for_people(step.name().to(language), took, language));
        let can_go_on = finding.status != Status::Failed;
        self.found.insert(step, (finding, took));
        can_go_on
    }

    /// Fills in the steps that found nothing, which are one line to people.
    pub(super) fn skip_the_rest(&mut self, code: &'static str, why: &Bilingual) {
        self.spinner.finish_and_clear();
        let rest = self.steps.iter().copied().filter(|step| !self.found.contains_key(step));
        let rest: Vec<Step> = rest.collect();
        let language = self.output.language;
        let names: Vec<_> = rest.iter().map(|step| step.name().to(language).to_owned()).collect();
        if !names.is_empty() {
            let line = Finding::skipped(code, why.clone());
            self.print(&line.for_people(&names.join(", "), Duration::ZERO, language));
        }
        for step in rest {
            self.found.insert(step, (Finding::skipped(code, why.clone()), Duration::ZERO));
        }
    }

    fn print(&mut self, text: &str) {
        if let Err(problem) = self.output.print(text) {
            self.problem.get_or_insert(problem);
        }
    }

    /// Returns the report if all of it could be printed.
    pub(super) fn printed(mut self) -> io::Result<Self> {
        self.problem.take().map_or(Ok(self), Err)
    }

    pub(super) fn has_failed(&self) -> bool {
        self.found.values().any(|(finding, _)| finding.status == Status::Failed)
    }

    /// Writes the steps for a support ticket.
    pub(super) fn steps(&self) -> Value {
        let language = self.output.language;
        let steps = self.found.iter();
        steps.map(|(step, (finding, took))| finding.for_ticket(*step, *took, language)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ok(detail: &'static str) -> Finding {
        Finding::ok(Bilingual::same(detail))
    }

    fn report() -> Report {
        Report::of_own(Output { language: Language::Spanish, json: true })
    }

    #[test]
    fn findings_keep_their_steps_in_whatever_order_they_come() {
        let mut report = report();
        report.set(Step::Quota, ok("12 left"));
        report.set(Step::Settings, ok("two"));
        report.skip_the_rest("not_reached", &Bilingual::same("not reached"));
        let steps = report.steps();
        let steps: Vec<_> = steps.as_array().expect("steps").iter().collect();
        let found: Vec<_> = steps.iter().map(|it| (&it["step"], &it["code"])).collect();
        for (index, (step, code)) in [
            ("settings", "ok"),
            ("dns", "not_reached"),
            ("connection", "not_reached"),
            ("tls", "not_reached"),
            ("token", "not_reached"),
            ("quota", "ok"),
            ("look_up", "not_reached"),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(found[index], (&json!(step), &json!(code)));
        }
    }

    #[test]
    fn only_a_failure_keeps_the_next_step_from_running() {
        let mut report = report();
        assert!(report.set(Step::Dns, ok("known")));
        let warned = ok("TLS").with_warnings("expires", vec![Bilingual::same("expires soon")]);
        assert!(report.set(Step::Tls, warned));
        assert!(!report.has_failed());
        let (refused, fix) = (Bilingual::same("refused"), Bilingual::same("Check it."));
        assert!(!report.set(Step::Token, Finding::failed("refused", refused, fix)));
        assert!(report.has_failed());
    }
}
