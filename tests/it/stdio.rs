//! The program over pipes, as clients run it: both protocol eras, odd input, its life and its end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Program, modern_meta};

const SANDBOX: &[&str] = &["--sandbox"];
/// "Within a second", with room for a machine that is busy with other tests.
const PROMPT: Duration = Duration::from_secs(3);

fn one_record() -> Value {
    json!({ "field": "id_customer", "value": "900000002" })
}

/// Searches for a customer whose answer takes three seconds.
fn slow() -> Value {
    json!({ "field": "sandbox_fault", "value": "slow" })
}

#[tokio::test]
async fn every_older_version_is_served_by_a_handshake() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut program = Program::start(SANDBOX, &[]);
        let welcome = program.initialize(version).await;
        assert_eq!(welcome["protocolVersion"], version);
        assert_eq!(welcome["serverInfo"]["name"], "wolkvox-mcp");
        assert_eq!(welcome["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        let instructions = welcome["instructions"].as_str().expect("instructions");
        for word in ["gestión", "obligación", "tipificación", "cobranza", "SANDBOX"] {
            assert!(instructions.contains(word), "{word}");
        }
        let tools = program.request("tools/list", json!({})).await;
        assert_eq!(tools["result"]["tools"][1]["name"], "query_obligation");
        let result = program.call(one_record()).await;
        let text = result["content"][0]["text"].as_str().expect("text");
        let answer: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(answer["outcome"], "found", "{version}: {result}");
        assert!(program.end().await.status.success());
    }
}

/// Members of results, and the revision that brought each.
const MEMBERS: [(&str, &str); 9] = [
    ("annotations", "2025-03-26"),
    ("title", "2025-06-18"),
    ("outputSchema", "2025-06-18"),
    ("structuredContent", "2025-06-18"),
    ("_meta", "2025-06-18"),
    ("io.modelcontextprotocol/serverInfo", "2026-07-28"),
    ("ttlMs", "2026-07-28"),
    ("cacheScope", "2026-07-28"),
    ("resultType", "2026-07-28"),
];

/// Collects the names of a result's members, those of schemas and answers left out: they are ours.
fn members(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                if !["inputSchema", "outputSchema", "structuredContent"].contains(&name.as_str()) {
                    members(value, names);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, names)),
        _ => {}
    }
}

#[tokio::test]
async fn each_revision_gets_only_the_members_that_it_knows() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        let mut program = Program::start(SANDBOX, &[]);
        let mut names = Vec::new();
        let meta = if version == "2026-07-28" {
            json!({ "_meta": modern_meta() })
        } else {
            members(&program.initialize(version).await, &mut names);
            json!({})
        };
        for (method, params) in [
            ("tools/list", json!({})),
            ("prompts/list", json!({})),
            ("resources/list", json!({})),
            ("resources/read", json!({ "uri": "wolkvox://fields" })),
            (
                "prompts/get",
                json!({
                    "name": "customer_briefing", "arguments": { "document": "900000001" },
                }),
            ),
            ("tools/call", json!({ "name": "query_obligation", "arguments": one_record() })),
        ] {
            let mut params = params;
            params
                .as_object_mut()
                .expect("an object")
                .extend(meta.as_object().cloned().expect("one"));
            let response = program.request(method, params).await;
            assert!(response["result"].is_object(), "{version} {method}: {response}");
            members(&response["result"], &mut names);
        }
        for (name, since) in MEMBERS {
            let is_there = names.iter().any(|it| it == name);
            assert_eq!(is_there, version >= since, "{name} under {version}");
        }
    }
}

