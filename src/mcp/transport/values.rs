//! Takes a line that is no single message apart: messages that follow each other without a line
//! end, and batches, one value at a time.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tokio_util::bytes::Bytes;

/// The JSON values of a line that have not been taken yet.
#[derive(Debug, Default)]
pub(super) struct Values {
    rest: Bytes,
    is_batch: bool,
}

impl Values {
    pub(super) fn of(line: &Bytes) -> Self {
        let text = line.slice_ref(line.trim_ascii());
        let is_batch =
            text.starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(&text).is_ok();
        let rest = if is_batch { text.slice(1..text.len() - 1) } else { text };
        Self { rest, is_batch }
    }

    /// Returns whether the line is a JSON array.
    pub(super) fn is_batch(&self) -> bool {
        self.is_batch
    }

    /// Returns whether the line is an empty JSON array.
    pub(super) fn is_empty_batch(&self) -> bool {
        self.is_batch && self.rest.trim_ascii().is_empty()
    }

    /// Takes the next value. What is no JSON comes out in one piece.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        let separators: &[u8] = if self.is_batch { b", \t\r\n" } else { b" \t\r\n" };
        let start = self.rest.iter().position(|byte| !separators.contains(byte))?;
        self.rest = self.rest.slice(start..);
        let is_whole = self.is_batch || self.rest.starts_with(b"{") || self.rest.starts_with(b"[");
        let length = if is_whole { first(&self.rest) } else { None };
        Some(self.rest.split_to(length.unwrap_or(self.rest.len())))
    }
}

/// Returns the length of the value that a text begins with.
fn first(text: &[u8]) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &'static str) -> (bool, Vec<String>) {
        let mut values = Values::of(&Bytes::from_static(line.as_bytes()));
        let mut found = Vec::new();
        while let Some(value) = values.next() {
            found.push(String::from_utf8(value.to_vec()).expect("text"));
        }
        (values.is_batch(), found)
    }

    fn found(is_batch: bool, texts: &[&str]) -> (bool, Vec<String>) {
        (is_batch, texts.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn values_on_one_line_and_in_a_batch_are_taken_one_by_one() {
        assert_eq!(values("{\"a\":\"}{\"}{}  {}\n"), found(false, &["{\"a\":\"}{\"}", "{}", "{}"]));
        assert_eq!(values(" [ {\"a\":[1,2]} ,2,\"x,y\" ]\r\n"), {
            found(true, &["{\"a\":[1,2]}", "2", "\"x,y\""])
        });
        assert_eq!(values("[]"), found(true, &[]));
    }

    #[test]
    fn what_is_no_json_comes_in_one_piece() {
        assert_eq!(values("1 2 3"), found(false, &["1 2 3"]));
        assert_eq!(values("{}Content-Length: 5"), found(false, &["{}", "Content-Length: 5"]));
        assert_eq!(values("[1,2"), found(false, &["[1,2"]));
        assert_eq!(values("{\"a\":"), found(false, &["{\"a\":"]));
        assert_eq!(values(" \t"), found(false, &[]));
    }
}
