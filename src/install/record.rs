//! What this program remembers of a file that it changed, and the lock on that file.
//!
//! Both are a small file in the user's own folder for state. What lies beside a configuration may
//! have come with a project, so a backup there proves nothing: it is trusted only if its
//! fingerprint is in the record.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::file;

/// A record is some hundred bytes.
const LARGEST: u64 = 1024 * 1024;

/// What was done to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    file: String,
    /// Fingerprint of what was written last.
    pub(super) written: String,
    /// What was there before.
    pub(super) before: Before,
    /// The commands that were written.
    pub(super) commands: Vec<String>,
}

/// What was there before the first installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Before {
    /// Nothing is known of it.
    #[default]
    Unknown,
    /// There was no file.
    Absent,
    /// It is the backup with this fingerprint.
    Whole(String),
    /// It is the backup with this fingerprint, but for what must not be kept.
    Part(String),
}

impl Before {
    /// Returns whether a backup's text is the one that was kept.
    pub(super) fn is_kept_in(&self, backup: &str) -> bool {
        match self {
            Self::Whole(kept) | Self::Part(kept) => *kept == fingerprint(backup),
            Self::Unknown | Self::Absent => false,
        }
    }
}

impl Record {
    pub(super) fn new(written: String, before: Before, commands: Vec<String>) -> Self {
        Self { file: String::new(), written, before, commands }
    }

    /// Returns whether a text is what was written last.
    pub(super) fn is_last(&self, text: &str) -> bool {
        self.written == fingerprint(text)
    }
}

/// Returns what tells a text from any other.
pub(super) fn fingerprint(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns what was written into a file, without the lock: for those who only look.
pub(super) fn written(state: &Path, target: &Path) -> Vec<String> {
    let target = target.to_string_lossy();
    let text = file::read(&state.join(name_of(&target)), LARGEST).unwrap_or_default();
    let record = serde_json::from_slice::<Record>(&text).ok();
    record.filter(|it| it.file == target).map(|it| it.commands).unwrap_or_default()
}

/// Returns the name of the file that remembers what was done to another.
fn name_of(target: &str) -> String {
    let name: String = fingerprint(target).chars().take(32).collect();
    format!("{name}.json")
}

/// The lock on a file, and its record.
#[derive(Debug)]
pub(super) struct Ledger {
    /// None where no state can be kept, as in a read-only home.
    file: Option<File>,
    target: String,
    /// What was done to the file, if that is known.
    pub(super) record: Option<Record>,
}

impl Ledger {
    /// Takes the lock on a file, which is held until the ledger is dropped, and reads its record.
    /// Where no state can be kept there is neither lock nor record.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] if another installation holds the lock.
    pub(super) fn open(state: &Path, target: &Path) -> io::Result<Self> {
        let target = target.to_string_lossy().into_owned();
        let mut ledger = Self { file: None, target, record: None };
        let Ok(mut file) = ledger.create(state) else { return Ok(ledger) };
        file::lock(&file)?;
        let mut text = String::new();
        if file.read_to_string(&mut text).is_ok() {
            let record = serde_json::from_str(&text).ok();
            ledger.record = record.filter(|record: &Record| record.file == ledger.target);
        }
        ledger.file = Some(file);
        Ok(ledger)
    }

    fn create(&self, state: &Path) -> io::Result<File> {
        fs::create_dir_all(state)?;
        let mut options = File::options();
        // Fingerprints of texts that may hold a token are nobody else's business.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let path = state.join(name_of(&self.target));
        options.read(true).write(true).create(true).truncate(false).open(path)
    }

    /// Returns whether the lock is held.
    pub(super) fn is_locked(&self) -> bool {
        self.file.is_some()
    }

    /// Writes the record; without one, what was known is forgotten. A record that cannot be written
    /// costs no more than the way back.
    pub(super) fn save(&mut self, record: Option<Record>) {
        let Some(file) = &mut self.file else { return };
        let record = record.map(|record| Record { file: self.target.clone(), ..record });
        let text = record.as_ref().and_then(|record| serde_json::to_string(record).ok());
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.unwrap_or_default().as_bytes()));
        self.record = record.filter(|_| written.is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_only_for_its_file() {
        let state = tempfile::tempdir().expect("a folder");
        let (one, other) = (Path::new("/home/ana/one"), Path::new("/home/ana/other"));
        let mut ledger = Ledger::open(state.path(), one).expect("opened");
        assert!(ledger.record.is_none() && ledger.is_locked());
        let commands = vec!["/bin/crm".to_owned()];
        let record = Record { written: fingerprint("text"), commands, ..Record::default() };
        ledger.save(Some(record));
        drop(ledger);
        assert_eq!(Ledger::open(state.path(), other).expect("opened").record, None);
        assert_eq!(written(state.path(), one), ["/bin/crm"]);
        assert_eq!(written(state.path(), other), [""; 0]);
        let mut ledger = Ledger::open(state.path(), one).expect("opened");
        let record = ledger.record.clone().expect("a record");
        assert!(record.is_last("text") && !record.is_last("text "));
        ledger.save(None);
        drop(ledger);
        assert_eq!(Ledger::open(state.path(), one).expect("opened").record, None);
    }

    #[test]
    fn a_record_that_is_broken_is_none() {
        let state = tempfile::tempdir().expect("a folder");
        let target = Path::new("/home/ana/one");
        Ledger::open(state.path(), target).expect("opened").save(Some(Record::default()));
        let file = state.path().read_dir().expect("a folder").next().expect("a file");
        fs::write(file.expect("a file").path(), "{\"file\":").expect("written");
        assert_eq!(Ledger::open(state.path(), target).expect("opened").record, None);
    }

    #[test]
    fn without_a_folder_for_state_there_is_no_record() {
        let state = tempfile::tempdir().expect("a folder");
        let taken = state.path().join("taken");
        fs::write(&taken, "").expect("written");
        let mut ledger = Ledger::open(&taken, Path::new("/x")).expect("opened");
        ledger.save(Some(Record::default()));
        assert!(!ledger.is_locked() && ledger.record.is_none());
    }

    #[test]
    fn a_backup_is_the_one_that_was_kept_only_with_its_fingerprint() {
        for kept in [Before::Whole(fingerprint("text")), Before::Part(fingerprint("text"))] {
            assert!(kept.is_kept_in("text") && !kept.is_kept_in("text "), "{kept:?}");
        }
        for none in [Before::Unknown, Before::Absent] {
            assert!(!none.is_kept_in("") && !none.is_kept_in("text"), "{none:?}");
        }
    }
}
