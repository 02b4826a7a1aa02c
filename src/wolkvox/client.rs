//! Sends requests: one method per endpoint, one request per call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use serde::Serialize;
use url::Url;

use super::failure::{Failure, Retry, retry_after};
use super::query::{FieldName, FieldValue, GestionQuery, ObligationQuery, Operation, Query};
use super::reply::{Page, Reply};
use super::tls::{Handshake, RootCertificates};
use super::token::{Token, TokenSource};
use super::token_information::TokenInformation;
use super::{body, http, transport_error};
use crate::error::{Error, Outage, ReplyDefect, SettingError, internal};
use crate::offload::offload;
use crate::server_url::ServerUrl;

/// Most records that wolkvox puts on one page.
pub const PAGE_SIZE: u32 = 250;
/// Reading more bytes than this takes milliseconds; a usual page has fewer.
const LARGE_REPLY: usize = 512 * 1024;
/// Such a reply, packed as well as JSON can be.
const LARGE_PACKED_REPLY: usize = 16 * 1024;
/// Most bytes of one reply that are read, after decompression.
pub const LARGEST_REPLY: usize = 16 * 1024 * 1024;

const TOKEN_HEADER: HeaderName = HeaderName::from_static("wolkvox-token");

/// A client of one tenant's server.
#[derive(Debug)]
pub struct Client {
    http: http::Http,
    server: ServerUrl,
    token: TokenSource,
    query_gestion: Endpoint,
    query_obligation: Endpoint,
    token_information: Endpoint,
}

/// An endpoint's address and method. wolkvox documents POST and GET for each, differently
/// from page to page: POST is tried first, and after a 405 the other one, which is then remembered.
#[derive(Debug)]
struct Endpoint {
    url: Url,
    uses_get: AtomicBool,
}

impl Endpoint {
    fn new(server: &ServerUrl, path: &str) -> Self {
        Self { url: server.endpoint(path), uses_get: AtomicBool::new(false) }
    }

    fn method(&self) -> Method {
        if self.uses_get.load(Ordering::Relaxed) { Method::GET } else { Method::POST }
    }

    /// Remembers that the server refused a method. Two calls may learn it at the same time, so the
    /// other method is stored and not the present one turned around.
    fn use_other_than(&self, refused: &Method) {
        self.uses_get.store(*refused == Method::POST, Ordering::Relaxed);
    }
}

impl Client {
    /// Starts to prepare a client. Loading the system's root certificates takes milliseconds, so
    /// it happens on a thread of its own; the first request waits for it.
    pub fn new(server: ServerUrl, token: TokenSource, roots: RootCertificates) -> Self {
        Self {
            http: http::Http::prepare(server.clone(), roots),
            query_gestion: Endpoint::new(&server, "collections/queryGestion.php"),
            query_obligation: Endpoint::new(&server, "collections/queryObligation.php"),
            token_information: Endpoint::new(&server, "token/tokenInformation.php"),
            server,
            token,
        }
    }

    /// Prepares a client of a server on this computer, such as the sandbox.
    ///
    /// # Errors
    ///
    /// What is wrong with the address or the token.
    pub fn local(address: &str, token: &str) -> Result<Self, SettingError> {
        let server = ServerUrl::parse(address, None).map_err(SettingError::Address)?;
        let token = TokenSource::Fixed(Token::parse(token).map_err(SettingError::Token)?);
        Ok(Self::new(server, token, RootCertificates::default()))
    }

