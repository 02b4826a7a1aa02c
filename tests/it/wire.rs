//! Servers that misbehave on the wire, below HTTP: raw sockets, endless bodies, gzip bombs,
//! proxies and certificates. The built program asks them.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{pause, timeout};

use wolkvox_mcp::error::{ConnectFailure, Error, Outage};

use crate::support::{
    Authority, Program, TOKEN, by_customer, client, proxy_to_wolkvox, read_request, response, serve,
};

const FOUND: &[u8] = br#"{"code":"200","error":"null","data":[{"id_customer":"900000001"}]}"#;

/// Starts the program against a server and gives it connected.
async fn connected(server: &str, more: &[(&str, &str)]) -> Program {
    let mut environment = vec![
        ("WOLKVOX_SERVER", server),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "empresa"),
    ];
    environment.extend(more);
    let mut program = Program::start(&[], &environment);
    program.initialize("2025-11-25").await;
    program
}

async fn ask(server: &str, more: &[(&str, &str)]) -> Value {
    let mut program = connected(server, more).await;
    program.call(json!({ "field": "id_customer", "value": "900000001" })).await
}

#[track_caller]
fn assert_failure(result: &Value, kind: &str, words: &str) {
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().expect("text");
    assert!(text.starts_with(&format!("{kind}: ")), "{text}");
    assert!(text.contains(words), "{text}");
}

/// Sends these bytes to every request and closes the connection.
async fn once(bytes: Vec<u8>) -> (String, Arc<AtomicU32>) {
    let (address, connections) = serve(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
        }
    })
    .await;
    (format!("http://{address}"), connections)
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_three_times_and_is_unavailable() {
    let half = &FOUND[..30];
    for (where_it_breaks, bytes) in [
        ("before the headers", Vec::new()),
        ("inside the headers", b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        ("after the headers", response("Content-Length: 66\r\n", b"")),
        ("inside the body", response("Content-Length: 66\r\n", half)),
        ("inside a chunk", response("Transfer-Encoding: chunked\r\n", b"42\r\n{\"code\":")),
        ("before the last chunk", response("Transfer-Encoding: chunked\r\n", b"2\r\n{}\r\n")),
    ] {
        let (server, connections) = once(bytes).await;
        let result = ask(&server, &[]).await;
        assert_failure(&result, "unavailable", "cut off");
        assert_eq!(connections.load(Ordering::SeqCst), 3, "{where_it_breaks}");
    }
}

#[tokio::test]
async fn a_reset_connection_is_unavailable() {
    let (address, _) = serve(|stream| async move {
        // Closing with unread bytes in the buffer sends a reset.
        stream.readable().await.expect("a request");
        drop(stream);
    })
    .await;
    assert_failure(&ask(&format!("http://{address}"), &[]).await, "unavailable", "cut off");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    assert_failure(&ask(&server, &[]).await, "unavailable", "refused");
}

/// Elsewhere a full queue refuses.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_never_takes_the_connection_is_given_up_after_ten_seconds() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(0).expect("a queue");
    let address = listener.local_addr().expect("an address");
    let _queued = TcpStream::connect(address).await.expect("a place in the queue");

    let client = client(&format!("http://{address}"));
    // It is built while the clock still runs.
    client.renew_connections().await;
    pause();
    let begun = tokio::time::Instant::now();
    let query = by_customer("900000001");
    let answer = timeout(Duration::from_secs(60), client.page(&query, Some(1))).await;
    let failure = answer.expect("given up").expect_err("no connection");
    let timed_out = Outage::Connect(ConnectFailure::TimedOut);
    assert_eq!(failure.error, Error::Unavailable { outage: timed_out });
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn the_name_localhost_is_this_computer_on_either_protocol() {
    let mut addresses = vec!["127.0.0.1:0"];
    if TcpListener::bind("[::1]:0").await.is_ok() {
        addresses.push("[::1]:0");
    }
    for address in addresses {
        let listener = TcpListener::bind(address).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                read_request(&mut stream).await;
                let headers = format!("Content-Length: {}\r\n", FOUND.len());
                let _ = stream.write_all(&response(&headers, FOUND)).await;
            }
        });
        let result = ask(&format!("http://localhost:{port}"), &[]).await;
        assert_eq!(result["structuredContent"]["total"], 1, "{address}: {result}");
    }
}

