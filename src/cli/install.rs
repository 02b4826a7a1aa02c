//! Connects a client: writes this server into its configuration, or takes it out again.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;

use super::Given;
use crate::config::Config;
use crate::install::{self, Change, ClientKind, Entry, Places, Scope, ServerName, TokenPlace};
use crate::language::{self, Language, Text, text};
use crate::settings::{CA_FILE, SERVER, SETTINGS, Setting, TOKEN, TOKEN_FILE};
use crate::wolkvox::TokenFile;

/// Which configuration.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The client
    #[arg(value_enum)]
    client: ClientKind,
    /// Use the configuration of the project in this folder instead of the user's
    #[arg(long)]
    project: bool,
    /// Name of the server in the configuration
    #[arg(long, default_value = "wolkvox")]
    name: ServerName,
}

/// Where to write this server, and what.
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(flatten)]
    target: Target,
    /// Only print what would be written
    #[arg(long)]
    print: bool,
    /// Write the token of WOLKVOX_TOKEN into the configuration, for all who can read it
    #[arg(long)]
    inline_token: bool,
}

/// Where to take this server out.
#[derive(Debug, Args)]
pub(super) struct Uninstall {
    #[command(flatten)]
    target: Target,
}

impl Target {
    fn file(&self, language: Language) -> anyhow::Result<PathBuf> {
        let places = Places::from_environment(|name| std::env::var_os(name).map(PathBuf::from));
        let places = places.map_err(|it| anyhow!(it.to(language).to_owned()))?;
        let scope = if self.project { Scope::Project } else { Scope::User };
        let title = self.client.title();
        let none = text!(
            "{title} has no configuration for a project",
            "{title} no tiene configuración por proyecto",
        );
        self.client.file(scope, &places).with_context(|| none.to(language).to_owned())
    }
}

