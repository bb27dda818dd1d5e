//! What a node makes of a message, apart from the rest of the world.
//!
//! A handler sees its node, the message and the rules, and nothing else ([`crate::protocol::Context`]); so
//! what it makes of them is the same in every world in which they are the same, and a search calls it once.
//! Only the checkers look at all nodes: they look anew each time.

use std::sync::{Arc, OnceLock};

use super::network::{Envelope, Payload};
use super::renamed::RenamedParts;
use super::{NodeSlot, Violation, World};
use crate::ids::{ClientId, Endpoint, NodeId};
use crate::machine::{Input, Opaque};
use crate::mix::{hash_of, scramble};
use crate::protocol::{ClusterState, Effects, Execution, Reply, Surroundings};
use crate::renaming::Renaming;

/// What a node made of a message.
pub(crate) struct Handled {
    /// Who did.
    pub node: NodeId,
    /// The node after it.
    slot: Arc<NodeSlot>,
    executions: Vec<Execution>,
    replies: Vec<(ClientId, Reply)>,
}

/// What the checkers made of it.
pub(crate) struct Observed {
    nodes: Vec<Arc<NodeSlot>>,
    ghost: Opaque,
    ghost_hash: u64,
    /// The invariants that are false now and were not before.
    pub found: Vec<Violation>,
}

impl World {
    /// All that decides what a node makes of a message that is delivered to it now, as 64 bits; `None` where
    /// the message is not for a node.
    pub(crate) fn handling_key(&self, envelope: &Envelope) -> Option<u64> {
        let node = envelope.to.node()?;
        let slot = &self.nodes[node.index()];
        let part = self.node_part(node, slot, slot.hash(self.machine));
        // Checkers may ask how often a node has started, and timers are armed at a moment.
        Some(hash_of(&(part, envelope.hash, slot.boots, self.now_ms, self.rules.0)))
    }

    /// What a node makes of a message that could arrive, and what it sends then; `None` where the message is
    /// not for a node that runs. The world must have no other messages in flight.
    pub(crate) fn handled(&self, envelope: &Envelope) -> Option<(Handled, Vec<Arc<Envelope>>)> {
        let node = envelope.to.node()?;
        let input = match (&envelope.payload, envelope.from) {
            (Payload::Protocol(message), Endpoint::Node(from)) => Input::Message { from, message },
            (Payload::Request(request), _) => Input::Request(request),
            _ => return None,
        };
        let (mut world, mut effects) = (self.clone(), Effects::default());
        (world.step, world.hops) = (self.step + 1, envelope.hops);
        let machine = self.machine;
        world.nodes[node.index()].node()?;
        let call = |surroundings: Surroundings<'_>, held: &mut Option<_>| {
            if let Some(held) = held {
                machine.handle(surroundings, held, input);
            }
        };
        world.act(node, call, &mut effects);
        let (executions, replies) = (effects.executions.clone(), effects.replies.clone());
        world.dispatch(node, &mut effects);
        let sent = world.take_messages();
        let slot = world.nodes.swap_remove(node.index());
        Some((Handled { node, slot, executions, replies }, sent))
    }

    /// [`World::endpoint_hash`] of a node after it handled a message.
    pub(crate) fn hash_after(&self, handled: &Handled) -> u64 {
        handled.slot.hash(self.machine)
    }

    /// What the checkers make of it when a node has handled a message.
    pub(crate) fn observed(&self, handled: &Handled) -> Observed {
        let mut nodes = self.nodes.clone();
        nodes[handled.node.index()] = Arc::clone(&handled.slot);
        let (mut ghost, mut found) = (Arc::clone(&self.ghost), Vec::new());
        let mut report = |invariant: u8, why: String| {
            let mut known = self.violations.iter().chain(&found);
            if known.all(|violation| violation.invariant != invariant) {
                found.push(Violation { invariant, step: self.step + 1, at_ms: self.now_ms, why });
            }
        };
        let cluster = self.cluster(&handled.executions, &handled.replies);
        let cluster = ClusterState { nodes: &nodes, ..cluster };
        self.machine.observe(&mut ghost, cluster, handled.node, &mut report);
        let ghost_hash = self.hash_of_ghost(&ghost);
        if ghost_hash == self.ghost_hash() {
            // What the checkers remember is as it was: it is held once.
            ghost = Arc::clone(&self.ghost);
        }
        Observed { nodes, ghost, ghost_hash, found }
    }

    /// The world after a node has handled a message and the checkers looked, without what it sent.
    pub(crate) fn adopted(&self, handled: &Handled, observed: Observed) -> World {
        let mut world = self.clone();
        world.step += 1;
        world.nodes = observed.nodes;
        world.expect_timers(handled.node);
        world.ghost = observed.ghost;
        world.ghost_hash = OnceLock::from(observed.ghost_hash);
        world.violations.extend(observed.found);
        world
    }

    /// [`World::core_sum`] of the world after that, where that of this one is known and no checker found
    /// anything.
    pub(crate) fn core_sum_after(&self, sum: u64, handled: &Handled, observed: &Observed) -> u64 {
        let node = handled.node;
        let part = |slot: &NodeSlot| self.node_part(node, slot, slot.hash(self.machine));
        let before = part(&self.nodes[node.index()]).wrapping_add(scramble(self.ghost_hash()));
        let after = part(&handled.slot).wrapping_add(scramble(observed.ghost_hash));
        sum.wrapping_sub(before).wrapping_add(after)
    }

    /// [`World::core_sums`] of the same.
    pub(crate) fn core_sums_after(
        &self,
        sums: &mut [u64],
        (handled, observed): (&Handled, &Observed),
        all: &[Renaming],
        known: &mut RenamedParts,
    ) {
        let node = handled.node;
        let mut exchange = |slot: &NodeSlot, ghost: (&Opaque, u64), change: fn(u64, u64) -> u64| {
            let mut add = |key: u64, part: &dyn Fn(&Renaming) -> u64| {
                let parts = known.get_or_make(key, || all.iter().map(part).collect());
                for (sum, part) in sums.iter_mut().zip(parts) {
                    *sum = change(*sum, *part);
                }
            };
            self.renamed_node(node, slot, &mut add);
            self.renamed_ghost(ghost, &mut add);
        };
        let slot = &self.nodes[node.index()];
        exchange(slot, (&self.ghost, self.ghost_hash()), u64::wrapping_sub);
        exchange(&handled.slot, (&observed.ghost, observed.ghost_hash), u64::wrapping_add);
    }
}
