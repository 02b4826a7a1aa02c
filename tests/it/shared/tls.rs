//! A store that speaks TLS, with a certificate of the company's own authority, and lets in nobody
//! without user and password. Valkey's package has no TLS; Redis's has.

use serde_json::Value;

use super::{SECRET, Team, ask};
use crate::support::{Authority, Program, Store};

const PASSWORD: &str = "clave-ficticia-0001";

struct Encrypted {
    store: Store,
    /// The certificate of the authority.
    authority: tempfile::NamedTempFile,
    secret: tempfile::NamedTempFile,
}

impl Encrypted {
    /// Starts Redis, if there is one here.
    fn start() -> Option<Self> {
        let made = Authority::certify("localhost");
        let store = Store::encrypted(&made, "agente", PASSWORD)?;
        let file = |text: &str| {
            let file = tempfile::NamedTempFile::new().expect("a file");
            std::fs::write(file.path(), text).expect("written");
            file
        };
        Some(Self { store, authority: file(&made.certificate), secret: file(SECRET) })
    }

    fn url(&self, password: &str) -> String {
        let (_, port) = self.store.url().rsplit_once(':').map(own).expect("a port");
        format!("rediss://agente:{password}@localhost:{port}")
    }

    /// Runs `check`, and returns the step of the store and what was printed beside the steps.
    async fn check(&self, password: &str, more: &[&str], system: &str) -> (Value, String) {
        let secret = self.secret.path().display().to_string();
        let environment = [
            ("WOLKVOX_SHARED", &*self.url(password)),
            ("WOLKVOX_SHARED_SECRET_FILE", &secret),
            // What the system trusts.
            ("SSL_CERT_FILE", system),
        ];
        let arguments = [&["--sandbox", "check", "--json"], more].concat();
        let ended = Program::run(&arguments, &environment).await;
        let ticket: Value = serde_json::from_str(&ended.stdout.concat()).expect("a ticket");
        let steps = ticket["steps"].as_array().expect("steps").clone();
        let step = steps.into_iter().find(|step| step["step"] == "shared").expect("a step");
        assert!(!ticket.to_string().contains(PASSWORD), "{ticket}");
        (step, ended.stderr)
    }
}

fn own((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

#[tokio::test]
async fn a_store_is_reached_over_tls_with_the_companys_authority_user_and_password() {
    let Some(encrypted) = Encrypted::start() else { return };
    let authority = encrypted.authority.path().display().to_string();
    let team = Team { url: encrypted.url(PASSWORD), ..Team::new(&encrypted.store, |_| None).await };
    let more = [("WOLKVOX_CA_FILE", authority.as_str())];
    let (mut first, mut second) = (team.start(&more).await, team.start(&more).await);
    ask(&mut first, 900_000_001).await;
    ask(&mut second, 900_000_001).await;
    assert_eq!(team.sandbox.requests(), 1);
    for program in [first, second] {
        let log = program.end().await.stderr;
        assert!(!log.contains("WARN") && !log.contains(PASSWORD), "{log}");
    }
}

#[tokio::test]
async fn check_tells_a_wrong_password_or_authority_and_prints_nothing_else() {
    let Some(encrypted) = Encrypted::start() else { return };
    let authority = encrypted.authority.path().display().to_string();
    let trusting = ["--ca-file", authority.as_str()];
    let other = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(other.path(), Authority::certify("localhost").certificate).expect("written");
    let other = other.path().display().to_string();
    let distrusting = ["--ca-file", other.as_str()];
    for (password, more, system, status) in [
        (PASSWORD, &trusting[..], &other, "ok"),
        ("otra-clave", &trusting, &other, "failed"),
        (PASSWORD, &distrusting, &other, "failed"),
        (PASSWORD, &[], &other, "failed"),
        (PASSWORD, &[], &authority, "ok"),
        // The system's authorities count beside those of the file.
        (PASSWORD, &distrusting, &authority, "ok"),
    ] {
        let (step, beside) = encrypted.check(password, more, system).await;
        assert_eq!(step["status"], status, "{step}");
        assert_eq!(beside, "", "{step}");
    }
}