#[tokio::test]
async fn a_chunked_reply_and_one_until_the_end_of_the_connection_are_read() {
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", FOUND.len(), String::from_utf8_lossy(FOUND));
    for bytes in [
        response("Transfer-Encoding: chunked\r\n", chunked.as_bytes()),
        response("Connection: close\r\n", FOUND),
    ] {
        let (server, _) = once(bytes).await;
        let result = ask(&server, &[]).await;
        assert_eq!(result["structuredContent"]["total"], 1, "{result}");
    }
}

#[tokio::test]
async fn a_reply_cut_off_without_notice_is_never_half_an_answer() {
    let (server, connections) = once(response("Connection: close\r\n", &FOUND[..60])).await;
    assert_failure(&ask(&server, &[]).await, "unexpected_reply", "cut off after 60 bytes");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_connection_that_drips_is_ended_by_the_deadline() {
    let (address, _) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let head = response("Content-Length: 1000000\r\n", b"");
        let _ = stream.write_all(&head).await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let start = Instant::now();
    let result = ask(&format!("http://{address}"), &[("WOLKVOX_TIMEOUT", "400ms")]).await;
    assert_failure(&result, "timeout", "0.4 s waiting for wolkvox over 1 request");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_endless_body_costs_bounded_memory() {
    let (address, connections) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(&response("Connection: close\r\n", b"{\"code\":\"200\"")).await;
        let spaces = vec![b' '; 64 * 1024];
        while stream.write_all(&spaces).await.is_ok() {}
    })
    .await;
    let mut program = connected(&format!("http://{address}"), &[]).await;
    let result = program.call(json!({ "field": "id_customer", "value": "1" })).await;
    assert_failure(&result, "unexpected_reply", "more than 16777216 bytes");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    report_peak("an endless body", &program);
}

#[tokio::test]
async fn a_gzip_bomb_costs_bounded_memory() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"{\"code\":\"200\",\"data\":[").expect("compressed");
    let spaces = vec![b' '; 1024 * 1024];
    for _ in 0..32 {
        bomb.write_all(&spaces).expect("compressed");
    }
    let bomb = bomb.finish().expect("compressed");
    assert!(bomb.len() < 64 * 1024, "32 MiB in {} bytes", bomb.len());
    let headers = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", bomb.len());
    let (server, _) = once(response(&headers, &bomb)).await;
    let mut program = connected(&server, &[]).await;
    let result = program.call(json!({ "field": "id_customer", "value": "1" })).await;
    assert_failure(&result, "unexpected_reply", "more than 16777216 bytes");
    report_peak("a gzip bomb of 32 MiB", &program);
}

#[tokio::test]
async fn a_compressed_reply_is_read_and_a_broken_one_refused() {
    let mut whole = GzEncoder::new(Vec::new(), Compression::default());
    whole.write_all(FOUND).expect("compressed");
    let whole = whole.finish().expect("compressed");
    let headers = format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", whole.len());
    let (server, _) = once(response(&headers, &whole)).await;
    let result = ask(&server, &[]).await;
    assert_eq!(result["structuredContent"]["total"], 1, "{result}");

    let mut broken = whole.clone();
    let last = broken.len() - 5;
    broken[last] ^= 0xff;
    let (server, _) = once(response(&headers, &broken)).await;
    assert_failure(&ask(&server, &[]).await, "unexpected_reply", "gzip compression is broken");
}

