//! The README and `mcp.json`, held against the program: what they say is what it does.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wolkvox_mcp::error::Kind;
use wolkvox_mcp::fields::{FIELDS, Shown};
use wolkvox_mcp::sandbox::Fault;
use wolkvox_mcp::settings::{SERVER, SETTINGS, TOKEN};

use crate::support::Program;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect(name).replace("\r\n", "\n")
}

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
    let rows = SETTINGS.iter().map(|setting| {
        let default = match setting.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        format!("| `{}` | {} | {default} |\n", setting.variable, setting.meaning)
    });
    assert_in_readme(&rows.collect::<String>());
}

#[test]
fn the_fields_table_is_the_programs() {
    let rows = FIELDS.iter().map(|field| {
        let shown = match field.shown {
            Shown::Usual => "always",
            Shown::OnRequest => "on request",
        };
        format!("| `{}` | {} | {} | {shown} |\n", field.name, field.english, field.spanish)
    });
    assert_in_readme(&rows.collect::<String>());
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
        assert!(SETTINGS.iter().any(|setting| setting.variable == variable), "{variable}");
    }
    for setting in [SERVER, TOKEN] {
        assert!(environment.contains_key(setting.variable), "{}", setting.variable);
    }
}

/// Runs the README's commands that ask this program, and compares all that they print.
#[tokio::test]
async fn every_command_prints_what_the_readme_says() {
    let mut ran = 0;
    for block in blocks(&file("README.md"), "console") {
        let Some((command, printed)) = block.strip_prefix("$ ").and_then(|it| it.split_once('\n'))
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
        let ended = Program::run(&arguments, &[]).await;
        let said = [ended.stdout.join("\n"), ended.stderr].concat();
        assert_eq!(said.trim_end(), printed.trim_end(), "{command}");
        ran += 1;
    }
    assert_eq!(ran, 4);
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
