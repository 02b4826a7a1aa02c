//! The card: how the tools lead to it, and how it is read. What it shows is tried in a browser by
//! `scripts/card.sh`.

use serde_json::{Value, json};

use crate::serve::Server;
use crate::support::{Program, modern_meta};

const SANDBOX: &[&str] = &["--sandbox"];
const EXTENSION: &str = "io.modelcontextprotocol/ui";
const MEDIA_TYPE: &str = "text/html;profile=mcp-app";

/// Returns where the tools lead to, one entry a tool.
fn links(listed: &Value) -> Vec<Value> {
    let tools = listed["tools"].as_array().expect("tools");
    tools.iter().map(|tool| tool["_meta"]["ui"]["resourceUri"].clone()).collect()
}

fn is_page(read: &Value, uri: &str) {
    let [content] = read["contents"].as_array().expect("contents").as_slice() else {
        panic!("one content: {read}")
    };
    assert_eq!(content["uri"], uri);
    assert_eq!(content["mimeType"], MEDIA_TYPE);
    assert_eq!(content["_meta"], json!({ "ui": { "prefersBorder": true } }));
    let page = content["text"].as_str().expect("text");
    assert!(page.starts_with("<!doctype html>"), "{page}");
}

#[tokio::test]
async fn both_tools_lead_to_the_card_over_stdio_in_both_eras() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let mut program = Program::start(SANDBOX, &[]);
        let (declared, meta) = if version == "2026-07-28" {
            let params = json!({ "_meta": modern_meta() });
            (program.request("server/discover", params).await["result"].clone(), modern_meta())
        } else {
            (program.initialize(version).await, json!({}))
        };
        let extension = &declared["capabilities"]["extensions"][EXTENSION];
        assert_eq!(extension, &json!({ "mimeTypes": [MEDIA_TYPE] }), "{version}: {declared}");
        let listed = program.request("tools/list", json!({ "_meta": meta })).await;
        let links = links(&listed["result"]);
        let [one, other] = links.as_slice() else { panic!("two tools: {listed}") };
        assert_eq!(one, other, "{version}");
        let uri = one.as_str().expect("an address");
        let params = json!({ "uri": uri, "_meta": meta });
        is_page(&program.request("resources/read", params).await["result"], uri);
        let listed = program.request("resources/list", json!({ "_meta": meta })).await;
        let resources = listed["result"]["resources"].as_array().expect("resources");
        assert!(resources.iter().any(|it| it["uri"] == uri && it["mimeType"] == MEDIA_TYPE));
    }
}

#[tokio::test]
async fn the_card_is_served_over_http_in_both_eras() {
    let server = Server::start(&[], &[]).await;
    for version in ["2025-11-25", "2026-07-28"] {
        let ask = async |method: &str, mut params: Value| {
            if version == "2026-07-28" {
                params["_meta"] = modern_meta();
            }
            let name = params["uri"].as_str().unwrap_or_default().to_owned();
            let headers =
                [("MCP-Protocol-Version", version), ("Mcp-Method", method), ("Mcp-Name", &name)];
            let headers = if name.is_empty() { &headers[..2] } else { &headers[..] };
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
            let reply = server.post(headers, &message).await;
            assert_eq!(reply.status, 200, "{version} {method}: {}", reply.body);
            reply.json()["result"].clone()
        };
        let links = links(&ask("tools/list", json!({})).await);
        let uri = links[0].as_str().expect("an address");
        is_page(&ask("resources/read", json!({ "uri": uri })).await, uri);
    }
}

#[tokio::test]
async fn an_earlier_address_is_answered_with_todays_page() {
    let mut program = Program::start(SANDBOX, &[]);
    program.initialize("2025-11-25").await;
    let listed = program.request("tools/list", json!({})).await;
    let today = links(&listed["result"])[0].clone();
    let mut page = async |uri: &str| {
        let read = program.request("resources/read", json!({ "uri": uri })).await;
        is_page(&read["result"], uri);
        read["result"]["contents"][0]["text"].clone()
    };
    let earlier = page("ui://wolkvox/card-01234567.html").await;
    assert_eq!(earlier, page(today.as_str().expect("an address")).await);
}

