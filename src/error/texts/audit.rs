//! What is wrong with the audit log, or must be said of it.

use super::io_reason;
use crate::error::{AuditError, AuditErrorKind, AuditNotice};
use crate::language::{Bilingual, bilingual};

impl AuditError {
    /// Returns what is wrong with which file, and what to do about it.
    pub fn text(&self) -> Bilingual {
        let path = self.path.display();
        match self.kind {
            AuditErrorKind::Unusable(kind) => {
                let reason = io_reason(kind);
                bilingual!(
                    "audit: {path} cannot be used: {reason}",
                    "auditoría: no se puede usar {path}: {reason}",
                    reason,
                )
            }
            AuditErrorKind::NotAnAuditLog => bilingual!(
                "audit: {path} holds something that is not an audit log, and was left as it is",
                "auditoría: {path} tiene algo que no es un registro de auditoría, y se dejó como está",
            ),
            AuditErrorKind::InUse => bilingual!(
                "audit: another process writes {path}. Where one computer runs several, keep them \
                 apart with {{pid}} or {{user}} in WOLKVOX_AUDIT, such as audit-{{pid}}.jsonl",
                "auditoría: otro proceso escribe {path}. Si en un equipo corren varios, sepárelos con \
                 {{pid}} o {{user}} en WOLKVOX_AUDIT, como audit-{{pid}}.jsonl",
            ),
            AuditErrorKind::AnotherKey => bilingual!(
                "audit: the last line of {path} does not fit the key: it was written with another \
                 one, or changed. Give that key (WOLKVOX_AUDIT_KEY_FILE), or move the file away and \
                 examine it with `wolkvox-mcp audit verify`",
                "auditoría: la última línea de {path} no corresponde a la clave: se escribió con otra \
                 o fue modificada. Indique esa clave (WOLKVOX_AUDIT_KEY_FILE), o mueva el archivo y \
                 examínelo con `wolkvox-mcp audit verify`",
            ),
            AuditErrorKind::NotEmpty => bilingual!(
                "audit: the new file at {path} is not empty; the log goes on in the old one",
                "auditoría: el archivo nuevo en {path} no está vacío; el registro sigue en el anterior",
            ),
            AuditErrorKind::NotAKey => bilingual!(
                "audit: {path} must hold one line of 32 to 1024 characters, such as \
                 `openssl rand -hex 32` prints",
                "auditoría: {path} debe tener una línea de 32 a 1024 caracteres, como la que da \
                 `openssl rand -hex 32`",
            ),
        }
    }
}

impl AuditNotice {
    /// Returns what must be said.
    pub fn text(&self) -> Bilingual {
        match self {
            Self::Torn { path, aside } => {
                let (path, aside) = (path.display(), aside.display());
                bilingual!(
                    "audit: the last line of {path} was cut short, as after a crash; its beginning is \
                     in {aside}",
                    "auditoría: la última línea de {path} quedó a medias, como tras una caída; su \
                     comienzo está en {aside}",
                )
            }
            Self::Cut { path, last } => {
                let path = path.display();
                bilingual!(
                    "audit: line {last} was written and is missing at the end of {path}, or was \
                     changed; `wolkvox-mcp audit verify` says more",
                    "auditoría: la línea {last} se escribió y falta al final de {path}, o fue \
                     modificada; `wolkvox-mcp audit verify` dice más",
                )
            }
            Self::NoAnchor { path } => {
                let path = path.display();
                bilingual!(
                    "audit: {path} is missing or was changed, so lines that are missing at the end of \
                     the log would not be noticed",
                    "auditoría: {path} falta o fue modificado, así que no se notaría si faltan líneas \
                     al final del registro",
                )
            }
            Self::KeyIsOpen { path } => {
                let path = path.display();
                bilingual!(
                    "audit: other users may read the key {path}; let only its owner (chmod 600)",
                    "auditoría: otros usuarios pueden leer la clave {path}; permita solo a su dueño \
                     (chmod 600)",
                )
            }
        }
    }
}
