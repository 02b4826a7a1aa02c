//! Decides which servers may receive the token, as a type: a [`ServerUrl`] that exists may.
//!
//! The rules are those of `WOLKVOX_SERVER` in the README: https (plain http only to this
//! computer), `wolkvox.com` and the hosts below it, this computer, or the one extra host of
//! `WOLKVOX_ALLOW_HOST`; nothing but host and port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

use crate::error::AddressError;

/// The address of a wolkvox CRM: scheme, host and port, nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// Reads an address such as `crm0001.wolkvox.com`, with or without `https://` and a trailing
    /// slash. `allowed` is a host outside wolkvox that may receive the token too.
    ///
    /// # Errors
    ///
    /// The rule that the address breaks.
    pub fn parse(text: &str, allowed: Option<&Host>) -> Result<Self, AddressError> {
        let text = text.trim();
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&with_scheme).map_err(|_| AddressError::Malformed)?;
        let host = url.host().ok_or(AddressError::NoHost)?;

        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() || !matches!(url.path(), "" | "/") {
            return Err(AddressError::NotHostAlone);
        }
        if let Some(new_name) = retired(&host) {
            return Err(AddressError::Retired { new_name });
        }
        let local = is_loopback(&host);
        let is_allowed = allowed.is_some_and(|allowed| *allowed == host.to_owned());
        if !(local || is_wolkvox(&host) || is_allowed) {
            return Err(AddressError::Foreign);
        }
        if url.port() == Some(0) || !is_nameable(&host) {
            return Err(AddressError::Malformed);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if local => Ok(Self(url)),
            "http" => Err(AddressError::Unencrypted),
            _ => Err(AddressError::Scheme),
        }
    }

    /// Returns the address without a path.
    pub(crate) fn origin(&self) -> &Url {
        &self.0
    }

    /// Returns the address of one API endpoint, such as `collections/queryGestion.php`.
    pub fn endpoint(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("server/API/v2/{path}"));
        url
    }

    /// Returns host and port, as a resolver wants them.
    pub fn host_and_port(&self) -> (&str, u16) {
        let port = self.0.port_or_known_default().unwrap_or(443);
        // `parse` refuses an address without a host.
        (self.0.host_str().unwrap_or_default(), port)
    }

    /// Returns the addresses behind a name for this computer.
    pub fn own_addresses(&self) -> Option<[SocketAddr; 2]> {
        own_addresses(&self.0)
    }

    /// Returns whether requests stay on this computer.
    pub fn is_loopback(&self) -> bool {
        self.0.host().is_some_and(|host| is_loopback(&host))
    }

    /// Returns whether requests go over TLS.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Returns whether an address leads to this computer wherever it is read.
pub(crate) fn stays_here(url: &Url) -> bool {
    let is_named = matches!(url.host(), Some(Host::Domain(name)) if name.ends_with(".localhost"));
    is_named || url.host().is_some_and(|host| is_loopback(&host))
}

/// Returns the addresses behind a name for this computer. No resolver is asked for it: whoever
/// answers for the name elsewhere must not be taken for this computer, least of all in clear.
pub(crate) fn own_addresses(url: &Url) -> Option<[SocketAddr; 2]> {
    let is_name = matches!(url.host(), Some(Host::Domain(_)));
    let port = url.port_or_known_default().unwrap_or(443);
    let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    (is_name && stays_here(url)).then(|| own.map(|address| SocketAddr::new(address, port)))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The address at which a team's server speaks MCP: a server that may receive a person's own token,
/// because that person names it, and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamUrl {
    server: ServerUrl,
    endpoint: Url,
}

/// Where a team's server speaks MCP unless it has several tenants.
const USUAL_PATH: &str = "/mcp";

impl TeamUrl {
    /// Reads an address such as `https://wolkvox.example.com/mcp`, with or without `https://` and the
    /// usual path.
    ///
    /// # Errors
    ///
    /// The rule that the address breaks.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut endpoint = Url::parse(&with_scheme).map_err(|_| AddressError::Malformed)?;
        let host = endpoint.host().ok_or(AddressError::NoHost)?.to_owned();
        if endpoint.query().is_some() || endpoint.fragment().is_some() {
            return Err(AddressError::Query);
        }
        let mut origin = endpoint.clone();
        origin.set_path("");
        let server = ServerUrl::parse(origin.as_str(), Some(&host))?;
        if endpoint.path() == "/" {
            endpoint.set_path(USUAL_PATH);
        }
        Ok(Self { server, endpoint })
    }

    /// Returns scheme, host and port.
    pub fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Returns where messages are sent.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }
}

impl fmt::Display for TeamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.endpoint.as_str())
    }
}

