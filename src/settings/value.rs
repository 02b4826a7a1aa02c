//! What surrounds a value that a person or a program wrote (pure).

/// Pairs of quotes that `--env-file`, `cmd.exe` and word processors leave around a value.
const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')];

/// Takes off spaces and one pair of quotes around a value.
pub fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = QUOTES.iter().find_map(|(open, close)| {
        text.strip_prefix(*open).and_then(|inner| inner.strip_suffix(*close))
    });
    inner.map_or(text, str::trim)
}

/// Returns whether a text sets a name to a value, as a file of variables or a header does:
/// `WOLKVOX_TOKEN=…`, `export TOKEN=…`, `token: …`.
pub fn is_assignment(text: &str) -> bool {
    let line = text.trim().lines().next().unwrap_or_default();
    let line = ["export ", "set ", "setx ", "$env:"]
        .iter()
        .find_map(|start| strip_prefix_ignoring_case(line, start))
        .unwrap_or(line);
    let Some(place) = line.find(['=', ':']) else { return false };
    let (name, value) = line.split_at(place);
    let name = name.trim().trim_matches(['"', '\'']);
    let is_colon = value.starts_with(':');
    let value = value.get(1..).unwrap_or_default();
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    // Padding at the end of base64 sets nothing.
    if !is_name || value.trim_matches(['=', ' ']).is_empty() {
        return false;
    }
    let folded = name.to_ascii_lowercase().replace(['-', '_'], "");
    if is_colon {
        return value.starts_with(' ') || folded == "wolkvoxtoken";
    }
    let is_upper =
        name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
    is_upper || ["token", "key", "secret"].iter().any(|word| folded.contains(word))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_of_quotes_is_taken_off() {
        for (text, inner) in [
            ("\"abc\"", "abc"),
            (" 'a b' ", "a b"),
            ("\" abc \"", "abc"),
            ("“abc”", "abc"),
            ("\"\"abc\"\"", "\"abc\""),
            ("\"abc", "\"abc"),
            ("abc'", "abc'"),
            ("\"", "\""),
            ("''", ""),
            ("\"abc'", "\"abc'"),
        ] {
            assert_eq!(unquoted(text), inner, "{text}");
        }
    }

    #[test]
    fn a_name_with_a_value_is_told_from_a_token() {
        for text in [
            "WOLKVOX_TOKEN=abc",
            "NAME=value",
            "export WOLKVOX_TOKEN=abc",
            "token=abc",
            "set TOKEN=abc",
            "$env:WOLKVOX_TOKEN = \"abc\"",
            "WOLKVOX_TOKEN: abc",
            "Wolkvox-Token: abc",
            "wolkvox-token:abc",
            "api_key=abc",
            "WOLKVOX_SERVER=crm0001.wolkvox.com\nWOLKVOX_TOKEN=abc",
        ] {
            assert!(is_assignment(text), "{text}");
        }
        for text in ["abc", "QUJDREVG==", "ABCDEF=", "abc/def+ghi=jkl&mno", "abc=def", "a:b", ""] {
            assert!(!is_assignment(text), "{text}");
        }
    }
}
