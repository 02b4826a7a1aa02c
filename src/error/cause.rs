//! The causes that a failure carries: what stood in the way, where the time went, what came
//! instead of a reply.

use std::time::Duration;

/// What stood between this program and wolkvox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outage {
    /// The name does not resolve.
    Dns,
    /// No TCP connection, or the proxy refused.
    Connect(ConnectFailure),
    /// The TLS handshake failed.
    Tls(TlsFailure),
    /// The connection broke before the reply was whole.
    CutOff,
    /// A 5xx status.
    Status(u16),
    /// Too many failures in a row: not even tried.
    CircuitOpen {
        /// When the next try may pass.
        wait: Duration,
    },
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectFailure {
    /// Nothing listens there.
    Refused,
    /// The connection was reset.
    Reset,
    /// The network has no route to the host.
    NoRoute,
    /// No answer in time.
    TimedOut,
    /// The proxy did not connect.
    Proxy,
    /// The proxy wants a user name and a password.
    ProxyPassword,
    /// There is no connection to the proxy itself.
    ProxyUnreached,
    /// The proxy is of a kind that is not supported, such as SOCKS.
    ProxyKind,
    /// The connection was closed during the TLS handshake.
    ClosedInHandshake,
    /// Something else; the log says what at `debug`.
    Other,
}

/// Why the TLS handshake failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFailure {
    /// The certificate's issuer is not trusted.
    UnknownIssuer {
        /// The issuer's name, if the certificate says it.
        issuer: Option<String>,
    },
    /// The certificate's issuer is not trusted, and the server sent no certificate between the two.
    NoIntermediate {
        /// The issuer's name, if the certificate says it.
        issuer: Option<String>,
    },
    /// The certificate is its own issuer.
    SelfSigned {
        /// Its own name, if it can be read.
        issuer: Option<String>,
    },
    /// The certificate is an authority's, which no server may use as its own.
    AuthorityAsServer,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotValidYet,
    /// The certificate is for another host.
    WrongHost,
    /// The certificate names no host where one is looked for.
    NamesNoHost,
    /// The certificate is not acceptable for another reason.
    BadCertificate,
    /// The server refused the handshake.
    Refused,
    /// The server does not speak TLS on this port.
    NotTls,
    /// The two sides have no protocol or cipher in common, or broke the protocol.
    NoAgreement,
    /// This computer's root certificates cannot be loaded.
    NoRoots,
}

/// What a body that is not JSON looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// Nothing at all.
    Empty,
    /// An HTML page.
    Html,
    /// Other text.
    Text,
}

/// Where a look-up's time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for a free place at the gate.
    pub queued: Duration,
    /// Waiting between tries.
    pub waiting: Duration,
    /// Waiting for wolkvox.
    pub upstream: Duration,
    /// Requests sent.
    pub attempts: u32,
}

/// Why a reply is not wolkvox's; it never quotes the reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyDefect {
    /// A body that is not JSON, such as a gateway's HTML page.
    NotJson {
        /// What it looks like.
        body: BodyKind,
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// JSON that ends too early.
    Truncated {
        /// Size of what came.
        bytes: usize,
    },
    /// A body whose compression is broken.
    BadCompression,
    /// JSON without wolkvox's envelope.
    NoEnvelope {
        /// Size of the body.
        bytes: usize,
        /// HTTP status.
        status: u16,
    },
    /// Data of which nothing is a record.
    NoRecords {
        /// Size of the body.
        bytes: usize,
    },
    /// No records, and words that do not say why.
    UnknownWords,
    /// No records, and a key that tells a failure.
    UntoldFailure,
    /// No records where they belong, but something like records elsewhere.
    OtherKey,
    /// No records, and a warning around the envelope.
    Warned,
    /// No records under a status that promises only a part, or nothing yet.
    PartialSuccess {
        /// HTTP status, or the body's code.
        status: u16,
    },
    /// A fatal error, or more JSON, behind the envelope.
    Continued {
        /// Size of the body.
        bytes: usize,
    },
    /// More values than this program keeps.
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// An envelope whose parts contradict each other.
    Contradiction {
        /// wolkvox's own total.
        said: u64,
    },
    /// A first page without records, although there are more pages.
    EmptyPage {
        /// wolkvox's own count of pages.
        pages: u64,
    },
    /// An obligation with another id than the one that was asked for.
    AnotherObligation,
    /// More than this program reads.
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A redirect, which is never followed.
    Redirect {
        /// HTTP status.
        status: u16,
    },
}
