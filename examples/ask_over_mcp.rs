//! Starts the server in this process over the sandbox, connects an MCP client through a pipe,
//! asks one question and prints the answer:
//!
//! ```text
//! cargo run --example ask_over_mcp
//! ```

use std::sync::Arc;

use anyhow::{Context, anyhow};
use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use serde_json::json;
use wolkvox_mcp::answer::Mask;
use wolkvox_mcp::lookup::Limits;
use wolkvox_mcp::lookup::Lookup;
use wolkvox_mcp::mcp::{self, Server};
use wolkvox_mcp::sandbox::{OPERATION, Sandbox};
use wolkvox_mcp::tenant::Tenant;
use wolkvox_mcp::wolkvox::{Client, Operation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = Client::local(&sandbox.url(), sandbox.token()).map_err(|it| anyhow!(it))?;
    let lookup = Arc::new(Lookup::new(client, Limits::default()));
    let operation = Some(Operation::parse(OPERATION.to_owned())?);
    let mask = Mask::default();
    let server = Server::new(Tenant::new(lookup, operation, mask, true));

    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(theirs);
    tokio::spawn(mcp::serve(server, input, output, std::future::pending()));

    let assistant = ().serve(ours).await?;
    let question = json!({ "field": "id_customer", "value": "900000004", "limit": 1 });
    let arguments = question.as_object().cloned().context("an object")?;
    let call = CallToolRequestParams::new("query_obligation").with_arguments(arguments);
    let answer = assistant.call_tool(call).await?;
    let content = answer.structured_content.context("an answer")?;
    writeln(&serde_json::to_string_pretty(&content)?)
}

fn writeln(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
