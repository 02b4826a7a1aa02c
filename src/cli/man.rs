//! Writes the manual pages, from the same types as the command line itself and the table of settings.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::Cli;
use super::flags::NoSettings;
use super::help::{EXAMPLES, STATUSES};
use crate::settings::{Setting, Spec};

/// Where the program looks for files by itself.
const FILES: &[(&str, &str)] = &[
    ("~/.local/state/wolkvox-mcp", "What `uninstall` needs to restore a client's file."),
    ("….wolkvox-mcp-backup", "Beside a client's file: what was there before `install`."),
];

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder to write to, such as ~/.local/share/man/man1
    folder: PathBuf,
    #[command(flatten)]
    _none: NoSettings,
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let shown = self.folder.display();
        fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), &self.folder))
            .and_then(|()| self.root_page())
            .with_context(|| format!("cannot write to {shown}"))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the program's own page, with the sections that clap does not know.
    fn root_page(&self) -> io::Result<()> {
        let page = clap_mangen::Man::new(Cli::command());
        let mut file = File::create(self.folder.join(page.get_filename()))?;
        page.render_title(&mut file)?;
        page.render_name_section(&mut file)?;
        page.render_synopsis_section(&mut file)?;
        page.render_description_section(&mut file)?;
        page.render_options_section(&mut file)?;
        page.render_subcommands_section(&mut file)?;
        let mut more = Roff::new();
        let statuses = STATUSES.iter().map(|(status, meaning)| (status.to_string(), *meaning));
        section(&mut more, "EXIT STATUS", statuses);
        let variables = Setting::ALL.iter().map(|setting| {
            let Spec { variable, meaning, .. } = setting.spec();
            ((*variable).to_owned(), *meaning)
        });
        let proxy = "Proxy for the way to wolkvox, and what it is not for.".to_owned();
        section(&mut more, "ENVIRONMENT", variables);
        more.control("TP", []);
        more.text([bold("HTTPS_PROXY, ALL_PROXY, NO_PROXY")]);
        more.text([roman(proxy)]);
        section(&mut more, "FILES", FILES.iter().map(|(file, about)| ((*file).to_owned(), *about)));
        section(
            &mut more,
            "EXAMPLES",
            EXAMPLES.iter().map(|(it, about)| ((*it).to_owned(), *about)),
        );
        more.to_writer(&mut file)?;
        page.render_version_section(&mut file)?;
        file.flush()
    }
}

fn section<'a>(page: &mut Roff, heading: &str, items: impl Iterator<Item = (String, &'a str)>) {
    page.control("SH", [heading]);
    for (name, about) in items {
        page.control("TP", []);
        let line: Vec<Inline> = vec![bold(name)];
        page.text(line);
        page.text([roman(about)]);
    }
}
