//! What an answer must not conclude, and what a mask hides, from wolkvox's bytes to what a client or
//! a terminal gets.

use serde_json::{Value, json};

use crate::support::{Program, RawReply, RawServer, TOKEN};

fn reply(body: Value) -> RawReply {
    RawReply::json(body.to_string())
}

fn account<'a>(server: &'a RawServer, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let account = [
        ("WOLKVOX_SERVER", server.address()),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "x"),
    ];
    [&account, more].concat()
}

async fn connected(server: &RawServer, more: &[(&str, &str)]) -> Program {
    let mut program = Program::start(&[], &account(server, more));
    program.initialize("2025-11-25").await;
    program
}

/// 250 gestiones of 2022, of 1,300 that wolkvox has.
fn first_of_many() -> RawReply {
    let row = |n: u32| {
        json!({
            "id_customer": "900000001", "wolkvox_id": n.to_string(),
            "date": format!("2022-{:02}-{:02} 10:00:00", n % 12 + 1, n % 28 + 1),
            "tipification_code": "NC",
        })
    };
    let rows: Vec<Value> = (0..250).map(row).collect();
    reply(json!({
        "code": "200", "error": "null", "msg": "1300 records were are found",
        "Total records": 1300, "Total pages": 6, "data": rows,
    }))
}

const ONE_PAGE: (&str, &str) = ("WOLKVOX_MAX_PAGES", "1");

#[tokio::test]
async fn nothing_on_days_that_were_not_fetched_is_a_failure() {
    let server = RawServer::start(vec![first_of_many()]).await;
    let mut program = connected(&server, &[ONE_PAGE]).await;
    let asked = json!({ "field": "id_customer", "value": "900000001", "since": "2024-01-01" });
    let result = program.call(asked).await;
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().expect("text");
    assert!(text.starts_with("incomplete: nothing matched in what was fetched: 250 of"), "{text}");
    assert!(text.contains("WOLKVOX_MAX_PAGES"), "{text}");
}

#[tokio::test]
async fn the_terminal_fails_likewise_and_says_so_in_both_languages() {
    for (language, said) in [("en", "250 of wolkvox's 1300"), ("es", "250 de los 1300")] {
        let server = RawServer::start(vec![first_of_many()]).await;
        let asked =
            ["query", "id_customer", "900000001", "--since", "2024-01-01", "--lang", language];
        let ended = Program::run(&asked, &account(&server, &[ONE_PAGE])).await;
        assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert!(ended.stdout.is_empty(), "{:?}", ended.stdout);
    }
}

#[tokio::test]
async fn a_part_of_many_is_headed_by_how_much_came() {
    for (language, parts) in [
        (
            "en",
            ["250 of 1,300 fetched", "Outcomes of those fetched: 250 NC", "249 more: --offset 1"],
        ),
        (
            "es",
            [
                "250 de 1.300 obtenidos",
                "Tipificaciones de lo obtenido: 250 NC",
                "249 más: --offset 1",
            ],
        ),
    ] {
        let server = RawServer::start(vec![first_of_many()]).await;
        let asked = ["query", "id_customer", "900000001", "--limit", "1", "--lang", language];
        let ended = Program::run(&asked, &account(&server, &[ONE_PAGE])).await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        let printed = ended.stdout.join("\n");
        for part in parts {
            assert!(printed.contains(part), "{part}: {printed}");
        }
    }
}

#[tokio::test]
async fn an_incomplete_answer_tells_no_newest() {
    let server = RawServer::start(vec![first_of_many()]).await;
    let mut program = connected(&server, &[ONE_PAGE]).await;
    let result = program.call(json!({ "field": "id_customer", "value": "900000001" })).await;
    let answer = &result["structuredContent"];
    assert_eq!((&answer["total"], &answer["fetched"]), (&json!(1300), &json!(250)));
    assert_eq!(answer["summary"].get("last"), None);
    assert!(answer["hint"].as_str().expect("a hint").contains("the newest may be missing"));
}

#[tokio::test]
async fn a_day_with_undated_records_only_is_never_told_as_empty() {
    let rows = json!([{ "date": "el martes", "n": 1 }, { "date": "2026-11-24T10:15:00", "n": 2 }]);
    let server =
        RawServer::start(vec![reply(json!({ "code": "200", "error": "null", "data": rows }))])
            .await;
    let mut program = connected(&server, &[]).await;
    let days = |since: &str| json!({ "field": "x", "value": "1", "since": since });
    let result = program.call(days("2026-11-25")).await;
    let answer = &result["structuredContent"];
    assert_eq!(answer["outcome"], "found", "{answer}");
    assert_eq!((&answer["total"], &answer["undated"]), (&json!(1), &json!(1)));
    let hint = answer["hint"].as_str().expect("a hint");
    assert!(hint.starts_with("UNDECIDED") && !hint.contains("Nothing on"), "{hint}");
    let result = program.call(days("2026-11-24")).await;
    assert_eq!(result["structuredContent"]["records"][0]["n"], 2, "{result}");
}

