//! Reads the file of settings: TOML whose keys are the variables' names in lower case, without
//! `WOLKVOX_`; tables for tenants and roles, which are nowhere else.
//!
//! Only its form is judged here. What the values mean, the reader of settings says, as for flags
//! and variables.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use toml_edit::{Document, TableLike, TomlError, Value};

use super::machine::is_administrators;
use super::path;
use super::shown::shown;
use crate::clean;
use crate::error::{ConfigFileError, SettingError};
use crate::file;
use crate::settings::{PREFIX, Setting};

/// Sixty tenants and as many roles need a tenth of this.
const LARGEST: u64 = 1024 * 1024;
/// A name that is less alike than this is not the one that was meant.
const ALIKE: f64 = 0.6;

const TENANTS: &str = "tenants";
const ROLES: &str = "roles";
/// What a role can have.
const OF_ROLES: [&str; 4] = ["mask", "rate", "daily", "tenants"];

/// The file, read.
#[derive(Debug)]
pub(super) struct SettingsFile {
    /// Its path as people may see it.
    pub(super) shown: String,
    pub(super) values: Values,
    pub(super) tenants: Vec<Section>,
    pub(super) roles: Vec<Section>,
    pub(super) mistakes: Vec<Mistake>,
}

/// A named table.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    /// Where it begins.
    pub(super) line: usize,
    pub(super) values: Values,
}

/// Values by their keys.
pub(super) type Values = HashMap<String, Written>;

/// A value as text; the members of a list have commas between them.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) line: usize,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may be the token.
        f.debug_struct("Written").field("line", &self.line).finish_non_exhaustive()
    }
}

/// What is wrong with the file's form.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) line: usize,
    /// Which key, with its table.
    pub(super) key: String,
    pub(super) problem: SettingError,
}

impl SettingsFile {
    /// Reads the file that a text names.
    ///
    /// # Errors
    ///
    /// Why nothing of it can be used. Single mistakes are in the file itself.
    pub(super) fn open(text: &str, home: Option<&Path>) -> Result<Self, SettingError> {
        let path = path(text, home).map_err(SettingError::Path)?;
        Self::read(&path, home)
    }

    /// Reads the file that counts for everybody on this computer, which is none of the person's own.
    ///
    /// # Errors
    ///
    /// As for [`SettingsFile::open`], and if others than an administrator can change it.
    pub(super) fn open_machines(path: &Path, home: Option<&Path>) -> Result<Self, SettingError> {
        let unreadable = |problem: std::io::Error| SettingError::Unreadable(problem.kind());
        if !is_administrators(&path.metadata().map_err(unreadable)?) {
            return Err(SettingError::ConfigFile(ConfigFileError::NotAdministrators));
        }
        Self::read(path, home)
    }

    fn read(path: &Path, home: Option<&Path>) -> Result<Self, SettingError> {
        let unreadable = |problem: std::io::Error| SettingError::Unreadable(problem.kind());
        let bytes = file::read(path, LARGEST).map_err(unreadable)?;
        let is_private = path.metadata().is_ok_and(|it| is_private(&it));
        let shown = shown(Setting::Config, &path.to_string_lossy(), home);
        let (content, _, is_broken) = encoding_rs::UTF_8.decode(&bytes);
        if is_broken {
            return Err(SettingError::ConfigFile(ConfigFileError::NotUtf8));
        }
        Self::parse(&content, shown, is_private)
    }

    fn parse(content: &str, shown: String, is_private: bool) -> Result<Self, SettingError> {
        let document = Document::parse(content)
            .map_err(|problem| SettingError::ConfigFile(not_toml(content, &problem)))?;
        let mut reading = Reading { content, is_private, mistakes: Vec::new() };
        let root = document.as_table();
        let plain = reading.values(root, "", |setting| setting != Setting::Config);
        let tenants = reading.sections(root, TENANTS, |reading, table, path| {
            reading.values(table, path, Setting::is_tenants)
        });
        let roles = reading.sections(root, ROLES, |reading, table, path| {
            reading.known_values(table, path, &OF_ROLES)
        });
        let mut mistakes = reading.mistakes;
        mistakes.sort_by_key(|mistake| mistake.line);
        Ok(Self { shown, values: plain, tenants, roles, mistakes })
    }

    /// Returns the table of a tenant.
    pub(super) fn tenant(&self, name: &str) -> Option<&Section> {
        self.tenants.iter().find(|tenant| tenant.name == name)
    }
}

