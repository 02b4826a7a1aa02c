//! Several processes with one token and one store, which together keep to the token's limits: real
//! processes, a real Valkey, a real Redis.

mod rules;
mod tls;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use wolkvox_mcp::sandbox::{Fault, Sandbox};

use crate::serve::{Server, by_customer};
use crate::support::{Program, Store};

const SECRET: &str = "a-fictitious-secret-of-the-tests";

/// A wolkvox that counts what is asked at once, and what processes need to ask it together.
struct Team {
    sandbox: Sandbox,
    secret: tempfile::NamedTempFile,
    url: String,
}

impl Team {
    async fn new(store: &Store, script: fn(u64) -> Option<Fault>) -> Self {
        let sandbox = Sandbox::with_script(script).await.expect("a sandbox");
        let secret = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(secret.path(), SECRET).expect("written");
        Self { sandbox, secret, url: store.url() }
    }

    /// Starts a process with these settings beside the team's.
    async fn start(&self, more: &[(&str, &str)]) -> Program {
        let (server, secret) = (self.sandbox.url(), self.secret.path().display().to_string());
        let environment = [
            ("WOLKVOX_SERVER", server.as_str()),
            ("WOLKVOX_TOKEN", self.sandbox.token()),
            ("WOLKVOX_OPERATION", "sandbox"),
            ("WOLKVOX_SHARED", &self.url),
            ("WOLKVOX_SHARED_SECRET_FILE", &secret),
            ("WOLKVOX_RATE", "10000"),
        ];
        let mut program = Program::start(&[], &[&environment[..], more].concat());
        program.initialize("2025-11-25").await;
        program
    }
}

async fn ask(program: &mut Program, customer: u32) -> Value {
    let value = customer.to_string();
    program.call(json!({ "field": "id_customer", "value": value, "limit": 1 })).await
}

/// Returns how a call ended: `found`, `none`, or the kind of failure.
fn outcome(answer: &Value) -> String {
    let text = answer["content"][0]["text"].as_str().unwrap_or_default();
    match answer["structuredContent"]["outcome"].as_str() {
        Some(outcome) => outcome.to_owned(),
        None => text.split(':').next().unwrap_or_default().to_owned(),
    }
}

fn slow(_: u64) -> Option<Fault> {
    Some(Fault::Slow(Duration::from_millis(100)))
}

#[tokio::test]
async fn three_processes_never_ask_more_than_two_at_once_and_lose_no_time() {
    for store in Store::each() {
        let team = Team::new(&store, slow).await;
        let mut asking = JoinSet::new();
        let began = Instant::now();
        for process in 0..3_u32 {
            let mut program = team.start(&[("WOLKVOX_CACHE_TTL", "0s")]).await;
            asking.spawn(async move {
                for number in 0..10 {
                    let answer = ask(&mut program, 900_001_000 + process * 100 + number).await;
                    assert_ne!(outcome(&answer), "busy", "{answer}");
                }
            });
        }
        while let Some(ended) = asking.join_next().await {
            ended.expect("answered");
        }
        assert_eq!(team.sandbox.requests(), 30);
        assert_eq!(team.sandbox.peak(), 2);
        // Thirty requests of 100 ms, two at a time.
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn an_answer_of_one_process_serves_the_others_and_nothing_of_it_can_be_read_in_the_store() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let (mut first, mut second) = (team.start(&[]).await, team.start(&[]).await);
        let answers = [ask(&mut first, 900_000_001).await, ask(&mut second, 900_000_001).await];
        assert_eq!(team.sandbox.requests(), 1);
        let [first, second] = answers.map(|answer| answer["structuredContent"]["records"].clone());
        assert_eq!(first.as_array().map(Vec::len), Some(1), "{first}");
        assert_eq!(first, second);
        let dump = store.dump();
        let dump = String::from_utf8_lossy(&dump);
        assert!(dump.contains("wolkvox:1:answer:"), "it is there");
        for secret in ["900000001", "Ficticio", "id_customer", SECRET, team.sandbox.token()] {
            assert!(!dump.contains(secret), "{secret} is in the store");
        }
    }
}

