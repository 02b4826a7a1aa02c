//! Each rule of what is shared: in turn, for so long, for as many, and what is done without it.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use wolkvox_mcp::sandbox::Fault;

use super::{Team, ask, outcome, slow};
use crate::support::{Program, Store};

/// The settings of processes that keep no answers.
const UNKEPT: (&str, &str) = ("WOLKVOX_CACHE_TTL", "0s");

/// Returns the one key of an account that ends so.
fn key(store: &Store, name: &str) -> String {
    let found = store.ask(&["KEYS", &format!("wolkvox:1:{{*}}:{name}")]);
    let found = String::from_utf8_lossy(&found).into_owned();
    let key = found.lines().find(|line| line.starts_with("wolkvox:"));
    key.unwrap_or_else(|| panic!("no {name}: {found}")).to_owned()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Enters this many requests of a process that will never ask again, before all others.
fn queue(store: &Store, count: usize, alive: Duration) {
    let until = now() + i64::try_from(alive.as_millis()).expect("some seconds");
    store.ask(&["ZADD", &key(store, "processes"), &until.to_string(), "fictitious"]);
    let waiting = key(store, "processes").replace(":processes", ":waiting");
    let ids: Vec<String> = (0..count).map(|number| format!("fictitious:{number}")).collect();
    let mut add = vec!["ZADD", waiting.as_str()];
    ids.iter().for_each(|id| add.extend(["-1", id.as_str()]));
    store.ask(&add);
}

/// Begins a call without waiting for its answer.
async fn begin(program: &mut Program, id: u64) {
    let params = json!({
        "name": "query_obligation",
        "arguments": { "field": "id_customer", "value": (900_003_000 + id).to_string() },
    });
    program
        .send(json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }))
        .await;
}

async fn reached(team: &Team, requests: u64) {
    while team.sandbox.requests() < requests {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn who_asked_first_goes_first_and_who_died_waiting_is_passed_over() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT]).await;
        ask(&mut program, 900_003_001).await;
        queue(&store, 2, Duration::from_millis(700));
        let began = Instant::now();
        assert_ne!(outcome(&ask(&mut program, 900_003_002).await), "busy");
        let waited = began.elapsed();
        assert!(waited > Duration::from_millis(500), "it went first: {waited:?}");
        assert!(waited < Duration::from_millis(1_500), "it waited for the dead: {waited:?}");
    }
}

#[tokio::test]
async fn a_place_that_is_free_goes_to_the_next_process_at_once() {
    for store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Slow(Duration::from_millis(20)))).await;
        let one = [UNKEPT, ("WOLKVOX_MAX_IN_FLIGHT", "1")];
        let mut asking = JoinSet::new();
        for process in [900_004_000, 900_005_000] {
            let mut program = team.start(&one).await;
            asking.spawn(async move {
                for customer in process..process + 15 {
                    ask(&mut program, customer).await;
                }
            });
        }
        let began = Instant::now();
        while let Some(ended) = asking.join_next().await {
            ended.expect("answered");
        }
        // Thirty requests of 20 ms; a beat or a timer that wakes would take some hundred each.
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn where_a_thousand_wait_one_more_is_refused_at_once() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT]).await;
        ask(&mut program, 900_003_001).await;
        queue(&store, 1_000, Duration::from_secs(60));
        let began = Instant::now();
        assert_eq!(outcome(&ask(&mut program, 900_003_002).await), "busy");
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_request_that_takes_longer_than_a_lease_keeps_its_place() {
    fn longer(number: u64) -> Option<Fault> {
        (number < 2).then_some(Fault::Slow(Duration::from_secs(7)))
    }
    for store in Store::each() {
        let team = Team::new(&store, longer).await;
        let mut first = team.start(&[]).await;
        begin(&mut first, 101).await;
        begin(&mut first, 102).await;
        reached(&team, 2).await;
        let mut second = team.start(&[]).await;
        let began = Instant::now();
        assert_ne!(outcome(&ask(&mut second, 900_003_001).await), "busy");
        assert!(began.elapsed() > Duration::from_secs(6), "{:?}", began.elapsed());
        assert_eq!(team.sandbox.peak(), 2);
    }
}

