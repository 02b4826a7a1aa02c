//! Reads settings one by one: each into its type, or onto the list of what is wrong.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use tracing_subscriber::filter::LevelFilter;
use url::{Host, Url};

use super::proxy::{self, WrongProxy};
use super::shown::{Secrets, shown_if_harmless};
use super::{
    Account, InvalidSetting, Log, LogFormat, NotUnicode, Origin, Raw, Sources, Subject, path,
};
use crate::answer::Mask;
use crate::audit::{self, OnFailure, Rotation};
use crate::clock::Clock;
use crate::error::{CertificatesError, SecretsError, SettingError};
use crate::file;
use crate::language::Bilingual;
use crate::lookup::Limits;
use crate::server_url::ServerUrl;
use crate::settings::{Placeholder, Setting};
use crate::shared::{Secrets as SharedSecrets, SharedConfig, Unusable, WhenDown};
use crate::wolkvox::{Operation, RootCertificates, Token, TokenFile, TokenSource};

/// A system's whole bundle of root certificates is a tenth of this.
const LARGEST_CA_FILE: u64 = 4 * 1024 * 1024;
/// A few lines.
const LARGEST_SECRETS: u64 = 8 * 1024;
/// Longest time that a setting may give.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A mark that a setting is wrong and on the list already.
pub(super) struct Reported;

/// A reader of settings that collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) sources: &'a Sources,
    secrets: Secrets,
    pub(super) home: Option<PathBuf>,
    pub(super) problems: Vec<InvalidSetting>,
}

