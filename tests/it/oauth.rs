//! OAuth: the built program on a real socket, and an issuer of ours on another that can be slow, down
//! or wrong.

mod forged;
pub(crate) mod issuer;
mod people;
mod providers;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::AsyncBufReadExt;
use tokio::time::sleep;

use self::issuer::{Answer, Issuer, now};
use crate::serve::{OLDER, Reply, Server, by_customer, listing};
use crate::support::Authority;

const SCOPE: &str = "wolkvox.read";

/// A server that lets in who has a token of this issuer with the scope.
async fn server(issuer: &Issuer, more: &[&str], files: &[(&str, &str)]) -> Server {
    let own = ["--oauth-issuer", &issuer.url, "--oauth-scope", SCOPE, "--audit", "audit.jsonl"];
    Server::start(&[&own[..], more].concat(), files).await
}

/// What a right token says.
fn claims(issuer: &Issuer, audience: &str) -> Value {
    json!({
        "iss": issuer.url, "aud": audience, "sub": "ana", "scope": SCOPE,
        "iat": now(), "exp": now() + 300,
    })
}

/// Returns claims with some of them set.
fn with(mut claims: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims
}

async fn ask(server: &Server, token: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    server.post(&[OLDER, ("Authorization", &bearer)], &by_customer(1)).await
}

async fn get(server: &Server, path: &str) -> Reply {
    let host = server.address();
    server.raw(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
}

fn audit(server: &Server) -> String {
    std::fs::read_to_string(server.folder.path().join("audit.jsonl")).expect("a log")
}

/// Returns the challenge of a refusal. Header lines come in small letters.
fn challenge(reply: &Reply) -> &str {
    let lines = reply.headers.lines();
    lines.filter_map(|it| it.strip_prefix("www-authenticate: ")).next().expect("a challenge")
}

#[tokio::test]
async fn who_has_a_token_of_the_issuer_is_let_in_and_stands_in_the_audit_log() {
    let issuer = Issuer::start().await;
    let name = ["--oauth-name", "preferred_username"];
    let mut server = server(&issuer, &name, &[]).await;
    let mut how = String::new();
    server.said.read_line(&mut how).await.expect("a line");
    let command = format!("wolkvox-mcp install claude-code --url {} --login", server.url);
    assert!(how.contains(&command), "{how}");
    assert_eq!(issuer.fetched(), 0, "nothing is fetched before the first token");
    let claims = claims(&issuer, &server.url);
    let token = issuer.sign(&with(claims, json!({ "preferred_username": "Ana Ficticia" })));
    for _ in 0..3 {
        let reply = ask(&server, &token).await;
        assert_eq!(reply.json()["result"]["structuredContent"]["total"], 37, "{}", reply.body);
    }
    assert_eq!(issuer.fetched(), 1);
    let line: Value = audit(&server).lines().next().expect("a line").parse().expect("JSON");
    let who = json!({ "id": "ana", "name": "Ana Ficticia", "how": "oauth", "issuer": issuer.url });
    assert_eq!(line["who"], who);
}

#[tokio::test]
async fn the_challenge_says_where_to_log_in_and_what_to_ask_for() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let base = server.url.trim_end_matches("/mcp").to_owned();
    let place = format!("resource_metadata=\"{base}/.well-known/oauth-protected-resource/mcp\"");
    let scope = format!("scope=\"{SCOPE}\"");
    let none = server.post(&[], &listing()).await;
    assert_eq!((none.status, none.code()), (401, -32_600));
    assert_eq!(challenge(&none), format!("bearer {place}, {scope}"));
    let wrong = ask(&server, "a.b.c").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(challenge(&wrong), format!("bearer error=\"invalid_token\", {place}, {scope}"));
    let lacking = with(claims(&issuer, &server.url), json!({ "scope": "another" }));
    let lacking = ask(&server, &issuer.sign(&lacking)).await;
    assert_eq!((lacking.status, lacking.code()), (403, -32_600));
    let insufficient = format!("bearer error=\"insufficient_scope\", {place}, {scope}");
    assert_eq!(challenge(&lacking), insufficient);
    assert!(audit(&server).contains("\"outcome\":\"forbidden\""), "{}", audit(&server));
}

