//! The entry that leads a client to a team's server.

use super::paths::{absolute, is_file};
use super::{Install, token};
use crate::config::{Origin, RemoteConfig, Sources};
use crate::install::{Entry, RemoteEntry, TokenDelivery};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// The settings of this program that count on the way to a team's server.
const USED: [Setting; 4] = [Setting::CaFile, Setting::Timeout, Setting::Log, Setting::LogFormat];

impl Install {
    pub(super) fn remote_entry(
        &self,
        url: &str,
        sandbox: bool,
        sources: &Sources,
    ) -> Result<Entry, Bilingual> {
        if sandbox || self.what.inline_token {
            return Err(bilingual!(
                "--url goes with neither --sandbox nor --inline-token: the team's server says whom it \
                 asks, and your token for it is never written into a configuration",
                "--url no va con --sandbox ni con --inline-token: el servidor del equipo sabe a quién \
                 consulta, y su token para él nunca se escribe en una configuración",
            ));
        }
        let sources = &sources.clone().of_caller();
        if self.what.login && !self.target.client.speaks_http() {
            let title = self.target.client.title();
            return Err(bilingual!(
                "{title} cannot log in at a server inside a company: it starts `connect`, which \
                 needs a token from `wolkvox-mcp caller add` (see --token-file)",
                "{title} no puede iniciar sesión en un servidor dentro de la empresa: inicia \
                 `connect`, que necesita un token de `wolkvox-mcp caller add` (vea --token-file)",
            ));
        }
        let set = |setting| {
            let raw = sources.get(setting).ok().flatten();
            raw.filter(|raw| !matches!(raw.origin, Origin::File { .. })).map(|raw| raw.text)
        };
        let given = set(Setting::CallerToken);
        let token_file = set(Setting::CallerTokenFile);
        let token_file = token_file.map(|file| {
            let setting = Setting::CallerTokenFile;
            token::file(setting, &file, given.clone(), self.target.place.force, sources)
        });
        let token_file = token_file.transpose()?;
        if self.what.login && token_file.is_some() {
            return Err(bilingual!(
                "--login and --token-file exclude each other: who logs in needs no other token",
                "--login y --token-file se excluyen: quien inicia sesión no necesita otro token",
            ));
        }
        // The token may come later, or from where the client starts.
        let later = sources.clone().without(Setting::CallerTokenFile).without(Setting::CallerToken);
        let config = RemoteConfig::resolve(url, &later).map_err(|problems| {
            let listed = |language: Language| {
                let lines: Vec<_> = problems.lines().map(|it| it.to(language).to_owned()).collect();
                lines.join("\n").into()
            };
            Bilingual { english: listed(Language::English), spanish: listed(Language::Spanish) }
        })?;
        let mut settings = Vec::new();
        // With any, the entry would start `connect`, which cannot log in.
        for setting in USED.into_iter().filter(|_| !self.what.login) {
            if let Some(text) = set(setting) {
                let text = if is_file(setting, &text) { absolute(&text, sources)? } else { text };
                settings.push((setting, text));
            }
        }
        let is_open = config.url.server().is_loopback() && given.is_none() && token_file.is_none();
        let has_token = !is_open && !self.what.login;
        let remote = RemoteEntry { url: config.url.to_string(), token_file, has_token };
        Ok(Entry {
            name: self.target.name()?,
            command: self.command(sources)?,
            sandbox: false,
            settings,
            token: TokenDelivery::Client,
            in_file: Vec::new(),
            remote: Some(remote),
        })
    }
}

/// Returns what to know of the token.
pub(super) fn hints(remote: &RemoteEntry, login: bool) -> Option<Bilingual> {
    (!remote.has_token).then(|| {
        if login {
            return bilingual!(
                "The client opens a browser in which you log in.",
                "El asistente abre un navegador en el que usted inicia sesión.",
            );
        }
        bilingual!(
            "No token is sent: on this computer a server without callers asks for none. If this one \
             does, set WOLKVOX_CALLER_TOKEN and install again.",
            "No se envía ningún token: en este equipo un servidor sin usuarios (callers) no lo pide. Si \
             este lo pide, defina WOLKVOX_CALLER_TOKEN e instale de nuevo.",
        )
    })
}

/// Returns the command that tests the way to the server.
pub(super) fn test(remote: &RemoteEntry, settings: &[(Setting, String)]) -> Bilingual {
    let RemoteEntry { url, token_file, .. } = remote;
    let file = token_file.as_ref().map(|file| format!(" --token-file \"{}\"", file.display()));
    let file = file.unwrap_or_default();
    let authority = settings.iter().find(|(setting, _)| *setting == Setting::CaFile);
    let authority = authority.map(|(_, path)| format!(" --ca-file \"{path}\""));
    let authority = authority.unwrap_or_default();
    bilingual!(
        "To test it: wolkvox-mcp check --url {url}{file}{authority}",
        "Para probarlo: wolkvox-mcp check --url {url}{file}{authority}",
    )
}
