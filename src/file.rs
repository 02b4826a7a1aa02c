//! Reads small files, and nothing that only looks like one: a pipe or a device might never end.
//! Notices that a file changed, and replaces one whole or not at all.

mod replace;
mod stamp;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

pub(crate) use self::replace::{Access, folder_of, is_link, lock, prepare, put, resolved, sweep};
pub(crate) use self::stamp::Stamp;

/// Reads a whole file of at most so many bytes.
///
/// # Errors
///
/// Those of the system, [`ErrorKind::InvalidInput`] for what is not a regular file and
/// [`ErrorKind::FileTooLarge`].
pub(crate) fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    // Checked before opening: opening a pipe waits for its other end.
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_and_only_small_ones_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "four").expect("written");
        assert_eq!(read(&path, 4).expect("read"), b"four");
        assert_eq!(read(&path, 3).expect_err("refused").kind(), ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 4).expect_err("refused").kind(), ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_no_file() {
        let device = read(Path::new("/dev/zero"), 4);
        assert_eq!(device.expect_err("refused").kind(), ErrorKind::InvalidInput);
    }
}
