//! Makes a flag of every setting that may stand on a command line, from the table of settings.

use std::collections::HashMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::help_of;
use crate::settings::Setting;

/// The settings given as flags.
#[derive(Debug, Default)]
pub(super) struct Flags(pub(super) HashMap<Setting, String>);

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        Setting::ALL.iter().fold(command, |command, setting| match setting.spec().flag {
            None => command,
            Some(flag) => command.arg(
                Arg::new(setting.variable())
                    .long(flag)
                    .value_name("VALUE")
                    .help(help_of(*setting))
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
        let with_flag = Setting::ALL.iter().filter(|setting| setting.spec().flag.is_some());
        let given = with_flag.filter_map(|setting| {
            Some((*setting, matches.get_one::<String>(setting.variable())?.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
