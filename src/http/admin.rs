//! Answers probes and whoever reads the numbers, on an address of their own: `/livez`, whether the
//! program runs, `/readyz`, whether clients should be sent here, and `/metrics`; on a sandbox also the
//! small chat in which people try the card.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::listen::accept;
use super::refusal::{Body, full};
use super::service::Service;
use super::try_card::TryCard;

const CONNECTIONS: usize = 32;
/// Prometheus's text format.
const PROMETHEUS: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const HEADERS: Duration = Duration::from_secs(10);

/// Answers probes until it is dropped, and those who try the card.
pub async fn probes(listener: TcpListener, service: Arc<Service>, card: Option<TryCard>) {
    let card = card.map(Arc::new);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, _) = accept(&listener).await;
        let (service, card) = (Arc::clone(&service), card.clone());
        tokio::spawn(async move {
            let _place = place;
            let answer = service_fn(move |request: Request<Incoming>| {
                let (service, card) = (Arc::clone(&service), card.clone());
                async move {
                    Ok::<_, Infallible>(match card {
                        Some(card) if TryCard::is_for(&request) => card.answer(request).await,
                        _ => answer(&request, &service),
                    })
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .serve_connection(TokioIo::new(stream), answer);
            let _ = connection.await;
        });
    }
}

fn answer(request: &Request<Incoming>, service: &Service) -> Response<Body> {
    if request.uri().path() == "/metrics" {
        let mut response = Response::new(full(service.metrics().text()));
        response.headers_mut().insert(CONTENT_TYPE, PROMETHEUS);
        return response;
    }
    let (status, text) = match request.uri().path() {
        "/livez" => (StatusCode::OK, "alive\n"),
        "/readyz" if service.is_ending() => (StatusCode::SERVICE_UNAVAILABLE, "ending\n"),
        "/readyz" if service.cannot_record() => {
            (StatusCode::SERVICE_UNAVAILABLE, "the audit log cannot be written\n")
        }
        "/readyz" => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::NOT_FOUND, "/livez, /readyz and /metrics are here\n"),
    };
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response
}