#[tokio::test]
async fn gzip_is_told_by_its_bytes_and_not_by_its_header() {
    let member = |bytes: &[u8]| {
        let mut member = GzEncoder::new(Vec::new(), Compression::default());
        member.write_all(bytes).expect("compressed");
        member.finish().expect("compressed")
    };
    let (start, end) = FOUND.split_at(20);
    let two = [member(start), member(end)].concat();
    for (encoding, body) in [
        ("gzip", two),
        ("GZIP", member(FOUND)),
        ("x-gzip", member(FOUND)),
        ("identity", member(FOUND)),
        ("gzip", FOUND.to_vec()),
        ("gzip, gzip", member(&member(FOUND))),
    ] {
        let headers = format!("Content-Encoding: {encoding}\r\nContent-Length: {}\r\n", body.len());
        let (server, _) = once(response(&headers, &body)).await;
        let result = ask(&server, &[]).await;
        assert_eq!(result["structuredContent"]["total"], 1, "{encoding}: {result}");
    }
}

#[tokio::test]
async fn a_reset_or_a_broken_chunk_inside_a_body_is_cut_off_and_tried_again() {
    let chunk = response("Transfer-Encoding: chunked\r\n", b"nonsense\r\n{}");
    let (server, connections) = once(chunk).await;
    assert_failure(&ask(&server, &[]).await, "unavailable", "cut off");
    assert_eq!(connections.load(Ordering::SeqCst), 3);

    let (address, connections) = serve(|mut stream| async move {
        // Closing with unread bytes in the buffer sends a reset behind what was written.
        stream.readable().await.expect("a request");
        let head = response("Content-Length: 66\r\n", &FOUND[..30]);
        stream.write_all(&head).await.expect("written");
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(stream);
    })
    .await;
    assert_failure(&ask(&format!("http://{address}"), &[]).await, "unavailable", "cut off");
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_length_that_nobody_can_hold_costs_nothing() {
    let head = response("Content-Length: 9000000000000000000\r\n", b"{");
    let (server, _) = once(head).await;
    let mut program = connected(&server, &[]).await;
    let result = program.call(json!({ "field": "id_customer", "value": "1" })).await;
    assert_failure(&result, "unavailable", "cut off");
    report_peak("a length of 9 EB", &program);
}

#[tokio::test]
async fn a_reply_full_of_the_smallest_records_costs_bounded_memory() {
    const SMALLEST: &[u8] = b"{\"a\":1},";
    let mut body = b"{\"code\":\"200\",\"data\":[".to_vec();
    while body.len() < 10 * 1024 * 1024 {
        body.extend_from_slice(SMALLEST);
    }
    body.extend_from_slice(b"{}]}");
    let headers = format!("Content-Length: {}\r\n", body.len());
    let (server, _) = once(response(&headers, &body)).await;
    let mut program = connected(&server, &[("WOLKVOX_TIMEOUT", "2m")]).await;
    let result = program.call(json!({ "field": "id_customer", "value": "1" })).await;
    assert_failure(&result, "unexpected_reply", "more than 1000000 values");
    assert_peak("the smallest records", &program, 400);
}

/// Prints the most memory that the program has used, and holds it to a bound.
fn report_peak(trouble: &str, program: &Program) {
    assert_peak(trouble, program, 96);
}

/// Holds the most memory that the program has used to a number of MiB.
fn assert_peak(trouble: &str, program: &Program, megabytes: u64) {
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.id()));
        let status = status.expect("the program's status");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
        let kilobytes: u64 = line
            .split_whitespace()
            .nth(1)
            .and_then(|number| number.parse().ok())
            .expect("a number");
        let printed = format!("peak memory with {trouble}: {} MiB\n", kilobytes / 1024);
        std::io::stderr().write_all(printed.as_bytes()).expect("stderr is open");
        assert!(kilobytes < megabytes * 1024, "{printed}");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (trouble, program, megabytes);
}

