//! Adds to JSON that stands on one line without laying it out anew.

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, parse_to_ast};
use serde_json::Value;

use super::json;

/// Appends a property to the object below the given keys, if that object stands on one line; none
/// if it does not, or is empty in a file of several lines.
pub(super) fn append(text: &str, within: &[&str], key: &str, value: &Value) -> Option<String> {
    let top = top(text)?;
    let object = within.iter().try_fold(&top, |object, key| object.get_object(key))?;
    let last = object.properties.last().map(|last| last.range.end);
    let place = Place { start: object.range.start, end: object.range.end, last };
    if last.is_none() && (within.is_empty() || !is_on_one_line(text, &top)?) {
        return None;
    }
    let space = if place.inside(text)?.contains("\": ") { " " } else { "" };
    place.insert(text, &format!("{}:{space}{value}", Value::from(key)))
}

/// Appends an element to the list of that name, under the same condition.
pub(super) fn push(text: &str, name: &str, value: &Value) -> Option<String> {
    let top = top(text)?;
    let list = top.get_array(name)?;
    let last = list.elements.last().map(|last| last.range().end);
    if last.is_none() && !is_on_one_line(text, &top)? {
        return None;
    }
    Place { start: list.range.start, end: list.range.end, last }.insert(text, &value.to_string())
}

fn top(text: &str) -> Option<Object<'_>> {
    match parse_to_ast(text, &CollectOptions::default(), &json::options()).ok()?.value? {
        Node::Object(top) => Some(top),
        _ => None,
    }
}

fn is_on_one_line(text: &str, object: &Object<'_>) -> Option<bool> {
    Some(!text.get(object.range.start..object.range.end)?.contains('\n'))
}

/// Where an object or a list stands in a text, its brackets included.
struct Place {
    start: usize,
    end: usize,
    /// Where its last member ends.
    last: Option<usize>,
}

impl Place {
    fn inside<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.get(self.start + 1..self.end.checked_sub(1)?)
    }

    /// Inserts a last member; none if the place has several lines, or a comment behind its members.
    fn insert(&self, text: &str, member: &str) -> Option<String> {
        let inside = self.inside(text)?;
        let last = self.last.unwrap_or(self.start + 1);
        let tail = text.get(last..self.end.checked_sub(1)?)?;
        if inside.contains('\n') || tail.contains('/') {
            return None;
        }
        let comma = if self.last.is_none() || tail.contains(',') { "" } else { "," };
        let is_spaced = inside.contains("\": ") || inside.contains(", ");
        let space = if self.last.is_some() && is_spaced { " " } else { "" };
        // The spaces before the bracket stay before it.
        let (before, after) = text.split_at_checked(last + tail.trim_end().len())?;
        Some(format!("{before}{comma}{space}{member}{after}"))
    }
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
    fn a_list_on_one_line_stays_on_one_line() {
        for (text, expected) in [
            (r#"{"l":[]}"#, Some(r#"{"l":[1]}"#)),
            (r#"{"l":[0],"x":1}"#, Some(r#"{"l":[0,1],"x":1}"#)),
            (r#"{ "l": [ 0, 2, ] }"#, Some(r#"{ "l": [ 0, 2, 1 ] }"#)),
            ("{\n  \"l\": [0]\n}", Some("{\n  \"l\": [0,1]\n}")),
            ("{\n  \"l\": []\n}", None),
            ("{\"l\": [\n0]}", None),
        ] {
            assert_eq!(push(text, "l", &json!(1)).as_deref(), expected, "{text}");
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
