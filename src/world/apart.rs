//! A world without messages, apart: its nodes, what its checkers remember, and all the rest.
//!
//! A message that arrives at a node changes that node and what the checkers remember, and nothing else
//! ([`super::handled`]). So of the worlds that a search reaches most share nearly everything with others,
//! and one of them is a handful of references. It is put together again for whatever looks at the whole
//! of it, such as all other actions.

use std::sync::{Arc, OnceLock};

use super::network::{Envelope, Payload};
use super::{Config, NodeSlot, Status, Violation, World};
use crate::ids::{ClientId, Endpoint, NodeId, RuleSet, TimerId};
use crate::machine::Opaque;
use crate::mix::{StableHasher, hash_of, scramble};

/// A world without messages.
#[derive(Clone)]
pub(crate) struct Apart {
    /// Everything else, in a world that has other nodes.
    pub(super) rest: Arc<Rest>,
    pub(super) nodes: Box<[Arc<NodeSlot>]>,
    pub(super) checked: Checked,
    step: u64,
    /// The rules that decided something in the last action, and those that would have, were they on.
    decided: (RuleSet, RuleSet),
}

/// All of a world but its nodes, what its checkers remember and how many actions led to it.
pub(crate) struct Rest {
    pub(super) world: World,
    /// The hash of what of it checkers may see, and of which clients have never called anything.
    pub(super) hash: u64,
}

/// What checkers remember.
#[derive(Clone)]
pub(crate) struct Checked {
    pub(super) ghost: Opaque,
    /// Its hash.
    pub(super) hash: u64,
}

impl Apart {
    /// A world whose messages have been taken out, after an action that did so much; what is like in another
    /// one is shared with it.
    pub fn of(world: World, decided: (RuleSet, RuleSet), other: Option<&Apart>) -> Self {
        let nodes = world.nodes.clone().into_boxed_slice();
        let hash = world.ghost_hash();
        let checked = Checked { ghost: Arc::clone(&world.ghost), hash };
        let step = world.step;
        let rest = match other.filter(|other| other.rest.world.has_rest_of(&world)) {
            Some(other) => Arc::clone(&other.rest),
            None => {
                let called: Vec<bool> =
                    world.clients.iter().map(|client| client.called > 0).collect();
                let hash = hash_of(&(world.rest_part(StableHasher::default()), called));
                Arc::new(Rest { world, hash })
            }
        };
        Apart { rest, nodes, checked, step, decided }
    }

    /// The world.
    pub fn whole(&self) -> World {
        let mut world = self.rest.world.clone();
        world.step = self.step;
        for (node, slot) in (0..).map(NodeId).zip(&self.nodes) {
            let held = &mut world.nodes[node.index()];
            if !Arc::ptr_eq(held, slot) {
                *held = Arc::clone(slot);
                world.expect_timers(node);
            }
        }
        world.ghost = Arc::clone(&self.checked.ghost);
        world.ghost_hash = OnceLock::from(self.checked.hash);
        world
    }

    /// The world after an action at one node, which the checkers remember so.
    pub(super) fn after(
        &self,
        (node, slot): (NodeId, &Arc<NodeSlot>),
        checked: &Checked,
        decided: (RuleSet, RuleSet),
    ) -> Self {
        let mut after = Apart { step: self.step + 1, decided, ..self.clone() };
        after.nodes[node.index()] = Arc::clone(slot);
        after.checked = checked.clone();
        after
    }

    /// The rest, shared.
    pub fn rest(&self) -> &Arc<Rest> {
        &self.rest
    }

    /// The world after an action that changes the rest alone, to this.
    pub fn with_rest(&self, rest: &Arc<Rest>) -> Self {
        // What clients see is told apart by the numbers of actions: no later one has a lower number.
        let step = rest.world.step.max(self.step + 1);
        Apart { rest: Arc::clone(rest), step, decided: Default::default(), ..self.clone() }
    }

    /// What the world was made with.
    pub fn config(&self) -> &Config {
        &self.rest.world.config
    }

    /// The invariants that have been false.
    pub fn violations(&self) -> &[Violation] {
        &self.rest.world.violations
    }

    /// Whether a node runs.
    pub fn status(&self, node: NodeId) -> Status {
        self.slot(node).status
    }

    /// The running timers of a node.
    pub fn timer_ids(&self, node: NodeId) -> impl Iterator<Item = TimerId> {
        self.slot(node).timers.iter().map(|armed| armed.timer)
    }

    /// The rules that decided something in the last action.
    pub fn applied(&self) -> RuleSet {
        self.decided.0
    }

