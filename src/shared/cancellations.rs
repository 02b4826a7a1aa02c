//! Carries cancellations to the process that makes the call: a client's notification may come to
//! another one. What is published is a hash, which only who has the secret and the call can compute.

use redis::Cmd;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::store::{Store, Told};
use super::{Secrets, VERSION};

/// Keeps the names of calls from those of anything else.
const KIND: &str = "call";

/// What other processes are told of calls that are to be cancelled.
#[derive(Debug)]
pub(crate) struct Cancellations {
    told: Receiver<Told>,
    secrets: Secrets,
}

/// A call that is to be cancelled, wherever it is.
#[derive(Debug)]
pub(crate) struct Cancelled {
    name: String,
    secrets: Secrets,
}

impl Cancellations {
    pub(super) fn new(told: Receiver<Told>, secrets: Secrets) -> Self {
        Self { told, secrets }
    }

    /// Returns the next one, or none once the store is closed.
    pub(crate) async fn next(&mut self) -> Option<Cancelled> {
        loop {
            match self.told.recv().await {
                Ok(Told::Cancelled(name)) => {
                    return Some(Cancelled { name, secrets: self.secrets.clone() });
                }
                // A call whose cancellation is lost goes on to its end.
                Ok(Told::Message(_)) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Cancelled {
    /// Returns whether it is this call.
    pub(crate) fn is(&self, call: &[&[u8]]) -> bool {
        self.secrets.all().any(|secret| secret.name(KIND, call) == self.name)
    }
}

/// Publishes that a call is to be cancelled: under every secret, as others may know only one of them
/// while they are changed.
pub(super) async fn publish(store: &Store, secrets: &Secrets, call: &[&[u8]]) {
    let mut all = redis::pipe();
    for secret in secrets.all() {
        let mut publish = Cmd::new();
        publish.arg("PUBLISH").arg(channel()).arg(secret.name(KIND, call));
        all.add_command(publish).ignore();
    }
    // Without the store nobody can be told, and the call goes on to its end.
    let _ = store.call::<(), _>(|mut it| async move { all.query_async(&mut it).await }).await;
}

/// Returns the channel on which every process listens.
pub(super) fn channel() -> String {
    format!("wolkvox:{VERSION}:cancelled")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an-old-fictitious-secret";
    const NEW: &str = "a-new-fictitious-secret";

    fn secrets(text: &str) -> Secrets {
        Secrets::parse(text).expect("secrets")
    }

    #[test]
    fn who_knows_one_of_the_secrets_recognizes_its_call_and_no_other() {
        let call: &[&[u8]] = &[b"ana", b"session", b"7"];
        for (from, to, is_told) in [
            (OLD.to_owned(), format!("{NEW}\n{OLD}"), true),
            (format!("{NEW}\n{OLD}"), OLD.to_owned(), true),
            (format!("{NEW}\n{OLD}"), NEW.to_owned(), true),
            (OLD.to_owned(), NEW.to_owned(), false),
        ] {
            let (from, to) = (secrets(&from), secrets(&to));
            let heard = |call: &[&[u8]]| {
                let mut names = from.all().map(|secret| secret.name(KIND, call));
                names.any(|name| {
                    let secrets = to.clone();
                    Cancelled { name, secrets }.is(&[b"ana", b"session", b"7"])
                })
            };
            assert_eq!(heard(call), is_told);
            assert!(!heard(&[b"eva", b"session", b"7"]));
            assert!(!heard(&[b"ana", b"other", b"7"]));
            assert!(!heard(&[b"ana", b"session", b"8"]));
        }
    }
}
