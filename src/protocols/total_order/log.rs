//! Messages that are broadcast, and histories of them: what the sequencer has numbered, in order.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::ids::NodeId;
use crate::mix::hash_of;
use crate::operation::Text;
use crate::protocol::Request;

/// The most messages that are ever numbered; a full history takes no more.
pub const NUMBERS_MAX: u64 = 10_000;

/// A message by name: who broadcast it, in which of its lives, and the how-manieth there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CastId {
    /// The replica that broadcast it.
    pub origin: NodeId,
    /// That replica's start; zero for what was there before the run.
    pub start: u32,
    /// Counts the messages of that start from one.
    pub count: u32,
}

/// A message to be delivered by all replicas in one order: a client's request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cast {
    /// Its name.
    pub id: CastId,
    /// What it carries.
    pub request: Request,
}

/// A message with its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Its place in the order, from one.
    pub number: u64,
    /// The epoch whose sequencer numbered it.
    pub epoch: u64,
    /// The message.
    pub cast: Cast,
    /// What a nondeterministic command comes to, where the sequencer has fixed it.
    pub fixed: Option<Text>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cast.request.operation.fmt(f)?;
        match &self.fixed {
            Some(value) => write!(f, " → {value}"),
            None => Ok(()),
        }
    }
}

/// A sequence of messages. They are shared between the nodes and messages that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    entries: Vec<Arc<Entry>>,
    /// For each place, one hash over all up to it: where two sequences agree in it they agree in
    /// everything before.
    chain: Vec<u64>,
}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The last hash of the chain stands for every entry.
        (self.entries.len() as u64, self.chain.last()).hash(state);
    }
}

impl Log {
    /// How many messages there are.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The message at a place, counted from one.
    pub fn get(&self, place: u64) -> Option<&Arc<Entry>> {
        self.entries.get(usize::try_from(place.checked_sub(1)?).ok()?)
    }

    /// The last message.
    pub fn last(&self) -> Option<&Arc<Entry>> {
        self.entries.last()
    }

    /// The hash over all messages up to a place; `None` beyond the last.
    pub fn chain_at(&self, place: u64) -> Option<u64> {
        match usize::try_from(place).ok()? {
            0 => Some(0),
            place => self.chain.get(place - 1).copied(),
        }
    }

    /// All messages in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }

    /// Adds a message at the end.
    pub fn push(&mut self, entry: Arc<Entry>) {
        let before = self.chain.last().copied().unwrap_or(0);
        self.chain.push(hash_of(&(before, &*entry)));
        self.entries.push(entry);
    }

    /// Whether a message has a number in it.
    pub fn has(&self, cast: &Cast) -> bool {
        self.entries.iter().rev().any(|entry| entry.cast == *cast)
    }
}
