use std::fs;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
#[cfg(unix)]
use tokio::time::{sleep, timeout};

use crate::serve::{OLDER, Server, by_customer};
use crate::support::{Program, modern_meta};

/// Everything that a call may name and no file may hold.
const VALUES: [&str; 5] = ["900000001", "900000009", "900.000.001", "Ficticio", "FIC-001"];

/// A folder with an audit log.
struct Log {
    folder: TempDir,
    path: String,
}

impl Log {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.jsonl").to_string_lossy().into_owned();
        Self { folder, path }
    }

    fn start(&self, more: &[(&str, &str)]) -> Program {
        let ours = [("WOLKVOX_AUDIT", self.path.as_str()), ("USER", "ana")];
        Program::start(&["--sandbox"], &[&ours, more].concat())
    }

    /// Starts the program, opens a connection and makes so many calls.
    async fn calls(&self, count: usize) {
        let mut program = self.start(&[]);
        program.initialize("2025-11-25").await;
        for _ in 0..count {
            program.call(question()).await;
        }
        assert!(program.end().await.status.success());
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).expect("the log")
    }

    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn outcomes(&self) -> Vec<String> {
        let outcome = |line: &Value| line["outcome"].as_str().expect("text").to_owned();
        self.lines().iter().map(outcome).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the files of the log, with those that were rotated away.
    fn files(&self) -> Vec<String> {
        let entries = self.folder.path().read_dir().expect("a folder");
        let names = entries.map(|it| it.expect("an entry").path().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".jsonl")).collect()
    }

    async fn verify(&self) -> (Option<i32>, String) {
        verify(&self.files()).await
    }
}

async fn verify(files: &[String]) -> (Option<i32>, String) {
    let files = files.iter().map(String::as_str);
    let arguments: Vec<&str> = ["audit", "verify"].into_iter().chain(files).collect();
    let ended = Program::run(&arguments, &[]).await;
    (ended.status.code(), ended.stdout.join("\n") + &ended.stderr)
}

fn question() -> Value {
    json!({ "field": "id_customer", "value": "900000001" })
}

/// Returns which values stand in any byte of a folder's files.
fn found_values(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        let here = VALUES.iter().filter(|it| text.contains(**it));
        found.extend(here.map(|it| format!("{it} in {}", path.display())));
    }
    found
}