    /// Sets how long a connection that is kept from an earlier request may be silent, at least,
    /// before it can count as dead: [`Retry::NewConnection`] then. Without it every request waits
    /// for as long as its caller does.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.http.patience = patience;
        self
    }

    /// Forgets the connections that are kept, so that the next request makes a new one.
    pub async fn renew_connections(&self) {
        self.http.renew().await;
    }

    /// Returns the token that the next request will carry.
    ///
    /// # Errors
    ///
    /// `token_rejected` if its file cannot be used.
    pub fn token(&self) -> Result<Token, Error> {
        self.token.current()
    }

    /// Asks for one page of what a query matches, `page` counting from 1; without a page only the
    /// documented keys are sent. A server that wants the other method is not asked again here:
    /// [`Retry::OtherMethod`] says so, and the next call uses it.
    ///
    /// # Errors
    ///
    /// The kinds from `token_rejected` to `unexpected_reply`; never `invalid_input`.
    pub async fn page(&self, query: &Query, page: Option<u32>) -> Result<Page, Failure> {
        let answer = match query {
            Query::Gestion(query) => self.query_gestion(query, page).await,
            Query::Obligation(query) => self.query_obligation(query, page).await,
        };
        match page {
            None | Some(1) => Ok(answer?.into_first()?),
            Some(_) => answer,
        }
    }

    /// Asks `queryGestion.php` for one page of gestiones, as [`Client::page`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Client::page`].
    pub async fn query_gestion(
        &self,
        query: &GestionQuery,
        page: Option<u32>,
    ) -> Result<Page, Failure> {
        let GestionQuery { operation, field, value } = query;
        let body = GestionBody { operation, field, value, paging: Paging::of(page) };
        self.ask(&self.query_gestion, &body).await
    }

    /// Asks `queryObligation.php` for one page of obligations, as [`Client::page`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Client::page`].
    pub async fn query_obligation(
        &self,
        query: &ObligationQuery,
        page: Option<u32>,
    ) -> Result<Page, Failure> {
        let ObligationQuery { operation, obligation, case_file } = query;
        let paging = Paging::of(page);
        let body = ObligationBody { operation, obligation, wolkvox_id: case_file, paging };
        self.ask(&self.query_obligation, &body).await
    }

    /// Asks `tokenInformation.php` for the token's calls of today. The question itself costs one.
    ///
    /// # Errors
    ///
    /// Those of [`Client::page`].
    pub async fn token_information(
        &self,
        operation: &Operation,
    ) -> Result<TokenInformation, Failure> {
        let endpoint = &self.token_information;
        let mut url = endpoint.url.clone();
        url.query_pairs_mut().append_pair("operation", operation.as_str());
        let page = self.send(endpoint, url, Vec::new()).await?;
        Ok(TokenInformation::read(page.records.first()))
    }

    /// Returns the server that is asked.
    pub fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Connects with a HEAD request that carries no token, and returns what the TLS handshake showed.
    ///
    /// # Errors
    ///
    /// `unavailable` if there was no handshake; what is answered after it does not matter.
    pub async fn probe_tls(&self) -> Result<Option<Handshake>, Error> {
        self.http.probe(self.server.endpoint("")).await
    }

    /// Returns the last certificate of the server's that was not trusted, DER.
    pub fn distrusted_certificate(&self) -> Option<Vec<u8>> {
        self.http.distrusted()
    }

    async fn ask(&self, endpoint: &Endpoint, body: &impl Serialize) -> Result<Page, Failure> {
        let body = serde_json::to_vec(body).map_err(|_| internal("a request cannot be written"))?;
        self.send(endpoint, endpoint.url.clone(), body).await
    }

    async fn send(&self, endpoint: &Endpoint, url: Url, body: Vec<u8>) -> Result<Page, Failure> {
        let token = self.token.current()?;
        let header = token.header().ok_or_else(|| internal("a token is no header value"))?;
        let method = endpoint.method();
        let request = |client: reqwest::Client| {
            client
                .request(method.clone(), url)
                .header(TOKEN_HEADER, header)
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT_ENCODING, "gzip")
                .body(body)
        };
        let mut answer = read(self.http.send(request).await?, token).await;
        if let Err(Failure { error: Error::TokenRejected(_), .. }) = &answer {
            self.token.rejected();
        }
        if let Err(Failure { error: Error::Rejected { code: 405, .. }, retry }) = &mut answer {
            endpoint.use_other_than(&method);
            *retry = Retry::OtherMethod;
        }
        answer
    }
}

/// Reads one reply to its end.
async fn read(mut response: reqwest::Response, token: Token) -> Result<Page, Failure> {
    let status = response.status().as_u16();
    if response.status().is_redirection() {
        return Err(Error::UnexpectedReply(ReplyDefect::Redirect { status }).into());
    }
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    let wait = response.headers().get(RETRY_AFTER);
    let wait = wait.and_then(|header| retry_after(header, Timestamp::now()));
    let retry = wait.map_or(Retry::Unsaid, Retry::After);
    let page = match received(&mut response).await {
        Ok(body) => {
            let is_large = body.len() > LARGE_REPLY
                || body::is_packed(&body) && body.len() > LARGE_PACKED_REPLY;
            let read = move || {
                let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
                let body = body::unpack(&body, LARGEST_REPLY).map_err(Error::UnexpectedReply)?;
                Reply { status, content_type, body: &body }.read(Some(&token))
            };
            offload(is_large, read).await?
        }
        Err(error) => Err(error),
    };
    page.map_err(|error| Failure { error: by_status(error, status, retry), retry })
}

/// Receives a body, as far as the limit.
async fn received(response: &mut reqwest::Response) -> Result<Vec<u8>, Error> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(LARGE_REPLY));
    let cut = |problem: reqwest::Error| transport_error::of(&problem);
    while let Some(chunk) = response.chunk().await.map_err(cut)? {
        if body.len() + chunk.len() > LARGEST_REPLY {
            return Err(Error::UnexpectedReply(ReplyDefect::TooLarge { limit: LARGEST_REPLY }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Puts a server's failing status above what its body was like: whatever cannot be read of a 5xx,
/// it may pass. So may a 503 that says when to come back.
fn by_status(error: Error, status: u16, retry: Retry) -> Error {
    let is_unread =
        matches!(error, Error::UnexpectedReply(_) | Error::Unavailable { outage: Outage::CutOff });
    let comes_back = matches!((&error, retry), (Error::Maintenance(_), Retry::After(_)));
    if status == 503 && comes_back || status >= 500 && is_unread {
        Error::Unavailable { outage: Outage::Status(status) }
    } else {
        error
    }
}

/// The body of a request to `queryGestion.php`.
#[derive(Serialize)]
struct GestionBody<'a> {
    operation: &'a Operation,
    field: &'a FieldName,
    value: &'a FieldValue,
    #[serde(flatten)]
    paging: Option<Paging>,
}

/// The body of a request to `queryObligation.php`.
#[derive(Serialize)]
struct ObligationBody<'a> {
    operation: &'a Operation,
    obligation: &'a FieldValue,
    wolkvox_id: &'a FieldValue,
    #[serde(flatten)]
    paging: Option<Paging>,
}

/// The keys that ask for one page; numbers, all else is text.
#[derive(Serialize)]
struct Paging {
    limit: u32,
    page: u32,
}

impl Paging {
    fn of(page: Option<u32>) -> Option<Self> {
        page.map(|page| Self { limit: PAGE_SIZE, page })
    }
}