impl Install {
    pub(super) fn run(&self, sandbox: bool, given: &Given) -> anyhow::Result<ExitCode> {
        let language = given.language;
        let in_language = |text: Text| anyhow!(text.to(language).to_owned());
        let client = self.target.client;
        let entry = self.entry(sandbox, given).map_err(in_language)?;
        entry.check(client).map_err(in_language)?;
        let mut out = io::stdout();
        if self.print {
            out.write_all(install::shown(client, &entry).as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        let file = self.target.file(language)?;
        let change = install::install(client, &file, &entry)
            .map_err(|problem| in_language(problem.text()))?;
        let (title, name, shown) = (client.title(), &entry.name, file.display());
        let mut say = |text: Text| writeln!(out, "{}", text.to(language));
        match change {
            Change::Unchanged => say(text!(
                "{title} was set up already: {shown}",
                "{title} ya estaba configurado: {shown}",
            ))?,
            Change::Written { backup } => {
                say(text!(
                    "{title} now starts this program: `{name}` in {shown}",
                    "{title} ya puede iniciar este programa: `{name}` en {shown}",
                ))?;
                backup.map_or(Ok(()), |backup| say(kept_in(&backup)))?;
            }
            Change::Restored | Change::Removed => {}
        }
        if let TokenPlace::File(token) = &entry.token
            && let Err(problem) = TokenFile::open(token.clone())
        {
            let token = token.display();
            let careful =
                text!("Careful: {token} {problem}.", "Cuidado: {token}: {problem}.", problem,);
            writeln!(io::stderr(), "{}", careful.to(language))?;
        }
        if self.inline_token {
            let careful = text!(
                "Careful: the token stands in {shown}, readable as it is.",
                "Cuidado: el token queda en {shown}, a la vista de quien pueda leerlo.",
            );
            writeln!(io::stderr(), "{}", careful.to(language))?;
        } else if entry.token == TokenPlace::Client && !sandbox {
            let variable = TOKEN.variable;
            say(match client {
                ClientKind::VsCode => {
                    text!("VS Code will ask for the token.", "VS Code pedirá el token.")
                }
                _ => text!(
                    "Set {variable} where {title} starts.",
                    "Defina {variable} donde arranca {title}.",
                ),
            })?;
        }
        say(client.restart())?;
        Ok(ExitCode::SUCCESS)
    }

    fn entry(&self, sandbox: bool, given: &Given) -> Result<Entry, Text> {
        let set = |setting: &Setting| {
            let text = given.flag(setting).or_else(|| std::env::var(setting.variable).ok())?;
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        };
        let token = match (self.inline_token, set(&TOKEN_FILE)) {
            (true, Some(_)) => {
                return Err(text!(
                    "give --inline-token or a token file, not both",
                    "dé --inline-token o un archivo con el token, no ambos",
                ));
            }
            (true, None) => {
                let variable = TOKEN.variable;
                TokenPlace::Inline(set(&TOKEN).ok_or_else(|| {
                    text!("--inline-token needs {variable}", "--inline-token necesita {variable}")
                })?)
            }
            (false, Some(file)) => TokenPlace::File(absolute(&file)?.into()),
            (false, None) => TokenPlace::Client,
        };
        self.check(sandbox, set)?;
        let mut settings = Vec::new();
        for setting in SETTINGS {
            match set(setting) {
                _ if [TOKEN.variable, TOKEN_FILE.variable].contains(&setting.variable) => {}
                Some(file) if setting.variable == CA_FILE.variable => {
                    settings.push((setting.variable, absolute(&file)?));
                }
                Some(text) => settings.push((setting.variable, text)),
                None => {}
            }
        }
        let command = std::env::current_exe().map_err(|_| {
            text!(
                "this program cannot find its own file",
                "este programa no encuentra su propio archivo",
            )
        })?;
        Ok(Entry { name: self.target.name.clone(), command, sandbox, settings, token })
    }

    /// Refuses settings with which the server would not start. What may come later from the
    /// client's environment or from a file is stood in for.
    fn check(&self, sandbox: bool, set: impl Fn(&Setting) -> Option<String>) -> Result<(), Text> {
        let later = |setting: &Setting| match setting.variable {
            name if name == TOKEN_FILE.variable => None,
            name if name == TOKEN.variable && !self.inline_token => Some("later".to_owned()),
            name if name == SERVER.variable => {
                set(setting).or_else(|| Some(setting.example.to_owned()))
            }
            _ => set(setting),
        };
        let problems = match Config::resolve(sandbox, later, |_| None) {
            Ok(_) => return Ok(()),
            Err(problems) => problems,
        };
        let listed = |language| {
            let lines: Vec<_> = problems.lines().map(|it| it.to(language).to_owned()).collect();
            lines.join("\n").into()
        };
        Err(Text { english: listed(Language::English), spanish: listed(Language::Spanish) })
    }
}

/// Gives a file's whole path: the client starts this program in a folder of its own choice.
fn absolute(file: &str) -> Result<String, Text> {
    match std::path::absolute(file) {
        Ok(path) => Ok(path.to_string_lossy().into_owned()),
        Err(problem) => {
            let why = language::reason(problem.kind());
            Err(text!("{file}: {why}", "{file}: {why}", why))
        }
    }
}

/// Says where a file's earlier content is.
fn kept_in(backup: &Path) -> Text {
    let backup = backup.display();
    text!("What was there before is in {backup}", "Lo que había antes está en {backup}")
}

impl Uninstall {
    pub(super) fn run(&self, language: Language) -> anyhow::Result<ExitCode> {
        let Target { client, name, .. } = &self.target;
        let file = self.target.file(language)?;
        let change = install::uninstall(*client, &file, name)
            .map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
        let (title, shown) = (client.title(), file.display());
        let said = match &change {
            Change::Unchanged => text!(
                "{title} does not know `{name}`: {shown}",
                "{title} no conoce `{name}`: {shown}",
            ),
            Change::Restored => text!(
                "{shown} is again what it was before",
                "{shown} vuelve a ser lo que era antes",
            ),
            Change::Removed => text!(
                "{shown} held nothing else and is gone",
                "{shown} no tenía nada más y se eliminó",
            ),
            Change::Written { .. } => {
                text!("`{name}` is no longer in {shown}", "`{name}` ya no está en {shown}")
            }
        };
        writeln!(io::stdout(), "{}", said.to(language))?;
        if let Change::Written { backup: Some(backup) } = &change {
            writeln!(io::stdout(), "{}", kept_in(backup).to(language))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
