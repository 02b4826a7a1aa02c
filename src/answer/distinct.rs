//! Keeps names apart that look alike after cleaning or masking: they are still two.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::FieldKey;

/// Numbers the names of one map: `Canal`, `Canal (2)`.
#[derive(Default)]
pub(super) struct Distinct {
    /// The next number to try for each name that came more than once. Without it, many equal names
    /// would cost quadratic time.
    next: HashMap<String, usize, RandomState>,
}

impl Distinct {
    /// Returns the name if it is free, else the name with the first number that is.
    pub(super) fn name(&mut self, name: FieldKey, is_taken: impl Fn(&str) -> bool) -> FieldKey {
        if !is_taken(&name) {
            return name;
        }
        let next = self.next.entry(name.to_string()).or_insert(2);
        loop {
            let numbered = format!("{name} ({next})");
            *next += 1;
            if !is_taken(&numbered) {
                return numbered.into();
            }
        }
    }
}

/// Takes the numbers off a name again.
pub(super) fn without_number(name: &str) -> &str {
    let numbered = name.trim_end().strip_suffix(')').and_then(|it| it.rsplit_once(" ("));
    match numbered {
        Some((rest, number))
            if !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()) =>
        {
            without_number(rest)
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::collections::HashSet;

    #[test]
    fn a_name_that_is_taken_gets_the_first_free_number() {
        let mut distinct = Distinct::default();
        let mut taken = HashSet::from(["a (3)".to_owned()]);
        for expected in ["a", "a (2)", "a (4)", "a (5)"] {
            let name = distinct.name("a".into(), |name| taken.contains(name));
            assert_eq!(name, expected);
            taken.insert(name.to_string());
        }
    }

    #[test]
    fn each_of_many_equal_names_is_tried_a_few_times_only() {
        let mut distinct = Distinct::default();
        let mut taken = HashSet::new();
        let tries = Cell::new(0);
        for _ in 0..10_000 {
            let name = distinct.name("a".into(), |name| {
                tries.set(tries.get() + 1);
                taken.contains(name)
            });
            taken.insert(name.to_string());
        }
        assert_eq!(taken.len(), 10_000);
        assert!(tries.get() <= 20_000, "{}", tries.get());
    }

    #[test]
    fn numbers_come_off_and_nothing_else_does() {
        for (numbered, name) in [
            ("Canal (2)", "Canal"),
            ("Canal (2) (3)", "Canal"),
            ("Canal (a)", "Canal (a)"),
            ("Canal(2)", "Canal(2)"),
            ("(2)", "(2)"),
        ] {
            assert_eq!(without_number(numbered), name);
        }
    }
}
