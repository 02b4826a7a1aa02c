//! Collects figures, and writes them as a Markdown table.

use std::collections::BTreeMap;
use std::time::Duration;

/// What ratios are to be, by the beginning of the figure's name.
pub type Goals = &'static [(&'static str, &'static str)];

/// Collects samples by figure and contestant.
pub struct Table {
    /// The contestants: ours first, then the one that the ratios are to.
    columns: Vec<&'static str>,
    /// What the ratios are to be, by the beginning of the figure's name.
    goals: Goals,
    /// Other contestants that ratios are to, and what those are to be.
    also: Vec<(&'static str, Goals)>,
    order: Vec<(String, Unit)>,
    samples: BTreeMap<(String, &'static str), Vec<f64>>,
}

#[derive(Clone, Copy)]
pub enum Unit {
    /// Milliseconds; the middle one counts.
    Time,
    /// Microseconds; the middle one counts and the worst of a hundred is shown.
    Call,
    /// Microseconds of CPU time.
    Cpu,
    /// Good answers a second.
    Rate,
    /// Kilobytes.
    Memory,
    /// A number of things.
    Count,
    /// Percent.
    Share,
}

impl Table {
    pub fn new(columns: &[&'static str], goals: Goals) -> Self {
        let (columns, also) = (columns.to_vec(), Vec::new());
        Self { columns, goals, also, order: Vec::new(), samples: BTreeMap::new() }
    }

    /// Adds a contestant.
    pub fn add_column(&mut self, name: &'static str) {
        self.columns.push(name);
    }

    /// Adds a column of ratios to another contestant.
    #[must_use]
    pub fn also_to(mut self, name: &'static str, goals: Goals) -> Self {
        self.also.push((name, goals));
        self
    }

    pub fn add(&mut self, figure: &str, unit: Unit, name: &'static str, sample: f64) {
        if !self.order.iter().any(|(known, _)| known == figure) {
            self.order.push((figure.to_owned(), unit));
        }
        self.samples.entry((figure.to_owned(), name)).or_default().push(sample);
    }

    pub fn time(&mut self, figure: &str, name: &'static str, time: Duration) {
        self.add(figure, Unit::Time, name, time.as_secs_f64() * 1e3);
    }

    pub fn call(&mut self, figure: &str, name: &'static str, time: Duration) {
        self.add(figure, Unit::Call, name, micros(time));
    }

    pub fn rate(&mut self, figure: &str, name: &'static str, good: usize, time: Duration) {
        self.add(figure, Unit::Rate, name, good as f64 / time.as_secs_f64());
    }

    pub fn memory(&mut self, figure: &str, name: &'static str, kilobytes: f64) {
        self.add(figure, Unit::Memory, name, kilobytes);
    }

    pub fn count(&mut self, figure: &str, name: &'static str, count: f64) {
        self.add(figure, Unit::Count, name, count);
    }

    pub fn share(&mut self, figure: &str, name: &'static str, part: usize, whole: usize) {
        self.add(figure, Unit::Share, name, 100.0 * part as f64 / whole as f64);
    }

    pub fn markdown(&mut self) -> String {
        self.samples.values_mut().for_each(|samples| samples.sort_by(f64::total_cmp));
        let also: String =
            self.also.iter().map(|(name, _)| format!(" to {name} | goal |")).collect();
        let columns = self.columns.len() + 3 + 2 * self.also.len();
        let mut text = format!("| figure | ratio | goal |{also} {} |\n", self.columns.join(" | "));
        text += &format!("|{}\n", " --- |".repeat(columns));
        for (figure, unit) in &self.order {
            let of = |name| self.samples.get(&(figure.clone(), name));
            let ratio = |to| match (of(self.columns[0]), of(to), unit) {
                (Some(ours), Some(theirs), unit) if !matches!(unit, Unit::Share) => {
                    format!("{:.2}", quantile(ours, 0.5) / quantile(theirs, 0.5))
                }
                _ => String::new(),
            };
            let goal = |goals: Goals| {
                goals.iter().find(|(of, _)| figure.starts_with(of)).map_or("", |it| it.1)
            };
            let also: String = self
                .also
                .iter()
                .map(|(name, goals)| format!(" {} | {} |", ratio(name), goal(goals)))
                .collect();
            let ratio = ratio(self.columns[1]);
            let cell = |name: &&'static str| of(*name).map_or(String::new(), |it| shown(it, *unit));
            let cells: Vec<String> = self.columns.iter().map(cell).collect();
            let goal = goal(self.goals);
            text += &format!("| {figure} | {ratio} | {goal} |{also} {} |\n", cells.join(" | "));
        }
        text
    }
}

/// Returns the sample below which a part of the sorted samples lie.
fn quantile(samples: &[f64], part: f64) -> f64 {
    samples[((samples.len() - 1) as f64 * part).round() as usize]
}

fn shown(samples: &[f64], unit: Unit) -> String {
    let middle = quantile(samples, 0.5);
    match unit {
        Unit::Time => format!("{middle:.1} ms"),
        Unit::Call => format!("{middle:.0} µs, p99 {:.0}", quantile(samples, 0.99)),
        Unit::Rate => format!("{middle:.0}/s"),
        Unit::Memory => format!("{:.1} MB", middle / 1024.0),
        Unit::Cpu => format!("{middle:.0} µs"),
        Unit::Count => format!("{middle:.0}"),
        Unit::Share => format!("{middle:.0}%"),
    }
}

pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
