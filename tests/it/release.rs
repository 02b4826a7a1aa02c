//! What is published beside the program names the same version, settings, tools and address.

use std::fs;
use std::net::TcpListener;

use serde_json::Value;
use wolkvox_mcp::settings::Setting;

use crate::support::{Ended, Program, file};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

fn json(name: &str) -> Value {
    serde_json::from_str(&file(name)).expect("JSON")
}

#[track_caller]
fn assert_is_setting(variable: &Value) {
    assert!(variable.as_str().and_then(Setting::of_variable).is_some(), "{variable}");
}

#[test]
fn the_bundle_has_this_version_and_asks_for_server_token_and_operation() {
    let manifest = json("manifest.json");
    assert_eq!(manifest["manifest_version"], "0.3");
    assert_eq!(manifest["version"], VERSION);
    assert_eq!(manifest["repository"]["url"], REPOSITORY);
    assert_eq!(manifest["license"], env!("CARGO_PKG_LICENSE"));
    let asked = manifest["user_config"].as_object().expect("questions");
    assert_eq!(asked["token"]["sensitive"], true);
    // A blank answer must arrive as blank, not as the question's name.
    assert_eq!(asked["operation"]["default"], "");
    let environment = manifest["server"]["mcp_config"]["env"].as_object().expect("variables");
    for (variable, value) in environment {
        assert_is_setting(&Value::from(variable.as_str()));
        let value = value.as_str().expect("text");
        let question = value.strip_prefix("${user_config.").and_then(|it| it.strip_suffix('}'));
        assert!(question.is_some_and(|question| asked.contains_key(question)), "{value}");
    }
    assert_eq!(environment.len(), asked.len());
}

#[tokio::test]
async fn the_bundle_lists_the_tools_that_the_program_has() {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let listed = program.request("tools/list", Value::Object(Default::default())).await;
    let names = |tools: &Value| -> Vec<Value> {
        let tools = tools.as_array().expect("tools");
        tools.iter().map(|tool| tool["name"].clone()).collect()
    };
    assert_eq!(names(&json("manifest.json")["tools"]), names(&listed["result"]["tools"]));
}

#[test]
fn the_registrys_entry_has_this_version_and_the_registrys_limits() {
    let server = json("server.json");
    assert!(server["$schema"].as_str().expect("a schema").contains("/2025-12-11/"));
    assert_eq!(server["version"], VERSION);
    assert_eq!(server["repository"]["url"], REPOSITORY);
    let owner = REPOSITORY.trim_start_matches("https://github.com/").split('/').next();
    let name = format!("io.github.{}/{}", owner.expect("an owner"), env!("CARGO_PKG_NAME"));
    assert_eq!(server["name"], name);
    assert!(server["description"].as_str().expect("a description").chars().count() <= 100);
    let package = &server["packages"][0];
    assert_eq!(package["version"], VERSION);
    assert_eq!(package["transport"]["type"], "stdio");
    let bundle = format!("{REPOSITORY}/releases/download/v{VERSION}/wolkvox-mcp.mcpb");
    assert_eq!(package["identifier"], bundle);
    let variables = package["environmentVariables"].as_array().expect("variables");
    for variable in variables {
        assert_is_setting(&variable["name"]);
        assert_eq!(variable["isSecret"] == true, variable["name"] == "WOLKVOX_TOKEN");
    }
}

#[test]
fn the_image_and_the_readmes_name_the_same_address() {
    for name in ["Dockerfile", "README.md", "README.es.md", "docs/clients.md", "SECURITY.md"] {
        assert!(file(name).contains(REPOSITORY), "{name}");
    }
    let registry = json("server.json")["name"].as_str().expect("a name").to_owned();
    assert!(file("Dockerfile").contains(&registry), "the image proves whose entry it is");
}

#[tokio::test]
async fn completions_come_from_the_command_line_itself() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = Program::run(&["completions", shell], &[]).await;
        let script = ended.stdout.join("\n");
        for word in ["--sandbox", "uninstall", "max-in-flight"] {
            assert!(script.contains(word.trim_start_matches("--")), "{shell}: {word}");
        }
    }
}

#[tokio::test]
async fn manual_pages_have_a_manuals_parts_in_both_languages() {
    let english = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "EXAMPLES",
    ];
    let spanish = [
        "NOMBRE",
        "SINOPSIS",
        "DESCRIPCIÓN",
        "OPCIONES",
        "ESTADO DE SALIDA",
        "ENTORNO",
        "ARCHIVOS",
        "EJEMPLOS",
    ];
    for (language, headings, balances) in [("en", english, "balances"), ("es", spanish, "saldos")] {
        let folder = tempfile::tempdir().expect("a folder");
        let man = folder.path().join("man1");
        let path = man.to_str().expect("a plain path");
        let ended = Program::run(&["man", path, "--lang", language], &[]).await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        let page = |name: &str| fs::read_to_string(man.join(name)).expect("a page");
        let root = page("wolkvox-mcp.1");
        let found: Vec<_> = root
            .lines()
            .filter_map(|line| Some(line.strip_prefix(".SH ")?.trim_matches('"')))
            .filter(|heading| headings.contains(heading))
            .collect();
        assert_eq!(found, headings, "{root}");
        assert!(root.contains("WOLKVOX_TOKEN"), "{root}");
        assert!(!root.contains("help(1)"), "a page that there is not: {root}");
        assert!(page("wolkvox-mcp-query.1").contains(balances));
        assert!(page("wolkvox-mcp-caller-add.1").contains("90d"));
    }
}

#[test]
fn the_compose_file_and_the_chart_run_this_version() {
    let image = format!("ghcr.io/wolkvox-mcp/wolkvox-mcp:{VERSION}");
    assert!(file("deploy/compose/compose.yaml").contains(&image));
    let chart = file("deploy/helm/wolkvox-mcp/Chart.yaml");
    assert!(chart.contains(&format!("\nversion: {VERSION}\n")), "{chart}");
    assert!(chart.contains(&format!("\nappVersion: \"{VERSION}\"\n")), "{chart}");
}

#[tokio::test]
async fn the_settings_in_deploy_lack_nothing_but_their_files() {
    for name in ["deploy/wolkvox-mcp.toml", "deploy/compose/config/wolkvox.toml"] {
        let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
        let arguments = ["serve", "--config", &path, "--listen", "127.0.0.1:0"];
        let ended = Program::run(&arguments, &[("WOLKVOX_ADMIN_LISTEN", "127.0.0.1:0")]).await;
        let problems: Vec<_> = ended.stderr.lines().filter(|it| it.starts_with("  ")).collect();
        assert!(!problems.is_empty(), "{name}: {}", ended.stderr);
        for problem in problems {
            assert!(problem.contains("/etc/wolkvox/"), "{name}: {problem}");
        }
    }
}

#[tokio::test]
async fn the_unit_restarts_what_may_pass_and_not_what_is_set_wrong() {
    let unit = file("deploy/wolkvox-mcp.service");
    let key = "\nRestartPreventExitStatus=";
    let (_, rest) = unit.split_once(key).expect("a status that is not restarted");
    let kept_down = rest.lines().next().expect("a number");
    let status = |ended: Ended| ended.status.code().expect("a status").to_string();
    let wrong = Program::run(&["serve", "--config", "/nonexistent/wolkvox.toml"], &[]).await;
    assert_eq!(status(wrong), kept_down);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let passing = Program::run(&["serve", "--sandbox", "--listen", &address], &[]).await;
    assert!(passing.stderr.contains("cannot listen"), "{}", passing.stderr);
    assert_ne!(status(passing), kept_down);
}
