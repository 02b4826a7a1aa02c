//! Tokens, right and wrong in every way, under keys that are made here.

mod pair;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::get_current_timestamp;
use ring::signature::{
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512,
};
use serde_json::{Value, json};

use self::pair::Pair;
use super::denied::Denied;
use super::jwt::{Claims, Unverified};
use super::key_set::{Found, KeySet};
use super::metadata::Resources;
use super::{Access, bearer, signature};
use crate::caller::Caller;

const ISSUER: &str = "https://login.example.com/realms/empresa";
const AUDIENCE: &str = "https://wolkvox.example.com/mcp";

fn set(keys: &[Value]) -> KeySet {
    KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).expect("keys")
}

/// Checks a token as the server does.
fn check(token: &str, set: &KeySet, audiences: &[&str]) -> Result<Claims, Denied> {
    signature::install();
    let unverified = Unverified::read(token)?;
    let keys = match set.find(&unverified.wanted) {
        Found::Keys(keys) => keys,
        Found::OfAnotherAlgorithm => return Err(Denied::Algorithm),
        Found::None => return Err(Denied::UnknownKey),
    };
    let audiences: Vec<String> = audiences.iter().map(|it| (*it).to_owned()).collect();
    unverified.verify(&keys, ISSUER, &audiences)
}

fn header() -> Value {
    json!({ "alg": "ES256", "typ": "at+jwt", "kid": "a" })
}

fn claims() -> Value {
    let now = get_current_timestamp();
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "iat": now, "exp": now + 300 })
}

/// Returns an object with some members set, and those that are null taken away.
fn with(mut object: Value, changes: Value) -> Value {
    let members = object.as_object_mut().expect("an object");
    let changes: Claims = serde_json::from_value(changes).expect("an object");
    for (name, value) in changes {
        match value {
            Value::Null => members.shift_remove(&name),
            value => members.insert(name, value),
        };
    }
    object
}

#[test]
fn a_token_is_taken_under_every_algorithm_that_is_allowed() {
    let pairs = [
        Pair::p256(),
        Pair::p384(),
        Pair::ed(),
        Pair::rsa(&RSA_PKCS1_SHA256, "RS256"),
        Pair::rsa(&RSA_PKCS1_SHA384, "RS384"),
        Pair::rsa(&RSA_PKCS1_SHA512, "RS512"),
        Pair::rsa(&RSA_PSS_SHA256, "PS256"),
        Pair::rsa(&RSA_PSS_SHA384, "PS384"),
        Pair::rsa(&RSA_PSS_SHA512, "PS512"),
    ];
    let tried: Vec<_> = pairs.iter().map(Pair::algorithm).collect();
    assert!(signature::ALLOWED.iter().all(|it| tried.contains(&format!("{it:?}").as_str())));
    for pair in pairs {
        let algorithm = pair.algorithm();
        let set = set(&[pair.jwk("a")]);
        let token = pair.sign(&with(header(), json!({ "alg": algorithm })), &claims());
        let claims = check(&token, &set, &[AUDIENCE]).expect(algorithm);
        assert_eq!(claims["sub"], "ana");
        let message = token.rsplit_once('.').expect("a signature").0.to_owned();
        for broken in [format!("{message}."), format!("{message}.AAAA"), format!("{token}A")] {
            assert_eq!(check(&broken, &set, &[AUDIENCE]), Err(Denied::Signature), "{algorithm}");
        }
        let changed = token.replacen('.', ".e", 1);
        assert_eq!(check(&changed, &set, &[AUDIENCE]), Err(Denied::Signature), "{algorithm}");
    }
}

