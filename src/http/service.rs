//! Answers one HTTP request: who asks, what for, and whether that may be; then MCP.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{ACCEPT, CACHE_CONTROL, CONNECTION, HOST, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use tower_service::Service as _;

use super::address;
use super::answer;
use super::auth::{Access, Denied, Identity};
use super::cancel::{self, Key, Running};
use super::endpoint::Endpoint;
use super::held::{Held, Taken};
use super::labels::{http_method, mcp_method, version};
use super::message::{Envelope, Unreadable};
use super::names::Names;
use super::places::{AT_ONCE, Places};
use super::refusal::{Body, INVALID_REQUEST, PARSE_ERROR, REFUSED, full, refuse, worded};
use crate::audit::{Attempt, Audit};
use crate::caller::{Call, Sender};
use crate::mcp::{Server, Structure};
use crate::metrics::{Metrics, Operation};
use crate::shared::Shared;

/// Most bytes of a message.
const LARGEST_BODY: usize = 64 * 1024;
/// How long a whole message may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Where metadata would be (RFC 8615).
const WELL_KNOWN: &str = "/.well-known/";
/// What the audit log calls the tool of a call that was refused unread.
const UNREAD: &str = "(unread)";
/// What a client must accept; the SDK takes it by these names only.
const ACCEPTED: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The MCP service of one tenant.
type Mcp = StreamableHttpService<Arc<Server>, NeverSessionManager>;

/// What answers requests.
pub struct Service {
    tenants: HashMap<String, (String, Mcp)>,
    access: Access,
    trusted: Vec<ipnet::IpNet>,
    audit: Option<Audit>,
    running: Running,
    places: Places,
    metrics: Metrics,
    is_ending: AtomicBool,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("paths", &self.tenants.keys()).finish_non_exhaustive()
    }
}

impl Service {
    /// Creates what answers for these tenants, to those whom `access` lets in, under these names. What
    /// is cancelled here is told to the replicas that share a store, and the other way round.
    pub fn new(
        endpoints: Vec<Endpoint>,
        access: Access,
        names: &Names,
        trusted: Vec<ipnet::IpNet>,
        audit: Option<Audit>,
        metrics: Metrics,
        shared: Option<Shared>,
    ) -> Self {
        let tenants = endpoints.into_iter().map(|endpoint| {
            let (path, Endpoint { tenant, server, .. }) = (endpoint.path(), endpoint);
            let config = StreamableHttpServerConfig::default()
                .with_legacy_session_mode(false)
                .with_json_response(true)
                .with_allowed_hosts(names.hosts())
                .with_allowed_origins(names.origins())
                .enforce_origin_validation()
                .with_max_request_body_bytes(LARGEST_BODY);
            let server = move || Ok(Arc::clone(&server));
            (path, (tenant, Mcp::new(server, Arc::default(), config)))
        });
        Self {
            tenants: tenants.collect(),
            access,
            trusted,
            audit,
            running: Running::new(shared),
            places: Places::default(),
            metrics,
            is_ending: AtomicBool::new(false),
        }
    }

    /// Reads anew who is let in.
    pub fn reload(&self) {
        self.access.reload();
    }

    /// Does what is due beside the calls; to be called every few seconds.
    pub fn refresh(&self) {
        self.access.refresh();
    }

    /// Returns how old the identity provider's keys are, if they were ever fetched.
    pub fn keys_age(&self) -> Option<Duration> {
        self.access.keys_age()
    }

    /// Lets every connection end with its next answer.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// Returns whether it is about to end.
    pub fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Returns whether look-ups are refused because they cannot be recorded.
    pub(super) fn cannot_record(&self) -> bool {
        self.audit.as_ref().is_some_and(|audit| audit.refuses() && audit.is_failing())
    }

