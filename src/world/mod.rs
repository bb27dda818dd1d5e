//! The world: nodes, network, clients, clock and history, changed by [`World::apply`] alone.
//!
//! A world is a value. It clones cheaply (nodes are shared until one changes), it never fails (an
//! action that is impossible is refused with a reason and changes nothing), and the same actions
//! always give the same world.

use std::sync::Arc;

mod apply;
mod client;
mod config;
mod network;
mod node;
mod refusal;
mod schedule;

pub use client::{Client, OpenOperation};
pub use config::{ClientConditions, ClockConditions, Config, LinkConditions, bounds};
pub use network::{Envelope, Network, Payload};
pub use node::{ArmedTimer, Clock, NodeSlot, Status};
pub use refusal::Refusal;
pub use schedule::{Schedule, random_action};

use crate::history::History;
use crate::ids::{ClientId, MessageId, NodeId, RuleSet};
use crate::mix::hash_of;
use crate::protocol::{Effects, Protocol};

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
#[derive(Clone, Debug)]
pub struct World<P: Protocol> {
    protocol: P,
    config: Arc<Config>,
    now_ms: u64,
    step: u64,
    rules: RuleSet,
    nodes: Vec<NodeSlot<P>>,
    clients: Vec<Client>,
    next_session: u32,
    network: Network<P::Message>,
    history: History,
    /// The freshest place in the agreed order that any client was told of.
    acknowledged: u64,
    ghost: Arc<P::Ghost>,
    violations: Vec<Violation>,
    last: LastAction,
    scratch: Effects<P::Message>,
}

impl<P: Protocol> World<P> {
    /// A world whose nodes have just started.
    ///
    /// # Errors
    /// An initial disk that the protocol cannot read: the node, and what was expected.
    pub fn new(protocol: P, config: Config) -> Result<Self, (NodeId, String)> {
        let mut nodes = Vec::with_capacity(usize::from(config.nodes));
        for id in (0..config.nodes).map(NodeId) {
            let disk = match config.disks.get(&id) {
                Some(text) => {
                    let words: Vec<&str> = text.split_whitespace().collect();
                    protocol.parse_disk(&words, config.nodes).map_err(|expected| (id, expected))?
                }
                None => P::Disk::default(),
            };
            let clock = match config.clocks.get(&id) {
                Some(clock) => Clock::new(clock.rate_permille, clock.ahead_ms),
                None => Clock::new(1000, 0),
            };
            nodes.push(NodeSlot::new(disk, clock));
        }
        let clients = (0..config.clients)
            .map(|client| {
                Client::new(u32::from(client) + 1, NodeId(u16::from(client) % config.nodes))
            })
            .collect();
        let mut world = World {
            protocol,
            now_ms: 0,
            step: 0,
            rules: config.rules,
            nodes,
            clients,
            next_session: u32::from(config.clients) + 1,
            network: Network::new(config.nodes),
            history: History::default(),
            acknowledged: 0,
            ghost: Arc::default(),
            violations: Vec::new(),
            last: LastAction::default(),
            scratch: Effects::default(),
            config: Arc::new(config),
        };
        for id in (0..world.config.nodes).map(NodeId) {
            world.start(id);
        }
        world.last = LastAction::default();
        Ok(world)
    }

    /// The protocol that runs.
    pub fn protocol(&self) -> &P {
        &self.protocol
    }

    /// What the world was made with.
    pub fn config(&self) -> &Config {
        &self.config
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

    /// The nodes.
    pub fn nodes(&self) -> &[NodeSlot<P>] {
        &self.nodes
    }

    /// The clients.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The network.
    pub fn network(&self) -> &Network<P::Message> {
        &self.network
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

    /// A message that can never matter again at its receiver.
    pub fn is_dead(&self, id: MessageId) -> bool {
        let Some(envelope) = self.network.get(id) else { return false };
        let Some(to) = envelope.to.node() else { return false };
        match (&*envelope.payload, self.nodes[to.index()].node()) {
            (Payload::Protocol(message), Some(node)) => {
                self.protocol.is_dead(node, message, self.rules)
            }
            _ => false,
        }
    }

    /// The state of the cluster as 64 bits, equal natively and in WebAssembly: nodes, messages as
    /// a multiset, cuts, rules, clients' open operations and what the checkers remember. Left out
    /// are clocks, message ids and due times, so that two orders of the same events that lead to
    /// the same cluster are the same state; a protocol whose nodes remember moments sets them apart
    /// again as soon as time passes.
    pub fn cluster_fingerprint(&self) -> u64 {
        let nodes: Vec<u64> = self.nodes.iter().map(NodeSlot::hash).collect();
        let open: Vec<_> = self
            .clients
            .iter()
            .map(|client| {
                let open = client.open.as_ref().map(|open| (&open.request, open.floor));
                (client.session, client.sequence, client.contact, open)
            })
            .collect();
        let network = self.network.fingerprint();
        hash_of(&(nodes, network, self.rules, open, self.acknowledged, &*self.ghost))
    }

    /// The whole run as 64 bits: the cluster, all clocks and due times, the number of actions, the
    /// history and the violations. This is what a link carries.
    pub fn fingerprint(&self) -> u64 {
        let violations: Vec<_> =
            self.violations.iter().map(|violation| (violation.invariant, violation.step)).collect();
        let cluster = self.cluster_fingerprint();
        // What is to come depends on clocks and due times too.
        let clocks: Vec<_> = self.nodes.iter().map(|slot| (slot.clock(), slot.timers())).collect();
        let due: Vec<_> = (self.network.in_flight().iter())
            .map(|envelope| (envelope.hash, envelope.due_ms, envelope.lost))
            .collect();
        let run = (self.now_ms, self.step, self.history.records(), violations);
        hash_of(&(cluster, clocks, due, run))
    }

    fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id.index())
    }
}