#[test]
fn each_wrong_claim_is_refused_for_its_reason() {
    let pair = Pair::p256();
    let set = set(&[pair.jwk("a")]);
    let now = get_current_timestamp();
    for (changes, denied) in [
        (json!({ "exp": now - 61 }), Denied::Expired),
        (json!({ "exp": null }), Denied::Expired),
        (json!({ "exp": (now + 300).to_string() }), Denied::Expired),
        (json!({ "exp": -1 }), Denied::Expired),
        (json!({ "nbf": now + 90 }), Denied::NotYet),
        (json!({ "nbf": "soon" }), Denied::Malformed),
        (json!({ "iss": null }), Denied::Issuer),
        (json!({ "iss": format!("{ISSUER}/") }), Denied::Issuer),
        (json!({ "iss": ISSUER.to_uppercase() }), Denied::Issuer),
        (json!({ "iss": [ISSUER] }), Denied::Issuer),
        (json!({ "iss": "https://other.example.com" }), Denied::Issuer),
        (json!({ "aud": null }), Denied::Audience),
        (json!({ "aud": [] }), Denied::Audience),
        (json!({ "aud": "" }), Denied::Audience),
        (json!({ "aud": { AUDIENCE: 1 } }), Denied::Audience),
        (json!({ "aud": format!("{AUDIENCE}/") }), Denied::Audience),
        (json!({ "aud": ["https://other.example.com/mcp"] }), Denied::Audience),
    ] {
        let token = pair.sign(&header(), &with(claims(), changes.clone()));
        assert_eq!(check(&token, &set, &[AUDIENCE]), Err(denied), "{changes}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let pair = Pair::p256();
    let set = set(&[pair.jwk("a")]);
    let now = get_current_timestamp();
    for changes in [json!({ "exp": now - 50 }), json!({ "nbf": now + 50 })] {
        let token = pair.sign(&header(), &with(claims(), changes));
        assert!(check(&token, &set, &[AUDIENCE]).is_ok());
    }
}

#[test]
fn one_of_a_tokens_audiences_must_be_one_of_ours() {
    let pair = Pair::p256();
    let set = set(&[pair.jwk("a")]);
    let token =
        pair.sign(&header(), &with(claims(), json!({ "aud": ["account", "api://wolkvox"] })));
    assert!(check(&token, &set, &["other", "api://wolkvox"]).is_ok());
    assert_eq!(check(&token, &set, &["other", AUDIENCE]), Err(Denied::Audience));
    assert_eq!(check(&token, &set, &[]), Err(Denied::Audience));
}

#[test]
fn each_wrong_header_is_refused_for_its_reason() {
    let pair = Pair::p256();
    let set = set(&[pair.jwk("a"), Pair::ed().jwk("ed")]);
    for (changes, denied) in [
        (json!({ "alg": "none" }), Denied::Algorithm),
        (json!({ "alg": "HS256" }), Denied::Algorithm),
        (json!({ "alg": "es256" }), Denied::Algorithm),
        (json!({ "alg": "ES512" }), Denied::Algorithm),
        (json!({ "alg": null }), Denied::Algorithm),
        (json!({ "alg": 256 }), Denied::Malformed),
        (json!({ "alg": "RS256" }), Denied::Algorithm),
        (json!({ "alg": "ES384" }), Denied::Algorithm),
        (json!({ "kid": "ed" }), Denied::Algorithm),
        (json!({ "kid": "b" }), Denied::UnknownKey),
        (json!({ "kid": 1 }), Denied::Malformed),
        (json!({ "crit": ["exp"], "exp": 1 }), Denied::Critical),
        (json!({ "crit": [] }), Denied::Critical),
        (json!({ "typ": "logout+jwt" }), Denied::IdToken),
        (json!({ "typ": "dpop+jwt" }), Denied::IdToken),
        (json!({ "typ": 1 }), Denied::Malformed),
    ] {
        let token = pair.sign(&with(header(), changes.clone()), &claims());
        assert_eq!(check(&token, &set, &[AUDIENCE]), Err(denied), "{changes}");
    }
    let null = json!({ "alg": "ES256", "kid": "a", "crit": null });
    let token = pair.sign(&null, &claims());
    assert_eq!(check(&token, &set, &[AUDIENCE]), Err(Denied::Critical), "even a null one");
}

#[test]
fn a_secret_that_everybody_knows_signs_nothing() {
    signature::install();
    let pair = Pair::p256();
    let public = set(&[pair.jwk("a")]);
    let header = with(header(), json!({ "alg": "HS256" }));
    let message = pair.sign(&header, &claims());
    let message = message.rsplit_once('.').expect("a signature").0;
    let Pair::Ec(ec, _) = &pair else { panic!("an EC key") };
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, ec.public_key().as_ref());
    let signature = URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, message.as_bytes()));
    let token = format!("{message}.{signature}");
    assert_eq!(check(&token, &public, &[AUDIENCE]), Err(Denied::Algorithm));
    // A secret among an issuer's keys is not for us.
    let secret = json!({ "kty": "oct", "kid": "a", "k": "AAAA" });
    assert!(KeySet::read(json!({ "keys": [secret] }).to_string().as_bytes()).is_none());
}