#[tokio::test]
async fn a_batch_is_answered_call_by_call_or_refused_call_by_call() {
    for (version, is_answered) in [("2025-03-26", true), ("2025-06-18", false)] {
        let mut program = Program::start(SANDBOX, &[]);
        program.initialize(version).await;
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        program.send(json!([call(71, one_record()), note, call(72, one_record())])).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            let answer = program.receive().await;
            assert_eq!(answer.get("result").is_some(), is_answered, "{version}: {answer}");
            assert_eq!(answer.get("error").is_none(), is_answered, "{version}: {answer}");
            ids.push(answer["id"].as_u64().expect("a number"));
        }
        ids.sort_unstable();
        assert_eq!(ids, [71, 72], "{version}");
        let ended = program.end().await;
        assert_eq!(ended.stdout.len(), 3, "{version}: nothing else is answered");
    }
}

#[tokio::test]
async fn an_initialize_that_can_nearly_be_read_connects() {
    for params in [
        json!({ "protocolVersion": "2025-06-18", "capabilities": [], "clientInfo": [] }),
        json!({ "protocolVersion": "2025-06-18", "clientName": "flat", "clientVersion": "1" }),
    ] {
        let mut program = Program::start(SANDBOX, &[]);
        let welcome = program.request("initialize", params.clone()).await;
        assert_eq!(welcome["result"]["protocolVersion"], "2025-06-18", "{params}: {welcome}");
        let result = program.call(one_record()).await;
        assert_eq!(result["structuredContent"]["outcome"], "found", "{params}");
    }
    let mut program = Program::start(SANDBOX, &[]);
    let refused = program.request("initialize", json!({ "capabilities": {} })).await;
    let message = refused["error"]["message"].as_str().expect("text");
    assert!(message.contains("initialize") && message.contains("protocolVersion"), "{message}");
    assert_eq!(program.initialize("2025-11-25").await["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn an_empty_list_for_no_parameters_is_read() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    for method in ["ping", "tools/list", "prompts/list", "resources/list"] {
        let response = program.request(method, json!([])).await;
        assert!(response["result"].is_object(), "{method}: {response}");
    }
}

/// Writes the bytes, closes the input, and returns what the program left behind.
async fn after(bytes: Vec<u8>) -> (Vec<Value>, String) {
    let mut child = Program::command(SANDBOX, &[]).spawn().expect("starts");
    let mut input = child.stdin.take().expect("piped");
    tokio::io::AsyncWriteExt::write_all(&mut input, &bytes).await.expect("written");
    drop(input);
    let ended = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output());
    let ended = ended.await.expect("in time").expect("waited");
    let text = String::from_utf8(ended.stdout).expect("text");
    let answers = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (answers, String::from_utf8(ended.stderr).expect("text"))
}

fn opening() -> String {
    let client = json!({ "name": "test", "version": "1" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string()
}

#[tokio::test]
async fn other_framings_are_read_as_far_as_they_can_be() {
    let (first, second) = (opening(), call(2, one_record()).to_string());
    let wide = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let framed = |text: &str| format!("Content-Length: {}\r\n\r\n{text}", text.len());
    for (name, bytes) in [
        ("UTF-16 with its mark", wide(format!("\u{feff}{first}\r\n{second}\r\n"))),
        ("UTF-16", wide(format!("{first}\n{second}\n"))),
        ("one line", format!("{first}{second}\n").into_bytes()),
        ("no last line end", format!("{first}\n{second}").into_bytes()),
        ("headers", (framed(&first) + &framed(&second)).into_bytes()),
        ("a mark, blanks", format!("\u{feff}{first}\r\n\r\n  {second}  \r\n").into_bytes()),
    ] {
        let (answers, log) = after(bytes).await;
        let ids: Vec<_> = answers.iter().map(|answer| &answer["id"]).collect();
        assert_eq!(ids, [1, 2], "{name}: {log}");
        assert!(answers.iter().all(|answer| answer["result"].is_object()), "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_said_once_and_not_quoted() {
    let text = format!("{}\nSECRET 1\nSECRET 2\n{{\"SECRET\":3\n", opening());
    let (answers, log) = after(text.into_bytes()).await;
    assert_eq!(answers.len(), 1);
    let warnings: Vec<_> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{log}");
    assert!(warnings[0].contains("cannot be read"), "{log}");
    assert!(!log.contains("SECRET"), "{log}");
}

#[tokio::test]
async fn an_id_that_cannot_be_carried_is_answered_with_null() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    for id in ["18446744073709551615", "{}", "[1]", "true", "null", "1.5"] {
        program.send_line(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).await;
        let answer = program.receive().await;
        assert_eq!(answer["error"]["code"], -32600, "{id}: {answer}");
        assert_eq!(answer.get("id"), Some(&Value::Null), "{id}");
    }
}

#[tokio::test]
async fn an_id_in_flight_twice_is_answered_twice_and_a_cancelled_one_can_be_used_again() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    for _ in 0..2 {
        program.send(call(7, one_record())).await;
    }
    for _ in 0..2 {
        let answer = program.receive().await;
        assert_eq!(answer["id"], 7);
        assert_eq!(answer["result"]["structuredContent"]["outcome"], "found", "{answer}");
    }
    program.send(call(8, slow())).await;
    let cancel = json!({ "requestId": 8 });
    program
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel }))
        .await;
    program.send(call(8, one_record())).await;
    let answer = program.receive().await;
    assert_eq!(answer["id"], 8);
    assert_eq!(answer["result"]["structuredContent"]["outcome"], "found", "{answer}");
}

