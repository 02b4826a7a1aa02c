//! The token: never printed, revealed in one place, read again when its file changes.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::error::{Error, TokenError, TokenFileError};
use crate::file;
use crate::settings::{Placeholder, is_assignment, unquoted};

/// A token is a line; anything larger is the wrong file.
const LARGEST_FILE: u64 = 64 * 1024;

/// A usable token: printable ASCII without spaces.
#[derive(Clone, Debug)]
pub struct Token {
    secret: SecretString,
    fingerprint: Fingerprint,
}

/// A digest that tells tokens apart and reveals nothing of them: SHA-256. `Debug` hides it, so that
/// a log cannot tie a token to what it was used for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(hidden)")
    }
}

impl Token {
    /// Reads a token, ignoring spaces and line ends around it.
    ///
    /// # Errors
    ///
    /// What is wrong, without the token.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Blank);
        }
        if let Some(placeholder) = Placeholder::find(text) {
            return Err(TokenError::Placeholder(placeholder));
        }
        if text.starts_with(['{', '[']) {
            return Err(TokenError::Json);
        }
        if is_assignment(text) {
            return Err(TokenError::Assignment);
        }
        if text.contains("://") || text.ends_with(".wolkvox.com") {
            return Err(TokenError::Address);
        }
        let is_usual = |letter: char| letter.is_ascii_graphic() && !"\"'`".contains(letter);
        if !text.chars().all(is_usual) {
            return Err(TokenError::Character);
        }
        Ok(Self { secret: text.into(), fingerprint: Fingerprint(Sha256::digest(text).into()) })
    }

    /// Returns the value of the `Wolkvox-Token` header, marked sensitive so that no HTTP layer
    /// prints it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(self.secret.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Replaces the token wherever JSON `text` repeats it, also with its slashes escaped, as PHP
    /// writes them.
    pub(super) fn remove_from(&self, text: &mut Cow<'_, str>) {
        let token = self.secret.expose_secret();
        if text.contains(token) {
            *text = Cow::Owned(text.replace(token, "[removed]"));
        }
        if token.contains('/') {
            let escaped = token.replace('/', "\\/");
            if text.contains(&escaped) {
                *text = Cow::Owned(text.replace(&escaped, "[removed]"));
            }
        }
    }

    /// Returns what tells this token from another without revealing either.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Returns the number of the token's characters, the most that may be shown of it.
    pub fn length(&self) -> usize {
        self.secret.expose_secret().len()
    }
}

/// Where the token comes from.
#[derive(Debug)]
pub enum TokenSource {
    /// `WOLKVOX_TOKEN`.
    Fixed(Token),
    /// `WOLKVOX_TOKEN_FILE`.
    File(TokenFile),
}

impl TokenSource {
    /// Returns the token to use now.
    ///
    /// # Errors
    ///
    /// [`Error::TokenUnreadable`] if the file is gone or holds no token.
    pub fn current(&self) -> Result<Token, Error> {
        match self {
            Self::Fixed(token) => Ok(token.clone()),
            Self::File(file) => file.current().map_err(Error::TokenUnreadable),
        }
    }
}

/// A file that holds the token, read again when its time or size changes.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    read: Mutex<(Stamp, Token)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl TokenFile {
    /// Opens the file and reads its token.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, never what it holds.
    pub fn open(path: PathBuf) -> Result<Self, TokenFileError> {
        let stamp = stamp(&path)?;
        let token = read(&path)?;
        Ok(Self { path, read: Mutex::new((stamp, token)) })
    }

    /// Returns the token that the file holds now.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, never what it holds.
    pub fn current(&self) -> Result<Token, TokenFileError> {
        let now = stamp(&self.path)?;
        let mut read_before = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read_before.0 != now {
            *read_before = (now, read(&self.path)?);
        }
        Ok(read_before.1.clone())
    }
}

fn stamp(path: &Path) -> Result<Stamp, TokenFileError> {
    let metadata = fs::metadata(path).map_err(|problem| unreadable(&problem))?;
    if !metadata.is_file() {
        return Err(TokenFileError::NotAFile);
    }
    if metadata.len() > LARGEST_FILE {
        return Err(TokenFileError::TooLarge);
    }
    Ok(Stamp { modified: metadata.modified().ok(), bytes: metadata.len() })
}

