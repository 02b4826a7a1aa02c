//! Turns environment variables and flags into one checked [`Config`].
//!
//! A flag overrides its variable; a blank value counts as not set. After [`Config::resolve`]
//! nothing reads the environment.

use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::answer::Mask;
use crate::file;
use crate::language::{self, Bilingual, Language, bilingual};
use crate::lookup::Limits;
use crate::server_url::ServerUrl;
use crate::settings::{self, Setting};
use crate::wolkvox::{Operation, RootCertificates, Token, TokenFile, TokenSource};

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
    /// What to log, and how.
    pub log: Log,
}

/// Whom to ask.
#[derive(Debug)]
pub enum Account {
    /// The embedded sandbox.
    Sandbox,
    /// A real tenant.
    Tenant {
        /// Its server.
        server: ServerUrl,
        /// Its token.
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

/// What is wrong with one setting, never its value.
#[derive(Debug)]
pub struct InvalidSetting {
    /// The setting.
    pub setting: Setting,
    /// What is wrong with it, to follow the variable's name.
    pub problem: Bilingual,
}

impl InvalidSettings {
    /// Writes each problem on a line of its own.
    pub fn lines(&self) -> impl Iterator<Item = Bilingual> + '_ {
        self.0.iter().map(|InvalidSetting { setting, problem }| {
            let Setting { variable, example, .. } = setting;
            match *example {
                "" => bilingual!("{variable} {problem}.", "{variable} {problem}.", problem),
                example => bilingual!(
                    "{variable} {problem}. Example: {example}",
                    "{variable} {problem}. Ejemplo: {example}",
                    problem,
                ),
            }
        })
    }

    /// Returns whether one of them is about this setting.
    pub fn are_about(&self, setting: &Setting) -> bool {
        self.0.iter().any(|it| it.setting.variable == setting.variable)
    }

    /// Writes all of it: what is wrong, and where to fix it.
    pub fn text(&self) -> Bilingual {
        let heading = match self.0.len() {
            1 => bilingual!("1 setting to mend:", "Hay que corregir 1 ajuste:"),
            count => bilingual!("{count} settings to mend:", "Hay que corregir {count} ajustes:"),
        };
        let listed = |language| {
            self.lines().map(|line| format!("  {}\n", line.to(language))).collect::<String>()
        };
        let lines = Bilingual {
            english: listed(Language::English).into(),
            spanish: listed(Language::Spanish).into(),
        };
        let mend = Self::advice();
        bilingual!(
            "{heading}\n{lines}{mend}\n\
             Without a wolkvox account, try the sandbox: wolkvox-mcp --sandbox",
            "{heading}\n{lines}{mend}\n\
             Sin una cuenta de wolkvox, pruebe el sandbox: wolkvox-mcp --sandbox",
            heading,
            lines,
            mend,
        )
    }

    /// Returns where to fix settings.
    pub fn advice() -> Bilingual {
        bilingual!(
            "Set them in the \"env\" part of your client's mcp.json, or in the environment.",
            "Corríjalos en la parte \"env\" del mcp.json de su asistente, o en el entorno.",
        )
    }
}

impl std::error::Error for InvalidSettings {}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl Config {
    /// Checks the settings. `flags` and `environment` give a setting's text if it is set there;
    /// with `sandbox` no account is needed.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub fn resolve(
        sandbox: bool,
        flags: impl Fn(&Setting) -> Option<String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidSettings> {
        let set = |setting: &Setting| {
            let text = flags(setting).or_else(|| environment(setting.variable))?;
            (!text.trim().is_empty()).then_some(text)
        };
        let mut read = Reader { set: &set, problems: Vec::new() };
        let account = if sandbox { Some(Account::Sandbox) } else { read.account() };
        let operation = read.optional(&settings::OPERATION, |text| {
            Operation::parse(text.to_owned()).map_err(|_| {
                bilingual!(
                    "must be your company's name in wolkvox: at most 128 characters, on one line",
                    "debe ser el nombre de su empresa en wolkvox: hasta 128 caracteres, en una línea",
                )
            })
        });
        let limits = read.limits();
        let mask = read.optional(&settings::MASK, Mask::parse).map(Option::unwrap_or_default);
        let log = read.log();
        match (account, operation, limits, mask, log) {
            (Some(account), Some(operation), Some(limits), Some(mask), Some(log))
                if read.problems.is_empty() =>
            {
                Ok(Self { account, operation, limits, mask, log })
            }
            _ => Err(InvalidSettings(read.problems)),
        }
    }
}

/// A reader of settings that collects what is wrong with them.
struct Reader<'a> {
    set: &'a dyn Fn(&Setting) -> Option<String>,
    problems: Vec<InvalidSetting>,
}

