//! Checks what `install` wrote: each entry as its client would start it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::Check;
use super::finding::Finding;
use super::report::{Output, Report};
use super::step::Step;
use super::team;
use crate::cli::{Cli, Command};
use crate::config::{Origin, Raw, Sources, shown};
use crate::install::{ClientKind, ConfigDirs, Installation, InstalledEntry, Os, installations};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;

/// The report on one entry of a client.
pub(super) struct EntryReport {
    pub(super) client: &'static str,
    /// The server's name there, if the file could be read.
    pub(super) server: Option<String>,
    pub(super) file: String,
    pub(super) report: Report,
}

/// Returns whether no account is set here, so that only a client's configuration can be meant. A
/// variable alone sets none: clients pass on the token that `install` asks for in one.
pub(super) fn no_account_is_set(sources: &Sources) -> bool {
    let is_passed_on = |setting: Setting, raw: &Raw| {
        raw.origin == Origin::Variable && !matches!(setting, Setting::Server | Setting::Config)
    };
    let mut settings = Setting::ALL.iter().filter(|setting| setting.is_own_servers());
    settings.all(|setting| match sources.get(*setting) {
        Ok(Some(raw)) => is_passed_on(*setting, &raw),
        Ok(None) => true,
        Err(_) => false,
    })
}

/// Returns the configurations that know this server, of one client or of all.
pub(super) fn found(client: Option<ClientKind>, sources: &Sources) -> Vec<Installation> {
    let variable = |name: &str| sources.variable(name).map(PathBuf::from);
    let Ok(dirs) = ConfigDirs::from_environment(Os::current(), variable) else {
        return Vec::new();
    };
    let all = installations(&dirs).into_iter();
    all.filter(|it| client.is_none_or(|client| it.client == client)).collect()
}

/// Checks each entry of a configuration.
pub(super) fn reports(
    check: &Check,
    installation: Installation,
    sources: &Sources,
    output: Output,
    is_first: bool,
) -> anyhow::Result<Vec<EntryReport>> {
    let Installation { client, scope: _, file, folder, entries } = installation;
    let path = |path: &str| shown(Setting::CaFile, path, sources.home().as_deref());
    let file = path(&file.to_string_lossy());
    let file = folder.map_or(file.clone(), |folder| format!("{file}, {}", path(&folder)));
    let reported =
        |server, report| EntryReport { client: client.title(), server, file: file.clone(), report };
    let heading = |server: Option<&str>, is_first: bool| {
        let (client, file) = (client.title(), &file);
        let server = server.map(|name| format!("`{name}` ")).unwrap_or_default();
        let heading = bilingual!("{client}: {server}in {file}", "{client}: {server}en {file}");
        let before = if is_first { "" } else { "\n" };
        output.print(&format!("{before}{}\n", heading.to(output.language)))
    };
    match entries {
        Err(problem) => {
            heading(None, is_first)?;
            let fix = bilingual!("Fix it there.", "Corríjalo allí.");
            let report = failed("file_unreadable", problem.text(), fix, output);
            Ok(vec![reported(None, report.printed()?)])
        }
        Ok(entries) => entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| {
                heading(Some(&entry.name), is_first && index == 0)?;
                let report = of_entry(check, client, &entry, sources, output)?;
                Ok(reported(Some(entry.name), report.printed()?))
            })
            .collect(),
    }
}

/// The report when a client's configuration does not have this server.
pub(super) fn unknown_to(client: ClientKind, output: Output) -> Report {
    let title = client.title();
    failed(
        "client_unknown",
        bilingual!(
            "{title} is not set up to start this program",
            "{title} no está configurado para iniciar este programa",
        ),
        install_again(client),
        output,
    )
}

