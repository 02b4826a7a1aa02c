//! What to mind about an installation, and stops none.

use std::path::Path;

use super::Install;
use super::paths::{is_file, short};
use crate::config::Sources;
use crate::error::TokenFileError;
use crate::install::{self, Entry, TokenDelivery};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;
use crate::wolkvox::TokenFile;

impl Install {
    /// Returns what to mind: of the token, of the program, and of a file that others have too.
    pub(super) fn warnings(&self, file: &Path, entry: &Entry, sources: &Sources) -> Vec<Bilingual> {
        let shown = short(file, sources);
        let mut warnings: Vec<Bilingual> = of_token_file(entry).into_iter().collect();
        if matches!(entry.token, TokenDelivery::Inline(_)) && !entry.sandbox {
            warnings.push(self.of_token_inside(&shown));
        }
        if entry.native(self.target.client).is_none() {
            warnings.extend(of_build());
            if self.target.place.project {
                warnings.extend(of_path(&shown, entry));
                warnings.extend(of_files(&shown, entry));
            }
        }
        warnings
    }

    fn of_token_inside(&self, shown: &str) -> Bilingual {
        if self.target.place.project {
            bilingual!(
                "Warning: the token is in {shown}, in plain text. Keep that file out of version \
                 control.",
                "Aviso: el token queda en {shown} como texto legible. No suba ese archivo al \
                 control de versiones.",
            )
        } else {
            bilingual!(
                "Warning: the token is in {shown}, in plain text.",
                "Aviso: el token queda en {shown} como texto legible.",
            )
        }
    }
}

/// Warns of a file of the token that is not there or of no use yet.
fn of_token_file(entry: &Entry) -> Option<Bilingual> {
    let path = token_file(entry)?;
    let problem = TokenFile::open(path.to_owned()).err()?;
    let path = path.display();
    let care = |problem: TokenFileError| {
        let problem = problem.text();
        bilingual!("Warning: {path} {problem}.", "Aviso: {path} {problem}.", problem)
    };
    Some(care(problem))
}

fn token_file(entry: &Entry) -> Option<&Path> {
    match (&entry.remote, &entry.token) {
        (Some(remote), _) => remote.token_file.as_deref(),
        (None, TokenDelivery::File(path)) => Some(path),
        (None, _) => None,
    }
}

/// Warns of a program that lies where Cargo built it.
fn of_build() -> Option<Bilingual> {
    let program = std::env::current_exe().ok().filter(|own| install::is_build_folder(own))?;
    let program = program.display();
    Some(bilingual!(
        "Warning: `cargo clean` removes {program}. Run `cargo install --path .`, and install again \
         with the program that it puts in place.",
        "Aviso: `cargo clean` elimina {program}. Ejecute `cargo install --path .` e instale de nuevo \
         con el programa que ese comando deja instalado.",
    ))
}

/// Warns of the program's path in a file that others have too.
fn of_path(shown: &str, entry: &Entry) -> Option<Bilingual> {
    let command = &entry.command;
    Path::new(command).is_absolute().then(|| {
        bilingual!(
            "Warning: {shown} starts the program by its path on this computer, {command}. If others \
             share that file, put the program into a folder of PATH and install again: its name \
             alone is then written.",
            "Aviso: {shown} inicia el programa por su ruta en este equipo, {command}. Si comparte ese \
             archivo con otras personas, ponga el programa en una carpeta del PATH e instale de \
             nuevo: entonces se escribe solo el nombre.",
        )
    })
}

/// Warns of other files of this computer in a file that others have too.
fn of_files(shown: &str, entry: &Entry) -> Option<Bilingual> {
    let settings = entry.settings.iter().filter(|(setting, text)| is_file(*setting, text));
    let mut variables: Vec<_> = settings.map(|(setting, _)| setting.variable()).collect();
    let token = match entry.remote {
        Some(_) => Setting::CallerTokenFile,
        None => Setting::TokenFile,
    };
    variables.extend(token_file(entry).filter(|_| !entry.sandbox).map(|_| token.variable()));
    let variables = variables.join(", ");
    (!variables.is_empty()).then(|| {
        bilingual!(
            "Warning: {shown} names files of this computer ({variables}). Others who share it need \
             theirs at the same paths.",
            "Aviso: {shown} nombra archivos de este equipo ({variables}). Las demás personas que lo \
             compartan los necesitan en las mismas rutas.",
        )
    })
}
