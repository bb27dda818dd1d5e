//! The updates that a state is made of, in the order in which a primary executed them.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::mix::hash_of;
use crate::operation::Operation;
use crate::protocol::Request;

/// The most updates a history holds; a primary with a full one takes no more changes.
pub const UPDATES_MAX: u64 = 10_000;

/// One update: a change, and the request that brought it about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Update {
    /// The view of the primary that executed it.
    pub view: u64,
    /// What the client asked.
    pub request: Request,
    /// What executing it changed: the request's operation, unless that depends on more than the
    /// state, as a time stamp does.
    pub change: Operation,
}

/// Updates in order. They are shared between the histories and the messages that hold them.
#[derive(Clone, Debug, Default)]
pub struct History {
    updates: Vec<Arc<Update>>,
    /// For each place, one hash over all updates up to it: where two histories agree in it they
    /// agree everywhere before.
    chain: Vec<u64>,
}

impl Hash for History {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The last hash of the chain stands for every update.
        (self.updates.len() as u64, self.chain.last()).hash(state);
    }
}

impl History {
    /// The place of the last update, counted from one; zero where there is none.
    pub fn last(&self) -> u64 {
        self.updates.len() as u64
    }

    /// The last update.
    pub fn last_update(&self) -> Option<&Arc<Update>> {
        self.updates.last()
    }

    /// The hash over all updates up to a place; `None` beyond the last.
    pub fn chain_at(&self, place: u64) -> Option<u64> {
        match usize::try_from(place).ok()? {
            0 => Some(0),
            place => self.chain.get(place - 1).copied(),
        }
    }

    /// The updates after a place, at most `count`.
    pub fn after(&self, place: u64, count: usize) -> Vec<Arc<Update>> {
        self.updates.iter().skip(place as usize).take(count).cloned().collect()
    }

    /// All updates with their places.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Update>)> {
        self.updates.iter().enumerate().map(|(place, update)| (place as u64 + 1, update))
    }

    /// Adds an update at the end.
    pub fn push(&mut self, update: Arc<Update>) {
        let before = self.chain.last().copied().unwrap_or(0);
        self.chain.push(hash_of(&(before, &*update)));
        self.updates.push(update);
    }

    /// How many updates at its end another history has not.
    pub fn beyond(&self, other: &History) -> u64 {
        let shared = self.chain.iter().zip(&other.chain).take_while(|(one, two)| one == two);
        self.last() - shared.count() as u64
    }
}
