//! Two-phase commit: resource managers prepare or abort by themselves, a transaction manager commits
//! when all have prepared.
//!
//! **Source.** The specification TwoPhase of Gray and Lamport, *Consensus on Transaction Commit*, 2006:
//! no request to prepare, no message of an abort by a resource manager; messages are a set from which
//! nothing is ever taken. For 3, 5, 7 and 8 resource managers TLC counts 288, 8,832, 296,448 and
//! 1,745,408 states.

use super::{Bits, Layout, Model, Packed};

const WORKING: u32 = 0;
const PREPARED: u32 = 1;
const COMMITTED: u32 = 2;
const ABORTED: u32 = 3;

/// The transaction manager has not decided; decided it is [`COMMITTED`] or [`ABORTED`].
const UNDECIDED: u32 = 0;

/// The most resource managers: what they all know fits into 64 bits.
pub const MANAGERS_MAX: u32 = 15;

/// The specification for a number of resource managers.
#[derive(Clone, Debug)]
pub struct TwoPhaseCommitModel {
    managers: Vec<Bits>,
    decision: Bits,
    /// Whose message the transaction manager has received.
    heard: Vec<Bits>,
    /// The messages sent: prepared, by each resource manager; commit; abort.
    said_prepared: Vec<Bits>,
    said_commit: Bits,
    said_abort: Bits,
}

impl TwoPhaseCommitModel {
    /// The model of so many resource managers.
    ///
    /// # Errors
    /// A number that does not fit.
    pub fn new(managers: u32) -> Result<Self, String> {
        if !(1..=MANAGERS_MAX).contains(&managers) {
            return Err(format!("1 to {MANAGERS_MAX} resource managers, found {managers}"));
        }
        let mut layout = Layout::default();
        Ok(TwoPhaseCommitModel {
            managers: layout.take_many(managers, 2),
            heard: layout.take_many(managers, 1),
            said_prepared: layout.take_many(managers, 1),
            decision: layout.take(2),
            said_commit: layout.take(1),
            said_abort: layout.take(1),
        })
    }
}

impl Model for TwoPhaseCommitModel {
    fn initial(&self) -> Packed {
        0
    }

    fn actions(&self, state: Packed, visit: &mut dyn FnMut(String, Packed)) {
        let is_undecided = self.decision.get(state) == UNDECIDED;
        if is_undecided {
            if self.heard.iter().all(|bit| bit.get(state) == 1) {
                let next = self.decision.set(state, COMMITTED);
                visit("the transaction manager commits".into(), self.said_commit.set(next, 1));
            }
            let next = self.decision.set(state, ABORTED);
            visit("the transaction manager aborts".into(), self.said_abort.set(next, 1));
        }
        for (place, manager) in self.managers.iter().enumerate() {
            let name = place + 1;
            let said = self.said_prepared[place];
            if is_undecided && said.get(state) == 1 {
                let next = self.heard[place].set(state, 1);
                visit(format!("the transaction manager hears that {name} is prepared"), next);
            }
            if manager.get(state) == WORKING {
                let next = said.set(manager.set(state, PREPARED), 1);
                visit(format!("{name} prepares"), next);
                visit(format!("{name} aborts by itself"), manager.set(state, ABORTED));
            }
            if self.said_commit.get(state) == 1 {
                visit(format!("{name} is told to commit"), manager.set(state, COMMITTED));
            }
            if self.said_abort.get(state) == 1 {
                visit(format!("{name} is told to abort"), manager.set(state, ABORTED));
            }
        }
    }

    fn violated(&self, state: Packed) -> Option<(&'static str, String)> {
        let first = |value: u32| self.managers.iter().position(|bits| bits.get(state) == value);
        let (committed, aborted) = (first(COMMITTED)? + 1, first(ABORTED)? + 1);
        Some(("consistent", format!("{committed} has committed and {aborted} has aborted.")))
    }
}
