//! Defines the command line and runs what it asks for.

mod audit;
mod build;
mod caller;
mod check;
mod completions;
mod connect;
mod descriptors;
mod exit;
mod flags;
mod help;
mod install;
mod layout;
mod logging;
mod man;
mod query;
mod serve;
mod stdio;
mod stop;
mod suggested;
mod system;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::{Parser, Subcommand};

pub use self::exit::status_of;
use self::exit::{NOTHING_FOUND, WrongSettings};
use self::flags::Flags;
use crate::audit as audit_log;
use crate::caller::Caller;
use crate::clean;
use crate::clock::Clock;
use crate::config::{Account, Config, Log, Sources, machines_file};
use crate::language::{Bilingual, Language, bilingual};
use crate::lookup::{Lookup, Means};
use crate::sandbox::{self, Sandbox};
use crate::settings::Setting;
use crate::shared::Shared;
use crate::tenant::Tenant;
use crate::wolkvox::{Client, Operation};

/// Answers questions about customers' obligations from the wolkvox CRM.
#[derive(Debug, Default, Parser)]
#[command(
    version = build::version(),
    about = "MCP server that answers questions about customers' obligations from the wolkvox CRM",
    long_about = "MCP server that answers questions about customers' obligations from the wolkvox \
                  CRM.\n\nWithout a command it serves MCP on standard input and output; that is \
                  what an mcp.json starts.",
    after_help = help::OF_PROGRAM
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Ask the built-in sandbox, which has fictitious data, instead of a real tenant
    #[arg(long, global = true)]
    sandbox: bool,
    /// Language of what is printed for people [default: the system's]
    #[arg(long, global = true, value_enum)]
    lang: Option<Language>,
    /// For `query`, `check` and a client over stdio: which of the file's [tenants] to ask
    #[arg(long, global = true, value_name = "NAME")]
    tenant: Option<String>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify an audit log, or find who asked for a value
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Keep the file of callers, who may ask a team's server
    Caller(caller::Caller),
    /// Test the set-up step by step, and say how to fix what fails
    Check(check::Check),
    /// Carry standard input and output to a team's server, for clients that only start programs
    Connect(connect::Connect),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Write this server into a client's configuration
    Install(install::InstallArgs),
    /// Write the manual pages into a folder
    Man(man::Man),
    /// Make one look-up and print the answer
    Query(query::QueryArgs),
    /// Serve MCP over HTTP to a team: one server with the token, a name for each who asks
    Serve(serve::Serve),
    /// Remove this server from a client's configuration
    Uninstall(install::UninstallArgs),
}

impl Cli {
    /// Reads the command line; ends the program if it is wrong, or asks for help, which is in the
    /// person's language.
    pub fn read() -> Self {
        // Clients mostly start this program without arguments. Where there are none to read, what
        // reads them would be a third of the work until the client has the list of tools.
        if std::env::args_os().len() <= 1 {
            return Self::default();
        }
        Self::try_parse().unwrap_or_else(|said| help::told(said).exit())
    }
}

/// Runs the command and returns the exit status.
///
/// # Errors
///
/// What to print on stderr before ending with [`status_of`] it.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { command, sandbox, lang, tenant, flags } = cli;
    let machines = machines_file(|name| std::env::var_os(name));
    let mut sources = Sources::new(flags.0, std::env::vars_os()).on_machine(machines);
    let language = lang.unwrap_or_else(|| {
        let variable = |name: &str| sources.variable(name)?.to_str().map(str::to_owned);
        Language::detect(variable, sys_locale::get_locale)
    });
    let is_at_terminal = !matches!(command, None | Some(Command::Serve(_) | Command::Connect(_)));
    if is_at_terminal {
        // At a terminal the answer matters, not the log of it; `check` says itself what it finds.
        let level = if matches!(command, Some(Command::Check(_))) { "error" } else { "warn" };
        sources = sources.with_default(Setting::Log, level);
    }
    let sources = match command {
        // These ask nothing, and need no settings.
        Some(Command::Completions(_) | Command::Man(_)) => sources,
        _ => sources.with_file(),
    };
    let sources = match tenant {
        None => sources,
        Some(tenant) => of_tenant(&tenant, command.as_ref(), &sources)
            .map_err(|why| anyhow!(why.to(language).to_owned()))?,
    };
    match command {
        Some(Command::Audit(audit)) => audit.run(&sources, language),
        Some(Command::Caller(caller)) => caller.run(sources, language),
        Some(Command::Completions(completions)) => completions.run(language),
        Some(Command::Connect(connect)) => connect.run(&sources, language),
        Some(Command::Install(install)) => install.run(sandbox, &sources, language),
        Some(Command::Man(man)) => man.run(language),
        Some(Command::Serve(serve)) => serve.run(sandbox, sources, language),
        Some(Command::Uninstall(uninstall)) => uninstall.run(&sources, language),
        Some(Command::Check(check)) => check.run(sandbox, &sources, language),
        Some(Command::Query(query)) => {
            let config = match Config::resolve(sandbox, &sources) {
                Ok(config) => config,
                Err(problems) => {
                    return query.without_settings(WrongSettings::new(&problems, language));
                }
            };
            with_app(config, language, async |app| {
                let recording = app.recording(&sources, language)?;
                query.run(app, recording, language).await
            })
        }
        None => {
            let config = resolve(sandbox, &sources, language)?;
            with_app(config, language, async |app| {
                let recording = app.recording(&sources, language)?;
                stdio::serve(app, recording, language).await
            })
        }
    }
}

