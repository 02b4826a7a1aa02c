//! The settings of a team's server, checked: where it listens, for whom, and which accounts it asks.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use super::login::{both_ways, role_claim};
use super::reader::{Reader, Reported};
use super::{
    Account, InvalidSetting, InvalidSettings, Log, Sources, clock_warning, path, warnings,
};
use crate::answer::Mask;
use crate::audit;
use crate::caller::{self, Roles};
use crate::clock::Clock;
use crate::error::{PublicUrlError, SettingError, TeamError};
use crate::file;
use crate::http::{Endpoint, HttpConfig, OAuthConfig, TlsFiles};
use crate::language::Bilingual;
use crate::lookup::Limits;
use crate::server_url::stays_here;
use crate::settings::{Setting, unquoted};
use crate::shared::SharedConfig;
use crate::wolkvox::Operation;

/// The id of the account of the plain settings, where no tenants are configured.
pub const DEFAULT_TENANT: &str = "default";
/// Certificates of a chain and a key are a hundredth of this.
const LARGEST_PEM: u64 = 1024 * 1024;

/// Every setting of a team's server, checked.
#[derive(Debug)]
pub struct ServeConfig {
    /// Where and for whom to serve.
    pub http: HttpConfig,
    /// The accounts; at least one, each with an id of its own.
    pub tenants: Vec<TenantConfig>,
    /// What callers may.
    pub roles: Roles,
    /// How the audit log is kept, if there is one.
    pub audit: Option<audit::Options>,
    /// What processes share, if they share anything.
    pub shared: Option<SharedConfig>,
    /// Whether the tools lead to the card.
    pub card: bool,
    /// What to log, and how.
    pub log: Log,
    /// What is set and probably does not do what was meant.
    pub warnings: Vec<Bilingual>,
}

/// One account.
#[derive(Debug)]
pub struct TenantConfig {
    /// Its name in addresses, [`DEFAULT_TENANT`] for the only one.
    pub id: String,
    /// Server and token, or an embedded sandbox.
    pub account: Account,
    /// Operation to use when a look-up names none.
    pub operation: Option<Operation>,
    /// Limits of a look-up.
    pub limits: Limits,
    /// Fields to mask, unless a role says otherwise.
    pub mask: Mask,
    /// The call centre's clock.
    pub clock: Clock,
}

impl ServeConfig {
    /// Checks the settings; with `sandbox` no account is needed, and none is used.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once.
    pub fn resolve(sandbox: bool, sources: &Sources) -> Result<Self, InvalidSettings> {
        let mut read = Reader::new(sources);
        let http = read.http();
        let tenants = read.tenants(sandbox);
        let roles = read.roles(&ids(sources));
        let (audit, shared) = (read.audit(), read.shared());
        if !sandbox && matches!(sources.get(Setting::Audit), Ok(None)) {
            read.wrong(Setting::Audit, TeamError::NoAudit.into());
        }
        let shown = (read.card(), read.log());
        match (http, tenants, roles, audit, shared, shown) {
            (
                Ok(http),
                Ok((tenants, told)),
                Ok(roles),
                Ok(audit),
                Ok(shared),
                (Ok(card), Ok(log)),
            ) if read.is_fine() => {
                let of_oauth = both_ways(&http).into_iter().chain(role_claim(&http, &roles));
                let warnings = told.into_iter().chain(of_oauth).collect();
                Ok(Self { http, tenants, roles, audit, shared, card, log, warnings })
            }
            _ => Err(InvalidSettings::of_team(read.into_problems())),
        }
    }

    /// Reads the roles alone, for who keeps the file of callers.
    ///
    /// # Errors
    ///
    /// What is wrong with them or with the file.
    pub fn roles(sources: &Sources) -> Result<Roles, InvalidSettings> {
        let mut read = Reader::new(sources);
        match read.roles(&ids(sources)) {
            Ok(roles) if read.is_fine() => Ok(roles),
            _ => Err(InvalidSettings::of_team(read.into_problems())),
        }
    }
}

/// Returns the ids of the tenants.
fn ids(sources: &Sources) -> Vec<String> {
    let file = sources.settings_file().filter(|file| !file.tenants.is_empty());
    file.map_or_else(
        || vec![DEFAULT_TENANT.to_owned()],
        |file| file.tenants.iter().map(|it| it.name.clone()).collect(),
    )
}