#[tokio::test]
async fn a_store_that_forgot_everything_learns_again_what_is_on_its_way() {
    for store in Store::each() {
        let slow = |number| (number < 2).then_some(Fault::Slow(Duration::from_secs(3)));
        let team = Team::new(&store, slow).await;
        let mut first = team.start(&[]).await;
        begin(&mut first, 101).await;
        begin(&mut first, 102).await;
        reached(&team, 2).await;
        store.ask(&["FLUSHALL"]);
        store.ask(&["SCRIPT", "FLUSH"]);
        sleep(Duration::from_millis(600)).await;
        let mut second = team.start(&[]).await;
        ask(&mut second, 900_003_001).await;
        assert_eq!(team.sandbox.peak(), 2);
    }
}

#[tokio::test]
async fn processes_that_were_told_different_numbers_of_places_keep_to_the_smallest() {
    for store in Store::each() {
        let team = Team::new(&store, slow).await;
        let mut few = team.start(&[UNKEPT, ("WOLKVOX_MAX_IN_FLIGHT", "1")]).await;
        let mut many = team.start(&[UNKEPT, ("WOLKVOX_MAX_IN_FLIGHT", "3")]).await;
        ask(&mut few, 900_003_000).await;
        for id in 101..107 {
            begin(&mut many, id).await;
        }
        for _ in 101..107 {
            many.receive().await;
        }
        assert_eq!(team.sandbox.peak(), 1);
        let log = many.end().await.stderr;
        assert_eq!(log.matches("has a smaller WOLKVOX_MAX_IN_FLIGHT").count(), 1, "{log}");
        let log = few.end().await.stderr;
        assert!(!log.contains("WOLKVOX_MAX_IN_FLIGHT"), "{log}");
    }
}

#[tokio::test]
async fn nothing_in_the_store_stays_for_ever() {
    for store in Store::each() {
        let team = Team::new(&store, |number| (number == 2).then_some(Fault::Quota)).await;
        let mut program = team.start(&[]).await;
        for customer in 900_003_001..900_003_004 {
            ask(&mut program, customer).await;
        }
        let keys = store.ask(&["KEYS", "*"]);
        let keys = String::from_utf8_lossy(&keys).into_owned();
        let keys: Vec<&str> = keys.lines().filter(|line| line.starts_with("wolkvox:")).collect();
        for kind in [":answer:", "processes", "hold", "minute", "counts", ":secrets"] {
            assert!(keys.iter().any(|key| key.contains(kind)), "{kind}: {keys:?}");
        }
        for key in keys {
            let time = store.ask(&["PTTL", key]);
            let time = String::from_utf8_lossy(&time).into_owned();
            let time = time.lines().next().and_then(|it| it.strip_prefix(':'));
            let time: i64 = time.expect("a time").parse().expect("a number");
            // The hold is the longest of these, and lasts until the day's quota may be back.
            assert!(time > 0 && time <= 3_600_000, "{key}: {time}");
        }
    }
}

#[tokio::test]
async fn a_minute_is_over_after_a_minute() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT, ("WOLKVOX_RATE", "3")]).await;
        ask(&mut program, 900_003_001).await;
        let minute = key(&store, "minute");
        let old = (now() - 61_000).to_string();
        store.ask(&["ZADD", &minute, &old, "a:1", &old, "a:2", &old, "a:3"]);
        assert_ne!(outcome(&ask(&mut program, 900_003_002).await), "rate_limited");
        let recent = (now() - 30_000).to_string();
        store.ask(&["ZADD", &minute, &recent, "a:4"]);
        let refused = ask(&mut program, 900_003_003).await;
        assert_eq!(outcome(&refused), "rate_limited");
        let text = refused["content"][0]["text"].to_string();
        assert!(text.contains("30 s") || text.contains("29 s"), "{text}");
    }
}

#[tokio::test]
async fn a_look_up_of_several_pages_is_one_of_the_minutes() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT, ("WOLKVOX_RATE", "2")]).await;
        // It has two pages.
        ask(&mut program, 900_000_003).await;
        assert_eq!(outcome(&ask(&mut program, 900_000_001).await), "found");
        assert_eq!(team.sandbox.requests(), 3);
        assert_eq!(outcome(&ask(&mut program, 900_000_002).await), "rate_limited");
    }
}

