//! Shows the settings and where each comes from, the token only as its length.

use std::path::Path;

use crate::clean;
use crate::config::{NotUnicode, Raw, Sources};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;
use crate::wolkvox::TokenFile;

/// Lists the settings with a value, and where each comes from. The value of one that is `wrong` may
/// be anything, such as a token in the wrong place, and is not shown.
pub(super) fn settings(
    sources: &Sources,
    sandbox: bool,
    wrong: impl Fn(Setting) -> bool,
) -> Vec<Bilingual> {
    let mut lines = Vec::new();
    if sandbox {
        lines.push(bilingual!(
            "the sandbox, with fictitious data",
            "el sandbox, con datos ficticios"
        ));
    }
    let mut defaults = Vec::new();
    for setting in Setting::ALL.iter().copied().filter(|it| !(sandbox && it.is_account())) {
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
            lines.push(token_of_length(text.chars().count(), &origin));
        } else if wrong(setting) {
            lines.push(bilingual!(
                "{variable}: not shown, as it is wrong ({origin})",
                "{variable}: no se muestra porque está mal ({origin})",
                origin,
            ));
        } else {
            let shown = shown(setting, &text);
            lines.push(bilingual!(
                "{variable}: {shown} ({origin})",
                "{variable}: {shown} ({origin})",
                origin,
            ));
        }
        if setting == Setting::TokenFile
            && let Ok(token) = TokenFile::open(text.into()).and_then(|file| file.current())
        {
            lines.push(token_of_length(token.length(), &bilingual!("file", "archivo")));
        }
    }
    let defaults = defaults.join(", ");
    lines.push(bilingual!("by default: {defaults}", "por defecto: {defaults}"));
    lines
}

/// Writes a value so that a support ticket may hold it: nothing that looks like a token, and the
/// home folder, which names its owner, as `~`.
fn shown(setting: Setting, set: &str) -> String {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let below_home = home.as_deref().and_then(|home| Path::new(set).strip_prefix(home).ok());
    match below_home {
        Some(rest) if matches!(setting, Setting::TokenFile | Setting::CaFile) => {
            clean::redacted(&Path::new("~").join(rest).to_string_lossy())
        }
        _ => clean::redacted(set),
    }
}

fn token_of_length(length: usize, source: &Bilingual) -> Bilingual {
    let variable = Setting::Token.variable();
    bilingual!(
        "{variable}: {length} characters ({source})",
        "{variable}: {length} caracteres ({source})",
        source,
    )
}
