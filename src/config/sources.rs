//! Where settings come from. They are collected once; nothing reads the environment for a setting
//! afterwards.
//!
//! One rule for all of them, here and nowhere else: a flag comes before its variable, a variable
//! before the file of settings, spaces and one pair of quotes around a value are dropped, a blank
//! value counts as not set, and a variable that is not Unicode text is refused, not guessed at. A
//! tenant's table comes before all of them, as what it says is said of that tenant alone.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings_file::{Mistake, Section, SettingsFile, Written};
use super::shown::shown_if_harmless;
use super::{InvalidSetting, Subject};
use crate::error::SettingError;
use crate::language::{Bilingual, bilingual};
use crate::settings::{Setting, unquoted};

/// The flags, the environment and the file of settings that the program was started with.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    flags: HashMap<Setting, String>,
    environment: HashMap<String, OsString>,
    defaults: HashMap<Setting, &'static str>,
    file: Option<Result<Arc<SettingsFile>, SettingError>>,
    /// The file that is read where none is named, if it is there.
    machines: Option<PathBuf>,
    /// Settings that were taken out.
    absent: Vec<Setting>,
    /// The tenant whose table comes first.
    tenant: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag,
    /// An environment variable.
    Variable,
    /// The file of settings.
    File {
        /// Counted from 1.
        line: usize,
    },
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
    fn line(self) -> Option<usize> {
        match self {
            Self::File { line } => Some(line),
            Self::Flag | Self::Variable => None,
        }
    }

    /// Returns what people call it.
    pub fn name(self) -> Bilingual {
        match self {
            Self::Flag => bilingual!("flag", "opción"),
            Self::Variable => bilingual!("variable", "variable"),
            Self::File { line } => bilingual!("file, line {line}", "archivo, línea {line}"),
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
        Self { flags, environment: environment.collect(), ..<Self as Default>::default() }
    }

    /// Sets the file that counts for everybody on this computer, if it is there.
    #[must_use]
    pub fn on_machine(self, file: Option<PathBuf>) -> Self {
        Self { machines: file, ..self }
    }

    /// Reads the file of settings that is named, or else the one for everybody on this computer.
    #[must_use]
    pub fn with_file(mut self) -> Self {
        let home = self.home();
        self.file = match self.get(Setting::Config) {
            Ok(Some(raw)) => Some(SettingsFile::open(&raw.text, home.as_deref()).map(Arc::new)),
            Ok(None) => self
                .machines
                .as_deref()
                .filter(|file| file.exists())
                .map(|file| SettingsFile::open_machines(file, home.as_deref()).map(Arc::new)),
            Err(NotUnicode) => Some(Err(SettingError::NotUnicode)),
        };
        self
    }

    /// Adds flags that only one command knows.
    #[must_use]
    pub fn with_flags(mut self, flags: HashMap<Setting, String>) -> Self {
        self.flags.extend(flags);
        self
    }

    /// Returns the same as one tenant sees it: what its table says, and for what it doesn't say,
    /// what is said for all. Whom to ask, and with which token, each tenant says itself.
    pub fn of_tenant(&self, name: &str) -> Self {
        Self { tenant: Some(name.to_owned()), ..self.clone() }
    }

    /// Returns the names of the tenants in the file of settings.
    pub fn tenants(&self) -> Vec<&str> {
        let file = self.settings_file();
        file.into_iter().flat_map(|file| &file.tenants).map(|it| it.name.as_str()).collect()
    }

    /// Returns the same as one who asks a team's server sees it: the flag for the file of a token names
    /// the file of that person's own.
    #[must_use]
    pub fn of_caller(mut self) -> Self {
        if let Some(file) = self.flags.remove(&Setting::TokenFile) {
            self.flags.insert(Setting::CallerTokenFile, file);
        }
        self
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
        self.absent.push(setting);
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
        child.with_file()
    }

    /// Returns a setting's value if it is set.
    ///
    /// # Errors
    ///
    /// [`NotUnicode`] for a variable that is not Unicode text.
    pub fn get(&self, setting: Setting) -> Result<Option<Raw>, NotUnicode> {
        if let Some(raw) =
            self.tenants_table().and_then(|table| raw_of(table.values.get(&setting.key())))
        {
            return Ok(Some(raw));
        }
        if self.tenant.is_some() && setting.is_tenants_own() {
            return Ok(None);
        }
        let flag = self.flags.get(&setting).and_then(|text| raw(text, Origin::Flag));
        if flag.is_some() {
            return Ok(flag);
        }
        if let Some(value) = self.environment.get(setting.variable()) {
            let text = value.to_str().ok_or(NotUnicode)?;
            if let Some(raw) = raw(text, Origin::Variable) {
                return Ok(Some(raw));
            }
        }
        let is_absent = setting == Setting::Config || self.absent.contains(&setting);
        let file = self.settings_file().filter(|_| !is_absent);
        Ok(file.and_then(|file| raw_of(file.values.get(&setting.key()))))
    }

    /// Returns the file of settings, if one is named and can be read.
    pub(super) fn settings_file(&self) -> Option<&SettingsFile> {
        self.file.as_ref()?.as_deref().ok()
    }

    /// Returns the file for everybody on this computer, if that is the one that was read.
    pub fn machines_file(&self) -> Option<&Path> {
        let is_named = !matches!(self.get(Setting::Config), Ok(None));
        self.machines.as_deref().filter(|_| self.file.is_some() && !is_named)
    }

    /// Returns whether a file of settings is named, whatever it is.
    pub(super) fn names_file(&self) -> bool {
        self.file.is_some()
    }

    /// Returns the table of the tenant that is looked at.
    pub(super) fn tenants_table(&self) -> Option<&Section> {
        self.settings_file()?.tenant(self.tenant.as_deref()?)
    }

    /// Returns how messages call a setting: by the flag, the variable or the line that sets it.
    pub(super) fn name_of(&self, setting: Setting, origin: Option<Origin>) -> Bilingual {
        let variable = setting.variable();
        let key = setting.key();
        if let Some(table) = self.tenants_table() {
            let line = table.values.get(&key).map(|it| it.line);
            if origin.is_none_or(|origin| origin.line().is_some() && origin.line() == line) {
                let key = format!("tenants.{}.{key}", table.name);
                return self.place(line.unwrap_or(table.line), &key);
            }
        }
        match (origin, setting.spec().flag) {
            (Some(Origin::Flag), Some(flag)) => Bilingual::same(format!("--{flag}")),
            (Some(Origin::File { line }), _) => self.place(line, &key),
            _ => Bilingual::same(variable),
        }
    }

    /// Returns how messages name a key of the file.
    pub(super) fn place(&self, line: usize, key: &str) -> Bilingual {
        let file = self.settings_file().map(|file| file.shown.as_str()).unwrap_or_default();
        bilingual!("{file}, line {line}: {key}", "{file}, línea {line}: {key}")
    }

    /// Returns what is wrong with the file of settings itself.
    pub(super) fn file_problems(&self) -> Vec<InvalidSetting> {
        match &self.file {
            None => Vec::new(),
            Some(Err(problem)) => {
                if let Some(file) = self.machines_file() {
                    let name = Bilingual::same(file.display().to_string());
                    let (subject, problem) = (Subject::Key, problem.clone());
                    return vec![InvalidSetting { subject, name, shown: None, problem }];
                }
                let raw = self.get(Setting::Config).ok().flatten();
                let name = self.name_of(Setting::Config, raw.as_ref().map(|raw| raw.origin));
                let shown = raw.and_then(|raw| {
                    shown_if_harmless(Setting::Config, &raw.text, self.home().as_deref())
                });
                let subject = Subject::Setting(Setting::Config);
                vec![InvalidSetting { subject, name, shown, problem: problem.clone() }]
            }
            Some(Ok(file)) => {
                let problem = |mistake: &Mistake| InvalidSetting {
                    subject: Subject::Key,
                    name: self.place(mistake.line, &mistake.key),
                    shown: None,
                    problem: mistake.problem.clone(),
                };
                file.mistakes.iter().map(problem).collect()
            }
        }
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

fn raw_of(written: Option<&Written>) -> Option<Raw> {
    written.and_then(|it| raw(&it.text, Origin::File { line: it.line }))
}

fn raw(text: &str, origin: Origin) -> Option<Raw> {
    let text = unquoted(text);
    (!text.is_empty()).then(|| Raw { text: text.to_owned(), origin })
}

#[cfg(test)]
mod tests;
