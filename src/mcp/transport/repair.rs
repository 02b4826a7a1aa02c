//! Reads messages that are nearly right.
//!
//! PHP writes an empty object as `[]`, and some clients send a flat or unfinished `initialize`.
//! What they mean is clear, and a refusal would leave their people without tools.

use rmcp::model::{
    ClientCapabilities, ClientJsonRpcMessage, ClientRequest, Implementation, InitializeRequest,
    InitializeRequestParams, JsonObject,
};
use serde_json::Value;

use super::messages::is_misread_initialize;

/// Reads a message that [`parse`](super::messages::parse) cannot, if what it means is certain.
pub(super) fn repaired(text: &[u8]) -> Option<ClientJsonRpcMessage> {
    let mut message: JsonObject = serde_json::from_slice(text).ok()?;
    if message.get("method")? == "initialize" {
        return initialize(&message);
    }
    remove_if_empty(&mut message, "params");
    if let Some(Value::Object(params)) = message.get_mut("params") {
        remove_if_empty(params, "_meta");
    }
    let message = serde_json::from_value(Value::Object(message)).ok()?;
    (!is_misread_initialize(&message)).then_some(message)
}

fn remove_if_empty(object: &mut JsonObject, name: &str) {
    if object.get(name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        object.shift_remove(name);
    }
}

/// Reads `initialize` part by part. Without a version there is nothing to agree on; all else may be
/// missing, as nothing here depends on it.
fn initialize(message: &JsonObject) -> Option<ClientJsonRpcMessage> {
    let id = read(message, "id")?;
    let _: rmcp::model::JsonRpcVersion2_0 = read(message, "jsonrpc")?;
    let params = message.get("params").and_then(Value::as_object).unwrap_or(message);
    let version = params.get("protocolVersion")?.as_str().map(str::trim)?;
    let version = serde_json::from_value(Value::from(version)).ok()?;
    let request = InitializeRequestParams::new(capabilities(params), client(params))
        .with_protocol_version(version);
    let request = ClientRequest::InitializeRequest(InitializeRequest::new(request));
    Some(ClientJsonRpcMessage::request(request, id))
}

/// Reads the capabilities that can be read.
fn capabilities(params: &JsonObject) -> ClientCapabilities {
    let Some(Value::Object(all)) = params.get("capabilities") else {
        return ClientCapabilities::default();
    };
    let is_readable = |name: &str, value: &Value| {
        let alone = JsonObject::from_iter([(name.to_owned(), value.clone())]);
        serde_json::from_value::<ClientCapabilities>(Value::Object(alone)).is_ok()
    };
    let readable = all.iter().filter(|(name, value)| is_readable(name, value));
    let readable = readable.map(|(name, value)| (name.clone(), value.clone())).collect();
    serde_json::from_value(Value::Object(readable)).unwrap_or_default()
}

/// Reads who the client is, also from flat parameters.
fn client(params: &JsonObject) -> Implementation {
    if let Some(client) = read(params, "clientInfo") {
        return client;
    }
    let nested = params.get("clientInfo").and_then(Value::as_object);
    let text = |name: &str, flat: &str| {
        let value = nested.and_then(|it| it.get(name)).or_else(|| params.get(flat));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    let name = text("name", "clientName").unwrap_or_else(|| "unknown".to_owned());
    Implementation::new(name, text("version", "clientVersion").unwrap_or_default())
}

fn read<T: serde::de::DeserializeOwned>(object: &JsonObject, name: &str) -> Option<T> {
    serde_json::from_value(object.get(name)?.clone()).ok()
}
