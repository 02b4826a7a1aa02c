//! Settings, checked: [`Sources`] collects what was given, and [`Config::resolve`] turns it into
//! types that cannot be wrong, or lists everything that is.

mod invalid;
mod login;
mod machine;
mod path;
mod proxy;
mod reader;
mod remote;
mod roles;
mod settings_file;
mod shown;
mod sources;
mod team;

use tracing_subscriber::filter::Targets;

pub use self::invalid::{InvalidSetting, InvalidSettings, Subject};
pub use self::machine::machines_file;
pub use self::path::path;
pub use self::proxy::proxy_variable;
use self::reader::Reader;
pub use self::remote::RemoteConfig;
pub use self::shown::shown;
pub use self::sources::{NotUnicode, Origin, Raw, Sources};
pub use self::team::{DEFAULT_TENANT, ServeConfig, TenantConfig};
use crate::answer::Mask;
use crate::audit;
use crate::clean;
use crate::clock::Clock;
use crate::language::{Bilingual, bilingual};
use crate::lookup::Limits;
use crate::server_url::ServerUrl;
use crate::shared::SharedConfig;
use crate::wolkvox::{Operation, RootCertificates, TokenSource};

/// Every setting, checked.
#[derive(Debug)]
pub struct Config {
    /// Server and token, or the embedded sandbox.
    pub account: Account,
    /// Operation to use when a look-up names none.
    pub operation: Option<Operation>,
    /// Limits of a look-up.
    pub limits: Limits,
    /// Fields to mask.
    pub mask: Mask,
    /// The call centre's clock.
    pub clock: Clock,
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

/// Whom to ask.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a process makes one")]
pub enum Account {
    Sandbox,
    Tenant {
        server: ServerUrl,
        token: TokenSource,
        /// Root certificates beside the system's.
        roots: RootCertificates,
    },
}

/// What to log.
#[derive(Clone, Debug)]
pub struct Log {
    /// Which events.
    pub filter: Targets,
    /// In which form.
    pub format: LogFormat,
}

/// A form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Checks the settings; with `sandbox` no account is needed.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once.
    pub fn resolve(sandbox: bool, sources: &Sources) -> Result<Self, InvalidSettings> {
        let mut read = Reader::new(sources);
        let account = if sandbox { Ok(Account::Sandbox) } else { read.account() };
        let operation = read.operation();
        let limits = read.limits();
        let mask = read.mask();
        let clock = read.clock();
        let audit = read.audit();
        let shared = read.shared();
        let (card, log) = (read.card(), read.log());
        match (account, operation, limits, mask, clock, audit, shared, card, log) {
            (
                Ok(account),
                Ok(operation),
                Ok(limits),
                Ok(mask),
                Ok(clock),
                Ok(audit),
                Ok(shared),
                Ok(card),
                Ok(log),
            ) if read.is_fine() => {
                let warnings = warnings(&account, &mask, sources);
                Ok(Self {
                    account,
                    operation,
                    limits,
                    mask,
                    clock,
                    audit,
                    shared,
                    card,
                    log,
                    warnings,
                })
            }
            _ => Err(InvalidSettings::of_client(read.into_problems(), sources)),
        }
    }
}

/// Returns what is set and probably does not do what was meant.
fn warnings(account: &Account, mask: &Mask, sources: &Sources) -> Vec<Bilingual> {
    let mut warnings = match account {
        Account::Sandbox => Vec::new(),
        Account::Tenant { server, .. } => proxy::warnings(server, sources),
    };
    warnings.extend(mask_warnings(mask));
    warnings
}

/// Returns a warning if nobody can tell from this computer which day it is at the call centre. It
/// reads the system's files.
pub fn clock_warning(clock: &Clock) -> Option<Bilingual> {
    (!clock.is_local()).then(|| {
        bilingual!(
            "WOLKVOX_TIMEZONE is not set, and this computer's zone is UTC: \"today\" in answers is \
             UTC's day, which begins at 19:00 in Bogotá",
            "falta WOLKVOX_TIMEZONE, y la zona de este equipo es UTC: el \"hoy\" de las respuestas es \
             el de UTC, que empieza a las 19:00 en Bogotá",
        )
    })
}