/// Returns whether a host can have a name in the DNS: labels of letters, digits and hyphens
/// (RFC 1123, section 2.1), and underscores, which some networks use.
fn is_nameable(host: &Host<&str>) -> bool {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(is_inner)
    };
    match host {
        Host::Domain(name) => name.len() <= 253 && name.split('.').all(is_label),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

fn is_wolkvox(host: &Host<&str>) -> bool {
    matches!(host, Host::Domain(name) if *name == "wolkvox.com" || name.ends_with(".wolkvox.com"))
}

/// Returns the new name of a `*.crmvox.com` host, if it follows from the old one; the hosts of that
/// domain stopped on 2024-11-30.
#[expect(clippy::option_option, reason = "retired or not, and then a new name or not")]
fn retired(host: &Host<&str>) -> Option<Option<String>> {
    let Host::Domain(name) = host else { return None };
    let tenant = name.strip_suffix(".crmvox.com").or((*name == "crmvox.com").then_some(""))?;
    let number = tenant
        .strip_prefix("sv")
        .filter(|rest| !rest.is_empty() && rest.chars().all(|digit| digit.is_ascii_digit()));
    Some(number.map(|number| format!("crm{number}.wolkvox.com")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SettingError;

    #[test]
    fn accepts_wolkvox_and_loopback_with_or_without_scheme_and_slash() {
        for (text, written) in [
            ("crm0001.wolkvox.com", "https://crm0001.wolkvox.com"),
            ("https://crm0001.wolkvox.com/", "https://crm0001.wolkvox.com"),
            ("  CRM0001.Wolkvox.COM/ ", "https://crm0001.wolkvox.com"),
            ("wolkvox.com", "https://wolkvox.com"),
            ("crm01.wolkvox.com:8443", "https://crm01.wolkvox.com:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://localhost", "https://localhost"),
        ] {
            let parsed = ServerUrl::parse(text, None).map(|url| url.to_string());
            assert_eq!(parsed, Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else_and_says_why() {
        for (text, reason) in [
            ("", "not a valid address"),
            ("http://crm0001.wolkvox.com", "must use https"),
            ("ftp://crm0001.wolkvox.com", "must use https"),
            ("https://evilwolkvox.com", "not a host of wolkvox.com"),
            ("https://wolkvox.com.evil.example", "not a host of wolkvox.com"),
            ("https://crm0001.wolkvox.com@evil.example", "user name"),
            ("https://user:pass@crm0001.wolkvox.com", "user name"),
            ("https://crm0001.wolkvox.com/server/API", "host alone"),
            ("https://crm0001.wolkvox.com?x=1", "host alone"),
            ("https://crm0001.wolkvox.com#x", "host alone"),
            ("https://https://crm0001.wolkvox.com", "host alone"),
            ("http://10.0.0.1", "not a host of wolkvox.com"),
            ("http://127.0.0.1.evil.example", "not a host of wolkvox.com"),
            (".wolkvox.com", "not a valid address"),
            ("a..wolkvox.com", "not a valid address"),
            ("*.wolkvox.com", "not a valid address"),
            ("-a.wolkvox.com", "not a valid address"),
            ("a-.wolkvox.com", "not a valid address"),
            ("crm0001.wolkvox.com:0", "not a valid address"),
            ("http://localhost:0", "not a valid address"),
            ("sv0001.crmvox.com", "crm0001.wolkvox.com"),
            ("portal.crmvox.com", "address bar"),
        ] {
            let problem = ServerUrl::parse(text, None).expect_err(text);
            let problem = SettingError::Address(problem).text();
            assert!(problem.english.contains(reason), "{text}: {problem}");
        }
    }

    #[test]
    fn the_extra_host_is_allowed_by_exact_name_and_only_over_https() {
        let allowed = Host::parse("proxy.empresa.example").expect("a host");
        let allowed = Some(&allowed);
        assert!(ServerUrl::parse("https://proxy.empresa.example", allowed).is_ok());
        assert!(ServerUrl::parse("http://proxy.empresa.example", allowed).is_err());
        assert!(ServerUrl::parse("https://x.proxy.empresa.example", allowed).is_err());
    }

    #[test]
    fn a_teams_address_has_a_path_and_is_as_safe_as_wolkvoxs() {
        for (text, written) in [
            ("wolkvox.example.com", "https://wolkvox.example.com/mcp"),
            ("https://wolkvox.example.com:8443/", "https://wolkvox.example.com:8443/mcp"),
            ("https://wolkvox.example.com/banco/mcp", "https://wolkvox.example.com/banco/mcp"),
            ("http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/mcp"),
        ] {
            assert_eq!(TeamUrl::parse(text).map(|it| it.to_string()), Ok(written.to_owned()));
        }
        for (text, problem) in [
            ("http://wolkvox.example.com/mcp", AddressError::Unencrypted),
            ("http://10.0.0.5:8080/mcp", AddressError::Unencrypted),
            ("https://ana:x@wolkvox.example.com/mcp", AddressError::Credentials),
            ("https://wolkvox.example.com/mcp?token=x", AddressError::Query),
            ("ftp://wolkvox.example.com", AddressError::Scheme),
            ("", AddressError::Malformed),
        ] {
            assert_eq!(TeamUrl::parse(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn endpoints_stay_on_the_server() {
        let server = ServerUrl::parse("crm0001.wolkvox.com", None).expect("a server");
        assert_eq!(
            server.endpoint("collections/queryGestion.php").as_str(),
            "https://crm0001.wolkvox.com/server/API/v2/collections/queryGestion.php"
        );
    }
}
