//! What is wrong with a setting. Each text follows the setting's name: "WOLKVOX_SERVER is not set".

use std::io;

use super::io_reason;
use crate::error::{
    AddressError, CertificatesError, MaskError, PathError, ProxyError, SecretsError, SettingError,
    TokenError, TokenFileError,
};
use crate::language::{Bilingual, bilingual};
use crate::settings::Placeholder;

impl SettingError {
    /// Returns what is wrong, to follow the setting's name.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::NotSet => bilingual!("is not set", "no está definido"),
            Self::NoToken { is_tenants: true } => bilingual!(
                "is not set, nor is token_file; it is the CRM's internal token",
                "no está definido, ni tampoco token_file; es el token interno del CRM",
            ),
            Self::NoToken { is_tenants: false } => bilingual!(
                "is not set, nor is WOLKVOX_TOKEN_FILE; it is the CRM's internal token",
                "no está definido, ni tampoco WOLKVOX_TOKEN_FILE; es el token interno del CRM",
            ),
            Self::TwoTokens { is_tenants: true } => bilingual!(
                "is set as well as token: keep only one of the two",
                "está definido además de token: deje solo uno de los dos",
            ),
            Self::TwoTokens { is_tenants: false } => bilingual!(
                "is set as well as WOLKVOX_TOKEN: keep only one of the two",
                "está definido además de WOLKVOX_TOKEN: deje solo uno de los dos",
            ),
            Self::TwoCallerTokens => bilingual!(
                "is set as well as WOLKVOX_CALLER_TOKEN: keep only one of the two",
                "está definido además de WOLKVOX_CALLER_TOKEN: deje solo uno de los dos",
            ),
            Self::Placeholder(placeholder) => placeholder.text(),
            Self::HoldsToken => bilingual!(
                "holds the token, which belongs in WOLKVOX_TOKEN or its file and nowhere else",
                "contiene el token, que solo debe estar en WOLKVOX_TOKEN o en su archivo",
            ),
            Self::TokenIsPath => bilingual!(
                "names a file; the setting for a file that holds the token is WOLKVOX_TOKEN_FILE",
                "indica un archivo; el ajuste para un archivo con el token es WOLKVOX_TOKEN_FILE",
            ),
            Self::CallerTokenIsPath => bilingual!(
                "names a file; the setting for a file that holds it is WOLKVOX_CALLER_TOKEN_FILE",
                "indica un archivo; el ajuste para un archivo que lo tiene es \
                 WOLKVOX_CALLER_TOKEN_FILE",
            ),
            Self::Path(problem) => problem.text(),
            Self::Proxy(problem) => problem.text(),
            Self::NotUnicode => bilingual!("must be Unicode text", "debe ser texto Unicode"),
            Self::Address(problem) => problem.text(),
            Self::Host => bilingual!(
                "must be a host name alone, without https:// and path",
                "debe ser solo el nombre de un servidor, sin https:// ni ruta",
            ),
            Self::Token(problem) => problem.text(),
            Self::TokenFile(problem) => {
                let problem = problem.text();
                bilingual!(
                    "names a file that {problem}",
                    "indica un archivo que {problem}",
                    problem
                )
            }
            Self::Unreadable(kind) => {
                let why = io_reason(*kind);
                bilingual!(
                    "names a file that cannot be read ({why})",
                    "indica un archivo que no se puede leer ({why})",
                    why,
                )
            }
            Self::Certificates(problem) => problem.text(),
            Self::Operation => bilingual!(
                "must be your company's name in wolkvox: at most 128 characters, on one line",
                "debe ser el nombre de su empresa en wolkvox: hasta 128 caracteres, en una línea",
            ),
            Self::Mask(problem) => problem.text(),
            Self::Timezone => bilingual!(
                "must be the name of a time zone, as in `America/Bogota` or `America/Mexico_City`",
                "debe ser el nombre de una zona horaria, como `America/Bogota` o \
                 `America/Mexico_City`",
            ),
            Self::Duration => bilingual!(
                "must be a time with its unit, at most a day, such as 500ms, 20s or 2m",
                "debe ser un tiempo con su unidad, de un día como máximo, como 500ms, 20s o 2m",
            ),
            // No one means a limit that only the number's own type has.
            Self::WholeNumber { least, most } if *most >= u32::MAX.into() => bilingual!(
                "must be a whole number, {least} or more",
                "debe ser un número entero, {least} o más",
            ),
            Self::WholeNumber { least, most } => bilingual!(
                "must be a whole number from {least} to {most}",
                "debe ser un número entero de {least} a {most}",
            ),
            Self::AuditFailure => {
                bilingual!("must be `refuse` or `continue`", "debe ser `refuse` o `continue`")
            }
            Self::AuditRotate => bilingual!(
                "must be `daily`, `off`, or a size of at least 16KB such as `100MB`",
                "debe ser `daily`, `off`, o un tamaño de al menos 16KB como `100MB`",
            ),
            Self::AuditKeyNeeded => bilingual!(
                "must be set with WOLKVOX_AUDIT=stderr: there is no file beside which a key could be \
                 made",
                "debe estar definido con WOLKVOX_AUDIT=stderr: no hay un archivo junto al cual crear \
                 la clave",
            ),
            Self::SharedAddress => bilingual!(
                "must be the address of a Valkey or Redis, redis:// or rediss://",
                "debe ser la dirección de un Valkey o Redis, redis:// o rediss://",
            ),
            Self::SharedPassword => bilingual!(
                "holds a password, which every process on this computer can read in a flag: use \
                 WOLKVOX_SHARED or the file of settings",
                "contiene una contraseña, que en una opción puede leer cualquier proceso de este \
                 equipo: use WOLKVOX_SHARED o el archivo de ajustes",
            ),
            Self::SharedSecretNeeded => bilingual!(
                "must be set with WOLKVOX_SHARED: what stands in the store is sealed with it",
                "debe estar definido con WOLKVOX_SHARED: con él se sella lo que queda en el almacén",
            ),
            Self::SharedSecrets(SecretsError::Blank) => {
                bilingual!("names a file without a secret", "indica un archivo sin secreto")
            }
            Self::SharedSecrets(SecretsError::Length) => bilingual!(
                "names a file in which a secret is shorter than 16 characters, too long or not text",
                "indica un archivo en el que un secreto tiene menos de 16 caracteres, es demasiado \
                 largo o no es texto",
            ),
            Self::SharedSecrets(SecretsError::TooMany) => bilingual!(
                "names a file with more than four secrets",
                "indica un archivo con más de cuatro secretos",
            ),
            Self::SharedDown => {
                bilingual!("must be `degrade` or `refuse`", "debe ser `degrade` o `refuse`")
            }
            Self::OnOrOff => bilingual!("must be `on` or `off`", "debe ser `on` u `off`"),
            Self::LogFilter => {
                bilingual!("is not a valid log filter", "no es un filtro válido del log")
            }
            Self::LogFormat => {
                bilingual!("must be `text` or `json`", "debe ser `text` o `json`")
            }
            Self::ConfigFile(problem) => problem.text(),
            Self::Team(problem) => problem.text(),
            Self::Callers(problem) => {
                let problem = problem.text();
                bilingual!(
                    "names a file that {problem}",
                    "indica un archivo que {problem}",
                    problem
                )
            }
        }
    }
}

