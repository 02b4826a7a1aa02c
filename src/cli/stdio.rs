//! Serves MCP on standard input and output until the client leaves or the system asks it to stop.

use std::process::ExitCode;

use anyhow::anyhow;

use super::{App, stop};
use crate::language::Language;
use crate::mcp::{self, Server};

pub(super) async fn serve(app: App, language: Language) -> anyhow::Result<ExitCode> {
    let App { tenant, sandbox: _sandbox, warnings } = app;
    for warning in warnings {
        tracing::warn!(%warning, "a setting");
    }
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        sandbox = tenant.is_sandbox,
        "serving MCP on standard input and output"
    );
    let served = mcp::serve_stdio(Server::new(tenant), stop::asked()).await;
    served.map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
    Ok(ExitCode::SUCCESS)
}