#[tokio::test]
async fn every_form_of_a_date_takes_its_place_and_is_shown_alike() {
    let dates = [
        "20/11/2026 8:05:00\u{a0}p.\u{a0}m.",
        "2026-11-24T10:15:00.000-05:00",
        "25-11-2026 09:00:00",
        "2026-11-19 09:00:00",
        "0000-00-00",
        "2026/11/21",
    ];
    let rows: Vec<Value> = dates.iter().map(|date| json!({ "date": date, "n": 1 })).collect();
    let server =
        RawServer::start(vec![reply(json!({ "code": "200", "error": "null", "data": rows }))])
            .await;
    let mut program = connected(&server, &[]).await;
    let result = program.call(json!({ "field": "x", "value": "1" })).await;
    let records = result["structuredContent"]["records"].as_array().expect("records").clone();
    let shown: Vec<_> = records.iter().map(|it| it["date"].as_str().expect("a date")).collect();
    assert_eq!(
        shown,
        [
            "2026-11-25 09:00:00",
            "2026-11-24 10:15:00",
            "2026-11-21",
            "2026-11-20 20:05:00",
            "2026-11-19 09:00:00",
            "0000-00-00",
        ]
    );
}

#[tokio::test]
async fn wolkvoxs_words_are_withheld_where_a_mask_is_set() {
    let refusal = br#"{"code":"400","error":"BAD REQUEST","msg":"CLIENT MARIA FICTICIA 900000001 IS BLOCKED"}"#;
    let refusal = || RawReply::new(400, "application/json", refusal);
    for (mask, told) in [("personal", false), ("nota", false), ("", true)] {
        let server = RawServer::start(vec![refusal()]).await;
        let mut program = connected(&server, &[("WOLKVOX_MASK", mask)]).await;
        let calls = [
            ("query_obligation", json!({ "field": "id_customer", "value": "1" })),
            ("get_obligation", json!({ "obligation": "1", "record_id": "2" })),
        ];
        for (tool, arguments) in calls {
            let result = program.call_tool(tool, arguments).await;
            assert_eq!(result["isError"], true, "{result}");
            assert_eq!(result.to_string().contains("MARIA"), told, "{mask}: {result}");
        }
        let asked = ["query", "id_customer", "1"];
        let ended = Program::run(&asked, &account(&server, &[("WOLKVOX_MASK", mask)])).await;
        assert_eq!(ended.status.code(), Some(2));
        assert_eq!(ended.stderr.contains("MARIA"), told, "{mask}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_mask_reaches_every_spelling_and_shape() {
    let rows = json!([
        { "tipifycation_desc": "SECRETO UNO", "client\u{200b}_name": "SECRETO DOS", "n": 1 },
        {
            "Otro tele\u{301}fono": "SECRETO TRES", "OTRO  TELÉFONO": "SECRETO CUATRO",
            "datos": "{\"client_name\":\"SECRETO CINCO\"}",
            "form": [{ "Name": "otro\u{a0}teléfono", "Value": "SECRETO SEIS" }],
            "agent_name": "Agente Prueba", "n": 2,
        },
    ]);
    let server =
        RawServer::start(vec![reply(json!({ "code": "200", "error": "null", "data": rows }))])
            .await;
    let mask = ("WOLKVOX_MASK", "personal,Otro teléfono,tipification_description");
    let mut program = connected(&server, &[mask]).await;
    let asked = json!({ "field": "x", "value": "1", "columns": ["*"] });
    let shown = program.call(asked).await.to_string();
    assert!(!shown.contains("SECRETO"), "{shown}");
    assert!(shown.contains("Agente Prueba"), "{shown}");
}

#[tokio::test]
async fn another_obligation_than_the_one_asked_for_is_told_without_its_data() {
    let other = json!({ "id": "OTHER-1", "total_balance": "870000" });
    let server =
        RawServer::start(vec![reply(json!({ "code": "200", "error": "null", "data": [other] }))])
            .await;
    let mut program = connected(&server, &[]).await;
    let asked = json!({ "obligation": "FIC-1", "record_id": "2" });
    let result = program.call_tool("get_obligation", asked).await;
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().expect("text");
    assert!(
        text.starts_with("unexpected_reply: ") && text.contains("is not the one asked for"),
        "{text}"
    );
    assert!(!text.contains("OTHER") && !text.contains("870000"), "{text}");
}

#[tokio::test]
async fn the_digits_to_try_are_in_the_answer_and_never_in_the_log() {
    let none = json!({
        "code": "200", "error": "null", "msg": "0 records were are found", "data": [],
    });
    let server = RawServer::start(vec![reply(none)]).await;
    let mut program = connected(&server, &[("WOLKVOX_LOG", "trace")]).await;
    let asked = json!({ "field": "client_telephone", "value": "+57 310 456 7890" });
    let result = program.call(asked).await;
    let hint = result["structuredContent"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("`+57`") && hint.contains("`3104567890`"), "{hint}");
    let ended = program.end().await;
    assert!(!ended.stderr.contains("3104567890"), "{}", ended.stderr);
}
