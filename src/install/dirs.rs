//! The folders in which clients keep their files on each system.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::EntryError;

/// An operating system, as far as the folders of files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux and its like.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Os {
    /// Returns the system that this program runs on.
    pub const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// The folders in which the clients keep their files.
#[derive(Clone, Debug)]
pub struct ConfigDirs {
    /// The user's home.
    pub home: PathBuf,
    /// Where desktop programs keep their configuration.
    pub desktop: PathBuf,
    /// Claude Desktop's own folder.
    pub claude_desktop: PathBuf,
    /// Where Claude Code keeps `.claude.json`.
    pub claude_code: PathBuf,
    /// Codex's own folder.
    pub codex: PathBuf,
    /// LM Studio's own folder.
    pub lm_studio: PathBuf,
    /// Zed's own folder.
    pub zed: PathBuf,
    /// The project's folder.
    pub project: PathBuf,
    /// Where this program keeps its own notes.
    pub state: PathBuf,
}

impl ConfigDirs {
    /// Reads the folders from the environment of a system; a blank variable counts as not set.
    ///
    /// # Errors
    ///
    /// [`EntryError::NoHome`] if there is no home folder.
    pub fn from_environment(
        system: Os,
        variable: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, EntryError> {
        let variable = |name: &str| variable(name).filter(|it| !it.as_os_str().is_empty());
        let name = match system {
            Os::Windows => "USERPROFILE",
            Os::MacOs | Os::Linux => "HOME",
        };
        let home = variable(name).ok_or(EntryError::NoHome(name))?;
        let desktop = match system {
            Os::Windows => {
                variable("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"))
            }
            Os::MacOs => home.join("Library").join("Application Support"),
            // The XDG Base Directory Specification says to ignore a relative path.
            Os::Linux => variable("XDG_CONFIG_HOME")
                .filter(|it| it.is_absolute())
                .unwrap_or_else(|| home.join(".config")),
        };
        let zed = match system {
            Os::Windows => desktop.join("Zed"),
            Os::MacOs => home.join(".config").join("zed"),
            Os::Linux => desktop.join("zed"),
        };
        let local = variable("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"));
        let packaged = match system {
            Os::Windows => packaged_claude(&local),
            Os::MacOs | Os::Linux => None,
        };
        let state = match system {
            Os::Windows => local,
            Os::MacOs => desktop.clone(),
            Os::Linux => variable("XDG_STATE_HOME")
                .filter(|it| it.is_absolute())
                .unwrap_or_else(|| home.join(".local").join("state")),
        };
        Ok(Self {
            claude_desktop: packaged.unwrap_or_else(|| desktop.join("Claude")),
            claude_code: variable("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone()),
            codex: variable("CODEX_HOME").unwrap_or_else(|| home.join(".codex")),
            lm_studio: lm_studio(&home),
            zed,
            // Without a dot before it, a file here is named as people name it.
            project: PathBuf::new(),
            state: state.join(env!("CARGO_PKG_NAME")),
            desktop,
            home,
        })
    }
}

/// Finds the folder of a Claude Desktop that Windows installed as a package (MSIX, its usual
/// installer since 2026): such a program reads a roaming folder of its own instead of the user's.
fn packaged_claude(local: &Path) -> Option<PathBuf> {
    let packages = local.join("Packages").read_dir().ok()?.filter_map(Result::ok);
    let claude = packages.filter(|it| it.file_name().to_string_lossy().starts_with("Claude_"));
    let mut roaming: Vec<PathBuf> = claude
        .map(|package| package.path().join("LocalCache").join("Roaming"))
        .filter(|roaming| roaming.is_dir())
        .map(|roaming| roaming.join("Claude"))
        .collect();
    // A package that has been started comes first.
    roaming.sort_by_key(|claude| !claude.is_dir());
    roaming.into_iter().next()
}

