//! Distinguishes a token that was given in a file's place by a slip, from the name of a file that may come
//! later (pure).

use std::path::Path;

/// The longest ending of a file that people give a token: `.token`, `.secret`.
const LONGEST_ENDING: usize = 8;

/// Returns whether what was given as a file that is not there may be a token instead: it names no
/// folder that `is_folder`, nor has the ending of a file.
pub fn may_be_token(given: &str, is_folder: impl Fn(&Path) -> bool) -> bool {
    let path = Path::new(given);
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    // A token may begin with a slash or have some in it, and then names no folder that is there.
    let has_folder = folder.is_some_and(|it| it.parent().is_some() && is_folder(it));
    let stem = path.file_stem().map(|it| it.to_string_lossy()).unwrap_or_default();
    let ending = path.extension().map(|it| it.to_string_lossy()).unwrap_or_default();
    let is_ending = (1..=LONGEST_ENDING).contains(&ending.len())
        && ending.chars().all(|letter| letter.is_ascii_lowercase());
    // A signed token has dots in it, too.
    let has_ending = folder.is_none() && is_ending && !stem.contains('.');
    !(has_folder || has_ending || path.file_name().is_some_and(|it| it == "token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(given: &str) -> bool {
        may_be_token(given, |folder| {
            ["/run/secrets", "/home/ana", "secrets", ".", "/"]
                .iter()
                .any(|it| folder == Path::new(it))
        })
    }

    #[test]
    fn what_looks_like_no_file_may_be_the_token() {
        for given in [
            "7b69642d746f6b656e2d66696374",
            "tok-7f3a9-SECRET",
            "abc/def+ghi=jkl&mno",
            "/abcdef",
            "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
            "a.b.txt",
            "abc.DEF",
            "abc.",
            "",
        ] {
            assert!(may_be(given), "{given}");
        }
    }

    #[test]
    fn a_file_that_may_come_later_is_none() {
        for given in [
            "token.txt",
            "token",
            "wolkvox.token",
            "./token-of-tomorrow",
            "/run/secrets/wolkvox_token",
            "/home/ana/7b69642d",
            "secrets/x",
        ] {
            assert!(!may_be(given), "{given}");
        }
    }
}
