//! The naive server over the SDK's stdio transport.

use rmcp::ServiceExt;
use side_by_side::naive::Naive;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Naive::from_environment()?.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}
