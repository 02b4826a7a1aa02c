//! Turns bytes into text, and text that was encoded twice into what it was.
//!
//! JSON is UTF-8 and its header says nothing (RFC 8259, sections 8.1 and 11), but PHP sends what
//! its database holds: Latin-1, or one row in Latin-1 among others in UTF-8.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes a body: by its byte order mark, else as UTF-8 if it is, else string by string.
pub(super) fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let marked = Encoding::for_bom(body);
    let (body, is_utf16) = match (marked, body) {
        (Some((encoding, mark)), _) => {
            let rest = body.get(mark..).unwrap_or_default();
            (rest, (encoding != UTF_8).then_some(encoding))
        }
        // JSON begins with an ASCII character, so a NUL beside it tells UTF-16.
        (None, [b'{' | b'[', 0, ..]) => (body, Some(UTF_16LE)),
        (None, [0, b'{' | b'[', ..]) => (body, Some(UTF_16BE)),
        (None, _) => (body, None),
    };
    if let Some(encoding) = is_utf16 {
        return encoding.decode_without_bom_handling(body).0;
    }
    if let Ok(text) = str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let legacy = declared(content_type).filter(|it| *it != UTF_8).unwrap_or(WINDOWS_1252);
    if legacy.is_single_byte() {
        Cow::Owned(by_string(body, legacy))
    } else {
        legacy.decode_without_bom_handling(body).0
    }
}

fn declared(content_type: Option<&str>) -> Option<&'static Encoding> {
    let mime: mime::Mime = content_type?.parse().ok()?;
    Encoding::for_label(mime.get_param(mime::CHARSET)?.as_str().as_bytes())
}

/// Decodes each JSON string, and what stands between them, by itself.
fn by_string(body: &[u8], legacy: &'static Encoding) -> String {
    let mut text = String::with_capacity(body.len() + body.len() / 8);
    let mut rest = body;
    while let Some((piece, after)) = rest.split_at_checked(piece_end(rest)) {
        if piece.is_empty() {
            break;
        }
        match str::from_utf8(piece) {
            Ok(utf8) => text.push_str(utf8),
            Err(_) if holds_utf8(piece) => {
                for chunk in piece.utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.push_str(&legacy.decode_without_bom_handling(chunk.invalid()).0);
                }
            }
            Err(_) => text.push_str(&legacy.decode_without_bom_handling(piece).0),
        }
        rest = after;
    }
    text
}

/// Returns where a piece ends: behind the next quote that is not escaped.
fn piece_end(bytes: &[u8]) -> usize {
    let mut is_escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    bytes.len()
}

/// Returns whether bytes that are not UTF-8 as a whole hold some that plainly are, as when a name
/// in one encoding was appended to one in the other, or a cut went through a letter.
fn holds_utf8(piece: &[u8]) -> bool {
    let mut letters = piece.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
    letters.any(|letter| !letter.is_ascii() && is_usual(letter))
}

/// What windows-1252 has in the bytes from 0x80 to 0x9f; five of them are control characters.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Returns whether people in Latin America write this character, be it in a chat.
fn is_usual(letter: char) -> bool {
    letter.is_ascii()
        || matches!(letter, '\u{a0}'..='ÿ' | '\u{2000}'..='\u{2bff}' | '\u{fe0f}' | '\u{feff}')
        // Accents that stand behind their letter, as macOS writes them.
        || matches!(letter, '\u{300}'..='\u{33f}')
        || matches!(letter, '\u{1f000}'..='\u{1faff}')
        || !letter.is_control() && WINDOWS.contains(&letter)
}

/// Returns what a text was before UTF-8 was taken for Latin-1 or windows-1252 and encoded again,
/// once or more often. Nothing is returned unless that is certain: the whole text decodes, and to
/// characters that people write. So `CAFÉ®`, whose letters could be two bytes of an African
/// alphabet, stays.
pub(super) fn undoubled(text: &str) -> Option<String> {
    let mut whole = None;
    let mut outer = Cow::Borrowed(text);
    while let Some(inner) = decoded_again(&outer) {
        // A control character is half of a letter that the next round may put together.
        if !inner.chars().any(is_c1) {
            whole = Some(inner.clone());
        }
        outer = Cow::Owned(inner);
    }
    whole
}

fn decoded_again(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes = text.chars().map(byte).collect::<Option<Vec<u8>>>()?;
    let inner = String::from_utf8(bytes).ok()?;
    inner.chars().all(|letter| is_usual(letter) || is_c1(letter)).then_some(inner)
}

/// Returns the byte that a letter was read from: programs that read Latin-1 make control
/// characters where windows-1252 has letters.
fn byte(letter: char) -> Option<u8> {
    u8::try_from(letter).ok().or_else(|| {
        let place = WINDOWS.iter().position(|it| *it == letter)?;
        u8::try_from(0x80 + place).ok()
    })
}

