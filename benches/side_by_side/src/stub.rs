//! Stands in for wolkvox: a keep-alive HTTP server on loopback whose replies are written
//! beforehand. The searched value says what is answered: `20-7` is 20 records.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::reply;

/// The numbers of records that can be asked for.
pub const SIZES: [usize; 4] = [1, 20, 250, 5_000];

/// How the stub treats requests.
#[derive(Clone, Copy)]
pub enum Manner {
    /// Answers at once.
    Prompt,
    /// Takes a while, and refuses a third request at the same time, as wolkvox does.
    TwoAtATime(Duration),
}

pub struct Stub {
    pub address: SocketAddr,
}

impl Stub {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let replies: HashMap<usize, Vec<u8>> =
            SIZES.iter().map(|size| (*size, answered(200, &reply::of(*size)))).collect();
        let replies = Arc::new(replies);
        let busy = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (replies, busy) = (Arc::clone(&replies), Arc::clone(&busy));
                // A connection ends when its client leaves.
                thread::spawn(move || _ = answer(stream, manner, &replies, &busy));
            }
        });
        Self { address }
    }
}

fn answer(
    stream: TcpStream,
    manner: Manner,
    replies: &HashMap<usize, Vec<u8>>,
    busy: &AtomicUsize,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut output = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    let mut line = String::new();
    let mut request = Vec::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            let header = line.to_ascii_lowercase();
            if let Some(count) = header.strip_prefix("content-length:") {
                length = count.trim().parse().expect("a length");
            }
        }
        request.resize(length, 0);
        input.read_exact(&mut request)?;
        let asked: Value = serde_json::from_slice(&request).expect("a JSON body");
        let value = asked["value"].as_str().expect("a value");
        let size: usize = value.split('-').next().and_then(|it| it.parse().ok()).expect("a size");
        if let Manner::TwoAtATime(time) = manner {
            let refused = busy.fetch_add(1, Ordering::SeqCst) >= 2;
            if !refused {
                thread::sleep(time);
            }
            busy.fetch_sub(1, Ordering::SeqCst);
            if refused {
                output.write_all(&answered(403, REFUSAL))?;
                continue;
            }
        }
        output.write_all(&replies[&size])?;
    }
}

const REFUSAL: &str = r#"{"code":"403","error":"FORBIDDEN","msg":"EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)"}"#;

fn answered(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = "Content-Type: application/json\r\nConnection: keep-alive";
    format!("HTTP/1.1 {status} OK\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}
