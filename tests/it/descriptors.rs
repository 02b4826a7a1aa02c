//! The standard streams that clients hand over: pipes (Python, Rust), UNIX sockets (Node), and what
//! else there is: a file, a terminal. Messages larger than their buffers, readers slower than us.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{RawReply, RawServer, TOKEN};

#[derive(Clone, Copy, Debug)]
enum Streams {
    Pipes,
    Sockets,
}

const BOTH: [Streams; 2] = [Streams::Pipes, Streams::Sockets];

/// The running program, spoken to without tokio.
struct Client {
    child: Child,
    input: Option<Box<dyn Write + Send>>,
    output: BufReader<Box<dyn Read>>,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wolkvox-mcp"));
    command.args(arguments).env_clear().stderr(Stdio::null());
    command
}

fn request(id: u64, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string() + "\n"
}

fn call(id: u64, arguments: Value) -> String {
    request(id, "tools/call", json!({ "name": "query_obligation", "arguments": arguments }))
}

/// Writes the opening of a connection: two messages, one of them with an answer.
fn opening() -> String {
    let client = json!({ "name": "test", "version": "1" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    format!("{}{ready}\n", request(0, "initialize", params))
}

impl Client {
    fn start(streams: Streams, mut command: Command) -> Self {
        let (child, input, output): (_, Box<dyn Write + Send>, Box<dyn Read>) = match streams {
            Streams::Pipes => {
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
                let mut child = command.spawn().expect("starts");
                let input = child.stdin.take().expect("piped");
                let output = child.stdout.take().expect("piped");
                (child, Box::new(input), Box::new(output))
            }
            Streams::Sockets => {
                let (input, its_input) = UnixStream::pair().expect("a pair");
                let (output, its_output) = UnixStream::pair().expect("a pair");
                command.stdin(OwnedFd::from(its_input)).stdout(OwnedFd::from(its_output));
                (command.spawn().expect("starts"), Box::new(input), Box::new(output))
            }
        };
        let mut client = Self { child, input: Some(input), output: BufReader::new(output) };
        client.send(&opening());
        assert_eq!(client.receive()["id"], 0);
        client
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().expect("still open");
        input.write_all(text.as_bytes()).expect("the program reads");
    }

    fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("stdout is text");
        serde_json::from_str(&line).expect("a line of JSON")
    }

    /// Reads answers, and returns their ids: parsing them whole would be most of a test's work.
    fn answered(&mut self, count: u64, id: impl Fn(String) -> Option<u64>) -> Vec<u64> {
        let lines = self.output.by_ref().lines().map_while(|line| id(line.expect("text")));
        lines.take(usize::try_from(count).expect("small")).collect()
    }

    fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().expect("ends").success());
    }
}

/// Counts the threads of a process.
#[cfg(target_os = "linux")]
fn threads(child: &Child) -> usize {
    let folder = format!("/proc/{}/task", child.id());
    fs::read_dir(folder).expect("it runs").count()
}

#[cfg(target_os = "linux")]
#[test]
fn over_pipes_and_sockets_the_idle_program_is_one_thread() {
    for streams in BOTH {
        let mut client = Client::start(streams, command(&["--sandbox"]));
        client.send(&request(1, "tools/list", json!({})));
        assert_eq!(client.receive()["result"]["tools"].as_array().expect("tools").len(), 2);
        client.send(&call(2, json!({ "field": "id_customer", "value": "900000001" })));
        assert_eq!(client.receive()["result"]["structuredContent"]["total"], 37);
        // The thread that built the HTTP client ends by itself.
        let begun = Instant::now();
        while threads(&client.child) > 1 {
            assert!(begun.elapsed() < Duration::from_secs(20), "{streams:?}");
            thread::sleep(Duration::from_millis(5));
        }
        client.end();
    }
}

/// A hundred records with notes as long as answers allow; the answer fills a pipe by far.
fn large_reply() -> RawReply {
    let record = |n: usize| json!({ "id": n, "nota": format!("{n} {}", "ñ\"\n".repeat(150)) });
    let records: Vec<Value> = (0..100).map(record).collect();
    let body = json!({ "code": "200", "error": "null", "data": records }).to_string();
    RawReply::json(body)
}

