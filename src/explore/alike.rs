//! Which states are one: messages in no order, nodes that are alike under any names, and values that are
//! alike whichever is which.
//!
//! A state has a sum under each renaming of nodes and of values ([`crate::renaming`], [`super::values`]);
//! the least of them names it whichever way round it stands, since the renamings are a group. The sums add
//! up from parts (the world without its messages, each message, and what may still happen) that are hashed
//! once, so that a successor costs an addition a renaming and part. Nothing is ever renamed: a search goes on
//! from the state that it reached, and its run is an ordinary one.
//!
//! **Whose nodes are alike.** Raft's alone. Paxos, Multi-Paxos, ABD and the stores without a leader compare
//! names where numbers are equal (ballots, tags, timestamps); a round-robin gives each node its turn (total
//! order), a ring its keys (quorum), and whom a node tells next follows from its name (gossip, chains of
//! backups); two and three phases, Paxos Commit, the bank and shared memory give nodes a part of their own: a
//! coordinator, shards with accounts of their own, a writer. Of the models of specifications each counts what
//! others have counted, who took no nodes for one either.

use std::sync::Arc;

use super::parts::Parts;
use super::plan::{Goal, Plan};
use super::properties::history_sum;
use super::values::{Values, value_renamings};
use crate::budget::{Budget, Surprise};
use crate::ids::Endpoint;
use crate::mix::{hash_of, scramble};
use crate::renaming::{Renaming, renamings};
use crate::world::{Apart, Checked, Envelope, Handled, RenamedParts, World};

/// The most renamings, those of four nodes.
pub(super) const NAMINGS_MAX: usize = 24;

/// A sum under each renaming; beyond those that are tried, zeros.
#[derive(Clone, Copy)]
pub(super) struct Sums(pub [u64; NAMINGS_MAX]);

/// The renamings under which a search takes states for one.
pub(super) struct Alike {
    /// Those of the nodes for the first of the values, for the second, and so on; none where neither are
    /// alike.
    names: Vec<Renaming>,
    /// How many of them stand for one renaming of the values.
    orders: usize,
    values: Vec<Values>,
    is_idle_told: bool,
    /// A world, whose protocol says what a message reads as under other names.
    origin: World,
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
        let mut nodes = vec![Renaming::default()];
        if is_tried {
            nodes = renamings(origin.config().nodes, is_ring);
            nodes.truncate(if nodes.len() > NAMINGS_MAX { 1 } else { NAMINGS_MAX });
        }
        let mut values = value_renamings(origin, plan);
        let orders = nodes.len();
        if orders * values.len() > NAMINGS_MAX {
            values.truncate(1);
        }
        let of_values = |values: &Values| {
            let texts = values.texts.clone();
            nodes.iter().map(move |names| names.with_texts(&texts)).collect::<Vec<_>>()
        };
        let mut names: Vec<Renaming> = values.iter().flat_map(of_values).collect();
        if names.len() == 1 {
            names.clear();
        }
        let is_idle_told = !plan.reductions.clients;
        Alike { names, orders, values, is_idle_told, origin: origin.clone() }
    }

    /// The sums of a world without messages; what clients saw since a step is part of it, or not.
    pub fn core_sums(
        &self,
        world: &World,
        history_since: Option<u64>,
        known: &mut RenamedParts,
    ) -> Vec<u64> {
        let mut sums = match self.names.is_empty() {
            true => vec![world.core_sum(self.is_idle_told)],
            false => world.core_sums(&self.names, known),
        };
        if let Some(since) = history_since {
            // No node's name stands in it.
            for (sums, values) in sums.chunks_mut(self.orders).zip(&self.values) {
                let seen = history_sum(world, since, &values.texts);
                sums.iter_mut().for_each(|sum| *sum = sum.wrapping_add(seen));
            }
        }
        sums
    }

    /// The parts of what may still happen: what is left of the budget, and the operations called.
    pub fn rest(&self, left: &Budget, called: u32) -> Sums {
        let mut rest = Sums::ZERO;
        for (parts, values) in rest.0.chunks_mut(self.orders).zip(&self.values) {
            parts.fill(hash_of(&(left, values.called(called))));
        }
        rest
    }

    /// What it adds to a world's sums that a node has handled a message.
    pub fn node_change(&self, world: &Apart, handled: &Handled, known: &mut RenamedParts) -> Parts {
        match self.names.is_empty() {
            true => Parts::One(world.node_change(handled)),
            false => Parts::Many(world.node_changes(handled, &self.names, known).into()),
        }
    }

    /// What it adds to a world's sums that checkers remember something else.
    pub fn checked_change(
        &self,
        world: &Apart,
        checked: &Checked,
        known: &mut RenamedParts,
    ) -> Parts {
        match self.names.is_empty() {
            true => Parts::One(world.checked_change(checked)),
            false => Parts::Many(world.checked_changes(checked, &self.names, known).into()),
        }
    }

    /// A message with its parts.
    pub fn flying(&self, envelope: Arc<Envelope>) -> Flying {
        let part = |names| scramble(self.origin.renamed_hash(&envelope, names));
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

    /// Takes parts away.
    pub fn take(&mut self, parts: &[u64]) {
        for (sum, part) in self.0.iter_mut().zip(parts) {
            *sum = sum.wrapping_sub(*part);
        }
    }

    /// The least sum with these parts, whatever the names, and the first renaming that it is of.
    pub fn least_with(&self, parts: &[u64]) -> (u64, usize) {
        let sums = self.0.iter().zip(parts).map(|(sum, part)| sum.wrapping_add(*part));
        sums.zip(0..).min().unwrap_or_default()
    }
}
