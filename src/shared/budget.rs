//! Counts people's look-ups for all processes together.

use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use super::store::Store;
use super::{Gone, Secrets, VERSION};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("budget.lua")));

/// What a person's role allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    pub(crate) a_minute: Option<NonZeroU32>,
    pub(crate) a_day: Option<NonZeroU32>,
}

/// Which part of it is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsedUp {
    /// The next look-up may pass after this time.
    Minute(Duration),
    Day,
}

pub(super) async fn admit(
    store: &Store,
    secrets: &Secrets,
    person: &str,
    day: &str,
    allowance: Allowance,
) -> Result<Result<(), UsedUp>, Gone> {
    let name = secrets.person(person);
    let most = |limit: Option<NonZeroU32>| limit.map_or(0, NonZeroU32::get);
    let mut call = SCRIPT.prepare_invoke();
    call.key(format!("wolkvox:{VERSION}:{{{name}}}:minute"));
    call.key(format!("wolkvox:{VERSION}:{{{name}}}:day:{day}"));
    call.arg(uuid::Uuid::new_v4().simple().to_string());
    call.arg(most(allowance.a_minute)).arg(most(allowance.a_day));
    let (answer, wait): (i64, u64) =
        store.call(|mut it| async move { call.invoke_async(&mut it).await }).await?;
    Ok(match answer {
        -1 => Err(UsedUp::Day),
        -2 => Err(UsedUp::Minute(Duration::from_millis(wait))),
        _ => Ok(()),
    })
}
