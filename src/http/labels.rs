//! What log and metrics call what a client sent, which may be anything: a name from a closed list.

use http::{HeaderMap, Method};
use rmcp::model::ProtocolVersion;

/// The methods that a client may call.
const METHODS: [&str; 14] = [
    "completion/complete",
    "initialize",
    "logging/setLevel",
    "notifications/cancelled",
    "notifications/initialized",
    "ping",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "server/discover",
    "tools/call",
    "tools/list",
];

/// Returns a method's name for log and metrics, if it is one of MCP's: a client may send anything.
pub(super) fn mcp_method(method: &str) -> &'static str {
    METHODS.into_iter().find(|known| *known == method).unwrap_or("(another)")
}

/// Returns an HTTP method's name for the metrics.
pub(super) fn http_method(method: &Method) -> &'static str {
    ["GET", "POST", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("_OTHER")
}

/// Returns the revision that a request names, if it is one of MCP's.
pub(super) fn version(headers: &HeaderMap) -> Option<&'static str> {
    let named = headers.get("mcp-protocol-version")?.to_str().ok()?;
    ProtocolVersion::KNOWN_VERSIONS.iter().map(ProtocolVersion::as_str).find(|it| *it == named)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_not_in_the_specification_has_no_name_of_its_own() {
        assert_eq!(mcp_method("tools/call"), "tools/call");
        assert_eq!(mcp_method("tools/900000001"), "(another)");
        assert_eq!(http_method(&Method::POST), "POST");
        assert_eq!(http_method(&Method::from_bytes(b"LOOK").expect("a method")), "_OTHER");
        let named = |value: &str| {
            let value = HeaderValue::from_str(value).expect("a value");
            version(&HeaderMap::from_iter([(
                "mcp-protocol-version".parse().expect("a name"),
                value,
            )]))
        };
        assert_eq!(named("2025-11-25"), Some("2025-11-25"));
        assert_eq!(named("900000001"), None);
        assert_eq!(version(&HeaderMap::new()), None);
    }
}