impl<'a> Reader<'a> {
    /// Reads all settings; what is wrong with their file is on the list already.
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { problems: sources.file_problems(), ..Self::of_tenant(sources) }
    }

    /// Reads the settings of one tenant among several.
    pub(super) fn of_tenant(sources: &'a Sources) -> Self {
        let (secrets, home) = (Secrets::of(sources), sources.home());
        Self { sources, secrets, home, problems: Vec::new() }
    }

    /// Returns whether nothing is wrong so far.
    pub(super) fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns what is wrong. What is not set may stand in a file that cannot be read.
    pub(super) fn into_problems(self) -> Vec<InvalidSetting> {
        let is_lost = self.sources.names_file() && self.sources.settings_file().is_none();
        let is_missing = |it: &InvalidSetting| {
            matches!(it.problem, SettingError::NotSet | SettingError::NoToken { .. })
        };
        self.problems.into_iter().filter(|it| !(is_lost && is_missing(it))).collect()
    }

    fn report(
        &mut self,
        setting: Setting,
        origin: Option<Origin>,
        shown: Option<String>,
        problem: SettingError,
    ) -> Reported {
        let subject = Subject::Setting(setting);
        let name = self.sources.name_of(setting, origin);
        self.problems.push(InvalidSetting { subject, name, shown, problem });
        Reported
    }

    /// Reports a setting that is wrong whatever its value, or is not set.
    pub(super) fn wrong(&mut self, setting: Setting, problem: SettingError) -> Reported {
        let origin = self.sources.get(setting).ok().flatten().map(|raw| raw.origin);
        self.report(setting, origin, None, problem)
    }

    /// Reports a value that is wrong, and shows it if that does no harm.
    fn wrong_value(&mut self, setting: Setting, raw: &Raw, problem: SettingError) -> Reported {
        let shown = match problem {
            SettingError::HoldsToken => None,
            _ => shown_if_harmless(setting, &raw.text, self.home.as_deref()),
        };
        self.report(setting, Some(raw.origin), shown, problem)
    }

    /// Reads a setting that may be missing.
    pub(super) fn optional<T>(
        &mut self,
        setting: Setting,
        parse: impl FnOnce(&str) -> Result<T, SettingError>,
    ) -> Result<Option<T>, Reported> {
        let raw = match self.sources.get(setting) {
            Ok(Some(raw)) => raw,
            Ok(None) => return Ok(None),
            Err(NotUnicode) => return Err(self.wrong(setting, SettingError::NotUnicode)),
        };
        let text = &raw.text;
        let is_token = matches!(setting, Setting::Token | Setting::CallerToken);
        let parsed = if !is_token && self.secrets.are_in(text) {
            Err(SettingError::HoldsToken)
        } else if let Some(placeholder) = placeholder(setting, text) {
            Err(SettingError::Placeholder(placeholder))
        } else {
            parse(text)
        };
        parsed.map(Some).map_err(|problem| self.wrong_value(setting, &raw, problem))
    }

    /// Reads a setting that has a default.
    pub(super) fn defaulted<T>(
        &mut self,
        setting: Setting,
        parse: impl Fn(&str) -> Result<T, SettingError>,
    ) -> Result<T, Reported> {
        match self.optional(setting, &parse)? {
            Some(value) => Ok(value),
            None => {
                parse(self.sources.default(setting)).map_err(|problem| self.wrong(setting, problem))
            }
        }
    }

    pub(super) fn account(&mut self) -> Result<Account, Reported> {
        let server = self.server();
        let proxy = self.proxy(server.as_ref().ok().map(ServerUrl::origin));
        let roots = self.roots();
        let token = self.token();
        proxy?;
        Ok(Account::Tenant { server: server?, token: token?, roots: roots? })
    }

    /// Reads the root certificates beside the system's.
    pub(super) fn roots(&mut self) -> Result<RootCertificates, Reported> {
        let home = self.home.clone();
        let roots = self.optional(Setting::CaFile, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            let pem = file::read(&path, LARGEST_CA_FILE)
                .map_err(|problem| SettingError::Unreadable(problem.kind()))?;
            RootCertificates::from_pem(&pem).map_err(SettingError::Certificates)
        });
        Ok(roots?.unwrap_or_default())
    }

    /// Refuses a proxy that the HTTP client would leave out.
    pub(super) fn proxy(&mut self, url: Option<&Url>) -> Result<(), Reported> {
        let wrong = url.and_then(|url| proxy::wrong(url, self.sources));
        let Some(WrongProxy { variable, shown, problem }) = wrong else { return Ok(()) };
        let (subject, name) = (Subject::Variable(variable), Bilingual::same(variable));
        let problem = InvalidSetting { subject, name, shown, problem };
        // It may be wrong for wolkvox and for an identity provider.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        Err(Reported)
    }

    fn server(&mut self) -> Result<ServerUrl, Reported> {
        let host = |text: &str| Host::parse(text).map_err(|_| SettingError::Host);
        let allowed = self.optional(Setting::AllowHost, host);
        let server = self.optional(Setting::Server, |text| {
            let allowed = allowed.as_ref().ok().and_then(Option::as_ref);
            ServerUrl::parse(text, allowed).map_err(SettingError::Address)
        })?;
        server.ok_or_else(|| self.wrong(Setting::Server, SettingError::NotSet))
    }

    fn token(&mut self) -> Result<TokenSource, Reported> {
        let home = self.home.clone();
        let token = self.optional(Setting::Token, |text| {
            if names_a_file(text, home.as_deref()) {
                return Err(SettingError::TokenIsPath);
            }
            Token::parse(text).map_err(SettingError::Token)
        });
        let file = self.optional(Setting::TokenFile, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            TokenFile::open(path).map_err(SettingError::TokenFile)
        });
        let is_tenants = self.sources.tenants_table().is_some();
        match (token?, file?) {
            (Some(token), None) => Ok(TokenSource::Fixed(token)),
            (None, Some(file)) => Ok(TokenSource::File(file)),
            (Some(_), Some(_)) => {
                Err(self.wrong(Setting::TokenFile, SettingError::TwoTokens { is_tenants }))
            }
            (None, None) => Err(self.wrong(Setting::Token, SettingError::NoToken { is_tenants })),
        }
    }

    pub(super) fn operation(&mut self) -> Result<Option<Operation>, Reported> {
        self.optional(Setting::Operation, |text| {
            Operation::parse(text.to_owned()).map_err(|_| SettingError::Operation)
        })
    }

    pub(super) fn mask(&mut self) -> Result<Mask, Reported> {
        let mask = |text: &str| Mask::parse(text).map_err(SettingError::Mask);
        Ok(self.optional(Setting::Mask, mask)?.unwrap_or_default())
    }

    pub(super) fn clock(&mut self) -> Result<Clock, Reported> {
        let clock = |text: &str| Clock::of_zone(text).ok_or(SettingError::Timezone);
        Ok(self.optional(Setting::Timezone, clock)?.unwrap_or_default())
    }

    pub(super) fn timeout(&mut self) -> Result<Duration, Reported> {
        let least = Duration::from_millis(1);
        self.defaulted(Setting::Timeout, |text| duration(text, least))
    }

    pub(super) fn limits(&mut self) -> Result<Limits, Reported> {
        let timeout = self.timeout();
        let max_in_flight = self.defaulted(Setting::MaxInFlight, |text| whole(text, 1, u16::MAX));
        let cache_ttl = self.defaulted(Setting::CacheTtl, |text| duration(text, Duration::ZERO));
        let rate = self.defaulted(Setting::Rate, |text| whole(text, 1, u32::MAX));
        let max_pages = self.defaulted(Setting::MaxPages, |text| whole(text, 0, u32::MAX));
        Ok(Limits {
            timeout: timeout?,
            max_in_flight: max_in_flight?,
            cache_ttl: cache_ttl?,
            rate: rate?,
            max_pages: NonZeroU32::new(max_pages?),
        })
    }

    pub(super) fn audit(&mut self) -> Result<Option<audit::Options>, Reported> {
        let home = self.home.clone();
        let file = |text: &str| path(text, home.as_deref()).map_err(SettingError::Path);
        let target = self.optional(Setting::Audit, |text| audit::Target::parse(text, file));
        let key_file = self.optional(Setting::AuditKeyFile, file);
        let on_failure = self.defaulted(Setting::AuditFailure, |text| match text {
            "refuse" => Ok(OnFailure::Refuse),
            "continue" => Ok(OnFailure::Continue),
            _ => Err(SettingError::AuditFailure),
        });
        let rotation = self.defaulted(Setting::AuditRotate, |text| {
            Rotation::parse(text).ok_or(SettingError::AuditRotate)
        });
        let (target, key_file) = (target?.flatten(), key_file?);
        let (on_failure, rotation) = (on_failure?, rotation?);
        let Some(target) = target else { return Ok(None) };
        if target == audit::Target::Stderr && key_file.is_none() {
            return Err(self.wrong(Setting::AuditKeyFile, SettingError::AuditKeyNeeded));
        }
        Ok(Some(audit::Options { target, key_file, on_failure, rotation }))
    }

    /// Reads what processes share, if they share anything.
    pub(super) fn shared(&mut self) -> Result<Option<SharedConfig>, Reported> {
        let home = self.home.clone();
        let is_flag =
            matches!(self.sources.get(Setting::Shared), Ok(Some(Raw { origin: Origin::Flag, .. })));
        let url = self.optional(Setting::Shared, |text| {
            let url = Url::parse(text).map_err(|_| SettingError::SharedAddress)?;
            if is_flag && url.password().is_some() {
                return Err(SettingError::SharedPassword);
            }
            Ok(SecretString::from(text))
        });
        let secrets = self.optional(Setting::SharedSecretFile, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            let text = file::read(&path, LARGEST_SECRETS)
                .map_err(|problem| SettingError::Unreadable(problem.kind()))?;
            let text = str::from_utf8(&text)
                .map_err(|_| SettingError::SharedSecrets(SecretsError::Length))?;
            SharedSecrets::parse(text).map_err(SettingError::SharedSecrets)
        });
        let when_down = self.defaulted(Setting::SharedDown, |text| match text {
            "degrade" => Ok(WhenDown::Degrade),
            "refuse" => Ok(WhenDown::Refuse),
            _ => Err(SettingError::SharedDown),
        });
        let Some(url) = url? else { return when_down.map(|_| None) };
        let Some(secrets) = secrets? else {
            return Err(self.wrong(Setting::SharedSecretFile, SettingError::SharedSecretNeeded));
        };
        // What is wrong with them may be on the list already.
        let roots = if self.is_fine() { self.roots()? } else { RootCertificates::default() };
        let config = SharedConfig::new(url, secrets, when_down?, roots);
        config.map(Some).map_err(|problem| match problem {
            Unusable::Address => self.wrong(Setting::Shared, SettingError::SharedAddress),
            Unusable::Certificates => {
                let problem = SettingError::Certificates(CertificatesError::NotPem);
                self.wrong(Setting::CaFile, problem)
            }
        })
    }

    /// Reads whether the tools lead to the card.
    pub(super) fn card(&mut self) -> Result<bool, Reported> {
        self.defaulted(Setting::Card, |text| match text {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(SettingError::OnOrOff),
        })
    }

    pub(super) fn log(&mut self) -> Result<Log, Reported> {
        let filter = self.defaulted(Setting::Log, |text| {
            let known = text.split(',').map(str::trim).all(is_log_directive);
            let filter = text.parse().ok().filter(|_| known);
            filter.ok_or(SettingError::LogFilter)
        });
        let format = self.defaulted(Setting::LogFormat, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(SettingError::LogFormat),
        });
        Ok(Log { filter: filter?, format: format? })
    }
}

