//! The secret that all processes have, and what is made of it: names for keys, and a key that seals.
//!
//! The file holds one secret a line. The first one seals and all of them open, so that a new one can
//! be put first everywhere before the old one is taken away. Places are named by the last, so that
//! processes that know the new one already and those that do not yet still wait in one line.

use std::fmt;

use ring::hmac::{self, HMAC_SHA256, Key};

use super::VERSION;
use crate::error::SecretsError;
use crate::wolkvox::Fingerprint;

/// Fewest characters of a secret.
const SHORTEST: usize = 16;
const LONGEST: usize = 1024;
const MOST: usize = 4;

/// The secrets of a file, newest first; there is at least one.
#[derive(Clone)]
pub struct Secrets {
    newest: Secret,
    older: Vec<Secret>,
}

/// What is made of one secret.
#[derive(Clone)]
pub(super) struct Secret {
    names: Key,
    seal: Key,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Reads the text of a file of secrets.
    ///
    /// # Errors
    ///
    /// What is wrong, without the secrets.
    pub fn parse(text: &str) -> Result<Self, SecretsError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<&str> = lines.collect();
        let is_secret = |line: &&str| {
            (SHORTEST..=LONGEST).contains(&line.len()) && !line.contains(char::is_control)
        };
        let (newest, older) = lines.split_first().ok_or(SecretsError::Blank)?;
        if lines.len() > MOST {
            return Err(SecretsError::TooMany);
        }
        if !lines.iter().all(is_secret) {
            return Err(SecretsError::Length);
        }
        let older = older.iter().map(|line| Secret::of(line)).collect();
        Ok(Self { newest: Secret::of(newest), older })
    }

    /// Returns the one that seals.
    pub(super) fn newest(&self) -> &Secret {
        &self.newest
    }

    /// Returns all of them, newest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// Returns the name of a server and token.
    pub(super) fn account(&self, server: &str, token: &Fingerprint) -> String {
        self.oldest().name("account", &[server.as_bytes(), token.as_bytes()])
    }

    /// Returns the name of a person.
    pub(super) fn person(&self, person: &str) -> String {
        self.oldest().name("person", &[person.as_bytes()])
    }

    /// Returns what tells this secret from another: the one that names the places.
    pub(super) fn fingerprint(&self) -> String {
        self.oldest().name("fingerprint", &[])
    }

    fn oldest(&self) -> &Secret {
        self.older.last().unwrap_or(&self.newest)
    }
}

impl Secret {
    fn of(text: &str) -> Self {
        let secret = Key::new(HMAC_SHA256, text.as_bytes());
        let key = |purpose: &str| {
            let purpose = format!("wolkvox-mcp shared {VERSION}: {purpose}");
            Key::new(HMAC_SHA256, hmac::sign(&secret, purpose.as_bytes()).as_ref())
        };
        Self { names: key("names"), seal: key("seal") }
    }

    /// Returns a name for these parts, which says nothing to who lacks the secret.
    pub(super) fn name(&self, kind: &str, parts: &[&[u8]]) -> String {
        let mut context = hmac::Context::with_key(&self.names);
        for part in std::iter::once(&kind.as_bytes()).chain(parts) {
            // Lengths keep the parts apart.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let hash = context.sign();
        let half = hash.as_ref().iter().take(16);
        half.map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns the key of AES-256.
    pub(super) fn seal(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key.iter_mut()
            .zip(hmac::sign(&self.seal, b"AES-256-GCM").as_ref())
            .for_each(|(to, from)| *to = *from);
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wolkvox::Token;

    const OLD: &str = "an-old-fictitious-secret";
    const NEW: &str = "a-new-fictitious-secret";

    fn secrets(text: &str) -> Secrets {
        Secrets::parse(text).expect("secrets")
    }

    #[test]
    fn a_file_has_one_secret_a_line_and_says_what_is_wrong_with_it() {
        assert_eq!(secrets(&format!("{NEW}\r\n\r\n  {OLD}\n")).all().count(), 2);
        let long = "x".repeat(1_025);
        let five = format!("{OLD}\n").repeat(5);
        for (text, problem) in [
            ("", SecretsError::Blank),
            (" \n", SecretsError::Blank),
            ("short", SecretsError::Length),
            (&format!("{NEW}\nshort"), SecretsError::Length),
            (&long, SecretsError::Length),
            ("a\u{1b}fictitious-secret", SecretsError::Length),
            (&five, SecretsError::TooMany),
        ] {
            assert_eq!(Secrets::parse(text).err(), Some(problem), "{text:?}");
        }
    }

    #[test]
    fn while_a_secret_is_changed_all_processes_wait_in_one_line() {
        let token = Token::parse("ficticio-0001").expect("a token").fingerprint();
        let line = |secrets: &Secrets| secrets.account("crm0001.wolkvox.com", &token);
        let both = secrets(&format!("{NEW}\n{OLD}"));
        assert_eq!(line(&secrets(OLD)), line(&both));
        assert_ne!(line(&secrets(NEW)), line(&both));
    }

    #[test]
    fn names_keep_kinds_and_parts_apart() {
        let secrets = secrets(OLD);
        let name = |kind, parts: &[&[u8]]| secrets.newest().name(kind, parts);
        assert_eq!(name("a", &[b"b", b"c"]), name("a", &[b"b", b"c"]));
        let all = [
            name("a", &[b"b", b"c"]),
            name("a", &[b"bc", b""]),
            name("a", &[b"b"]),
            name("ab", &[b"c"]),
        ];
        for (number, one) in all.iter().enumerate() {
            assert_eq!(all.iter().position(|it| it == one), Some(number));
        }
    }
}
