//! Uses the library's client without MCP: asks the sandbox for one page and prints each date.
//!
//! ```text
//! cargo run --example client_alone
//! ```

use std::io::Write;

use anyhow::anyhow;
use wolkvox_mcp::sandbox::{OPERATION, Sandbox};
use wolkvox_mcp::wolkvox::{Client, FieldName, FieldValue, GestionQuery, Operation};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = Client::local(&sandbox.url(), sandbox.token()).map_err(|it| anyhow!(it))?;
    let query = GestionQuery {
        operation: Operation::parse(OPERATION.to_owned())?,
        field: FieldName::parse("id_customer".to_owned())?,
        value: FieldValue::parse("900000004".to_owned())?,
    };
    let asked = client.query_gestion(&query, Some(1)).await;
    let page = asked.map_err(|failure| anyhow!(failure.error.for_model()))?;
    for gestion in &page.records {
        let field = |name| gestion.get(name).and_then(|it| it.as_str()).unwrap_or_default();
        writeln!(std::io::stdout(), "{}  {}", field("date"), field("tipification_description"))?;
    }
    Ok(())
}
