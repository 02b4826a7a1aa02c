//! The callers of a file, looked up by their tokens; the file is read again when it changes.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::entries::{self, Entry};
use super::token::{TokenDigest, digest};
use super::{Caller, Origin, Roles};
use crate::error::{CallerProblem, CallersError, CallersErrorKind};
use crate::file::{self, Stamp};

/// Ten thousand callers need half of this.
const LARGEST: u64 = 4 * 1024 * 1024;
/// How long a change may go unnoticed, unless [`Callers::reload`] is called.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The callers of a file.
pub struct Callers {
    path: PathBuf,
    roles: Roles,
    state: Mutex<State>,
}

struct State {
    known: Arc<Known>,
    /// What the file looked like when it was read last; none if it was not there.
    stamp: Option<Stamp>,
    checked: Instant,
}

/// Callers by the digests of their tokens. That a look-up's time depends on the digest tells
/// nothing: who presents a token cannot choose its digest.
type Known = HashMap<TokenDigest, Entry>;

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Callers {
    /// Opens a file of callers.
    ///
    /// # Errors
    ///
    /// Why it cannot be used.
    pub fn open(path: PathBuf, roles: Roles) -> Result<Self, CallersError> {
        let stamp = stamp(&path);
        let known = match read(&path) {
            Ok(entries) => known(entries, &roles),
            Err(kind) => return Err(CallersError { path, kind }),
        };
        let state = Mutex::new(State { known, stamp, checked: Instant::now() });
        Ok(Self { path, roles, state })
    }

    /// Returns whose token this is, unless the file has no such caller or no longer lets them in.
    pub fn find(&self, token: &str) -> Option<Caller> {
        let presented = digest(token);
        let known = self.current();
        let entry = known.get(&presented)?;
        let is_same = bool::from(entry.digest.ct_eq(&presented));
        (is_same && !entry.is_expired(Timestamp::now())).then(|| Caller {
            id: entry.name.clone(),
            name: None,
            origin: Origin::Static,
            role: self.roles.of(entry.role.as_deref()),
        })
    }

    /// Reads the file now, whether or not it seems to have changed.
    pub fn reload(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.read_again(&mut state);
    }

    fn current(&self) -> Arc<Known> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.checked.elapsed() >= CHECK_EVERY {
            self.check(&mut state);
        }
        Arc::clone(&state.known)
    }

    /// Reads the file if it changed.
    fn check(&self, state: &mut State) {
        state.checked = Instant::now();
        if stamp(&self.path) != state.stamp {
            self.read_again(state);
        }
    }

    /// Reads the file. If that fails, the callers so far stay: a slip of an editor must not lock
    /// everybody out.
    fn read_again(&self, state: &mut State) {
        state.stamp = stamp(&self.path);
        match read(&self.path) {
            Ok(entries) => {
                state.known = known(entries, &self.roles);
                tracing::info!(callers = state.known.len(), "the file of callers was read again");
            }
            Err(kind) => {
                let problem = CallersError { path: self.path.clone(), kind };
                tracing::warn!(%problem, "the file of callers cannot be used; those known stay");
            }
        }
    }
}

fn known(entries: Vec<Entry>, roles: &Roles) -> Arc<Known> {
    let is_known = |entry: &&Entry| entry.role.as_deref().is_some_and(|it| roles.get(it).is_some());
    let without = entries.iter().filter(|entry| !is_known(entry)).count();
    if !roles.is_empty() && without > 0 {
        tracing::warn!(callers = without, "callers without a configured role may ask nothing");
    }
    Arc::new(entries.into_iter().map(|entry| (entry.digest, entry)).collect())
}

fn stamp(path: &Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata))
}

/// Reads a file's callers.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, CallersErrorKind> {
    entries::parse(&text(path)?)
}