/// Returns what stands in the place of a setting's value. Numbers and lists have sentences of their
/// own for what is none.
fn placeholder(setting: Setting, text: &str) -> Option<Placeholder> {
    let is_text = matches!(
        setting,
        Setting::Server
            | Setting::Token
            | Setting::TokenFile
            | Setting::CallerToken
            | Setting::CallerTokenFile
            | Setting::Operation
            | Setting::AllowHost
            | Setting::CaFile
            | Setting::Audit
            | Setting::AuditKeyFile
            | Setting::Shared
            | Setting::SharedSecretFile
    ) || setting.is_team();
    let filled = match setting {
        // These are filled in here; `${pid}` was meant for a shell.
        Setting::Audit | Setting::AuditKeyFile if !text.contains("${") => {
            text.replace("{pid}", "1").replace("{user}", "a")
        }
        _ => text.to_owned(),
    };
    Placeholder::find(&filled).filter(|it| is_text || *it != Placeholder::Example)
}

/// Returns whether a token is rather the path of the file that holds it.
pub(super) fn names_a_file(text: &str, home: Option<&Path>) -> bool {
    text.contains(['/', '\\']) && path(text, home).is_ok_and(|path| path.is_file())
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

fn duration(text: &str, least: Duration) -> Result<Duration, SettingError> {
    let parsed: Option<Duration> =
        text.parse::<SignedDuration>().ok().and_then(|duration| duration.try_into().ok());
    let in_range = parsed.filter(|duration| (least..=LONGEST).contains(duration));
    in_range.ok_or(SettingError::Duration)
}

pub(super) fn whole<T: FromStr, B: Into<u64>>(
    text: &str,
    least: u64,
    most: B,
) -> Result<T, SettingError> {
    text.parse().map_err(|_| SettingError::WholeNumber { least, most: most.into() })
}
