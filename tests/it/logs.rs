//! What the log says of a look-up, and what progress a client hears.

use serde_json::{Value, json};

use crate::support::Program;

#[tokio::test]
async fn a_look_up_leaves_one_line_with_what_it_cost() {
    let mut program = Program::start(&["--sandbox"], &[("WOLKVOX_LOG_FORMAT", "json")]);
    program.initialize("2025-11-25").await;
    let question = json!({ "field": "id_customer", "value": "900000003" });
    program.call(question.clone()).await;
    program.call(question).await;
    program.call(json!({ "field": "sandbox_fault", "value": "busy" })).await;
    let ended = program.end().await;
    let lines: Vec<Value> =
        ended.stderr.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let look_ups: Vec<&Value> =
        lines.iter().map(|line| &line["fields"]).filter(|it| it["message"] == "look-up").collect();
    let [first, again, busy] = look_ups[..] else { panic!("three lines: {lines:?}") };
    assert_eq!(first["operation"], "sandbox");
    assert_eq!(first["field"], "id_customer");
    assert_eq!(first["outcome"], "found");
    assert_eq!((&first["records"], &first["pages"]), (&json!(320), &json!(2)));
    assert_eq!((&first["attempts"], &first["cached"]), (&json!(2), &json!(false)));
    assert!(first["queued_ms"].is_u64() && first["upstream_ms"].is_u64());
    assert_eq!((&again["attempts"], &again["cached"]), (&json!(0), &json!(true)));
    assert_eq!((&busy["outcome"], &busy["attempts"]), (&json!("busy"), &json!(6)));
    assert_eq!(busy["field"], "(another)", "it may be a value that a model took for a field");
}

#[tokio::test]
async fn a_cancelled_look_up_leaves_a_line_too() {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let slow = json!({ "field": "sandbox_fault", "value": "slow" });
    let params = json!({ "name": "query_obligation", "arguments": slow });
    program
        .send(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }))
        .await;
    program.request("tools/list", json!({})).await;
    let cancel = json!({ "requestId": 7 });
    program
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel }))
        .await;
    program.request("tools/list", json!({})).await;
    let ended = program.end().await;
    assert!(ended.stderr.contains(r#"outcome="cancelled""#), "{}", ended.stderr);
}

#[tokio::test]
async fn a_client_that_asks_hears_the_progress_of_its_call_and_nothing_after_the_answer() {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    let params = json!({
        "name": "query_obligation",
        "arguments": { "field": "id_customer", "value": "900000003" },
        "_meta": { "progressToken": "t" },
    });
    program
        .send(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }))
        .await;
    let mut told: Vec<Value> = Vec::new();
    loop {
        let message = program.receive().await;
        if message["id"] == 7 {
            break;
        }
        assert_eq!(message["method"], "notifications/progress");
        told.push(message["params"].clone());
    }
    assert!(told.len() >= 3, "{told:?}");
    assert!(told.iter().all(|it| it["progressToken"] == "t"));
    let numbers: Vec<f64> = told.iter().filter_map(|it| it["progress"].as_f64()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    let says = |message: &str| {
        told.iter().any(|it| it["message"].as_str().is_some_and(|it| it.contains(message)))
    };
    assert!(says("consultando a wolkvox: página 2, solicitud 2 / "), "{told:?}");
    assert!(says(" / asking wolkvox: page 2, request 2"), "{told:?}");
    program.request("tools/list", json!({})).await;
    let ended = program.end().await;
    let last = ended.stdout.iter().rposition(|line| line.contains("progress")).expect("progress");
    let answer =
        ended.stdout.iter().position(|line| line.contains(r#""id":7"#)).expect("an answer");
    assert!(last < answer);
}

#[tokio::test]
async fn an_operation_that_a_call_names_is_not_written() {
    let mut program = Program::start(&["--sandbox"], &[("WOLKVOX_LOG", "trace")]);
    program.initialize("2025-11-25").await;
    for operation in ["MariaPerez", "ana.perez-900000001"] {
        let question = json!({ "operation": operation, "field": "id_customer", "value": "1" });
        program.call(question).await;
    }
    let ended = program.end().await;
    assert!(ended.stderr.contains(r#"operation="(another)""#), "{}", ended.stderr);
    assert!(!ended.stderr.to_lowercase().contains("perez"), "{}", ended.stderr);
}
