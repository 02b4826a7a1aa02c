//! Says what can go wrong with a look-up: one [`Error`] with a stable [`Kind`], a sentence that
//! tells what happened and a hint that tells what to do.
//!
//! No variant can hold the token, a searched value or a reply's body. wolkvox's own words come in
//! as [`Said`], which is cleaned and shortened where it is made.

use std::fmt;
use std::time::Duration;

use crate::wolkvox::Said;

/// Names the cause of a failed look-up; the first word of every failure that a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// What came back is not a wolkvox reply.
    UnexpectedReply,
    /// This program's own limit on look-ups a minute.
    RateLimited,
    /// A bug in this program.
    Internal,
}

impl Kind {
    /// Lists every kind.
    pub const ALL: [Self; 11] = [
        Self::InvalidInput,
        Self::TokenRejected,
        Self::QuotaExhausted,
        Self::Busy,
        Self::Maintenance,
        Self::Rejected,
        Self::Unavailable,
        Self::Timeout,
        Self::UnexpectedReply,
        Self::RateLimited,
        Self::Internal,
    ];

    /// Gives the word that clients see.
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
            Self::UnexpectedReply => "unexpected_reply",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Tells why a look-up gave no answer. `Display` is the sentence; [`Error::hint`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An argument cannot be used.
    #[error("{problem}")]
    InvalidInput {
        /// What is wrong, naming the argument and never its value.
        problem: String,
        /// What is accepted, with an example.
        hint: String,
    },
    /// wolkvox did not accept the token.
    #[error("wolkvox did not accept the token ({0})")]
    TokenRejected(Said),
    /// The token file cannot be used.
    #[error("the token file cannot be used: {problem}")]
    TokenUnreadable {
        /// What is wrong with the file, without its path's content.
        problem: String,
    },
    /// The daily quota is used up.
    #[error("the token's wolkvox calls for today are used up")]
    QuotaExhausted {
        /// How long this program sends nothing more.
        hold: Duration,
    },
    /// wolkvox had too many requests of this token at once.
    #[error("wolkvox is handling too many requests of this token at once (tried {attempts} times)")]
    Busy {
        /// Requests sent for this look-up.
        attempts: u32,
    },
    /// wolkvox is closed for a backup or maintenance.
    #[error("wolkvox is closed for maintenance or a backup ({0})")]
    Maintenance(Said),
    /// wolkvox refused.
    #[error("wolkvox refused the request with code {code} ({said})")]
    Rejected {
        /// The body's `code`, else the HTTP status.
        code: u16,
        /// wolkvox's own words.
        said: Said,
    },
    /// No usable connection, or the server failed.
    #[error("wolkvox could not be reached: {fault}")]
    Unavailable {
        /// What failed.
        fault: Fault,
    },
    /// The deadline passed.
    #[error("no answer within {}; {spent}", seconds(.limit))]
    Timeout {
        /// The configured deadline.
        limit: Duration,
        /// Where the time went.
        spent: Spent,
    },
    /// The reply is not wolkvox's.
    #[error("wolkvox's address answered with something that is not a wolkvox reply: {0}")]
    UnexpectedReply(Oddity),
    /// This program's own limit.
    #[error("this program's own limit of {per_minute} look-ups a minute is reached")]
    RateLimited {
        /// The configured limit.
        per_minute: u32,
        /// When the next look-up may pass.
        wait: Duration,
    },
    /// A bug.
    #[error("this program failed inside; the look-up was not made")]
    Internal,
}

/// Names what stood between this program and wolkvox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The name does not resolve.
    #[error("the host name could not be resolved")]
    Dns,
    /// No TCP connection, or the proxy refused.
    #[error("no connection ({0})")]
    Connect(&'static str),
    /// The TLS handshake failed.
    #[error("the TLS handshake failed ({0})")]
    Tls(&'static str),
    /// The connection broke before the reply was whole.
    #[error("the connection was cut off")]
    CutOff,
    /// A 5xx status.
    #[error("its server failed with status {0}")]
    Status(u16),
    /// Too many failures in a row: not even tried.
    #[error("the last look-ups all failed, so this one was not tried")]
    CircuitOpen {
        /// When the next try may pass.
        wait: Duration,
    },
}

/// Tells where a look-up's time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Waiting for a free place at the gate.
    pub queued: Duration,
    /// Waiting between tries.
    pub waiting: Duration,
    /// Waiting for wolkvox.
    pub upstream: Duration,
    /// Requests sent.
    pub attempts: u32,
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} in the queue, {} waiting for wolkvox over {} request{}, {} between tries",
            seconds(&self.queued),
            seconds(&self.upstream),
            self.attempts,
            if self.attempts == 1 { "" } else { "s" },
            seconds(&self.waiting),
        )
    }
}

