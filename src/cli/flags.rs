//! Makes a flag of every setting that may stand on a command line, from the table of settings.

use std::collections::HashMap;

use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use super::help;
use super::suggested::Suggested;
use crate::language::Language;
use crate::settings::Setting;

/// Where help lists them.
pub(super) const HEADING: &str = "Settings";

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
                .value_name(value_name(setting))
                .value_hint(value_hint(setting))
                .value_parser(suggested(setting))
                .hide_possible_values(true)
                .help(help::of_setting(setting, Language::English))
                .help_heading(HEADING)
                .global(true),
        ),
    })
}

/// Returns what a setting's value is, for help.
const fn value_name(setting: Setting) -> &'static str {
    match setting {
        Setting::Server | Setting::AllowHost => "HOST",
        Setting::TokenFile
        | Setting::CaFile
        | Setting::AuditKeyFile
        | Setting::SharedSecretFile
        | Setting::Config
        | Setting::TlsCert
        | Setting::TlsKey
        | Setting::Callers
        | Setting::CallerTokenFile => "PATH",
        Setting::Audit => "PATH|stderr|off",
        Setting::Timeout | Setting::CacheTtl => "DURATION",
        Setting::MaxInFlight | Setting::Rate | Setting::MaxPages => "NUMBER",
        Setting::Mask => "FIELDS",
        Setting::Operation | Setting::OAuthName | Setting::OAuthRole => "NAME",
        Setting::Timezone => "ZONE",
        Setting::AuditFailure => "refuse|continue",
        Setting::AuditRotate => "daily|SIZE|off",
        Setting::SharedDown => "degrade|refuse",
        Setting::Shared | Setting::PublicUrl | Setting::OAuthIssuer => "URL",
        Setting::Log => "LEVEL",
        Setting::LogFormat => "text|json",
        Setting::Card => "on|off",
        Setting::Listen | Setting::AdminListen => "ADDRESS:PORT",
        Setting::TrustedProxies => "ADDRESSES",
        Setting::OAuthAudience => "AUDIENCES",
        Setting::OAuthScope => "SCOPES",
        Setting::OAuthPrincipal => "CLAIMS",
        Setting::Token | Setting::CallerToken => "TOKEN",
    }
}

/// Returns what a shell completes where nothing is offered: files only where one is meant.
fn value_hint(setting: Setting) -> ValueHint {
    if value_name(setting).starts_with("PATH") { ValueHint::FilePath } else { ValueHint::Other }
}

/// Returns what completions offer; each value is checked later, with all others.
fn suggested(setting: Setting) -> Suggested {
    Suggested::new(match setting {
        Setting::Log => &["error", "warn", "info", "debug", "trace", "off"],
        Setting::LogFormat => &["text", "json"],
        Setting::AuditFailure => &["refuse", "continue"],
        Setting::AuditRotate => &["daily", "off"],
        Setting::SharedDown => &["degrade", "refuse"],
        Setting::Mask => &["personal", "employees", "personal,employees"],
        _ => &[],
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

/// The settings of a command that takes none: not in its help, and refused.
#[derive(Debug)]
pub(super) struct NoSettings;

impl Args for NoSettings {
    fn augment_args(command: Command) -> Command {
        let refuse = |_: &str| Err::<String, _>("this command takes no settings");
        of_all().fold(command, |command, setting| match setting.spec().flag {
            None => command,
            Some(flag) => {
                let argument = Arg::new(setting.variable()).long(flag).value_name("VALUE");
                command.arg(argument.value_parser(refuse).hide(true))
            }
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for NoSettings {
    fn from_arg_matches(_: &ArgMatches) -> Result<Self, Error> {
        Ok(Self)
    }

    fn update_from_arg_matches(&mut self, _: &ArgMatches) -> Result<(), Error> {
        Ok(())
    }
}