#[tokio::test]
async fn answers_cross_neither_a_page_limit_nor_another_secret() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let other = Team { secret: tempfile::NamedTempFile::new().expect("a file"), ..team };
        std::fs::write(other.secret.path(), "another-secret-of-the-tests").expect("written");
        let team = Team { secret: tempfile::NamedTempFile::new().expect("a file"), ..other };
        std::fs::write(team.secret.path(), SECRET).expect("written");
        for (number, more) in [&[][..], &[("WOLKVOX_MAX_PAGES", "1")]].into_iter().enumerate() {
            let mut program = team.start(more).await;
            ask(&mut program, 900_000_001).await;
            assert_eq!(team.sandbox.requests(), number as u64 + 1);
        }
        std::fs::write(team.secret.path(), "another-secret-of-the-tests").expect("written");
        let mut stranger = team.start(&[]).await;
        ask(&mut stranger, 900_000_001).await;
        assert_eq!(team.sandbox.requests(), 3);
    }
}

#[tokio::test]
async fn a_new_secret_goes_before_the_old_one_and_both_are_understood() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut old = team.start(&[]).await;
        ask(&mut old, 900_000_001).await;
        std::fs::write(team.secret.path(), format!("a-newer-fictitious-secret\n{SECRET}\n"))
            .expect("written");
        let mut new = team.start(&[]).await;
        ask(&mut new, 900_000_001).await;
        assert_eq!(team.sandbox.requests(), 1);
    }
}

#[tokio::test]
async fn a_spent_quota_holds_every_process() {
    for mut store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Quota)).await;
        let (mut first, mut second) = (team.start(&[]).await, team.start(&[]).await);
        assert_eq!(outcome(&ask(&mut first, 900_000_001).await), "quota_exhausted");
        assert_eq!(outcome(&ask(&mut second, 900_000_002).await), "quota_exhausted");
        // Who has heard of it keeps to it also without the store.
        store.kill();
        assert_eq!(outcome(&ask(&mut second, 900_000_003).await), "quota_exhausted");
        assert_eq!(team.sandbox.requests(), 1);
    }
}

#[tokio::test]
async fn a_minutes_look_ups_are_those_of_all_processes() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let rate = [("WOLKVOX_RATE", "3")];
        let (mut first, mut second) = (team.start(&rate).await, team.start(&rate).await);
        let mut outcomes = Vec::new();
        for number in 0..3 {
            for (program, customer) in [(&mut first, 900_000_100), (&mut second, 900_000_200)] {
                outcomes.push(outcome(&ask(program, customer + number).await));
            }
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(team.sandbox.requests(), 3, "{outcomes:?}");
        assert_eq!(outcomes.last().map(String::as_str), Some("rate_limited"), "{outcomes:?}");
    }
}

#[tokio::test]
async fn the_places_of_a_process_that_was_killed_are_free_after_some_seconds() {
    fn endless(number: u64) -> Option<Fault> {
        (number < 2).then_some(Fault::Slow(Duration::from_secs(60)))
    }
    for store in Store::each() {
        let team = Team::new(&store, endless).await;
        let mut dead = team.start(&[]).await;
        for id in [1, 2] {
            let params = json!({
                "name": "query_obligation",
                "arguments": { "field": "id_customer", "value": format!("90000000{id}") },
            });
            let call =
                json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            dead.send(call).await;
        }
        while team.sandbox.requests() < 2 {
            sleep(Duration::from_millis(10)).await;
        }
        let mut other = team.start(&[]).await;
        let killed =
            std::process::Command::new("kill").args(["-9", &dead.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        let began = Instant::now();
        let answer = ask(&mut other, 900_000_003).await;
        assert_ne!(outcome(&answer), "timeout", "{answer}");
        let waited = began.elapsed();
        assert!(waited > Duration::from_secs(3) && waited < Duration::from_secs(7), "{waited:?}");
    }
}

#[tokio::test]
async fn without_the_store_look_ups_go_on_and_with_it_they_are_shared_again() {
    for mut store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[("WOLKVOX_CACHE_TTL", "0s")]).await;
        ask(&mut program, 900_002_001).await;
        store.signal("STOP");
        let late = timed(&mut program, 900_002_002).await;
        assert!(late < Duration::from_millis(900), "the first call: {late:?}");
        sleep(Duration::from_millis(400)).await;
        let later = timed(&mut program, 900_002_003).await;
        assert!(later < Duration::from_millis(250), "the next call: {later:?}");
        store.signal("CONT");
        store.kill();
        sleep(Duration::from_secs(1)).await;
        let gone = timed(&mut program, 900_002_004).await;
        assert!(gone < Duration::from_millis(900), "it is gone: {gone:?}");
        store.restart();
        let began = Instant::now();
        while !store.ask(&["KEYS", "wolkvox:1:{*}:processes"]).windows(7).any(|it| it == b"wolkvox")
        {
            assert!(began.elapsed() < Duration::from_secs(3), "it does not come back");
            ask(&mut program, 900_002_005).await;
        }
        let log = program.end().await.stderr;
        let warnings = log.lines().filter(|line| line.contains("the shared store cannot be used"));
        assert!((1..=2).contains(&warnings.count()), "{log}");
    }
}

