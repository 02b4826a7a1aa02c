use std::time::Duration;

use rmcp::model::{ErrorCode, ErrorData, InitializeResult, RequestId, ServerCapabilities};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::time::timeout;

use super::*;

/// Far more than anything here takes, on any machine.
const TIMELY: Duration = Duration::from_secs(20);

fn pair() -> (JsonLines<DuplexStream, DuplexStream>, DuplexStream, DuplexStream) {
    pair_with_pipes_of(64)
}

/// Builds a pair for messages of many megabytes, which take seconds through narrow pipes.
fn wide_pair() -> (JsonLines<DuplexStream, DuplexStream>, DuplexStream, DuplexStream) {
    pair_with_pipes_of(64 * 1024)
}

fn pair_with_pipes_of(
    bytes: usize,
) -> (JsonLines<DuplexStream, DuplexStream>, DuplexStream, DuplexStream) {
    let (ours, their_input) = duplex(bytes);
    let (their_output, output) = duplex(bytes);
    (JsonLines::new(ours, output), their_input, their_output)
}

#[tokio::test]
async fn a_line_that_is_too_long_is_left_out_and_the_next_one_is_read() {
    let (mut lines, mut input, output) = wide_pair();
    let writing = tokio::spawn(async move {
        let part = vec![b'x'; 1024 * 1024];
        for _ in 0..17 {
            input.write_all(&part).await.expect("read");
        }
        input.write_all(b"\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\nrest").await
    });
    let whole = timeout(TIMELY, async {
        assert!(lines.receive().await.is_some());
        writing.await.expect("no panic").expect("written");
        let mut answers = BufReader::new(output).lines();
        let answer = answers.next_line().await.expect("text").expect("an answer");
        assert!(answer.contains("longer than 16 MiB"), "{answer}");
        assert!(lines.receive().await.is_none(), "what is not whole is no message");
    });
    whole.await.expect("in time");
}

fn ping(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)
}

fn cancel(id: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id}}}}}"#
    )
}

fn error(id: RequestId) -> ServerJsonRpcMessage {
    let data = ErrorData::new(ErrorCode::INTERNAL_ERROR, "x".repeat(50), None);
    ServerJsonRpcMessage::error(data, Some(id))
}

/// Reads messages until the end of the input, and returns the requests' ids as the SDK sees
/// them and the ids that it is told to cancel.
async fn receive_all(lines: &mut JsonLines<&'static [u8], DuplexStream>) -> Vec<String> {
    let mut received = Vec::new();
    while let Some(message) = timeout(TIMELY, lines.receive()).await.expect("in time") {
        received.push(match message {
            JsonRpcMessage::Request(request) => format!("asked {}", request.id),
            JsonRpcMessage::Notification(_) => {
                let message = serde_json::to_value(message).expect("JSON");
                format!("cancelled {}", message["params"]["requestId"])
            }
            message => panic!("{message:?}"),
        });
    }
    received
}

/// Builds lines of what a client writes, and a reader of what it gets.
fn from_text(text: String) -> (JsonLines<&'static [u8], DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(1024 * 1024);
    (JsonLines::new(text.leak().as_bytes(), ours), theirs)
}

async fn ids(lines: JsonLines<&'static [u8], DuplexStream>, written: DuplexStream) -> Vec<Value> {
    // The refusals are written by tasks.
    tokio::task::yield_now().await;
    drop(lines);
    let mut text = String::new();
    BufReader::new(written).read_to_string(&mut text).await.expect("text");
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
        .collect()
}

#[tokio::test]
async fn an_id_that_is_in_flight_twice_gets_two_answers() {
    let (mut lines, written) = from_text(format!("{}\n{}\n", ping("7"), ping("7")));
    assert_eq!(receive_all(&mut lines).await, ["asked 1", "asked 2"]);
    for number in [2, 1] {
        lines.send(error(RequestId::Number(number))).await.expect("written");
    }
    assert_eq!(ids(lines, written).await, [7, 7]);
}

