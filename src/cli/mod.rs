//! Defines the command line and runs what it asks for.

mod check;
mod completions;
mod flags;
mod install;
mod logging;
mod man;
mod query;
mod serve;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::{Parser, Subcommand};

use self::flags::Flags;
use crate::config::{Account, Config};
use crate::language::Language;
use crate::lookup::Lookup;
use crate::mcp::Tenant;
use crate::sandbox::{self, Sandbox};
use crate::settings::{self, Setting};
use crate::wolkvox::{Client, Operation};

/// Exit status when a look-up found nothing, or a check failed.
pub const NOTHING_FOUND: u8 = 1;
/// Exit status for wrong usage, wrong settings or a failed look-up.
pub const FAILED: u8 = 2;

/// Answers questions about customers' obligations from the wolkvox CRM.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "MCP server that answers questions about customers' obligations from the wolkvox CRM",
    long_about = "MCP server that answers questions about customers' obligations from the wolkvox \
                  CRM.\n\nWithout a command it serves MCP on standard input and output; that is \
                  what an mcp.json starts.",
    after_help = "Exit status: 0 success, 1 nothing found or a check failed, 2 wrong usage, \
                  wrong settings or a failed look-up."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Ask the embedded sandbox with fictitious data instead of a real tenant
    #[arg(long, global = true)]
    sandbox: bool,
    /// Language of what is printed for people [default: the system's]
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Test the set-up step by step, and say how to mend what fails
    Check(check::Check),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Write this server into a client's configuration
    Install(install::Install),
    /// Write the manual pages into a folder
    Man(man::Man),
    /// Make one look-up and print the answer
    Query(query::QueryArgs),
    /// Take this server out of a client's configuration
    Uninstall(install::Uninstall),
}

/// A command that needs settings to run.
enum Job {
    Serve,
    Check(check::Check),
    Query(query::QueryArgs),
}

/// Runs the command and gives the exit status.
///
/// # Errors
///
/// What to print on stderr before ending with [`FAILED`].
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { command, sandbox, lang, flags } = cli;
    let language = lang.unwrap_or_else(|| {
        Language::detect(|name| std::env::var(name).ok(), sys_locale::get_locale)
    });
    let given = Given { flags, quiet: command.is_some(), language };
    let job = match command {
        None => Job::Serve,
        Some(Command::Check(check)) => Job::Check(check),
        Some(Command::Query(query)) => Job::Query(query),
        // These need no settings.
        Some(Command::Completions(completions)) => return completions.run(),
        Some(Command::Install(install)) => return install.run(sandbox, &given),
        Some(Command::Man(man)) => return man.run(),
        Some(Command::Uninstall(uninstall)) => return uninstall.run(language),
    };
    let config =
        Config::resolve(sandbox, |setting| given.flag(setting), |name| given.variable(name));
    let config = match (config, &job) {
        // `check` reports wrong settings instead of ending with them.
        (Err(problems), Job::Check(check)) => {
            return check.wrong_settings(&problems, sandbox, &given);
        }
        (config, _) => {
            config.map_err(|problems| anyhow!(problems.text().to(language).to_owned()))?
        }
    };
    logging::start(&config.log);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Threads for large work end soon after it.
        .thread_keep_alive(Duration::from_millis(100))
        .build()
        .context("cannot start")?;
    let status = runtime.block_on(async {
        let app = App::open(config).await?;
        match job {
            Job::Serve => serve::serve(app).await,
            Job::Check(check) => check.run(app, &given).await,
            Job::Query(query) => query.run(app, language).await,
        }
    });
    // A blocked read of standard input would otherwise delay the exit.
    runtime.shutdown_background();
    status
}

/// What the settings are read from.
struct Given {
    flags: Flags,
    /// At a terminal the answer matters, not the log of it.
    quiet: bool,
    language: Language,
}

impl Given {
    fn flag(&self, setting: &Setting) -> Option<String> {
        self.flags.get(setting)
    }

    fn variable(&self, name: &str) -> Option<String> {
        match std::env::var_os(name) {
            Some(text) => Some(text.to_string_lossy().into_owned()),
            None if self.quiet && name == settings::LOG.variable => Some("warn".to_owned()),
            None => None,
        }
    }
}

/// What every command asks with.
struct App {
    tenant: Tenant,
    /// The embedded sandbox, which stops when it is dropped.
    sandbox: Option<Sandbox>,
}

impl App {
    async fn open(config: Config) -> anyhow::Result<Self> {
        let Config { account, operation, limits, mask, log: _ } = config;
        let (client, operation, sandbox) = match account {
            Account::Tenant { server, token, roots } => {
                (Client::new(server, token, roots), operation, None)
            }
            Account::Sandbox => {
                let sandbox = Sandbox::start().await.context("cannot start the sandbox")?;
                let client = Client::local(&sandbox.url(), sandbox.token());
                let client = client.map_err(anyhow::Error::msg)?;
                let operation = match operation {
                    None => Some(Operation::parse(sandbox::OPERATION.to_owned())?),
                    chosen => chosen,
                };
                (client, operation, Some(sandbox))
            }
        };
        let lookup = Arc::new(Lookup::new(client, limits));
        let tenant = Tenant { lookup, operation, mask, sandbox: sandbox.is_some() };
        Ok(Self { tenant, sandbox })
    }
}

/// Shows a setting's variable and default the way `--help` does.
fn help_of(setting: &Setting) -> String {
    let default = match setting.default {
        "" => String::new(),
        default => format!(", default {default}"),
    };
    format!("{} [{}{default}]", setting.meaning, setting.variable)
}
