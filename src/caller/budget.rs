//! Counts each person's look-ups against what the person's role allows a minute and a day. They
//! count as they are admitted, also those that are answered from the cache.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{ZonedDateTime, civil};
use tokio::time::Instant;

use super::Caller;
use crate::clock::Clock;
use crate::error::{Budget, Error};
use crate::shared::{Allowance, Gone, Shared, UsedUp};

const MINUTE: Duration = Duration::from_secs(60);

/// What each person has asked; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    people: Arc<Mutex<HashMap<String, Spent>>>,
    /// What all processes together have been asked.
    shared: Option<Shared>,
}

/// What one person has asked.
#[derive(Debug, Default)]
struct Spent {
    /// When, in the last minute.
    recent: VecDeque<Instant>,
    /// The day, where the call centre is, and how often on it.
    day: (civil::Date, u32),
}

impl Budgets {
    /// Admits a look-up and counts it, or refuses it.
    ///
    /// # Errors
    ///
    /// [`Error::OverBudget`], with the wait until the next look-up may pass.
    pub async fn admit(&self, caller: &Caller, clock: &Clock) -> Result<(), Error> {
        if caller.role.rate.is_none() && caller.role.daily.is_none() {
            return Ok(());
        }
        let time = clock.now();
        if let Some(shared) = &self.shared
            && let Ok(admitted) = self.admit_among_all(shared, caller, &time).await
        {
            return admitted;
        }
        self.admit_at(caller, Instant::now(), &time)
    }

    /// Counts a look-up for all processes, and here too, for the time when they cannot be reached.
    async fn admit_among_all(
        &self,
        shared: &Shared,
        caller: &Caller,
        now: &ZonedDateTime,
    ) -> Result<Result<(), Error>, Gone> {
        let allowance = Allowance { a_minute: caller.role.rate, a_day: caller.role.daily };
        let day = now.date().to_string();
        let refused = match shared.admit(&caller.person(), &day, allowance).await? {
            Ok(()) => {
                let _ = self.admit_at(caller, Instant::now(), now);
                return Ok(Ok(()));
            }
            Err(refused) => refused,
        };
        let (budget, limit, wait) = match refused {
            UsedUp::Minute(wait) => (Budget::Minute, caller.role.rate, wait),
            UsedUp::Day => (Budget::Day, caller.role.daily, until_tomorrow(now)),
        };
        let limit = limit.map_or(0, NonZeroU32::get);
        Ok(Err(Error::OverBudget { budget, limit, wait }))
    }

    /// Creates budgets that all processes keep together.
    pub fn sharing(shared: Option<Shared>) -> Self {
        Self { shared, ..Self::default() }
    }

    fn admit_at(&self, caller: &Caller, now: Instant, time: &ZonedDateTime) -> Result<(), Error> {
        let today = time.date();
        let mut all = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let person = caller.person();
        if !all.contains_key(&*person) {
            // Who has not asked today needs no line.
            all.retain(|_, spent| spent.day.0 >= today);
        }
        let spent = all.entry(person.to_string()).or_default();
        // A day that has begun for one tenant has not ended for another in a zone further west.
        if spent.day.0 < today {
            spent.day = (today, 0);
        }
        if let Some(limit) = caller.role.daily.filter(|limit| spent.day.1 >= limit.get()) {
            let wait = until_tomorrow(time);
            return Err(Error::OverBudget { budget: Budget::Day, limit: limit.get(), wait });
        }
        while spent.recent.front().is_some_and(|oldest| now >= *oldest + MINUTE) {
            spent.recent.pop_front();
        }
        if let Some(limit) = caller.role.rate
            && let Some(oldest) = spent.recent.front()
            && spent.recent.len() >= usize::try_from(limit.get()).unwrap_or(usize::MAX)
        {
            let wait = *oldest + MINUTE - now;
            return Err(Error::OverBudget { budget: Budget::Minute, limit: limit.get(), wait });
        }
        if caller.role.rate.is_some() {
            spent.recent.push_back(now);
        }
        spent.day.1 += 1;
        Ok(())
    }
}

/// Returns how long the day goes on.
fn until_tomorrow(now: &ZonedDateTime) -> Duration {
    let midnight = now.tomorrow().and_then(|it| it.start_of_day());
    midnight.ok().and_then(|it| it.duration_since(now).try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::caller::Role;

    fn caller(id: &str, rate: Option<u32>, daily: Option<u32>) -> Caller {
        let (rate, daily) = (rate.and_then(NonZeroU32::new), daily.and_then(NonZeroU32::new));
        let role = Arc::new(Role { rate, daily, ..Role::default() });
        Caller { role, ..Caller::system(id.to_owned()) }
    }

    fn refused(result: Result<(), Error>) -> Option<(Budget, u64)> {
        match result {
            Ok(()) => None,
            Err(Error::OverBudget { budget, wait, .. }) => Some((budget, wait.as_secs())),
            Err(error) => panic!("{error:?}"),
        }
    }

    fn time(text: &str) -> ZonedDateTime {
        text.parse().expect("a time")
    }

    #[test]
    fn no_minute_has_more_look_ups_of_a_person_than_the_role_allows() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let time = &time("2026-11-25T10:00[America/Bogota]");
        let (ana, eva) = (caller("ana", Some(2), None), caller("eva", Some(2), None));
        let after = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(refused(budgets.admit_at(&ana, now, time)), None);
        assert_eq!(refused(budgets.admit_at(&ana, after(20), time)), None);
        assert_eq!(refused(budgets.admit_at(&ana, after(30), time)), Some((Budget::Minute, 30)));
        assert_eq!(refused(budgets.admit_at(&eva, after(30), time)), None);
        assert_eq!(refused(budgets.admit_at(&ana, after(60), time)), None);
        assert_eq!(refused(budgets.admit_at(&ana, after(61), time)), Some((Budget::Minute, 19)));
    }

    #[test]
    fn a_day_has_no_more_and_ends_at_the_call_centres_midnight() {
        let (budgets, now) = (Budgets::default(), Instant::now());
        let ana = caller("ana", None, Some(1));
        // In UTC it is the next day already.
        let evening = &time("2026-11-25T23:00[America/Bogota]");
        assert_eq!(refused(budgets.admit_at(&ana, now, evening)), None);
        assert_eq!(refused(budgets.admit_at(&ana, now, evening)), Some((Budget::Day, 3600)));
        let night = &time("2026-11-26T00:00[America/Bogota]");
        assert_eq!(refused(budgets.admit_at(&ana, now, night)), None);
        assert!(
            refused(budgets.admit_at(&ana, now, evening)).is_some(),
            "not the day before again"
        );
    }

    #[tokio::test]
    async fn who_has_no_budget_is_not_counted() {
        let budgets = Budgets::default();
        assert_eq!(
            refused(budgets.admit(&caller("ana", None, None), &Clock::default()).await),
            None
        );
        assert!(budgets.people.lock().expect("not poisoned").is_empty());
    }
}
