//! Whom a token is for, and who the person is.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::issuer::Issuer;
use super::{ask, audit, challenge, claims, get, server, with};
use crate::serve::{OLDER, by_customer, call, slow};
use crate::support::Program;

const TENANTS: &str = "[tenants.banco]\n[tenants.tienda]\n\
    [roles.agent]\nmask = 'personal'\ntenants = ['banco']\n[roles.supervisor]\n";

#[tokio::test]
async fn a_token_is_for_one_tenant_and_others_are_not_told_apart_from_none() {
    let issuer = Issuer::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("w.toml").display().to_string();
    std::fs::write(&config, TENANTS).expect("written");
    let more = ["--config", &config, "--oauth-role", "realm_access.roles"];
    let server = server(&issuer, &more, &[]).await;
    let base = server.url.split("/banco").next().expect("an address").to_owned();
    let token = |tenant: &str, roles: Value| {
        let claims = claims(&issuer, &format!("{base}/{tenant}/mcp"));
        let roles = json!({ "realm_access": { "roles": roles } });
        format!("Bearer {}", issuer.sign(&with(claims, roles)))
    };
    let ask = async |path: &str, token: &str| {
        let headers = [OLDER, ("Authorization", token)];
        server.raw(&server.request(path, &headers, &by_customer(1).to_string())).await
    };
    let agent = json!(["offline_access", "agent", "supervisor"]);
    let masked = ask("/banco/mcp", &token("banco", agent.clone())).await;
    assert_eq!(masked.status, 200, "{}", masked.body);
    assert!(!masked.body.contains("900000001"), "the first configured role counts");
    let seen = ask("/tienda/mcp", &token("tienda", json!("supervisor"))).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    // A token for one is none for another, also where the role would do.
    let elsewhere = ask("/tienda/mcp", &token("banco", json!("supervisor"))).await;
    assert_eq!(elsewhere.status, 401);
    let place = "oauth-protected-resource/tienda/mcp\"";
    assert!(challenge(&elsewhere).contains(place), "{}", challenge(&elsewhere));
    let forbidden = ask("/tienda/mcp", &token("tienda", agent.clone())).await;
    let unknown = ask("/nobody/mcp", &token("nobody", agent)).await;
    assert_eq!((forbidden.status, unknown.status), (403, 403));
    assert_eq!(forbidden.body, unknown.body);
    for roles in [json!([]), json!(["Agent"]), json!({ "agent": true }), Value::Null] {
        let reply = ask("/banco/mcp", &token("banco", roles.clone())).await;
        assert_eq!((reply.status, &reply.body), (403, &forbidden.body), "{roles}");
    }
    assert_eq!(audit(&server).matches("\"outcome\":\"forbidden\"").count(), 6);
    let numbers = server.admin("/metrics").await.body;
    let counted = "wolkvox_authentication_failures_total{reason=\"role\"} 4\n";
    assert!(numbers.contains(counted), "{numbers}");
    for tenant in ["banco", "nobody"] {
        let reply =
            get(&server, &format!("/.well-known/oauth-protected-resource/{tenant}/mcp")).await;
        assert_eq!(reply.json()["resource"], format!("{base}/{tenant}/mcp"));
    }
    assert_eq!(get(&server, "/.well-known/oauth-protected-resource").await.status, 404);
}

#[tokio::test]
async fn configured_audiences_and_claims_replace_the_usual_ones() {
    let issuer = Issuer::start().await;
    let more = ["--oauth-audience", "api://wolkvox,client-1", "--oauth-principal", "tid,oid"];
    let server = server(&issuer, &more, &[]).await;
    let ids = json!({ "tid": "t-1", "oid": "o-1" });
    for (audience, status) in
        [(json!("client-1"), 200), (json!(["x", "api://wolkvox"]), 200), (json!(server.url), 401)]
    {
        let claims = with(with(claims(&issuer, ""), ids.clone()), json!({ "aud": audience }));
        assert_eq!(ask(&server, &issuer.sign(&claims)).await.status, status, "{audience}");
    }
    assert!(audit(&server).contains("\"id\":\"t-1 o-1\""), "{}", audit(&server));
}

#[tokio::test]
async fn people_of_the_file_and_of_the_issuer_are_two_even_under_one_name() {
    let issuer = Issuer::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let callers = folder.path().join("callers.toml").display().to_string();
    let added = Program::run(&["caller", "add", "ana", "--callers", &callers], &[]).await;
    let own = added.stdout[0].trim().to_owned();
    let server = server(&issuer, &["--callers", &callers], &[]).await;
    let token = issuer.sign(&claims(&issuer, &server.url));
    assert_eq!(ask(&server, &own).await.status, 200);
    // The one's eight calls leave the other's places free.
    let bearer = format!("Bearer {own}");
    let mut held = Vec::new();
    for id in 0..8 {
        let mut stream = TcpStream::connect(server.address()).await.expect("connects");
        let request =
            server.request("/mcp", &[OLDER, ("Authorization", &bearer)], &slow(id).to_string());
        stream.write_all(request.as_bytes()).await.expect("sent");
        held.push(stream);
    }
    sleep(Duration::from_millis(500)).await;
    assert_eq!(ask(&server, &own).await.status, 429);
    let other = format!("Bearer {token}");
    let nothing = call(9, json!({}));
    assert_eq!(server.post(&[OLDER, ("Authorization", &other)], &nothing).await.status, 200);
    drop(held);
    let log = server.end().await;
    assert!(log.contains("WOLKVOX_CALLERS and WOLKVOX_OAUTH_ISSUER are both set"), "{log}");
}
