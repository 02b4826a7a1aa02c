//! The audit log's secret, and the three keys that are made of it: one for the chain, one for what
//! was asked for, one for the anchor. Each has a purpose of its own, so that nobody can have a value
//! hashed and use the result as a line's seal.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use ring::hmac::{self, HMAC_SHA256, Key, Tag};
use ring::rand::{SecureRandom, SystemRandom};

use crate::error::{AuditError, AuditErrorKind};
use crate::file;

/// An HMAC-SHA256.
pub(super) type Mac = [u8; 32];

const SHORTEST: usize = 32;
const LONGEST: usize = 1024;

/// The keys of one secret.
#[derive(Clone)]
pub struct Keys {
    chain: Key,
    subject: Key,
    anchor: Key,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Keys {
    pub(super) fn of(secret: &[u8]) -> Self {
        let secret = Key::new(HMAC_SHA256, secret);
        let key = |purpose: &str| {
            let purpose = format!("wolkvox-mcp audit 1: {purpose}");
            Key::new(HMAC_SHA256, hmac::sign(&secret, purpose.as_bytes()).as_ref())
        };
        Self { chain: key("chain"), subject: key("subject"), anchor: key("anchor") }
    }

    /// Reads the secret from its file.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, AuditError> {
        let wrong = |kind| AuditError { path: path.to_owned(), kind };
        let bytes = match file::read(path, LONGEST as u64 + 2) {
            Ok(bytes) => bytes,
            Err(problem) if problem.kind() == ErrorKind::FileTooLarge => {
                return Err(wrong(AuditErrorKind::NotAKey));
            }
            Err(problem) => return Err(wrong(AuditErrorKind::Unusable(problem.kind()))),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong(AuditErrorKind::NotAKey))?;
        let secret = text.trim();
        let is_key =
            (SHORTEST..=LONGEST).contains(&secret.len()) && !secret.contains(char::is_control);
        if is_key { Ok(Self::of(secret.as_bytes())) } else { Err(wrong(AuditErrorKind::NotAKey)) }
    }

    /// Reads the secret from its file, and makes both where there is none.
    pub(super) fn read_or_make(path: &Path) -> Result<Self, AuditError> {
        match Self::read(path) {
            Err(AuditError { kind: AuditErrorKind::Unusable(ErrorKind::NotFound), .. }) => {
                make(path).map_err(|problem| AuditError {
                    path: path.to_owned(),
                    kind: AuditErrorKind::Unusable(problem.kind()),
                })?;
                Self::read(path)
            }
            read => read,
        }
    }

    /// Hashes what was asked for: the same value of the same kind has the same hash.
    pub(super) fn subject(&self, kind: &str, value: &str) -> Mac {
        // No kind holds a line break, so that it keeps the two apart.
        bytes(hmac::sign(&self.subject, format!("{kind}\n{value}").as_bytes()))
    }

    pub(super) fn seal(&self, line: &[u8]) -> Mac {
        bytes(hmac::sign(&self.chain, line))
    }

    pub(super) fn seals(&self, line: &[u8], mac: &Mac) -> bool {
        hmac::verify(&self.chain, line, mac).is_ok()
    }

    pub(super) fn seal_anchor(&self, text: &[u8]) -> Mac {
        bytes(hmac::sign(&self.anchor, text))
    }

    pub(super) fn seals_anchor(&self, text: &[u8], mac: &Mac) -> bool {
        hmac::verify(&self.anchor, text, mac).is_ok()
    }
}

/// Makes a file with a random secret that only its owner may read; one that another process made
/// meanwhile stays.
fn make(path: &Path) -> io::Result<()> {
    let mut secret = [0; 32];
    SystemRandom::new().fill(&mut secret).map_err(|_| io::Error::from(ErrorKind::Other))?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    // Its mode is 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(file, "{}", hex(&secret))?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(problem) if problem.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(problem) => Err(problem.error),
    }
}

fn bytes(tag: Tag) -> Mac {
    // An HMAC-SHA256 has 32 bytes.
    tag.as_ref().try_into().unwrap_or_default()
}

/// Writes a hash as text.
pub(super) fn hex(mac: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| DIGITS.get(usize::from(it)).map_or('0', |digit| char::from(*digit));
    mac.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads a hash that [`hex`] wrote.
pub(super) fn from_hex(text: &[u8]) -> Option<Mac> {
    let digit = |it: &u8| match it {
        b'0'..=b'9' => Some(it - b'0'),
        b'a'..=b'f' => Some(it - b'a' + 10),
        _ => None,
    };
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_was_written() {
        let mac = Keys::of(b"secret").subject("id_customer", "900000001");
        assert_eq!(from_hex(hex(&mac).as_bytes()), Some(mac));
        for text in ["", "0", "zz", "00", &hex(&mac).to_uppercase(), &format!("{}00", hex(&mac))] {
            assert_eq!(from_hex(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_secret_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let first = Keys::read_or_make(&path).expect("made").seal(b"line");
        assert_eq!(Keys::read_or_make(&path).expect("read").seal(b"line"), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let long = "x".repeat(LONGEST + 1);
        for text in ["", "\n", "too short", "0123456789abcdef\n0123456789abcdef\n", &long] {
            std::fs::write(&path, text).expect("written");
            let problem = Keys::read_or_make(&path).expect_err("refused");
            assert_eq!(problem.kind, AuditErrorKind::NotAKey, "{text}");
        }
    }

    #[test]
    fn one_purpose_does_not_serve_another() {
        let keys = Keys::of(b"secret");
        let hashed = keys.subject("a", "b");
        assert!(!keys.seals(b"a\nb", &hashed) && !keys.seals_anchor(b"a\nb", &hashed));
        assert_ne!(hashed, keys.subject("a", "c"));
        assert_ne!(hashed, Keys::of(b"another").subject("a", "b"));
    }
}
