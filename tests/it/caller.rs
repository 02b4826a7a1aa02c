//! The file of callers, kept at the terminal.

use std::path::{Path, PathBuf};

use wolkvox_mcp::caller::{Callers, Roles};

use crate::support::{Ended, Program};

struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("callers.toml")
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        let path = self.path();
        let environment = [("WOLKVOX_CALLERS", path.to_str().expect("a plain path"))];
        Program::run(&[&["caller"], arguments].concat(), &environment).await
    }

    /// Adds a caller, and returns the token.
    async fn add(&self, arguments: &[&str]) -> String {
        let ended = self.run(&[&["add"], arguments].concat()).await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        assert_eq!(ended.stdout.len(), 1, "the token stands alone on stdout");
        ended.stdout[0].clone()
    }
}

fn id(path: &Path, token: &str) -> Option<String> {
    let callers = Callers::open(path.to_owned(), Roles::default()).expect("callers");
    callers.find(token).map(|caller| caller.id)
}

#[tokio::test]
async fn a_caller_who_is_added_is_let_in_with_the_token_that_is_shown() {
    let scene = Scene::new();
    let token = scene.add(&["ana"]).await;
    assert!(token.starts_with("wvx_"), "the token has its prefix");
    assert_eq!(id(&scene.path(), &token).as_deref(), Some("ana"));
    let text = std::fs::read_to_string(scene.path()).expect("a file");
    assert!(!text.contains(&token), "the file has no token");
    let removed = scene.run(&["remove", "ana"]).await;
    assert_eq!(removed.status.code(), Some(0), "{}", removed.stderr);
    assert_eq!(id(&scene.path(), &token), None);
}

#[tokio::test]
async fn the_file_may_be_named_by_its_flag_or_in_the_file_of_settings() {
    let scene = Scene::new();
    let path = scene.path();
    let path = path.to_str().expect("a plain path");
    let settings = scene.folder.path().join("w.toml");
    std::fs::write(&settings, format!("callers = '{path}'\n")).expect("written");
    let settings = settings.to_str().expect("a plain path");
    for (name, place) in [("ana", ["--callers", path]), ("eva", ["--config", settings])] {
        let ended = Program::run(&[&["caller", "add", name], &place[..]].concat(), &[]).await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    }
    let listed = scene.run(&["list"]).await.stdout.join("\n");
    assert!(listed.contains("ana") && listed.contains("eva"), "{listed}");
    let nowhere = Program::run(&["caller", "list"], &[]).await;
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(nowhere.stderr.contains("WOLKVOX_CALLERS is not set: give --callers"));
}

#[tokio::test]
async fn a_list_shows_role_and_time_and_never_a_token() {
    let scene = Scene::new();
    let token = scene.add(&["ana", "--role", "agent", "--expires", "2999-12-31"]).await;
    let listed = scene.run(&["list"]).await.stdout;
    assert_eq!(listed.len(), 2, "{listed:?}");
    let words: Vec<_> = listed[0].split_whitespace().collect();
    assert_eq!(words, ["name", "role", "since", "until"]);
    let words: Vec<_> = listed[1].split_whitespace().collect();
    assert_eq!([words[0], words[1], words[3]], ["ana", "agent", "3000-01-01T00:00:00Z"]);
    assert!(!listed[1].contains(&token), "no token is listed");
    scene.run(&["remove", "ana"]).await;
    assert_eq!(scene.run(&["list"]).await.stdout, ["nobody is let in"]);
}

#[tokio::test]
async fn what_cannot_be_done_is_said_and_changes_nothing() {
    let scene = Scene::new();
    scene.add(&["ana"]).await;
    let before = std::fs::read_to_string(scene.path()).expect("a file");
    for (arguments, reason) in [
        (&["add", "ana"][..], "has a caller `ana` already"),
        (&["add", " "], "a caller's name must have"),
        (&["add", "eva", "--expires", "90"], "--expires must be a time from now"),
        (&["add", "eva", "--expires", "2020-01-31"], "--expires must be a time from now"),
        (&["remove", "eva"], "has no caller `eva`"),
    ] {
        let ended = scene.run(arguments).await;
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
        assert!(ended.stderr.contains(reason), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(scene.path()).expect("a file"), before);
}

#[tokio::test]
async fn where_roles_are_configured_a_caller_needs_one_of_them() {
    let scene = Scene::new();
    let settings = scene.folder.path().join("w.toml");
    std::fs::write(&settings, "[roles.agent]\nrate = 20\n").expect("written");
    let settings = ["--config", settings.to_str().expect("a plain path")];
    for (role, reason) in
        [(&[][..], "give --role with one of agent"), (&["--role", "boss"], "no role `boss`")]
    {
        let ended = scene.run(&[&["add", "ana"], role, &settings].concat()).await;
        assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    }
    scene.add(&[&["ana", "--role", "agent"], &settings[..]].concat()).await;
}

#[tokio::test]
async fn people_with_a_spanish_system_read_spanish() {
    let scene = Scene::new();
    let ended = scene.run(&["--lang", "es", "add", "ana"]).await;
    assert!(ended.stderr.contains("Este token se muestra una sola vez"), "{}", ended.stderr);
    let again = scene.run(&["--lang", "es", "add", "ana"]).await;
    assert!(again.stderr.contains("ya tiene un usuario `ana`"), "{}", again.stderr);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_the_file_stays_a_link() {
    let scene = Scene::new();
    let real = scene.folder.path().join("real.toml");
    scene.add(&["ana"]).await;
    std::fs::rename(scene.path(), &real).expect("moved");
    std::os::unix::fs::symlink(&real, scene.path()).expect("a link");
    let token = scene.add(&["eva"]).await;
    assert!(scene.path().is_symlink());
    assert_eq!(id(&real, &token).as_deref(), Some("eva"));
}