impl Reader<'_> {
    fn wrong(&mut self, setting: &Setting, problem: Bilingual) {
        self.problems.push(InvalidSetting { setting: *setting, problem });
    }

    /// Reads a setting that may be missing. `None` means that it is wrong.
    fn optional<T>(
        &mut self,
        setting: &Setting,
        parse: impl FnOnce(&str) -> Result<T, Bilingual>,
    ) -> Option<Option<T>> {
        let Some(text) = (self.set)(setting) else { return Some(None) };
        let parsed = if placeholder(&text) {
            Err(bilingual!(
                "arrived as the name of a variable that your client did not fill in: \
             set that variable where the client starts, or write the value",
                "llegó como el nombre de una variable que su asistente no reemplazó: \
             defina esa variable donde se abre el asistente, o escriba el valor",
            ))
        } else {
            parse(&text)
        };
        match parsed {
            Ok(value) => Some(Some(value)),
            Err(problem) => {
                self.wrong(setting, problem);
                None
            }
        }
    }

    /// Reads a setting that has a default.
    fn defaulted<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, Bilingual>,
    ) -> Option<T> {
        match self.optional(setting, &parse)? {
            Some(value) => Some(value),
            None => parse(setting.default).ok(),
        }
    }

    fn account(&mut self) -> Option<Account> {
        let allowed = self.optional(&settings::ALLOW_HOST, host_name);
        let server = self.optional(&settings::SERVER, |text| {
            ServerUrl::parse(text, allowed.as_ref().and_then(Option::as_deref))
        });
        if matches!(server, Some(None)) {
            self.wrong(&settings::SERVER, bilingual!("is not set", "no está definido"));
        }
        let roots = self.optional(&settings::CA_FILE, |path| {
            let pem = file::read(Path::new(path), LARGEST_CA_FILE).map_err(|problem| {
                let why = language::reason(problem.kind());
                bilingual!(
                    "names a file that cannot be read ({why})",
                    "indica un archivo que no se puede leer ({why})",
                    why,
                )
            })?;
            RootCertificates::from_pem(&pem)
        });
        let token = self.optional(&settings::TOKEN, Token::parse);
        let file = self.optional(&settings::TOKEN_FILE, |path| {
            TokenFile::open(PathBuf::from(path)).map_err(|problem| {
                bilingual!(
                    "names a file that {problem}",
                    "indica un archivo que {problem}",
                    problem
                )
            })
        });
        let token = match (token?, file?) {
            (Some(token), None) => Some(TokenSource::Fixed(token)),
            (None, Some(file)) => Some(TokenSource::File(file)),
            (Some(_), Some(_)) => {
                self.wrong(
                    &settings::TOKEN_FILE,
                    bilingual!(
                        "is set beside WOLKVOX_TOKEN: keep one of the two",
                        "está definido junto con WOLKVOX_TOKEN: deje uno de los dos",
                    ),
                );
                None
            }
            (None, None) => {
                let problem = bilingual!(
                    "is not set, nor is WOLKVOX_TOKEN_FILE; it is the CRM's internal token",
                    "no está definido, ni tampoco WOLKVOX_TOKEN_FILE; es el token interno del CRM",
                );
                self.wrong(&settings::TOKEN, problem);
                None
            }
        };
        Some(Account::Tenant { server: server??, token: token?, roots: roots?.unwrap_or_default() })
    }

    fn limits(&mut self) -> Option<Limits> {
        let timeout =
            self.defaulted(&settings::TIMEOUT, |text| duration(text, Duration::from_millis(1)));
        let max_in_flight = self.defaulted(&settings::MAX_IN_FLIGHT, whole);
        let cache_ttl = self.defaulted(&settings::CACHE_TTL, |text| duration(text, Duration::ZERO));
        let rate = self.defaulted(&settings::RATE, whole);
        let max_pages =
            self.defaulted(&settings::MAX_PAGES, |text| whole::<u32>(text).map(NonZeroU32::new));
        Some(Limits {
            timeout: timeout?,
            max_in_flight: max_in_flight?,
            cache_ttl: cache_ttl?,
            rate: rate?,
            max_pages: max_pages?,
        })
    }

    fn log(&mut self) -> Option<Log> {
        let filter = self.defaulted(&settings::LOG, |text| {
            let known = text.split(',').map(str::trim).all(is_log_directive);
            let filter = text.trim().parse().ok().filter(|_| known);
            filter.ok_or_else(|| bilingual!("is no log filter", "no es un filtro del log"))
        });
        let format = self.defaulted(&settings::LOG_FORMAT, |text| match text.trim() {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(bilingual!("must be `text` or `json`", "debe ser `text` o `json`")),
        });
        Some(Log { filter: filter?, format: format? })
    }
}

