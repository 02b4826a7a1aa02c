//! Makes a flag of every setting that may stand on a command line, from the table of settings.

use std::collections::HashMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::help_of;
use crate::settings::Setting;

/// The settings that every command knows, given as flags.
#[derive(Debug, Default)]
pub(super) struct Flags(pub(super) HashMap<Setting, String>);

/// The settings of a team's server, given as flags.
#[derive(Debug, Default)]
pub(super) struct TeamFlags(pub(super) HashMap<Setting, String>);

/// The file of callers, given as a flag.
#[derive(Debug, Default)]
pub(super) struct CallersFlag(pub(super) HashMap<Setting, String>);

fn of_all() -> impl Iterator<Item = Setting> {
    Setting::ALL.iter().copied().filter(|setting| setting.is_own_servers())
}

fn of_team() -> impl Iterator<Item = Setting> {
    Setting::ALL.iter().copied().filter(|setting| setting.is_team())
}

fn of_callers() -> impl Iterator<Item = Setting> {
    std::iter::once(Setting::Callers)
}

fn with_flags(command: Command, settings: impl Iterator<Item = Setting>) -> Command {
    settings.fold(command, |command, setting| match setting.spec().flag {
        None => command,
        Some(flag) => command.arg(
            Arg::new(setting.variable())
                .long(flag)
                .value_name("VALUE")
                .help(help_of(setting))
                .help_heading("Settings")
                .global(true),
        ),
    })
}

fn given(
    matches: &ArgMatches,
    settings: impl Iterator<Item = Setting>,
) -> HashMap<Setting, String> {
    let with_flag = settings.filter(|setting| setting.spec().flag.is_some());
    let given = with_flag.filter_map(|setting| {
        Some((setting, matches.get_one::<String>(setting.variable())?.clone()))
    });
    given.collect()
}

macro_rules! flags {
    ($($flags:ident of $settings:ident;)*) => {$(
        impl Args for $flags {
            fn augment_args(command: Command) -> Command {
                with_flags(command, $settings())
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $flags {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
                Ok(Self(given(matches, $settings())))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    )*};
}

flags! {
    Flags of of_all;
    TeamFlags of of_team;
    CallersFlag of of_callers;
}
