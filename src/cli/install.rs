//! Connects a client: writes this server into its configuration, or takes it out again.

mod choose;
mod paths;
mod remote;
mod said;
mod token;
mod warnings;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, ValueHint};
use jiff::Timestamp;

use self::paths::{absolute, is_file, own_command, short};
use super::flags::NoSettings;
use super::help;
use crate::clock::Clock;
use crate::config::{Config, NotUnicode, Origin, Sources};
use crate::error::{EntryError, FileErrorKind, SettingError};
use crate::install::{self, Backup, Change, ClientKind, Entry, Scope, ServerName, TokenDelivery};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// Which of a client's configurations.
#[derive(Clone, Debug, Args)]
struct Place {
    /// Use the configuration of the project in this folder instead of the user's
    #[arg(long)]
    project: bool,
    /// Name of the server in the configuration
    #[arg(long, default_value = "wolkvox")]
    name: String,
    /// Go on even if the entry of that name starts another program, or the token file cannot be
    /// read
    #[arg(long)]
    force: bool,
}

/// Where to write this server, and what.
#[derive(Debug, Args)]
#[command(after_help = help::OF_INSTALL)]
pub(super) struct InstallArgs {
    /// Client whose configuration to change; without one, the clients are shown
    #[arg(value_enum)]
    client: Option<ClientKind>,
    /// Connect every client that is on this computer
    #[arg(long, conflicts_with_all = ["client", "project", "print"])]
    all: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    what: What,
}

/// What to write.
#[derive(Clone, Debug, Args)]
struct What {
    /// Connect the client to the team's server at this address instead of starting this program; the
    /// token comes from WOLKVOX_CALLER_TOKEN where the client starts, or from --token-file
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    url: Option<String>,
    /// With --url: people log in at the identity provider, and no token of ours is sent
    #[arg(long, requires = "url")]
    login: bool,
    /// Only print what would be written
    #[arg(long)]
    print: bool,
    /// Write the token of WOLKVOX_TOKEN into the configuration, where anyone who can read the file
    /// sees it
    #[arg(long)]
    inline_token: bool,
}

/// Where to take this server out.
#[derive(Debug, Args)]
pub(super) struct UninstallArgs {
    /// Client whose configuration to change
    #[arg(value_enum)]
    client: ClientKind,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    _none: NoSettings,
}

/// The configuration of one client.
struct Target {
    client: ClientKind,
    place: Place,
}

/// This server in one client.
struct Install {
    target: Target,
    what: What,
}

impl InstallArgs {
    /// Connects a client, all of them, or says which there are.
    pub(super) fn run(
        &self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        match self.client {
            Some(client) => self.of(client).run(sandbox, sources, language),
            None => self.several(sandbox, sources, language),
        }
    }

    fn of(&self, client: ClientKind) -> Install {
        let target = Target { client, place: self.place.clone() };
        Install { target, what: self.what.clone() }
    }
}

impl Target {
    fn name(&self) -> Result<ServerName, Bilingual> {
        self.place.name.parse().map_err(|problem: EntryError| problem.text())
    }

    fn scope(&self) -> Scope {
        if self.place.project { Scope::Project } else { Scope::User }
    }

    fn found(&self, sources: &Sources) -> Result<install::Target, Bilingual> {
        let dirs = choose::dirs(sources)?;
        let title = self.client.title();
        let file = self.client.file(self.scope(), &dirs).ok_or_else(|| {
            bilingual!(
                "{title} has no configuration for a project",
                "{title} no tiene configuración por proyecto",
            )
        })?;
        Ok(install::Target {
            client: self.client,
            file,
            state: dirs.state,
            is_shared: self.place.project,
            force: self.place.force,
        })
    }
}

