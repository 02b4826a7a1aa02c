//! The naive server over the SDK's stdio transport, which passes wolkvox's text on unread.

use rmcp::ServiceExt;
use side_by_side::naive::{Naive, PassThrough};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = PassThrough(Naive::from_environment()?);
    server.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}
