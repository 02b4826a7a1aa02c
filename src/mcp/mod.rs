//! Speaks MCP: what this server says about itself, its tools, prompts and resources, and the life
//! of a connection.
//!
//! Works around rmcp 3.11 in named places: `transport` (requests that cannot be read or share an
//! id, clients that do not read, messages before the first request, end of input), `server` (panics,
//! cancellation, `arguments` that are no object), `structure` (answers written twice), `revision` (members that older revisions do not
//! know) and [`serve`] (end of the process). The program's log filter holds the SDK at `warn`,
//! because below that it prints requests.

mod call;
mod progress;
mod prompts;
mod resources;
mod revision;
mod server;
mod structure;
pub(crate) mod transport;

use std::io;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

pub use self::server::Server;
pub(crate) use self::structure::Structure;
use self::transport::Failure;
use self::transport::handshake::HandshakeGuard;
use self::transport::json_lines::JsonLines;
use crate::error::io_reason;
use crate::language::{Bilingual, bilingual};

/// How long answers may still come after the client has closed its side.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// Why serving ended otherwise than by the client's or the system's wish.
#[derive(Debug)]
pub enum ServeError {
    /// The client did not open a connection.
    NotOpened,
    /// The SDK's task failed.
    StoppedInside,
    /// The answers cannot be written, though nobody has closed the other end.
    Output(io::ErrorKind),
}

impl ServeError {
    /// Returns what to tell people.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::NotOpened => bilingual!(
                "the client did not open an MCP connection",
                "el cliente no abrió una conexión MCP"
            ),
            Self::StoppedInside => {
                bilingual!(
                    "the server stopped because of an error of its own",
                    "el servidor se detuvo por un error interno"
                )
            }
            Self::Output(kind) => {
                let why = io_reason(*kind);
                bilingual!(
                    "the answers cannot be written to standard output: {why}",
                    "las respuestas no se pueden escribir en la salida estándar: {why}",
                    why
                )
            }
        }
    }
}

/// Serves MCP over standard input and output until the client closes its side, nobody reads the
/// answers any more, or `stop` resolves.
///
/// # Errors
///
/// See [`serve`].
pub async fn serve_stdio(server: Server, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
    let (input, output) = transport::stdio::open();
    let stop = async {
        tokio::select! {
            () = stop => {}
            () = transport::stdio::nobody_reads() => {
                tracing::debug!("ending, as nobody reads the answers any more");
            }
        }
    };
    serve(server, input, output, stop).await
}

/// Serves MCP over any pair of streams until the client closes its side or `stop` resolves. Work
/// in flight gets half a second to answer after the client has closed; the SDK alone would wait
/// five.
///
/// # Errors
///
/// If the connection could not be opened, or the answers cannot be written. A client that leaves
/// is not an error.
pub async fn serve<R, W>(
    server: Server,
    input: R,
    output: W,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let ended = CancellationToken::new();
    let lines = JsonLines::new(input, output);
    let failure = lines.failure();
    let transport = HandshakeGuard::new(lines, ended.clone());
    let serving = async {
        match server.serve(transport).await {
            Ok(running) => running.waiting().await.map(drop).map_err(|_| ServeError::StoppedInside),
            // The client left before its first request, or can no longer be written to.
            Err(
                ServerInitializeError::ConnectionClosed(_)
                | ServerInitializeError::TransportError { .. },
            ) => Ok(()),
            Err(_) => Err(ServeError::NotOpened),
        }
    };
    let grace = async {
        ended.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = grace => Ok(()),
        () = stop => Ok(()),
    };
    served.and_then(|()| written(&failure))
}

/// Judges why the client could no longer be written to, if it could not.
fn written(failure: &Failure) -> Result<(), ServeError> {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    match failure.get().map(io::Error::kind) {
        // The client has left.
        None | Some(BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected) => Ok(()),
        Some(kind) => Err(ServeError::Output(kind)),
    }
}