fn of_entry(
    check: &Check,
    client: ClientKind,
    entry: &InstalledEntry,
    sources: &Sources,
    output: Output,
) -> anyhow::Result<Report> {
    if let Some(url) = entry.url.as_deref().filter(|_| entry.command.is_empty()) {
        return of_server(check, client, entry, url, sources, output);
    }
    let command = &entry.command;
    if !exists(command, sources) {
        let detail =
            bilingual!("its command does not exist: {command}", "su comando no existe: {command}");
        return Ok(failed("command_missing", detail, install_again(client), output));
    }
    let Ok(cli) = Cli::try_parse_from([command].into_iter().chain(&entry.arguments)) else {
        let detail = bilingual!(
            "its arguments are not ones that this program accepts",
            "sus argumentos no son los que este programa acepta",
        );
        return Ok(failed("arguments_unknown", detail, install_again(client), output));
    };
    let mut environment: HashMap<String, OsString> = HashMap::new();
    for name in &entry.passed_on {
        if let Some(value) = sources.variable(name) {
            environment.insert(name.clone(), value.to_owned());
        }
    }
    for (name, value) in &entry.environment {
        if value.contains("${input:") {
            // What VS Code asks for can be given here.
            let Some(given) = sources.variable(name) else { return Ok(prompted(name, output)) };
            environment.insert(name.clone(), given.to_owned());
        } else {
            environment.insert(name.clone(), filled_in(client, value, sources).into());
        }
    }
    let sources = sources.of_child(cli.flags.0, environment);
    match cli.command {
        Some(Command::Connect(connect)) => team::report(check, &connect.url, &sources, output),
        _ => check.report(cli.sandbox, &sources, output),
    }
}

/// Tests an entry by which a client speaks to a team's server itself.
fn of_server(
    check: &Check,
    client: ClientKind,
    entry: &InstalledEntry,
    url: &str,
    sources: &Sources,
    output: Output,
) -> anyhow::Result<Report> {
    let variable = Setting::CallerToken.variable();
    let is_token = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("authorization");
    let written = entry.headers.iter().find(is_token);
    let written = written.map(|(_, value)| value.strip_prefix("Bearer ").unwrap_or(value));
    let token = match written {
        Some(value) if value.contains("${input:") => match sources.variable(variable) {
            Some(given) => Some(given.to_owned()),
            None => return Ok(prompted(variable, output)),
        },
        Some(value) => Some(filled_in(client, value, sources).into()),
        None => entry.passed_on.iter().find_map(|name| sources.variable(name)).map(OsString::from),
    };
    let token = token.map(|token| (variable.to_owned(), token));
    team::report(check, url, &sources.of_child(HashMap::new(), token), output)
}

/// The report on an entry for which the client asks a person.
fn prompted(variable: &str, output: Output) -> Report {
    let mut report = Report::of_own(output);
    let why = bilingual!(
        "VS Code asks for {variable} when it starts the server: set it here to test the entry",
        "VS Code pide {variable} al iniciar el servidor: defínalo aquí para probar la entrada",
    );
    report.skip_the_rest("prompted", &why);
    report
}

fn failed(code: &'static str, detail: Bilingual, fix: Bilingual, output: Output) -> Report {
    let mut report = Report::of_own(output);
    report.set(Step::Settings, Finding::failed(code, detail, fix));
    report.skip_the_rest("not_reached", &super::not_reached());
    report
}

fn install_again(client: ClientKind) -> Bilingual {
    use clap::ValueEnum;
    let name = client.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default();
    bilingual!(
        "Run `wolkvox-mcp install {name}` with your settings.",
        "Ejecute `wolkvox-mcp install {name}` con sus ajustes.",
    )
}

/// Returns whether a client finds a command: a path, or a name in one of the folders of `PATH`.
fn exists(command: &str, sources: &Sources) -> bool {
    if command.contains(['/', '\\']) {
        return Path::new(command).is_file();
    }
    let folders = sources.variable("PATH").map(std::env::split_paths).into_iter().flatten();
    let names = [command.to_owned(), format!("{command}.exe")];
    folders.into_iter().any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// Fills in the variables that a client fills in, and no others.
fn filled_in(client: ClientKind, value: &str, sources: &Sources) -> String {
    client.filled_in(value, |name| sources.variable(name)?.to_str().map(str::to_owned))
}
