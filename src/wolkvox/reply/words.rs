//! Understands wolkvox's words (pure). A phrase means something only as a whole: every word of it
//! must belong to the phrase, so that a customer, a field or an operation whose name holds a known
//! word does not change what is said.

/// What the words of a reply without records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Emptiness {
    /// There are no words.
    Unsaid,
    /// Nothing was found.
    Nothing,
    /// This many records were found.
    Some(u64),
    /// Something else.
    Other,
}

/// What is counted.
const NOUNS: &str = "\
    RECORD RECORDS REGISTRO REGISTROS RESULT RESULTS RESULTADO RESULTADOS ROW ROWS";
/// What else belongs to "… records were are found".
const FOUND: &str = "\
    WERE ARE WAS IS HAVE BEEN FOUND THERE TOTAL SE HA HAN HAY EXISTEN FUE FUERON ENCONTRO \
    ENCONTRARON ENCONTRADO ENCONTRADOS HALLO HALLARON HALLADO HALLADOS";
const NONE: &str = "NO NOT ZERO CERO NINGUN NINGUNO SIN";

/// Returns what the words of a reply without records say.
pub(super) fn emptiness(words: &str) -> Emptiness {
    let tokens = tokens(words);
    if tokens.is_empty() {
        return Emptiness::Unsaid;
    }
    let belongs = |word: &str| {
        is_in(NOUNS, word) || is_in(FOUND, word) || is_in(NONE, word) || is_count(word)
    };
    let Some(noun) = tokens.iter().position(|word| is_in(NOUNS, word)) else {
        return Emptiness::Other;
    };
    if !tokens.iter().all(|word| belongs(word)) {
        return Emptiness::Other;
    }
    let mut counts = tokens.iter().filter_map(|word| count(word));
    let none = tokens.iter().position(|word| is_in(NONE, word));
    match (counts.next(), counts.next(), none) {
        (Some(0), None, _) => Emptiness::Nothing,
        (Some(count), None, None) => Emptiness::Some(count),
        // "Record not found" may be about the case file that was asked with, and not a count.
        (None, _, Some(none)) if none < noun || is_plural(tokens.get(noun)) => Emptiness::Nothing,
        _ => Emptiness::Other,
    }
}

fn is_plural(noun: Option<&String>) -> bool {
    noun.is_some_and(|noun| noun.ends_with('S'))
}

/// Returns how many records the words announce: the largest number that counts records, unless it
/// is a limit.
pub(super) fn announced(words: &str) -> Option<u64> {
    let tokens = tokens(words);
    let is_limit =
        |word: &String| ["MAX", "MAXIMUM", "MAXIMO", "LIMIT", "LIMITE"].contains(&word.as_str());
    let is_per_page = |words: &[String]| {
        matches!(words, [per, page]
            if matches!((per.as_str(), page.as_str()), ("PER", "PAGE") | ("POR", "PAGINA")))
    };
    let noun = |at: usize| tokens.get(at).is_some_and(|word| is_in(NOUNS, word));
    let is_filler = |word: &String| is_in(FOUND, word) || word == "OF" || word == "DE";
    let mut most = None;
    for (at, word) in tokens.iter().enumerate() {
        let Some(count) = count(word) else { continue };
        // "619 records", but also "records found: 619" and "250 records of 619".
        let before = tokens.get(..at).unwrap_or_default();
        let fillers = before.iter().rev().take_while(|word| is_filler(word)).count();
        let is_after_noun = noun(at.wrapping_sub(fillers + 1));
        let is_limited = before.iter().rev().take(3).any(is_limit)
            || tokens.iter().skip(at).take(3).any(is_limit)
            || tokens.get(at + 2..at + 4).is_some_and(is_per_page);
        if (noun(at + 1) || is_after_noun) && !is_limited {
            most = most.max(Some(count));
        }
    }
    most
}

/// Returns whether a word stands in a list of words.
pub(super) fn is_in(words: &str, word: &str) -> bool {
    words.split(' ').any(|it| it == word)
}

/// Returns the words, in capitals without accents and punctuation.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let bare = |word: &str| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        word.chars().flat_map(char::to_uppercase).map(without_accent).collect::<String>()
    };
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'Á' => 'A',
        'É' => 'E',
        'Í' => 'I',
        'Ó' => 'O',
        'Ú' | 'Ü' => 'U',
        letter => letter,
    }
}

pub(super) fn is_count(word: &str) -> bool {
    count(word).is_some()
}

/// Reads a whole number, also one with a separator between thousands.
fn count(word: &str) -> Option<u64> {
    let separators = [',', '.', '\'', '’'];
    let mut groups = word.split(separators);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    let is_one_kind = separators.iter().filter(|it| word.contains(**it)).count() <= 1;
    if is_one_kind { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_is_a_whole_phrase_with_the_count_0() {
        for words in [
            "0 records were are found",
            "0 records",
            "NO RECORDS FOUND",
            "No records were found.",
            "Records not found",
            "there are no records",
            "Records found: 0",
            "0 registros encontrados.",
            "No se encontraron registros",
            "NO SE ENCONTRÓ NINGÚN REGISTRO",
            "Sin resultados",
            "  0   results ",
        ] {
            assert_eq!(emptiness(words), Emptiness::Nothing, "{words}");
        }
    }

    #[test]
    fn other_words_are_not_nothing_found() {
        for words in [
            "DATABASE CONNECTION FAILED",
            "OPERATION NOT FOUND",
            "OPERATION NOT FOUND, NO RECORDS TABLE",
            "NOT FOUND",
            "RECORD NOT FOUND",
            "0 records were are found for MANTENIMIENTO SAS",
            "0 records were are found, database error",
            "0 of 37 records were found",
            "ok",
            "0",
            "no",
            "records",
            "1.5 records",
        ] {
            assert_eq!(emptiness(words), Emptiness::Other, "{words}");
        }
        assert_eq!(emptiness(" . "), Emptiness::Unsaid);
    }

    #[test]
    fn a_count_above_0_is_announced_and_never_nothing() {
        for (words, count) in [
            ("1 records were are found", 1),
            ("619 records were are found", 619),
            ("4 registros encontrados.", 4),
            ("Se encontraron 12 registros", 12),
            ("1,234 records were are found", 1_234),
            ("1.234.567 registros", 1_234_567),
            ("619,000 registros", 619_000),
            ("Records found: 37", 37),
        ] {
            assert_eq!(announced(words), Some(count), "{words}");
            assert_eq!(emptiness(words), Emptiness::Some(count), "{words}");
        }
        assert_eq!(announced("showing 250 of 619 records"), Some(619));
        assert_eq!(announced("250 records of 619"), Some(619));
    }

    #[test]
    fn what_counts_no_records_announces_none() {
        for words in [
            "",
            "ok",
            "page 3 of 7",
            "1.23 records",
            "12,34 records",
            "MAX 250 RECORDS",
            "250 records per page",
            "limit of 250 records",
            "client 900000001 has records",
            "1,2.345 records",
            "1,234.567 records",
            "1234,567 records",
        ] {
            assert_eq!(announced(words), None, "{words}");
        }
        assert_eq!(announced("0 records were are found"), Some(0));
    }
}
