//! Finds a token that a reply repeats, in whatever way it is written there: in any case, and with
//! characters escaped as JSON inside JSON, HTML and addresses escape them.

use std::iter;

use memchr::{memchr2, memchr3};

/// What stands for a token.
const REMOVED: &str = "[removed]";
/// The names of characters that HTML escapes.
const NAMED: [(&str, u8); 6] =
    [("amp", b'&'), ("lt", b'<'), ("gt", b'>'), ("quot", b'"'), ("apos", b'\''), ("sol", b'/')];

/// Returns the text without the token, if it is in there.
pub(super) fn removed(token: &str, text: &str) -> Option<String> {
    // No way of writing makes a token shorter.
    if text.len() < token.len() {
        return None;
    }
    let first = token.as_bytes().first().copied().unwrap_or_default();
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    // Most texts have nothing that a token could begin with.
    let bytes = text.as_bytes();
    memchr2(lower, upper, bytes).or_else(|| memchr3(b'%', b'\\', b'&', bytes))?;
    let may_begin =
        |letter: &u8| matches!(letter, b'%' | b'\\' | b'&') || [lower, upper].contains(letter);
    let mut kept = String::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let Some(skipped) = rest.iter().position(may_begin) else { break };
        at += skipped;
        match found(token, rest.get(skipped..).unwrap_or_default()) {
            Some(length) => {
                kept.push_str(text.get(start..at).unwrap_or_default());
                kept.push_str(REMOVED);
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    if start == 0 {
        return None;
    }
    kept.push_str(text.get(start..).unwrap_or_default());
    Some(kept)
}

/// Returns how long the token is that a text begins with.
fn found(token: &str, text: &[u8]) -> Option<usize> {
    let as_it_is = |text: &[u8]| text.first().map(|letter| (*letter, 1));
    let maybe_escaped = |text: &[u8]| escaped(text).or_else(|| as_it_is(text));
    // The token may hold what looks like an escape.
    length(token, text, as_it_is).or_else(|| length(token, text, maybe_escaped))
}

fn length(token: &str, text: &[u8], next: impl Fn(&[u8]) -> Option<(u8, usize)>) -> Option<usize> {
    let mut length = 0;
    for expected in token.bytes() {
        let (letter, bytes) = next(text.get(length..)?)?;
        if !letter.eq_ignore_ascii_case(&expected) {
            return None;
        }
        length += bytes;
    }
    Some(length)
}

/// Reads an escaped character.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', rest @ ..] => hexadecimal(rest.get(..2)?).map(|letter| (letter, 3)),
        [b'\\', b'u', rest @ ..] => hexadecimal(rest.get(..4)?).map(|letter| (letter, 6)),
        [b'\\', b'x', rest @ ..] => hexadecimal(rest.get(..2)?).map(|letter| (letter, 4)),
        // A backslash may itself be escaped, once for each JSON inside another.
        [b'\\', b'\\', ..] => {
            let backslashes = text.iter().take_while(|letter| **letter == b'\\').count();
            let (letter, length) = escaped(text.get(backslashes - 1..)?)?;
            Some((letter, length + backslashes - 1))
        }
        [b'\\', letter, ..] => Some((*letter, 2)),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(10).position(|letter| *letter == b';')?;
            let name = str::from_utf8(rest.get(..end)?).ok()?;
            html(name).map(|letter| (letter, end + 2))
        }
        _ => None,
    }
}

fn html(name: &str) -> Option<u8> {
    if let Some(digits) = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
        return u8::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = name.strip_prefix('#') {
        return digits.parse().ok();
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let value = iter::once(Some(0_u32)).chain(digits.iter().map(|it| char::from(*it).to_digit(16)));
    let value = value.reduce(|value, digit| Some(value? * 16 + digit?))??;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "Fict/itious&00+1";

    #[test]
    fn a_token_is_removed_in_whatever_way_it_is_written() {
        for written in [
            "Fict/itious&00+1",
            "FICT/ITIOUS&00+1",
            r"Fict\/itious&00+1",
            r"Fict\\\/itious\u002600+1",
            r"Fict\\u002fitious\\u002600\\u002b1",
            "Fict/itious&amp;00+1",
            "Fict&#47;itious&#38;00&#x2B;1",
            "Fict%2Fitious%2600%2B1",
            r"\u0046ict/itious&00+1",
        ] {
            let text = format!("ñ a={written}; b={written}");
            let shown = removed(TOKEN, &text);
            assert_eq!(shown.as_deref(), Some("ñ a=[removed]; b=[removed]"), "{written}");
        }
    }

    #[test]
    fn a_token_that_looks_escaped_itself_is_removed_too() {
        for token in ["a%41b", r"a\u0041b", "a&amp;b"] {
            assert_eq!(removed(token, token).as_deref(), Some("[removed]"), "{token}");
        }
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in ["", "Fict", "Fict/itious&00+", "Fict/itious 00+1 and more", "ñ%2ñ\\uñ&#;&x;"]
        {
            assert_eq!(removed(TOKEN, text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_searched_to_its_end(text: String) {
            let shown = removed(TOKEN, &format!("{text}{TOKEN}{text}"));
            proptest::prop_assert!(shown.is_some_and(|it| it.contains("[removed]")));
            let _ = removed(TOKEN, &format!("\\&%{text}"));
        }
    }
}
