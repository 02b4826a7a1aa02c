//! What is wrong with a client's configuration, or with what is to be written there.

use super::io_reason;
use crate::error::{EntryError, FileError, FileErrorKind, Malformed};
use crate::language::{Bilingual, bilingual};

impl FileError {
    /// Returns what is wrong with which file, and what to do if that is not plain.
    pub fn text(&self) -> Bilingual {
        let path = self.path.display();
        match &self.kind {
            FileErrorKind::Unreadable(kind) => {
                let reason = io_reason(*kind);
                bilingual!(
                    "{path} cannot be read ({reason}); it was left unchanged",
                    "no se puede leer {path} ({reason}); no se modificó",
                    reason,
                )
            }
            FileErrorKind::Unwritable(kind) => {
                let reason = io_reason(*kind);
                bilingual!(
                    "{path} cannot be written ({reason}); it was left unchanged",
                    "no se puede escribir {path} ({reason}); no se modificó",
                    reason,
                )
            }
            FileErrorKind::ReadOnly => bilingual!(
                "{path} cannot be written (it is read-only); it was left unchanged",
                "no se puede escribir {path} (es de solo lectura); no se modificó",
            ),
            FileErrorKind::HardLinked => bilingual!(
                "{path} cannot be replaced (it is a hard link: the same file has another name, \
                 which would keep the old text); it was left unchanged",
                "no se puede reemplazar {path} (es un enlace duro: el mismo archivo tiene otro \
                 nombre, que conservaría el texto anterior); no se modificó",
            ),
            FileErrorKind::Malformed(problem) => {
                let reason = problem.text();
                bilingual!(
                    "{path} has an error: {reason}; it was left unchanged",
                    "{path} tiene un error: {reason}; no se modificó",
                    reason,
                )
            }
            FileErrorKind::Changed => bilingual!(
                "{path} was changed by another program meanwhile; run the command again",
                "otro programa cambió {path} entretanto; ejecute el comando otra vez",
            ),
            FileErrorKind::Locked => bilingual!(
                "another installation is at work on {path}; run the command again when it is done",
                "otra instalación está trabajando en {path}; ejecute el comando otra vez cuando \
                 termine",
            ),
            FileErrorKind::NotOurs(name) => bilingual!(
                "`{name}` in {path} does not start this program; it was left unchanged. --name gives \
                 this server another name; --force acts on the entry anyway",
                "`{name}` en {path} no inicia este programa; no se modificó. --name le da otro \
                 nombre a este servidor, --force actúa sobre la entrada de todos modos",
            ),
        }
    }
}

impl Malformed {
    fn text(&self) -> Bilingual {
        match self {
            Self::NotUtf8 => bilingual!("it is not UTF-8 text", "no es texto UTF-8"),
            Self::NotJson { line } => {
                bilingual!("it is not JSON; see line {line}", "no es JSON; vea la línea {line}")
            }
            Self::NotToml { line } => {
                bilingual!("it is not TOML; see line {line}", "no es TOML; vea la línea {line}")
            }
            Self::MixedLineEnds => bilingual!(
                "some of its lines end as on Windows and others do not",
                "unas líneas terminan como en Windows y otras no",
            ),
            Self::NotAnObject => bilingual!("it is not a JSON object", "no es un objeto JSON"),
            Self::NoObject(key) => {
                bilingual!("`{key}` is not an object", "`{key}` no es un objeto")
            }
            Self::NoList(key) => bilingual!("`{key}` is not a list", "`{key}` no es una lista"),
            Self::NoTable(key) => bilingual!("`{key}` is not a table", "`{key}` no es una tabla"),
            Self::Twice(key) => bilingual!("`{key}` appears twice", "`{key}` aparece dos veces"),
        }
    }
}

impl EntryError {
    /// Returns what is wrong, and what to do instead.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::Name => bilingual!(
                "a name is 1 to 64 letters, digits, hyphens and underscores",
                "un nombre tiene de 1 a 64 letras, dígitos, guiones y guiones bajos",
            ),
            Self::ReservedName(name) => bilingual!(
                "the name `{name}` has a meaning of its own in JavaScript; choose another one",
                "el nombre `{name}` tiene un significado propio en JavaScript; elija otro",
            ),
            Self::ServerFromVariable(client) => bilingual!(
                "{client} does not fill in environment variables: give --server",
                "{client} no reemplaza variables de entorno: indique --server",
            ),
            Self::TokenFromVariable(client) => bilingual!(
                "{client} does not fill in environment variables: put the token into a file and \
                 give --token-file, or write it into the configuration with --inline-token",
                "{client} no reemplaza variables de entorno: ponga el token en un archivo e \
                 indique --token-file, o escríbalo en la configuración con --inline-token",
            ),
            Self::CallerTokenFromVariable(client) => bilingual!(
                "{client} does not fill in environment variables: put your token into a file and \
                 give --token-file",
                "{client} no reemplaza variables de entorno: ponga su token en un archivo e indique \
                 --token-file",
            ),
            Self::NoHome(variable) => {
                bilingual!("{variable} is not set", "{variable} no está definida")
            }
        }
    }
}
