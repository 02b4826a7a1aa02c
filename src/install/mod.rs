//! Writes this server into the configuration of an MCP client, and takes it out again.
//!
//! `client` has all that is known of each client; to add one, begin there. `place` and `dirs` know where
//! their files are, `entry`, `remote` and `reference` what to write there, `command` by which path,
//! `own` which entries are this program's, `edit` how to change a text and nothing around it (pure),
//! `files` how to write it whole or not at all, `record` what was done before, and this module what
//! is kept of the earlier text.

mod client;
mod command;
mod dirs;
mod edit;
mod entry;
mod files;
mod installed;
mod own;
mod place;
mod present;
mod record;
mod reference;
mod remote;
mod secret;
mod token_path;
mod wsl;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::client::ClientKind;
pub use self::command::{command, is_build_folder, name_on_path};
pub use self::dirs::{ConfigDirs, Os};
pub use self::entry::{Entry, ServerName, TokenDelivery};
pub use self::installed::{Installation, InstalledEntry, installations, installed};
use self::own::Owner;
pub use self::place::Scope;
use self::record::{Before, Ledger, Record, fingerprint};
pub use self::remote::RemoteEntry;
pub use self::token_path::may_be_token;
pub use self::wsl::windows_hint;
use crate::error::{FileError, FileErrorKind};
use crate::file::{self, Access};

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The entry is new in it.
    Added(Option<Backup>),
    /// The entry stands in the place of one of its name.
    Replaced(Option<Backup>),
    /// The entry is no longer in it.
    TakenOut(Option<Backup>),
    /// It is as it was before the installation, byte for byte.
    Restored,
    /// There was no such file before the installation, and there is none again.
    Removed,
    /// It was right already, or had no such entry.
    Unchanged,
}

/// What a file held before the first installation. It never holds this program's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file that holds it.
    pub path: PathBuf,
    /// Whether it is all that was there; else entries of this program or tokens are left out.
    pub whole: bool,
    /// When an earlier installation wrote it; none if this one did.
    pub since: Option<SystemTime>,
}

/// Shows the entry in the client's own form, for people who paste it themselves.
pub fn shown(client: ClientKind, entry: &Entry) -> String {
    // Every client accepts an empty file.
    edit::add(client, "", entry, &Owner::default()).unwrap_or_default()
}

/// A client's configuration file to change.
#[derive(Clone, Debug)]
pub struct Target {
    pub client: ClientKind,
    pub file: PathBuf,
    /// The folder of [`ConfigDirs::state`].
    pub state: PathBuf,
    /// Whether others have the file too, as one of a project.
    pub is_shared: bool,
    /// Whether to act on an entry that starts another program.
    pub force: bool,
}

impl Target {
    /// Adds the entry to the file, or replaces it; everything else stays byte for byte.
    ///
    /// # Errors
    ///
    /// [`FileError`]; then nothing was changed.
    pub fn install(&self, entry: &Entry) -> Result<Change, FileError> {
        let Self { client, file, .. } = self;
        fs::create_dir_all(file::folder_of(file)).map_err(|it| files::unwritable(file, &it))?;
        let mut ledger = self.open()?;
        let owner = known(&ledger, Some(entry.mark(*client)));
        let before = files::read(file)?;
        let text = before.as_deref().unwrap_or_default();
        let after = edit::add(*client, text, entry, &owner)
            .map_err(|problem| files::malformed(file, problem))?;
        self.check_own(text, &entry.name, &owner)?;
        if before.as_deref() == Some(after.as_str()) {
            return Ok(Change::Unchanged);
        }
        files::check_replaceable(file)?;
        let kept = self.keep(before.as_deref(), &ledger, &owner, entry)?;
        let holds_token = matches!(entry.token, TokenDelivery::Inline(_));
        let new = if self.is_shared && !holds_token { Access::Usual } else { Access::Private };
        if let Err(problem) = files::write(file, &after, before.as_deref(), new) {
            self.forget(&kept);
            return Err(problem);
        }
        let written = kept.written.unwrap_or_else(|| fingerprint(&after));
        ledger.save(Some(Record::new(written, kept.before, owner.commands)));
        Ok(if edit::has(*client, text, &entry.name) {
            Change::Replaced(kept.backup)
        } else {
            Change::Added(kept.backup)
        })
    }

