//! What a search needs of a world beyond `apply`: its state as one number that costs little, the
//! messages in flight, and the removal of those that can never matter.
//!
//! **What a state is.** Nodes with their disks, running timers and what they withhold; messages in
//! flight as a multiset; cuts; rules; clients with their open operations; what the checkers remember.
//! Left out are message ids, the number of actions, due times and the history, on which nothing that
//! can happen depends while time stands still: a search lets any message arrive and any timer fire, and
//! random draws decide due times only. The clock itself is not part of it either: a search lets time
//! pass in steps of one length and counts them.

use std::hash::{Hash, Hasher};

use super::network::{Envelope, Payload};
use super::{Client, World};
use crate::ids::{ClientId, Endpoint, MessageId, NodeId, NodeSet, TimerId};
use crate::mix::{StableHasher, hash_of, scramble};

/// Sets the nodes' parts of the sum apart.
const NODE: u64 = 0x517C_C1B7_2722_0A95;

impl World {
    /// The state as a sum with one part for each node, each message and the rest, so that what an
    /// action leaves alone is not hashed again, and taking a message out subtracts its part.
    pub(crate) fn state_sum(&self) -> u64 {
        let mut sum = self.network.multiset();
        for (index, slot) in self.nodes.iter().enumerate() {
            let place = (index as u64 + 1).wrapping_mul(NODE);
            sum = sum.wrapping_add(scramble(slot.hash(self.machine) ^ place));
        }
        let mut hasher = StableHasher::default();
        for client in &self.clients {
            hash_client(client, &mut hasher);
        }
        if self.keeps_order() {
            self.hash_order(&mut hasher);
        }
        (self.acknowledged, self.rules.0, self.ghost_hash()).hash(&mut hasher);
        if self.network.cuts().iter().any(|unreachable| !unreachable.is_empty()) {
            hash_of::<[NodeSet]>(self.network.cuts()).hash(&mut hasher);
        }
        sum.wrapping_add(hasher.finish())
    }

    /// Whether some link keeps the order of its messages.
    fn keeps_order(&self) -> bool {
        self.config.network.ordered || self.config.links.values().any(|link| link.ordered)
    }

    /// The order of the messages on links that keep it.
    fn hash_order(&self, hasher: &mut StableHasher) {
        let ordered = self.network.in_flight().filter(|envelope| self.is_ordered(envelope));
        let mut links: Vec<(Endpoint, Endpoint, MessageId, u64)> = ordered
            .map(|envelope| (envelope.from, envelope.to, envelope.id, envelope.hash))
            .collect();
        links.sort_unstable();
        for (.., hash) in links {
            hash.hash(hasher);
        }
    }

    /// The hash of the history variables, made when first asked for after a change.
    fn ghost_hash(&self) -> u64 {
        *self.ghost_hash.get_or_init(|| {
            let mut hasher = StableHasher::default();
            self.machine.hash_ghost(&self.ghost, &mut hasher);
            hasher.finish()
        })
    }

    /// A message's part of [`World::state_sum`].
    pub(crate) fn part(&self, message: MessageId) -> u64 {
        self.network.get(message).map_or(0, |envelope| scramble(envelope.hash))
    }

    /// Whether a message may not overtake those before it on its link.
    pub(crate) fn is_ordered(&self, envelope: &Envelope) -> bool {
        match (envelope.from, envelope.to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => {
                self.config.links.get(&(from, to)).unwrap_or(&self.config.network).ordered
            }
            _ => self.config.network.ordered,
        }
    }

    /// Whether a client has never called anything.
    pub(crate) fn is_fresh(&self, client: ClientId) -> bool {
        self.clients[client.index()].called == 0
    }

    /// The running timers of a node.
    pub(crate) fn timer_ids(&self, node: NodeId) -> impl Iterator<Item = TimerId> {
        self.nodes[node.index()].timers.iter().map(|armed| armed.timer)
    }

    /// The messages in flight, oldest first.
    pub(crate) fn envelopes(&self) -> impl Iterator<Item = &Envelope> {
        self.network.in_flight()
    }

    /// Takes out the messages that can never matter again now that `touched` has acted and messages
    /// were sent; how many they were.
    pub(crate) fn remove_dead(&mut self) -> u64 {
        let touched = self.last.touched;
        let first_sent = self.last.sent.first().copied();
        let dead: Vec<MessageId> = (self.network.in_flight())
            .filter(|envelope| {
                // Only these can have died: their receiver changed, or they are new.
                let is_new = first_sent.is_some_and(|first| envelope.id >= first);
                let can_have_died = match envelope.to {
                    Endpoint::Node(node) => is_new || touched == Some(node),
                    Endpoint::Client(_) => true,
                };
                can_have_died && self.is_dead_envelope(envelope)
            })
            .map(|envelope| envelope.id)
            .collect();
        for message in &dead {
            self.network.remove(*message);
        }
        dead.len() as u64
    }

    fn is_dead_envelope(&self, envelope: &Envelope) -> bool {
        match (&envelope.payload, envelope.to) {
            (Payload::Protocol(message), Endpoint::Node(node)) => (self.nodes[node.index()].node())
                .is_some_and(|node| self.machine.is_dead(node, message, self.rules)),
            // A client never waits again for an operation that is over.
            (Payload::Reply(reply), Endpoint::Client(client)) => {
                let client = &self.clients[client.index()];
                let now = (client.session, client.sequence);
                let answered = (reply.session, reply.sequence);
                answered < now || (answered == now && client.open.is_none())
            }
            _ => false,
        }
    }
}

/// What a client's future depends on.
fn hash_client(client: &Client, hasher: &mut StableHasher) {
    (client.session, client.sequence, client.contact).hash(hasher);
    match &client.open {
        Some(open) => (1_u8, &open.request, open.floor, open.redirections).hash(hasher),
        None => 0_u8.hash(hasher),
    }
}
