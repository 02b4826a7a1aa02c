//! Chooses by which path a client is to start this program.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Returns the path to write as a client's command: a link that leads to this program, as it still
/// leads there after an upgrade, while the file behind it may have a version in its path.
///
/// `own` is this program's file, `called` how it was called, and `search` the folders of `PATH`.
pub fn command(own: &Path, called: Option<&Path>, search: Option<&OsStr>) -> PathBuf {
    let Ok(file) = own.canonicalize() else { return own.to_owned() };
    let leads_here = |path: &PathBuf| path.canonicalize().is_ok_and(|it| it == file);
    let with_folder = called.filter(|it| it.components().count() > 1);
    let linked = with_folder.and_then(|it| std::path::absolute(it).ok());
    if let Some(linked) = linked.filter(|it| leads_here(it) && !is_same_path(it, &file)) {
        return linked;
    }
    let folders: Vec<PathBuf> = search.map(std::env::split_paths).into_iter().flatten().collect();
    let called = called.and_then(Path::file_name).map(OsStr::to_owned);
    let names = called.into_iter().chain([env!("CARGO_PKG_NAME").into()]).map(|mut name| {
        if Path::new(&name).extension().is_none_or(|it| !it.eq_ignore_ascii_case("exe")) {
            name.push(EXE_SUFFIX);
        }
        name
    });
    let mut on_path = names.flat_map(|name| folders.iter().map(move |folder| folder.join(&name)));
    // A relative folder means another place for each program that searches it.
    on_path.find(|path| path.is_absolute() && leads_here(path)).unwrap_or_else(|| own.to_owned())
}

/// Returns the name by which a search of `PATH` finds a program; none if it finds none, or another.
pub fn name_on_path(program: &Path, search: Option<&OsStr>) -> Option<String> {
    let name = program.file_name()?;
    let mut folders = search.map(std::env::split_paths).into_iter().flatten();
    let found = folders.find_map(|folder| Some(folder.join(name)).filter(|it| it.is_file()))?;
    let is_same =
        found.is_absolute() && found.canonicalize().ok()? == program.canonicalize().ok()?;
    let name = name.to_str().filter(|_| is_same)?;
    Some(name.strip_suffix(EXE_SUFFIX).unwrap_or(name).to_owned())
}

/// Returns whether a program lies where Cargo built it, and `cargo clean` removes it.
pub fn is_build_folder(program: &Path) -> bool {
    let file = program.canonicalize();
    file.is_ok_and(|file| file.with_file_name(".cargo-lock").is_file())
}

/// Compares a path with a resolved one, which Windows writes with a prefix.
fn is_same_path(path: &Path, resolved: &Path) -> bool {
    let plain = resolved.to_str().and_then(|it| it.strip_prefix(r"\\?\")).map(Path::new);
    path == plain.unwrap_or(resolved)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A program in `opt/1.0` with links to it, as package managers lay them out.
    struct Prefix {
        folder: tempfile::TempDir,
    }

    impl Prefix {
        fn new() -> Self {
            let prefix = Self { folder: tempfile::tempdir().expect("a folder") };
            for (version, text) in [("opt/1.0", "one"), ("opt/2.0", "two")] {
                fs::create_dir_all(prefix.path(version)).expect("a folder");
                fs::write(prefix.path(version).join("wolkvox-mcp"), text).expect("written");
            }
            for (link, target) in [
                ("bin/wolkvox-mcp", "../opt/1.0/wolkvox-mcp"),
                ("bin/crm", "wolkvox-mcp"),
                ("newer/wolkvox-mcp", "../opt/2.0/wolkvox-mcp"),
                ("current/1", "../opt/1.0"),
            ] {
                let link = prefix.path(link);
                fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
                symlink(target, link).expect("a link");
            }
            prefix
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().canonicalize().expect("a folder").join(name)
        }

        fn command(&self, called: &str, folders: &[&str]) -> PathBuf {
            let search = std::env::join_paths(folders.iter().map(|it| self.path(it)));
            let called = if called.contains('/') { self.path(called) } else { called.into() };
            let own = self.path("opt/1.0/wolkvox-mcp");
            command(&own, Some(&called), Some(&search.expect("plain paths")))
        }
    }

    #[test]
    fn a_link_that_leads_here_is_written_and_not_the_file_behind_it() {
        let prefix = Prefix::new();
        for (called, folders, written) in [
            ("bin/wolkvox-mcp", &[][..], "bin/wolkvox-mcp"),
            ("bin/crm", &["bin"], "bin/crm"),
            ("current/1/wolkvox-mcp", &["bin"], "current/1/wolkvox-mcp"),
            ("wolkvox-mcp", &["bin"], "bin/wolkvox-mcp"),
            ("crm", &["bin"], "bin/crm"),
            ("opt/1.0/wolkvox-mcp", &["bin"], "bin/wolkvox-mcp"),
        ] {
            assert_eq!(prefix.command(called, folders), prefix.path(written), "{called}");
        }
    }

    #[test]
    fn a_link_that_leads_to_another_version_is_not_written() {
        let prefix = Prefix::new();
        let own = prefix.path("opt/1.0/wolkvox-mcp");
        assert_eq!(prefix.command("opt/1.0/wolkvox-mcp", &["newer", "opt/2.0"]), own);
        assert_eq!(prefix.command("newer/wolkvox-mcp", &["newer"]), own);
        assert_eq!(
            prefix.command("wolkvox-mcp", &["newer", "bin"]),
            prefix.path("bin/wolkvox-mcp")
        );
    }

    #[test]
    fn the_name_alone_is_enough_only_where_a_search_finds_this_program() {
        let prefix = Prefix::new();
        let named = |folders: &[&str], program: &str| {
            let search = std::env::join_paths(folders.iter().map(|it| prefix.path(it)));
            name_on_path(&prefix.path(program), Some(&search.expect("plain paths")))
        };
        assert_eq!(
            named(&["nowhere", "bin"], "opt/1.0/wolkvox-mcp").as_deref(),
            Some("wolkvox-mcp")
        );
        assert_eq!(named(&["bin"], "bin/crm").as_deref(), Some("crm"));
        assert_eq!(named(&["newer", "bin"], "bin/wolkvox-mcp"), None);
        assert_eq!(named(&["newer"], "bin/crm"), None);
        assert_eq!(name_on_path(&prefix.path("bin/crm"), None), None);
    }

    #[test]
    fn a_program_that_cargo_built_is_known_by_the_lock_beside_it_also_behind_a_link() {
        let prefix = Prefix::new();
        assert!(!is_build_folder(&prefix.path("bin/wolkvox-mcp")));
        fs::write(prefix.path("opt/1.0/.cargo-lock"), "").expect("written");
        assert!(is_build_folder(&prefix.path("bin/wolkvox-mcp")));
        assert!(!is_build_folder(&prefix.path("newer/wolkvox-mcp")));
    }

    #[test]
    fn a_relative_folder_of_the_path_is_not_searched_and_a_missing_one_does_no_harm() {
        let prefix = Prefix::new();
        let own = prefix.path("opt/1.0/wolkvox-mcp");
        assert_eq!(command(&own, Some(Path::new("wolkvox-mcp")), Some(OsStr::new(".:bin:"))), own);
        assert_eq!(prefix.command("wolkvox-mcp", &["nowhere"]), own);
        assert_eq!(command(&own, None, None), own);
        let gone = Path::new("/nowhere/wolkvox-mcp (deleted)");
        assert_eq!(command(gone, None, None), gone);
    }
}
