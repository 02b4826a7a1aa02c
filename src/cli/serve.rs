//! Serves MCP over HTTP to a team until the system asks it to stop.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use tokio::net::TcpListener;
use tokio::time::sleep;
use url::Url;

use super::exit::WrongSettings;
use super::flags::TeamFlags;
use super::{audit_log, client, help, sandbox_clock, stop, system, with_runtime};
use crate::caller::{Budgets, Caller, Callers, Roles};
use crate::config::{DEFAULT_TENANT, ServeConfig, Sources, TenantConfig};
use crate::http::{
    Access, Certificate, Ending, Endpoint, HttpConfig, Names, OAuth, Service, TryCard, listen,
    probes,
};
use crate::language::{Bilingual, Language, bilingual};
use crate::lookup::{Admission, Answers, Limits, Lookup, Means};
use crate::mcp::Server;
use crate::metrics::Metrics;
use crate::sandbox::Sandbox;
use crate::shared::Shared;
use crate::tenant::Tenant;
use crate::wolkvox::{Client, Fingerprint};

/// How long a balancer has to notice that the server is about to end.
const BALANCER: Duration = Duration::from_secs(5);
/// How much longer than a look-up's deadline calls on their way may take at the end.
const MARGIN: Duration = Duration::from_secs(5);
/// How often the certificate's files are looked at, and an audit log that cannot be written is tried.
const REFRESH: Duration = Duration::from_secs(5);

/// Where and for whom to serve.
#[derive(Debug, Args)]
#[command(after_help = help::OF_SERVE)]
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
            .map_err(|problems| WrongSettings::new(&problems, language))?;
        let log = config.log.clone();
        with_runtime(&log, language, serve(config, sandbox, &sources, language))
    }
}

async fn serve(
    config: ServeConfig,
    is_sandbox: bool,
    sources: &Sources,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let said = |text: Bilingual| anyhow!(text.to(language).to_owned());
    // Whoever reads where the server is may send one at once.
    let (stop, hangups) = (stop::asked(), stop::Hangups::new());
    let ServeConfig { http, tenants, roles, audit, shared, card: has_card, log: _, warnings } =
        config;
    for warning in warnings {
        tracing::warn!(%warning, "a setting");
    }
    let listener = bind(http.listen, language).await?;
    let admin = bind(http.admin_listen, language).await?;
    let address = listener.local_addr().context("cannot listen")?;
    let probed = admin.local_addr().context("cannot listen")?;
    let certificate = http.tls.clone().map(Certificate::open).transpose();
    let certificate = certificate.map_err(|problem| said(problem.text()))?;
    let tls =
        certificate.as_ref().map(Certificate::acceptor).transpose().context("cannot speak TLS")?;
    let audit = audit_log(audit.as_ref(), &system::user(sources), sources, language)?;
    let metrics = Metrics::counting();
    if let Some(audit) = audit.clone() {
        metrics.watch_audit(move || audit.failures());
    }
    let shared = shared.as_ref().map(Shared::open).transpose().context("cannot share")?;
    if let Some(shared) = shared.clone() {
        metrics.watch_shared(move || shared.is_up());
    }
    let opened = open(tenants, has_card, audit.as_ref(), &metrics, shared.as_ref()).await?;
    let Opened { endpoints, sandboxes, deadline } = opened;
    let url = http.public_url(address).context("the server has no address")?;
    let is_alone = endpoints.len() == 1;
    let access = access(&http, roles, &url, is_alone).map_err(said)?;
    let paths: Vec<String> = endpoints.iter().map(Endpoint::path).collect();
    let card = endpoints.first().filter(|_| is_sandbox && has_card);
    let card = card.map(|endpoint| TryCard::new(Arc::clone(&endpoint.server)));
    let names = Names::new(address, http.public_url.as_ref());
    let login = Login::of(&http);
    let trusted = http.trusted_proxies;
    let (recorded, counted) = (audit.clone(), metrics.clone());
    let service =
        Service::new(endpoints, access, &names, trusted, recorded, counted, shared.clone());
    let service = Arc::new(service);
    let watched = Arc::downgrade(&service);
    metrics.watch_keys(move || watched.upgrade()?.keys_age());
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, admin = %probed, "serving MCP over HTTP");
    for path in &paths {
        let place = format!("{}{path}", url.as_str().trim_end_matches('/'));
        tell(&place, is_sandbox, login, language);
    }
    if card.is_some() {
        let text = bilingual!(
            "The card in a browser: http://{probed}/",
            "La tarjeta en un navegador: http://{probed}/",
        );
        let _ = writeln!(std::io::stdout(), "{}", text.to(language));
    }
    let probing = tokio::spawn(probes(admin, Arc::clone(&service), card));
    let refreshing =
        tokio::spawn(refresh(hangups, Arc::clone(&service), audit.clone(), certificate));
    let ending = Ending {
        stop,
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
    listen(listener, tls, service, ending).await;
    probing.abort();
    refreshing.abort();
    if let Some(audit) = audit {
        audit.flush();
    }
    if let Some(shared) = shared {
        shared.close().await;
    }
    drop(sandboxes);
    Ok(ExitCode::SUCCESS)
}

