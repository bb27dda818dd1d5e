//! What a node knows: what survives a crash and what does not. n1 coordinates and has the
//! coordinator's part, all others have the shard's.

use crate::ids::NodeSet;
use crate::protocol::Request;
use crate::protocols::bank::{Reads, Register, Shard, Tx};
use crate::sorted::SortedMap;

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// As a participant: accounts and records.
    pub shard: Shard,
    /// At n1: numbers given, and what clients were told.
    pub register: Register,
    /// The commits that not all participants have acknowledged, with the participants.
    pub commits: SortedMap<Tx, NodeSet>,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// Whether it is the coordinator.
    pub coordinates: bool,
    /// As the coordinator: the transactions being voted on.
    pub voting: SortedMap<Tx, Voting>,
    /// Who has acknowledged each commit.
    pub acknowledged: SortedMap<Tx, NodeSet>,
    /// As a participant: the transactions it has asked about, and who is in doubt as well.
    pub in_doubt: SortedMap<Tx, NodeSet>,
    /// Reads of its accounts.
    pub reads: Reads,
}

/// A transaction that the coordinator has no decision about yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Voting {
    /// Whose request it is.
    pub request: Request,
    /// Who votes.
    pub participants: NodeSet,
    /// Who has voted yes.
    pub yes: NodeSet,
    /// Whether it began after the timer did, and so has time until it fires again.
    pub is_fresh: bool,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, coordinates: bool) -> Self {
        Node {
            disk,
            coordinates,
            voting: SortedMap::new(),
            acknowledged: SortedMap::new(),
            in_doubt: SortedMap::new(),
            reads: Reads::default(),
        }
    }
}
