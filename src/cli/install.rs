//! Connects a client: writes this server into its configuration, or takes it out again.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;

use super::Given;
use crate::install::{self, Change, ClientKind, Entry, Places, Scope, TokenPlace};
use crate::language::{self, Language, Text, text};
use crate::server_url::ServerUrl;
use crate::settings::{ALLOW_HOST, SERVER, SETTINGS, Setting, TOKEN, TOKEN_FILE};
use crate::wolkvox::Token;

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
    name: String,
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
        let Target { client, name, .. } = &self.target;
        let entry = self.entry(sandbox, given).map_err(in_language)?;
        entry.check(*client).map_err(in_language)?;
        let mut out = io::stdout();
        if self.print {
            out.write_all(install::shown(*client, name, &entry).as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        let file = self.target.file(language)?;
        let change = install::install(*client, &file, name, &entry)
            .map_err(|problem| in_language(problem.text()))?;
        let (title, shown) = (client.title(), file.display());
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
                if let Some(backup) = backup {
                    let backup = backup.display();
                    say(text!(
                        "What was there before is in {backup}",
                        "Lo que había antes está en {backup}",
                    ))?;
                }
            }
            Change::Restored | Change::Removed => {}
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
        let set = |variable: &str| {
            let setting = SETTINGS.iter().find(|setting| setting.variable == variable);
            let flag = setting.and_then(|setting| given.flag(setting));
            let text = flag.or_else(|| std::env::var(variable).ok())?;
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        };
        if let Some(server) = set(SERVER.variable) {
            ServerUrl::parse(&server, set(ALLOW_HOST.variable).as_deref())
                .map_err(|problem| about(&SERVER, &problem))?;
        }
        let token = match (self.inline_token, set(TOKEN_FILE.variable)) {
            (true, Some(_)) => {
                return Err(text!(
                    "give --inline-token or a token file, not both",
                    "dé --inline-token o un archivo con el token, no ambos",
                ));
            }
            (true, None) => {
                let variable = TOKEN.variable;
                let token = set(variable).ok_or_else(|| {
                    text!("--inline-token needs {variable}", "--inline-token necesita {variable}")
                })?;
                Token::parse(&token).map_err(|problem| about(&TOKEN, &problem))?;
                TokenPlace::Inline(token)
            }
            (false, Some(file)) => {
                // The client starts this program in a folder of its own choice.
                let file = std::path::absolute(file);
                TokenPlace::File(file.map_err(|problem| {
                    let why = language::reason(problem.kind());
                    text!("the token file: {why}", "el archivo del token: {why}", why)
                })?)
            }
            (false, None) => TokenPlace::Client,
        };
        let settings = SETTINGS
            .iter()
            .filter(|it| ![TOKEN.variable, TOKEN_FILE.variable].contains(&it.variable))
            .filter_map(|setting| Some((setting.variable, set(setting.variable)?)))
            .collect();
        let command = std::env::current_exe().map_err(|_| {
            text!(
                "this program cannot find its own file",
                "este programa no encuentra su propio archivo",
            )
        })?;
        Ok(Entry { command, sandbox, settings, token })
    }
}

impl Uninstall {
    pub(super) fn run(&self, language: Language) -> anyhow::Result<ExitCode> {
        let Target { client, name, .. } = &self.target;
        let file = self.target.file(language)?;
        let change = install::uninstall(*client, &file, name)
            .map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
        let (title, shown) = (client.title(), file.display());
        let said = match change {
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
                text!("`{name}` is no longer in {shown}", "`{name}` ya no está en {shown}",)
            }
        };
        writeln!(io::stdout(), "{}", said.to(language))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Puts a setting's name before what is wrong with it.
fn about(setting: &Setting, problem: &Text) -> Text {
    let variable = setting.variable;
    text!("{variable} {problem}", "{variable} {problem}", problem)
}
