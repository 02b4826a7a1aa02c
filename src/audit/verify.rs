//! Verifies an audit log: every line's seal, its place in the chain, and that the last line is there.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::before::Before;
use super::chain::{LONGEST_ANCHOR, Last, is_blank};
use super::key::{Keys, Mac};
use super::{line, path, read};
use crate::error::{AuditError, AuditErrorKind};
use crate::file;

/// What a verification of one log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Files that it has, of those given.
    pub files: usize,
    /// Lines that were read.
    pub lines: usize,
    /// The numbers of the first and the last line in order, if there is one.
    pub numbers: Option<(u64, u64)>,
    /// When they were written.
    pub times: Option<(Timestamp, Timestamp)>,
    /// What was written before what was given, if the log begins there, in a file that stands beside
    /// it.
    pub before: Option<Before>,
    /// The last line that was written, if the log goes on after what was given.
    pub goes_on: Option<u64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1; none is the end of the file.
    pub line: Option<u64>,
    /// What is wrong there.
    pub flaw: Flaw,
}

/// What can be wrong with a line, or the end of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is not a line of an audit log.
    Unreadable,
    /// It has no end.
    Torn,
    /// Its seal does not fit it, or not this key.
    Changed,
    /// Its seal fits, but the line before it is not the one that it names.
    NotLinked,
    /// Lines with these numbers, from and to, are missing before it, or at the end of the file.
    Missing(u64, u64),
    /// The lines before it are not in the files, and none beside them ends with the last of those.
    Before(Before),
    /// It stands after lines that were written later.
    OutOfOrder,
    /// It is there more than once.
    Repeated,
    /// A chain begins anew: whether lines are missing before it cannot be seen.
    Restart,
    /// The line with this number is not the one that the anchor names.
    NotAnchored(u64),
    /// The anchor at this path is missing, or not of this key: lines may be missing at the end.
    NoAnchor(PathBuf),
}

/// A line that was read, in the order of the files.
struct Seen {
    file: usize,
    number: u64,
    /// None is what is not a line in order.
    line: Option<Good>,
}

#[derive(Clone, Copy)]
struct Good {
    seq: u64,
    prev: Option<Mac>,
    mac: Mac,
}

/// Verifies files, in whatever order they are given, and each log of several by itself. With
/// `restarts`, a chain may begin anew, as it does with each process that writes to standard error.
///
/// # Errors
///
/// If a file cannot be read.
pub fn verify(files: &[PathBuf], key: &Path, restarts: bool) -> Result<Vec<Report>, AuditError> {
    let keys = Keys::read(key)?;
    // Before the lines: they may become more meanwhile.
    let logs = if restarts { Vec::new() } else { logs(files, key, &keys)? };
    let mut groups: Vec<(Option<&Log>, Vec<&PathBuf>)> = Vec::new();
    for file in files {
        let log = Log::of(file, &logs);
        // Files of no log that is known here stand for one together.
        let place = |it: &Option<&Log>| it.map(|it| &it.path) == log.map(|it| &it.path);
        match groups.iter_mut().find(|(group, _)| place(group)) {
            Some((_, files)) => files.push(file),
            None => groups.push((log, vec![file])),
        }
    }
    let reports = groups.into_iter().map(|(log, files)| one(log, &files, key, &keys, restarts));
    reports.collect()
}

/// A log that an anchor tells of.
struct Log {
    path: PathBuf,
    anchor: PathBuf,
    /// None if the anchor is not of this key.
    last: Option<Last>,
    /// Whether there was no line yet when the anchor was made.
    is_new: bool,
}

/// Reads the anchors of all logs that files are of.
fn logs(files: &[PathBuf], key: &Path, keys: &Keys) -> Result<Vec<Log>, AuditError> {
    let mut logs: Vec<Log> = Vec::new();
    for file in files {
        let path = path::before_rotation(file).unwrap_or_else(|| file.clone());
        if logs.iter().any(|it| it.path == path) {
            continue;
        }
        let anchor = path::anchor(&path, key);
        match file::read(&anchor, LONGEST_ANCHOR) {
            Ok(text) => {
                let (last, is_new) = (Last::from_anchor(&text, keys), is_blank(&text));
                logs.push(Log { path, last, is_new, anchor });
            }
            Err(problem) if problem.kind() == ErrorKind::NotFound => {}
            Err(problem) => {
                let kind = AuditErrorKind::Unusable(problem.kind());
                return Err(AuditError { path: anchor, kind });
            }
        }
    }
    Ok(logs)
}

