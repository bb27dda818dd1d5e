//! Models at the level of a specification: protocols as their papers' authors wrote them in TLA+,
//! small enough for their states to be counted, and counted by others.
//!
//! They are here to check the search itself: the numbers of distinct and generated states and the depth
//! that it must find are published. A state is packed into 128 bits without gaps in meaning, and the
//! fingerprint of two different states of 64 bits differs for certain.

mod paxos;
mod two_phase_commit;

pub use paxos::PaxosModel;
pub use two_phase_commit::TwoPhaseCommitModel;

use super::space::{Finding, Pruned, Space, Visit};
use crate::mix::scramble;

/// A state, packed.
pub type Packed = u128;

/// A specification whose states fit into [`Packed`].
pub trait Model: Sync {
    /// The one state that it begins in.
    fn initial(&self) -> Packed;
    /// Calls `visit` with each action possible and the state it leads to; actions that change nothing
    /// belong to it.
    fn actions(&self, state: Packed, visit: &mut dyn FnMut(String, Packed));
    /// The invariant that is false, and why.
    fn violated(&self, state: Packed) -> Option<(&'static str, String)>;
}

/// The space of a model.
pub struct ModelSpace(pub Box<dyn Model>);

impl Space for ModelSpace {
    type State = Packed;
    type Step = String;

    fn initial(&self) -> Vec<Packed> {
        vec![self.0.initial()]
    }

    fn successors(&self, state: &Packed, visit: Visit<'_, Self>) -> Pruned {
        let mut goes_on = true;
        self.0.actions(*state, &mut |action, next| {
            goes_on = goes_on && visit(&action, self.fingerprint(&next), &mut || next);
        });
        Pruned::default()
    }

    fn fingerprint(&self, state: &Packed) -> u64 {
        // A bijection of the lower half, shifted by a hash of the upper one.
        scramble(*state as u64).wrapping_add(scramble((*state >> 64) as u64).rotate_left(32))
    }

    fn finding(&self, state: &Packed) -> Option<Finding> {
        let (property, why) = self.0.violated(*state)?;
        Some(Finding::Violation { property: property.to_owned(), why })
    }
}

/// Some bits of a packed state, read and written as a number.
#[derive(Clone, Copy, Debug)]
struct Bits {
    at: u32,
    width: u32,
}

impl Bits {
    fn get(self, state: Packed) -> u32 {
        (state >> self.at) as u32 & ((1 << self.width) - 1)
    }

    fn set(self, state: Packed, value: u32) -> Packed {
        let mask = ((1 << self.width) - 1) << self.at;
        state & !mask | Packed::from(value) << self.at
    }
}

/// Hands out the bits of a packed state, one after the other.
#[derive(Clone, Copy, Debug, Default)]
struct Layout {
    used: u32,
}

impl Layout {
    fn take(&mut self, width: u32) -> Bits {
        let bits = Bits { at: self.used, width };
        self.used += width;
        bits
    }

    /// Room for a list of numbers of the same width.
    fn take_many(&mut self, count: u32, width: u32) -> Vec<Bits> {
        (0..count).map(|_| self.take(width)).collect()
    }
}
