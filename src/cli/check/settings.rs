//! Shows the settings and where each comes from, the token only as its length.

use crate::cli::Given;
use crate::language::{Text, text};
use crate::settings::{SETTINGS, TOKEN, TOKEN_FILE};
use crate::wolkvox::TokenFile;

/// Lists the settings with a value, and where each comes from.
pub(super) fn settings(given: &Given, sandbox: bool) -> Vec<Text> {
    let mut lines = Vec::new();
    if sandbox {
        lines.push(text!("the sandbox, with fictitious data", "el sandbox, con datos ficticios"));
    }
    let mut defaults = Vec::new();
    for setting in SETTINGS {
        let variable = setting.variable;
        let flag = given.flag(setting).map(|set| (set, text!("flag", "opción")));
        let set = flag.or_else(|| {
            let set = std::env::var(variable).ok()?;
            Some((set, text!("variable", "variable")))
        });
        let Some((set, source)) = set.filter(|(set, _)| !set.trim().is_empty()) else {
            if !setting.default.is_empty() {
                defaults.push(format!("{variable}={}", setting.default));
            }
            continue;
        };
        let set = set.trim();
        lines.push(match variable == TOKEN.variable {
            true => text_of_length(set.chars().count(), &source),
            false => text!("{variable}: {set} ({source})", "{variable}: {set} ({source})", source),
        });
        if variable == TOKEN_FILE.variable
            && let Ok(token) = TokenFile::open(set.into()).and_then(|file| file.current())
        {
            lines.push(text_of_length(token.length(), &text!("file", "archivo")));
        }
    }
    let defaults = defaults.join(", ");
    lines.push(text!("by default: {defaults}", "por defecto: {defaults}"));
    lines
}

fn text_of_length(length: usize, source: &Text) -> Text {
    let variable = TOKEN.variable;
    text!(
        "{variable}: {length} characters ({source})",
        "{variable}: {length} caracteres ({source})",
        source,
    )
}
