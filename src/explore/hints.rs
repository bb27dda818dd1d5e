//! What a space tells searches that do not look at everything: which steps are alike, what looks near
//! the goal, and what looks new. A wrong hint costs time and never a wrong result.
//!
//! No protocol provides anything: what looks near is counted from the goal's own conditions and from
//! the rules that are off and would have decided something, and what looks new is told from which
//! nodes run, which timers they have running and which rules decided the last action.

use std::hash::{Hash, Hasher};

use super::moves::Move;
use super::space::Space;
use super::spec::{ModelSpace, Packed};
use super::worlds::{Situation, Worlds};
use crate::ids::NodeId;
use crate::mix::{StableHasher, hash_of};
use crate::world::World;

/// A space with hints.
pub trait Hints: Space {
    /// Numbers for the kind of a step and for the step itself.
    fn names(&self, step: &Self::Step) -> [u64; 2];

    /// How much of the goal a state has reached, more being nearer; `None` where there is no goal.
    fn nearness(&self, state: &Self::State) -> Option<u32>;

    /// Whether a state was reached by something that a rule would have forbidden.
    fn is_forbidden(&self, state: &Self::State) -> bool;

    /// What a state looks like from afar, as a number: most states look like others.
    fn outline(&self, state: &Self::State) -> u64;
}

impl Hints for Worlds {
    fn names(&self, step: &Move) -> [u64; 2] {
        let kind = match step {
            Move::Deliver(_) => 0,
            Move::Drop(_) => 1,
            Move::Duplicate(_) => 2,
            Move::Call { .. } => 3,
            Move::Wait => 4,
            Move::Act(kind) => hash_of(&std::mem::discriminant(kind)),
        };
        [kind, step.key()]
    }

    fn nearness(&self, state: &Situation) -> Option<u32> {
        let goal = &self.plan().goal;
        let progress = |world: &World| goal.iter().map(|goal| goal.progress(world)).sum();
        let has_goal = !goal.is_empty();
        has_goal.then(|| match self.plan().needs_messages() {
            true => progress(&state.world()),
            false => progress(&state.core.apart.whole()),
        })
    }

    fn is_forbidden(&self, state: &Situation) -> bool {
        // A core keeps the action that led to it first: good enough for a hint.
        state.core.apart.missed().0 != 0
    }

    fn outline(&self, state: &Situation) -> u64 {
        let world = &state.core.apart;
        let mut hasher = StableHasher::default();
        for node in (0..world.config().nodes).map(NodeId) {
            (world.status(node) as u8).hash(&mut hasher);
            world.timer_ids(node).for_each(|timer| timer.0.hash(&mut hasher));
        }
        (&state.left, state.called, world.applied().0).hash(&mut hasher);
        hasher.finish()
    }
}

/// Models at the level of a specification say nothing of what they mean.
impl Hints for ModelSpace {
    fn names(&self, step: &String) -> [u64; 2] {
        let kind = step.split(['(', ' ']).next().unwrap_or_default();
        [hash_of(kind), hash_of(step)]
    }

    fn nearness(&self, _: &Packed) -> Option<u32> {
        None
    }

    fn is_forbidden(&self, _: &Packed) -> bool {
        false
    }

    fn outline(&self, state: &Packed) -> u64 {
        self.fingerprint(state) >> 56
    }
}
