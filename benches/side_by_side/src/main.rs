//! Measures wolkvox-mcp beside what people would use instead, on the same work in the same run:
//! a server written in an hour on the same SDK (`bin/naive.rs`), the same passing wolkvox's text on
//! unread (`bin/pass_through.rs`), one on the official Python SDK (`server.py`), and a bare keep-alive
//! HTTP loop as the limit. The contestants take turns, so that the machine's noise hits all alike.
//! Prints a Markdown table; ratios are to the naive server, and in the second column to the one that
//! reads nothing.
//!
//! ```sh
//! cargo run --release --manifest-path benches/side_by_side/Cargo.toml
//! ```
//!
//! Arguments choose what is measured: starts, warm, crowd, refusals, large, idle. `WOLKVOX_MCP`
//! names another program than the one that is built here, and `WOLKVOX_MCP_BEFORE` an earlier one that
//! takes its turns too, to see what a change did.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use side_by_side::bare::Bare;
use side_by_side::build;
use side_by_side::server::{Contestant, Server, Streams};
use side_by_side::stub::{Manner, Stub};
use side_by_side::table::{Table, Unit, micros};

const OURS: &str = "wolkvox-mcp";
const NAIVE: &str = "naive, same SDK";
const PASSING: &str = "pass-through";
const PYTHON: &str = "Python SDK";
const BARE: &str = "bare HTTP";
const BEFORE: &str = "before";
const COLUMNS: [&str; 5] = [OURS, NAIVE, PASSING, PYTHON, BARE];

/// What the ratios are to be, by the beginning of the figure's name.
const GOALS: [(&str, &str); 14] = [
    ("start to tool list", "≤ 0.40"),
    ("start to first answer", "≤ 0.50"),
    ("warm call, 1 record", "≤ 0.70"),
    ("warm call, 20 records", "≤ 0.85"),
    ("16 in flight, gate lifted, pipes: CPU", ""),
    ("16 in flight, gate lifted, sockets: CPU", ""),
    ("16 in flight, gate lifted", "≥ 2.0"),
    ("16 in flight, a third refused: failed", "0%"),
    ("16 in flight, a third refused: of the most", "≥ 95%"),
    ("5000 records in one reply", "≤ 1.2"),
    ("5000 records, peak memory", "≤ 1.2"),
    ("idle memory", "≤ 1.0"),
    ("idle threads", "1"),
    ("on disk", "≤ 0.85"),
];

/// The same for the ratios to the server that reads nothing.
const GOALS_TO_PASSING: [(&str, &str); 2] =
    [("warm call, 1 record", "≤ 0.65"), ("warm call, 20 records", "≤ 0.95")];

/// What must not suffer by a change.
const GOALS_TO_BEFORE: [(&str, &str); 4] = [
    ("start to tool list", "≤ 1.03"),
    ("warm call, 1 record", "≤ 1.03"),
    ("idle memory", "≤ 1.03"),
    ("idle threads", "≤ 1.03"),
];

/// How long the stub thinks where it refuses a third request.
const THINKS: Duration = Duration::from_millis(5);
const AT_ONCE: usize = 16;

/// Measures one kind of work.
type Measure = fn(&[Contestant], &Stub, &mut Table);

const MEASURES: [(&str, Measure); 6] = [
    ("starts", starts),
    ("warm", warm),
    ("crowd", crowd),
    ("refusals", refusals),
    ("large", large),
    ("idle", idle),
];

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let contestants = contestants()?;
    let stub = Stub::start(Manner::Prompt);
    let mut table = Table::new(&COLUMNS, &GOALS).also_to(PASSING, &GOALS_TO_PASSING);
    if contestants.iter().any(|it| it.name == BEFORE) {
        table = table.also_to(BEFORE, &GOALS_TO_BEFORE);
        table.add_column(BEFORE);
    }
    for (name, measure) in MEASURES {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            measure(&contestants, &stub, &mut table);
        }
    }
    print!("{}", table.markdown());
    Ok(())
}