#[tokio::test]
async fn an_answer_is_used_as_long_as_its_reader_says() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut writer = team.start(&[]).await;
        ask(&mut writer, 900_003_001).await;
        let mut reader = team.start(&[("WOLKVOX_CACHE_TTL", "1s")]).await;
        sleep(Duration::from_millis(1_100)).await;
        ask(&mut reader, 900_003_001).await;
        assert_eq!(team.sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn an_answer_of_another_process_grows_no_younger() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut reader = team.start(&[("WOLKVOX_CACHE_TTL", "2s")]).await;
        ask(&mut team.start(&[]).await, 900_003_001).await;
        sleep(Duration::from_millis(1_200)).await;
        ask(&mut reader, 900_003_001).await;
        assert_eq!(team.sandbox.requests(), 1);
        sleep(Duration::from_millis(1_200)).await;
        ask(&mut reader, 900_003_001).await;
        assert_eq!(team.sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn who_keeps_no_answers_shares_none() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        ask(&mut team.start(&[UNKEPT]).await, 900_003_001).await;
        let commands = store.ask(&["INFO", "commandstats"]);
        let commands = String::from_utf8_lossy(&commands).into_owned();
        assert!(commands.contains("cmdstat_evalsha:"), "{commands}");
        assert!(!commands.contains("cmdstat_set:"), "{commands}");
        assert!(!commands.contains("cmdstat_mget:"), "{commands}");
    }
}

#[tokio::test]
async fn what_others_wrote_in_place_of_an_answer_is_asked_for_anew() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        ask(&mut team.start(&[]).await, 900_003_001).await;
        let keys = store.ask(&["KEYS", "wolkvox:1:answer:*"]);
        let keys = String::from_utf8_lossy(&keys).into_owned();
        let key = keys.lines().find(|line| line.starts_with("wolkvox:")).expect("an answer");
        store.ask(&["SET", key, "garbage of no use, long enough for a seal", "PX", "60000"]);
        let answer = ask(&mut team.start(&[]).await, 900_003_001).await;
        assert_ne!(answer["isError"], true, "{answer}");
        assert_eq!(team.sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn failures_and_half_answers_are_not_shared() {
    for store in Store::each() {
        let team = Team::new(&store, |number| (number > 0).then_some(Fault::Quota)).await;
        let mut program = team.start(&[]).await;
        // Its second page fails, and then everything.
        for customer in [900_000_003, 900_000_001] {
            ask(&mut program, customer).await;
        }
        assert_eq!(team.sandbox.requests(), 2);
        let keys = store.ask(&["KEYS", "wolkvox:1:answer:*"]);
        assert!(keys.starts_with(b"*0\r\n"), "{}", String::from_utf8_lossy(&keys));
    }
}

#[tokio::test]
async fn a_process_that_cannot_reach_the_store_asks_one_thing_at_a_time() {
    for mut store in Store::each() {
        let team = Team::new(&store, slow).await;
        store.kill();
        let mut program = team.start(&[UNKEPT]).await;
        for id in 101..105 {
            begin(&mut program, id).await;
        }
        for _ in 101..105 {
            program.receive().await;
        }
        assert_eq!((team.sandbox.requests(), team.sandbox.peak()), (4, 1));
    }
}

#[tokio::test]
async fn who_gives_up_waiting_is_forgotten_at_once() {
    for store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Slow(Duration::from_secs(3)))).await;
        let mut first = team.start(&[UNKEPT]).await;
        begin(&mut first, 101).await;
        begin(&mut first, 102).await;
        reached(&team, 2).await;
        let mut second = team.start(&[UNKEPT]).await;
        begin(&mut second, 103).await;
        let waiting = key(&store, "places").replace(":places", ":waiting");
        let until = async |count: &[u8]| {
            let began = Instant::now();
            while !store.ask(&["ZCARD", &waiting]).starts_with(count) {
                assert!(began.elapsed() < Duration::from_secs(1), "not {count:?}");
                sleep(Duration::from_millis(20)).await;
            }
        };
        until(b":1\r\n").await;
        let params = json!({ "requestId": 103 });
        let notice =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        second.send(notice).await;
        until(b":0\r\n").await;
        assert_eq!(team.sandbox.requests(), 2);
    }
}

