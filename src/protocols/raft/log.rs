//! The replicated log (paper §5.3): entries numbered from one, each with the term it was made in.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::configuration::Configuration;
use crate::mix::{hash_of, hash_reading};
use crate::protocol::Request;
use crate::renaming::Renaming;

/// The most entries a log holds; a full leader takes no more requests.
pub const ENTRIES_MAX: u64 = 10_000;

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Nothing: the entry a leader begins its term with (§8).
    Blank,
    /// A client's request.
    Request(Request),
    /// Who decides from here on (§6).
    Configuration(Arc<Configuration>),
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: u64,
    /// What it holds.
    pub command: Command,
}

/// A log. Entries are shared between the logs that hold them and the messages that carry them. Its
/// beginning may be gone, and a snapshot stand for it (§7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The last place that is gone; zero where none is.
    base: u64,
    /// The term of the entry at that place.
    base_term: u64,
    /// The hash over all entries up to that place.
    base_chain: u64,
    entries: Vec<Arc<Entry>>,
    /// For each place, one hash over all entries up to it. Two logs whose hashes agree at a place
    /// agree everywhere before it, so the log matching property costs one comparison to check.
    chain: Vec<u64>,
    /// The places of the configurations among the entries.
    configurations: Vec<u64>,
}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The last hash of the chain stands for every entry.
        (self.base, self.last_index(), self.last_chain()).hash(state);
    }
}

impl Log {
    /// A log of which a snapshot is all there is.
    pub fn after_snapshot(base: u64, base_term: u64, base_chain: u64) -> Self {
        Log { base, base_term, base_chain, ..Log::default() }
    }

    /// The last place that a snapshot stands for; zero where the log is whole.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The same with the hashes that it would have with other values in it; to be hashed.
    pub fn renamed(&self, names: &Renaming) -> Log {
        let mut renamed = self.clone();
        if !names.texts().is_empty() {
            renamed.chain = renamed_chain(self.base_chain, &self.entries, names);
        }
        renamed
    }

    /// The place of the last entry; zero for an empty log.
    pub fn last_index(&self) -> u64 {
        self.base + self.entries.len() as u64
    }

    /// The term of the last entry; zero for an empty log.
    pub fn last_term(&self) -> u64 {
        self.entries.last().map_or(self.base_term, |entry| entry.term)
    }

    fn last_chain(&self) -> u64 {
        self.chain.last().copied().unwrap_or(self.base_chain)
    }

    /// The entry at a place; `None` where it is gone or was never there.
    pub fn get(&self, index: u64) -> Option<&Arc<Entry>> {
        let place = usize::try_from(index.checked_sub(self.base + 1)?).ok()?;
        self.entries.get(place)
    }

    /// The term at a place: zero at place zero, before the first entry; `None` beyond the last, and
    /// where the entry is gone. Of the last one that is gone the snapshot tells it.
    pub fn term_at(&self, index: u64) -> Option<u64> {
        if index == self.base {
            Some(self.base_term)
        } else {
            self.get(index).map(|entry| entry.term)
        }
    }

    /// The hash over all entries up to a place; `None` beyond the last, and before the last that is
    /// gone.
    pub fn chain_at(&self, index: u64) -> Option<u64> {
        match usize::try_from(index.checked_sub(self.base)?).ok()? {
            0 => Some(self.base_chain),
            place => self.chain.get(place - 1).copied(),
        }
    }

    /// The entries after a place, at most `count`.
    pub fn after(&self, index: u64, count: usize) -> Vec<Arc<Entry>> {
        let skipped = index.saturating_sub(self.base) as usize;
        self.entries.iter().skip(skipped).take(count).cloned().collect()
    }

    /// All entries with their places.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Entry>)> {
        let first = self.base + 1;
        self.entries.iter().enumerate().map(move |(place, entry)| (first + place as u64, entry))
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Arc<Entry>) {
        self.chain.push(hash_of(&(self.last_chain(), &*entry)));
        if matches!(entry.command, Command::Configuration(_)) {
            self.configurations.push(self.last_index() + 1);
        }
        self.entries.push(entry);
    }

    /// Removes every entry after a place; what a snapshot stands for cannot be removed.
    pub fn truncate(&mut self, index: u64) {
        let kept = index.saturating_sub(self.base) as usize;
        self.entries.truncate(kept);
        self.chain.truncate(kept);
        self.configurations.retain(|place| *place <= index);
    }

    /// Lets go of every entry up to a place that it has.
    pub fn compact(&mut self, index: u64) {
        let (Some(term), Some(chain)) = (self.term_at(index), self.chain_at(index)) else { return };
        let gone = (index - self.base) as usize;
        self.entries.drain(..gone);
        self.chain.drain(..gone);
        self.configurations.retain(|place| *place > index);
        (self.base, self.base_term, self.base_chain) = (index, term, chain);
    }

    /// The latest configuration among the entries up to a place, and its place.
    pub fn configuration_up_to(&self, index: u64) -> Option<(u64, &Arc<Configuration>)> {
        let place = *self.configurations.iter().rev().find(|place| **place <= index)?;
        match &self.get(place)?.command {
            Command::Configuration(configuration) => Some((place, configuration)),
            _ => None,
        }
    }

    /// The last place whose entry is of that term.
    pub fn last_index_of_term(&self, term: u64) -> Option<u64> {
        self.iter().rev().find(|(_, entry)| entry.term == term).map(|(index, _)| index)
    }

    /// The first place whose entry is of the same term as the one at `index`.
    pub fn first_index_of_run(&self, index: u64) -> u64 {
        let term = self.term_at(index);
        let mut first = index;
        while first > self.base + 1 && self.term_at(first - 1) == term {
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

/// One hash over all entries up to each place, of entries with other values in them.
pub fn renamed_chain<'a>(
    base_chain: u64,
    entries: impl IntoIterator<Item = &'a Arc<Entry>>,
    names: &Renaming,
) -> Vec<u64> {
    let link = |chain: &mut u64, entry: &Arc<Entry>| {
        *chain = hash_reading(&(*chain, &**entry), names.texts());
        Some(*chain)
    };
    entries.into_iter().scan(base_chain, link).collect()
}
