//! An issuer's public keys, read from its JSON Web Key Set (RFC 7517) (pure).

use std::sync::Arc;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::signature::ALLOWED;

/// A public key that tokens may be signed with.
#[derive(Debug)]
pub(super) struct Key {
    kid: Option<String>,
    /// The algorithms that it is for, all of one family.
    algorithms: Vec<Algorithm>,
    pub(super) decoding: DecodingKey,
}

/// The keys of an issuer; at least one.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Arc<Key>>);

/// What a token says of the key that it is signed with.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
}

/// The keys that a token may be signed with.
#[derive(Debug)]
pub(super) enum Found {
    /// At least one.
    Keys(Vec<Arc<Key>>),
    /// The named key is there, and for another algorithm.
    OfAnotherAlgorithm,
    /// There is no such key.
    None,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a set. Keys of other kinds, or for other uses, are left out; a set without any that can
    /// be used is none.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(json).ok()?;
        let keys: Vec<_> = document.keys.into_iter().filter_map(key).map(Arc::new).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Finds the keys that a token may be signed with: the one that it names, or all of its
    /// algorithm if it names none.
    pub(super) fn find(&self, wanted: &Wanted) -> Found {
        let named: Vec<_> = match &wanted.kid {
            Some(kid) => self.0.iter().filter(|it| it.kid.as_ref() == Some(kid)).collect(),
            None => self.0.iter().collect(),
        };
        let is_for = |key: &&&Arc<Key>| key.algorithms.contains(&wanted.algorithm);
        let usable: Vec<_> = named.iter().filter(is_for).map(|key| Arc::clone(key)).collect();
        match (usable.is_empty(), named.is_empty() || wanted.kid.is_none()) {
            (false, _) => Found::Keys(usable),
            (true, false) => Found::OfAnotherAlgorithm,
            (true, true) => Found::None,
        }
    }
}

fn key(json: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(json).ok()?;
    let is_for_others = jwk.common.public_key_use.as_ref().is_some_and(|it| !is_signature(it))
        || jwk
            .common
            .key_operations
            .as_ref()
            .is_some_and(|it| !it.contains(&KeyOperations::Verify));
    if is_for_others {
        return None;
    }
    let family = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            &[Algorithm::ES256]
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => {
            &[Algorithm::ES384]
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            &[Algorithm::EdDSA]
        }
        _ => return None,
    };
    let own = match jwk.common.key_algorithm {
        Some(algorithm) => Some(algorithm.to_string().parse::<Algorithm>().ok()?),
        None => None,
    };
    let algorithms: Vec<_> = family
        .iter()
        .copied()
        .filter(|it| ALLOWED.contains(it) && own.is_none_or(|own| own == *it))
        .collect();
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    (!algorithms.is_empty()).then(|| Key { kid: jwk.common.key_id, algorithms, decoding })
}

fn is_signature(it: &PublicKeyUse) -> bool {
    *it == PublicKeyUse::Signature
}
