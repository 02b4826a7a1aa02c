//! What is wrong with the file of settings and a team's settings, to follow the setting's name.

use super::io_reason;
use crate::error::{ConfigFileError, PublicUrlError, TeamError, TlsFilesError};
use crate::language::{Bilingual, bilingual};

impl ConfigFileError {
    pub(super) fn text(&self) -> Bilingual {
        match self {
            Self::NotUtf8 => bilingual!(
                "names a file that is not UTF-8 text",
                "indica un archivo que no es texto UTF-8",
            ),
            Self::NotToml { line, detail } => bilingual!(
                "names a file that is not valid TOML (line {line}: {detail})",
                "indica un archivo que no es TOML válido (línea {line}: {detail})",
            ),
            Self::UnknownKey { nearest: Some(nearest) } => bilingual!(
                "is not a known setting (did you mean `{nearest}`?)",
                "no es un ajuste conocido (¿quiso decir `{nearest}`?)",
            ),
            Self::UnknownKey { nearest: None } => {
                bilingual!("is not a known setting", "no es un ajuste conocido")
            }
            Self::Misplaced => bilingual!(
                "belongs to no table: write it at the top of the file, before the first `[`",
                "no va en una tabla: escríbalo al principio del archivo, antes del primer `[`",
            ),
            Self::NotValue => {
                bilingual!("must be a value, not a table", "debe ser un valor, no una tabla")
            }
            Self::NotTable => bilingual!(
                "must be a table, such as [tenants.banco] or [roles.agent]",
                "debe ser una tabla, como [tenants.banco] o [roles.agent]",
            ),
            Self::NotAdministrators => bilingual!(
                "counts for everybody on this computer, so it must belong to root and nobody else may \
                 change it (chown root, chmod 644)",
                "vale para todos en este equipo, así que debe pertenecer a root y nadie más puede \
                 cambiarlo (chown root, chmod 644)",
            ),
            Self::OpenSecret => bilingual!(
                "stands in a file that other users can read or its group can change: protect it \
                 (chmod 600), or set token_file instead",
                "está en un archivo que otros usuarios pueden leer o su grupo puede cambiar: \
                 protéjalo (chmod 600), o use token_file",
            ),
        }
    }
}

