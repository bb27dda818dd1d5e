//! The replicated log (paper §5.3): entries numbered from one, each with the term it was made in.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::mix::hash_of;
use crate::protocol::Request;

/// The most entries a log holds; a full leader takes no more requests.
pub const ENTRIES_MAX: u64 = 10_000;

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Nothing: the entry a leader begins its term with (§8).
    Blank,
    /// A client's request.
    Request(Request),
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: u64,
    /// What it holds.
    pub command: Command,
}

/// A log. Entries are shared between the logs that hold them and the messages that carry them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    entries: Vec<Arc<Entry>>,
    /// For each place, one hash over all entries up to it. Two logs whose hashes agree at a place
    /// agree everywhere before it, so the log matching property costs one comparison to check.
    chain: Vec<u64>,
}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The last hash of the chain stands for every entry.
        (self.entries.len() as u64, self.chain.last()).hash(state);
    }
}

impl Log {
    /// The place of the last entry; zero for an empty log.
    pub fn last_index(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The term of the last entry; zero for an empty log.
    pub fn last_term(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.term)
    }

    /// The entry at a place.
    pub fn get(&self, index: u64) -> Option<&Arc<Entry>> {
        let place = usize::try_from(index.checked_sub(1)?).ok()?;
        self.entries.get(place)
    }

    /// The term at a place: zero at place zero, before the first entry; `None` beyond the last.
    pub fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The hash over all entries up to a place; `None` beyond the last.
    pub fn chain_at(&self, index: u64) -> Option<u64> {
        match usize::try_from(index).ok()? {
            0 => Some(0),
            place => self.chain.get(place - 1).copied(),
        }
    }

    /// The entries after a place, at most `count`.
    pub fn after(&self, index: u64, count: usize) -> Vec<Arc<Entry>> {
        self.entries.iter().skip(index as usize).take(count).cloned().collect()
    }

    /// All entries with their places.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Entry>)> {
        self.entries.iter().enumerate().map(|(place, entry)| (place as u64 + 1, entry))
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Arc<Entry>) {
        let before = self.chain.last().copied().unwrap_or(0);
        self.chain.push(hash_of(&(before, &*entry)));
        self.entries.push(entry);
    }

    /// Removes every entry after a place.
    pub fn truncate(&mut self, index: u64) {
        self.entries.truncate(index as usize);
        self.chain.truncate(index as usize);
    }

    /// The last place whose entry is of that term.
    pub fn last_index_of_term(&self, term: u64) -> Option<u64> {
        self.iter().rev().find(|(_, entry)| entry.term == term).map(|(index, _)| index)
    }

    /// The first place whose entry is of the same term as the one at `index`.
    pub fn first_index_of_run(&self, index: u64) -> u64 {
        let term = self.term_at(index);
        let mut first = index;
        while first > 1 && self.term_at(first - 1) == term {
            first -= 1;
        }
        first
    }

    /// Whether a log that ends with this term and place has all that this one may have committed:
    /// the later term wins, in the same term the longer log (§5.4.1).
    pub fn is_covered_by(&self, last_term: u64, last_index: u64) -> bool {
        (last_term, last_index) >= (self.last_term(), self.last_index())
    }
}
