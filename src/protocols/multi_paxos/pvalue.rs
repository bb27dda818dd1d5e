//! Ballots, commands and pvalues, and the table of slots that holds them.
//!
//! A *pvalue* is a triple of ballot, slot and command (van Renesse and Altinbuken §2.2): what an
//! acceptor accepts. An acceptor keeps for each slot only the one with the highest ballot, as no
//! other is ever needed.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::ids::NodeId;
use crate::mix::hash_of;
use crate::protocol::Request;
use crate::sorted::SortedMap;

/// A ballot: rounds are compared first, then nodes. As it carries the node that leads it, two
/// leaders never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// Counts up with each attempt.
    pub round: u64,
    /// Whose ballot it is.
    pub node: NodeId,
}

impl Ballot {
    /// Before the first ballot.
    pub const NONE: Ballot = Ballot { round: 0, node: NodeId(0) };

    /// The ballot as one number, whose last digit is the node: 23 is round 2 of n3. The order is
    /// the same, and there are at most nine nodes.
    pub fn number(self) -> u64 {
        if self.round == 0 { 0 } else { self.round * 10 + u64::from(self.node.0) + 1 }
    }

    /// The inverse of [`Ballot::number`]; `None` where no ballot has that number.
    pub fn from_number(number: u64) -> Option<Self> {
        match (number / 10, number % 10) {
            (0, 0) => Some(Ballot::NONE),
            (0, _) | (_, 0) => None,
            (round, digit) => Some(Ballot { round, node: NodeId(digit as u16 - 1) }),
        }
    }
}

impl Default for Ballot {
    fn default() -> Self {
        Ballot::NONE
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// What is decided for a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Nothing: it fills a hole.
    NoOp,
    /// A client's request.
    Request(Request),
}

impl Command {
    /// Whether it is that request, asked for the first time or again.
    pub fn is_for(&self, request: &Request) -> bool {
        match self {
            Command::NoOp => false,
            Command::Request(other) => {
                (other.session, other.sequence) == (request.session, request.sequence)
            }
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::NoOp => f.write_str("no-op"),
            Command::Request(request) => request.operation.fmt(f),
        }
    }
}

/// What was accepted for a slot, and in which ballot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pvalue {
    /// The ballot.
    pub ballot: Ballot,
    /// The command.
    pub command: Arc<Command>,
}

/// A table of slots, numbered from one; some may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots<T> {
    entries: SortedMap<u64, Arc<T>>,
    /// The sum of the hashes of all entries: it stands for them, whatever the order they came in.
    digest: u64,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots { entries: SortedMap::new(), digest: 0 }
    }
}

impl<T> Hash for Slots<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.entries.len() as u64, self.digest).hash(state);
    }
}

impl<T: Hash> Slots<T> {
    /// Fills a slot, or replaces what is in it.
    pub fn insert(&mut self, slot: u64, entry: Arc<T>) {
        self.digest = self.digest.wrapping_add(hash_of(&(slot, &*entry)));
        if let Some(before) = self.entries.insert(slot, entry) {
            self.digest = self.digest.wrapping_sub(hash_of(&(slot, &*before)));
        }
    }

    /// What is in a slot.
    pub fn get(&self, slot: u64) -> Option<&Arc<T>> {
        self.entries.get(&slot)
    }

    /// The last slot that is not empty; zero where all are.
    pub fn last(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(slot, _)| *slot)
    }

    /// All slots that are not empty, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<T>)> {
        self.starting_at(0)
    }

    /// Those from `first` on.
    pub fn starting_at(&self, first: u64) -> impl DoubleEndedIterator<Item = (u64, &Arc<T>)> {
        self.entries.range(first..).map(|(slot, entry)| (*slot, entry))
    }

    /// The unbroken run that starts at `first`, at most `count` long.
    pub fn run(&self, first: u64, count: usize) -> Vec<Arc<T>> {
        let consecutive = self.starting_at(first).zip(first..).take(count);
        consecutive
            .take_while(|((slot, _), expected)| slot == expected)
            .map(|((_, entry), _)| Arc::clone(entry))
            .collect()
    }

    /// How many slots are not empty.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether every slot is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A number that differs where the contents do.
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ballots_number_keeps_its_order() {
        let ballots: Vec<Ballot> = (1..4)
            .flat_map(|round| (0..9).map(move |node| Ballot { round, node: NodeId(node) }))
            .collect();
        assert!(ballots.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ballots.windows(2).all(|pair| pair[0].number() < pair[1].number()));
        for ballot in ballots.into_iter().chain([Ballot::NONE]) {
            assert_eq!(Ballot::from_number(ballot.number()), Some(ballot));
        }
        assert_eq!(Ballot::from_number(3), None);
        assert_eq!(Ballot::from_number(20), None);
    }

    #[test]
    fn a_table_of_slots_is_what_is_in_it() {
        let mut one = Slots::default();
        let mut other = Slots::default();
        for slot in [1, 2, 4] {
            one.insert(slot, Arc::new(slot * 7));
        }
        other.insert(2, Arc::new(99));
        for slot in [4, 2, 1] {
            other.insert(slot, Arc::new(slot * 7));
        }
        assert_eq!(hash_of(&one), hash_of(&other));
        assert_eq!(one.run(1, 64).len(), 2);
        assert_eq!(one.run(3, 64).len(), 0);
        assert_eq!(one.run(1, 1).len(), 1);
        assert_eq!((one.last(), one.len()), (4, 3));
    }
}
