//! What can be searched: states, the steps between them, and what must be true of each.
//!
//! Two kinds of space implement it, and every search serves both: the worlds of a scenario
//! ([`super::worlds`]), changed by the same `apply` as everywhere else, and small models at the level
//! of a specification ([`super::spec`]), whose numbers of states are published.

use std::fmt;

/// Something to search through.
pub trait Space {
    /// A state.
    type State: Clone;
    /// What leads from a state to the next.
    type Step: Clone + fmt::Debug;

    /// The states that a run may begin in.
    fn initial(&self) -> Vec<Self::State>;

    /// Calls `visit` with each step that is possible in `state`, the fingerprint of the state it
    /// leads to and a way to get that state, always in the same order, until `visit` returns false.
    /// Returns what was left out and why.
    fn successors(&self, state: &Self::State, visit: Visit<'_, Self>) -> Pruned;

    /// The same without the steps that are asleep in `state`, and with what is asleep in each successor when
    /// it is reached so ([`super::sleep`]). Where nothing ever sleeps these are the successors.
    fn awake(&self, state: &Self::State, asleep: &[u64], visit: VisitAwake<'_, Self>) -> Pruned {
        let _ = asleep;
        self.successors(state, &mut |step, fingerprint, make| {
            visit(step, fingerprint, make, &Vec::new)
        })
    }

    /// The state as 64 bits, equal natively and in WebAssembly. Two states of one fingerprint are
    /// taken for one.
    fn fingerprint(&self, state: &Self::State) -> u64;

    /// What is found in a state that a search looks for: a property that is false, or the goal.
    fn finding(&self, state: &Self::State) -> Option<Finding>;
}

/// What is done with a successor: its step, its fingerprint, and itself, made when asked for; false
/// for no more.
pub type Visit<'a, S> =
    &'a mut dyn FnMut(&<S as Space>::Step, u64, &mut dyn FnMut() -> <S as Space>::State) -> bool;

/// As [`Visit`], with a way to get what is asleep in the successor.
pub type VisitAwake<'a, S> = &'a mut dyn FnMut(
    &<S as Space>::Step,
    u64,
    &mut dyn FnMut() -> <S as Space>::State,
    &dyn Fn() -> Vec<u64>,
) -> bool;

/// What a search looks for, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A property is false.
    Violation {
        /// Its stable name.
        property: String,
        /// Why it is false, in words.
        why: String,
    },
    /// The goal is reached.
    Goal,
}

/// How much of a space was left out, because it cannot matter or because a budget ends there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Messages taken out that can never matter again.
    pub dead: u64,
    /// Steps that would have changed nothing but used up their message.
    pub idle: u64,
    /// Steps that equal another one of the same state.
    pub equal: u64,
    /// Steps that lead to the same state as others in another order, which are taken.
    pub reordered: u64,
    /// Steps for which a budget was used up.
    pub budget: u64,
    /// Successors not looked at, because they lie beyond the greatest depth.
    pub depth: u64,
}

impl Pruned {
    /// Adds what was left out elsewhere.
    pub fn add(&mut self, other: Pruned) {
        self.dead += other.dead;
        self.idle += other.idle;
        self.equal += other.equal;
        self.reordered += other.reordered;
        self.budget += other.budget;
        self.depth += other.depth;
    }
}
