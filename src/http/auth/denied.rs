//! Why callers are not let in, and how often that happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no token.
    Missing,
    /// What is there is no bearer token, or a JWT that cannot be read.
    Malformed,
    /// The token is longer than any that is in use.
    TooLong,
    /// The token is no JWT that can be read here: opaque, or encrypted.
    Opaque,
    /// The token is not of the file of callers, or has expired there.
    Unknown,
    /// It is signed by an algorithm that is not allowed, or not for its key.
    Algorithm,
    /// Its header demands what is not known here (`crit`).
    Critical,
    /// The issuer has no such key.
    UnknownKey,
    /// The issuer's keys are not known and cannot be fetched.
    NoKeys,
    /// The signature is not by the issuer's key.
    Signature,
    /// It is an ID token, or another that is no access token.
    IdToken,
    /// It is of another issuer.
    Issuer,
    /// It is for others.
    Audience,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYet,
    /// It does not say who the person is.
    Principal,
    /// It lacks a scope.
    Scope,
    /// The caller has none of the configured roles.
    Role,
}

impl Denied {
    /// Every reason, in order of appearance.
    pub const ALL: [Self; 18] = [
        Self::Missing,
        Self::Malformed,
        Self::TooLong,
        Self::Opaque,
        Self::Unknown,
        Self::Algorithm,
        Self::Critical,
        Self::UnknownKey,
        Self::NoKeys,
        Self::Signature,
        Self::IdToken,
        Self::Issuer,
        Self::Audience,
        Self::Expired,
        Self::NotYet,
        Self::Principal,
        Self::Scope,
        Self::Role,
    ];

    /// Returns the word that logs and metrics use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::TooLong => "too_long",
            Self::Opaque => "opaque",
            Self::Unknown => "unknown",
            Self::Algorithm => "algorithm",
            Self::Critical => "critical",
            Self::UnknownKey => "unknown_key",
            Self::NoKeys => "no_keys",
            Self::Signature => "signature",
            Self::IdToken => "id_token",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Principal => "principal",
            Self::Scope => "scope",
            Self::Role => "role",
        }
    }
}

/// How often callers were not let in, by reason; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Denials(Arc<[AtomicU64; Denied::ALL.len()]>);

impl Denials {
    /// Counts one.
    pub(in crate::http) fn count(&self, denied: Denied) {
        if let Some(counter) = self.0.get(denied as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns how often there was this reason.
    pub fn of(&self, denied: Denied) -> u64 {
        self.0.get(denied as usize).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_by_itself_under_a_word_of_its_own() {
        let denials = Denials::default();
        for (count, denied) in Denied::ALL.into_iter().enumerate() {
            (0..count).for_each(|_| denials.count(denied));
        }
        for (count, denied) in Denied::ALL.into_iter().enumerate() {
            assert_eq!(denials.of(denied), count as u64, "{denied:?}");
        }
        let words: std::collections::HashSet<_> =
            Denied::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(words.len(), Denied::ALL.len());
    }
}