impl Reader<'_> {
    /// Reads the tenants, and what to warn of.
    fn tenants(&mut self, sandbox: bool) -> Result<(Vec<TenantConfig>, Vec<Bilingual>), Reported> {
        let file = self.sources.settings_file().filter(|file| !file.tenants.is_empty());
        let Some(file) = file else {
            let (tenant, told) = self.tenant(DEFAULT_TENANT, sandbox)?;
            return Ok((vec![tenant], told));
        };
        for setting in Setting::ALL.iter().copied().filter(|it| it.is_tenants_own()) {
            if !sandbox && !matches!(self.sources.get(setting), Ok(None)) {
                self.wrong(setting, TeamError::BesideTenants.into());
            }
        }
        let mut tenants = Vec::new();
        let mut warnings = Vec::new();
        for section in &file.tenants {
            if !Endpoint::is_name(&section.name) {
                let key = format!("tenants.{}", section.name);
                self.wrong_key(section.line, &key, None, TeamError::TenantName.into());
            }
            let sources = self.sources.of_tenant(&section.name);
            let mut read = Reader::of_tenant(&sources);
            let tenant = read.tenant(&section.name, sandbox);
            for problem in read.into_problems() {
                // What is said for all is wrong once.
                let is_same =
                    |it: &InvalidSetting| it.name == problem.name && it.problem == problem.problem;
                if !self.problems.iter().any(is_same) {
                    self.problems.push(problem);
                }
            }
            if let Ok((tenant, told)) = tenant {
                tenants.push(tenant);
                let new = told.into_iter().filter(|it| !warnings.contains(it)).collect::<Vec<_>>();
                warnings.extend(new);
            }
        }
        if self.is_fine() { Ok((tenants, warnings)) } else { Err(Reported) }
    }

    fn tenant(
        &mut self,
        id: &str,
        sandbox: bool,
    ) -> Result<(TenantConfig, Vec<Bilingual>), Reported> {
        let account = if sandbox { Ok(Account::Sandbox) } else { self.account() };
        let operation = self.operation();
        let limits = self.limits();
        let mask = self.mask();
        let clock = self.clock();
        let (account, operation, limits) = (account?, operation?, limits?);
        let (mask, clock) = (mask?, clock?);
        let mut told = warnings(&account, &mask, self.sources);
        told.extend(clock_warning(&clock).filter(|_| !sandbox));
        Ok((TenantConfig { id: id.to_owned(), account, operation, limits, mask, clock }, told))
    }

    fn http(&mut self) -> Result<HttpConfig, Reported> {
        let listen = self.defaulted(Setting::Listen, address);
        let public_url = self.optional(Setting::PublicUrl, public_url);
        let tls = self.tls();
        let trusted_proxies = self.optional(Setting::TrustedProxies, networks);
        let callers = self.callers();
        let oauth = self.oauth();
        let admin_listen = self.defaulted(Setting::AdminListen, address);
        let http = HttpConfig {
            listen: listen?,
            public_url: public_url?,
            tls: tls?,
            trusted_proxies: trusted_proxies?.unwrap_or_default(),
            callers: callers?,
            oauth: oauth?,
            admin_listen: admin_listen?,
        };
        self.refuse_unsafe(&http)?;
        Ok(http)
    }

    /// Refuses to serve whom nobody knows, or where others could listen.
    fn refuse_unsafe(&mut self, http: &HttpConfig) -> Result<(), Reported> {
        let before = self.problems.len();
        let is_local = http.listen.ip().is_loopback();
        // A proxy on this computer brings others just as well.
        let because = if !is_local {
            Some(Setting::Listen)
        } else if http.public_url.as_ref().is_some_and(|url| !stays_here(url)) {
            Some(Setting::PublicUrl)
        } else {
            (!http.trusted_proxies.is_empty()).then_some(Setting::TrustedProxies)
        };
        if let Some(because) = because
            && http.callers.is_none()
            && http.oauth.is_none()
        {
            self.wrong(Setting::Callers, TeamError::NoCallers { because }.into());
        }
        if !is_local && http.public_url.is_none() {
            self.wrong(Setting::PublicUrl, TeamError::NoPublicUrl.into());
        }
        if !is_local && http.tls.is_none() && http.trusted_proxies.is_empty() {
            self.wrong(Setting::TlsCert, TeamError::NoEncryption.into());
        }
        if http.admin_listen == http.listen && http.listen.port() != 0 {
            self.wrong(Setting::AdminListen, TeamError::SameAddress.into());
        }
        if self.problems.len() == before { Ok(()) } else { Err(Reported) }
    }

    fn tls(&mut self) -> Result<Option<TlsFiles>, Reported> {
        let certificates = self.file(Setting::TlsCert);
        let key = self.file(Setting::TlsKey);
        match (certificates?, key?) {
            (Some(certificates), Some(key)) => Ok(Some(TlsFiles { certificates, key })),
            (None, None) => Ok(None),
            (Some(_), None) => {
                let problem = TeamError::NotSetBeside(Setting::TlsCert);
                Err(self.wrong(Setting::TlsKey, problem.into()))
            }
            (None, Some(_)) => {
                let problem = TeamError::NotSetBeside(Setting::TlsKey);
                Err(self.wrong(Setting::TlsCert, problem.into()))
            }
        }
    }

    /// Reads the path of a file that can be read.
    fn file(&mut self, setting: Setting) -> Result<Option<PathBuf>, Reported> {
        let home = self.home.clone();
        self.optional(setting, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            file::read(&path, LARGEST_PEM)
                .map_err(|problem| SettingError::Unreadable(problem.kind()))?;
            Ok(path)
        })
    }

    fn callers(&mut self) -> Result<Option<PathBuf>, Reported> {
        let home = self.home.clone();
        self.optional(Setting::Callers, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            caller::list(&path).map_err(|problem| SettingError::Callers(problem.kind))?;
            Ok(path)
        })
    }

    fn oauth(&mut self) -> Result<Option<OAuthConfig>, Reported> {
        let issuer = self.optional(Setting::OAuthIssuer, issuer);
        let audiences = self.optional(Setting::OAuthAudience, |text| names(text, &[',']));
        let scopes = self.optional(Setting::OAuthScope, scopes);
        let principal = self.defaulted(Setting::OAuthPrincipal, |text| names(text, &[',']));
        let name = self.optional(Setting::OAuthName, claim);
        let role = self.optional(Setting::OAuthRole, claim);
        let Some(issuer) = issuer? else {
            for setting in [
                Setting::OAuthAudience,
                Setting::OAuthScope,
                Setting::OAuthPrincipal,
                Setting::OAuthName,
                Setting::OAuthRole,
            ] {
                if matches!(self.sources.get(setting), Ok(Some(_))) {
                    let problem = TeamError::UselessWithout(Setting::OAuthIssuer);
                    self.wrong(setting, problem.into());
                }
            }
            return if self.is_fine() { Ok(None) } else { Err(Reported) };
        };
        // Its documents are fetched as wolkvox is asked.
        self.proxy(Url::parse(&issuer).ok().as_ref())?;
        let roots = self.roots()?;
        Ok(Some(OAuthConfig {
            issuer,
            audiences: audiences?.unwrap_or_default(),
            scopes: scopes?.unwrap_or_default(),
            principal: principal?,
            name: name?,
            role: role?,
            roots,
        }))
    }
}

