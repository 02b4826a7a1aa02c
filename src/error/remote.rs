//! What can go wrong between an agent's computer and the team's server.

use std::time::Duration;

use super::{BodyKind, Kind, Outage, TokenFileError, UpstreamMessage};

/// Why a team's server gave no answer; it never quotes a reply that is not the server's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteError {
    /// There is no usable connection.
    Unreached(Outage),
    /// The server wants a token, and none is given.
    NoToken,
    /// The server does not know the token, or it has expired.
    TokenRefused,
    /// The file of the token cannot be used.
    TokenUnreadable(TokenFileError),
    /// The server knows who asks, and refuses.
    Forbidden(UpstreamMessage),
    /// The person has too many calls on the way.
    TooMany {
        /// When another may pass, if the server says it.
        wait: Option<Duration>,
    },
    /// This program carries as many requests as it can.
    Crowded,
    /// There is nothing at this address.
    NotFound,
    /// The server refused the message for another reason.
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's own words.
        said: UpstreamMessage,
    },
    /// The server, or a proxy before it, failed.
    Failed {
        /// HTTP status.
        status: u16,
    },
    /// A redirect, which is never followed.
    Redirect {
        /// HTTP status.
        status: u16,
    },
    /// What answers is not MCP.
    NotMcp {
        /// HTTP status.
        status: u16,
        /// What the body looks like.
        body: BodyKind,
    },
    /// The reply ended before the answer.
    CutOff,
    /// The reply is larger than this program reads.
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// No answer in time.
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// A bug in this program.
    Internal,
}

impl RemoteError {
    /// Returns the stable kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NoToken | Self::TokenRefused | Self::TokenUnreadable(_) => Kind::TokenRejected,
            Self::Forbidden(_) | Self::Refused { .. } | Self::NotFound => Kind::Rejected,
            Self::TooMany { .. } | Self::Crowded => Kind::Busy,
            Self::Unreached(_) | Self::Failed { .. } | Self::CutOff => Kind::Unavailable,
            Self::Redirect { .. } | Self::NotMcp { .. } | Self::TooLarge { .. } => {
                Kind::UnexpectedReply
            }
            Self::Timeout { .. } => Kind::Timeout,
            Self::Internal => Kind::Internal,
        }
    }
}
