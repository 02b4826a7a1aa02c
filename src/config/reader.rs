//! Reads settings one by one: each into its type, or onto the list of what is wrong.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use tracing_subscriber::filter::LevelFilter;

use super::{Account, InvalidSetting, Log, LogFormat, Sources};
use crate::answer::Mask;
use crate::file;
use crate::language::{self, Bilingual, bilingual};
use crate::lookup::Limits;
use crate::server_url::ServerUrl;
use crate::settings::Setting;
use crate::wolkvox::{Operation, RootCertificates, Token, TokenFile, TokenSource};

/// A system's whole bundle of root certificates is a tenth of this.
const LARGEST_CA_FILE: u64 = 4 * 1024 * 1024;
/// Longest time that a setting may give.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A mark that a setting is wrong and on the list already.
pub(super) struct Reported;

/// A reader of settings that collects what is wrong with them.
pub(super) struct Reader<'a> {
    sources: &'a Sources,
    problems: Vec<InvalidSetting>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, problems: Vec::new() }
    }

    pub(super) fn into_problems(self) -> Vec<InvalidSetting> {
        self.problems
    }

    fn wrong(&mut self, setting: Setting, problem: Bilingual) -> Reported {
        self.problems.push(InvalidSetting { setting, problem });
        Reported
    }

    /// Reads a setting that may be missing.
    fn optional<T>(
        &mut self,
        setting: Setting,
        parse: impl FnOnce(&str) -> Result<T, Bilingual>,
    ) -> Result<Option<T>, Reported> {
        let raw = match self.sources.get(setting) {
            Ok(Some(raw)) => raw,
            Ok(None) => return Ok(None),
            Err(_) => {
                let problem = bilingual!("must be Unicode text", "debe ser texto Unicode");
                return Err(self.wrong(setting, problem));
            }
        };
        let parsed = if is_placeholder(&raw.text) {
            Err(bilingual!(
                "arrived as the name of a variable that your client did not fill in: \
                 set that variable where the client starts, or write the value",
                "llegó como el nombre de una variable que su asistente no reemplazó: \
                 defina esa variable donde se abre el asistente, o escriba el valor",
            ))
        } else {
            parse(&raw.text)
        };
        parsed.map(Some).map_err(|problem| self.wrong(setting, problem))
    }

    /// Reads a setting that has a default.
    fn defaulted<T>(
        &mut self,
        setting: Setting,
        parse: impl Fn(&str) -> Result<T, Bilingual>,
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
        let roots = self.optional(Setting::CaFile, |path| {
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
        let token = self.token();
        Ok(Account::Tenant { server: server?, token: token?, roots: roots?.unwrap_or_default() })
    }

    fn server(&mut self) -> Result<ServerUrl, Reported> {
        let allowed = self.optional(Setting::AllowHost, host_name);
        let server = self.optional(Setting::Server, |text| {
            let allowed = allowed.as_ref().ok().and_then(Option::as_deref);
            ServerUrl::parse(text, allowed)
        })?;
        server.ok_or_else(|| {
            self.wrong(Setting::Server, bilingual!("is not set", "no está definido"))
        })
    }

    fn token(&mut self) -> Result<TokenSource, Reported> {
        let token = self.optional(Setting::Token, Token::parse);
        let file = self.optional(Setting::TokenFile, |path| {
            TokenFile::open(PathBuf::from(path)).map_err(|problem| {
                bilingual!(
                    "names a file that {problem}",
                    "indica un archivo que {problem}",
                    problem
                )
            })
        });
        match (token?, file?) {
            (Some(token), None) => Ok(TokenSource::Fixed(token)),
            (None, Some(file)) => Ok(TokenSource::File(file)),
            (Some(_), Some(_)) => Err(self.wrong(
                Setting::TokenFile,
                bilingual!(
                    "is set beside WOLKVOX_TOKEN: keep one of the two",
                    "está definido junto con WOLKVOX_TOKEN: deje uno de los dos",
                ),
            )),
            (None, None) => Err(self.wrong(
                Setting::Token,
                bilingual!(
                    "is not set, nor is WOLKVOX_TOKEN_FILE; it is the CRM's internal token",
                    "no está definido, ni tampoco WOLKVOX_TOKEN_FILE; es el token interno del CRM",
                ),
            )),
        }
    }

    pub(super) fn operation(&mut self) -> Result<Option<Operation>, Reported> {
        self.optional(Setting::Operation, |text| {
            Operation::parse(text.to_owned()).map_err(|_| {
                bilingual!(
                    "must be your company's name in wolkvox: at most 128 characters, on one line",
                    "debe ser el nombre de su empresa en wolkvox: hasta 128 caracteres, en una línea",
                )
            })
        })
    }

    pub(super) fn mask(&mut self) -> Result<Mask, Reported> {
        Ok(self.optional(Setting::Mask, Mask::parse)?.unwrap_or_default())
    }

    pub(super) fn limits(&mut self) -> Result<Limits, Reported> {
        let least = Duration::from_millis(1);
        let timeout = self.defaulted(Setting::Timeout, |text| duration(text, least));
        let max_in_flight = self.defaulted(Setting::MaxInFlight, whole);
        let cache_ttl = self.defaulted(Setting::CacheTtl, |text| duration(text, Duration::ZERO));
        let rate = self.defaulted(Setting::Rate, whole);
        let max_pages = self.defaulted(Setting::MaxPages, whole::<u32>);
        Ok(Limits {
            timeout: timeout?,
            max_in_flight: max_in_flight?,
            cache_ttl: cache_ttl?,
            rate: rate?,
            max_pages: NonZeroU32::new(max_pages?),
        })
    }

    pub(super) fn log(&mut self) -> Result<Log, Reported> {
        let filter = self.defaulted(Setting::Log, |text| {
            let known = text.split(',').map(str::trim).all(is_log_directive);
            let filter = text.parse().ok().filter(|_| known);
            filter.ok_or_else(|| bilingual!("is no log filter", "no es un filtro del log"))
        });
        let format = self.defaulted(Setting::LogFormat, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(bilingual!("must be `text` or `json`", "debe ser `text` o `json`")),
        });
        Ok(Log { filter: filter?, format: format? })
    }
}

/// Recognises `${NAME}` and `$NAME`, which clients pass on as they stand when NAME is not set.
fn is_placeholder(text: &str) -> bool {
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
    url::Host::parse(text).map(|host| host.to_string()).map_err(|_| {
        bilingual!(
            "must be a host name alone, without https:// and path",
            "debe ser solo el nombre de un servidor, sin https:// ni ruta",
        )
    })
}

fn duration(text: &str, least: Duration) -> Result<Duration, Bilingual> {
    let parsed: Option<Duration> =
        text.parse::<SignedDuration>().ok().and_then(|duration| duration.try_into().ok());
    parsed.filter(|duration| (least..=LONGEST).contains(duration)).ok_or_else(|| {
        bilingual!(
            "must be a time with its unit, at most a day, such as 500ms, 20s or 2m",
            "debe ser un tiempo con su unidad, de un día como máximo, como 500ms, 20s o 2m",
        )
    })
}

fn whole<T: FromStr>(text: &str) -> Result<T, Bilingual> {
    text.parse().map_err(|_| {
        bilingual!(
            "must be a whole number in range",
            "debe ser un número entero dentro de lo permitido"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables_are_told_from_values() {
        for text in ["${TOKEN}", "$TOKEN", "${TOKEN:-x}", "${input:token}", "${env:TOKEN}"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["token", "$", "$1abc", "a${b}", "$a-b"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
