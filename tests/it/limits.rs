//! A look-up under wolkvox's limits, in one process with the sandbox: gate, sharing, cache, pages,
//! retries, deadline, quota hold, circuit, rate. Time is paused where it matters.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, advance, pause};

use wolkvox_mcp::answer::{Mask, Reader, View};
use wolkvox_mcp::error::{Error, Kind, Outage, Timings};
use wolkvox_mcp::lookup::{Admission, Limits, Lookup, Means, Shared, Stage};
use wolkvox_mcp::sandbox::{Fault, Sandbox};
use wolkvox_mcp::server_url::ServerUrl;
use wolkvox_mcp::tenant::Tenant;
use wolkvox_mcp::tools::GestionesRequest;
use wolkvox_mcp::wolkvox::{Client, Query, RootCertificates, TokenFile, TokenSource};

use crate::support::{RawReply, RawServer, Scene, by_customer, client};

fn limits() -> Limits {
    Limits { rate: NonZeroU32::new(10_000).expect("a rate"), ..Limits::default() }
}

fn slow(milliseconds: u64) -> Option<Fault> {
    Some(Fault::Slow(Duration::from_millis(milliseconds)))
}

fn kind(answer: Result<Shared, Error>) -> Kind {
    answer.expect_err("a failure").kind()
}

#[tokio::test]
async fn forty_at_once_are_all_answered_two_at_a_time() {
    // The sandbox refuses a third simultaneous request, as wolkvox does.
    let scene = Scene::new(limits(), |_| slow(5)).await;
    let asked: Vec<_> = (0..40).map(|n| scene.begin(&format!("customer {n}"))).collect();
    for one in asked {
        one.await.expect("no panic").expect("an answer");
    }
    assert_eq!(scene.sandbox.requests(), 40, "none was refused and repeated");
    assert_eq!(scene.sandbox.peak(), 2);
}

#[tokio::test]
async fn two_accounts_with_one_token_share_its_limits() {
    let one = NonZeroU16::MIN;
    let limits = Limits { max_in_flight: one, ..limits() };
    let admission = Arc::new(Admission::new(&limits));
    let sandbox = Sandbox::with_script(|_| slow(50)).await.expect("a sandbox");
    let account = || {
        let client = Client::local(&sandbox.url(), sandbox.token()).expect("a client");
        let means = Means { admission: Arc::clone(&admission), ..Means::new(&limits) };
        Lookup::with(client, limits, means)
    };
    let (one, other) = (account(), account());
    let (query, another) = (by_customer("900000001"), by_customer("900000002"));
    let asked = tokio::join!(one.find(&query, |_| ()), other.find(&another, |_| ()));
    assert!(asked.0.is_ok() && asked.1.is_ok());
    assert_eq!(sandbox.peak(), 1);
}

#[tokio::test]
async fn an_answer_under_a_weaker_mask_never_reaches_a_caller_under_a_stronger_one() {
    let scene = Scene::new(limits(), |_| None).await;
    let tenant = |mask: Mask| Tenant::new(Arc::clone(&scene.lookup), None, mask, true);
    let ask = async |mask: Mask| {
        let Query::Gestion(query) = by_customer("900000001") else { panic!("a query") };
        let request =
            GestionesRequest::new(query, View::default(), Reader::Model).expect("a request");
        let answered = request.answer(&tenant(mask), |_| ()).await.expect("an answer");
        serde_json::to_string(&answered.answer).expect("JSON")
    };
    assert!(ask(Mask::default()).await.contains("900000001"));
    let masked = ask(Mask::parse("personal").expect("a mask")).await;
    assert!(!masked.contains("900000001") && masked.contains("•••001"), "{masked}");
    assert!(ask(Mask::default()).await.contains("900000001"), "nor the other way round");
    assert_eq!(scene.sandbox.requests(), 1, "all from one request");
}

