//! What a Raft node knows: what survives a crash (paper figure 2, "persistent state") and what does
//! not. Data of a role lives in the role, so that it cannot outlive it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::configuration::Configuration;
use super::log::Log;
use super::membership::Change;
use super::snapshot::Snapshot;
use crate::ids::{NodeId, NodeSet};
use crate::protocol::Request;
use crate::store::{Sessions, Store};

/// What survives a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The latest term the node has seen.
    pub term: u64,
    /// Whom it voted for in that term.
    pub voted_for: Option<NodeId>,
    /// Its log.
    pub log: Log,
    /// What stands for the beginning of its log, where that is gone.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// Who it is.
    pub id: NodeId,
    /// What survives a crash.
    pub disk: Disk,
    /// What it is doing.
    pub role: Role,
    /// Whom it takes for the leader of its term.
    pub leader: Option<NodeId>,
    /// When it last heard from a leader, or restarted, on its own clock; `None` once its timer has
    /// run out since.
    pub heard_ms: Option<u64>,
    /// How often it has asked for pre-votes.
    pub attempts: u64,
    /// The last place known to be committed.
    pub commit: u64,
    /// The last place executed.
    pub applied: u64,
    /// The state machine.
    pub store: Store,
    /// What the state machine remembers of clients.
    pub sessions: Sessions,
    /// The configuration as long as no log says another.
    pub initial: Arc<Configuration>,
}

/// What a node is doing.
#[derive(Clone, Debug, Hash)]
pub enum Role {
    /// It follows a leader, or waits for one.
    Follower,
    /// It asks whether an election would be worth while.
    PreCandidate {
        /// Who would vote for it.
        granted: NodeSet,
    },
    /// It asks for votes.
    Candidate {
        /// Who voted for it.
        granted: NodeSet,
    },
    /// It leads.
    Leader(Leader),
}

/// What only a leader knows.
#[derive(Clone, Debug, Hash)]
pub struct Leader {
    /// For each node, the next place to send.
    pub next: Vec<u64>,
    /// For each node, the last place known to agree.
    pub matched: Vec<u64>,
    /// Who answered since the leader last checked that it still has a quorum.
    pub heard: NodeSet,
    /// The number of the last round of messages sent for reads.
    pub round: u64,
    /// For each node, the last round it answered.
    pub answered: Vec<u64>,
    /// When each round not yet answered by a quorum was sent, on the leader's clock.
    pub rounds: VecDeque<(u64, u64)>,
    /// Until when the leader may answer reads alone, on its own clock.
    pub lease_until_ms: u64,
    /// Reads that wait for their round.
    pub reads: Vec<PendingRead>,
    /// To whom leadership is being handed over.
    pub transferee: Option<NodeId>,
    /// Until when it waits for that, on the leader's clock.
    pub transfer_until_ms: u64,
    /// Whether it ever told a node to campaign: from then on no lease protects it, since that
    /// campaign may succeed however late the message arrives.
    pub handed_over: bool,
    /// A change of the configuration that has not begun.
    pub change: Option<Box<Change>>,
}

/// A read that waits until the leader knows that it still leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingRead {
    /// Who asked what.
    pub request: Request,
    /// The round that must be answered by a quorum.
    pub round: u64,
}

impl Disk {
    /// The latest configuration that the disk knows of, up to a place, and where it stands.
    pub fn configuration_up_to(&self, index: u64) -> Option<(u64, &Arc<Configuration>)> {
        let covered = || {
            let snapshot = self.snapshot.as_ref()?;
            Some((snapshot.last_index, snapshot.configuration.as_ref()?))
        };
        self.log.configuration_up_to(index).or_else(covered)
    }
}

impl Node {
    /// A node as it starts from its disk.
    pub fn starting(id: NodeId, disk: Disk, now_ms: u64, initial: Configuration) -> Self {
        // It may have promised a leader its silence just before it crashed, and cannot know. Only a
        // node that was never in a term has promised nothing.
        let heard_ms = (disk.term > 0).then_some(now_ms);
        let mut node = Node {
            id,
            disk,
            role: Role::Follower,
            leader: None,
            heard_ms,
            attempts: 0,
            commit: 0,
            applied: 0,
            store: Store::default(),
            sessions: Sessions::default(),
            initial: Arc::new(initial),
        };
        node.restore();
        node
    }

    /// Goes back to what the snapshot holds, where there is one.
    pub fn restore(&mut self) {
        let Some(snapshot) = self.disk.snapshot.as_deref() else { return };
        (self.commit, self.applied) = (snapshot.last_index, snapshot.last_index);
        self.store = snapshot.store.clone();
        self.sessions = snapshot.sessions.clone();
    }

    /// The latest configuration up to a place, and where it stands: zero for the one at the
    /// beginning.
    pub fn configuration_up_to(&self, index: u64) -> (u64, &Arc<Configuration>) {
        self.disk.configuration_up_to(index).unwrap_or((0, &self.initial))
    }

    /// The leader's data, where the node leads.
    pub fn leader_mut(&mut self) -> Option<&mut Leader> {
        match &mut self.role {
            Role::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// Whether the node leads.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }
}

impl Leader {
    /// What a leader knows as its term begins: nothing of the others, so it tries the end of its
    /// own log first.
    pub fn beginning(node_count: u16, last_index: u64) -> Self {
        let count = usize::from(node_count);
        Leader {
            next: vec![last_index + 1; count],
            matched: vec![0; count],
            heard: NodeSet::default(),
            round: 0,
            answered: vec![0; count],
            rounds: VecDeque::new(),
            lease_until_ms: 0,
            reads: Vec::new(),
            transferee: None,
            transfer_until_ms: 0,
            handed_over: false,
            change: None,
        }
    }
}
