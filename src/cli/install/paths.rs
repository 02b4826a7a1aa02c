//! Settings that are paths of files, as a client's configuration must have them.

use crate::config::{self, Sources};
use crate::error::{SettingError, io_reason};
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
