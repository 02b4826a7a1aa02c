//! Tokens that are made by who has no key, or say less than they must: over a socket, as they come.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use serde_json::{Value, json};

use super::issuer::{Issuer, write};
use super::{SCOPE, ask, challenge, claims, server, with};
use crate::serve::Server;

/// Asserts that none of these tokens is let in, that each is answered as any wrong one, and that it
/// is counted for this reason.
async fn assert_refused(server: &Server, reason: &str, tokens: &[String]) {
    let base = server.url.trim_end_matches("/mcp");
    let place = format!("resource_metadata=\"{base}/.well-known/oauth-protected-resource/mcp\"");
    let expected = format!("bearer error=\"invalid_token\", {place}, scope=\"{SCOPE}\"");
    for token in tokens {
        let reply = ask(server, token).await;
        assert_eq!((reply.status, reply.code()), (401, -32_600), "{reason}: {token}");
        assert_eq!(challenge(&reply), expected, "{reason}: {token}");
    }
    let numbers = server.admin("/metrics").await.body;
    let count = tokens.len();
    let counted = format!("wolkvox_authentication_failures_total{{reason=\"{reason}\"}} {count}\n");
    assert!(numbers.contains(&counted), "{counted}: {numbers}");
}

/// An issuer, a server that takes its tokens, and what a right one says.
async fn scene() -> (Issuer, Server, Value) {
    let issuer = Issuer::start().await;
    let server = server(&issuer, &[], &[]).await;
    let right = claims(&issuer, &server.url);
    assert_eq!(ask(&server, &issuer.sign(&right)).await.status, 200);
    (issuer, server, right)
}

fn header(algorithm: &str) -> Value {
    json!({ "alg": algorithm, "typ": "JWT", "kid": "1" })
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_however_it_says_so() {
    let (issuer, server, right) = scene().await;
    let mut tokens = Vec::new();
    for algorithm in ["none", "None", "NONE", ""] {
        tokens.push(write(&header(algorithm), &right, |_| Vec::new()));
        // Signed as it should be, and still said not to be.
        tokens.push(issuer.sign_under(&header(algorithm), &right));
    }
    tokens.push(issuer.sign_under(&json!({ "typ": "JWT", "kid": "1" }), &right));
    assert_refused(&server, "algorithm", &tokens).await;
    let unsigned = [write(&header("EdDSA"), &right, |_| Vec::new())];
    assert_refused(&server, "signature", &unsigned).await;
}

#[tokio::test]
async fn the_issuers_public_key_is_no_secret_to_sign_with() {
    let (issuer, server, right) = scene().await;
    let key = issuer.public_key();
    // Every form in which somebody may have it: as it is, in the key set, as certificates have it.
    let info = [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], &key].concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(&info)
    );
    let coded = URL_SAFE_NO_PAD.encode(&key);
    let secrets = [key, info, pem.into_bytes(), coded.into_bytes(), Vec::new()];
    let mut tokens = Vec::new();
    for (algorithm, by) in
        [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
    {
        tokens.extend(secrets.iter().map(|secret| {
            let sign = |message: &[u8]| hmac::sign(&hmac::Key::new(by, secret), message);
            write(&header(algorithm), &right, |message| sign(message).as_ref().to_vec())
        }));
    }
    assert_refused(&server, "algorithm", &tokens).await;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &secrets[0]);
    let renamed = |message: &[u8]| hmac::sign(&secret, message).as_ref().to_vec();
    assert_refused(&server, "signature", &[write(&header("EdDSA"), &right, renamed)]).await;
}

#[tokio::test]
async fn a_key_counts_for_its_own_algorithm_alone_and_none_comes_with_a_token() {
    let (issuer, server, right) = scene().await;
    let signed = |algorithm| issuer.sign_under(&header(algorithm), &right);
    assert_refused(&server, "algorithm", &["RS256", "PS256", "ES256"].map(signed)).await;
    let stranger = Issuer::start().await;
    let x = URL_SAFE_NO_PAD.encode(stranger.public_key());
    let own = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x });
    let keys = format!("{}/keys", stranger.url);
    let brought = [
        with(header("EdDSA"), json!({ "jwk": own })),
        with(header("EdDSA"), json!({ "jku": keys })),
    ];
    let tokens = brought.map(|header| stranger.sign_under(&header, &right));
    assert_refused(&server, "signature", &tokens).await;
    assert_eq!(stranger.fetched(), 0);
}

#[tokio::test]
async fn a_token_that_demands_what_is_not_known_here_is_refused() {
    let (issuer, server, right) = scene().await;
    let demands = [
        json!({ "crit": ["b64"], "b64": false }),
        json!({ "crit": ["x"], "x": 1 }),
        json!({ "crit": [] }),
        json!({ "crit": null }),
    ];
    let tokens = demands.map(|more| issuer.sign_under(&with(header("EdDSA"), more), &right));
    assert_refused(&server, "critical", &tokens).await;
}

#[tokio::test]
async fn a_token_that_does_not_say_for_whom_by_whom_or_until_when_is_refused() {
    let (issuer, server, right) = scene().await;
    let without = |name: &str| {
        let mut claims = right.clone();
        claims.as_object_mut().expect("an object").remove(name).expect(name);
        issuer.sign(&claims)
    };
    let audience = |audience: Value| issuer.sign(&with(right.clone(), json!({ "aud": audience })));
    let others = [
        without("aud"),
        audience(json!("")),
        audience(json!([])),
        audience(json!(["https://other.example.com/mcp"])),
        audience(json!(server.url.trim_end_matches("/mcp"))),
        audience(json!(format!("{}/", server.url))),
    ];
    assert_refused(&server, "audience", &others).await;
    assert_refused(&server, "issuer", &[without("iss")]).await;
    assert_refused(&server, "expired", &[without("exp")]).await;
    assert_refused(&server, "principal", &[without("sub")]).await;
    let shared = audience(json!(["https://other.example.com/mcp", server.url]));
    assert_eq!(ask(&server, &shared).await.status, 200, "one of several audiences is enough");
}