/// Reads a file that only its owner can change.
pub(super) fn text(path: &Path) -> Result<String, CallersErrorKind> {
    let unreadable = |problem: std::io::Error| CallersErrorKind::Unreadable(problem.kind());
    let bytes = file::read(path, LARGEST).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = path.metadata().map_err(unreadable)?;
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(CallersErrorKind::WritableByOthers);
        }
    }
    let (text, _, is_broken) = encoding_rs::UTF_8.decode(&bytes);
    if is_broken {
        let problem = CallerProblem::NotUtf8;
        return Err(CallersErrorKind::Malformed { line: 1, problem });
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::super::token::hex;
    use super::*;

    struct Scene {
        folder: tempfile::TempDir,
    }

    impl Scene {
        fn new(callers: &str) -> Self {
            let scene = Self { folder: tempfile::tempdir().expect("a folder") };
            scene.write(callers);
            scene
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("callers.toml")
        }

        /// Writes another file in the place of the last, which only its owner can change.
        fn write(&self, text: &str) {
            file::put(&self.path(), text, None).expect("written");
        }

        fn open(&self, roles: Roles) -> Callers {
            Callers::open(self.path(), roles).expect("callers")
        }
    }

    fn caller(name: &str, token: &str, rest: &str) -> String {
        format!("[[callers]]\nname = '{name}'\nsha256 = '{}'\n{rest}\n", hex(&digest(token)))
    }

    /// Acts as if the last check were longer ago than one is good for.
    fn later(callers: &Callers) {
        let mut state = callers.state.lock().expect("not poisoned");
        state.checked = Instant::now().checked_sub(CHECK_EVERY * 2).expect("a past");
    }

    fn id(callers: &Callers, token: &str) -> Option<String> {
        callers.find(token).map(|caller| caller.id)
    }

    #[test]
    fn a_caller_is_found_by_the_token_and_by_nothing_else() {
        let scene = Scene::new(&(caller("ana", "wvx_a", "") + &caller("eva", "wvx_b", "")));
        let callers = scene.open(Roles::default());
        let ana = callers.find("wvx_a").expect("a caller");
        assert_eq!((ana.id.as_str(), &ana.origin), ("ana", &Origin::Static));
        assert!(ana.role.may_ask("anything"));
        for token in ["", "ana", "wvx_c", "wvx_a ", &hex(&digest("wvx_a"))] {
            assert!(callers.find(token).is_none(), "{token}");
        }
    }

    #[test]
    fn a_caller_has_the_role_that_the_file_names() {
        let roles = Roles::new(vec![Role { name: "agent".to_owned(), ..Role::default() }]);
        let text = caller("ana", "a", "role = 'agent'")
            + &caller("eva", "b", "role = 'boss'")
            + &caller("leo", "c", "");
        let scene = Scene::new(&text);
        let callers = scene.open(roles);
        let may = |token| callers.find(token).expect("a caller").role.may_ask("banco");
        assert_eq!(callers.find("a").expect("a caller").role.name, "agent");
        assert_eq!([may("a"), may("b"), may("c")], [true, false, false]);
    }

    #[test]
    fn an_expired_token_is_refused() {
        let text = caller("ana", "a", "expires = 2020-01-31")
            + &caller("eva", "b", "expires = 2999-12-31");
        let callers = Scene::new(&text).open(Roles::default());
        assert_eq!((id(&callers, "a"), id(&callers, "b")), (None, Some("eva".to_owned())));
    }

    #[test]
    fn a_change_is_noticed_at_the_next_check_and_no_sooner() {
        let scene = Scene::new(&caller("ana", "a", ""));
        let callers = scene.open(Roles::default());
        scene.write(&caller("eva", "b", ""));
        assert_eq!((id(&callers, "a").is_some(), id(&callers, "b").is_some()), (true, false));
        later(&callers);
        assert_eq!((id(&callers, "a").is_some(), id(&callers, "b").is_some()), (false, true));
    }

    #[test]
    fn a_reload_reads_at_once() {
        let scene = Scene::new(&caller("ana", "a", ""));
        let callers = scene.open(Roles::default());
        scene.write(&caller("eva", "b", ""));
        callers.reload();
        assert_eq!(id(&callers, "b").as_deref(), Some("eva"));
    }

    #[test]
    fn a_file_that_breaks_or_goes_keeps_the_callers_so_far_until_it_is_whole_again() {
        let scene = Scene::new(&caller("ana", "a", ""));
        let callers = scene.open(Roles::default());
        scene.write("[[callers]]\nname = 'eva'");
        later(&callers);
        assert_eq!(id(&callers, "a").as_deref(), Some("ana"));
        fs::remove_file(scene.path()).expect("removed");
        later(&callers);
        assert_eq!(id(&callers, "a").as_deref(), Some("ana"));
        scene.write(&caller("eva", "b", ""));
        later(&callers);
        assert_eq!((id(&callers, "a").is_some(), id(&callers, "b").is_some()), (false, true));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let scene = Scene::new(&caller("ana", "a", ""));
        for mode in [0o620, 0o602] {
            let others = fs::Permissions::from_mode(mode);
            fs::set_permissions(scene.path(), others).expect("permissions are set");
            let refused = Callers::open(scene.path(), Roles::default()).expect_err("refused");
            assert_eq!(refused.kind, CallersErrorKind::WritableByOthers, "{mode:o}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let path = PathBuf::from("/does/not/exist");
        let refused = Callers::open(path.clone(), Roles::default()).expect_err("refused");
        assert_eq!(refused.path, path);
        assert!(refused.to_string().contains("caller add"), "{refused}");
    }
}
