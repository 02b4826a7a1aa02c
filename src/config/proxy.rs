//! Judges the variables that name a proxy, as the HTTP client reads them: one that it cannot use is
//! left out there without a word, and the connection is direct.

use std::ffi::OsStr;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::Sources;
use crate::clean;
use crate::error::{ProxyError, SettingError};
use crate::language::{Bilingual, bilingual};
use crate::server_url::{ServerUrl, stays_here};

/// A variable that keeps a proxy from being used.
pub(super) struct WrongProxy {
    pub(super) variable: &'static str,
    /// Its value without user name and password.
    pub(super) shown: Option<String>,
    pub(super) problem: SettingError,
}

/// The spellings of a variable; the first that is set counts.
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const NO: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// A web server sets it for the CGI programs that it starts, for which whoever sends a request
/// chooses HTTP_PROXY. Where it is set, even blank, the HTTP client uses no proxy at all.
const CGI: &str = "REQUEST_METHOD";

/// Returns the variable because of which the way to an address would not lead through the proxy that
/// somebody named.
pub(super) fn wrong(url: &Url, sources: &Sources) -> Option<WrongProxy> {
    if stays_here(url) || is_excepted(url, sources) {
        return None;
    }
    let (variable, value) = named(sources)?;
    let Some(text) = value.to_str() else {
        return Some(WrongProxy { variable, shown: None, problem: SettingError::NotUnicode });
    };
    let is_off = sources.variable(CGI).is_some() && !HTTP.contains(&variable);
    let problem = SettingError::Proxy(judge(text).or(is_off.then_some(ProxyError::Cgi))?);
    Some(WrongProxy { variable, shown: without_credentials(text), problem })
}

/// Returns what is set and has no effect on the way to a server.
pub(super) fn warnings(server: &ServerUrl, sources: &Sources) -> Vec<Bilingual> {
    if server.is_loopback() {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    let reads_system = cfg!(any(windows, target_os = "macos"));
    if reads_system && sources.variable(CGI).is_some() && named(sources).is_none() {
        warnings.push(bilingual!(
            "REQUEST_METHOD is set, so a proxy in this computer's settings is not used",
            "REQUEST_METHOD está definido, así que no se usa el proxy de los ajustes del equipo",
        ));
    }
    if let Some((variable, _)) = named(sources)
        && HTTP.contains(&variable)
        && !is_excepted(server.origin(), sources)
    {
        warnings.push(bilingual!(
            "{variable} has no effect, as wolkvox is asked over https: HTTPS_PROXY names the proxy \
             for that",
            "{variable} no tiene efecto, porque a wolkvox se le consulta por https: el proxy para \
             eso se indica en HTTPS_PROXY",
        ));
    }
    let exceptions =
        first(sources, &NO).and_then(|(variable, value)| Some((variable, value.to_str()?)));
    if let Some((variable, exceptions)) = exceptions {
        for part in exceptions.split(',').map(str::trim).filter(|part| has_no_effect(part)) {
            let part = clean::redacted(part);
            warnings.push(bilingual!(
                "{variable}: `{part}` has no effect; write host names alone, without `*`, port or \
                 scheme, separated by commas",
                "{variable}: `{part}` no tiene efecto; escriba solo nombres de servidor, sin `*`, \
                 puerto ni esquema, separados por comas",
            ));
        }
    }
    warnings
}

/// Returns the variable that names the proxy of a request over https, if one does.
pub fn proxy_variable(sources: &Sources) -> Option<&'static str> {
    named(sources).map(|(variable, _)| variable).filter(|variable| !HTTP.contains(variable))
}

/// Returns the variable that names the proxy, or that somebody may have meant to.
fn named(sources: &Sources) -> Option<(&'static str, &OsStr)> {
    [HTTPS, ALL, HTTP].iter().find_map(|names| {
        first(sources, names).filter(|(_, value)| !value.to_string_lossy().trim().is_empty())
    })
}

fn first<'a>(sources: &'a Sources, names: &[&'static str; 2]) -> Option<(&'static str, &'a OsStr)> {
    names.iter().find_map(|name| Some((*name, sources.variable(name)?)))
}

/// Returns what keeps a proxy from being used.
fn judge(text: &str) -> Option<ProxyError> {
    let scheme = text.trim().split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if scheme.is_some_and(|it| is_scheme(&it) && !matches!(it.as_str(), "http" | "https")) {
        return Some(ProxyError::Scheme);
    }
    let proxy = Matcher::builder().https(text).build();
    let any = "https://wolkvox.com".parse().ok()?;
    let Some(proxy) = proxy.intercept(&any) else { return Some(ProxyError::Unreadable) };
    // What follows such a mark in a password would be left out.
    let is_cut = text.contains(['#', '?']);
    let is_whole = proxy.uri().host().is_some_and(|host| !host.is_empty()) && !is_cut;
    (!is_whole).then_some(ProxyError::Unreadable)
}

