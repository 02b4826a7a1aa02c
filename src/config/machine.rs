//! Where an administrator sets what counts for everybody on a computer.

use std::ffi::OsString;
use std::fs::Metadata;
use std::path::PathBuf;

/// Returns the file of settings for everybody on this computer, whether it is there or not.
pub fn machines_file(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        PathBuf::from(variable("ProgramData").filter(|it| !it.is_empty())?)
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support")
    } else {
        PathBuf::from("/etc")
    };
    Some(folder.join(env!("CARGO_PKG_NAME")).join("config.toml"))
}

/// Returns whether only an administrator can have written a file: it may name the server that gets
/// everybody's token.
#[cfg(unix)]
pub(super) fn is_administrators(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    metadata.uid() == 0 && metadata.permissions().mode() & 0o022 == 0
}

/// Elsewhere the folder's rights say who may write the file.
#[cfg(not(unix))]
pub(super) fn is_administrators(_: &Metadata) -> bool {
    true
}
