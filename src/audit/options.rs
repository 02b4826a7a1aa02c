//! How the audit log is kept, as the settings say (pure).

use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// How the audit log is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the lines go.
    pub target: Target,
    /// Where the key is, if not beside the log.
    pub key_file: Option<PathBuf>,
    /// What happens to a look-up whose line cannot be written.
    pub on_failure: OnFailure,
    /// When a new file begins.
    pub rotation: Rotation,
}

/// Where the lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into this file; `{pid}` and `{user}` stand for the process and its user.
    File(PathBuf),
    /// To standard error, for whoever collects it.
    Stderr,
}

/// What happens to a look-up whose line cannot be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// It is refused.
    #[default]
    Refuse,
    /// It is answered.
    Continue,
}

/// When a new file begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// With the day, in UTC.
    #[default]
    Daily,
    /// Before a file gets larger than this many bytes.
    Size(u64),
    /// Never, or when another program moves the file away.
    Off,
}

impl Target {
    /// Reads a target; `path` reads the path of a file.
    ///
    /// # Errors
    ///
    /// Those of `path`.
    pub fn parse<E>(
        text: &str,
        path: impl FnOnce(&str) -> Result<PathBuf, E>,
    ) -> Result<Option<Self>, E> {
        match text {
            "off" => Ok(None),
            "stderr" => Ok(Some(Self::Stderr)),
            text => path(text).map(Self::File).map(Some),
        }
    }

    /// Returns the folder and the name that the file will have, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Stderr => None,
        }
    }
}

impl Rotation {
    /// Smaller files would be more files than lines.
    const SMALLEST: u64 = 16_000;

    /// Reads `daily`, `off`, or a size with its unit.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "daily" => return Some(Self::Daily),
            "off" => return Some(Self::Off),
            _ => {}
        }
        let split = text.find(|it: char| !it.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(split)?;
        let factor: u64 = match unit.trim_start().to_ascii_uppercase().as_str() {
            "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "KIB" => 1 << 10,
            "MIB" => 1 << 20,
            "GIB" => 1 << 30,
            _ => return None,
        };
        let bytes = number.parse::<u64>().ok()?.checked_mul(factor)?;
        (bytes >= Self::SMALLEST).then_some(Self::Size(bytes))
    }

    /// Returns whether a new file must begin before a line of this length is written into one of that
    /// length, whose last line is of that time.
    pub(super) fn is_due(
        self,
        length: u64,
        last: Option<Timestamp>,
        now: Timestamp,
        line: u64,
    ) -> bool {
        let day = |time: Timestamp| time.strftime("%Y%m%d").to_string();
        length > 0
            && match self {
                Self::Off => false,
                Self::Size(most) => length + line > most,
                Self::Daily => last.is_some_and(|last| day(last) < day(now)),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_by_day_by_size_or_off() {
        for (text, rotation) in [
            ("daily", Some(Rotation::Daily)),
            ("off", Some(Rotation::Off)),
            ("100MB", Some(Rotation::Size(100_000_000))),
            ("64 kib", Some(Rotation::Size(65_536))),
            ("1GB", Some(Rotation::Size(1_000_000_000))),
            ("16KB", Some(Rotation::Size(16_000))),
            ("1KB", None),
            ("100", None),
            ("MB", None),
            ("weekly", None),
            ("-1MB", None),
            ("99999999999GB", None),
        ] {
            assert_eq!(Rotation::parse(text), rotation, "{text}");
        }
    }

    #[test]
    fn a_new_file_begins_with_the_day_or_before_it_is_too_large() {
        let at = |text: &str| text.parse().expect("a time");
        let (evening, night) = (at("2026-11-25T23:59:59.999Z"), at("2026-11-26T00:00:00Z"));
        let daily = Rotation::Daily;
        assert!(!daily.is_due(900, Some(at("2026-11-25T00:00:00Z")), evening, 700));
        assert!(daily.is_due(900, Some(evening), night, 700));
        assert!(!daily.is_due(900, Some(night), evening, 700), "a clock that goes back");
        assert!(!daily.is_due(0, Some(evening), night, 700));
        let size = Rotation::Size(20_000);
        assert!(!size.is_due(19_300, Some(evening), night, 700));
        assert!(size.is_due(19_301, Some(evening), night, 700));
        assert!(!Rotation::Off.is_due(u64::MAX - 700, Some(evening), night, 700));
    }
}
