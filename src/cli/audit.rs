//! Reads an audit log: verifies it, or finds who asked for a value.

mod findings;

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use comfy_table::Table;

use super::exit::{FAILED, NOTHING_FOUND};
use super::layout;
use crate::audit::{self, Asked, Finding, Keys, Search, Unchecked};
use crate::clean;
use crate::config::{self, NotUnicode, Sources};
use crate::error::{SettingError, io_reason};
use crate::fields::FIELDS;
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;
use crate::tools::{GestionesRequest, Subject};

/// The longest value on standard input, with room for what is taken off.
const LONGEST: u64 = 4096;

/// Verify an audit log, or find who asked for a value.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Verify every line, the order and the end of an audit log
    #[command(after_help = "Exit status: 0 everything is in its place, 1 something is wrong, 2 a \
                            file or the key cannot be read.")]
    Verify(Verify),
    /// Find who asked for a value
    #[command(
        after_help = "Exit status: 0 somebody asked, 1 nobody did in these files, 2 that is \
                            unknown, because a line could not be checked, there is none, or a file \
                            or the key cannot be read."
    )]
    Find(Find),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Files of one log, in any order; with the one that is written now, its end is verified too
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Let chains begin anew, as they do with each process that writes to stderr; then no end is
    /// verified
    #[arg(long)]
    restarts: bool,
}

#[derive(Debug, Args)]
pub(super) struct Find {
    /// Files of audit logs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Exact value, such as a document number; `-` reads it from standard input, so that it stands in
    /// no process list
    #[arg(long)]
    value: String,
    /// Field that was searched by; without it all of wolkvox's own and obligations' ids
    #[arg(long, value_name = "FIELD")]
    kind: Option<String>,
    /// Print the whole lines as JSON
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub(super) fn run(self, sources: &Sources, language: Language) -> anyhow::Result<ExitCode> {
        let said = match self {
            Self::Verify(verify) => verify.run(sources, language),
            Self::Find(find) => find.run(sources, language),
        };
        said.map_err(|text| anyhow!(text.to(language).to_owned()))
    }
}

impl Verify {
    fn run(&self, sources: &Sources, language: Language) -> Result<ExitCode, Bilingual> {
        let key = key(sources, &self.files)?;
        let reports = audit::verify(&self.files, &key, self.restarts).map_err(|it| it.text())?;
        let mut out = String::new();
        for report in &reports {
            let findings = report.findings.iter().map(Finding::text);
            for line in findings.chain([report.summary()]) {
                // A file's name may be anything.
                out += &clean::single_line(line.to(language));
                out.push('\n');
            }
        }
        print(&out)?;
        let is_fine = reports.iter().all(|it| it.findings.is_empty());
        Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::from(NOTHING_FOUND) })
    }
}

impl Find {
    fn run(self, sources: &Sources, language: Language) -> Result<ExitCode, Bilingual> {
        let key = Keys::read(&key(sources, &self.files)?).map_err(|it| it.text())?;
        let value = if self.value == "-" { from_input()? } else { self.value };
        let kinds: Vec<String> = match self.kind {
            Some(kind) => vec![kind],
            None => FIELDS.iter().map(|field| field.name.to_owned()).collect(),
        };
        // As the tools read them, so that a number in groups is found by its digits.
        let subjects = kinds.into_iter();
        let subjects = subjects.filter_map(|it| GestionesRequest::subject(it, value.clone()));
        let subjects: Vec<_> = subjects.collect();
        if subjects.is_empty() {
            return Err(bilingual!(
                "--kind or --value cannot be what was asked for: give a field's name, in double \
                 quotes if it is your company's own, and a value on one line",
                "--kind o --value no puede ser lo consultado: indique el nombre de un campo, entre \
                 comillas dobles si es propio de su empresa, y un valor en una línea",
            ));
        }
        let search = Search::new(key, subjects.iter().map(Subject::parts));
        let asked = audit::find(&self.files, &search).map_err(|it| it.text())?;
        let doubt = asked.doubt();
        if self.json {
            let lines: Vec<_> = asked.matches.iter().map(|it| &it.whole).collect();
            let text = serde_json::to_string_pretty(&lines);
            print(&(text.map_err(|it| Bilingual::same(it.to_string()))? + "\n"))?;
        } else if doubt.is_none() || !asked.matches.is_empty() {
            print(&table(&asked, language))?;
        }
        warn(&asked, doubt.as_ref(), language)?;
        Ok(match (doubt, asked.matches.is_empty()) {
            (Some(_), _) => ExitCode::from(FAILED),
            (None, true) => ExitCode::from(NOTHING_FOUND),
            (None, false) => ExitCode::SUCCESS,
        })
    }
}

/// Returns where the key is: where the setting says, else beside the first file.
fn key(sources: &Sources, files: &[PathBuf]) -> Result<PathBuf, Bilingual> {
    let setting = Setting::AuditKeyFile;
    let wrong = |problem: SettingError| {
        let (variable, problem) = (setting.variable(), problem.text());
        bilingual!("{variable} {problem}", "{variable} {problem}", problem)
    };
    match sources.get(setting) {
        Ok(Some(raw)) => config::path(&raw.text, sources.home().as_deref())
            .map_err(|problem| wrong(SettingError::Path(problem))),
        Ok(None) => Ok(files.first().map(|file| audit::key_beside(file)).unwrap_or_default()),
        Err(NotUnicode) => Err(wrong(SettingError::NotUnicode)),
    }
}