fn is_c1(letter: char) -> bool {
    matches!(letter, '\u{80}'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|letter| byte(letter).expect("in Latin-1")).collect()
    }

    /// Encodes a text again, by way of windows-1252 or of Latin-1.
    fn doubled(text: &str, windows: bool) -> String {
        let letter = |byte: &u8| match byte {
            0x80..=0x9f if windows => WINDOWS[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        };
        text.as_bytes().iter().map(letter).collect()
    }

    #[test]
    fn utf8_is_believed_whatever_the_header_says() {
        for header in [None, Some("application/json; charset=ISO-8859-1"), Some("x"), Some("")] {
            assert_eq!(decode("{\"a\":\"María\"}".as_bytes(), header), "{\"a\":\"María\"}");
        }
    }

    #[test]
    fn other_bytes_are_in_the_declared_charset_and_else_windows_1252() {
        for (header, bytes, text) in [
            (None, &b"\"Mu\xf1oz \x96 \x80\""[..], "\"Muñoz – €\""),
            (Some("text/html; charset=utf-8"), b"\"Mu\xf1oz\"", "\"Muñoz\""),
            (Some("application/json; charset=ISO-8859-15"), b"\"\xa4\"", "\"€\""),
            (Some("application/json; charset=IBM866"), b"\"\x80\"", "\"А\""),
            (Some("application/json; charset=Shift_JIS"), b"\"\x93\x5c\"", "\"貼\""),
            (None, b"\xef\xbb\xbf\"Mu\xf1oz\"", "\"Muñoz\""),
            (None, b"{\0\"\0\xf1\0\"\0", "{\"ñ\""),
            (None, b"\0{\0\"\0\xf1\0\"", "{\"ñ\""),
        ] {
            assert_eq!(decode(bytes, header), text, "{header:?}");
        }
    }

    #[test]
    fn mixed_rows_are_decoded_string_by_string_and_mixed_strings_part_by_part() {
        let (utf8, legacy) = ("Mar\u{ed}a".as_bytes(), b"Mu\xf1oz");
        let row = |parts: &[&[u8]]| [b"[\"", parts.concat().as_slice(), b"\"]"].concat();
        let rows = [row(&[utf8]), row(&[legacy]), row(&[utf8, b" \\\" ", legacy])].concat();
        assert_eq!(decode(&rows, None), r#"["María"]["Muñoz"]["María \" Muñoz"]"#);
        // All of it is Latin-1: bytes that happen to be UTF-8 make no letter that people write.
        assert_eq!(decode(&latin1("\"COMPAÑÍA ITAÚ®\""), None), "\"COMPAÑÍA ITAÚ®\"");
    }

    #[test]
    fn text_encoded_twice_is_repaired() {
        for (seen, meant) in [
            ("MUÃ‘OZ", "MUÑOZ"),
            ("MU\u{c3}\u{91}OZ", "MUÑOZ"),
            ("GARC\u{c3}\u{ad}A", "GARCíA"),
            ("\u{c3}\u{81}LVAREZ", "ÁLVAREZ"),
            ("NÂº 5 Â¿quÃ©?", "Nº 5 ¿qué?"),
            ("â€œasÃ\u{ad}â€\u{9d}", "“así”"),
            ("ðŸ˜€", "😀"),
            ("nÌƒ", "n\u{303}"),
            ("MUÃƒâ€˜OZ", "MUÑOZ"),
            ("MU\u{c3}\u{83}\u{c2}\u{91}OZ", "MUÑOZ"),
        ] {
            assert_eq!(undoubled(seen).as_deref(), Some(meant), "{seen}");
        }
    }

    #[test]
    fn what_is_not_certain_stays_as_it_is() {
        for text in [
            "",
            "MUNOZ",
            "MUÑOZ",
            "SÃO PAULO",
            "CAFÉ®",
            "ITAÚ®",
            "ASÍ…",
            "DIJO QUE SÍ”",
            "Ç",
            "€",
            // Half of it is right already, or a letter was lost on the way.
            "MUÃ‘OZ Muñoz",
            "GARCÃA",
            "GARCÃ",
            "MU\u{91}OZ",
            "Ã ",
            "Ã\u{fffd}",
        ] {
            assert_eq!(undoubled(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_that_people_write_never_changes(
            text in "[a-zA-Z0-9áéíóúüñÁÉÍÓÚÜÑ¿¡ºª°«»“”‘’…–—®™€ .,;:/()-]{0,40}",
        ) {
            prop_assert_eq!(undoubled(&text), None);
            let json = format!("{{\"a\":\"{text}\"}}");
            let header = Some("application/json; charset=latin1");
            prop_assert!(decode(json.as_bytes(), header) == json);
        }

        #[test]
        fn what_was_encoded_again_comes_back(
            text in "[a-z ]{0,5}[áéíóúüñÁÉÍÓÚÜÑ¿¡º][a-zA-ZáéíóúüñÁÉÍÓÚÜÑ “”…😀]{0,20}",
            windows: bool,
        ) {
            let twice = doubled(&text, windows);
            prop_assert_eq!(undoubled(&twice), Some(text.clone()));
            prop_assert_eq!(undoubled(&doubled(&twice, windows)), Some(text));
        }

        #[test]
        fn repair_is_idempotent_and_shortens(text: String) {
            if let Some(repaired) = undoubled(&text) {
                prop_assert!(repaired.chars().count() < text.chars().count());
                prop_assert_eq!(undoubled(&repaired), None);
            }
        }

        #[test]
        fn windows_1252_comes_out_as_it_went_in(text in "[a-zA-ZáéíóúñÑÁ “”…]{0,40}") {
            let json = format!("{{\"a\":\"ñÑ{text}\"}}");
            prop_assert!(decode(&latin1(&json), None) == json);
        }
    }

    #[test]
    fn a_string_ends_at_a_quote_that_is_not_escaped() {
        // Each would come out wrong if a piece ended earlier or later.
        let escaped = "\"ITAÚ® \\\" Muñoz\"";
        assert_eq!(decode(&latin1(escaped), None), escaped);
        let apart = [&b"[\""[..], "王\\\\".as_bytes(), b"\",\"Mu\xf1oz\"]"].concat();
        assert_eq!(decode(&apart, None), r#"["王\\","Muñoz"]"#);
    }
}
