//! Every variant of wolkvox's replies: the files under `tests/fixtures/replies/` are served raw,
//! and what the client makes of them is compared.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use wolkvox_mcp::error::Error;
use wolkvox_mcp::lookup::{Limits, Lookup};
use wolkvox_mcp::wolkvox::{FieldValue, ObligationQuery, Page, Query, Reply, Retry};

use crate::support::{RawReply, RawServer, TOKEN, by_customer, client};

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
            Records(json!([{ "client_name": "Mu\u{fffd}oz", "agent_id": "1001" }])),
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
        (200, JSON, "data_text.json", Failure("unexpected_reply", "without wolkvox's envelope")),
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
    assert_eq!(record["wolkvox_origen"], Value::Null);
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
    let reply = RawReply::new(200, JSON, &fixture("none.json"));
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
        RawReply::new(200, JSON, &fixture("none.json")),
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
    let none = RawReply::new(200, JSON, &fixture("none.json"));
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
    let target = RawServer::start(vec![RawReply::new(200, JSON, b"{}")]).await;
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
