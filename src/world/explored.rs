//! What a search needs of a world beyond `apply`: its state as one number, and the messages in flight
//! apart from all else.
//!
//! **What a state is.** Nodes with their disks, running timers and what they withhold; clocks; cuts;
//! rules; clients with their open operations; what the checkers remember and have found; and messages
//! in flight as a multiset, which a search keeps itself. Left out are message ids, the number of
//! actions, due times and the history, on which nothing that can happen depends: a search lets any
//! message arrive and any timer fire, and random draws decide due times only.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::network::Envelope;
use super::{Client, LastAction, NodeSlot, Status, World};
use crate::ids::{ClientId, Endpoint, MessageId, NodeId, TimerId};
use crate::machine::Opaque;
use crate::mix::{StableHasher, hash_of, scramble};
use crate::protocol::Effects;

/// Sets the nodes' parts of the sum apart.
const NODE: u64 = 0x517C_C1B7_2722_0A95;

impl World {
    /// The state without messages in flight, as 64 bits; with whom idle clients asked last, or without: a
    /// search names the node whenever one calls. Only what an action touched is hashed again.
    pub(crate) fn core_sum(&self, is_idle_told: bool) -> u64 {
        let nodes = (0..).map(NodeId).zip(&self.nodes);
        let nodes = nodes.map(|(id, slot)| self.node_part(id, slot, slot.hash(self.machine)));
        let sum = nodes.fold(self.rest_part(StableHasher::default()), u64::wrapping_add);
        let clients = (0_u8..).zip(self.clients.iter());
        let clients = clients.filter(|(_, state)| is_idle_told || state.open.is_some());
        let contacts = clients.map(|(client, state)| scramble(hash_of(&(client, state.contact))));
        contacts.fold(sum.wrapping_add(scramble(self.ghost_hash())), u64::wrapping_add)
    }

    /// A node's part of the sum where it has this name and was hashed to this.
    pub(super) fn node_part(&self, name: NodeId, slot: &NodeSlot, hash: u64) -> u64 {
        let place = (u64::from(name.0) + 1).wrapping_mul(NODE);
        scramble(hash ^ place ^ scramble(slot.clock.local_ms(self.now_ms)))
    }

    /// The part of all in which no node's name stands but in cuts.
    pub(super) fn rest_part(&self, mut hasher: StableHasher) -> u64 {
        for client in self.clients.iter() {
            (client.session, client.sequence).hash(&mut hasher);
            match &client.open {
                Some(open) => (1_u8, &open.request, open.floor).hash(&mut hasher),
                None => 0_u8.hash(&mut hasher),
            }
        }
        for violation in &self.violations {
            violation.invariant.hash(&mut hasher);
        }
        (self.now_ms, self.acknowledged, self.rules.0).hash(&mut hasher);
        let cuts = (0..).map(NodeId).zip(self.network.cuts());
        let cuts = cuts.filter(|(_, unreachable)| !unreachable.is_empty());
        cuts.map(|cut| scramble(hash_of(&cut))).fold(hasher.finish(), u64::wrapping_add)
    }

    /// The hash of the history variables, made when first asked for after a change.
    pub(super) fn ghost_hash(&self) -> u64 {
        *self.ghost_hash.get_or_init(|| self.hash_of_ghost(&self.ghost))
    }

    pub(super) fn hash_of_ghost(&self, ghost: &Opaque) -> u64 {
        let mut hasher = StableHasher::default();
        self.machine.hash_ghost(ghost, &mut hasher);
        hasher.finish()
    }

    /// The messages in flight, oldest first.
    pub(crate) fn envelopes(&self) -> impl Iterator<Item = &Envelope> {
        self.network.in_flight()
    }

    /// Takes all messages out of the network, oldest first. Clients follow as many redirections from
    /// here on as they may in all: how many they followed would set equal states apart, and a
    /// shortest run follows few. What the last action did is forgotten, and room for the next one's effects
    /// is given back: many such worlds are kept.
    pub(crate) fn take_messages(&mut self) -> Vec<Arc<Envelope>> {
        self.last = LastAction::default();
        self.scratch = Effects::default();
        let followed = |client: &Client| client.open.as_ref().map_or(0, |open| open.redirections);
        for place in 0..self.clients.len() {
            if followed(&self.clients[place]) > 0 {
                let client = &mut Arc::make_mut(&mut self.clients)[place];
                client.open.iter_mut().for_each(|open| open.redirections = 0);
            }
        }
        let ids: Vec<MessageId> = self.network.in_flight().map(|envelope| envelope.id).collect();
        ids.into_iter().filter_map(|id| self.network.remove(id)).collect()
    }

    /// Puts a message that was taken out under way again, with a new id.
    pub(crate) fn put_back(&mut self, envelope: &Envelope) -> Option<MessageId> {
        self.network.insert(envelope.clone())
    }

    /// Whether every message could arrive: every node runs and no link is cut.
    pub(crate) fn is_whole(&self) -> bool {
        self.nodes.iter().all(|slot| slot.status == Status::Up)
            && self.network.cuts().iter().all(|unreachable| unreachable.is_empty())
    }

    /// Whether some link keeps the order of its messages.
    pub(crate) fn keeps_order(&self) -> bool {
        self.config.network.ordered || self.config.links.values().any(|link| link.ordered)
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

    /// Whether a client waits for nothing.
    pub(crate) fn is_idle(&self, client: ClientId) -> bool {
        self.clients[client.index()].open.is_none()
    }

    /// The running timers of a node.
    pub(crate) fn timer_ids(&self, node: NodeId) -> impl Iterator<Item = TimerId> {
        self.nodes[node.index()].timers.iter().map(|armed| armed.timer)
    }
}
