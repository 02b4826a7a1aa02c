//! Answers a call-centre agent's questions about customers' obligations from the wolkvox CRM, as
//! an MCP server and at the terminal.
//!
//! # As a library
//!
//! ```
//! use wolkvox_mcp::sandbox::{OPERATION, Sandbox};
//! use wolkvox_mcp::wolkvox::{Client, FieldName, FieldValue, GestionQuery, Operation};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A wolkvox on this computer with fictitious customers; `examples/real_tenant.rs` asks a real one.
//! let sandbox = Sandbox::start().await?;
//! let client = Client::local(&sandbox.url(), sandbox.token())?;
//! let query = GestionQuery {
//!     operation: Operation::parse(OPERATION.to_owned())?,
//!     field: FieldName::parse("id_customer".to_owned())?,
//!     value: FieldValue::parse("900000005".to_owned())?,
//! };
//! let page = client.query_gestion(&query, Some(1)).await?;
//! assert_eq!(page.records.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! Features: `client` (the API, look-ups within a token's limits, answers) is always there; `mcp` adds
//! the protocol, its tools over pipes and HTTP, and the sandbox; `cli`, the default, adds the program.
//! `default-features = false, features = ["client"]` builds without clap, rmcp, indicatif and
//! toml_edit. A [`lookup::Lookup`] is one token's: a host of several tenants has one for each.
//!
//! Stable, so that a change raises the major version from 1.0 on, and the minor one until then: the
//! tools' names, arguments and JSON; the words of [`error::Kind`]; the exit statuses; the keys and
//! codes of `check --json`; the settings. Not stable: sentences for people, the hidden modules, and how
//! many variants the enums of causes have, which are `#[non_exhaustive]`.
//!
//! # The way of a question
//!
//! ```text
//! mcp/transport   a line of JSON becomes a message       http     or a request does
//! cli             or a command line
//! mcp             the message becomes a call, with progress and a way to cancel it
//! tools           its arguments become a checked request
//! tenant          the account that is asked, and what its answers mask
//! lookup          an answer of the last seconds, or an equal look-up on its way, or the limits of
//!                 the token and then page after page
//! wolkvox         one HTTP request; the bytes of its reply become records, or a reason
//! answer          records become rows, and rows a compact answer: nothing here waits or asks
//! error           what went wrong instead, as data, and every sentence about it in two languages
//! ```
//!
//! # The map
//!
//! Which rooms each room uses; a test holds this drawing to the source. All arrows point down.
//!
//! ```text
//! cli        → config, connect, http, install, mcp, tools, tenant, audit, caller, sandbox, lookup, answer, wolkvox, shared, metrics, server_url
//! config     → http, audit, caller, lookup, answer, wolkvox, shared, server_url
//! connect    → mcp, wolkvox, server_url
//! http       → mcp, audit, caller, card, wolkvox, shared, metrics, server_url
//! install    → caller
//! mcp        → tools, tenant, audit, caller, lookup, wolkvox, card
//! tools      → tenant, audit, caller, lookup, answer, wolkvox
//! tenant     → caller, lookup, answer, wolkvox
//! audit      → caller
//! caller     → answer, shared, metrics
//! lookup     → answer, wolkvox, shared, metrics, offload
//! shared     → answer, wolkvox
//! wolkvox    → server_url, offload
//! all        → error, fields, file, settings, clean, clock, language
//! error      → settings, clean, language
//! fields     → clean, language
//! settings   → language
//! ```
//!
//! # What belongs where
//!
//! - For others: [`wolkvox`] (the API's client), [`lookup`] (look-ups within a token's limits),
//!   [`answer`] (records to answers, pure), [`tools`] and [`tenant`] (what can be asked, and of
//!   whom), [`caller`] (who asks, and what that person may), [`audit`] (who asked for what),
//!   [`http`] (many callers), [`connect`] (one of them, from a desktop), [`shared`] (several
//!   processes with one token), [`metrics`] (what they do, in numbers), [`mcp`] (the protocol),
//!   [`card`] (the page that shows an answer to people), [`sandbox`] (a wolkvox on this computer
//!   with fictitious data, which shares no code with the rest), [`clock`] (the call centre's day),
//!   [`error`] and [`server_url`].
//! - For this program alone, and hidden from these pages: `cli` (the command line), `config` (flags,
//!   variables and their file to checked settings), `install` (this server in the clients' files),
//!   `settings` and `fields` (the two tables that others walk), `clean` (text that third parties
//!   typed), `language` (English and Spanish side by side).
//!
//! # What must never be
//!
//! - "Could not look up" that reads as "there is none", "some" as "all", "old" as "newest".
//! - The token or a customer's value in a log, an error, or on stdout outside an answer.
//! - Anything but the protocol on stdout while serving.

// What only the program uses is not left out of what it has in common with the library.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports, unreachable_pub))]

pub mod answer;
#[cfg(feature = "mcp")]
pub mod audit;
#[cfg(feature = "mcp")]
pub mod caller;
pub mod card;
#[doc(hidden)]
pub mod clean;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod clock;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod config;
#[cfg(feature = "mcp")]
pub mod connect;
pub mod error;
#[doc(hidden)]
pub mod fields;
mod file;
#[cfg(feature = "mcp")]
pub mod http;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod install;
#[doc(hidden)]
pub mod language;
pub mod lookup;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod metrics;
mod offload;
mod record;
#[cfg(feature = "mcp")]
pub mod sandbox;
pub mod server_url;
#[doc(hidden)]
pub mod settings;
pub mod shared;
#[cfg(feature = "mcp")]
pub mod tenant;
#[cfg(feature = "mcp")]
pub mod tools;
pub mod wolkvox;

pub use self::fields::FieldKey;
pub use self::record::{Record, Text, Value};

/// The largest integer that every JSON reader keeps: 2^53 - 1 (RFC 8259, section 6).
pub(crate) const LARGEST_SAFE: u64 = (1 << 53) - 1;