    /// Takes the entry out of the file. If nothing else was changed since the installation, the
    /// file is back to what it was before, byte for byte.
    ///
    /// # Errors
    ///
    /// [`FileError`]; then nothing was changed.
    pub fn uninstall(&self, name: &ServerName) -> Result<Change, FileError> {
        let Self { client, file, .. } = self;
        if files::read(file)?.is_none() {
            return Ok(Change::Unchanged);
        }
        let mut ledger = self.open()?;
        let owner = known(&ledger, None);
        let Some(text) = files::read(file)? else { return Ok(Change::Unchanged) };
        let removed = edit::remove(*client, &text, name)
            .map_err(|problem| files::malformed(file, problem))?;
        let Some(removed) = removed else { return Ok(Change::Unchanged) };
        self.check_own(&text, name, &owner)?;
        files::check_replaceable(file)?;
        let record = ledger.record.take().unwrap_or_default();
        let is_last = edit::ours(*client, &removed, &owner).is_ok_and(|ours| ours.is_empty());
        if is_last && let Some(change) = self.go_back(&record, &text, &removed)? {
            ledger.save(None);
            return Ok(change);
        }
        files::write(file, &removed, Some(&text), Access::Private)?;
        let backup = self.backup(&record.before).map(|(backup, _)| backup);
        let written = if record.is_last(&text) { fingerprint(&removed) } else { record.written };
        let record = Record::new(written, record.before, record.commands);
        ledger.save(Some(record).filter(|_| !is_last));
        Ok(Change::TakenOut(backup))
    }

    /// Returns the entries of this program that the file has for one project's folder alone, each
    /// with the folder. The client's own command writes those, and takes them out.
    pub fn of_projects(&self) -> Vec<(String, InstalledEntry)> {
        let text = files::read(&self.file).ok().flatten().unwrap_or_default();
        installed::of_projects(self.client, &text, &Owner::default())
    }

    /// Makes the file what it was before the first installation; none if that is not known, or
    /// somebody changed it since.
    fn go_back(
        &self,
        record: &Record,
        text: &str,
        removed: &str,
    ) -> Result<Option<Change>, FileError> {
        let is_untouched = record.is_last(text);
        if is_untouched
            && let Some((backup, kept)) = self.backup(&record.before)
            && backup.whole
        {
            files::write(&self.file, &kept, Some(text), Access::Private)?;
            // The file is what the backup holds, so the backup is no longer needed.
            let _ = fs::remove_file(backup.path);
            return Ok(Some(Change::Restored));
        }
        // A link's target is emptied: to remove the link would hide the text, not delete it.
        if record.before == Before::Absent
            && (is_untouched || edit::is_blank(self.client, removed))
            && !file::is_link(&self.file)
        {
            files::remove(&self.file, text)?;
            return Ok(Some(Change::Removed));
        }
        Ok(None)
    }

    /// Takes the lock, and removes what killed runs left.
    fn open(&self) -> Result<Ledger, FileError> {
        let target = file::resolved(&self.file).map_err(|it| files::unwritable(&self.file, &it))?;
        let ledger = Ledger::open(&self.state, &target)
            .map_err(|_| FileError { path: self.file.clone(), kind: FileErrorKind::Locked })?;
        if ledger.is_locked() {
            file::sweep(&target);
        }
        Ok(ledger)
    }

    fn check_own(&self, text: &str, name: &ServerName, owner: &Owner) -> Result<(), FileError> {
        if self.force || !edit::has_anothers(self.client, text, name, owner) {
            return Ok(());
        }
        let kind = FileErrorKind::NotOurs(name.to_string());
        Err(FileError { path: self.file.clone(), kind })
    }

