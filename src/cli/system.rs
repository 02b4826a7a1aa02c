//! Who runs this program, on which computer, for the audit log.

use crate::audit::Writer;
use crate::caller::Caller;
use crate::clean;
use crate::config::Sources;

/// What the variable with the user's name is called.
const USER: &[&str] = if cfg!(windows) { &["USERNAME"] } else { &["USER", "LOGNAME"] };

/// Returns the person whose client started this program. On Unix the system's number tells who that
/// is; the name beside it is the environment's, which everybody can set.
pub(super) fn user(sources: &Sources) -> Caller {
    let name = USER.iter().find_map(|it| sources.variable(it)?.to_str());
    let name = name.map(|it| clean::single_line(it).trim().to_owned()).filter(|it| !it.is_empty());
    #[cfg(unix)]
    {
        let id = rustix::process::getuid().as_raw();
        Caller { name, ..Caller::system(format!("uid:{id}")) }
    }
    #[cfg(not(unix))]
    Caller::system(name.unwrap_or_else(|| "unknown".to_owned()))
}

/// Returns what the audit log says of this process.
pub(super) fn writer(sources: &Sources, user: &Caller) -> Writer {
    let user = user.name.as_ref().unwrap_or(&user.id).clone();
    Writer { host: host(sources), user, pid: std::process::id() }
}

#[cfg(unix)]
fn host(_sources: &Sources) -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host(sources: &Sources) -> String {
    let name = sources.variable("COMPUTERNAME");
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