impl AddressError {
    fn text(&self) -> Bilingual {
        match self {
            Self::Malformed => {
                bilingual!("is not a valid address", "no es una dirección válida")
            }
            Self::NoHost => bilingual!("has no host name", "no tiene nombre de servidor"),
            Self::Credentials => bilingual!(
                "must not hold a user name or password",
                "no debe llevar usuario ni contraseña",
            ),
            Self::Query => bilingual!("must not have `?` or `#`", "no debe llevar `?` ni `#`"),
            Self::NotHostAlone => bilingual!(
                "must be the host alone, without a path, `?` or `#`",
                "debe ser solo el servidor, sin ruta, `?` ni `#`",
            ),
            Self::Retired { new_name } => {
                let new_name = match new_name {
                    Some(name) => Bilingual::same(name.clone()),
                    None => bilingual!(
                        "in your browser's address bar when you are logged in to the CRM, such as \
                         crm0001.wolkvox.com",
                        "el de la barra de direcciones del navegador cuando está en el CRM, como \
                         crm0001.wolkvox.com",
                    ),
                };
                bilingual!(
                    "names a server that wolkvox retired; its new name is {new_name}",
                    "es un servidor que wolkvox retiró; su nombre nuevo es {new_name}",
                    new_name,
                )
            }
            Self::Foreign => bilingual!(
                "is not a host of wolkvox.com; if it is your company's proxy for wolkvox, \
                 allow it with WOLKVOX_ALLOW_HOST",
                "no es un servidor de wolkvox.com; si es el proxy de su empresa para wolkvox, \
                 permítalo con WOLKVOX_ALLOW_HOST",
            ),
            Self::Unencrypted => bilingual!(
                "must use https, or the token could be read on the way",
                "debe usar https, o el token se podría leer en el camino",
            ),
            Self::Scheme => bilingual!("must use https", "debe usar https"),
        }
    }
}

impl Placeholder {
    fn text(self) -> Bilingual {
        match self {
            Self::Variable => bilingual!(
                "holds the name of a variable that your client did not fill in: set that variable \
                 where the client starts, or write the value itself",
                "contiene el nombre de una variable que su asistente no reemplazó: defina esa \
                 variable donde se abre el asistente, o escriba el valor",
            ),
            Self::Command => bilingual!(
                "holds a command, which is not run here: write what the command prints",
                "contiene un comando, que aquí no se ejecuta: escriba lo que el comando imprime",
            ),
            Self::Example => bilingual!(
                "still holds the text of an example: replace it with your own value",
                "todavía tiene el texto de un ejemplo: reemplácelo por su propio valor",
            ),
        }
    }
}

