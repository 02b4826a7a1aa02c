//! What a `tools/call` is made with: who asks, with which program, from where, within which trace.

use std::sync::Arc;

use http::request::Parts;
use rmcp::model::Implementation;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::caller::{Call, Caller, Program, Sender};

/// Reads it from a request. Over HTTP the sender is the one that the layer before has checked, else
/// it is `local`. The program is read only if somebody wants to know it.
pub(super) fn of(
    context: &RequestContext<RoleServer>,
    local: &Arc<Caller>,
    with_program: bool,
) -> Call {
    let parts = context.extensions.get::<Parts>();
    let mut call = match parts.and_then(|parts| parts.extensions.get::<Sender>()) {
        Some(sender) => Call::sent_by(sender),
        None => Call::new(Arc::clone(local)),
    };
    let header = || parts.and_then(|parts| parts.headers.get("traceparent")?.to_str().ok());
    call = call.within(context.meta.get_traceparent().or_else(header));
    if with_program {
        call.program = match parts {
            None => context.client_info().map(named),
            Some(parts) => {
                context.meta.client_info().map(named).or_else(|| Program::of_agent(&parts.headers))
            }
        };
    }
    call
}

/// Takes note of a failure that JSON-RPC has a code for.
pub(super) fn noted<T>(
    context: &RequestContext<RoleServer>,
    result: Result<T, ErrorData>,
) -> Result<T, ErrorData> {
    let parts = context.extensions.get::<Parts>();
    let sender = parts.and_then(|parts| parts.extensions.get::<Sender>());
    if let (Some(sender), Err(error)) = (sender, &result) {
        sender.operation.failed(error.code.0);
    }
    result
}

fn named(program: Implementation) -> Program {
    Program { name: program.name, version: program.version }
}

#[cfg(test)]
mod tests {
    use rmcp::ServerHandler;
    use rmcp::ServiceExt;
    use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData};
    use tokio::sync::mpsc;

    use super::*;
    use crate::caller::Recorded;
    use crate::metrics::Operation;

    /// Reads each call as one that came over HTTP from `sender`, if there is one.
    struct Reader {
        sender: Option<Sender>,
        read: mpsc::UnboundedSender<Call>,
    }

    impl ServerHandler for Reader {
        async fn call_tool(
            &self,
            _request: CallToolRequestParams,
            mut context: RequestContext<RoleServer>,
        ) -> Result<CallToolResponse, ErrorData> {
            if let Some(sender) = &self.sender {
                let traceparent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
                let request = http::Request::builder().header("traceparent", traceparent);
                let request = request.header("user-agent", "browser/1.2 (another)");
                let request = request.extension(sender.clone()).body(()).expect("a request");
                context.extensions.insert(request.into_parts().0);
            }
            let local = Arc::new(Caller::system("ana".to_owned()));
            self.read.send(of(&context, &local, true)).expect("somebody listens");
            Ok(CallToolResult::success(Vec::new()).into())
        }
    }

    async fn read(sender: Option<Sender>) -> Call {
        let (read, mut calls) = mpsc::unbounded_channel();
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (input, output) = tokio::io::split(theirs);
        tokio::spawn(async move {
            let running = Reader { sender, read }.serve((input, output)).await.expect("serves");
            running.waiting().await
        });
        let client = ().serve(ours).await.expect("connected");
        client.call_tool(CallToolRequestParams::new("any")).await.expect("an answer");
        calls.recv().await.expect("a call")
    }

    #[tokio::test]
    async fn the_sender_of_a_request_over_http_comes_before_the_systems_user() {
        let call = read(None).await;
        assert_eq!((call.caller.id.as_str(), call.address, call.trace), ("ana", None, None));
        assert!(call.program.is_some_and(|it| !it.name.is_empty()));
        let caller = Arc::new(Caller::system("eva".to_owned()));
        let address = "192.0.2.1".parse().ok();
        let (operation, recorded) = (Operation::default(), Recorded::default());
        let call = read(Some(Sender { caller, address, operation, recorded })).await;
        let program = call.program.as_ref().map(|it| (it.name.as_str(), it.version.as_str()));
        assert_eq!(program, Some(("browser", "1.2")));
        assert_eq!((call.caller.id.as_str(), call.address), ("eva", address));
        assert_eq!(call.trace.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
    }
}