    /// Returns where it is counted what happens here.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Answers one request of a peer.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        is_encrypted: bool,
    ) -> Result<Response<Body>, Infallible> {
        let (began, method) = (Instant::now(), http_method(request.method()));
        let mut response =
            self.admit(request, peer, is_encrypted).await.unwrap_or_else(|refused| *refused);
        if self.is_ending() {
            response.headers_mut().insert(CONNECTION, CLOSE);
        }
        // Answers are about people; no proxy keeps them.
        response.headers_mut().entry(CACHE_CONTROL).or_insert(NO_STORE);
        self.metrics.http(method, response.status().as_u16(), began.elapsed());
        Ok(response)
    }

    /// Lets a request through to MCP, or refuses it.
    async fn admit(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        is_encrypted: bool,
    ) -> Result<Response<Body>, Box<Response<Body>>> {
        let (mut parts, body) = request.into_parts();
        if parts.headers.get_all(HOST).iter().count() != 1 {
            return Err(refused(StatusCode::BAD_REQUEST, None, "one Host header is needed"));
        }
        if !self.may_speak(peer.ip(), is_encrypted) {
            let why = "this server is reached through its proxy, or over TLS";
            return Err(refused(StatusCode::FORBIDDEN, None, why));
        }
        if parts.uri.path().starts_with(WELL_KNOWN) {
            let metadata = self.access.metadata(&parts.method, parts.uri.path());
            let none = || *refused(StatusCode::NOT_FOUND, None, "there is no such metadata");
            return Ok(metadata.unwrap_or_else(none));
        }
        let address = address::client(peer.ip(), &parts.headers, &self.trusted);
        let path = parts.uri.path().to_owned();
        let identity = self.access.identify(&mut parts.headers, &path).await;
        let identity = identity.map_err(|denied| self.deny(denied, &path, address))?;
        let found = self.tenant(&path, &identity, address);
        let operation = Operation::default();
        let mut sender = Sender { caller: identity.caller, address: Some(address), operation };
        if parts.method != Method::POST {
            let (_, mcp) = found?;
            return Ok(ask(mcp.clone(), parts, Bytes::new(), &mut Taken::default(), None).await);
        }
        let body = read(body).await?;
        let envelope = Envelope::read(&body).map_err(unreadable)?;
        let id = envelope.id;
        let is_call = envelope.method == "tools/call";
        let (tenant, mcp) = match found {
            Err(refused) if is_call => {
                self.record(&sender, None, "forbidden");
                return Err(refused);
            }
            found => found?,
        };
        let person = sender.caller.person();
        if let Some(cancelled) = envelope.cancels()
            && let Some(key) = Key::new(&person, &parts.headers, cancelled)
        {
            self.running.cancel(&key);
        }
        let method = mcp_method(&envelope.method);
        let operation = self.metrics.operation(tenant, method, version(&parts.headers));
        sender.operation = operation.clone();
        let mut taken = Taken { _counted: operation.clone(), ..Taken::default() };
        let structure = Structure::default();
        if is_call {
            parts.extensions.insert(structure.clone());
            taken.place = Some(self.places.take(&person).ok_or_else(|| {
                self.record(&sender, Some(tenant), "too_many_calls");
                operation.failed(i32::from(StatusCode::TOO_MANY_REQUESTS.as_u16()));
                too_many(id)
            })?);
            taken.call = id
                .and_then(|id| Key::new(&person, &parts.headers, id))
                .map(|key| self.running.enter(key));
        }
        let is_initialize = envelope.method == "initialize";
        accept_any(&mut parts.headers);
        parts.extensions.insert(sender);
        tracing::debug!(method, tenant, "a request");
        let mut response = ask(mcp.clone(), parts, body.clone(), &mut taken, id).await;
        if is_call {
            response = answer::filled(response, structure).await;
        }
        let status = response.status();
        if !status.is_success() {
            operation.failed(i32::from(status.as_u16()));
        } else if !is_call {
            // How a call ended is known where it is made.
            operation.answered();
        }
        if is_initialize
            && status == StatusCode::OK
            && let Some(session) = cancel::session()
        {
            response.headers_mut().insert(cancel::SESSION, session);
        }
        Ok(response.map(|body| Held::new(body, taken).boxed()))
    }

    /// Leaves the line of a call that is refused before MCP reads it.
    fn record(&self, sender: &Sender, tenant: Option<&str>, outcome: &str) {
        if let Some(audit) = &self.audit {
            let mut call = Call::new(Arc::clone(&sender.caller));
            call.address = sender.address;
            // There is no answer that could be kept back; the failure is in the log.
            let _ = Attempt::begin(audit, &call, tenant, UNREAD, None).end(outcome, 0, false);
        }
    }

    /// Returns whether a peer may speak without TLS: where others than this computer reach the
    /// server, only the proxies that end TLS for it.
    fn may_speak(&self, peer: IpAddr, is_encrypted: bool) -> bool {
        is_encrypted
            || peer.to_canonical().is_loopback()
            || address::is_trusted(peer, &self.trusted)
    }

    /// Counts a caller who is not let in, and answers.
    fn deny(&self, denied: Denied, path: &str, address: IpAddr) -> Box<Response<Body>> {
        self.metrics.denied(denied.as_str());
        let reason = denied.as_str();
        match denied {
            // So every client of OAuth begins.
            Denied::Missing => tracing::debug!(reason, %address, "a caller is not let in"),
            _ => tracing::info!(reason, %address, "a caller is not let in"),
        }
        Box::new(self.access.refuse(denied, path))
    }

    /// Finds the tenant that a path names, if this caller may ask it. What there is not and what is
    /// forbidden give the same answer.
    fn tenant(
        &self,
        path: &str,
        Identity { caller, has_scopes }: &Identity,
        address: IpAddr,
    ) -> Result<(&str, &Mcp), Box<Response<Body>>> {
        if !has_scopes {
            return Err(self.deny(Denied::Scope, path, address));
        }
        let found = self.tenants.get(path);
        if let Some((tenant, mcp)) = found.filter(|(tenant, _)| caller.role.may_ask(tenant)) {
            return Ok((tenant, mcp));
        }
        if caller.role.may_nothing() {
            self.metrics.denied(Denied::Role.as_str());
        }
        Err(if path.ends_with("/mcp") {
            refused(StatusCode::FORBIDDEN, None, "you may not use this tenant, or there is none")
        } else {
            refused(StatusCode::NOT_FOUND, None, "nothing is here; MCP is at /mcp")
        })
    }
}

