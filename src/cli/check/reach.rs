//! Checks the way to the server: its name, and a connection to it or to the proxy.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::select_ok;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use serde_json::json;

use super::finding::Finding;
use crate::config::{Sources, proxy_variable};
use crate::error::io_reason;
use crate::language::{Bilingual, bilingual};
use crate::server_url::ServerUrl;
use crate::settings::Setting;

/// The first hop of a request: the server itself, or the proxy that leads to it.
#[derive(Debug)]
pub(super) struct Route {
    host: String,
    port: u16,
    is_proxy: bool,
    /// Where the proxy is named.
    proxy_source: Bilingual,
    /// Its addresses, where no resolver is asked for them.
    own_addresses: Option<[SocketAddr; 2]>,
    /// Whether it leads to a team's server instead of wolkvox.
    is_team: bool,
    /// Whether certificates are trusted beside the system's.
    pub(super) has_extra_roots: bool,
}

impl Route {
    /// Returns the way to a server, as the HTTP client takes it.
    pub(super) fn to(server: &ServerUrl, sources: &Sources) -> Self {
        let proxy = if server.is_loopback() {
            None
        } else {
            server.to_string().parse().ok().and_then(|uri| Matcher::from_system().intercept(&uri))
        };
        let (host, port) = match &proxy {
            Some(proxy) => {
                let uri = proxy.uri();
                let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
                (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(usual))
            }
            None => server.host_and_port(),
        };
        // Only a URL writes an IPv6 address in brackets.
        let host = host.trim_matches(['[', ']']).to_owned();
        let own_addresses = server.own_addresses();
        let proxy_source = proxy_variable(sources).map_or_else(
            || bilingual!("this computer's settings", "los ajustes de este equipo"),
            Bilingual::same,
        );
        let is_proxy = proxy.is_some();
        let has_extra_roots = matches!(sources.get(Setting::CaFile), Ok(Some(_)));
        Self { host, port, is_proxy, proxy_source, own_addresses, is_team: false, has_extra_roots }
    }

    /// Returns the same as the way to a team's server.
    pub(super) fn of_team(self) -> Self {
        Self { is_team: true, ..self }
    }

