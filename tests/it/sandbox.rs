//! The sandbox as wolkvox's own pages describe wolkvox, asked with bytes that no client of ours
//! has touched.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wolkvox_mcp::sandbox::{Fault, Sandbox};

const PATH: &str = "/server/API/v2/collections/queryGestion.php";

/// Sends one request and gives the status and the body.
async fn send(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> (u16, Value) {
    let address = sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    let token = match token {
        "" => String::new(),
        token => format!("wOlKvOx-ToKeN: {token}\r\n"),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{token}Connection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut response = String::new();
    stream.read_to_string(&mut response).await.expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

async fn search(sandbox: &Sandbox, body: Value) -> (u16, Value) {
    send(sandbox, "POST", PATH, sandbox.token(), &body.to_string()).await
}

#[tokio::test]
async fn it_refuses_what_wolkvox_refuses_in_wolkvoxs_words() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let good =
        json!({ "operation": "o", "field": "id_customer", "value": "900000002" }).to_string();
    let token = sandbox.token();
    for (method, path, token, body, code, words) in [
        ("POST", "/server/API/v2/other.php", token, good.as_str(), 400, "THE API YOU WANT"),
        ("GET", PATH, token, good.as_str(), 405, "METHOD NOT ALLOWED"),
        ("POST", PATH, "", good.as_str(), 401, "PLEASE ENTER THE WOLKVOX-TOKEN"),
        ("POST", PATH, "another", good.as_str(), 403, "PLEASE VALIDATE TOKEN"),
        ("POST", PATH, token, "{}", 400, "SOME PARAMETERS ARE REQUIRED"),
        ("POST", PATH, token, "no json", 400, "SOME PARAMETERS ARE REQUIRED"),
        (
            "POST",
            PATH,
            token,
            r#"{"operation":"o","field":"f","value":"v","limit":500}"#,
            416,
            "REQUESTED RANGE",
        ),
    ] {
        let (status, envelope) = send(&sandbox, method, path, token, body).await;
        assert_eq!(status, code, "{words}");
        assert_eq!(envelope["code"], code.to_string(), "{envelope}");
        assert!(envelope["msg"].as_str().expect("words").starts_with(words), "{envelope}");
    }
}

#[tokio::test]
async fn it_pages_as_wolkvox_does() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let page = |page: u32| {
        json!({
            "operation": "o", "field": "id_customer", "value": "900000003", "limit": 250, "page": page,
        })
    };
    let (status, first) = search(&sandbox, page(1)).await;
    assert_eq!((status, &first["code"], &first["error"]), (200, &json!("200"), &json!("null")));
    assert_eq!((&first["Total records"], &first["Total pages"]), (&json!(320), &json!(2)));
    assert_eq!(first["data"].as_array().map(Vec::len), Some(250));
    let (_, second) = search(&sandbox, page(2)).await;
    assert_eq!(second["data"].as_array().map(Vec::len), Some(70));
    let (_, third) = search(&sandbox, page(3)).await;
    assert_eq!(third["data"], json!([]));
    assert_eq!(third["msg"], "0 records were are found");
}

#[tokio::test]
async fn it_refuses_a_third_request_at_once() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let slow =
        || search(&sandbox, json!({ "operation": "o", "field": "sandbox_fault", "value": "slow" }));
    let quick = async {
        while sandbox.requests() < 2 {
            tokio::task::yield_now().await;
        }
        let found = json!({ "operation": "o", "field": "id_customer", "value": "900000002" });
        search(&sandbox, found).await
    };
    let third = tokio::select! {
        _ = async { tokio::join!(slow(), slow()) } => panic!("the slow ones are slower"),
        third = quick => third,
    };
    assert_eq!(third.0, 403);
    assert_eq!(third.1["msg"], "EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)");
}

#[tokio::test]
async fn a_search_for_a_fault_is_answered_by_it() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for name in Fault::names().filter(|name| *name != "slow") {
        let (status, envelope) =
            search(&sandbox, json!({ "operation": "o", "field": "sandbox_fault", "value": name }))
                .await;
        let is_plain_success = status == 200 && envelope["code"] == "200";
        assert!(!is_plain_success, "{name}: {status} {envelope}");
    }
}
