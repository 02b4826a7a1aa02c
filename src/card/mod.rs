//! The card: a page that shows an answer to people, in hosts that show a server's own view in the chat
//! (MCP Apps, SEP-1865).
//!
//! | file of `page/` | what it is about |
//! | --- | --- |
//! | `card.js` | the state, what the host says, drawing anew |
//! | `bridge.js`, `theme.js` | the way to the host; its colours and font |
//! | `result.js`, `contacts.js` | what a tool's result and its records say |
//! | `history.js`, `counts.js`, `timeline.js` | the card of `query_obligation` |
//! | `balance.js` | the card of `get_obligation` |
//! | `notice.js` | waiting, nothing found, failures |
//! | `words.js` | every word, in English and Spanish |
//! | `dates.js`, `amounts.js`, `elements.js` | what all of them use |
//! | `types.d.ts` | for `scripts/card.sh`, which checks the types and tries the card in a browser |
//!
//! `chat/` is a small chat in which people try the card without a client of MCP Apps.

use std::sync::LazyLock;

/// The extension's name.
pub const EXTENSION: &str = "io.modelcontextprotocol/ui";
/// The media type by which hosts know such a page.
pub const MEDIA_TYPE: &str = "text/html;profile=mcp-app";

/// How every address of the card begins, older ones too.
const BEGINNING: &str = "ui://wolkvox/card";

/// The scripts share one scope, so that no bundler is needed; tables stand before what reads them.
const SOURCE: &str = concat!(
    include_str!("page/head.html"),
    "<style>\n",
    include_str!("page/card.css"),
    "</style>\n",
    include_str!("page/body.html"),
    "<script>\n\"use strict\";\n(() => {\n",
    include_str!("page/words.js"),
    include_str!("page/dates.js"),
    include_str!("page/amounts.js"),
    include_str!("page/elements.js"),
    include_str!("page/theme.js"),
    include_str!("page/bridge.js"),
    include_str!("page/result.js"),
    include_str!("page/contacts.js"),
    include_str!("page/history.js"),
    include_str!("page/counts.js"),
    include_str!("page/timeline.js"),
    include_str!("page/balance.js"),
    include_str!("page/notice.js"),
    include_str!("page/card.js"),
    "})();\n</script>\n</body>\n</html>\n",
);

/// Known when the program is built, so that listing the tools does not read the page.
const HASH: u32 = hash(SOURCE.as_bytes());

/// Returns the card's address. It changes with the page: some hosts keep a page for as long as its
/// address stays.
pub fn uri() -> String {
    format!("{BEGINNING}-{HASH:08x}.html")
}

/// Returns whether an address is the card's, today's or an earlier one: hosts may keep a list of
/// tools for longer than a program lives.
pub fn is_card(uri: &str) -> bool {
    uri.starts_with(BEGINNING)
}

/// Returns the page: one document, without its source's comments and indents.
pub fn page() -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(|| bare(SOURCE));
    &PAGE
}

/// Returns the small chat in which people try the card; it finds the card at `card` beside it, and
/// calls tools at `card/call`.
pub fn chat() -> &'static str {
    concat!(
        include_str!("chat/head.html"),
        "<style>\n",
        include_str!("chat/chat.css"),
        "</style>\n",
        include_str!("chat/body.html"),
        "<script>\n\"use strict\";\n(() => {\n",
        include_str!("chat/chat.js"),
        "})();\n</script>\n</body>\n</html>\n",
    )
}

fn bare(source: &str) -> String {
    let is_comment = |line: &str| ["//", "/*", "* ", "*/"].iter().any(|it| line.starts_with(it));
    let mut page = String::with_capacity(source.len());
    for line in source.lines().map(str::trim) {
        if !(line.is_empty() || line == "*" || is_comment(line)) {
            page.push_str(line);
            page.push('\n');
        }
    }
    page
}

/// FNV-1a of 32 bits, as each character of the address costs tokens. The crates for it need more lines
/// than it has.
const fn hash(mut bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5;
    while let [byte, rest @ ..] = bytes {
        hash ^= *byte as u32;
        hash = u32::wrapping_mul(hash, 0x0100_0193);
        bytes = rest;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::fields::FIELDS;

    #[test]
    fn the_page_is_one_document_below_sixty_kilobytes() {
        assert!(page().starts_with("<!doctype html>") && page().trim_end().ends_with("</html>"));
        assert!(page().len() < 60_000, "{}", page().len());
        // What ends a script ends it wherever it stands.
        assert_eq!(page().matches("</script").count(), 1);
    }

    #[test]
    fn the_page_asks_for_nothing_and_stores_nothing() {
        // The name of SVG's elements, which nobody fetches.
        let page = page().replace("http://www.w3.org/2000/svg", "");
        for asking in [
            "http:",
            "https:",
            "src=",
            "href",
            "url(",
            "@import",
            "fetch(",
            "XMLHttp",
            "WebSocket",
            "Storage",
            "cookie",
            "innerHTML",
            "insertAdjacent",
            "console.",
            "eval(",
        ] {
            assert!(!page.contains(asking), "{asking}");
        }
    }

    #[test]
    fn the_address_changes_with_the_page_and_earlier_ones_are_known() {
        assert_eq!(hash(b""), 0x811c_9dc5);
        assert_eq!(hash(b"foobar"), 0xbf9c_f968, "the algorithm's own example");
        assert_eq!(uri().len(), 31, "its characters are tokens of every conversation");
        assert!(is_card(&uri()) && is_card("ui://wolkvox/card-01234567.html"));
        assert!(!is_card("wolkvox://fields") && !is_card("ui://other/card.html"));
    }

    #[test]
    fn comments_are_left_out_and_code_is_not() {
        assert!(!page().contains("@param") && !page().contains("One state, drawn anew"));
        let code = |line: &&str| !line.is_empty() && !line.starts_with(['/', '*']);
        let words = include_str!("page/amounts.js").lines().map(str::trim).filter(code);
        for line in words {
            assert!(page().contains(line), "{line}");
        }
    }

    #[test]
    fn every_kind_of_failure_has_its_words() {
        for kind in Kind::ALL {
            let entry = format!("[\"{kind}\", {{");
            assert!(include_str!("page/words.js").contains(&entry), "{kind}");
        }
    }

    #[test]
    fn every_field_that_answers_show_is_shown_by_the_card_or_kept_back_on_purpose() {
        let sources = [include_str!("page/words.js"), include_str!("page/contacts.js")];
        for field in FIELDS {
            let quoted = format!("\"{}\"", field.name);
            assert!(sources.iter().any(|it| it.contains(&quoted)), "{}", field.name);
        }
    }
}
