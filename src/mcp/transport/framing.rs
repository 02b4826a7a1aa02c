//! Cuts what the client writes into lines.
//!
//! Messages are lines of UTF-8. Two other framings can be read without guessing and are: UTF-16, as
//! Windows shells write it, and the headers of language servers, which announce a length.

use std::io;

use encoding_rs::{Decoder as TextDecoder, UTF_16BE, UTF_16LE};
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::codec::Decoder;

/// Longest message that is read. Calls are short; this is the SDK's own limit.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// A decoder of lines.
#[derive(Default)]
pub(crate) struct Framing {
    encoding: Encoding,
    lines: Lines,
}

/// What the client's bytes turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Whole(Bytes),
    TooLong,
    /// A header of a language server.
    Header,
}

#[derive(Default)]
enum Encoding {
    /// Nothing has come yet.
    #[default]
    Unknown,
    Utf8,
    Utf16 {
        decoder: TextDecoder,
        /// What is decoded and not yet cut.
        text: BytesMut,
    },
}

impl Encoding {
    /// Judges by the first two bytes: a byte order mark, or JSON's first character, which is ASCII.
    fn of(start: [u8; 2]) -> Self {
        let encoding = match start {
            [0xFF, 0xFE] => UTF_16LE,
            [0xFE, 0xFF] => UTF_16BE,
            [first, 0] if first != 0 => UTF_16LE,
            [0, second] if second != 0 => UTF_16BE,
            _ => return Self::Utf8,
        };
        tracing::warn!("the client writes UTF-16 where MCP has UTF-8; it is read all the same");
        let decoder = encoding.new_decoder_with_bom_removal();
        Self::Utf16 { decoder, text: BytesMut::new() }
    }
}

impl Framing {
    fn cut(&mut self, buffer: &mut BytesMut, is_end: bool) -> Option<Line> {
        if let (Encoding::Unknown, Some(start)) = (&self.encoding, buffer.first_chunk()) {
            self.encoding = Encoding::of(*start);
        }
        match &mut self.encoding {
            Encoding::Unknown if !is_end => None,
            Encoding::Unknown | Encoding::Utf8 => self.lines.cut(buffer, is_end),
            Encoding::Utf16 { decoder, text } => {
                let mut decoded = String::new();
                decoded.reserve(decoder.max_utf8_buffer_length(buffer.len()).unwrap_or(0));
                let _ = decoder.decode_to_string(buffer, &mut decoded, false);
                buffer.clear();
                text.extend_from_slice(decoded.as_bytes());
                self.lines.cut(text, is_end)
            }
        }
    }
}

impl Decoder for Framing {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        Ok(self.cut(buffer, false))
    }

    /// Also returns what stands after the last line's end: some clients leave that end out.
    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        Ok(self.cut(buffer, true))
    }
}

#[derive(Default)]
struct Lines {
    /// So many bytes hold no line's end.
    searched: usize,
    /// Whether the line that is being read is too long to be kept.
    skipping: bool,
    /// The length that a header has announced.
    announced: Option<usize>,
    /// The length of the message that is being read, where headers announced it.
    body: Option<usize>,
}

impl Lines {
    fn cut(&mut self, buffer: &mut BytesMut, is_end: bool) -> Option<Line> {
        if let Some(length) = self.body {
            return self.cut_body(length, buffer, is_end);
        }
        let new = buffer.get(self.searched..).unwrap_or_default();
        if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
            let line = buffer.split_to(self.searched + end + 1).freeze();
            self.searched = 0;
            return Some(if std::mem::take(&mut self.skipping) {
                Line::TooLong
            } else {
                self.whole(line)
            });
        }
        self.searched = buffer.len();
        if self.skipping || buffer.len() > LONGEST_LINE {
            self.searched = 0;
            self.skipping = true;
            *buffer = BytesMut::new();
        }
        if !is_end {
            return None;
        }
        if std::mem::take(&mut self.skipping) {
            return Some(Line::TooLong);
        }
        self.searched = 0;
        (!buffer.is_empty()).then(|| self.whole(buffer.split().freeze()))
    }

    fn cut_body(&mut self, length: usize, buffer: &mut BytesMut, is_end: bool) -> Option<Line> {
        if buffer.len() < length && !is_end {
            return None;
        }
        self.body = None;
        let body = buffer.split_to(length.min(buffer.len())).freeze();
        (!body.is_empty()).then_some(Line::Whole(body))
    }

    /// Judges a whole line: a message, a header, or the blank line that ends the headers.
    fn whole(&mut self, line: Bytes) -> Line {
        let text = line.trim_ascii();
        if text.is_empty() {
            self.body = self.announced.take();
            return Line::Whole(line);
        }
        match Header::of(text) {
            Header::Length(length) => self.announced = Some(length),
            Header::Other if self.announced.is_some() => {}
            Header::Other | Header::None => {
                self.announced = None;
                return Line::Whole(line);
            }
        }
        Line::Header
    }
}

