//! Asks the store for places, gives them back, and keeps the leases of those that are held.
//!
//! Waiting never polls: a message wakes whoever is next, and a timer does if the message is lost. What
//! a dead connection kept from being told is told again once there is one.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use redis::Script;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::active::Active;
use super::store::{Store, Told, channel};
use super::{Account, Gone, VERSION};

/// How long a place lasts without a beat: so much later is the place of a process that was killed
/// free again.
const LEASE: Duration = Duration::from_secs(5);
/// How long a process lasts without a beat: so much later are those of it who wait forgotten.
const ALIVE: Duration = Duration::from_millis(900);
/// How often a process that holds or waits says that it is alive.
const BEAT: Duration = Duration::from_millis(300);
/// How many requests may wait, of all processes.
const MOST_WAITING: usize = 1_000;

static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    let channel = format!("local CHANNEL = '{}'\n", channel(""));
    Script::new(&(channel + include_str!("places.lua")))
});

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    /// Whose place.
    pub(super) account: &'a Account,
    /// Places that there are, of all processes together.
    pub(super) places: u16,
    /// Look-ups a minute, if this request begins one.
    pub(super) per_minute: Option<u32>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Too many wait.
    Full,
    /// The quota is spent; nothing is asked for so long.
    Held(Duration),
    /// The minute's look-ups are used up; the next may pass after this time.
    Rate(Duration),
    /// The store cannot be used.
    Gone,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    places: Places,
    account: Account,
    number: u64,
    /// Whether it was taken without the store.
    is_alone: bool,
}

/// What this process holds and waits for; clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    process: String,
    next: AtomicU64,
    /// Whether it was said that another process was told of fewer places.
    has_warned: AtomicBool,
    waiting: Mutex<HashMap<u64, Arc<Notify>>>,
    accounts: Mutex<HashMap<Account, Active>>,
}

