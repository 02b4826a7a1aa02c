//! Which clients are on this computer.

use std::ffi::OsStr;
use std::path::Path;

use super::place::below;
use super::{ClientKind, ConfigDirs, Scope};

impl ClientKind {
    /// Returns whether the client seems to be on this computer: it left its folder or its
    /// configuration, or its program is in one of the folders of `PATH`.
    pub fn is_here(self, dirs: &ConfigDirs, path: Option<&OsStr>) -> bool {
        let (base, folder) = self.facts().folder;
        let file = self.file(Scope::User, dirs);
        below(base.of(dirs), folder).is_dir()
            || file.is_some_and(|file| file.is_file())
            || self.facts().program.is_some_and(|program| is_on(path, program))
    }
}

/// Returns whether a program is in one of the folders of a path, as Windows names it too.
fn is_on(path: Option<&OsStr>, program: &str) -> bool {
    let names = [program.to_owned(), format!("{program}.exe"), format!("{program}.cmd")];
    let has = |folder: &Path| names.iter().any(|name| folder.join(name).is_file());
    path.map(std::env::split_paths).into_iter().flatten().any(|folder| has(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::Os;

    #[test]
    fn a_client_is_here_once_it_left_a_folder_or_is_on_the_path() {
        let home = tempfile::tempdir().expect("a folder");
        let variable =
            |name: &str| matches!(name, "HOME" | "USERPROFILE").then(|| home.path().to_path_buf());
        let dirs = ConfigDirs::from_environment(Os::Linux, variable).expect("a home");
        assert!(!ClientKind::Cursor.is_here(&dirs, None));
        assert!(!ClientKind::ClaudeCode.is_here(&dirs, None));
        std::fs::create_dir(home.path().join(".cursor")).expect("a folder");
        std::fs::write(home.path().join(".claude.json"), "{}").expect("written");
        assert!(ClientKind::Cursor.is_here(&dirs, None));
        assert!(ClientKind::ClaudeCode.is_here(&dirs, None));
        for (client, folder) in [
            (ClientKind::Windsurf, ".codeium/windsurf"),
            (ClientKind::Zed, ".config/zed"),
            (ClientKind::LmStudio, ".lmstudio"),
        ] {
            assert!(!client.is_here(&dirs, None), "{client:?}");
            std::fs::create_dir_all(home.path().join(folder)).expect("a folder");
            assert!(client.is_here(&dirs, None), "{client:?}");
        }
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        assert!(!ClientKind::Codex.is_here(&dirs, Some(bin.as_os_str())));
        std::fs::write(bin.join("codex"), "").expect("written");
        assert!(ClientKind::Codex.is_here(&dirs, Some(bin.as_os_str())));
    }
}
