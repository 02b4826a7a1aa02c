//! Decides what a message or a ticket may show of a setting's value: enough to see a typo, and
//! nothing that may be a secret.

use std::path::Path;

use url::Url;

use super::{Sources, path};
use crate::clean;
use crate::settings::{Placeholder, Setting};
use crate::wolkvox::{Token, TokenFile};

/// A secret has hardly a word as long as this, and a name hardly one that is longer.
const LONG_WORD: usize = 32;
/// From here on, letters that alternate with digits are a secret's.
const MIXED_WORD: usize = 8;

/// The token as far as it is known here, to tell it from other values.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// What stands in `WOLKVOX_TOKEN`, which may be no token.
    written: Option<Secret>,
    in_file: Option<Token>,
}

struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Secrets {
    pub(super) fn of(sources: &Sources) -> Self {
        let set = |setting| sources.get(setting).ok().flatten().map(|raw| raw.text);
        let file = set(Setting::TokenFile);
        let file = file.and_then(|text| path(&text, sources.home().as_deref()).ok());
        let file = file.and_then(|path| TokenFile::open(path).ok());
        Self {
            written: set(Setting::Token).map(Secret),
            in_file: file.and_then(|file| file.current().ok()),
        }
    }

    /// Returns whether a value is the token, or holds it.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let is_file = |token: &Token| {
            Token::parse(text).is_ok_and(|it| it.fingerprint() == token.fingerprint())
        };
        let is_written = |Secret(token): &Secret| {
            // A shorter one may be a part of anything.
            text == token || token.len() >= MIXED_WORD && text.contains(token.as_str())
        };
        self.written.as_ref().is_some_and(is_written) || self.in_file.as_ref().is_some_and(is_file)
    }
}

/// Returns a value that is in order as a ticket may hold it: nothing that looks like a token, and
/// the home folder, which names its owner, as `~`.
pub fn shown(setting: Setting, text: &str, home: Option<&Path>) -> String {
    if setting == Setting::Shared {
        return without_user(text);
    }
    let below_home = home.and_then(|home| Path::new(text).strip_prefix(home).ok());
    match below_home {
        Some(rest) if is_path(setting) => {
            clean::redacted(&Path::new("~").join(rest).to_string_lossy())
        }
        _ => clean::redacted(text),
    }
}

/// Returns an address without its user and password.
fn without_user(text: &str) -> String {
    let bare = || {
        let mut url = Url::parse(text).ok()?;
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some(clean::redacted(url.as_str()))
    };
    bare().unwrap_or_else(|| "(hidden)".to_owned())
}

/// Returns a wrong value if it may be shown. It may be anything, such as a token in the wrong place.
pub(super) fn shown_if_harmless(
    setting: Setting,
    text: &str,
    home: Option<&Path>,
) -> Option<String> {
    let shown = shown(setting, text, home);
    let is_whole = shown == clean::single_line(&shown) && shown.chars().count() <= 200;
    let is_placeholder = Placeholder::find(text).is_some();
    let is_harmless = match setting {
        Setting::Token | Setting::CallerToken | Setting::Shared => false,
        Setting::Server | Setting::AllowHost | Setting::PublicUrl | Setting::OAuthIssuer => {
            !text.contains(['@', '?', '#']) && (is_placeholder || looks_like_host(text))
        }
        _ if is_path(setting) => {
            !text.contains(['@', '?', '#', '&', '=', '+']) && looks_like_path(text)
        }
        Setting::Operation => is_placeholder,
        _ => !text.split(|letter: char| ",:.= ".contains(letter)).any(is_long_mixed),
    };
    (is_harmless && is_whole && !words(text).any(is_secret)).then_some(shown)
}

fn is_path(setting: Setting) -> bool {
    matches!(
        setting,
        Setting::TokenFile
            | Setting::CallerTokenFile
            | Setting::CaFile
            | Setting::Config
            | Setting::TlsCert
            | Setting::TlsKey
            | Setting::Callers
            | Setting::Audit
            | Setting::AuditKeyFile
            | Setting::SharedSecretFile
    )
}