/// Recognises `${NAME}` and `$NAME`, which clients pass on as they stand when NAME is not set.
fn placeholder(text: &str) -> bool {
    let text = text.trim();
    let Some(name) = text.strip_prefix('$') else { return false };
    name.starts_with('{') && name.ends_with('}')
        || name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Returns whether a part of a log filter has an effect: a level, a target with one, or a target of
/// this program. Any other word would be taken for a target that does not exist, and nothing logged.
fn is_log_directive(part: &str) -> bool {
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    match part.split_once('=') {
        Some((target, level)) => !target.trim().is_empty() && is_level(level.trim()),
        None => !part.is_empty() && is_level(part) || part.starts_with(env!("CARGO_CRATE_NAME")),
    }
}

fn host_name(text: &str) -> Result<String, Bilingual> {
    url::Host::parse(text.trim()).map(|host| host.to_string()).map_err(|_| {
        bilingual!(
            "must be a host name alone, without https:// and path",
            "debe ser solo el nombre de un servidor, sin https:// ni ruta",
        )
    })
}

/// A system's whole bundle of root certificates is a tenth of this.
const LARGEST_CA_FILE: u64 = 4 * 1024 * 1024;
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

fn duration(text: &str, least: Duration) -> Result<Duration, Bilingual> {
    let parsed: Option<Duration> =
        text.trim().parse::<SignedDuration>().ok().and_then(|duration| duration.try_into().ok());
    parsed.filter(|duration| (least..=LONGEST).contains(duration)).ok_or_else(|| {
        bilingual!(
            "must be a time with its unit, at most a day, such as 500ms, 20s or 2m",
            "debe ser un tiempo con su unidad, de un día como máximo, como 500ms, 20s o 2m",
        )
    })
}

fn whole<T: std::str::FromStr>(text: &str) -> Result<T, Bilingual> {
    text.trim().parse().map_err(|_| {
        bilingual!(
            "must be a whole number in range",
            "debe ser un número entero dentro de lo permitido"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(set: &[(&str, &str)]) -> Result<Config, InvalidSettings> {
        let environment = |variable: &str| {
            let found = set.iter().find(|(name, _)| *name == variable);
            found.map(|(_, text)| (*text).to_owned())
        };
        Config::resolve(false, |_| None, environment)
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
        assert_eq!(config.log.format, LogFormat::Json);
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

    #[test]
    fn names_of_variables_are_told_from_values() {
        for text in ["${TOKEN}", "$TOKEN", " ${TOKEN:-x} ", "${input:token}", "${env:TOKEN}"] {
            assert!(placeholder(text), "{text}");
        }
        for text in ["token", "$", "$1abc", "a${b}", "$a-b"] {
            assert!(!placeholder(text), "{text}");
        }
    }
}