#[tokio::test]
async fn a_cancelled_id_that_is_used_again_gets_the_answer_of_its_second_use() {
    let text = [ping(r#""a""#), cancel(r#""a""#), ping(r#""a""#), cancel("9")].join("\n");
    let (mut lines, written) = from_text(text);
    assert_eq!(receive_all(&mut lines).await, ["asked 1", "cancelled 1", "asked 2"]);
    for number in [1, 2] {
        lines.send(error(RequestId::Number(number))).await.expect("written or left out");
    }
    assert_eq!(ids(lines, written).await, ["a"]);
}

#[tokio::test]
async fn messages_on_one_line_are_read_one_by_one_also_without_a_line_end() {
    let (mut lines, _written) = from_text(format!("{}{} {}", ping("1"), ping("2"), ping("3")));
    assert_eq!(receive_all(&mut lines).await, ["asked 1", "asked 2", "asked 3"]);
}

#[tokio::test]
async fn a_batch_is_refused_call_by_call_where_the_revision_has_none() {
    let text = format!("[{},1,{{}},{},{}]\n[]\n", ping("1"), cancel("1"), ping(r#""b""#));
    let (mut lines, written) = from_text(text);
    assert!(receive_all(&mut lines).await.is_empty());
    let null = Value::Null;
    assert_eq!(ids(lines, written).await, [1.into(), null.clone(), "b".into(), null]);
}

#[tokio::test]
async fn a_batch_is_read_where_the_revision_has_them() {
    for (version, has_batches) in [
        (ProtocolVersion::V_2024_11_05, true),
        (ProtocolVersion::V_2025_03_26, true),
        (ProtocolVersion::V_2025_06_18, false),
        (ProtocolVersion::V_2025_11_25, false),
    ] {
        let text = format!("{}\n[{},{}]", ping("1"), ping("2"), ping("3"));
        let (mut lines, _written) = from_text(text);
        assert!(lines.receive().await.is_some());
        let welcome = InitializeResult::new(ServerCapabilities::default());
        let welcome = welcome.with_protocol_version(version.clone());
        let welcome = ServerResult::InitializeResult(welcome);
        let welcome = ServerJsonRpcMessage::response(welcome, RequestId::Number(1));
        lines.send(welcome).await.expect("written");
        let expected: &[&str] = if has_batches { &["asked 2", "asked 3"] } else { &[] };
        assert_eq!(receive_all(&mut lines).await, expected, "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn while_too_much_waits_to_be_written_nothing_is_read() {
    let (mut lines, mut input, mut output) = wide_pair();
    let asked = [ping("1"), ping("2"), ping("3")].join("\n") + "\n";
    let writing = tokio::spawn(async move { input.write_all(asked.as_bytes()).await });
    assert!(lines.receive().await.is_some());
    let data = ErrorData::new(ErrorCode::INTERNAL_ERROR, "x".repeat(33 << 20), None);
    let sent = lines.send(ServerJsonRpcMessage::error(data, Some(RequestId::Number(1))));
    let sending = tokio::spawn(sent);
    assert!(timeout(TIMELY, lines.receive()).await.is_err(), "read on");
    let reading = tokio::spawn(async move {
        let mut rest = vec![0; 34 << 20];
        while output.read(&mut rest).await.is_ok_and(|length| length > 0) {}
    });
    assert!(lines.receive().await.is_some());
    assert!(lines.receive().await.is_some());
    sending.await.expect("no panic").expect("written");
    writing.await.expect("no panic").expect("read");
    reading.abort();
}

#[tokio::test]
async fn messages_that_were_added_together_are_written_together_and_in_order() {
    let (output, mut written) = duplex(1024 * 1024);
    let mut lines = JsonLines::new(tokio::io::empty(), output);
    for id in 1..=3 {
        lines.requests.admit(serde_json::from_str(&ping(&id.to_string())).expect("a message"));
    }
    let error = |id| error(RequestId::Number(id));
    let [first, second, third] = [lines.send(error(1)), lines.send(error(2)), lines.send(error(3))];
    first.await.expect("written");
    let mut text = vec![0; 1024];
    let length = written.read(&mut text).await.expect("there");
    let text = String::from_utf8_lossy(&text[..length]);
    let ids: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
        .collect();
    assert_eq!(ids, [1, 2, 3], "the first one wrote them all");
    second.await.expect("written already");
    third.await.expect("written already");
}

#[tokio::test]
async fn when_nobody_reads_the_answers_the_connection_ends() {
    let (mut lines, _input, output) = pair();
    drop(output);
    let error = ErrorData::new(ErrorCode::INTERNAL_ERROR, "x", None);
    let sent = lines.send(ServerJsonRpcMessage::error(error, None)).await;
    assert_eq!(sent.expect_err("broken").kind(), io::ErrorKind::BrokenPipe);
    assert!(lines.receive().await.is_none());
}
