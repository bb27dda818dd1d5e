//! What a node knows: what survives a crash and what does not. Data of a role lives in the role, so
//! that it cannot outlive it.

use std::sync::Arc;

use super::history::{History, Update};
use crate::ids::{NodeId, NodeSet};
use crate::operation::{Operation, Outcome};
use crate::protocol::{Request, SESSION_BEFORE_THE_RUN};
use crate::sorted::SortedMap;
use crate::store::{Sessions, Store};

/// Who serves: one primary and its backups, under a number that is never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Counted from one; zero before the first view.
    pub number: u64,
    /// Who executes; nobody before the first view.
    pub primary: Option<NodeId>,
    /// Who keeps copies. All other servers are idle.
    pub backups: NodeSet,
}

/// What survives a crash.
#[derive(Clone, Debug, Default, Hash)]
pub struct Disk {
    /// How often the node has started, so that no round is numbered twice.
    pub starts: u32,
    /// Whether this is the view service's disk.
    pub serves_views: bool,
    /// The latest view known; at the view service, the present one.
    pub view: View,
    /// The last view that was acknowledged: by a backup when it was initialised in it, by a primary
    /// when all its backups were; at the view service, by the primary.
    pub acknowledged: u64,
    /// The state, as the updates that led to it.
    pub history: History,
    /// How many updates were thrown away, since no later primary had them.
    pub discarded: u64,
}

impl Disk {
    /// Whether the view has been acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        self.view.number > 0 && self.acknowledged == self.view.number
    }
}

/// A running node.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    /// What survives a crash.
    pub disk: Disk,
    /// What it is.
    pub role: Role,
    /// The state machine: all updates of the history, applied.
    pub store: Store,
    /// What the state machine remembers of clients.
    pub sessions: Sessions,
    /// How many rounds of questions it has begun since its start.
    pub rounds: u32,
}

/// What a node is.
#[derive(Clone, Debug, Hash)]
pub enum Role {
    /// It decides who is primary and who is backup.
    Service(Service),
    /// It executes and orders.
    Primary(Primary),
    /// It keeps a copy.
    Backup,
    /// It waits to be needed.
    Idle,
}

/// What only the view service knows.
#[derive(Clone, Debug, Hash)]
pub struct Service {
    /// When it started, on its own clock.
    pub started_ms: u64,
    /// When it last heard from each server since then.
    pub heard: SortedMap<NodeId, u64>,
    /// Whom an operator told it to take for dead, until they are heard again.
    pub suspected: NodeSet,
}

impl Service {
    /// Whether it has heard from a server lately.
    pub fn is_alive(&self, server: NodeId, now_ms: u64, dead_ms: u64) -> bool {
        self.heard.contains_key(&server) && !self.is_dead(server, now_ms, dead_ms)
    }

    /// Whether it should have heard from a server and has not.
    pub fn is_dead(&self, server: NodeId, now_ms: u64, dead_ms: u64) -> bool {
        let heard_ms = self.heard.get(&server).copied().unwrap_or(self.started_ms);
        self.suspected.contains(server) || now_ms.saturating_sub(heard_ms) > dead_ms
    }
}

/// What only a primary knows.
#[derive(Clone, Debug, Default, Hash)]
pub struct Primary {
    /// The backups that hold the whole state in this view.
    pub initialised: NodeSet,
    /// The last place that each backup has acknowledged in this view.
    pub acknowledged: SortedMap<NodeId, u64>,
    /// The last round that each backup has answered in this view.
    pub confirmed: SortedMap<NodeId, Round>,
    /// Who waits for an answer, in the order of asking.
    pub waiting: Vec<Waiting>,
    /// The last request that was looked at.
    pub detected: Option<Operation>,
    /// The last place that was answered for.
    pub stable: u64,
    /// Whether the timer runs that sends again.
    pub resends: bool,
}

impl Primary {
    /// How many backups have acknowledged a place and answered a round.
    pub fn count(&self, backups: NodeSet, place: u64, round: Round) -> u32 {
        let has = |backup: &NodeId| {
            self.acknowledged.get(backup).is_some_and(|reached| *reached >= place)
                && self.confirmed.get(backup).is_some_and(|reached| *reached >= round)
        };
        backups.iter().filter(has).count() as u32
    }
}

/// Numbers the questions of a server, also over its restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Round {
    /// How often the server had started.
    pub start: u32,
    /// Counts its rounds since then.
    pub number: u32,
}

/// A client that waits for acknowledgements.
#[derive(Clone, Debug, Hash)]
pub struct Waiting {
    /// What it asked.
    pub request: Request,
    /// What it will be told.
    pub outcome: Outcome,
    /// The last update that the answer reflects.
    pub place: u64,
    /// The round that must be answered.
    pub round: Round,
}

impl Node {
    /// A node as it starts from its disk, with its state made again from the updates.
    pub fn starting(disk: Disk, role: Role) -> Self {
        let mut node =
            Node { disk, role, store: Store::default(), sessions: Sessions::default(), rounds: 0 };
        node.rebuild();
        node
    }

    /// Makes the state from the history.
    pub fn rebuild(&mut self) {
        self.store = Store::default();
        self.sessions = Sessions::default();
        let updates = self.disk.history.after(0, usize::MAX);
        for update in updates {
            self.execute(&update);
        }
    }

    /// Adds an update at the end and applies it.
    pub fn apply(&mut self, update: Arc<Update>) -> Outcome {
        let outcome = self.execute(&update);
        self.disk.history.push(update);
        outcome
    }

    fn execute(&mut self, update: &Update) -> Outcome {
        let outcome = self.store.execute(update.request.client, &update.change);
        if update.request.session != SESSION_BEFORE_THE_RUN {
            self.sessions.remember(&update.request, outcome.clone());
        }
        outcome
    }

    /// The round of questions that is under way.
    pub fn round(&self) -> Round {
        Round { start: self.disk.starts, number: self.rounds }
    }

    /// The primary's data, where the node is one.
    pub fn primary_mut(&mut self) -> Option<&mut Primary> {
        match &mut self.role {
            Role::Primary(primary) => Some(primary),
            _ => None,
        }
    }
}
