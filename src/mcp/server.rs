//! Answers MCP requests: tools, prompts, resources, and what this server says about itself.

use std::borrow::Cow;
use std::sync::Arc;

use http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    CustomRequest, CustomResult, DiscoverResult, ErrorCode, GetPromptRequestParams,
    GetPromptResponse, Implementation, InitializeRequestParams, InitializeResult, JsonObject,
    ListPromptsResult, ListResourcesResult, ListToolsResult, MetaObject, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig,
    Tool as ToolDefinition,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::progress::Progress;
use super::revision::Revision;
use super::structure::Structure;
use super::{call, prompts, resources, structure};
use crate::audit::Audit;
use crate::caller::{Call, Caller};
use crate::card;
use crate::error::Error;
use crate::tenant::Tenant;
use crate::tools::{AuditLog, Gestiones, Obligation, Tool, Tools};

/// How long a client may keep a list, in milliseconds: it only changes with the settings, and those
/// with a new process.
const FRESH: u64 = 60 * 60 * 1000;
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// An MCP server with a set of tools.
pub struct Server {
    tools: Tools,
    info: ServerConfig,
    /// Whether the tools lead to the card.
    has_card: bool,
    /// Who asks where the transport doesn't say.
    caller: Arc<Caller>,
}

impl Server {
    /// Builds the server with all of its tools.
    pub fn new(tenant: Tenant) -> Self {
        let sandbox = tenant.is_sandbox;
        let tools: Vec<Arc<dyn Tool>> =
            vec![Arc::new(Obligation::new(tenant.clone())), Arc::new(Gestiones::new(tenant))];
        Self::with_tools(tools, sandbox)
    }

    fn with_tools(tools: Vec<Arc<dyn Tool>>, sandbox: bool) -> Self {
        let caller = Arc::new(Caller::system("unknown".to_owned()));
        Self { tools: Tools::new(tools), info: info(sandbox), has_card: true, caller }
    }

    /// Sets who asks where the transport does not say.
    #[must_use]
    pub fn asked_by(self, caller: Caller) -> Self {
        Self { caller: Arc::new(caller), ..self }
    }

    /// Sets whether the tools lead to the card.
    #[must_use]
    pub fn with_card(self, has_card: bool) -> Self {
        Self { has_card, ..self }
    }

    /// Leaves the audit log's line of a call that was refused before it came here, which names a tool
    /// or doesn't.
    pub(crate) fn refused(&self, call: &Call, tool: Option<&str>, outcome: &str) {
        self.tools.refused(call, tool, outcome);
    }

    /// Calls a tool for somebody without a client, and returns the result; none if there is no such
    /// tool.
    pub async fn try_tool(&self, name: &str, arguments: JsonObject) -> Option<CallToolResult> {
        let call = Call::new(Arc::clone(&self.caller));
        let answer = self.tools.call(name, arguments, &call, &mut |_| {}).await.ok()?;
        Some(result(answer, |text| serde_json::from_str(text).ok()))
    }

    /// Lets every call leave its line in an audit log, under the account's name if there are several.
    #[must_use]
    pub fn audited(mut self, audit: Audit, tenant: Option<String>) -> Self {
        self.tools.set_log(AuditLog { audit: Some(audit), tenant });
        self
    }

    /// Calls a tool.
    async fn answer(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (stages, heard) = mpsc::unbounded_channel();
        let arguments = request.arguments.unwrap_or_default();
        let made = call::of(&context, &self.caller, self.tools.is_audited());
        let call = async {
            let mut report = move |stage| {
                // Nobody hears it if the client did not ask for progress.
                let _ = stages.send(stage);
            };
            self.tools.call(&request.name, arguments, &made, &mut report).await
        };
        // Side by side: a client that reads late must not hold up the call itself.
        let told = Progress::of(&context).tell_all(&context, heard);
        let (answer, ()) = tokio::select! {
            biased;
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("cancelled", None));
            }
            both = futures_util::future::join(call, told) => both,
        };
        let Ok(answer) = answer else {
            let definitions = self.tools.definitions().iter();
            let names: Vec<_> = definitions.map(|it| it.name.as_ref()).collect();
            let message = format!("unknown tool; this server has {}", names.join(", "));
            return call::noted(&context, Err(ErrorData::invalid_params(message, None)));
        };
        let has_structure = Revision::of(&context).has_titles_and_structure();
        let mut result =
            result(answer, |text| if has_structure { structure(text, &context) } else { None });
        result.meta = self.signature(&context);
        Ok(result.into())
    }

    /// Adds this server's name to a result's metadata, as 2026-07-28 asks for.
    fn signature(&self, context: &RequestContext<RoleServer>) -> Option<MetaObject> {
        if !Revision::of(context).is_stateless() {
            return None;
        }
        let mut meta = MetaObject::new();
        let info = serde_json::to_value(&self.info.server_info).ok()?;
        meta.insert(SERVER_INFO.to_owned(), info);
        Some(meta)
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("info", &self.info).finish_non_exhaustive()
    }
}

