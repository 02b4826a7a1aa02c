//! What is wrong with the file of callers, or with a change of it.

use std::fmt;
use std::io;

use super::io_reason;
use crate::clean;
use crate::error::{CallerProblem, CallersError, CallersErrorKind};
use crate::language::{Bilingual, bilingual};

impl CallersError {
    /// Returns what is wrong with which file, and what to do if that is not plain.
    pub fn text(&self) -> Bilingual {
        let (path, problem) = (self.path.display(), self.kind.text());
        match self.kind {
            // About what was asked for, not about the file.
            CallersErrorKind::Name
            | CallersErrorKind::UnknownRole { .. }
            | CallersErrorKind::NoRole { .. }
            | CallersErrorKind::Expiry
            | CallersErrorKind::NoRandomness => problem,
            _ => bilingual!("{path} {problem}", "{path} {problem}", problem),
        }
    }
}

impl CallersErrorKind {
    /// Returns what is wrong, to follow the file's name.
    pub(super) fn text(&self) -> Bilingual {
        match self {
            Self::Unreadable(io::ErrorKind::NotFound) => bilingual!(
                "does not exist: `wolkvox-mcp caller add NAME` makes it",
                "no existe: `wolkvox-mcp caller add NOMBRE` lo crea",
            ),
            Self::Unreadable(kind) => {
                let why = io_reason(*kind);
                bilingual!("cannot be read ({why})", "no se puede leer ({why})", why)
            }
            Self::Unwritable(kind) => {
                let why = io_reason(*kind);
                bilingual!(
                    "cannot be written ({why}); it was left as it is",
                    "no se puede escribir ({why}); se dejó como está",
                    why,
                )
            }
            Self::Locked => bilingual!(
                "is being changed by another program; run the command again",
                "lo está cambiando otro programa; ejecute el comando otra vez",
            ),
            Self::WritableByOthers => bilingual!(
                "can be changed by others than its owner, who could let themselves in: protect it \
                 (chmod 600)",
                "lo pueden cambiar otros además de su dueño, y darse acceso: protéjalo (chmod 600)",
            ),
            Self::Malformed { line, problem } => {
                let problem = problem.text();
                bilingual!("(line {line}) {problem}", "(línea {line}) {problem}", problem)
            }
            Self::Exists(name) => {
                let name = clean::redacted(name);
                bilingual!(
                    "has a caller `{name}` already: remove that one first, or choose another name",
                    "ya tiene un usuario `{name}`: quítelo primero, o elija otro nombre",
                )
            }
            Self::Unknown(name) => {
                let name = clean::redacted(name);
                bilingual!("has no caller `{name}`", "no tiene ningún usuario `{name}`")
            }
            Self::Name => caller_name(),
            Self::UnknownRole { name, known } => {
                let (name, known) = (clean::redacted(name), known.join(", "));
                bilingual!(
                    "no role `{name}` is configured; there are: {known}",
                    "no hay ningún rol `{name}` configurado; hay: {known}",
                )
            }
            Self::NoRole { known } => {
                let known = known.join(", ");
                bilingual!(
                    "a caller without a role may ask nothing, as roles are configured: give --role \
                     with one of {known}",
                    "un usuario sin rol no puede consultar nada, porque hay roles configurados: \
                     indique --role con uno de {known}",
                )
            }
            Self::Expiry => bilingual!(
                "--expires must be a time from now, such as 90d, or a day to come, such as \
                 2030-01-31",
                "--expires debe ser un plazo desde ahora, como 90d, o un día futuro, como \
                 2030-01-31",
            ),
            Self::NoRandomness => bilingual!(
                "the system gives no random numbers, so no token could be made",
                "el sistema no da números aleatorios, y no se pudo crear un token",
            ),
        }
    }
}

fn caller_name() -> Bilingual {
    bilingual!(
        "a caller's name must have 1 to 128 characters on one line, without spaces around it",
        "el nombre de un usuario debe tener de 1 a 128 caracteres en una línea, sin espacios \
         alrededor",
    )
}

impl CallerProblem {
    fn text(&self) -> Bilingual {
        match self {
            Self::NotUtf8 => bilingual!("is not UTF-8 text", "no es texto UTF-8"),
            Self::NotToml => bilingual!("is not valid TOML", "no es TOML válido"),
            Self::UnknownKey(key) => {
                let key = clean::redacted(key);
                bilingual!(
                    "has a key `{key}`, which is not known",
                    "tiene una clave `{key}`, que no se conoce",
                )
            }
            Self::NotCallers => bilingual!(
                "must have a table [[callers]] for each caller, and nothing else",
                "debe tener una tabla [[callers]] por cada usuario, y nada más",
            ),
            Self::NotText(key) => {
                bilingual!("has a `{key}` that is not text", "tiene un `{key}` que no es texto")
            }
            Self::Missing(key) => {
                bilingual!("has a caller without `{key}`", "tiene un usuario sin `{key}`")
            }
            Self::Name => {
                let rule = caller_name();
                bilingual!("has a wrong name: {rule}", "tiene un nombre incorrecto: {rule}", rule)
            }
            Self::Digest => bilingual!(
                "has a `sha256` that is not 64 hexadecimal digits",
                "tiene un `sha256` que no son 64 dígitos hexadecimales",
            ),
            Self::Time(key) => bilingual!(
                "has an `{key}` that is neither a day nor a time with its zone, such as \
                 2030-01-31 or 2030-01-31T12:00:00Z",
                "tiene un `{key}` que no es un día ni una hora con su zona, como 2030-01-31 o \
                 2030-01-31T12:00:00Z",
            ),
            Self::SameName(name) => {
                let name = clean::redacted(name);
                bilingual!("has two callers `{name}`", "tiene dos usuarios `{name}`")
            }
            Self::SameToken => bilingual!(
                "has two callers with the same token",
                "tiene dos usuarios con el mismo token",
            ),
        }
    }
}

impl fmt::Display for CallersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for CallersError {}
