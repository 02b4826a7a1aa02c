//! The READMEs, the pages on the team server and `mcp.json`, held against the program: what they say is what it does.

use clap::ValueEnum;
use serde_json::Value;
use wolkvox_mcp::error::Kind;
use wolkvox_mcp::fields::{FIELDS, Field, Shown};
use wolkvox_mcp::install::{ClientKind, ConfigDirs, Os, Scope};
use wolkvox_mcp::sandbox::Fault;
use wolkvox_mcp::settings::{Setting, Spec};

use crate::support::{Program, exists, file};

#[track_caller]
fn assert_in_readme(expected: &str) {
    assert!(file("README.md").contains(expected), "README.md lacks:\n{expected}");
}

/// Gives the fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|block| block.split("```").next().expect("an end").to_owned())
        .collect()
}

#[test]
fn the_settings_table_is_the_programs() {
    assert_in_readme(&rows(Setting::is_own_servers));
}

#[test]
fn the_team_servers_settings_table_is_the_programs() {
    let rows = rows(Setting::is_team);
    assert!(file("docs/team-server.md").contains(&rows), "docs/team-server.md lacks:\n{rows}");
}

#[test]
fn a_callers_settings_table_is_the_programs() {
    let rows = rows(Setting::is_callers);
    assert!(file("docs/team-server.md").contains(&rows), "docs/team-server.md lacks:\n{rows}");
}

#[test]
fn both_pages_on_the_team_server_have_the_same_tables_and_examples() {
    let (english, spanish) = (file("docs/team-server.md"), file("docs/equipo.md"));
    assert_eq!(tables(&english), tables(&spanish));
    assert_eq!(blocks(&english, "toml"), blocks(&spanish, "toml"));
}

/// Returns the rows of a table of settings.
fn rows(is_in: impl Fn(Setting) -> bool) -> String {
    let rows = Setting::ALL.iter().filter(|setting| is_in(**setting)).map(|setting| {
        let Spec { variable, meaning, default, .. } = setting.spec();
        let default = match *default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        format!("| `{variable}` | {meaning} | {default} |\n")
    });
    rows.collect()
}

#[test]
fn the_fields_table_is_the_programs() {
    let rows = |usual: &str, on_request: &str, spanish_first: bool| -> String {
        let row = |field: &Field| {
            let shown = match field.shown {
                Shown::Usual => usual,
                Shown::OnRequest => on_request,
            };
            let (first, second) = if spanish_first {
                (field.spanish, field.english)
            } else {
                (field.english, field.spanish)
            };
            format!("| `{}` | {first} | {second} | {shown} |\n", field.name)
        };
        FIELDS.iter().map(row).collect()
    };
    assert_in_readme(&rows("always", "on request", false));
    assert!(file("README.es.md").contains(&rows("siempre", "al pedirlo", true)));
}

#[test]
fn the_clients_table_is_the_programs() {
    // Windows's rules have a variable for each of the two folders.
    let places = ConfigDirs::from_environment(Os::Windows, |name| match name {
        "USERPROFILE" => Some("~".into()),
        "APPDATA" => Some("DESKTOP".into()),
        _ => None,
    });
    let places = ConfigDirs { project: "".into(), ..places.expect("a home") };
    let rows = ClientKind::value_variants().iter().map(|client| {
        let name = client.to_possible_value().expect("a name");
        let [user, project] = [Scope::User, Scope::Project].map(|scope| {
            let file = client.file(scope, &places).map(|file| format!("`{}`", file.display()));
            file.unwrap_or_default().replace('\\', "/")
        });
        format!("| `{}` | {user} | {project} |\n", name.get_name())
    });
    let rows: String = rows.collect();
    assert_in_readme(&rows);
    assert!(file("README.es.md").contains(&rows));
}

#[test]
fn every_kind_of_failure_and_every_fault_is_explained() {
    for kind in Kind::ALL {
        assert_in_readme(&format!("| `{kind}` |"));
    }
    for fault in Fault::names() {
        assert!(file("README.md").contains(&format!("`{fault}`")) || fault == "quota", "{fault}");
    }
}

#[test]
fn mcp_json_is_ready_to_copy_and_names_what_must_be_filled_in() {
    let text = file("mcp.json");
    assert_in_readme(&format!("```json\n{text}```"));
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let server = &json["mcpServers"]["wolkvox"];
    assert_eq!(server["command"], env!("CARGO_PKG_NAME"));
    let environment = server["env"].as_object().expect("variables");
    for variable in environment.keys() {
        assert!(Setting::of_variable(variable).is_some(), "{variable}");
    }
    for setting in [Setting::Server, Setting::Token] {
        assert!(environment.contains_key(setting.variable()), "{setting:?}");
    }
}