    /// Returns the addresses of its host; none if the name cannot be resolved.
    pub(super) async fn resolve(&self, patience: Duration) -> Vec<SocketAddr> {
        if let Some(own) = self.own_addresses {
            return own.to_vec();
        }
        match timeout(patience, lookup_host((self.host.as_str(), self.port))).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    /// Returns what is known of the server's name.
    pub(super) fn name(&self, addresses: &[SocketAddr]) -> Finding {
        if self.is_proxy {
            return Finding::skipped(
                "proxy_resolves",
                bilingual!("the proxy resolves it", "lo resuelve el proxy"),
            );
        }
        if self.own_addresses.is_some() {
            return Finding::ok(bilingual!(
                "it is this computer's own: no resolver is asked",
                "es el de este mismo equipo: no hace falta resolverlo",
            ));
        }
        match addresses.len() {
            0 if self.is_team => Finding::failed(
                "dns_unresolved",
                bilingual!(
                    "the host name could not be resolved",
                    "no se pudo resolver el nombre del servidor",
                ),
                bilingual!(
                    "Check the address and this computer's network (VPN?); where only a proxy \
                     resolves names, HTTPS_PROXY must name it.",
                    "Revise la dirección y la red de este equipo (¿VPN?); si solo un proxy resuelve \
                     nombres, HTTPS_PROXY debe indicarlo.",
                ),
            ),
            0 => Finding::failed(
                "dns_unresolved",
                bilingual!(
                    "the host name could not be resolved",
                    "no se pudo resolver el nombre del servidor",
                ),
                bilingual!(
                    "Check WOLKVOX_SERVER: it is the host in the browser's address bar when you \
                     are logged in to the CRM. Old names end in crmvox.com; new ones in \
                     wolkvox.com. If the name is right, check this computer's network; where only a \
                     proxy resolves names, HTTPS_PROXY must name it.",
                    "Revise WOLKVOX_SERVER: es el servidor de la barra de direcciones del \
                     navegador cuando está en el CRM. Los nombres antiguos terminan en crmvox.com; \
                     los nuevos, en wolkvox.com. Si el nombre está bien, revise la red; si solo un \
                     proxy resuelve nombres, HTTPS_PROXY debe indicarlo.",
                ),
            ),
            1 => Finding::ok(bilingual!("resolves to 1 address", "se resuelve a 1 dirección IP")),
            count => Finding::ok(bilingual!(
                "resolves to {count} addresses",
                "se resuelve a {count} direcciones IP",
            )),
        }
    }

    /// Tries to connect to one of the addresses.
    pub(super) async fn connect(&self, addresses: &[SocketAddr], patience: Duration) -> Finding {
        if addresses.is_empty() {
            return self.with_proxy(Finding::failed(
                "proxy_unresolved",
                {
                    let (host, source) = (&self.host, &self.proxy_source);
                    bilingual!(
                        "the proxy's host name could not be resolved: {host} ({source})",
                        "no se pudo resolver el nombre del proxy: {host} ({source})",
                        source,
                    )
                },
                self.fix(),
            ));
        }
        let to = self.destination();
        // All at once, as browsers do: one unreachable address must not hold up the others.
        let tries = addresses.iter().map(|address| TcpStream::connect(*address).boxed());
        let finding = match timeout(patience, select_ok(tries)).await {
            Ok(Ok(_)) => {
                Finding::ok(bilingual!("{to} accepts connections", "{to} acepta conexiones", to))
            }
            Ok(Err(problem)) => {
                let why = io_reason(problem.kind());
                let detail = bilingual!(
                    "could not connect to {to} ({why})",
                    "no se pudo conectar con {to} ({why})",
                    to,
                    why
                );
                let code = match problem.kind() {
                    ErrorKind::ConnectionRefused => "connection_refused",
                    _ => "connection_failed",
                };
                Finding::failed(code, detail, self.fix())
            }
            Err(_) => Finding::failed(
                "connection_timeout",
                bilingual!(
                    "{to} did not answer within {patience:?}",
                    "{to} no respondió en {patience:?}",
                    to
                ),
                self.fix(),
            ),
        };
        self.with_proxy(finding)
    }

    /// Writes for a program which proxy is used, and where it is named.
    fn with_proxy(&self, finding: Finding) -> Finding {
        let Self { host, port, is_proxy, proxy_source, .. } = self;
        if *is_proxy {
            let proxy = json!({ "host": host, "port": port, "source": proxy_source.english });
            finding.with_fact("proxy", proxy)
        } else {
            finding
        }
    }

    /// Returns what to do where the way ends.
    pub(super) fn fix(&self) -> Bilingual {
        if self.is_team && !self.is_proxy {
            bilingual!(
                "Is the server running, and may this computer reach it (network, VPN, firewall, a \
                 proxy that HTTPS_PROXY must name)?",
                "¿Está encendido el servidor y puede llegar hasta él este equipo (red, VPN, firewall, \
                 un proxy que HTTPS_PROXY debe indicar)?",
            )
        } else if self.is_team {
            bilingual!(
                "Check the proxy (HTTPS_PROXY, or this computer's settings): is its address right, \
                 is it running, and may it connect to the server?",
                "Revise el proxy (HTTPS_PROXY, o los ajustes de este equipo): ¿es correcta su \
                 dirección, está encendido y tiene permiso para conectarse con el servidor?",
            )
        } else if self.is_proxy {
            bilingual!(
                "Check the proxy (HTTPS_PROXY, or this computer's settings): is its address right, \
                 is it running, and may it connect to wolkvox?",
                "Revise el proxy (HTTPS_PROXY, o los ajustes de este equipo): ¿es correcta su \
                 dirección, está encendido y tiene permiso para conectarse con wolkvox?",
            )
        } else {
            bilingual!(
                "Usual causes: this computer's public address is not on wolkvox's IP allow-list \
                 (Manager, Configuration), a firewall, or a proxy that HTTPS_PROXY must name.",
                "Causas habituales: la dirección pública de este equipo no está en la lista de IP \
                 permitidas de wolkvox (Manager, Configuración), un firewall, o un proxy que \
                 HTTPS_PROXY debe indicar.",
            )
        }
    }

    fn destination(&self) -> Bilingual {
        let Self { host, port, is_proxy, proxy_source, .. } = self;
        if *is_proxy {
            let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            bilingual!(
                "the proxy {host}:{port} ({proxy_source})",
                "el proxy {host}:{port} ({proxy_source})",
                proxy_source,
            )
        } else {
            bilingual!("the server", "el servidor")
        }
    }
}
