//! Serves MCP on standard input and output until the client leaves or the system asks it to stop.

use std::process::ExitCode;

use anyhow::anyhow;

use super::{App, Recording, stop};
use crate::language::Language;
use crate::mcp::{self, Server};

pub(super) async fn serve(
    app: App,
    recording: Recording,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let App { tenant, sandbox: _sandbox, warnings, audit: _, shared: _ } = app;
    for warning in warnings {
        tracing::warn!(%warning, "a setting");
    }
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        sandbox = tenant.is_sandbox,
        "serving MCP on standard input and output"
    );
    let server = Server::new(tenant);
    let server = match recording {
        Some((audit, user)) => server.audited(audit, None).asked_by(user),
        None => server,
    };
    let served = mcp::serve_stdio(server, stop::asked()).await;
    served.map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
    Ok(ExitCode::SUCCESS)
}
