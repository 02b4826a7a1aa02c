//! Where clients learn how to log in: OAuth 2.0 Protected Resource Metadata (RFC 9728).
//!
//! An endpoint's metadata is made from its address alone. Whether there is such a tenant stays unsaid:
//! these answers are for everybody.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW,
    CONTENT_TYPE, HeaderValue,
};
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::super::endpoint::Endpoint;
use super::super::refusal::{Body, JSON, full};

/// Where the metadata is, before the endpoint's path (RFC 9728, section 3.1).
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
/// The path of the only endpoint.
const ALONE: &str = "/mcp";
const READ: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
const ANY: HeaderValue = HeaderValue::from_static("*");

#[derive(Serialize)]
struct Metadata<'a> {
    resource: String,
    authorization_servers: [&'a str; 1],
    bearer_methods_supported: [&'a str; 1],
    resource_name: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes_supported: &'a [String],
}

/// The server's addresses, as clients know them.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    /// How clients reach the server, without a slash at the end.
    base: String,
    is_alone: bool,
}

impl Resources {
    /// Returns the addresses of a server that clients reach by this URL, with one endpoint or several.
    pub(super) fn new(url: &url::Url, is_alone: bool) -> Self {
        Self { base: url.as_str().trim_end_matches('/').to_owned(), is_alone }
    }

    /// Returns the path of the endpoint that a request means.
    fn endpoint<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.is_alone { Some(ALONE) } else { Some(path).filter(|path| Endpoint::is_path(path)) }
    }

    /// Returns the address of the endpoint that a request means: what its tokens are for.
    pub(super) fn resource(&self, path: &str) -> Option<String> {
        self.endpoint(path).map(|path| format!("{}{path}", self.base))
    }

    /// Returns where the metadata of that endpoint is.
    pub(super) fn metadata(&self, path: &str) -> Option<String> {
        self.endpoint(path).map(|path| format!("{}{WELL_KNOWN}{path}", self.base))
    }

    /// Returns the endpoint whose metadata is at this path. The only one's is at the root too.
    fn described<'a>(&self, path: &'a str) -> Option<&'a str> {
        let path = path.strip_prefix(WELL_KNOWN)?;
        if self.is_alone {
            matches!(path, "" | ALONE).then_some(ALONE)
        } else {
            Endpoint::is_path(path).then_some(path)
        }
    }

    /// Answers a request for metadata, if there is any at this path.
    pub(super) fn answer(
        &self,
        method: &Method,
        path: &str,
        issuer: &str,
        scopes: &[String],
    ) -> Option<Response<Body>> {
        let endpoint = self.described(path)?;
        let mut response = match *method {
            Method::GET | Method::HEAD => {
                let metadata = Metadata {
                    resource: format!("{}{endpoint}", self.base),
                    authorization_servers: [issuer],
                    bearer_methods_supported: ["header"],
                    resource_name: "wolkvox",
                    scopes_supported: scopes,
                };
                let json = serde_json::to_string(&metadata).unwrap_or_default();
                let mut response = Response::new(full(json));
                response.headers_mut().insert(CONTENT_TYPE, JSON);
                response
            }
            Method::OPTIONS => status(StatusCode::NO_CONTENT),
            _ => status(StatusCode::METHOD_NOT_ALLOWED),
        };
        let headers = response.headers_mut();
        headers.insert(ALLOW, READ);
        // Clients in a browser read it too, and send headers of MCP with the request.
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, READ);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, ANY);
        Some(response)
    }
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(""));
    *response.status_mut() = status;
    response
}
