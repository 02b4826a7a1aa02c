//! Two real identity providers, on loopback: nanoidp of PyPI and oidc-provider of npm. Where they
//! cannot be installed, the tests say loudly that they were skipped; in CI they fail.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{SCOPE, ask, audit};
use crate::clients::{installed, node_packages, python, skip_or_fail, source};
use crate::serve::Server;

/// They need seconds, on a busy machine many.
const START: Duration = Duration::from_secs(60);

/// A running identity provider, which ends when it is dropped.
struct Provider {
    child: Child,
    port: u16,
}

impl Provider {
    async fn start(port: u16, command: &mut Command) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        let provider = Self { child, port };
        let answers = async {
            while provider.get("/.well-known/openid-configuration").await.is_none() {
                sleep(Duration::from_millis(200)).await;
            }
        };
        timeout(START, answers).await.expect("an identity provider in time");
        provider
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn get(&self, path: &str) -> Option<String> {
        self.send("GET", path, "").await
    }

    /// Sends a request as the one client, and returns the answer's body if its status is 200.
    async fn send(&self, method: &str, path: &str, form: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        // `agente:secreto-ficticio`.
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\
             Authorization: Basic YWdlbnRlOnNlY3JldG8tZmljdGljaW8=\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.port,
            form.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.ok()?;
        let (head, body) = reply.split_once("\r\n\r\n")?;
        head.split(' ').nth(1).filter(|status| *status == "200")?;
        Some(body.to_owned())
    }

    /// Asks for an access token with these parameters beside the usual ones.
    async fn token(&self, more: &str) -> String {
        let form = format!("grant_type=client_credentials&scope={SCOPE}{more}");
        let answer = self.send("POST", "/token", &form).await.expect("a token");
        let answer: Value = answer.parse().expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a port that was free a moment ago: the issuer's name has it before the issuer starts.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Installs nanoidp, beside the official Python client that logs in at it.
fn nanoidp() -> Option<PathBuf> {
    match python("oauth", &source("requirements-oauth.txt")) {
        Ok(python) => Some(python),
        Err(problem) => {
            skip_or_fail("nanoidp", &problem);
            None
        }
    }
}

async fn start_nanoidp(python: &Path, folder: &Path) -> Provider {
    let port = free_port();
    let settings = format!(
        "config_version: 1\nserver:\n  host: 127.0.0.1\n  port: {port}\noauth:\n  \
         issuer: http://127.0.0.1:{port}\n  audience: my-app\n  \
         scopes_supported: [openid, {SCOPE}]\n  clients:\n    - client_id: agente\n      \
         client_secret: secreto-ficticio\n"
    );
    fs::write(folder.join("settings.yaml"), settings).expect("written");
    fs::write(folder.join("users.yaml"), "config_version: 1\nusers: {}\n").expect("written");
    let mut command = Command::new(python);
    command.args(["-m", "nanoidp", "--config"]).arg(folder).current_dir(folder);
    Provider::start(port, &mut command).await
}

#[tokio::test]
async fn tokens_of_nanoidp_are_taken_also_after_its_keys_change() {
    let Some(python) = nanoidp() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let provider = start_nanoidp(&python, folder.path()).await;
    let server = server(&provider).await;
    let ours = format!("&resource={}", server.url);
    let token = provider.token(&ours).await;
    assert_eq!(ask(&server, &token).await.status, 200);
    assert!(audit(&server).contains("\"id\":\"agente\""), "{}", audit(&server));
    // Without a resource it is for somebody else.
    assert_eq!(ask(&server, &provider.token("").await).await.status, 401);
    provider.send("POST", "/api/keys/rotate", "").await.expect("new keys");
    let newer = provider.token(&ours).await;
    assert_eq!(ask(&server, &newer).await.status, 200);
    assert_eq!(ask(&server, &token).await.status, 200, "it publishes the old key too");
    drop(provider);
    assert_eq!(ask(&server, &newer).await.status, 200, "its keys are known");
}

#[tokio::test]
async fn the_official_python_client_logs_in_at_nanoidp_and_is_served() {
    let Some(python) = nanoidp() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let provider = start_nanoidp(&python, folder.path()).await;
    let server = server(&provider).await;
    let mut login = tokio::process::Command::new(&python);
    login.arg(source("login.py")).args([&server.url, &provider.issuer()]);
    let said = login.output().await.expect("the client starts");
    let (out, problem) =
        (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert_eq!(out.matches("logged in and served").count(), 2, "{out}\n{problem}");
    let log = server.end().await;
    assert!(!log.contains("secreto"), "{log}");
}

#[tokio::test]
async fn tokens_of_oidc_provider_are_taken_and_opaque_ones_are_refused_in_words() {
    let folder = installed("oidc-provider");
    if let Err(problem) = node_packages(&folder, &source("oidc-provider/package.json")) {
        return skip_or_fail("oidc-provider", &problem);
    }
    let script = folder.join("provider.mjs");
    fs::copy(source("oidc-provider/provider.mjs"), &script).expect("the script");
    let port = free_port();
    let mut command = Command::new("node");
    let provider = Provider::start(port, command.arg(script).arg(port.to_string())).await;
    let server = server(&provider).await;
    let token = provider.token(&format!("&resource={}", server.url)).await;
    assert_eq!(ask(&server, &token).await.status, 200);
    let elsewhere = provider.token("&resource=https://other.example.com/mcp").await;
    assert_eq!(ask(&server, &elsewhere).await.status, 401);
    let opaque = ask(&server, &provider.token("").await).await;
    assert!(opaque.status == 401 && opaque.body.contains("not a JWT"), "{}", opaque.body);
}

async fn server(provider: &Provider) -> Server {
    let issuer = provider.issuer();
    let own = ["--oauth-issuer", &issuer, "--oauth-scope", SCOPE, "--audit", "audit.jsonl"];
    Server::start(&own, &[]).await
}
