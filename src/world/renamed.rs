//! The state of a world under other names, for a search that takes states for one that differ in who is
//! who, or in which value is which ([`crate::renaming`]).

use std::hash::{Hash, Hasher};
use std::slice;

use super::World;
use super::network::{Envelope, Payload};
use super::node::NodeSlot;
use crate::ids::{NodeId, NodeSet};
use crate::known::Known;
use crate::machine::{Machine, Opaque, Value};
use crate::mix::{StableHasher, hash_of, hash_reading, scramble};
use crate::operation::Text;
use crate::protocol::Answer;
use crate::renaming::Renaming;

/// The parts of a state's sum under each renaming, by what was hashed for them.
pub(crate) type RenamedParts = Known<Box<[u64]>>;

/// A sum under each renaming, to which part after part is added. What was hashed before is looked up.
pub(super) struct RenamedSums<'a> {
    pub sums: Vec<u64>,
    all: &'a [Renaming],
    known: &'a mut RenamedParts,
}

impl<'a> RenamedSums<'a> {
    /// Nothing yet.
    pub fn new(all: &'a [Renaming], known: &'a mut RenamedParts) -> Self {
        RenamedSums { sums: vec![0; all.len()], all, known }
    }

    /// Adds a part: by what it is known, and how it is hashed under a renaming.
    fn add(&mut self, key: u64, part: &dyn Fn(&Renaming) -> u64) {
        let parts = self.known.get_or_make(key, || self.all.iter().map(part).collect());
        for (sum, part) in self.sums.iter_mut().zip(parts) {
            *sum = sum.wrapping_add(*part);
        }
    }

    /// From now on all that was added is taken away.
    pub fn negate(&mut self) {
        self.sums.iter_mut().for_each(|sum| *sum = sum.wrapping_neg());
    }
}

impl World {
    /// Whether its nodes are alike: for the protocol, and for links and clocks.
    pub(crate) fn has_symmetry(&self) -> bool {
        let config = &self.config;
        let mut rates = self.nodes.iter().map(|slot| slot.clock.rate_permille());
        let first = rates.next();
        rates.all(|rate| Some(rate) == first)
            && config.links.is_empty()
            && config.network.duplicate_permille == 0
            && self.machine.are_alike(config.nodes, &config.settings)
    }

    /// Whether a written value is to its protocol like any other, and nothing in it, in its history or in
    /// what it began with tells of that value.
    pub(crate) fn is_like_others(&self, value: &Text) -> bool {
        // Nobody can write that.
        let other = Renaming::default().with_texts(&[(value.clone(), Text::from("\n"))]);
        let same = Renaming::default();
        let core = |names| self.core_sums(slice::from_ref(names), &mut Known::default());
        let is_same =
            |envelope| self.renamed_hash(envelope, &same) == self.renamed_hash(envelope, &other);
        let records = self.history.records();
        self.machine.is_like_others(value, &self.config.settings)
            && self.config.disks.values().all(|disk| !disk.contains(&**value))
            && hash_of(records) == hash_reading(records, other.texts())
            && self.network.in_flight().all(is_same)
            && core(&same) == core(&other)
    }

    /// [`World::core_sum`] under each renaming, without whom idle clients asked last.
    pub(crate) fn core_sums(&self, all: &[Renaming], known: &mut RenamedParts) -> Vec<u64> {
        let mut sums = RenamedSums::new(all, known);
        sums.add(self.rest_part(StableHasher::default()), &|names| self.renamed_rest(names));
        for (id, slot) in (0..).map(NodeId).zip(&self.nodes) {
            self.renamed_node(id, slot, &mut sums);
        }
        self.renamed_ghost((&self.ghost, self.ghost_hash()), &mut sums);
        for (client, state) in
            (0_u8..).zip(self.clients.iter()).filter(|(_, state)| state.open.is_some())
        {
            let contact = |node: NodeId| scramble(hash_of(&(client, node)));
            sums.add(contact(state.contact), &|names| contact(names.node(state.contact)));
        }
        sums.sums
    }

    /// A node's part.
    pub(super) fn renamed_node(&self, id: NodeId, slot: &NodeSlot, sums: &mut RenamedSums<'_>) {
        let machine = self.machine;
        sums.add(self.node_part(id, slot, slot.hash(machine)), &|names| {
            self.node_part(names.node(id), slot, slot.hash_renamed(machine, names))
        });
    }

    /// The part of what the checkers remember.
    pub(super) fn renamed_ghost(&self, (ghost, hash): (&Opaque, u64), sums: &mut RenamedSums<'_>) {
        sums.add(hash, &|names| {
            scramble(hash_with(names, |hasher| {
                self.machine.hash_renamed(Value::Ghost(ghost), names, hasher);
            }))
        });
    }

    /// [`World::rest_part`] under other names.
    fn renamed_rest(&self, names: &Renaming) -> u64 {
        let hasher = StableHasher::reading(names.texts());
        if self.network.cuts().iter().all(|unreachable| unreachable.is_empty()) {
            return self.rest_part(hasher);
        }
        let mut renamed = self.clone();
        let all = NodeSet::all(self.config.nodes);
        renamed.network.set_cut(all, all, false);
        for (sender, unreachable) in (0..).map(NodeId).zip(self.network.cuts()) {
            let sender = NodeSet::of(names.node(sender));
            renamed.network.set_cut(sender, names.set(*unreachable), true);
        }
        renamed.rest_part(hasher)
    }

    /// What a message hashes to under other names.
    pub(crate) fn renamed_hash(&self, envelope: &Envelope, names: &Renaming) -> u64 {
        hash_with(names, |hasher| {
            (names.endpoint(envelope.from), names.endpoint(envelope.to)).hash(hasher);
            envelope.payload.hash_renamed(self.machine, names, hasher);
        })
    }
}

fn hash_with(names: &Renaming, write: impl FnOnce(&mut StableHasher)) -> u64 {
    let mut hasher = StableHasher::reading(names.texts());
    write(&mut hasher);
    hasher.finish()
}

impl Payload {
    /// [`Payload::hash`] under other names.
    fn hash_renamed(&self, machine: &dyn Machine, names: &Renaming, hasher: &mut StableHasher) {
        match self {
            Payload::Protocol(message) => {
                0_isize.hash(hasher);
                machine.hash_renamed(Value::Message(message), names, hasher);
            }
            Payload::Reply(reply) => {
                let mut reply = reply.clone();
                if let Answer::Redirect(Some(hint)) = &mut reply.answer {
                    *hint = names.node(*hint);
                }
                Payload::Reply(reply).hash(machine, hasher);
            }
            Payload::Request(_) => self.hash(machine, hasher),
        }
    }
}

impl NodeSlot {
    /// [`NodeSlot::hash`] under other names.
    fn hash_renamed(&self, machine: &dyn Machine, names: &Renaming) -> u64 {
        hash_with(names, |hasher| {
            let timers: u64 = self.timers.iter().map(|armed| 1 << armed.timer.0).sum();
            (self.status, timers, self.node.is_some(), self.disk.is_some()).hash(hasher);
            if let Some(node) = &self.node {
                machine.hash_renamed(Value::Node(node), names, hasher);
            }
            if let Some(disk) = &self.disk {
                machine.hash_renamed(Value::Disk(disk), names, hasher);
            }
            self.withheld.len().hash(hasher);
            for (to, payload) in &self.withheld {
                names.endpoint(*to).hash(hasher);
                payload.hash_renamed(machine, names, hasher);
            }
        })
    }
}