/// Fails on a node of a schema that some provider of models refuses.
fn check_schema(node: &Value, place: &str) {
    let node = node.as_object().unwrap_or_else(|| panic!("{place} is no object: {node}"));
    assert!(node["type"].is_string(), "{place} has the type {}", node["type"]);
    for union in ["anyOf", "oneOf", "allOf", "not", "$ref", "if", "const"] {
        assert!(!node.contains_key(union), "{place} has {union}");
    }
    for (name, property) in node.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        check_schema(property, &format!("{place}.{name}"));
    }
    if let Some(items) = node.get("items") {
        check_schema(items, &format!("{place}[]"));
    }
    match node.get("additionalProperties") {
        // A closed object.
        None | Some(Value::Bool(false)) => {}
        Some(other) => check_schema(other, &format!("{place}.*")),
    }
}

#[tokio::test]
async fn every_node_of_every_schema_has_one_type_and_no_union() {
    for arguments in [SANDBOX, &["--sandbox", "--operation", "empresa"][..]] {
        let mut program = Program::start(arguments, &[]);
        program.initialize("2025-11-25").await;
        let tools = program.request("tools/list", json!({})).await;
        for tool in tools["result"]["tools"].as_array().expect("tools") {
            for schema in ["inputSchema", "outputSchema"] {
                check_schema(&tool[schema], &format!("{} {schema}", tool["name"]));
            }
        }
        for value in [json!("900000002"), json!(900_000_002)] {
            let result = program.call(json!({ "field": "id_customer", "value": value })).await;
            assert_eq!(result["structuredContent"]["outcome"], "found", "{value}");
        }
    }
}

#[tokio::test]
async fn the_newest_version_is_served_without_a_handshake() {
    let mut program = Program::start(SANDBOX, &[]);
    let discovered = program.request("server/discover", json!({ "_meta": modern_meta() })).await;
    let discovered = &discovered["result"];
    let versions = discovered["supportedVersions"].as_array().expect("a list");
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2024-11-05")));
    assert_eq!(discovered["ttlMs"], 3_600_000);
    assert_eq!(server_name(discovered), "wolkvox-mcp");

    let tools = program.request("tools/list", json!({ "_meta": modern_meta() })).await;
    let tools = &tools["result"];
    assert_eq!(tools["ttlMs"], 3_600_000, "a freshness hint of an hour");
    assert_eq!(tools["cacheScope"], "private");
    assert_eq!(tools["resultType"], "complete");
    assert_eq!(server_name(tools), "wolkvox-mcp");

    let call = json!({
        "name": "query_obligation", "arguments": one_record(), "_meta": modern_meta(),
    });
    let result = &program.request("tools/call", call).await["result"];
    assert_eq!(result["structuredContent"]["outcome"], "found");
    assert_eq!(result["resultType"], "complete");
    assert_eq!(server_name(result), "wolkvox-mcp");
    assert!(program.end().await.status.success());
}

