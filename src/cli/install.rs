//! Connects a client: writes this server into its configuration, or takes it out again.

mod paths;
mod remote;
mod said;
mod token;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::Args;

use self::paths::{absolute, is_file, own_command};
use crate::config::{Config, NotUnicode, Origin, Sources};
use crate::error::{EntryError, FileErrorKind, SettingError};
use crate::install::{
    self, Backup, Change, ClientKind, ConfigDirs, Entry, Os, Scope, ServerName, TokenDelivery,
};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// Which configuration.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Client whose configuration to change
    #[arg(value_enum)]
    client: ClientKind,
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
pub(super) struct Install {
    #[command(flatten)]
    target: Target,
    /// Connect the client to the team's server at this address instead of starting this program; the
    /// token comes from WOLKVOX_CALLER_TOKEN where the client starts, or from --token-file
    #[arg(long)]
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
pub(super) struct Uninstall {
    #[command(flatten)]
    target: Target,
}

impl Target {
    fn name(&self) -> Result<ServerName, Bilingual> {
        self.name.parse().map_err(|problem: EntryError| problem.text())
    }

    fn scope(&self) -> Scope {
        if self.project { Scope::Project } else { Scope::User }
    }

    fn found(&self, sources: &Sources) -> Result<install::Target, Bilingual> {
        let variable = |name: &str| sources.variable(name).map(PathBuf::from);
        let dirs = ConfigDirs::from_environment(Os::current(), variable)
            .map_err(|problem| problem.text())?;
        let title = self.client.title();
        let file = self.client.file(self.scope(), &dirs).ok_or_else(|| {
            bilingual!(
                "{title} has no configuration for a project",
                "{title} no tiene configuración por proyecto",
            )
        })?;
        Ok(install::Target { client: self.client, file, state: dirs.state, force: self.force })
    }
}

impl Install {
    pub(super) fn run(
        &self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let in_language = |text: Bilingual| anyhow!(text.to(language).to_owned());
        let client = self.target.client;
        let target = self.target.found(sources).map_err(in_language)?;
        let file = &target.file;
        let entry = match &self.url {
            Some(url) => self.remote_entry(url, sandbox, sources),
            None => self.entry(sandbox, sources),
        };
        let entry = entry.map_err(in_language)?;
        entry.check(client).map_err(|problem| in_language(problem.text()))?;
        if self.print {
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
        for warning in self.warnings(file, &entry) {
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
        let token = match (self.inline_token, set(Setting::TokenFile)?) {
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
                self.target.force,
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
        let command = own_command(sources)?;
        let name = self.target.name()?;
        Ok(Entry { name, command, sandbox, settings, token, in_file, remote: None })
    }

    /// Refuses settings with which the server would not start. What may come later from the
    /// client's environment or from a file is stood in for.
    fn check(&self, sandbox: bool, sources: &Sources) -> Result<(), Bilingual> {
        let mut later = sources.clone().without(Setting::TokenFile);
        if !self.inline_token {
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
fn kept_in(backup: &Backup) -> Bilingual {
    let path = backup.path.display();
    if backup.whole {
        bilingual!(
            "What was there before the installation is in {path}",
            "Lo que había antes de la instalación está en {path}",
        )
    } else {
        bilingual!(
            "What was there before the installation is in {path}; entries of this program are left \
             out there, and tokens of wolkvox masked",
            "Lo que había antes de la instalación está en {path}; allí faltan las entradas de este \
             programa y los tokens de wolkvox quedan ocultos",
        )
    }
}

impl Uninstall {
    pub(super) fn run(&self, sources: &Sources, language: Language) -> anyhow::Result<ExitCode> {
        let in_language = |text: Bilingual| anyhow!(text.to(language).to_owned());
        let client = self.target.client;
        let name = self.target.name().map_err(in_language)?;
        let target = self.target.found(sources).map_err(in_language)?;
        let change = target.uninstall(&name).map_err(|problem| in_language(problem.text()))?;
        let (title, shown) = (client.title(), target.file.display());
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
            Change::Written { .. } => {
                bilingual!("`{name}` is no longer in {shown}", "`{name}` ya no está en {shown}")
            }
        }];
        if let Change::Written { backup } = &change {
            said.extend(backup.as_ref().map(kept_in));
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
