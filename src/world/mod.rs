//! The world: nodes, network, clients, clock and history, changed by [`World::apply`] alone.
//!
//! A world is a value. It clones cheaply (nodes are shared until one changes), it never fails (an
//! action that is impossible is refused with a reason and changes nothing), and the same actions
//! always give the same world.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

mod apart;
mod apply;
mod client;
mod config;
mod describe;
mod explored;
mod handled;
mod handling;
mod info;
mod network;
mod node;
mod refusal;
mod renamed;
mod schedule;
mod timers;

pub(crate) use apart::{Apart, Checked, Rest};
pub use client::{Client, OpenOperation};
pub use config::{
    ClientConditions, ClockConditions, Config, LinkConditions, WorkloadConditions, bounds,
};
pub(crate) use handled::Handled;
pub use info::{
    ClientInfo, MessageInfo, REPLY_KIND, REQUEST_KIND, SetupError, TimerInfo, kind_name,
    kind_of_name,
};
pub(crate) use network::{Envelope, Network, Payload};
pub(crate) use node::NodeSlot;
pub use node::{ArmedTimer, Clock, Status};
pub use refusal::Refusal;
pub(crate) use renamed::RenamedParts;
pub use schedule::Schedule;
use timers::NextTimers;

use crate::cluster::ClusterState;
use crate::history::History;
use crate::ids::{ClientId, MessageId, NodeId, RuleSet};
use crate::machine::{Machine, Opaque};
use crate::mix::{StableHasher, hash_of};
use crate::past::{Owner, Past};
use crate::protocol::{Effects, Execution, Reply, Sheet};

/// An invariant that is false, since which action, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// An index into [`crate::protocol::Sheet::invariants`].
    pub invariant: u8,
    /// The number of the action that made it false.
    pub step: u64,
    /// When that was, in milliseconds.
    pub at_ms: u64,
    /// Why it is false, in words.
    pub why: String,
}

/// What the last action did, for highlighting and transcripts.
#[derive(Clone, Debug, Default)]
pub struct LastAction {
    /// The node that acted, if one did.
    pub touched: Option<NodeId>,
    /// The messages that were sent.
    pub sent: Vec<MessageId>,
    /// The rules that decided something.
    pub applied: RuleSet,
    /// The rules that would have decided something, had they not been switched off.
    pub missed: RuleSet,
    /// How many messages found the network full.
    pub overflow: u64,
}

/// A protocol's cluster with everything around it.
#[derive(Clone)]
pub struct World {
    sheet: &'static Sheet,
    machine: &'static dyn Machine,
    config: Arc<Config>,
    now_ms: u64,
    step: u64,
    rules: RuleSet,
    /// Each is shared with forks until it changes.
    nodes: Vec<Arc<NodeSlot>>,
    next_timers: NextTimers,
    clients: Arc<Vec<Client>>,
    next_session: u32,
    network: Network,
    history: History,
    /// The freshest place in the agreed order that any client was told of.
    acknowledged: u64,
    ghost: Opaque,
    /// The hash of the ghost, made when first asked for after a change.
    ghost_hash: OnceLock<u64>,
    violations: Vec<Violation>,
    last: LastAction,
    scratch: Effects,
    /// How many messages led to the action that is being carried out.
    hops: u32,
}

impl World {
    /// A world whose nodes have just started.
    ///
    /// # Errors
    /// A configuration that cannot run, or an initial disk that the protocol cannot read.
    pub(crate) fn new(
        sheet: &'static Sheet,
        machine: &'static dyn Machine,
        config: Config,
    ) -> Result<Self, SetupError> {
        if let Some(reason) = machine.refuses(config.nodes, &config.settings) {
            return Err(SetupError::Refused(reason));
        }
        let mut nodes = Vec::with_capacity(usize::from(config.nodes));
        for id in (0..config.nodes).map(NodeId) {
            let disk = match config.disks.get(&id) {
                Some(text) => {
                    let words: Vec<&str> = text.split_whitespace().collect();
                    machine
                        .parse_disk(&words, config.nodes)
                        .map_err(|expected| SetupError::Disk { node: id, expected })?
                }
                None => machine.empty_disk(),
            };
            let clock = match config.clocks.get(&id) {
                Some(clock) => Clock::new(clock.rate_permille, clock.ahead_ms),
                None => Clock::new(1000, 0),
            };
            nodes.push(Arc::new(NodeSlot::new(disk, clock)));
        }
        let clients = (0..config.clients)
            .map(|client| {
                Client::new(u32::from(client) + 1, NodeId(u16::from(client) % config.nodes))
            })
            .collect();
        let mut world = World {
            sheet,
            machine,
            now_ms: 0,
            step: 0,
            rules: config.rules,
            next_timers: NextTimers::new(config.nodes),
            nodes,
            clients: Arc::new(clients),
            next_session: u32::from(config.clients) + 1,
            network: Network::new(config.nodes),
            history: History::default(),
            acknowledged: 0,
            ghost: machine.empty_ghost(),
            ghost_hash: OnceLock::new(),
            violations: Vec::new(),
            last: LastAction::default(),
            scratch: Effects::default(),
            hops: 0,
            config: Arc::new(config),
        };
        for id in (0..world.config.nodes).map(NodeId) {
            world.start(id);
        }
        for id in (0..world.config.clients).map(ClientId) {
            world.rest(id);
        }
        world.last = LastAction::default();
        Ok(world)
    }

