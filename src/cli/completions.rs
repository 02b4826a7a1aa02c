//! Writes completions for a shell, from the same types as the command line itself.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::flags::NoSettings;

/// For which shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell to complete commands in
    #[arg(value_enum)]
    shell: Shell,
    #[command(flatten)]
    _none: NoSettings,
}

impl Completions {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "wolkvox-mcp", &mut script);
        io::stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}
