use std::collections::BTreeSet;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory, ValueEnum};

use super::*;
use crate::cli::Cli;
use crate::install::ClientKind;

/// Returns every command with its path, those that clap adds left out.
fn commands(command: &Command) -> Vec<(String, Command)> {
    fn walk(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for below in command.get_subcommands().filter(|it| it.get_name() != "help") {
            walk(below, &below_path(path, below.get_name()), found);
        }
    }
    let mut found = Vec::new();
    walk(command, "", &mut found);
    found
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|it| !it.is_hide_set())
}

fn texts(path: &str) -> &'static Texts {
    COMMANDS.iter().find(|it| it.path == path).unwrap_or_else(|| panic!("no texts of `{path}`"))
}

/// Returns the texts of a command that have a twin: English, then Spanish, each with its place.
fn twins() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (path, command) in commands(&Cli::command()) {
        let mut add = |what: &str, english: Option<&StyledStr>, spanish: Option<&str>| {
            let place = format!("{path}: {what}");
            assert_eq!(english.is_some(), spanish.is_some(), "{place}");
            if let (Some(english), Some(spanish)) = (english, spanish) {
                found.push((place, english.to_string(), spanish.to_owned()));
            }
        };
        let texts = texts(&path);
        add("about", command.get_about(), Some(texts.about));
        add("long about", command.get_long_about(), texts.long_about);
        add("after", command.get_after_help(), texts.after);
        add("after the long help", command.get_after_long_help(), None);
        for argument in shown(&command) {
            let id = argument.get_id().as_str();
            let setting = Setting::of_variable(id);
            let of_setting = setting.map(|it| it.meaning(Language::Spanish));
            let english = match setting {
                Some(setting) => Some(StyledStr::from(setting.meaning(Language::English))),
                None => argument.get_help().cloned(),
            };
            add(id, english.as_ref(), of_setting.or_else(|| texts.argument(id)));
            add(id, argument.get_long_help(), None);
        }
    }
    found
}

#[test]
fn every_text_of_the_command_line_has_a_spanish_one() {
    assert!(twins().len() > 80);
}

#[test]
fn every_spanish_text_belongs_to_the_command_line() {
    let commands = commands(&Cli::command());
    for texts in COMMANDS {
        let found = commands.iter().find(|(path, _)| path == texts.path);
        let (_, command) = found.unwrap_or_else(|| panic!("no command `{}`", texts.path));
        for (id, _) in texts.arguments {
            let is_shown = shown(command).any(|it| it.get_id() == id);
            assert!(is_shown, "`{}` shows no argument {id}", texts.path);
        }
    }
    assert_eq!(COMMANDS.len(), commands.len(), "one of them twice");
}

/// Returns what must not change with the language: flags, variables and their like, what stands between
/// backticks, names in capitals.
fn names_in(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2).map(str::to_owned);
    let is_part = |it: char| it.is_alphanumeric() || "-_/:.|".contains(it);
    let words = text.split(|it| !is_part(it)).map(|it| it.trim_end_matches(['.', ':']));
    let is_name = |word: &&str| {
        let is_capital = word.chars().filter(|it| it.is_uppercase()).count() > 1
            && !word.contains(char::is_lowercase);
        word.starts_with("--") || is_capital || word.contains('_') || word.contains("://")
    };
    quoted.chain(words.filter(is_name).map(str::to_owned)).collect()
}

#[test]
fn a_spanish_text_names_the_same_flags_variables_and_values() {
    for (place, english, spanish) in twins() {
        assert_eq!(names_in(&english), names_in(&spanish), "{place}");
    }
}

#[test]
fn the_examples_are_the_same_commands() {
    let commands_in = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
        lines.map(|line| line.split("   ").next().unwrap_or_default().trim().to_owned()).collect()
    };
    for (place, english, spanish) in twins() {
        let spanish = spanish.replace("miempresa", "mycompany");
        assert_eq!(commands_in(&english), commands_in(&spanish), "{place}");
    }
}

#[test]
fn what_is_said_of_a_value_is_spanish_or_a_name() {
    for (path, command) in commands(&Cli::command()) {
        for value in shown(&command).flat_map(Arg::get_possible_values) {
            if value.get_help().is_none() {
                continue;
            }
            let is_name = ClientKind::from_str(value.get_name(), false).is_ok();
            let is_spanish = VALUES.iter().any(|(name, _)| *name == value.get_name());
            assert!(is_name || is_spanish, "{path}: {value:?}");
        }
    }
}

#[test]
fn no_word_of_claps_own_is_left_in_english() {
    for (path, mut command) in commands(&command(Cli::command())) {
        for help in [command.render_help(), command.render_long_help()] {
            let help = help.to_string();
            for word in [
                "Usage",
                "Options",
                "OPTIONS",
                "Commands",
                "COMMAND",
                "Arguments",
                "Settings",
                "Print",
                "default",
                "possible",
                "Possible",
            ] {
                assert!(!help.contains(word), "{path}: {word}:\n{help}");
            }
        }
    }
}

#[test]
fn the_help_of_both_languages_has_the_same_lines() {
    let mut built = Cli::command();
    built.build();
    let english = commands(&built);
    let spanish = commands(&command(Cli::command()));
    for ((path, english), (_, spanish)) in english.into_iter().zip(spanish) {
        // Where nothing is wrapped, each text is as many lines as its twin.
        let lines = |command: Command, is_long: bool| {
            let mut command = command.term_width(0);
            let help = if is_long { command.render_long_help() } else { command.render_help() };
            let help = help.to_string();
            let flags = help.lines().map(|it| it.trim_start().split(' ').next().map(str::to_owned));
            flags.map(|it| it.filter(|it| it.starts_with('-') && it != "-")).collect::<Vec<_>>()
        };
        for is_long in [false, true] {
            assert_eq!(
                lines(english.clone(), is_long),
                lines(spanish.clone(), is_long),
                "{path} {is_long}"
            );
        }
    }
}
