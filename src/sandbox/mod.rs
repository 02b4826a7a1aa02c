//! Stands in for wolkvox: a small HTTP server on this computer with fictitious customers.
//!
//! It answers as wolkvox's pages say that wolkvox does: same path, header, body, envelope, codes
//! and messages, at most two requests at a time, pages of at most 250. It shares no code with the
//! client, so that neither can hide the other's mistake.
//!
//! It fails on request: a search for the field `sandbox_fault` with the name of a [`Fault`] as the
//! value is answered by that fault. Tests can also script faults by the number of the request.

mod data;
mod faults;
mod obligations;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

pub use self::faults::Fault;
use self::obligations::Obligation;

/// The sandbox's default operation; it accepts any.
pub const OPERATION: &str = "sandbox";

/// The evening of the day on which the sandbox's data were "exported": it is always now there.
pub const NOW: &str = "2026-11-20T20:10:00-05:00[America/Bogota]";

const TOKEN: &str = "sandbox-token-not-a-secret";
const QUERY_GESTION: &str = "/server/API/v2/collections/queryGestion.php";
const QUERY_OBLIGATION: &str = "/server/API/v2/collections/queryObligation.php";
const TOKEN_INFORMATION: &str = "/server/API/v2/token/tokenInformation.php";
const CALLS_A_DAY: u64 = 4_800;
const FAULT_FIELD: &str = "sandbox_fault";
const MOST_AT_ONCE: usize = 2;
const LARGEST_PAGE: u64 = 250;
const LARGEST_BODY: usize = 64 * 1024;
/// How long to wait where the system has no descriptor left for another connection.
const EXHAUSTED: Duration = Duration::from_millis(100);

type Response = http::Response<Full<Bytes>>;

/// A running sandbox; it stops when it is dropped.
pub struct Sandbox {
    address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

type Script = dyn Fn(u64) -> Option<Fault> + Send + Sync;

struct Shared {
    gestiones: Vec<Map<String, Value>>,
    obligations: Vec<Obligation>,
    script: Box<Script>,
    requests: AtomicU64,
    at_once: AtomicUsize,
    peak: AtomicUsize,
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1, inside the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start() -> io::Result<Self> {
        Self::with_script(|_| None).await
    }

    /// Starts a sandbox whose request number `n`, from 0, fails with `script(n)`.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn with_script(
        script: impl Fn(u64) -> Option<Fault> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            gestiones: data::gestiones(),
            obligations: obligations::obligations(),
            script: Box::new(script),
            requests: AtomicU64::new(0),
            at_once: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        });
        // It runs until the sandbox is dropped, which aborts it.
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Returns its address, such as `http://127.0.0.1:40000`.
    pub fn url(&self) -> String {
        self.address.clone()
    }

    /// Returns the only token that it accepts.
    pub fn token(&self) -> &str {
        TOKEN
    }

    /// Counts the requests that reached it.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Returns the most requests that it had at once.
    pub fn peak(&self) -> usize {
        self.shared.peak.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves whoever connects.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => _ = tokio::spawn(speak(stream, Arc::clone(&shared))),
            Err(_) => sleep(EXHAUSTED).await,
        }
    }
}

async fn speak(stream: TcpStream, shared: Arc<Shared>) {
    // Without it a large answer waits for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move {
            let (parts, body) = request.into_parts();
            let body =
                Limited::new(body, LARGEST_BODY).collect().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>(answer(&shared, &parts, &body.to_bytes()).await)
        }
    });
    // What breaks a connection is the client's to know.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
}

/// A request being handled; it stops counting on drop, also when its connection is lost.
struct Place<'a> {
    shared: &'a Shared,
    at_once: usize,
}