impl PathError {
    fn text(self) -> Bilingual {
        match self {
            Self::Home => bilingual!(
                "begins with a home folder that is not known here: write the whole path",
                "empieza con una carpeta personal que aquí no se conoce: escriba la ruta completa",
            ),
            Self::Address => bilingual!(
                "must be the path of a file on this computer, not an address",
                "debe ser la ruta de un archivo de este equipo, no una dirección",
            ),
        }
    }
}

impl ProxyError {
    fn text(self) -> Bilingual {
        match self {
            Self::Unreadable => bilingual!(
                "is not a valid address of a proxy; special characters in its password must be \
                 written as %XX",
                "no es una dirección de proxy válida; los caracteres especiales de su contraseña \
                 se deben escribir como %XX",
            ),
            Self::Scheme => bilingual!(
                "must be an http or https proxy; others, such as SOCKS, cannot be used",
                "debe ser un proxy http o https; otros, como SOCKS, no se pueden usar",
            ),
            Self::Cgi => bilingual!(
                "has no effect while REQUEST_METHOD is set, as a web server sets it for CGI \
                 programs: start this program without REQUEST_METHOD, which must not even be blank",
                "no tiene efecto mientras REQUEST_METHOD esté definido, como lo define un servidor \
                 web para programas CGI: inicie este programa sin REQUEST_METHOD, ni siquiera vacío",
            ),
        }
    }
}

impl TokenError {
    fn text(self) -> Bilingual {
        match self {
            Self::Blank => bilingual!("is blank", "está en blanco"),
            Self::Placeholder(Placeholder::Variable) => bilingual!(
                "holds the name of a variable instead of the token",
                "tiene el nombre de una variable en lugar del token",
            ),
            Self::Placeholder(Placeholder::Command) => bilingual!(
                "holds a command instead of the token",
                "tiene un comando en lugar del token",
            ),
            Self::Placeholder(Placeholder::Example) => bilingual!(
                "holds the text of an example instead of the token",
                "tiene el texto de un ejemplo en lugar del token",
            ),
            Self::Assignment => bilingual!(
                "holds a name and a value, such as WOLKVOX_TOKEN=…; it must hold the token alone",
                "tiene un nombre y un valor, como WOLKVOX_TOKEN=…; debe tener solo el token",
            ),
            Self::Json => bilingual!(
                "holds JSON; it must hold the token alone",
                "tiene JSON; debe tener solo el token",
            ),
            Self::Address => bilingual!(
                "holds an address instead of the token",
                "tiene una dirección en lugar del token",
            ),
            Self::Character => bilingual!(
                "holds a space, a quote or another character that no token has",
                "tiene un espacio, una comilla u otro carácter que ningún token lleva",
            ),
        }
    }
}

impl TokenFileError {
    /// Returns what is wrong, to follow the file's name.
    pub fn text(self) -> Bilingual {
        match self {
            Self::Unreadable(io::ErrorKind::NotFound) => bilingual!("does not exist", "no existe"),
            Self::Unreadable(io::ErrorKind::PermissionDenied) => {
                bilingual!("may not be read by this user", "este usuario no lo puede leer")
            }
            Self::Unreadable(kind) => {
                let why = io_reason(kind);
                bilingual!("cannot be read ({why})", "no se puede leer ({why})", why)
            }
            Self::NotAFile => {
                bilingual!("is a folder or a device", "es una carpeta o un dispositivo")
            }
            Self::TooLarge => {
                bilingual!("is too large for a token", "es demasiado grande para un token")
            }
            Self::Token(problem) => problem.text(),
        }
    }
}

impl CertificatesError {
    fn text(self) -> Bilingual {
        match self {
            Self::NotPem => bilingual!(
                "holds something that is not a PEM certificate",
                "tiene algo que no es un certificado PEM",
            ),
            Self::None => {
                bilingual!("holds no PEM certificate", "no tiene ningún certificado PEM")
            }
        }
    }
}

impl MaskError {
    fn text(self) -> Bilingual {
        match self {
            Self::BlankName => bilingual!(
                "has a blank name between its commas",
                "tiene un nombre en blanco entre las comas",
            ),
            Self::NearGroup(word) => bilingual!(
                "has a name that is nearly `{word}`: write it exactly like that",
                "tiene un nombre casi igual a `{word}`: escríbalo exactamente así",
            ),
            Self::Quote => bilingual!(
                "has a quote in a name: write the names without quotes",
                "tiene una comilla en un nombre: escriba los nombres sin comillas",
            ),
            Self::Bracket => bilingual!(
                "has a bracket in a name: write the names without brackets around them",
                "tiene un corchete o paréntesis en un nombre: escriba los nombres sin ellos",
            ),
            Self::SeveralNames => bilingual!(
                "has several names in one: put commas between them",
                "tiene varios nombres en uno: sepárelos con comas",
            ),
            Self::Pattern => bilingual!(
                "has `*` in a name: write each name in full",
                "tiene `*` en un nombre: escriba cada nombre completo",
            ),
            Self::Exception => bilingual!(
                "has a sign before a name: nothing can be left out, so list only what to mask",
                "tiene un signo delante de un nombre: nada se puede exceptuar, así que indique solo lo \
                 que se debe ocultar",
            ),
        }
    }
}
