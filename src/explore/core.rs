//! Worlds without their messages, and what each move makes of them, remembered.
//!
//! What an action does depends on the world without the other messages in flight, and many states
//! differ in these alone. So a state is kept as a *core* (a world whose network is empty), shared with
//! all states of the same core, beside a list of messages; and a core remembers what each move made of
//! it: the sums of the next core and the messages sent. Only the first time a move is made in a core is it
//! carried out, two to thirty times less often than states are generated, and most successors are
//! found to be known from a few additions, without a look at the core that they have.
//!
//! Most moves are messages that arrive at nodes, and what a node makes of a message does not depend on the
//! other nodes. So that is remembered by node and message for all cores, ten to twenty times fewer than pairs
//! of core and message ([`Reaction`]); left to do are the checkers, who look at all nodes, and the sums, in
//! which the node's part and the checkers' are exchanged. A world is made only where the sums are new. All
//! other moves are carried out by [`World::apply`].
//!
//! A core lives as long as a state of the frontier, or one of the last that were expanded, needs it; one
//! that is gone and needed again is made again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::acts::Acts;
use super::alike::{Alike, Flying, Sums};
use super::moves::Move;
use super::parts::Parts;
use super::plan::Plan;
use super::space::Finding;
use crate::ids::Endpoint;
use crate::known::Known;
use crate::world::{Envelope, Handled, RenamedParts, World};

/// A world without messages in flight.
pub(super) struct Core {
    pub world: World,
    /// Its sum under each renaming.
    pub sums: Parts,
    acts: OnceLock<Acts>,
    /// What is found in it, where that has nothing to do with messages.
    finding: OnceLock<Option<Finding>>,
    pub memory: Mutex<Memory>,
}

/// What moves made of a core, by their keys.
#[derive(Default)]
pub(super) struct Memory {
    keys: Vec<u64>,
    pub effects: Vec<Effect>,
}

/// What a move makes of a core.
pub(super) struct Effect {
    /// The core after it, and the sums of both it and what was sent; `None` where the move is impossible.
    pub after: Option<(Weak<Core>, Parts)>,
    /// Whether that is the same core.
    pub is_same: bool,
    /// Whether checkers remember nothing more after it, and found nothing false.
    pub is_unremarked: bool,
    /// What was sent, without what is lost already.
    pub sent: Arc<[Arc<Flying>]>,
    /// How many were sent that are lost already.
    pub lost: u64,
    /// Whose messages may be lost from now on, and what is known of them.
    pub touched: Option<(Endpoint, Arc<Judge>)>,
}

/// What a node makes of a message, in whichever core.
struct Reaction {
    handled: Handled,
    sent: Arc<[Arc<Flying>]>,
    /// What is known of the node after it.
    judge: Option<Arc<Judge>>,
}

/// Which messages are lost at one receiver, as it is: those that can never matter again, and late ones.
#[derive(Default)]
pub(super) struct Judge(Mutex<Vec<(u64, bool)>>);

/// All cores that are in use, by their sums.
pub(super) struct Cores {
    pub alike: Alike,
    table: Mutex<Table>,
    /// The step since when what clients saw is part of a core, where it is.
    history_since: Option<u64>,
}

#[derive(Default)]
struct Table {
    cores: Known<Weak<Core>>,
    /// How large the table may grow before those that are gone are swept out.
    sweep_at: usize,
    /// The cores of the last states that were expanded.
    recent: VecDeque<Arc<Core>>,
    /// Messages that were sent, by their hashes.
    messages: Known<Arc<Flying>>,
    /// What is known of receivers, by the hashes of what they are.
    judges: Known<Arc<Judge>>,
    /// What nodes made of messages, by all that decides it.
    reactions: Known<Arc<Reaction>>,
    renamed: RenamedParts,
}

