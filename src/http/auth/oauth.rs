//! Lets in who has an identity provider's token: an OAuth 2.1 resource server.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::super::config::OAuthConfig;
use super::claims;
use super::denied::Denied;
use super::issuer::Issuer;
use super::jwt::{Claims, Unverified};
use super::keys::Keys;
use super::metadata::Resources;
use super::{Identity, signature};
use crate::caller::{Caller, Origin, Roles};

/// An identity provider, and what its tokens must say to let somebody in here.
#[derive(Debug)]
pub struct OAuth {
    pub(super) keys: Keys,
    pub(super) resources: Resources,
    audiences: Vec<String>,
    pub(super) scopes: Vec<String>,
    principal: Vec<String>,
    name: Option<String>,
    role: Option<String>,
    roles: Roles,
}

impl OAuth {
    /// Prepares to check tokens for a server that clients reach by this URL, with one endpoint or
    /// several. Nothing is fetched before the first token comes.
    pub fn new(config: OAuthConfig, roles: Roles, url: &Url, is_alone: bool) -> Self {
        signature::install();
        let OAuthConfig { issuer, audiences, scopes, principal, name, role, roots } = config;
        let keys = Keys::new(Issuer::new(issuer, roots));
        let resources = Resources::new(url, is_alone);
        Self { keys, resources, audiences, scopes, principal, name, role, roles }
    }

    /// Returns whose token this is, at the endpoint of this path.
    pub(super) async fn identify(&self, token: &str, path: &str) -> Result<Identity, Denied> {
        let unverified = Unverified::read(token)?;
        let keys = self.keys.find(&unverified.wanted).await?;
        let own: Vec<String>;
        let audiences = if self.audiences.is_empty() {
            own = self.resources.resource(path).into_iter().collect();
            &own
        } else {
            &self.audiences
        };
        let claims = unverified.verify(&keys, self.keys.issuer(), audiences)?;
        let caller = Arc::new(self.caller(&claims)?);
        Ok(Identity { caller, has_scopes: claims::has_scopes(&claims, &self.scopes) })
    }

    fn caller(&self, claims: &Claims) -> Result<Caller, Denied> {
        let name = self.name.as_deref().and_then(|name| claims::text(claims, name));
        let roles = self.role.as_deref().map(|role| claims::texts(claims, role));
        Ok(Caller {
            id: claims::principal(claims, &self.principal)?,
            name: name.map(str::to_owned),
            origin: Origin::OAuth { issuer: self.keys.issuer().to_owned() },
            role: self.roles.of(roles.unwrap_or_default()),
        })
    }

    /// Returns how old the issuer's keys are, if they were ever fetched.
    pub fn keys_age(&self) -> Option<Duration> {
        self.keys.age()
    }
}
