//! Bounds the calls that one person may have on the way at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Calls of one person at once.
pub(super) const AT_ONCE: usize = 8;

/// The calls on their way, by person.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<String, usize>>>);

/// A call on its way; dropping it ends that.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    person: String,
}

impl Places {
    /// Takes a place for a call of this person, unless all are taken.
    pub(super) fn take(&self, person: &str) -> Option<Place> {
        let mut taken = self.lock();
        let count = taken.entry(person.to_owned()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), person: person.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_eight_places_and_gets_them_back() {
        let places = Places::default();
        let mut taken: Vec<_> = (0..AT_ONCE).filter_map(|_| places.take("a")).collect();
        assert_eq!(taken.len(), AT_ONCE);
        assert!(places.take("a").is_none());
        assert!(places.take("b").is_some());
        taken.pop();
        assert!(places.take("a").is_some());
        drop(taken);
        assert!(places.lock().is_empty());
    }
}