#[tokio::test]
async fn twenty_equal_look_ups_share_one_request() {
    let scene = Scene::new(limits(), |_| slow(20)).await;
    let asked: Vec<_> = (0..20).map(|_| scene.begin("900000001")).collect();
    for one in asked {
        assert_eq!(one.await.expect("no panic").expect("an answer").rows.len(), 37);
    }
    assert_eq!(scene.sandbox.requests(), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_spoil_it_for_the_others() {
    let scene = Scene::new(limits(), |_| slow(100)).await;
    let asked: Vec<_> = (0..3).map(|_| scene.begin("900000001")).collect();
    scene.reached(1).await;
    asked[0].abort();
    for one in asked.into_iter().skip(1) {
        assert_eq!(one.await.expect("no panic").expect("an answer").rows.len(), 37);
    }
    assert_eq!(scene.sandbox.requests(), 1);
}

#[tokio::test]
async fn a_caller_whose_time_is_up_does_not_spoil_it_for_the_others() {
    let limits = Limits { timeout: Duration::from_secs(20), ..limits() };
    let scene = Scene::new(limits, |n| if n < 2 { None } else { slow(25_000) }).await;
    scene.keep_a_connection().await;
    scene.stop_the_clock().await;
    let first = scene.begin("900000001");
    scene.reached(3).await;
    advance(Duration::from_secs(10)).await;
    let second = scene.begin("900000001");
    assert_eq!(kind(first.await.expect("no panic")), Kind::Timeout);
    assert_eq!(second.await.expect("no panic").expect("an answer").rows.len(), 37);
    assert_eq!(scene.sandbox.requests(), 3);
}

#[tokio::test]
async fn a_cancelled_look_up_leaves_the_queue() {
    let one = NonZeroU16::MIN;
    let scene = Scene::new(Limits { max_in_flight: one, ..limits() }, |_| slow(50)).await;
    let first = scene.begin("900000001");
    scene.reached(1).await;
    let second = scene.begin("900000002");
    tokio::task::yield_now().await;
    second.abort();
    first.await.expect("no panic").expect("an answer");
    scene.ask("900000004").await.expect("an answer");
    assert_eq!(scene.sandbox.requests(), 2);
}

#[tokio::test]
async fn a_cancelled_look_up_closes_its_connection_if_no_answer_comes() {
    use tokio::io::AsyncReadExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let client = client(&address);
    let lookup = Lookup::new(client, limits());
    let query = by_customer("900000001");
    let asked = tokio::spawn(async move { lookup.find(&query, |_| ()).await });
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut request = vec![0; 4096];
    assert!(stream.read(&mut request).await.expect("a request") > 0);
    asked.abort();
    let rest = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut request));
    assert!(rest.await.is_ok(), "the connection was closed");
}

