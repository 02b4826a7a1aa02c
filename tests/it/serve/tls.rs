use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use super::{OLDER, Server, TIMELY, by_customer, listing, reply, write_private};
use crate::support::Authority;

const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";
const TLS: [&str; 4] = ["--tls-cert", CERTIFICATE, "--tls-key", KEY];

/// Returns the files of a server's certificate.
pub(super) fn files(made: &Authority) -> [(&str, &str); 2] {
    let (certificate, key) = &made.server;
    [(CERTIFICATE, certificate), (KEY, key)]
}

/// Speaks TLS with a server that must have a certificate of this authority.
pub(super) async fn trusting(
    made: &Authority,
    host: &str,
    stream: TcpStream,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(made.certificate.as_bytes()).expect("a certificate");
    roots.add(root).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = ServerName::try_from(host.to_owned()).expect("a name");
    TlsConnector::from(Arc::new(config)).connect(host, stream).await
}

async fn connect(server: &Server, made: &Authority) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(server.logged("address").await).await.expect("connects");
    trusting(made, "localhost", stream).await
}

/// Asks over a connection, and returns the status.
async fn ask(server: &Server, stream: &mut TlsStream<TcpStream>) -> u16 {
    let (_, port) = server.url.split_once("127.0.0.1:").expect("an address");
    let host = format!("localhost:{}", port.trim_end_matches("/mcp"));
    let request = server.request("/mcp", &[("Host", &host), OLDER], &listing().to_string());
    stream.write_all(request.as_bytes()).await.expect("sent");
    reply(stream).await.status
}

/// Connects until the server has a certificate of this authority, and returns how long that took.
async fn until(server: &Server, made: &Authority) -> Duration {
    let began = Instant::now();
    while connect(server, made).await.is_err() {
        assert!(began.elapsed() < TIMELY, "{}", server.log());
        sleep(Duration::from_millis(50)).await;
    }
    began.elapsed()
}

fn put(server: &Server, files: [(&str, &str); 2]) {
    for (name, text) in files {
        write_private(&server.folder.path().join(name), text);
    }
}

#[tokio::test]
async fn it_answers_over_tls_of_its_own_and_to_nobody_without() {
    let made = Authority::certify("localhost");
    let server = Server::start(&TLS, &files(&made)).await;
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    let mut stream = connect(&server, &made).await.expect("TLS");
    let request = server.request("/mcp", &[OLDER], &by_customer(1).to_string());
    let host = server.logged("address").await;
    let request = request.replacen(server.address(), &host, 1);
    stream.write_all(request.as_bytes()).await.expect("sent");
    let answered = reply(&mut stream).await;
    assert_eq!(answered.json()["result"]["structuredContent"]["total"], 37);
    let other = Authority::certify("localhost");
    assert!(connect(&server, &other).await.is_err(), "another authority's is not its certificate");
    let mut plain = TcpStream::connect(&host).await.expect("connects");
    plain.write_all(request.as_bytes()).await.expect("sent");
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said).await;
    assert!(!said.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn a_new_certificate_is_taken_by_itself_and_old_connections_go_on() {
    let (old, new) = (Authority::certify("localhost"), Authority::certify("localhost"));
    let server = Server::start(&TLS, &files(&old)).await;
    let mut kept = connect(&server, &old).await.expect("TLS");
    assert_eq!(ask(&server, &mut kept).await, 200);
    put(&server, files(&new));
    until(&server, &new).await;
    assert!(connect(&server, &old).await.is_err(), "the old one is given to nobody");
    assert_eq!(ask(&server, &mut kept).await, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_takes_a_new_certificate_at_once() {
    let (old, new) = (Authority::certify("localhost"), Authority::certify("localhost"));
    let server = Server::start(&TLS, &files(&old)).await;
    // From a hangup on, the files are not looked at for five seconds.
    let before = server.log().len();
    put(&server, [(CERTIFICATE, &old.server.0), (KEY, &old.server.1)]);
    server.signal("HUP");
    server.says(before, "the server's certificate was read again").await;
    put(&server, files(&new));
    server.signal("HUP");
    let took = until(&server, &new).await;
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_pair_is_not_taken_and_the_old_certificate_goes_on() {
    const KEPT: &str = "the new certificate cannot be used; the old one stays";
    let (old, new) = (Authority::certify("localhost"), Authority::certify("localhost"));
    let server = Server::start(&TLS, &files(&old)).await;
    let (certificate, key) = &new.server;
    let half = certificate.get(..certificate.len() / 2).expect("a half");
    for [of_certificate, of_key] in [
        [certificate.as_str(), &old.server.1],
        [&old.server.0, key.as_str()],
        ["no certificate", &old.server.1],
        [certificate, "no key"],
        [half, key],
    ] {
        let before = server.log().len();
        put(&server, [(CERTIFICATE, of_certificate), (KEY, of_key)]);
        server.signal("HUP");
        server.says(before, KEPT).await;
        let mut stream = connect(&server, &old).await.expect("the old one");
        assert_eq!(ask(&server, &mut stream).await, 200);
    }
    let before = server.log().len();
    std::fs::remove_file(server.folder.path().join(KEY)).expect("removed");
    server.signal("HUP");
    server.says(before, KEPT).await;
    connect(&server, &old).await.expect("the old one");
    put(&server, files(&new));
    server.signal("HUP");
    until(&server, &new).await;
    let log = server.end().await;
    let inside = key.lines().nth(1).expect("a line");
    assert!(!log.contains(inside), "{log}");
}

#[tokio::test]
async fn a_handshake_that_comes_late_gives_no_more_time_for_the_first_request() {
    let made = Authority::certify("localhost");
    let server = Server::start(&TLS, &files(&made)).await;
    let stream = TcpStream::connect(server.logged("address").await).await.expect("connects");
    let began = Instant::now();
    sleep(Duration::from_secs(6)).await;
    let mut stream = trusting(&made, "localhost", stream).await.expect("a handshake");
    let closed = timeout(2 * TIMELY, stream.read(&mut [0])).await;
    // What it says at the end does not matter.
    let _ = closed.expect("closed in time");
    let took = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(14)).contains(&took), "{took:?}");
}
