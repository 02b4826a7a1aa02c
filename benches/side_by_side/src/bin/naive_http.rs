//! The naive server over HTTP: the SDK's service with its defaults, on axum as its guide has it. With
//! `tuned` it is what somebody makes of it who has measured it: no sessions, JSON instead of event
//! streams, and no waiting for the client's acknowledgement (`TCP_NODELAY`).

use axum::Router;
use axum::serve::ListenerExt;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use side_by_side::naive::Naive;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let is_tuned = std::env::args().nth(1).is_some_and(|it| it == "tuned");
    let naive = Naive::from_environment()?;
    let mut config = StreamableHttpServerConfig::default();
    if is_tuned {
        config = config.with_legacy_session_mode(false).with_json_response(true);
    }
    let sessions = LocalSessionManager::default();
    let service = StreamableHttpService::new(move || Ok(naive.clone()), sessions.into(), config);
    let router = Router::new().nest_service("/mcp", service);
    let listener = TcpListener::bind(std::env::var("WOLKVOX_LISTEN")?).await?;
    if is_tuned {
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        axum::serve(listener, router).await?;
    } else {
        axum::serve(listener, router).await?;
    }
    Ok(())
}
