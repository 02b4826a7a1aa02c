//! The program: parse, run, print the error, exit status.

use std::process::ExitCode;

use wolkvox_mcp::cli::{self, Cli};

fn main() -> ExitCode {
    match cli::run(Cli::read()) {
        Ok(status) => status,
        // A reader such as `head` has closed the pipe.
        Err(problem) if is_broken_pipe(&problem) => ExitCode::SUCCESS,
        Err(problem) => {
            cli::report(&problem);
            cli::status_of(&problem)
        }
    }
}

fn is_broken_pipe(problem: &anyhow::Error) -> bool {
    let cause = problem.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
