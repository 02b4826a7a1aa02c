//! What a process has on its way for one account.

use std::collections::HashSet;

/// What is on its way for one account. It is there while anything is.
#[derive(Debug, Default)]
pub(super) struct Active {
    /// Places that there are.
    pub(super) places: u16,
    pub(super) held: HashSet<u64>,
    pub(super) waiting: usize,
    /// What was given back without the store knowing it.
    pub(super) owed: Vec<u64>,
}

impl Active {
    /// Has given back anew what was given back while a beat that still named it was on its way: the
    /// beat may have come last, and then it holds the place.
    pub(super) fn take_back(&mut self, named: &[u64]) {
        let given_back = named.iter().filter(|number| !self.held.contains(*number));
        self.owed.extend(given_back);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_while_a_beat_names_it_is_given_back_again() {
        let mut active = Active { held: HashSet::from([3]), owed: vec![1], ..Active::default() };
        active.take_back(&[2, 3]);
        assert_eq!(active.owed, [1, 2]);
    }
}
