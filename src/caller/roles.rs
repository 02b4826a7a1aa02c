//! The roles that are configured, and which of them a caller has.

use std::sync::Arc;

use super::Role;

/// The roles that are configured. Without any, everybody may ask everything.
#[derive(Clone, Debug, Default)]
pub struct Roles(Arc<[Arc<Role>]>);

impl Roles {
    /// Collects the roles, each with a name of its own.
    pub fn new(roles: Vec<Role>) -> Self {
        Self(roles.into_iter().map(Arc::new).collect())
    }

    /// Returns whether no roles are configured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the role of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Role>> {
        self.0.iter().find(|role| role.name == name)
    }

    /// Returns every role.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter().map(Arc::as_ref)
    }

    /// Returns what a caller with these names of roles may: what the first configured one of them
    /// allows. Where roles are configured and none of these is, nothing is allowed.
    pub fn of<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Arc<Role> {
        if self.is_empty() {
            return Arc::default();
        }
        let role = names.into_iter().find_map(|name| self.get(name)).cloned();
        role.unwrap_or_else(|| Arc::new(Role { tenants: Some(Vec::new()), ..Role::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> Role {
        Role { name: name.to_owned(), ..Role::default() }
    }

    #[test]
    fn without_roles_everybody_may_ask_everything() {
        assert!(Roles::default().of([]).may_ask("banco"));
        assert!(Roles::default().of(["anything"]).may_ask("banco"));
    }

    #[test]
    fn the_first_configured_one_of_a_callers_roles_counts() {
        let roles = Roles::new(vec![role("agent"), role("supervisor")]);
        assert_eq!(roles.of(["offline_access", "supervisor", "agent"]).name, "supervisor");
    }

    #[test]
    fn with_roles_a_caller_without_a_known_one_may_ask_nothing() {
        let roles = Roles::new(vec![role("agent")]);
        assert!(!roles.of([]).may_ask("banco"));
        assert!(!roles.of(["Agent"]).may_ask("banco"));
        assert!(roles.of(["agent"]).may_ask("banco"));
    }
}
