//! What `tokenInformation.php` says about the token's calls of today.

use super::reply;
use crate::Record;

/// The token's calls of today, as far as wolkvox sent them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenInformation {
    /// Calls allowed in a day.
    pub limit: Option<u64>,
    /// Calls used today.
    pub used: Option<u64>,
    /// Calls left today.
    pub left: Option<u64>,
    /// Whole hours until the count starts anew.
    pub hours_to_restart: Option<u64>,
}

impl TokenInformation {
    /// Returns whether wolkvox sent none of these numbers.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the reply's only record. Of the calls left there are two spellings.
    pub(super) fn read(record: Option<&Record>) -> Self {
        let count = |name: &str| reply::count(record?.get(name)?);
        let (limit, used) = (count("token_limit"), count("token_use_today"));
        Self {
            limit,
            used,
            left: count("available_consumition_options")
                .or_else(|| count("available_consumption_options"))
                // wolkvox leaves it out, or writes a negative number when the quota is overspent.
                .or_else(|| Some(limit?.saturating_sub(used?))),
            hours_to_restart: count("hours_to_restart_count"),
        }
    }
}
