//! Connects a client: writes this server into its configuration, or takes it out again.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Given;
use crate::install::{self, Change, ClientKind, Entry, Places, Problem, Scope, TokenPlace};
use crate::server_url::ServerUrl;
use crate::settings::{ALLOW_HOST, SERVER, SETTINGS, TOKEN, TOKEN_FILE};
use crate::wolkvox::Token;

/// Which configuration.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The client
    #[arg(value_enum)]
    client: ClientKind,
    /// Use the configuration of the project in this folder instead of the user's
    #[arg(long)]
    project: bool,
    /// Name of the server in the configuration
    #[arg(long, default_value = "wolkvox")]
    name: String,
}

/// Where to write this server, and what.
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(flatten)]
    target: Target,
    /// Only print what would be written
    #[arg(long)]
    print: bool,
    /// Write the token of WOLKVOX_TOKEN into the configuration, for all who can read it
    #[arg(long)]
    inline_token: bool,
}

/// Where to take this server out.
#[derive(Debug, Args)]
pub(super) struct Uninstall {
    #[command(flatten)]
    target: Target,
}

impl Target {
    fn file(&self) -> anyhow::Result<PathBuf> {
        let places = Places::from_environment(|name| std::env::var_os(name).map(PathBuf::from));
        let places = places.map_err(anyhow::Error::msg)?;
        let scope = if self.project { Scope::Project } else { Scope::User };
        self.client
            .file(scope, &places)
            .with_context(|| format!("{} has no configuration for a project", self.client.title()))
    }
}

impl Install {
    pub(super) fn run(&self, sandbox: bool, given: &Given) -> anyhow::Result<ExitCode> {
        let Target { client, name, .. } = &self.target;
        let entry = self.entry(sandbox, given)?;
        entry.check(*client).map_err(anyhow::Error::msg)?;
        let mut out = io::stdout();
        if self.print {
            out.write_all(install::shown(*client, name, &entry).as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
        let file = self.target.file()?;
        let change = install::install(*client, &file, name, &entry).map_err(advise)?;
        let (title, shown) = (client.title(), file.display());
        match change {
            Change::Unchanged => writeln!(out, "{title} was set up already: {shown}")?,
            Change::Written { backup } => {
                writeln!(out, "{title} now starts this program: `{name}` in {shown}")?;
                if let Some(backup) = backup {
                    writeln!(out, "What was there before is in {}", backup.display())?;
                }
            }
            Change::Restored | Change::Removed => {}
        }
        if self.inline_token {
            writeln!(io::stderr(), "Careful: the token stands in {shown}, readable as it is.")?;
        } else if entry.token == TokenPlace::Client && !sandbox {
            match client {
                ClientKind::VsCode => writeln!(out, "VS Code will ask for the token.")?,
                _ => writeln!(out, "Set {} where {title} starts.", TOKEN.variable)?,
            }
        }
        writeln!(out, "{}", client.restart())?;
        Ok(ExitCode::SUCCESS)
    }

    fn entry(&self, sandbox: bool, given: &Given) -> anyhow::Result<Entry> {
        let set = |variable: &str| {
            let setting = SETTINGS.iter().find(|setting| setting.variable == variable);
            let flag = setting.and_then(|setting| given.flag(setting));
            let text = flag.or_else(|| std::env::var(variable).ok())?;
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        };
        if let Some(server) = set(SERVER.variable) {
            ServerUrl::parse(&server, set(ALLOW_HOST.variable).as_deref())
                .map_err(|problem| anyhow!("{} {problem}", SERVER.variable))?;
        }
        let token = match (self.inline_token, set(TOKEN_FILE.variable)) {
            (true, Some(_)) => bail!("give --inline-token or a token file, not both"),
            (true, None) => {
                let token = set(TOKEN.variable)
                    .with_context(|| format!("--inline-token needs {}", TOKEN.variable))?;
                Token::parse(&token).map_err(|it| anyhow!("{} {it}", TOKEN.variable))?;
                TokenPlace::Inline(token)
            }
            (false, Some(file)) => {
                // The client starts this program in a folder of its own choice.
                TokenPlace::File(std::path::absolute(file).context("the token file")?)
            }
            (false, None) => TokenPlace::Client,
        };
        let settings = SETTINGS
            .iter()
            .filter(|it| ![TOKEN.variable, TOKEN_FILE.variable].contains(&it.variable))
            .filter_map(|setting| Some((setting.variable, set(setting.variable)?)))
            .collect();
        let command = std::env::current_exe().context("cannot find this program's own file")?;
        Ok(Entry { command, sandbox, settings, token })
    }
}

impl Uninstall {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let Target { client, name, .. } = &self.target;
        let file = self.target.file()?;
        let change = install::uninstall(*client, &file, name).map_err(advise)?;
        let (mut out, title, shown) = (io::stdout(), client.title(), file.display());
        match change {
            Change::Unchanged => writeln!(out, "{title} does not know `{name}`: {shown}")?,
            Change::Restored => writeln!(out, "{shown} is again what it was before")?,
            Change::Removed => writeln!(out, "{shown} held nothing else and is gone")?,
            Change::Written { .. } => writeln!(out, "`{name}` is no longer in {shown}")?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn advise(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::Malformed { .. } => {
            anyhow!("{problem}\nMend it there, or paste what `--print` shows.")
        }
        problem => problem.into(),
    }
}
