//! Where settings come from. They are collected once; nothing reads the environment for a setting
//! afterwards.
//!
//! One rule for all of them, here and nowhere else: a flag comes before its variable, spaces and one
//! pair of quotes around a value are dropped, a blank value counts as not set, and a variable that is
//! not Unicode text is refused, not guessed at.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::language::{Bilingual, bilingual};
use crate::settings::{Setting, unquoted};

/// The flags and the environment that the program was started with.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    flags: HashMap<Setting, String>,
    environment: HashMap<String, OsString>,
    defaults: HashMap<Setting, &'static str>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag,
    /// An environment variable.
    Variable,
}

/// A setting's value as it was given, without spaces and quotes around it, and never blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// A variable that is not Unicode text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUnicode;

impl Origin {
    /// Returns what people call it.
    pub fn name(self) -> Bilingual {
        match self {
            Self::Flag => bilingual!("flag", "opción"),
            Self::Variable => bilingual!("variable", "variable"),
        }
    }
}

impl Sources {
    /// Collects flags and environment. A variable whose name is not Unicode text is none of ours.
    pub fn new(
        flags: HashMap<Setting, String>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let environment = environment.into_iter();
        let environment =
            environment.filter_map(|(name, value)| Some((key(&name.into_string().ok()?), value)));
        Self { flags, environment: environment.collect(), defaults: HashMap::new() }
    }

    /// Replaces the default of a setting.
    #[must_use]
    pub fn with_default(mut self, setting: Setting, default: &'static str) -> Self {
        self.defaults.insert(setting, default);
        self
    }

    /// Replaces the value of a setting, as a flag would.
    #[must_use]
    pub fn with_flag(mut self, setting: Setting, value: impl Into<String>) -> Self {
        self.flags.insert(setting, value.into());
        self
    }

    /// Takes a setting out, wherever it comes from.
    #[must_use]
    pub fn without(mut self, setting: Setting) -> Self {
        self.flags.remove(&setting);
        self.environment.remove(setting.variable());
        self
    }

    /// Returns what a program would find that a client starts with these flags and variables: of our
    /// settings only these, other variables as they are here.
    #[must_use]
    pub fn of_child(
        &self,
        flags: HashMap<Setting, String>,
        environment: impl IntoIterator<Item = (String, OsString)>,
    ) -> Self {
        let mut child = Self { flags, ..self.clone() };
        child.environment.retain(|name, _| Setting::of_variable(name).is_none());
        child.environment.extend(environment.into_iter().map(|(name, value)| (key(&name), value)));
        child
    }

    /// Returns a setting's value if it is set.
    ///
    /// # Errors
    ///
    /// [`NotUnicode`] for a variable that is not Unicode text.
    pub fn get(&self, setting: Setting) -> Result<Option<Raw>, NotUnicode> {
        let flag = self.flags.get(&setting).and_then(|text| raw(text, Origin::Flag));
        if flag.is_some() {
            return Ok(flag);
        }
        let Some(value) = self.environment.get(setting.variable()) else { return Ok(None) };
        let text = value.to_str().ok_or(NotUnicode)?;
        Ok(raw(text, Origin::Variable))
    }

    /// Returns a setting's value when it is not set; blank if there is none.
    pub fn default(&self, setting: Setting) -> &'static str {
        self.defaults.get(&setting).copied().unwrap_or(setting.spec().default)
    }

    /// Returns the person's home folder.
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let set = self.variable(name).filter(|it| !it.is_empty()).map(PathBuf::from);
        set.or_else(std::env::home_dir).filter(|home| !home.as_os_str().is_empty())
    }

    /// Returns a variable that is no setting of ours, such as `HOME`.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.environment.get(&key(name)).map(OsString::as_os_str)
    }
}

/// Returns a variable's name as it is looked up: Windows does not tell `Path` from `PATH`.
fn key(name: &str) -> String {
    if cfg!(windows) { name.to_uppercase() } else { name.to_owned() }
}

fn raw(text: &str, origin: Origin) -> Option<Raw> {
    let text = unquoted(text);
    (!text.is_empty()).then(|| Raw { text: text.to_owned(), origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(flag: Option<&str>, variable: Option<&str>) -> Sources {
        let flags = flag.map(|text| (Setting::Operation, text.to_owned()));
        let environment = variable.map(|text| ("WOLKVOX_OPERATION".into(), text.into()));
        Sources::new(flags.into_iter().collect(), environment)
    }

    #[test]
    fn a_flag_comes_before_its_variable_and_a_blank_value_counts_as_not_set() {
        for (flag, variable, found) in [
            (Some(" a "), Some("b"), Some(("a", Origin::Flag))),
            (None, Some("\tb\n"), Some(("b", Origin::Variable))),
            (Some(" "), Some("b"), Some(("b", Origin::Variable))),
            (Some(""), Some(" "), None),
            (Some("'a'"), None, Some(("a", Origin::Flag))),
            (None, Some("\"a b\""), Some(("a b", Origin::Variable))),
            (Some("\"\""), Some("' b '"), Some(("b", Origin::Variable))),
            (None, None, None),
        ] {
            let raw = sources(flag, variable).get(Setting::Operation).expect("Unicode");
            let raw = raw.as_ref().map(|raw| (raw.text.as_str(), raw.origin));
            assert_eq!(raw, found, "{flag:?} {variable:?}");
        }
    }

    #[test]
    fn only_windows_takes_a_variable_in_any_case() {
        let sources = Sources::new(HashMap::new(), [("Path".into(), "a".into())]);
        assert_eq!(sources.variable("PATH").is_some(), cfg!(windows));
        assert!(sources.variable("Path").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_unicode_text_is_refused_unless_a_flag_overrides_it() {
        use std::os::unix::ffi::OsStringExt;
        let environment = [("WOLKVOX_OPERATION".into(), OsString::from_vec(vec![b'a', 0xff]))];
        let sources = Sources::new(HashMap::new(), environment);
        assert_eq!(sources.get(Setting::Operation), Err(NotUnicode));
        let overridden = sources.with_flag(Setting::Operation, "a");
        assert!(overridden.get(Setting::Operation).expect("Unicode").is_some());
    }

    #[test]
    fn a_default_can_be_replaced_and_a_setting_taken_out() {
        let sources = sources(Some("a"), Some("b")).with_default(Setting::Log, "warn");
        assert_eq!(sources.default(Setting::Log), "warn");
        assert_eq!(sources.default(Setting::Timeout), "20s");
        assert_eq!(sources.without(Setting::Operation).get(Setting::Operation), Ok(None));
    }
}
