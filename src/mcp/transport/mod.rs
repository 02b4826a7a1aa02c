//! How MCP messages come and go: standard streams, lines of JSON, a guarded handshake.

mod framing;
pub(super) mod handshake;
pub(super) mod json_lines;
mod messages;
mod output;
mod repair;
mod requests;
pub(super) mod stdio;
mod values;

pub(super) use self::output::Failure;
