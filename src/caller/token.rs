//! A caller's token: 256 random bits, of which only the SHA-256 is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// How a caller's token begins, so that scanners for secrets find one that was left somewhere.
pub const TOKEN_PREFIX: &str = "wvx_";

/// The SHA-256 of a token. The token is random, so nobody finds it by trying.
pub(super) type TokenDigest = [u8; 32];

/// A token that was just made. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct CallerToken(SecretString);

impl CallerToken {
    /// Makes a token; none if the system gives no random numbers.
    pub(super) fn random() -> Option<Self> {
        let mut bits = [0; 32];
        let random = rustls::crypto::ring::default_provider().secure_random;
        random.fill(&mut bits).ok()?;
        let written = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bits));
        Some(Self(written.into()))
    }

    /// Returns the token itself, to be shown to whoever asked for it.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token).into()
}

/// Writes a digest in hexadecimal digits.
pub(super) fn hex(digest: &TokenDigest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a digest from hexadecimal digits.
pub(super) fn from_hex(text: &str) -> Option<TokenDigest> {
    let digits: Vec<u8> =
        text.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(high * 16 + low),
        _ => None,
    });
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_random_bits_in_a_form_that_needs_no_quoting() {
        let [one, other] = [(); 2].map(|()| CallerToken::random().expect("randomness"));
        assert_ne!(one.reveal(), other.reveal());
        let written = one.reveal().strip_prefix("wvx_").expect("the prefix");
        assert_eq!(URL_SAFE_NO_PAD.decode(written).expect("base64").len(), 32);
        assert!(!format!("{one:?}").contains(written));
    }

    #[test]
    fn a_digest_comes_back_from_its_digits_in_either_case() {
        let digest = digest("wvx_ficticio");
        assert_eq!(from_hex(&hex(&digest)), Some(digest));
        assert_eq!(from_hex(&hex(&digest).to_uppercase()), Some(digest));
        for broken in ["", "ab", "zz", &"a".repeat(63), &format!("{}0", hex(&digest))] {
            assert_eq!(from_hex(broken), None, "{broken}");
        }
    }
}
