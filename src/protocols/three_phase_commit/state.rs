//! What a node knows: what survives a crash and what does not. Every site of a transaction, the
//! coordinator included, has a record of it.

use crate::ids::{NodeId, NodeSet};
use crate::protocols::bank::{COORDINATOR, Reads, Register, Shard, State, Tx};
use crate::sorted::SortedMap;

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// Accounts, and a record of each transaction.
    pub shard: Shard,
    /// At n1: numbers given, and what clients were told.
    pub register: Register,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// Whether it begins transactions.
    pub coordinates: bool,
    /// At n1: the transactions being voted on.
    pub voting: SortedMap<Tx, Voting>,
    /// For each transaction that this site wants to bring to its end: how far the sites are, as
    /// far as it has heard. What a site said stays true: it never changes sides.
    pub heard: SortedMap<Tx, SortedMap<NodeId, State>>,
    /// Reads of its accounts.
    pub reads: Reads,
}

/// A transaction whose votes the coordinator is waiting for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Voting {
    /// Who has voted yes.
    pub yes: NodeSet,
    /// Whether it began after the timer did, and so has time until it fires again.
    pub is_fresh: bool,
}

/// How many sites it takes, of all sites of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorums {
    /// All sites: V.
    pub sites: u32,
    /// To commit: Vc.
    pub commit: u32,
    /// To abort: Va.
    pub abort: u32,
}

impl Quorums {
    /// Vc + Va = V + 1: two quorums share a site, and when every site has taken a side one of the
    /// quorums is there.
    pub fn of(sites: u32) -> Self {
        let abort = sites / 2 + 1;
        Quorums { sites, commit: sites + 1 - abort, abort }
    }
}

/// The sites of a transaction: who votes, and the coordinator.
pub fn sites(participants: NodeSet) -> NodeSet {
    participants.union(NodeSet::of(COORDINATOR))
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, coordinates: bool) -> Self {
        Node {
            disk,
            coordinates,
            voting: SortedMap::new(),
            heard: SortedMap::new(),
            reads: Reads::default(),
        }
    }
}
