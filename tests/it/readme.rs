//! The READMEs, the pages in `docs/` and `mcp.json`, held against the program: what they say is what it does.

use std::process::Stdio;

use clap::ValueEnum;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use wolkvox_mcp::error::Kind;
use wolkvox_mcp::fields::{FIELDS, Field, Shown};
use wolkvox_mcp::install::{ClientKind, ConfigDirs, Os, Scope};
use wolkvox_mcp::language::Language::{self, English, Spanish};
use wolkvox_mcp::sandbox::Fault;
use wolkvox_mcp::settings::{Placeholder, Setting, Spec};

use crate::support::{Program, exists, file};

/// Every page that a reader finds, in English and in Spanish.
const PAGES: &[(&str, &str)] = &[
    ("README.md", "README.es.md"),
    ("docs/audit.md", "docs/auditoria.md"),
    ("docs/clients.md", "docs/asistentes.md"),
    ("docs/development.md", "docs/desarrollo.md"),
    ("docs/failures.md", "docs/fallas.md"),
    ("docs/performance.md", "docs/rendimiento.md"),
    ("docs/rollout.md", "docs/despliegue.md"),
    ("docs/settings.md", "docs/ajustes.md"),
    ("docs/team-server.md", "docs/equipo.md"),
    ("docs/tools.md", "docs/herramientas.md"),
];

#[track_caller]
fn assert_in(page: &str, expected: &str) {
    assert!(file(page).contains(expected), "{page} lacks:\n{expected}");
}

/// Returns the fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|block| block.split("```").next().expect("an end").to_owned())
        .collect()
}

#[test]
fn the_settings_table_is_the_programs() {
    for (language, page) in [(English, "docs/settings.md"), (Spanish, "docs/ajustes.md")] {
        assert_in(page, &rows(Setting::is_own_servers, language));
    }
}

#[test]
fn the_readmes_settings_are_some_of_the_programs_and_worded_as_on_the_page_of_all() {
    for (readme, page) in [("README.md", "docs/settings.md"), ("README.es.md", "docs/ajustes.md")] {
        let all = file(page);
        let readme = file(readme);
        let rows: Vec<_> = readme.lines().filter(|it| it.starts_with("| `WOLKVOX_")).collect();
        assert!(rows.len() > 5, "{rows:?}");
        for row in rows {
            assert!(all.contains(row), "{page} lacks:\n{row}");
        }
    }
}

#[test]
fn the_team_servers_and_a_callers_settings_tables_are_the_programs() {
    for (language, page) in [(English, "docs/team-server.md"), (Spanish, "docs/equipo.md")] {
        assert_in(page, &rows(Setting::is_team, language));
        assert_in(page, &rows(Setting::is_callers, language));
    }
}