async fn timed(program: &mut Program, customer: u32) -> Duration {
    let began = Instant::now();
    let answer = ask(program, customer).await;
    assert_ne!(answer["isError"], true, "{answer}");
    began.elapsed()
}

#[tokio::test]
async fn who_may_not_ask_without_the_store_says_so() {
    for mut store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        store.kill();
        let mut program = team.start(&[("WOLKVOX_SHARED_DOWN", "refuse")]).await;
        let answer = ask(&mut program, 900_000_001).await;
        assert_eq!(outcome(&answer), "busy");
        let text = answer["content"][0]["text"].to_string();
        assert!(text.contains("WOLKVOX_SHARED"), "{text}");
        assert_eq!(team.sandbox.requests(), 0);
    }
}

#[tokio::test]
async fn a_process_that_ends_leaves_nothing_behind() {
    for store in Store::each() {
        let team = Team::new(&store, |_| Some(Fault::Slow(Duration::from_secs(60)))).await;
        let mut program = team.start(&[]).await;
        let params = json!({
            "name": "query_obligation",
            "arguments": { "field": "id_customer", "value": "900000001" },
        });
        program
            .send(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
            .await;
        while team.sandbox.requests() < 1 {
            sleep(Duration::from_millis(10)).await;
        }
        program.end().await;
        let left = store.ask(&["KEYS", "wolkvox:1:{*}:places"]);
        assert!(left.starts_with(b"*0\r\n"), "{}", String::from_utf8_lossy(&left));
    }
}

/// Two servers with one store and callers of two roles.
struct Office {
    _folder: tempfile::TempDir,
    servers: [Server; 2],
    /// The headers' values of `ana` and `eva`.
    tokens: [String; 2],
}

impl Office {
    async fn open(store: &Store) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("secret"), SECRET).expect("written");
        let settings = "[roles.agent]\nrate = 3\n[roles.rare]\ndaily = 1\n";
        std::fs::write(path("w.toml"), settings).expect("written");
        let (callers, config, secret) = (path("callers.toml"), path("w.toml"), path("secret"));
        let files = ["--callers", &callers, "--config", &config];
        let mut tokens = Vec::new();
        for (name, role) in [("ana", "agent"), ("eva", "rare")] {
            let add = [&["caller", "add", name, "--role", role], &files[..]].concat();
            tokens.push(format!("Bearer {}", Program::run(&add, &[]).await.stdout[0]));
        }
        let url = store.url();
        let arguments = [&files[..], &["--shared", &url, "--shared-secret-file", &secret]].concat();
        let servers = [Server::start(&arguments, &[]).await, Server::start(&arguments, &[]).await];
        let tokens = tokens.try_into().expect("two tokens");
        Self { _folder: folder, servers, tokens }
    }

    /// Lets a person ask the servers by turns, and returns how it ended each time.
    async fn ask(&self, person: usize, numbers: std::ops::Range<u64>) -> Vec<String> {
        let headers =
            [("MCP-Protocol-Version", "2025-06-18"), ("Authorization", &*self.tokens[person])];
        let mut outcomes = Vec::new();
        for number in numbers {
            let server = &self.servers[usize::from(number % 2 == 1)];
            let reply = server.post(&headers, &by_customer(number)).await;
            outcomes.push(outcome(&reply.json()["result"]));
        }
        outcomes
    }
}

#[tokio::test]
async fn a_persons_budget_is_the_same_on_every_server() {
    for store in Store::each() {
        let office = Office::open(&store).await;
        assert_eq!(office.ask(0, 0..4).await, ["found", "found", "found", "rate_limited"]);
        assert_eq!(office.ask(1, 0..2).await, ["found", "quota_exhausted"]);
        for kind in ["minute", "day:*"] {
            let keys = store.ask(&["KEYS", &format!("wolkvox:1:{{*}}:{kind}")]);
            let keys = String::from_utf8_lossy(&keys).into_owned();
            let keys: Vec<_> = keys.lines().filter(|line| line.starts_with("wolkvox:")).collect();
            assert!(!keys.is_empty(), "{kind}");
            for key in keys {
                let time = store.ask(&["PTTL", key]);
                assert!(!time.starts_with(b":-"), "{key} stays for ever");
            }
        }
        let dump = store.dump();
        let dump = String::from_utf8_lossy(&dump);
        assert!(dump.contains(":day:") && !dump.contains("ana") && !dump.contains("eva"), "{dump}");
    }
}

