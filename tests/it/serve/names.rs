use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::callers::caller;
use super::{CALLERS, OLDER, Reply, Server, listing, reply};

const TOKEN: &str = "wvx_ficticio-de-ana";

/// Starts a server on loopback that a proxy makes known by a name, and returns its port too.
async fn known_by_a_name() -> (Server, u16) {
    let callers = caller("ana", TOKEN, "");
    let more = ["--callers", CALLERS, "--public-url", "https://wolkvox.example.com"];
    let server = Server::start(&more, &[(CALLERS, &callers)]).await;
    let (_, port) = server.logged("address").await.rsplit_once(':').map(own).expect("a port");
    (server, port.parse().expect("a number"))
}

fn own((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

async fn ask(server: &Server, port: u16, headers: &[(&str, &str)]) -> Reply {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [&[OLDER, ("Authorization", bearer.as_str())], headers].concat();
    let request = server.request("/mcp", &headers, &listing().to_string());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("sent");
    reply(&mut stream).await
}

#[tokio::test]
async fn it_answers_to_its_own_names_alone() {
    let (server, port) = known_by_a_name().await;
    for host in [
        "localhost:PORT",
        "LocalHost:PORT",
        "127.0.0.1:PORT",
        "[::1]:PORT",
        "wolkvox.example.com",
        "WOLKVOX.Example.com",
        "wolkvox.example.com:443",
    ] {
        let host = host.replace("PORT", &port.to_string());
        assert_eq!(ask(&server, port, &[("Host", &host)]).await.status, 200, "{host}");
    }
    for host in [
        "evil.example",
        "localhost",
        "localhost:1",
        "127.0.0.2:PORT",
        "0.0.0.0:PORT",
        "localhost.evil.example:PORT",
        "evil.wolkvox.example.com",
        "wolkvox.example.com.evil.example",
        "wolkvox.example.com@evil.example",
        "wolkvox-example.com",
        "example.com",
        "null",
    ] {
        let host = host.replace("PORT", &port.to_string());
        let reply = ask(&server, port, &[("Host", &host)]).await;
        assert_eq!((reply.status, reply.code()), (403, -32_600), "{host}");
    }
    for host in ["", "wolkvox.example.com/", "wolkvox.example.com evil.example"] {
        let reply = ask(&server, port, &[("Host", host)]).await;
        assert_eq!((reply.status, reply.code()), (400, -32_600), "{host}");
    }
}

#[tokio::test]
async fn a_page_of_its_own_origin_alone_may_ask() {
    let (server, port) = known_by_a_name().await;
    let host = ("Host", "wolkvox.example.com");
    for origin in [
        "https://wolkvox.example.com",
        "https://wolkvox.example.com:443",
        "HTTPS://Wolkvox.Example.com",
        "http://localhost:PORT",
        "http://127.0.0.1:PORT",
        "http://[::1]:PORT",
    ] {
        let origin = origin.replace("PORT", &port.to_string());
        assert_eq!(ask(&server, port, &[host, ("Origin", &origin)]).await.status, 200, "{origin}");
    }
    for origin in [
        "null",
        "",
        "wolkvox.example.com",
        "http://wolkvox.example.com",
        "https://wolkvox.example.com:8443",
        "https://evil.example",
        "http://evil.example",
        "https://evil.wolkvox.example.com",
        "https://wolkvox.example.com.evil.example",
        "https://wolkvox.example.com@evil.example",
        "http://localhost",
        "http://localhost:1",
        "https://localhost:PORT",
        "file://",
    ] {
        let origin = origin.replace("PORT", &port.to_string());
        let reply = ask(&server, port, &[host, ("Origin", &origin)]).await;
        assert_eq!((reply.status, reply.code()), (403, -32_600), "{origin}");
    }
}

#[tokio::test]
async fn probes_are_answered_by_whatever_name_and_without_a_token() {
    let (server, _) = known_by_a_name().await;
    let address = server.logged("admin").await;
    for host in [address.as_str(), "10.1.2.3:9464", "evil.example", "wolkvox.example.com", "x"] {
        for path in ["/livez", "/readyz", "/metrics"] {
            let mut stream = TcpStream::connect(&address).await.expect("connects");
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.expect("sent");
            assert_eq!(reply(&mut stream).await.status, 200, "{path} at {host}");
        }
    }
}
