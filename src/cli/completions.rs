//! Writes completions for a shell, from the same types as the command line itself.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::flags::NoSettings;
use super::help;
use crate::language::Language;

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
    pub(super) fn run(&self, language: Language) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut help::command(language),
            "wolkvox-mcp",
            &mut script,
        );
        io::stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}
