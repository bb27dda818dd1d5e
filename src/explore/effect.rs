//! What moves make of cores ([`super::core`]), and what of it is remembered where.
//!
//! A core remembers what each move made of it ([`Memory`]). There are many of these, so each is small: what a
//! node makes of a message ([`Reaction`]), what a client makes of one ([`Errand`]) and which messages are
//! lost at a receiver ([`Judge`]) are the same for many cores, and held once for all.

use std::sync::{Arc, Mutex, MutexGuard, Weak};

use super::alike::Flying;
use super::core::{Core, locked};
use super::parts::Parts;
use crate::ids::Endpoint;
use crate::world::{Checked, Handled, Rest};

/// What moves made of a core, by their keys.
#[derive(Default)]
pub(super) struct Memory {
    keys: Vec<u64>,
    pub effects: Vec<Effect>,
}

/// What a move makes of a core. Many are remembered: what others know as well is not in it.
pub(super) struct Effect {
    /// The sums of the core after it; `None` where the move is impossible.
    pub after: Option<Parts>,
    /// The core after it, if it was ever made, and is there still.
    pub core: Weak<Core>,
    pub made: Made,
    /// Where some of what was sent is lost already: the others.
    pub kept: Option<Box<[Arc<Flying>]>>,
}

/// How a core came about.
pub(super) enum Made {
    /// A message arrived at a node, and checkers remember this.
    AtNode(Arc<Reaction>, Checked),
    /// A client did something, and nothing changed but the rest.
    AtClient(Arc<Errand>),
    /// A move was carried out.
    Whole(Arc<Outcome>),
}

/// What a move led to besides a core.
#[derive(Default)]
pub(super) struct Outcome {
    pub sent: Arc<[Arc<Flying>]>,
    /// Whose messages may be lost from now on, and what is known of them.
    pub touched: Option<(Endpoint, Arc<Judge>)>,
    /// Whether checkers remember nothing more after it, and found nothing false.
    pub is_unremarked: bool,
}

/// What a client makes of a message or calls, in whichever core that has the same rest.
pub(super) struct Errand {
    /// The rest before it. While it is held no other has its address, by which this is found.
    pub _before: Arc<Rest>,
    pub rest: Arc<Rest>,
    /// What it adds to the sums.
    pub change: Parts,
    pub outcome: Arc<Outcome>,
}

/// What a node makes of a message, in whichever core.
pub(super) struct Reaction {
    pub handled: Handled,
    pub sent: Arc<[Arc<Flying>]>,
    /// What it adds to the sums that the node is another one now.
    pub change: Parts,
    /// What is known of the node after it.
    pub judge: Option<Arc<Judge>>,
}

/// Which messages are lost at one receiver, as it is: those that can never matter again, and late ones.
#[derive(Default)]
pub(super) struct Judge(Mutex<Vec<(u64, bool)>>);

impl Effect {
    /// What was sent, without what is lost already.
    pub fn sent(&self) -> &[Arc<Flying>] {
        self.kept.as_deref().unwrap_or(self.all_sent())
    }

    /// How many were sent that are lost already.
    pub fn lost(&self) -> u64 {
        (self.all_sent().len() - self.sent().len()) as u64
    }

    fn all_sent(&self) -> &[Arc<Flying>] {
        match &self.made {
            Made::AtNode(reaction, _) => &reaction.sent,
            Made::AtClient(errand) => &errand.outcome.sent,
            Made::Whole(outcome) => &outcome.sent,
        }
    }

    /// Whose messages may be lost from now on, and what is known of them.
    pub fn touched(&self) -> Option<(Endpoint, &Judge)> {
        let outcome = match &self.made {
            Made::AtNode(reaction, _) => {
                let node = Endpoint::Node(reaction.handled.node);
                return reaction.judge.as_deref().map(|judge| (node, judge));
            }
            Made::AtClient(errand) => &errand.outcome,
            Made::Whole(outcome) => outcome,
        };
        outcome.touched.as_ref().map(|(touched, judge)| (*touched, &**judge))
    }

    /// Whether checkers remember nothing more after it than in the core before it, and found nothing false.
    pub fn is_unremarked(&self, core: &Core) -> bool {
        match &self.made {
            Made::AtNode(_, checked) => core.apart.remembers(checked),
            Made::AtClient(_) => true,
            Made::Whole(outcome) => outcome.is_unremarked,
        }
    }
}

impl Memory {
    /// The place of what a move made of the core.
    pub fn place(&self, key: u64) -> Option<usize> {
        self.keys.iter().position(|known| *known == key)
    }

    /// Remembers what a move made of the core; its place.
    pub fn insert(&mut self, key: u64, effect: Effect) -> usize {
        self.keys.push(key);
        self.effects.push(effect);
        self.effects.len() - 1
    }
}

impl Judge {
    /// What is known so far, by the messages' hashes.
    pub fn known(&self) -> MutexGuard<'_, Vec<(u64, bool)>> {
        locked(&self.0)
    }

    /// Whether the message of a hash is lost, as `judge` says of one that was never asked about.
    pub fn loses(known: &mut Vec<(u64, bool)>, hash: u64, judge: impl FnOnce() -> bool) -> bool {
        match known.binary_search_by_key(&hash, |(hash, _)| *hash) {
            Ok(place) => known[place].1,
            Err(place) => {
                let is_lost = judge();
                known.insert(place, (hash, is_lost));
                is_lost
            }
        }
    }
}
