//! Cleans text that third parties typed, before a model or a terminal sees it.
//!
//! What cannot be seen goes: control and format characters, private use, noncharacters, and every
//! code point that Unicode calls default ignorable (zero-width characters, tags, variation
//! selectors, bidirectional controls). They carry nothing that a reader needs and can hide
//! instructions from people. Blanks of unusual width become spaces, and a letter keeps only a few
//! marks. The sets come from Unicode's data by way of `icu_properties`. Emoji made of several code
//! points stay whole.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::props::{
    DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic, GeneralCategory,
    NoncharacterCodePoint,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Longest value, in characters, its mark included.
pub const LONGEST: usize = 1_000;
/// Ends a value that was cut.
pub const CUT_MARK: &str = "…[cut]";

/// Longest text that [`redacted`] returns, its mark not included.
const LONGEST_REDACTED: usize = 200;
/// Token strings seen in the wild are hexadecimal; nothing that people write for people is.
const TOKEN_LIKE: usize = 32;

const JOINER: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
/// An empty braille cell, which Unicode counts among the symbols.
const BRAILLE_BLANK: char = '\u{2800}';
/// A note without a head, which nothing shows.
const NULL_NOTEHEAD: char = '\u{1d159}';
/// The only invisible character before the marks, beside control characters.
const SOFT_HYPHEN: char = '\u{ad}';
/// The letters of European languages come before it and need no look into Unicode's tables.
const FIRST_MARK: char = '\u{300}';
/// Most marks on one letter; pointed Hebrew has five.
const MOST_MARKS: usize = 5;

/// Removes what cannot be seen and makes each run of line breaks and tabs one space. Cleaning
/// twice changes nothing.
pub fn single_line(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let visible = visible(text);
    let mut cleaned = String::with_capacity(text.len());
    let mut last = None;
    for (index, &letter) in visible.iter().enumerate() {
        let next = visible.get(index + 1).copied();
        let kept = match letter {
            JOINER => joins(&cleaned, next),
            EMOJI_STYLE => {
                last.is_some_and(|it| is_pictographic(it) || next == Some(KEYCAP) && is_key(it))
            }
            _ => true,
        };
        if kept {
            cleaned.push(letter);
            last = Some(letter);
        }
    }
    if cleaned == text { Cow::Borrowed(text) } else { Cow::Owned(cleaned) }
}

/// Returns whether a text has nothing but what is kept for certain: visible ASCII and spaces, and the
/// letters of European languages.
fn is_plain(text: &str) -> bool {
    // Without a way out of the loop many bytes are looked at together.
    let is_visible = |seen, byte| seen & matches!(byte, b' '..=b'~');
    text.bytes().fold(true, is_visible)
        || text
            .chars()
            .all(|letter| matches!(letter, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..FIRST_MARK))
}

/// Cleans a value and cuts it to `longest` characters, its mark included.
pub fn value(text: &str, longest: usize) -> Cow<'_, str> {
    let cleaned = self::single_line(text);
    // A text never has more characters than bytes.
    if cleaned.len() <= longest || cleaned.chars().count() <= longest {
        return cleaned;
    }
    let kept = longest.saturating_sub(CUT_MARK.chars().count());
    let mut cut: String = cleaned.chars().take(kept).collect();
    // Do not leave half of an emoji that several code points make up.
    while cut.ends_with([JOINER, EMOJI_STYLE]) {
        cut.pop();
    }
    Cow::Owned(cut + CUT_MARK)
}

/// Returns a text that may go into a message or a ticket: on one line, at most 200 characters and
/// a mark, without anything that looks like a token.
pub fn redacted(text: &str) -> String {
    let mut redacted = String::new();
    for word in self::single_line(text).split_whitespace() {
        if !redacted.is_empty() {
            redacted.push(' ');
        }
        redacted.push_str(&without_hex_runs(word));
    }
    if let Some((end, _)) = redacted.char_indices().nth(LONGEST_REDACTED) {
        redacted.truncate(end);
        redacted.push('…');
    }
    redacted
}

fn without_hex_runs(word: &str) -> String {
    let mut kept = String::new();
    let mut run = String::new();
    for letter in word.chars().chain([' ']) {
        if letter.is_ascii_hexdigit() {
            run.push(letter);
            continue;
        }
        kept.push_str(if run.len() >= TOKEN_LIKE { "[removed]" } else { &run });
        run.clear();
        kept.push(letter);
    }
    kept.pop();
    kept
}

