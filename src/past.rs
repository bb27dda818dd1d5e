//! What clients had asked before a run began, as far as the disks tell with which it begins.
//!
//! What all copies of a key hold is what it holds at first. What only some of them hold was asked by
//! somebody whom nobody in the run has heard of since: it may take effect later or never, like an
//! operation that was called and stays open.

use crate::ids::NodeId;
use crate::operation::{Operation, Text};
use crate::sorting;

/// Whose disk it is that a run begins with.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The node.
    pub node: NodeId,
    /// How many nodes there are.
    pub nodes: u16,
    /// The values of [`crate::protocol::Sheet::settings`], in order.
    pub settings: &'a [u32],
}

/// An operation that a disk remembers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remembered {
    /// Its place among all operations on what it changes, and the period in which it got that place:
    /// what has the same of both on two disks is the same operation.
    pub version: (u64, u64),
    /// What was asked.
    pub operation: Operation,
    /// Whether no other node keeps a copy of what it changed.
    pub is_only_copy: bool,
}

impl Remembered {
    /// An operation of which there are copies.
    pub fn asked(version: (u64, u64), operation: &Operation) -> Self {
        Remembered { version, operation: operation.clone(), is_only_copy: false }
    }

    /// A write of which there are copies, or where there is no value a delete.
    pub fn written(version: (u64, u64), key: &Text, value: Option<&Text>) -> Self {
        let key = key.clone();
        let operation = match value {
            Some(value) => Operation::Put { key, value: value.clone() },
            None => Operation::Delete { key },
        };
        Remembered { version, operation, is_only_copy: false }
    }

    /// The only copy of a value.
    pub fn alone(key: &Text, value: Text) -> Self {
        let operation = Operation::Put { key: key.clone(), value };
        Remembered { version: (0, 0), operation, is_only_copy: true }
    }
}

/// What had been asked before a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// What keys hold at first.
    pub held: Vec<(Text, Text)>,
    /// What may take effect later or never.
    pub open: Vec<Operation>,
}

impl Past {
    /// The past that these disks tell of together; a node that keeps no copies has none here.
    pub(crate) fn of(disks: Vec<Vec<Remembered>>) -> Self {
        let copies = disks.len();
        let mut all: Vec<Remembered> = disks.into_iter().flatten().collect();
        sorting::by(&mut all, Ord::cmp);
        let mut past = Past::default();
        for same in all.chunk_by(|one, other| one == other) {
            let Some(Remembered { operation, is_only_copy, .. }) = same.first() else { continue };
            if !is_only_copy && same.len() < copies {
                past.open.push(operation.clone());
                continue;
            }
            let (key, value) = match operation {
                Operation::Put { key, value } => (key.clone(), Some(value)),
                Operation::Delete { key } => (key.clone(), None),
                Operation::Propose { value } => (Text::default(), Some(value)),
                // No disk begins with anything else.
                _ => continue,
            };
            past.held.retain(|(other, _)| *other != key);
            past.held.extend(value.map(|value| (key, value.clone())));
        }
        past
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(version: (u64, u64), key: &str, value: &str) -> Remembered {
        let operation = Operation::Put { key: key.into(), value: value.into() };
        Remembered { version, operation, is_only_copy: false }
    }

    #[test]
    fn what_all_copies_hold_is_there_at_first_and_the_rest_is_open() {
        let (first, second) = (put((1, 1), "x", "a"), put((2, 1), "x", "b"));
        let lost = put((3, 1), "x", "c");
        let other = put((3, 2), "y", "d");
        let past = Past::of(vec![
            vec![first.clone(), second.clone(), lost.clone()],
            vec![first, second, other.clone()],
        ]);
        assert_eq!(past.held, [("x".into(), "b".into())], "the later of two that all hold");
        assert_eq!(past.open, [lost.operation, other.operation]);
    }

    #[test]
    fn an_only_copy_is_enough_and_a_delete_leaves_nothing() {
        let mut alone = put((0, 0), "x", "a");
        alone.is_only_copy = true;
        let mut gone = put((4, 0), "y", "");
        gone.operation = Operation::Delete { key: "y".into() };
        gone.is_only_copy = true;
        let mut before = put((3, 0), "y", "b");
        before.is_only_copy = true;
        let past = Past::of(vec![vec![alone], vec![gone, before], Vec::new()]);
        assert_eq!(past.held, [("x".into(), "a".into())]);
        assert!(past.open.is_empty());
    }
}
