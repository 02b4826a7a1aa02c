//! Checks an access token: a JWT (RFC 7519) of one issuer, for one of some audiences.
//!
//! `jsonwebtoken` checks the signature, and of the claims what it can: it takes a list for `iss`,
//! lets `crit` pass, and tells an algorithm that it doesn't know from no JWT at all by nothing. Those
//! rules are here.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode};
use serde_json::{Map, Value};

use super::denied::Denied;
use super::key_set::{Key, Wanted};
use super::signature::ALLOWED;

/// Tokens with hundreds of groups are half as long.
const LONGEST: usize = 16 * 1024;
/// How far clocks may differ, in seconds.
const LEEWAY: u64 = 60;
/// Claims that only ID tokens have (OpenID Connect Core, section 2 and 3.3.2.11).
const OF_ID_TOKENS: [&str; 3] = ["nonce", "at_hash", "c_hash"];

/// What a token says.
pub(super) type Claims = Map<String, Value>;

/// A token whose header was read, and nothing of it believed.
#[derive(Debug)]
pub(super) struct Unverified<'a> {
    token: &'a str,
    pub(super) wanted: Wanted,
    /// Whether its header says that it is an access token (RFC 9068), or leaves that open.
    is_access_token: bool,
}

impl<'a> Unverified<'a> {
    /// Reads the header of a token.
    pub(super) fn read(token: &'a str) -> Result<Self, Denied> {
        if token.len() > LONGEST {
            return Err(Denied::TooLong);
        }
        // An encrypted one (JWE) has five parts.
        let [header, _, _] = token.split('.').collect::<Vec<_>>()[..] else {
            return Err(Denied::Opaque);
        };
        // What only looks like a JWT is opaque as well.
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| Denied::Opaque)?;
        let header: Claims = serde_json::from_slice(&header).map_err(|_| Denied::Opaque)?;
        if header.contains_key("crit") {
            return Err(Denied::Critical);
        }
        let text = |name: &str| match header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Denied::Malformed),
        };
        let algorithm = text("alg")?.and_then(|it| it.parse::<Algorithm>().ok());
        let algorithm = algorithm.filter(|it| ALLOWED.contains(it)).ok_or(Denied::Algorithm)?;
        let kind = text("typ")?.unwrap_or("JWT").to_ascii_lowercase();
        let is_access_token = match kind.strip_prefix("application/").unwrap_or(&kind) {
            "at+jwt" => true,
            "jwt" => false,
            _ => return Err(Denied::IdToken),
        };
        let kid = text("kid")?.map(str::to_owned);
        Ok(Self { token, wanted: Wanted { kid, algorithm }, is_access_token })
    }

    /// Checks the token, and returns what it says.
    pub(super) fn verify<K: AsRef<Key>>(
        &self,
        keys: &[K],
        issuer: &str,
        audiences: &[String],
    ) -> Result<Claims, Denied> {
        let mut rules = Validation::new(self.wanted.algorithm);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        rules.iss = Some(HashSet::from([issuer.to_owned()]));
        rules.aud = Some(audiences.iter().cloned().collect());
        let mut denied = Denied::Signature;
        for key in keys {
            match decode::<Claims>(self.token, &key.as_ref().decoding, &rules) {
                Ok(data) => return self.access_token(data.claims),
                Err(problem) => denied = reason(problem.kind()),
            }
            if denied != Denied::Signature {
                break;
            }
        }
        Err(denied)
    }

    /// Refuses what is signed and no access token.
    fn access_token(&self, claims: Claims) -> Result<Claims, Denied> {
        if !claims.get("iss").is_some_and(Value::is_string) {
            return Err(Denied::Issuer);
        }
        if !self.is_access_token && is_id_token(&claims) {
            return Err(Denied::IdToken);
        }
        Ok(claims)
    }
}

/// Returns whether claims are of an ID token, whose header doesn't say so. Keycloak says it in a claim
/// of its own, and had `nonce` in access tokens too; Cognito has another.
fn is_id_token(claims: &Claims) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    match (text("typ"), text("token_use")) {
        (Some("Bearer"), _) | (_, Some("access")) => false,
        (Some("ID"), _) | (_, Some("id")) => true,
        _ => OF_ID_TOKENS.iter().any(|name| claims.contains_key(*name)),
    }
}

fn reason(problem: &ErrorKind) -> Denied {
    match problem {
        ErrorKind::ExpiredSignature => Denied::Expired,
        ErrorKind::ImmatureSignature => Denied::NotYet,
        ErrorKind::InvalidIssuer => Denied::Issuer,
        ErrorKind::InvalidAudience => Denied::Audience,
        ErrorKind::InvalidAlgorithm => Denied::Algorithm,
        ErrorKind::InvalidSignature | ErrorKind::Base64(_) => Denied::Signature,
        ErrorKind::MissingRequiredClaim(claim) => match claim.as_str() {
            "iss" => Denied::Issuer,
            "aud" => Denied::Audience,
            _ => Denied::Expired,
        },
        _ => Denied::Malformed,
    }
}
