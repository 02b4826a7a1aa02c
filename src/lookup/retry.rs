//! Decides whether a failed try is repeated, and when (pure).
//!
//! Repeated is what may pass by itself: no connection, a server's 5xx, a reply cut off, and
//! `busy`. Everything else would fail again. Every try spends the tenant's quota, so there are
//! few, all inside the look-up's deadline. Own code, as backon knows no deadline that moves when
//! another caller joins.

use std::time::Duration;

use crate::error::{Error, Outage, ReplyDefect};
use crate::wolkvox::{Failure, Retry};

/// Tries of one request in all.
const MOST_TRIES: u32 = 3;
/// Longest wait before the second try; it doubles for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(300);
/// The same for `busy`, which others who share the token cause and which passes by itself.
const MOST_TRIES_IF_BUSY: u32 = 6;
const FIRST_WAIT_IF_BUSY: Duration = Duration::from_millis(500);
const LONGEST_WAIT_IF_BUSY: Duration = Duration::from_secs(4);

/// How long a kept connection may be silent at least before it can count as dead: a part of the
/// deadline that leaves time for a second try, and no less than a few lost packets cost.
const PATIENCE: u32 = 3;
const LEAST_PATIENCE: Duration = Duration::from_secs(2);

/// Returns how long silence on a kept connection is borne at least, within this deadline.
pub(super) fn patience(timeout: Duration) -> Duration {
    (timeout / PATIENCE).max(LEAST_PATIENCE)
}

/// What follows a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Wait this long and try again.
    Wait(Duration),
    /// The failure stands.
    Stop,
}

/// Decides after `tries` tries. `chance`, from 0 to 1, is the jitter: the wait is that part of the
/// longest one ("full jitter"), so that callers who failed together do not come back together.
pub(super) fn decide(failure: &Failure, tries: u32, left: Duration, chance: f64) -> Decision {
    if failure.retry == Retry::OtherMethod {
        // Once, and at once: a server that refuses both methods will not take a third.
        return if tries == 1 { Decision::Wait(Duration::ZERO) } else { Decision::Stop };
    }
    if failure.retry == Retry::NewConnection {
        // Over a new connection it cannot happen again.
        return Decision::Wait(Duration::ZERO);
    }
    let most = match &failure.error {
        Error::Busy { .. } => MOST_TRIES_IF_BUSY,
        // A wrong certificate or an open circuit does not change within a second.
        Error::Unavailable { outage: Outage::Tls(_) | Outage::CircuitOpen { .. } } => 1,
        Error::Unavailable { .. } => MOST_TRIES,
        Error::UnexpectedReply(ReplyDefect::Truncated { .. }) => 2,
        _ => 1,
    };
    if tries >= most {
        return Decision::Stop;
    }
    let wait = match failure.retry {
        Retry::After(wait) => wait,
        _ => wait(&failure.error, tries, chance),
    };
    if wait < left { Decision::Wait(wait) } else { Decision::Stop }
}