#[tokio::test]
async fn messages_larger_than_a_buffer_arrive_whole_also_at_a_slow_reader() {
    for streams in BOTH {
        let server = RawServer::start(vec![large_reply()]).await;
        let mut command = command(&["--operation", "empresa"]);
        command.env("WOLKVOX_SERVER", server.address()).env("WOLKVOX_TOKEN", TOKEN);
        let asking = tokio::task::spawn_blocking(move || ask_for_much(streams, command));
        asking.await.expect("the answers are whole");
    }
}

/// Makes calls longer than a pipe's buffer, and reads no answer until all are written.
fn ask_for_much(streams: Streams, command: Command) {
    const CALLS: u64 = 6;
    let mut client = Client::start(streams, command);
    let padding = "x".repeat(100_000);
    for id in 1..=CALLS {
        let arguments = json!({ "field": "id", "value": id, "limit": 100 });
        let params = json!({
            "name": "query_obligation", "arguments": arguments, "_meta": { "padding": padding },
        });
        client.send(&request(id, "tools/call", params));
    }
    let mut answered: Vec<u64> = (1..=CALLS)
        .map(|_| {
            let answer = client.receive();
            let text = answer["result"]["content"][0]["text"].as_str().expect("text");
            let structured = &answer["result"]["structuredContent"];
            assert_eq!(&serde_json::from_str::<Value>(text).expect("JSON"), structured);
            assert!(answer.to_string().len() > 100_000, "{streams:?}");
            answer["id"].as_u64().expect("an id")
        })
        .collect();
    answered.sort_unstable();
    assert_eq!(answered, Vec::from_iter(1..=CALLS), "{streams:?}");
    client.end();
}

#[test]
fn files_serve_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let (asked, answered) = (folder.path().join("asked"), folder.path().join("answered"));
    fs::write(&asked, opening() + &request(1, "tools/list", json!({}))).expect("written");
    let status = command(&["--sandbox"])
        .stdin(File::open(&asked).expect("a file"))
        .stdout(File::create(&answered).expect("a file"))
        .status()
        .expect("runs");
    assert!(status.success());
    let lines = fs::read_to_string(&answered).expect("answers");
    let ids: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
        .collect();
    assert_eq!(ids, [0, 1]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_serves_as_well() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("usable");
    let path = ptsname(&ours, Vec::new()).expect("a name").into_string().expect("plain");
    let theirs = File::options().read(true).write(true).open(path).expect("its other end");
    let mut child = command(&["--sandbox"])
        .stdin(theirs.try_clone().expect("a copy"))
        .stdout(theirs)
        .spawn()
        .expect("starts");
    let mut ours = File::from(ours);
    ours.write_all(opening().as_bytes()).expect("typed");
    // The terminal also echoes what is typed.
    let lines = BufReader::new(ours.try_clone().expect("a copy")).lines();
    let answer = lines.map(|line| line.expect("text")).find(|line| line.contains("serverInfo"));
    assert!(answer.is_some_and(|answer| answer.contains("wolkvox-mcp")));
    ours.write_all(b"\x04").expect("end of input is typed");
    assert!(child.wait().expect("ends").success());
}

/// Sends a signal to a process.
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

/// Waits for the end of a process, and returns whether it was a success.
fn ended(child: &mut Child, limit: Duration) -> bool {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            return status.success();
        }
        assert!(begun.elapsed() < limit, "still running after {limit:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A pipe, and how many bytes it was filled with.
#[cfg(target_os = "linux")]
fn full_pipe() -> (File, OwnedFd, usize) {
    use rustix::pipe::{PipeFlags, pipe_with};

    let (reader, writer) = pipe_with(PipeFlags::NONBLOCK).expect("a pipe");
    let mut filling = File::from(writer.try_clone().expect("a copy"));
    let mut filled = 0;
    while let Ok(length) = filling.write(&[b'x'; 4096]) {
        filled += length;
    }
    // The flag belongs to the open pipe; the program gets a plain one.
    rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::empty()).expect("plain");
    rustix::fs::fcntl_setfl(&reader, rustix::fs::OFlags::empty()).expect("plain");
    (File::from(reader), writer, filled)
}

