//! How MCP messages come and go: standard streams, lines of JSON, a guarded handshake.

pub(super) mod handshake;
pub(super) mod json_lines;
pub(super) mod stdio;
