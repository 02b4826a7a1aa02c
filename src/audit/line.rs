//! One line of the audit log (pure): a JSON object whose members are always the same, in the same
//! order, the seal last.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::{Keys, Mac, from_hex, hex};
use crate::caller::{Call, Origin};
use crate::clean;

/// The version of the line's form.
pub(super) const VERSION: u32 = 1;
/// What every line begins with.
pub(super) const BEGINNING: &[u8] = br#"{"v":1,"seq":"#;

/// No line reaches this length, which a pipe takes whole.
const LONGEST: usize = 4_096;
/// The longest texts that come from outside, in characters.
const LONGEST_ID: usize = 128;
const LONGEST_ISSUER: usize = 200;
const LONGEST_PROGRAM: usize = 64;
const LONGEST_VERSION: usize = 32;

const SEAL: &[u8] = br#","mac":""#;
const AFTER_SEAL: &[u8] = b"\"}";

/// What one tool call leaves.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Who asked, with what, from where.
    pub call: &'a Call,
    /// The account that was asked, where there are several.
    pub tenant: Option<&'a str>,
    /// The tool; never a name that only the client knows.
    pub tool: &'a str,
    /// What was asked for, hashed, if that could be read.
    pub subject: Option<&'a Subject>,
    /// How it ended.
    pub outcome: &'a str,
    /// Records that were found.
    pub records: usize,
    /// Whether the answer came from the cache.
    pub is_cached: bool,
}

/// What was asked for: the value as its keyed hash alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    kind: &'static str,
    hash: Mac,
}

impl Subject {
    /// Hashes a value of this kind. `shown` is what the line calls the kind.
    pub(super) fn new(keys: &Keys, kind: &str, shown: &'static str, value: &str) -> Self {
        Self { kind: shown, hash: keys.subject(kind, value) }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    seq: u64,
    time: String,
    writer: &'a str,
    request: &'a str,
    who: Who<'a>,
    client: Option<Client>,
    address: Option<String>,
    tenant: Option<Cow<'a, str>>,
    tool: Cow<'a, str>,
    subject: Option<String>,
    subject_kind: Option<&'a str>,
    outcome: &'a str,
    records: usize,
    cache: bool,
    trace: Option<&'a str>,
    prev: Option<String>,
}

#[derive(Serialize)]
struct Who<'a> {
    id: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    how: &'a str,
    issuer: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Client {
    name: String,
    version: String,
}

/// What links a line to the one before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    pub(super) seq: u64,
    pub(super) time: Timestamp,
    pub(super) writer: &'a str,
    pub(super) prev: Option<&'a Mac>,
}

/// Writes a line, its end included, and returns its seal too.
pub(super) fn write(entry: &Entry<'_>, link: Link<'_>, keys: &Keys) -> Option<(Vec<u8>, Mac)> {
    let call = entry.call;
    let caller = &call.caller;
    let issuer = match &caller.origin {
        Origin::OAuth { issuer } => Some(clean::value(issuer, LONGEST_ISSUER)),
        Origin::System | Origin::Static => None,
    };
    let line = Line {
        v: VERSION,
        seq: link.seq,
        time: format!("{:.3}", link.time),
        writer: link.writer,
        request: &call.request,
        who: Who {
            id: clean::value(&caller.id, LONGEST_ID),
            name: caller.name.as_deref().map(|it| clean::value(it, LONGEST_ID)),
            how: caller.origin.as_str(),
            issuer,
        },
        client: call.program.as_ref().map(|it| Client {
            name: clean::value(&clean::redacted(&it.name), LONGEST_PROGRAM).into_owned(),
            version: clean::value(&clean::redacted(&it.version), LONGEST_VERSION).into_owned(),
        }),
        address: call.address.map(|it| it.to_canonical().to_string()),
        tenant: entry.tenant.map(|it| clean::value(it, LONGEST_ID)),
        tool: clean::value(entry.tool, LONGEST_PROGRAM),
        subject: entry.subject.map(|it| hex(&it.hash)),
        subject_kind: entry.subject.map(|it| it.kind),
        outcome: entry.outcome,
        records: entry.records,
        cache: entry.is_cached,
        trace: call.trace.as_deref(),
        prev: link.prev.map(|it| hex(it)),
    };
    let mut bytes = serde_json::to_vec(&line).ok()?;
    // The seal is of all that stands before it.
    bytes.pop();
    let mac = keys.seal(&bytes);
    bytes.extend_from_slice(SEAL);
    bytes.extend_from_slice(hex(&mac).as_bytes());
    bytes.extend_from_slice(AFTER_SEAL);
    bytes.push(b'\n');
    Some((bytes, mac))
}

/// Returns as many bytes as no line has, to try whether one would find room: they begin as a line
/// does and have no end, so that what a crash leaves of them is a torn line.
pub(super) fn trial() -> Vec<u8> {
    let mut bytes = BEGINNING.to_vec();
    bytes.resize(LONGEST, b' ');
    bytes
}

#[derive(Deserialize)]
struct Head<'a> {
    v: u32,
    seq: u64,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    prev: Option<Cow<'a, str>>,
}

/// A line that was read, as far as the chain needs it.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) seq: u64,
    pub(super) time: Timestamp,
    pub(super) prev: Option<Mac>,
    pub(super) mac: Mac,
    /// Whether the seal is of this line and this key.
    pub(super) is_sealed: bool,
}