impl Log {
    /// Returns the log that a file is of: the only one, else by its name, also where another program
    /// rotates (`audit.jsonl.1`).
    fn of<'a>(file: &Path, logs: &'a [Self]) -> Option<&'a Self> {
        if let [only] = logs {
            return Some(only);
        }
        let before = path::before_rotation(file);
        let file = before.as_deref().unwrap_or(file).to_string_lossy();
        let named = logs.iter().filter(|log| file.starts_with(&*log.path.to_string_lossy()));
        named.max_by_key(|log| log.path.as_os_str().len())
    }
}

/// Verifies the files of one log.
fn one(
    log: Option<&Log>,
    files: &[&PathBuf],
    key: &Path,
    keys: &Keys,
    restarts: bool,
) -> Result<Report, AuditError> {
    let mut findings = Vec::new();
    let mut times: Option<(Timestamp, Timestamp)> = None;
    let mut parts = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let mut seen = Vec::new();
        let mut begins = None;
        read::lines(file, |number, text, is_whole| {
            let read = line::read(text, keys);
            let flaw = match &read {
                _ if !is_whole => Some(Flaw::Torn),
                None => Some(Flaw::Unreadable),
                Some(read) if !read.is_sealed => Some(Flaw::Changed),
                Some(_) => None,
            };
            begins = begins.or(read.as_ref().map(|read| (read.seq, read.time)));
            let good = read.filter(|_| flaw.is_none()).map(|read| {
                let time = read.time;
                times = Some(times.map_or((time, time), |(a, z)| (a.min(time), z.max(time))));
                Good { seq: read.seq, prev: read.prev, mac: read.mac }
            });
            findings.extend(flaw.map(|flaw| (index, number, flaw)));
            seen.push(Seen { file: index, number, line: good });
        })?;
        // Numbers say the order; where chains begin anew, only times do.
        let (seq, time) = begins.unwrap_or_default();
        parts.push((if restarts { (time.as_millisecond(), seq) } else { (0, seq) }, seen));
    }
    parts.sort_by_key(|(begins, _)| *begins);
    let seen: Vec<Seen> = parts.into_iter().flat_map(|(_, seen)| seen).collect();
    let mut chains = Chains { restarts, findings: &mut findings, before: None };
    chains.check(&seen);
    let mut before = None;
    if let Some(Begins { file, number, numbers, prev }) = chains.before
        && let Some(first) = files.get(file)
    {
        let found = if restarts {
            // Those of standard error have names of the collector's.
            Before::unknown(numbers)
        } else {
            let log = log.map(|it| it.path.clone()).or_else(|| path::before_rotation(first));
            Before::beside(log.as_ref().unwrap_or(first), numbers, prev, files, keys)
        };
        if found.ends_there {
            before = Some(found);
        } else {
            findings.push((file, number, Flaw::Before(found)));
        }
    }
    let good = || seen.iter().filter_map(|it| it.line);
    let numbers = good().map(|it| it.seq).min().zip(good().map(|it| it.seq).max());
    let place = |found: &(usize, u64, Flaw)| {
        seen.iter().position(|it| (it.file, it.number) == (found.0, found.1))
    };
    findings.sort_by_cached_key(place);
    let found = findings.into_iter().filter_map(|(file, line, flaw)| {
        Some(Finding { file: (*files.get(file)?).clone(), line: Some(line), flaw })
    });
    let (files_count, lines) = (files.len(), seen.len());
    let findings = found.collect();
    let mut report =
        Report { files: files_count, lines, numbers, times, before, goes_on: None, findings };
    match log {
        Some(log) => {
            // Each may be a line that was written after the last in order.
            let broken = seen.iter().rev().take_while(|it| it.line.is_none()).count() as u64;
            report.compare(log, files, keys, broken, good());
        }
        None if restarts => {}
        None => {
            let newest = files.iter().find(|file| path::before_rotation(file).is_none());
            report.findings.extend(newest.map(|file| Finding {
                file: (*file).clone(),
                line: None,
                flaw: Flaw::NoAnchor(path::anchor(file, key)),
            }));
        }
    }
    Ok(report)
}

