//! The token and what customers are called: searched for in everything that the program writes.

use std::fs;
use std::path::Path;

use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::support::{Program, RawReply, RawServer, TOKEN};

/// What a reply holds and a log must not.
const PEOPLE: [&str; 4] = ["900000001", "Ficticio", "3000000001", "FICTICIA-001"];

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/replies");
    let read = |file: fs::DirEntry| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name, fs::read(file.path()).expect("a fixture"))
    };
    fs::read_dir(folder).expect("the fixtures").map(|file| read(file.expect("a file"))).collect()
}

#[tokio::test]
async fn neither_token_nor_people_reach_the_log_and_the_token_no_answer_either() {
    let fixtures = fixtures();
    let shown = fixtures.iter().flat_map(|(name, body)| {
        // Failing statuses are tried again and again, so they are shown a few replies only.
        let statuses = if name.contains("page") { &[200, 403, 500][..] } else { &[200] };
        statuses.iter().map(move |status| stay_secret(name, *status, body))
    });
    // Some at a time, as most of it is waiting.
    stream::iter(shown).buffer_unordered(8).collect::<()>().await;
}

async fn stay_secret(name: &str, status: u16, body: &[u8]) {
    let server = RawServer::start(vec![RawReply::new(status, "application/json", body)]).await;
    let environment = [
        ("WOLKVOX_SERVER", server.address()),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "empresa"),
        ("WOLKVOX_LOG", "trace"),
        ("WOLKVOX_TIMEOUT", "2s"),
    ];
    let mut program = Program::start(&[], &environment);
    program.initialize("2025-11-25").await;
    let question = json!({ "field": "id_customer", "value": "900000001" });
    program.call(question).await;
    // A model may mistake a value for a field.
    let mistaken = json!({ "operation": "3000000001", "field": "900000001", "value": "Ficticio" });
    program.call(mistaken).await;
    let ended = program.end().await;
    let stdout = ended.stdout.join("\n");
    assert!(!stdout.contains(TOKEN), "{name}: {stdout}");
    assert!(!ended.stderr.contains(TOKEN), "{name}: {}", ended.stderr);
    assert!(ended.stderr.contains("look-up"), "{name}: {}", ended.stderr);
    for person in PEOPLE {
        assert!(!ended.stderr.contains(person), "{name}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn an_operation_that_holds_the_token_is_no_way_out_for_it() {
    let environment = [
        ("WOLKVOX_SERVER", "http://127.0.0.1:9"),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_LOG", "trace"),
    ];
    let arguments = ["query", "id_customer", "900000001"];
    let ended = Program::run(&arguments, &environment).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(!format!("{ended:?}").contains(TOKEN), "{ended:?}");
}