/// Builds and installs what is measured.
fn contestants() -> anyhow::Result<Vec<Contestant>> {
    let ours = build::ours()?;
    let python = build::python()?;
    let compiled = |name, program: PathBuf| Contestant {
        name,
        files: vec![program.clone()],
        program,
        arguments: Vec::new(),
        share: 100,
    };
    let before = std::env::var_os("WOLKVOX_MCP_BEFORE").map(PathBuf::from);
    let before = before.map(|program| compiled(BEFORE, program));
    let contestants = [
        compiled(OURS, ours),
        compiled(NAIVE, build::beside("naive")?),
        compiled(PASSING, build::beside("pass_through")?),
        Contestant {
            name: PYTHON,
            program: python.join("bin/python"),
            arguments: vec![build::here().join("server.py")],
            files: vec![python.join("lib")],
            share: 20,
        },
    ];
    Ok(contestants.into_iter().chain(before).collect())
}

/// Returns whether a contestant takes part in a round.
fn takes_part(contestant: &Contestant, round: usize) -> bool {
    round * contestant.share / 100 != (round + 1) * contestant.share / 100
}

fn starts(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    for round in 0..100 {
        for contestant in contestants.iter().filter(|it| takes_part(it, round)) {
            let mut server = Server::start(contestant, stub.address, Streams::Pipes, &[]);
            server.list_tools();
            table.time("start to tool list", contestant.name, server.started.elapsed());
            drop(server);
            let mut server = Server::start(contestant, stub.address, Streams::Pipes, &[]);
            assert!(server.call("1-0"));
            table.time("start to first answer", contestant.name, server.started.elapsed());
        }
    }
}

fn warm(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    warm_over(Streams::Pipes, contestants, stub, table);
    warm_over(Streams::Sockets, contestants, stub, table);
}

fn warm_over(streams: Streams, contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    let over = format!("{streams:?}").to_lowercase();
    let mut servers: Vec<_> =
        contestants.iter().map(|it| (it, Server::start(it, stub.address, streams, &[]))).collect();
    let mut bare = Bare::connect(stub.address);
    for size in [1, 20, 250] {
        let figure = match size {
            1 => format!("warm call, 1 record, {over}"),
            // Ours shows 20 of them and facts over all.
            250 => format!("warm call, 250 records with facts, {over}"),
            size => format!("warm call, {size} records, {over}"),
        };
        for round in 0..110 {
            // The first rounds warm everything up.
            let counts = round >= 10;
            for (contestant, server) in &mut servers {
                if !takes_part(contestant, round) {
                    continue;
                }
                for call in 0..30 {
                    let value = format!("{size}-{round}-{call}");
                    let begun = Instant::now();
                    assert!(server.call(&value));
                    if counts {
                        table.call(&figure, contestant.name, begun.elapsed());
                    }
                }
            }
            for call in 0..30 {
                let begun = Instant::now();
                assert!(bare.ask(&format!("{size}-{round}-{call}")));
                if counts {
                    table.call(&figure, BARE, begun.elapsed());
                }
            }
        }
    }
}

/// Sixteen calls in flight, and nothing that holds them back.
fn crowd(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    crowd_over(Streams::Pipes, contestants, stub, table);
    crowd_over(Streams::Sockets, contestants, stub, table);
}

fn crowd_over(streams: Streams, contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    let figure = format!("16 in flight, gate lifted, {}", format!("{streams:?}").to_lowercase());
    let lifted = [("WOLKVOX_MAX_IN_FLIGHT", "16")];
    let mut servers: Vec<_> = contestants
        .iter()
        .map(|it| (it, Server::start(it, stub.address, streams, &lifted)))
        .collect();
    let mut calls: BTreeMap<&str, u32> = BTreeMap::new();
    let before: Vec<Duration> = servers.iter().map(|(_, server)| server.cpu()).collect();
    for round in 0..25 {
        for (contestant, server) in &mut servers {
            if !takes_part(contestant, round) {
                continue;
            }
            *calls.entry(contestant.name).or_default() += 400;
            let begun = Instant::now();
            let good = server.calls(400, AT_ONCE, |call| format!("1-{round}-{call}"));
            assert_eq!(good, 400);
            table.rate(&figure, contestant.name, good, begun.elapsed());
        }
        let begun = Instant::now();
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    let mut bare = Bare::connect(stub.address);
                    (0..400 / AT_ONCE).for_each(|_| assert!(bare.ask("1-0")));
                });
            }
        });
        table.rate(&figure, BARE, 400, begun.elapsed());
    }
    for ((contestant, server), before) in servers.iter().zip(before) {
        let took = (server.cpu() - before) / calls[contestant.name];
        table.add(&format!("{figure}: CPU a call"), Unit::Cpu, contestant.name, micros(took));
    }
}