/// Returns the settings as one of the file's tenants sees them, for a command that asks only one.
fn of_tenant(
    name: &str,
    command: Option<&Command>,
    sources: &Sources,
) -> Result<Sources, Bilingual> {
    if !matches!(command, None | Some(Command::Query(_) | Command::Check(_))) {
        return Err(bilingual!(
            "--tenant is for query, check and a client over stdio alone",
            "--tenant es solo para query, check y un asistente por stdio",
        ));
    }
    let names = sources.tenants();
    if names.contains(&name) {
        return Ok(sources.of_tenant(name));
    }
    let (name, names) = (clean::redacted(name), names.join(", "));
    Err(if names.is_empty() {
        bilingual!(
            "--tenant {name}: no file of settings with [tenants] was found; name it with --config",
            "--tenant {name}: no se encontró un archivo de ajustes con [tenants]; indíquelo con \
             --config",
        )
    } else {
        bilingual!(
            "--tenant {name}: the file of settings has no such tenant; there are: {names}",
            "--tenant {name}: el archivo de ajustes no tiene ese tenant; hay: {names}",
        )
    })
}

/// Prints why the program ends.
pub fn report(problem: &anyhow::Error) {
    logging::print(&layout::for_stderr(&format!("wolkvox-mcp: {problem:#}")));
}

fn resolve(sandbox: bool, sources: &Sources, language: Language) -> anyhow::Result<Config> {
    Config::resolve(sandbox, sources)
        .map_err(|problems| WrongSettings::new(&problems, language).into())
}

/// Starts the log and the runtime, and runs what needs an account.
fn with_app<T>(
    config: Config,
    language: Language,
    run: impl AsyncFnOnce(App) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let log = config.log.clone();
    with_runtime(&log, language, async {
        let app = App::open(config).await?;
        let shared = app.shared.clone();
        let result = run(app).await;
        if let Some(shared) = shared {
            shared.close().await;
        }
        result
    })
}

/// Starts the log and a runtime, and runs something on it.
fn with_runtime<T>(
    log: &Log,
    language: Language,
    run: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let _logging = logging::start(log);
    descriptors::check().map_err(|why| anyhow!(why.to(language).to_owned()))?;
    // One thread: what a call does here is far less than waking another costs, for a team too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Threads for large work end soon after it.
        .thread_keep_alive(Duration::from_millis(100))
        .build()
        .context("cannot start")?;
    let result = runtime.block_on(run);
    // A blocked read of standard input would otherwise delay the exit.
    runtime.shutdown_background();
    result
}

/// What every command asks with.
struct App {
    tenant: Tenant,
    /// The embedded sandbox, which stops when it is dropped.
    sandbox: Option<Sandbox>,
    /// What is set and probably does not do what was meant.
    warnings: Vec<Bilingual>,
    /// How the audit log is kept, if there is one.
    audit: Option<audit_log::Options>,
    /// What processes share.
    shared: Option<Shared>,
    /// Whether the tools lead to the card.
    has_card: bool,
}

/// What records calls: the audit log and who makes them, if there is one.
type Recording = Option<(audit_log::Audit, Caller)>;

impl App {
    async fn open(config: Config) -> anyhow::Result<Self> {
        let Config {
            account,
            operation,
            limits,
            mask,
            clock,
            audit,
            shared,
            card,
            log: _,
            warnings,
        } = config;
        let (client, operation, sandbox) = client(account, operation).await?;
        let shared = shared.as_ref().map(Shared::open).transpose().context("cannot share")?;
        let means = Means { shared: shared.clone(), ..Means::new(&limits) };
        let lookup = Lookup::with(client, limits, means).naming(operation.clone());
        let lookup = Arc::new(lookup);
        let clock = if sandbox.is_some() { sandbox_clock()? } else { clock };
        let tenant = Tenant { clock, ..Tenant::new(lookup, operation, mask, sandbox.is_some()) };
        Ok(Self { tenant, sandbox, warnings, audit, shared, has_card: card })
    }

    /// Opens the audit log, if there is one.
    fn recording(&self, sources: &Sources, language: Language) -> anyhow::Result<Recording> {
        let user = system::user(sources);
        let audit = audit_log(self.audit.as_ref(), &user, sources, language)?;
        Ok(audit.map(|audit| (audit, user)))
    }
}

/// Makes the client of an account, and starts the sandbox if it is that one.
async fn client(
    account: Account,
    operation: Option<Operation>,
) -> anyhow::Result<(Client, Option<Operation>, Option<Sandbox>)> {
    Ok(match account {
        Account::Tenant { server, token, roots } => {
            (Client::new(server, token, roots), operation, None)
        }
        Account::Sandbox => {
            let sandbox = Sandbox::start().await.context("cannot start the sandbox")?;
            let client = Client::local(&sandbox.url(), sandbox.token());
            let client = client.context("cannot ask the sandbox")?;
            let operation = match operation {
                None => Some(Operation::parse(sandbox::OPERATION.to_owned())?),
                chosen => chosen,
            };
            (client, operation, Some(sandbox))
        }
    })
}

/// Returns the sandbox's clock: it stands still, so that its examples stay true.
fn sandbox_clock() -> anyhow::Result<Clock> {
    Ok(Clock::stopped(sandbox::NOW.parse().context("the sandbox has no time")?))
}

/// Opens the audit log, if there is one, and says what must be said of it.
fn audit_log(
    options: Option<&audit_log::Options>,
    user: &Caller,
    sources: &Sources,
    language: Language,
) -> anyhow::Result<Option<audit_log::Audit>> {
    let Some(options) = options else { return Ok(None) };
    let opened = audit_log::Audit::open(options, &system::writer(sources, user));
    let (audit, notices) =
        opened.map_err(|problem| anyhow!(problem.text().to(language).to_owned()))?;
    for notice in notices {
        tracing::warn!("{}", notice.text());
    }
    Ok(Some(audit))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_has_no_flaw_that_clap_knows() {
        super::Cli::command().debug_assert();
    }
}
