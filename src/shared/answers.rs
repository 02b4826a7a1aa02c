//! Keeps answers in the store for some seconds: sealed (AES-256-GCM), under names that only who has
//! the secret can compute. What cannot be opened is as if it were not there.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use super::secrets::Secret;
use super::store::Store;
use super::{Account, Secrets, VERSION};
use crate::answer::{Found, Row};

/// Most bytes of an answer that is shared; a larger one is asked for anew.
const LARGEST: usize = 2 * 1024 * 1024;
/// How far ahead another computer's clock may be.
const AHEAD: SignedDuration = SignedDuration::from_secs(5);

/// A whole answer, as it is sealed.
#[derive(Deserialize, Serialize)]
struct Kept {
    /// When wolkvox answered.
    as_of: String,
    rows: Vec<Row>,
    upstream_total: Option<u64>,
    complete: bool,
    blank: usize,
}

pub(super) async fn get(
    store: &Store,
    secrets: &Secrets,
    account: &Account,
    question: &[u8],
    age: Duration,
) -> Option<Found> {
    let mut get = redis::cmd("MGET");
    for secret in secrets.all() {
        get.arg(name(secret, account, question));
    }
    let sealed: Vec<Option<Vec<u8>>> =
        store.call(|mut it| async move { get.query_async(&mut it).await }).await.ok()?;
    let opened = secrets.all().zip(sealed).find_map(|(secret, sealed)| {
        let text = open(secret, &name(secret, account, question), sealed?)?;
        serde_json::from_slice::<Kept>(&text).ok()
    })?;
    let Kept { as_of, rows, upstream_total, complete, blank } = opened;
    let as_of: Timestamp = as_of.parse().ok()?;
    is_fresh(as_of, Timestamp::now(), age).then_some(Found {
        rows,
        as_of,
        upstream_total,
        complete,
        cut_short: None,
        blank,
    })
}

pub(super) async fn put(
    store: &Store,
    secrets: &Secrets,
    account: &Account,
    question: &[u8],
    found: &Found,
    age: Duration,
) {
    let secret = secrets.newest();
    let name = name(secret, account, question);
    let Some(sealed) = seal(secret, &name, found) else { return };
    let milliseconds = u64::try_from(age.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut set = redis::cmd("SET");
    set.arg(name).arg(sealed).arg("PX").arg(milliseconds);
    // Who cannot share an answer has it all the same.
    let _ = store.call::<(), _>(|mut it| async move { set.query_async(&mut it).await }).await;
}

/// Returns whether an answer is young enough. The reader's own limit counts, whatever the writer's was.
fn is_fresh(as_of: Timestamp, now: Timestamp, age: Duration) -> bool {
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    now.duration_since(as_of) < age && as_of.duration_since(now) < AHEAD
}

/// Returns the name of an answer: everything that it depends on is in it.
fn name(secret: &Secret, account: &Account, question: &[u8]) -> String {
    let parts = [account.server.as_bytes(), account.token.as_bytes(), question];
    format!("wolkvox:{VERSION}:answer:{}", secret.name("answer", &parts))
}

fn seal(secret: &Secret, name: &str, found: &Found) -> Option<Vec<u8>> {
    let kept = Kept {
        as_of: found.as_of.to_string(),
        rows: found.rows.clone(),
        upstream_total: found.upstream_total,
        complete: found.complete,
        blank: found.blank,
    };
    let mut text = serde_json::to_vec(&kept).ok().filter(|text| text.len() <= LARGEST)?;
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    let tag = key(secret)?.seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(name),
        &mut text,
    );
    Some([&nonce[..], &text, tag.ok()?.as_ref()].concat())
}

fn open(secret: &Secret, name: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let opened = key(secret)?.open_in_place(nonce, Aad::from(name), text).ok()?;
    Some(opened.to_vec())
}