/// Describes a reply that is not wolkvox's, never quoting it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    /// A body that is not JSON, such as a gateway's HTML page.
    #[error("{what} of {bytes} bytes, status {status}")]
    NotJson {
        /// `HTML`, `an empty body`, `text`.
        what: &'static str,
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// JSON that ends too early.
    #[error("JSON cut off after {bytes} bytes")]
    Truncated {
        /// Size of what came.
        bytes: usize,
    },
    /// A body whose compression is broken.
    #[error("a body whose gzip compression is broken")]
    BadCompression,
    /// JSON that is no wolkvox envelope.
    #[error("JSON of {bytes} bytes without wolkvox's envelope, status {status}")]
    NoEnvelope {
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// An envelope whose parts contradict each other.
    #[error("a reply that says {said} records were found but holds none")]
    Contradiction {
        /// wolkvox's own total.
        said: u64,
    },
    /// More than this program reads.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A redirect, which is never followed.
    #[error("a redirect, status {status}")]
    Redirect {
        /// HTTP status.
        status: u16,
    },
}

impl Error {
    /// Builds the error for an argument that cannot be used.
    pub fn invalid_input(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::InvalidInput { problem: problem.into(), hint: hint.into() }
    }

    /// Gives the stable kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::InvalidInput { .. } => Kind::InvalidInput,
            Self::TokenRejected(_) | Self::TokenUnreadable { .. } => Kind::TokenRejected,
            Self::QuotaExhausted { .. } => Kind::QuotaExhausted,
            Self::Busy { .. } => Kind::Busy,
            Self::Maintenance(_) => Kind::Maintenance,
            Self::Rejected { .. } => Kind::Rejected,
            Self::Unavailable { .. } => Kind::Unavailable,
            Self::Timeout { .. } => Kind::Timeout,
            Self::UnexpectedReply(_) => Kind::UnexpectedReply,
            Self::RateLimited { .. } => Kind::RateLimited,
            Self::Internal => Kind::Internal,
        }
    }

    /// Says what to conclude, and what the reader can do about it.
    pub fn hint(&self) -> String {
        const UNKNOWN: &str = "This is not an answer: whether the customer has records is unknown.";
        match self {
            Self::InvalidInput { hint, .. } => hint.clone(),
            error => format!("{UNKNOWN} {}", error.advice()),
        }
    }

    /// Says what the reader can do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::InvalidInput { hint, .. } => hint.clone(),
            Self::TokenRejected(_) => {
                "Check WOLKVOX_TOKEN (or WOLKVOX_TOKEN_FILE) and the operation's name. \
                 It must be an internal token: wolkvox CRM, Configuration, Wolkvox Integration, \
                 Tokens. External tokens do not work here."
                    .to_owned()
            }
            Self::TokenUnreadable { .. } => {
                "Check the file that WOLKVOX_TOKEN_FILE names.".to_owned()
            }
            Self::QuotaExhausted { hold } => format!(
                "wolkvox resets the quota daily. No request is sent for {}; do not \
                 repeat the call before.",
                minutes(hold)
            ),
            Self::Busy { .. } => "Ask again in some seconds. If it happens often, another program \
                 shares the token: lower WOLKVOX_MAX_IN_FLIGHT to 1."
                .to_owned(),
            Self::Maintenance(_) => "Try again later.".to_owned(),
            Self::Rejected { .. } => {
                "Check the operation and the field's name; repeating the same call \
                 will not help."
                    .to_owned()
            }
            Self::Unavailable { fault } => fault.advice(),
            Self::Timeout { .. } => {
                "Repeat the call, or search by a field that matches fewer records. \
                 An administrator can raise WOLKVOX_TIMEOUT."
                    .to_owned()
            }
            Self::UnexpectedReply(Oddity::Redirect { .. }) => {
                "Redirects are never followed, so that the token stays with its host. \
                 Check WOLKVOX_SERVER."
                    .to_owned()
            }
            Self::UnexpectedReply(_) => {
                "Try once more. If it stays, check WOLKVOX_SERVER and whether a proxy \
                 answers in wolkvox's place."
                    .to_owned()
            }
            Self::RateLimited { wait, .. } => format!(
                "Ask again in {}. An administrator can raise WOLKVOX_RATE.",
                seconds(&whole_seconds(*wait))
            ),
            Self::Internal => "The program's log on stderr says where.".to_owned(),
        }
    }

    /// Writes the whole failure: kind, sentence, hint.
    pub fn text(&self) -> String {
        format!("{}: {self}. {}", self.kind(), self.hint())
    }
}

impl Fault {
    fn advice(&self) -> String {
        match self {
            Self::Dns => "Check WOLKVOX_SERVER and the network.".to_owned(),
            Self::Connect(_) | Self::CutOff => {
                "Usual causes: this computer's address is not on wolkvox's IP allow-list, a proxy \
                 is needed (HTTPS_PROXY), or there is no network. Try again in a minute."
                    .to_owned()
            }
            Self::Tls(_) => "If a company proxy inspects TLS, put its root certificate into \
                             WOLKVOX_CA_FILE; also check the computer's clock."
                .to_owned(),
            Self::Status(_) => "Try again in a minute.".to_owned(),
            Self::CircuitOpen { wait } => {
                format!("Ask again in {}.", seconds(&whole_seconds(*wait)))
            }
        }
    }
}

/// Rounds up, so that "ask again in" is never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

fn seconds(time: &Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn minutes(time: &Duration) -> String {
    match time.as_secs().div_ceil(60) {
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}
