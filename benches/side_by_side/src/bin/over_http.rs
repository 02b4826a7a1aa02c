//! Measures `wolkvox-mcp serve` beside what a team would use instead, on the same work in the same
//! run: the naive server over HTTP with the SDK's defaults and the same one tuned
//! (`bin/naive_http.rs`), servers on the official Python and TypeScript SDKs, and an axum handler
//! without MCP as the limit. Clients speak the revision 2025-11-25 on keep-alive connections and take
//! turns, so that the machine's noise hits all alike. Ours knows its callers by their tokens and
//! writes its audit log; the others let everybody in and record nothing. wolkvox is a stub that
//! answers at once, so a cached call is compared with what the others ask of a stub that takes no
//! time: the least that a cache can save. Prints a Markdown table; ratios are to the naive server
//! with the SDK's defaults, and in the second column to the tuned one.
//!
//! ```sh
//! cargo run --release --manifest-path benches/side_by_side/Cargo.toml --bin over_http
//! ```
//!
//! Arguments choose what is measured: starts, warm, cached, crowd, memory. `WOLKVOX_MCP` names
//! another program than the one that is built here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use side_by_side::build;
use side_by_side::http::{Client, Contestant, Server};
use side_by_side::stub::{Manner, Stub};
use side_by_side::table::{Table, Unit, micros};

const OURS: &str = "wolkvox-mcp";
const NAIVE: &str = "naive, same SDK";
const TUNED: &str = "naive, tuned";
const PYTHON: &str = "Python SDK";
const TYPESCRIPT: &str = "TypeScript SDK";
const THIN: &str = "axum without MCP";
const COLUMNS: [&str; 6] = [OURS, NAIVE, TUNED, PYTHON, TYPESCRIPT, THIN];

/// What the ratios are to be, by the beginning of the figure's name.
const GOALS: [(&str, &str); 7] = [
    ("cached call", "≤ 0.60"),
    ("warm call, 1 record", "≤ 0.90"),
    ("64 connections: CPU", "≤ 0.70"),
    ("64 connections, cached: CPU", "≤ 0.70"),
    ("memory at rest", "≤ 1.5"),
    ("growth after 10,000 calls", "< 4 MB"),
    ("start to tool list", ""),
];

const CONNECTIONS: usize = 64;
const CALLERS: usize = 16;
/// How long ours may take a cached answer from memory: longer than any measurement.
const KEPT: &str = "1h";

/// Measures one kind of work.
type Measure = fn(&[Contestant], &Stub, &mut Table);

const MEASURES: [(&str, Measure); 5] =
    [("starts", starts), ("warm", warm), ("cached", cached), ("crowd", crowd), ("memory", memory)];

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let folder = build::beside("team")?;
    let contestants = contestants(&folder)?;
    let stub = Stub::start(Manner::Prompt);
    let mut table = Table::new(&COLUMNS, &GOALS).also_to(TUNED, &[]);
    for (name, measure) in MEASURES {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            measure(&contestants, &stub, &mut table);
        }
    }
    print!("{}", table.markdown());
    Ok(())
}