fn server_name(result: &Value) -> &Value {
    &result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]
}

#[tokio::test]
async fn a_version_from_the_future_is_refused_with_the_known_ones() {
    let mut program = Program::start(SANDBOX, &[]);
    let mut meta = modern_meta();
    meta["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let response = program.request("tools/list", json!({ "_meta": meta })).await;
    assert_eq!(response["error"]["code"], -32022);
    assert!(response["error"]["data"].to_string().contains("2026-07-28"));
}

#[tokio::test]
async fn the_text_is_the_same_json_as_the_structured_content() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    let result = program.call(one_record()).await;
    let text = result["content"][0]["text"].as_str().expect("text");
    assert_eq!(text, result["structuredContent"].to_string());
    assert_eq!(result["content"].as_array().map(Vec::len), Some(1));
    assert_eq!(result["isError"], false);
}

#[tokio::test]
async fn messages_before_the_first_request_are_survived() {
    for first in [
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 9, "result": {} }),
    ] {
        let mut program = Program::start(SANDBOX, &[]);
        program.send(first.clone()).await;
        program.request("server/discover", json!({ "_meta": modern_meta() })).await;
        // Also between a discover or a malformed request and the request that chooses the era.
        program.send(first.clone()).await;
        program.request("tools/list", json!({})).await;
        program.send(first.clone()).await;
        let welcome = program.initialize("2025-06-18").await;
        assert_eq!(welcome["protocolVersion"], "2025-06-18", "after {first}");
    }
}

#[tokio::test]
async fn the_end_of_input_is_a_clean_exit_at_any_moment() {
    let ended = Program::start(SANDBOX, &[]).end().await;
    assert_eq!(ended.status.code(), Some(0), "before anything: {}", ended.stderr);

    let mut program = Program::start(SANDBOX, &[]);
    program.request("server/discover", json!({ "_meta": modern_meta() })).await;
    assert_eq!(program.end().await.status.code(), Some(0), "after a discover");

    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    assert_eq!(program.end().await.status.code(), Some(0), "after a handshake");
}