/// Returns whether a text has the form of a host's name or an address with one.
fn looks_like_host(text: &str) -> bool {
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let ending = host.rsplit_once('.').map(|(_, ending)| ending);
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok()
        || ending.is_some_and(|ending| {
            (2..=12).contains(&ending.len())
                && ending.chars().all(|letter| letter.is_ascii_lowercase())
        })
}

/// Returns whether a text has a folder in it or the ending of a file.
fn looks_like_path(text: &str) -> bool {
    let ending = text.rsplit_once('.').map(|(_, ending)| ending);
    text.contains(['/', '\\'])
        || text == "token"
        || ending.is_some_and(|it| {
            (1..=8).contains(&it.len()) && it.chars().all(|letter| letter.is_ascii_lowercase())
        })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric())
}

/// Returns whether letters and digits alternate in a word as nobody writes them, or whether it is
/// too long for one.
fn is_secret(word: &str) -> bool {
    let digits = word.chars().map(|letter| letter.is_ascii_digit());
    let changes = digits.clone().zip(digits.skip(1)).filter(|(one, next)| one != next).count();
    word.len() >= LONG_WORD || word.len() >= MIXED_WORD && changes >= 3
}

/// Returns whether a value that should be a number or a word is rather a token.
fn is_long_mixed(part: &str) -> bool {
    let has = |is: fn(&char) -> bool| part.chars().any(|letter| is(&letter));
    part.len() >= 16 && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shown(setting: Setting, text: &str) -> bool {
        shown_if_harmless(setting, text, None).is_some()
    }

    #[test]
    fn a_typo_is_shown() {
        for (setting, text) in [
            (Setting::Server, "crm0001.wolkvox.con"),
            (Setting::Server, "https://crm0001.wolkvox.com/login"),
            (Setting::Server, "http://10.0.0.1:8080"),
            (Setting::AllowHost, "https://proxy.example/x"),
            (Setting::TokenFile, "/does/not/exist"),
            (Setting::TokenFile, "C:\\Users\\ana\\Documentos2024\\token.txt"),
            (Setting::TokenFile, "tokn.txt"),
            (Setting::TokenFile, "$HOME/token"),
            (Setting::CaFile, "/etc/ssl/wolkvox_ca_2024.pem"),
            (Setting::Timeout, "5"),
            (Setting::Rate, "many"),
            (Setting::Mask, "a,,b"),
            (Setting::Log, "wolkvox_mcp::lookup=debgu"),
            (Setting::Operation, "put your operation here"),
        ] {
            assert!(is_shown(setting, text), "{setting:?} {text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        for (setting, text) in [
            (Setting::Token, "abc"),
            (Setting::Server, "https://ana:secreto@crm0001.wolkvox.com"),
            (Setting::Server, "https://crm0001.wolkvox.com?token=abc"),
            (Setting::Server, "FICTITIOUS-TOKEN-0001"),
            (Setting::Server, "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"),
            (Setting::Server, "7b69642d746f6b656e2d66696374"),
            (Setting::TokenFile, "FICTITIOUS-TOKEN-0001"),
            (Setting::TokenFile, "tok-7f3a9-SECRET"),
            (Setting::TokenFile, "abc/def+ghi=jkl&mno"),
            (Setting::TokenFile, "/7b69642d746f6b656e2d66696374"),
            (Setting::Operation, "FICTITIOUS\tTOKEN"),
            (Setting::Timeout, "FICTITIOUS-TOKEN-0001"),
            (Setting::LogFormat, "7b69642d746f6b656e2d66696374"),
        ] {
            assert!(!is_shown(setting, text), "{setting:?} {text}");
        }
    }

    #[test]
    fn the_home_folder_is_shown_as_a_tilde() {
        let home = Some(Path::new("/home/ana"));
        assert_eq!(shown(Setting::CaFile, "/home/ana/ca.pem", home).replace('\\', "/"), "~/ca.pem");
        assert_eq!(shown(Setting::Operation, "/home/ana", home), "/home/ana");
    }
}
