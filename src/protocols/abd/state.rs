//! What a node knows: what survives a crash, which is all that it holds as a replica, and the
//! operations that it coordinates, which do not.

use std::fmt;

use crate::ids::{NodeId, NodeSet, RuleSet};
use crate::operation::{Outcome, Text};
use crate::protocol::Request;
use crate::sorted::SortedMap;

use super::rules;

/// The order of writes: the counter first, then the writer's id (LS §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// One more than the highest that the writer knew.
    pub counter: u64,
    /// The coordinator that made it.
    pub writer: NodeId,
}

impl Tag {
    /// The tag as nodes compare it under these rules: without the tie-break, a counter alone.
    pub fn compared(self, rules: RuleSet) -> (u64, NodeId) {
        let breaks_ties = rules.contains(rules::TIE_BROKEN_BY_WRITER_ID);
        (self.counter, if breaks_ties { self.writer } else { NodeId(0) })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.counter, self.writer)
    }
}

/// A client's put: its session and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Put {
    /// The session.
    pub session: u32,
    /// The number of the request in it.
    pub sequence: u32,
}

impl Put {
    /// The put that a request is.
    pub fn of(request: &Request) -> Self {
        Put { session: request.session, sequence: request.sequence }
    }
}

/// A value with its tag, and which put wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// The tag.
    pub tag: Tag,
    /// The value.
    pub value: Text,
    /// The put.
    pub put: Put,
}

/// The last put of a session that a replica was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// Its number in the session.
    pub sequence: u32,
    /// Its tag; the higher where it was given two.
    pub tag: Tag,
}

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// How often the node has started, so that no round is numbered twice.
    pub starts: u32,
    /// The registers; a key without one has no value and the lowest tag.
    pub registers: SortedMap<Text, Version>,
    /// For each session its last put. A client has one operation open at a time.
    pub puts: SortedMap<u32, Known>,
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
    /// Who has answered in this phase, the coordinator itself included.
    pub heard: NodeSet,
    /// What it is doing.
    pub phase: Phase,
}

/// What an operation is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It asks for the highest tag.
    Query {
        /// The highest version met so far.
        highest: Option<Version>,
        /// For a put: the last put of its session that anyone remembers.
        known: Option<Known>,
    },
    /// It brings a version to a quorum.
    Store {
        /// The version.
        version: Version,
        /// What the client will be told.
        outcome: Outcome,
    },
}

/// What a coordinator answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// The operation's number since the coordinator's start.
    pub number: u32,
    /// What the client asked.
    pub request: Request,
    /// The version read or written; `None` for a read that found none.
    pub version: Option<Version>,
    /// What the client was told.
    pub outcome: Outcome,
    /// How many nodes its store should have reached.
    pub stored_on: u32,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(mut disk: Disk) -> Self {
        disk.starts += 1;
        Node { disk, operations: Vec::new(), rounds: 0, begun: 0, answered: None }
    }

    /// A name for the next phase.
    pub fn next_round(&mut self) -> Round {
        self.rounds += 1;
        Round { start: self.disk.starts, number: self.rounds }
    }
}
