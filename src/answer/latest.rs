//! The newest gestión that a look-up found, for answers that do not show it.

use schemars::JsonSchema;
use serde::Serialize;

use jiff::ZonedDateTime;

use super::filter::text;
use super::summary::days_until;
use super::{Found, Mask, Row, classification};
use crate::fields::{AGENT, CHANNEL, DATE, OBLIGATION};

/// The newest gestión.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Latest {
    #[schemars(description = "")]
    /// Its day and time.
    pub date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Days since then.
    pub days_since: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Its outcome.
    pub tipification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Its channel.
    pub type_interaction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// Who made it.
    pub agent_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(description = "")]
    /// What it was about.
    pub obligation: Option<String>,
}

impl Latest {
    /// Returns the newest of all that was found, unless it is among the rows shown, or it cannot be
    /// told which one it is.
    pub(super) fn beside(
        shown: &[&Row],
        found: &Found,
        mask: &Mask,
        as_of: &ZonedDateTime,
    ) -> Option<Self> {
        let newest = found.rows.first().filter(|_| found.complete && !mask.covers(DATE))?;
        let when = newest.when?;
        if shown.iter().any(|row| std::ptr::eq(*row, newest)) {
            return None;
        }
        let masked = |(name, value): classification::Named<'_>| {
            let mut value = value.clone();
            mask.apply(name, &mut value);
            text(&value).into_owned()
        };
        let of = |name| classification::value(newest, name).map(masked);
        Some(Self {
            date: of(DATE)?,
            days_since: days_until(when.date(), as_of.date()),
            tipification: classification::of(newest).map(masked),
            type_interaction: of(CHANNEL),
            agent_name: of(AGENT),
            obligation: of(OBLIGATION),
        })
    }
}
