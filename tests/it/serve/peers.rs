use std::net::{IpAddr, UdpSocket};

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::callers::caller;
use super::tls::{files, trusting};
use super::{CALLERS, OLDER, Reply, Server, by_customer, listing, reply};
use crate::support::Authority;

const TOKEN: &str = "wvx_ficticio-de-ana";
const HOST: &str = "wolkvox.example.com";
const AUDIT: &str = "audit.jsonl";

/// Returns an address of this computer that is not loopback, or says that it has none. Nothing is sent
/// to find it: the system only chooses from where it would.
#[expect(clippy::print_stderr, reason = "whoever runs the tests must see what was not tested")]
fn own_address() -> Option<IpAddr> {
    let chosen = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    let address = chosen.ok().map(|it| it.ip());
    let address = address.filter(|it| !it.is_loopback() && !it.is_unspecified());
    if address.is_none() {
        eprintln!("SKIPPED: this computer has no address but loopback to be asked from");
    }
    address
}

/// A server that others than this computer could reach, at one of its own addresses.
async fn reachable(own: IpAddr, more: &[&str], files: &[(&str, &str)]) -> Server {
    let url = format!("https://{HOST}");
    let listen = format!("{own}:0");
    let ours = ["--listen", &listen, "--public-url", &url, "--callers", CALLERS];
    let callers = caller("ana", TOKEN, "");
    let files = [&[(CALLERS, callers.as_str())], files].concat();
    Server::start(&[&ours, more].concat(), &files).await
}

/// Returns requests that a peer who may speak gets other answers to.
fn requests(server: &Server) -> [(String, u16); 3] {
    let bearer = format!("Bearer {TOKEN}");
    let right = [("Host", HOST), OLDER, ("Authorization", bearer.as_str())];
    let metadata = "GET /.well-known/oauth-protected-resource HTTP/1.1";
    [
        (server.request("/mcp", &right, &by_customer(1).to_string()), 200),
        (server.request("/mcp", &right[..2], &listing().to_string()), 401),
        (format!("{metadata}\r\nHost: {HOST}\r\n\r\n"), 404),
    ]
}

async fn from_own_address(server: &Server, request: &str) -> Reply {
    let mut stream = TcpStream::connect(server.logged("address").await).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("sent");
    reply(&mut stream).await
}

#[tokio::test]
async fn without_tls_only_a_trusted_proxy_may_speak_from_another_computer() {
    let Some(own) = own_address() else { return };
    let (proxy, audit) = (own.to_string(), ["--audit", AUDIT]);
    let strange = ["--trusted-proxies", "192.0.2.1"];
    let server = reachable(own, &[&strange[..], &audit].concat(), &[]).await;
    for (request, _) in requests(&server) {
        let reply = from_own_address(&server, &request).await;
        assert_eq!((reply.status, reply.code()), (403, -32_600), "{request}");
        assert!(reply.body.contains("through its proxy, or over TLS"), "{}", reply.body);
        assert!(!reply.headers.contains("www-authenticate"), "{}", reply.headers);
    }
    let counted = server.admin("/metrics").await.body;
    assert!(
        !counted.contains("authentication_failures_total{"),
        "no token is looked at: {counted}"
    );
    let server = reachable(own, &["--trusted-proxies", &proxy], &[]).await;
    for (request, status) in requests(&server) {
        assert_eq!(from_own_address(&server, &request).await.status, status, "{request}");
    }
    // A page in somebody's browser could borrow a name of that person's computer.
    let address = server.logged("address").await;
    let (_, port) = address.rsplit_once(':').expect("a port");
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let request = requests(&server)[0].0.replacen(HOST, &format!("{host}:{port}"), 1);
        let reply = from_own_address(&server, &request).await;
        assert_eq!((reply.status, reply.code()), (403, -32_600), "{request}");
    }
}

#[tokio::test]
async fn over_tls_anybody_may_speak() {
    let Some(own) = own_address() else { return };
    let made = Authority::certify(HOST);
    let tls = ["--tls-cert", "tls.crt", "--tls-key", "tls.key"];
    let server = reachable(own, &tls, &files(&made)).await;
    for (request, status) in requests(&server) {
        let stream = TcpStream::connect(server.logged("address").await).await.expect("connects");
        let mut stream = trusting(&made, HOST, stream).await.expect("TLS");
        stream.write_all(request.as_bytes()).await.expect("sent");
        assert_eq!(reply(&mut stream).await.status, status, "{request}");
    }
}

/// Calls with these lines of `X-Forwarded-For`, and returns the address in the audit log.
async fn address(server: &Server, forwarded: &[&str]) -> String {
    let bearer = format!("Bearer {TOKEN}");
    let mut headers = vec![OLDER, ("Authorization", bearer.as_str())];
    headers.extend(forwarded.iter().map(|value| ("X-Forwarded-For", *value)));
    assert_eq!(server.post(&headers, &by_customer(1)).await.status, 200);
    let log = std::fs::read_to_string(server.folder.path().join(AUDIT)).expect("a log");
    let last: Value = log.lines().last().expect("a line").parse().expect("JSON");
    last["address"].as_str().expect("an address").to_owned()
}

async fn behind(proxies: &str) -> Server {
    let callers = caller("ana", TOKEN, "");
    let ours = ["--trusted-proxies", proxies, "--callers", CALLERS, "--audit", AUDIT];
    Server::start(&ours, &[(CALLERS, &callers)]).await
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_rightmost_address_that_is_none_is_the_clients() {
    let server = behind("127.0.0.1, 10.0.0.0/8").await;
    for (forwarded, expected) in [
        (&[][..], "127.0.0.1"),
        (&["198.51.100.1"], "198.51.100.1"),
        (&["198.51.100.1:4711"], "198.51.100.1"),
        (&["2001:db8::1"], "2001:db8::1"),
        // What stands left of it the client may have made up.
        (&["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        (&["203.0.113.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        (&["203.0.113.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        (&["203.0.113.9, 198.51.100.1", "10.0.0.3", "10.0.0.2"], "198.51.100.1"),
        (&["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        (&["198.51.100.1, 127.0.0.1"], "198.51.100.1"),
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (&["203.0.113.9, made up, 10.0.0.2"], "10.0.0.2"),
    ] {
        assert_eq!(address(&server, forwarded).await, expected, "{forwarded:?}");
    }
}

#[tokio::test]
async fn a_peer_who_is_no_trusted_proxy_speaks_for_nobody_else() {
    let server = behind("10.0.0.0/8").await;
    for forwarded in [&["198.51.100.1"][..], &["198.51.100.1, 10.0.0.2"], &["10.0.0.2"], &["x"]] {
        assert_eq!(address(&server, forwarded).await, "127.0.0.1", "{forwarded:?}");
    }
}