/// Returns how long to wait before the next try.
fn wait(error: &Error, tries: u32, chance: f64) -> Duration {
    let chance = chance.clamp(0.0, 1.0);
    let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
    match error {
        // At least half of the longest one: who was refused is not alone, and gains time.
        Error::Busy { .. } => {
            let longest = (FIRST_WAIT_IF_BUSY * doubled).min(LONGEST_WAIT_IF_BUSY);
            longest.mul_f64(0.5 + chance / 2.0)
        }
        _ => (FIRST_WAIT * doubled).mul_f64(chance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{BodyKind, ConnectFailure, TlsFailure, UpstreamMessage};
    use crate::language::Bilingual;

    const LEFT: Duration = Duration::from_secs(10);

    fn failure(error: Error) -> Failure {
        Failure { error, retry: Retry::Unsaid }
    }

    fn busy() -> Failure {
        failure(Error::Busy { attempts: 1, max_in_flight: None })
    }

    fn unavailable(outage: Outage) -> Failure {
        failure(Error::Unavailable { outage })
    }

    #[test]
    fn what_may_pass_is_repeated_and_nothing_else() {
        let cut_off = Error::UnexpectedReply(ReplyDefect::Truncated { bytes: 9 });
        let html = Error::UnexpectedReply(ReplyDefect::NotJson {
            body: BodyKind::Text,
            bytes: 9,
            status: 200,
        });
        let quota = Error::QuotaExhausted { hold: Some(LEFT) };
        for (name, failure, tries) in [
            ("busy", busy(), 6),
            ("a reset", unavailable(Outage::CutOff), 3),
            ("no connection", unavailable(Outage::Connect(ConnectFailure::Refused)), 3),
            ("no name", unavailable(Outage::Dns), 3),
            ("a 502", unavailable(Outage::Status(502)), 3),
            ("a certificate", unavailable(Outage::Tls(TlsFailure::Expired)), 1),
            ("JSON cut off", failure(cut_off), 2),
            ("HTML", failure(html), 1),
            ("quota", failure(quota), 1),
            (
                "invalid input",
                failure(Error::invalid_input(Bilingual::same("x"), Bilingual::same("y"))),
                1,
            ),
            ("a bug", failure(Error::Internal), 1),
        ] {
            let made = (1..10).find(|tries| decide(&failure, *tries, LEFT, 0.5) == Decision::Stop);
            assert_eq!(made, Some(tries), "{name}");
        }
    }

    #[test]
    fn the_other_method_is_tried_once_and_at_once() {
        let refused = Error::Rejected { code: 405, said: UpstreamMessage::Nothing };
        let refused = Failure { error: refused, retry: Retry::OtherMethod };
        assert_eq!(decide(&refused, 1, LEFT, 1.0), Decision::Wait(Duration::ZERO));
        assert_eq!(decide(&refused, 2, LEFT, 0.0), Decision::Stop);
    }

    #[test]
    fn a_dead_connection_costs_no_wait() {
        let dead = Failure { retry: Retry::NewConnection, ..unavailable(Outage::CutOff) };
        assert_eq!(decide(&dead, 1, LEFT, 1.0), Decision::Wait(Duration::ZERO));
        assert_eq!(decide(&dead, 3, LEFT, 1.0), Decision::Wait(Duration::ZERO));
    }

    #[test]
    fn waits_double_and_are_spread_over_their_whole_length() {
        for (tries, chance, milliseconds) in
            [(1, 0.0, 0), (1, 0.5, 150), (1, 1.0, 300), (2, 0.0, 0), (2, 1.0, 600)]
        {
            let wait = Decision::Wait(Duration::from_millis(milliseconds));
            let reset = unavailable(Outage::CutOff);
            assert_eq!(decide(&reset, tries, LEFT, chance), wait, "after {tries} with {chance}");
        }
    }

    #[test]
    fn a_busy_wolkvox_is_given_more_time_and_never_asked_again_at_once() {
        for (tries, chance, milliseconds) in
            [(1, 0.0, 250), (1, 1.0, 500), (2, 1.0, 1_000), (4, 0.0, 2_000), (5, 1.0, 4_000)]
        {
            let wait = Decision::Wait(Duration::from_millis(milliseconds));
            assert_eq!(decide(&busy(), tries, LEFT, chance), wait, "after {tries} with {chance}");
        }
        assert_eq!(decide(&busy(), 6, LEFT, 0.0), Decision::Stop);
    }

    #[test]
    fn a_wait_that_the_deadline_does_not_allow_is_not_begun() {
        let left = Duration::from_millis(100);
        assert_eq!(decide(&busy(), 1, left, 0.9), Decision::Stop);
        assert_eq!(decide(&busy(), 1, Duration::ZERO, 0.0), Decision::Stop);
    }

    #[test]
    fn the_servers_own_wait_is_kept_if_it_fits() {
        let told =
            |seconds| Failure { retry: Retry::After(Duration::from_secs(seconds)), ..busy() };
        let kept = Decision::Wait(Duration::from_secs(3));
        assert_eq!(decide(&told(3), 1, LEFT, 0.1), kept);
        assert_eq!(decide(&told(30), 1, LEFT, 0.1), Decision::Stop);
    }

    #[test]
    fn a_wait_up_to_the_deadline_leaves_no_time_to_ask() {
        let told = Failure { retry: Retry::After(LEFT), ..busy() };
        assert_eq!(decide(&told, 1, LEFT, 0.1), Decision::Stop);
    }
}
