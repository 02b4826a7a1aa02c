//! Accepts connections within limits of number and time, until the server is to end.
//!
//! The loop of a framework (axum's, for one) sets no time limit at all and leaves Nagle's algorithm
//! on, which costs an answer that is sent in parts 40 ms.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::service::Service;
use crate::metrics;

/// Connections at once; one more waits until another ends.
const CONNECTIONS: usize = 256;
/// How long a new connection may take for its first request's headers, TLS included.
const FIRST_HEADERS: Duration = Duration::from_secs(10);
/// How long a connection may be idle: longer than balancers keep theirs (60 s).
const IDLE: Duration = Duration::from_secs(75);
/// How long the last answers have to leave, and messages on their way to arrive, at the end.
const LAST_BYTES: Duration = Duration::from_secs(1);
/// Most bytes of a request's headers. It is looked at when a read has ended, so up to twice as many may
/// pass.
const LARGEST_HEADERS: usize = 32 * 1024;
/// How long to wait where the system has no descriptor left for another connection.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// How the server ends.
#[derive(Debug)]
pub struct Ending<S, N> {
    /// Resolves when it is to end.
    pub stop: S,
    /// Resolves when connections are no longer to be accepted: a balancer has had time to notice.
    pub drained: N,
    /// How long calls on their way may take then.
    pub grace: Duration,
}

/// Serves until it is to end, and then until the calls on their way have ended.
pub async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: Arc<Service>,
    ending: Ending<impl Future<Output = ()>, impl Future<Output = ()>>,
) {
    let Ending { stop, drained, grace } = ending;
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let accepting = async {
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let (stream, peer) = accept(&listener).await;
            let connection = Connection {
                service: Arc::clone(&service),
                peer,
                watcher: graceful.watcher(),
                _place: place,
                _counted: service.metrics().connection(),
            };
            tokio::spawn(connection.serve(stream, tls.clone()));
        }
    };
    let ended = async {
        stop.await;
        service.end();
        drained.await;
    };
    tokio::select! {
        () = accepting => {}
        () = ended => {}
    }
    drop(listener);
    // Who stalls holds a connection, and not the end.
    let answered = async {
        loop {
            service.idle().await;
            sleep(LAST_BYTES).await;
            if service.is_idle() {
                return;
            }
        }
    };
    let ended = async {
        tokio::select! {
            () = graceful.shutdown() => {}
            () = answered => {}
        }
    };
    let _ = timeout(grace, ended).await;
}

/// Accepts the next connection. What fails concerns one connection, or passes.
pub(super) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(problem) if is_of_connection(&problem) => {}
            Err(problem) => {
                tracing::warn!(kind = ?problem.kind(), "cannot accept connections");
                sleep(EXHAUSTED).await;
            }
        }
    }
}

fn is_of_connection(problem: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(problem.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// A connection, and what it holds while it lasts.
struct Connection {
    service: Arc<Service>,
    peer: SocketAddr,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
    _counted: metrics::Connection,
}

impl Connection {
    async fn serve(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Without it answers in parts wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let first = Instant::now() + FIRST_HEADERS;
        match tls {
            None => self.speak(stream, first, false).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout_at(first, tls.accept(stream)).await {
                    self.speak(stream, first, true).await;
                }
            }
        }
    }

    /// Speaks HTTP. The first request's headers must be there by `first`.
    async fn speak(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        first: Instant,
        is_encrypted: bool,
    ) {
        let Self { service, peer, watcher, _place, _counted } = self;
        let has_asked = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&has_asked);
        let answer = service_fn(move |request| {
            asked.store(true, Ordering::Relaxed);
            let service = Arc::clone(&service);
            async move { service.answer(request, peer, is_encrypted).await }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE)
            .max_headers(64)
            .max_buf_size(LARGEST_HEADERS)
            .serve_connection(TokioIo::new(stream), answer);
        let silent = async {
            sleep_until(first).await;
            if has_asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            // What breaks a connection is the client's to know.
            _ = watcher.watch(connection) => {}
            () = silent => {}
        }
    }
}