async fn bind(address: std::net::SocketAddr, language: Language) -> anyhow::Result<TcpListener> {
    let text = bilingual!("cannot listen at {address}", "no se puede escuchar en {address}");
    TcpListener::bind(address).await.with_context(|| text.to(language).to_owned())
}

/// Returns who is let in. Without callers and identity provider only this computer reaches the server.
fn access(http: &HttpConfig, roles: Roles, url: &Url, is_alone: bool) -> Result<Access, Bilingual> {
    if http.callers.is_none() && http.oauth.is_none() {
        return Ok(Access::Open(Arc::new(Caller::system("anonymous".to_owned()))));
    }
    let open = |path: &PathBuf| Callers::open(path.clone(), roles.clone());
    let callers = http.callers.as_ref().map(open).transpose().map_err(|problem| problem.text())?;
    let oauth = http.oauth.clone().map(|oauth| Box::new(OAuth::new(oauth, roles, url, is_alone)));
    Ok(Access::Tokens { callers, oauth })
}

/// What the server answers with.
struct Opened {
    endpoints: Vec<Endpoint>,
    sandboxes: Vec<Sandbox>,
    /// The longest deadline of a look-up.
    deadline: Duration,
}

/// What tenants with the same server and token share: the limits, which belong to the token, and the
/// answers where each keeps them as long and asks for as many pages.
struct SameToken {
    host: String,
    token: Option<Fingerprint>,
    limits: Limits,
    admission: Arc<Admission>,
    answers: Arc<Answers>,
}

impl SameToken {
    /// Creates what a tenant uses, of what the tenants before it use. Also returns whether it is the
    /// first with this server and token.
    fn of(before: &[Self], client: &Client, limits: Limits) -> (Self, bool) {
        let token = client.token().ok().map(|token| token.fingerprint());
        let host = client.server().to_string();
        let mut same = before.iter().filter(|it| it.host == host && it.token == token);
        let admission = same.clone().next().map(|it| Arc::clone(&it.admission));
        let kept = |it: &Limits| (it.cache_ttl, it.max_pages);
        let answers = same.find(|it| kept(&it.limits) == kept(&limits));
        let answers = answers.map(|it| Arc::clone(&it.answers));
        let is_first = admission.is_none();
        let admission = admission.unwrap_or_else(|| Arc::new(Admission::new(&limits)));
        let answers = answers.unwrap_or_else(|| Arc::new(Answers::new(&limits)));
        (Self { host, token, limits, admission, answers }, is_first)
    }
}

