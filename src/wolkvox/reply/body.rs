//! Finds the envelope in a body: behind a PHP warning, or before what a server appends.

use serde::de::{DeserializeSeed, IgnoredAny};

use super::envelope::{Envelope, ReadEnvelope};
use super::json::{Reader, Way};
use super::lenient::{Hopeless, mend};
use crate::error::BodyKind;
use crate::fields;

/// Why a body holds no envelope.
#[derive(Debug)]
pub(super) enum Unparsable {
    /// JSON that ends too early.
    CutOff,
    /// JSON of another shape.
    Json,
    /// No JSON at all.
    NotJson(BodyKind),
    /// More JSON, or a fatal error, behind the envelope.
    Continued,
    /// More values than are read.
    TooMany,
}

/// How many objects of a warning's own text may stand before the envelope.
const MOST_BRACES: usize = 8;
/// How many objects behind the envelope are looked into, and how long what stands there may be.
const MOST_APPENDED: usize = 256;
const LONGEST_APPENDED: usize = 1024 * 1024;
/// What PHP says when it ends too early.
const FATAL: [&str; 3] = ["fatal error", "parse error", "uncaught "];
/// A page that holds JSON is a page.
const PAGE: [&str; 5] = ["<!doctype", "<html", "<head", "<body", "<script"];
/// Words in the text around an empty envelope that leave open why it is empty.
const WARNINGS: [&str; 8] =
    ["warning", "notice", "error", "deprecated", "exception", "failed", "aviso", "advertencia"];

/// Finds the envelope.
pub(super) fn parse(text: &str, reader: &Reader<'_>) -> Result<Envelope, Unparsable> {
    let text = text.trim_matches(is_nothing);
    let parsed = match text.chars().next() {
        None => Err(Unparsable::NotJson(BodyKind::Empty)),
        Some('{' | '[') => whole(text, reader),
        Some(first) => {
            after_warning(text, reader).unwrap_or(Err(Unparsable::NotJson(match first {
                '<' => BodyKind::Html,
                _ => BodyKind::Text,
            })))
        }
    };
    if parsed.is_err() && reader.is_exhausted() { Err(Unparsable::TooMany) } else { parsed }
}

/// White space, padding, and byte order marks of files that PHP includes.
fn is_nothing(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\0' | '\u{feff}')
}

/// Reads the envelope that a text begins with.
fn whole(text: &str, reader: &Reader<'_>) -> Result<Envelope, Unparsable> {
    let strict = match read(text, reader) {
        Ok((envelope, appended)) => return accept(envelope, appended),
        Err(problem) => problem,
    };
    if strict.is_eof() || reader.is_exhausted() {
        return Err(Unparsable::CutOff);
    }
    let (mended, appended) = mend(text).map_err(|hopeless| match hopeless {
        Hopeless::CutOff => Unparsable::CutOff,
        Hopeless::Ambiguous => Unparsable::Json,
    })?;
    match read(&mended, reader) {
        Ok((envelope, _)) => accept(envelope, appended),
        Err(_) => Err(Unparsable::Json),
    }
}

/// Reads strict JSON, and returns what follows it.
fn read<'t>(text: &'t str, reader: &Reader<'_>) -> serde_json::Result<(Envelope, &'t str)> {
    read_in(Way::Usual, text, reader).or_else(|_| read_in(Way::OneByOne, text, reader))
}

fn read_in<'t>(
    way: Way,
    text: &'t str,
    reader: &Reader<'_>,
) -> serde_json::Result<(Envelope, &'t str)> {
    reader.begin(way);
    let mut json = serde_json::Deserializer::from_str(text);
    let envelope = ReadEnvelope(reader).deserialize(&mut json)?;
    let end = json.into_iter::<IgnoredAny>().byte_offset();
    Ok((envelope, text.get(end..).unwrap_or_default()))
}

fn accept(mut envelope: Envelope, appended: &str) -> Result<Envelope, Unparsable> {
    if !envelope.is_recognised {
        return Err(Unparsable::Json);
    }
    let appended = appended.trim_matches(is_nothing);
    if appended.is_empty() {
        return Ok(envelope);
    }
    let spoken = appended.to_ascii_lowercase();
    if appended.len() > LONGEST_APPENDED
        // The envelope was closed by mistake, or another one follows.
        || appended.starts_with(['{', '}', '[', ']', ',', ':', '"'])
        || FATAL.iter().any(|words| spoken.contains(words))
        || holds_reply(appended)
    {
        return Err(Unparsable::Continued);
    }
    envelope.is_warned_of = WARNINGS.iter().any(|words| spoken.contains(words));
    Ok(envelope)
}

/// Returns whether there is an envelope or a record in what a server appended. A debug bar has
/// objects too, but none of these.
fn holds_reply(appended: &str) -> bool {
    let mut objects = 0;
    let mut rest = appended;
    while let Some((_, from)) = rest.split_once('{') {
        rest = from;
        // Braces of scripts and styles are followed by something else.
        if !from.trim_start().starts_with('"') {
            continue;
        }
        objects += 1;
        let is_known = |key: &str| {
            // `date`, `time` and their kind are anybody's words.
            matches!(key, "code" | "data" | "msg")
                || key.contains('_') && fields::find(key).is_some()
        };
        let mut keys = from.split('"').skip(1).step_by(2).take(8);
        if objects > MOST_APPENDED || keys.any(is_known) {
            return true;
        }
    }
    false
}

/// Finds the envelope behind a PHP warning. Each object is read from its own brace: one inside a
/// cut-off envelope must not pass for it, so the first that is cut off ends the search.
fn after_warning(text: &str, reader: &Reader<'_>) -> Option<Result<Envelope, Unparsable>> {
    let spoken = text.to_ascii_lowercase();
    // After a fatal error PHP ends, so what follows is not its output.
    let ends = FATAL.iter().chain(&PAGE).filter_map(|words| spoken.find(words));
    let end = ends.min().unwrap_or(text.len());
    let braces = text.match_indices('{').map(|(at, _)| at).take_while(|at| *at < end);
    let is_object = |at: &usize| {
        let inside = text.get(at + 1..).unwrap_or_default();
        inside.trim_start().starts_with(['"', '}'])
    };
    for at in braces.filter(is_object).take(MOST_BRACES) {
        let from = text.get(at..)?;
        match whole(from, reader) {
            Ok(mut envelope) => {
                envelope.is_warned_of = true;
                return Some(Ok(envelope));
            }
            Err(Unparsable::Json | Unparsable::NotJson(_)) => {}
            Err(other) => return Some(Err(other)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Reply;
    use super::*;

    /// Returns whether a reply is read that has this after its end.
    fn is_read(appended: &str) -> bool {
        let body =
            format!(r#"{{"code":"200","msg":"ok","data":[{{"id_customer":"1"}}]}}{appended}"#);
        let reply = Reply { status: 200, content_type: None, body: body.as_bytes() };
        reply.read(None).is_ok()
    }

    #[test]
    fn what_a_server_appends_is_let_go_up_to_a_length() {
        let page = |length: usize| format!("<{}>", "a".repeat(length - 2));
        assert!(is_read(&page(LONGEST_APPENDED)));
        assert!(!is_read(&page(LONGEST_APPENDED + 1)));
    }

    #[test]
    fn what_a_server_appends_is_let_go_up_to_a_number_of_objects() {
        let debug_bar = |objects: usize| format!("<bar>{}", r#"{"a":1}"#.repeat(objects));
        assert!(is_read(&debug_bar(MOST_APPENDED)));
        assert!(!is_read(&debug_bar(MOST_APPENDED + 1)));
    }
}