#[tokio::test]
async fn without_the_card_no_tool_leads_to_it_and_kept_links_still_do() {
    for (arguments, environment) in
        [(&["--sandbox", "--card", "off"][..], &[][..]), (SANDBOX, &[("WOLKVOX_CARD", "off")])]
    {
        let mut program = Program::start(arguments, environment);
        program.initialize("2025-11-25").await;
        let listed = program.request("tools/list", json!({})).await;
        assert_eq!(links(&listed["result"]), [Value::Null, Value::Null]);
        let listed = program.request("resources/list", json!({})).await;
        assert_eq!(listed["result"]["resources"].as_array().map(Vec::len), Some(1), "{listed}");
        let uri = "ui://wolkvox/card-01234567.html";
        is_page(&program.request("resources/read", json!({ "uri": uri })).await["result"], uri);
    }
    let server = Server::start(&["--card", "off"], &[]).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let reply = server.post(&[("MCP-Protocol-Version", "2025-11-25")], &message).await;
    assert_eq!(links(&reply.json()["result"]), [Value::Null, Value::Null]);
}

#[tokio::test]
async fn a_client_without_the_extension_gets_the_same_lists_and_answers() {
    let arguments = json!({ "field": "id_customer", "value": "900000005" });
    let mut given = Vec::new();
    for capabilities in
        [json!({}), json!({ "extensions": { EXTENSION: { "mimeTypes": [MEDIA_TYPE] } } })]
    {
        let mut program = Program::start(SANDBOX, &[]);
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        });
        program.request("initialize", params).await;
        let listed = program.request("tools/list", json!({})).await["result"].clone();
        let mut answer = program.call(arguments.clone()).await;
        let [block] = answer["content"].as_array().expect("content").as_slice() else {
            panic!("one block of text and nothing else: {answer}")
        };
        assert_eq!(block["type"], "text");
        let text: Value =
            serde_json::from_str(block["text"].as_str().expect("text")).expect("JSON");
        assert_eq!(text, answer["structuredContent"], "what one host keeps back, the other has");
        answer["structuredContent"]["as_of"] = Value::Null;
        given.push((listed, answer["structuredContent"].clone()));
    }
    assert_eq!(given[0], given[1]);
}

#[tokio::test]
async fn revisions_that_know_no_metadata_of_tools_get_none() {
    for version in ["2024-11-05", "2025-03-26"] {
        let mut program = Program::start(SANDBOX, &[]);
        let declared = program.initialize(version).await;
        assert_eq!(declared["capabilities"]["extensions"], Value::Null, "{version}");
        let listed = program.request("tools/list", json!({})).await;
        assert_eq!(links(&listed["result"]), [Value::Null, Value::Null], "{version}");
    }
}

#[tokio::test]
async fn a_sandboxs_admin_address_shows_the_card_in_a_plain_browser() {
    let server = Server::start(&[], &[]).await;
    let chat = server.admin("/").await;
    assert_eq!(chat.status, 200);
    for customer in 900_000_001..=900_000_009 {
        assert!(chat.body.contains(&format!("\"{customer}\"")), "{customer} is not offered");
    }
    let card = server.admin("/card").await;
    assert!(
        card.headers.contains("content-security-policy: sandbox allow-scripts; default-src 'none'")
    );
    assert!(card.body.starts_with("<!doctype html>"), "{}", card.body);
    let call = json!({ "name": "get_obligation", "arguments": { "record_id": "0000000000000000000000aa" } });
    let owed = server.admin_post("/card/call", &call.to_string()).await.json();
    assert_eq!(owed["structuredContent"]["outcome"], "found", "{owed}");
    let failed = json!({ "name": "query_obligation", "arguments": { "field": "f", "value": "" } });
    let failed = server.admin_post("/card/call", &failed.to_string()).await.json();
    assert_eq!(failed["isError"], true, "{failed}");
    for wrong in ["{}", "no JSON", r#"{ "name": "other", "arguments": {} }"#] {
        let refused = server.admin_post("/card/call", wrong).await;
        assert!([400, 404].contains(&refused.status), "{wrong}: {}", refused.status);
    }
}

#[tokio::test]
async fn without_the_card_there_is_nothing_to_try() {
    let server = Server::start(&["--card", "off"], &[]).await;
    for path in ["/", "/card", "/card/call"] {
        assert_eq!(server.admin(path).await.status, 404, "{path}");
    }
}