    /// Keeps what the file holds before this program comes into it. Further installations keep the
    /// backup of the first.
    fn keep(
        &self,
        before: Option<&str>,
        ledger: &Ledger,
        owner: &Owner,
        entry: &Entry,
    ) -> Result<Kept, FileError> {
        let Some(text) = before else { return Ok(Kept::new(Before::Absent)) };
        if let Some(record) = &ledger.record {
            let backup = self.backup(&record.before).map(|(backup, _)| backup);
            if record.is_last(text) {
                return Ok(Kept { backup, ..Kept::new(record.before.clone()) });
            }
            let has_ours = edit::ours(self.client, text, owner).is_ok_and(|it| !it.is_empty());
            if has_ours && backup.is_some() {
                // Somebody changed the file, so there is no way back: the record stays as it is.
                let written = Some(record.written.clone());
                return Ok(Kept { backup, written, ..Kept::new(record.before.clone()) });
            }
        }
        let token = match &entry.token {
            TokenDelivery::Inline(token) => Some(token.as_str()),
            TokenDelivery::Client | TokenDelivery::File(_) | TokenDelivery::SettingsFile => None,
        };
        let rest = edit::without_ours(self.client, text, owner);
        let rest = edit::masked(self.client, &rest, token);
        let whole = rest == text;
        if !whole && edit::is_blank(self.client, &rest) {
            return Ok(Kept::new(Before::Unknown));
        }
        self.back_up(&rest, whole)
    }

    fn back_up(&self, text: &str, whole: bool) -> Result<Kept, FileError> {
        let path = backup_of(&self.file);
        let like = fs::metadata(&self.file).map_err(|it| files::unwritable(&self.file, &it))?;
        let replaced = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file);
        let replaced = replaced.and_then(|_| fs::read_to_string(&path).ok());
        // The file is named, not its backup: it is the file that stays as it is.
        file::put(&path, text, Some(&like)).map_err(|it| files::unwritable(&self.file, &it))?;
        let fingerprint = fingerprint(text);
        let before = if whole { Before::Whole(fingerprint) } else { Before::Part(fingerprint) };
        let backup = Some(Backup { path, whole, since: None });
        Ok(Kept { backup, is_new: true, replaced, ..Kept::new(before) })
    }

    /// Undoes the backup of an installation that failed.
    fn forget(&self, kept: &Kept) {
        let path = backup_of(&self.file);
        match &kept.replaced {
            _ if !kept.is_new => {}
            Some(text) => drop(file::put(&path, text, fs::metadata(&path).ok().as_ref())),
            None => drop(fs::remove_file(&path)),
        }
    }

    /// Returns the backup and what it holds, if this program wrote it and nobody changed it.
    fn backup(&self, before: &Before) -> Option<(Backup, String)> {
        let path = backup_of(&self.file);
        let kept = files::read(&path).ok().flatten().filter(|kept| before.is_kept_in(kept))?;
        let since = fs::metadata(&path).and_then(|it| it.modified()).ok();
        Some((Backup { path, whole: matches!(before, Before::Whole(_)), since }, kept))
    }
}

/// What an installation keeps of the text before it.
struct Kept {
    backup: Option<Backup>,
    before: Before,
    /// The fingerprint to record, if not that of the new text.
    written: Option<String>,
    /// Whether this installation wrote the backup.
    is_new: bool,
    /// What stood in the backup's place.
    replaced: Option<String>,
}

impl Kept {
    fn new(before: Before) -> Self {
        Self { backup: None, before, written: None, is_new: false, replaced: None }
    }
}

/// Returns what this program is known by: its own file, and what it wrote before.
fn known(ledger: &Ledger, command: Option<&str>) -> Owner {
    let mut commands = ledger.record.as_ref().map(|it| it.commands.clone()).unwrap_or_default();
    let own = std::env::current_exe().ok();
    let own = own.as_deref().and_then(Path::to_str);
    for command in command.into_iter().chain(own) {
        if !commands.iter().any(|known| known == command) {
            commands.push(command.to_owned());
        }
    }
    Owner { commands }
}

fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".wolkvox-mcp-backup");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_known_by_its_own_file_and_by_what_it_wrote_each_once() {
        let state = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::open(state.path(), Path::new("/home/ana/x")).expect("opened");
        let own = std::env::current_exe().expect("a file");
        let own = own.to_str().expect("a plain path");
        assert_eq!(known(&ledger, None).commands, [own]);
        assert_eq!(known(&ledger, Some(own)).commands, [own]);
        let before = vec!["/old/crm".to_owned()];
        ledger.save(Some(Record::new(String::new(), Before::Absent, before)));
        assert_eq!(known(&ledger, Some("/new/crm")).commands, ["/old/crm", "/new/crm", own]);
        assert_eq!(known(&ledger, Some("/old/crm")).commands, ["/old/crm", own]);
    }
}