/// Finds the folder of LM Studio: the one that its pointer names, or that of its first versions, or
/// that of today (`findLMStudioHome` in its maker's `lmstudio-js`).
fn lm_studio(home: &Path) -> PathBuf {
    let pointer = fs::read_to_string(home.join(".lmstudio-home-pointer")).unwrap_or_default();
    let first = home.join(".cache").join("lm-studio");
    match pointer.trim() {
        "" if first.is_dir() => first,
        "" => home.join(".lmstudio"),
        folder => PathBuf::from(folder),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::install) fn dirs(system: Os, set: &[(&str, &str)]) -> ConfigDirs {
        let variable = |name: &str| {
            let home = [("HOME", "/home/ana"), ("USERPROFILE", "/home/ana")];
            let found = set.iter().chain(&home).find(|(variable, _)| *variable == name);
            found.map(|(_, path)| PathBuf::from(path))
        };
        ConfigDirs::from_environment(system, variable).expect("a home")
    }

    #[test]
    fn own_notes_are_kept_where_each_system_keeps_state() {
        for (system, set, folder) in [
            (Os::Linux, &[][..], "/home/ana/.local/state/wolkvox-mcp"),
            (Os::Linux, &[("XDG_STATE_HOME", "/s")], "/s/wolkvox-mcp"),
            (Os::Linux, &[("XDG_STATE_HOME", "s")], "/home/ana/.local/state/wolkvox-mcp"),
            (Os::MacOs, &[], "/home/ana/Library/Application Support/wolkvox-mcp"),
            (Os::Windows, &[("LOCALAPPDATA", "/l")], "/l/wolkvox-mcp"),
            (Os::Windows, &[], "/home/ana/AppData/Local/wolkvox-mcp"),
        ] {
            let state = dirs(system, set).state.to_string_lossy().replace('\\', "/");
            assert_eq!(state, folder, "{system:?}");
        }
    }

    #[test]
    fn without_a_home_nothing_is_guessed() {
        for (system, name) in [(Os::Linux, "HOME"), (Os::Windows, "USERPROFILE")] {
            for home in [None, Some(PathBuf::new())] {
                let problem = ConfigDirs::from_environment(system, |_| home.clone());
                assert_eq!(problem.expect_err("no home"), EntryError::NoHome(name));
            }
        }
    }

    #[test]
    fn of_two_packaged_ones_the_one_that_was_started_is_meant() {
        for started in ["Claude_a", "Claude_b"] {
            let local = tempfile::tempdir().expect("a folder");
            for package in ["Claude_a", "Claude_b"] {
                let package = local.path().join("Packages").join(package);
                let roaming = package.join("LocalCache").join("Roaming");
                std::fs::create_dir_all(roaming).expect("a folder");
            }
            let package = local.path().join("Packages").join(started);
            let claude = package.join("LocalCache").join("Roaming").join("Claude");
            std::fs::create_dir(&claude).expect("a folder");
            assert_eq!(packaged_claude(local.path()), Some(claude));
        }
    }

    #[test]
    fn zed_follows_the_xdg_specification_on_linux_alone() {
        let (xdg, roaming) = (("XDG_CONFIG_HOME", "/x"), ("APPDATA", "/r"));
        for (system, set, folder) in [
            (Os::Linux, &[][..], "/home/ana/.config/zed"),
            (Os::Linux, &[xdg], "/x/zed"),
            (Os::MacOs, &[xdg], "/home/ana/.config/zed"),
            (Os::Windows, &[xdg, roaming], "/r/Zed"),
        ] {
            let zed = dirs(system, set).zed.to_string_lossy().replace('\\', "/");
            assert_eq!(zed, folder, "{system:?}");
        }
    }

    #[test]
    fn lm_studio_is_where_its_pointer_says_or_where_its_first_versions_were() {
        let home = tempfile::tempdir().expect("a folder");
        assert_eq!(lm_studio(home.path()), home.path().join(".lmstudio"));
        let first = home.path().join(".cache").join("lm-studio");
        fs::create_dir_all(&first).expect("a folder");
        assert_eq!(lm_studio(home.path()), first);
        let pointer = home.path().join(".lmstudio-home-pointer");
        fs::write(pointer, "/elsewhere/lm\n").expect("written");
        assert_eq!(lm_studio(home.path()), Path::new("/elsewhere/lm"));
    }
}
