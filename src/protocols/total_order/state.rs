//! What a node knows: what survives a crash and what does not. Data of a role lives in the role, so
//! that it cannot outlive it.

use std::sync::Arc;

use super::log::{Cast, Entry, Log};
use crate::ids::{NodeId, NodeSet};
use crate::sorted::{SortedMap, SortedSet};
use crate::store::{Sessions, Store};

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The latest epoch the node has joined; zero on a disk never written.
    pub epoch: u64,
    /// The epoch whose history it holds: that of the sequencer it last took one from.
    pub installed: u64,
    /// The messages it has received, without a gap.
    pub log: Log,
    /// How often it has started, so that no two of its messages have one name.
    pub starts: u32,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// What it is doing.
    pub role: Role,
    /// How many nodes there are; epochs go round them.
    pub count: u16,
    /// Messages received before one of a lower number.
    pub early: SortedMap<u64, Arc<Entry>>,
    /// The last number known to be stable.
    pub stable: u64,
    /// All numbers up to this one are delivered.
    pub delivered_up_to: u64,
    /// Numbers delivered beyond: only where a rule is off.
    pub delivered_early: SortedSet<u64>,
    /// What it has delivered since its start, in the order in which it did.
    pub delivered: Log,
    /// How many messages it has broadcast since its start.
    pub casts: u32,
    /// Those that it has not delivered yet.
    pub pending: Vec<Cast>,
    /// The state machine.
    pub store: Store,
    /// What the state machine remembers of clients.
    pub sessions: Sessions,
}

/// What a node is doing.
#[derive(Clone, Debug, Hash)]
pub enum Role {
    /// It receives what the sequencer orders.
    Replica,
    /// It wants to be the sequencer of its epoch and collects what the others have received.
    Collector(Collector),
    /// It numbers messages.
    Sequencer {
        /// For each node, how far it has acknowledged without a gap in this epoch.
        acked: Vec<u64>,
    },
}

/// What a collector has been told.
#[derive(Clone, Debug, Hash)]
pub struct Collector {
    /// By whom, itself included.
    pub heard: NodeSet,
    /// The epoch of the best history so far.
    pub installed: u64,
    /// That history.
    pub log: Arc<Log>,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, count: u16) -> Self {
        Node {
            disk,
            role: Role::Replica,
            count,
            early: SortedMap::new(),
            stable: 0,
            delivered_up_to: 0,
            delivered_early: SortedSet::new(),
            delivered: Log::default(),
            casts: 0,
            pending: Vec::new(),
            store: Store::default(),
            sessions: Sessions::default(),
        }
    }

    /// Whose epoch it is in.
    pub fn sequencer(&self) -> NodeId {
        owner(self.disk.epoch, self.count)
    }

    /// Whether it numbers messages.
    pub fn is_sequencer(&self) -> bool {
        matches!(self.role, Role::Sequencer { .. })
    }
}

/// The node that may sequence an epoch. Epochs go round the nodes: 1 is n1's, 2 is n2's, and with
/// three nodes 4 is n1's again, so that no two nodes can claim one.
pub fn owner(epoch: u64, count: u16) -> NodeId {
    NodeId((epoch.saturating_sub(1) % u64::from(count.max(1))) as u16)
}

/// The first epoch after another that is this node's.
pub fn next_epoch_of(node: NodeId, after: u64, count: u16) -> u64 {
    (after + 1..).find(|epoch| owner(*epoch, count) == node).unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_go_round_the_nodes() {
        let owners: Vec<u16> = (1..=7).map(|epoch| owner(epoch, 3).0).collect();
        assert_eq!(owners, [0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(next_epoch_of(NodeId(1), 1, 3), 2);
        assert_eq!(next_epoch_of(NodeId(1), 2, 3), 5);
        assert_eq!(next_epoch_of(NodeId(0), 1, 3), 4);
    }
}