/// Returns the rows of a table of settings.
fn rows(is_in: impl Fn(Setting) -> bool, language: Language) -> String {
    let rows = Setting::ALL.iter().filter(|setting| is_in(**setting)).map(|setting| {
        let Spec { variable, default, .. } = setting.spec();
        let meaning = setting.meaning(language);
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
    assert_in("docs/tools.md", &rows("always", "on request", false));
    assert_in("docs/herramientas.md", &rows("siempre", "al pedirlo", true));
}

#[test]
fn the_clients_table_is_the_programs() {
    // Windows's rules have a variable for each of the two folders.
    let places = ConfigDirs::from_environment(Os::Windows, |name| match name {
        "USERPROFILE" => Some("~".into()),
        "APPDATA" => Some("DESKTOP".into()),
        _ => None,
    });
    let places = ConfigDirs { project: "".into(), zed: "ZED".into(), ..places.expect("a home") };
    let rows = ClientKind::value_variants().iter().map(|client| {
        let name = client.to_possible_value().expect("a name");
        let [user, project] = [Scope::User, Scope::Project].map(|scope| {
            let file = client.file(scope, &places).map(|file| format!("`{}`", file.display()));
            file.unwrap_or_default().replace('\\', "/")
        });
        format!("| `{}` | {user} | {project} |\n", name.get_name())
    });
    let rows: String = rows.collect();
    assert_in("docs/clients.md", &rows);
    assert_in("docs/asistentes.md", &rows);
}

#[test]
fn every_kind_of_failure_and_every_fault_is_explained() {
    for kind in Kind::ALL {
        assert_in("docs/failures.md", &format!("| `{kind}` |"));
    }
    let page = file("docs/failures.md");
    for fault in Fault::names() {
        assert!(page.contains(&format!("`{fault}`")) || fault == "quota", "{fault}");
    }
}

#[test]
fn mcp_json_is_ready_to_copy_and_names_what_must_be_filled_in() {
    let text = file("mcp.json");
    assert_in("docs/clients.md", &format!("```json\n{text}```"));
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

/// Returns the commands of a page in their order, without comments.
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

/// Returns the tables of a page: of each cell what is the same in every language, which is code and
/// figures.
fn tables(text: &str) -> Vec<Vec<String>> {
    let outside_code = text.split("```").step_by(2);
    let rows = outside_code.flat_map(str::lines).filter(|line| line.starts_with('|'));
    let cell = |cell: &str| -> String {
        let code = cell.split('`').skip(1).step_by(2);
        let code = code.map(str::to_owned);
        // Spanish writes a comma before decimals.
        let words = cell.split_whitespace().map(|word| word.replace(',', "."));
        let is_figure = |word: &str| word.trim_end_matches(['/', 's', '%']).parse::<f64>().is_ok();
        let figures = words.filter(|word| is_figure(word));
        code.chain(figures).collect::<Vec<_>>().join(" ")
    };
    rows.map(|row| row.split('|').map(cell).collect()).collect()
}

/// Returns the fenced blocks that are the same in every language.
fn data(text: &str) -> Vec<String> {
    ["json", "text", "toml", "powershell", "xml"].iter().flat_map(|it| blocks(text, it)).collect()
}

#[test]
fn every_page_has_the_same_commands_tables_examples_and_headings_in_both_languages() {
    for (english_name, spanish_name) in PAGES {
        let (english, spanish) = (file(english_name), file(spanish_name));
        let spanish = filled_in_in_english(&spanish);
        assert_eq!(
            without_language(commands(&english)),
            without_language(commands(&spanish)),
            "{spanish_name}"
        );
        assert_eq!(tables(&english), tables(&spanish), "{spanish_name}");
        assert_eq!(data(&english), data(&spanish), "{spanish_name}");
        let headings = |text: &str| -> Vec<usize> {
            let outside_code: String = text.split("```").step_by(2).collect();
            let lines = outside_code.lines().filter(|line| line.starts_with("##"));
            lines.map(|line| line.bytes().take_while(|it| *it == b'#').count()).collect()
        };
        assert_eq!(headings(&english), headings(&spanish), "{spanish_name}");
    }
    let count =
        |of: fn(&str) -> usize| PAGES.iter().map(|(page, _)| of(&file(page))).sum::<usize>();
    assert!(count(|text| commands(text).len()) > 25);
    assert!(count(|text| tables(text).len()) > 150);
}

/// What a reader is to replace with something of their own, which each page says in its language.
const FILLED_IN: &[(&str, &str)] = &[
    ("ponga aquí el token interno del CRM", "put the CRM's internal token here"),
    ("ponga aquí su operación", "put your operation here"),
    ("el token interno del CRM\"", "the CRM's internal token\""),
    ("miempresa", "mycompany"),
    (r"MIEMPRESA\Agentes", r"MYCOMPANY\Agents"),
];

fn filled_in_in_english(spanish: &str) -> String {
    FILLED_IN.iter().fold(spanish.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn what_the_pages_leave_to_be_filled_in_is_never_taken_for_a_value() {
    for page in ["docs/clients.md", "docs/asistentes.md"] {
        let shown = blocks(&file(page), "json").concat();
        let shown: Value = serde_json::from_str(&shown).expect("one block of JSON");
        let environment = &shown["mcpServers"]["wolkvox"]["env"];
        for variable in ["WOLKVOX_TOKEN", "WOLKVOX_OPERATION"] {
            let value = environment[variable].as_str().expect("text");
            assert_eq!(Placeholder::find(value), Some(Placeholder::Example), "{page}: {value}");
        }
    }
}

/// Returns commands as they are without `--lang es`, which only Spanish pages say.
fn without_language(commands: Vec<String>) -> Vec<String> {
    commands.into_iter().map(|it| it.replace(" --lang es", "")).collect()
}

#[test]
fn a_readme_is_short_enough_to_be_read() {
    for name in ["README.md", "README.es.md"] {
        assert!(file(name).lines().count() <= 250, "{name}");
    }
}

#[test]
fn every_page_in_docs_is_held_and_every_link_leads_somewhere() {
    let docs = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).expect("docs");
    for entry in docs {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let path = format!("docs/{name}");
        let is_held = PAGES.iter().any(|(english, spanish)| path == *english || path == *spanish);
        assert!(is_held || !name.ends_with(".md"), "{path} is not in PAGES");
    }
    for page in PAGES.iter().flat_map(|(english, spanish)| [english, spanish]) {
        let folder = if page.starts_with("docs/") { "docs/" } else { "" };
        let text = file(page);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (place, heading) = target.split_once('#').unwrap_or((target, ""));
            let place = format!("{folder}{place}");
            assert!(exists(&place), "{page}: {target}");
            let there = if place == folder { text.clone() } else { String::new() };
            let there = if place.ends_with(".md") { file(&place) } else { there };
            let has_heading =
                there.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
            assert!(heading.is_empty() || has_heading, "{page}: {target}");
        }
    }
}

/// Returns the anchor that GitHub makes of a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches(['#', ' ']).to_lowercase();
    let kept = text.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

#[test]
fn the_badges_are_true() {
    let known = rmcp::model::ProtocolVersion::KNOWN_VERSIONS;
    let [oldest, newest] =
        [known.first(), known.last()].map(|it| it.expect("a revision").as_str().replace('-', "--"));
    let rust = env!("CARGO_PKG_RUST_VERSION");
    assert_eq!(env!("CARGO_PKG_LICENSE"), "MIT OR Apache-2.0");
    for badge in [
        "licence-MIT_or_Apache--2.0-".to_owned(),
        format!("Rust-{rust}_or_newer-"),
        format!("MCP-{oldest}_to_{newest}-"),
    ] {
        assert_in("README.md", &format!("https://img.shields.io/badge/{badge}"));
    }
    for badge in [
        "licencia-MIT_o_Apache--2.0-".to_owned(),
        format!("Rust-{rust}_o_posterior-"),
        format!("MCP-{oldest}_a_{newest}-"),
    ] {
        assert_in("README.es.md", &format!("https://img.shields.io/badge/{badge}"));
    }
    // The one that says that there is no release goes when the changelog has one.
    let has_release = !file("CHANGELOG.md").contains("## 0.1.0, not yet released");
    for (english, spanish) in PAGES {
        assert_eq!(
            file(english).contains("release-none_yet"),
            *english == "README.md" && !has_release
        );
        assert_eq!(
            file(spanish).contains("versiones-ninguna"),
            *spanish == "README.es.md" && !has_release
        );
    }
}

#[test]
fn the_links_that_install_the_sandbox_hold_what_install_writes() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let entry = r#"{"command":"wolkvox-mcp","args":["--sandbox"]}"#;
    let escaped: String = url::form_urlencoded::byte_serialize(entry.as_bytes()).collect();
    for page in ["README.md", "README.es.md"] {
        assert_in(
            page,
            &format!("https://vscode.dev/redirect/mcp/install?name=wolkvox&config={escaped})"),
        );
        let encoded = BASE64_STANDARD.encode(entry);
        assert_in(
            page,
            &format!("https://cursor.com/en/install-mcp?name=wolkvox&config={encoded})"),
        );
    }
}

#[test]
fn the_sandboxs_customers_are_all_introduced() {
    for page in ["README.md", "README.es.md"] {
        for customer in 900_000_001..=900_000_009 {
            assert_in(page, &format!("| `{customer}` |"));
        }
    }
}

/// Runs the pages' commands that ask this program and end by themselves, and compares all that they
/// print.
#[tokio::test]
async fn every_command_prints_what_the_pages_say() {
    let mut ran = Vec::new();
    for (english, spanish) in PAGES {
        for (name, language) in [(english, "en_US.UTF-8"), (spanish, "es_CO.UTF-8")] {
            for (command, printed) in blocks(&file(name), "console").iter().flat_map(|it| shown(it))
            {
                let Some(arguments) = command.strip_prefix("wolkvox-mcp") else { continue };
                // A server does not end and has a test of its own; a team's files are not here.
                let is_elsewhere = arguments.contains(" serve") || arguments.contains("/var/log/");
                if is_elsewhere || printed.is_empty() {
                    continue;
                }
                let arguments: Vec<&str> = arguments.split_whitespace().collect();
                let ended = Program::run(&arguments, &[("LANG", language)]).await;
                let said = [ended.stdout.join("\n"), ended.stderr].concat();
                assert_eq!(said.trim_end(), printed.trim_end(), "{name}: {command}");
                ran.push(command);
            }
        }
    }
    assert!(ran.len() >= 8, "{ran:?}");
}

#[tokio::test]
async fn a_teams_server_says_what_the_pages_say_but_for_its_ports() {
    for page in ["docs/team-server.md", "docs/equipo.md"] {
        let all: Vec<_> = blocks(&file(page), "console").iter().flat_map(|it| shown(it)).collect();
        let example = all.iter().find(|(command, _)| command.contains(" serve --sandbox"));
        let (command, printed) = example.expect("an example");
        let own = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
        let arguments: Vec<_> = command.split_whitespace().skip(1).chain(own).collect();
        let mut server = Program::command(&arguments, &[("LANG", "en_US.UTF-8")]);
        let mut server = server.stderr(Stdio::null()).spawn().expect("starts");
        let mut said = BufReader::new(server.stdout.take().expect("piped")).lines();
        for expected in printed.lines() {
            let line = said.next_line().await.expect("text").expect("a line");
            assert_eq!(without_ports(&line), without_ports(expected), "{page}");
        }
        server.start_kill().expect("still running");
        assert_eq!(said.next_line().await.expect("text"), None, "{page}");
    }
}

#[tokio::test]
async fn the_example_of_a_file_of_settings_lacks_nothing_but_its_files() {
    let examples = blocks(&file("docs/team-server.md"), "toml");
    let example = examples.iter().find(|it| it.contains("[tenants.")).expect("an example");
    let settings = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(settings.path(), example).expect("written");
    let path = settings.path().to_str().expect("a plain path");
    let ended = Program::run(&["serve", "--config", path], &[]).await;
    let problems: Vec<_> = ended.stderr.lines().filter(|it| it.starts_with("  ")).collect();
    assert!(!problems.is_empty(), "{}", ended.stderr);
    for problem in problems {
        assert!(problem.contains("/etc/wolkvox/"), "{problem}");
    }
}

/// Returns a text without the ports behind this computer's address.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|it| it.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    std::iter::once(first.as_str()).chain(rest).collect::<Vec<_>>().join("127.0.0.1:PORT")
}

/// Returns the commands of a block, each with what it printed.
fn shown(block: &str) -> Vec<(String, String)> {
    let block = format!("\n{block}");
    let parts = block.split("\n$ ").skip(1);
    let parts = parts.map(|it| it.split_once('\n').unwrap_or((it, "")));
    parts.map(|(command, printed)| (command.to_owned(), printed.to_owned())).collect()
}

#[tokio::test]
async fn the_example_of_a_call_has_the_real_answer() {
    let blocks = blocks(&file("docs/tools.md"), "json");
    let parsed = |block: &String| serde_json::from_str::<Value>(block).expect("JSON");
    let call = blocks.iter().map(parsed).find(|it| it["field"] == "id_customer").expect("a call");
    let shown = blocks.iter().map(parsed).find(|it| it["outcome"] == "found").expect("an answer");
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let answer = program.call(call).await["structuredContent"].clone();
    assert_eq!(answer, shown, "{answer}");
}

#[tokio::test]
async fn every_argument_and_every_member_of_an_answer_is_on_the_tools_page() {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let listed = program.request("tools/list", serde_json::json!({})).await;
    let names = |schema: &Value| -> Vec<String> {
        let properties = schema["properties"].as_object().expect("properties");
        properties.keys().cloned().collect()
    };
    for tool in listed["result"]["tools"].as_array().expect("tools") {
        let (input, output) = (&tool["inputSchema"], &tool["outputSchema"]);
        let summary = output["properties"].get("summary").map(&names).unwrap_or_default();
        // Each count by name has its rest beside it, and needs no line of its own.
        let is_rest = |name: &String| name.starts_with("other_") || name.starts_with("without_");
        let counts = summary.into_iter().filter(|name| !is_rest(name));
        for name in names(input).into_iter().chain(names(output)).chain(counts) {
            for page in ["docs/tools.md", "docs/herramientas.md"] {
                let page_text = file(page);
                let is_there = page_text.contains(&format!("`{name}`"))
                    || page_text.contains(&format!("\"{name}\":"))
                    || page_text.contains(&format!("summary.{name}`"));
                assert!(is_there, "{page} lacks `{name}`");
            }
        }
    }
}

#[tokio::test]
async fn the_picture_shows_the_real_answer() {
    let picture = file("docs/answer.svg").replace("&quot;", "\"");
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let call = serde_json::json!({ "field": "id_customer", "value": "900000005" });
    assert!(picture.contains(r#"{"field": "id_customer", "value": "900000005"}"#));
    let answer = program.call(call).await["structuredContent"].clone();
    let [last, before] = [&answer["records"][0], &answer["records"][1]];
    let outcome = "tipification_description";
    for shown in
        [&last["agent_name"], &last[outcome], &before[outcome], &answer["common"]["obligation"]]
    {
        let shown = shown.as_str().expect("text");
        assert!(picture.contains(shown), "{shown}: run scripts/picture.py");
    }
    assert!(picture.contains(&format!("total {}", answer["total"])));
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

#[test]
fn every_code_of_check_is_documented() {
    let page = file("docs/failures.md");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/check");
    let mut codes = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("text");
        let code = text.split("mod tests").next().unwrap_or_default();
        // A word of small letters with a low line is a code, a key or a member of a fact.
        for word in code.split('"').skip(1).step_by(2) {
            let is_word =
                word.contains('_') && word.chars().all(|it| it == '_' || it.is_ascii_lowercase());
            if is_word {
                assert!(page.contains(&format!("`{word}`")), "{word}");
                codes += 1;
            }
        }
    }
    assert!(codes > 30, "{codes}");
}
