//! What a node knows: what survives a crash, which is what it holds of its own keys and of those of
//! others, and the operations that it coordinates, which do not.

use super::version::{Stamp, Version, add};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::Request;
use crate::sorted::SortedMap;

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// How often the node has started, so that no round is numbered twice.
    pub starts: u32,
    /// The node's last timestamp, so that none is given twice.
    pub last_ms: u64,
    /// For each of its keys the versions that none supersedes: one, or siblings.
    pub data: SortedMap<Text, Vec<Version>>,
    /// What it keeps for another node, the home, until that takes it: by home and key.
    pub hints: SortedMap<(NodeId, Text), Vec<Version>>,
}

impl Disk {
    /// All that it holds of a key, for itself or for others.
    pub fn known(&self, key: &Text) -> Vec<Version> {
        let mut known = self.data.get(key).cloned().unwrap_or_default();
        for (_, versions) in self.hints.iter().filter(|((_, of), _)| of == key) {
            versions.iter().for_each(|version| add(&mut known, version));
        }
        known
    }
}

/// Names one phase of one operation of one coordinator for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Round {
    /// How often the coordinator had started.
    pub start: u32,
    /// Counts its phases since then.
    pub number: u32,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// The operations that it coordinates, oldest first.
    pub operations: Vec<Operation>,
    /// How many rounds it has begun since its start.
    pub rounds: u32,
    /// How many operations it has begun since its start.
    pub begun: u32,
    /// The last version it made.
    pub made: Option<Made>,
    /// The last operation it answered.
    pub answered: Option<Answered>,
}

/// A client's operation at its coordinator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Counts the coordinator's operations since its start.
    pub number: u32,
    /// What the client asked.
    pub request: Request,
    /// Its present phase.
    pub round: Round,
    /// Whether it began after the timer was armed, and waits for its next round.
    pub is_young: bool,
    /// How often it has asked again.
    pub tries: u32,
    /// What it is doing.
    pub phase: Phase,
}

/// What an operation is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It waits for R replies; who has told what, in the order of their coming.
    Reading(Vec<(NodeId, Vec<Version>)>),
    /// It is answered, and repairs whoever told less; as above, what each node now has.
    Repairing(Vec<(NodeId, Vec<Version>)>),
    /// It waits for W nodes.
    Writing {
        /// The version.
        version: Version,
        /// Which homes have it, each with the node that holds it: itself, or a stand-in.
        holders: Vec<(NodeId, NodeId)>,
        /// Whether the client has its answer.
        is_answered: bool,
    },
}

/// A version that a coordinator made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Made {
    /// The number of its operation.
    pub number: u32,
    /// The key.
    pub key: Text,
    /// The version.
    pub version: Version,
    /// What the coordinator knew of when it made it, and so meant to supersede.
    pub follows: Vec<Version>,
}

/// What a coordinator answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// The operation's number since the coordinator's start.
    pub number: u32,
    /// What the client asked.
    pub request: Request,
    /// The versions read, or the one written.
    pub versions: Vec<Version>,
}

impl Node {
    /// A node as it starts from its disk. A disk that a scenario wrote has vectors of one entry;
    /// where the last writer wins they are timestamps.
    pub fn starting(mut disk: Disk, is_by_time: bool) -> Self {
        disk.starts += 1;
        let versions = disk.data.values_mut().flatten().filter(|_| is_by_time);
        for version in versions {
            if let Stamp::Vector(entries) = &version.stamp
                && let [(node, count)] = entries[..]
            {
                version.stamp = Stamp::Time { at_ms: count, node };
            }
        }
        Node { disk, operations: Vec::new(), rounds: 0, begun: 0, made: None, answered: None }
    }

    /// A name for the next phase.
    pub fn next_round(&mut self) -> Round {
        self.rounds += 1;
        Round { start: self.disk.starts, number: self.rounds }
    }
}
