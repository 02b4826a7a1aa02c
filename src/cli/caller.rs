//! Keeps the file of callers: who may ask a team's server, and until when.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, TableStyle};
use jiff::Timestamp;

use super::flags::CallersFlag;
use crate::caller::{self, Entry, NewCaller};
use crate::config::{NotUnicode, ServeConfig, Sources, path};
use crate::error::SettingError;
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// What to do with the callers.
#[derive(Debug, Args)]
pub(super) struct Caller {
    #[command(subcommand)]
    command: CallerCommand,
    #[command(flatten)]
    flags: CallersFlag,
}

#[derive(Debug, Subcommand)]
enum CallerCommand {
    /// Let somebody in, and print the new token: this once, as only its SHA-256 is kept
    Add {
        /// What tells the caller from the others, in the log and the audit too
        name: String,
        /// One of the roles that are configured
        #[arg(long)]
        role: Option<String>,
        /// When the token stops working: a time from now, such as 90d, or a day, such as 2030-01-31
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
    },
    /// Print who is let in
    List,
    /// Let somebody in no more
    Remove {
        /// The caller's name
        name: String,
    },
}

impl Caller {
    pub(super) fn run(self, sources: Sources, language: Language) -> anyhow::Result<ExitCode> {
        let in_language = |text: Bilingual| anyhow!(text.to(language).to_owned());
        let sources = sources.with_flags(self.flags.0);
        let file = file(&sources).map_err(in_language)?;
        let shown = file.display();
        match self.command {
            CallerCommand::Add { name, role, expires } => {
                let roles = ServeConfig::roles(&sources).map_err(|it| in_language(it.text()))?;
                let new =
                    NewCaller { name: &name, role: role.as_deref(), expires: expires.as_deref() };
                let token = caller::add(&file, new, &roles).map_err(|it| in_language(it.text()))?;
                let told = bilingual!(
                    "`{name}` is in {shown} now. This token is shown once; that person puts it \
                     into WOLKVOX_CALLER_TOKEN, or into a file (see `install --help`):",
                    "`{name}` ya está en {shown}. Este token se muestra una sola vez; esa \
                     persona lo pone en WOLKVOX_CALLER_TOKEN, o en un archivo (vea `install --help`):",
                );
                writeln!(io::stderr(), "{}", told.to(language))?;
                // Alone on stdout, so that it can be piped to where it is kept.
                writeln!(io::stdout(), "{}", token.reveal()).map_err(|_| {
                    in_language(bilingual!(
                        "the token could not be shown: remove `{name}` and add it again",
                        "el token no se pudo mostrar: quite a `{name}` y agréguelo de nuevo",
                    ))
                })?;
            }
            CallerCommand::List => {
                let entries = caller::list(&file).map_err(|it| in_language(it.text()))?;
                io::stdout().write_all(table(&entries, Timestamp::now(), language).as_bytes())?;
            }
            CallerCommand::Remove { name } => {
                caller::remove(&file, &name).map_err(|it| in_language(it.text()))?;
                let told = bilingual!(
                    "`{name}` is let in no more: {shown}",
                    "`{name}` ya no tiene acceso: {shown}",
                );
                writeln!(io::stdout(), "{}", told.to(language))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the path of the file of callers.
fn file(sources: &Sources) -> Result<PathBuf, Bilingual> {
    let wrong = |problem: SettingError| {
        let (variable, problem) = (Setting::Callers.variable(), problem.text());
        bilingual!("{variable} {problem}", "{variable} {problem}", problem)
    };
    match sources.get(Setting::Callers) {
        Ok(Some(raw)) => path(&raw.text, sources.home().as_deref())
            .map_err(|problem| wrong(SettingError::Path(problem))),
        Ok(None) => {
            let problem = wrong(SettingError::NotSet);
            Err(bilingual!(
                "{problem}: give --callers FILE",
                "{problem}: indique --callers ARCHIVO",
                problem
            ))
        }
        Err(NotUnicode) => Err(wrong(SettingError::NotUnicode)),
    }
}

/// Writes the callers for people, a line each.
fn table(entries: &[Entry], now: Timestamp, language: Language) -> String {
    let texts = |text: Bilingual| text.to(language).to_owned();
    if entries.is_empty() {
        return texts(bilingual!("nobody is let in\n", "nadie tiene acceso\n"));
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([
        texts(bilingual!("name", "nombre")),
        texts(bilingual!("role", "rol")),
        texts(bilingual!("since", "desde")),
        texts(bilingual!("until", "hasta")),
    ]);
    for entry in entries {
        let until = entry.expires.map(|until| until.to_string()).unwrap_or_default();
        let until = if entry.is_expired(now) {
            texts(bilingual!("{until} (expired)", "{until} (vencido)"))
        } else {
            until
        };
        table.add_row([
            entry.name.clone(),
            entry.role.clone().unwrap_or_default(),
            entry.created.map(|since| since.to_string()).unwrap_or_default(),
            until,
        ]);
    }
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
    table.trim_fmt() + "\n"
}