#[test]
fn another_issuers_key_of_the_same_name_signs_nothing() {
    let token = Pair::p256().sign(&header(), &claims());
    let set = set(&[Pair::p256().jwk("a"), Pair::p256().jwk("a")]);
    assert_eq!(check(&token, &set, &[AUDIENCE]), Err(Denied::Signature));
}

#[test]
fn a_token_without_a_kid_is_tried_with_every_key_of_its_algorithm() {
    let pair = Pair::p256();
    let token = pair.sign(&with(header(), json!({ "kid": null })), &claims());
    let set_of = |keys: &[Value]| set(keys);
    let keys = [Pair::ed().jwk("a"), Pair::p256().jwk("b"), pair.jwk("c")];
    assert!(check(&token, &set_of(&keys), &[AUDIENCE]).is_ok());
    assert_eq!(check(&token, &set_of(&keys[..2]), &[AUDIENCE]), Err(Denied::Signature));
    assert_eq!(check(&token, &set_of(&keys[..1]), &[AUDIENCE]), Err(Denied::UnknownKey));
    // What is wrong beside the signature is said, whichever key comes first.
    let expired = with(claims(), json!({ "exp": 1 }));
    let token = pair.sign(&with(header(), json!({ "kid": null })), &expired);
    assert_eq!(check(&token, &set_of(&keys), &[AUDIENCE]), Err(Denied::Expired));
}

#[test]
fn an_id_token_is_no_access_token() {
    let pair = Pair::p256();
    let set = set(&[pair.jwk("a")]);
    let ask = |typ: Value, changes: Value| {
        let token = pair.sign(&with(header(), json!({ "typ": typ })), &with(claims(), changes));
        check(&token, &set, &[AUDIENCE]).map(|_| ())
    };
    for like_one in [
        json!({ "nonce": "n" }),
        json!({ "at_hash": "h" }),
        json!({ "c_hash": "h" }),
        json!({ "typ": "ID" }),
        json!({ "token_use": "id" }),
    ] {
        assert_eq!(ask(json!("JWT"), like_one.clone()), Err(Denied::IdToken), "{like_one}");
        assert_eq!(ask(Value::Null, like_one.clone()), Err(Denied::IdToken), "{like_one}");
        assert_eq!(ask(json!("at+jwt"), like_one.clone()), Ok(()), "{like_one}");
    }
    for like_none in [
        json!({}),
        json!({ "typ": "Bearer", "nonce": "n" }),
        json!({ "token_use": "access", "nonce": "n" }),
    ] {
        assert_eq!(ask(json!("jwt"), like_none.clone()), Ok(()), "{like_none}");
    }
    assert_eq!(ask(json!("application/at+JWT"), json!({})), Ok(()));
}

#[test]
fn what_is_no_jwt_or_too_long_is_never_checked() {
    let pair = Pair::p256();
    let long = pair.sign(&header(), &with(claims(), json!({ "groups": "x".repeat(64 * 1024) })));
    let fits = pair.sign(&header(), &with(claims(), json!({ "groups": "x".repeat(11 * 1024) })));
    assert!(check(&fits, &set(&[pair.jwk("a")]), &[AUDIENCE]).is_ok());
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for (token, denied) in [
        (long, Denied::TooLong),
        ("ya29.opaco-ficticio".to_owned(), Denied::Opaque),
        ("a".to_owned(), Denied::Opaque),
        ("a.b.c".to_owned(), Denied::Opaque),
        ("..".to_owned(), Denied::Opaque),
        (format!("{}.{}.a.b.c", encode("{}"), encode("{}")), Denied::Opaque),
        (format!("{}.a.b", encode("[]")), Denied::Opaque),
        (format!("{}.a.b", encode("{")), Denied::Opaque),
        (format!("{}.a.b", encode("{}")), Denied::Algorithm),
        (format!("{}..", encode(&header().to_string())), Denied::Signature),
    ] {
        let shown = token.get(..token.len().min(60)).unwrap_or_default().to_owned();
        assert_eq!(check(&token, &set(&[pair.jwk("a")]), &[AUDIENCE]), Err(denied), "{shown}");
    }
}

