//! Where the chain stands: the last line's number and seal, and the anchor that keeps both outside
//! the log (pure).

use jiff::Timestamp;
use serde::Deserialize;

use super::key::{Keys, Mac, from_hex, hex};
use super::line::{self, Entry, Link};

/// The longest text of an anchor; it has always the same length.
pub(super) const LONGEST_ANCHOR: u64 = 256;

/// As long as an anchor: what is written before there is a line, to try whether one could be.
pub(super) const NO_ANCHOR: [u8; 176] = [b' '; 176];

/// Returns whether this is the anchor of a log without lines.
pub(super) fn is_blank(anchor: &[u8]) -> bool {
    anchor.trim_ascii().is_empty()
}

/// The number and the seal of a chain's last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Last {
    pub(super) seq: u64,
    pub(super) mac: Mac,
}

/// A chain that goes on.
#[derive(Debug)]
pub(super) struct Chain {
    keys: Keys,
    writer: String,
    last: Option<Last>,
}

/// A line that is ready to be written, and where the chain stands with it.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) bytes: Vec<u8>,
    pub(super) last: Last,
}

impl Chain {
    pub(super) fn new(keys: Keys, writer: String, last: Option<Last>) -> Self {
        Self { keys, writer, last }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Returns where it stands; none is before the first line.
    pub(super) fn last(&self) -> Option<Last> {
        self.last
    }

    /// Returns the last line's number; there is none before 1.
    pub(super) fn seq(&self) -> u64 {
        self.last.map_or(0, |last| last.seq)
    }

    /// Makes the next line.
    pub(super) fn next(&self, entry: &Entry<'_>, time: Timestamp) -> Option<Sealed> {
        let seq = self.seq() + 1;
        let prev = self.last.as_ref().map(|last| &last.mac);
        let link = Link { seq, time, writer: &self.writer, prev };
        let (bytes, mac) = line::write(entry, link, &self.keys)?;
        Some(Sealed { bytes, last: Last { seq, mac } })
    }

    /// Goes on after a line that was written.
    pub(super) fn advance(&mut self, last: Last) {
        self.last = Some(last);
    }
}

#[derive(Deserialize)]
struct Anchor {
    seq: u64,
    mac: String,
    seal: String,
}

impl Last {
    /// Writes the anchor, always as long, so that writing over an older one leaves nothing of it.
    pub(super) fn to_anchor(self, keys: &Keys) -> String {
        let (seal, mac) = (hex(&keys.seal_anchor(&self.sealed())), hex(&self.mac));
        format!("{{\"seq\":{:>20},\"mac\":\"{mac}\",\"seal\":\"{seal}\"}}\n", self.seq)
    }

    /// Reads an anchor that this key sealed.
    pub(super) fn from_anchor(text: &[u8], keys: &Keys) -> Option<Self> {
        let Anchor { seq, mac, seal } = serde_json::from_slice(text).ok()?;
        let last = Self { seq, mac: from_hex(mac.as_bytes())? };
        keys.seals_anchor(&last.sealed(), &from_hex(seal.as_bytes())?).then_some(last)
    }

    fn sealed(self) -> Vec<u8> {
        [self.seq.to_be_bytes().as_slice(), &self.mac].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::tests::{call, entry};
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_was_written_and_no_other_is() {
        let keys = Keys::of(b"secret");
        let last = Last { seq: 41, mac: [7; 32] };
        let text = last.to_anchor(&keys);
        assert_eq!(Last::from_anchor(text.as_bytes(), &keys), Some(last));
        assert!(text.len() as u64 <= LONGEST_ANCHOR);
        assert_eq!(text.len(), Last { seq: u64::MAX, ..last }.to_anchor(&keys).len());
        assert_eq!(text.len(), NO_ANCHOR.len());
        for changed in [text.replace("41", "40"), text.replace("07", "08"), String::new()] {
            assert_eq!(Last::from_anchor(changed.as_bytes(), &keys), None, "{changed}");
        }
        assert_eq!(Last::from_anchor(text.as_bytes(), &Keys::of(b"another")), None);
    }

    #[test]
    fn each_line_names_the_one_before_it() {
        let keys = Keys::of(b"secret");
        let mut chain = Chain::new(keys.clone(), "host".to_owned(), None);
        let mut prev = None;
        for seq in 1..=3 {
            let sealed = chain.next(&entry(&call()), Timestamp::now()).expect("a line");
            let read = line::read(sealed.bytes.trim_ascii_end(), &keys).expect("a line");
            assert_eq!((read.seq, read.prev, read.is_sealed), (seq, prev, true));
            prev = Some(read.mac);
            chain.advance(sealed.last);
        }
    }
}
