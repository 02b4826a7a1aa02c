//! Masks this program's tokens, wolkvox's and a person's own, in a text that is to be kept, whoever wrote it there (pure).

use std::borrow::Cow;

use crate::caller::TOKEN_PREFIX;
use crate::settings::Setting;

/// What stands in a token's place.
pub(super) const MASKED: &str = "MASKED";

/// A person's own token is longer than this.
const SHORTEST_TOKEN: usize = 20;

/// Masks what is assigned to the variable of a token in JSON, TOML, a command line or a comment, and
/// wherever else `token` stands. References to a token, such as `${WOLKVOX_TOKEN}`, stay.
pub(super) fn masked(text: &str, token: Option<&str>) -> String {
    let text = match token {
        Some(token) if !token.is_empty() => Cow::Owned(text.replace(token, MASKED)),
        _ => Cow::Borrowed(text),
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = split_at_name(rest) {
        kept.push_str(before);
        let value = value_in(after);
        let (between, tail) = after.split_at(value.start);
        let (value, tail) = tail.split_at(value.end - value.start);
        kept.push_str(between);
        kept.push_str(if is_secret(value) { MASKED } else { value });
        rest = tail;
    }
    without_callers(&(kept + rest))
}

/// Masks what begins as a person's own token does.
fn without_callers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(TOKEN_PREFIX) {
        kept.push_str(before);
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
        let (token, behind) = after.split_at(end);
        if token.len() < SHORTEST_TOKEN {
            kept.push_str(TOKEN_PREFIX);
            kept.push_str(token);
        } else {
            kept.push_str(MASKED);
        }
        rest = behind;
    }
    kept + rest
}

/// Returns whether a name is that of the variable of a token.
pub(super) fn is_token_name(name: &str) -> bool {
    NAMES.iter().any(|it| name.eq_ignore_ascii_case(it.variable()))
}

/// Returns whether a value may be a token, rather than a word that stands for one.
pub(super) fn is_secret(value: &str) -> bool {
    !value.is_empty() && !value.starts_with('$') && value != MASKED
}

/// The tokens that stand in variables.
const NAMES: [Setting; 2] = [Setting::Token, Setting::CallerToken];

/// Splits a text behind the next mention of such a variable.
fn split_at_name(text: &str) -> Option<(&str, &str)> {
    let named_at = |start: usize| {
        NAMES
            .iter()
            .map(|it| it.variable().len())
            .find(|length| text.get(start..start + length).is_some_and(is_token_name))
    };
    let end = text.char_indices().find_map(|(start, _)| Some(start + named_at(start)?))?;
    Some(text.split_at(end))
}

/// Returns where the value stands that a text assigns, right after a variable's name; an empty
/// range if it assigns none.
fn value_in(text: &str) -> std::ops::Range<usize> {
    let none = 0..0;
    // The quote that ends the name, perhaps escaped, and spaces.
    let sign = text.find(|letter: char| !matches!(letter, '"' | '\'' | '\\' | ' ' | '\t'));
    let Some(sign) = sign.filter(|at| text.get(*at..).is_some_and(|it| it.starts_with([':', '='])))
    else {
        return none;
    };
    let after = sign + 1;
    let is_space = |letter: char| letter.is_whitespace();
    let spaces = text.get(after..).and_then(|it| it.find(|letter| !is_space(letter)));
    let start = after + spaces.unwrap_or_default();
    let quoted = text.get(start..).unwrap_or_default();
    let bare = quoted.trim_start_matches('\\');
    let backslashes = quoted.len() - bare.len();
    let Some(quote) = bare.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
        let end = quoted.find(|letter: char| is_space(letter) || "\"',;}])".contains(letter));
        return start..start + end.unwrap_or(quoted.len());
    };
    // TOML opens a text of several lines with three quotes; two are an empty text.
    let opening = match bare.chars().take_while(|letter| *letter == quote).count() {
        2 => return none,
        1 => 1,
        _ => 3,
    };
    let start = start + backslashes + opening;
    let inner = text.get(start..).unwrap_or_default();
    start..start + closing(inner, quote)
}

