//! The exit statuses, and the errors that end with one of their own.

use std::fmt;
use std::process::ExitCode;

use crate::config::InvalidSettings;
use crate::error::{Error, Kind};
use crate::language::Language;

/// A look-up found nothing, or a check failed.
pub(super) const NOTHING_FOUND: u8 = 1;
/// Wrong usage, or a failure that no other status is for.
pub(in crate::cli) const FAILED: u8 = 2;
/// The settings are wrong.
const WRONG_SETTINGS: u8 = 3;
/// wolkvox does not accept the token.
const TOKEN_REJECTED: u8 = 4;
/// The network or wolkvox did not answer.
const UNREACHED: u8 = 5;
/// It may work later: too many requests, no calls left, maintenance.
const LATER: u8 = 6;

/// Settings that keep the program from starting, told in a person's language.
#[derive(Debug)]
pub(super) struct WrongSettings {
    text: String,
    pub(super) lines: String,
    pub(super) advice: String,
}

impl WrongSettings {
    pub(super) fn new(problems: &InvalidSettings, language: Language) -> Self {
        let lines: Vec<_> = problems.lines().map(|it| it.to(language).to_owned()).collect();
        Self {
            text: problems.text().to(language).to_owned(),
            lines: lines.join(" "),
            advice: problems.advice().to(language).to_owned(),
        }
    }
}

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for WrongSettings {}

/// Returns the exit status of a look-up that failed.
pub(super) fn of_look_up(error: &Error) -> ExitCode {
    ExitCode::from(match error.kind() {
        Kind::TokenRejected => TOKEN_REJECTED,
        Kind::Unavailable | Kind::Timeout => UNREACHED,
        Kind::Busy | Kind::QuotaExhausted | Kind::RateLimited | Kind::Maintenance => LATER,
        Kind::InvalidInput
        | Kind::Rejected
        | Kind::Incomplete
        | Kind::UnexpectedReply
        | Kind::NotRecorded
        | Kind::Internal => FAILED,
    })
}

/// Returns the exit status after [`super::run`] failed.
pub fn status_of(problem: &anyhow::Error) -> ExitCode {
    ExitCode::from(if problem.is::<WrongSettings>() { WRONG_SETTINGS } else { FAILED })
}
