//! The integration tests, one binary. They use the real parts: the built program over real pipes,
//! HTTP on loopback, bytes as files.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may stop at the first surprise, as tests may"
)]
#![expect(clippy::needless_pass_by_value, reason = "helpers of tests take `json!` as it comes")]

/// Starts the program and raw HTTP servers.
mod support;

/// What answers must not conclude, and masks, from wolkvox's bytes to the client.
mod answers;
/// The audit log: its lines, its files, what is wrong with one.
mod audit;
/// The file of callers, kept at the terminal.
mod caller;
/// The page that hosts show beside an answer.
mod card;
/// The set-up, checked step by step.
mod check;
/// The official Python and TypeScript clients.
mod clients;
/// Which day it is at the call centre.
mod clock;
/// The file of settings, and a team's.
mod config;
/// From a client's pipes to a team's server.
mod connect;
/// Clients of the team's server: many, slow ones, and ones that go away.
mod crowd;
/// Pipes, sockets, files, a terminal.
#[cfg(unix)]
mod descriptors;
/// The examples.
mod examples;
/// Help, in the person's language.
mod help;
/// The library's MCP server, carried by somebody else's HTTP service.
mod hosted;
/// Clients' configuration files; what differs on Windows is tested beside the code.
#[cfg(unix)]
mod install;
/// Connections that are kept for the next request.
mod kept;
/// Look-ups under the limits of a token.
mod limits;
/// The log and progress.
mod logs;
/// The map of the source, as `lib.rs` draws it.
mod map;
/// A team server's numbers and probes.
mod metrics;
/// Identity providers' tokens.
mod oauth;
/// Prompts and resources.
mod prompts;
/// Look-ups at the terminal.
mod query;
/// What agents ask.
mod questions;
/// The README and mcp.json, held against the program.
mod readme;
/// The team server and whoever stalls, or is refused.
mod refused;
/// What is published beside the program.
mod release;
/// The team's server from an agent's computer: checked, and in clients' files.
mod remote;
/// Several servers of one team.
#[cfg(unix)]
mod replicas;
/// Every variant of wolkvox's replies, as raw bytes over HTTP.
mod replies;
/// The sandbox, asked without our client.
mod sandbox;
/// The token and people's data, searched for in all output.
mod secrets;
/// The team's server over HTTP.
mod serve;
/// Wrong settings.
mod settings;
/// Processes that share a token's limits.
#[cfg(unix)]
mod shared;
/// The program over pipes: both protocol eras, its life and its end.
mod stdio;
/// The tool list, arguments, answers and failures.
mod tools;
/// Servers that misbehave on the wire.
mod wire;