impl TeamError {
    pub(super) fn text(&self) -> Bilingual {
        match self {
            Self::Listen => bilingual!(
                "must be an IP address and a port, such as 127.0.0.1:8080",
                "debe ser una dirección IP y un puerto, como 127.0.0.1:8080",
            ),
            Self::SameAddress => bilingual!(
                "must not be the address of WOLKVOX_LISTEN",
                "no debe ser la dirección de WOLKVOX_LISTEN",
            ),
            Self::PublicUrl(problem) => problem.text(),
            Self::Proxy => bilingual!(
                "must be addresses or networks with commas between them, such as \
                 10.0.0.5,10.1.0.0/16",
                "debe tener direcciones o redes separadas por comas, como 10.0.0.5,10.1.0.0/16",
            ),
            Self::EveryProxy => bilingual!(
                "names every address: whoever connects could pass for a proxy",
                "abarca todas las direcciones: cualquiera podría hacerse pasar por un proxy",
            ),
            Self::NoCallers { because } => {
                let because = because.variable();
                bilingual!(
                    "is not set, nor is WOLKVOX_OAUTH_ISSUER: by {because} others than this \
                     computer reach the server, and anyone of them could look up customers",
                    "no está definido, ni tampoco WOLKVOX_OAUTH_ISSUER: por {because} llegan al \
                     servidor otros equipos, y cualquiera podría consultar clientes",
                )
            }
            Self::NoAudit => bilingual!(
                "is not set: name a file for the audit log, or `off` if nobody needs to know who asked",
                "no está definido: indique un archivo para el registro de auditoría, u `off` si nadie \
                 necesita saber quién consultó",
            ),
            Self::NoPublicUrl => bilingual!(
                "is not set, and must be, as WOLKVOX_LISTEN is not an address of this computer alone",
                "no está definido, y debe estarlo, porque WOLKVOX_LISTEN no es solo de este equipo",
            ),
            Self::NoEncryption => bilingual!(
                "is not set, nor is WOLKVOX_TRUSTED_PROXIES: without TLS here or at a proxy, \
                 tokens and answers could be read on the way",
                "no está definido, ni tampoco WOLKVOX_TRUSTED_PROXIES: sin TLS aquí o en un proxy, \
                 los tokens y las respuestas se podrían leer en el camino",
            ),
            Self::NotSetBeside(other) => {
                let other = other.variable();
                bilingual!(
                    "is not set, and {other} is: they are needed together",
                    "no está definido, y {other} sí: se necesitan juntos",
                )
            }
            Self::UselessWithout(other) => {
                let other = other.variable();
                bilingual!(
                    "has no effect without {other}: set that too, or take this out",
                    "no tiene efecto sin {other}: defínalo también, o quite este",
                )
            }
            Self::Issuer => bilingual!(
                "must be the issuer's address exactly as its tokens spell it, with https:// and \
                 without `?` and `#`",
                "debe ser la dirección del emisor tal como la escriben sus tokens, con https:// y \
                 sin `?` ni `#`",
            ),
            Self::Names => bilingual!(
                "must be names without spaces or quotes in them, and none blank",
                "debe tener nombres sin espacios ni comillas, y ninguno en blanco",
            ),
            Self::BesideTenants => bilingual!(
                "must not be set beside [tenants]: write it in the table of its tenant",
                "no debe estar junto a [tenants]: escríbalo en la tabla de su tenant",
            ),
            Self::TenantName => bilingual!(
                "has a name that cannot stand in an address: use up to 64 lower-case letters, \
                 digits, `-` and `_`, a letter or digit first",
                "tiene un nombre que no sirve en una dirección: use hasta 64 letras minúsculas, \
                 números, `-` y `_`, con una letra o un número al principio",
            ),
            Self::RoleName => bilingual!(
                "has a blank name, or one of several lines",
                "tiene un nombre en blanco, o de varias líneas",
            ),
            Self::NoTenants => bilingual!(
                "names no tenant, so the role could ask nothing: name one, or take the line out",
                "no nombra ningún tenant, y el rol no podría consultar nada: nombre uno, o quite \
                 la línea",
            ),
            Self::UnknownTenant { name, known } => {
                let known = known.join(", ");
                bilingual!(
                    "names the tenant `{name}`, which is not configured; there are: {known}",
                    "nombra el tenant `{name}`, que no está configurado; hay: {known}",
                )
            }
        }
    }
}

impl PublicUrlError {
    fn text(self) -> Bilingual {
        match self {
            Self::Malformed => bilingual!(
                "must be an address such as https://wolkvox.example.com",
                "debe ser una dirección como https://wolkvox.example.com",
            ),
            Self::Credentials => bilingual!(
                "must not hold a user name or password",
                "no debe llevar usuario ni contraseña",
            ),
            Self::NotHostAlone => bilingual!(
                "must be scheme, host and port alone, without a path, `?` or `#`",
                "debe ser solo esquema, servidor y puerto, sin ruta, `?` ni `#`",
            ),
            Self::Unencrypted => bilingual!(
                "must use https, or tokens and answers could be read on the way",
                "debe usar https, o los tokens y las respuestas se podrían leer en el camino",
            ),
        }
    }
}

impl TlsFilesError {
    /// Returns what is wrong.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::Unreadable(kind) => {
                let reason = io_reason(*kind);
                bilingual!(
                    "WOLKVOX_TLS_CERT or WOLKVOX_TLS_KEY cannot be read: {reason}",
                    "no se puede leer WOLKVOX_TLS_CERT o WOLKVOX_TLS_KEY: {reason}",
                    reason,
                )
            }
            Self::NoCertificate => bilingual!(
                "WOLKVOX_TLS_CERT holds no certificate in PEM form",
                "WOLKVOX_TLS_CERT no contiene un certificado en formato PEM",
            ),
            Self::NoKey => bilingual!(
                "WOLKVOX_TLS_KEY holds no private key in PEM form that can be used",
                "WOLKVOX_TLS_KEY no contiene una clave privada en formato PEM que se pueda usar",
            ),
            Self::NotItsKey => bilingual!(
                "WOLKVOX_TLS_KEY is not the key of the certificate in WOLKVOX_TLS_CERT",
                "WOLKVOX_TLS_KEY no es la clave del certificado de WOLKVOX_TLS_CERT",
            ),
        }
    }
}
