//! Speaks to people at the terminal in English or Spanish.
//!
//! A [`Bilingual`] holds both, written side by side where it arises with the macro `bilingual!`. What models
//! and logs read is always English: a text's `Display`.

use std::borrow::Cow;
use std::fmt;

/// A language of people at the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Language {
    /// English.
    #[cfg_attr(feature = "cli", value(name = "en"))]
    English,
    /// Spanish.
    #[cfg_attr(feature = "cli", value(name = "es"))]
    Spanish,
}

impl Language {
    /// Finds the language of the person at the terminal: `LC_ALL`, `LC_MESSAGES` or `LANG`, the
    /// first that is set (POSIX, "Environment Variables"); without them, as on Windows, what
    /// `system` says.
    pub fn detect(
        variable: impl Fn(&str) -> Option<String>,
        system: impl FnOnce() -> Option<String>,
    ) -> Self {
        let set = |name: &&str| variable(name).filter(|text| !text.trim().is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).or_else(system);
        let is_spanish = locale.is_some_and(|locale| {
            let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
            language.eq_ignore_ascii_case("es")
        });
        if is_spanish { Self::Spanish } else { Self::English }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    pub english: Cow<'static, str>,
    pub spanish: Cow<'static, str>,
}

impl Bilingual {
    /// Creates a text that is known at compile time.
    pub const fn new(english: &'static str, spanish: &'static str) -> Self {
        Self { english: Cow::Borrowed(english), spanish: Cow::Borrowed(spanish) }
    }

    /// Creates a text that is the same in both languages, such as a name.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Self {
        let english = text.into();
        Self { spanish: english.clone(), english }
    }

    /// Returns the text in one language.
    pub fn to(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Spanish => &self.spanish,
        }
    }
}

impl fmt::Display for Bilingual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Bilingual {}

/// Writes a [`Bilingual`]: the English and the Spanish format string, then the texts among their
/// arguments, each of which appears in its own language.
macro_rules! bilingual {
    ($english:literal, $spanish:literal $(, $inner:ident)* $(,)?) => {
        $crate::language::Bilingual {
            english: {
                $(let $inner = &$inner.english;)*
                ::std::borrow::Cow::Owned(format!($english))
            },
            spanish: {
                $(let $inner = &$inner.spanish;)*
                ::std::borrow::Cow::Owned(format!($spanish))
            },
        }
    };
}
pub(crate) use bilingual;

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(set: &[(&str, &str)], system: Option<&str>) -> Language {
        let variable = |name: &str| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, text)| (*text).to_owned())
        };
        Language::detect(variable, || system.map(str::to_owned))
    }

    #[test]
    fn the_first_variable_that_is_set_decides_and_else_the_system() {
        for (set, system, found) in [
            (&[("LANG", "es_CO.UTF-8")][..], None, Language::Spanish),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "es")], None, Language::Spanish),
            (&[("LANG", "es_ES"), ("LC_ALL", "C")], None, Language::English),
            (&[("LANG", "es_ES@euro"), ("LC_ALL", "")], None, Language::Spanish),
            (&[("LANG", "est_EE")], Some("es-MX"), Language::English),
            (&[], Some("es-MX"), Language::Spanish),
            (&[], Some("pt-BR"), Language::English),
            (&[], None, Language::English),
        ] {
            assert_eq!(detected(set, system), found, "{set:?} {system:?}");
        }
    }

    #[test]
    fn a_text_within_a_text_speaks_its_language() {
        let why = bilingual!("gone", "se fue");
        let name = "x";
        let whole = bilingual!("{name}: {why}", "{name}: {why}", why);
        assert_eq!(whole.to(Language::English), "x: gone");
        assert_eq!(whole.to(Language::Spanish), "x: se fue");
        assert_eq!(whole.to_string(), "x: gone");
    }
}
