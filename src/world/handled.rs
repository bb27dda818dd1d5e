//! What a node makes of a message, apart from the rest of the world.
//!
//! A handler sees its node, the message and the rules, and nothing else ([`crate::protocol::Context`]); so
//! what it makes of them is the same in every world in which they are the same, and a search calls it once.
//! Only the checkers look at all nodes: they look anew each time.

use std::sync::Arc;

use super::network::{Envelope, Payload};
use super::{NodeSlot, World};
use crate::ids::{ClientId, Endpoint, NodeId};
use crate::machine::Input;
use crate::mix::hash_of;
use crate::protocol::{Effects, Execution, Reply};

/// What a node made of a message.
pub(crate) struct Handled {
    /// Who did.
    pub node: NodeId,
    /// The node after it.
    slot: Arc<NodeSlot>,
    executions: Vec<Execution>,
    replies: Vec<(ClientId, Reply)>,
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
        let call = |surroundings: crate::protocol::Surroundings<'_>, held: &mut Option<_>| {
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

    /// Lets a node have handled a message, and the checkers look. What it sends is left to whoever calls.
    pub(crate) fn adopt(&mut self, handled: &Handled) {
        let Handled { node, slot, executions, replies } = handled;
        self.step += 1;
        self.nodes[node.index()] = Arc::clone(slot);
        self.expect_timers(*node);
        let (ghost, hash) = (Arc::clone(&self.ghost), self.ghost_hash());
        self.observe(*node, executions, replies);
        if self.ghost_hash() == hash {
            // What the checkers remember is as it was: it is held once.
            self.ghost = ghost;
        }
    }
}
