//! Asks the team's server: one request a try, and another try where nothing can be done twice.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::bytes::Bytes;

use super::headers::{SESSION, Session};
use super::message::{Message, Part};
use super::reply::{self, Heard, Told};
use crate::error::{BodyKind, ConnectFailure, Error, Outage, RemoteError, UpstreamMessage};
use crate::server_url::TeamUrl;
use crate::wolkvox::{
    Failure, Handshake, Http, Retry, RootCertificates, Token, TokenSource, retry_after,
};

/// How long a request is tried again: a server that restarts is back by then.
const TRIES: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After all tries of a request have failed, requests within this time have one try each.
const DOWN: Duration = Duration::from_secs(30);
/// A kept connection that says nothing for so long may be dead.
const SILENCE: Duration = Duration::from_secs(25);

/// A team's server that is asked from here.
#[derive(Debug)]
pub struct Remote {
    http: Http,
    url: TeamUrl,
    token: Option<TokenSource>,
    timeout: Duration,
    /// When all tries of a request failed last.
    down: Mutex<Option<Instant>>,
}

/// What a server says of itself and offers.
#[derive(Debug)]
pub struct ServerCard {
    /// Its name, if it says one.
    pub name: Option<String>,
    /// Its version, if it says one.
    pub version: Option<String>,
}

/// Why one try brought no answer.
struct Trouble {
    error: RemoteError,
    again: Again,
}

/// Whether another try makes sense.
#[derive(Clone, Copy)]
enum Again {
    Never,
    /// At once, with the token that the file holds by now.
    NewToken,
    /// At once, over a new connection, if the request only reads.
    NewConnection,
    /// The request was not processed; not before this time has passed.
    Unprocessed(Duration),
    /// The request may have been processed; likewise, if it only reads.
    Perhaps(Duration),
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Self {
        let again = match error {
            RemoteError::CutOff => Again::Perhaps(Duration::ZERO),
            _ => Again::Never,
        };
        Self { error, again }
    }
}

impl Remote {
    /// Starts to prepare a client of a server.
    pub fn new(
        url: TeamUrl,
        token: Option<TokenSource>,
        roots: RootCertificates,
        timeout: Duration,
    ) -> Self {
        let mut http = Http::prepare(url.server().clone(), roots);
        http.patience = SILENCE;
        Self { http, url, token, timeout, down: Mutex::default() }
    }

    /// Returns the server's address.
    pub fn url(&self) -> &TeamUrl {
        &self.url
    }

    /// Connects without the token, and returns what the TLS handshake showed.
    ///
    /// # Errors
    ///
    /// Why there is no connection.
    pub async fn probe_tls(&self) -> Result<Option<Handshake>, RemoteError> {
        let mut root = self.url.endpoint().clone();
        root.set_path("/");
        self.http.probe(root).await.map_err(|error| trouble_of(error.into()).error)
    }

    /// Returns the last certificate of the server's that was not trusted, DER.
    pub fn distrusted_certificate(&self) -> Option<Vec<u8>> {
        self.http.distrusted()
    }

    /// Asks who the server is.
    ///
    /// # Errors
    ///
    /// Why it does not say.
    pub async fn discover(&self) -> Result<ServerCard, RemoteError> {
        let result = self.ask_now("server/discover").await?;
        let server = result
            .get("serverInfo")
            .or_else(|| result.get("_meta")?.get("io.modelcontextprotocol/serverInfo"));
        let text = |key: &str| {
            let text = server?.get(key)?.as_str()?;
            match UpstreamMessage::new(text) {
                UpstreamMessage::Words(words) => Some(words),
                UpstreamMessage::Nothing | UpstreamMessage::Withheld => None,
            }
        };
        Ok(ServerCard { name: text("name"), version: text("version") })
    }

    /// Asks for the number of the server's tools.
    ///
    /// # Errors
    ///
    /// Why it does not say.
    pub async fn count_tools(&self) -> Result<usize, RemoteError> {
        let result = self.ask_now("tools/list").await?;
        let not_mcp = RemoteError::NotMcp { status: 200, body: BodyKind::Text };
        result.get("tools").and_then(Value::as_array).map(Vec::len).ok_or(not_mcp)
    }

