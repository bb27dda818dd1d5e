//! What a node knows: what survives a crash and what does not.

use std::fmt;

use super::{Ctx, rules};
use crate::ids::{NodeId, NodeSet};
use crate::protocols::bank::{COORDINATOR, Reads, Register, Shard, Tx, Vote};
use crate::sorted::SortedMap;

/// A ballot: a round and the node that leads it. Round 0 is every participant's own; its answers
/// come to n1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// The round.
    pub round: u32,
    /// Who leads it.
    pub node: NodeIndex,
}

/// A node's place; n1 by default.
pub type NodeIndex = u16;

impl Ballot {
    /// The ballot in which participants vote.
    pub const ZERO: Ballot = Ballot { round: 0, node: COORDINATOR.0 };

    /// Who counts what is accepted in it.
    pub fn leader(self) -> NodeId {
        NodeId(self.node)
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.round {
            0 => f.write_str("0"),
            round => write!(f, "{round}.{}", self.leader()),
        }
    }
}

/// What was accepted in each participant's instance, and in which ballot.
pub type Accepted = SortedMap<NodeId, (Ballot, Vote)>;

/// What an acceptor knows of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Acceptor {
    /// No ballot below this one counts any more.
    pub promised: Ballot,
    /// What it accepted.
    pub accepted: Accepted,
}

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// Accounts, and a record of each transaction.
    pub shard: Shard,
    /// At n1: numbers given, and what clients were told.
    pub register: Register,
    /// The last round that this node began.
    pub round: u32,
    /// As an acceptor: promises and accepted values.
    pub acceptors: SortedMap<Tx, Acceptor>,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// Whether it begins transactions.
    pub coordinates: bool,
    /// The transactions that it leads.
    pub leading: SortedMap<Tx, Leading>,
    /// Reads of its accounts.
    pub reads: Reads,
}

/// What a leader knows of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Leading {
    /// Its ballot.
    pub ballot: Ballot,
    /// Who has promised it; nobody needs to promise ballot 0.
    pub promised: NodeSet,
    /// Whether the promises were enough, and values are proposed.
    pub proposes: bool,
    /// The value of the highest ballot that it was told of, for each instance.
    pub found: Accepted,
    /// Who has accepted in its ballot, for each instance, and what.
    pub accepted: SortedMap<NodeId, (Vote, NodeSet)>,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, coordinates: bool) -> Self {
        Node { disk, coordinates, leading: SortedMap::new(), reads: Reads::default() }
    }
}

/// How many acceptors there are: 2F + 1.
pub fn acceptor_count(settings: &[u32]) -> u32 {
    2 * settings.get(usize::from(rules::FAULTS)).copied().unwrap_or(0) + 1
}

/// The acceptors: the first 2F + 1 nodes. A cluster with fewer nodes is refused.
pub fn acceptors(context: &Ctx<'_>) -> NodeSet {
    NodeSet::all((acceptor_count(context.settings) as u16).min(context.node_count))
}

/// How many of them are a majority: F + 1.
pub fn majority(context: &Ctx<'_>) -> u32 {
    context.setting(rules::FAULTS) + 1
}
