//! How clients are told of a team's server: in their own form where they speak HTTP and can fill in
//! the person's token, and by way of `connect` where they only start programs (pure).

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::client::Facts;
use super::{ClientKind, Entry};
use crate::settings::Setting;

/// The key of the headers that a client sends.
pub(super) const HEADERS: &str = "headers";
/// The header of the token.
pub(super) const AUTHORIZATION: &str = "Authorization";
/// The keys under which clients keep a server's address.
pub(super) const URLS: [&str; 3] = ["url", "httpUrl", "serverUrl"];
/// The key of the kind of a server.
pub(super) const KIND: &str = "type";

/// A team's server.
#[derive(Clone, Debug)]
pub struct RemoteEntry {
    /// Its whole address.
    pub url: String,
    /// The file of the person's own token, if it comes from one.
    pub token_file: Option<PathBuf>,
    /// Whether the server asks for a token.
    pub has_token: bool,
}

impl RemoteEntry {
    /// Returns whether the token comes from the environment in which the client starts.
    pub(super) fn is_from_environment(&self) -> bool {
        self.has_token && self.token_file.is_none()
    }

    /// Returns the arguments of this program that carry a client to the server.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["connect".to_owned(), self.url.clone()];
        if let Some(file) = &self.token_file {
            arguments.extend(["--token-file".to_owned(), file.to_string_lossy().into_owned()]);
        }
        arguments
    }

    /// Returns the header of the token in the client's own syntax, if the server asks for one.
    pub(super) fn header(&self, client: ClientKind) -> Option<String> {
        let token = client.facts().reference.to(Setting::CallerToken);
        let token = token.filter(|_| self.has_token)?;
        Some(format!("Bearer {token}"))
    }

    /// Returns what clients with JSON need beside the headers.
    pub(super) fn properties(&self, client: ClientKind) -> Vec<(&'static str, Value)> {
        let Facts { kinds: (_, kind), url, .. } = client.facts();
        let kind = kind.map(|kind| (KIND, json!(kind)));
        kind.into_iter().chain(url.map(|key| (key, json!(self.url)))).collect()
    }

    /// Returns the entry for clients with JSON that speak HTTP themselves.
    pub(super) fn json(&self, client: ClientKind) -> Value {
        let properties = self.properties(client).into_iter();
        let mut entry: Map<_, _> = properties.map(|(key, value)| (key.to_owned(), value)).collect();
        if let Some(header) = self.header(client) {
            entry.insert(HEADERS.to_owned(), json!({ AUTHORIZATION: header }));
        }
        Value::Object(entry)
    }
}

impl Entry {
    /// Returns the team's server if the client speaks to it without this program: one that can fill
    /// in the token, and needs no certificates that only this program knows of.
    pub fn native(&self, client: ClientKind) -> Option<&RemoteEntry> {
        let remote = self.remote.as_ref()?;
        let sends_token = !remote.has_token || client.passes_variables();
        let needs_us = remote.token_file.is_some() || self.names(Setting::CaFile);
        (client.speaks_http() && sends_token && !needs_us).then_some(remote)
    }

    /// Returns what tells an entry of ours from others': the program, or the server's address.
    pub(super) fn mark(&self, client: ClientKind) -> &str {
        self.native(client).map_or(&self.command, |remote| &remote.url)
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;
    use crate::install::TokenDelivery;

    fn entry(token_file: Option<&str>, has_token: bool) -> Entry {
        Entry {
            name: "wolkvox".parse().expect("a name"),
            command: "/bin/wolkvox-mcp".to_owned(),
            sandbox: false,
            settings: Vec::new(),
            token: TokenDelivery::Client,
            in_file: Vec::new(),
            remote: Some(RemoteEntry {
                url: "https://wolkvox.example.com/mcp".to_owned(),
                token_file: token_file.map(PathBuf::from),
                has_token,
            }),
        }
    }

    #[test]
    fn each_client_gets_its_own_form_and_its_own_way_to_name_the_variable() {
        let url = "https://wolkvox.example.com/mcp";
        let headers = |token: &str| json!({ "Authorization": format!("Bearer {token}") });
        for (client, expected) in [
            (
                ClientKind::ClaudeCode,
                json!({ "type": "http", "url": url, "headers": headers("${WOLKVOX_CALLER_TOKEN}") }),
            ),
            (
                ClientKind::VsCode,
                json!({ "type": "http", "url": url, "headers": headers("${env:WOLKVOX_CALLER_TOKEN}") }),
            ),
            (
                ClientKind::Cursor,
                json!({ "url": url, "headers": headers("${env:WOLKVOX_CALLER_TOKEN}") }),
            ),
            (
                ClientKind::Gemini,
                json!({ "httpUrl": url, "headers": headers("$WOLKVOX_CALLER_TOKEN") }),
            ),
            (
                ClientKind::Windsurf,
                json!({ "serverUrl": url, "headers": headers("${env:WOLKVOX_CALLER_TOKEN}") }),
            ),
        ] {
            assert_eq!(entry(None, true).json(client), expected, "{client:?}");
            assert_eq!(entry(None, false).json(client).get("headers"), None, "{client:?}");
        }
    }

    #[test]
    fn a_token_in_a_file_goes_by_way_of_this_program() {
        let entry = entry(Some("/home/ana/token"), true);
        for client in ClientKind::value_variants() {
            assert!(entry.native(*client).is_none(), "{client:?}");
            assert!(entry.check(*client).is_ok(), "{client:?}");
        }
        let json = entry.json(ClientKind::ClaudeDesktop);
        let arguments =
            ["connect", "https://wolkvox.example.com/mcp", "--token-file", "/home/ana/token"];
        assert_eq!(json, json!({ "command": "/bin/wolkvox-mcp", "args": arguments }));
    }

    #[test]
    fn a_client_that_fills_in_nothing_needs_the_file_unless_the_server_asks_for_no_token() {
        let url = json!({ "url": "https://wolkvox.example.com/mcp" });
        for (client, native) in [
            (ClientKind::ClaudeDesktop, None),
            (ClientKind::Zed, Some(&url)),
            (ClientKind::LmStudio, Some(&url)),
        ] {
            assert!(entry(None, true).check(client).is_err(), "{client:?}");
            let open = entry(None, false);
            assert!(open.check(client).is_ok(), "{client:?}");
            assert_eq!(open.native(client).map(|remote| remote.json(client)).as_ref(), native);
        }
    }
}