impl Install {
    fn run(
        &self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let in_language = |text: Bilingual| anyhow!(text.to(language).to_owned());
        let client = self.target.client;
        let target = self.target.found(sources).map_err(in_language)?;
        let file = &target.file;
        // Asked before our own entry makes the client's folder.
        let dirs = choose::dirs(sources).map_err(in_language)?;
        let is_here = self.target.place.project || client.is_here(&dirs, sources.variable("PATH"));
        let entry = match &self.what.url {
            Some(url) => self.remote_entry(url, sandbox, sources),
            None => self.entry(sandbox, sources),
        };
        let entry = entry.map_err(in_language)?;
        entry.check(client).map_err(|problem| in_language(problem.text()))?;
        if self.what.print {
            // Only the entry goes to stdout, so that it can be piped.
            let shown = file.display();
            let heading = bilingual!("For {shown}:", "Para {shown}:");
            writeln!(io::stderr(), "{}", heading.to(language))?;
            io::stdout().write_all(install::shown(client, &entry).as_bytes())?;
        } else {
            let change = target.install(&entry).map_err(|problem| {
                let text = problem.text();
                in_language(match problem.kind {
                    FileErrorKind::Malformed(_) => bilingual!(
                        "{text}\nFix it there, or paste what `--print` shows.",
                        "{text}\nCorríjalo allí, o pegue lo que muestra `--print`.",
                        text,
                    ),
                    // Mounted alone, or on a read-only disk: a person may have another way to it.
                    FileErrorKind::Unwritable(_)
                    | FileErrorKind::ReadOnly
                    | FileErrorKind::HardLinked => bilingual!(
                        "{text}\nWhere you can write it, paste what `--print` shows.",
                        "{text}\nDonde usted lo pueda escribir, pegue lo que muestra `--print`.",
                        text,
                    ),
                    _ => text,
                })
            })?;
            self.print_result(&change, file, &entry, sources, language)?;
        }
        if !is_here && !self.what.print {
            let title = client.title();
            let absent = bilingual!(
                "{title} was not found on this computer; the entry waits for it.",
                "No se encontró {title} en este equipo; la entrada queda lista para cuando lo instale.",
            );
            writeln!(io::stderr(), "{}", absent.to(language))?;
        }
        for warning in self.warnings(file, &entry, sources) {
            writeln!(io::stderr(), "{}", warning.to(language))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn entry(&self, sandbox: bool, sources: &Sources) -> Result<Entry, Bilingual> {
        let is_in_file = |origin| matches!(origin, Origin::File { .. });
        // What the file of settings says, the server reads there.
        let set = |setting: Setting| match sources.get(setting) {
            Ok(raw) => Ok(raw.filter(|raw| !is_in_file(raw.origin)).map(|raw| raw.text)),
            Err(NotUnicode) => {
                let (variable, problem) = (setting.variable(), SettingError::NotUnicode.text());
                Err(bilingual!("{variable} {problem}", "{variable} {problem}", problem))
            }
        };
        let from_file = |setting: &Setting| {
            let raw = sources.get(*setting).ok().flatten();
            raw.is_some_and(|raw| is_in_file(raw.origin))
        };
        let of_server = Setting::ALL.iter().copied().filter(|setting| setting.is_own_servers());
        let in_file: Vec<Setting> = of_server.clone().filter(from_file).collect();
        let is_token = |setting: &Setting| matches!(setting, Setting::Token | Setting::TokenFile);
        let token = match (self.what.inline_token, set(Setting::TokenFile)?) {
            (true, Some(_)) => {
                return Err(bilingual!(
                    "give --inline-token or a token file, not both",
                    "indique --inline-token o un archivo con el token, no ambos",
                ));
            }
            (true, None) => {
                let variable = Setting::Token.variable();
                TokenDelivery::Inline(set(Setting::Token)?.ok_or_else(|| {
                    bilingual!(
                        "--inline-token needs {variable}",
                        "--inline-token necesita {variable}"
                    )
                })?)
            }
            (false, Some(file)) => TokenDelivery::File(token::file(
                Setting::TokenFile,
                &file,
                set(Setting::Token)?,
                self.target.place.force,
                sources,
            )?),
            (false, None) if in_file.iter().any(is_token) => TokenDelivery::SettingsFile,
            (false, None) => TokenDelivery::Client,
        };
        self.check(sandbox, sources)?;
        let mut settings = Vec::new();
        for setting in of_server.filter(|setting| !is_token(setting)) {
            match set(setting)? {
                Some(file) if is_file(setting, &file) => {
                    settings.push((setting, absolute(&file, sources)?));
                }
                Some(text) => settings.push((setting, text)),
                None => {}
            }
        }
        token::refuse_in(&settings, set(Setting::Token)?, &token)?;
        let command = self.command(sources)?;
        let name = self.target.name()?;
        Ok(Entry { name, command, sandbox, settings, token, in_file, remote: None })
    }

    /// Returns the command by which the client is to start this program: for a file that others
    /// have too its name alone, if a search of `PATH` finds it.
    fn command(&self, sources: &Sources) -> Result<String, Bilingual> {
        let command = own_command(sources)?;
        let name = install::name_on_path(Path::new(&command), sources.variable("PATH"));
        Ok(name.filter(|_| self.target.place.project).unwrap_or(command))
    }

    /// Refuses settings with which the server would not start. What may come later from the
    /// client's environment or from a file is stood in for.
    fn check(&self, sandbox: bool, sources: &Sources) -> Result<(), Bilingual> {
        let mut later = sources.clone().without(Setting::TokenFile);
        if !self.what.inline_token {
            later = later.with_flag(Setting::Token, "later");
        }
        if matches!(later.get(Setting::Server), Ok(None)) {
            later = later.with_flag(Setting::Server, Setting::Server.spec().example);
        }
        let Err(problems) = Config::resolve(sandbox, &later) else { return Ok(()) };
        let listed = |language| {
            let lines: Vec<_> = problems.lines().map(|it| it.to(language).to_owned()).collect();
            lines.join("\n").into()
        };
        Err(Bilingual { english: listed(Language::English), spanish: listed(Language::Spanish) })
    }
}

/// Returns where a file's earlier content is.
fn kept_in(backup: &Backup, sources: &Sources) -> Bilingual {
    let path = short(&backup.path, sources);
    let written = backup.since.and_then(|since| Timestamp::try_from(since).ok());
    let day = written.map(|written| Clock::default().at(written).date());
    let installation = match day {
        Some(day) => bilingual!("the installation of {day}", "la instalación del {day}"),
        None => Bilingual::new("the installation", "la instalación"),
    };
    if backup.whole {
        bilingual!(
            "What was there before {installation} is in {path}",
            "Lo que había antes de {installation} está en {path}",
            installation,
        )
    } else {
        bilingual!(
            "What was there before {installation} is in {path}; entries of this program are left \
             out there, and tokens of wolkvox masked",
            "Lo que había antes de {installation} está en {path}; allí faltan las entradas de este \
             programa y los tokens de wolkvox quedan ocultos",
            installation,
        )
    }
}

impl UninstallArgs {
    /// Takes this server out of a client's configuration.
    pub(super) fn run(&self, sources: &Sources, language: Language) -> anyhow::Result<ExitCode> {
        let in_language = |text: Bilingual| anyhow!(text.to(language).to_owned());
        let client = self.client;
        let place = Target { client, place: self.place.clone() };
        let name = place.name().map_err(in_language)?;
        let target = place.found(sources).map_err(in_language)?;
        let change = target.uninstall(&name).map_err(|problem| in_language(problem.text()))?;
        let (title, shown) = (client.title(), short(&target.file, sources));
        let mut said = vec![match &change {
            Change::Unchanged => bilingual!(
                "{title} has no entry `{name}`: {shown}",
                "{title} no tiene ninguna entrada `{name}`: {shown}",
            ),
            Change::Restored => {
                bilingual!(
                    "{shown} is back to what it was before",
                    "{shown} quedó como estaba antes",
                )
            }
            Change::Removed => bilingual!(
                "{shown} held nothing else and was deleted",
                "{shown} solo tenía esta entrada y se eliminó",
            ),
            Change::TakenOut(_) | Change::Added(_) | Change::Replaced(_) => {
                bilingual!("`{name}` is no longer in {shown}", "`{name}` ya no está en {shown}")
            }
        }];
        if let Change::TakenOut(backup) = &change {
            said.extend(backup.as_ref().map(|backup| kept_in(backup, sources)));
        }
        said.extend(target.of_projects().iter().map(|(folder, entry)| {
            let name = &entry.name;
            bilingual!(
                "`{name}` is still there for the folder {folder} alone: run `claude mcp remove \
                 {name} --scope local` in that folder",
                "`{name}` sigue allí solo para la carpeta {folder}: ejecute `claude mcp remove \
                 {name} --scope local` en esa carpeta",
            )
        }));
        let mut out = io::stdout();
        said.iter().try_for_each(|text| writeln!(out, "{}", text.to(language)))?;
        Ok(ExitCode::SUCCESS)
    }
}
