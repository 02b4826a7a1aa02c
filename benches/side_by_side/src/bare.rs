//! Asks the stub over plain keep-alive HTTP, with nothing in between: the limit for every server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

pub struct Bare {
    input: BufReader<TcpStream>,
    output: TcpStream,
}

impl Bare {
    pub fn connect(address: SocketAddr) -> Self {
        let output = TcpStream::connect(address).expect("the stub listens");
        output.set_nodelay(true).expect("an option");
        let input = BufReader::new(output.try_clone().expect("a stream"));
        Self { input, output }
    }

    /// Asks for a value and reads the whole reply; says whether it was a good one.
    pub fn ask(&mut self, value: &str) -> bool {
        let body = format!(r#"{{"operation":"x","field":"id_customer","value":"{value}"}}"#);
        let length = body.len();
        let path = "/server/API/v2/collections/queryGestion.php";
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
        self.output.write_all((head + &body).as_bytes()).expect("sent");
        let (mut line, mut length, mut good) = (String::new(), 0, false);
        loop {
            line.clear();
            self.input.read_line(&mut line).expect("a line");
            good |= line.starts_with("HTTP/1.1 200");
            if line == "\r\n" {
                break;
            }
            if let Some(count) = line.strip_prefix("Content-Length:") {
                length = count.trim().parse().expect("a length");
            }
        }
        let mut reply = vec![0; length];
        self.input.read_exact(&mut reply).expect("a body");
        good
    }
}
