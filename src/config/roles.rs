//! Reads `[roles.NAME]`, which only the file of settings has.

use super::reader::{Reader, Reported, whole};
use super::settings_file::{Section, Written};
use super::shown::shown_if_harmless;
use super::{InvalidSetting, Subject};
use crate::answer::Mask;
use crate::caller::{Role, Roles};
use crate::error::{SettingError, TeamError};
use crate::settings::{Setting, unquoted};

impl Reader<'_> {
    /// Reads the roles, which may name these tenants.
    pub(super) fn roles(&mut self, tenants: &[String]) -> Result<Roles, Reported> {
        let Some(file) = self.sources.settings_file() else { return Ok(Roles::default()) };
        let roles: Vec<_> = file.roles.iter().map(|section| self.role(section, tenants)).collect();
        Ok(Roles::new(roles.into_iter().collect::<Result<_, _>>()?))
    }

    fn role(&mut self, section: &Section, tenants: &[String]) -> Result<Role, Reported> {
        let name = section.name.clone();
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            let place = format!("roles.{name}");
            return Err(self.wrong_key(section.line, &place, None, TeamError::RoleName.into()));
        }
        // Blank is a value here: this role sees everything.
        let mask = self.of_role(section, "mask", |text| match text {
            "" => Ok(Mask::default()),
            text => Mask::parse(text).map_err(SettingError::Mask),
        });
        let rate = self.of_role(section, "rate", |text| whole(text, 1, u32::MAX));
        let daily = self.of_role(section, "daily", |text| whole(text, 1, u32::MAX));
        let tenants = self.of_role(section, "tenants", |text| named(text, tenants));
        Ok(Role { name, mask: mask?, rate: rate?, daily: daily?, tenants: tenants? })
    }

    fn of_role<T>(
        &mut self,
        section: &Section,
        key: &str,
        parse: impl Fn(&str) -> Result<T, SettingError>,
    ) -> Result<Option<T>, Reported> {
        let Some(Written { text, line }) = section.values.get(key) else { return Ok(None) };
        parse(unquoted(text)).map(Some).map_err(|problem| {
            let shown = shown_if_harmless(Setting::Mask, text, None);
            let key = format!("roles.{}.{key}", section.name);
            self.wrong_key(*line, &key, shown, problem)
        })
    }

    /// Reports a key that is no setting.
    pub(super) fn wrong_key(
        &mut self,
        line: usize,
        key: &str,
        shown: Option<String>,
        problem: SettingError,
    ) -> Reported {
        let name = self.sources.place(line, key);
        self.problems.push(InvalidSetting { subject: Subject::Key, name, shown, problem });
        Reported
    }
}

/// Reads the tenants that a role may ask.
fn named(text: &str, known: &[String]) -> Result<Vec<String>, SettingError> {
    let names: Vec<String> =
        text.split(',').map(|name| unquoted(name).to_owned()).filter(|it| !it.is_empty()).collect();
    if names.is_empty() {
        return Err(TeamError::NoTenants.into());
    }
    match names.iter().find(|name| !known.contains(name)) {
        Some(name) => {
            let name = crate::clean::redacted(name);
            Err(TeamError::UnknownTenant { name, known: known.to_vec() }.into())
        }
        None => Ok(names),
    }
}