#[test]
fn keys_for_other_uses_are_left_out_and_odd_ones_break_nothing() {
    let pair = Pair::p256();
    let key = |changes: Value| with(pair.jwk("a"), changes);
    for other in [
        json!({ "kty": "AKP", "kid": "a", "alg": "ML-DSA-44", "pub": "AAAA" }),
        json!({ "kty": "EC" }),
        json!(7),
        key(json!({ "use": "enc" })),
        key(json!({ "key_ops": ["deriveKey"] })),
        key(json!({ "alg": "ES512" })),
        key(json!({ "alg": "RS256" })),
        key(json!({ "crv": "P-521" })),
        key(json!({ "x": "%" })),
    ] {
        let document = |keys: &[&Value]| json!({ "keys": keys }).to_string();
        let alone = KeySet::read(document(&[&other]).as_bytes());
        assert!(alone.is_none(), "{other}");
        let good = key(json!({ "use": "sig", "key_ops": ["verify"], "alg": "ES256" }));
        let both = KeySet::read(document(&[&other, &good]).as_bytes()).expect("the other key");
        let token = pair.sign(&header(), &claims());
        assert!(check(&token, &both, &[AUDIENCE]).is_ok(), "{other}");
    }
    for garbage in ["", "{}", "[]", "{\"keys\":[]}", "{\"keys\":{}}", "<html>"] {
        assert!(KeySet::read(garbage.as_bytes()).is_none(), "{garbage}");
    }
}

#[test]
fn an_endpoints_metadata_is_at_its_path_and_the_only_ones_at_the_root_too() {
    let url = "https://wolkvox.example.com:8443".parse().expect("an address");
    let found = |resources: &Resources, path: &str| {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let issuer = "https://login.example.com";
        resources.answer(&http::Method::GET, &path, issuer, &[]).is_some()
    };
    let alone = Resources::new(&url, true);
    let several = Resources::new(&url, false);
    for (path, at_alone, at_several) in [
        ("", true, false),
        ("/mcp", true, false),
        ("/banco/mcp", false, true),
        ("/nobody/mcp", false, true),
        ("/", false, false),
        ("mcp", false, false),
        ("/BANCO/mcp", false, false),
        ("/a\"b/mcp", false, false),
        ("/banco/mcp/", false, false),
        ("/a/b/mcp", false, false),
    ] {
        assert_eq!(found(&alone, path), at_alone, "{path}");
        assert_eq!(found(&several, path), at_several, "{path}");
    }
    let resource = |resources: &Resources, path| resources.resource(path).unwrap_or_default();
    assert_eq!(resource(&alone, "/mcp"), "https://wolkvox.example.com:8443/mcp");
    assert_eq!(resource(&alone, "/a\"b"), "https://wolkvox.example.com:8443/mcp");
    assert_eq!(resource(&several, "/banco/mcp"), "https://wolkvox.example.com:8443/banco/mcp");
    assert_eq!(resource(&several, "/mcp"), "");
}

#[tokio::test]
async fn the_token_goes_no_further_than_here_whoever_is_let_in() {
    let caller = || Arc::new(Caller::system("ana".to_owned()));
    for access in [Access::Open(caller()), Access::Tokens { callers: None, oauth: None }] {
        let mut headers = http::HeaderMap::new();
        for token in ["Bearer wvx_a", "Bearer wvx_b"] {
            headers.append("authorization", token.parse().expect("a value"));
        }
        let _ = access.identify(&mut headers, "/mcp").await;
        assert!(headers.is_empty(), "{headers:?}");
    }
}

#[test]
fn a_bearer_header_holds_a_token_and_nothing_else_does() {
    assert_eq!(bearer("Bearer wvx_a"), Some("wvx_a"));
    assert_eq!(bearer("bearer  wvx_a "), Some("wvx_a"));
    for header in ["wvx_a", "Bearer", "Bearer ", "Basic wvx_a", ""] {
        assert_eq!(bearer(header), None, "{header}");
    }
}

#[test]
fn what_is_kept_of_a_key_shows_nothing_of_it() {
    let set = set(&[Pair::ed().jwk("a")]);
    let shown = format!("{:?}", Arc::new(set));
    assert!(shown.contains("redacted"), "{shown}");
}
