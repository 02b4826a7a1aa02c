//! Serves MCP over HTTP to many callers.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Args;

use super::flags::TeamFlags;
use crate::config::{ServeConfig, Sources};
use crate::language::Language;

/// Where and for whom to serve.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    flags: TeamFlags,
}

impl Serve {
    pub(super) fn run(
        self,
        sandbox: bool,
        sources: Sources,
        language: Language,
    ) -> anyhow::Result<ExitCode> {
        let sources = sources.with_flags(self.flags.0);
        let config = ServeConfig::resolve(sandbox, &sources)
            .map_err(|problems| anyhow!(problems.text().to(language).to_owned()))?;
        bail!("the settings are in order, and this version cannot serve {} yet", config.http.listen)
    }
}
