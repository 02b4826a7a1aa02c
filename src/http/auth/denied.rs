//! Why callers are not let in (data).

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
