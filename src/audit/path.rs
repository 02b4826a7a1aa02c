//! The names of the audit log's files (pure).
//!
//! ```text
//! audit.jsonl                              is written now
//! audit-20261125T140501Z-41.jsonl          was written until then; its last line is 41
//! audit.jsonl.torn                         beginnings of lines that a crash cut short
//! audit.jsonl.last                         the last line's number and seal, beside the key
//! wolkvox-audit.key                        the key, beside the log unless it has a setting
//! ```

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

const KEY: &str = "wolkvox-audit.key";
/// The length of `20261125T140501Z`.
const STAMP: usize = 16;

/// Puts the process and its user where a path has `{pid}` and `{user}`.
pub(super) fn filled(path: &Path, pid: u32, user: &str) -> PathBuf {
    let text = path.to_string_lossy();
    if !text.contains('{') {
        return path.to_owned();
    }
    // A user's name must not lead out of the folder.
    let is_plain = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '@' | '.');
    let user: String = user.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    let user = if user.trim_matches('.').is_empty() { "_".to_owned() } else { user };
    text.replace("{pid}", &pid.to_string()).replace("{user}", &user).into()
}

/// Returns where the key is, unless a setting says otherwise.
pub(super) fn key(log: &Path) -> PathBuf {
    log.with_file_name(KEY)
}

/// Returns where the last line's number and seal are kept.
pub(super) fn anchor(log: &Path, key: &Path) -> PathBuf {
    key.with_file_name(with_ending(log, ".last"))
}

/// Returns where the beginnings of torn lines are kept.
pub(super) fn torn(log: &Path) -> PathBuf {
    log.with_file_name(with_ending(log, ".torn"))
}

fn with_ending(log: &Path, ending: &str) -> OsString {
    let mut name = log.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    name
}

/// Returns the name of a file that is written no longer.
pub(super) fn rotated(log: &Path, now: Timestamp, last: u64) -> PathBuf {
    let mut name = log.file_stem().unwrap_or_default().to_owned();
    name.push(now.strftime("-%Y%m%dT%H%M%SZ").to_string());
    name.push(format!("-{last}"));
    if let Some(extension) = log.extension() {
        name.push(".");
        name.push(extension);
    }
    log.with_file_name(name)
}

/// Returns the name that a file had while it was written, if it has the name of one that is written
/// no longer.
pub(super) fn before_rotation(file: &Path) -> Option<PathBuf> {
    Some(rotation(file)?.0)
}

/// Returns the name that a file had while it was written, and its last line's number, if it has the
/// name of one that is written no longer.
pub(super) fn rotation(file: &Path) -> Option<(PathBuf, u64)> {
    let stem = file.file_stem()?.to_str()?;
    let (rest, last) = stem.rsplit_once('-')?;
    let (log, stamp) = rest.rsplit_once('-')?;
    let is_stamp = stamp.len() == STAMP
        && stamp.bytes().enumerate().all(|(place, it)| match place {
            8 => it == b'T',
            15 => it == b'Z',
            _ => it.is_ascii_digit(),
        });
    let is_last = !last.is_empty() && last.bytes().all(|it| it.is_ascii_digit());
    let last = last.parse().ok().filter(|_| is_last)?;
    let extension = file.extension().unwrap_or(OsStr::new(""));
    let mut name = OsString::from(log);
    if !extension.is_empty() {
        name.push(".");
        name.push(extension);
    }
    (is_stamp && !log.is_empty()).then(|| (file.with_file_name(name), last))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_and_user_are_filled_in_and_lead_nowhere_else() {
        for (user, path) in [
            ("ana", "/a/ana/audit-7.jsonl"),
            ("EMPRESA\\ana pérez", "/a/EMPRESA_ana_pérez/audit-7.jsonl"),
            ("../../etc", "/a/.._.._etc/audit-7.jsonl"),
            ("..", "/a/_/audit-7.jsonl"),
            ("", "/a/_/audit-7.jsonl"),
        ] {
            let found = filled(Path::new("/a/{user}/audit-{pid}.jsonl"), 7, user);
            assert_eq!(found, Path::new(path), "{user}");
        }
    }

    #[test]
    fn a_file_that_is_written_no_longer_is_known_by_its_name() {
        let now = "2026-11-25T14:05:01Z".parse().expect("a time");
        for (log, old) in [
            ("/a/audit.jsonl", "/a/audit-20261125T140501Z-41.jsonl"),
            ("/a/audit-7.x.log", "/a/audit-7.x-20261125T140501Z-41.log"),
            ("/a/audit", "/a/audit-20261125T140501Z-41"),
        ] {
            assert_eq!(rotated(Path::new(log), now, 41), Path::new(old));
            assert_eq!(before_rotation(Path::new(old)).as_deref(), Some(Path::new(log)));
            assert_eq!(before_rotation(Path::new(log)), None, "{log}");
        }
        assert_eq!(
            anchor(Path::new("/a/audit.jsonl"), Path::new("/k/key")),
            Path::new("/k/audit.jsonl.last")
        );
    }
}
