//! Mends JSON that a strict reader refuses for one odd detail, where there is one way to read it:
//! raw control characters inside strings, escapes that JSON lacks, a comma before a closing
//! bracket, PHP's `NAN` and `INF`. Nothing is dropped: what is no JSON becomes text.

use std::fmt::Write;

/// Why JSON cannot be mended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hopeless {
    /// It ends before its last bracket is closed.
    CutOff,
    /// There is more than one way to read it.
    Ambiguous,
}

/// Words that are no JSON and stand for a number.
const NO_NUMBERS: [&str; 5] = ["NaN", "NAN", "Infinity", "INF", "undefined"];

/// Returns the first object or list of `text`, mended, and what follows it.
pub(super) fn mend(text: &str) -> Result<(String, &str), Hopeless> {
    let mut mended = String::with_capacity(text.len() + 16);
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = match letter {
            '"' => string(after, &mut mended)?,
            '{' | '[' => {
                depth += 1;
                mended.push(letter);
                after
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                mended.push(letter);
                after
            }
            ',' if after.trim_start().starts_with(['}', ']']) => after,
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '+' => bare_word(rest, &mut mended)?,
            ',' | ':' => {
                mended.push(letter);
                after
            }
            // Between values any kind of space is a space.
            _ if letter.is_whitespace() || letter == '\0' => after,
            _ => return Err(Hopeless::Ambiguous),
        };
        if depth == 0 {
            return Ok((mended, rest));
        }
    }
    Err(Hopeless::CutOff)
}

/// Mends a number, a literal or one of the words for no number.
fn bare_word<'a>(text: &'a str, mended: &mut String) -> Result<&'a str, Hopeless> {
    let is_part =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '+' | '.');
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let is_json = matches!(word, "true" | "false" | "null")
        || serde_json::from_str::<&serde_json::value::RawValue>(word).is_ok();
    if is_json {
        mended.push_str(word);
    } else if NO_NUMBERS.contains(&word.trim_start_matches(['-', '+'])) {
        let _ = write!(mended, "\"{word}\"");
    } else {
        return Err(Hopeless::Ambiguous);
    }
    Ok(rest)
}

/// Mends a string from behind its opening quote, and returns what follows its closing one.
fn string<'a>(text: &'a str, mended: &mut String) -> Result<&'a str, Hopeless> {
    mended.push('"');
    let mut rest = text;
    loop {
        let stop = |letter: char| letter == '"' || letter == '\\' || letter < ' ';
        let end = rest.find(stop).ok_or(Hopeless::CutOff)?;
        let (plain, from) = rest.split_at_checked(end).ok_or(Hopeless::CutOff)?;
        mended.push_str(plain);
        rest = if let Some(after) = from.strip_prefix('"') {
            mended.push('"');
            return Ok(after);
        } else if let Some(after) = from.strip_prefix('\\') {
            escape(after, mended)?
        } else {
            let letter = from.chars().next().unwrap_or_default();
            // `write!` to a string cannot fail.
            let _ = write!(mended, "\\u{:04x}", u32::from(letter));
            from.get(1..).unwrap_or_default()
        };
    }
}

/// Mends an escape from behind its backslash. PHP's `addslashes` writes `\'`; any other backslash
/// that JSON does not know was typed, as in `C:\datos`.
fn escape<'a>(text: &'a str, mended: &mut String) -> Result<&'a str, Hopeless> {
    let letter = text.chars().next().ok_or(Hopeless::CutOff)?;
    let is_known = match letter {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => true,
        'u' => {
            let digits = text.get(1..5).unwrap_or_default();
            digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_hexdigit())
        }
        _ => false,
    };
    match letter {
        '\'' => mended.push('\''),
        _ if is_known => {
            mended.push('\\');
            mended.push(letter);
        }
        // The letter itself may be a control character, so it is left to the caller.
        _ => {
            mended.push_str("\\\\");
            return Ok(text);
        }
    }
    Ok(text.get(letter.len_utf8()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn assert_mended(text: &str, meant: &Value, rest: &str) {
        let (mended, after) = mend(text).expect(text);
        assert_eq!(serde_json::from_str::<Value>(&mended).expect(&mended), *meant, "{text}");
        assert_eq!(after, rest, "{text}");
    }

    #[test]
    fn control_characters_inside_strings_are_read_as_if_escaped() {
        assert_mended("{\"a\":\"A\nB\tC\r\0\u{1f}\"}", &json!({ "a": "A\nB\tC\r\0\u{1f}" }), "");
    }

    #[test]
    fn escapes_that_json_lacks_are_the_characters_that_stand_there() {
        for (text, meant) in [
            (r#"["O\'Hara"]"#, json!(["O'Hara"])),
            (r#"["C:\datos\x"]"#, json!(["C:\\datos\\x"])),
            (r#"["\u12","\u00f1"]"#, json!(["\\u12", "ñ"])),
            (r#"["a\"b\\","\/\n"]"#, json!(["a\"b\\", "/\n"])),
            ("[\"a\\\nb\"]", json!(["a\\\nb"])),
            (r#"["\ñ"]"#, json!(["\\ñ"])),
        ] {
            assert_mended(text, &meant, "");
        }
    }

    #[test]
    fn commas_before_a_bracket_and_words_for_no_number_cost_nothing() {
        assert_mended("{\"a\":[1,2, ],\n}", &json!({ "a": [1, 2] }), "");
        assert_mended(
            "[NaN,-Infinity,INF,1.50,null]",
            &json!(["NaN", "-Infinity", "INF", 1.5, null]),
            "",
        );
    }

    #[test]
    fn what_follows_the_last_bracket_is_left_alone() {
        assert_mended("[1,]<br />{", &json!([1]), "<br />{");
    }

    #[test]
    fn what_ends_too_early_or_can_be_read_in_two_ways_is_hopeless() {
        for text in ["{\"a\":\"b", "{\"a\":[1", "[\"\\", "{", ""] {
            assert_eq!(mend(text), Err(Hopeless::CutOff), "{text}");
        }
        for text in ["{\"a\":\"A \"B\" C\"}", "{a:1}", "[01x]", "['a']", "[1;2]"] {
            assert_eq!(mend(text).map(drop), Err(Hopeless::Ambiguous), "{text}");
        }
    }

    proptest! {
        #[test]
        fn valid_json_keeps_its_meaning(
            texts in proptest::collection::vec(any::<(String, Option<i32>)>(), 0..10),
        ) {
            let value = json!([texts]);
            let text = value.to_string();
            let (mended, rest) = mend(&text).expect("valid JSON");
            prop_assert_eq!(serde_json::from_str::<Value>(&mended).expect("JSON"), value);
            prop_assert_eq!(rest, "");
        }

        #[test]
        fn any_text_is_mended_or_refused(text: String) {
            let _ = mend(&format!("{{{text}"));
        }
    }
}
