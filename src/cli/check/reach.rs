//! Checks the way to the server: its name, and a connection to it or to the proxy.

use std::time::Duration;

use futures::FutureExt;
use futures::future::select_ok;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::report::Report;
use crate::language::{self, Text, text};
use crate::server_url::ServerUrl;

/// Reports name and connection; says whether there is one.
pub(super) async fn reach(server: &ServerUrl, patience: Duration, report: &mut Report) -> bool {
    let (host, port) = server.host_and_port();
    let proxy = match server.is_loopback() {
        true => None,
        false => {
            server.to_string().parse().ok().and_then(|uri| Matcher::from_system().intercept(&uri))
        }
    };
    let (name, port) = match &proxy {
        Some(proxy) => {
            let uri = proxy.uri();
            report.skipped(text!("the proxy resolves it", "lo resuelve el proxy"));
            let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
            (uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(usual))
        }
        None => (host, port),
    };
    // An IPv6 address stands in brackets only within a URL.
    let name = name.trim_matches(['[', ']']);
    let addresses: Vec<_> = match timeout(patience, lookup_host((name, port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    match (&proxy, addresses.len()) {
        (None, 0) => {
            report.failed(
                text!(
                    "the host name could not be resolved",
                    "no se pudo resolver el nombre del servidor",
                ),
                text!(
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
            report.ok(text!("resolves to 1 address", "se resuelve a 1 dirección IP"));
        }
        (None, count) => report
            .ok(text!("resolves to {count} addresses", "se resuelve a {count} direcciones IP",)),
        (Some(_), 0) => {
            report.failed(
                text!(
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
        Some(_) => text!("the proxy", "el proxy"),
        None => text!("the server", "el servidor"),
    };
    let mend = mend_connection(proxy.is_some());
    // All at once, as browsers do: one address without a way to it must not spoil the others.
    let tries = addresses.iter().map(|address| TcpStream::connect(*address).boxed());
    match timeout(patience, select_ok(tries)).await {
        Ok(Ok(_)) => {
            report.ok(text!("{to} accepts connections", "{to} acepta conexiones", to));
            true
        }
        Ok(Err(problem)) => {
            let why = language::reason(problem.kind());
            report.failed(
                text!("no connection to {to} ({why})", "sin conexión con {to} ({why})", to, why),
                mend,
            );
            false
        }
        Err(_) => {
            report.failed(text!("no answer from {to}", "{to} no responde", to), mend);
            false
        }
    }
}

pub(super) fn mend_connection(proxy: bool) -> Text {
    match proxy {
        true => text!(
            "Check the proxy (HTTPS_PROXY, or this computer's settings): is its address right, and \
             is it running?",
            "Revise el proxy (HTTPS_PROXY, o los ajustes de este equipo): ¿es correcta su \
             dirección y está encendido?",
        ),
        false => text!(
            "Usual causes: this computer's public address is not on wolkvox's IP allow-list \
             (Manager, Configuration), a firewall, or a proxy that HTTPS_PROXY must name.",
            "Causas habituales: la dirección pública de este equipo no está en la lista de IP \
             permitidas de wolkvox (Manager, Configuración), un firewall, o un proxy que \
             HTTPS_PROXY debe indicar.",
        ),
    }
}