#[tokio::test]
async fn without_the_store_a_server_goes_on_counting_where_it_was() {
    for mut store in Store::each() {
        let office = Office::open(&store).await;
        assert_eq!(office.ask(0, 0..2).await, ["found", "found"]);
        store.kill();
        // One of the two was asked of each, so that two more are left for each.
        let alone = office.ask(0, 2..8).await;
        let refused = alone.iter().filter(|it| *it == "rate_limited").count();
        assert_eq!(refused, 2, "{alone:?}");
    }
}

#[tokio::test]
async fn without_the_store_a_server_is_ready_and_tells_of_it_in_its_metrics() {
    for mut store in Store::each() {
        let Office { servers: [server, _], .. } = Office::open(&store).await;
        let shown = async |value: &str| {
            let line = format!("wolkvox_shared_state_up {value}\n");
            let began = Instant::now();
            while !server.admin("/metrics").await.body.contains(&line) {
                assert!(began.elapsed() < Duration::from_secs(5), "it is not {value}");
                sleep(Duration::from_millis(50)).await;
            }
        };
        shown("1").await;
        // Nobody asks, and it is noticed all the same.
        store.signal("STOP");
        shown("0").await;
        store.signal("CONT");
        shown("1").await;
        store.kill();
        shown("0").await;
        assert_eq!(server.admin("/readyz").await.status, 200);
        store.restart();
        shown("1").await;
    }
}

#[tokio::test]
async fn check_looks_at_the_store_and_at_the_others_secret() {
    for store in Store::each() {
        let team = Team::new(&store, |_| None).await;
        let mut program = team.start(&[]).await;
        ask(&mut program, 900_001_001).await;
        let other = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(other.path(), "another-secret-of-the-tests").expect("written");
        let same = team.secret.path().display().to_string();
        let other = other.path().display().to_string();
        let check = async |url: &str, secret: &str| {
            let shared = ["--shared", url, "--shared-secret-file", secret];
            let ended = Program::run(&[&["--sandbox", "check"], &shared[..]].concat(), &[]).await;
            let step = ended.stdout.iter().find(|line| line.contains("shared "));
            step.expect("a step").clone()
        };
        let found = check(&store.url(), &same).await;
        assert!(found.starts_with("✓") && found.contains(" ms"), "{found}");
        let found = check(&store.url(), &other).await;
        assert!(found.starts_with("⚠"), "{found}");
        store.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
        store.ask(&["CONFIG", "SET", "maxmemory", "100000000"]);
        let found = check(&store.url(), &same).await;
        assert!(found.starts_with("⚠"), "{found}");
        let found = check("redis://127.0.0.1:1", &same).await;
        assert!(found.starts_with("✗") && found.contains("127.0.0.1:1"), "{found}");
    }
}

#[tokio::test]
async fn what_is_set_wrongly_is_refused_and_no_password_is_shown() {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), SECRET).expect("written");
    let secret = secret.path().display().to_string();
    let file = ["--shared-secret-file", &secret];
    for (arguments, problem) in [
        (vec!["--shared", "redis://u:geheim123@127.0.0.1:6379"], "holds a password"),
        (vec!["--shared", "http://127.0.0.1:6379"], "must be the address of a Valkey or Redis"),
        (vec!["--shared", "127.0.0.1:6379"], "must be the address of a Valkey or Redis"),
        (vec!["--shared-down", "wait"], "must be `degrade` or `refuse`"),
    ] {
        let ended = Program::run(&[&["--sandbox"], &file[..], &arguments].concat(), &[]).await;
        assert_eq!(ended.status.code(), Some(3), "{arguments:?}");
        assert!(ended.stderr.contains(problem), "{}", ended.stderr);
        assert!(!ended.stderr.contains("geheim123"), "{}", ended.stderr);
    }
    let alone = Program::run(&["--sandbox", "--shared", "redis://127.0.0.1:6379"], &[]).await;
    assert!(alone.stderr.contains("WOLKVOX_SHARED_SECRET_FILE must be set"), "{}", alone.stderr);
}
