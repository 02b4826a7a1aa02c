//! Prompts and resources: what people pick in their client.

use serde_json::{Value, json};

use crate::support::{Program, modern_meta};

async fn connected() -> Program {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    program
}

#[tokio::test]
async fn the_prompts_are_listed_with_their_arguments() {
    let mut program = connected().await;
    let listed = program.request("prompts/list", json!({})).await["result"]["prompts"].clone();
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["customer_briefing", "obligation_status", "contacts_so_far"]);
    let arguments: Vec<_> = listed[1]["arguments"]
        .as_array()
        .expect("arguments")
        .iter()
        .map(|it| (it["name"].as_str().expect("a name"), it["required"] == true))
        .collect();
    assert_eq!(arguments, [("document", true), ("obligation", true), ("language", false)]);
}

#[tokio::test]
async fn a_prompt_speaks_spanish_or_english_and_forbids_inventions() {
    let mut program = connected().await;
    for (language, words, forbids) in [
        (
            None,
            "¿Cuánto debe el cliente con documento 900000005 en la obligación FIC-501",
            "no inventes",
        ),
        (Some("es"), "get_obligation", "nunca supongas que es cero"),
        (Some("en"), "document number 900000005 owe on obligation FIC-501", "never invent"),
    ] {
        let arguments =
            json!({ "document": "900000005", "obligation": "FIC-501", "language": language });
        let params = json!({ "name": "obligation_status", "arguments": arguments });
        let result = program.request("prompts/get", params).await["result"].clone();
        let text = result["messages"][0]["content"]["text"].as_str().expect("text");
        assert!(text.contains(words) && text.contains(forbids), "{text}");
        assert!(!text.contains('{'), "{text}");
    }
}

#[tokio::test]
async fn every_prompt_forbids_inventions_and_fills_values_in_as_they_are() {
    let mut program = connected().await;
    for name in ["customer_briefing", "obligation_status"] {
        for (language, forbids, fails) in [
            ("es", "notas, valores ni fechas", "no se pudo consultar"),
            ("en", "invent notes, amounts or dates", "could not be looked up"),
        ] {
            let mut arguments = json!({ "document": "9{obligation}", "language": language });
            if name == "obligation_status" {
                arguments["obligation"] = json!("FIC}-{document}");
            }
            let params = json!({ "name": name, "arguments": arguments });
            let result = program.request("prompts/get", params).await["result"].clone();
            let text = result["messages"][0]["content"]["text"].as_str().expect("text");
            assert!(text.to_lowercase().contains(forbids), "{text}");
            assert!(text.contains(fails), "{text}");
            assert!(text.contains("9{obligation}"), "{text}");
            assert!(name == "customer_briefing" || text.contains("FIC}-{document}"), "{text}");
        }
    }
}

#[tokio::test]
async fn wrong_prompts_and_arguments_are_invalid_parameters() {
    let mut program = connected().await;
    for params in [
        json!({ "name": "nothing" }),
        json!({ "name": "customer_briefing" }),
        json!({ "name": "customer_briefing", "arguments": { "document": "a\nb" } }),
        json!({ "name": "customer_briefing", "arguments": { "document": "1", "language": "fr" } }),
        json!({ "name": "customer_briefing", "arguments": { "document": "1", "lenguage": "es" } }),
        json!({ "name": "customer_briefing", "arguments": { "document": " " } }),
        json!({ "name": "customer_briefing", "arguments": [] }),
    ] {
        let response = program.request("prompts/get", params.clone()).await;
        assert_eq!(response["error"]["code"], -32602, "{params}: {response}");
    }
}

#[tokio::test]
async fn the_table_of_fields_is_a_resource_and_no_customer_is() {
    let mut program = connected().await;
    let listed = program.request("resources/list", json!({})).await["result"].clone();
    let resources = listed["resources"].as_array().expect("resources");
    let names: Vec<_> = resources.iter().map(|it| it["name"].as_str()).collect();
    assert_eq!(names, [Some("fields"), Some("card")]);
    let uri = &listed["resources"][0]["uri"];
    let read = program.request("resources/read", json!({ "uri": uri })).await["result"].clone();
    assert_eq!(read["contents"][0]["mimeType"], "text/markdown");
    let table = read["contents"][0]["text"].as_str().expect("text");
    assert!(table.contains("| id_customer |"), "{table}");
    let unknown = json!({ "uri": "wolkvox://customers/900000001" });
    let response = program.request("resources/read", unknown).await;
    assert_eq!(response["error"]["code"], -32002, "what revisions up to 2025-11-25 expect");
}

#[tokio::test]
async fn the_newest_revision_gets_freshness_hints_and_its_own_error_code() {
    let mut program = Program::start(&["--sandbox"], &[]);
    for method in ["prompts/list", "resources/list"] {
        let result =
            program.request(method, json!({ "_meta": modern_meta() })).await["result"].clone();
        assert_eq!(result["ttlMs"], 3_600_000, "{method}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
        assert_eq!(server, "wolkvox-mcp", "{method}");
    }
    let unknown = json!({ "uri": "wolkvox://x", "_meta": modern_meta() });
    let response: Value = program.request("resources/read", unknown).await;
    assert_eq!(response["error"]["code"], -32602);
    assert_eq!(response["error"]["data"], json!({ "uri": "wolkvox://x" }));
}
