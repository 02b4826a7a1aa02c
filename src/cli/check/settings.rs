//! Shows the settings and where each comes from, the token only as its length.

use std::path::Path;

use crate::clean;
use crate::cli::Given;
use crate::language::{Bilingual, bilingual};
use crate::settings::{CA_FILE, SETTINGS, Setting, TOKEN, TOKEN_FILE};
use crate::wolkvox::TokenFile;

/// Lists the settings with a value, and where each comes from. The value of one that is `wrong` may
/// be anything, such as a token in the wrong place, and is not shown.
pub(super) fn settings(
    given: &Given,
    sandbox: bool,
    wrong: impl Fn(&Setting) -> bool,
) -> Vec<Bilingual> {
    let mut lines = Vec::new();
    if sandbox {
        lines.push(bilingual!(
            "the sandbox, with fictitious data",
            "el sandbox, con datos ficticios"
        ));
    }
    let mut defaults = Vec::new();
    for setting in SETTINGS.iter().filter(|it| !(sandbox && it.is_account())) {
        let variable = setting.variable;
        let flag = given.flag(setting).map(|set| (set, bilingual!("flag", "opción")));
        let set = flag.or_else(|| {
            let set = std::env::var(variable).ok()?;
            Some((set, bilingual!("variable", "variable")))
        });
        let Some((set, source)) = set.filter(|(set, _)| !set.trim().is_empty()) else {
            if !setting.default.is_empty() {
                defaults.push(format!("{variable}={}", setting.default));
            }
            continue;
        };
        let set = set.trim();
        if variable == TOKEN.variable {
            lines.push(text_of_length(set.chars().count(), &source));
        } else if wrong(setting) {
            lines.push(bilingual!(
                "{variable}: not shown, as it is wrong ({source})",
                "{variable}: no se muestra porque está mal ({source})",
                source,
            ));
        } else {
            let shown = shown(setting, set);
            lines.push(bilingual!(
                "{variable}: {shown} ({source})",
                "{variable}: {shown} ({source})",
                source
            ));
        }
        if variable == TOKEN_FILE.variable
            && let Ok(token) = TokenFile::open(set.into()).and_then(|file| file.current())
        {
            lines.push(text_of_length(token.length(), &bilingual!("file", "archivo")));
        }
    }
    let defaults = defaults.join(", ");
    lines.push(bilingual!("by default: {defaults}", "por defecto: {defaults}"));
    lines
}

/// Writes a value so that a support ticket may hold it: nothing that looks like a token, and the
/// home folder, which names its owner, as `~`.
fn shown(setting: &Setting, set: &str) -> String {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let below_home = home.as_deref().and_then(|home| Path::new(set).strip_prefix(home).ok());
    match below_home {
        Some(rest) if [TOKEN_FILE.variable, CA_FILE.variable].contains(&setting.variable) => {
            clean::redacted(&Path::new("~").join(rest).to_string_lossy())
        }
        _ => clean::redacted(set),
    }
}

fn text_of_length(length: usize, source: &Bilingual) -> Bilingual {
    let variable = TOKEN.variable;
    bilingual!(
        "{variable}: {length} characters ({source})",
        "{variable}: {length} caracteres ({source})",
        source,
    )
}
