//! Paths of files, this program's own among them, as a client's configuration must have them.

use std::path::{Path, PathBuf};

use crate::config::{self, Sources};
use crate::error::{SettingError, io_reason};
use crate::install;
use crate::language::{Bilingual, bilingual};
use crate::settings::Setting;

/// Returns whether a setting's value is the path of a file.
pub(super) fn is_file(setting: Setting, value: &str) -> bool {
    match setting {
        Setting::CaFile | Setting::Config | Setting::AuditKeyFile => true,
        Setting::Audit => !matches!(value, "stderr" | "off"),
        _ => false,
    }
}

/// Returns a file's whole path: the client starts this program in a folder of its own choice.
pub(super) fn absolute(file: &str, sources: &Sources) -> Result<String, Bilingual> {
    let path = config::path(file, sources.home().as_deref()).map_err(|problem| {
        let why = SettingError::Path(problem).text();
        bilingual!("a file's path {why}", "la ruta de un archivo {why}", why)
    })?;
    match std::path::absolute(path) {
        Ok(path) => Ok(path.to_string_lossy().into_owned()),
        Err(problem) => {
            let why = io_reason(problem.kind());
            Err(bilingual!("{file}: {why}", "{file}: {why}", why))
        }
    }
}

/// Returns a path as people write it: one below the home folder from there on.
pub(super) fn short(path: &Path, sources: &Sources) -> String {
    let home = sources.home();
    let rest = home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    rest.map_or(path.to_owned(), |rest| Path::new("~").join(rest)).display().to_string()
}

/// Returns the path by which a client is to start this program.
pub(super) fn own_command(sources: &Sources) -> Result<String, Bilingual> {
    let called = std::env::args_os().next().map(PathBuf::from);
    let search = sources.variable("PATH");
    let own = std::env::current_exe().ok();
    let command = own.map(|own| install::command(&own, called.as_deref(), search));
    command.and_then(|it| it.to_str().map(str::to_owned)).ok_or_else(|| {
        bilingual!(
            "this program cannot find its own file, or a folder's name is not Unicode text",
            "este programa no encuentra su propio archivo, o el nombre de una carpeta no es \
             texto Unicode",
        )
    })
}
