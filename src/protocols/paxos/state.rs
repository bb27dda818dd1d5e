//! What a node knows: what survives a crash and what does not. What only an attempt needs lives in
//! the attempt, so that it cannot outlive it.

use super::ballot::{Ballot, Proposal};
use super::sizes::Sizes;
use crate::ids::{NodeId, NodeSet};
use crate::operation::Text;
use crate::protocol::Request;
use crate::sorted::SortedMap;

/// What survives a crash: the proposer's one variable and the acceptor's two (§2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The highest ballot that this node has tried as a proposer.
    pub attempted: Ballot,
    /// The highest ballot promised (`maxBal`).
    pub promised: Ballot,
    /// What was accepted in the highest ballot (`maxVBal`, `maxVal`).
    pub accepted: Option<Proposal>,
}

/// A running node: proposer, acceptor and learner.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// The numbers of the cluster.
    pub sizes: Sizes,
    /// What it is doing as a proposer.
    pub attempt: Attempt,
    /// The highest ballot that it was refused for.
    pub seen: Ballot,
    /// How often it was refused since it began to propose.
    pub refused: u32,
    /// The value that a client proposed here last.
    pub asked: Option<Text>,
    /// The clients that wait for what is chosen, one request each; the first one's value is the
    /// node's own.
    pub requests: Vec<Request>,
    /// The learners that wait for what is chosen.
    pub curious: NodeSet,
    /// For each acceptor the highest proposal that it is known to have accepted.
    pub heard: SortedMap<NodeId, Proposal>,
    /// The value that is chosen. A crash forgets it: it can be found out again.
    pub learned: Option<Text>,
}

/// What a proposer is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Attempt {
    /// It has nothing to propose.
    Idle,
    /// It was refused and waits before it tries again.
    Waiting,
    /// Phase 1.
    Preparing {
        /// Its ballot.
        ballot: Ballot,
        /// Who promised.
        promised: NodeSet,
        /// Of what they had accepted, the proposal with the highest ballot.
        highest: Option<Proposal>,
    },
    /// Phase 2.
    Accepting {
        /// What it proposes.
        proposal: Proposal,
    },
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, sizes: Sizes) -> Self {
        Node {
            disk,
            sizes,
            attempt: Attempt::Idle,
            seen: Ballot::NONE,
            refused: 0,
            asked: None,
            requests: Vec::new(),
            curious: NodeSet::default(),
            heard: SortedMap::new(),
            learned: None,
        }
    }

    /// The ballot it is in as a proposer.
    pub fn ballot(&self) -> Option<Ballot> {
        match &self.attempt {
            Attempt::Idle | Attempt::Waiting => None,
            Attempt::Preparing { ballot, .. } => Some(*ballot),
            Attempt::Accepting { proposal } => Some(proposal.ballot),
        }
    }

    /// Whether that acceptor is known to have accepted the proposal.
    pub fn has_heard(&self, acceptor: NodeId, proposal: &Proposal) -> bool {
        self.heard.get(&acceptor) == Some(proposal)
    }
}
