//! Adds to JSON that stands on one line without laying it out anew.

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::{CollectOptions, parse_to_ast};
use serde_json::Value;

use super::json;

/// Appends a property to the object below the given keys, if that object stands on one line; none
/// if it does not, or is empty in a file of several lines.
pub(super) fn append(text: &str, within: &[&str], key: &str, value: &Value) -> Option<String> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &json::options()).ok()?;
    let top = match parsed.value? {
        Node::Object(top) => top,
        _ => return None,
    };
    let object = within.iter().try_fold(&top, |object, key| object.get_object(key))?;
    let (is_line, is_alone) = (is_on_one_line(text, object)?, is_on_one_line(text, &top)?);
    if !is_line || object.properties.is_empty() && (within.is_empty() || !is_alone) {
        return None;
    }
    let end = object.range.end.checked_sub(1)?;
    let last = object.properties.last().map(|last| last.range.end);
    let tail = text.get(last.unwrap_or(object.range.start + 1)..end)?;
    if tail.contains('/') {
        return None; // a comment, which the other way keeps in its place
    }
    let written = text.get(object.range.start..end)?;
    let space = if written.contains("\": ") { " " } else { "" };
    let comma = if last.is_none() || tail.contains(',') { "" } else { "," };
    // The spaces before the brace stay before it.
    let place = last.unwrap_or(object.range.start + 1) + tail.trim_end().len();
    let gap = if last.is_none() { "" } else { space };
    let key = Value::from(key);
    let (before, after) = text.split_at_checked(place)?;
    Some(format!("{before}{comma}{gap}{key}:{space}{value}{after}"))
}

fn is_on_one_line(text: &str, object: &Object<'_>) -> Option<bool> {
    Some(!text.get(object.range.start..object.range.end)?.contains('\n'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn appended(text: &str, within: &[&str]) -> Option<String> {
        append(text, within, "k", &json!({ "n": 1 }))
    }

    #[test]
    fn what_stands_on_one_line_stays_on_one_line() {
        for (text, within, expected) in [
            (r#"{"a":1}"#, &[][..], r#"{"a":1,"k":{"n":1}}"#),
            (r#"{ "a": 1 }"#, &[], r#"{ "a": 1, "k": {"n":1} }"#),
            (r#"{ "a": 1, }"#, &[], r#"{ "a": 1, "k": {"n":1} }"#),
            (r#"{"s":{"o":{}},"x":1}"#, &["s"], r#"{"s":{"o":{},"k":{"n":1}},"x":1}"#),
            (r#"{"s":{}}"#, &["s"], r#"{"s":{"k":{"n":1}}}"#),
            (
                "{\n  \"s\": {\"o\": 1}\n}\n",
                &["s"],
                "{\n  \"s\": {\"o\": 1, \"k\": {\"n\":1}}\n}\n",
            ),
            ("/* x */ {\"a\":1} // é\n", &[], "/* x */ {\"a\":1,\"k\":{\"n\":1}} // é\n"),
        ] {
            assert_eq!(appended(text, within).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_has_lines_or_nothing_is_laid_out_in_lines() {
        for (text, within) in [
            ("{}", &[][..]),
            ("{\n  \"a\": 1\n}", &[]),
            ("{\n  \"s\": {}\n}", &["s"]),
            (r#"{"a":1 /* x */}"#, &[]),
            (r#"{"s":7}"#, &["s"]),
            ("[1]", &[]),
        ] {
            assert_eq!(appended(text, within), None, "{text}");
        }
    }
}
