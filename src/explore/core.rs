//! Worlds without their messages, and what each move makes of them, remembered.
//!
//! What an action does depends on the world without the other messages in flight, and many states
//! differ in these alone. So a state is kept as a *core* (a world whose network is empty), shared with
//! all states of the same core, beside a list of messages; and a core remembers what each move made of
//! it: the sums of the next core and the messages sent. Only the first time a move is made in a core does
//! [`World::apply`] run, five to ten times less often than states are generated, and most successors are
//! found to be known from a few additions, without a look at the core that they have.
//!
//! A core lives as long as a state of the frontier, or one of the last that were expanded, needs it; one
//! that is gone and needed again is made again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::acts::Acts;
use super::alike::{Alike, Flying, Sums};
use super::moves::Move;
use super::plan::Plan;
use crate::ids::Endpoint;
use crate::world::{Envelope, RenamedParts, World};

/// A world without messages in flight.
pub(super) struct Core {
    pub world: World,
    /// Its sum under each renaming.
    pub sums: Box<[u64]>,
    acts: OnceLock<Acts>,
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
    pub after: Option<(Weak<Core>, Box<[u64]>)>,
    /// Whether that is the same core.
    pub is_same: bool,
    /// Whether checkers remember nothing more after it, and found nothing false.
    pub is_unremarked: bool,
    /// What was sent, without what is lost already.
    pub sent: Vec<Arc<Flying>>,
    /// How many were sent that are lost already.
    pub lost: u64,
    /// Whose messages may be lost from now on, and what is known of them.
    pub touched: Option<(Endpoint, Arc<Judge>)>,
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
    cores: BTreeMap<u64, Weak<Core>>,
    /// How large the table may grow before those that are gone are swept out.
    sweep_at: usize,
    /// The cores of the last states that were expanded.
    recent: VecDeque<Arc<Core>>,
    /// Messages that were sent, by their hashes.
    messages: BTreeMap<u64, Arc<Flying>>,
    /// What is known of receivers, by the hashes of what they are.
    judges: BTreeMap<u64, Arc<Judge>>,
    renamed: RenamedParts,
}

/// The least size at which a table is swept.
const SWEEP_MIN: usize = 1024;
/// The most cores that are kept although no state of the frontier needs them.
const RECENT_MAX: usize = 4096;
/// The most entries of what can be found out again.
const KNOWN_MAX: usize = 1 << 17;

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets go of all where there is too much.
fn bounded<V>(known: &mut BTreeMap<u64, V>) -> &mut BTreeMap<u64, V> {
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known
}

impl Cores {
    /// None yet, of worlds that are alike so; what clients saw since a step is part of them, or not.
    pub fn new(alike: Alike, history_since: Option<u64>) -> Self {
        Cores { alike, table: Mutex::default(), history_since }
    }

    /// The core of a world whose messages have been taken out.
    pub fn of(&self, world: World) -> Arc<Core> {
        let mut table = locked(&self.table);
        let known = bounded(&mut table.renamed);
        let sums = self.alike.core_sums(&world, self.history_since, known);
        if let Some(core) = table.cores.get(&sums[0]).and_then(Weak::upgrade) {
            return core;
        }
        if table.cores.len() >= table.sweep_at {
            table.cores.retain(|_, core| core.strong_count() > 0);
            table.sweep_at = (2 * table.cores.len()).max(SWEEP_MIN);
        }
        let core = Core { world, sums, acts: OnceLock::new(), memory: Mutex::default() };
        let core = Arc::new(core);
        table.cores.insert(core.sums[0], Arc::downgrade(&core));
        core
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
    pub fn take_messages(&self, world: &mut World, plan: &Plan) -> (Vec<Arc<Flying>>, u64) {
        let (mut taken, mut lost) = (Vec::new(), 0);
        for envelope in world.take_messages() {
            if plan.loses(world, &envelope) {
                lost += 1;
                continue;
            }
            let mut table = locked(&self.table);
            let known = bounded(&mut table.messages).entry(envelope.hash);
            let flying = known.or_insert_with(|| Arc::new(self.alike.flying(world, envelope)));
            taken.push(Arc::clone(flying));
        }
        (taken, lost)
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
        let mut effect = Effect {
            after: None,
            is_same: false,
            is_unremarked: false,
            sent: Vec::new(),
            lost: 0,
            touched: None,
        };
        let mut world = core.world.clone();
        let is_there = message.is_none_or(|message| world.put_back(message).is_some());
        if !is_there || step.carry_out(&mut world, plan, &mut |_| ()).is_none() {
            return (effect, None);
        }
        let touched = match message {
            Some(message) => Some(message.to),
            None => world.last().touched.map(Endpoint::Node),
        };
        (effect.sent, effect.lost) = self.take_messages(&mut world, plan);
        effect.touched = touched.filter(|_| plan.loses_any()).map(|touched| {
            let mut table = locked(&self.table);
            let known = bounded(&mut table.judges).entry(world.endpoint_hash(touched));
            (touched, Arc::clone(known.or_default()))
        });
        let after = self.of(world);
        effect.is_same = after.sums[0] == core.sums[0];
        effect.is_unremarked = after.world.remembers_like(&core.world);
        let mut sums = Sums::ZERO;
        sums.add(&after.sums);
        effect.sent.iter().for_each(|flying| sums.add(&flying.parts));
        effect.after = Some((Arc::downgrade(&after), sums.0[..after.sums.len()].into()));
        (effect, Some(after))
    }
}

impl Core {
    /// What may happen in it besides messages.
    pub fn acts(&self, plan: &Plan) -> &Acts {
        self.acts.get_or_init(|| Acts::of(&self.world, plan))
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
    /// Whether a message is lost, as `judge` says of one that was never asked about.
    pub fn loses(&self, envelope: &Envelope, judge: impl FnOnce() -> bool) -> bool {
        let place_in =
            |known: &[(u64, bool)]| known.binary_search_by_key(&envelope.hash, |(hash, _)| *hash);
        let known = locked(&self.0);
        if let Ok(place) = place_in(&known) {
            return known[place].1;
        }
        drop(known);
        let is_lost = judge();
        let mut known = locked(&self.0);
        if let Err(place) = place_in(&known) {
            known.insert(place, (envelope.hash, is_lost));
        }
        is_lost
    }
}
