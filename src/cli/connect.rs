//! Carries standard input and output to a team's server.

use std::process::ExitCode;

use clap::Args;

use super::exit::WrongSettings;
use super::{stop, with_runtime};
use crate::config::{RemoteConfig, Sources};
use crate::connect::{self, Remote};
use crate::language::Language;

/// Which server.
#[derive(Debug, Args)]
#[command(after_help = "Your own token comes from WOLKVOX_CALLER_TOKEN, or from the file that \
                        --token-file or WOLKVOX_CALLER_TOKEN_FILE names. WOLKVOX_CA_FILE names root \
                        certificates to trust beside the system's, HTTPS_PROXY a proxy.")]
pub(super) struct Connect {
    #[arg(help = "Address of the team's server, such as https://wolkvox.example.com/mcp")]
    pub(super) url: String,
}

impl Connect {
    pub(super) fn run(&self, sources: &Sources, language: Language) -> anyhow::Result<ExitCode> {
        let config = RemoteConfig::resolve(&self.url, sources)
            .map_err(|problems| WrongSettings::new(&problems, language))?;
        let RemoteConfig { url, token, roots, timeout, log } = config;
        with_runtime(&log, language, async {
            tracing::info!(version = env!("CARGO_PKG_VERSION"), "carrying MCP to a team's server");
            connect::carry(Remote::new(url, token, roots, timeout), language, stop::asked()).await;
            Ok(ExitCode::SUCCESS)
        })
    }
}