    /// The rules that would have decided something in the last action, were they on.
    pub fn missed(&self) -> RuleSet {
        self.decided.1
    }

    /// Whether checkers remember the same in another world, and have found as much false.
    pub fn remembers_like(&self, other: &Apart) -> bool {
        self.remembers(&other.checked) && self.violations().len() == other.violations().len()
    }

    /// Whether checkers remember this.
    pub fn remembers(&self, checked: &Checked) -> bool {
        self.checked.hash == checked.hash
    }

    /// What decides who may do something: clients, cuts, rules, and of each node whether it runs, its timers
    /// and its disk. Two worlds of one hash differ in nothing of it.
    pub fn outline(&self) -> u64 {
        let of_slot = |slot: &Arc<NodeSlot>| {
            let timers: u64 = slot.timers.iter().map(|armed| 1 << armed.timer.0).sum();
            (timers, slot.status as u8, slot.is_disk_held())
        };
        let nodes = self.nodes.iter().map(of_slot);
        nodes.fold(self.rest.hash, |hash, node| hash_of(&(hash, node)))
    }

    /// All of it but what checkers remember.
    pub fn identity(&self) -> u64 {
        let nodes = (0..self.nodes.len() as u16).map(NodeId);
        nodes.fold(self.rest.hash, |hash, node| hash_of(&(hash, self.node_part(node))))
    }

    /// Whether a message not in flight could arrive now, if it were.
    pub fn could_arrive(&self, envelope: &Envelope) -> bool {
        let is_up = match envelope.to {
            Endpoint::Node(node) => self.status(node) == Status::Up,
            Endpoint::Client(_) => true,
        };
        is_up && !self.rest.world.network.is_cut(envelope.from, envelope.to)
    }

    /// What decides whether a message to it is dead or late: the state of a node, or what a client waits for.
    pub fn endpoint_hash(&self, endpoint: Endpoint) -> u64 {
        match endpoint {
            Endpoint::Node(node) => self.slot(node).hash(self.rest.world.machine),
            Endpoint::Client(client) => {
                let client = &self.rest.world.clients[client.index()];
                hash_of(&(client.session, client.sequence, client.open.is_some()))
            }
        }
    }

    /// Whether a message not in flight would come late, if it were: its period is over for its receiver.
    pub fn would_be_late(&self, envelope: &Envelope) -> bool {
        let machine = self.rest.world.machine;
        match (&envelope.payload, envelope.to) {
            (Payload::Protocol(message), Endpoint::Node(node)) => {
                self.slot(node).node().is_some_and(|node| machine.is_late(node, message))
            }
            _ => false,
        }
    }

    /// Whether a message not in flight could never matter again, if it were.
    pub fn would_be_dead(&self, envelope: &Envelope) -> bool {
        let World { machine, rules, .. } = self.rest.world;
        match (&envelope.payload, envelope.to) {
            (Payload::Protocol(message), Endpoint::Node(node)) => {
                self.slot(node).node().is_some_and(|node| machine.is_dead(node, message, rules))
            }
            // A client never waits again for an operation that is over.
            (Payload::Reply(reply), Endpoint::Client(client)) => {
                let client = &self.rest.world.clients[client.index()];
                let now = (client.session, client.sequence);
                let answered = (reply.session, reply.sequence);
                answered < now || (answered == now && client.open.is_none())
            }
            _ => false,
        }
    }

    pub(super) fn slot(&self, node: NodeId) -> &Arc<NodeSlot> {
        &self.nodes[node.index()]
    }

    /// A node's part of the sum of a world ([`World::core_sum`]).
    pub(super) fn node_part(&self, node: NodeId) -> u64 {
        let (world, slot) = (&self.rest.world, self.slot(node));
        world.node_part(node, slot, slot.hash(world.machine))
    }
}

impl Checked {
    /// Its hash.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Its part of the sum of a world ([`World::core_sum`]).
    pub fn part(&self) -> u64 {
        scramble(self.hash)
    }
}

impl World {
    /// Whether all that is neither nodes nor what checkers remember is the very same in another world that
    /// an action made of this one.
    fn has_rest_of(&self, other: &World) -> bool {
        Arc::ptr_eq(&self.clients, &other.clients)
            && self.history.is_same(&other.history)
            && self.network.has_cuts_of(&other.network)
            && self.violations.len() == other.violations.len()
            && (self.now_ms, self.rules, self.acknowledged, self.next_session)
                == (other.now_ms, other.rules, other.acknowledged, other.next_session)
    }

    /// Whether a client has never called anything.
    pub(crate) fn is_fresh(&self, client: ClientId) -> bool {
        self.clients[client.index()].called == 0
    }
}
