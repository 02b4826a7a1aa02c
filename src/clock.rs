//! The call centre's clock: its time zone, and so which day it is there.
//!
//! wolkvox writes local times without a zone, so "today" can only be told with the zone of the
//! people who wrote them.

mod zone;

use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// A clock with a time zone; clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Kind>);

#[derive(Debug, Default)]
enum Kind {
    /// This computer's zone, read when it is first needed: that takes files, and a start is short.
    #[default]
    System,
    /// A zone that was chosen.
    Zone(TimeZone),
    /// A clock that stands still.
    Stopped(ZonedDateTime),
}

/// This computer's zone, if it can be told.
fn system() -> Option<&'static TimeZone> {
    static ZONE: OnceLock<Option<TimeZone>> = OnceLock::new();
    ZONE.get_or_init(zone::system).as_ref()
}

impl Clock {
    /// Creates a clock for a time zone by its IANA name, such as `America/Bogota`, in any case.
    /// Returns `None` for a name that nobody knows.
    pub fn of_zone(name: &str) -> Option<Self> {
        zone::named(name).map(|zone| Self(Arc::new(Kind::Zone(zone))))
    }

    /// Creates a clock that always shows one time.
    pub fn stopped(at: ZonedDateTime) -> Self {
        Self(Arc::new(Kind::Stopped(at)))
    }

    /// Returns a point in time as this clock shows it: one that stands still shows its own.
    pub fn at(&self, time: Timestamp) -> ZonedDateTime {
        let zone = match &*self.0 {
            Kind::Stopped(at) => return at.clone(),
            Kind::Zone(zone) => zone.clone(),
            Kind::System => system().cloned().unwrap_or(TimeZone::UTC),
        };
        time.to_zoned_datetime(zone)
    }

    /// Returns the time that it shows now.
    pub fn now(&self) -> ZonedDateTime {
        self.at(Timestamp::now())
    }

    /// Returns whether its zone was chosen, or is one that this computer was given: UTC is what a
    /// container has that nobody gave one.
    pub fn is_local(&self) -> bool {
        const UTC: [&str; 6] = ["UTC", "Etc/UTC", "Etc/Universal", "Etc/Zulu", "Universal", "Zulu"];
        match &*self.0 {
            Kind::Zone(_) | Kind::Stopped(_) => true,
            Kind::System => system().is_some_and(|zone| {
                let is_utc = zone.iana_name().is_some_and(|name| UTC.contains(&name));
                !is_utc && *zone != TimeZone::UTC && !zone.is_unknown()
            }),
        }
    }

    /// Returns its zone's name, or its offset where the zone has no name.
    pub fn zone(&self) -> String {
        let now = self.now();
        let name = now.time_zone().iana_name().map(str::to_owned);
        name.unwrap_or_else(|| now.offset().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evening() -> Timestamp {
        "2026-11-21T01:10:00Z".parse().expect("a time")
    }

    #[test]
    fn the_evening_in_bogota_is_still_the_same_day() {
        let clock = Clock::of_zone("america/bogota").expect("a zone");
        assert_eq!(clock.at(evening()).date().to_string(), "2026-11-20");
        assert_eq!(clock.zone(), "America/Bogota");
        assert!(clock.is_local());
    }

    #[test]
    fn a_zone_that_nobody_knows_is_no_clock() {
        for name in ["Bogota", "America/Bogotá", "", "GMT-5", "../etc/passwd", "-05:00"] {
            assert!(Clock::of_zone(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_stopped_clock_shows_its_own_time() {
        let at: ZonedDateTime =
            "2026-11-20T20:10:00-05:00[America/Bogota]".parse().expect("a time");
        let clock = Clock::stopped(at.clone());
        assert_eq!(clock.at(evening()), at);
        assert_eq!(clock.now(), at);
    }
}
