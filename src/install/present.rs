//! Which clients are on this computer.

use std::ffi::OsStr;
use std::path::Path;

use super::{ClientKind, ConfigDirs};

impl ClientKind {
    /// Returns whether the client seems to be on this computer: it left its folder, or its program is
    /// in one of the folders of `PATH`.
    pub fn is_here(self, dirs: &ConfigDirs, path: Option<&OsStr>) -> bool {
        let ConfigDirs { home, desktop, claude_desktop, claude_code, codex, .. } = dirs;
        let (folder, program) = match self {
            Self::ClaudeDesktop => (claude_desktop.clone(), None),
            Self::ClaudeCode => (home.join(".claude"), Some("claude")),
            Self::VsCode => (desktop.join("Code"), Some("code")),
            Self::Cursor => (home.join(".cursor"), Some("cursor")),
            Self::Codex => (codex.clone(), Some("codex")),
            Self::Gemini => (home.join(".gemini"), Some("gemini")),
        };
        let has_file = self == Self::ClaudeCode && claude_code.join(".claude.json").is_file();
        folder.is_dir() || has_file || program.is_some_and(|program| is_on(path, program))
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
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        assert!(!ClientKind::Codex.is_here(&dirs, Some(bin.as_os_str())));
        std::fs::write(bin.join("codex"), "").expect("written");
        assert!(ClientKind::Codex.is_here(&dirs, Some(bin.as_os_str())));
    }
}
