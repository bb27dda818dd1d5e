//! Sleep sets: of the orders of events that do not concern each other one is looked at, and every state is
//! still reached, each by a shortest run (Godefroid, *Partial-Order Methods for the Verification of
//! Concurrent Systems*, 1996, chapter 5).
//!
//! **Independent** are the arrival of a message at a node and what one other node does (one arrives there, or
//! a timer fires), where neither sends the other a message and neither leaves checkers anything to
//! remember. An arrival is free of any budget, changes its node, and sends; so neither step can make the
//! other impossible, and both orders end in one state. Did one send the other what it no longer heeds,
//! then it would do nothing in one of the orders, and what does nothing does not happen. Checkers may
//! remember who was first. A test walks through all protocols and compares both orders wherever one is left
//! out. Answers to clients are independent of nothing here: what counts as acknowledged, and so what a later
//! answer may tell, depends on when they arrive. Nor is a crash, after which what nobody heeded may be
//! heeded. Where links keep the order of messages, for a goal, and where invariants may be false on the
//! way, nothing sleeps.
//!
//! **What sleeps.** Steps of a state are looked at in a fixed order. After a step those before it that are
//! independent of it are asleep, since they were looked at first. What slept already wakes: whether it is
//! still independent would be known only by making it. What sleeps is not looked at. A state reached by
//! several runs lets sleep what sleeps by all of them: so much is known only when nothing more can arrive.
//!
//! **Breadth-first that is known in time.** Only arrivals from the level before count, and these are all in
//! when a level begins: a state's later arrivals, from its own level or one behind it, need not be looked
//! at, and no state is ever expanded twice. For let q be a state at depth d, and of all runs of d steps to
//! q take the first, comparing two by the order of steps in the state where they part. Each of its states is
//! reached by no shorter run, so the run before it is an arrival from the level before. Were one of its
//! steps asleep, that step would have been looked at before the one that was taken in the state before, and
//! be independent of it; taken there first it would lead to q in d steps, too, and that run would come
//! first. So no step of it sleeps. The order of steps may differ from state to state: two runs part in
//! one state.
//!
//! **Names.** A state may be one that another run reached under other names ([`super::alike`]). A message is
//! therefore told by its part of the sum under the renaming that names the state: in both it is the same, or
//! the state is like itself under other names, and then either does.
//!
//! **Left out.** Depth-first searches expand a state again when a shorter run reaches it, with its sleep set
//! unlike the one before; guided ones and walks reach states in no order. Nothing sleeps there.

use std::collections::BTreeMap;

/// What sleeps in the states of a level and of the next one, by their fingerprints; states in which nothing
/// sleeps are not in it.
#[derive(Default)]
pub(super) struct Asleep {
    now: Table,
    next: Table,
}

type Table = BTreeMap<u64, Box<[u64]>>;

impl Asleep {
    /// What sleeps in a state of this level.
    pub fn of(&self, fingerprint: u64) -> &[u64] {
        self.now.get(&fingerprint).map_or(&[], |labels| labels)
    }

    /// Whether anything sleeps in a state of the next level, as far as is known.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn has(&self, fingerprint: u64) -> bool {
        self.next.contains_key(&fingerprint)
    }

    /// A state of the next level is reached.
    pub fn arrive(&mut self, fingerprint: u64, is_new: bool, labels: &dyn Fn() -> Vec<u64>) {
        if is_new {
            let labels = labels();
            if !labels.is_empty() {
                self.next.insert(fingerprint, labels.into());
            }
        } else if let Some(known) = self.next.get(&fingerprint) {
            let labels = labels();
            let both: Box<[u64]> =
                known.iter().copied().filter(|label| labels.contains(label)).collect();
            match both.is_empty() {
                true => self.next.remove(&fingerprint),
                false => self.next.insert(fingerprint, both),
            };
        }
    }

    /// The next level begins.
    pub fn begin_level(&mut self) {
        self.now = std::mem::take(&mut self.next);
    }
}
