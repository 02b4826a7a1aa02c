//! What a verification of an audit log found, in sentences.

use crate::audit::{Before, Finding, Flaw, Report};
use crate::language::{Bilingual, bilingual};

impl Finding {
    /// Returns what is wrong, and where.
    pub(super) fn text(&self) -> Bilingual {
        let file = self.file.display();
        let place = match self.line {
            Some(line) => Bilingual::same(format!("{file}:{line}")),
            None => bilingual!("{file}, at its end", "{file}, al final"),
        };
        let flaw = self.flaw.text(self.line.is_none());
        bilingual!("{place}: {flaw}", "{place}: {flaw}", place, flaw)
    }
}

impl Flaw {
    fn text(&self, is_end: bool) -> Bilingual {
        match self {
            Self::Unreadable => bilingual!(
                "this is not a line of an audit log",
                "esto no es una línea de un registro de auditoría"
            ),
            Self::Torn => bilingual!("this line is cut short", "esta línea está a medias"),
            Self::Changed => bilingual!(
                "this line was changed, or written with another key: its seal does not fit",
                "esta línea fue modificada, o escrita con otra clave: su sello no corresponde",
            ),
            Self::NotLinked => bilingual!(
                "the line before this one is not the one that it followed",
                "la línea anterior a esta no es la que tenía antes",
            ),
            Self::Missing(from, to) if from == to && is_end => {
                bilingual!("line {from} is missing", "falta la línea {from}")
            }
            Self::Missing(from, to) if is_end => {
                bilingual!("lines {from} to {to} are missing", "faltan las líneas {from} a {to}")
            }
            Self::Missing(from, to) if from == to => bilingual!(
                "line {from} is missing before this one",
                "antes de esta falta la línea {from}"
            ),
            Self::Missing(from, to) => bilingual!(
                "lines {from} to {to} are missing before this one",
                "antes de esta faltan las líneas {from} a {to}",
            ),
            Self::Before(before) => before.text(),
            Self::OutOfOrder => bilingual!(
                "this line stands after lines that were written later",
                "esta línea está después de líneas escritas más tarde",
            ),
            Self::Repeated => {
                bilingual!("this line is here more than once", "esta línea está más de una vez")
            }
            Self::Restart => bilingual!(
                "a new chain begins here; whether lines are missing before it cannot be seen",
                "aquí comienza otra cadena; no se puede ver si faltan líneas antes",
            ),
            Self::NotAnchored(line) => bilingual!(
                "line {line} is not the one that was written last",
                "la línea {line} no es la que se escribió de última",
            ),
            Self::NoAnchor(path) => {
                let path = path.display();
                bilingual!(
                    "whether lines are missing here cannot be seen: {path} is missing or was changed",
                    "no se puede ver si aquí faltan líneas: {path} falta o fue modificado",
                )
            }
        }
    }
}

impl Before {
    fn text(&self) -> Bilingual {
        let (from, to) = self.numbers;
        let missing = if from == to {
            bilingual!(
                "line {from} is not in these files: it stands in an earlier one, or was removed",
                "la línea {from} no está en estos archivos: está en uno anterior, o se eliminó",
            )
        } else {
            bilingual!(
                "lines {from} to {to} are not in these files: they stand in an earlier one, or were \
                 removed",
                "las líneas {from} a {to} no están en estos archivos: están en uno anterior, o se \
                 eliminaron",
            )
        };
        let Some(file) = self.file.as_ref().map(|it| it.display()) else {
            return missing;
        };
        bilingual!("{missing}; give {file} too", "{missing}; indique también {file}", missing)
    }
}

impl Report {
    /// Sums up what was verified.
    pub(super) fn summary(&self) -> Bilingual {
        let Self { lines, files, .. } = self;
        let span = match (self.numbers, self.times) {
            (Some((first, last)), Some((from, to))) => {
                let (from, to) = (format!("{from:.0}"), format!("{to:.0}"));
                bilingual!(
                    ", numbers {first} to {last}, {from} to {to}",
                    ", números {first} a {last}, del {from} al {to}",
                )
            }
            _ => Bilingual::same(""),
        };
        let before = match &self.before {
            Some(before) => {
                let before = before.text();
                bilingual!("; {before}", "; {before}", before)
            }
            None => Bilingual::same(""),
        };
        let after = match self.goes_on {
            Some(last) => bilingual!(
                "; the log goes on to line {last}",
                "; el registro sigue hasta la línea {last}"
            ),
            None => Bilingual::same(""),
        };
        let verdict = match self.findings.len() {
            0 => bilingual!("every line is in its place", "cada línea está en su lugar"),
            1 => bilingual!("1 finding", "1 hallazgo"),
            count => bilingual!("{count} findings", "{count} hallazgos"),
        };
        bilingual!(
            "Lines: {lines}, files: {files}{span}{before}{after}: {verdict}.",
            "Líneas: {lines}, archivos: {files}{span}{before}{after}: {verdict}.",
            span,
            before,
            after,
            verdict,
        )
    }
}
