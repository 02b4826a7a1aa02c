//! Who asks, with what, and what that person may.

mod budget;
mod call;

mod callers;
mod edit;
mod entries;
mod expiry;
mod roles;
mod token;

use std::num::NonZeroU32;
use std::sync::Arc;

pub use self::budget::Budgets;
pub use self::call::{Call, Program, Recorded, Sender};
pub use self::callers::Callers;
pub use self::edit::{NewCaller, add, list, remove};
pub use self::entries::Entry;
pub use self::roles::Roles;
pub use self::token::{CallerToken, TOKEN_PREFIX};
use crate::answer::Mask;

/// A person, or a program, that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What tells this caller from every other: a name in the file of callers, or an issuer's id.
    pub id: String,
    /// What people call the caller, where that is known and another.
    pub name: Option<String>,
    /// How the caller is known.
    pub origin: Origin,
    /// What the caller may.
    pub role: Arc<Role>,
}

/// How a caller is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The person whose client started this program.
    System,
    /// By a token of the file of callers.
    Static,
    /// By a token of an identity provider.
    OAuth {
        /// Which one: the token's `iss`.
        issuer: String,
    },
}

impl Origin {
    /// Returns the word that logs use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Static => "static",
            Self::OAuth { .. } => "oauth",
        }
    }
}

/// What a group of callers may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its name; blank where no roles are configured.
    pub name: String,
    /// What is masked for it, instead of what is masked for everybody.
    pub mask: Option<Mask>,
    /// Look-ups a minute for each person; none is no limit but that of the token.
    pub rate: Option<NonZeroU32>,
    /// Look-ups a day for each person.
    pub daily: Option<NonZeroU32>,
    /// Ids of the tenants that it may ask; none is all of them.
    pub tenants: Option<Vec<String>>,
}

impl Role {
    /// Returns whether it may ask none at all, as where a caller has no role that is configured.
    pub fn may_nothing(&self) -> bool {
        self.tenants.as_ref().is_some_and(Vec::is_empty)
    }

    /// Returns whether it may ask this tenant.
    pub fn may_ask(&self, tenant: &str) -> bool {
        self.tenants.as_ref().is_none_or(|all| all.iter().any(|it| it == tenant))
    }
}

impl Caller {
    /// Returns what tells this caller from all others, whatever issuers call them. No name in a file of
    /// callers has a line break.
    pub fn person(&self) -> Arc<str> {
        match &self.origin {
            Origin::OAuth { issuer } => format!("{issuer}\n{}", self.id).into(),
            Origin::Static | Origin::System => self.id.as_str().into(),
        }
    }

    /// Returns the person at this computer, whose client started this program.
    pub fn system(user: String) -> Self {
        Self { id: user, name: None, origin: Origin::System, role: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_another_person_at_each_issuer() {
        let caller = |id: &str, origin: Origin| Caller { origin, ..Caller::system(id.to_owned()) };
        let of = |issuer: &str| Origin::OAuth { issuer: issuer.to_owned() };
        let people = [
            caller("ana", Origin::Static),
            caller("https://a.example ana", Origin::Static),
            caller("ana", of("https://a.example")),
            caller("ana", of("https://b.example")),
            caller("eva", of("https://a.example")),
        ];
        let persons: std::collections::HashSet<_> = people.iter().map(Caller::person).collect();
        assert_eq!(persons.len(), people.len(), "{persons:?}");
    }
}
