//! Connections that are kept for the next request: dead ones, and servers that are only slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, pause, sleep};

use wolkvox_mcp::lookup::{Limits, Lookup};

use crate::support::{by_customer, client, read_request, response, serve};

const FOUND: &[u8] = br#"{"code":"200","error":"null","data":[{"id_customer":"900000001"}]}"#;

/// A server whose answer to a request takes as long as told, or never comes.
struct Server {
    lookup: Lookup,
    requests: Arc<AtomicU32>,
    connections: Arc<AtomicU32>,
}

impl Server {
    /// Starts one. `delay` gets the number of the request, and its number on its connection, both
    /// from 1.
    async fn start(
        limits: Limits,
        delay: impl Fn(u32, u32) -> Option<Duration> + Copy + Send + Sync + 'static,
    ) -> Self {
        let requests = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&requests);
        let (address, connections) = serve(move |mut stream| {
            let counted = Arc::clone(&counted);
            async move {
                for on_connection in 1.. {
                    if read_request(&mut stream).await.is_empty() {
                        return;
                    }
                    let request = counted.fetch_add(1, Ordering::SeqCst) + 1;
                    let Some(delay) = delay(request, on_connection) else { continue };
                    sleep(delay).await;
                    let headers = format!("Content-Length: {}\r\n", FOUND.len());
                    if stream.write_all(&response(&headers, FOUND)).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await;
        let lookup = Lookup::new(client(&format!("http://{address}")), limits);
        // The client is built before any clock is stopped.
        lookup.client().renew_connections().await;
        Self { lookup, requests, connections }
    }

    /// Makes one look-up and gives how long its answer took.
    async fn ask(&self, customer: &str) -> Duration {
        let begun = Instant::now();
        let found = self.lookup.find(&by_customer(customer), |_| ()).await.expect("an answer");
        assert_eq!(found.rows.len(), 1);
        begun.elapsed()
    }

    fn counts(&self) -> (u32, u32) {
        (self.requests.load(Ordering::SeqCst), self.connections.load(Ordering::SeqCst))
    }
}

fn limits(timeout: u64) -> Limits {
    Limits { timeout: Duration::from_secs(timeout), ..Limits::default() }
}

fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

fn first_of_its_connection(_: u32, on_connection: u32) -> Option<Duration> {
    (on_connection == 1).then_some(Duration::ZERO)
}

#[tokio::test]
async fn a_kept_connection_that_swallows_a_request_costs_one_quick_second_try() {
    let server = Server::start(limits(6), first_of_its_connection).await;
    server.ask("1").await;
    let took = server.ask("2").await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(server.counts(), (3, 2));
}

#[tokio::test]
async fn a_server_that_never_answers_on_a_kept_connection_gets_a_new_one_each_time() {
    let server = Server::start(limits(20), first_of_its_connection).await;
    server.ask("1").await;
    pause();
    for customer in ["2", "3"] {
        let took = server.ask(customer).await;
        assert!((6..8).contains(&took.as_secs()), "{took:?}");
    }
    for customer in ["4", "5", "6"] {
        assert_eq!(server.ask(customer).await.as_secs(), 0);
    }
    assert_eq!(server.counts(), (8, 6));
}

#[tokio::test]
async fn a_new_connection_of_another_look_up_neither_hides_a_dead_one_nor_is_taken_for_it() {
    let delay = |request, on_connection| match request {
        1 => seconds(0),
        _ if on_connection == 1 => seconds(8),
        _ => None,
    };
    let server = Server::start(limits(20), delay).await;
    server.ask("1").await;
    pause();
    let (over_kept, over_new) = tokio::join!(server.ask("2"), server.ask("3"));
    // The second try waits for the place that the other look-up has.
    assert_eq!((over_kept.as_secs(), over_new.as_secs()), (8 + 8, 8));
    assert_eq!(server.counts(), (4, 3));
}

#[tokio::test]
async fn the_place_of_a_swallowed_request_stays_taken_as_wolkvox_may_only_be_slow() {
    let limits = Limits { max_in_flight: std::num::NonZeroU16::MIN, ..limits(20) };
    let server = Server::start(limits, first_of_its_connection).await;
    server.ask("1").await;
    pause();
    assert_eq!(server.ask("2").await.as_secs(), 10, "a third of the deadline, and four");
    assert_eq!(server.counts(), (3, 2));
}

#[tokio::test]
async fn a_server_that_is_slow_from_the_start_is_asked_once() {
    let server = Server::start(limits(20), |_, _| seconds(9)).await;
    pause();
    for customer in ["1", "2", "3", "4"] {
        assert_eq!(server.ask(customer).await.as_secs(), 9);
    }
    assert_eq!(server.counts(), (4, 1));
}

#[tokio::test]
async fn a_server_that_turns_slow_on_a_connection_in_use_is_asked_once() {
    let server = Server::start(limits(20), |request, _| seconds(if request < 3 { 0 } else { 15 }));
    let server = server.await;
    server.ask("1").await;
    pause();
    server.ask("2").await;
    assert_eq!(server.ask("3").await.as_secs(), 15);
    assert_eq!(server.counts(), (3, 1));
}

#[tokio::test]
async fn a_server_that_turns_slow_on_a_new_connection_is_asked_once() {
    let server = Server::start(limits(20), |request, _| seconds(if request < 2 { 0 } else { 15 }));
    let server = server.await;
    server.ask("1").await;
    pause();
    // Past the time for which an unused connection is kept.
    sleep(Duration::from_secs(100)).await;
    assert_eq!(server.ask("2").await.as_secs(), 15);
    assert_eq!(server.counts(), (2, 2));
}
