//! The connection to the store. It is made in the background and comes back by itself; while it is
//! gone, calls fail at once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, PushInfo, PushKind, RedisResult, Value,
};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::config::{SharedConfig, Unusable};
use super::{Gone, VERSION, cancellations, inspection};

/// How long an answer of the store may take.
const ANSWER: Duration = Duration::from_millis(300);
const CONNECTING: Duration = Duration::from_secs(1);
/// How long after the start calls wait for the very first connection.
const FIRST: Duration = Duration::from_millis(400);
/// How often it is tried again after a failure.
const AGAIN: u64 = 500;
/// How long after a failure at least, so that everybody who waits has noticed it.
const NOTICED: u64 = 50;
/// How often a store that nobody asks is asked whether it still takes what is written.
const PROBE: Duration = Duration::from_secs(1);
/// How long after the store came back places are only told and not yet asked for, so that it knows of
/// what every process has begun without it.
const SETTLING: Duration = Duration::from_millis(50);
/// How many messages may wait to be read; more are replaced by one that says so.
const MESSAGES: usize = 1024;

/// How long a secret counts as used, in milliseconds.
const USED: u64 = 10_000;

/// What the store told this process without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Something was published on this process's channel.
    Message(String),
    /// A call is to be cancelled, wherever it is.
    Cancelled(String),
}

/// The store; clones use the same connection.
#[derive(Clone)]
pub(super) struct Store {
    state: Switch,
    opened: Instant,
    told: broadcast::Sender<Told>,
    _task: Arc<Task>,
}

/// What is known of the connection.
#[derive(Clone, Default)]
enum State {
    /// It is being made for the first time.
    #[default]
    First,
    Up(Live),
    Down,
}

#[derive(Clone)]
struct Live {
    connection: MultiplexedConnection,
    number: Number,
    since: Instant,
}

/// The number of a try to connect, which sets it apart from the one before.
type Number = u64;

/// What is known of the connection, as everybody who uses it may change it.
#[derive(Clone, Default)]
struct Switch(watch::Sender<State>);

impl Switch {
    /// Takes a connection out of use at once, unless another has taken its place.
    fn fail(&self, number: Number) {
        self.0.send_if_modified(|state| {
            let is_this = matches!(state, State::Up(live) if live.number == number);
            if is_this {
                *state = State::Down;
            }
            is_this
        });
    }

    /// Waits until the connection can no longer be used.
    async fn gone(&self) {
        // Its sender is here.
        let _ = self.0.subscribe().wait_for(|state| matches!(state, State::Down)).await;
    }
}

struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("is_up", &self.is_up()).finish_non_exhaustive()
    }
}

impl Store {
    /// Begins to connect. What is published on the channel of this process is told to who listens.
    pub(super) fn open(config: &SharedConfig, process: &str) -> Result<Self, Unusable> {
        let client = config.client()?;
        let state = Switch::default();
        let told = broadcast::Sender::new(MESSAGES);
        let keeper = Keeper {
            client,
            process: process.to_owned(),
            secret: config.secrets.fingerprint(),
            state: state.clone(),
            told: told.clone(),
        };
        let task = Arc::new(Task(tokio::spawn(keeper.keep())));
        Ok(Self { state, opened: Instant::now(), told, _task: task })
    }

    /// Returns whether it can be used now.
    pub(super) fn is_up(&self) -> bool {
        matches!(*self.state.0.borrow(), State::Up(_))
    }

    /// Listens to what the store tells.
    pub(super) fn listen(&self) -> broadcast::Receiver<Told> {
        self.told.subscribe()
    }

