//! What the HTTP server is started with (data, checked already).

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use crate::wolkvox::RootCertificates;

/// Where and for whom to serve.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Where to listen for clients.
    pub listen: SocketAddr,
    /// How clients reach the server: a scheme and a host; none if only this computer does, at the
    /// address that it listens at.
    pub public_url: Option<Url>,
    /// Without, TLS ends at a proxy, or only this computer is served.
    pub tls: Option<TlsFiles>,
    /// Proxies that may say for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// The file of callers.
    pub callers: Option<PathBuf>,
    /// The identity provider.
    pub oauth: Option<OAuthConfig>,
    /// Where to answer probes.
    pub admin_listen: SocketAddr,
}

/// Certificates and their key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificates, the server's own first.
    pub certificates: PathBuf,
    /// The key of the server's own.
    pub key: PathBuf,
}

/// Whose tokens are accepted, and how they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthConfig {
    /// The issuer, exactly as tokens spell it.
    pub issuer: String,
    /// Audiences, of which a token must have one; none stand for the endpoint's address.
    pub audiences: Vec<String>,
    /// Scopes, all of which a token must have.
    pub scopes: Vec<String>,
    /// Claims that together identify a person; at least one.
    pub principal: Vec<String>,
    /// Claim with the person's name.
    pub name: Option<String>,
    /// Claim with the person's role, or a list of them.
    pub role: Option<String>,
    /// Certificates to trust beside the system's where the issuer is asked.
    pub roots: RootCertificates,
}

impl HttpConfig {
    /// Returns how clients reach a server that listens at this address: the configured address, or
    /// on this computer the one that it listens at.
    pub fn public_url(&self, listening: SocketAddr) -> Option<Url> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let own = || Url::parse(&format!("{scheme}://{listening}")).ok();
        self.public_url.clone().or_else(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(public_url: Option<&str>, tls: bool) -> HttpConfig {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        HttpConfig {
            listen: address,
            public_url: public_url.map(|text| text.parse().expect("an address")),
            tls: tls.then(|| TlsFiles { certificates: "a".into(), key: "b".into() }),
            trusted_proxies: Vec::new(),
            callers: None,
            oauth: None,
            admin_listen: address,
        }
    }

    #[test]
    fn on_one_computer_the_server_is_reached_where_it_listens() {
        let url = |config: HttpConfig, listening: &str| {
            let listening = listening.parse().expect("an address");
            config.public_url(listening).expect("an address").to_string()
        };
        assert_eq!(url(config(None, false), "127.0.0.1:8080"), "http://127.0.0.1:8080/");
        assert_eq!(url(config(None, true), "[::1]:8443"), "https://[::1]:8443/");
        let public = Some("https://wolkvox.example.com");
        assert_eq!(url(config(public, false), "127.0.0.1:1"), "https://wolkvox.example.com/");
    }
}