/// Asks MCP, until the call is cancelled.
async fn ask(
    mut mcp: Mcp,
    parts: request::Parts,
    body: Bytes,
    taken: &mut Taken,
    id: Option<&RawValue>,
) -> Response<Body> {
    let asked = mcp.call(Request::from_parts(parts, full(body)));
    let response = match &taken.call {
        None => asked.await,
        Some(call) => tokio::select! {
            biased;
            () = call.cancelled.cancelled() => {
                *taken = Taken::default();
                return refuse(StatusCode::OK, REFUSED, id, "cancelled");
            }
            response = asked => response,
        },
    };
    let Ok(response) = response;
    worded(response, id).await
}

/// Reads a whole message.
async fn read(body: Incoming) -> Result<Bytes, Box<Response<Body>>> {
    let whole = timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await;
    match whole {
        Ok(Ok(body)) => Ok(Collected::to_bytes(body)),
        Ok(Err(problem)) if problem.is::<LengthLimitError>() => {
            let message = format!("the message is larger than {LARGEST_BODY} bytes");
            Err(refused(StatusCode::PAYLOAD_TOO_LARGE, None, &message))
        }
        Ok(Err(_)) => Err(refused(StatusCode::BAD_REQUEST, None, "the message broke off")),
        Err(_) => {
            Err(refused(StatusCode::REQUEST_TIMEOUT, None, "the message did not arrive in time"))
        }
    }
}

fn refused(status: StatusCode, id: Option<&RawValue>, message: &str) -> Box<Response<Body>> {
    Box::new(refuse(status, INVALID_REQUEST, id, message))
}

fn unreadable(problem: Unreadable) -> Box<Response<Body>> {
    let (code, message) = match problem {
        Unreadable::NotJson => (PARSE_ERROR, "the message is not JSON"),
        Unreadable::Batch => (INVALID_REQUEST, "send one message at a time, not a batch"),
    };
    Box::new(refuse(StatusCode::BAD_REQUEST, code, None, message))
}

fn too_many(id: Option<&RawValue>) -> Box<Response<Body>> {
    let message = format!("you have {AT_ONCE} calls on the way; wait for one to end");
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, REFUSED, id, &message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    Box::new(response)
}

/// Replaces the header by what the SDK asks for where a client accepts anything.
fn accept_any(headers: &mut HeaderMap) {
    let accepts_any = |value: &HeaderValue| {
        let mut types = value.to_str().unwrap_or_default().split(',');
        types.any(|it| it.split(';').next().is_some_and(|it| it.trim() == "*/*"))
    };
    if headers.get_all(ACCEPT).iter().any(accepts_any) {
        headers.insert(ACCEPT, ACCEPTED);
    }
}