enum Header {
    Length(usize),
    Other,
    None,
}

impl Header {
    fn of(line: &[u8]) -> Self {
        let Some((name, value)) =
            std::str::from_utf8(line).ok().and_then(|line| line.split_once(':'))
        else {
            return Self::None;
        };
        if !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            return Self::None;
        }
        match value.trim().parse() {
            Ok(length) if name.eq_ignore_ascii_case("content-length") && length <= LONGEST_LINE => {
                Self::Length(length)
            }
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts bytes that come one at a time, and then the end.
    fn cut(bytes: &[u8]) -> Vec<Line> {
        let (mut framing, mut buffer) = (Framing::default(), BytesMut::new());
        let mut lines = Vec::new();
        for byte in bytes {
            buffer.extend_from_slice(&[*byte]);
            lines.extend(framing.decode(&mut buffer).expect("no error"));
        }
        while let Some(line) = framing.decode_eof(&mut buffer).expect("no error") {
            lines.push(line);
        }
        assert!(buffer.is_empty());
        lines
    }

    fn whole(text: &'static str) -> Line {
        Line::Whole(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn a_last_line_without_an_end_is_a_line() {
        assert_eq!(cut(b"{}\n[]"), [whole("{}\n"), whole("[]")]);
        assert_eq!(cut(b"{}\n"), [whole("{}\n")]);
        assert_eq!(cut(b"x"), [whole("x")]);
        assert_eq!(cut(b""), []);
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "{\"a\":\"Ċañón 😀\"}\n[]\n";
        let lines = [whole("{\"a\":\"Ċañón 😀\"}\n"), whole("[]\n")];
        let bytes = |to_bytes: fn(u16) -> [u8; 2], text: &str| {
            text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>()
        };
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(cut(&bytes(to_bytes, text)), lines);
            assert_eq!(cut(&bytes(to_bytes, &format!("\u{feff}{text}"))), lines);
        }
    }

    #[test]
    fn a_length_in_a_header_frames_a_message_that_has_no_line_end() {
        let text = b"Content-Length: 2\r\n\r\n{}content-length: 3\r\nContent-Type: x\r\n\r\n[ ]";
        let found = cut(text);
        let messages: Vec<_> =
            found.iter().filter(|line| [whole("{}"), whole("[ ]")].contains(line)).collect();
        assert_eq!(messages.len(), 2, "{found:?}");
        assert_eq!(found.iter().filter(|line| **line == Line::Header).count(), 3);
    }

    #[test]
    fn what_only_looks_like_a_header_frames_nothing() {
        let text = "Content-Length: 5\n{}\n\n[]\n";
        assert_eq!(cut(text.as_bytes()), [Line::Header, whole("{}\n"), whole("\n"), whole("[]\n")]);
        assert_eq!(cut(b"Ready: yes\n\n{}\n"), [whole("Ready: yes\n"), whole("\n"), whole("{}\n")]);
    }

    #[test]
    fn a_line_of_sixteen_mebibytes_is_read_and_a_longer_one_is_not() {
        let lengths = |length: usize| {
            let (mut framing, mut buffer) = (Framing::default(), BytesMut::new());
            buffer.extend_from_slice(&vec![b'x'; length]);
            let before = framing.decode(&mut buffer).expect("no error");
            assert_eq!(before, None);
            buffer.extend_from_slice(b"\n");
            framing.decode(&mut buffer).expect("no error").expect("a line")
        };
        assert!(matches!(lengths(LONGEST_LINE), Line::Whole(line) if line.len() > 16 << 20));
        assert_eq!(lengths((16 << 20) + 1), Line::TooLong);
    }
}