/// Makes what answers for each tenant.
async fn open(
    tenants: Vec<TenantConfig>,
    has_card: bool,
    audit: Option<&crate::audit::Audit>,
    metrics: &Metrics,
    shared: Option<&Shared>,
) -> anyhow::Result<Opened> {
    let is_alone = tenants.len() == 1;
    let budgets = Budgets::sharing(shared.cloned());
    let mut tokens = Vec::new();
    let mut opened =
        Opened { endpoints: Vec::new(), sandboxes: Vec::new(), deadline: Duration::ZERO };
    for TenantConfig { id, account, operation, limits, mask, clock } in tenants {
        let (client, operation, sandbox) = client(account, operation).await?;
        let (token, is_first) = SameToken::of(&tokens, &client, limits);
        let (admission, answers) = (Arc::clone(&token.admission), Arc::clone(&token.answers));
        tokens.push(token);
        if is_first {
            let watched = Arc::clone(&admission);
            metrics.watch_token(&id, move || watched.load());
        }
        let counted = metrics.lookups(&id);
        let means = Means { admission, answers, shared: shared.cloned(), metrics: counted };
        let lookup = Lookup::with(client, limits, means);
        let lookup = lookup.naming(operation.clone());
        let tenant = Tenant {
            budgets: budgets.clone(),
            clock: if sandbox.is_some() { sandbox_clock()? } else { clock },
            ..Tenant::new(Arc::new(lookup), operation, mask, sandbox.is_some())
        };
        opened.deadline = opened.deadline.max(limits.timeout);
        opened.sandboxes.extend(sandbox);
        let server = Server::new(tenant).with_card(has_card);
        let server = match audit {
            Some(audit) => {
                server.audited(audit.clone(), (id != DEFAULT_TENANT).then(|| id.clone()))
            }
            None => server,
        };
        opened.endpoints.push(Endpoint { tenant: id, is_alone, server: Arc::new(server) });
    }
    Ok(opened)
}

/// Reads anew what may change while the server runs: at once on SIGHUP, the certificate when its files
/// change, and an identity provider's keys from time to time. A balancer sends no call while the audit
/// log cannot be written, so that none would find out that it can again: it is tried here.
async fn refresh(
    mut hangups: stop::Hangups,
    service: Arc<Service>,
    audit: Option<crate::audit::Audit>,
    certificate: Option<Arc<Certificate>>,
) {
    loop {
        let was_asked = tokio::select! {
            () = hangups.next() => true,
            () = sleep(REFRESH) => false,
        };
        if let Some(certificate) = &certificate {
            certificate.check();
        }
        if was_asked {
            service.reload();
        }
        service.refresh();
        if let Some(audit) = &audit {
            if was_asked && let Err(problem) = audit.reopen() {
                tracing::error!("{}", problem.text());
            }
            audit.retry();
        }
    }
}

/// How clients show who asks.
#[derive(Clone, Copy)]
enum Login {
    /// Not at all.
    None,
    /// By a token of the file of callers.
    Token,
    /// At an identity provider, which they find by themselves.
    Provider,
}

impl Login {
    fn of(http: &HttpConfig) -> Self {
        match (&http.callers, &http.oauth) {
            (Some(_), _) => Self::Token,
            (None, Some(_)) => Self::Provider,
            (None, None) => Self::None,
        }
    }
}

/// Prints, for a person, where the server is and how to connect to it.
fn tell(url: &str, is_sandbox: bool, login: Login, language: Language) {
    let what = if is_sandbox {
        bilingual!("MCP with fictitious data", "MCP con datos ficticios")
    } else {
        bilingual!("MCP", "MCP")
    };
    let command = match login {
        Login::None | Login::Token => format!("wolkvox-mcp install claude-code --url {url}"),
        Login::Provider => format!("wolkvox-mcp install claude-code --url {url} --login"),
    };
    let token = match login {
        Login::Token => bilingual!(
            " (with the person's own token in WOLKVOX_CALLER_TOKEN)",
            " (con el token de cada persona en WOLKVOX_CALLER_TOKEN)",
        ),
        Login::None | Login::Provider => bilingual!("", ""),
    };
    let text = bilingual!(
        "{what} at {url}\nTo connect, for example: {command}{token}",
        "{what} en {url}\nPara conectarse, por ejemplo: {command}{token}",
        what,
        token,
    );
    // Without a reader there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{}", text.to(language));
}
