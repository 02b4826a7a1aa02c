//! Hands out a token's places: to people in turn, so that one who asks for much waits behind
//! everybody else's first request. tokio's semaphore serves calls in turn, not people.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Who asks, as far as the gate tells people apart.
pub type Person = Arc<str>;

/// The places of one token.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    places: usize,
    free: usize,
    /// Who waits, in the order in which they are served.
    turn: VecDeque<Person>,
    /// For each of them, oldest first, where to hand a place.
    waiting: HashMap<Person, VecDeque<oneshot::Sender<Place>>>,
}

/// A place for one request; dropping it hands it on.
#[derive(Debug)]
pub(super) struct Place(Gate);

impl Gate {
    pub(super) fn new(places: usize) -> Self {
        let (turn, waiting) = (VecDeque::new(), HashMap::new());
        Self(Arc::new(Mutex::new(State { places, free: places, turn, waiting })))
    }

    /// Waits for a place. Dropping the future gives up the wait.
    pub(super) async fn enter(&self, person: &Person) -> Place {
        loop {
            match self.take_or_wait(person) {
                Ok(place) => return place,
                Err(waiting) => {
                    // The other end is only dropped with the gate, which this future holds.
                    if let Ok(place) = waiting.await {
                        return place;
                    }
                }
            }
        }
    }

    /// Returns whether somebody may be waiting for a place.
    pub(super) fn is_full(&self) -> bool {
        self.lock().free == 0
    }

    /// Returns how many places are taken, and how many requests wait for one.
    pub(super) fn load(&self) -> (usize, usize) {
        let state = self.lock();
        let waits = |line: &VecDeque<oneshot::Sender<Place>>| {
            line.iter().filter(|hand| !hand.is_closed()).count()
        };
        (state.places - state.free, state.waiting.values().map(waits).sum())
    }

    fn take_or_wait(&self, person: &Person) -> Result<Place, oneshot::Receiver<Place>> {
        let mut state = self.lock();
        if state.free > 0 {
            state.free -= 1;
            return Ok(Place(self.clone()));
        }
        let (hand, waiting) = oneshot::channel();
        let line = state.waiting.entry(Arc::clone(person)).or_default();
        let is_first = line.is_empty();
        line.push_back(hand);
        if is_first {
            state.turn.push_back(Arc::clone(person));
        }
        Err(waiting)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next one who waits off the line, and puts that person behind all others.
    fn next(&mut self) -> Option<oneshot::Sender<Place>> {
        while let Some(person) = self.turn.pop_front() {
            let Some(line) = self.waiting.get_mut(&person) else { continue };
            // Who gave up is passed over.
            while line.front().is_some_and(oneshot::Sender::is_closed) {
                line.pop_front();
            }
            let next = line.pop_front();
            if line.is_empty() {
                self.waiting.remove(&person);
            } else {
                self.turn.push_back(person);
            }
            if next.is_some() {
                return next;
            }
        }
        None
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        let Some(next) = state.next() else {
            state.free += 1;
            return;
        };
        drop(state);
        // If the other end gave up just now, its place is dropped here and goes to the next.
        drop(next.send(Self(self.0.clone())));
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    fn person(name: &str) -> Person {
        Arc::from(name)
    }

    /// Lets these people wait, one after the other, and returns the order in which they are served.
    async fn order(gate: &Gate, people: &[&'static str]) -> Vec<&'static str> {
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for name in people.iter().copied() {
            let (gate, served) = (gate.clone(), Arc::clone(&served));
            tasks.push(tokio::spawn(async move {
                let _place = gate.enter(&person(name)).await;
                served.lock().expect("not poisoned").push(name);
                yield_now().await;
            }));
            yield_now().await;
        }
        for task in tasks {
            task.await.expect("served");
        }
        let served = served.lock().expect("not poisoned");
        served.clone()
    }

    #[tokio::test]
    async fn people_are_served_in_turn_however_much_one_asks() {
        let gate = Gate::new(1);
        let held = gate.enter(&person("other")).await;
        let waiting = order(&gate, &["a", "a", "a", "a", "b", "c", "b"]);
        let release = async {
            for _ in 0..20 {
                yield_now().await;
            }
            drop(held);
        };
        let (served, ()) = tokio::join!(waiting, release);
        assert_eq!(served, ["a", "b", "c", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn no_more_are_inside_than_there_are_places() {
        let gate = Gate::new(2);
        let first = gate.enter(&person("a")).await;
        let _second = gate.enter(&person("a")).await;
        assert!(gate.is_full());
        let b = person("b");
        let mut third = Box::pin(gate.enter(&b));
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop(third);
        drop(first);
        assert!(!gate.is_full());
        let _third = gate.enter(&b).await;
        assert!(gate.is_full());
    }

    #[tokio::test]
    async fn a_place_never_stays_with_somebody_who_gave_up() {
        let gate = Gate::new(1);
        let [a, b, c, d] = ["a", "b", "c", "d"].map(person);
        let held = gate.enter(&a).await;
        let mut gave_up = Box::pin(gate.enter(&b));
        assert!(futures_util::poll!(gave_up.as_mut()).is_pending());
        let mut late = Box::pin(gate.enter(&c));
        assert!(futures_util::poll!(late.as_mut()).is_pending());
        let mut handed = Box::pin(gate.enter(&d));
        assert!(futures_util::poll!(handed.as_mut()).is_pending());
        drop(gave_up);
        drop(held);
        // It has been handed to `c`, who gives up before looking.
        drop(late);
        drop(handed.await);
        assert!(!gate.is_full());
        assert!(gate.lock().waiting.is_empty() && gate.lock().turn.is_empty());
    }
}
