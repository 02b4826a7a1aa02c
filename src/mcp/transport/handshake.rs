//! Guards the opening of a connection, where the SDK gives up too easily.
//!
//! Until a request has chosen the protocol's era (`initialize`, or a request that carries its
//! version in `_meta`), rmcp 3.11 takes any other message for a failed handshake and ends the
//! server. A client may well cancel a slow `server/discover`, so such messages are dropped here.

use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion,
    ServerJsonRpcMessage,
};
use rmcp::transport::Transport;
use tokio_util::sync::CancellationToken;

/// A transport with a guarded handshake; `ended` is cancelled when the client's side has closed.
pub(in crate::mcp) struct HandshakeGuard<T> {
    transport: T,
    open: bool,
    ended: CancellationToken,
}

impl<T> HandshakeGuard<T> {
    pub(in crate::mcp) fn new(transport: T, ended: CancellationToken) -> Self {
        Self { transport, open: false, ended }
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for HandshakeGuard<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.transport.send(message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let Some(message) = self.transport.receive().await else {
                self.ended.cancel();
                return None;
            };
            match &message {
                _ if self.open => {}
                JsonRpcMessage::Request(request) => self.open = chooses_era(&request.request),
                _ => {
                    tracing::debug!("dropped a message that came before the first request");
                    continue;
                }
            }
            return Some(message);
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.transport.close().await
    }
}

/// Returns whether the SDK leaves its handshake with this request.
fn chooses_era(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        request => {
            let meta = request.get_meta();
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                && meta
                    .protocol_version()
                    .is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}
