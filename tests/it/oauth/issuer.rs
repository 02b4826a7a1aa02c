//! An issuer on loopback that signs tokens and answers as it is told.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::support::{Authority, read_request};

/// How the issuer answers a request for its keys.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// As it should.
    Keys,
    /// As it should, with its document only where RFC 8414 has it.
    OAuthOnly,
    /// Not at all: it hangs up.
    Down,
    /// Later than anybody waits.
    Slow,
    /// With this in the place of its keys.
    Garbage(&'static str),
    /// With its keys and much more.
    Huge,
    /// With another place for its keys.
    Redirect,
    /// With a document of another issuer.
    OtherIssuer,
    /// With a document whose keys others could answer for.
    KeysElsewhere,
}

/// The issuer; its clones are the same.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    pair: Ed25519KeyPair,
    kid: u32,
    answer: Answer,
    fetched: usize,
    redirected: usize,
}

/// Returns the time as tokens have it.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn pair() -> Ed25519KeyPair {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
    Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("a key")
}

/// Writes a token; whoever has no key signs otherwise.
pub(crate) fn write(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        Self::of("", None).await
    }

    /// Starts one whose name has a path.
    pub(crate) async fn start_at(path: &str) -> Self {
        Self::of(path, None).await
    }

    /// Starts one with TLS, as `localhost`.
    pub(crate) async fn start_with(authority: &Authority) -> Self {
        Self::of("", Some(authority.acceptor.clone())).await
    }

    async fn of(path: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = match tls {
            None => format!("http://{address}{path}"),
            Some(_) => format!("https://localhost:{}{path}", address.port()),
        };
        let state = State { pair: pair(), kid: 1, answer: Answer::Keys, fetched: 0, redirected: 0 };
        let issuer = Self { url, state: Arc::new(Mutex::new(state)) };
        let serving = issuer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (issuer, tls) = (serving.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => issuer.serve(stream).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                issuer.serve(stream).await;
                            }
                        }
                    }
                });
            }
        });
        issuer
    }

    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let request = read_request(&mut stream).await;
        let path = request.split(' ').nth(1).unwrap_or_default();
        if self.begin(path) {
            sleep(Duration::from_secs(30)).await;
        }
        if let Some(reply) = self.reply(path) {
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }

    /// Counts how often somebody began to fetch the keys.
    pub(crate) fn fetched(&self) -> usize {
        self.lock().fetched
    }

    /// Counts who followed a redirect.
    pub(crate) fn redirected(&self) -> usize {
        self.lock().redirected
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.lock().answer = answer;
    }

    /// Replaces the key.
    pub(crate) fn rotate(&self) {
        let mut state = self.lock();
        state.pair = pair();
        state.kid += 1;
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let kid = self.lock().kid.to_string();
        self.sign_as(&kid, claims)
    }

    /// Signs with a key of this name, whatever it is called.
    pub(crate) fn sign_as(&self, kid: &str, claims: &Value) -> String {
        self.sign_under(&json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid }), claims)
    }

    /// Signs under any header, true or not.
    pub(crate) fn sign_under(&self, header: &Value, claims: &Value) -> String {
        write(header, claims, |message| self.lock().pair.sign(message).as_ref().to_vec())
    }

    /// Returns the public key, as everybody knows it.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.lock().pair.public_key().as_ref().to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    /// Takes note of a request, and returns whether to be slow about it.
    fn begin(&self, path: &str) -> bool {
        let mut state = self.lock();
        state.fetched += usize::from(path == self.document(&state));
        matches!(state.answer, Answer::Slow)
    }

    /// Returns the path of the issuer's own name.
    fn path(&self) -> String {
        self.url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default()
    }

    /// Returns the path of the issuer's document.
    fn document(&self, state: &State) -> String {
        match state.answer {
            Answer::OAuthOnly => format!("/.well-known/oauth-authorization-server{}", self.path()),
            _ => format!("{}/.well-known/openid-configuration", self.path()),
        }
    }

    fn reply(&self, path: &str) -> Option<String> {
        let own = self.path();
        let mut state = self.lock();
        if path == self.document(&state) {
            let issuer = match state.answer {
                Answer::Down => return None,
                Answer::OtherIssuer => format!("{}/", self.url),
                _ => self.url.clone(),
            };
            let keys = match state.answer {
                Answer::KeysElsewhere => "http://keys.example.invalid/keys".to_owned(),
                _ => format!("{}/keys", self.url),
            };
            return Some(ok(&json!({ "issuer": issuer, "jwks_uri": keys }).to_string()));
        }
        if path == format!("{own}/elsewhere") {
            state.redirected += 1;
        } else if path != format!("{own}/keys") {
            return Some("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned());
        }
        match &state.answer {
            Answer::Garbage(text) => Some(ok(text)),
            Answer::Redirect => Some(format!(
                "HTTP/1.1 302 Found\r\nLocation: {}/elsewhere\r\nContent-Length: 0\r\n\r\n",
                self.url
            )),
            _ => {
                let x = URL_SAFE_NO_PAD.encode(state.pair.public_key());
                let key =
                    json!({ "kty": "OKP", "crv": "Ed25519", "kid": state.kid.to_string(), "x": x });
                let padding = match state.answer {
                    Answer::Huge => "x".repeat(300_000),
                    _ => String::new(),
                };
                Some(ok(&json!({ "keys": [key], "padding": padding }).to_string()))
            }
        }
    }
}

fn ok(body: &str) -> String {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}
