//! Fetches an issuer's keys: its well-known document says where they are.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;
use url::Url;

use super::key_set::KeySet;
use crate::clean;
use crate::server_url::stays_here;
use crate::wolkvox::{DocumentError, Documents, RootCertificates};

/// Most bytes of a document.
const LARGEST: usize = 256 * 1024;
/// How long all documents together may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// Where OpenID Connect has its document (Discovery 1.0, section 4), below the issuer's path.
const OPENID: &str = "/.well-known/openid-configuration";
/// Where OAuth has it (RFC 8414, section 3), before the issuer's path.
const OAUTH: &str = "/.well-known/oauth-authorization-server";
/// Longest foreign text in a message.
const LONGEST: usize = 200;

/// An identity provider.
#[derive(Debug)]
pub(super) struct Issuer {
    /// Its name, which is its address, as its tokens spell it.
    pub(super) name: String,
    documents: Documents,
}

/// Why keys could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// A document could not be fetched.
    Document(&'static str, DocumentError),
    /// The documents took too long.
    Slow,
    /// The issuer's document is none.
    Unreadable,
    /// The document is of another issuer.
    OtherIssuer(String),
    /// The keys are at an address that is none, or that others could answer for.
    Place,
    /// There is no key that can be used.
    NoKeys,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(what, problem) => write!(f, "{what}: {problem}"),
            Self::Slow => write!(f, "no answer within {} s", DEADLINE.as_secs()),
            Self::Unreadable => f.write_str("its well-known document cannot be read"),
            Self::OtherIssuer(other) => write!(
                f,
                "its well-known document calls the issuer {other}: WOLKVOX_OAUTH_ISSUER must be just that"
            ),
            Self::Place => f.write_str("its keys are at an address that is not safe"),
            Self::NoKeys => f.write_str("it publishes no key that can be used"),
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    pub(super) fn new(name: String, roots: RootCertificates) -> Self {
        Self { name, documents: Documents::new(roots) }
    }

    /// Fetches the keys.
    pub(super) async fn keys(&self) -> Result<KeySet, Problem> {
        timeout(DEADLINE, self.fetch()).await.unwrap_or(Err(Problem::Slow))
    }

    async fn fetch(&self) -> Result<KeySet, Problem> {
        let place = match self.place(OPENID).await {
            Err(Problem::Document(..)) => self.place(OAUTH).await,
            place => place,
        }?;
        let keys = self.documents.get(place, LARGEST).await;
        let keys = keys.map_err(|problem| Problem::Document("its keys", problem))?;
        KeySet::read(&keys).ok_or(Problem::NoKeys)
    }

    /// Returns where the keys are, as the issuer's document says.
    async fn place(&self, form: &'static str) -> Result<Url, Problem> {
        let url = well_known(&self.name, form).ok_or(Problem::Unreadable)?;
        let document = self.documents.get(url.clone(), LARGEST).await;
        let document = document.map_err(|problem| Problem::Document(form, problem))?;
        let metadata: Metadata =
            serde_json::from_slice(&document).map_err(|_| Problem::Unreadable)?;
        if metadata.issuer != self.name {
            let other = clean::value(&metadata.issuer, LONGEST).into_owned();
            return Err(Problem::OtherIssuer(other));
        }
        place(&metadata.jwks_uri, &url).ok_or(Problem::Place)
    }
}

/// Reads where an issuer's keys are: where nobody else could answer. Only an issuer on this computer
/// may send us elsewhere on it.
fn place(text: &str, issuer: &Url) -> Option<Url> {
    let place = Url::parse(text).ok()?;
    let is_safe = match (stays_here(&place), stays_here(issuer)) {
        (true, is_ours) => is_ours && matches!(place.scheme(), "http" | "https"),
        (false, _) => place.scheme() == "https",
    };
    is_safe.then_some(place)
}

/// Returns the address of an issuer's document.
fn well_known(issuer: &str, form: &str) -> Option<Url> {
    let mut url = Url::parse(issuer).ok()?;
    let path = url.path().trim_end_matches('/').to_owned();
    let path = if form == OPENID { path + form } else { form.to_owned() + &path };
    url.set_path(&path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuers_document_is_looked_for_below_and_before_its_path() {
        for (issuer, openid, oauth) in [
            (
                "https://a.example/",
                "https://a.example/.well-known/openid-configuration",
                "https://a.example/.well-known/oauth-authorization-server",
            ),
            (
                "https://a.example:8443/realms/b",
                "https://a.example:8443/realms/b/.well-known/openid-configuration",
                "https://a.example:8443/.well-known/oauth-authorization-server/realms/b",
            ),
        ] {
            let found = |form| well_known(issuer, form).expect("an address").to_string();
            assert_eq!((found(OPENID).as_str(), found(OAUTH).as_str()), (openid, oauth));
        }
    }

    #[test]
    fn keys_are_where_nobody_else_could_answer_for_them() {
        let (remote, local) = ("https://a.example", "http://127.0.0.1:1");
        for (text, issuer, is_safe) in [
            ("https://keys.example/a?b=c", remote, true),
            ("https://keys.example", local, true),
            ("http://127.0.0.1:2/keys", local, true),
            ("https://localhost/keys", local, true),
            ("http://a.example/keys", remote, false),
            ("http://keys.example", local, false),
            ("http://127.0.0.1:9464/metrics", remote, false),
            ("https://localhost/keys", remote, false),
            ("file:///etc/keys", remote, false),
            ("ftp://127.0.0.1/keys", local, false),
            ("/keys", remote, false),
        ] {
            let issuer = issuer.parse().expect("an address");
            assert_eq!(place(text, &issuer).is_some(), is_safe, "{text}");
        }
    }
}