    /// Asks something of our own, once.
    async fn ask_now(&self, method: &str) -> Result<Value, RemoteError> {
        let client =
            json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": client,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({ "_meta": meta });
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request =
            Message::read(request.to_string().into()).map_err(|_| RemoteError::Internal)?;
        let session = Session::default();
        let asked = self.once(&request, &session, |_| ());
        let answer = match timeout(self.timeout, asked).await {
            Err(_) => return Err(RemoteError::Timeout { limit: self.timeout }),
            Ok(answer) => answer.map_err(|trouble| trouble.error)?,
        };
        let answer: Value = serde_json::from_slice(&answer).map_err(|_| RemoteError::Internal)?;
        if let Some(result) = answer.get("result") {
            return Ok(result.clone());
        }
        let said = answer.get("error").and_then(|it| it.get("message")).and_then(Value::as_str);
        let said = UpstreamMessage::new(said.unwrap_or_default());
        Err(RemoteError::Refused { status: 200, said })
    }

    /// Returns how long a request may take, from when the client sends it.
    pub(super) fn limit(&self) -> Duration {
        self.timeout
    }

    /// Carries what has no answer.
    pub(super) async fn tell(
        &self,
        message: &Message,
        session: &Session,
    ) -> Result<(), RemoteError> {
        self.ask(message, session, |_| ()).await.map(drop)
    }

