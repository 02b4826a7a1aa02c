use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep};

use super::{CALLERS, OLDER, Server, by_customer, listing, write_private};

/// A caller as the file has it.
pub(crate) fn caller(name: &str, token: &str, more: &str) -> String {
    let digest = Sha256::digest(token);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("[[callers]]\nname = '{name}'\nsha256 = '{digest}'\n{more}\n")
}

/// Asks with a caller's token, and returns the status.
pub(crate) async fn ask(server: &Server, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    server.post(&[OLDER, ("Authorization", &bearer)], &by_customer(1)).await.status
}

const ANA: &str = "wvx_ficticio-de-ana";
const EVA: &str = "wvx_ficticio-de-eva";

/// A server with Ana in its file of callers.
async fn with_ana() -> Server {
    Server::start(&["--callers", CALLERS], &[(CALLERS, &caller("ana", ANA, ""))]).await
}

/// Writes the file of callers as an editor does: in place.
fn edit(server: &Server, text: &str) {
    write_private(&server.folder.path().join(CALLERS), text);
}

/// Asks until the status is this one.
async fn until(server: &Server, token: &str, status: u16) {
    let began = Instant::now();
    while ask(server, token).await != status {
        assert!(began.elapsed() < super::TIMELY, "{}", server.log());
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_token_is_let_in_until_the_moment_it_expires() {
    let server = with_ana().await;
    let now = jiff::Timestamp::now().as_second();
    let expires = jiff::Timestamp::from_second(now + 4).expect("a time");
    edit(&server, &caller("eva", EVA, &format!("expires = {expires}")));
    until(&server, EVA, 200).await;
    loop {
        let (before, status) = (jiff::Timestamp::now(), ask(&server, EVA).await);
        match status {
            200 => assert!(before < expires, "let in after {expires}"),
            _ => break assert_eq!((status, jiff::Timestamp::now() >= expires), (401, true)),
        }
        sleep(Duration::from_millis(20)).await;
    }
    let numbers = server.admin("/metrics").await.body;
    assert!(numbers.contains("authentication_failures_total{reason=\"unknown\"}"), "{numbers}");
}

#[tokio::test]
async fn a_slip_in_the_file_of_callers_locks_nobody_out_and_is_said_once_with_its_line() {
    let server = with_ana().await;
    let ana = caller("ana", ANA, "");
    let wrong = format!("{ana}{}", caller("eva", EVA, "expire = 2030-01-31"));
    edit(&server, &wrong);
    let began = Instant::now();
    // It is looked at with every call, at most once a second.
    while !server.log().contains("those known stay") {
        assert_eq!(ask(&server, ANA).await, 200);
        assert!(began.elapsed() < super::TIMELY, "{}", server.log());
        sleep(Duration::from_millis(100)).await;
    }
    let log = server.log();
    assert!(log.contains("line 8"), "{log}");
    assert!(log.contains("`expire`"), "{log}");
    assert_eq!(ask(&server, EVA).await, 401);
    sleep(Duration::from_millis(1200)).await;
    assert_eq!(ask(&server, ANA).await, 200);
    assert_eq!(server.log().matches("those known stay").count(), 1, "{}", server.log());
    edit(&server, &(ana + &caller("eva", EVA, "")));
    until(&server, EVA, 200).await;
    let log = server.end().await;
    assert!(!log.contains(ANA) && !log.contains(EVA), "{log}");
}

#[tokio::test]
async fn a_file_of_callers_that_is_deleted_locks_nobody_out_and_is_said() {
    let server = with_ana().await;
    std::fs::remove_file(server.folder.path().join(CALLERS)).expect("removed");
    let began = Instant::now();
    while !server.log().contains("those known stay") {
        assert_eq!(ask(&server, ANA).await, 200);
        assert!(began.elapsed() < super::TIMELY, "{}", server.log());
        sleep(Duration::from_millis(100)).await;
    }
    assert!(server.log().contains(CALLERS), "{}", server.log());
    // What comes in its place counts, also where it lets in nobody of before.
    edit(&server, &caller("eva", EVA, ""));
    until(&server, EVA, 200).await;
    assert_eq!(ask(&server, ANA).await, 401);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_of_callers_that_others_can_write_is_not_taken() {
    use std::os::unix::fs::PermissionsExt;
    let server = with_ana().await;
    let path = server.folder.path().join(CALLERS);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).expect("set");
    std::fs::write(&path, caller("eva", EVA, "")).expect("written");
    server.signal("HUP");
    server.says(0, "those known stay").await;
    assert_eq!((ask(&server, ANA).await, ask(&server, EVA).await), (200, 401));
    assert_eq!(server.post(&[], &listing()).await.status, 401);
}
