//! Serves MCP over HTTP, to many callers.

pub mod config;

pub use self::config::{HttpConfig, OAuthConfig, TlsFiles};
