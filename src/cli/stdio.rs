//! Serves MCP on standard input and output until the client leaves or the system asks it to stop.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::anyhow;

use super::{App, Recording, logging, stop};
use crate::language::{Bilingual, Language, bilingual};
use crate::mcp::{self, Server};

pub(super) async fn serve(
    app: App,
    recording: Recording,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let App { tenant, sandbox: _sandbox, warnings, audit: _, shared: _, has_card } = app;
    for warning in warnings {
        tracing::warn!(%warning, "a setting");
    }
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        sandbox = tenant.is_sandbox,
        "serving MCP on standard input and output"
    );
    if io::stdin().is_terminal() {
        logging::print(waiting(tenant.is_sandbox).to(language));
    }
    let server = Server::new(tenant).with_card(has_card);
    let server = match recording {
        Some((audit, user)) => server.audited(audit, None).asked_by(user),
        None => server,
    };
    let served = mcp::serve_stdio(server, stop::asked()).await;
    served.map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
    Ok(ExitCode::SUCCESS)
}

/// The notice to a person who started the server by hand, and would wait for ever.
fn waiting(is_sandbox: bool) -> Bilingual {
    let sandbox = if is_sandbox { " --sandbox" } else { "" };
    bilingual!(
        "wolkvox-mcp: waiting for an MCP client on standard input (Ctrl+C to stop). To ask here \
         instead: wolkvox-mcp query{sandbox} id_customer 900000001",
        "wolkvox-mcp: a la espera de un cliente MCP en la entrada estándar (Ctrl+C para salir). Para \
         preguntar aquí: wolkvox-mcp query{sandbox} id_customer 900000001",
    )
}
