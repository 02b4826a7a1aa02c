//! Adds callers to their file and takes them out: one change at a time, whole or not at all, and
//! everything else in the file stays as it is.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use super::Roles;
use super::callers::{self, text};
use super::entries::{self, CALLERS, Entry, is_name};
use super::expiry::expiry;
use super::token::{CallerToken, digest, hex};
use crate::error::{CallerProblem, CallersError, CallersErrorKind};
use crate::file;

const HEADING: &str = "# Who may ask. `wolkvox-mcp caller` keeps this file; a token's SHA-256 is \
                       all that is kept of it.\n";

/// A caller to add.
#[derive(Clone, Copy, Debug)]
pub struct NewCaller<'a> {
    /// What tells the caller from the others.
    pub name: &'a str,
    /// The role's name.
    pub role: Option<&'a str>,
    /// Until when, as a time from now or a day.
    pub expires: Option<&'a str>,
}

/// Returns the callers of a file.
///
/// # Errors
///
/// Why it cannot be used.
pub fn list(path: &Path) -> Result<Vec<Entry>, CallersError> {
    callers::read(path).map_err(|kind| CallersError { path: path.to_owned(), kind })
}

/// Adds a caller and returns the new token, which is kept nowhere.
///
/// # Errors
///
/// Why the file was left as it is.
pub fn add(path: &Path, new: NewCaller<'_>, roles: &Roles) -> Result<CallerToken, CallersError> {
    change(path, |document, entries| {
        let NewCaller { name, role, expires } = new;
        if !is_name(name) {
            return Err(CallersErrorKind::Name);
        }
        if entries.iter().any(|entry| entry.name == name) {
            return Err(CallersErrorKind::Exists(name.to_owned()));
        }
        check_role(role, roles)?;
        let now = Timestamp::now();
        let expires = expires.map(|text| expiry(text, now).ok_or(CallersErrorKind::Expiry));
        let expires = expires.transpose()?;
        let token = CallerToken::random().ok_or(CallersErrorKind::NoRandomness)?;
        let mut table = Table::new();
        table.insert("name", value(name));
        table.insert("sha256", value(hex(&digest(token.reveal()))));
        if let Some(role) = role {
            table.insert("role", value(role));
        }
        for (key, time) in [("created", Some(now)), ("expires", expires)] {
            if let Some(time) = time.and_then(written) {
                table.insert(key, value(time));
            }
        }
        // Comments at the end would otherwise stay there, behind the new caller.
        let before = document.trailing().as_str().unwrap_or_default().trim_end().to_owned();
        if !before.is_empty() {
            // With a blank line between, they are not the caller's own.
            table.decor_mut().set_prefix(format!("{before}\n\n"));
            document.set_trailing("");
        }
        let item = document.entry(CALLERS).or_insert(Item::None);
        if !item.is_array_of_tables() {
            *item = Item::ArrayOfTables(ArrayOfTables::new());
        }
        if let Some(tables) = item.as_array_of_tables_mut() {
            tables.push(table);
        }
        Ok(token)
    })
}

/// Takes a caller out, whose token is refused from then on.
///
/// # Errors
///
/// Why the file was left as it is.
pub fn remove(path: &Path, name: &str) -> Result<(), CallersError> {
    change(path, |document, entries| {
        let place = entries.iter().position(|entry| entry.name == name);
        let place = place.ok_or_else(|| CallersErrorKind::Unknown(name.to_owned()))?;
        if let Some(tables) = document.get_mut(CALLERS).and_then(Item::as_array_of_tables_mut) {
            let prefix = tables.get(place).and_then(|it| it.decor().prefix()?.as_str());
            let above = of_the_file(prefix.unwrap_or_default()).to_owned();
            tables.remove(place);
            let next = tables.get_mut(place).map(Table::decor_mut);
            match next.filter(|_| !above.is_empty()) {
                Some(next) => {
                    let own = next.prefix().and_then(|it| it.as_str()).unwrap_or_default();
                    next.set_prefix(format!("{above}{}", own.trim_start()));
                }
                None => {
                    let end = document.trailing().as_str().unwrap_or_default();
                    document.set_trailing(format!("{above}{end}"));
                }
            }
        }
        Ok(())
    })
}

/// Returns the comments above a caller that are not the caller's own: a blank line comes after them.
fn of_the_file(prefix: &str) -> &str {
    prefix.rfind("\n\n").and_then(|at| prefix.get(..at + 2)).unwrap_or_default()
}

fn check_role(role: Option<&str>, roles: &Roles) -> Result<(), CallersErrorKind> {
    let known = || roles.iter().map(|role| role.name.clone()).collect();
    match role {
        _ if roles.is_empty() => Ok(()),
        None => Err(CallersErrorKind::NoRole { known: known() }),
        Some(role) if roles.get(role).is_some() => Ok(()),
        Some(role) => Err(CallersErrorKind::UnknownRole { name: role.to_owned(), known: known() }),
    }
}

/// Writes a time to the second.
fn written(time: Timestamp) -> Option<Datetime> {
    Timestamp::from_second(time.as_second()).ok()?.to_string().parse().ok()
}