#[tokio::test]
async fn connections_are_kept_and_used_again() {
    let found = RawReply::json(br#"{"code":"200","data":[]}"#);
    let server = RawServer::start(vec![found]).await;
    let client = client(server.address());
    let lookup = Lookup::new(client, limits());
    for customer in ["1", "2", "3"] {
        lookup.find(&by_customer(customer), |_| ()).await.expect("an answer");
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn an_answer_is_reused_until_it_is_old() {
    let scene = Scene::new(limits(), |_| None).await;
    scene.stop_the_clock().await;
    let first = scene.ask("900000001").await.expect("an answer");
    advance(Duration::from_secs(29)).await;
    let again = scene.ask("900000001").await.expect("an answer");
    assert_eq!(again.as_of, first.as_of, "the time when wolkvox answered");
    assert!(first.is_fresh() && !again.is_fresh());
    assert_eq!(scene.sandbox.requests(), 2);
    advance(Duration::from_secs(2)).await;
    scene.ask("900000001").await.expect("an answer");
    assert_eq!(scene.sandbox.requests(), 3);
}

#[tokio::test]
async fn nothing_is_reused_when_the_cache_is_off_and_failures_never() {
    let scene = Scene::new(Limits { cache_ttl: Duration::ZERO, ..limits() }, |_| None).await;
    scene.ask("900000001").await.expect("an answer");
    scene.ask("900000001").await.expect("an answer");
    assert_eq!(scene.sandbox.requests(), 2);

    let scene = Scene::new(limits(), |n| (n == 0).then_some(Fault::Forbidden)).await;
    assert_eq!(kind(scene.ask("900000001").await), Kind::Rejected);
    assert_eq!(scene.ask("900000001").await.expect("an answer").rows.len(), 37);
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for fault in [Fault::ServerError(500), Fault::Busy, Fault::Code(Box::new(Fault::Busy))] {
        let failing = fault.clone();
        let scene = Scene::new(limits(), move |n| (n < 2).then(|| failing.clone())).await;
        assert!(scene.ask("900000001").await.is_ok(), "{fault:?}");
        assert_eq!(scene.sandbox.requests(), 3, "{fault:?}");
    }
    let scene = Scene::new(limits(), |_| Some(Fault::ServerError(500))).await;
    assert_eq!(kind(scene.ask("1").await), Kind::Unavailable);
    assert_eq!(scene.sandbox.requests(), 3);
    let hurried = Limits { timeout: Duration::from_secs(1), ..limits() };
    let scene = Scene::new(hurried, |_| Some(Fault::Busy)).await;
    assert_eq!(kind(scene.ask("1").await), Kind::Busy, "still so at the deadline");
    assert!((2..=3).contains(&scene.sandbox.requests()), "{}", scene.sandbox.requests());
    let scene = Scene::new(limits(), |_| Some(Fault::Truncated)).await;
    assert_eq!(kind(scene.ask("1").await), Kind::UnexpectedReply);
    assert_eq!(scene.sandbox.requests(), 2, "once more if cut off");
}

#[tokio::test]
async fn what_will_not_pass_is_tried_once() {
    for (fault, kind) in [
        (Fault::Token, Kind::TokenRejected),
        (Fault::Quota, Kind::QuotaExhausted),
        (Fault::Maintenance, Kind::Maintenance),
        (Fault::ServerError(503), Kind::Maintenance),
        (Fault::Forbidden, Kind::Rejected),
        (Fault::BadRequest, Kind::Rejected),
        (Fault::Html, Kind::UnexpectedReply),
        (Fault::Empty, Kind::UnexpectedReply),
        (Fault::Redirect, Kind::UnexpectedReply),
    ] {
        let scripted = fault.clone();
        let scene = Scene::new(limits(), move |_| Some(scripted.clone())).await;
        assert_eq!(self::kind(scene.ask("900000001").await), kind, "{fault:?}");
        assert_eq!(scene.sandbox.requests(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn the_servers_own_wait_is_kept_if_the_deadline_allows() {
    let reply = |wait: &str| {
        let head = format!("HTTP/1.1 502 x\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n");
        RawReply(head.into_bytes())
    };
    let found = RawReply::json(br#"{"code":"200","data":[]}"#);
    let server =
        RawServer::start(vec![found.clone(), reply("3"), found.clone(), reply("60")]).await;
    let client = client(server.address());
    let lookup = Lookup::new(client, limits());
    lookup.find(&by_customer("warm-up"), |_| ()).await.expect("an answer");
    pause();
    let start = Instant::now();
    lookup.find(&by_customer("1"), |_| ()).await.expect("an answer");
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(kind(lookup.find(&by_customer("2"), |_| ()).await), Kind::Unavailable);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn the_deadline_ends_a_look_up_and_says_where_the_time_went() {
    let scene = Scene::new(limits(), |n| if n < 2 { None } else { slow(60_000) }).await;
    scene.keep_a_connection().await;
    scene.stop_the_clock().await;
    let start = Instant::now();
    let error = scene.ask("900000001").await.expect_err("too late");
    assert_eq!(start.elapsed().as_secs(), 20);
    let Error::Timeout { limit, spent } = error else { panic!("{error:?}") };
    assert_eq!(limit.as_secs(), 20);
    assert_eq!((spent.upstream.as_secs(), spent.attempts), (20, 1));
}

#[tokio::test]
async fn waiting_in_the_queue_counts_towards_the_deadline() {
    let limits = Limits { max_in_flight: NonZeroU16::MIN, ..limits() };
    let scene = Scene::new(limits, |n| if n < 2 { None } else { slow(15_000) }).await;
    scene.keep_a_connection().await;
    scene.stop_the_clock().await;
    let first = scene.begin("900000001");
    scene.reached(3).await;
    let error = scene.ask("900000002").await.expect_err("too late");
    first.await.expect("no panic").expect("an answer");
    let Error::Timeout { spent: Timings { queued, upstream, .. }, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((queued.as_secs(), upstream.as_secs()), (15, 5));
}

#[tokio::test]
async fn further_pages_are_fetched_one_after_the_other() {
    let scene = Scene::new(limits(), |_| None).await;
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (320, true));
    assert_eq!(found.upstream_total, Some(320));
    assert_eq!((scene.sandbox.requests(), scene.sandbox.peak()), (2, 1));
}

#[tokio::test]
async fn the_page_limit_leaves_an_honest_answer() {
    let limits = Limits { max_pages: NonZeroU32::new(1), ..limits() };
    let scene = Scene::new(limits, |_| None).await;
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (250, false));
    assert_eq!(found.upstream_total, Some(320));

    let limits = Limits { max_pages: None, ..limits };
    let scene = Scene::new(limits, |_| None).await;
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (250, false), "without paging keys");
}

#[tokio::test]
async fn a_page_that_fails_after_the_first_leaves_an_honest_answer_that_is_not_reused() {
    let scene = Scene::new(limits(), |n| (n == 1).then_some(Fault::Forbidden)).await;
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (250, false));
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (320, true), "asked again");
}

#[tokio::test]
async fn a_page_that_comes_too_late_leaves_an_honest_answer() {
    let scene = Scene::new(limits(), |n| if n == 2 { slow(60_000) } else { None }).await;
    scene.stop_the_clock().await;
    let start = Instant::now();
    let found = scene.ask("900000003").await.expect("an answer");
    assert_eq!((found.rows.len(), found.complete), (250, false));
    assert_eq!(start.elapsed().as_secs(), 20);
}

/// Answers of a server that gives no totals, with as many records a page as told.
async fn without_totals(pages: &[(usize, usize)]) -> (usize, bool, usize) {
    let page = |(from, count): &(usize, usize)| {
        let rows: Vec<_> = (*from..from + count).map(|n| format!(r#"{{"n":{n}}}"#)).collect();
        let body = format!(r#"{{"code":"200","error":"null","data":[{}]}}"#, rows.join(","));
        RawReply::json(body)
    };
    let server = RawServer::start(pages.iter().map(page).collect()).await;
    let client = client(server.address());
    let lookup = Lookup::new(client, limits());
    let found = lookup.find(&by_customer("1"), |_| ()).await.expect("an answer");
    (found.rows.len(), found.complete, server.requests().len())
}

#[tokio::test]
async fn without_totals_pages_go_on_while_they_are_full() {
    assert_eq!(without_totals(&[(0, 3)]).await, (3, true, 1));
    assert_eq!(without_totals(&[(0, 250), (250, 7)]).await, (257, true, 2));
    assert_eq!(without_totals(&[(0, 250), (250, 0)]).await, (250, true, 2));
    let four = [(0, 250), (250, 250), (500, 250), (750, 250)];
    assert_eq!(without_totals(&four).await, (1000, false, 4));
}

#[tokio::test]
async fn a_server_that_ignores_the_page_is_noticed() {
    assert_eq!(without_totals(&[(0, 250), (0, 250)]).await, (250, false, 2));
    assert_eq!(without_totals(&[(0, 400), (0, 400)]).await, (400, true, 2));
}

#[tokio::test]
async fn a_total_without_records_is_no_none() {
    let body = br#"{"code":"200","error":"null","Total records":3,"data":[]}"#;
    let server = RawServer::start(vec![RawReply::json(body)]).await;
    let client = client(server.address());
    let lookup = Lookup::new(client, limits());
    let answer = lookup.find(&by_customer("1"), |_| ()).await;
    assert_eq!(kind(answer), Kind::UnexpectedReply);
}

#[tokio::test]
async fn pages_that_were_announced_and_do_not_come_leave_an_honest_answer() {
    let rows: Vec<_> = (0..250).map(|n| format!(r#"{{"n":{n}}}"#)).collect();
    let reply = |pages: u32, rows: &[String]| {
        let data = rows.join(",");
        let body =
            format!(r#"{{"code":"200","error":"null","Total pages":{pages},"data":[{data}]}}"#);
        RawReply::json(body)
    };
    let beyond = RawReply::new(416, "application/json", br#"{"code":"416"}"#);
    for second in [reply(3, &[]), beyond] {
        let server = RawServer::start(vec![reply(3, &rows), second]).await;
        let client = client(server.address());
        let lookup = Lookup::new(client, limits());
        let found = lookup.find(&by_customer("1"), |_| ()).await.expect("an answer");
        assert_eq!((found.rows.len(), found.complete), (250, false));
    }
    let server = RawServer::start(vec![reply(3, &[])]).await;
    let client = client(server.address());
    let lookup = Lookup::new(client, limits());
    let answer = lookup.find(&by_customer("1"), |_| ()).await;
    assert_eq!(kind(answer), Kind::UnexpectedReply, "the first page cannot be the empty one");
}

#[tokio::test]
async fn an_exhausted_quota_holds_everything_back_for_ten_minutes() {
    let scene = Scene::new(limits(), |n| (n == 1).then_some(Fault::Quota)).await;
    scene.stop_the_clock().await;
    assert_eq!(kind(scene.ask("900000001").await), Kind::QuotaExhausted);
    advance(Duration::from_secs(9 * 60)).await;
    let held = scene.ask("900000002").await.expect_err("held back");
    assert_eq!(scene.sandbox.requests(), 2, "nothing left");
    assert!(held.for_model().contains("1 minute;"), "{}", held.for_model());
    advance(Duration::from_secs(61)).await;
    scene.ask("900000002").await.expect("an answer");
}

#[tokio::test]
async fn another_token_in_the_file_lifts_the_hold() {
    let sandbox = Sandbox::with_script(|n| (n == 0).then_some(Fault::Quota)).await.expect("starts");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "used-up").expect("written");
    let token = TokenSource::File(TokenFile::open(path.clone()).expect("a token file"));
    let server = ServerUrl::parse(&sandbox.url(), None).expect("a server");
    let client = Client::new(server, token, RootCertificates::default());
    let lookup = Lookup::new(client, limits());
    let ask = |customer: &str| {
        let query = by_customer(customer);
        let lookup = &lookup;
        async move { lookup.find(&query, |_| ()).await }
    };
    assert_eq!(kind(ask("1").await), Kind::QuotaExhausted);
    assert_eq!(kind(ask("2").await), Kind::QuotaExhausted);
    assert_eq!(sandbox.requests(), 1);
    std::fs::write(&path, sandbox.token()).expect("written");
    ask("900000001").await.expect("an answer");
}

#[tokio::test]
async fn after_five_failures_in_a_row_nothing_is_sent_for_fifteen_seconds() {
    let scene =
        Scene::new(limits(), |n| (1..=15).contains(&n).then_some(Fault::ServerError(500))).await;
    scene.stop_the_clock().await;
    for n in 0..5 {
        assert_eq!(kind(scene.ask(&format!("customer {n}")).await), Kind::Unavailable);
    }
    assert_eq!(scene.sandbox.requests(), 16);
    let error = scene.ask("900000001").await.expect_err("not tried");
    let Error::Unavailable { outage: Outage::CircuitOpen { wait } } = &error else {
        panic!("{error:?}")
    };
    assert!(wait.as_secs_f64() > 14.0, "{wait:?}");
    assert!(error.for_model().contains("Ask again in 15 s."), "{}", error.for_model());
    assert_eq!(scene.sandbox.requests(), 16);
    advance(Duration::from_secs(15)).await;
    scene.ask("900000001").await.expect("an answer");
}

#[tokio::test]
async fn look_ups_that_only_waited_in_our_own_queue_say_nothing_of_wolkvox() {
    let limits = Limits { timeout: Duration::from_millis(500), ..limits() };
    let scene = Scene::new(limits, |_| slow(300)).await;
    let asked: Vec<_> = (0..12).map(|n| scene.begin(&format!("customer {n}"))).collect();
    let mut kinds = Vec::new();
    for one in asked {
        kinds.push(one.await.expect("no panic").map_err(|error| error.kind()).err());
    }
    assert!(kinds.iter().filter(|it| **it == Some(Kind::Timeout)).count() >= 8, "{kinds:?}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    scene.ask("900000001").await.expect("the circuit is closed");
}

#[tokio::test]
async fn time_outs_in_wolkvox_open_the_circuit_also_on_a_later_page() {
    let limits = Limits { timeout: Duration::from_millis(1500), ..limits() };
    let scene =
        Scene::new(limits, |n| (n > 0).then_some(Fault::Slow(Duration::from_secs(9)))).await;
    scene.ask("warm-up").await.expect("an answer");
    for n in 0..2 {
        assert_eq!(kind(scene.ask(&format!("customer {n}")).await), Kind::Timeout);
    }
    let first_pages_only = |n: u64| (n % 2 == 1).then_some(Fault::Slow(Duration::from_secs(9)));
    let wide = Limits { max_in_flight: NonZeroU16::new(50).expect("many"), ..limits };
    let scene = Scene::new(Limits { cache_ttl: Duration::ZERO, ..wide }, first_pages_only).await;
    for _ in 0..5 {
        assert!(!scene.ask("900000003").await.expect("the first page").complete);
    }
    assert_eq!(kind(scene.ask("900000001").await), Kind::Unavailable, "the circuit is open");
    assert_eq!(scene.sandbox.requests(), 10);
}

#[tokio::test]
async fn a_look_up_that_is_given_up_is_no_failure_of_wolkvox() {
    let wide = Limits { max_in_flight: NonZeroU16::new(50).expect("many"), ..limits() };
    let scene = Scene::new(wide, |n| (n < 8).then_some(Fault::Slow(Duration::from_secs(9)))).await;
    let asked: Vec<_> = (0..8).map(|n| scene.begin(&format!("customer {n}"))).collect();
    scene.reached(8).await;
    for one in &asked {
        one.abort();
    }
    scene.ask("900000001").await.expect("the circuit is closed");
}

#[tokio::test]
async fn what_is_queued_is_not_sent_once_the_quota_is_used_up_or_the_server_down() {
    let scene = Scene::new(limits(), |_| Some(Fault::Quota)).await;
    let asked: Vec<_> = (0..30).map(|n| scene.begin(&format!("customer {n}"))).collect();
    for one in asked {
        assert_eq!(kind(one.await.expect("no panic")), Kind::QuotaExhausted);
    }
    assert!(scene.sandbox.requests() <= 3, "{}", scene.sandbox.requests());

    let scene = Scene::new(limits(), |_| Some(Fault::ServerError(500))).await;
    let asked: Vec<_> = (0..30).map(|n| scene.begin(&format!("customer {n}"))).collect();
    for one in asked {
        assert_eq!(kind(one.await.expect("no panic")), Kind::Unavailable);
    }
    // Five failures of at most three tries, and what was on its way beside the fifth.
    assert!(scene.sandbox.requests() <= 18, "{}", scene.sandbox.requests());
}

/// Abandons two requests that take so long, and returns how long the next one waits for a place.
async fn wait_after_giving_up(takes: Duration) -> Duration {
    let scene = Scene::new(limits(), move |n| (n < 2).then_some(Fault::Slow(takes))).await;
    let asked = [scene.begin("customer 1"), scene.begin("customer 2")];
    scene.reached(2).await;
    for one in asked {
        one.abort();
    }
    let begun = Instant::now();
    scene.ask("900000001").await.expect("an answer");
    begun.elapsed()
}

#[tokio::test]
async fn the_place_of_a_request_that_was_given_up_is_free_when_wolkvox_has_answered() {
    let waited = wait_after_giving_up(Duration::from_secs(1)).await;
    assert!(waited > Duration::from_millis(700), "wolkvox still worked: {waited:?}");
    assert!(waited < Duration::from_secs(3), "{waited:?}");
}

#[tokio::test]
async fn the_place_of_a_request_that_was_given_up_is_free_after_a_while_in_any_case() {
    let waited = wait_after_giving_up(Duration::from_secs(30)).await;
    assert!(waited > Duration::from_secs(3), "{waited:?}");
    assert!(waited < Duration::from_secs(10), "{waited:?}");
}

#[tokio::test]
async fn a_request_that_is_stuck_is_not_joined_for_ever() {
    let limits = Limits { timeout: Duration::from_millis(600), ..limits() };
    let scene =
        Scene::new(limits, |n| (n == 0).then_some(Fault::Slow(Duration::from_secs(60)))).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        let asked = scene.begin("900000001");
        tokio::time::sleep(Duration::from_millis(400)).await;
        answers.push(asked);
    }
    let mut found = 0;
    for answer in answers {
        found += usize::from(answer.await.expect("no panic").is_ok());
    }
    assert!(found >= 1, "a later one asks anew");
    assert!(scene.sandbox.requests() >= 2);
}

#[tokio::test]
async fn an_answer_of_one_token_is_never_given_under_another() {
    let sandbox = Sandbox::with_script(|_| slow(200)).await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, sandbox.token()).expect("written");
    let token = TokenSource::File(TokenFile::open(path.clone()).expect("a token file"));
    let server = ServerUrl::parse(&sandbox.url(), None).expect("a server");
    let client = Client::new(server, token, RootCertificates::default());
    let lookup = Arc::new(Lookup::new(client, limits()));
    let begin = |customer: &str| {
        let (lookup, query) = (Arc::clone(&lookup), by_customer(customer));
        tokio::spawn(async move { lookup.find(&query, |_| ()).await })
    };
    begin("900000001").await.expect("no panic").expect("an answer");
    let on_its_way = begin("900000002");
    while sandbox.requests() < 2 {
        tokio::task::yield_now().await;
    }
    std::fs::write(&path, "another-token").expect("written");
    assert_eq!(kind(begin("900000001").await.expect("no panic")), Kind::TokenRejected, "cached");
    assert_eq!(kind(begin("900000002").await.expect("no panic")), Kind::TokenRejected, "joined");
    on_its_way.await.expect("no panic").expect("an answer");
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(kind(begin("900000001").await.expect("no panic")), Kind::TokenRejected, "no file");
}

#[tokio::test]
async fn a_quota_that_ends_on_a_later_page_is_remembered_and_told() {
    let limits = Limits { cache_ttl: Duration::ZERO, ..limits() };
    let scene = Scene::new(limits, |n| (n == 1).then_some(Fault::Quota)).await;
    let found = scene.ask("900000003").await.expect("the first page");
    assert!(!found.complete);
    assert_eq!(found.cut_short.as_ref().map(Error::kind), Some(Kind::QuotaExhausted));
    assert_eq!(kind(scene.ask("900000001").await), Kind::QuotaExhausted, "held back");
    assert_eq!(scene.sandbox.requests(), 2);
}

#[tokio::test]
async fn the_own_rate_counts_only_look_ups_that_would_reach_wolkvox() {
    let limits = Limits { rate: NonZeroU32::new(3).expect("a rate"), ..Limits::default() };
    let scene = Scene::new(limits, |_| None).await;
    for customer in ["1", "2", "3"] {
        for _ in 0..5 {
            scene.ask(customer).await.expect("an answer");
        }
    }
    let error = scene.ask("4").await.expect_err("too many");
    let Error::RateLimited { per_minute: 3, wait } = error else { panic!("{error:?}") };
    assert!(wait <= Duration::from_secs(60), "{wait:?}");
    assert_eq!(scene.sandbox.requests(), 3);
    scene.ask("1").await.expect("a cached answer is free");
}

#[tokio::test]
async fn stages_are_reported_as_they_happen() {
    let scene = Scene::new(limits(), |n| (n == 0).then_some(Fault::ServerError(500))).await;
    let mut stages = Vec::new();
    let query = by_customer("900000003");
    let asked = scene.lookup.find(&query, |stage| stages.push(stage));
    asked.await.expect("an answer");
    assert_eq!(stages.first(), Some(&Stage::Queued));
    assert!(stages.contains(&Stage::Waiting { is_busy: false }), "{stages:?}");
    assert!(stages.contains(&Stage::Asking { page: 1, request: 2 }), "{stages:?}");
    assert!(stages.contains(&Stage::Asking { page: 2, request: 3 }), "{stages:?}");
}
