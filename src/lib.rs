//! Answers a call-centre agent's questions about customers' obligations from the wolkvox CRM, as
//! an MCP server and at the terminal.
//!
//! The modules, each depending only on those below it:
//!
//! - [`cli`]: the command line
//! - [`install`]: this server in the clients' configuration files
//! - [`mcp`]: the protocol side, tools and the life of a connection
//! - [`lookup`]: a look-up from end to end, within the limits of the tenant's token
//! - [`wolkvox`]: the API's client, the only place that knows HTTP
//! - [`answer`]: records to a compact answer, pure
//! - [`config`], [`settings`], [`server_url`], [`fields`], [`error`], [`clean`], [`language`]: settings, the table
//!   of fields, failures, the cleaning of text and people's language, used by the others
//! - [`sandbox`]: a wolkvox on this computer with fictitious data, knowing none of the others

pub mod answer;
mod aside;
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
pub mod sandbox;
pub mod server_url;
pub mod settings;
pub mod wolkvox;

/// Holds one record as wolkvox sent it: its own field names, in its own order.
pub type Record = indexmap::IndexMap<FieldKey, serde_json::Value, foldhash::fast::RandomState>;

/// Names a field of a record. The names of the table of fields are borrowed from there: thousands
/// of records share them.
pub type FieldKey = std::borrow::Cow<'static, str>;
