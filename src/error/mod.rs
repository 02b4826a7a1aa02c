//! What can go wrong with a look-up or a setting, as data: one [`Error`] with a stable [`Kind`] and
//! its causes, and one [`SettingError`]. Every sentence about them is in `texts`.
//!
//! No variant can hold the token, a searched value or a reply's body. wolkvox's own words come in
//! as [`UpstreamMessage`], which is cleaned and shortened where it is made.

mod audit;
mod cause;
mod install;
mod remote;
mod setting;
mod team;
mod texts;
mod upstream_message;

use std::fmt;
use std::panic::Location;
use std::time::Duration;

pub use self::audit::{AuditError, AuditErrorKind, AuditNotice};
pub use self::cause::{BodyKind, ConnectFailure, Outage, ReplyDefect, Timings, TlsFailure};
pub use self::install::{EntryError, FileError, FileErrorKind, Malformed};
pub use self::remote::RemoteError;
pub use self::setting::{
    AddressError, CertificatesError, MaskError, PathError, ProxyError, SecretsError, SettingError,
    TokenError, TokenFileError,
};
pub use self::team::{
    CallerProblem, CallersError, CallersErrorKind, ConfigFileError, PublicUrlError, TeamError,
    TlsFilesError,
};
pub(crate) use self::texts::io_reason;
pub use self::upstream_message::UpstreamMessage;
use crate::language::Bilingual;

/// Returns the failure for a bug, once its cause is in the log: the failure itself says only that
/// the log knows more.
#[track_caller]
pub(crate) fn internal(what: &'static str) -> Error {
    tracing::error!(what, place = %Location::caller(), "a bug");
    Error::Internal
}

/// The kind of a failure; the first word of every failure that a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An argument is missing, malformed or unknown.
    InvalidInput,
    /// wolkvox does not accept the token, or it cannot be read.
    TokenRejected,
    /// The token's calls for today are used up.
    QuotaExhausted,
    /// Too many requests at once for the token.
    Busy,
    /// wolkvox is closed for a backup or maintenance.
    Maintenance,
    /// wolkvox refused the request for another reason.
    Rejected,
    /// wolkvox cannot be reached or fails.
    Unavailable,
    /// The deadline passed.
    Timeout,
    /// Nothing matched in what was fetched, and there is more.
    Incomplete,
    /// What came back is not a wolkvox reply.
    UnexpectedReply,
    /// This program's own limit on look-ups a minute.
    RateLimited,
    /// The audit log cannot be written, and answers must not leave without it.
    NotRecorded,
    /// A bug in this program.
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::InvalidInput,
        Self::TokenRejected,
        Self::QuotaExhausted,
        Self::Busy,
        Self::Maintenance,
        Self::Rejected,
        Self::Unavailable,
        Self::Timeout,
        Self::Incomplete,
        Self::UnexpectedReply,
        Self::RateLimited,
        Self::NotRecorded,
        Self::Internal,
    ];

    /// Returns the word that clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::TokenRejected => "token_rejected",
            Self::QuotaExhausted => "quota_exhausted",
            Self::Busy => "busy",
            Self::Maintenance => "maintenance",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Incomplete => "incomplete",
            Self::UnexpectedReply => "unexpected_reply",
            Self::RateLimited => "rate_limited",
            Self::NotRecorded => "not_recorded",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A limit on one person's look-ups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// A minute.
    Minute,
    /// A day.
    Day,
}

/// Why a look-up gave no answer. `Display` is the sentence, in English; [`Error::hint`] says
/// what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An argument cannot be used.
    InvalidInput {
        /// What is wrong, naming the argument and never its value.
        problem: Bilingual,
        /// What is accepted, with an example.
        hint: Bilingual,
    },
    /// wolkvox did not accept the token.
    TokenRejected(UpstreamMessage),
    /// The token file cannot be used.
    TokenUnreadable(TokenFileError),
    /// The daily quota is used up.
    QuotaExhausted {
        /// How long this program sends nothing more, once that is decided.
        hold: Option<Duration>,
    },
    /// wolkvox had too many requests with this token at once.
    Busy {
        /// Requests sent for this look-up.
        attempts: u32,
        /// How many requests this program sends at once, as far as it is known here.
        max_in_flight: Option<u16>,
    },
    /// wolkvox is closed for a backup or maintenance.
    Maintenance(UpstreamMessage),
    /// wolkvox refused.
    Rejected {
        /// The body's `code`, else the HTTP status.
        code: u16,
        /// wolkvox's own words.
        said: UpstreamMessage,
    },
    /// No usable connection, or the server failed.
    Unavailable {
        /// What failed.
        outage: Outage,
    },
    /// The deadline passed.
    Timeout {
        /// The configured deadline.
        limit: Duration,
        /// Where the time went.
        spent: Timings,
    },
    /// Nothing matched in what was fetched, and there is more.
    Incomplete {
        /// Records that were fetched.
        fetched: usize,
        /// wolkvox's own count, where it gave one.
        total: Option<u64>,
    },
    /// The reply is not wolkvox's.
    UnexpectedReply(ReplyDefect),
    /// This program's own limit.
    RateLimited {
        /// The configured limit.
        per_minute: u32,
        /// When the next look-up may pass.
        wait: Duration,
    },
    /// The person has asked as often as the person's role allows.
    OverBudget {
        /// Which limit.
        budget: Budget,
        /// Look-ups that it allows.
        limit: u32,
        /// When the next look-up may pass.
        wait: Duration,
    },
    /// The store that processes share their limits in cannot be used, and the settings allow no
    /// look-up without it.
    SharedStoreGone,
    /// The call's line could not be written to the audit log, so that its answer is withheld.
    NotRecorded,
    /// A bug.
    Internal,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Builds the error for an argument that cannot be used.
    pub const fn invalid_input(problem: Bilingual, hint: Bilingual) -> Self {
        Self::InvalidInput { problem, hint }
    }

    /// Returns the stable kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::InvalidInput { .. } => Kind::InvalidInput,
            Self::TokenRejected(_) | Self::TokenUnreadable(_) => Kind::TokenRejected,
            Self::QuotaExhausted { .. } | Self::OverBudget { budget: Budget::Day, .. } => {
                Kind::QuotaExhausted
            }
            Self::Busy { .. } | Self::SharedStoreGone => Kind::Busy,
            Self::Maintenance(_) => Kind::Maintenance,
            Self::Rejected { .. } => Kind::Rejected,
            Self::Unavailable { .. } => Kind::Unavailable,
            Self::Timeout { .. } => Kind::Timeout,
            Self::Incomplete { .. } => Kind::Incomplete,
            Self::UnexpectedReply(_) => Kind::UnexpectedReply,
            Self::RateLimited { .. } | Self::OverBudget { budget: Budget::Minute, .. } => {
                Kind::RateLimited
            }
            Self::NotRecorded => Kind::NotRecorded,
            Self::Internal => Kind::Internal,
        }
    }

    /// Returns the same failure without wolkvox's own words, which may name a person.
    pub fn without_words(&self) -> Self {
        let withheld = |said: &UpstreamMessage| match said {
            UpstreamMessage::Words(_) => UpstreamMessage::Withheld,
            said => said.clone(),
        };
        match self {
            Self::TokenRejected(said) => Self::TokenRejected(withheld(said)),
            Self::Maintenance(said) => Self::Maintenance(withheld(said)),
            Self::Rejected { code, said } => Self::Rejected { code: *code, said: withheld(said) },
            other => other.clone(),
        }
    }
}