#[tokio::test]
async fn the_metadata_is_at_both_places_for_everybody_and_byte_for_byte() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let expected = json!({
        "resource": server.url,
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
        "resource_name": "wolkvox",
        "scopes_supported": [SCOPE],
    });
    for path in
        ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]
    {
        let reply = get(&server, path).await;
        assert_eq!((reply.status, reply.json()), (200, expected.clone()));
        assert!(reply.headers.contains("access-control-allow-origin: *"), "{}", reply.headers);
        let host = server.address();
        let asked = format!("OPTIONS {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let allowed = server.raw(&asked).await;
        assert_eq!(allowed.status, 204);
        assert!(allowed.headers.contains("access-control-allow-headers: *"), "{}", allowed.headers);
        assert_eq!(server.raw(&asked.replace("OPTIONS", "POST")).await.status, 405);
    }
    for path in ["oauth-authorization-server", "openid-configuration", "oauth-protected-resource/x"]
    {
        assert_eq!(get(&server, &format!("/.well-known/{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn every_wrong_token_gets_the_same_answer_and_stands_nowhere() {
    let issuer = Issuer::start().await;
    let other = Issuer::start().await;
    let server = server(&issuer, &["--log", "trace"], &[]).await;
    let right = claims(&issuer, &server.url);
    let good = issuer.sign(&right);
    assert_eq!(ask(&server, &good).await.status, 200);
    let sign = |changes: Value| issuer.sign(&with(right.clone(), changes));
    let wrong = [
        ("expired", sign(json!({ "exp": now() - 61 }))),
        ("not_yet", sign(json!({ "nbf": now() + 90 }))),
        ("issuer", sign(json!({ "iss": format!("{}/", issuer.url) }))),
        ("issuer", sign(json!({ "iss": [issuer.url] }))),
        ("audience", sign(json!({ "aud": "https://other.example.com/mcp" }))),
        ("id_token", sign(json!({ "nonce": "n" }))),
        ("principal", sign(json!({ "sub": "" }))),
        ("signature", other.sign(&right)),
        ("unknown_key", issuer.sign_as("forged", &right)),
        ("too_long", sign(json!({ "groups": "x".repeat(17 * 1024) }))),
        ("unknown", "wvx_ficticio".to_owned()),
    ];
    let mut answers = std::collections::HashSet::new();
    for (reason, token) in &wrong {
        let reply = ask(&server, token).await;
        assert_eq!(reply.status, 401, "{reason}");
        answers.insert((challenge(&reply).to_owned(), reply.body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let opaque = ask(&server, "ya29.opaco-ficticio").await;
    assert_eq!(opaque.status, 401);
    assert!(opaque.body.contains("not a JWT"), "{}", opaque.body);
    let bearer = format!("Bearer {}", issuer.sign(&right));
    let twice = [("Authorization", bearer.as_str()), ("Authorization", bearer.as_str())];
    assert_eq!(server.post(&twice, &listing()).await.status, 401);
    let numbers = server.admin("/metrics").await.body;
    assert!(numbers.contains("\nwolkvox_oauth_keys_age_seconds "), "{numbers}");
    let audit = audit(&server);
    let log = server.end().await;
    for (reason, _) in &wrong {
        let counted = format!("wolkvox_authentication_failures_total{{reason=\"{reason}\"}}");
        assert!(numbers.contains(&counted), "{counted}: {numbers}");
        assert!(log.contains(&format!("reason=\"{reason}\"")), "{reason}: {log}");
    }
    for token in wrong.iter().map(|(_, token)| token).chain([&good]) {
        let mut parts = token.split('.').filter(|part| part.len() > 20);
        assert!(!parts.any(|part| log.contains(part) || audit.contains(part)), "{token}");
    }
    assert!(!log.contains("opaco") && !log.contains("ficticio"), "{log}");
}

#[tokio::test]
async fn forged_kids_cost_one_fetch_and_valid_tokens_go_on() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let right = claims(&issuer, &server.url);
    let token = issuer.sign(&right);
    assert_eq!(ask(&server, &token).await.status, 200);
    issuer.answer(Answer::Slow);
    let forged = |kid: usize| issuer.sign_as(&format!("forged-{kid}"), &right);
    let first = forged(0);
    let (waiting, valid) = tokio::join!(ask(&server, &first), async {
        sleep(Duration::from_millis(300)).await;
        let began = Instant::now();
        assert_eq!(ask(&server, &token).await.status, 200);
        began.elapsed()
    });
    assert_eq!(waiting.status, 401);
    assert!(valid < Duration::from_secs(2), "{valid:?}");
    issuer.answer(Answer::Keys);
    let began = Instant::now();
    for kid in 1..1_000 {
        assert_eq!(ask(&server, &forged(kid)).await.status, 401);
    }
    assert!(began.elapsed() < Duration::from_secs(24), "the next fetch is not due yet");
    assert_eq!(ask(&server, &token).await.status, 200);
    assert_eq!(issuer.fetched(), 2);
}

#[tokio::test]
async fn whoever_wants_the_keys_while_they_are_fetched_waits_for_that_fetch() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let right = claims(&issuer, &server.url);
    let token = issuer.sign(&right);
    let first = futures_util::future::join_all((0..20).map(|_| ask(&server, &token))).await;
    // A person has eight calls at once; the others are let in and told to wait.
    assert!(first.iter().all(|it| matches!(it.status, 200 | 429)), "nobody is turned away");
    assert_eq!(issuer.fetched(), 1);
    let kids: Vec<_> =
        (0..20).map(|kid| issuer.sign_as(&format!("forged-{kid}"), &right)).collect();
    let forged = futures_util::future::join_all(kids.iter().map(|kid| ask(&server, kid))).await;
    assert!(forged.iter().all(|it| it.status == 401));
    assert_eq!(issuer.fetched(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_the_old_one_is_gone_with_it() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let right = claims(&issuer, &server.url);
    let old = issuer.sign(&right);
    assert_eq!(ask(&server, &old).await.status, 200);
    issuer.rotate();
    let new = issuer.sign(&right);
    assert_eq!(ask(&server, &old).await.status, 200, "the old keys still count");
    assert_eq!(ask(&server, &new).await.status, 200);
    assert_eq!(ask(&server, &old).await.status, 401);
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_fetches_the_keys_again() {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let old = issuer.sign(&claims(&issuer, &server.url));
    assert_eq!(ask(&server, &old).await.status, 200);
    issuer.rotate();
    server.signal("HUP");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(issuer.fetched(), 2);
    assert_eq!(ask(&server, &old).await.status, 401);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_no_wrong_token() {
    let issuer = Issuer::start().await;
    issuer.answer(Answer::Down);
    let server = server(&issuer, &[], &[]).await;
    let token = issuer.sign(&claims(&issuer, &server.url));
    let reply = ask(&server, &token).await;
    assert_eq!((reply.status, reply.code()), (503, -32_000), "{}", reply.body);
    assert!(reply.headers.contains("retry-after: 5"), "{}", reply.headers);
    issuer.answer(Answer::Keys);
    sleep(Duration::from_secs(6)).await;
    assert_eq!(ask(&server, &token).await.status, 200);
    let log = server.end().await;
    assert_eq!(log.matches("keys cannot be fetched").count(), 1, "{log}");
}

#[tokio::test]
async fn whatever_the_issuer_answers_later_the_keys_so_far_stay() {
    for answer in [
        Answer::Down,
        Answer::Garbage("<html>"),
        Answer::Garbage("{\"keys\":[]}"),
        Answer::Huge,
        Answer::Redirect,
        Answer::OtherIssuer,
        Answer::KeysElsewhere,
    ] {
        let issuer = Issuer::start().await;
        let server = server(&issuer, &[], &[]).await;
        let right = claims(&issuer, &server.url);
        let token = issuer.sign(&right);
        assert_eq!(ask(&server, &token).await.status, 200, "{answer:?}");
        issuer.answer(answer.clone());
        // Its new key is within reach, and must not be taken from there.
        issuer.rotate();
        assert_eq!(ask(&server, &issuer.sign(&right)).await.status, 401, "{answer:?}");
        assert_eq!(ask(&server, &token).await.status, 200, "{answer:?}");
        assert_eq!(issuer.redirected(), 0, "{answer:?}");
        let log = server.end().await;
        assert!(log.contains("keys cannot be fetched"), "{answer:?}: {log}");
    }
}

#[tokio::test]
async fn an_issuer_behind_a_company_authority_is_asked_where_that_is_trusted() {
    let authority = Authority::certify("localhost");
    let issuer = Issuer::start_with(&authority).await;
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("ca.pem").display().to_string();
    std::fs::write(&roots, &authority.certificate).expect("written");
    for (more, status) in [(&["--ca-file", &roots][..], 200), (&[], 503)] {
        let server = server(&issuer, more, &[]).await;
        let token = issuer.sign(&claims(&issuer, &server.url));
        assert_eq!(ask(&server, &token).await.status, status, "{more:?}");
    }
}

#[tokio::test]
async fn an_issuer_with_a_document_of_oauth_alone_is_understood() {
    let issuer = Issuer::start_at("/realms/empresa").await;
    issuer.answer(Answer::OAuthOnly);
    let server = server(&issuer, &[], &[]).await;
    let token = issuer.sign(&claims(&issuer, &server.url));
    assert_eq!(ask(&server, &token).await.status, 200);
}
