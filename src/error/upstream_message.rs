//! Makes wolkvox's own words safe to pass on.

use std::fmt;

use crate::clean;

/// A message of wolkvox's: on one line, at most 200 characters, without anything that looks
/// like a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamMessage {
    /// These words.
    Words(String),
    /// No words at all, as when no wolkvox answered.
    Nothing,
    /// Words that must not be passed on, as they may name a person.
    Withheld,
}

impl UpstreamMessage {
    /// Cleans and shortens `text`.
    pub fn new(text: &str) -> Self {
        let cleaned = clean::redacted(text);
        if cleaned.is_empty() { Self::Nothing } else { Self::Words(cleaned) }
    }
}

impl fmt::Display for UpstreamMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_pass_and_tokens_do_not() {
        let token = "0123456789abcdef0123456789ABCDEF";
        for (said, passed_on) in [
            ("PLEASE VALIDATE TOKEN", "PLEASE VALIDATE TOKEN"),
            ("  a\r\n\tb\u{0} ", "a b"),
            (&format!("token={token}x bad"), "token=[removed]x bad"),
            (token, "[removed]"),
            ("deadbeef is short", "deadbeef is short"),
            ("", "no explanation given"),
        ] {
            assert_eq!(UpstreamMessage::new(said).to_string(), passed_on);
        }
        assert_eq!(UpstreamMessage::new(&"á ".repeat(500)).to_string().chars().count(), 201);
    }
}
