//! Shows the settings and where each comes from, the token only as its length.

use crate::config::{InvalidSettings, NotUnicode, Raw, RemoteConfig, Sources, path, shown};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;
use crate::wolkvox::{TokenFile, TokenSource};

/// Lists what leads to a team's server.
pub(super) fn of_caller(config: &RemoteConfig, sources: &Sources) -> Vec<Bilingual> {
    let RemoteConfig { url, token, .. } = config;
    let url = shown(Setting::PublicUrl, url.endpoint().as_str(), sources.home().as_deref());
    let mut lines = vec![bilingual!("server: {url}", "servidor: {url}")];
    let variable = Setting::CallerToken.variable();
    lines.push(match token.as_ref().map(|token| (token, token.current())) {
        Some((source, Ok(token))) => {
            let source = match source {
                TokenSource::Fixed(_) => bilingual!("variable", "variable"),
                TokenSource::File(_) => bilingual!("file", "archivo"),
            };
            token_of_length(Setting::CallerToken, token.length(), &source)
        }
        Some((_, Err(_))) | None => {
            bilingual!("{variable}: not set", "{variable}: no está definido")
        }
    });
    if let Ok(Some(Raw { text, origin })) = sources.get(Setting::CaFile) {
        let (variable, origin) = (Setting::CaFile.variable(), origin.name());
        let value = shown(Setting::CaFile, &text, sources.home().as_deref());
        lines.push(bilingual!(
            "{variable}: {value} ({origin})",
            "{variable}: {value} ({origin})",
            origin
        ));
    }
    lines
}

/// Warns of a token that everybody on this computer can read.
#[cfg(unix)]
pub(super) fn open_token_file(sources: &Sources) -> Option<Bilingual> {
    use std::os::unix::fs::PermissionsExt;
    let raw = sources.get(Setting::TokenFile).ok()??;
    let file = path(&raw.text, sources.home().as_deref()).ok()?;
    let is_open = file.metadata().ok()?.permissions().mode() & 0o007 != 0;
    let name = shown(Setting::TokenFile, &raw.text, sources.home().as_deref());
    is_open.then(|| {
        bilingual!(
            "every user of this computer can read the token: chmod 600 {name}",
            "todos los usuarios de este equipo pueden leer el token: chmod 600 {name}",
        )
    })
}

/// Elsewhere the folder's rights say who may read it.
#[cfg(not(unix))]
pub(super) fn open_token_file(_: &Sources) -> Option<Bilingual> {
    None
}

/// Lists the settings with a value, and where each comes from. The value of one that is `wrong` may
/// be a secret in the wrong place, and then is not shown. The defaults are apart: a ticket has them,
/// and people find them in `--help`.
pub(super) fn settings(
    sources: &Sources,
    sandbox: bool,
    wrong: Option<&InvalidSettings>,
) -> (Vec<Bilingual>, Bilingual) {
    let home = sources.home();
    let mut lines = Vec::new();
    if sandbox {
        lines.push(bilingual!(
            "the sandbox, with fictitious data",
            "el sandbox, con datos ficticios"
        ));
    }
    if let Some(file) = sources.machines_file() {
        let file = file.display();
        lines.push(bilingual!(
            "for everybody on this computer: {file}",
            "para todos en este equipo: {file}",
        ));
    }
    let mut defaults = Vec::new();
    let is_used =
        |setting: &Setting| setting.is_own_servers() && !(sandbox && setting.is_account());
    for setting in Setting::ALL.iter().copied().filter(is_used) {
        let variable = setting.variable();
        let (text, origin) = match sources.get(setting) {
            Ok(Some(Raw { text, origin })) => (text, origin.name()),
            // It is among the wrong settings, which are listed already.
            Err(NotUnicode) => continue,
            Ok(None) => {
                // The default of a serving process, not the one of this command.
                let default = setting.spec().default;
                if !default.is_empty() {
                    defaults.push(format!("{variable}={default}"));
                }
                continue;
            }
        };
        if setting == Setting::Token {
            lines.push(token_of_length(setting, text.chars().count(), &origin));
        } else {
            let value = match wrong.and_then(|wrong| wrong.about(setting)) {
                Some(wrong) => wrong.shown.clone(),
                None => Some(shown(setting, &text, home.as_deref())),
            };
            lines.push(match value {
                Some(value) => bilingual!(
                    "{variable}: {value} ({origin})",
                    "{variable}: {value} ({origin})",
                    origin
                ),
                None => bilingual!(
                    "{variable}: not shown, as it may be a secret ({origin})",
                    "{variable}: no se muestra porque podría ser un secreto ({origin})",
                    origin,
                ),
            });
        }
        if setting == Setting::TokenFile
            && let Ok(path) = path(&text, home.as_deref())
            && let Ok(token) = TokenFile::open(path).and_then(|file| file.current())
        {
            lines.push(token_of_length(
                Setting::Token,
                token.length(),
                &bilingual!("file", "archivo"),
            ));
        }
    }
    let defaults = defaults.join(", ");
    let defaults = bilingual!("by default: {defaults}", "por defecto: {defaults}");
    (lines, defaults)
}

fn token_of_length(setting: Setting, length: usize, source: &Bilingual) -> Bilingual {
    let variable = setting.variable();
    bilingual!(
        "{variable}: {length} characters ({source})",
        "{variable}: {length} caracteres ({source})",
        source,
    )
}