    /// Asks a request, and again where that is safe. Events on the way to the answer go to `hear`.
    pub(super) async fn ask(
        &self,
        request: &Message,
        session: &Session,
        mut hear: impl FnMut(Bytes),
    ) -> Result<Bytes, RemoteError> {
        let begun = Instant::now();
        let is_down = self.lock().is_some_and(|at| begun - at < DOWN);
        let (mut pause, mut has_new_token, mut has_progress) = (FIRST_PAUSE, false, false);
        loop {
            // Progress must rise, and another try begins from nothing.
            let hears_progress = !has_progress;
            let tried = self.once(request, session, |heard| {
                has_progress |= heard.is_progress;
                if hears_progress || !heard.is_progress {
                    hear(heard.line);
                }
            });
            let Trouble { error, again } = match tried.await {
                Ok(answer) => {
                    *self.lock() = None;
                    return Ok(answer);
                }
                Err(trouble) => trouble,
            };
            let wait = match again {
                Again::NewToken if !std::mem::replace(&mut has_new_token, true) => Duration::ZERO,
                Again::NewConnection if request.only_reads() => {
                    self.http.renew().await;
                    Duration::ZERO
                }
                Again::Unprocessed(least) if !is_down => pause.max(least),
                Again::Perhaps(least) if !is_down && request.only_reads() => pause.max(least),
                _ => return Err(error),
            };
            if begun.elapsed() + wait > TRIES.min(self.timeout) {
                *self.lock() = Some(Instant::now());
                return Err(error);
            }
            tracing::debug!(?wait, "{}; trying again", error.sentence());
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Sends a message once, and reads the reply to its end.
    async fn once(
        &self,
        message: &Message,
        session: &Session,
        hear: impl FnMut(Heard),
    ) -> Result<Bytes, Trouble> {
        let token = self.token.as_ref().map(TokenSource::current).transpose();
        let token = token.map_err(|problem| match problem {
            Error::TokenUnreadable(problem) => RemoteError::TokenUnreadable(problem),
            _ => RemoteError::Internal,
        })?;
        let mut headers = session.headers(message);
        headers.extend(token.as_ref().and_then(Token::bearer).map(|it| (AUTHORIZATION, it)));
        let (url, body) = (self.url.endpoint().clone(), message.body.clone());
        let sent = self.http.send(|client| client.post(url).headers(headers).body(body)).await;
        let response = reply::limited(sent.map_err(trouble_of)?);
        let status = response.status();
        let Part::Request(id) = &message.part else {
            return self.judged(response, token.as_ref(), None).await;
        };
        if !status.is_success() {
            return self.judged(response, token.as_ref(), Some(id)).await;
        }
        let given = response.headers().get(SESSION).cloned();
        let answer = if reply::has_events(&response) {
            reply::events(status.as_u16(), response.into_body(), id, hear).await?
        } else {
            let body = reply::whole(response.into_body()).await?;
            read(status, &body, id)?
        };
        if message.method == "initialize" {
            session.welcomed(agreed(&answer), given);
        }
        Ok(answer)
    }

    /// Judges a reply to what has no answer, or one that refuses.
    async fn judged(
        &self,
        response: http::Response<reply::Body>,
        token: Option<&Token>,
        id: Option<&str>,
    ) -> Result<Bytes, Trouble> {
        let status = response.status();
        let code = status.as_u16();
        let wait = wait(response.headers());
        if status.is_success() {
            return Ok(Bytes::new());
        }
        if status.is_redirection() {
            return Err(RemoteError::Redirect { status: code }.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(self.rejected(token));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let again = Again::Unprocessed(wait.unwrap_or_default());
            return Err(Trouble { error: RemoteError::TooMany { wait }, again });
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let again = Again::Perhaps(wait.unwrap_or_default());
            return Err(Trouble { error: RemoteError::Failed { status: code }, again });
        }
        // A refusal is small; of a page only the beginning counts.
        let body = reply::whole(response.into_body()).await.unwrap_or_default();
        let heard = Heard::read(&body);
        if let Some(heard) = heard.as_ref().filter(|it| id.is_some_and(|id| it.answers(id)))
            && status != StatusCode::FORBIDDEN
        {
            return Ok(heard.line.clone());
        }
        let said = match heard.map(|heard| heard.part) {
            Some(Told::Refusal(said)) => Some(without(token, said)),
            _ => None,
        };
        Err(match (status, said) {
            (StatusCode::FORBIDDEN, said) => {
                RemoteError::Forbidden(said.unwrap_or(UpstreamMessage::Nothing))
            }
            (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => RemoteError::NotFound,
            (_, Some(said)) => RemoteError::Refused { status: code, said },
            (_, None) => RemoteError::NotMcp { status: code, body: reply::looks(&body) },
        }
        .into())
    }

    /// The token was not accepted: its file may hold another by now.
    fn rejected(&self, token: Option<&Token>) -> Trouble {
        let (Some(source), Some(token)) = (&self.token, token) else {
            return RemoteError::NoToken.into();
        };
        source.rejected();
        let is_new = source.current().is_ok_and(|now| now.fingerprint() != token.fingerprint());
        let again = if is_new { Again::NewToken } else { Again::Never };
        Trouble { error: RemoteError::TokenRefused, again }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the token out of a server's words, which may repeat it.
fn without(token: Option<&Token>, said: UpstreamMessage) -> UpstreamMessage {
    match (token, &said) {
        (Some(token), UpstreamMessage::Words(words)) => {
            token.removed_from(words).map_or(said, |words| UpstreamMessage::new(&words))
        }
        _ => said,
    }
}

/// Reads a body that must be the answer.
fn read(status: StatusCode, body: &[u8], id: &str) -> Result<Bytes, RemoteError> {
    let status = status.as_u16();
    match Heard::read(body) {
        Some(heard) if heard.answers(id) => Ok(heard.line),
        Some(Heard { part: Told::Refusal(said), .. }) => Err(RemoteError::Refused { status, said }),
        _ => Err(RemoteError::NotMcp { status, body: reply::looks(body) }),
    }
}

/// Returns the revision that an answer to `initialize` agrees on.
fn agreed(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    answer.get("result")?.get("protocolVersion")?.as_str().map(str::to_owned)
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(RETRY_AFTER)?, Timestamp::now())
}

/// Sorts what went wrong before a reply came.
fn trouble_of(failure: Failure) -> Trouble {
    let Error::Unavailable { outage } = failure.error else {
        return RemoteError::Internal.into();
    };
    let again = match &outage {
        _ if failure.retry == Retry::NewConnection => Again::NewConnection,
        Outage::CutOff => Again::Perhaps(Duration::ZERO),
        Outage::Tls(_)
        | Outage::Connect(ConnectFailure::ProxyPassword | ConnectFailure::ProxyKind)
        | Outage::Status(_)
        | Outage::CircuitOpen { .. } => Again::Never,
        Outage::Dns | Outage::Connect(_) => Again::Unprocessed(Duration::ZERO),
    };
    let error = match outage {
        Outage::CutOff => RemoteError::CutOff,
        outage => RemoteError::Unreached(outage),
    };
    Trouble { error, again }
}
