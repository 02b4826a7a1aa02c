//! Answers a call-centre agent's questions about customers' obligations from the wolkvox CRM, as
//! an MCP server and at the terminal.
//!
//! The rooms of the house, and which of them each one uses; a test holds this drawing to the
//! source. All arrows point down.
//!
//! ```text
//! cli        → config, install, mcp, tools, tenant, sandbox, lookup, answer, wolkvox, server_url
//! mcp        → tools, tenant, lookup, wolkvox
//! tools      → tenant, lookup, answer, wolkvox
//! tenant     → lookup, wolkvox
//! config     → lookup, answer, wolkvox, server_url
//! lookup     → answer, wolkvox, offload
//! wolkvox    → server_url, offload
//! all        → error, fields, file, settings, clean, language
//! error      → settings, clean, language
//! ```
//!
//! - [`cli`]: the command line
//! - [`config`]: flags and environment variables to checked settings
//! - [`install`]: this server in the clients' configuration files
//! - [`mcp`]: the protocol side, and the life of a connection
//! - [`tools`]: what can be asked, over any transport
//! - [`tenant`]: what one account is asked with
//! - [`lookup`]: a look-up from end to end, within the limits of the tenant's token
//! - [`wolkvox`]: the API's client, the only place that knows HTTP
//! - [`answer`]: records to a compact answer, pure
//! - [`sandbox`]: a wolkvox on this computer with fictitious data, knowing none of the others
//! - [`settings`], [`fields`]: the two tables that others walk
//! - [`error`], [`clean`], [`language`], [`server_url`]: failures, the cleaning of text, people's
//!   language, the servers that may receive the token

pub mod answer;
pub mod clean;
pub mod cli;
pub mod config;
pub mod error;
pub mod fields;
mod file;
pub mod install;
pub mod language;
pub mod lookup;
pub mod mcp;
mod offload;
pub mod sandbox;
pub mod server_url;
pub mod settings;
pub mod tenant;
pub mod tools;
pub mod wolkvox;

/// A record as wolkvox sent it: its own field names, in its own order.
pub type Record = indexmap::IndexMap<FieldKey, serde_json::Value, foldhash::fast::RandomState>;

/// The name of a record's field. Names in the table of fields are borrowed from there: thousands
/// of records share them.
pub type FieldKey = std::borrow::Cow<'static, str>;
