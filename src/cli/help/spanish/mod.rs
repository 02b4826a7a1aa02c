//! Puts the texts of the command line into Spanish: ours from the tables in [`texts`] and in
//! `settings`, and those that clap adds by itself. The names of values, such as FIELD, stay: messages
//! name them too.

mod texts;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command};

use self::texts::{COMMANDS, Texts, VALUES};
use crate::language::Language;
use crate::settings::Setting;

const OPTIONS: &str = "Opciones";
const SETTINGS: &str = "Ajustes";
/// Where clap lists the flags for help and version.
const LAST: usize = 999;

/// Returns a command line with its texts in Spanish.
pub(super) fn command(english: Command) -> Command {
    let mut command = translated(english, "");
    // From here on there are the arguments and commands that clap adds, and each usage is known.
    command.build();
    finished(command)
}

/// Puts the texts of a command and of those below it into Spanish, as far as they are ours.
fn translated(command: Command, path: &str) -> Command {
    let texts = COMMANDS.iter().find(|texts| texts.path == path);
    let mut command = command
        .mut_args(|argument| in_spanish(argument, texts))
        .disable_help_flag(true)
        .arg(help_flag())
        .subcommand_help_heading("Comandos")
        .subcommand_value_name("COMANDO")
        .mut_subcommands(|below| {
            let path = below_path(path, below.get_name());
            translated(below, &path)
        });
    if command.get_version().is_some() {
        command = command.disable_version_flag(true).arg(version_flag());
    }
    if let Some(texts) = texts {
        command = command.about(texts.about);
        if let Some(long) = texts.long_about {
            command = command.long_about(long);
        }
        if let Some(after) = texts.after {
            command = command.after_help(after);
        }
    }
    with_options_first(command)
}

/// Returns the path of a command below another, as the table has it.
fn below_path(path: &str, name: &str) -> String {
    format!("{path} {name}").trim_start().to_owned()
}

/// Puts an argument's texts into Spanish.
fn in_spanish(argument: Arg, texts: Option<&Texts>) -> Arg {
    if argument.is_hide_set() {
        return argument;
    }
    let id = argument.get_id().as_str();
    let setting = Setting::of_variable(id);
    let help = match setting {
        Some(setting) => Some(super::of_setting(setting, Language::Spanish)),
        None => texts.and_then(|texts| texts.argument(id)).map(str::to_owned),
    };
    let heading = match setting {
        Some(_) => SETTINGS,
        None if argument.is_positional() => "Argumentos",
        None => OPTIONS,
    };
    let argument = argument.help_heading(heading);
    match help {
        Some(help) => with_help(argument, help),
        None => argument,
    }
}

/// Adds an argument's help, with the values to choose from and the one by default, which clap would
/// announce in English.
fn with_help(argument: Arg, help: String) -> Arg {
    if !argument.get_action().takes_values() {
        return argument.help(help);
    }
    let is_choice = !argument.is_hide_possible_values_set();
    let choices = if is_choice { argument.get_possible_values() } else { Vec::new() };
    let choices: Vec<_> = choices.into_iter().map(chosen).collect();
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy().into_owned()).collect();
    let (mut short, mut long) = (help.clone(), help);
    if !choices.is_empty() {
        let names: Vec<_> = choices.iter().map(PossibleValue::get_name).collect();
        let names = format!("[valores posibles: {}]", names.join(", "));
        short = format!("{short} {names}");
        let described = choices.iter().filter_map(|it| Some((it.get_name(), it.get_help()?)));
        let described: String =
            described.map(|(name, help)| format!("\n- {name}: {help}")).collect();
        long += &match &*described {
            "" => format!("\n\n{names}"),
            described => format!("\n\nValores posibles:{described}"),
        };
    }
    if !defaults.is_empty() {
        let defaults = format!("[por defecto: {}]", defaults.join(" "));
        short = format!("{short} {defaults}");
        long = format!("{long}\n\n{defaults}");
    }
    let argument = argument.hide_possible_values(true);
    let argument = if long == short { argument } else { argument.long_help(long) };
    let argument = argument.hide_default_value(true).help(short);
    // Completions describe the values too.
    if choices.is_empty() {
        argument
    } else {
        argument.value_parser(PossibleValuesParser::new(choices))
    }
}

/// Puts what is said of a value into Spanish; what stays is a name.
fn chosen(value: PossibleValue) -> PossibleValue {
    let spanish = VALUES.iter().find(|(name, _)| *name == value.get_name());
    match spanish {
        Some((_, help)) => value.help(*help),
        None => value,
    }
}

/// Moves a command's settings behind its other options: help has the headings in the order of the
/// arguments, and those that clap names itself come before all others.
fn with_options_first(command: Command) -> Command {
    let settings = command.get_arguments().map(|it| it.get_id().clone());
    let settings = settings.filter(|id| Setting::of_variable(id.as_str()).is_some());
    let settings: Vec<_> = settings.collect();
    settings.into_iter().fold(command, |command, id| command.mut_arg(id, |argument| argument))
}

/// Returns the flag that prints help, as clap would make it.
fn help_flag() -> Arg {
    own_flag("help", 'h', ArgAction::Help)
        .help("Muestra la ayuda (más con '--help')")
        .long_help("Muestra la ayuda (un resumen con '-h')")
}

/// Returns the flag that prints the version, as clap would make it.
fn version_flag() -> Arg {
    own_flag("version", 'V', ArgAction::Version).help("Muestra la versión")
}

fn own_flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    let flag = Arg::new(name).short(short).long(name).action(action);
    flag.help_heading(OPTIONS).display_order(LAST)
}

/// Puts what clap has added to a command, and to those below it, into Spanish.
fn finished(command: Command) -> Command {
    let mut command = command.mut_subcommands(finished);
    if command.get_name() == "help" {
        command = command.about("Muestra esta ayuda o la de los comandos que se indiquen");
    }
    let usage = command.render_usage().ansi().to_string().replace("[OPTIONS]", "[OPCIONES]");
    // Behind the word "Usage:" comes the end of its style.
    let usage = usage.split_once(' ').map_or(String::new(), |(_, usage)| usage.to_owned());
    let style = *command.get_styles().get_usage();
    command.override_usage(usage).help_template(format!(
        "{{before-help}}{{about-with-newline}}\n{style}Uso:{style:#} {{usage}}\n\n{{all-args}}{{after-help}}"
    ))
}

#[cfg(test)]
mod tests;