/// Reads a line, given without its end. What is no line of an audit log is none.
pub(super) fn read(line: &[u8], keys: &Keys) -> Option<Read> {
    let Head { v, seq, time, prev } = serde_json::from_slice(line).ok()?;
    let time = time.parse().ok()?;
    let prev = match &prev {
        None => None,
        Some(text) => Some(from_hex(text.as_bytes())?),
    };
    let (sealed, mac) = split(line)?;
    (v == VERSION).then(|| Read { seq, time, prev, mac, is_sealed: keys.seals(sealed, &mac) })
}

/// Splits a line into what is sealed and the seal.
fn split(line: &[u8]) -> Option<(&[u8], Mac)> {
    let before = line.strip_suffix(AFTER_SEAL)?;
    let (sealed, mac) = before.split_at_checked(before.len().checked_sub(64)?)?;
    Some((sealed.strip_suffix(SEAL)?, from_hex(mac)?))
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use insta::assert_snapshot;

    use super::*;
    use crate::caller::{Caller, Program};

    pub(in crate::audit) fn call() -> Call {
        let caller = Caller { name: Some("Ana".to_owned()), ..Caller::system("uid:1000".into()) };
        let program = Program { name: "test".to_owned(), version: "1".to_owned() };
        let request = "0123456789abcdef".to_owned();
        Call { program: Some(program), request, ..Call::new(Arc::new(caller)) }
    }

    pub(in crate::audit) fn entry(call: &Call) -> Entry<'_> {
        let (outcome, tool) = ("found", "query_obligation");
        let (tenant, subject) = (None, None);
        Entry { call, tenant, tool, subject, outcome, records: 2, is_cached: false }
    }

    fn link() -> Link<'static> {
        let time = "2026-11-25T14:05:01.5Z".parse().expect("a time");
        Link { seq: 7, time, writer: "host:1:2026-11-25T14:00:00Z", prev: Some(&[0xab; 32]) }
    }

    fn written(entry: &Entry<'_>) -> String {
        let (line, _) = write(entry, link(), &Keys::of(b"secret")).expect("written");
        String::from_utf8(line).expect("text")
    }

    #[test]
    fn a_line_has_every_member_in_order() {
        let keys = Keys::of(b"secret");
        let subject = Subject::new(&keys, "id_customer", "id_customer", "900000001");
        let line = written(&Entry { subject: Some(&subject), ..entry(&call()) });
        assert_snapshot!(line.trim_end(), @r#"{"v":1,"seq":7,"time":"2026-11-25T14:05:01.500Z","writer":"host:1:2026-11-25T14:00:00Z","request":"0123456789abcdef","who":{"id":"uid:1000","name":"Ana","how":"system","issuer":null},"client":{"name":"test","version":"1"},"address":null,"tenant":null,"tool":"query_obligation","subject":"d5a18eafdf50aa78e4256dc2befeccde2640668e9e50879d9912b50de4da9bd9","subject_kind":"id_customer","outcome":"found","records":2,"cache":false,"trace":null,"prev":"abababababababababababababababababababababababababababababababab","mac":"f6b5a97f78217586109ee8bdc71795341267e513d652a083a8d3ced6b3f9185b"}"#);
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_every_change_is_seen() {
        let keys = Keys::of(b"secret");
        let line = written(&entry(&call()));
        let line = line.trim_end().as_bytes();
        let read = super::read(line, &keys).expect("a line");
        assert_eq!((read.seq, read.prev, read.is_sealed), (7, Some([0xab; 32]), true));
        for place in 0..line.len() {
            let mut changed = line.to_vec();
            changed[place] ^= 1;
            let is_sealed = super::read(&changed, &keys).is_some_and(|it| it.is_sealed);
            assert!(!is_sealed, "{}", String::from_utf8_lossy(&changed));
        }
        assert!(!super::read(line, &Keys::of(b"another")).expect("a line").is_sealed);
    }

    #[test]
    fn what_comes_from_outside_is_cleaned_and_cut_and_the_line_stays_one() {
        let mut call = call();
        let id = format!("a\n{{\"v\":1}}\u{202e}\u{0}\"\\{}", "ñ".repeat(500));
        let origin = Origin::OAuth { issuer: "https://".to_owned() + &"é\"".repeat(5_000) };
        let caller = Caller { name: Some("🧑".repeat(5_000)), origin, ..Caller::system(id) };
        call.caller = Arc::new(caller);
        call.address = "::ffff:192.0.2.1".parse().ok();
        let token = "0123456789abcdef0123456789abcdef".to_owned();
        let program = Program { name: token.clone(), version: "\u{1f600}".repeat(999) };
        call.program = Some(program);
        let long = "\u{1f600}".repeat(9_999);
        let line = written(&Entry { tenant: Some(&long), tool: &long, ..entry(&call) });
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.len() < LONGEST, "{}", line.len());
        assert!(line.contains(r#""address":"192.0.2.1""#), "{line}");
        assert!(!line.contains(&token) && !line.contains(r"\u0000"), "{line}");
        assert!(super::read(line.trim_end().as_bytes(), &Keys::of(b"secret")).is_some());
    }
}
