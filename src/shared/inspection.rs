//! Looks at the store for `check`.

use std::time::{Duration, Instant};

use super::store::{self, Store, now};
use super::{Gone, Secrets};

/// What the store says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its name and version, if it tells them.
    pub server: Option<String>,
    /// How long an answer takes.
    pub round_trip: Duration,
    /// The rule by which it drops keys when its memory is full, if it may drop any.
    pub eviction: Option<String>,
    /// Whether a process that used it in the last seconds has another secret.
    pub has_strangers: bool,
}

pub(super) async fn inspect(store: &Store, secrets: &Secrets) -> Result<Inspection, Gone> {
    let information: String =
        store.call(|mut it| async move { redis::cmd("INFO").query_async(&mut it).await }).await?;
    let began = Instant::now();
    let known: Vec<String> = store
        .call(|mut it| async move {
            let mut range = redis::cmd("ZRANGEBYSCORE");
            range.arg(store::secrets()).arg(now()).arg("+inf").query_async(&mut it).await
        })
        .await?;
    let round_trip = began.elapsed();
    let own = secrets.fingerprint();
    Ok(Inspection {
        server: server(&information),
        round_trip,
        eviction: eviction(&information),
        has_strangers: known.iter().any(|it| *it != own),
    })
}

/// Reads name and version from what `INFO` says.
fn server(information: &str) -> Option<String> {
    match (value(information, "valkey_version"), value(information, "redis_version")) {
        (Some(version), _) => Some(format!("Valkey {version}")),
        (None, Some(version)) => Some(format!("Redis {version}")),
        (None, None) => None,
    }
}

/// Reads from what `INFO` says by which rule keys are dropped, if any may be.
pub(super) fn eviction(information: &str) -> Option<String> {
    let is_bounded = value(information, "maxmemory").is_some_and(|bytes| bytes != "0");
    let policy = value(information, "maxmemory_policy")?;
    (is_bounded && policy != "noeviction").then(|| policy.to_owned())
}

fn value<'a>(information: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = information.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_drop_keys_is_told_and_what_may_not_is_not() {
        let text = |version: &str, memory: u32, policy: &str| {
            format!("# Server\r\n{version}\r\nmaxmemory:{memory}\r\nmaxmemory_policy:{policy}\r\n")
        };
        let valkey = "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2";
        assert_eq!(eviction(&text(valkey, 1_000, "allkeys-lru")).as_deref(), Some("allkeys-lru"));
        assert_eq!(eviction(&text(valkey, 1_000, "noeviction")), None);
        assert_eq!(eviction(&text(valkey, 0, "allkeys-lru")), None);
        assert_eq!(server(&text(valkey, 0, "x")).as_deref(), Some("Valkey 9.1.2"));
        let redis = server(&text("redis_version:7.0.15", 0, "x"));
        assert_eq!(redis.as_deref(), Some("Redis 7.0.15"));
        assert_eq!((server(""), eviction("")), (None, None));
    }
}
