//! Every variant of wolkvox's replies: the files under `tests/fixtures/replies/` are served raw,
//! and what the client makes of them is compared.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use wolkvox_mcp::error::{Error, Outage};
use wolkvox_mcp::lookup::{Limits, Lookup};
use wolkvox_mcp::server_url::ServerUrl;
use wolkvox_mcp::wolkvox::{
    Client, FieldValue, ObligationQuery, Page, Query, Reply, Retry, RootCertificates, TokenFile,
    TokenSource,
};

use crate::support::{RawReply, RawServer, TOKEN, by_customer, client, read_request, serve};

/// What a reply must become.
enum Becomes {
    /// These records.
    Records(Value),
    /// No records, and no error.
    None,
    /// A failure with this kind, whose text holds these words.
    Failure(&'static str, &'static str),
}

use Becomes::{Failure, Records};

const JSON: &str = "application/json";

fn usual() -> Value {
    json!([{
        "id_customer": "900000001", "date": "2025-03-04 10:15:00",
        "agent_name": "Agente Prueba", "obligation": "FICTICIA-001",
    }])
}

fn cases() -> Vec<(u16, &'static str, &'static str, Becomes)> {
    vec![
        (200, JSON, "none.json", Becomes::None),
        (200, JSON, "none_null.json", Becomes::None),
        (200, JSON, "none_missing.json", Becomes::None),
        (200, JSON, "none_object.json", Becomes::None),
        (200, JSON, "none_text.json", Becomes::None),
        (200, JSON, "none_nested.json", Becomes::None),
        (200, JSON, "none_404.json", Becomes::None),
        (404, JSON, "none_404.json", Becomes::None),
        (200, JSON, "bare_empty_array.json", Becomes::None),
        (200, JSON, "bare_array.json", Records(usual())),
        (200, JSON, "single_object.json", Records(usual())),
        (200, JSON, "code_blank.json", Records(usual())),
        (200, JSON, "code_zero.json", Records(usual())),
        (200, JSON, "code_missing.json", Records(usual())),
        (200, JSON, "error_object_null.json", Records(usual())),
        (200, JSON, "byte_order_mark.json", Records(usual())),
        (200, "text/html", "php_warning.json", Records(usual())),
        (200, "text/html; charset=UTF-8", "php_notice_text.json", Records(usual())),
        // A usable code in the body counts for more than the status.
        (500, JSON, "single_object.json", Records(usual())),
        (500, JSON, "code_blank.json", Failure("unavailable", "status 500")),
        (
            200,
            "application/json; charset=ISO-8859-1",
            "latin1.json",
            Records(json!([{ "client_name": "Íñigo", "client_lastname": "Muñoz" }])),
        ),
        (200, JSON, "utf16.json", Records(json!([{ "client_name": "Íñigo" }]))),
        (
            200,
            JSON,
            "invalid_utf8.json",
            Records(json!([{ "client_name": "Muñoz", "agent_id": "1001" }])),
        ),
        (
            200,
            JSON,
            "numbers.json",
            Records(json!([{
                "small": 7, "long": "12345678901234567890123", "unsafe": "9007199254740993",
                "money": "1.10", "float": 0.5, "nested": { "value": "900719925474099312" },
            }])),
        ),
        (
            200,
            JSON,
            "paged_with_quirks.json",
            Records(json!([
                {
                    "id_customer": "900000001", "date": "2025-03-04 10:15:00",
                    "tipifycation_code": "PROMESA_FICTICIA", "agent_id": 1001,
                    "obligation": "FICTICIA-001", "wolkvox_owner": [], "Canal extra ": "WhatsApp",
                    "wolkvox_id": "0000000000000000000000ab",
                },
                {
                    "id_customer": "900000001", "date": "", "tipification_code": "TIMEOUTACW",
                    "tipification_description": "TIMEOUTACW", "agent_id": "1002",
                    "wolkvox_owner": { "nombre": "Agente Dos" },
                    "wolkvox_id": "0000000000000000000000ac",
                },
            ])),
        ),
        (
            200,
            JSON,
            "echoed_token.json",
            Records(json!([{
                "wolkvox_origen": "script.php?t=[removed]", "Wolkvox-Token": "[removed]",
                "agent_id": "1001",
            }])),
        ),
        (200, JSON, "missing_parameter.json", Failure("rejected", "SOME PARAMETERS ARE REQUIRED")),
        (400, JSON, "missing_parameter.json", Failure("rejected", "code 400")),
        (400, JSON, "no_such_api.json", Failure("rejected", "DOES NOT EXIST")),
        (401, JSON, "no_token.json", Failure("token_rejected", "WOLKVOX_TOKEN")),
        (200, JSON, "no_token.json", Failure("token_rejected", "internal token")),
        (403, JSON, "simultaneous.json", Failure("busy", "too many requests")),
        (200, JSON, "simultaneous.json", Failure("busy", "too many requests")),
        (403, JSON, "quota.json", Failure("quota_exhausted", "resets the quota daily")),
        (200, JSON, "quota.json", Failure("quota_exhausted", "used up")),
        (403, JSON, "bad_token.json", Failure("token_rejected", "Please validate token")),
        (200, JSON, "bad_token.json", Failure("token_rejected", "Please validate token")),
        (403, JSON, "expired_token.json", Failure("token_rejected", "invalid or expired")),
        (403, JSON, "maintenance.json", Failure("maintenance", "BACKUP")),
        (200, JSON, "mantenimiento.json", Failure("maintenance", "mantenimiento")),
        (
            403,
            JSON,
            "forbidden_unknown.json",
            Failure("rejected", "FORBIDDEN: Token [removed] of operation cannot do this"),
        ),
        (403, JSON, "error_object.json", Failure("quota_exhausted", "")),
        (200, JSON, "error_in_success.json", Failure("busy", "")),
        (404, JSON, "not_found.json", Failure("rejected", "code 404")),
        (200, JSON, "method.json", Failure("rejected", "code 417")),
        (200, JSON, "server_error.json", Failure("unavailable", "status 500")),
        (503, "text/html", "page.html", Failure("maintenance", "")),
        (502, "text/html", "page.html", Failure("unavailable", "status 502")),
        (403, "text/html", "page.html", Failure("rejected", "code 403")),
        (404, "text/html", "page.html", Failure("rejected", "code 404")),
        (407, "text/html", "page.html", Failure("rejected", "code 407")),
        (302, "text/html", "page.html", Failure("unexpected_reply", "a redirect")),
        (200, "text/html", "page.html", Failure("unexpected_reply", "an HTML page of 150 bytes")),
        (200, JSON, "empty.bin", Failure("unexpected_reply", "an empty body of 0 bytes")),
        (200, JSON, "blank.bin", Failure("unexpected_reply", "an empty body")),
        (200, JSON, "truncated.json", Failure("unexpected_reply", "cut off")),
        (200, JSON, "php_warning_truncated.json", Failure("unexpected_reply", "cut off")),
        (200, JSON, "other_json.json", Failure("unexpected_reply", "without wolkvox's envelope")),
        (200, JSON, "json_text.json", Failure("unexpected_reply", "text of 4 bytes")),
        (200, JSON, "data_text.json", Failure("unexpected_reply", "holds no record")),
        (200, JSON, "data_true.json", Failure("unexpected_reply", "")),
        (200, JSON, "data_false.json", Failure("unexpected_reply", "")),
        // "Nothing found" is believed only if neither status, nor code, nor words say otherwise.
        (500, JSON, "none.json", Failure("unavailable", "status 500")),
        (403, JSON, "none.json", Failure("rejected", "code 403")),
        (503, JSON, "none.json", Failure("maintenance", "")),
        (404, JSON, "none.json", Becomes::None),
        (200, JSON, "none_busy.json", Failure("busy", "")),
        (200, JSON, "none_message.json", Failure("token_rejected", "token invalid")),
        (200, JSON, "none_odd_code.json", Failure("unexpected_reply", "envelope")),
        (200, JSON, "none_unknown_code.json", Failure("unexpected_reply", "envelope")),
        (404, JSON, "not_found_operation.json", Failure("rejected", "code 404")),
        (200, "text/html", "php_fatal.json", Failure("unexpected_reply", "an HTML page")),
        (400, JSON, "page_limit.json", Failure("rejected", "PAGE LIMIT EXCEEDED")),
        (200, JSON, "data_of_texts.json", Failure("unexpected_reply", "")),
        (200, JSON, "no_code_no_data.json", Failure("unexpected_reply", "")),
    ]
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replies");
    fs::read(folder.join(name)).expect(name)
}