#[tokio::test]
async fn every_call_leaves_a_line_whatever_its_end_and_no_value() {
    let log = Log::new();
    let mut program = log.start(&[("WOLKVOX_LOG_FORMAT", "json")]);
    program.initialize("2025-11-25").await;
    for (name, arguments, outcome) in [
        ("query_obligation", question(), "found"),
        ("query_obligation", json!({ "field": "id_customer", "value": "900.000.001" }), "found"),
        ("query_obligation", json!({ "field": "id_customer", "value": "900000999" }), "none"),
        (
            "query_obligation",
            json!({ "field": "id_customer", "value": "900000001", "limit": 0 }),
            "invalid_input",
        ),
        ("query_obligation", json!({ "field": "900000009", "value": "Ficticio" }), "none"),
        ("query_obligation", json!({ "value": "900000009" }), "invalid_input"),
        ("query_obligation", json!({ "field": "sandbox_fault", "value": "rejected" }), "rejected"),
        (
            "get_obligation",
            json!({ "obligation": "FIC-001", "record_id": "0000000000000000000000aa" }),
            "found",
        ),
        ("900000009", question(), "unknown_tool"),
    ] {
        program.call_tool(name, arguments).await;
        let last = log.lines().pop().expect("a line, before the answer is read");
        assert_eq!(last["outcome"], outcome, "{last}");
    }
    let unreadable = json!({ "name": "query_obligation", "arguments": ["900000009"] });
    program.request("tools/call", unreadable).await;
    let ended = program.end().await;
    let lines = log.lines();
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[9]["outcome"], "invalid_params");
    let members = [
        "v",
        "seq",
        "time",
        "writer",
        "request",
        "who",
        "client",
        "address",
        "tenant",
        "tool",
        "subject",
        "subject_kind",
        "outcome",
        "records",
        "cache",
        "trace",
        "prev",
        "mac",
    ];
    for (line, seq) in lines.iter().zip(1..) {
        let names: Vec<&str> =
            line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, members);
        assert_eq!((&line["v"], &line["seq"]), (&json!(1), &json!(seq)));
        assert_eq!(line["client"], json!({ "name": "test", "version": "1" }));
        assert_eq!(line["who"]["how"], "system");
    }
    let [first, again, none, limit, field, no_field, _, obligation, unknown, _] = &lines[..] else {
        panic!("ten lines")
    };
    assert_eq!((&first["records"], &first["cache"]), (&json!(37), &json!(false)));
    assert_eq!((&again["records"], &again["cache"]), (&json!(37), &json!(true)));
    assert_eq!(first["subject_kind"], "id_customer");
    assert_eq!(first["subject"], again["subject"], "a number in groups is the same");
    assert_ne!(first["subject"], none["subject"]);
    assert_eq!(first["subject"], limit["subject"], "it could be read, though it was refused");
    assert_eq!(field["subject_kind"], "(another)", "it may be a value in the wrong place");
    assert_eq!(no_field["subject"], Value::Null);
    assert_eq!(obligation["subject_kind"], "obligation");
    assert_eq!((&unknown["tool"], &unknown["subject"]), (&json!("(another)"), &Value::Null));
    let log_lines = ended.stderr.lines();
    let log_lines = log_lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let look_up = log_lines.into_iter().find(|line| line["fields"]["message"] == "look-up");
    assert_eq!(look_up.expect("a look-up")["span"]["request"], first["request"]);
    assert_eq!(found_values(log.folder.path()), Vec::<String>::new());
    assert_eq!(log.verify().await.0, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn the_log_is_its_owners_alone_and_knows_the_systems_user() {
    use std::os::unix::fs::PermissionsExt;
    let log = Log::new();
    log.calls(1).await;
    for name in ["audit.jsonl", "audit.jsonl.last", "wolkvox-audit.key"] {
        let mode = log.file(name).metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let who = &log.lines()[0]["who"];
    let id = format!("uid:{}", rustix_uid());
    assert_eq!((&who["id"], &who["name"]), (&json!(id), &json!("ana")));
}

#[cfg(unix)]
fn rustix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    tempfile::tempfile().expect("a file").metadata().expect("its owner").uid()
}

#[tokio::test]
async fn client_and_trace_of_the_stateless_era_are_in_the_line_and_in_the_log() {
    let log = Log::new();
    let mut program = log.start(&[]);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let mut meta = modern_meta();
    meta["traceparent"] = json!(format!("00-{trace}-00f067aa0ba902b7-01"));
    let params = json!({ "name": "query_obligation", "arguments": question(), "_meta": meta });
    program.request("tools/call", params).await;
    let ended = program.end().await;
    let line = &log.lines()[0];
    assert_eq!(line["client"], json!({ "name": "test", "version": "1" }));
    assert_eq!(line["trace"], trace);
    assert!(ended.stderr.contains(&format!(r#"trace="{trace}""#)), "{}", ended.stderr);
}

#[tokio::test]
async fn a_cancelled_call_and_one_that_the_end_of_the_program_stops_leave_a_line() {
    let log = Log::new();
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    let slow = json!({ "field": "sandbox_fault", "value": "slow" });
    let params = json!({ "name": "query_obligation", "arguments": slow });
    for id in [71, 72] {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        program.send(call).await;
    }
    program.request("tools/list", json!({})).await;
    let cancel = json!({ "requestId": 71 });
    program
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel }))
        .await;
    program.request("tools/list", json!({})).await;
    assert_eq!(log.outcomes(), ["cancelled"]);
    program.end().await;
    assert_eq!(log.outcomes(), ["cancelled", "cancelled"]);
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn a_look_up_at_the_terminal_leaves_a_line() {
    let log = Log::new();
    let environment = [("WOLKVOX_AUDIT", log.path.as_str())];
    let query = ["query", "--sandbox", "id_customer", "900000001"];
    assert!(Program::run(&query, &environment).await.status.success());
    let wrong = ["query", "--sandbox", "id_customer", "900000001", "--limit", "0"];
    assert!(!Program::run(&wrong, &environment).await.status.success());
    let lines = log.lines();
    assert_eq!(log.outcomes(), ["found", "invalid_input"]);
    assert_eq!(lines[0]["client"]["name"], "wolkvox-mcp query");
    assert_eq!(lines[0]["subject"], lines[1]["subject"]);
    assert_eq!(found_values(log.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn without_an_audit_log_nothing_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().to_string_lossy().into_owned();
    for environment in [&[("HOME", home.as_str())][..], &[("WOLKVOX_AUDIT", "off")]] {
        let mut program = Program::start(&["--sandbox"], environment);
        program.initialize("2025-11-25").await;
        program.call(question()).await;
        program.end().await;
    }
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0);
}

/// Lets the program's files grow to some kilobytes only, as a full disk does.
#[cfg(unix)]
fn with_little_room(log: &Log, on_failure: &str) -> Program {
    let program = env!("CARGO_BIN_EXE_wolkvox-mcp");
    let script = format!("trap '' XFSZ; ulimit -S -f 8; exec {program} --sandbox");
    let environment = [
        ("WOLKVOX_AUDIT", log.path.as_str()),
        ("WOLKVOX_AUDIT_FAILURE", on_failure),
        ("PATH", "/usr/bin:/bin"),
    ];
    Program::start_with("sh", &["-c", &script], &environment)
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_recorded_is_could_not_look_up_and_never_data() {
    let log = Log::new();
    let mut program = with_little_room(&log, "refuse");
    program.initialize("2025-11-25").await;
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..20 {
        let result = program.call(question()).await;
        let text = result["content"][0]["text"].as_str().expect("text");
        if result["isError"] == true {
            refused += 1;
            assert!(text.starts_with("not_recorded: could not look up: "), "{text}");
            assert!(text.contains("whether the customer has records is unknown"), "{text}");
            assert!(!result.to_string().contains("FIC-"), "{result}");
        } else {
            answered += 1;
            assert_eq!(refused, 0, "the disk stays full");
        }
    }
    assert!(answered > 0 && refused > 10, "{answered} {refused}");
    let ended = program.end().await;
    assert_eq!(ended.stderr.matches("the audit log cannot be written").count(), 1);
    assert_eq!(log.lines().len(), answered, "a line that does not fit leaves nothing");
    assert_eq!(log.verify().await.0, Some(0));
    // With room again it goes on.
    log.calls(2).await;
    assert_eq!(log.lines().len(), answered + 2);
    assert_eq!(log.verify().await.0, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_servers_disk_that_is_full_gives_no_data_either_until_there_is_room() {
    // Its files grow to some kilobytes only, as on a full disk.
    let script = "trap '' XFSZ; ulimit -S -f 8; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_wolkvox-mcp");
    let before = ["-c", script, program];
    let server = Server::start_by("/bin/sh", &before, &["--audit", "audit.jsonl"], &[]).await;
    let ask = async |id| server.post(&[OLDER], &by_customer(id)).await.json()["result"].clone();
    let (mut answered, mut refused) = (0, 0);
    for id in 0..20 {
        let result = ask(id).await;
        if result["isError"] == true {
            refused += 1;
            let text = result["content"][0]["text"].as_str().expect("text");
            assert!(text.starts_with("not_recorded: could not look up: "), "{text}");
            assert!(!result.to_string().contains("FIC-"), "{result}");
        } else {
            answered += 1;
            assert_eq!(refused, 0, "the disk stays full");
        }
    }
    assert!(answered > 0 && refused > 5, "{answered} {refused}");
    // A balancer sends people to another server.
    let ready = server.admin("/readyz").await;
    assert_eq!(ready.status, 503, "{}", ready.body);
    let metrics = server.admin("/metrics").await.body;
    assert!(metrics.contains(&format!("wolkvox_audit_failures_total {refused}\n")), "{metrics}");
    if make_room(server.id()) {
        // The balancer sends no call, so the server finds it out by itself.
        ready_again(&server).await;
        assert_ne!(ask(20).await["isError"], true, "with room again it goes on");
    }
}

/// Lets the files of a process grow again, and returns whether this system can do that.
#[cfg(unix)]
fn make_room(process: u32) -> bool {
    let room = format!("--pid {process} --fsize=unlimited");
    let made = std::process::Command::new("prlimit").args(room.split(' ')).status();
    made.is_ok_and(|status| status.success())
}

/// Waits until a balancer may send people to the server again.
#[cfg(unix)]
async fn ready_again(server: &Server) {
    let ready = async {
        while server.admin("/readyz").await.status != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), ready).await.expect("ready by itself");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_system_without_room_takes_no_line_and_every_one_once_it_has_room() {
    // A file system of its own, in a name space that ends with the server.
    let script = "mkdir disk && mount -t tmpfs -o size=64k none disk && exec \"$0\" \"$@\"";
    let is_possible = "d=$(mktemp -d) && mount -t tmpfs -o size=64k none \"$d\"; s=$?; \
                       umount \"$d\"; rmdir \"$d\"; exit $s";
    let in_own = |script| ["-rm", "sh", "-c", script];
    let tried = std::process::Command::new("unshare").args(in_own(is_possible)).output();
    if !tried.is_ok_and(|it| it.status.success()) {
        let said = b"\nSKIPPED: this system lets nobody mount a small file system here\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), said);
        return;
    }
    let before = [&in_own(script)[..], &[env!("CARGO_BIN_EXE_wolkvox-mcp")]].concat();
    let server = Server::start_by("unshare", &before, &["--audit", "disk/audit.jsonl"], &[]).await;
    let ask = async |id| server.post(&[OLDER], &by_customer(id)).await.json()["result"].clone();
    assert_ne!(ask(1).await["isError"], true);
    let seen = format!("/proc/{}/cwd/disk", server.id());
    let log = format!("{seen}/audit.jsonl");
    let filler = format!("{seen}/filler");
    assert!(fs::write(&filler, vec![b'x'; 64 * 1024]).is_err(), "the rest of the disk");
    let mut answered = 1;
    while ask(2).await["isError"] != true {
        answered += 1;
        assert!(answered < 20, "a page is full at last");
    }
    server.says(0, "No space left on device").await;
    assert_eq!(server.admin("/readyz").await.status, 503);
    // While it is full, nothing changes by trying.
    server.signal("HUP");
    assert_eq!(ask(3).await["isError"], true);
    assert_eq!(server.admin("/readyz").await.status, 503);
    assert_eq!(fs::read_to_string(&log).expect("the log").lines().count(), answered);
    fs::remove_file(&filler).expect("room");
    server.signal("HUP");
    ready_again(&server).await;
    server.says(0, "the audit log can be written again").await;
    assert_eq!(fs::read_to_string(&log).expect("the log").lines().count(), answered);
    assert_ne!(ask(4).await["isError"], true, "the first call is answered already");
    let (status, said) = verify(&[log]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with(&format!("Lines: {}, ", answered + 1)), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_goes_on_in_a_new_file_after_its_log_was_moved_away_and_sighup() {
    let server = Server::start(&["--audit", "audit.jsonl"], &[]).await;
    let (log, moved) = (server.folder.path().join("audit.jsonl"), "audit-20200101T000000Z-1.jsonl");
    let moved = server.folder.path().join(moved);
    server.post(&[OLDER], &by_customer(1)).await;
    fs::rename(&log, &moved).expect("moved");
    server.signal("HUP");
    let reopened = async {
        while !log.exists() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), reopened).await.expect("a new file");
    server.post(&[OLDER], &by_customer(2)).await;
    let numbers = |path: &Path| -> Vec<Value> {
        let text = fs::read_to_string(path).expect("a log");
        let line = |line| serde_json::from_str::<Value>(line).expect("JSON")["seq"].clone();
        text.lines().map(line).collect()
    };
    assert_eq!((numbers(&moved), numbers(&log)), (vec![json!(1)], vec![json!(2)]));
}

#[cfg(unix)]
#[tokio::test]
async fn the_first_call_after_there_is_room_again_is_answered() {
    let log = Log::new();
    let mut program = with_little_room(&log, "refuse");
    program.initialize("2025-11-25").await;
    while program.call(question()).await["isError"] != true {}
    if make_room(program.id()) {
        assert_ne!(program.call(question()).await["isError"], true);
    }
    program.end().await;
    assert_eq!(log.verify().await.0, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn the_settings_can_let_calls_go_on_without_lines() {
    let log = Log::new();
    let mut program = with_little_room(&log, "continue");
    program.initialize("2025-11-25").await;
    for _ in 0..20 {
        let result = program.call(question()).await;
        assert_eq!(result["structuredContent"]["outcome"], "found", "{result}");
    }
    program.end().await;
    assert!(log.lines().len() < 20);
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn the_chain_goes_on_from_file_to_file_under_load() {
    const CALLS: u64 = 300;
    let log = Log::new();
    let mut program = log.start(&[("WOLKVOX_AUDIT_ROTATE", "16KB")]);
    program.initialize("2025-11-25").await;
    let params = json!({ "name": "query_obligation", "arguments": question() });
    for id in 1001..=1000 + CALLS {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        program.send(call).await;
        // Some are always on their way.
        if id > 1016 {
            program.receive().await;
        }
    }
    for _ in 0..16 {
        program.receive().await;
    }
    program.end().await;
    let files = log.files();
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        assert!(Path::new(file).metadata().expect("a file").len() <= 16_000);
    }
    let (status, said) = log.verify().await;
    assert_eq!(status, Some(0), "{said}");
    let summed_up = format!("Lines: {CALLS}, files: {}, numbers 1 to {CALLS}, ", files.len());
    assert!(said.starts_with(&summed_up), "{said}");
    // Without one in the middle, and without the newest.
    let mut names = files.clone();
    names.sort_by_key(|it| {
        let text = fs::read_to_string(it).expect("a file");
        let first: Value =
            serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        first["seq"].as_u64()
    });
    let (status, said) = verify(&[&names[..2], &names[3..]].concat()).await;
    assert_eq!(status, Some(1));
    assert!(said.contains(&format!("{}:1: lines ", names[3])), "{said}");
    assert!(said.contains(" are missing before this one"), "{said}");
    let (status, said) = verify(&names[..2]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(&format!("the log goes on to line {CALLS}")), "{said}");
    let (status, said) = verify(&names[1..]).await;
    assert_eq!(status, Some(0), "{said}");
    let before = fs::read_to_string(&names[0]).expect("a file").lines().count();
    let missing = format!("lines 1 to {before} are not in these files: ");
    assert!(said.contains(&missing), "{said}");
    assert!(said.contains(&format!("give {} too", names[0])), "{said}");
    // Not even that one holds them.
    fs::write(&names[0], "").expect("written");
    let (status, said) = verify(&names).await;
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(&missing) && said.contains(": 1 finding."), "{said}");
}

#[tokio::test]
async fn a_kill_leaves_a_log_that_goes_on() {
    let log = Log::new();
    for round in 0..3 {
        let mut program = log.start(&[]);
        program.initialize("2025-11-25").await;
        let params = json!({ "name": "query_obligation", "arguments": question() });
        for id in 0..40 {
            let call = json!({ "jsonrpc": "2.0", "id": 900 + id, "method": "tools/call", "params": params });
            program.send(call).await;
        }
        for _ in 0..10 * round {
            program.receive().await;
        }
        drop(program);
    }
    log.calls(1).await;
    let (status, said) = log.verify().await;
    assert_eq!(status, Some(0), "{said}");
}

#[tokio::test]
async fn a_torn_last_line_is_set_aside_and_told() {
    let log = Log::new();
    log.calls(2).await;
    let whole = log.text();
    let torn = r#"{"v":1,"seq":3,"time":"2026-"#;
    fs::write(&log.path, format!("{whole}{torn}")).expect("written");
    let (status, said) = log.verify().await;
    assert_eq!(status, Some(1));
    assert!(said.contains("audit.jsonl:3: this line is cut short"), "{said}");
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    program.call(question()).await;
    let ended = program.end().await;
    assert!(ended.stderr.contains("was cut short, as after a crash"), "{}", ended.stderr);
    let aside = fs::read_to_string(log.file("audit.jsonl.torn")).expect("set aside");
    assert_eq!(aside, format!("{torn}\n"));
    assert_eq!(log.lines().len(), 3);
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn every_change_of_a_log_is_named_with_its_file_and_line() {
    let log = Log::new();
    log.calls(8).await;
    let whole = log.text();
    let lines: Vec<&str> = whole.lines().collect();
    let with = |order: &[usize]| -> String {
        order.iter().map(|place| format!("{}\n", lines[place - 1])).collect()
    };
    let edited = |from: &str, to: &str| whole.replacen(from, to, 1);
    let start = |length| lines[7].get(..length).expect("a long line");
    for (text, said) in [
        (with(&[1, 2, 3, 4, 5, 6, 7, 8]), ": every line is in its place."),
        (
            edited(r#""name":"ana""#, r#""name":"eva""#),
            "audit.jsonl:1: this line was changed, or written with another key",
        ),
        (edited(start(60), start(59)), "audit.jsonl:8: this line was changed"),
        (edited(r#""seq":5"#, r#""seq":6"#), "audit.jsonl:5: this line was changed"),
        (with(&[1, 2, 4, 5, 6, 7, 8]), "audit.jsonl:3: line 3 is missing before this one"),
        (with(&[1, 5, 6, 7, 8]), "audit.jsonl:2: lines 2 to 4 are missing before this one"),
        (with(&[1, 2, 4, 3, 5, 6, 7, 8]), "audit.jsonl:4: this line stands after lines that"),
        (with(&[1, 2, 3, 3, 4, 5, 6, 7, 8]), "audit.jsonl:4: this line is here more than once"),
        (with(&[1, 2, 3, 4, 5, 6, 7]), "audit.jsonl, at its end: line 8 is missing"),
        (with(&[1, 2, 3]), "audit.jsonl, at its end: lines 4 to 8 are missing"),
        (
            with(&[5, 6, 7, 8]),
            "audit.jsonl:1: lines 1 to 4 are not in these files: they stand in an earlier one, or \
             were removed",
        ),
        (with(&[2, 3, 4, 5, 6, 7, 8]), "audit.jsonl:1: line 1 is not in these files: it stands in"),
        (String::new(), "audit.jsonl, at its end: lines 1 to 8 are missing"),
        (edited(lines[3], "something else"), "audit.jsonl:4: this is not a line of an audit log"),
        (edited(lines[3], ""), "audit.jsonl:4: this is not a line of an audit log"),
    ] {
        fs::write(&log.path, &text).expect("written");
        let (status, found) = log.verify().await;
        assert!(found.contains(said), "{said}: {found}");
        let is_whole = text == whole;
        assert_eq!(status, Some(i32::from(!is_whole)), "{found}");
        if !is_whole {
            assert!(found.contains(": 1 finding."), "{said}: {found}");
        }
    }
}

#[tokio::test]
async fn lines_that_were_removed_at_the_beginning_are_a_finding_unless_an_earlier_file_ends_there()
{
    let log = Log::new();
    log.calls(6).await;
    let whole = log.text();
    let place = whole.match_indices('\n').nth(3).expect("four lines").0 + 1;
    let (removed, rest) = whole.split_at(place);
    fs::write(&log.path, rest).expect("written");
    let finding = "audit.jsonl:1: lines 1 to 4 are not in these files";
    for (earlier, text, status, said) in [
        ("other-20200101T000000Z-4.jsonl", removed, 1, "or were removed\n"),
        ("audit-20200101T000000Z-5.jsonl", removed, 1, "or were removed\n"),
        ("audit-20200101T000000Z-3.jsonl", removed, 1, "audit-20200101T000000Z-3.jsonl too"),
        ("audit-20200101T000000Z-4.jsonl", removed, 0, "audit-20200101T000000Z-4.jsonl too"),
        ("audit-20200101T000000Z-4.jsonl", "", 1, "audit-20200101T000000Z-4.jsonl too"),
        ("audit-20200101T000000Z-4.jsonl", rest, 1, "audit-20200101T000000Z-4.jsonl too"),
    ] {
        let path = log.file(earlier);
        fs::write(&path, text).expect("written");
        let (found, text) = verify(std::slice::from_ref(&log.path)).await;
        assert_eq!(found, Some(status), "{earlier}: {text}");
        assert!(text.contains(said), "{earlier}: {text}");
        assert_eq!(text.contains(finding), status == 1, "{earlier}: {text}");
        fs::remove_file(path).expect("removed");
    }
}

#[tokio::test]
async fn a_log_that_has_no_line_yet_is_in_order() {
    let log = Log::new();
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    for _ in 0..2 {
        let (status, said) = log.verify().await;
        assert_eq!(
            (status, said.as_str()),
            (Some(0), "Lines: 0, files: 1: every line is in its place.")
        );
        program.request("tools/list", json!({})).await;
    }
    program.call(question()).await;
    program.end().await;
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn a_cut_stays_to_be_seen_after_the_log_went_on() {
    let log = Log::new();
    log.calls(4).await;
    let cut: String = log.text().lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(&log.path, cut).expect("written");
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    program.call(question()).await;
    let ended = program.end().await;
    assert!(ended.stderr.contains("line 4 was written and is missing"), "{}", ended.stderr);
    let (status, said) = log.verify().await;
    assert_eq!(status, Some(1));
    assert!(said.contains("audit.jsonl:3: lines 3 to 4 are missing before this one"), "{said}");
}

#[tokio::test]
async fn a_log_that_was_moved_away_goes_on_in_a_new_file() {
    let log = Log::new();
    log.calls(2).await;
    let old = log.file("audit-20200101T000000Z-2.jsonl");
    fs::rename(&log.path, &old).expect("moved");
    log.calls(2).await;
    assert_eq!(log.lines()[0]["seq"], 3);
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn a_new_file_without_a_line_is_in_order_where_the_one_before_it_stands_beside() {
    let log = Log::new();
    log.calls(2).await;
    for (name, status, said) in [
        ("audit.jsonl.1", 1, "audit.jsonl, at its end: lines 1 to 2 are missing"),
        (
            "audit-20200101T000000Z-2.jsonl",
            0,
            "; lines 1 to 2 are not in these files: they stand in",
        ),
    ] {
        let old = log.file(name);
        fs::rename(&log.path, &old).expect("moved");
        log.calls(0).await;
        let (found, text) = verify(std::slice::from_ref(&log.path)).await;
        assert_eq!(found, Some(status), "{text}");
        assert!(text.contains(said), "{text}");
        assert_eq!(text.contains(&format!("give {} too", old.display())), status == 0, "{text}");
        let both = [log.path.clone(), old.to_string_lossy().into_owned()];
        assert_eq!(verify(&both).await.0, Some(0));
        fs::rename(&old, &log.path).expect("moved back");
    }
}

#[tokio::test]
async fn an_anchor_that_is_missing_or_made_up_is_told() {
    let log = Log::new();
    log.calls(2).await;
    let anchor = log.file("audit.jsonl.last");
    let kept = fs::read(&anchor).expect("an anchor");
    log.calls(2).await;
    let newest = fs::read_to_string(&anchor).expect("an anchor");
    for changed in [newest.replace("4,", "3,"), String::new()] {
        fs::write(&anchor, changed).expect("written");
        let (status, said) = log.verify().await;
        assert_eq!(status, Some(1));
        assert!(said.contains("cannot be seen: "), "{said}");
    }
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    let ended = program.end().await;
    assert!(ended.stderr.contains("audit.jsonl.last is missing or was changed"), "{ended:?}");
    // One that was kept from earlier fits only as long as nothing of the end is cut.
    fs::write(&anchor, kept).expect("written");
    assert_eq!(log.verify().await.0, Some(0));
}

#[tokio::test]
async fn two_writers_of_one_file_are_refused_and_kept_apart_by_their_number() {
    let log = Log::new();
    let mut first = log.start(&[]);
    first.initialize("2025-11-25").await;
    let second = log.start(&[]).end().await;
    assert_eq!(second.status.code(), Some(2));
    assert!(second.stderr.contains("{pid}"), "{}", second.stderr);
    let query = ["query", "--sandbox", "id_customer", "900000001"];
    let environment = [("WOLKVOX_AUDIT", log.path.as_str()), ("LANG", "es_CO.UTF-8")];
    let query = Program::run(&query, &environment).await;
    assert_eq!(query.status.code(), Some(2));
    assert!(query.stderr.contains("otro proceso escribe"), "{}", query.stderr);
    first.call(question()).await;
    first.end().await;
    assert_eq!(log.verify().await.0, Some(0));

    let own = log.file("{user}-{pid}.jsonl").to_string_lossy().into_owned();
    let environment = [("WOLKVOX_AUDIT", own.as_str())];
    let mut both = [log.start(&environment), log.start(&environment)];
    for program in &mut both {
        program.initialize("2025-11-25").await;
        program.call(question()).await;
        let own = log.file(&format!("ana-{}.jsonl", program.id()));
        let (status, said) = verify(&[own.to_string_lossy().into_owned()]).await;
        assert_eq!(status, Some(0), "{said}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_audit_log_and_a_key_that_does_not_fit_are_refused() {
    let log = Log::new();
    fs::write(&log.path, "the manuscript of a novel").expect("written");
    let ended = log.start(&[]).end().await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("not an audit log, and was left as it is"), "{}", ended.stderr);
    assert_eq!(log.text(), "the manuscript of a novel");

    let log = Log::new();
    log.calls(1).await;
    let other = log.file("other.key").to_string_lossy().into_owned();
    let ended = log.start(&[("WOLKVOX_AUDIT_KEY_FILE", &other)]).end().await;
    // The anchor that is beside the other key knows nothing of this log.
    assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("does not fit the key"), "{}", ended.stderr);
}

async fn find(log: &Log, arguments: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["audit", "find", &log.path], arguments].concat();
    let ended = Program::run(&arguments, &[]).await;
    (ended.status.code(), ended.stdout.join("\n") + &ended.stderr)
}

#[tokio::test]
async fn who_asked_for_a_customer_is_found_without_the_log_holding_the_customer() {
    let log = Log::new();
    let mut program = log.start(&[]);
    program.initialize("2025-11-25").await;
    program.call(question()).await;
    program.call(json!({ "field": "Otro teléfono", "value": "3000000001" })).await;
    let obligation = json!({ "obligation": "FIC-001", "record_id": "0000000000000000000000aa" });
    program.call_tool("get_obligation", obligation).await;
    program.end().await;
    let requests: Vec<String> =
        log.lines().iter().map(|it| it["request"].as_str().expect("text").to_owned()).collect();
    for (arguments, is_found) in [
        (&["--value", "900000001"][..], Some(0)),
        (&["--value", "900.000.001"], Some(0)),
        (&["--value", "900000001", "--kind", "id_customer"], Some(0)),
        (&["--value", "900000001", "--kind", "client_telephone"], None),
        (&["--value", "3000000001"], None),
        (&["--value", "3000000001", "--kind", "\"Otro teléfono\""], Some(1)),
        (&["--value", "FIC-001"], Some(2)),
        (&["--value", "900000002"], None),
    ] {
        let (status, said) = find(&log, arguments).await;
        assert_eq!(status, Some(i32::from(is_found.is_none())), "{arguments:?}: {said}");
        for (place, request) in requests.iter().enumerate() {
            assert_eq!(said.contains(request), is_found == Some(place), "{arguments:?}: {said}");
        }
    }
    let (_, said) = find(&log, &["--value", "900000001"]).await;
    assert!(said.starts_with("Asked for once:\n") && said.contains("ana (uid:"), "{said}");
    let (_, said) = find(&log, &["--value", "900000001", "--json"]).await;
    let found: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(found, json!([log.lines()[0]]));
    let (status, said) = find(&log, &["--value", "1", "--lang", "es"]).await;
    assert_eq!((status, said.as_str()), (Some(1), "Nadie lo consultó en estos archivos."));
    let (status, said) = find(&log, &["--value", "x\ny"]).await;
    assert_eq!(status, Some(2), "{said}");
}

#[tokio::test]
async fn nobody_asked_is_never_said_where_a_line_could_not_be_checked() {
    let log = Log::new();
    log.calls(3).await;
    let whole = log.text();
    let lines: Vec<&str> = whole.lines().collect();
    let subject = log.lines()[1]["subject"].as_str().expect("a hash").to_owned();
    let edited = lines[1].replacen(&subject, &"0".repeat(64), 1);
    let three = |second: &str| format!("{}\n{second}\n{}\n", lines[0], lines[2]);
    let other = log.file("other.key");
    fs::write(&other, "0".repeat(64)).expect("written");
    let other = ["--audit-key-file", other.to_str().expect("text")];
    let unknown = "Whether anybody asked for it is unknown: ";
    for (text, key, said) in [
        (whole.clone(), &other[..], "3 of 3 lines could not be checked; the first is at AT:1."),
        (three(&edited), &[], "1 of 3 lines could not be checked; it is at AT:2."),
        (three(""), &[], "1 of 3 lines could not be checked; it is at AT:2."),
        (three("{}"), &[], "1 of 3 lines could not be checked; it is at AT:2."),
        (format!("{whole}{{\"v\":1"), &[], "1 of 4 lines could not be checked; it is at AT:4."),
        (String::new(), &[], "there is no line in these files."),
    ] {
        fs::write(&log.path, text).expect("written");
        let said = said.replace("AT", &log.path);
        for more in [&[][..], &["--json"]] {
            let (status, found) =
                find(&log, &[key, &["--value", "900000002"], more].concat()).await;
            assert_eq!(status, Some(2), "{found}");
            assert!(found.contains(&format!("{unknown}{said}")), "{said}: {found}");
            assert!(!found.contains("Nobody asked"), "{found}");
        }
    }
    fs::write(&log.path, three(&edited)).expect("written");
    let (status, found) = find(&log, &["--value", "900000001"]).await;
    assert_eq!(status, Some(2), "{found}");
    assert!(found.starts_with("Asked for 2 times:\n"), "{found}");
    let said = format!("1 of 3 lines could not be checked; it is at {}:2.", log.path);
    assert!(found.contains(&format!("Warning: others may be missing: {said}")), "{found}");
    let (_, found) = find(&log, &["--value", "900000002", "--lang", "es"]).await;
    let said = "No se sabe si alguien lo consultó: 1 de 3 líneas no se pudo comprobar; está en ";
    assert!(found.contains(said), "{found}");
}

#[tokio::test]
async fn a_file_without_any_line_is_told_beside_others() {
    let log = Log::new();
    log.calls(1).await;
    let empty = log.file("empty.jsonl").to_string_lossy().into_owned();
    fs::write(&empty, "").expect("written");
    for (value, status, heading) in
        [("900000001", 0, "Asked for once:"), ("900000002", 1, "Nobody asked for it")]
    {
        let (found, said) = find(&log, &[&empty, "--value", value]).await;
        assert_eq!(found, Some(status), "{said}");
        assert!(said.starts_with(heading), "{said}");
        assert!(said.contains(&format!("Warning: there is no line in {empty}.")), "{said}");
    }
}

#[tokio::test]
async fn a_value_can_come_on_standard_input() {
    let log = Log::new();
    log.calls(1).await;
    let mut find = Program::start(&["audit", "find", &log.path, "--value", "-"], &[]);
    find.send_line("900000001").await;
    let ended = find.end().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stdout[0].starts_with("Asked for once"), "{:?}", ended.stdout);
}

#[tokio::test]
async fn lines_can_go_to_standard_error() {
    let log = Log::new();
    let key = log.file("key").to_string_lossy().into_owned();
    let refused = log.start(&[("WOLKVOX_AUDIT", "stderr")]).end().await;
    assert_eq!(refused.status.code(), Some(3));
    assert!(refused.stderr.contains("WOLKVOX_AUDIT_KEY_FILE must be set"), "{}", refused.stderr);
    let mut said = String::new();
    for _ in 0..2 {
        let environment = [("WOLKVOX_AUDIT", "stderr"), ("WOLKVOX_AUDIT_KEY_FILE", key.as_str())];
        let mut program = log.start(&environment);
        program.initialize("2025-11-25").await;
        program.call(question()).await;
        program.call(question()).await;
        said += &program.end().await.stderr;
    }
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with(r#"{"v":1,"#)).collect();
    assert_eq!(lines.len(), 4, "{said}");
    fs::write(&log.path, lines.join("\n") + "\n").expect("written");
    let verify = |more: &'static [&str]| {
        let (path, key) = (log.path.clone(), key.clone());
        async move {
            let fixed = ["audit", "verify", &path, "--audit-key-file", &key];
            Program::run(&[&fixed, more].concat(), &[]).await.status.code()
        }
    };
    assert_eq!(verify(&["--restarts"]).await, Some(0));
    assert_eq!(verify(&[]).await, Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_standard_error_that_nobody_reads_refuses_and_holds_up_nobody() {
    let log = Log::new();
    let key = log.file("key").to_string_lossy().into_owned();
    let environment = [
        ("WOLKVOX_AUDIT", "stderr"),
        ("WOLKVOX_AUDIT_KEY_FILE", key.as_str()),
        ("WOLKVOX_LOG", "off"),
    ];
    let mut program = Program::start_unread(&["--sandbox"], &environment);
    program.initialize("2025-11-25").await;
    let mut last = Value::Null;
    for _ in 0..200 {
        last = program.call(question()).await;
    }
    let text = last["content"][0]["text"].as_str().expect("text");
    assert!(text.starts_with("not_recorded: "), "{text}");
}