/// Builds and installs what is measured; ours with callers and an audit log in this folder.
fn contestants(folder: &PathBuf) -> anyhow::Result<Vec<Contestant>> {
    let ours = build::ours()?;
    let python = build::python()?;
    let node = build::node()?;
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let callers = folder.join("callers.toml");
    let audit = folder.join("audit-{pid}.jsonl");
    let tokens = (0..CALLERS).map(|number| {
        let mut add = Command::new(&ours);
        add.args(["caller", "add", &format!("caller-{number}"), "--lang", "en"]);
        let said = add.env("WOLKVOX_CALLERS", &callers).output()?;
        let said = String::from_utf8(said.stdout)?;
        let token = said.split_whitespace().find(|it| it.starts_with("wvx_"));
        Ok(token.with_context(|| said.clone())?.to_owned())
    });
    let tokens = tokens.collect::<anyhow::Result<Vec<String>>>()?;
    ensure!(tokens.len() == CALLERS);
    let text = |path: PathBuf| path.to_str().map(str::to_owned).context("a path in Unicode");
    let contestant = |name, program, arguments, share| Contestant {
        name,
        program,
        arguments,
        environment: Vec::new(),
        tokens: Vec::new(),
        share,
    };
    Ok(vec![
        Contestant {
            environment: vec![
                ("WOLKVOX_CALLERS", text(callers)?),
                ("WOLKVOX_AUDIT", text(audit)?),
                ("WOLKVOX_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
                ("WOLKVOX_LOG", "off".to_owned()),
                ("WOLKVOX_RATE", "4000000000".to_owned()),
                // Calls are to reach the stub, as many as there are.
                ("WOLKVOX_CACHE_TTL", "0s".to_owned()),
                ("WOLKVOX_MAX_IN_FLIGHT", CONNECTIONS.to_string()),
            ],
            tokens,
            ..contestant(OURS, ours, vec!["serve".into()], 100)
        },
        // Each of its answers may wait 40 ms for the client's acknowledgement.
        contestant(NAIVE, build::beside("naive_http")?, Vec::new(), 20),
        contestant(TUNED, build::beside("naive_http")?, vec!["tuned".into()], 100),
        contestant(PYTHON, python.join("bin/python"), vec![build::here().join("server.py")], 20),
        contestant(TYPESCRIPT, "node".into(), vec![node.join("server_http.mjs")], 20),
        contestant(THIN, build::beside("thin_http")?, Vec::new(), 100),
    ])
}

/// Returns them as they answer from their caches, where they have one.
fn caching(contestants: &[Contestant]) -> Vec<Contestant> {
    let mut contestants = contestants.to_vec();
    for contestant in &mut contestants {
        match contestant.name {
            OURS => contestant.environment.push(("WOLKVOX_CACHE_TTL", KEPT.to_owned())),
            THIN => contestant.arguments.push("cached".into()),
            _ => {}
        }
    }
    contestants
}

/// Returns whether a contestant takes part in a round.
fn takes_part(contestant: &Contestant, round: usize) -> bool {
    round * contestant.share / 100 != (round + 1) * contestant.share / 100
}

fn starts(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    for round in 0..50 {
        for contestant in contestants.iter().filter(|it| takes_part(it, round)) {
            let server = Server::start(contestant, stub.address);
            server.connect(0).list_tools();
            table.time("start to tool list", contestant.name, server.started.elapsed());
        }
    }
}

fn warm(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    turns("warm call, 1 record", contestants, stub, table, |round, call| {
        format!("1-{round}-{call}")
    });
}

fn cached(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    let caching = caching(contestants);
    turns("cached call, 1 record", &caching, stub, table, |_, _| "1-0".to_owned());
}

/// One call after the other, some of each contestant in turn.
fn turns(
    figure: &str,
    contestants: &[Contestant],
    stub: &Stub,
    table: &mut Table,
    value: impl Fn(usize, usize) -> String,
) {
    let mut servers: Vec<(&Contestant, Server, Client)> = contestants
        .iter()
        .map(|it| {
            let server = Server::start(it, stub.address);
            let client = server.connect(0);
            (it, server, client)
        })
        .collect();
    for round in 0..110 {
        for (contestant, _, client) in &mut servers {
            if !takes_part(contestant, round) {
                continue;
            }
            for call in 0..20 {
                let value = value(round, call);
                let begun = Instant::now();
                assert!(client.call(&value), "{}", contestant.name);
                // The first rounds warm everything up.
                if round >= 10 {
                    table.call(figure, contestant.name, begun.elapsed());
                }
            }
        }
    }
}

fn crowd(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    crowd_of("64 connections", contestants, stub, table, |round, client, call| {
        format!("1-{round}-{client}-{call}")
    });
    let caching = caching(contestants);
    crowd_of("64 connections, cached", &caching, stub, table, |_, client, _| format!("1-{client}"));
}

/// Calls on many connections at once, in rounds of one contestant after the other.
fn crowd_of(
    figure: &str,
    contestants: &[Contestant],
    stub: &Stub,
    table: &mut Table,
    value: impl Fn(usize, usize, usize) -> String + Sync,
) {
    const CALLS: usize = 20;
    let servers: Vec<(&Contestant, Server)> =
        contestants.iter().map(|it| (it, Server::start(it, stub.address))).collect();
    let mut spent: BTreeMap<&str, (Duration, u32)> = BTreeMap::new();
    for round in 0..25 {
        for (contestant, server) in &servers {
            if !takes_part(contestant, round) {
                continue;
            }
            // Anew, as some servers close connections that wait while the others take their turns.
            let mut clients: Vec<Client> =
                (0..CONNECTIONS).map(|who| server.connect(who)).collect();
            let before = server.cpu();
            let barrier = Barrier::new(CONNECTIONS + 1);
            let (value, barrier) = (&value, &barrier);
            let mut begun = Instant::now();
            let times: Vec<Duration> = thread::scope(|scope| {
                let threads: Vec<_> = clients
                    .iter_mut()
                    .enumerate()
                    .map(|(number, client)| {
                        scope.spawn(move || {
                            barrier.wait();
                            let one = |call| {
                                let begun = Instant::now();
                                assert!(client.call(&value(round, number, call)));
                                begun.elapsed()
                            };
                            (0..CALLS).map(one).collect::<Vec<_>>()
                        })
                    })
                    .collect();
                barrier.wait();
                begun = Instant::now();
                threads.into_iter().flat_map(|it| it.join().expect("answered")).collect()
            });
            table.rate(figure, contestant.name, times.len(), begun.elapsed());
            for time in times {
                table.call(&format!("{figure}: a call"), contestant.name, time);
            }
            let spent = spent.entry(contestant.name).or_default();
            spent.0 += server.cpu() - before;
            spent.1 += (CONNECTIONS * CALLS) as u32;
        }
    }
    for (name, (time, calls)) in spent {
        table.add(&format!("{figure}: CPU a call"), Unit::Cpu, name, micros(time / calls));
    }
}

fn memory(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    for round in 0..3 {
        for contestant in contestants {
            let server = Server::start(contestant, stub.address);
            let mut client = server.connect(0);
            client.list_tools();
            assert!(client.call("1-first"));
            thread::sleep(Duration::from_millis(500));
            let at_rest = server.status("VmRSS");
            table.memory("memory at rest", contestant.name, at_rest);
            table.count("threads", contestant.name, server.status("Threads"));
            if round > 0 && contestant.share < 100 {
                continue;
            }
            let mut clients: Vec<Client> = (0..8).map(|who| server.connect(who)).collect();
            thread::scope(|scope| {
                for (number, client) in clients.iter_mut().enumerate() {
                    scope.spawn(move || {
                        for call in 0..10_000 / 8 {
                            assert!(client.call(&format!("1-{number}-{call}")));
                        }
                    });
                }
            });
            drop(clients);
            thread::sleep(Duration::from_millis(500));
            let after = server.status("VmRSS");
            table.memory("memory after 10,000 calls", contestant.name, after);
            table.memory("growth after 10,000 calls", contestant.name, after - at_rest);
        }
    }
}
