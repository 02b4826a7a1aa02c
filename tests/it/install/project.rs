//! A project's configuration, which others have too, and a program that does not stay where it is.

use std::fs;
use std::path::Path;

use super::{Machine, program_as, read};

const PROJECT: [&str; 4] = ["install", "claude-code", "--project", "--sandbox"];
const ITS_PATH: &str = "starts the program by its path on this computer";

#[tokio::test]
async fn the_programs_name_alone_is_written_where_a_search_of_path_finds_it() {
    let machine = Machine::new();
    let file = machine.file("claude-code", true);
    let folder = program_as("wolkvox-mcp");
    let path = [("PATH", folder.path().to_str().expect("a plain path"))];
    let program = folder.path().join("wolkvox-mcp");
    let (status, said) = machine.run_as(&program, &PROJECT, &path).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(read(&file).contains("\"command\": \"wolkvox-mcp\""), "{}", read(&file));
    assert!(!said.contains(ITS_PATH), "{said}");
    let (status, said) = machine.run(&["check", "--client", "claude-code"], &path).await;
    assert_eq!(status, Some(0), "{said}");
    // A file of the user's alone names the path, which a client of the desktop needs.
    machine.run_as(&program, &["install", "claude-code", "--sandbox"], &path).await;
    let user = read(&machine.file("claude-code", false));
    assert!(user.contains(program.to_str().expect("a plain path")), "{user}");
}

#[tokio::test]
async fn paths_of_this_computer_in_a_file_of_a_project_are_told() {
    let machine = Machine::new();
    machine.write(&machine.home.path().join("token.txt"), "FICTITIOUS-TOKEN-0001");
    let account = ["--server", "crm0001.wolkvox.com", "--token-file", "token.txt"];
    let install = [&["install", "claude-code"][..], &account].concat();
    let (_, said) = machine.run(&install, &[]).await;
    assert!(!said.contains(ITS_PATH) && !said.contains("files of this computer"), "{said}");
    let (_, said) = machine.run(&[&install[..], &["--project"]].concat(), &[]).await;
    assert!(said.contains(&format!("Warning: .mcp.json {ITS_PATH}")), "{said}");
    assert!(said.contains("names files of this computer (WOLKVOX_TOKEN_FILE)"), "{said}");
    let spanish = [&PROJECT[..], &["--lang", "es"]].concat();
    let (_, said) = machine.run(&spanish, &[]).await;
    assert!(said.contains("Aviso: .mcp.json inicia el programa por su ruta"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_of_a_project_can_be_read_as_other_new_files_can() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    let machine = Machine::new();
    let (file, other) = (machine.file("claude-code", true), machine.home.path().join("other"));
    machine.write(&other, "");
    machine.run(&PROJECT, &[]).await;
    assert_eq!(mode(&file), mode(&other));
    fs::remove_file(&file).expect("removed");
    let inline = ["install", "claude-code", "--project", "--inline-token"];
    machine.run(&inline, &[("WOLKVOX_TOKEN", "FICTITIOUS-TOKEN-0001")]).await;
    assert_eq!(mode(&file), 0o600, "a token is its owner's alone");
}

#[tokio::test]
async fn a_program_that_cargo_clean_removes_is_told() {
    let machine = Machine::new();
    let folder = program_as("wolkvox-mcp");
    let program = folder.path().join("wolkvox-mcp");
    let install = ["install", "cursor", "--sandbox"];
    let (_, said) = machine.run_as(&program, &install, &[]).await;
    assert!(!said.contains("cargo"), "{said}");
    fs::write(folder.path().join(".cargo-lock"), "").expect("written");
    let (_, said) = machine.run_as(&program, &install, &[]).await;
    assert!(said.contains("Warning: `cargo clean` removes"), "{said}");
    let spanish = [&install[..], &["--lang", "es"]].concat();
    let (_, said) = machine.run_as(&program, &spanish, &[]).await;
    assert!(said.contains("Aviso: `cargo clean` elimina"), "{said}");
}

#[tokio::test]
async fn a_projects_file_is_called_the_same_in_every_sentence() {
    let machine = Machine::new();
    let (_, printed) = machine.run(&[&PROJECT[..], &["--print"]].concat(), &[]).await;
    assert!(printed.contains("For .mcp.json:"), "{printed}");
    machine.run(&PROJECT, &[]).await;
    let (_, shown) = machine.run(&["install"], &[]).await;
    assert!(shown.contains("connected: `wolkvox` in .mcp.json"), "{shown}");
    let (_, checked) = machine.run(&["check", "--client", "claude-code"], &[]).await;
    assert!(checked.contains("Claude Code: `wolkvox` in .mcp.json"), "{checked}");
    machine.write(&machine.file("claude-code", true), "{");
    let (_, refused) = machine.run(&PROJECT, &[]).await;
    assert!(refused.contains(" .mcp.json has an error"), "{refused}");
}
