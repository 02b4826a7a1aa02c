//! Connects the clients that are on this computer: shows which, and asks.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::ValueEnum;

use super::InstallArgs;
use crate::cli::exit::FAILED;
use crate::cli::logging;
use crate::config::{Sources, shown};
use crate::install::{ClientKind, ConfigDirs, Installation, Os, installations};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// Returns the folders that the environment names.
pub(super) fn dirs(sources: &Sources) -> Result<ConfigDirs, Bilingual> {
    let variable = |name: &str| sources.variable(name).map(PathBuf::from);
    ConfigDirs::from_environment(Os::current(), variable).map_err(|problem| problem.text())
}

impl InstallArgs {
    /// Connects every client that is here, or shows them and asks.
    pub(super) fn several(
        &self,
        sandbox: bool,
        sources: &Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let dirs = dirs(sources).map_err(|text| anyhow!(text.to(language).to_owned()))?;
        let path = sources.variable("PATH");
        let here = |client: &ClientKind| client.is_here(&dirs, path);
        let here: Vec<ClientKind> =
            ClientKind::value_variants().iter().copied().filter(here).collect();
        if !self.all {
            show(&here, &installations(&dirs), sources, language)?;
            if here.is_empty() || !asks(here.len(), language)? {
                return Ok(ExitCode::SUCCESS);
            }
        } else if here.is_empty() {
            let none = bilingual!(
                "none of the clients that this program knows was found on this computer",
                "no se encontró en este equipo ninguno de los asistentes que este programa conoce",
            );
            return Err(anyhow!(none.to(language).to_owned()));
        }
        let mut has_failed = false;
        for (index, client) in here.into_iter().enumerate() {
            if index > 0 {
                writeln!(io::stdout())?;
            }
            // What stops one client must not keep the others from being connected.
            if let Err(problem) = self.of(client).run(sandbox, sources, language) {
                logging::print(&format!("{}: {problem:#}", client.title()));
                has_failed = true;
            }
        }
        Ok(if has_failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
    }
}

/// Shows each client: whether it is here, and whether it starts this program.
fn show(
    here: &[ClientKind],
    known: &[Installation],
    sources: &Sources,
    language: Language,
) -> io::Result<()> {
    let mut out = io::stdout();
    for client in ClientKind::value_variants() {
        let entries = known.iter().filter(|it| it.client == *client);
        let entries = entries.filter_map(|it| Some((it.entries.as_ref().ok()?.first()?, &it.file)));
        let state = match entries.clone().next() {
            Some((entry, file)) => {
                let name = &entry.name;
                let file =
                    shown(Setting::CaFile, &file.to_string_lossy(), sources.home().as_deref());
                bilingual!("connected: `{name}` in {file}", "conectado: `{name}` en {file}")
            }
            None if here.contains(client) => {
                bilingual!("here, not connected", "está en este equipo, sin conectar")
            }
            None => bilingual!("not found here", "no se encontró en este equipo"),
        };
        let value = client.to_possible_value();
        let name = value.as_ref().map(clap::builder::PossibleValue::get_name).unwrap_or_default();
        writeln!(out, "{name:<16}{}", state.to(language))?;
    }
    let next = bilingual!(
        "\nOne of them: wolkvox-mcp install CLIENT; all that are here: wolkvox-mcp install --all. With \
         --sandbox to try it without an account, or with --server and --operation.",
        "\nUno: wolkvox-mcp install CLIENT; todos los que están aquí: wolkvox-mcp install --all. Con \
         --sandbox para probar sin cuenta, o con --server y --operation.",
    );
    writeln!(out, "{}", next.to(language))
}

/// Asks a person at a terminal, and nobody else.
fn asks(count: usize, language: Language) -> io::Result<bool> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(false);
    }
    let question = bilingual!(
        "Connect all {count} that are here now? [y/N] ",
        "¿Conectar ahora los {count} que están aquí? [s/N] ",
    );
    let mut out = io::stdout();
    write!(out, "{}", question.to(language))?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let answer = answer.trim().to_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes" | "s" | "si" | "sí"))
}