/// Changes a file under its lock, so that two changes at once are both kept.
fn change<T>(
    path: &Path,
    edit: impl FnOnce(&mut DocumentMut, &[Entry]) -> Result<T, CallersErrorKind>,
) -> Result<T, CallersError> {
    let changed = || {
        let unwritable = |problem: io::Error| CallersErrorKind::Unwritable(problem.kind());
        let target = file::resolved(path).map_err(unwritable)?;
        let lock = lock_file(&target).map_err(unwritable)?;
        file::lock(&lock).map_err(|_| CallersErrorKind::Locked)?;
        file::sweep(&target);
        let before = match text(&target) {
            Err(CallersErrorKind::Unreadable(io::ErrorKind::NotFound)) => HEADING.to_owned(),
            text => text?,
        };
        let entries = entries::parse(&before)?;
        let mut document: DocumentMut = before.parse().map_err(|_| {
            CallersErrorKind::Malformed { line: 1, problem: CallerProblem::NotToml }
        })?;
        let result = edit(&mut document, &entries)?;
        let like = fs::metadata(&target).ok();
        file::put(&target, &document.to_string(), like.as_ref()).map_err(unwritable)?;
        Ok(result)
    };
    changed().map_err(|kind| CallersError { path: path.to_owned(), kind })
}

/// Opens the file that is locked. It stays: where it came and went, two programs could each hold
/// the lock of another one.
fn lock_file(target: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.read(true).write(true).create(true).truncate(false).open(lock_path(target))
}

fn lock_path(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::super::{Callers, Role};
    use super::*;

    fn new(name: &str) -> NewCaller<'_> {
        NewCaller { name, role: None, expires: None }
    }

    fn names(path: &Path) -> Vec<String> {
        list(path).expect("callers").into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_caller_that_was_added_is_let_in_until_taken_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let ana = add(&path, new("ana"), &Roles::default()).expect("added");
        let eva = add(&path, new("eva"), &Roles::default()).expect("added");
        let callers = Callers::open(path.clone(), Roles::default()).expect("callers");
        assert_eq!(callers.find(ana.reveal()).expect("a caller").id, "ana");
        remove(&path, "ana").expect("removed");
        callers.reload();
        assert!(callers.find(ana.reveal()).is_none());
        assert!(callers.find(eva.reveal()).is_some());
        remove(&path, "eva").expect("removed");
        assert_eq!(names(&path), [""; 0]);
        assert!(!fs::read_to_string(&path).expect("a file").contains("wvx_"));
    }

    #[test]
    fn everything_else_in_the_file_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let by_hand = format!(
            "# ours\n[[callers]] # night shift\nname = 'leo'\nsha256 = '{}'\n",
            hex(&digest("x"))
        );
        file::put(&path, &by_hand, None).expect("written");
        add(&path, new("ana"), &Roles::default()).expect("added");
        assert!(fs::read_to_string(&path).expect("a file").starts_with(&by_hand));
        remove(&path, "ana").expect("removed");
        assert_eq!(fs::read_to_string(&path).expect("a file"), by_hand);
    }

    #[test]
    fn the_heading_stays_at_the_top_however_callers_come_and_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let text = || fs::read_to_string(&path).expect("a file");
        file::put(&path, HEADING, None).expect("written");
        add(&path, new("ana"), &Roles::default()).expect("added");
        assert!(text().starts_with(&format!("{HEADING}\n[[callers]]\n")), "{}", text());
        add(&path, new("eva"), &Roles::default()).expect("added");
        remove(&path, "ana").expect("removed");
        assert!(text().starts_with(&format!("{HEADING}\n[[callers]]\n")), "{}", text());
        remove(&path, "eva").expect("removed");
        assert_eq!(text().trim_end(), HEADING.trim_end());
        add(&path, new("leo"), &Roles::default()).expect("added");
        assert!(text().starts_with(&format!("{HEADING}\n[[callers]]\n")), "{}", text());
    }

    #[test]
    fn a_callers_own_comment_goes_with_the_caller() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let by_hand = format!(
            "# ours\n\n# night shift\n[[callers]]\nname = 'leo'\nsha256 = '{}'\n",
            hex(&digest("x"))
        );
        file::put(&path, &by_hand, None).expect("written");
        remove(&path, "leo").expect("removed");
        assert_eq!(fs::read_to_string(&path).expect("a file").trim_end(), "# ours");
    }

    #[test]
    fn a_name_that_is_taken_or_none_and_an_unknown_one_change_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        add(&path, new("ana"), &Roles::default()).expect("added");
        let before = fs::read_to_string(&path).expect("a file");
        for name in ["ana", "", " eva", "a\nb"] {
            add(&path, new(name), &Roles::default()).expect_err(name);
        }
        remove(&path, "eva").expect_err("not there");
        assert_eq!(fs::read_to_string(&path).expect("a file"), before);
    }

    #[test]
    fn where_roles_are_configured_a_caller_needs_one_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let roles = Roles::new(vec![Role { name: "agent".to_owned(), ..Role::default() }]);
        for (role, is_added) in [(None, false), (Some("boss"), false), (Some("agent"), true)] {
            let added = add(&path, NewCaller { role, ..new("ana") }, &roles);
            assert_eq!(added.is_ok(), is_added, "{role:?}");
        }
    }

    #[test]
    fn of_many_that_are_added_at_once_none_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    add(path, new(&format!("caller-{number}")), &Roles::default()).expect("added")
                });
            }
        });
        assert_eq!(names(&path).len(), 8);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_a_new_file_and_an_old_one_keeps_its_readers() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callers.toml");
        let mode = || fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        add(&path, new("ana"), &Roles::default()).expect("added");
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        add(&path, new("eva"), &Roles::default()).expect("added");
        assert_eq!(mode(), 0o640);
    }
}