#[tokio::test]
async fn a_proxy_and_a_private_authority_work_and_an_unknown_one_is_refused() {
    let authority = Authority::certify("crm0001.wolkvox.com");
    let (proxy, connections) = proxy_to_wolkvox(&authority, FOUND).await;
    let proxy = format!("http://{proxy}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    let file = file.to_str().expect("a plain path");
    let result =
        ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy.as_str()), ("WOLKVOX_CA_FILE", file)])
            .await;
    assert_eq!(result["structuredContent"]["total"], 1, "{result}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);

    let result = ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy.as_str())]).await;
    assert_failure(&result, "unavailable", "issuer is not trusted here (Autoridad Ficticia)");
    assert_failure(&result, "unavailable", "the server does not send its intermediate certificate");
    assert_failure(&result, "unavailable", "WOLKVOX_CA_FILE");
    assert_eq!(connections.load(Ordering::SeqCst), 2, "a wrong certificate is tried once");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::certify("crm9999.wolkvox.com");
    let result = ask_trusting(&authority).await;
    assert_failure(&result, "unavailable", "its certificate is for another host");
    let authority = Authority::certify_as_common_name("crm0001.wolkvox.com");
    let result = ask_trusting(&authority).await;
    assert_failure(&result, "unavailable", "names no host (no subject alternative name)");
}

/// Asks through a proxy, and trusts the authority.
async fn ask_trusting(authority: &Authority) -> Value {
    let (proxy, _) = proxy_to_wolkvox(authority, FOUND).await;
    let proxy = format!("http://{proxy}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    let file = file.to_str().expect("a plain path");
    ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", &proxy), ("WOLKVOX_CA_FILE", file)]).await
}

#[tokio::test]
async fn a_chain_that_ends_at_no_trusted_authority_is_refused_by_the_name_of_the_missing_one() {
    let authority = Authority::certify_by_an_intermediate("crm0001.wolkvox.com");
    let result = ask_trusting(&authority).await;
    assert_eq!(result["structuredContent"]["total"], 1, "{result}");

    let (proxy, connections) = proxy_to_wolkvox(&authority, FOUND).await;
    let proxy = format!("http://{proxy}");
    let result = ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy.as_str())]).await;
    assert_failure(&result, "unavailable", "issuer is not trusted here (Autoridad Ficticia)");
    let text = result.to_string();
    assert!(!text.contains("intermediate"), "the server sends it: {text}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_named() {
    let authority = Authority::self_signed("crm0001.wolkvox.com");
    let (proxy, _) = proxy_to_wolkvox(&authority, FOUND).await;
    let proxy = format!("http://{proxy}");
    let result = ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy.as_str())]).await;
    assert_failure(&result, "unavailable", "self-signed");
}

#[tokio::test]
async fn each_failure_of_a_proxy_has_words_of_its_own() {
    let wants = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n".to_vec();
    let (asks, _) = once(wants).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let down = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    for (proxy, words, advice) in [
        (asks.as_str(), "the proxy asks for a user name and password", "user:password@host"),
        (down.as_str(), "the proxy itself does not answer", "is it running"),
    ] {
        let result = ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy)]).await;
        assert_failure(&result, "unavailable", words);
        assert_failure(&result, "unavailable", advice);
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let (proxy, _) = once(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let result = ask("crm0001.wolkvox.com", &[("HTTPS_PROXY", proxy.as_str())]).await;
    assert_failure(&result, "unavailable", "the proxy did not connect to it");
}

#[tokio::test]
async fn a_server_on_this_computer_is_asked_without_the_proxy_and_over_ipv6_too() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else { return };
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            read_request(&mut stream).await;
            let headers = format!("Content-Length: {}\r\n", FOUND.len());
            let _ = stream.write_all(&response(&headers, FOUND)).await;
        }
    });
    let nowhere = [("HTTPS_PROXY", "http://127.0.0.1:9"), ("HTTP_PROXY", "http://127.0.0.1:9")];
    let result = ask(&server, &nowhere).await;
    assert_eq!(result["structuredContent"]["total"], 1, "{result}");
}