fn from_input() -> Result<String, Bilingual> {
    let mut line = String::new();
    let read = io::stdin().lock().take(LONGEST).read_line(&mut line);
    read.map_err(|problem| {
        let why = io_reason(problem.kind());
        bilingual!(
            "standard input cannot be read: {why}",
            "no se puede leer la entrada estándar: {why}",
            why,
        )
    })?;
    Ok(line)
}

fn print(text: &str) -> Result<(), Bilingual> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever reads has seen enough.
        Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
            Err(io_reason(problem.kind()))
        }
        _ => Ok(()),
    }
}

impl Asked {
    /// Returns why others may have asked than those that were found, if that is so.
    fn doubt(&self) -> Option<Bilingual> {
        let lines = self.lines;
        let Some(Unchecked { count, file, line }) = &self.unchecked else {
            return (lines == 0).then(|| {
                bilingual!(
                    "there is no line in these files.",
                    "en estos archivos no hay ninguna línea."
                )
            });
        };
        let file = file.display();
        let which = match count {
            1 => bilingual!(
                "{count} of {lines} lines could not be checked; it is at {file}:{line}.",
                "{count} de {lines} líneas no se pudo comprobar; está en {file}:{line}.",
            ),
            _ => bilingual!(
                "{count} of {lines} lines could not be checked; the first is at {file}:{line}.",
                "{count} de {lines} líneas no se pudieron comprobar; la primera está en {file}:{line}.",
            ),
        };
        Some(bilingual!(
            "{which} Such a line was changed, written with another key, cut short, or is none of an \
             audit log; `wolkvox-mcp audit verify` says more.",
            "{which} Una línea así fue modificada, escrita con otra clave, quedó a medias, o no es de \
             un registro de auditoría; `wolkvox-mcp audit verify` dice más.",
            which,
        ))
    }
}

/// Writes what makes a search less sure to standard error.
fn warn(asked: &Asked, doubt: Option<&Bilingual>, language: Language) -> Result<(), Bilingual> {
    let changed = asked.changed;
    let mut said = Vec::new();
    if let Some(doubt) = doubt {
        said.push(if asked.matches.is_empty() {
            bilingual!(
                "Whether anybody asked for it is unknown: {doubt}",
                "No se sabe si alguien lo consultó: {doubt}",
                doubt,
            )
        } else {
            bilingual!(
                "Warning: others may be missing: {doubt}",
                "Advertencia: pueden faltar otras consultas: {doubt}",
                doubt,
            )
        });
    }
    // Where all are without lines, that was said.
    for file in asked.empty.iter().filter(|_| asked.lines > 0) {
        let file = file.display();
        said.push(bilingual!(
            "Warning: there is no line in {file}.",
            "Advertencia: no hay ninguna línea en {file}.",
        ));
    }
    if changed > 0 {
        said.push(bilingual!(
            "Warning: the seal of {changed} of these lines does not fit; see `wolkvox-mcp audit verify`.",
            "Advertencia: el sello de {changed} de estas líneas no corresponde; vea `wolkvox-mcp audit verify`.",
        ));
    }
    // A file's name may be anything.
    let said = said.iter().map(|it| clean::single_line(it.to(language)));
    let text: String = said.map(|it| it + "\n").collect();
    io::stderr().write_all(text.as_bytes()).map_err(|it| io_reason(it.kind()))
}

/// Writes who asked, a row each.
fn table(asked: &Asked, language: Language) -> String {
    let count = asked.matches.len();
    let heading = match count {
        0 => bilingual!(
            "Nobody asked for it in these files.\n",
            "Nadie lo consultó en estos archivos.\n"
        ),
        1 => bilingual!("Asked for once:\n", "Consultado una vez:\n"),
        _ => bilingual!("Asked for {count} times:\n", "Consultado {count} veces:\n"),
    };
    if count == 0 {
        return heading.to(language).to_owned();
    }
    let mut table: Table = layout::table_of(layout::width());
    let header = match language {
        Language::English => ["time", "who", "with", "from", "tool", "kind", "outcome", "request"],
        Language::Spanish => {
            ["hora", "quién", "con", "desde", "herramienta", "tipo", "resultado", "solicitud"]
        }
    };
    table.set_header(header);
    for line in &asked.matches {
        let who = match &line.who.name {
            Some(name) => format!("{name} ({})", line.who.id),
            None => line.who.id.clone(),
        };
        let client = line.client.as_ref().map(|it| it.name.clone()).unwrap_or_default();
        let outcome = match line.records {
            0 => line.outcome.clone(),
            records => format!("{} {records}", line.outcome),
        };
        let tool = match &line.tenant {
            Some(tenant) => format!("{} ({tenant})", line.tool),
            None => line.tool.clone(),
        };
        table.add_row([
            line.time.clone(),
            who,
            client,
            line.address.clone().unwrap_or_default(),
            tool,
            line.subject_kind.clone().unwrap_or_default(),
            outcome,
            line.request.clone(),
        ]);
    }
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 1)));
    // Whoever wrote the file may have put anything there.
    let rows = table.trim_fmt();
    let rows = rows.lines().map(clean::single_line).map(|it| it + "\n");
    heading.to(language).to_owned() + &rows.collect::<String>()
}
