//! Checks the way to the server: its name, and a connection to it or to the proxy.

use std::time::Duration;

use futures::FutureExt;
use futures::future::select_ok;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::report::Report;
use crate::error::io_reason;
use crate::language::{Bilingual, bilingual};
use crate::server_url::ServerUrl;

/// Reports name and connection, and returns whether there is one.
pub(super) async fn reach(server: &ServerUrl, patience: Duration, report: &mut Report) -> bool {
    let (host, port) = server.host_and_port();
    let proxy = if server.is_loopback() {
        None
    } else {
        server.to_string().parse().ok().and_then(|uri| Matcher::from_system().intercept(&uri))
    };
    let (name, port) = match &proxy {
        Some(proxy) => {
            let uri = proxy.uri();
            report.skipped(bilingual!("the proxy resolves it", "lo resuelve el proxy"));
            let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
            (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(usual))
        }
        None => (host, port),
    };
    // Only a URL writes an IPv6 address in brackets.
    let name = name.trim_matches(['[', ']']);
    let addresses: Vec<_> = match timeout(patience, lookup_host((name, port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    match (&proxy, addresses.len()) {
        (None, 0) => {
            report.failed(
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
                     navegador cuando está en el CRM. Los nombres viejos terminan en crmvox.com; \
                     los nuevos, en wolkvox.com. Si el nombre está bien, revise la red; si solo un \
                     proxy resuelve nombres, HTTPS_PROXY debe indicarlo.",
                ),
            );
            return false;
        }
        (None, 1) => {
            report.ok(bilingual!("resolves to 1 address", "se resuelve a 1 dirección IP"));
        }
        (None, count) => report.ok(bilingual!(
            "resolves to {count} addresses",
            "se resuelve a {count} direcciones IP",
        )),
        (Some(_), 0) => {
            report.failed(
                bilingual!(
                    "the proxy's host name could not be resolved",
                    "no se pudo resolver el nombre del proxy",
                ),
                mend_connection(true),
            );
            return false;
        }
        (Some(_), _) => {}
    }
    let to = match &proxy {
        Some(_) => bilingual!("the proxy", "el proxy"),
        None => bilingual!("the server", "el servidor"),
    };
    let mend = mend_connection(proxy.is_some());
    // All at once, as browsers do: one unreachable address must not hold up the others.
    let tries = addresses.iter().map(|address| TcpStream::connect(*address).boxed());
    match timeout(patience, select_ok(tries)).await {
        Ok(Ok(_)) => {
            report.ok(bilingual!("{to} accepts connections", "{to} acepta conexiones", to));
            true
        }
        Ok(Err(problem)) => {
            let why = io_reason(problem.kind());
            report.failed(
                bilingual!(
                    "no connection to {to} ({why})",
                    "sin conexión con {to} ({why})",
                    to,
                    why
                ),
                mend,
            );
            false
        }
        Err(_) => {
            report.failed(bilingual!("no answer from {to}", "{to} no responde", to), mend);
            false
        }
    }
}

pub(super) fn mend_connection(proxy: bool) -> Bilingual {
    if proxy {
        bilingual!(
            "Check the proxy (HTTPS_PROXY, or this computer's settings): is its address right, and \
         is it running?",
            "Revise el proxy (HTTPS_PROXY, o los ajustes de este equipo): ¿es correcta su \
         dirección y está encendido?",
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