/// Sets the program's standard error to one of this kind, and returns our end of it.
fn stderr_of(streams: Streams, command: &mut Command) -> OwnedFd {
    match streams {
        Streams::Pipes => {
            let (reader, writer) = rustix::pipe::pipe().expect("a pipe");
            command.stderr(writer);
            reader
        }
        Streams::Sockets => {
            let (reader, writer) = UnixStream::pair().expect("a pair");
            command.stderr(OwnedFd::from(writer));
            reader.into()
        }
    }
}

#[test]
fn a_client_that_never_reads_stderr_gets_all_of_its_answers() {
    for streams in BOTH {
        let mut command = command(&["--sandbox"]);
        command.env("WOLKVOX_LOG", "trace");
        let _unread = stderr_of(streams, &mut command);
        let mut client = Client::start(streams, command);
        for id in 1..=700 {
            client.send(&call(id, json!({ "field": "id_customer", "value": "900000002" })));
            assert_eq!(client.receive()["id"], id);
        }
        drop(client.input.take());
        assert!(ended(&mut client.child, Duration::from_secs(5)), "{streams:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_log_needs_no_thread_while_stderr_takes_its_lines() {
    for streams in BOTH {
        let mut command = command(&["--sandbox"]);
        let log = stderr_of(streams, &mut command);
        let client = Client::start(streams, command);
        let mut line = [0; 512];
        let length = File::from(log).read(&mut line).expect("a line");
        assert!(String::from_utf8_lossy(&line[..length]).contains("serving MCP"));
        let tasks = fs::read_dir(format!("/proc/{}/task", client.child.id())).expect("tasks");
        let name = |task: fs::DirEntry| fs::read_to_string(task.path().join("comm"));
        let names = tasks.map(|task| name(task.expect("a task")).unwrap_or_default());
        assert_eq!(names.filter(|name| name.trim() == "log").count(), 0, "{streams:?}");
        client.end();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_stderr_that_is_full_from_the_start_keeps_neither_the_answers_nor_the_end() {
    for is_signal in [true, false] {
        let (_reader, writer, _) = full_pipe();
        let mut command = command(&["--sandbox"]);
        command.stderr(writer);
        let mut client = Client::start(Streams::Pipes, command);
        client.send(&call(1, json!({ "field": "id_customer", "value": "900000002" })));
        assert_eq!(client.receive()["result"]["structuredContent"]["outcome"], "found");
        if is_signal {
            signal(&client.child, "TERM");
        } else {
            drop(client.input.take());
        }
        assert!(ended(&mut client.child, Duration::from_secs(5)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn wrong_settings_end_the_program_though_stderr_is_full() {
    let (_reader, writer, _) = full_pipe();
    let mut child = command(&[]).stderr(writer).spawn().expect("starts");
    assert!(!ended(&mut child, Duration::from_secs(5)));
}

#[cfg(target_os = "linux")]
#[test]
fn once_stderr_is_read_again_the_log_says_how_many_lines_it_lost() {
    let (mut reader, writer, filled) = full_pipe();
    let mut command = command(&["--sandbox"]);
    command.stderr(writer).env("WOLKVOX_LOG", "trace").env("WOLKVOX_LOG_FORMAT", "json");
    let mut client = Client::start(Streams::Pipes, command);
    // Each refused line leaves a line in the log; together they are more than may wait.
    for _ in 0..10 {
        client.send(&"{\"jsonrpc\":\"2.0\"}\n".repeat(1000));
        let answers = client.answered(1000, |answer| answer.contains(r#""id":null"#).then_some(1));
        assert_eq!(answers.len(), 1000);
    }
    reader.read_exact(&mut vec![0; filled]).expect("what it was filled with");
    let (mut refused, mut lost) = (0, 0);
    let mut log = BufReader::new(reader).lines();
    while lost == 0 {
        let line = log.next().expect("more").expect("text");
        let line: Value = serde_json::from_str(&line).expect("whole lines");
        refused += u64::from(line["fields"]["what"].is_string());
        lost = line["fields"]["dropped"].as_u64().unwrap_or(0);
    }
    assert_eq!(refused + lost, 10_000);
    client.end();
}

#[test]
fn when_its_client_is_gone_the_program_ends_though_a_sibling_holds_its_input_open() {
    let ends = |streams| {
        let mut client = Client::start(streams, command(&["--sandbox"]));
        // A client that is there and reads late is no client that is gone.
        thread::sleep(Duration::from_secs(4));
        client.send(&request(1, "ping", json!({})));
        assert_eq!(client.receive()["id"], 1);
        let Client { mut child, input, output } = client;
        drop(output);
        // This test is the sibling: it still holds the other end of the program's input.
        assert!(ended(&mut child, Duration::from_secs(10)), "{streams:?}");
        drop(input);
    };
    thread::scope(|scope| {
        BOTH.into_iter().for_each(|streams| _ = scope.spawn(move || ends(streams)))
    });
}

#[cfg(target_os = "linux")]
#[test]
fn answers_that_cannot_be_written_end_the_program_with_a_word_and_a_status() {
    let full = || File::options().write(true).open("/dev/full").expect("a device");
    let folder = tempfile::tempdir().expect("a folder");
    let asked = folder.path().join("asked");
    fs::write(&asked, opening()).expect("written");
    for arguments in [
        &["--sandbox"][..],
        &["query", "--sandbox", "id_customer", "900000001"],
        &["completions", "bash"],
    ] {
        let ended = command(arguments)
            .stdin(File::open(&asked).expect("a file"))
            .stdout(full())
            .stderr(Stdio::piped())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(
            said.lines().any(|line| line.starts_with("wolkvox-mcp: ")),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn too_few_descriptors_are_a_sentence_and_no_panic() {
    for limit in 4..16 {
        let program = env!("CARGO_BIN_EXE_wolkvox-mcp");
        let script = format!("ulimit -n {limit}; exec {program} --sandbox");
        let ended = Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!said.contains("panicked"), "{limit}: {said}");
        match ended.status.code() {
            Some(0) => assert!(limit > 9, "{limit}: {said}"),
            Some(2) => assert!(said.contains("wolkvox-mcp: "), "{limit}: {said}"),
            // So few that the program cannot be loaded.
            _ => assert!(limit < 5, "{limit}: {:?} {said}", ended.status),
        }
    }
}

/// Returns the most memory that a process has had, in MiB.
#[cfg(target_os = "linux")]
fn peak_memory(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_asks_and_does_not_read_is_held_back_and_loses_nothing() {
    // Answers repeat the id, so these are 60 MB of them: more than may wait, at little work.
    const ASKED: u64 = 600;
    let long = "x".repeat(100_000);
    let mut client = Client::start(Streams::Pipes, command(&["--sandbox"]));
    let mut input = client.input.take().expect("open");
    let asking = thread::spawn(move || {
        for id in 1..=ASKED {
            let ping =
                format!("{{\"jsonrpc\":\"2.0\",\"id\":\"{id}-{long}\",\"method\":\"ping\"}}\n");
            input.write_all(ping.as_bytes()).expect("read");
        }
        input
    });
    // Until it no longer takes in anything.
    let mut before = 0;
    loop {
        thread::sleep(Duration::from_millis(1500));
        let now = peak_memory(&client.child);
        if now == before {
            break;
        }
        before = now;
    }
    assert!(!asking.is_finished(), "all was taken in");
    assert!(before < 200, "{before} MiB");
    let id = |answer: String| {
        let (_, id) = answer.split_once(r#""id":""#)?;
        id.split_once('-')?.0.parse::<u64>().ok()
    };
    let mut answered = client.answered(ASKED, id);
    answered.sort_unstable();
    assert!(answered.into_iter().eq(1..=ASKED));
    client.input = Some(asking.join().expect("no panic"));
    client.end();
}

#[test]
fn thousands_of_calls_in_flight_are_all_answered() {
    const ASKED: u64 = 4_000;
    let mut client = Client::start(Streams::Pipes, command(&["--sandbox"]));
    let mut input = client.input.take().expect("open");
    let asking = thread::spawn(move || {
        for id in 1..=ASKED {
            let arguments = json!({ "field": "id_customer", "value": "900000002" });
            input.write_all(call(id, arguments).as_bytes()).expect("read");
        }
        input
    });
    let id = |answer: String| {
        let (head, _) = answer.split_once(r#","result""#)?;
        head.rsplit(':').next()?.parse::<u64>().ok()
    };
    let mut answered = client.answered(ASKED, id);
    answered.sort_unstable();
    assert!(answered.into_iter().eq(1..=ASKED));
    client.input = Some(asking.join().expect("no panic"));
    client.end();
}
