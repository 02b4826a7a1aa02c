//! Decides which entries of a client's configuration are this program's (pure).
//!
//! A file name alone would be too little, as programs are renamed, and the first letters of one too
//! much, as other programs may begin the same.

use super::installed::InstalledEntry;
use crate::caller::TOKEN_PREFIX;
use crate::settings::Setting;

/// What this program is known by, beside its own name.
#[derive(Clone, Debug, Default)]
pub(super) struct Owner {
    /// Commands and addresses that this program wrote, and the command that it is started by now.
    pub(super) commands: Vec<String>,
}

impl Owner {
    /// Returns whether an entry starts this program, or leads to a team's server.
    pub(super) fn owns(&self, entry: &InstalledEntry) -> bool {
        match &entry.url {
            Some(url) if entry.command.is_empty() => {
                self.commands.iter().any(|known| known == url) || sends_our_token(entry)
            }
            _ => self.is_command(&entry.command) || has_our_form(entry),
        }
    }

    /// Returns whether a command is this program, wherever it is installed.
    pub(super) fn is_command(&self, command: &str) -> bool {
        let file = command.rsplit(['/', '\\']).next().unwrap_or_default();
        is_build(file) || self.commands.iter().any(|known| known == command)
    }
}

/// Returns whether an entry is just what `install` writes, whatever its command is called: settings
/// of this program, and no argument of another one. A shell or a container that starts this program
/// needs arguments, so such an entry stays its author's.
fn has_our_form(entry: &InstalledEntry) -> bool {
    let variables = entry.environment.iter().map(|(name, _)| name).chain(&entry.passed_on);
    let mut ours = variables.filter(|name| Setting::of_variable(name).is_some());
    ours.next().is_some() && entry.arguments.iter().all(|it| it == "--sandbox")
}

/// Returns whether an entry sends a token of a team's server: the variable for it, or one itself.
fn sends_our_token(entry: &InstalledEntry) -> bool {
    let variable = Setting::CallerToken.variable();
    let is_ours = |text: &str| text.contains(variable) || text.contains(TOKEN_PREFIX);
    entry.headers.iter().any(|(_, value)| is_ours(value))
        || entry.passed_on.iter().any(|name| name == variable)
}

/// What may follow the program's name in the name of a build of it.
const BUILD_WORDS: &[&str] = &[
    "x86",
    "x64",
    "amd64",
    "arm64",
    "aarch64",
    "armv7",
    "i686",
    "i386",
    "riscv64gc",
    "universal",
    "universal2",
    "linux",
    "darwin",
    "macos",
    "apple",
    "osx",
    "windows",
    "win",
    "win32",
    "win64",
    "pc",
    "unknown",
    "gnu",
    "gnueabihf",
    "musl",
    "musleabihf",
    "msvc",
    "static",
    "debug",
    "release",
    "latest",
    "stable",
    "nightly",
    "dev",
    "alpha",
    "beta",
    "rc",
    "old",
    "new",
];

/// Returns whether a file is named as a build of this program: its name, followed at most by what
/// tells builds apart, such as versions and systems. `wolkvox-mcp-x86_64` and
/// `wolkvox-mcp-0.2.0.exe` are; `wolkvox-mcp-proxy` and `wolkvox-mcp.sh` are programs of others.
fn is_build(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    let file = file.strip_suffix(".exe").unwrap_or(&file);
    let Some(rest) = file.strip_prefix(env!("CARGO_PKG_NAME")) else { return false };
    let is_between = |letter: char| "-_.+ ()".contains(letter);
    (rest.is_empty() || rest.starts_with(is_between))
        && rest.split(is_between).filter(|part| !part.is_empty()).all(is_build_word)
}

fn is_build_word(part: &str) -> bool {
    let word = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let has_digit = word.len() < part.len();
    let is_hash = part.len() >= 7 && part.chars().all(|letter| letter.is_ascii_hexdigit());
    BUILD_WORDS.contains(&part)
        || has_digit && ["", "v", "rc", "alpha", "beta"].contains(&word)
        || is_hash && part.contains(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(command: &str, arguments: &[&str], variables: &[&str]) -> InstalledEntry {
        InstalledEntry {
            name: "wolkvox".to_owned(),
            command: command.to_owned(),
            arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
            environment: variables.iter().map(|it| ((*it).to_owned(), "x".to_owned())).collect(),
            passed_on: Vec::new(),
            url: None,
            headers: Vec::new(),
        }
    }

    #[test]
    fn a_build_of_this_program_is_ours_wherever_it_lies() {
        for command in [
            "wolkvox-mcp",
            "/usr/local/bin/wolkvox-mcp",
            r"C:\Program Files\wolkvox\wolkvox-mcp.exe",
            "WOLKVOX-MCP.EXE",
            "./wolkvox-mcp-x86_64",
            "wolkvox-mcp-0.2.0.exe",
            "wolkvox-mcp-v1.0.0-rc2",
            "wolkvox-mcp_0.2.0_x86_64-unknown-linux-musl",
            "wolkvox-mcp (1).exe",
            "wolkvox-mcp-741c58f",
            "wolkvox-mcp.old",
        ] {
            assert!(Owner::default().is_command(command), "{command}");
        }
    }

    #[test]
    fn a_name_that_only_begins_like_ours_is_somebody_elses() {
        for command in [
            "wolkvox-mcp-proxy-of-somebody-else",
            "wolkvox-mcp-proxy",
            "wolkvox-mcp-x86_64-wrapper",
            "wolkvox-mcp.sh",
            "wolkvox-mcp2",
            "wolkvox-mcp-v",
            "wolkvox-mcp-a1b",
            "wolkvox-mcp-proxy2",
            "wolkvox-mcp-server2go",
            "wolkvox-mcp-defaced",
            "wolkvox-mcpx",
            "my-wolkvox-mcp",
            "/opt/wolkvox-mcp/run",
            "wolkvox-mcp/",
            "docker",
            "",
        ] {
            assert!(!Owner::default().is_command(command), "{command}");
        }
    }

    #[test]
    fn a_renamed_program_is_known_by_the_form_that_install_writes() {
        let owner = Owner::default();
        assert!(owner.owns(&entry("/opt/crm", &[], &["WOLKVOX_SERVER"])));
        assert!(owner.owns(&entry("/opt/crm", &["--sandbox"], &["WOLKVOX_MASK", "TZ"])));
        let codex = InstalledEntry {
            passed_on: vec!["WOLKVOX_TOKEN".to_owned()],
            ..entry("/opt/crm", &[], &[])
        };
        assert!(owner.owns(&codex));
    }

    #[test]
    fn what_starts_this_program_by_way_of_another_is_its_authors() {
        let owner = Owner::default();
        assert!(!owner.owns(&entry("docker", &["run", "-i", "wolkvox-mcp"], &["WOLKVOX_TOKEN"])));
        assert!(!owner.owns(&entry("my-wrapper", &["--sandbox"], &["T"])));
        assert!(!owner.owns(&entry("my-wrapper", &[], &["WOLKVOX_TOKENS"])));
    }

    #[test]
    fn a_command_that_was_written_before_is_ours() {
        let owner = Owner { commands: vec!["/opt/crm".to_owned()] };
        assert!(owner.owns(&entry("/opt/crm", &["--sandbox"], &[])));
        assert!(!owner.owns(&entry("/opt/other", &["--sandbox"], &[])));
    }
}