#[tokio::test]
async fn who_waits_when_the_store_dies_goes_on_at_once() {
    for mut store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT]).await;
        ask(&mut program, 900_003_001).await;
        queue(&store, 2, Duration::from_secs(60));
        begin(&mut program, 101).await;
        sleep(Duration::from_millis(350)).await;
        store.kill();
        let began = Instant::now();
        program.receive().await;
        assert!(began.elapsed() < Duration::from_millis(300), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn who_asks_first_waits_no_longer_for_a_store_that_says_nothing() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("redis://{}", silent.local_addr().expect("an address"));
    for store in Store::each() {
        let team = Team { url: url.clone(), ..Team::new(&store, |_| None).await };
        let mut program = team.start(&[UNKEPT]).await;
        let began = Instant::now();
        assert_ne!(outcome(&ask(&mut program, 900_003_001).await), "busy");
        assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn what_is_on_its_way_counts_when_the_store_dies_and_when_it_is_back() {
    for mut store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Slow(Duration::from_secs(2)))).await;
        let mut program = team.start(&[UNKEPT]).await;
        begin(&mut program, 101).await;
        begin(&mut program, 102).await;
        reached(&team, 2).await;
        store.kill();
        begin(&mut program, 103).await;
        for _ in 101..103 {
            program.receive().await;
        }
        assert_eq!(team.sandbox.peak(), 2, "the store died");
        reached(&team, 3).await;
        // It waits without the store, and asks it where that has come back.
        begin(&mut program, 106).await;
        store.restart();
        sleep(Duration::from_millis(700)).await;
        let mut other = team.start(&[UNKEPT]).await;
        begin(&mut other, 104).await;
        begin(&mut other, 105).await;
        for _ in 104..106 {
            other.receive().await;
        }
        for _ in [103, 106] {
            program.receive().await;
        }
        assert_eq!((team.sandbox.requests(), team.sandbox.peak()), (6, 2), "it is back");
    }
}

#[tokio::test]
async fn a_store_that_takes_nothing_more_is_as_good_as_gone() {
    for full in [["maxmemory", "1"], ["min-replicas-to-write", "1"]] {
        for store in Store::each() {
            let team = Team::new(&store, |_| None).await;
            let mut program = team.start(&[UNKEPT]).await;
            ask(&mut program, 900_003_001).await;
            store.ask(&["CONFIG", "SET", full[0], full[1]]);
            let began = Instant::now();
            for customer in 900_003_002..900_003_020 {
                let answer = ask(&mut program, customer).await;
                assert_ne!(answer["isError"], true, "{answer}");
                sleep(Duration::from_millis(100)).await;
            }
            let took = began.elapsed();
            assert!(took < Duration::from_secs(4), "some calls came late: {took:?}");
            let log = program.end().await.stderr;
            assert_eq!(log.matches("the shared store cannot be used").count(), 1, "{log}");
            assert!(!log.contains("answers again"), "{log}");
        }
    }
}

#[tokio::test]
async fn what_was_given_back_while_the_store_hung_is_free_soon_after() {
    for store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Slow(Duration::from_secs(1)))).await;
        let mut program = team.start(&[UNKEPT]).await;
        begin(&mut program, 101).await;
        reached(&team, 1).await;
        let places = key(&store, "places");
        store.signal("STOP");
        program.receive().await;
        store.signal("CONT");
        let began = Instant::now();
        while !store.ask(&["ZCARD", &places]).starts_with(b":0\r\n") {
            assert!(began.elapsed() < Duration::from_secs(3), "it is still taken");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_store_that_may_drop_keys_is_warned_of_once() {
    for store in Store::each() {
        store.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
        store.ask(&["CONFIG", "SET", "maxmemory", "100000000"]);
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[UNKEPT]).await;
        ask(&mut program, 900_003_001).await;
        let killed = store.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        assert_eq!(killed.first_chunk(), Some(b":1\r"), "{}", String::from_utf8_lossy(&killed));
        sleep(Duration::from_secs(1)).await;
        ask(&mut program, 900_003_002).await;
        let log = program.end().await.stderr;
        assert_eq!(log.matches("maxmemory-policy to noeviction").count(), 1, "{log}");
    }
}