/// The library's own message names what it met, never the line's text, which may hold the token.
fn not_toml(content: &str, problem: &TomlError) -> ConfigFileError {
    let line = problem.span().map_or(1, |span| line_at(content, span.start));
    let detail = problem.message().lines().next().unwrap_or_default();
    ConfigFileError::NotToml { line, detail: clean::redacted(detail) }
}

/// Returns whether nobody but the owner and a group of readers gets at a file.
#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o027 == 0
}

/// Elsewhere the folder's rights protect a file.
#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> bool {
    true
}

fn line_at(content: &str, at: usize) -> usize {
    content.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The reading of one file.
struct Reading<'a> {
    content: &'a str,
    is_private: bool,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn line(&self, table: &dyn TableLike, key: &str) -> usize {
        let span = table.key(key).and_then(toml_edit::Key::span);
        span.map_or(1, |span| line_at(self.content, span.start))
    }

    fn mistake(&mut self, line: usize, key: &str, problem: SettingError) {
        self.mistakes.push(Mistake { line, key: clean::redacted(key), problem });
    }

    /// Reads the settings of a table that may stand in it.
    fn values(
        &mut self,
        table: &dyn TableLike,
        path: &str,
        fits: impl Fn(Setting) -> bool,
    ) -> Values {
        let keys: Vec<String> =
            Setting::ALL.iter().filter(|it| fits(**it)).map(|it| it.key()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let values = self.known_values(table, path, &keys);
        for token in [Setting::Token, Setting::CallerToken].map(Setting::key) {
            if let Some(written) = values.get(&token)
                && !self.is_private
            {
                self.mistake(
                    written.line,
                    &format!("{path}{token}"),
                    SettingError::ConfigFile(ConfigFileError::OpenSecret),
                );
            }
        }
        values
    }

    fn known_values(&mut self, table: &dyn TableLike, path: &str, keys: &[&str]) -> Values {
        let mut values = Values::new();
        for (key, item) in table.iter() {
            let line = self.line(table, key);
            let full = format!("{path}{key}");
            if path.is_empty() && matches!(key, TENANTS | ROLES) {
                continue;
            }
            if !keys.contains(&key) {
                self.mistake(line, &full, unknown(key, path, keys));
            } else if let Some(text) = item.as_value().and_then(text) {
                values.insert(key.to_owned(), Written { text, line });
            } else {
                self.mistake(line, &full, SettingError::ConfigFile(ConfigFileError::NotValue));
            }
        }
        values
    }

    /// Reads the tables below a table.
    fn sections(
        &mut self,
        root: &dyn TableLike,
        of: &str,
        read: impl Fn(&mut Self, &dyn TableLike, &str) -> Values,
    ) -> Vec<Section> {
        let Some(item) = root.get(of) else { return Vec::new() };
        let Some(all) = item.as_table_like() else {
            let line = self.line(root, of);
            self.mistake(line, of, ConfigFileError::NotTable.into());
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (name, item) in all.iter() {
            let line = self.line(all, name);
            let path = format!("{of}.{name}");
            match item.as_table_like() {
                Some(table) => {
                    let values = read(self, table, &format!("{path}."));
                    sections.push(Section { name: name.to_owned(), line, values });
                }
                None => self.mistake(line, &path, ConfigFileError::NotTable.into()),
            }
        }
        sections
    }
}

/// Returns what is wrong with a key that is not known where it stands.
fn unknown(key: &str, path: &str, keys: &[&str]) -> SettingError {
    let lower = key.to_ascii_lowercase().replace('-', "_");
    let plain = lower.strip_prefix(&PREFIX.to_ascii_lowercase()).unwrap_or(&lower);
    // TOML gives a table all lines up to the next one.
    let is_elsewhere = Setting::ALL.iter().any(|it| it.key() == plain) && !keys.contains(&plain);
    if !path.is_empty() && is_elsewhere {
        return ConfigFileError::Misplaced.into();
    }
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(plain, known);
    let all = keys.iter().copied().chain([TENANTS, ROLES].into_iter().filter(|_| path.is_empty()));
    let nearest = all.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let nearest = nearest.filter(|known| likeness(known) >= ALIKE).map(str::to_owned);
    ConfigFileError::UnknownKey { nearest }.into()
}

/// Writes a value as a variable would hold it.
fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.value().clone(),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => number.value().to_string(),
        Value::Boolean(is) => is.value().to_string(),
        Value::Datetime(time) => time.value().to_string(),
        Value::Array(list) => list.iter().map(text).collect::<Option<Vec<_>>>()?.join(","),
        Value::InlineTable(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(content: &str) -> SettingsFile {
        SettingsFile::parse(content, "w.toml".to_owned(), true).expect("TOML")
    }

    fn mistakes(content: &str) -> Vec<String> {
        let mistakes = parsed(content).mistakes.into_iter();
        mistakes.map(|it| format!("{}: {} {}", it.line, it.key, it.problem)).collect()
    }

    #[test]
    fn a_value_is_what_a_variable_would_hold_whatever_its_type() {
        let file = parsed("server = \"a\"\nrate = 1_000\nmask = ['a', \"b\"]\nlog = true\n");
        let text = |key: &str| (file.values[key].text.as_str(), file.values[key].line);
        assert_eq!(text("server"), ("a", 1));
        assert_eq!(text("rate"), ("1000", 2));
        assert_eq!(text("mask"), ("a,b", 3));
        assert_eq!(text("log"), ("true", 4));
        assert!(file.mistakes.is_empty(), "{:?}", file.mistakes);
    }

    #[test]
    fn tenants_and_roles_are_tables_in_any_notation() {
        let file = parsed(
            "tenants.a.server = 'x'\nroles = { agent = { rate = 1 } }\n[tenants.b]\nmask = 'date'",
        );
        let names: Vec<_> = file.tenants.iter().map(|it| (it.name.as_str(), it.line)).collect();
        assert_eq!(names, [("a", 1), ("b", 3)]);
        assert_eq!(file.tenant("b").expect("a tenant").values["mask"].text, "date");
        assert_eq!(file.roles[0].values["rate"].text, "1");
    }

    #[test]
    fn a_key_that_is_not_known_is_refused_with_the_nearest() {
        for (content, expected) in [
            ("sever = 'x'", "1: sever is not a known setting (did you mean `server`?)"),
            (
                "\nWOLKVOX_MASK = 'x'",
                "2: WOLKVOX_MASK is not a known setting (did you mean `mask`?)",
            ),
            ("cache-ttl = 'x'", "1: cache-ttl is not a known setting (did you mean `cache_ttl`?)"),
            ("config = 'x'", "1: config is not a known setting"),
            ("[tenant.x]", "1: tenant is not a known setting (did you mean `tenants`?)"),
            (
                "[roles.a]\ndaly = 1",
                "2: roles.a.daly is not a known setting (did you mean `daily`?)",
            ),
            (
                "[tenants.a]\nlisten = 'x'",
                "2: tenants.a.listen belongs to no table: write it at the top of the file, before \
                 the first `[`",
            ),
        ] {
            assert_eq!(mistakes(content), [expected], "{content}");
        }
    }

    #[test]
    fn a_value_that_is_a_table_and_a_table_that_is_a_value_are_refused() {
        assert_eq!(mistakes("[server]\nx = 1"), ["1: server must be a value, not a table"]);
        assert_eq!(mistakes("rate = [{ a = 1 }]"), ["1: rate must be a value, not a table"]);
        let table = "must be a table, such as [tenants.banco] or [roles.agent]";
        assert_eq!(mistakes("tenants = 'x'"), [format!("1: tenants {table}")]);
        assert_eq!(mistakes("[roles]\na = 1"), [format!("2: roles.a {table}")]);
    }

    #[test]
    fn what_is_not_toml_is_named_by_its_line_and_never_shown() {
        let refused = SettingsFile::parse("a = 1\ntoken = FICTICIO-0001\n", "w".to_owned(), true);
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.contains("line 2"), "{refused}");
        assert!(!refused.contains("FICTICIO"), "{refused}");
    }

    #[test]
    fn the_token_stands_only_in_a_file_that_nobody_else_can_read() {
        let content = "token = 'ficticio-0001'\n[tenants.a]\ntoken = 'ficticio-0002'";
        let open = SettingsFile::parse(content, "w".to_owned(), false).expect("TOML");
        let keys: Vec<_> = open.mistakes.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["token", "tenants.a.token"]);
        assert!(parsed(content).mistakes.is_empty());
        assert!(!format!("{:?}", parsed(content)).contains("ficticio"));
    }
}
