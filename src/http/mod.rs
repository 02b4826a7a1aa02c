//! Serves MCP over Streamable HTTP (MCP specification, "Transports") to a team.
//!
//! The way of a request:
//!
//! ```text
//! listen    a connection, within limits of number and time
//! service   one Host, a peer that may speak
//! access    a token becomes a caller, and goes no further
//! message   what it is, before MCP reads all of it
//! places    one of the caller's calls at once
//! cancel    a way to stop it, for clients that only say so
//!           the SDK's service: Host, Origin, headers, revisions; then `mcp`
//! refusal   what was refused on the way, as JSON-RPC
//! held      the response's body, which gives back what the call has taken
//! ```

mod access;
mod address;
mod admin;
mod cancel;
mod config;
mod held;
mod labels;
mod listen;
mod message;
mod names;
mod places;
mod refusal;
mod service;
mod tls;

pub use self::access::Access;
pub use self::admin::probes;
pub use self::config::{HttpConfig, OAuthConfig, TlsFiles};
pub use self::listen::{Ending, listen};
pub use self::names::Names;
pub use self::service::{Endpoint, Service};
pub use self::tls::Certificate;