#[tokio::test]
async fn the_end_of_input_ends_the_process_within_a_second_whatever_is_in_flight() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    program.send(call(7, slow())).await;
    program.request("tools/list", json!({})).await;
    let start = Instant::now();
    let ended = program.end().await;
    assert_eq!(ended.status.code(), Some(0));
    assert!(start.elapsed() < PROMPT, "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_answer_in_flight_at_the_end_of_input_still_comes() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    program.send(call(7, one_record())).await;
    let ended = program.end().await;
    let last = ended.stdout.last().expect("an answer");
    assert!(last.contains(r#""id":7"#) && last.contains("found"), "{last}");
}

#[cfg(unix)]
#[tokio::test]
async fn signals_end_the_process_within_a_second_whatever_is_in_flight() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start(SANDBOX, &[]);
        program.initialize("2025-11-25").await;
        program.send(call(7, slow())).await;
        program.request("tools/list", json!({})).await;
        let start = Instant::now();
        let sent =
            Command::new("kill").args([format!("-{signal}"), program.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        let ended = program.wait().await;
        assert_eq!(ended.status.code(), Some(0), "SIG{signal}");
        assert!(start.elapsed() < PROMPT, "SIG{signal}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn garbage_lines_are_survived() {
    let mut program = Program::start(SANDBOX, &[]);
    for garbage in ["", "hello", "{", "\u{feff}", "\"text\"", "[]", "null", "{\"jsonrpc\":\"2.0\"}"]
    {
        program.send_line(garbage).await;
    }
    program.initialize("2025-11-25").await;
    for garbage in ["unparsable", "{\"jsonrpc\":\"2.0\",\"id\":", "[1,2]", "{}"] {
        program.send_line(garbage).await;
    }
    let result = program.call(one_record()).await;
    assert_eq!(result["structuredContent"]["outcome"], "found");
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_answered_so_that_nobody_waits_in_vain() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    // Node writes half a pair where a text was cut inside an emoji.
    let call = call(77, json!({ "field": "client_name", "value": "@" })).to_string();
    program.send_line(&call.replace('@', r"Ana \ud83d")).await;
    let answer = program.receive().await;
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(77), &json!(-32700)));
    let result = program.call(one_record()).await;
    assert_eq!(result["structuredContent"]["outcome"], "found");
}

#[tokio::test]
async fn when_the_client_cannot_read_any_more_the_process_ends_though_its_input_is_open() {
    let mut child = Program::command(SANDBOX, &[]).stdout(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("piped");
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string() + "\n";
    tokio::io::AsyncWriteExt::write_all(&mut input, line.as_bytes()).await.expect("written");
    let ended = tokio::time::timeout(PROMPT, child.wait()).await.expect("ends").expect("waited");
    assert!(ended.success());
    drop(input);
}

#[tokio::test]
async fn arguments_that_are_no_object_are_invalid_parameters() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    for arguments in [json!([]), json!("text"), json!(7)] {
        let params = json!({ "name": "query_obligation", "arguments": arguments });
        let response = program.request("tools/call", params).await;
        assert_eq!(response["error"]["code"], -32602, "{arguments}: {response}");
    }
    let response = program.request("tools/call", json!({ "arguments": {} })).await;
    assert_eq!(response["error"]["code"], -32602, "no name");
}

#[tokio::test]
async fn an_unknown_tool_and_an_unknown_method_are_protocol_errors() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    let params = json!({ "name": "delete_everything", "arguments": {} });
    let response = program.request("tools/call", params).await;
    assert_eq!(response["error"]["code"], -32602);
    assert!(response["error"]["message"].as_str().expect("text").contains("query_obligation"));
    let response = program.request("tools/everything", json!({})).await;
    assert_eq!(response["error"]["code"], -32601);
}

#[tokio::test]
async fn a_cancelled_call_gets_no_answer_and_the_next_one_does() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    program.send(call(77, slow())).await;
    program.request("tools/list", json!({})).await;
    let cancel = json!({ "requestId": 77, "reason": "the agent hung up" });
    program
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel }))
        .await;
    let result = program.call(one_record()).await;
    assert_eq!(result["structuredContent"]["outcome"], "found");
    let ended = program.end().await;
    assert!(ended.stdout.iter().all(|line| !line.contains(r#""id":77"#)), "{:?}", ended.stdout);
}

#[tokio::test]
async fn every_line_of_stdout_is_json_rpc_even_at_log_level_trace() {
    let mut program = Program::start(SANDBOX, &[("WOLKVOX_LOG", "trace")]);
    program.initialize("2025-11-25").await;
    program.request("tools/list", json!({})).await;
    program.call(one_record()).await;
    program.call(json!({ "field": "" })).await;
    program.call(json!({ "field": "sandbox_fault", "value": "html" })).await;
    let ended = program.end().await;
    assert_eq!(ended.stdout.len(), 5);
    for line in &ended.stdout {
        let message: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
    }
    assert!(!ended.stderr.is_empty(), "trace logs something");
}

#[tokio::test]
async fn a_client_that_stops_reading_does_not_keep_the_process() {
    let mut child = Program::command(SANDBOX, &[]).stdout(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("piped");
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string() + "\n";
    tokio::io::AsyncWriteExt::write_all(&mut input, line.as_bytes()).await.expect("written");
    drop(input);
    let ended = tokio::time::timeout(PROMPT, child.wait()).await.expect("ends").expect("waited");
    assert!(ended.success());
}

fn call(id: u64, arguments: Value) -> Value {
    let params = json!({ "name": "query_obligation", "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}
