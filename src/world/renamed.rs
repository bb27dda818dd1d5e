//! The state of a world under other names of its nodes, for a search that takes states that differ in who
//! is who for one ([`crate::renaming`]).

use std::collections::BTreeMap;
use std::hash::Hash;

use super::World;
use super::network::{Envelope, Payload};
use super::node::NodeSlot;
use crate::machine::{Machine, Value};
use crate::mix::StableHasher;
use crate::protocol::Answer;
use crate::renaming::Renaming;

/// What parts of a state hash to under each renaming, by what they hash to under their own names.
pub(crate) type RenamedHashes = BTreeMap<u64, Box<[u64]>>;

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

    /// [`World::core_sum`] under each renaming. What was hashed before is looked up.
    pub(crate) fn core_sums(&self, all: &[Renaming], known: &mut RenamedHashes) -> Box<[u64]> {
        let machine = self.machine;
        for slot in &self.nodes {
            known.entry(slot.hash(machine)).or_insert_with(|| {
                all.iter().map(|names| slot.hash_renamed(machine, names)).collect()
            });
        }
        let ghost = self.ghost_hash();
        known.entry(ghost).or_insert_with(|| {
            let hash = |names| {
                hash_with(|hasher| {
                    machine.hash_renamed(Value::Ghost(&self.ghost), names, hasher);
                })
            };
            all.iter().map(hash).collect()
        });
        let nodes: Vec<&[u64]> =
            self.nodes.iter().filter_map(|slot| Some(&**known.get(&slot.hash(machine))?)).collect();
        let ghosts = &known[&ghost];
        let sum = |(place, names): (usize, &Renaming)| {
            let nodes: Vec<u64> = nodes.iter().map(|hashes| hashes[place]).collect();
            self.sum_of(&nodes, ghosts[place], Some(names))
        };
        all.iter().enumerate().map(sum).collect()
    }

    /// What a message hashes to under other names.
    pub(crate) fn renamed_hash(&self, envelope: &Envelope, names: &Renaming) -> u64 {
        hash_with(|hasher| {
            (names.endpoint(envelope.from), names.endpoint(envelope.to)).hash(hasher);
            envelope.payload.hash_renamed(self.machine, names, hasher);
        })
    }
}

fn hash_with(write: impl FnOnce(&mut StableHasher)) -> u64 {
    use std::hash::Hasher;
    let mut hasher = StableHasher::default();
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
        hash_with(|hasher| {
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