fn key(secret: &Secret) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &secret.seal()).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::tidy;
    use crate::wolkvox::Token;

    fn secret(text: &str) -> Secrets {
        Secrets::parse(text).expect("a secret")
    }

    fn found(note: &str) -> Found {
        let record =
            [("id_customer", "900000001"), ("date", "2026-11-20 10:15:00"), ("Nota", note)];
        let record = record.into_iter().map(|(name, value)| (name.into(), json!(value)));
        let rows = tidy(vec![record.collect()]);
        let as_of = "2026-11-25T12:00:00.25Z".parse().expect("a time");
        let upstream_total = Some(1);
        Found { rows, as_of, upstream_total, complete: true, cut_short: None, blank: 2 }
    }

    #[test]
    fn what_is_sealed_is_opened_as_it_was() {
        let secrets = secret("a-fictitious-secret");
        let found = found("Llamó ¿mañana?");
        let sealed = seal(secrets.newest(), "name", &found).expect("sealed");
        let text = open(secrets.newest(), "name", sealed).expect("opened");
        let kept: Kept = serde_json::from_slice(&text).expect("an answer");
        assert_eq!(kept.rows, found.rows);
        assert_eq!(kept.as_of, found.as_of.to_string());
        assert_eq!((kept.upstream_total, kept.complete, kept.blank), (Some(1), true, 2));
    }

    #[test]
    fn what_was_changed_moved_or_sealed_by_others_is_not_opened() {
        let secrets = secret("a-fictitious-secret");
        let sealed = seal(secrets.newest(), "name", &found("")).expect("sealed");
        assert_eq!(open(secrets.newest(), "another name", sealed.clone()), None);
        let others = secret("another-fictitious-secret");
        assert_eq!(open(others.newest(), "name", sealed.clone()), None);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(open(secrets.newest(), "name", changed), None, "byte {index}");
        }
        assert_eq!(open(secrets.newest(), "name", Vec::new()), None);
        assert_eq!(open(secrets.newest(), "name", b"garbage of no use".to_vec()), None);
    }

    #[test]
    fn an_answer_is_used_as_long_as_its_reader_says_and_not_before_its_time() {
        let as_of: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
        let after = |milliseconds| as_of + SignedDuration::from_millis(milliseconds);
        let age = Duration::from_secs(2);
        for (milliseconds, expected) in
            [(0, true), (1_999, true), (2_000, false), (-4_999, true), (-5_000, false)]
        {
            assert_eq!(is_fresh(as_of, after(milliseconds), age), expected, "{milliseconds}");
        }
        assert!(is_fresh(as_of, after(1_000), Duration::MAX));
    }

    #[test]
    fn answers_of_different_servers_tokens_and_questions_have_different_names() {
        let secrets = secret("a-fictitious-secret");
        let account = |server: &str, token: &str| Account {
            tag: "tag".into(),
            server: server.into(),
            token: Token::parse(token).expect("a token").fingerprint(),
        };
        let name = |server, token, question: &[u8]| {
            name(secrets.newest(), &account(server, token), question)
        };
        let one = name("crm0001.wolkvox.com", "ficticio-0001", b"a");
        assert_eq!(one, name("crm0001.wolkvox.com", "ficticio-0001", b"a"));
        assert_ne!(one, name("crm0002.wolkvox.com", "ficticio-0001", b"a"));
        assert_ne!(one, name("crm0001.wolkvox.com", "ficticio-0002", b"a"));
        assert_ne!(one, name("crm0001.wolkvox.com", "ficticio-0001", b"b"));
    }

    #[test]
    fn the_same_answer_is_sealed_differently_each_time() {
        let secrets = secret("a-fictitious-secret");
        let sealed = || seal(secrets.newest(), "name", &found("")).expect("sealed");
        assert_ne!(sealed(), sealed());
    }

    #[test]
    fn a_large_answer_is_not_shared() {
        let secrets = secret("a-fictitious-secret");
        let Found { rows, .. } = found("");
        let rows = rows.into_iter().cycle().take(LARGEST / 50).collect();
        let large = Found { rows, ..found("") };
        assert!(seal(secrets.newest(), "name", &large).is_none());
    }
}
