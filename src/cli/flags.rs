//! Makes a flag of every setting that may stand on a command line, from the table of settings.

use std::collections::HashMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::help_of;
use crate::settings::{SETTINGS, Setting};

/// The settings given as flags, by variable.
#[derive(Debug, Default)]
pub(super) struct Flags(HashMap<&'static str, String>);

impl Flags {
    pub(super) fn get(&self, setting: &Setting) -> Option<String> {
        self.0.get(setting.variable).cloned()
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        SETTINGS.iter().fold(command, |command, setting| match setting.flag {
            None => command,
            Some(flag) => command.arg(
                Arg::new(setting.variable)
                    .long(flag)
                    .value_name("VALUE")
                    .help(help_of(setting))
                    .help_heading("Settings")
                    .global(true),
            ),
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given =
            SETTINGS.iter().filter(|setting| setting.flag.is_some()).filter_map(|setting| {
                Some((setting.variable, matches.get_one::<String>(setting.variable)?.clone()))
            });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
