//! Writes the manual pages, from the same types as the command line itself.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, CommandFactory};

use super::Cli;

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder to write to, such as ~/.local/share/man/man1
    folder: PathBuf,
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let shown = self.folder.display();
        fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), &self.folder))
            .with_context(|| format!("cannot write to {shown}"))?;
        Ok(ExitCode::SUCCESS)
    }
}