/// Returns a name for this process that no other has.
pub(super) fn name() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Places {
    pub(super) fn new(store: Store, process: String) -> Self {
        let inner = Arc::new(Inner {
            store,
            process,
            next: AtomicU64::new(0),
            has_warned: AtomicBool::new(false),
            waiting: Mutex::default(),
            accounts: Mutex::default(),
        });
        tokio::spawn(wake(inner.store.listen(), Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Waits for a place. Dropping the future gives up the wait.
    pub(super) async fn enter(&self, ask: Ask<'_>) -> Result<Lease, Refused> {
        let waiting = Waiting::begin(self, ask);
        self.0.store.settled().await;
        loop {
            match self.ask(waiting.number, ask).await {
                Err(Gone) => return Err(Refused::Gone),
                Ok((1, _)) => return Ok(waiting.enter()),
                Ok((0, wait)) => {
                    // A message that came before this waits for it.
                    let woken = waiting.woken.notified();
                    let woken = timeout(Duration::from_millis(wait), woken);
                    tokio::select! {
                        _ = woken => {}
                        () = self.0.store.gone() => return Err(Refused::Gone),
                    }
                }
                Ok((-2, wait)) => return Err(Refused::Held(Duration::from_millis(wait))),
                Ok((-3, wait)) => return Err(Refused::Rate(Duration::from_millis(wait))),
                Ok(_) => return Err(Refused::Full),
            }
        }
    }

    /// Takes a place without the store, which is gone; it hears of it as soon as it is back.
    pub(super) fn alone(&self, account: &Account, places: u16) -> Lease {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.enroll(account, places, |active| {
            active.held.insert(number);
        });
        Lease { places: self.clone(), account: account.clone(), number, is_alone: true }
    }

    /// Takes note of what is on its way, and lets the store hear of it for so long.
    fn enroll(&self, account: &Account, places: u16, note: impl FnOnce(&mut Active)) {
        let mut accounts = self.0.accounts();
        let is_first = !accounts.contains_key(account);
        let active = accounts.entry(account.clone()).or_default();
        active.places = places;
        note(active);
        drop(accounts);
        if is_first {
            tokio::spawn(self.clone().beat(account.clone()));
        }
    }

    async fn ask(&self, number: u64, ask: Ask<'_>) -> Result<(i64, u64), Gone> {
        let per_minute = ask.per_minute.unwrap_or(0);
        self.run("ask", ask.account, number, ask.places, per_minute, &[]).await
    }

    async fn run(
        &self,
        what: &str,
        account: &Account,
        number: u64,
        places: u16,
        per_minute: u32,
        held: &[u64],
    ) -> Result<(i64, u64), Gone> {
        let mut call = SCRIPT.prepare_invoke();
        for key in ["places", "waiting", "processes", "tickets", "hold", "minute", "counts"] {
            call.key(key_of(account, key));
        }
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        call.arg(what).arg(self.id(number)).arg(places);
        call.arg(milliseconds(LEASE)).arg(milliseconds(ALIVE)).arg(MOST_WAITING).arg(per_minute);
        for number in held {
            call.arg(self.id(*number));
        }
        let (answer, wait, counted): (i64, u64, u16) = self
            .0
            .store
            .call(|mut connection| async move { call.invoke_async(&mut connection).await })
            .await?;
        if counted < places && !self.0.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                own = places,
                others = counted,
                "another process with this token has a smaller WOLKVOX_MAX_IN_FLIGHT, which counts for all"
            );
        }
        Ok((answer, wait))
    }

    pub(super) async fn hold(&self, account: &Account, time: Duration) -> Result<(), Gone> {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut set = redis::cmd("SET");
        set.arg(key_of(account, "hold")).arg(1).arg("PX").arg(milliseconds);
        self.0
            .store
            .call(|mut connection| async move { set.query_async(&mut connection).await })
            .await
    }

    /// Returns everything to the others, as the process ends.
    pub(super) async fn leave_all(&self) {
        let accounts: Vec<_> = self.0.accounts().drain().collect();
        for (account, active) in accounts {
            let _ = self.run("bye", &account, 0, active.places, 0, &[]).await;
        }
    }

    fn id(&self, number: u64) -> String {
        let mut id = self.0.process.clone();
        // A string takes what is written.
        let _ = write!(id, ":{number}");
        id
    }

    /// Takes note of what a process no longer holds or waits for, and lets the store know if that does.
    fn leave(
        &self,
        account: &Account,
        number: u64,
        is_known: bool,
        note: impl FnOnce(&mut Active),
    ) {
        if let Some(active) = self.0.accounts().get_mut(account) {
            note(active);
            if is_known {
                active.owed.push(number);
            }
        }
        // Without a runtime the process is ending, and the lease with it.
        if let Ok(runtime) = Handle::try_current() {
            let (places, account) = (self.clone(), account.clone());
            runtime.spawn(async move { places.pay(&account).await });
        }
    }

    /// Reports to the store what was given back.
    async fn pay(&self, account: &Account) {
        let owed = self.0.accounts().get_mut(account).map(|active| {
            let owed = std::mem::take(&mut active.owed);
            (active.places, owed)
        });
        let (places, owed) = owed.unwrap_or_default();
        for number in owed {
            if self.run("leave", account, number, places, 0, &[]).await.is_err()
                && let Some(active) = self.0.accounts().get_mut(account)
            {
                active.owed.push(number);
            }
        }
    }

    /// Reports that this process is alive, as long as it holds or waits for anything of an account.
    async fn beat(self, account: Account) {
        loop {
            tokio::select! {
                () = sleep(BEAT) => {}
                () = self.0.store.back() => {}
            }
            self.pay(&account).await;
            let (places, held): (u16, Vec<u64>) = {
                let mut accounts = self.0.accounts();
                let Some(active) = accounts.get(&account) else { return };
                if active.held.is_empty() && active.waiting == 0 && active.owed.is_empty() {
                    accounts.remove(&account);
                    return;
                }
                (active.places, active.held.iter().copied().collect())
            };
            if self.0.store.is_up() {
                let _ = self.run("beat", &account, 0, places, 0, &held).await;
                let is_there = match self.0.accounts().get_mut(&account) {
                    Some(active) => {
                        active.take_back(&held);
                        true
                    }
                    None => false,
                };
                if !is_there {
                    // The process is ending, and has said so while the beat was on its way.
                    let _ = self.run("bye", &account, 0, places, 0, &[]).await;
                    return;
                }
            }
        }
    }
}

impl Inner {
    fn accounts(&self) -> MutexGuard<'_, HashMap<Account, Active>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Arc<Notify>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that waits for a place; dropping it gives that up.
struct Waiting {
    places: Places,
    account: Account,
    number: u64,
    woken: Arc<Notify>,
    has_place: bool,
}

impl Waiting {
    fn begin(places: &Places, Ask { account, places: count, .. }: Ask<'_>) -> Self {
        let number = places.0.next.fetch_add(1, Ordering::Relaxed);
        let woken = Arc::new(Notify::new());
        places.0.waiting().insert(number, Arc::clone(&woken));
        places.enroll(account, count, |active| active.waiting += 1);
        let (places, account) = (places.clone(), account.clone());
        Self { places, account, number, woken, has_place: false }
    }

    fn enter(mut self) -> Lease {
        self.has_place = true;
        {
            let mut accounts = self.places.0.accounts();
            if let Some(active) = accounts.get_mut(&self.account) {
                active.waiting = active.waiting.saturating_sub(1);
                active.held.insert(self.number);
            }
        }
        let (places, account) = (self.places.clone(), self.account.clone());
        Lease { places, account, number: self.number, is_alone: false }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.places.0.waiting().remove(&self.number);
        if !self.has_place {
            let note = |active: &mut Active| active.waiting = active.waiting.saturating_sub(1);
            self.places.leave(&self.account, self.number, true, note);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let is_known = !self.is_alone || self.places.0.store.is_up();
        self.places.leave(&self.account, self.number, is_known, |active| {
            active.held.remove(&self.number);
        });
    }
}

/// Wakes who waits as the store tells of free places.
async fn wake(mut told: tokio::sync::broadcast::Receiver<Told>, places: Weak<Inner>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        let message = match told.recv().await {
            Ok(Told::Message(id)) => Some(id),
            Ok(Told::Cancelled(_)) => continue,
            // Some may have been missed.
            Err(RecvError::Lagged(_)) => None,
            Err(RecvError::Closed) => return,
        };
        let Some(places) = places.upgrade() else { return };
        let number = message.and_then(|id| id.rsplit(':').next()?.parse::<u64>().ok());
        let waiting = places.waiting();
        match number {
            Some(number) => waiting.get(&number).into_iter().for_each(|it| it.notify_one()),
            None => waiting.values().for_each(|it| it.notify_one()),
        }
    }
}

fn key_of(account: &Account, key: &str) -> String {
    // The braces keep an account's keys on one node of a cluster.
    format!("wolkvox:{VERSION}:{{{}}}:{key}", account.tag)
}
