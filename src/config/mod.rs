//! Settings, checked: [`Sources`] collects what was given, and [`Config::resolve`] turns it into
//! types that cannot be wrong, or lists everything that is.

mod path;
mod proxy;
mod reader;
mod shown;
mod sources;

use std::fmt;

use tracing_subscriber::filter::Targets;

pub use self::path::path;
use self::reader::Reader;
pub use self::shown::shown;
pub use self::sources::{NotUnicode, Origin, Raw, Sources};
use crate::answer::Mask;
use crate::audit;
use crate::clean;
use crate::error::{ProxyError, SettingError};
use crate::language::{Bilingual, Language, bilingual};
use crate::lookup::Limits;
use crate::server_url::ServerUrl;
use crate::settings::Setting;
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
    /// How the audit log is kept, if there is one.
    pub audit: Option<audit::Options>,
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

/// Every setting that is wrong.
#[derive(Debug)]
pub struct InvalidSettings(Vec<InvalidSetting>);

/// What is wrong with one setting, never a secret.
#[derive(Debug)]
pub struct InvalidSetting {
    /// What is set.
    pub subject: Subject,
    /// Its value, if that may be shown.
    pub shown: Option<String>,
    /// What is wrong with it.
    pub problem: SettingError,
}

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A setting of this program.
    Setting(Setting),
    /// Another environment variable that counts.
    Variable(&'static str),
}

impl InvalidSetting {
    fn text(&self) -> Bilingual {
        let problem = self.problem.text();
        let (variable, example) = match self.subject {
            Subject::Setting(setting) => (setting.variable(), setting.spec().example),
            Subject::Variable(variable) => (variable, "http://proxy.example.com:3128"),
        };
        // Another address would not help.
        let is_off = matches!(self.problem, SettingError::Proxy(ProxyError::Cgi));
        let example = if is_off { "" } else { example };
        let sentence = match &self.shown {
            Some(value) => bilingual!(
                "{variable} is \"{value}\": it {problem}.",
                "{variable} es \"{value}\": {problem}.",
                problem
            ),
            None => bilingual!("{variable} {problem}.", "{variable} {problem}.", problem),
        };
        if example.is_empty() {
            return sentence;
        }
        bilingual!("{sentence} Example: {example}", "{sentence} Ejemplo: {example}", sentence)
    }
}

impl InvalidSettings {
    /// Writes each problem on a line of its own.
    pub fn lines(&self) -> impl Iterator<Item = Bilingual> + '_ {
        self.0.iter().map(InvalidSetting::text)
    }

    /// Returns what is wrong with this setting.
    pub fn about(&self, setting: Setting) -> Option<&InvalidSetting> {
        self.0.iter().find(|it| it.subject == Subject::Setting(setting))
    }

    /// Writes all of it: what is wrong, and where to fix it.
    pub fn text(&self) -> Bilingual {
        let heading = match self.0.len() {
            1 => bilingual!("1 setting is wrong:", "Hay 1 ajuste incorrecto:"),
            count => {
                bilingual!("{count} settings are wrong:", "Hay {count} ajustes incorrectos:")
            }
        };
        let listed = |language| {
            self.lines().map(|line| format!("  {}\n", line.to(language))).collect::<String>()
        };
        let lines = Bilingual {
            english: listed(Language::English).into(),
            spanish: listed(Language::Spanish).into(),
        };
        let fix = self.advice();
        bilingual!(
            "{heading}\n{lines}{fix}\n\
             Without a wolkvox account, try the sandbox: wolkvox-mcp --sandbox",
            "{heading}\n{lines}{fix}\n\
             Sin una cuenta de wolkvox, pruebe el sandbox: wolkvox-mcp --sandbox",
            heading,
            lines,
            fix,
        )
    }

    /// Returns where to fix them.
    pub fn advice(&self) -> Bilingual {
        match self.0.len() {
            1 => bilingual!(
                "Set it in the \"env\" part of your client's mcp.json, or in the environment.",
                "Corríjalo en la parte \"env\" del mcp.json de su asistente, o en el entorno.",
            ),
            _ => bilingual!(
                "Set them in the \"env\" part of your client's mcp.json, or in the environment.",
                "Corríjalos en la parte \"env\" del mcp.json de su asistente, o en el entorno.",
            ),
        }
    }
}

impl std::error::Error for InvalidSettings {}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
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
        let audit = read.audit();
        let log = read.log();
        match (account, operation, limits, mask, audit, log) {
            (Ok(account), Ok(operation), Ok(limits), Ok(mask), Ok(audit), Ok(log)) => {
                let warnings = warnings(&account, &mask, sources);
                Ok(Self { account, operation, limits, mask, audit, log, warnings })
            }
            _ => Err(InvalidSettings(read.into_problems())),
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
