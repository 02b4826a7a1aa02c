//! The program: parse, run, print the error, exit status.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use wolkvox_mcp::cli::{self, Cli};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(status) => status,
        Err(problem) => {
            // Nothing to be done if even stderr is gone.
            let _ = writeln!(std::io::stderr(), "wolkvox-mcp: {problem:#}");
            ExitCode::from(cli::FAILED)
        }
    }
}
