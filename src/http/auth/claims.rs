//! What of an access token's claims counts: who the person is, which scopes and roles (pure).

use serde_json::{Map, Value};

use super::denied::Denied;
use super::jwt::Claims;

/// Where identity providers put what a token is good for: RFC 9068, Entra ID and Okta, Auth0.
const OF_SCOPES: [&str; 4] = ["scope", "scp", "permissions", "roles"];
/// OpenID Connect allows a `sub` of 255.
const LONGEST_ID: usize = 256;

/// Returns the claim of this name, or where none has it, the one to which its parts lead: Keycloak's
/// `realm_access.roles` is within another.
pub(super) fn claim<'a>(claims: &'a Claims, name: &str) -> Option<&'a Value> {
    fn within<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
        let own = claims.get(name);
        own.or_else(|| {
            name.match_indices('.').find_map(|(dot, _)| {
                let (first, rest) = (name.get(..dot)?, name.get(dot + 1..)?);
                within(claims.get(first)?.as_object()?, rest)
            })
        })
    }
    within(claims, name)
}

/// Returns what the claims of these names together call the person. Of several, none may have a space
/// in it: else two people could be one.
pub(super) fn principal(claims: &Claims, names: &[String]) -> Result<String, Denied> {
    let parts: Option<Vec<&str>> = names.iter().map(|name| text(claims, name)).collect();
    let parts = parts.ok_or(Denied::Principal)?;
    let is_ambiguous = parts.len() > 1 && parts.iter().any(|it| it.contains(char::is_whitespace));
    let id = parts.join(" ");
    let is_odd = id.chars().count() > LONGEST_ID || id.chars().any(char::is_control);
    if is_ambiguous || is_odd { Err(Denied::Principal) } else { Ok(id) }
}

/// Returns the text of a claim that is not blank.
pub(super) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claim(claims, name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// Returns the texts of a claim that is a list of them, or one.
pub(super) fn texts<'a>(claims: &'a Claims, name: &str) -> Vec<&'a str> {
    match claim(claims, name) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Returns whether a token has all of these scopes. Entra ID wants to be asked for one as an address
/// (`https://…/mcp/wolkvox.read`), and writes its last part alone into the token.
pub(super) fn has_scopes(claims: &Claims, needed: &[String]) -> bool {
    let of = |name: &&'static str| match claims.get(*name) {
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let granted: Vec<&str> = OF_SCOPES.iter().flat_map(of).collect();
    needed.iter().all(|scope| {
        let last =
            scope.rsplit('/').next().filter(|last| scope.contains("://") && !last.is_empty());
        granted.iter().any(|it| it == scope || last == Some(*it))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(json: Value) -> Claims {
        serde_json::from_value(json).expect("an object")
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn a_claim_is_found_by_its_whole_name_before_its_parts() {
        let claims = claims(json!({
            "a.b": 1, "a": { "b": 2, "c": { "d": 3 }, "c.e": 4 },
            "https://empresa.example/roles": ["agent"],
        }));
        for (name, found) in [
            ("a.b", Some(1)),
            ("a.c.d", Some(3)),
            ("a.c.e", Some(4)),
            ("a.b.c", None),
            ("b", None),
            (".a", None),
            ("a.", None),
        ] {
            assert_eq!(claim(&claims, name).and_then(Value::as_i64), found, "{name}");
        }
        assert_eq!(texts(&claims, "https://empresa.example/roles"), ["agent"]);
    }

    #[test]
    fn several_claims_make_one_person_and_never_two() {
        let both = names(&["tid", "oid"]);
        let person =
            |tid: Value, oid: Value| principal(&claims(json!({ "tid": tid, "oid": oid })), &both);
        assert_eq!(person(json!("a"), json!("b")).as_deref(), Ok("a b"));
        for (tid, oid) in [
            (json!("a b"), json!("c")),
            (json!("a"), json!("b\u{a0}c")),
            (json!("a"), json!("")),
            (json!("a"), json!(" ")),
            (json!("a"), json!(7)),
            (json!("a"), Value::Null),
        ] {
            assert_eq!(person(tid.clone(), oid.clone()), Err(Denied::Principal), "{tid} {oid}");
        }
    }

    #[test]
    fn one_claim_may_have_spaces_but_nothing_that_breaks_a_line_and_no_excess() {
        let person = |sub: &str| principal(&claims(json!({ "sub": sub })), &names(&["sub"]));
        assert_eq!(person("Ana María").as_deref(), Ok("Ana María"));
        assert!(person(&"ñ".repeat(256)).is_ok());
        for odd in ["a\nb", "a\u{0}", &"ñ".repeat(257)] {
            assert_eq!(person(odd), Err(Denied::Principal), "{odd:?}");
        }
    }

    #[test]
    fn scopes_are_found_wherever_an_identity_provider_puts_them() {
        let needed = names(&["a", "b"]);
        for granted in [
            json!({ "scope": "b x a" }),
            json!({ "scope": ["a", "b"] }),
            json!({ "scp": "a b" }),
            json!({ "scp": ["b", "a"] }),
            json!({ "permissions": ["a", "b"] }),
            json!({ "roles": ["a", "b"] }),
            json!({ "scope": "a", "scp": ["b"] }),
        ] {
            assert!(has_scopes(&claims(granted.clone()), &needed), "{granted}");
        }
        for lacking in [
            json!({}),
            json!({ "scope": "a" }),
            json!({ "scope": "a,b" }),
            json!({ "scope": "ab" }),
            json!({ "scp": ["a b"] }),
            json!({ "scope": { "a": 1, "b": 1 } }),
            json!({ "other": "a b" }),
        ] {
            assert!(!has_scopes(&claims(lacking.clone()), &needed), "{lacking}");
        }
        assert!(has_scopes(&claims(json!({})), &[]));
    }

    #[test]
    fn a_scope_that_is_an_address_is_had_with_its_last_part() {
        let granted = claims(json!({ "scp": "wolkvox.read  b" }));
        assert!(has_scopes(&granted, &names(&["https://wolkvox.example.com/mcp/wolkvox.read"])));
        assert!(has_scopes(&granted, &names(&["api://1/wolkvox.read", "b"])));
        for lacking in ["api://1/wolkvox", "api://1/", "a/b", "wolkvox.read/b"] {
            assert!(!has_scopes(&granted, &names(&[lacking])), "{lacking}");
        }
    }
}