    /// Makes a call. A failure takes the store out of use until it answers again.
    pub(super) async fn call<T, F>(
        &self,
        call: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Result<T, Gone>
    where
        T: FromRedisValue,
        F: Future<Output = RedisResult<T>>,
    {
        let Live { connection, number, .. } = self.live().await.ok_or(Gone)?;
        call(connection).await.map_err(|problem| {
            tracing::debug!(kind = ?problem.kind(), "the shared store did not answer a call");
            self.state.fail(number);
            Gone
        })
    }

    /// Waits until it can no longer be used.
    pub(super) async fn gone(&self) {
        self.state.gone().await;
    }

    /// Waits until it is back, which it is not yet.
    pub(super) async fn back(&self) {
        let mut state = self.state.0.subscribe();
        let _ = state.wait_for(|state| !matches!(state, State::Up(_))).await;
        let _ = state.wait_for(|state| matches!(state, State::Up(_))).await;
    }

    /// Waits a moment where it has just come back.
    pub(super) async fn settled(&self) {
        if let Some(Live { number: 1.., since, .. }) = self.live().await {
            sleep_until(since + SETTLING).await;
        }
    }

    /// Returns the connection. Only before the very first one is there anything to wait for.
    async fn live(&self) -> Option<Live> {
        let mut state = self.state.0.subscribe();
        let first = state.wait_for(|state| !matches!(state, State::First));
        match &*timeout_at(self.opened + FIRST, first).await.ok()?.ok()? {
            State::Up(live) => Some(live.clone()),
            State::First | State::Down => None,
        }
    }
}

/// What keeps the connection.
struct Keeper {
    client: Client,
    process: String,
    secret: String,
    state: Switch,
    told: broadcast::Sender<Told>,
}

impl Keeper {
    async fn keep(self) {
        let (mut was_up, mut is_known) = (true, false);
        for number in 0.. {
            match self.connect(number).await {
                Ok(mut connection) => {
                    let (since, live) = (Instant::now(), connection.clone());
                    let live = Live { connection: live, number, since };
                    self.state.0.send_replace(State::Up(live));
                    if !was_up {
                        tracing::warn!("the shared store answers again");
                    }
                    was_up = true;
                    if !is_known && let Ok(eviction) = eviction(&mut connection).await {
                        is_known = true;
                        if let Some(policy) = eviction {
                            tracing::warn!(
                                policy,
                                "the shared store may drop keys when its memory is full, and limits with them: set its maxmemory-policy to noeviction"
                            );
                        }
                    }
                    self.watch(connection, number).await;
                }
                Err(problem) if was_up => {
                    was_up = false;
                    // Its words may hold an address, never a password.
                    tracing::warn!(kind = ?problem.kind(), code = problem.code(), "the shared store cannot be used: limits are this process's own until it can");
                }
                Err(_) => {}
            }
            self.state.0.send_replace(State::Down);
            sleep(until_again(now())).await;
        }
    }

    async fn connect(&self, number: Number) -> RedisResult<MultiplexedConnection> {
        let (told, state) = (self.told.clone(), self.state.clone());
        let push = move |push: PushInfo| -> Result<(), ()> {
            match push.kind {
                PushKind::Disconnection => state.fail(number),
                PushKind::Message => {
                    if let [Value::BulkString(channel), Value::BulkString(text)] = &*push.data {
                        let text = String::from_utf8_lossy(text).into_owned();
                        let is_to_all = *channel == cancellations::channel().into_bytes();
                        let message =
                            if is_to_all { Told::Cancelled(text) } else { Told::Message(text) };
                        let _ = told.send(message);
                    }
                }
                _ => {}
            }
            Ok(())
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(ANSWER))
            .set_push_sender(push);
        let mut connection =
            self.client.get_multiplexed_async_connection_with_config(&config).await?;
        self.probe(&mut connection).await?;
        connection.subscribe(&[channel(&self.process), cancellations::channel()]).await?;
        Ok(connection)
    }

    /// Returns once the connection is not to be used any more.
    async fn watch(&self, mut connection: MultiplexedConnection, number: Number) {
        loop {
            let probed = async {
                sleep(PROBE).await;
                self.probe(&mut connection).await
            };
            tokio::select! {
                () = self.state.gone() => return,
                probed = probed => {
                    if probed.is_err() {
                        self.state.fail(number);
                        return;
                    }
                }
            }
        }
    }

    /// Writes something, as a store that only reads is of no use.
    async fn probe(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let (now, secrets) = (now(), secrets());
        redis::pipe()
            .cmd("ZADD")
            .arg(&secrets)
            .arg(now + USED)
            .arg(&self.secret)
            .ignore()
            .cmd("PEXPIRE")
            .arg(&secrets)
            .arg(USED * 2)
            .ignore()
            .query_async(connection)
            .await
    }
}

/// Asks by which rule the store drops keys, if it may drop any.
async fn eviction(connection: &mut MultiplexedConnection) -> RedisResult<Option<String>> {
    let information: String = redis::cmd("INFO").arg("memory").query_async(connection).await?;
    Ok(inspection::eviction(&information))
}

/// Returns the key of the secrets that were used lately: a hash of each, and until when that counts.
pub(super) fn secrets() -> String {
    format!("wolkvox:{VERSION}:secrets")
}

/// Returns how long to wait before the next try. All processes try at the same moments: while one had
/// the store back already and another not yet, their requests would not know of each other.
fn until_again(now: u64) -> Duration {
    let earliest = now + NOTICED;
    Duration::from_millis(earliest.next_multiple_of(AGAIN) - now)
}

/// Returns this computer's time in milliseconds. Only what may be some seconds wrong goes by it.
pub(super) fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// Returns the channel on which a process is told something.
pub(super) fn channel(process: &str) -> String {
    format!("wolkvox:{VERSION}:to:{process}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_lost_the_store_at_different_moments_try_again_at_the_same() {
        let (first, second) = (1_000_100, 1_000_420);
        let next = |now: u64| u128::from(now) + until_again(now).as_millis();
        assert_eq!((next(first), next(second)), (1_000_500, 1_000_500));
        assert_eq!(next(1_000_470), 1_001_000, "nobody would have noticed");
    }
}
