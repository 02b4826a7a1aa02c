//! Settings that are wrong: what each is called where it is set, what is wrong, and where to fix it.

use std::fmt;

use super::Sources;
use crate::error::{ProxyError, SettingError};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

/// Every setting that is wrong.
#[derive(Debug)]
pub struct InvalidSettings {
    problems: Vec<InvalidSetting>,
    /// Where they are set, as far as it is known.
    place: Place,
}

/// Where settings are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a client's configuration, or in the environment.
    Client,
    /// In the file of settings, flags or variables.
    File,
    /// There too, but the file has tenants, of which none was named.
    Tenants,
    /// There too, for a team's server.
    Team,
}

/// What is wrong with one setting, never a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// What is set.
    pub subject: Subject,
    /// What it is called where it is set: a flag, a variable, or a line of the file.
    pub name: Bilingual,
    /// Its value, if that may be shown.
    pub shown: Option<String>,
    /// What is wrong with it.
    pub problem: SettingError,
}

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A setting of this program.
    Setting(Setting),
    /// Another environment variable that counts.
    Variable(&'static str),
    /// What only the file of settings has.
    Key,
}

impl InvalidSetting {
    fn text(&self) -> Bilingual {
        let (name, problem) = (&self.name, self.problem.text());
        let example = match self.subject {
            Subject::Setting(setting) => setting.spec().example,
            // Another address would not help.
            _ if matches!(self.problem, SettingError::Proxy(ProxyError::Cgi)) => "",
            Subject::Variable(_) => "http://proxy.example.com:3128",
            Subject::Key => "",
        };
        let sentence = match &self.shown {
            Some(value) => bilingual!(
                "{name} is \"{value}\": it {problem}.",
                "{name} es \"{value}\": {problem}.",
                name,
                problem
            ),
            None => bilingual!("{name} {problem}.", "{name} {problem}.", name, problem),
        };
        if example.is_empty() {
            return sentence;
        }
        bilingual!("{sentence} Example: {example}", "{sentence} Ejemplo: {example}", sentence)
    }
}

impl InvalidSettings {
    pub(super) fn of_client(problems: Vec<InvalidSetting>, sources: &Sources) -> Self {
        let is_nobodys = sources.tenants_table().is_none() && !sources.tenants().is_empty();
        let lacks_server = problems.iter().any(|it| {
            it.subject == Subject::Setting(Setting::Server) && it.problem == SettingError::NotSet
        });
        let place = if is_nobodys && lacks_server {
            Place::Tenants
        } else if sources.names_file() {
            Place::File
        } else {
            Place::Client
        };
        Self { problems, place }
    }

    pub(super) fn of_team(problems: Vec<InvalidSetting>) -> Self {
        Self { problems, place: Place::Team }
    }

    /// Writes each problem on a line of its own.
    pub fn lines(&self) -> impl Iterator<Item = Bilingual> + '_ {
        self.problems.iter().map(InvalidSetting::text)
    }

    /// Returns what is wrong with this setting.
    pub fn about(&self, setting: Setting) -> Option<&InvalidSetting> {
        self.problems.iter().find(|it| it.subject == Subject::Setting(setting))
    }

    /// Writes all of it: what is wrong, and where to fix it.
    pub fn text(&self) -> Bilingual {
        let heading = match self.problems.len() {
            1 => bilingual!("1 setting is wrong:", "Hay 1 ajuste incorrecto:"),
            count => {
                bilingual!("{count} settings are wrong:", "Hay {count} ajustes incorrectos:")
            }
        };
        let listed = |language| {
            self.lines().map(|line| format!("  {}\n", line.to(language))).collect::<String>()
        };
        let lines = Bilingual {
            english: listed(Language::English).into(),
            spanish: listed(Language::Spanish).into(),
        };
        let fix = self.advice();
        let check = match self.place {
            Place::Client | Place::File | Place::Tenants => bilingual!(
                "To test all of it, step by step: wolkvox-mcp check\n",
                "Para probarlo todo, paso a paso: wolkvox-mcp check\n",
            ),
            Place::Team => Bilingual::same(""),
        };
        let sandbox = match self.place {
            Place::Client | Place::File | Place::Tenants => {
                "wolkvox-mcp query --sandbox id_customer 900000001"
            }
            Place::Team => "wolkvox-mcp serve --sandbox",
        };
        bilingual!(
            "{heading}\n{lines}{fix}\n\
             {check}Without a wolkvox account, try the sandbox: {sandbox}",
            "{heading}\n{lines}{fix}\n\
             {check}Sin una cuenta de wolkvox, pruebe el sandbox: {sandbox}",
            heading,
            lines,
            fix,
            check,
        )
    }

    /// Returns where to fix them.
    pub fn advice(&self) -> Bilingual {
        match (self.place, self.problems.len()) {
            (Place::Tenants, _) => bilingual!(
                "The file's [tenants] are asked by serve; to ask one of them here, name it with \
                 --tenant.",
                "A los [tenants] del archivo los consulta serve; para consultar aquí a uno de ellos, \
                 indíquelo con --tenant.",
            ),
            (Place::File | Place::Team, 1) => bilingual!(
                "Set it with its flag, its variable, or in the file that --config names.",
                "Corríjalo con su opción, su variable o en el archivo que indica --config.",
            ),
            (Place::File | Place::Team, _) => bilingual!(
                "Set them with their flags, their variables, or in the file that --config names.",
                "Corríjalos con sus opciones, sus variables o en el archivo que indica --config.",
            ),
            (Place::Client, 1) => bilingual!(
                "Set it in the \"env\" part of your client's mcp.json, or in the environment.",
                "Corríjalo en la parte \"env\" del mcp.json de su asistente, o en el entorno.",
            ),
            (Place::Client, _) => bilingual!(
                "Set them in the \"env\" part of your client's mcp.json, or in the environment.",
                "Corríjalos en la parte \"env\" del mcp.json de su asistente, o en el entorno.",
            ),
        }
    }
}

impl std::error::Error for InvalidSettings {}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}
