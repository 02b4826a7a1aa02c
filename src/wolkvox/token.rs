//! The token: never printed, revealed in one place, read again when its file changes.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::echo;
use crate::error::{Error, TokenError, TokenFileError};
use crate::file::{self, Stamp};
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

impl Fingerprint {
    /// Returns the bytes to hash further.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
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

    /// Returns the value of an `Authorization` header, marked sensitive likewise.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        let text = SecretString::from(format!("Bearer {}", self.secret.expose_secret()));
        let mut value = HeaderValue::from_str(text.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Returns a text without the token, if the text repeats it in any way of writing.
    pub(crate) fn removed_from(&self, text: &str) -> Option<String> {
        echo::removed(self.secret.expose_secret(), text)
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

    /// Takes note that the token was rejected: a file is read again before the next request,
    /// whether or not it seems to have changed.
    pub(crate) fn rejected(&self) {
        if let Self::File(file) = self {
            file.read.lock().unwrap_or_else(PoisonError::into_inner).stamp = None;
        }
    }
}

/// A file that holds the token, read again when it is another file, its times or its size change, or
/// wolkvox rejects the token.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    read: Mutex<Reading>,
}

/// What was read last.
#[derive(Debug)]
struct Reading {
    /// What the file looked like then; nothing if the token is to be read again.
    stamp: Option<Stamp>,
    token: Token,
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
        Ok(Self { path, read: Mutex::new(Reading { stamp: Some(stamp), token }) })
    }

    /// Returns the token that the file holds now.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, never what it holds.
    pub fn current(&self) -> Result<Token, TokenFileError> {
        let now = stamp(&self.path)?;
        let mut read_before = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read_before.stamp != Some(now) {
            *read_before = Reading { stamp: Some(now), token: read(&self.path)? };
        }
        Ok(read_before.token.clone())
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
    Ok(Stamp::of(&metadata))
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
    use std::time::SystemTime;

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

    /// What a file holds is written and its time set back, so that only the rest of its status tells.
    fn write_in_the_past(path: &Path, token: &str) {
        fs::write(path, token).expect("written");
        let file = fs::File::options().write(true).open(path).expect("the file");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("its time is set");
    }

    fn shown(source: &TokenSource) -> String {
        source.current().expect("a token").secret.expose_secret().to_owned()
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_the_same_size_and_time_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        write_in_the_past(&path, "token-0001");
        let source = TokenSource::File(TokenFile::open(path.clone()).expect("a token file"));
        let other = folder.path().join("other");
        write_in_the_past(&other, "token-0002");
        fs::rename(&other, &path).expect("replaced");
        assert_eq!(shown(&source), "token-0002");
        std::thread::sleep(std::time::Duration::from_millis(20));
        write_in_the_past(&path, "token-0003");
        assert_eq!(shown(&source), "token-0003");
    }

    #[test]
    fn a_file_is_read_again_when_only_its_time_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        write_in_the_past(&path, "token-0001");
        let file = TokenFile::open(path.clone()).expect("a token file");
        let before = stamp(&path).expect("a stamp");
        let later = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(60);
        let handle = fs::File::options().write(true).open(&path).expect("the file");
        handle.set_modified(later).expect("its time is set");
        let after = stamp(&path).expect("a stamp");
        assert_ne!(before.modified, after.modified);
        assert_ne!(before, Stamp { modified: after.modified, ..before });
        assert!(file.current().is_ok());
    }

    #[test]
    fn a_rejected_token_is_read_again_whatever_the_file_looks_like() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        write_in_the_past(&path, "token-0001");
        let file = TokenFile::open(path.clone()).expect("a token file");
        // As on a file system whose status tells nothing.
        write_in_the_past(&path, "token-0002");
        file.read.lock().expect("not poisoned").stamp = stamp(&path).ok();
        let source = TokenSource::File(file);
        assert_eq!(shown(&source), "token-0001");
        source.rejected();
        assert_eq!(shown(&source), "token-0002");
    }
}
