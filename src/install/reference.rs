//! How an entry refers to a variable of the environment in which its client starts, and what the
//! client makes of it (pure).

use crate::settings::Setting;

/// A client's way to refer to a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// `${NAME}`, or `${NAME:-default}`.
    Braces,
    /// `$NAME`, and the same in braces.
    Dollar,
    /// `${env:NAME}`.
    Env,
    /// The names in a list of their own.
    List,
    /// The client fills in none.
    None,
}

impl Reference {
    /// Refers to a setting's variable; none for clients that have no way to within a value.
    pub(super) fn to(self, setting: Setting) -> Option<String> {
        let variable = setting.variable();
        match self {
            Self::Braces => Some(format!("${{{variable}}}")),
            Self::Dollar => Some(format!("${variable}")),
            Self::Env => Some(format!("${{env:{variable}}}")),
            Self::List | Self::None => None,
        }
    }

    /// Fills in the variables of a value as the client does, and leaves what it would leave.
    pub(super) fn filled_in(self, value: &str, set: impl Fn(&str) -> Option<String>) -> String {
        if self == Self::Dollar
            && let Some(given) = value.strip_prefix('$').and_then(&set)
        {
            return given;
        }
        let mut filled = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let Some((inside, behind)) = after.split_once('}') else {
                rest = after;
                filled.push_str("${");
                continue;
            };
            match self.within_braces(inside, &set) {
                Some(given) => filled.push_str(&given),
                None => filled.push_str(&format!("${{{inside}}}")),
            }
            rest = behind;
        }
        filled + rest
    }

    fn within_braces(self, inside: &str, set: impl Fn(&str) -> Option<String>) -> Option<String> {
        match self {
            Self::Braces | Self::Dollar => match inside.split_once(":-") {
                Some((name, default)) => Some(set(name).unwrap_or_else(|| default.to_owned())),
                None => set(inside),
            },
            Self::Env => set(inside.strip_prefix("env:")?),
            Self::List | Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::ClientKind;

    #[test]
    fn each_client_fills_in_its_own_variables_and_no_others() {
        let set = |name: &str| (name == "T").then(|| "abc".to_owned());
        for (client, value, filled) in [
            (ClientKind::ClaudeCode, "${T}", "abc"),
            (ClientKind::ClaudeCode, "x${T}y${U:-z}", "xabcyz"),
            (ClientKind::ClaudeCode, "${U}", "${U}"),
            (ClientKind::ClaudeCode, "$T ${T", "$T ${T"),
            (ClientKind::ClaudeCode, "${env:T}", "${env:T}"),
            (ClientKind::ClaudeDesktop, "${T}", "${T}"),
            (ClientKind::Cursor, "${env:T}", "abc"),
            (ClientKind::Cursor, "${T}", "${T}"),
            (ClientKind::VsCode, "${env:T}", "abc"),
            (ClientKind::Gemini, "$T", "abc"),
            (ClientKind::Gemini, "${T}", "abc"),
            (ClientKind::Codex, "$T", "$T"),
            (ClientKind::Windsurf, "Bearer ${env:T}", "Bearer abc"),
            (ClientKind::Windsurf, "${T}", "${T}"),
            (ClientKind::Zed, "$T ${T} ${env:T}", "$T ${T} ${env:T}"),
            (ClientKind::LmStudio, "$T ${T} ${env:T}", "$T ${T} ${env:T}"),
        ] {
            assert_eq!(client.filled_in(value, set), filled, "{client:?} {value}");
        }
    }

    #[test]
    fn what_refers_to_a_variable_is_filled_in_with_it() {
        for reference in [Reference::Braces, Reference::Dollar, Reference::Env] {
            let text = reference.to(Setting::Token).expect("a reference");
            let set = |name: &str| (name == "WOLKVOX_TOKEN").then(|| "abc".to_owned());
            assert_eq!(reference.filled_in(&text, set), "abc", "{reference:?}");
        }
    }
}