/// Returns where a quoted text ends: at its quote, unless a backslash stands before it.
fn closing(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices() {
        if letter == '\n' || letter == quote && (!is_escaped || quote == '\'') {
            return at;
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_masked_however_it_is_assigned() {
        for (text, expected) in [
            (r#"{"WOLKVOX_TOKEN": "FICT-1", "a": 1}"#, r#"{"WOLKVOX_TOKEN": "MASKED", "a": 1}"#),
            (r#"{"WOLKVOX_TOKEN":"FI\"CT"}"#, r#"{"WOLKVOX_TOKEN":"MASKED"}"#),
            ("{\"WOLKVOX_TOKEN\":\n  \"FICT\"}", "{\"WOLKVOX_TOKEN\":\n  \"MASKED\"}"),
            ("env = { WOLKVOX_TOKEN = 'FICT' }", "env = { WOLKVOX_TOKEN = 'MASKED' }"),
            ("WOLKVOX_TOKEN = \"\"\"FICT\"\"\"\n", "WOLKVOX_TOKEN = \"\"\"MASKED\"\"\"\n"),
            (r#"["-e", "WOLKVOX_TOKEN=FICT", "x"]"#, r#"["-e", "WOLKVOX_TOKEN=MASKED", "x"]"#),
            (r#""sh -c 'WOLKVOX_TOKEN=FICT x'""#, r#""sh -c 'WOLKVOX_TOKEN=MASKED x'""#),
            (r#""sh -c \"WOLKVOX_TOKEN='FICT' x\"""#, r#""sh -c \"WOLKVOX_TOKEN='MASKED' x\"""#),
            (r#"// "WOLKVOX_TOKEN": "FICT","#, r#"// "WOLKVOX_TOKEN": "MASKED","#),
            ("# wolkvox_token=FICT", "# wolkvox_token=MASKED"),
            (r#""WOLKVOX_CALLER_TOKEN": "FICT""#, r#""WOLKVOX_CALLER_TOKEN": "MASKED""#),
            (
                r#""Authorization": "Bearer wvx_FICT-0123456789_abcdefgh""#,
                r#""Authorization": "Bearer MASKED""#,
            ),
            ("WOLKVOX_TOKEN=A WOLKVOX_TOKEN=B", "WOLKVOX_TOKEN=MASKED WOLKVOX_TOKEN=MASKED"),
        ] {
            assert_eq!(masked(text, None), expected);
        }
    }

    #[test]
    fn what_is_no_token_stays() {
        for text in [
            r#"{"WOLKVOX_TOKEN": "${WOLKVOX_TOKEN}"}"#,
            r#"{"WOLKVOX_TOKEN": "${input:wolkvox-token}"}"#,
            r#"{"WOLKVOX_TOKEN_FILE": "/home/ana/token"}"#,
            r#"["-e", "WOLKVOX_TOKEN", "image"]"#,
            r#"{"WOLKVOX_TOKEN": "", "other": "x"}"#,
            "env_vars = [\"WOLKVOX_TOKEN\"]\nother = 1",
            "ñ WOLKVOX_TOKEN",
        ] {
            assert_eq!(masked(text, None), text);
        }
    }

    #[test]
    fn the_token_that_is_known_is_masked_anywhere() {
        assert_eq!(masked(r#"{"T": "x FICT"}"#, Some("FICT")), r#"{"T": "x MASKED"}"#);
        assert_eq!(masked("a", Some("")), "a");
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_token() {
        for (text, expected) in [
            (r#"{"WOLKVOX_TOKEN":"FIC\"T"}"#, r#"{"WOLKVOX_TOKEN":"MASKED"}"#),
            (r#"{"WOLKVOX_TOKEN":"FIC\\"}"#, r#"{"WOLKVOX_TOKEN":"MASKED"}"#),
            (r#"x = '\"WOLKVOX_TOKEN\": \"FICT'"#, r#"x = '\"WOLKVOX_TOKEN\": \"MASKED"#),
        ] {
            assert_eq!(masked(text, None), expected);
        }
    }
}
