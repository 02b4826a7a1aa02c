//! Finds a time zone by reading its file alone.
//!
//! `TimeZone::get` and `TimeZone::system` first look into every file of the system's database, which
//! takes a millisecond and more, and an agent waits for the first answer.

use std::env;
use std::fs;
use std::path::Path;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Where most systems keep their database, newer than the one that is built in; elsewhere that one
/// counts.
const SYSTEM: &str = "/usr/share/zoneinfo";
/// A link to the computer's own zone, where a system has it.
const OWN: &str = "/etc/localtime";

/// Returns a zone by its IANA name, in any case.
pub(super) fn named(name: &str) -> Option<TimeZone> {
    match TimeZoneDatabase::bundled().get(name) {
        Ok(built_in) => Some(from_file(Path::new(SYSTEM), &built_in).unwrap_or(built_in)),
        // It may be newer than the program.
        Err(_) => TimeZone::get(name).ok(),
    }
}

/// Returns this computer's zone, if it can be told.
pub(super) fn system() -> Option<TimeZone> {
    own_name().and_then(|name| named(&name)).or_else(|| TimeZone::try_system().ok())
}

/// Returns the name of this computer's zone, where the variable is one or the link leads to one.
fn own_name() -> Option<String> {
    match env::var_os("TZ") {
        Some(variable) if !variable.is_empty() => name_of_variable(variable.to_str()?),
        _ => name_of_link(&fs::read_link(OWN).ok()?),
    }
}

/// `TZ` may also be a rule or a file; then jiff reads it.
fn name_of_variable(variable: &str) -> Option<String> {
    let name = variable.strip_prefix(':').unwrap_or(variable);
    TimeZoneDatabase::bundled().get(name).is_ok().then(|| name.to_owned())
}

fn name_of_link(link: &Path) -> Option<String> {
    let (_, name) = link.to_str()?.rsplit_once("zoneinfo/")?;
    Some(name.to_owned())
}

/// Reads a zone that is known from the file of its name.
fn from_file(folder: &Path, known: &TimeZone) -> Option<TimeZone> {
    let name = known.iana_name()?;
    TimeZone::tzif(name, &fs::read(folder.join(name)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bogota() -> TimeZone {
        TimeZoneDatabase::bundled().get("America/Bogota").expect("a zone")
    }

    #[test]
    fn the_systems_file_counts_before_what_is_built_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("America/Bogota");
        assert_eq!(from_file(folder.path(), &bogota()), None);
        fs::create_dir(folder.path().join("America")).expect("a folder");
        fs::write(&file, "no zone").expect("written");
        assert_eq!(from_file(folder.path(), &bogota()), None);
        // As if the country had changed its time: a version-1 file of one type, UTC-4.
        let mut changed = b"TZif".to_vec();
        changed.extend([0; 16]);
        for count in [0_u32, 0, 0, 0, 1, 4] {
            changed.extend(count.to_be_bytes());
        }
        changed.extend((-4 * 3600_i32).to_be_bytes());
        changed.extend([0, 0]);
        changed.extend(b"-04\0");
        fs::write(&file, changed).expect("written");
        let zone = from_file(folder.path(), &bogota()).expect("a zone");
        let now = jiff::Timestamp::UNIX_EPOCH;
        assert_eq!(zone.to_offset(now), jiff::tz::offset(-4));
        assert_eq!(zone.iana_name(), Some("America/Bogota"));
    }

    #[test]
    fn a_variable_or_a_link_names_a_zone_and_what_is_no_name_is_left_to_jiff() {
        for variable in ["America/Bogota", ":America/Bogota"] {
            assert_eq!(name_of_variable(variable).as_deref(), Some("America/Bogota"));
        }
        for variable in ["<-05>5", "EST5EDT,M3.2.0,M11.1.0", "/usr/share/zoneinfo/UTC", ":"] {
            assert_eq!(name_of_variable(variable), None, "{variable}");
        }
        for link in ["/usr/share/zoneinfo/America/Bogota", "../usr/share/zoneinfo/America/Bogota"] {
            assert_eq!(name_of_link(Path::new(link)).as_deref(), Some("America/Bogota"));
        }
        assert_eq!(name_of_link(Path::new("/etc/own")), None);
    }
}