/// The least size at which a table is swept.
const SWEEP_MIN: usize = 1024;
/// The most cores that are kept although no state of the frontier needs them.
const RECENT_MAX: usize = 4096;

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cores {
    /// None yet, of worlds that are alike so; what clients saw since a step is part of them, or not.
    pub fn new(alike: Alike, history_since: Option<u64>) -> Self {
        Cores { alike, table: Mutex::default(), history_since }
    }

    /// The core of a world whose messages have been taken out.
    pub fn of(&self, world: World) -> Arc<Core> {
        let table = &mut *locked(&self.table);
        let sums = self.alike.core_sums(&world, self.history_since, &mut table.renamed);
        table.core(&sums, || world)
    }

    /// The core after a node handled a message in one.
    fn after(&self, before: &Core, handled: &Handled) -> Arc<Core> {
        let observed = before.world.observed(handled);
        if !observed.found.is_empty() {
            return self.of(before.world.adopted(handled, observed));
        }
        let mut sums = Sums::ZERO;
        sums.add(&before.sums);
        let sums = &mut sums.0[..before.sums.len()];
        let table = &mut *locked(&self.table);
        self.alike.exchange(sums, &before.world, (handled, &observed), &mut table.renamed);
        table.core(sums, || before.world.adopted(handled, observed))
    }

    /// Keeps the core of a state that is being expanded for a while.
    pub fn keep(&self, core: &Arc<Core>) {
        let mut table = locked(&self.table);
        table.recent.push_back(Arc::clone(core));
        if table.recent.len() > RECENT_MAX {
            let oldest = table.recent.pop_front();
            drop(table);
            drop(oldest);
        }
    }

    /// The messages in flight in a world, taken out and known by their hashes; those that are lost are
    /// left out and counted.
    pub fn take_messages(&self, world: &mut World, plan: &Plan) -> (Arc<[Arc<Flying>]>, u64) {
        let taken = world.take_messages();
        without_lost(&self.known(world, taken), world, plan)
    }

    /// Messages with their parts.
    fn known(&self, world: &World, messages: Vec<Arc<Envelope>>) -> Arc<[Arc<Flying>]> {
        let table = &mut *locked(&self.table);
        let known = messages.into_iter().map(|envelope| {
            let make = || Arc::new(self.alike.flying(world, Arc::clone(&envelope)));
            Arc::clone(table.messages.get_or_make(envelope.hash, make))
        });
        known.collect()
    }

    /// What is known of a receiver by the hash of what it is.
    fn judge(&self, hash: u64) -> Arc<Judge> {
        Arc::clone(locked(&self.table).judges.get_or_make(hash, Arc::default))
    }

    /// What a move makes of a core, and the core after it. `message` is the message that the move is
    /// about.
    pub fn carry_out(
        &self,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> (Effect, Option<Arc<Core>>) {
        if let Some(reaction) = message.and_then(|message| self.reaction(core, message, plan)) {
            // Nobody sends to itself: those who get what was sent are as they were.
            let (sent, lost) = without_lost(&reaction.sent, &core.world, plan);
            let node = reaction.handled.node;
            let touched = reaction.judge.clone().map(|judge| (Endpoint::Node(node), judge));
            return effect(core, self.after(core, &reaction.handled), sent, lost, touched);
        }
        let mut world = core.world.clone();
        let is_there = message.is_none_or(|message| world.put_back(message).is_some());
        if !is_there || step.carry_out(&mut world, plan, &mut |_| ()).is_none() {
            let sent = Arc::default();
            let (is_same, is_unremarked) = (false, false);
            let effect =
                Effect { after: None, is_same, is_unremarked, sent, lost: 0, touched: None };
            return (effect, None);
        }
        let touched = match message {
            Some(message) => Some(message.to),
            None => world.last().touched.map(Endpoint::Node),
        };
        let (sent, lost) = self.take_messages(&mut world, plan);
        let touched = touched.filter(|_| plan.loses_any());
        let judged = |touched| (touched, self.judge(world.endpoint_hash(touched)));
        let touched = touched.map(judged);
        effect(core, self.of(world), sent, lost, touched)
    }

    /// What a node makes of a message in a core; `None` where the message cannot arrive, or not at a node.
    fn reaction(&self, core: &Core, message: &Envelope, plan: &Plan) -> Option<Arc<Reaction>> {
        let key = core.world.could_arrive(message).then(|| core.world.handling_key(message))??;
        if let Some(reaction) = locked(&self.table).reactions.get(key) {
            return Some(Arc::clone(reaction));
        }
        let (handled, sent) = core.world.handled(message)?;
        let sent = self.known(&core.world, sent);
        let judge = plan.loses_any().then(|| self.judge(core.world.hash_after(&handled)));
        let reaction = Arc::new(Reaction { handled, sent, judge });
        let reactions = &mut locked(&self.table).reactions;
        Some(Arc::clone(reactions.get_or_make(key, || reaction)))
    }
}

/// Those of the messages that are not lost in a world, and how many are.
fn without_lost(
    sent: &Arc<[Arc<Flying>]>,
    world: &World,
    plan: &Plan,
) -> (Arc<[Arc<Flying>]>, u64) {
    let is_kept = |flying: &&Arc<Flying>| !plan.loses(world, &flying.envelope);
    let kept = sent.iter().filter(is_kept).count();
    match (sent.len() - kept) as u64 {
        0 => (Arc::clone(sent), 0),
        lost => (sent.iter().filter(is_kept).cloned().collect(), lost),
    }
}

/// What a move made of a core.
fn effect(
    core: &Core,
    after: Arc<Core>,
    sent: Arc<[Arc<Flying>]>,
    lost: u64,
    touched: Option<(Endpoint, Arc<Judge>)>,
) -> (Effect, Option<Arc<Core>>) {
    let mut sums = Sums::ZERO;
    sums.add(&after.sums);
    sent.iter().for_each(|flying| sums.add(&flying.parts));
    let sums = Parts::from(&sums.0[..after.sums.len()]);
    let is_same = after.sums[0] == core.sums[0];
    let is_unremarked = after.world.remembers_like(&core.world);
    let next = Some((Arc::downgrade(&after), sums));
    let effect = Effect { after: next, is_same, is_unremarked, sent, lost, touched };
    (effect, Some(after))
}

impl Table {
    /// The core of these sums, that of this world where there is none.
    fn core(&mut self, sums: &[u64], world: impl FnOnce() -> World) -> Arc<Core> {
        let hash = sums[0];
        let known = self.cores.get_mut(hash);
        if let Some(core) = known.as_ref().and_then(|core| core.upgrade()) {
            return core;
        }
        let core = Arc::new(Core {
            world: world(),
            sums: sums.into(),
            acts: OnceLock::new(),
            finding: OnceLock::new(),
            memory: Mutex::default(),
        });
        match known {
            Some(gone) => *gone = Arc::downgrade(&core),
            None => {
                if self.cores.len() >= self.sweep_at {
                    self.cores.retain(|core| core.strong_count() > 0);
                    self.sweep_at = (2 * self.cores.len()).max(SWEEP_MIN);
                }
                self.cores.insert(hash, Arc::downgrade(&core));
            }
        }
        core
    }
}

impl Core {
    /// What may happen in it besides messages.
    pub fn acts(&self, plan: &Plan) -> &Acts {
        self.acts.get_or_init(|| Acts::of(&self.world, plan))
    }

    /// What is found in it, looked for once.
    pub fn finding(&self, look: impl FnOnce(&World) -> Option<Finding>) -> Option<Finding> {
        self.finding.get_or_init(|| look(&self.world)).clone()
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
