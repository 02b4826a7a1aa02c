//! Serves MCP over HTTP to a team until the system asks it to stop.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::{App, stop};
use crate::caller::Caller;
use crate::http::{Access, Ending, Endpoint, Names, Service, listen};
use crate::language::{Language, bilingual};
use crate::mcp::Server;

/// How long a balancer has to notice that the server is about to end.
const BALANCER: Duration = Duration::from_secs(5);
/// How much longer than a look-up's deadline calls on their way may take at the end.
const MARGIN: Duration = Duration::from_secs(5);

/// Serve MCP over HTTP to a team.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, app: App, language: Language) -> anyhow::Result<ExitCode> {
        let App { tenant, sandbox, warnings, audit: _ } = app;
        for warning in warnings {
            tracing::warn!(%warning, "a setting");
        }
        let listen_at = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let listener = TcpListener::bind(listen_at).await;
        let listener = listener.with_context(|| format!("cannot listen at {listen_at}"))?;
        let address = listener.local_addr().context("cannot listen")?;
        let (is_sandbox, deadline) = (tenant.is_sandbox, tenant.lookup.timeout());
        let server = Arc::new(Server::new(tenant));
        let endpoint = Endpoint { tenant: String::new(), server };
        let everybody = Arc::new(Caller::system("anonymous".to_owned()));
        let names = Names::new(address, None);
        let access = Access::Open(everybody);
        let service = Arc::new(Service::new(vec![endpoint], access, &names, Vec::new()));
        tell(&format!("http://{address}/mcp"), is_sandbox, language);
        tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, "serving MCP over HTTP");
        let ending = Ending {
            stop: stop::asked(),
            drained: async {
                if !is_sandbox {
                    tokio::select! {
                        () = sleep(BALANCER) => {}
                        () = stop::asked() => {}
                    }
                }
            },
            grace: deadline + MARGIN,
        };
        listen(listener, None, service, ending).await;
        drop(sandbox);
        Ok(ExitCode::SUCCESS)
    }
}

/// Tells a person where the server is and how to connect to it.
fn tell(url: &str, is_sandbox: bool, language: Language) {
    let what = if is_sandbox {
        bilingual!("with fictitious data ", "con datos ficticios ")
    } else {
        bilingual!("", "")
    };
    let text = bilingual!(
        "Serving MCP {what}at {url}\nTo connect, for example: claude mcp add --transport http wolkvox {url}",
        "MCP {what}en {url}\nPara conectarse, por ejemplo: claude mcp add --transport http wolkvox {url}",
        what,
    );
    // Without a reader there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{}", text.to(language));
}
