//! Asks a real tenant, or whatever the environment names, for a customer's newest contacts, with the
//! library's `client` feature alone. It costs one of the token's calls of the day.
//!
//! ```text
//! export WOLKVOX_SERVER=crm0001.wolkvox.com WOLKVOX_OPERATION=mycompany
//! read -rs WOLKVOX_TOKEN && export WOLKVOX_TOKEN
//! cargo run --example real_tenant --no-default-features --features client -- 900000001
//! ```

use std::error::Error;
use std::io::Write;

use wolkvox_mcp::error::SettingError;
use wolkvox_mcp::server_url::ServerUrl;
use wolkvox_mcp::wolkvox::{
    Client, FieldName, FieldValue, GestionQuery, Operation, RootCertificates, Token, TokenSource,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let set = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let customer = std::env::args().nth(1).ok_or("give a customer's document number")?;
    let server = ServerUrl::parse(&set("WOLKVOX_SERVER")?, None).map_err(SettingError::Address)?;
    let token = Token::parse(&set("WOLKVOX_TOKEN")?).map_err(SettingError::Token)?;
    let client = Client::new(server, TokenSource::Fixed(token), RootCertificates::default());
    let query = GestionQuery {
        operation: Operation::parse(set("WOLKVOX_OPERATION")?)?,
        field: FieldName::parse("id_customer".to_owned())?,
        value: FieldValue::parse(customer)?,
    };
    // One request, which nothing repeats; `lookup::Lookup` keeps the token's limits and tries again.
    let page = client.query_gestion(&query, Some(1)).await?;
    for gestion in &page.records {
        let field = |name| gestion.get(name).and_then(|it| it.as_str()).unwrap_or_default();
        writeln!(std::io::stdout(), "{}  {}", field("date"), field("tipification_description"))?;
    }
    Ok(())
}
