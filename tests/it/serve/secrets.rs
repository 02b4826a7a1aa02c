use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::callers::caller;
use super::{CALLERS, OLDER, Server, by_customer, call, initialize, listing};
use crate::support::{RawReply, RawServer, TOKEN, file};

const RIGHT: &str = "wvx_ficticio-correcto-0001";
const EXPIRED: &str = "wvx_ficticio-vencido-0002";
const WRONG: &str = "wvx_ficticio-inventado-0003";
const ODD: &str = "ficticio-sin-prefijo-0004";

/// Returns a text without so much of its beginning and its end.
fn cut(text: &str, begin: usize, end: usize) -> &str {
    text.get(begin..text.len() - end).expect("a part")
}

/// Returns every way to send a token, most of them wrong: a path and the values of `Authorization`.
fn ways(token: &str) -> Vec<(String, Vec<String>)> {
    let to_mcp = |values: &[String]| ("/mcp".to_owned(), values.to_vec());
    let bearer = format!("Bearer {token}");
    vec![
        to_mcp(std::slice::from_ref(&bearer)),
        to_mcp(&[format!("bearer   {token}  ")]),
        to_mcp(&[token.to_owned()]),
        to_mcp(&[format!("Token {token}")]),
        to_mcp(&[format!("Bearer {token} {token}")]),
        to_mcp(&[format!("Bearer {token},")]),
        to_mcp(&[format!("Bearer \"{token}\"")]),
        to_mcp(&[format!("Bearer {}", cut(token, 0, 1))]),
        to_mcp(&[format!("Bearer ñ{token}")]),
        to_mcp(&[format!("Basic {}", STANDARD.encode(format!("ana:{token}")))]),
        to_mcp(&[bearer.clone(), bearer.clone()]),
        (format!("/mcp?access_token={token}"), Vec::new()),
        (format!("/{token}/mcp"), Vec::new()),
        (format!("/{token}/mcp"), vec![bearer.clone()]),
        (format!("/.well-known/{token}"), vec![bearer]),
    ]
}

/// Returns the bytes of every file of the folder, but for those that people wrote.
fn written(server: &Server) -> String {
    let mut all = String::new();
    for entry in server.folder.path().read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if !path.ends_with(CALLERS) && !path.ends_with("w.toml") {
            all += &String::from_utf8_lossy(&std::fs::read(&path).expect("a file"));
        }
    }
    all
}

#[tokio::test]
async fn no_token_is_in_any_byte_that_the_server_writes() {
    let fixture = |name: &str| file(&format!("tests/fixtures/replies/{name}.json"));
    let replies = ["one_record", "echoed_token", "bad_token", "forbidden_unknown", "one_record"];
    let replies = replies.map(|name| RawReply::json(fixture(name)));
    let wolkvox = RawServer::start(replies.to_vec()).await;
    let settings = format!(
        "server = '{}'\ntoken = '{TOKEN}'\noperation = 'empresa'\naudit = 'audit.jsonl'\n\
         log = 'trace'\ntimeout = '2s'\n",
        wolkvox.address()
    );
    let callers = caller("ana", RIGHT, "") + &caller("eva", EXPIRED, "expires = 2020-01-31");
    let more = ["--callers", CALLERS];
    let server = Server::on_accounts(&settings, &more, &[(CALLERS, &callers)]).await;
    let mut said = String::new();
    let mut statuses = std::collections::BTreeSet::new();
    for (number, token) in [RIGHT, EXPIRED, WRONG, ODD].into_iter().enumerate() {
        for (path, values) in ways(token) {
            let mut headers = vec![OLDER];
            headers.extend(values.iter().map(|value| ("Authorization", value.as_str())));
            let customer = format!("90000000{number}");
            let new = call(1, json!({ "field": "id_customer", "value": customer }));
            for message in [new, by_customer(2), initialize(), listing()] {
                let request = server.request(&path, &headers, &message.to_string());
                let reply = server.raw(&request).await;
                statuses.insert(reply.status);
                said += &(reply.headers + &reply.body);
            }
        }
    }
    for status in [200, 401, 403, 404] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
    for path in ["/metrics", "/readyz", "/other"] {
        let reply = server.admin(path).await;
        said += &(reply.headers + &reply.body);
    }
    #[cfg(unix)]
    server.signal("HUP");
    let (files, asked) = (written(&server), wolkvox.requests().concat());
    let log = server.end().await;
    assert!(log.contains("look-up") && files.contains("\"ana\""), "{log}{files}");
    assert!(asked.contains(TOKEN), "wolkvox is asked with its own token");
    for (place, text) in [("answers", &said), ("log", &log), ("files", &files)] {
        assert!(!text.contains(TOKEN), "wolkvox's token is in the {place}");
    }
    for token in [RIGHT, EXPIRED, WRONG, ODD] {
        // Whole, cut, and as `Basic` writes it.
        let coded = STANDARD.encode(format!("ana:{token}"));
        for part in [cut(token, 4, 1), cut(&coded, 8, 4)] {
            let places =
                [("answers", &said), ("log", &log), ("files", &files), ("wolkvox", &asked)];
            for (place, text) in places {
                assert!(!text.contains(part), "{token} is in: {place}");
            }
        }
    }
}
