//! Speaks MCP: what this server says about itself, its tools, prompts and resources, and the life
//! of a connection.
//!
//! Works around rmcp 3.11 in named places: `transport::json_lines` (requests that cannot be read),
//! `transport::handshake` (messages before the first request, end of input), `server` (panics, cancellation, `arguments`
//! that are no object) and [`serve`] (end of the process). The program's log filter holds the SDK
//! at `warn`, because below that it prints requests.

mod progress;
mod prompts;
mod resources;
mod server;
mod transport;

use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

pub use self::server::Server;
use self::transport::handshake::HandshakeGuard;
use self::transport::json_lines::JsonLines;

/// How long answers may still come after the client has closed its side.
const GRACE: Duration = Duration::from_millis(500);

/// Serves MCP over standard input and output until the client closes its side or `stop` resolves.
///
/// # Errors
///
/// A sentence if the connection could not be opened. A client that leaves is not an error.
pub async fn serve_stdio(server: Server, stop: impl Future<Output = ()>) -> Result<(), String> {
    let (input, output) = transport::stdio::open();
    serve(server, input, output, stop).await
}

/// Serves MCP over any pair of streams until the client closes its side or `stop` resolves. Work
/// in flight gets half a second to answer after the client has closed; the SDK alone would wait
/// five.
///
/// # Errors
///
/// A sentence if the connection could not be opened. A client that leaves is not an error.
pub async fn serve<R, W>(
    server: Server,
    input: R,
    output: W,
    stop: impl Future<Output = ()>,
) -> Result<(), String>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let ended = CancellationToken::new();
    let transport = HandshakeGuard::new(JsonLines::new(input, output), ended.clone());
    let serving = async {
        match server.serve(transport).await {
            Ok(running) => running
                .waiting()
                .await
                .map(drop)
                .map_err(|_| "the server stopped inside".to_owned()),
            // The client left before its first request, or can no longer be written to.
            Err(
                ServerInitializeError::ConnectionClosed(_)
                | ServerInitializeError::TransportError { .. },
            ) => Ok(()),
            Err(_) => Err("the client did not open an MCP connection".to_owned()),
        }
    };
    let grace = async {
        ended.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served,
        () = grace => Ok(()),
        () = stop => Ok(()),
    }
}
