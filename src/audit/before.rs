//! What was written before the lines of the files that were given: it may stand beside them, in an
//! earlier file of their log.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::key::{Keys, Mac};
use super::{file, line, path};

/// Lines before those of the files that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The first and the last number of those that are in none of the files.
    pub numbers: (u64, u64),
    /// An earlier file of the log, by its name, that was not given.
    pub file: Option<PathBuf>,
    /// Whether that file ends with the last of these lines.
    pub ends_there: bool,
}

impl Before {
    /// Returns what must be said where nothing is known of other files.
    pub(super) fn unknown(numbers: (u64, u64)) -> Self {
        Self { numbers, file: None, ends_there: false }
    }

    /// Looks beside a log for the file that ends with these lines, the last of which has this seal if
    /// that is known; else for the last one before it.
    pub(super) fn beside(
        log: &Path,
        numbers: (u64, u64),
        mac: Option<Mac>,
        given: &[&PathBuf],
        keys: &Keys,
    ) -> Self {
        let (_, to) = numbers;
        let folder = log.parent().filter(|it| !it.as_os_str().is_empty());
        let Ok(names) = folder.unwrap_or(Path::new(".")).read_dir() else {
            return Self::unknown(numbers);
        };
        let files = names.filter_map(|it| Some(log.with_file_name(it.ok()?.file_name())));
        let earlier = files.filter_map(|file| {
            let (before, last) = path::rotation(&file)?;
            let is_given = || given.iter().any(|it| is_same(it, &file));
            (before == log && last <= to && !is_given()).then_some((last, file))
        });
        match earlier.max() {
            Some((last, file)) => {
                // Anybody can give a file a name.
                let ends_there = last == to && ends_with(&file, to, mac, keys);
                Self { numbers, file: Some(file), ends_there }
            }
            None => Self::unknown(numbers),
        }
    }
}

/// Returns whether the last line of a file is sealed and has this number, and this seal if one is
/// given.
fn ends_with(path: &Path, seq: u64, mac: Option<Mac>, keys: &Keys) -> bool {
    // Opening a device may do anything.
    let is_file = path.metadata().is_ok_and(|it| it.is_file());
    let file = is_file.then(|| File::open(path).ok()).flatten();
    let last = file.and_then(|mut file| file::last_line(&mut file).ok());
    let last = last.and_then(|(line, _)| line::read(&line?, keys));
    last.is_some_and(|it| it.is_sealed && it.seq == seq && mac.is_none_or(|mac| mac == it.mac))
}

/// Returns whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().ok().is_some_and(|it| other.canonicalize().ok() == Some(it))
}