fn address(text: &str) -> Result<SocketAddr, SettingError> {
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    text.parse().map_err(|_| TeamError::Listen.into())
}

fn public_url(text: &str) -> Result<Url, SettingError> {
    let wrong = |problem| SettingError::Team(TeamError::PublicUrl(problem));
    let url = Url::parse(text).map_err(|_| wrong(PublicUrlError::Malformed))?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return Err(wrong(PublicUrlError::Malformed));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(PublicUrlError::Credentials));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(PublicUrlError::NotHostAlone));
    }
    if url.scheme() == "http" && !stays_here(&url) {
        return Err(wrong(PublicUrlError::Unencrypted));
    }
    Ok(url)
}

fn networks(text: &str) -> Result<Vec<IpNet>, SettingError> {
    let network = |part: &str| -> Result<IpNet, SettingError> {
        let address = part.parse::<IpAddr>().map(IpNet::from);
        let network = address.or_else(|_| part.parse::<IpNet>());
        let network = network.map_err(|_| SettingError::Team(TeamError::Proxy))?;
        match network.prefix_len() {
            0 => Err(TeamError::EveryProxy.into()),
            _ => Ok(network.trunc()),
        }
    };
    text.split(',').map(|part| network(unquoted(part))).collect()
}

/// Reads the issuer, which stays as it is written: tokens must spell it just so.
fn issuer(text: &str) -> Result<String, SettingError> {
    let url = Url::parse(text).ok().filter(|url| {
        let is_safe = url.scheme() == "https" || url.scheme() == "http" && stays_here(url);
        let is_plain = url.query().is_none() && url.fragment().is_none();
        is_safe && is_plain && url.username().is_empty() && url.password().is_none()
    });
    url.map(|_| text.to_owned()).ok_or(SettingError::Team(TeamError::Issuer))
}

/// Reads names with one of these marks between them.
fn names(text: &str, marks: &[char]) -> Result<Vec<String>, SettingError> {
    text.split(marks).map(claim).collect()
}

fn scopes(text: &str) -> Result<Vec<String>, SettingError> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let scopes = names(&parts.join(",").replace(",,", ","), &[','])?;
    // What RFC 6749, section 3.3, allows can stand in a header as it is.
    let is_odd = |scope: &String| !scope.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if scopes.iter().any(is_odd) { Err(TeamError::Names.into()) } else { Ok(scopes) }
}

fn claim(text: &str) -> Result<String, SettingError> {
    let name = text.trim();
    let is_odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "\"'".contains(letter);
    if name.is_empty() || name.contains(is_odd) {
        return Err(TeamError::Names.into());
    }
    Ok(name.to_owned())
}
