//! Writes the manual pages, from the same types as the command line itself and the table of settings.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::builder::Resettable;
use clap::{Args, Command};
use clap_mangen::roff::{Roff, bold, roman};

use super::flags::NoSettings;
use super::help::{self, EXAMPLES, STATUSES};
use crate::language::{Bilingual, Language};
use crate::settings::Setting;

/// Where the program looks for files by itself.
const FILES: &[(&str, Bilingual)] = &[
    (
        "~/.local/state/wolkvox-mcp",
        Bilingual::new(
            "What `uninstall` needs to restore a client's file.",
            "Lo que `uninstall` necesita para dejar el archivo de un asistente como estaba.",
        ),
    ),
    (
        "….wolkvox-mcp-backup",
        Bilingual::new(
            "Beside a client's file: what was there before `install`.",
            "Junto al archivo de un asistente: lo que había antes de `install`.",
        ),
    ),
];

const PROXY: Bilingual = Bilingual::new(
    "Proxy for the way to wolkvox, and what it is not for.",
    "Proxy para llegar a wolkvox, y para qué no se usa.",
);

/// How manuals name their parts. The first ones come from `clap_mangen`, which knows English alone.
const HEADINGS: &[(&str, &str)] = &[
    ("NAME", "NOMBRE"),
    ("SYNOPSIS", "SINOPSIS"),
    ("DESCRIPTION", "DESCRIPCIÓN"),
    ("SUBCOMMANDS", "COMANDOS"),
    ("VERSION", "VERSIÓN"),
    (EXIT_STATUS, "ESTADO DE SALIDA"),
    (ENVIRONMENT, "ENTORNO"),
    (FILES_USED, "ARCHIVOS"),
    (EXAMPLES_OF_USE, "EJEMPLOS"),
    (NOTES, "NOTAS"),
];
const EXIT_STATUS: &str = "EXIT STATUS";
const ENVIRONMENT: &str = "ENVIRONMENT";
const FILES_USED: &str = "FILES";
const EXAMPLES_OF_USE: &str = "EXAMPLES";
const NOTES: &str = "NOTES";

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder to write to, such as ~/.local/share/man/man1
    folder: PathBuf,
    #[command(flatten)]
    _none: NoSettings,
}

impl Man {
    pub(super) fn run(&self, language: Language) -> anyhow::Result<ExitCode> {
        let shown = self.folder.display();
        let mut command = help::command(language);
        command.build();
        fs::create_dir_all(&self.folder)
            .and_then(|()| self.write(&without_help_command(command), language))
            .with_context(|| format!("cannot write to {shown}"))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the pages of a command and of those below it.
    fn write(&self, command: &Command, language: Language) -> io::Result<()> {
        for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
            self.write(below, language)?;
        }
        // The synopsis names every option, also where help has a usage of its own.
        let page = clap_mangen::Man::new(command.clone().override_usage(Resettable::Reset));
        let page = page.source(concat!("wolkvox-mcp ", env!("CARGO_PKG_VERSION")));
        fs::write(self.folder.join(page.get_filename()), text(&page, command, language)?)
    }
}

/// Hides the commands that print help, which have no pages.
fn without_help_command(command: Command) -> Command {
    let command = command.mut_subcommands(without_help_command);
    if command.get_name() == "help" { command.hide(true) } else { command }
}

/// Returns a page.
fn text(page: &clap_mangen::Man, command: &Command, language: Language) -> io::Result<Vec<u8>> {
    let mut written = Vec::new();
    page.render_title(&mut written)?;
    page.render_name_section(&mut written)?;
    page.render_synopsis_section(&mut written)?;
    page.render_description_section(&mut written)?;
    page.render_options_section(&mut written)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut written)?;
    }
    let mut more = Roff::new();
    // The program's own page is the one of the whole.
    let is_whole = command.get_version().is_some();
    if is_whole {
        of_the_whole(&mut more, language);
    } else if let Some(after) = command.get_after_help() {
        ending(&mut more, &after.to_string());
    }
    more.to_writer(&mut written)?;
    if is_whole {
        page.render_version_section(&mut written)?;
    }
    Ok(match language {
        Language::English => written,
        Language::Spanish => with_spanish_headings(&String::from_utf8_lossy(&written)).into_bytes(),
    })
}

/// Adds the parts that clap does not know.
fn of_the_whole(page: &mut Roff, language: Language) {
    page.control("SH", [EXIT_STATUS]);
    for (status, meaning) in STATUSES {
        item(page, &status.to_string(), meaning.to(language));
    }
    page.control("SH", [ENVIRONMENT]);
    for setting in Setting::ALL {
        item(page, setting.variable(), setting.meaning(language));
    }
    item(page, "HTTPS_PROXY, ALL_PROXY, NO_PROXY", PROXY.to(language));
    page.control("SH", [FILES_USED]);
    for (file, meaning) in FILES {
        item(page, file, meaning.to(language));
    }
    page.control("SH", [EXAMPLES_OF_USE]);
    for (command, meaning) in EXAMPLES {
        item(page, command, meaning.to(language));
    }
}

fn item(page: &mut Roff, name: &str, about: &str) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(about)]);
}

/// Adds what help ends with: under its own heading if it has one of a manual's. Lines below a heading
/// are commands, and stay lines.
fn ending(page: &mut Roff, text: &str) {
    let headed = text.split_once(':').and_then(|(heading, rest)| {
        let heading = heading.to_uppercase();
        let is_known =
            |(english, spanish): &(&str, &str)| [*english, *spanish].contains(&&*heading);
        HEADINGS.iter().any(is_known).then_some((heading, rest))
    });
    let Some((heading, rest)) = headed else {
        page.control("SH", [NOTES]);
        page.text([roman(text)]);
        return;
    };
    page.control("SH", [&*heading]);
    match rest.strip_prefix('\n') {
        None => page.text([roman(rest.trim())]),
        Some(commands) => {
            page.control("nf", []);
            for command in commands.lines() {
                page.text([roman(command.trim())]);
            }
            page.control("fi", [])
        }
    };
}

/// Puts a page's headings into Spanish, and lets each value to choose from begin a line.
fn with_spanish_headings(page: &str) -> String {
    let lines = page.lines().map(|line| {
        if line.starts_with(r"\- ") {
            return format!(".br\n{line}\n");
        }
        let heading = line.strip_prefix(".SH ").map(|it| it.trim_matches('"'));
        let spanish = heading.map(|heading| {
            let known = HEADINGS.iter().find(|(english, _)| *english == heading);
            known.map_or_else(|| heading.to_uppercase(), |(_, spanish)| (*spanish).to_owned())
        });
        spanish.map_or_else(|| format!("{line}\n"), |it| format!(".SH \"{it}\"\n"))
    });
    lines.collect()
}
