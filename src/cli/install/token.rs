//! Keeps a token that was given in the wrong place out of what is written and said.

use std::path::{Path, PathBuf};

use super::absolute;
use crate::config::Sources;
use crate::install::{self, TokenDelivery};
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;
use crate::wolkvox::TokenFile;

/// Returns the whole path of the token's file. It may come later, but what may be the token
/// itself is refused and not shown, and so is a file that is there and of no use.
pub(super) fn file(
    setting: Setting,
    file: &str,
    token: Option<String>,
    force: bool,
    sources: &Sources,
) -> Result<PathBuf, Bilingual> {
    let variable = setting.variable();
    let path = PathBuf::from(absolute(file, sources)?);
    let is_there = path.symlink_metadata().is_ok();
    if token.is_some_and(|token| token == file)
        || !is_there && install::may_be_token(file, Path::is_dir)
    {
        return Err(bilingual!(
            "{variable} names a file that does not exist, in a folder that does not exist; it \
             is not shown, as it may be the token itself. Give the path of a file that holds the token",
            "{variable} indica un archivo que no existe, en una carpeta que no existe; no se \
             muestra porque puede ser el token mismo. Indique la ruta de un archivo con el token",
        ));
    }
    match TokenFile::open(path.clone()) {
        Err(problem) if is_there && !force => {
            let (path, problem) = (path.display(), problem.text());
            Err(bilingual!(
                "{variable}: {path} {problem} (--force installs anyway)",
                "{variable}: {path} {problem} (--force instala de todos modos)",
                problem,
            ))
        }
        _ => Ok(path),
    }
}

/// Refuses a setting that holds the token by a slip, without showing it.
pub(super) fn refuse_in(
    settings: &[(Setting, String)],
    token: Option<String>,
    delivery: &TokenDelivery,
) -> Result<(), Bilingual> {
    let in_file = match delivery {
        // As the program itself will read it.
        TokenDelivery::File(path) => crate::file::read(path, 64 * 1024).ok().map(|bytes| {
            String::from_utf8_lossy(&bytes).trim_matches(['\u{feff}', ' ', '\r', '\n']).to_owned()
        }),
        TokenDelivery::Client | TokenDelivery::Inline(_) | TokenDelivery::SettingsFile => None,
    };
    for token in [token, in_file].into_iter().flatten().filter(|it| !it.is_empty()) {
        if let Some((setting, _)) = settings.iter().find(|(_, text)| *text == token) {
            let variable = setting.variable();
            return Err(bilingual!(
                "{variable} holds the token, which must not be shown; give this setting its own value",
                "{variable} contiene el token, que no se debe mostrar; dé a este ajuste su propio valor",
            ));
        }
    }
    Ok(())
}
