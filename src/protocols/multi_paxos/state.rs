//! What a node knows: what survives a crash and what does not. Data of a role lives in the role, so
//! that it cannot outlive it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::pvalue::{Ballot, Command, Pvalue, Slots};
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Request;
use crate::sorted::{SortedMap, SortedSet};
use crate::store::{Sessions, Store};

/// What survives a crash: the acceptor's two variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The highest ballot promised.
    pub promised: Ballot,
    /// For each slot, what was accepted in the highest ballot.
    pub accepted: Slots<Pvalue>,
}

/// A running node: acceptor, replica and possible leader.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// What it is doing beside accepting and executing.
    pub role: Role,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    /// The highest ballot it has heard of without having promised it.
    pub seen: Ballot,
    /// How often it was preempted since it last heard from a leader or led.
    pub preempted: u32,
    /// How many answers it needs.
    pub quorums: Quorums,
    /// What is decided, as far as it knows. A crash forgets it: it is learned again.
    pub decided: Slots<Command>,
    /// The last slot executed with all before it.
    pub executed: u64,
    /// Slots executed before their turn; none, unless a rule is off.
    pub early: SortedSet<u64>,
    /// The state machine.
    pub store: Store,
    /// What the state machine remembers of clients.
    pub sessions: Sessions,
}

/// How many nodes must answer, the one that counts included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorums {
    /// Promises that make a leader.
    pub phase_1: u32,
    /// Acceptances that decide.
    pub phase_2: u32,
}

/// What a node is doing beside accepting and executing.
#[derive(Clone, Debug, Hash)]
pub enum Role {
    /// It leaves proposing to another, or waits for one.
    Replica,
    /// It is in phase 1 of its ballot (the paper's scout).
    Candidate(Candidate),
    /// It has finished phase 1 and proposes (the paper's commanders).
    Leader(Leader),
}

/// What only a candidate knows.
#[derive(Clone, Debug, Hash)]
pub struct Candidate {
    /// Its ballot.
    pub ballot: Ballot,
    /// The first slot it asked about: it knows all decisions before.
    pub first: u64,
    /// Who promised.
    pub promised: NodeSet,
    /// For each slot, what was accepted in the highest ballot anybody told of.
    pub found: SortedMap<u64, Arc<Pvalue>>,
}

/// What only a leader knows.
#[derive(Clone, Debug, Hash)]
pub struct Leader {
    /// Its ballot.
    pub ballot: Ballot,
    /// What it has proposed and is not decided.
    pub proposals: SortedMap<u64, Proposal>,
    /// The first slot that it has never proposed anything for.
    pub next: u64,
    /// Requests that wait until the window has room.
    pub waiting: VecDeque<Request>,
}

/// A command on its way through phase 2.
#[derive(Clone, Debug, Hash)]
pub struct Proposal {
    /// What is proposed.
    pub command: Arc<Command>,
    /// Who accepted it.
    pub accepted: NodeSet,
    /// Whether it was proposed since the last heartbeat: too early to ask again.
    pub is_fresh: bool,
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(disk: Disk, quorums: Quorums) -> Self {
        Node {
            disk,
            role: Role::Replica,
            leader: None,
            seen: Ballot::NONE,
            preempted: 0,
            quorums,
            decided: Slots::default(),
            executed: 0,
            early: SortedSet::new(),
            store: Store::default(),
            sessions: Sessions::default(),
        }
    }

    /// The leader's data, where the node leads.
    pub fn leading(&mut self) -> Option<&mut Leader> {
        match &mut self.role {
            Role::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// Whether the node leads.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// The node's own ballot, while it leads or tries to.
    pub fn own_ballot(&self) -> Option<Ballot> {
        match &self.role {
            Role::Replica => None,
            Role::Candidate(candidate) => Some(candidate.ballot),
            Role::Leader(leader) => Some(leader.ballot),
        }
    }
}

impl Quorums {
    /// The sizes as they are set, zero for a majority. A quorum has at least two nodes: a node alone
    /// could not wait for its own disk.
    pub fn of(node_count: u16, phase_1: u32, phase_2: u32) -> Self {
        let count = u32::from(node_count);
        let size = |set: u32| if set == 0 { count / 2 + 1 } else { set.clamp(2, count) };
        Quorums { phase_1: size(phase_1), phase_2: size(phase_2) }
    }
}
