//! The settings of one who asks a team's server, checked.

use std::time::Duration;

use super::reader::{Reader, Reported, names_a_file};
use super::{InvalidSetting, InvalidSettings, Log, Sources, Subject, path};
use crate::error::{AddressError, SettingError};
use crate::language::bilingual;
use crate::server_url::TeamUrl;
use crate::settings::Setting;
use crate::wolkvox::{RootCertificates, Token, TokenFile, TokenSource};

/// How long a request may take unless `WOLKVOX_TIMEOUT` says otherwise: a look-up has a deadline on
/// the server, and this one only has to end some day.
const PATIENCE: &str = "2m";

/// Everything about a team's server that is asked from here, checked.
#[derive(Debug)]
pub struct RemoteConfig {
    /// Where it speaks MCP.
    pub url: TeamUrl,
    /// The person's own token, if one is given.
    pub token: Option<TokenSource>,
    /// Root certificates beside the system's.
    pub roots: RootCertificates,
    /// How long a request may take, all tries together.
    pub timeout: Duration,
    /// What to log, and how.
    pub log: Log,
}

impl RemoteConfig {
    /// Checks the settings for the server at an address.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once.
    pub fn resolve(url: &str, sources: &Sources) -> Result<Self, InvalidSettings> {
        let sources = sources.clone().of_caller().with_default(Setting::Timeout, PATIENCE);
        let mut read = Reader::new(&sources);
        let url = TeamUrl::parse(url);
        if let Err(problem) = &url {
            read.problems.push(wrong_address(problem));
        }
        let proxy = read.proxy(url.as_ref().ok().map(|url| url.server().origin()));
        let roots = read.roots();
        let token = read.caller_token();
        let timeout = read.timeout();
        let log = read.log();
        match (url, proxy, roots, token, timeout, log) {
            (Ok(url), Ok(()), Ok(roots), Ok(token), Ok(timeout), Ok(log)) if read.is_fine() => {
                Ok(Self { url, token, roots, timeout, log })
            }
            _ => Err(InvalidSettings::of_client(read.into_problems(), &sources)),
        }
    }
}

/// The address itself is not shown: a secret may be a part of a wrong one.
fn wrong_address(problem: &AddressError) -> InvalidSetting {
    InvalidSetting {
        subject: Subject::Key,
        name: bilingual!("the server's address", "la dirección del servidor"),
        shown: None,
        problem: SettingError::Address(problem.clone()),
    }
}

impl Reader<'_> {
    fn caller_token(&mut self) -> Result<Option<TokenSource>, Reported> {
        let home = self.home.clone();
        let token = self.optional(Setting::CallerToken, |text| {
            if names_a_file(text, home.as_deref()) {
                return Err(SettingError::CallerTokenIsPath);
            }
            Token::parse(text).map_err(SettingError::Token)
        });
        let file = self.optional(Setting::CallerTokenFile, |text| {
            let path = path(text, home.as_deref()).map_err(SettingError::Path)?;
            TokenFile::open(path).map_err(SettingError::TokenFile)
        });
        match (token?, file?) {
            (Some(token), None) => Ok(Some(TokenSource::Fixed(token))),
            (None, Some(file)) => Ok(Some(TokenSource::File(file))),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err(self.wrong(Setting::CallerTokenFile, SettingError::TwoCallerTokens))
            }
        }
    }
}