async fn ask(status: u16, content_type: &str, body: &[u8]) -> Result<Page, Error> {
    let server = RawServer::start(vec![RawReply::new(status, content_type, body)]).await;
    let asked = client(server.address());
    asked.page(&by_customer("900000001"), Some(1)).await.map_err(|failure| failure.error)
}

#[tokio::test]
async fn every_variant_becomes_its_records_or_its_kind_of_failure() {
    for (status, content_type, name, becomes) in cases() {
        let case = format!("{name} with status {status}");
        let read = ask(status, content_type, &fixture(name)).await;
        match (becomes, read) {
            (Records(expected), Ok(page)) => assert_eq!(json!(page.records), expected, "{case}"),
            (Becomes::None, Ok(page)) => assert_eq!(json!(page.records), json!([]), "{case}"),
            (Failure(kind, words), Err(error)) => {
                assert_eq!(error.kind().as_str(), kind, "{case}");
                let text = error.for_model();
                assert!(text.contains(words), "{case}: {text}");
                assert!(!text.contains("Ficticio") && !text.contains(TOKEN), "{case}: {text}");
            }
            (_, read) => panic!("{case} became {read:?}"),
        }
    }
}

/// A usual envelope with a message and more.
fn success(more: &str) -> String {
    format!(r#"{{"code":"200","error":"null",{more}}}"#)
}

async fn become_unexpected(bodies: impl IntoIterator<Item = (u16, String, &str)>) {
    for (status, body, words) in bodies {
        let read = ask(status, JSON, body.as_bytes()).await;
        let error = read.expect_err(&body);
        assert_eq!(error.kind().as_str(), "unexpected_reply", "{body}: {error}");
        assert!(error.to_string().contains(words), "{body}: {error}");
    }
}

#[tokio::test]
async fn an_empty_success_that_announces_records_is_never_none() {
    let says = |said: &str, data: &str| success(&format!(r#""msg":"{said}"{data}"#));
    let mut bodies = Vec::new();
    for data in [r#","data":[]"#, r#","data":null"#, r#","data":"""#, r#","data":[{}]"#, ""] {
        for (said, count) in [
            ("20 records were are found", "announces 20 records"),
            ("1,234 records were are found", "announces 1234 records"),
            ("37 registros encontrados.", "announces 37 records"),
        ] {
            bodies.push((200, says(said, data), count));
        }
    }
    bodies.push((200, success(r#""msg":"","total_records":37,"data":[]"#), "announces 37 records"));
    bodies.push((200, success(r#""msg":"","total":"37","data":[]"#), "announces 37 records"));
    bodies.push((200, success(r#""data":{"items":[],"total":37}"#), "announces 37 records"));
    bodies.push((
        200,
        success(r#""Total records":0,"Total pages":5,"data":[]"#),
        "announces 5 pages",
    ));
    let not_found = r#"{"code":"404","msg":"NO RECORDS FOUND","Total records":5,"data":[]}"#;
    bodies.push((200, not_found.to_owned(), "announces 5 records"));
    become_unexpected(bodies).await;
}

#[tokio::test]
async fn an_empty_success_is_none_only_in_known_words() {
    let unknown = "whose words do not say";
    let says = |said: &str| (200, success(&format!(r#""msg":"{said}","data":[]"#)), unknown);
    let mut bodies: Vec<_> = [
        "DATABASE CONNECTION FAILED",
        "ERROR EXECUTING QUERY",
        "OPERATION NOT FOUND",
        "IP NOT ALLOWED",
        "ok",
        "0 records were are found for MANTENIMIENTO SAS",
    ]
    .map(says)
    .into();
    bodies.push((200, r#"{"code":200,"error":false,"msg":"FAILED","data":[]}"#.into(), unknown));
    let no_envelope = "without wolkvox's envelope";
    for body in [
        r#"{"success":false,"data":[]}"#,
        r#"{"success":true,"data":[]}"#,
        r#"{"status":"error","reason":"db down","data":[]}"#,
        r#"{"data":[]}"#,
        r#"{"data":null,"took":12}"#,
    ] {
        bodies.push((200, body.into(), no_envelope));
    }
    bodies.push((200, success(r#""success":false,"data":[]"#), "is marked as a failure"));
    become_unexpected(bodies).await;
    for said in ["", "0 records were are found", "NO RECORDS FOUND.", "No se encontraron registros"]
    {
        let body = success(&format!(r#""msg":"{said}","data":[]"#));
        assert_eq!(ask(200, JSON, body.as_bytes()).await.expect(said).records.len(), 0);
    }
}

#[tokio::test]
async fn an_empty_success_beside_something_else_is_never_none() {
    let record = r#"{"id_customer":"900000001"}"#;
    let empty = success(r#""msg":"0 records were are found","data":[]"#);
    let warning = "<b>Warning</b>:  mysqli_query(): MySQL server has gone away in …<br />\n";
    let elsewhere = "under a key other than";
    become_unexpected([
        (200, success(&format!(r#""msg":"","Data":[{record}]"#)), elsewhere),
        (200, success(&format!(r#""msg":"","data":[],"result":[{record}]"#)), elsewhere),
        (200, success(&format!(r#""msg":"","result":{record}"#)), elsewhere),
        (200, format!("{warning}{empty}"), "a server's warning around it"),
        (200, format!("{empty}{warning}"), "a server's warning around it"),
        (200, r#"<html><script>var a={"data":[]}"#.to_owned(), "an HTML page"),
        (206, empty.clone(), "status 206"),
        (202, empty.clone(), "status 202"),
        (200, empty.replace("200", "206"), "status 206"),
    ])
    .await;
}

#[tokio::test]
async fn a_404_is_asked_the_same_questions_as_a_200() {
    let body = |more: &str| format!(r#"{{"code":"404",{more}}}"#);
    let none = r#""msg":"NO RECORDS FOUND","data":[]"#;
    for (status, body, kind) in [
        (500, body(none), "unavailable"),
        (503, body(none), "maintenance"),
        (403, body(none), "rejected"),
        (200, body(r#""error":"SERVER BACKUP IN PROGRESS","msg":"NO RECORDS FOUND""#), "rejected"),
        (200, body(r#""msg":"NO RECORDS FOUND","data":"SQL error""#), "rejected"),
        (200, body(r#""msg":"NO RECORDS FOUND","data":[{"a":"b"}]"#), "rejected"),
        (200, body(r#""msg":"3 records were are found","data":[]"#), "rejected"),
        (200, body(r#""msg":"","data":[]"#), "rejected"),
    ] {
        let error = ask(status, JSON, body.as_bytes()).await.expect_err(&body);
        assert_eq!(error.kind().as_str(), kind, "{body}");
    }
    for status in [200, 404] {
        let page = ask(status, JSON, body(none).as_bytes()).await.expect("none");
        assert!(page.records.is_empty());
    }
}

#[tokio::test]
async fn words_announce_a_number_beside_records_and_on_later_pages() {
    let record = r#"{"id_customer":"900000001"}"#;
    for (more, announced) in [
        (r#""msg":"619 records were are found","#, Some(619)),
        (r#""msg":"1.234 registros encontrados","#, Some(1_234)),
        (r#""msg":"ok","total":12,"#, Some(12)),
        (r#""msg":"","#, None),
    ] {
        let body = success(&format!(r#"{more}"data":[{record}]"#));
        let page = ask(200, JSON, body.as_bytes()).await.expect("a page");
        assert_eq!((page.announced, page.records.len()), (announced, 1), "{more}");
    }
    // Behind the last page there is nothing, and the words still count the whole.
    let body = success(r#""msg":"619 records were are found","Total pages":3,"data":[]"#);
    let server = RawServer::start(vec![RawReply::new(200, JSON, body.as_bytes())]).await;
    let page = client(server.address()).page(&by_customer("1"), Some(4)).await.expect("a page");
    assert_eq!((page.announced, page.records.len()), (Some(619), 0));
}

#[tokio::test]
async fn a_list_in_another_shape_is_never_one_record() {
    let (one, two) = (r#"{"id_customer":"1"}"#, r#"{"id_customer":"2"}"#);
    for data in [
        format!(r#"{{"0":{one},"1":{two}}}"#),
        format!(r#"{{"1":{one},"3":{two}}}"#),
        format!(r#"[[{one}],[{two}]]"#),
        format!(r#"{{"items":[{one},{two}],"total":2}}"#),
        format!(r#"{{"records":[{one},{two}],"count":2}}"#),
        format!(r#"{{"rows":{{"4":{one},"7":{two}}}}}"#),
        format!(r#"{{"current_page":1,"data":[{one},{two}],"links":[{{"url":null}}],"total":2}}"#),
    ] {
        let body = success(&format!(r#""msg":"2 records were are found","data":{data}"#));
        let page = ask(200, JSON, body.as_bytes()).await.expect(&data);
        let expected = json!([{ "id_customer": "1" }, { "id_customer": "2" }]);
        assert_eq!(json!(page.records), expected, "{data}");
        assert_eq!(page.unreadable, 0, "{data}");
    }
    let page = success(&format!(r#""data":{{"items":[{one}],"total":9}}"#));
    assert_eq!(ask(200, JSON, page.as_bytes()).await.expect("a page").announced, Some(9));
    let defect = "holds no record";
    become_unexpected(
        [
            format!(r#"{{"open":[{one}],"closed":[{two}]}}"#),
            format!(r#"{{"records":[{one}],"took":12,"shard":"a"}}"#),
            r#"{"0":"a","1":"b"}"#.to_owned(),
            r#"[{"error":"no access"}]"#.to_owned(),
            r#"{"message":"no access","code":7}"#.to_owned(),
            "[null]".to_owned(),
            "[1,2]".to_owned(),
            r#"[{"id_customer":"","date":null}]"#.to_owned(),
        ]
        .map(|data| (200, success(&format!(r#""data":{data}"#)), defect)),
    )
    .await;
}

#[tokio::test]
async fn an_obligation_with_a_list_inside_is_one_record() {
    for data in [
        r#"{"id":"obl1","form":[{"name":"Frecuencia","value":"Mensual"}]}"#,
        r#"{"id":"obl1","total_balance":"1","items":[{"name":"a"}],"list":null}"#,
        r#"{"id":"obl1","items":[],"rows":null}"#,
    ] {
        let body = success(&format!(r#""data":{data}"#));
        let page = ask(200, JSON, body.as_bytes()).await.expect(data);
        assert_eq!(
            json!(page.records),
            json!([serde_json::from_str::<Value>(data).expect("JSON")])
        );
    }
}

#[tokio::test]
async fn what_is_no_record_among_records_is_counted() {
    let record = r#"{"id_customer":"900000001"}"#;
    for (data, unreadable) in [
        (format!("[null,{record},null]"), 2),
        (format!(r#"[{record},[],{{}},"x",7]"#), 4),
        (format!(r#"[{record},{{"id_customer":"","wolkvox_owner":{{"id":""}}}}]"#), 1),
        (format!(r#"{{"0":{record},"1":null}}"#), 1),
        (format!(r#"[{record},{{"error":"no access"}}]"#), 1),
        (format!("[{record}]"), 0),
    ] {
        let body = success(&format!(r#""msg":"","data":{data}"#));
        let page = ask(200, JSON, body.as_bytes()).await.expect(&data);
        assert_eq!((page.records.len(), page.unreadable), (1, unreadable), "{data}");
    }
}

#[tokio::test]
async fn one_odd_detail_never_costs_the_records() {
    let record = "{\"obligation\":\"A\nB\",\"url\":\"O\\'x\",\"n\":NaN,}";
    let body = success(&format!("\"data\":[{record},]"));
    let page = ask(200, JSON, body.as_bytes()).await.expect("a page");
    assert_eq!(json!(page.records), json!([{ "obligation": "A\nB", "url": "O'x", "n": "NaN" }]));
    let body = success(r#""data":[{"id_customer":"1"}]"#);
    for appended in [
        "<br />\n<b>Warning</b>:  Unknown: {x} in <b>Unknown</b> on line <b>0</b><br />",
        "<!-- generated in 0.2 s -->",
        "\0\0\0",
        "0",
        "\u{feff}\n",
        "<script>var bar = {\"time\": 12, \"queries\": [{\"sql\": \"x\"}]};</script><style>a{b:c}</style>",
    ] {
        let body = format!("{body}{appended}");
        let page = ask(200, JSON, body.as_bytes()).await.expect(appended);
        assert_eq!(json!(page.records), json!([{ "id_customer": "1" }]), "{appended}");
    }
    let behind = "followed by";
    become_unexpected(
        [
            "<br /><b>Fatal error</b>: Allowed memory size exhausted",
            "\nPHP Fatal error:  Uncaught Exception",
            r#"{"code":"200","error":"null","data":[]}"#,
            r#"<hr>{"code":"403","msg":"x"}"#,
            r#"<hr>[{"id_customer":"2"}]"#,
            r#",{"id_customer":"2"}]}"#,
            "}",
        ]
        .map(|appended| (200, format!("{body}{appended}"), behind)),
    )
    .await;
}

#[tokio::test]
async fn an_error_that_says_no_error_is_none() {
    let empty = [
        "\"0\"",
        "0",
        "\"false\"",
        "\"NULL\"",
        "\"None\"",
        "\"ok\"",
        "\"\"",
        "[]",
        "{}",
        "null",
        "false",
        "\" null \"",
        "\"No error\"",
        r#"{"code":0,"message":""}"#,
        "[null]",
    ];
    for error in empty {
        let body = format!(r#"{{"code":"200","error":{error},"data":[{{"a":"b"}}]}}"#);
        let page = ask(200, JSON, body.as_bytes()).await.expect(error);
        assert_eq!(page.records.len(), 1, "{error}");
    }
    for error in ["\"1\"", "1", "true", "\"FAILED\"", r#"{"message":"x"}"#, "\"no access\""] {
        let body = format!(r#"{{"code":"200","error":{error},"data":[{{"a":"b"}}]}}"#);
        let refused = ask(200, JSON, body.as_bytes()).await.expect_err(error);
        assert_eq!(refused.kind().as_str(), "rejected", "{error}");
    }
}

#[tokio::test]
async fn only_whole_known_phrases_decide_a_refusals_kind() {
    let says = |code: u16, said: &str| format!(r#"{{"code":"{code}","error":"X","msg":"{said}"}}"#);
    for (code, said, kind) in [
        (400, "THE FIELD simultaneous_calls DOES NOT EXIST", "rejected"),
        (400, "OPERATION backup_2025 DOES NOT EXIST", "rejected"),
        (403, "OPERATION backup_2025 IS NOT YOURS", "rejected"),
        (403, "THE USER OF TOKEN INVALID SAS HAS NO PERMISSION", "rejected"),
        (400, "TOKEN LIMIT EXCEEDED", "rejected"),
        (403, "REQUEST RATE LIMIT EXCEEDED, WAIT 1 SECOND", "busy"),
        (429, "SLOW DOWN", "busy"),
        (403, "TOKEN LIMIT EXCEEDED", "quota_exhausted"),
        (403, "PLEASE VALIDATE TOKEN", "token_rejected"),
        (401, "WHO ARE YOU", "token_rejected"),
        (403, "SERVER BACKUP IN PROGRESS", "maintenance"),
    ] {
        let error = ask(200, JSON, says(code, said).as_bytes()).await.expect_err(said);
        assert_eq!(error.kind().as_str(), kind, "{code} {said}");
    }
    // Only wolkvox's own 401 says something of wolkvox's token.
    for (body, kind) in [("<html>Proxy</html>", "rejected"), (r#"{"message":"no"}"#, "rejected")] {
        let error = ask(401, "text/html", body.as_bytes()).await.expect_err(body);
        assert_eq!(error.kind().as_str(), kind, "{body}");
    }
}

#[tokio::test]
async fn text_comes_out_right_whatever_the_header_says() {
    let utf8 =
        success(r#""data":[{"client_name":"María","Teléfono":"MuÃ±oz","n":"MU\u00c3\u0091OZ"}]"#);
    let expected = json!([{ "client_name": "María", "Teléfono": "Muñoz", "n": "MUÑOZ" }]);
    for header in [JSON, "application/json; charset=ISO-8859-1", "text/html; charset=windows-1252"]
    {
        let page = ask(200, header, utf8.as_bytes()).await.expect("a page");
        assert_eq!(json!(page.records), expected, "{header}");
    }
    let mixed = b"{\"code\":\"200\",\"error\":\"null\",\"data\":[{\"a\":\"Mar\xc3\xada\"},{\"a\":\"Mu\xf1oz\"}]}";
    let page = ask(200, JSON, mixed).await.expect("a page");
    assert_eq!(json!(page.records), json!([{ "a": "María" }, { "a": "Muñoz" }]));
}

#[tokio::test]
async fn an_echoed_token_is_removed_once_the_text_is_decoded() {
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for echo in [TOKEN.to_owned(), TOKEN.to_lowercase(), escaped, TOKEN.replace('-', "&#45;")] {
        let body =
            success(&format!(r#""data":[{{"a{echo}":"b {echo}","c":{{"{echo}":["{echo}"]}}}}]"#));
        let page = ask(200, JSON, body.as_bytes()).await.expect("a page");
        let expected =
            json!([{ "a[removed]": "b [removed]", "c": { "[removed]": ["[removed]"] } }]);
        assert_eq!(json!(page.records), expected, "{echo}");
        let refusal = format!(r#"{{"code":"403","error":"NO","msg":"{echo} IS BLOCKED"}}"#);
        let error = ask(403, JSON, refusal.as_bytes()).await.expect_err("refused");
        assert!(error.to_string().contains("[removed] IS BLOCKED"), "{error}");
    }
}

#[tokio::test]
async fn a_server_error_is_unavailable_whatever_its_body_is_like() {
    let cut = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99\r\n\r\n{".to_vec();
    let mut packed = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n".to_vec();
    packed.extend_from_slice(&[0x1f, 0x8b, 8, 9, 9, 9]);
    for reply in [cut, packed] {
        let (address, _) = serve(move |mut stream| {
            let reply = reply.clone();
            async move {
                read_request(&mut stream).await;
                stream.write_all(&reply).await.expect("written");
            }
        })
        .await;
        let client = client(&format!("http://{address}"));
        let error = client.page(&by_customer("1"), Some(1)).await.expect_err("refused").error;
        assert_eq!(error, Error::Unavailable { outage: Outage::Status(502) });
    }
    let busy = b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n".to_vec();
    let server = RawServer::start(vec![RawReply(busy)]).await;
    let failure = client(server.address()).page(&by_customer("1"), Some(1)).await;
    let failure = failure.expect_err("refused");
    assert_eq!(failure.error, Error::Unavailable { outage: Outage::Status(503) });
    assert_eq!(failure.retry, Retry::After(Duration::from_secs(1)));
}

#[tokio::test]
async fn a_rejected_token_is_read_from_its_file_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    fs::write(&path, "ficticio-0001").expect("written");
    let token = TokenSource::File(TokenFile::open(path.clone()).expect("a token file"));
    let refusal = br#"{"code":"403","error":"FORBIDDEN","msg":"PLEASE VALIDATE TOKEN"}"#;
    let server = RawServer::start(vec![
        RawReply::new(403, JSON, refusal),
        RawReply::new(200, JSON, &fixture("none.json")),
    ])
    .await;
    let address = ServerUrl::parse(server.address(), None).expect("an address");
    let client = Client::new(address, token, RootCertificates::default());
    client.page(&by_customer("1"), Some(1)).await.expect_err("refused");
    fs::write(&path, "ficticio-0002").expect("written");
    client.page(&by_customer("1"), Some(1)).await.expect("a page");
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    assert!(first.contains("ficticio-0001") && second.contains("ficticio-0002"), "{second}");
}

#[test]
fn every_fixture_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replies");
    for file in fs::read_dir(folder).expect("the fixtures") {
        let name = file.expect("a file").file_name().into_string().expect("a plain name");
        let used = ["README.md", "one_record.json", "escapes.json"].contains(&name.as_str())
            || cases().iter().any(|(_, _, used, _)| *used == name);
        assert!(used, "{name} is in no case");
    }
}

#[tokio::test]
async fn a_record_keeps_every_field_in_wolkvoxs_order() {
    let page = ask(200, JSON, &fixture("one_record.json")).await.expect("a page");
    let [record] = page.records.as_slice() else { panic!("one record") };
    assert_eq!(record.len(), 28);
    let keys: Vec<_> = record.keys().map(AsRef::as_ref).collect();
    assert_eq!(keys[..3], ["tipifycation_code", "tipifycation_desc", "module"]);
    assert_eq!(keys[27], "wolkvox_id");
    assert!(record["wolkvox_origen"].is_null());
}

#[tokio::test]
async fn odd_escapes_cost_nothing_but_themselves() {
    let page = ask(200, JSON, &fixture("escapes.json")).await.expect("a page");
    let record = &page.records[0];
    assert_eq!(record["url"], "https://example.com/a");
    assert_eq!(record["name"], "Íñigo");
    assert_eq!(record["acadu00e9mico"], "x");
    assert_eq!(record[""], "blank key");
    assert!(record["half"].as_str().expect("text").starts_with('a'));
}

#[tokio::test]
async fn totals_are_read_as_numbers_and_as_text() {
    let page = ask(200, JSON, &fixture("paged_with_quirks.json")).await.expect("a page");
    assert_eq!((page.total_records, page.total_pages), (Some(3), Some(2)));
    let page = ask(200, JSON, &fixture("code_missing.json")).await.expect("a page");
    assert_eq!((page.total_records, page.total_pages), (Some(1), Some(1)));
}

#[tokio::test]
async fn the_request_carries_the_token_in_its_header_and_the_value_as_text() {
    let reply = RawReply::json(fixture("none.json"));
    let server = RawServer::start(vec![reply]).await;
    let client = client(server.address());
    client.page(&by_customer("00\"7ñ"), Some(2)).await.expect("a page");
    client.page(&by_customer("007"), None).await.expect("a page");
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    let (head, body) = first.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("POST /server/API/v2/collections/queryGestion.php HTTP/1.1"));
    let head = head.to_lowercase();
    assert!(head.contains(&format!("wolkvox-token: {}", TOKEN.to_lowercase())), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(
        body,
        r#"{"operation":"sandbox","field":"id_customer","value":"00\"7ñ","limit":250,"page":2}"#
    );
    assert!(!head.contains("cookie"));
    let (_, body) = second.split_once("\r\n\r\n").expect("a head and a body");
    assert_eq!(body, r#"{"operation":"sandbox","field":"id_customer","value":"007"}"#);
}

#[tokio::test]
async fn a_405_is_asked_again_with_get_and_remembered() {
    let refusal = br#"{"code":"405","error":"METHOD NOT ALLOWED","msg":""}"#;
    let server = RawServer::start(vec![
        RawReply::new(405, JSON, refusal),
        RawReply::json(fixture("none.json")),
    ])
    .await;
    let client = client(server.address());
    let refused = client.page(&by_customer("1"), Some(1)).await.expect_err("refused");
    assert_eq!(refused.retry, Retry::OtherMethod);
    for _ in 0..2 {
        client.page(&by_customer("1"), Some(1)).await.expect("a page");
    }
    let methods: Vec<_> = server
        .requests()
        .iter()
        .map(|it| it.split(' ').next().expect("a method").to_owned())
        .collect();
    assert_eq!(methods, ["POST", "GET", "GET"]);
    assert!(server.requests()[2].ends_with(r#""page":1}"#));
}

/// wolkvox's pages name POST for one endpoint and GET for another; neither may spoil the other.
#[tokio::test]
async fn each_endpoint_has_a_method_of_its_own_and_a_405_to_that_one_is_tried_the_other_way() {
    let refusal = RawReply::new(405, JSON, br#"{"code":"405","error":"METHOD NOT ALLOWED"}"#);
    let none = RawReply::json(fixture("none.json"));
    // Obligations want GET, gestiones POST; later obligations want POST as well.
    let replies = vec![refusal.clone(), none.clone(), none.clone(), refusal, none];
    let server = RawServer::start(replies).await;
    let limits = Limits { cache_ttl: Duration::ZERO, ..Limits::default() };
    let lookup = Lookup::new(client(server.address()), limits);
    let value = |text: &str| FieldValue::parse(text.to_owned()).expect("a value");
    let obligation = Query::Obligation(ObligationQuery {
        operation: by_customer("1").operation().clone(),
        obligation: value("FIC-001"),
        case_file: value("0000000000000000000000aa"),
    });
    for query in [&obligation, &by_customer("1"), &obligation] {
        lookup.find(query, |_| ()).await.expect("an answer");
    }
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let (method, rest) = request.split_once(' ').expect("a method");
            let path = rest.split(' ').next().expect("a path");
            format!("{method} {}", path.rsplit('/').next().expect("a name"))
        })
        .collect();
    assert_eq!(
        sent,
        [
            "POST queryObligation.php",
            "GET queryObligation.php",
            "POST queryGestion.php",
            "GET queryObligation.php",
            "POST queryObligation.php",
        ]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = RawServer::start(vec![RawReply::json(b"{}")]).await;
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/x\r\nContent-Length: 0\r\n\r\n",
        target.address()
    );
    let server = RawServer::start(vec![RawReply(redirect.into_bytes())]).await;
    let answer = client(server.address()).page(&by_customer("1"), Some(1)).await;
    assert_eq!(answer.expect_err("refused").error.kind().as_str(), "unexpected_reply");
    assert!(target.requests().is_empty());
}

proptest::proptest! {
    #[test]
    fn any_bytes_at_all_give_records_or_an_error(
        body: Vec<u8>, status in 100..600_u16, content_type: Option<String>,
    ) {
        let _ = Reply { status, content_type: content_type.as_deref(), body: &body }.read(None);
    }

    #[test]
    fn any_cut_of_a_reply_gives_an_error_and_never_fewer_records(cut in 0..1168_usize) {
        let whole = fixture("one_record.json");
        let body = &whole[..cut.min(whole.trim_ascii_end().len() - 1)];
        let read = Reply { status: 200, content_type: None, body }.read(None);
        proptest::prop_assert!(read.is_err());
    }
}