    /// What the protocol is made of.
    pub fn sheet(&self) -> &'static Sheet {
        self.sheet
    }

    /// What the world was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What clients had asked before the run, as far as the disks tell with which it began.
    pub fn past(&self) -> Past {
        let Config { nodes, disks, settings, .. } = self.config();
        if disks.is_empty() {
            return Past::default();
        }
        let of_node = |node: NodeId| {
            let text = disks.get(&node).map_or("", |text| text);
            let words: Vec<&str> = text.split_whitespace().collect();
            // A world with a disk that its protocol cannot read was never made.
            let disk = self.machine.parse_disk(&words, *nodes).ok()?;
            self.machine.remembers(&*disk, &Owner { node, nodes: *nodes, settings })
        };
        Past::of((0..*nodes).map(NodeId).filter_map(of_node).collect())
    }

    /// The true time, in milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// How many actions have been applied.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The rules that hold now.
    pub fn rules(&self) -> RuleSet {
        self.rules
    }

    /// The rules that are switched off. A state is told by these: a rule that a protocol gets later
    /// is on in every run of before, and changes none of them.
    fn rules_off(&self) -> RuleSet {
        RuleSet(self.sheet.all_rules().0 & !self.rules.0)
    }

    /// What clients saw.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The invariants that have been false, each with the first reason.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What the last action did.
    pub fn last(&self) -> &LastAction {
        &self.last
    }

    /// The state of the cluster as 64 bits, equal natively and in WebAssembly: nodes, messages as
    /// a multiset, cuts, rules, clients' open operations and what the checkers remember. Left out
    /// are clocks, message ids and due times, so that two orders of the same events that lead to
    /// the same cluster are the same state; a protocol whose nodes remember moments sets them apart
    /// again as soon as time passes.
    pub fn cluster_fingerprint(&self) -> u64 {
        let nodes: Vec<u64> = self.nodes.iter().map(|slot| slot.hash(self.machine)).collect();
        let open: Vec<_> = self
            .clients
            .iter()
            .map(|client| {
                let open = client.open.as_ref().map(|open| (&open.request, open.floor));
                (client.session, client.sequence, client.contact, open)
            })
            .collect();
        let network = self.network.fingerprint();
        let mut hasher = StableHasher::default();
        (nodes, network, self.rules_off(), open, self.acknowledged).hash(&mut hasher);
        self.machine.hash_ghost(&self.ghost, &mut hasher);
        hasher.finish()
    }

    /// The whole run as 64 bits: the cluster, all clocks and due times, the number of actions, the
    /// history and the violations. This is what a link carries.
    pub fn fingerprint(&self) -> u64 {
        let violations: Vec<_> =
            self.violations.iter().map(|violation| (violation.invariant, violation.step)).collect();
        let cluster = self.cluster_fingerprint();
        // What is to come depends on clocks and due times too.
        let clocks: Vec<_> = self.nodes.iter().map(|slot| (slot.clock(), slot.timers())).collect();
        let due: Vec<_> = (self.network.in_flight())
            .map(|envelope| (envelope.hash, envelope.due_ms, envelope.lost))
            .collect();
        let run = (self.now_ms, self.step, self.history.records(), violations);
        let run = hash_of(&(cluster, clocks, due, run));
        if self.config.workload.is_none() {
            return run;
        }
        let turns: Vec<_> =
            self.clients.iter().map(|client| (client.called, client.next_ms)).collect();
        hash_of(&(run, turns))
    }

    /// What the checkers may see, after these executions and replies.
    fn cluster<'a>(
        &'a self,
        executions: &'a [Execution],
        replies: &'a [(ClientId, Reply)],
    ) -> ClusterState<'a> {
        ClusterState {
            nodes: &self.nodes,
            executions,
            replies,
            clients: &self.clients,
            machine: self.machine,
            rules: self.rules,
            settings: &self.config.settings,
            gaze: None,
        }
    }
}
