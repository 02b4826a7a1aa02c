//! The limits of a look-up and their defaults.

use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

/// What one token may be used for, and one look-up may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Deadline of a look-up.
    pub timeout: Duration,
    /// Simultaneous requests.
    pub max_in_flight: NonZeroU16,
    /// How long an answer may be reused.
    pub cache_ttl: Duration,
    /// Look-ups a minute that may reach wolkvox.
    pub rate: NonZeroU32,
    /// Pages of one look-up; none sends only the three documented keys.
    pub max_pages: Option<NonZeroU32>,
}

impl Default for Limits {
    /// Returns the defaults that the table of settings and both READMEs name.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            max_in_flight: NonZeroU16::MIN.saturating_add(1),
            cache_ttl: Duration::from_secs(30),
            rate: NonZeroU32::MIN.saturating_add(59),
            max_pages: NonZeroU32::new(4),
        }
    }
}