fn info(sandbox: bool) -> ServerConfig {
    let mut instructions = "Looks up gestiones (contact records) of customers' obligations in the \
        wolkvox CRM: who spoke with a customer, when, with what outcome; and an obligation's balance: \
        what is owed, how late, the last payment. Use it for questions about gestión, obligación, \
        tipificación, cobranza, expediente, acuerdo de pago, saldo, mora / contact history, debt, \
        classification, collections, balance. A failure means \"could not look up\", never \
        \"there is none\"."
        .to_owned();
    if sandbox {
        instructions.push_str(" SANDBOX: all customers and data are fictitious.");
    }
    // Declared to all: some hosts show the card without saying that they can.
    let card = JsonObject::from_iter([("mimeTypes".to_owned(), json!([card::MEDIA_TYPE]))]);
    let capabilities = ServerCapabilities::builder()
        .enable_extensions_with([(card::EXTENSION.to_owned(), card)].into())
        .enable_prompts()
        .enable_resources()
        .enable_tools()
        .build();
    ServerConfig::new(capabilities)
        .with_server_info(
            Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                .with_title("wolkvox CRM"),
        )
        .with_instructions(instructions)
}

/// Returns the result of a call: the answer as text and as what `structure` makes of it, or the failure.
fn result(
    answer: Result<String, Error>,
    structure: impl FnOnce(&str) -> Option<Value>,
) -> CallToolResult {
    match answer {
        Ok(text) => {
            let structure = structure(&text);
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = structure;
            result
        }
        Err(error) => CallToolResult::error(vec![ContentBlock::text(error.for_model())]),
    }
}

/// Returns an answer as structure: an empty one where the text is put there later, by our transport
/// or by what serves HTTP here. Where somebody else serves this over HTTP, nobody would.
fn structure(text: &str, context: &RequestContext<RoleServer>) -> Option<Value> {
    let Some(parts) = context.extensions.get::<Parts>() else { return Some(structure::empty()) };
    match parts.extensions.get::<Structure>() {
        None => serde_json::from_str(text).ok(),
        Some(structure) => {
            structure.set(text);
            Some(structure::empty())
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        self.info.clone()
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut result = self.negotiate_initialize(&request)?;
        if !Revision::agreed(result.protocol_version.clone()).has_titles_and_structure() {
            result.server_info.title = None;
            result.capabilities.extensions = None;
        }
        Ok(result)
    }

    async fn discover(
        &self,
        _context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        result.ttl_ms = FRESH;
        result.cache_scope = CacheScope::Private;
        Ok(result)
    }

    async fn list_prompts(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let revision = Revision::of(&context);
        let known = prompts::list().into_iter().map(|it| revision.prompt(it)).collect();
        let mut result = ListPromptsResult::with_all_items(known);
        (result.ttl_ms, result.cache_scope) = revision.freshness(FRESH);
        result.meta = self.signature(&context);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let mut result = call::noted(&context, prompts::get(request))?;
        result.meta = self.signature(&context);
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let revision = Revision::of(&context);
        let known =
            resources::list(self.has_card).into_iter().map(|it| revision.resource(it)).collect();
        let mut result = ListResourcesResult::with_all_items(known);
        (result.ttl_ms, result.cache_scope) = revision.freshness(FRESH);
        result.meta = self.signature(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let mut result = call::noted(&context, resources::read(&request.uri))?;
        (result.ttl_ms, result.cache_scope) = Revision::of(&context).freshness(FRESH);
        result.meta = self.signature(&context);
        Ok(result.into())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let revision = Revision::of(&context);
        let known = self.tools.definitions();
        let link = self.has_card.then(resources::link_to_card);
        let linked = |tool: &ToolDefinition| {
            let mut tool = tool.clone();
            tool.meta.clone_from(&link);
            revision.tool(tool)
        };
        let known = known.iter().map(linked).collect();
        let mut result = ListToolsResult::with_all_items(known);
        (result.ttl_ms, result.cache_scope) = revision.freshness(FRESH);
        result.meta = self.signature(&context);
        Ok(result)
    }

    /// Returns a tool's definition, which the SDK holds headers against.
    fn get_tool(&self, name: &str) -> Option<ToolDefinition> {
        self.tools.definitions().iter().find(|it| it.name == name).cloned()
    }

    /// Calls a tool. A panic inside becomes the failure `internal`, and a cancelled call stops at
    /// once; the SDK would leave the first without an answer and let the second run on.
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        // The SDK and tokio move what they are handed several times, and a call is 14 KB.
        Box::pin(self.answer(request, context)).await
    }

    /// Answers what the SDK could not read: a known method lands here when its parameters have
    /// the wrong type, such as `arguments` that are no object.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let refused = match request.method.as_str() {
            "tools/call" => {
                let is_audited = self.tools.is_audited();
                let call = call::of(&context, &self.caller, is_audited);
                self.tools.refused(&call, None, "invalid_params");
                ErrorData::invalid_params(
                    "tools/call needs `name` (text) and `arguments` (an object)",
                    None,
                )
            }
            "ping" | "prompts/get" | "prompts/list" | "resources/list" | "resources/read"
            | "server/discover" | "tools/list" => ErrorData::invalid_params(
                format!("the parameters of {} have the wrong type", request.method),
                None,
            ),
            _ => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, Cow::from("unknown method"), None),
        };
        call::noted(&context, Err(refused))
    }
}

#[cfg(test)]
mod tests;
