//! Serves MCP over Streamable HTTP (MCP specification, "Transports") to a team.
//!
//! The way of a request:
//!
//! ```text
//! listen    a connection, within limits of number and time
//! service   one Host, a peer that may speak
//! auth      where clients log in; a token becomes a caller, and goes no further
//! body      the whole message, within limits of size and time
//! message   what it is, before MCP reads all of it
//! places    one of the caller's calls at once
//! cancel    a way to stop it, for clients that only say so
//!           the SDK's service: Host, Origin, headers, revisions; then `mcp`
//! answer    an answer's structure, which the SDK left empty
//! recorded  the audit log's line of a call that was refused on the way
//! refusal   what was refused on the way, as JSON-RPC
//! held      the response's body, which gives back what the call has taken
//! ```

mod address;
mod admin;
mod answer;
mod auth;
mod body;
mod cancel;
mod config;
mod endpoint;
mod held;
mod labels;
mod listen;
mod message;
mod names;
mod places;
mod recorded;
mod refusal;
mod service;
mod tls;
mod try_card;

pub use self::admin::probes;
pub use self::auth::{Access, Denied, OAuth};
pub use self::config::{HttpConfig, OAuthConfig, TlsFiles};
pub use self::endpoint::Endpoint;
pub use self::listen::{Ending, listen};
pub use self::names::Names;
pub use self::service::Service;
pub use self::tls::Certificate;
pub use self::try_card::TryCard;
