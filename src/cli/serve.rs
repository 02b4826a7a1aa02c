//! Serves MCP on standard input and output until the client leaves or the system says stop.

use std::process::ExitCode;

use super::Session;
use crate::mcp::{self, Server};

pub(super) async fn serve(session: Session) -> anyhow::Result<ExitCode> {
    let Session { desk, sandbox: _sandbox } = session;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        sandbox = desk.sandbox,
        "serving MCP on standard input and output"
    );
    mcp::serve_stdio(Server::new(desk), stop()).await.map_err(anyhow::Error::msg)?;
    Ok(ExitCode::SUCCESS)
}

/// Resolves when the system asks this program to end.
async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
