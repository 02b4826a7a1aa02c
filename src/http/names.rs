//! The names under which clients reach the server: which `Host` and `Origin` headers are right.

use std::net::SocketAddr;

use url::Url;

/// What clients may call this server.
#[derive(Clone, Debug)]
pub struct Names {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Names {
    /// Returns the names of a server that listens here and is reached by this URL. Loopback names
    /// count only where it listens on loopback; else a page in somebody's browser could borrow them.
    pub fn new(listen: SocketAddr, public: Option<&Url>) -> Self {
        let port = listen.port();
        let (mut hosts, mut origins) = (Vec::new(), Vec::new());
        if listen.ip().is_loopback() {
            for host in ["localhost", "127.0.0.1", "[::1]"] {
                hosts.push(format!("{host}:{port}"));
                origins.push(format!("http://{host}:{port}"));
            }
        }
        if let Some(public) = public
            && let Some(host) = public.host_str()
        {
            hosts.push(match public.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            });
            let port = public.port_or_known_default();
            origins.extend(port.map(|port| format!("{}://{host}:{port}", public.scheme())));
        }
        Self { hosts, origins }
    }

    pub(super) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    pub(super) fn origins(&self) -> &[String] {
        &self.origins
    }
}