/// Returns a name the way it is compared with others: without case, accents and what cannot be
/// seen, words apart by one space whatever stood between them.
pub fn folded(name: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd();
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_accent = |letter: &char| categories.get(*letter) == GeneralCategory::NonspacingMark;
    let cleaned = self::single_line(name);
    let letters = decomposed.normalize(&cleaned);
    let plain: String = letters.chars().filter(|letter| !is_accent(letter)).collect();
    let lower = plain.to_lowercase();
    let is_gap = |letter: char| letter.is_whitespace() || letter == '_';
    lower.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Drops what is never kept, makes unusual blanks spaces, and folds line breaks and tabs.
fn visible(text: &str) -> Vec<char> {
    let mut kept = Vec::with_capacity(text.len());
    let mut after_break = false;
    let mut marks = 0;
    for letter in text.chars() {
        let is_break = matches!(
            letter,
            '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
        );
        let is_joining = matches!(letter, JOINER | EMOJI_STYLE);
        if !is_break && !is_joining && is_invisible(letter) {
            continue;
        }
        marks = match letter {
            _ if is_joining => marks,
            _ if is_mark(letter) => marks + 1,
            _ => 0,
        };
        if !(is_break && after_break) && marks <= MOST_MARKS {
            kept.push(if is_break || is_space(letter) { ' ' } else { letter });
        }
        after_break = is_break;
    }
    kept
}

fn is_invisible(letter: char) -> bool {
    if letter < FIRST_MARK {
        return letter.is_control() || letter == SOFT_HYPHEN;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(letter);
    matches!(
        category,
        GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
    ) || letter == NULL_NOTEHEAD
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        || CodePointSetData::new::<NoncharacterCodePoint>().contains(letter)
}

/// Returns whether a character is put on the letter before it.
fn is_mark(letter: char) -> bool {
    let category = || CodePointMapData::<GeneralCategory>::new().get(letter);
    letter >= FIRST_MARK
        && matches!(category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

fn is_space(letter: char) -> bool {
    letter == BRAILLE_BLANK || letter.is_whitespace()
}

/// Returns whether a joiner stands between two parts of one emoji.
fn joins(before: &str, next: Option<char>) -> bool {
    let mut before = before.chars().rev();
    let base = match before.next() {
        Some(EMOJI_STYLE) => before.next(),
        last => last,
    };
    let modifier = CodePointSetData::new::<EmojiModifier>();
    base.is_some_and(|it| is_pictographic(it) || modifier.contains(it))
        && next.is_some_and(is_pictographic)
}

fn is_pictographic(letter: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(letter)
}

fn is_key(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '#' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_stays_as_it_is() {
        for typed in [
            "Íñigo Muñoz, ¿cómo está? ¡Bien!",
            "a  b",
            "promesa: $ 1.750.905 — 20/11",
            "👍 👍🏽 ❤️ 👩‍👧 👩🏽‍🚒 🏳️‍🌈 🇨🇴 1️⃣ #️⃣",
            "cafe\u{301}", // the accent as a code point of its own
            "الرصيد ١٢٠٠ ريال",
            "הַסְּכּוּם שֶׁשֻּׁלַּם",
            "ราคา ₹500 हिन्दी Việt",
        ] {
            assert_eq!(single_line(typed), typed);
        }
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        for (typed, cleaned) in [
            ("a\u{0}b\u{7f}c\u{9b}d", "abcd"),
            ("a\r\n\tb\n\nc", "a b c"),
            ("a\u{2028}b", "a b"),
            ("a\u{200b}b\u{feff}c\u{ad}d\u{2060}e", "abcde"),
            ("\u{202e}abc\u{2066}d\u{200f}", "abcd"),
            ("a\u{e0041}\u{e007f}b", "ab"),
            ("a\u{200d}b\u{fe0f}c\u{e0100}", "abc"),
            ("1\u{fe0f}2", "12"),
            ("👩\u{200d}\u{200d}👧", "👩\u{200d}👧"),
            ("👩\u{200d}", "👩"),
            ("❤\u{fe0f}\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
            ("a\u{fff9}b\u{fffa}c\u{fffb}d", "abcd"),
            ("a\u{e000}b\u{f8ff}c\u{10fffd}d", "abcd"),
            ("a\u{fdd0}b\u{ffff}c\u{1fffe}d", "abcd"),
            ("a\u{600}b\u{6dd}c\u{8e2}d\u{110bd}e\u{13430}f\u{1d159}g", "abcdefg"),
        ] {
            assert_eq!(single_line(typed), cleaned, "{typed:?}");
        }
    }

    #[test]
    fn every_kind_of_blank_is_a_space() {
        for blank in
            "\u{a0}\u{1680}\u{2000}\u{2003}\u{200a}\u{202f}\u{205f}\u{3000}\u{2800}".chars()
        {
            assert_eq!(single_line(&format!("8:05{blank}p. m.")), "8:05 p. m.", "{blank:?}");
        }
    }

    #[test]
    fn a_letter_keeps_a_few_marks_whatever_stands_between_them() {
        let stacked = format!("a{}b{}", "\u{301}".repeat(50), "\u{301}\u{200b}\u{fe0f}".repeat(9));
        let few = "\u{301}".repeat(MOST_MARKS);
        assert_eq!(single_line(&stacked), format!("a{few}b{few}"));
    }

    #[test]
    fn names_that_people_take_for_the_same_are_folded_into_one() {
        for name in [
            "Otro teléfono",
            "  otro  TELÉFONO ",
            "Otro\u{a0}tele\u{301}fono",
            "Otro\u{200b} teléfono",
            "otro_telefono",
        ] {
            assert_eq!(folded(name), "otro telefono", "{name:?}");
        }
        assert_eq!(folded("ﬁcha Ñandú"), "ficha nandu");
    }

    #[test]
    fn a_long_value_is_cut_between_characters_and_marked() {
        let cut = value(&"ñ".repeat(1_001), LONGEST).into_owned();
        assert_eq!(cut.chars().count(), LONGEST);
        assert!(cut.ends_with("ñ…[cut]"));
        assert_eq!(value(&"ñ".repeat(1_000), LONGEST).chars().count(), LONGEST);
        assert!(!value(&"ñ".repeat(1_000), LONGEST).contains('…'));
    }

    #[test]
    fn a_redacted_text_is_short_on_one_line_and_without_tokens() {
        let token = "0123456789abcdef0123456789ABCDEF";
        for (text, shown) in [
            ("  a\r\n\tb\u{0} ", "a b"),
            (&format!("token={token}x bad"), "token=[removed]x bad"),
            (token, "[removed]"),
            ("deadbeef is short", "deadbeef is short"),
        ] {
            assert_eq!(redacted(text), shown);
        }
        assert_eq!(redacted(&"á ".repeat(500)).chars().count(), LONGEST_REDACTED + 1);
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(typed in any::<String>(), longest in 10..60_usize) {
            let once = value(&typed, longest).into_owned();
            prop_assert_eq!(value(&once, longest).into_owned(), once);
        }

        #[test]
        fn cleaning_emoji_twice_changes_nothing(
            typed in proptest::collection::vec(
                prop_oneof![
                    Just('👩'), Just('🏽'), Just('❤'), Just('1'), Just('a'), Just(JOINER),
                    Just(EMOJI_STYLE), Just(KEYCAP), Just('\n'), Just(' '), Just('\u{200b}'),
                    Just('🇨'), Just('\u{e0041}'), Just('\u{301}'), Just('\u{a0}'),
                ],
                0..40,
            ),
            longest in 7..30_usize,
        ) {
            let typed: String = typed.into_iter().collect();
            let once = value(&typed, longest).into_owned();
            prop_assert_eq!(value(&once, longest).into_owned(), once);
        }

        #[test]
        fn nothing_invisible_is_left_outside_an_emoji(typed in any::<String>()) {
            let cleaned = single_line(&typed).into_owned();
            for letter in cleaned.chars().filter(|it| ![JOINER, EMOJI_STYLE].contains(it)) {
                prop_assert!(!is_invisible(letter), "{letter:?}");
                prop_assert!(letter == ' ' || !is_space(letter), "{letter:?}");
            }
        }
    }
}
