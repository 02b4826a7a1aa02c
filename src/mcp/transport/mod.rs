//! How MCP messages come and go: standard streams, lines of JSON, a guarded handshake.

mod framing;
pub(super) mod handshake;
pub(super) mod json_lines;
mod messages;
mod output;
mod repair;
mod requests;
pub(crate) mod stdio;
pub(super) mod twofold;
mod values;

pub(crate) use self::framing::{Framing, Line};
pub(crate) use self::messages::trimmed;
pub(super) use self::output::Failure;
pub(crate) use self::output::Output;