impl Report {
    /// Compares the end of a log with its anchor.
    fn compare(
        &mut self,
        log: &Log,
        files: &[&PathBuf],
        keys: &Keys,
        broken: u64,
        lines: impl Iterator<Item = Good>,
    ) {
        let file = log.path.clone();
        let is_log_given = files.contains(&&file);
        let Some(last) = log.last else {
            if is_log_given && !(log.is_new && self.lines == 0) {
                let flaw = Flaw::NoAnchor(log.anchor.clone());
                self.findings.push(Finding { file, line: None, flaw });
            }
            return;
        };
        let highest = self.numbers.map_or(0, |(_, last)| last) + broken;
        let anchored: Vec<Good> = lines.filter(|it| it.seq == last.seq).collect();
        let flaw = if last.seq > highest {
            if !is_log_given {
                self.goes_on = Some(last.seq);
                return;
            }
            if self.lines == 0 {
                // A file that is new has none yet.
                let before = Before::beside(&file, (1, last.seq), Some(last.mac), files, keys);
                if before.ends_there {
                    self.before = Some(before);
                    return;
                }
            }
            Flaw::Missing(highest + 1, last.seq)
        } else if !anchored.is_empty() && anchored.iter().all(|it| it.mac != last.mac) {
            Flaw::NotAnchored(last.seq)
        } else {
            return;
        };
        self.findings.push(Finding { file, line: None, flaw });
    }
}

/// Where a log begins of which earlier lines are nowhere.
#[derive(Clone, Copy)]
struct Begins {
    file: usize,
    number: u64,
    /// The first and the last number of the lines that are nowhere and belong before it.
    numbers: (u64, u64),
    /// The seal of the last of them, if it is known.
    prev: Option<Mac>,
}

/// Checks the places of lines.
struct Chains<'a> {
    restarts: bool,
    findings: &'a mut Vec<(usize, u64, Flaw)>,
    before: Option<Begins>,
}

impl Chains<'_> {
    fn check(&mut self, seen: &[Seen]) {
        let is_first = |it: &Seen| it.line.is_some_and(|it| it.seq == 1 && it.prev.is_none());
        let mut rest = seen;
        while !rest.is_empty() {
            let next = rest.iter().skip(1).position(is_first).map(|place| place + 1);
            let next = next.filter(|_| self.restarts).unwrap_or(rest.len());
            let (chain, others) = rest.split_at(next);
            self.check_one(chain);
            rest = others;
        }
    }

    fn check_one(&mut self, chain: &[Seen]) {
        let mut times: HashMap<u64, u32> = HashMap::new();
        for line in chain.iter().filter_map(|it| it.line) {
            *times.entry(line.seq).or_default() += 1;
        }
        let mut last: Option<Good> = None;
        // Lines since then that are not in order; each may stand in another's place.
        let mut broken = 0;
        for seen in chain {
            let Some(line) = seen.line else {
                broken += 1;
                continue;
            };
            let flaw = match last {
                None => {
                    // The broken ones may be those right before it.
                    let mut before = 1..line.seq.saturating_sub(broken);
                    let from = before.find(|seq| !times.contains_key(seq));
                    let to = before.rev().find(|seq| !times.contains_key(seq)).or(from);
                    let Seen { file, number, .. } = *seen;
                    let found = from.zip(to).map(|numbers| {
                        let prev = line.prev.filter(|_| numbers.1 + 1 == line.seq);
                        Begins { file, number, numbers, prev }
                    });
                    self.before = self.before.or(found);
                    None
                }
                Some(_) if line.seq == 1 && line.prev.is_none() && times.get(&1) == Some(&1) => {
                    Some(Flaw::Restart)
                }
                Some(last) if line.seq <= last.seq => {
                    let is_repeated = times.get(&line.seq).is_some_and(|times| *times > 1);
                    Some(if is_repeated { Flaw::Repeated } else { Flaw::OutOfOrder })
                }
                Some(last) if line.seq == last.seq + 1 => {
                    (line.prev != Some(last.mac)).then_some(Flaw::NotLinked)
                }
                // It may be that the broken ones are the ones between.
                Some(last) if line.seq - last.seq - 1 <= broken => None,
                Some(last) => {
                    let mut between = last.seq + 1..line.seq;
                    // Those that stand elsewhere are found there.
                    let from = between.find(|seq| !times.contains_key(seq));
                    let to = between.rev().find(|seq| !times.contains_key(seq));
                    from.map(|from| Flaw::Missing(from, to.unwrap_or(from)))
                }
            };
            let stays = matches!(flaw, Some(Flaw::OutOfOrder | Flaw::Repeated));
            self.findings.extend(flaw.map(|flaw| (seen.file, seen.number, flaw)));
            if !stays {
                last = Some(line);
                broken = 0;
            }
        }
    }
}
