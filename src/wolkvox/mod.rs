//! Speaks to wolkvox: the only place that knows HTTP.
//!
//! [`Client`] has one method per endpoint; each sends one request and reads one reply. When to send,
//! how often and how many at a time is not decided here but in [`crate::lookup`]. `reply` turns bytes
//! into records or a reason, `token` keeps the secret.

mod body;
mod client;
mod document;
mod echo;
mod failure;
mod http;
mod kept;
mod query;
mod reply;
mod tls;
mod token;
mod token_information;
mod transport_error;

pub use self::client::{Client, LARGEST_REPLY, PAGE_SIZE};
pub use self::document::{DocumentError, Documents};
pub(crate) use self::failure::retry_after;
pub use self::failure::{Failure, Retry};
pub(crate) use self::http::Http;
pub use self::query::{
    FieldName, FieldValue, GestionQuery, ObligationQuery, Operation, Query, QueryKey,
};
pub use self::reply::{Page, Reply};
pub(crate) use self::tls::name_in_words;
pub use self::tls::{Handshake, RootCertificates};
pub use self::token::{Fingerprint, Token, TokenFile, TokenSource};
pub use self::token_information::TokenInformation;
