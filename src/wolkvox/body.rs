//! Unpacks a body by what its bytes are and not by what its header says: gzip is sent under other
//! names, in several members, without a header; and plain text is sent with one.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use crate::error::ReplyDefect;

/// What every gzip member begins with: its magic number, and the only method there is (RFC 1952).
const GZIP: &[u8] = &[0x1f, 0x8b, 8];
/// How often a body may be packed: once by the server, once more by a proxy.
const LAYERS: usize = 2;

/// Returns whether a body is packed. No JSON or other text begins like that.
pub(super) fn is_packed(body: &[u8]) -> bool {
    body.starts_with(GZIP)
}

/// Returns the body as its author wrote it, at most `limit` bytes of it.
pub(super) fn unpack(body: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, ReplyDefect> {
    let mut unpacked = Cow::Borrowed(body);
    for _ in 0..LAYERS {
        if !is_packed(&unpacked) {
            break;
        }
        unpacked = Cow::Owned(members(&unpacked, limit)?);
    }
    Ok(unpacked)
}

/// Unpacks member after member. What follows the last one is not packed, as when PHP's warning
/// comes after its compression is done; it is kept for the reader of the text to judge.
fn members(mut rest: &[u8], limit: usize) -> Result<Vec<u8>, ReplyDefect> {
    let mut unpacked = Vec::new();
    while is_packed(rest) {
        let packed = rest.len();
        let mut member = GzDecoder::new(rest);
        // One byte more than allowed tells a body that is too large from one that just fits.
        let left = (limit - unpacked.len()) as u64 + 1;
        (&mut member).take(left).read_to_end(&mut unpacked).map_err(|problem| {
            if problem.kind() == io::ErrorKind::UnexpectedEof {
                ReplyDefect::Truncated { bytes: packed }
            } else {
                ReplyDefect::BadCompression
            }
        })?;
        if unpacked.len() > limit {
            return Err(ReplyDefect::TooLarge { limit });
        }
        rest = member.into_inner();
    }
    if unpacked.len() + rest.len() > limit {
        return Err(ReplyDefect::TooLarge { limit });
    }
    unpacked.extend_from_slice(rest);
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const LIMIT: usize = 1_000;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut member = GzEncoder::new(Vec::new(), Compression::default());
        member.write_all(bytes).expect("compressed");
        member.finish().expect("compressed")
    }

    #[test]
    fn members_layers_and_what_follows_them_are_read() {
        let two = [packed(b"{\"a\":"), packed(b"1}")].concat();
        let flushed = [two.clone(), packed(b"")].concat();
        let followed = [packed(b"{\"a\":1}"), b"\0\0".to_vec()].concat();
        for (body, text) in [
            (b"{\"a\":1}".to_vec(), "{\"a\":1}"),
            (packed(b"{\"a\":1}"), "{\"a\":1}"),
            (packed(&two), "{\"a\":1}"),
            (two, "{\"a\":1}"),
            (flushed, "{\"a\":1}"),
            (followed, "{\"a\":1}\0\0"),
            (Vec::new(), ""),
        ] {
            assert_eq!(unpack(&body, LIMIT).as_deref(), Ok(text.as_bytes()));
        }
    }

    #[test]
    fn any_cut_of_a_member_is_cut_off_and_never_a_shorter_body() {
        let whole = packed(b"{\"code\":\"200\",\"data\":[]}");
        for cut in GZIP.len()..whole.len() {
            let unpacked = unpack(&whole[..cut], LIMIT);
            assert_eq!(unpacked, Err(ReplyDefect::Truncated { bytes: cut }), "{cut}");
        }
    }

    #[test]
    fn a_broken_member_is_named() {
        let mut broken = packed(b"{\"code\":\"200\",\"data\":[]}");
        let last = broken.len() - 6;
        broken[last] ^= 0xff;
        assert_eq!(unpack(&broken, LIMIT), Err(ReplyDefect::BadCompression));
    }

    #[test]
    fn what_is_larger_than_the_limit_is_refused_in_whatever_way_it_is_packed() {
        let (fits, large) = (vec![b' '; LIMIT], vec![b' '; LIMIT + 1]);
        assert_eq!(unpack(&packed(&fits), LIMIT).as_deref(), Ok(&fits[..]));
        let too_large = Err(ReplyDefect::TooLarge { limit: LIMIT });
        assert_eq!(unpack(&packed(&large), LIMIT), too_large);
        assert_eq!(unpack(&[packed(&fits), packed(b" ")].concat(), LIMIT), too_large);
        assert_eq!(unpack(&[packed(&fits), b" ".to_vec()].concat(), LIMIT), too_large);
    }
}