fn is_scheme(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// Returns whether the way to an address avoids the proxy on purpose.
fn is_excepted(url: &Url, sources: &Sources) -> bool {
    let exceptions = first(sources, &NO).and_then(|(_, value)| value.to_str()).unwrap_or_default();
    let proxy = Matcher::builder().https("http://proxy.example").no(exceptions).build();
    url.as_str().parse().is_ok_and(|uri| proxy.intercept(&uri).is_none())
}

/// Recognises the forms that other programs know and the HTTP client compares in vain.
fn has_no_effect(part: &str) -> bool {
    let address = part.split('/').next().unwrap_or_default();
    let is_address = address.parse::<std::net::IpAddr>().is_ok();
    let has_port = !is_address && part.rsplit_once(':').is_some();
    part != "*" && (part.contains('*') || part.contains(' ') || has_port)
}

/// Returns a proxy's value as a message may show it, if what stands there is surely no password.
fn without_credentials(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (credentials, host) = rest.rsplit_once('@').map_or(("", rest), |(_, host)| ("…@", host));
    let port = host.trim_end_matches('/').rsplit_once(':').map_or("", |(_, port)| port);
    let is_port = port.chars().all(|letter| letter.is_ascii_digit());
    if !is_port || text.contains(['#', '?']) {
        return None;
    }
    let separator = if text.contains("://") { "://" } else { "" };
    Some(clean::redacted(&format!("{scheme}{separator}{credentials}{host}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn sources(set: &[(&str, &str)]) -> Sources {
        let environment = set.iter().map(|(name, value)| (name.into(), value.into()));
        Sources::new(HashMap::new(), environment)
    }

    fn server(text: &str) -> ServerUrl {
        ServerUrl::parse(text, None).expect("a server")
    }

    fn is_wrong(set: &[(&str, &str)]) -> bool {
        wrong(server("crm0001.wolkvox.com").origin(), &sources(set)).is_some()
    }

    #[test]
    fn a_proxy_that_the_client_would_leave_out_is_wrong() {
        for value in [
            "socks5://proxy:1080",
            "socks5h://proxy:1080",
            "garbage://x",
            "proxy empresa",
            "\"http://proxy:3128\"",
            "http://",
            "http://user:pa#ss@proxy:3128",
            "${PROXY}",
        ] {
            for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"] {
                assert!(is_wrong(&[(variable, value)]), "{variable}={value}");
            }
        }
    }

    #[test]
    fn a_proxy_that_works_is_right() {
        for value in [
            "http://proxy:3128",
            "HTTP://proxy:3128/",
            "https://proxy",
            "proxy.empresa.example:3128",
            "http://user:p%23ss@10.0.0.1:3128",
            "http://[::1]:9",
            "",
            " ",
        ] {
            assert!(!is_wrong(&[("HTTPS_PROXY", value)]), "{value}");
        }
    }

    #[test]
    fn only_the_proxy_that_counts_is_judged() {
        let good = ("https_proxy", "http://proxy:3128");
        assert!(!is_wrong(&[good, ("all_proxy", "socks://127.0.0.1:1080")]));
        assert!(!is_wrong(&[good, ("HTTP_PROXY", "garbage://x")]));
        let bad = ("HTTPS_PROXY", "socks5://proxy:1080");
        assert!(is_wrong(&[bad, ("ALL_PROXY", "http://proxy:3128")]));
        assert!(!is_wrong(&[bad, ("NO_PROXY", "wolkvox.com")]), "it is avoided on purpose");
        let local = server("http://127.0.0.1:8080");
        assert!(wrong(local.origin(), &sources(&[bad])).is_none());
    }

    #[test]
    fn a_password_is_never_shown() {
        for (text, shown) in [
            ("socks5://ana:secreto@proxy:1080", Some("socks5://…@proxy:1080")),
            ("socks5://proxy:1080/", Some("socks5://proxy:1080/")),
            ("garbage://x", Some("garbage://x")),
            ("http://ana:secreto", None),
            ("http://ana:sec#reto@proxy:3128", None),
            ("ana:p@ss@proxy", Some("…@proxy")),
        ] {
            assert_eq!(without_credentials(text).as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn what_has_no_effect_is_said() {
        let count =
            |set: &[(&str, &str)]| warnings(&server("crm0001.wolkvox.com"), &sources(set)).len();
        for (exceptions, told) in [
            ("*.wolkvox.com", 1),
            ("crm0001.wolkvox.com:443,https://x.example", 2),
            ("a.example b.example", 1),
            ("localhost, .wolkvox.com,10.0.0.0/8,fd00::/8,::1,*", 0),
        ] {
            assert_eq!(count(&[("NO_PROXY", exceptions)]), told, "{exceptions}");
        }
        assert_eq!(count(&[("HTTP_PROXY", "http://proxy:3128")]), 1);
        let both = [("HTTP_PROXY", "http://proxy:3128"), ("HTTPS_PROXY", "http://proxy:3128")];
        assert_eq!(count(&both), 0);
    }
}
