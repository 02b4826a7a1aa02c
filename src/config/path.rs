//! Reads the path of a file as its writer meant it (pure).

use std::path::{Path, PathBuf};

use url::Url;

use crate::error::PathError;

/// Returns the file that a text names: a path, one below the home folder (`~/token`), or a `file:`
/// address.
///
/// # Errors
///
/// What keeps it from being understood; never a guess.
pub fn path(text: &str, home: Option<&Path>) -> Result<PathBuf, PathError> {
    if let Some(rest) = text.strip_prefix('~') {
        let rest =
            if cfg!(windows) { rest.strip_prefix(['/', '\\']) } else { rest.strip_prefix('/') };
        return match (rest, home) {
            (Some(rest), Some(home)) => Ok(home.join(rest.trim_start_matches('/'))),
            _ => Err(PathError::Home),
        };
    }
    let is_file_address = text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("file:/"));
    if is_file_address {
        let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
        return path.ok_or(PathError::Address);
    }
    if text.contains("://") {
        return Err(PathError::Address);
    }
    Ok(PathBuf::from(text))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_file_that_its_writer_meant() {
        for (text, file) in [
            ("/etc/token", Ok("/etc/token")),
            ("token", Ok("token")),
            ("~/token", Ok("/home/ana/token")),
            ("~//token", Ok("/home/ana/token")),
            ("file:///etc/my%20token", Ok("/etc/my token")),
            ("FILE:/etc/token", Ok("/etc/token")),
            ("file://localhost/etc/token", Ok("/etc/token")),
            ("a~/token", Ok("a~/token")),
            ("~juan/token", Err(PathError::Home)),
            ("~", Err(PathError::Home)),
            ("file://etc/token", Err(PathError::Address)),
            ("https://example.com/token", Err(PathError::Address)),
            ("op://vault/token", Err(PathError::Address)),
        ] {
            let found = path(text, Some(Path::new("/home/ana")));
            assert_eq!(found, file.map(PathBuf::from), "{text}");
        }
        assert_eq!(path("~/token", None), Err(PathError::Home));
    }
}
