//! What help and the manual pages say beside the arguments, and in which language.
//!
//! The command line is written in English where its arguments are defined; [`spanish`] has the other
//! texts, which are built only for what a person reads in Spanish.

mod spanish;

use std::env;
use std::ffi::OsString;

use clap::error::{Error, ErrorKind};
use clap::{Command, CommandFactory, ValueEnum};

use super::Cli;
use crate::language::{Bilingual, Language};
use crate::settings::{Setting, Spec};

/// The exit statuses, as [`super::exit`] gives them.
pub(super) const STATUSES: &[(u8, Bilingual)] = &[
    (0, Bilingual::new("success", "éxito")),
    (
        1,
        Bilingual::new(
            "nothing found, or a check failed",
            "no se encontró nada, o falló una comprobación",
        ),
    ),
    (
        2,
        Bilingual::new(
            "wrong usage, or a failure not listed here",
            "uso incorrecto, o una falla que no tiene otro estado",
        ),
    ),
    (3, Bilingual::new("wrong settings", "ajustes incorrectos")),
    (4, Bilingual::new("wolkvox does not accept the token", "wolkvox no acepta el token")),
    (
        5,
        Bilingual::new(
            "no answer from the network or from wolkvox",
            "no hay respuesta de la red o de wolkvox",
        ),
    ),
    (
        6,
        Bilingual::new(
            "it may work later: too many requests, no calls left, maintenance",
            "puede funcionar más tarde: demasiadas solicitudes, cupo agotado, mantenimiento",
        ),
    ),
];

/// Commands to begin with.
pub(super) const EXAMPLES: &[(&str, Bilingual)] = &[
    (
        "wolkvox-mcp query --sandbox id_customer 900000001",
        Bilingual::new("Ask the sandbox.", "Consulta el sandbox."),
    ),
    (
        "wolkvox-mcp install claude-code --sandbox",
        Bilingual::new(
            "Let Claude Code start the sandbox.",
            "Hace que Claude Code inicie el sandbox.",
        ),
    ),
    (
        "wolkvox-mcp check",
        Bilingual::new(
            "Test what the clients on this computer start.",
            "Prueba lo que inician los asistentes de este equipo.",
        ),
    ),
];

pub(super) const OF_PROGRAM: &str = "Exit status: 0 success, 1 nothing found or a check failed, 2 \
    wrong usage or a failure not listed here, 3 wrong settings, 4 token not accepted, 5 no answer \
    from the network or wolkvox, 6 later (too many requests, no calls left, maintenance).\n\n\
    Examples:\n  \
    wolkvox-mcp query --sandbox id_customer 900000001   ask the sandbox\n  \
    wolkvox-mcp install claude-code --sandbox           let Claude Code start the sandbox\n  \
    wolkvox-mcp check                                   test what the clients here start";

pub(super) const OF_QUERY: &str = "Examples:\n  \
    wolkvox-mcp query --sandbox id_customer 900000001\n  \
    wolkvox-mcp query id_customer 900000001 --since 30d --limit 5\n  \
    wolkvox-mcp query id_customer 900000001 --column agent_id --column campaign_id\n  \
    wolkvox-mcp query --obligation FIC-501 --record 0000000000000000000000ae\n  \
    wolkvox-mcp query --json id_customer 900000001 | jq .total";

pub(super) const OF_CHECK: &str = "Examples:\n  \
    wolkvox-mcp check                                    every client's entry, as the client starts it\n  \
    wolkvox-mcp check --client claude-code               one client's\n  \
    wolkvox-mcp check --field id_customer --value 123    with a real look-up, which costs one call more\n  \
    wolkvox-mcp check --url https://wolkvox.example.com/mcp\n  \
    wolkvox-mcp check --json > ticket.json";

pub(super) const OF_INSTALL: &str = "Examples:\n  \
    wolkvox-mcp install                                  which clients are here\n  \
    wolkvox-mcp install claude-code --sandbox\n  \
    wolkvox-mcp install --all --server crm0001.wolkvox.com --operation mycompany\n  \
    wolkvox-mcp install claude-desktop --server crm0001.wolkvox.com --token-file ~/wolkvox-token\n  \
    wolkvox-mcp install cursor --url https://wolkvox.example.com/mcp\n  \
    wolkvox-mcp install codex --sandbox --print          only show what would be written";

pub(super) const OF_SERVE: &str = "Examples:\n  \
    wolkvox-mcp serve --sandbox\n  \
    wolkvox-mcp caller add ana --role agent --config /etc/wolkvox/wolkvox.toml\n  \
    wolkvox-mcp serve --config /etc/wolkvox/wolkvox.toml";

/// Returns what clap has to say, in the language of the person if it is help. A start builds the
/// command line in English alone, if at all, and what is wrong with the arguments stays English.
pub(super) fn told(english: Error) -> Error {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    let is_help = matches!(english.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand);
    if !is_help || persons_language() == Language::English {
        return english;
    }
    let again = spanish::command(Cli::command()).try_get_matches_from(env::args_os());
    again.err().unwrap_or(english)
}

/// Returns the command line with its texts in a language, for what is made of them.
pub(super) fn command(language: Language) -> Command {
    match language {
        Language::English => Cli::command(),
        Language::Spanish => spanish::command(Cli::command()),
    }
}

/// Returns a setting's help: its meaning, variable and default.
pub(super) fn of_setting(setting: Setting, language: Language) -> String {
    let Spec { variable, default, .. } = setting.spec();
    let by_default = match language {
        Language::English => "default",
        Language::Spanish => "por defecto",
    };
    let default = match *default {
        "" => String::new(),
        default => format!(", {by_default} {default}"),
    };
    format!("{} [{variable}{default}]", setting.meaning(language))
}

/// Returns the language of the person, before clap has read the arguments.
fn persons_language() -> Language {
    asked_for(env::args_os()).unwrap_or_else(|| {
        let variable = |name: &str| env::var_os(name)?.into_string().ok();
        Language::detect(variable, sys_locale::get_locale)
    })
}

/// Finds the value of `--lang`: help is asked for where the rest need not make sense to clap.
fn asked_for(arguments: impl IntoIterator<Item = OsString>) -> Option<Language> {
    let texts = arguments.into_iter().map(|it| it.to_string_lossy().into_owned());
    let mut texts = texts.take_while(|it| it != "--");
    let value = texts.find_map(|text| match text.strip_prefix("--lang")? {
        "" => Some(None),
        rest => Some(Some(rest.strip_prefix('=')?.to_owned())),
    })?;
    Language::from_str(&value.or_else(|| texts.next())?, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_asked_for_is_found_before_the_arguments_are_read() {
        for (arguments, found) in [
            (&["--lang", "es"][..], Some(Language::Spanish)),
            (&["query", "--help", "--lang=en"], Some(Language::English)),
            (&["help", "check", "--lang", "es"], Some(Language::Spanish)),
            (&["--language=es"], None),
            (&["--lang", "fr"], None),
            (&["--lang"], None),
            (&["query", "--", "--lang", "es"], None),
        ] {
            let arguments = arguments.iter().map(OsString::from);
            assert_eq!(asked_for(arguments), found);
        }
    }
}
