//! The addresses that MCP is served at.

use std::sync::Arc;

use crate::mcp::Server;

const LONGEST_TENANT: usize = 64;

/// One tenant's address on this server: `/mcp` for the only one, else `/TENANT/mcp`.
#[derive(Debug)]
pub struct Endpoint {
    /// The tenant's id.
    pub tenant: String,
    /// Whether it is the only one.
    pub is_alone: bool,
    /// What answers there.
    pub server: Arc<Server>,
}

impl Endpoint {
    /// Returns its path.
    pub fn path(&self) -> String {
        if self.is_alone { "/mcp".to_owned() } else { format!("/{}/mcp", self.tenant) }
    }

    /// Returns whether a tenant's name can stand in an address, the same for all who write it.
    pub fn is_name(text: &str) -> bool {
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        text.len() <= LONGEST_TENANT
            && text.starts_with(is_plain)
            && text.chars().all(|letter| is_plain(letter) || "-_".contains(letter))
    }

    /// Returns whether a path could be one of several tenants', whether or not there is this one.
    pub(super) fn is_path(path: &str) -> bool {
        let name = path.strip_prefix('/').and_then(|rest| rest.strip_suffix("/mcp"));
        name.is_some_and(Self::is_name)
    }
}
