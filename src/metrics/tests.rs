use super::*;

#[test]
fn what_counts_nothing_has_no_text() {
    let metrics = Metrics::default();
    metrics.denied("missing");
    metrics.lookups("banco").looked_up("cache");
    drop(metrics.operation("banco", "tools/call", None));
    assert_eq!(metrics.text(), "");
}

#[test]
fn an_operation_is_counted_once_all_of_its_clones_are_gone() {
    let metrics = Metrics::counting();
    let operation = metrics.operation("banco", "tools/list", Some("2025-11-25"));
    let other = operation.clone();
    operation.answered();
    drop(operation);
    assert!(!metrics.text().contains("tools/list"));
    drop(other);
    let counted = "mcp_server_operation_duration_seconds_count{mcp_method_name=\"tools/list\",\
                   gen_ai_tool_name=\"\",error_type=\"\",network_transport=\"tcp\",\
                   mcp_protocol_version=\"2025-11-25\"} 1\n";
    assert!(metrics.text().contains(counted), "{}", metrics.text());
}

#[test]
fn an_answer_does_not_undo_a_failure() {
    let metrics = Metrics::counting();
    let operation = metrics.operation("banco", "prompts/get", None);
    operation.failed(-32_602);
    operation.answered();
    drop(operation);
    assert!(metrics.text().contains("error_type=\"-32602\""), "{}", metrics.text());
}

#[test]
fn several_tokens_are_lines_of_one_family() {
    let metrics = Metrics::counting();
    for (tenant, taken) in [("banco", 1), ("otra", 2)] {
        metrics.watch_token(tenant, move || Load { places: 2, taken, waiting: 0, is_held: false });
    }
    let text = metrics.text();
    assert_eq!(text.matches("# TYPE wolkvox_gate_taken gauge").count(), 1, "{text}");
    for line in
        ["wolkvox_gate_taken{tenant=\"banco\"} 1\n", "wolkvox_gate_taken{tenant=\"otra\"} 2\n"]
    {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn the_age_of_keys_is_told_once_there_are_some() {
    let metrics = Metrics::counting();
    metrics.watch_keys(|| None);
    assert!(!metrics.text().contains("wolkvox_oauth_keys_age_seconds"));
    metrics.watch_keys(|| Some(Duration::from_secs(90)));
    assert!(metrics.text().contains("wolkvox_oauth_keys_age_seconds 90\n"), "{}", metrics.text());
}

#[test]
fn lines_that_the_audit_log_could_not_take_are_a_counter() {
    let metrics = Metrics::counting();
    metrics.watch_audit(|| 3);
    assert!(metrics.text().contains("wolkvox_audit_failures_total 3\n"), "{}", metrics.text());
}