/// Sixteen calls in flight to a server that thinks a while and refuses a third request.
fn refusals(contestants: &[Contestant], _: &Stub, table: &mut Table) {
    let stub = Stub::start(Manner::TwoAtATime(THINKS));
    let mut servers: Vec<_> = contestants
        .iter()
        .map(|it| (it, Server::start(it, stub.address, Streams::Pipes, &[])))
        .collect();
    let figure = "16 in flight, a third refused";
    for round in 0..5 {
        let mut rates = Vec::new();
        for (contestant, server) in &mut servers {
            let begun = Instant::now();
            let good = server.calls(200, AT_ONCE, |call| format!("1-{round}-{call}"));
            rates.push((contestant.name, good as f64 / begun.elapsed().as_secs_f64()));
            table.share(&format!("{figure}: failed"), contestant.name, 200 - good, 200);
        }
        let begun = Instant::now();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut bare = Bare::connect(stub.address);
                    (0..100).for_each(|_| assert!(bare.ask("1-0")));
                });
            }
        });
        // No more than two at a time are let in, so this is the most that can be had.
        let most = 200.0 / begun.elapsed().as_secs_f64();
        rates.push((BARE, most));
        for (name, rate) in rates {
            table.add(&format!("{figure}: good answers"), Unit::Rate, name, rate);
            table.add(&format!("{figure}: of the most"), Unit::Share, name, 100.0 * rate / most);
        }
    }
}

fn large(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    for round in 0..20 {
        for contestant in contestants.iter().filter(|it| takes_part(it, round)) {
            let mut server = Server::start(contestant, stub.address, Streams::Pipes, &[]);
            assert!(server.call("1-0"));
            let begun = Instant::now();
            assert!(server.call("5000-0"));
            table.time("5000 records in one reply", contestant.name, begun.elapsed());
            table.memory("5000 records, peak memory", contestant.name, server.status("VmHWM"));
            for call in 0..3 {
                assert!(server.call(&format!("1-{call}")));
            }
            thread::sleep(Duration::from_millis(300));
            table.memory("memory after it", contestant.name, server.status("VmRSS"));
        }
        let mut bare = Bare::connect(stub.address);
        let begun = Instant::now();
        assert!(bare.ask("5000-0"));
        table.time("5000 records in one reply", BARE, begun.elapsed());
    }
}

fn idle(contestants: &[Contestant], stub: &Stub, table: &mut Table) {
    for round in 0..5 {
        for contestant in contestants {
            let mut server = Server::start(contestant, stub.address, Streams::Pipes, &[]);
            server.list_tools();
            assert!(server.call(&format!("1-{round}")));
            thread::sleep(Duration::from_millis(500));
            table.memory("idle memory", contestant.name, server.status("VmRSS"));
            table.count("idle threads", contestant.name, server.status("Threads"));
        }
    }
    for contestant in contestants {
        let bytes: u64 = contestant.files.iter().map(|path| bytes(path)).sum();
        table.memory("on disk", contestant.name, bytes as f64 / 1024.0);
    }
}

fn bytes(path: &Path) -> u64 {
    let metadata = path.metadata().expect("installed");
    if !metadata.is_dir() {
        return metadata.len();
    }
    let entries = path.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|entry| bytes(&entry)).sum()
}
