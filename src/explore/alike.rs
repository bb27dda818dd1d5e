//! Which states are one: messages in no order, and nodes that are alike under any names.
//!
//! A state has a sum under each renaming of the nodes ([`crate::renaming`]); the least of them names it
//! whichever way round it stands, since the renamings are a group. The sums add up from parts (the world
//! without its messages, and each message) that are hashed once, so that a successor costs an addition a
//! renaming and part. Nothing is ever renamed: a search goes on from the state that it reached, and its
//! run is an ordinary one.

use std::sync::Arc;

use super::parts::Parts;
use super::plan::{Goal, Plan};
use crate::budget::Surprise;
use crate::ids::Endpoint;
use crate::mix::scramble;
use crate::renaming::{Renaming, renamings};
use crate::world::{Envelope, Handled, Observed, RenamedParts, World};

/// The most renamings, those of four nodes.
pub(super) const NAMINGS_MAX: usize = 24;

/// A sum under each renaming; beyond those that are tried, zeros.
#[derive(Clone, Copy)]
pub(super) struct Sums(pub [u64; NAMINGS_MAX]);

/// The renamings under which a search takes states for one.
pub(super) struct Alike {
    /// None where nodes are not alike.
    names: Vec<Renaming>,
}

/// A message in flight, with its part of the state's sum under each renaming.
pub(super) struct Flying {
    /// The envelope's hash and receiver, where they are at hand.
    pub hash: u64,
    pub to: Endpoint,
    pub parts: Parts,
    pub envelope: Arc<Envelope>,
}

impl Alike {
    /// Those that keep a world's nodes, its network and the plan as they are.
    pub fn new(origin: &World, plan: &Plan) -> Self {
        // Rotations alone keep the order in which a client asks node after node.
        let is_ring = plan.budget.of(Surprise::Retry) > 0;
        let names_nodes = plan.goal.iter().any(|goal| matches!(goal, Goal::Expect(_)));
        let is_tried = plan.reductions.symmetry
            && !names_nodes
            && plan.acts.is_empty()
            // How everything heals is drawn by nodes' names.
            && !plan.properties.look_ahead()
            && plan.budget.of(Surprise::Command) == 0
            && !origin.keeps_order()
            && origin.has_symmetry();
        let all = if is_tried { renamings(origin.config().nodes, is_ring) } else { Vec::new() };
        Alike { names: if all.len() > NAMINGS_MAX { Vec::new() } else { all } }
    }

    /// The sums of a world without messages.
    pub fn core_sums(&self, world: &World, known: &mut RenamedParts) -> Box<[u64]> {
        match self.names.is_empty() {
            true => Box::new([world.core_sum()]),
            false => world.core_sums(&self.names, known),
        }
    }

    /// Makes a world's sums those after a node handled a message, where no checker found anything.
    pub fn exchange(
        &self,
        sums: &mut [u64],
        world: &World,
        what: (&Handled, &Observed),
        known: &mut RenamedParts,
    ) {
        match self.names.is_empty() {
            true => sums[0] = world.core_sum_after(sums[0], what.0, what.1),
            false => world.core_sums_after(sums, what, &self.names, known),
        }
    }

    /// A message with its parts.
    pub fn flying(&self, world: &World, envelope: Arc<Envelope>) -> Flying {
        let part = |names| scramble(world.renamed_hash(&envelope, names));
        let parts = match self.names.is_empty() {
            true => Parts::One(scramble(envelope.hash)),
            false => Parts::Many(self.names.iter().map(part).collect()),
        };
        Flying { hash: envelope.hash, to: envelope.to, parts, envelope }
    }
}

impl Sums {
    /// No parts.
    pub const ZERO: Self = Sums([0; NAMINGS_MAX]);

    pub fn add(&mut self, parts: &[u64]) {
        for (sum, part) in self.0.iter_mut().zip(parts) {
            *sum = sum.wrapping_add(*part);
        }
    }

    /// The least sum with these parts, whatever the names.
    pub fn least_with(&self, parts: &[u64]) -> u64 {
        let sums = self.0.iter().zip(parts).map(|(sum, part)| sum.wrapping_add(*part));
        sums.min().unwrap_or_default()
    }
}