/// Gives the commands of a README in their order, without comments.
fn commands(text: &str) -> Vec<String> {
    let shown = |block: String| -> Vec<String> {
        let lines = block.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.map(str::to_owned).collect()
    };
    let plain = |block: String| block.lines().map(str::to_owned).collect::<Vec<_>>();
    let all = blocks(text, "console").into_iter().flat_map(shown);
    let all = all.chain(blocks(text, "sh").into_iter().flat_map(plain));
    all.map(|it| it.split('#').next().unwrap_or_default().trim_end().to_owned()).collect()
}

/// Gives the tables of a README: of each cell what is the same in every language, which is code and
/// figures.
fn tables(text: &str) -> Vec<Vec<String>> {
    let outside_code = text.split("```").step_by(2);
    let rows = outside_code.flat_map(str::lines).filter(|line| line.starts_with('|'));
    let cell = |cell: &str| -> String {
        let code = cell.split('`').skip(1).step_by(2);
        let figure = |word: &&str| word.trim_end_matches(['/', 's', '%']).parse::<f64>().is_ok();
        let figures = cell.split_whitespace().filter(figure);
        code.chain(figures).collect::<Vec<_>>().join(" ")
    };
    rows.map(|row| row.split('|').map(cell).collect()).collect()
}

#[test]
fn both_readmes_have_the_same_commands_tables_and_examples() {
    let (english, spanish) = (file("README.md"), file("README.es.md"));
    assert_eq!(commands(&english), commands(&spanish));
    assert!(commands(&english).len() > 10);
    assert_eq!(tables(&english), tables(&spanish));
    assert!(tables(&english).len() > 60);
    for language in ["json", "text"] {
        assert_eq!(blocks(&english, language), blocks(&spanish, language));
    }
    let headings = |text: &str| -> Vec<usize> {
        let lines = text.lines().filter(|line| line.starts_with("##"));
        lines.map(|line| line.bytes().take_while(|it| *it == b'#').count()).collect()
    };
    assert_eq!(headings(&english), headings(&spanish));
}

/// Runs the READMEs' commands that ask this program, and compares all that they print.
#[tokio::test]
async fn every_command_prints_what_the_readmes_say() {
    for (name, language) in [("README.md", "en_US.UTF-8"), ("README.es.md", "es_CO.UTF-8")] {
        let mut ran = 0;
        for block in blocks(&file(name), "console") {
            let Some((command, printed)) =
                block.strip_prefix("$ ").and_then(|it| it.split_once('\n'))
            else {
                continue;
            };
            let Some(arguments) = command
                .strip_prefix("cargo run --release --")
                .or_else(|| command.strip_prefix("wolkvox-mcp"))
            else {
                continue;
            };
            let arguments: Vec<&str> = arguments.split_whitespace().collect();
            let ended = Program::run(&arguments, &[("LANG", language)]).await;
            let said = [ended.stdout.join("\n"), ended.stderr].concat();
            assert_eq!(said.trim_end(), printed.trim_end(), "{name}: {command}");
            ran += 1;
        }
        assert_eq!(ran, 4, "{name}");
    }
}

#[tokio::test]
async fn the_example_of_a_call_has_the_real_answer() {
    let blocks = blocks(&file("README.md"), "json");
    let parsed = |block: &String| serde_json::from_str::<Value>(block).expect("JSON");
    let call = blocks.iter().map(parsed).find(|it| it["field"] == "id_customer").expect("a call");
    let shown = blocks.iter().map(parsed).find(|it| it["outcome"] == "found").expect("an answer");
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let mut answer = program.call(call).await["structuredContent"].clone();
    answer["as_of"] = shown["as_of"].clone();
    assert_eq!(answer, shown, "{answer}");
}

#[test]
fn every_place_that_contributing_names_is_there() {
    let text = file("CONTRIBUTING.md");
    let outside_blocks = text.split("```").step_by(2);
    let code = outside_blocks.flat_map(|part| part.split('`').skip(1).step_by(2));
    let is_place = |word: &&str| word.contains('/') && !word.contains(' ');
    let places: Vec<&str> = code.filter(is_place).collect();
    assert!(places.len() > 40, "{places:?}");
    for place in places.iter().filter(|place| **place != "target/") {
        assert!(exists(place), "{place}");
    }
}