/// Returns a warning for each name of the mask that no documented field has: a company's own field,
/// or a slip that masks nothing.
fn mask_warnings(mask: &Mask) -> Vec<Bilingual> {
    let warning = |(name, likeliest): (&str, Option<&str>)| {
        let name = clean::redacted(name);
        match likeliest {
            Some(field) => bilingual!(
                "WOLKVOX_MASK: wolkvox documents no field `{name}`; did you mean `{field}`?",
                "WOLKVOX_MASK: wolkvox no documenta ningún campo `{name}`; ¿quiso decir `{field}`?",
            ),
            None => bilingual!(
                "WOLKVOX_MASK: wolkvox documents no field `{name}`; it masks only a field of your \
                 company's own with that name",
                "WOLKVOX_MASK: wolkvox no documenta ningún campo `{name}`; solo oculta un campo \
                 propio de su empresa con ese nombre",
            ),
        }
    };
    mask.unknown_names().map(warning).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;

    fn resolve(set: &[(&str, &str)]) -> Result<Config, InvalidSettings> {
        let environment = set.iter().map(|(name, text)| (name.into(), text.into()));
        Config::resolve(false, &Sources::new(HashMap::new(), environment))
    }

    const ACCOUNT: [(&str, &str); 2] =
        [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN", "ficticio-0001")];

    #[test]
    fn an_account_is_enough_and_the_rest_has_the_defaults_of_the_table() {
        let config = resolve(&ACCOUNT).expect("settings");
        assert_eq!(config.limits, Limits::default());
        assert_eq!(config.mask, Mask::default());
        assert_eq!(config.operation, None);
        assert_eq!(config.log.format, LogFormat::Text);
        assert!(!format!("{config:?}").contains("ficticio"), "the token never shows itself");
    }

    #[test]
    fn every_setting_is_read() {
        let mut set = ACCOUNT.to_vec();
        set.extend([
            ("WOLKVOX_OPERATION", "empresa"),
            ("WOLKVOX_TIMEOUT", "1m 30s"),
            ("WOLKVOX_MAX_IN_FLIGHT", "1"),
            ("WOLKVOX_CACHE_TTL", "0s"),
            ("WOLKVOX_RATE", "10"),
            ("WOLKVOX_MAX_PAGES", "0"),
            ("WOLKVOX_MASK", "personal"),
            ("WOLKVOX_ALLOW_HOST", "proxy.empresa.example"),
            ("WOLKVOX_AUDIT", "/var/log/wolkvox/{user}/audit-{pid}.jsonl"),
            ("WOLKVOX_AUDIT_KEY_FILE", "/etc/wolkvox/{user}.key"),
            ("WOLKVOX_AUDIT_FAILURE", "continue"),
            ("WOLKVOX_AUDIT_ROTATE", "100MB"),
            ("WOLKVOX_LOG", "wolkvox_mcp::lookup=debug"),
            ("WOLKVOX_CARD", "off"),
            ("WOLKVOX_LOG_FORMAT", "json"),
        ]);
        let config = resolve(&set).expect("settings");
        let Limits { timeout, max_in_flight, cache_ttl, rate, max_pages } = config.limits;
        assert_eq!(timeout, Duration::from_secs(90));
        assert_eq!(max_in_flight.get(), 1);
        assert_eq!(cache_ttl, Duration::ZERO);
        assert_eq!(rate.get(), 10);
        assert_eq!(max_pages, None);
        assert_eq!(config.operation.expect("set").as_str(), "empresa");
        let audit = config.audit.expect("set");
        let log = audit::Target::File("/var/log/wolkvox/{user}/audit-{pid}.jsonl".into());
        assert_eq!(audit.target, log);
        assert_eq!(audit.key_file, Some("/etc/wolkvox/{user}.key".into()));
        assert_eq!(audit.on_failure, audit::OnFailure::Continue);
        assert_eq!(audit.rotation, audit::Rotation::Size(100_000_000));
        assert!(!config.card);
        assert_eq!(config.log.format, LogFormat::Json);
    }

    #[test]
    fn an_audit_log_can_be_off_and_needs_a_key_beside_stderr() {
        for (set, is_audited) in [
            (&[][..], Some(false)),
            (&[("WOLKVOX_AUDIT", "off")], Some(false)),
            (&[("WOLKVOX_AUDIT", "audit.jsonl")], Some(true)),
            (&[("WOLKVOX_AUDIT", "stderr")], None),
            (&[("WOLKVOX_AUDIT", "stderr"), ("WOLKVOX_AUDIT_KEY_FILE", "key")], Some(true)),
            (&[("WOLKVOX_AUDIT", "audit-${pid}.jsonl")], None),
            (&[("WOLKVOX_AUDIT", "audit-{day}.jsonl")], None),
            (&[("WOLKVOX_AUDIT_FAILURE", "ignore")], None),
            (&[("WOLKVOX_AUDIT_ROTATE", "weekly")], None),
        ] {
            let config = resolve(&[&ACCOUNT, set].concat());
            assert_eq!(config.ok().map(|it| it.audit.is_some()), is_audited, "{set:?}");
        }
    }

    #[test]
    fn a_log_filter_that_would_log_nothing_by_mistake_is_refused() {
        for text in
            ["debug", "off", "INFO", "wolkvox_mcp::lookup", "warn, wolkvox_mcp=trace", "rmcp=warn"]
        {
            let mut set = ACCOUNT.to_vec();
            set.push(("WOLKVOX_LOG", text));
            assert!(resolve(&set).is_ok(), "{text}");
        }
        for text in ["inof", "zzz", "debug,", "x=loud", "=info"] {
            let mut set = ACCOUNT.to_vec();
            set.push(("WOLKVOX_LOG", text));
            assert!(resolve(&set).is_err(), "{text}");
        }
    }
}
