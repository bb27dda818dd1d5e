//! What a node knows: its items with their versions, which survive a crash, and what it is spreading,
//! which does not.

use std::fmt;

use super::rules;
use crate::ids::{NodeId, RuleSet};
use crate::operation::Text;
use crate::sorted::SortedMap;
use crate::store::Sessions;

/// A version's place in the order of all writes: the time first, then the node (Demers §1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// A Lamport counter, or the writer's local time in milliseconds.
    pub time: u64,
    /// The node that wrote.
    pub node: NodeId,
}

impl Stamp {
    /// The stamp as nodes compare it under these rules: without the tie-break, a time alone.
    pub fn compared(self, rules: RuleSet) -> (u64, NodeId) {
        let breaks_ties = rules.contains(rules::TIE_BROKEN_BY_NODE);
        (self.time, if breaks_ties { self.node } else { NodeId(0) })
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.time, self.node)
    }
}

/// What is known of a key: a value, or that it was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// Its place in the order of writes.
    pub stamp: Stamp,
    /// The value or the death certificate.
    pub content: Content,
}

/// What a version says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// The key has this value.
    Value(Text),
    /// A death certificate: the key was deleted, at this time on the deleting node's clock.
    Deleted {
        /// Milliseconds; certificates are kept for a while from then on.
        at_ms: u64,
    },
}

impl Version {
    /// The value, unless it is a death certificate.
    pub fn value(&self) -> Option<&Text> {
        match &self.content {
            Content::Value(value) => Some(value),
            Content::Deleted { .. } => None,
        }
    }
}

/// Items by key; what nodes hold and what they send.
pub type Items = SortedMap<Text, Version>;

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The highest timestamp given or, with Lamport's rule, received.
    pub clock: u64,
    /// How often partners were chosen: each choice has another number, also after a crash.
    pub choices: u64,
    /// The items.
    pub items: Items,
    /// Requests that took effect here, so that a copy of one does not take effect again.
    pub sessions: Sessions,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// The hash tree over the items, where hashes are compared; see [`super::merkle`].
    pub tree: Vec<u64>,
    /// The hot rumors: news that this node spreads.
    pub hot: SortedMap<Text, Rumor>,
    /// What the last request wrote, if it wrote anything.
    pub written: Option<Written>,
    /// Whether death certificates are never dropped.
    pub keeps_certificates: bool,
}

/// News that a node spreads until it meets too many that know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rumor {
    /// The version that is news.
    pub stamp: Stamp,
    /// How many partners had heard it before.
    pub unnecessary: u32,
}

/// What a request wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Written {
    /// The key.
    pub key: Text,
    /// The version that the write was given.
    pub stamp: Stamp,
    /// Whether it was a delete.
    pub deletes: bool,
}

impl Node {
    /// A node as it starts from its disk; the tree is still to be made.
    pub fn starting(disk: Disk) -> Self {
        Node {
            disk,
            tree: Vec::new(),
            hot: SortedMap::new(),
            written: None,
            keeps_certificates: true,
        }
    }
}
