//! The official MCP clients, as other people's programs would use them. The test installs them
//! below `target/`. Where that cannot be done it says loudly that it was skipped; in CI it fails.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wolkvox-mcp");

pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

pub(crate) fn installed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Runs a step of an installation; gives what it said if it failed.
fn step(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|problem| format!("{command:?}: {problem}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

pub(crate) fn skip_or_fail(client: &str, problem: &str) {
    let in_ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty());
    assert!(!in_ci, "{client} must be installed in CI: {problem}");
    // Straight to stderr: what `eprintln` says in a test that passes is never seen.
    let loud = format!("\n!!! SKIPPED: {client} could not be installed here: {problem}\n");
    std::io::stderr().write_all(loud.as_bytes()).expect("stderr is open");
}

/// Runs a client's script and gives what it said.
fn run(interpreter: impl AsRef<OsStr>, script: &Path, arguments: &[&str]) -> String {
    let output = Command::new(&interpreter).arg(script).args(arguments).output();
    let output = output.expect("the client starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Asks over stdio, over HTTP, and over stdio that is carried to HTTP, and gives what the client said
/// of each.
fn ask(interpreter: impl AsRef<OsStr>, script: &Path) -> [String; 3] {
    let ask = |server: &[&str]| run(&interpreter, script, server);
    let over_stdio = ask(&[PROGRAM, "--sandbox"]);
    let server = TeamServer::start(&[]);
    [over_stdio, ask(&[&server.url]), ask(&[PROGRAM, "connect", &server.url])]
}

/// A team's server with the sandbox, which ends when it is dropped.
struct TeamServer {
    child: Child,
    url: String,
}

impl TeamServer {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--sandbox", "--lang", "en", "--listen", "127.0.0.1:0"]);
        command.args(["--admin-listen", "127.0.0.1:0"]).args(arguments).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        let said = child.stdout.as_mut().expect("piped");
        BufReader::new(said).read_line(&mut line).expect("a line");
        let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, url }
    }
}

impl Drop for TeamServer {
    fn drop(&mut self) {
        self.child.kill().expect("still running");
        self.child.wait().expect("ended");
    }
}

#[test]
fn the_official_python_client_connects_lists_calls_and_validates() {
    let python = match python("python-client", &source("requirements.txt")) {
        Ok(python) => python,
        Err(problem) => return skip_or_fail("the official Python client", &problem),
    };
    for said in ask(python, &source("ask.py")) {
        assert_eq!(said.matches("is served").count(), 3, "{said}");
    }
}

#[test]
fn the_official_typescript_client_connects_lists_calls_and_validates() {
    let Some(folder) = node_clients() else { return };
    // Node looks for packages beside the script.
    let script = folder.join("ask.mjs");
    fs::copy(source("ask.mjs"), &script).expect("the script");
    for said in ask("node", &script) {
        assert_eq!(said.matches("is served").count(), 2, "{said}");
    }
}

#[test]
fn older_clients_and_bridges_hear_progress_and_give_back_the_place_of_an_aborted_call() {
    let Some(folder) = node_clients() else { return };
    let script = folder.join("older.mjs");
    fs::copy(source("older.mjs"), &script).expect("the script");
    let server = TeamServer::start(&["--cache-ttl", "0s"]);
    let said = run("node", &script, &[&server.url, PROGRAM]);
    assert_eq!(said.matches("is served").count(), 3, "{said}");
}

/// Installs the clients that run in Node, once for all tests; none where they cannot be.
fn node_clients() -> Option<PathBuf> {
    let folder = installed("typescript-client");
    match node_packages(&folder, &source("package.json")) {
        Ok(()) => Some(folder),
        Err(problem) => {
            skip_or_fail("the TypeScript clients", &problem);
            None
        }
    }
}

/// Returns a Python that has these packages, in an environment of this name.
pub(crate) fn python(name: &str, wanted: &Path) -> Result<PathBuf, String> {
    let environment = installed(name);
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_current(&environment, wanted) {
        step(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        step(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(wanted))?;
        fs::copy(wanted, environment.join("installed")).expect("the note is written");
    }
    Ok(python)
}

/// Installs these packages of npm in a folder.
pub(crate) fn node_packages(folder: &Path, wanted: &Path) -> Result<(), String> {
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_current(folder, wanted) {
        fs::create_dir_all(folder).expect("a folder");
        fs::copy(wanted, folder.join("package.json")).expect("the package's file");
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let quiet = ["install", "--no-audit", "--no-fund", "--no-package-lock"];
        step(Command::new(npm).args(quiet).current_dir(folder))?;
        fs::copy(wanted, folder.join("installed")).expect("the note is written");
    }
    Ok(())
}

/// Several tests want the same packages.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Says whether what is installed is what is wanted now.
fn is_current(folder: &Path, wanted: &Path) -> bool {
    let wanted = fs::read(wanted).expect("the list of packages");
    fs::read(folder.join("installed")).is_ok_and(|installed| installed == wanted)
}
