//! A real Valkey or Redis, which tests start, stop and search.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::wire::Authority;

/// A store on loopback without persistence, which ends when it is dropped.
pub(crate) struct Store {
    server: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Store {
    /// Starts every kind of server that there is here. In CI there must be both.
    pub(crate) fn each() -> Vec<Self> {
        let servers = [valkey(), redis()];
        let found: Vec<_> = servers.into_iter().flatten().collect();
        assert!(
            !in_ci() || found.len() == 2,
            "Valkey and Redis must both be tried in CI: {found:?}"
        );
        found.into_iter().map(Self::start).collect()
    }

    /// Starts Redis with TLS for one user, if there is one here. In CI there must be.
    pub(crate) fn encrypted(made: &Authority, user: &str, password: &str) -> Option<Self> {
        let server = redis();
        assert!(!in_ci() || server.is_some(), "TLS must be tried in CI");
        let (server, folder) = (server?, tempfile::tempdir().expect("a folder"));
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path.display().to_string()
        };
        let (certificate, key) = &made.server;
        let (certificate, key) = (write("server.crt", certificate), write("server.key", key));
        let users = format!("user default off\nuser {user} on >{password} ~* &* +@all\n");
        let users = write("users.acl", &users);
        let port = free_port();
        let child = command(&server, folder.path(), 0)
            .args(["--tls-port", &port.to_string(), "--tls-auth-clients", "no"])
            .args(["--tls-cert-file", &certificate, "--tls-key-file", &key])
            .args(["--aclfile", &users])
            .spawn();
        let store = Self { server, folder, port, child: child.expect("starts") };
        store.wait();
        Some(store)
    }

    fn start(server: PathBuf) -> Self {
        let (port, folder) = (free_port(), tempfile::tempdir().expect("a folder"));
        let child = command(&server, folder.path(), port).spawn().expect("starts");
        let store = Self { server, folder, port, child };
        store.wait();
        store
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("still running");
        self.child.wait().expect("ended");
    }

    /// Starts it anew, empty.
    pub(crate) fn restart(&mut self) {
        let mut command = command(&self.server, self.folder.path(), self.port);
        self.child = command.spawn().expect("starts");
        self.wait();
    }

    /// Sends a signal: STOP lets it hang, CONT lets it go on.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Runs a command and returns the answer as it came.
    pub(crate) fn ask(&self, command: &[&str]) -> Vec<u8> {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        let mut text = format!("*{}\r\n", command.len());
        for part in command {
            text.push_str(&format!("${}\r\n{part}\r\n", part.len()));
        }
        text.push_str("*1\r\n$4\r\nQUIT\r\n");
        stream.write_all(text.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        answer
    }

    /// Returns all that it holds, keys and values, as it would lie on a disk.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let answer = self.ask(&["SAVE"]);
        assert!(answer.starts_with(b"+OK"), "{}", String::from_utf8_lossy(&answer));
        fs::read(self.folder.path().join("dump.rdb")).expect("a dump")
    }

    fn wait(&self) {
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "the store does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|it| !it.is_empty())
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").port()
}

fn command(server: &Path, folder: &Path, port: u16) -> Command {
    let port = port.to_string();
    let mut command = Command::new(server);
    command
        .args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"])
        // Dumps are searched for texts, which compression would hide.
        .args(["--rdbcompression", "no", "--dir"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Installs Valkey below `target/` and returns its server.
fn valkey() -> Option<PathBuf> {
    static SERVER: OnceLock<Option<PathBuf>> = OnceLock::new();
    SERVER.get_or_init(install_valkey).clone()
}

fn install_valkey() -> Option<PathBuf> {
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/store.txt");
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("valkey");
    let note = environment.join("installed");
    let is_current = fs::read(&note).is_ok_and(|it| it == fs::read(&wanted).expect("a list"));
    if !is_current {
        let python = environment.join("bin/python");
        let steps = [
            Command::new("python3").args(["-m", "venv"]).arg(&environment).status(),
            Command::new(python).args(["-m", "pip", "install", "-q", "-r"]).arg(&wanted).status(),
        ];
        if !steps.into_iter().all(|step| step.is_ok_and(|status| status.success())) {
            return None;
        }
        fs::copy(&wanted, note).expect("the note is written");
    }
    find(&environment, "valkey-server")
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    folder.read_dir().ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|it| it.is_dir());
        if is_folder { find(&path, name) } else { path.ends_with(name).then_some(path) }
    })
}

/// Returns the server of Debian's package.
fn redis() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("redis-server")).find(|it| it.exists())
}
