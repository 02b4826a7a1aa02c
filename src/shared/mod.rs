//! What several processes share through one Valkey or Redis, so that together they keep to the
//! limits of a token: its places, its look-ups a minute, its hold while the day's quota is spent, and
//! answers for some seconds.
//!
//! ```text
//! secrets         keys that nobody else can compute, of the secret that all processes have
//! store           the connection, which comes back by itself, and what is called by it
//! places          a place at a time, in turn among processes (places.lua)
//! active          what this process holds and waits for
//! budget          a person's look-ups, a minute and a day (budget.lua)
//! answers         sealed, under names that say nothing
//! cancellations   told to all, under names that say nothing
//! ```
//!
//! What is in the store: counters, times, random numbers, hashes under a secret, sealed answers. Never
//! a token, a person's or a customer's name or number. Every key carries the version of this layout
//! and expires. wolkvox keeps the limits too and refuses what is too much, so that losing the store
//! costs retries and never a wrong answer.

mod active;
mod answers;
mod budget;
mod cancellations;
mod config;
mod inspection;
mod places;
mod secrets;
mod store;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::budget::{Allowance, UsedUp};
pub(crate) use self::cancellations::Cancellations;
pub use self::config::{SharedConfig, Unusable, WhenDown};
pub use self::inspection::Inspection;
use self::places::{Ask, Places};
pub(crate) use self::places::{Lease, Refused};
pub use self::secrets::Secrets;
use self::store::Store;
use crate::answer::Found;
use crate::wolkvox::Fingerprint;

/// The version of the names and forms in the store.
const VERSION: u32 = 1;

/// What processes share; clones are the same.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    places: Places,
    secrets: Secrets,
    when_down: WhenDown,
    place: String,
}

/// The part of one server and token in what is shared.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    shared: Shared,
    account: Account,
}

/// One server and token, as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Account {
    /// The name of its keys: a hash under the secret.
    tag: Arc<str>,
    /// What its answers depend on beside the question.
    server: Arc<str>,
    token: Fingerprint,
}

/// The store cannot be used at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

impl Shared {
    /// Begins to connect, in the background, on the current runtime.
    ///
    /// # Errors
    ///
    /// If the settings can never lead to a connection.
    pub fn open(config: &SharedConfig) -> Result<Self, Unusable> {
        let process = places::name();
        let place = config.place();
        let store = Store::open(config, &process)?;
        let places = Places::new(store.clone(), process);
        let (secrets, when_down) = (config.secrets.clone(), config.when_down);
        Ok(Self(Arc::new(Inner { store, places, secrets, when_down, place })))
    }

    /// Returns the part of a server and token.
    pub(crate) fn member(&self, server: &str, token: Fingerprint) -> Member {
        let tag = self.0.secrets.account(server, &token);
        let account = Account { tag: tag.into(), server: Arc::from(server), token };
        Member { shared: self.clone(), account }
    }

    /// Counts a look-up of a person on this day, if that is allowed.
    pub(crate) async fn admit(
        &self,
        person: &str,
        day: &str,
        allowance: Allowance,
    ) -> Result<Result<(), UsedUp>, Gone> {
        let Inner { store, secrets, .. } = &*self.0;
        budget::admit(store, secrets, person, day, allowance).await
    }

    /// Asks the other processes, in the background, to cancel the call that these parts name.
    pub(crate) fn cancel(&self, call: Vec<Vec<u8>>) {
        let shared = self.clone();
        tokio::spawn(async move {
            let Inner { store, secrets, .. } = &*shared.0;
            let call: Vec<&[u8]> = call.iter().map(Vec::as_slice).collect();
            cancellations::publish(store, secrets, &call).await;
        });
    }

    /// Listens to what other processes cancel.
    pub(crate) fn cancellations(&self) -> Cancellations {
        Cancellations::new(self.0.store.listen(), self.0.secrets.clone())
    }

    /// Returns the store's address, without user and password.
    pub fn place(&self) -> &str {
        &self.0.place
    }

    /// Looks at the store; none if it cannot be used.
    pub async fn inspect(&self) -> Option<Inspection> {
        inspection::inspect(&self.0.store, &self.0.secrets).await.ok()
    }

    /// Returns whether the store can be used now.
    pub fn is_up(&self) -> bool {
        self.0.store.is_up()
    }

    /// Returns to the others all that this process holds, as it ends.
    pub async fn close(&self) {
        self.0.places.leave_all().await;
    }
}

impl Member {
    /// Waits for one of `places` places for a request, and counts it if it begins one of so many
    /// look-ups a minute.
    pub(crate) async fn enter(
        &self,
        places: u16,
        per_minute: Option<u32>,
    ) -> Result<Lease, Refused> {
        let ask = Ask { account: &self.account, places, per_minute };
        self.shared.0.places.enter(ask).await
    }

    /// Takes a place without the store, which is gone.
    pub(crate) fn alone(&self, places: u16) -> Lease {
        self.shared.0.places.alone(&self.account, places)
    }

    /// Returns whether the store can be used now.
    pub(crate) fn is_up(&self) -> bool {
        self.shared.is_up()
    }

    /// Refuses all look-ups with this token for a while: its quota is spent.
    pub(crate) async fn hold(&self, time: Duration) {
        // Who cannot tell the others holds its own look-ups all the same.
        let _ = self.shared.0.places.hold(&self.account, time).await;
    }

    /// Returns what is done while the store is gone.
    pub(crate) fn when_down(&self) -> WhenDown {
        self.shared.0.when_down
    }

    /// Returns an answer that any process got less than so long ago.
    pub(crate) async fn answer(&self, question: &[u8], age: Duration) -> Option<Found> {
        let Inner { store, secrets, .. } = &*self.shared.0;
        answers::get(store, secrets, &self.account, question, age).await
    }

    /// Keeps an answer for that long.
    pub(crate) async fn keep(&self, question: &[u8], found: &Found, age: Duration) {
        let Inner { store, secrets, .. } = &*self.shared.0;
        answers::put(store, secrets, &self.account, question, found, age).await;
    }
}
