//! Reads the audit log's files line by line, whatever is in them.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use crate::error::{AuditError, AuditErrorKind};

/// Many times what a line has.
const LONGEST: u64 = 64 * 1024;

/// Calls `each` with every line of a file: its number, its bytes without the end, and whether it has
/// an end. Of a line that is too long for one of ours only the beginning is given.
pub(super) fn lines(path: &Path, mut each: impl FnMut(u64, &[u8], bool)) -> Result<(), AuditError> {
    let wrong = |kind| AuditError { path: path.to_owned(), kind: AuditErrorKind::Unusable(kind) };
    let metadata = path.metadata().map_err(|problem| wrong(problem.kind()))?;
    if metadata.is_dir() {
        return Err(wrong(ErrorKind::IsADirectory));
    }
    let file = File::open(path).map_err(|problem| wrong(problem.kind()))?;
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut file).take(LONGEST).read_until(b'\n', &mut line);
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(problem) => return Err(wrong(problem.kind())),
        }
        let is_whole = line.ends_with(b"\n");
        if !is_whole && line.len() as u64 == LONGEST {
            file.skip_until(b'\n').map_err(|problem| wrong(problem.kind()))?;
        }
        each(number, line.strip_suffix(b"\n").unwrap_or(&line), is_whole);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_given_with_its_number_and_a_long_one_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let long = "x".repeat(200_000);
        std::fs::write(&path, format!("one\n\n{long}\nfour")).expect("written");
        let mut found = Vec::new();
        lines(&path, |number, line, is_whole| found.push((number, line.len(), is_whole)))
            .expect("read");
        assert_eq!(found, [(1, 3, true), (2, 0, true), (3, 65_536, false), (4, 4, false)]);
    }
}
