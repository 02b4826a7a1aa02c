//! Answers one HTTP request: who asks, what for, and whether that may be; then MCP.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{ACCEPT, CACHE_CONTROL, CONNECTION, HOST, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode, request};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use serde_json::value::RawValue;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use super::auth::{Access, Denied, Identity};
use super::cancel::{self, Key, Running};
use super::endpoint::Endpoint;
use super::held::{Held, Taken};
use super::labels::{http_method, mcp_method, version};
use super::message::Envelope;
use super::names::Names;
use super::places::Places;
use super::refusal::{
    Body, CLOSE, INVALID_REQUEST, REFUSED, full, refuse, too_many, unreadable, worded,
};
use super::{address, answer, body, recorded};
use crate::audit::{Attempt, Audit};
use crate::caller::{Recorded, Sender};
use crate::mcp::{Server, Structure};
use crate::metrics::{Metrics, Operation};
use crate::shared::Shared;

/// Where metadata would be (RFC 8615).
const WELL_KNOWN: &str = "/.well-known/";
/// What the audit log calls the tool of a call to a tenant that there is not.
const UNREAD: &str = "(unread)";
/// How the audit log says that the SDK refused a call for its headers or its form.
const NO_CALL: &str = "refused";
/// What a client must accept; the SDK takes it by these names only.
const ACCEPTED: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

type Mcp = StreamableHttpService<Arc<Server>, NeverSessionManager>;

/// A tenant, and what answers for it.
struct Tenant {
    id: String,
    server: Arc<Server>,
    mcp: Mcp,
}

/// What answers requests.
pub struct Service {
    tenants: HashMap<String, Tenant>,
    access: Access,
    trusted: Vec<ipnet::IpNet>,
    audit: Option<Audit>,
    running: Running,
    places: Places,
    metrics: Metrics,
    /// The requests that are being answered, once their messages are read.
    requests: TaskTracker,
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
                .with_max_request_body_bytes(body::LARGEST);
            let handed = Arc::clone(&server);
            let mcp = Mcp::new(move || Ok(Arc::clone(&handed)), Arc::default(), config);
            (path, Tenant { id: tenant, server, mcp })
        });
        Self {
            tenants: tenants.collect(),
            access,
            trusted,
            audit,
            running: Running::new(shared),
            places: Places::default(),
            metrics,
            requests: TaskTracker::new(),
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
        self.requests.close();
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

    /// Waits until no request is being answered.
    pub(super) async fn idle(&self) {
        self.requests.wait().await;
    }

    /// Returns whether no request is being answered.
    pub(super) fn is_idle(&self) -> bool {
        self.requests.is_empty()
    }

    /// Answers one request of a peer.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        is_encrypted: bool,
    ) -> Result<Response<Body>, Infallible> {
        let (began, method) = (Instant::now(), http_method(request.method()));
        let (parts, mut body) = request.into_parts();
        let admitted = self.admit(parts, &mut body, peer, is_encrypted).await;
        let mut response = match admitted {
            Ok(response) => response,
            Err(mut refused) => {
                // A message that is left unread ends its connection, and the client must know.
                let is_told = refused.headers().contains_key(CONNECTION);
                if !is_told && body::read(&mut body).await.is_err() {
                    refused.headers_mut().insert(CONNECTION, CLOSE);
                }
                tracing::debug!(status = refused.status().as_u16(), "a request is refused");
                *refused
            }
        };
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
        mut parts: request::Parts,
        body: &mut Incoming,
        peer: SocketAddr,
        is_encrypted: bool,
    ) -> Result<Response<Body>, Box<Response<Body>>> {
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
        let (operation, recorded) = (Operation::default(), Recorded::default());
        let mut sender =
            Sender { caller: identity.caller, address: Some(address), operation, recorded };
        if parts.method != Method::POST {
            let mcp = found?.mcp.clone();
            return Ok(ask(mcp, parts, Bytes::new(), &mut Taken::default(), None).await);
        }
        let body = body::read(body).await?;
        let answering = self.requests.token();
        let envelope = Envelope::read(&body).map_err(unreadable)?;
        let id = envelope.id;
        let is_call = envelope.method == "tools/call";
        let tenant = match found {
            Err(refused) if is_call => {
                let tried = self.tenants.get(&path);
                self.record(&sender, tried, &envelope, &parts.headers, "forbidden");
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
        let operation = self.metrics.operation(&tenant.id, method, version(&parts.headers));
        sender.operation = operation.clone();
        let mut taken =
            Taken { _counted: operation.clone(), _answering: Some(answering), ..Taken::default() };
        let structure = Structure::default();
        if is_call {
            parts.extensions.insert(structure.clone());
            taken.place = Some(self.places.take(&person).ok_or_else(|| {
                let outcome = "too_many_calls";
                self.record(&sender, Some(tenant), &envelope, &parts.headers, outcome);
                operation.failed(i32::from(StatusCode::TOO_MANY_REQUESTS.as_u16()));
                too_many(id)
            })?);
            taken.call = id
                .and_then(|id| Key::new(&person, &parts.headers, id))
                .map(|key| self.running.enter(key));
        }
        let is_initialize = envelope.method == "initialize";
        accept_any(&mut parts.headers);
        parts.extensions.insert(sender.clone());
        tracing::debug!(method, tenant = tenant.id, "a request");
        let may_record = is_call && self.audit.is_some();
        let kept = if may_record { recorded::kept(&parts.headers) } else { HeaderMap::new() };
        let mut response = ask(tenant.mcp.clone(), parts, body.clone(), &mut taken, id).await;
        if is_call {
            response = answer::filled(response, structure).await;
        }
        let status = response.status();
        if !status.is_success() {
            if may_record && !sender.recorded.is_set() {
                self.record(&sender, Some(tenant), &envelope, &kept, NO_CALL);
            }
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

    /// Leaves the line of a call that is refused before MCP makes it, with what it says of itself.
    fn record(
        &self,
        sender: &Sender,
        tenant: Option<&Tenant>,
        envelope: &Envelope<'_>,
        headers: &HeaderMap,
        outcome: &str,
    ) {
        let Some(audit) = &self.audit else { return };
        let (call, tool) = recorded::call(sender, envelope, headers);
        match tenant {
            Some(tenant) => tenant.server.refused(&call, tool.as_deref(), outcome),
            None => {
                // There is no answer that could be kept back; the failure is in the log.
                let _ = Attempt::begin(audit, &call, None, UNREAD, None).end(outcome, 0, false);
            }
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
    ) -> Result<&Tenant, Box<Response<Body>>> {
        if !has_scopes {
            return Err(self.deny(Denied::Scope, path, address));
        }
        let found = self.tenants.get(path);
        if let Some(tenant) = found.filter(|tenant| caller.role.may_ask(&tenant.id)) {
            return Ok(tenant);
        }
        if caller.role.may_nothing() {
            self.metrics.denied(Denied::Role.as_str());
        }
        Err(if path.ends_with("/mcp") {
            refused(StatusCode::FORBIDDEN, None, "you may not use this tenant, or there is none")
        } else {
            refused(StatusCode::NOT_FOUND, None, "nothing is here; the path of MCP ends in /mcp")
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

fn refused(status: StatusCode, id: Option<&RawValue>, message: &str) -> Box<Response<Body>> {
    Box::new(refuse(status, INVALID_REQUEST, id, message))
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