fn read(path: &Path) -> Result<Token, TokenFileError> {
    let bytes = file::read(path, LARGEST_FILE).map_err(|problem| unreadable(&problem))?;
    // Windows editors and shells write a byte order mark, or UTF-16; `decode` honours both.
    let (text, _, _) = encoding_rs::UTF_8.decode(&bytes);
    Token::parse(unquoted(&text)).map_err(TokenFileError::Token)
}

fn unreadable(problem: &io::Error) -> TokenFileError {
    TokenFileError::Unreadable(problem.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_shows_itself() {
        let token = Token::parse(" ficticio-0001\n").expect("a token");
        assert!(!format!("{token:?}").contains("ficticio"));
        assert_eq!(token.length(), 13);
        assert!(!format!("{:?}", token.header()).contains("ficticio"));
    }

    #[test]
    fn a_fingerprint_tells_tokens_apart_and_shows_nothing() {
        let token = |text| Token::parse(text).expect("a token");
        assert_eq!(token("ficticio-0001").fingerprint(), token(" ficticio-0001").fingerprint());
        assert_ne!(token("ficticio-0001").fingerprint(), token("ficticio-0002").fingerprint());
        assert_eq!(format!("{:?}", token("ficticio-0001").fingerprint()), "Fingerprint(hidden)");
    }

    #[test]
    fn a_token_is_removed_also_as_php_escapes_it() {
        let token = Token::parse("FICT/ITIOUS+0001").expect("a token");
        let mut text = Cow::Borrowed(r#"{"a":"FICT/ITIOUS+0001","b":"x FICT\/ITIOUS+0001"}"#);
        token.remove_from(&mut text);
        assert_eq!(text, r#"{"a":"[removed]","b":"x [removed]"}"#);
    }

    #[test]
    fn a_token_has_no_spaces_or_control_characters() {
        for text in ["", " \n", "two words", "tab\there", "ñ"] {
            assert!(Token::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_only_stands_for_a_token_or_holds_more_is_refused() {
        for (text, problem) in [
            ("${TOKEN}", TokenError::Placeholder(Placeholder::Variable)),
            ("{{TOKEN}}", TokenError::Placeholder(Placeholder::Variable)),
            ("$(cat token)", TokenError::Placeholder(Placeholder::Command)),
            ("<your-token>", TokenError::Placeholder(Placeholder::Example)),
            ("WOLKVOX_TOKEN=abc", TokenError::Assignment),
            (r#"{"token":"abc"}"#, TokenError::Json),
            ("[\"abc\"]", TokenError::Json),
            ("op://vault/wolkvox/token", TokenError::Address),
            ("crm0001.wolkvox.com", TokenError::Address),
            ("\"abc", TokenError::Character),
            ("Bearer abc", TokenError::Character),
        ] {
            assert_eq!(Token::parse(text).map(drop), Err(problem), "{text}");
        }
    }

    #[test]
    fn quotes_around_a_files_token_are_taken_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        fs::write(&path, "\"ficticio-0001\"\n").expect("written");
        let file = TokenFile::open(path).expect("a token file");
        assert_eq!(file.current().expect("a token").length(), "ficticio-0001".len());
    }

    #[test]
    fn a_file_is_read_again_when_it_changes_and_windows_encodings_are_understood() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        fs::write(&path, "\u{feff}first-token\r\n").expect("written");
        let file = TokenFile::open(path.clone()).expect("a token file");
        assert_eq!(file.current().expect("a token").secret.expose_secret(), "first-token");

        let utf16: Vec<u8> =
            "\u{feff}second\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(&path, utf16).expect("written");
        assert_eq!(file.current().expect("a token").secret.expose_secret(), "second");

        fs::write(&path, "").expect("written");
        assert_eq!(file.current().map(drop), Err(TokenFileError::Token(TokenError::Blank)));
        fs::remove_file(&path).expect("removed");
        assert_eq!(
            file.current().map(|_| ()),
            Err(TokenFileError::Unreadable(io::ErrorKind::NotFound))
        );
    }
}