impl<'a> Place<'a> {
    fn take(shared: &'a Shared) -> Self {
        let at_once = shared.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        shared.peak.fetch_max(at_once, Ordering::SeqCst);
        Self { shared, at_once }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.shared.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers one request: wolkvox's checks in wolkvox's order, then the search.
async fn answer(
    shared: &Shared,
    Parts { method, uri, headers, .. }: &Parts,
    body: &[u8],
) -> Response {
    let number = shared.requests.fetch_add(1, Ordering::SeqCst);
    let place = Place::take(shared);
    if let Some(fault) = (shared.script)(number)
        && let Some(response) = fault.play().await
    {
        return response;
    }
    if ![QUERY_GESTION, QUERY_OBLIGATION, TOKEN_INFORMATION].contains(&uri.path()) {
        return refuse(400, "BAD REQUEST", "THE API YOU WANT TO CONSULT DOES NOT EXIST");
    }
    if *method != Method::POST {
        return refuse(405, "METHOD NOT ALLOWED", "METHOD NOT ALLOWED");
    }
    match headers.get("wolkvox-token") {
        None => return refuse(401, "UNAUTHORIZED", "PLEASE ENTER THE WOLKVOX-TOKEN"),
        Some(token) if token.as_bytes() != TOKEN.as_bytes() => {
            return refuse(403, "FORBIDDEN", "PLEASE VALIDATE TOKEN");
        }
        Some(_) if place.at_once > MOST_AT_ONCE => {
            let words = "EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)";
            return refuse(403, "FORBIDDEN", words);
        }
        Some(_) => {}
    }
    if uri.path() == TOKEN_INFORMATION {
        return match uri.query() {
            Some(query) if query.starts_with("operation=") => token_information(number + 1),
            _ => missing(),
        };
    }
    let Some(body) = Body::read(body) else {
        return missing();
    };
    match uri.path() {
        QUERY_OBLIGATION => obligation(shared, &body),
        _ => gestion(shared, &body).await,
    }
}

fn missing() -> Response {
    refuse(400, "BAD REQUEST", "SOME PARAMETERS ARE REQUIRED")
}

/// Answers `tokenInformation.php`, whose `data` is an object.
fn token_information(used: u64) -> Response {
    let data = json!({
        "description": "sandbox",
        "token_limit": CALLS_A_DAY,
        "token_use_today": used,
        "available_consumition_options": CALLS_A_DAY.saturating_sub(used),
        "hours_to_restart_count": 15,
    });
    send(StatusCode::OK, &json!({ "code": "200", "error": null, "msg": "", "data": data }))
}

/// Answers `queryGestion.php`.
async fn gestion(shared: &Shared, body: &Body) -> Response {
    let (Some(field), Some(value)) = (body.text("field"), body.text("value")) else {
        return missing();
    };
    if field == FAULT_FIELD {
        let Some(fault) = Fault::named(&value) else {
            return refuse(400, "BAD REQUEST", "THERE IS NO SUCH FAULT");
        };
        if let Some(response) = fault.play().await {
            return response;
        }
    }
    let matches = |gestion: &&Map<String, Value>| match gestion.get(&field) {
        Some(Value::String(text)) => *text == value,
        Some(Value::Number(number)) => number.to_string() == value,
        _ => false,
    };
    body.page(shared.gestiones.iter().filter(matches).collect())
}

/// Answers `queryObligation.php`.
fn obligation(shared: &Shared, body: &Body) -> Response {
    let (Some(id), Some(case_file)) = (body.text("obligation"), body.text("wolkvox_id")) else {
        return missing();
    };
    let matches = |it: &&Obligation| it.id == id && it.case_file == case_file;
    body.page(shared.obligations.iter().filter(matches).map(|it| &it.shown).collect())
}

/// A request's body.
struct Body {
    keys: Map<String, Value>,
    limit: u64,
    page: u64,
}

impl Body {
    fn read(bytes: &[u8]) -> Option<Self> {
        let keys: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
        let number = |name, default| keys.get(name).map_or(Some(default), Value::as_u64);
        let (limit, page) = (number("limit", LARGEST_PAGE)?, number("page", 1)?);
        let body = Self { keys, limit, page };
        body.text("operation").is_some().then_some(body)
    }

    /// Returns a key's text; a number counts as its digits.
    fn text(&self, name: &str) -> Option<String> {
        match self.keys.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Sends the page of what was found that the body asks for.
    fn page<T: Serialize>(&self, found: Vec<T>) -> Response {
        if !(1..=LARGEST_PAGE).contains(&self.limit) || self.page == 0 {
            let words = "REQUESTED RANGE NOT SATISFIABLE";
            return refuse(416, words, words);
        }
        let total = found.len() as u64;
        let skipped = usize::try_from((self.page - 1).saturating_mul(self.limit));
        let size = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let page: Vec<_> =
            found.into_iter().skip(skipped.unwrap_or(usize::MAX)).take(size).collect();
        let words = format!("{} records were are found", page.len());
        let envelope = match total {
            0 => json!({ "code": "200", "error": "null", "msg": words, "data": [] }),
            total => json!({
                "code": "200",
                "error": "null",
                "page": self.page,
                "Total records": total,
                "Total pages": total.div_ceil(self.limit),
                "msg": words,
                "data": page,
            }),
        };
        send(StatusCode::OK, &envelope)
    }
}

fn refuse(code: u16, error: &str, words: &str) -> Response {
    let envelope = json!({ "code": code.to_string(), "error": error, "msg": words });
    send(StatusCode::from_u16(code).unwrap_or(StatusCode::FORBIDDEN), &envelope)
}

fn send(status: StatusCode, envelope: &Value) -> Response {
    typed(status, "application/json", envelope.to_string())
}

fn typed(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
