//! Worlds without their messages, and what each action makes of them, remembered.
//!
//! What an action does depends on the world without the other messages in flight, and many states
//! differ in these alone. So a state is kept as a *core* (a world whose network is empty), shared with
//! all states of the same core, beside a list of messages; and a core remembers what each move made of
//! it: the next core and the messages sent. Only the first time a move is made in a core does
//! [`World::apply`] run, five to ten times less often than states are generated, and most successors are
//! found to be known from three additions.
//!
//! A core lives as long as a state of the frontier, or a successor under way, needs it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::moves::Move;
use super::plan::Plan;
use super::properties::history_sum;
use crate::ids::Endpoint;
use crate::mix::scramble;
use crate::world::{Envelope, World};

/// A world without messages in flight.
pub(super) struct Core {
    pub world: World,
    pub sum: u64,
    memory: Mutex<Memory>,
}

/// What is known of a core: what moves made of it, and which messages are dead in it.
#[derive(Default)]
struct Memory {
    keys: Vec<u64>,
    effects: Vec<Arc<Effect>>,
    /// Hashes of messages, and whether they are dead.
    judged: Vec<(u64, bool)>,
}

/// What a move makes of a core.
pub(super) struct Effect {
    /// The core after it; `None` where the move is impossible.
    after: Option<Weak<Core>>,
    /// What was sent, without what is dead already.
    pub sent: Vec<Arc<Envelope>>,
    /// The sum of their parts.
    pub sent_sum: u64,
    /// How many were sent that are dead already.
    pub dead: u64,
    /// Whose messages may have died.
    pub touched: Option<Endpoint>,
}

/// A message's part of the sum that stands for all messages in flight.
pub(super) fn part(envelope: &Envelope) -> u64 {
    scramble(envelope.hash)
}

/// All cores that are in use, by their sums.
pub(super) struct Cores {
    table: Mutex<Table>,
    /// The step since when what clients saw is part of a core, where it is.
    history_since: Option<u64>,
}

#[derive(Default)]
struct Table {
    cores: BTreeMap<u64, Weak<Core>>,
    /// How large the table may grow before those that are gone are swept out.
    sweep_at: usize,
}

/// The least size at which a table is swept.
const SWEEP_MIN: usize = 1024;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cores {
    /// No cores; what clients saw since a step is part of them, or not.
    pub fn new(history_since: Option<u64>) -> Self {
        Cores { table: Mutex::default(), history_since }
    }

    /// The core of a world whose messages have been taken out.
    pub fn of(&self, world: World) -> Arc<Core> {
        let seen = self.history_since.map_or(0, |since| history_sum(&world, since));
        let sum = world.core_sum().wrapping_add(seen);
        let mut table = locked(&self.table);
        if let Some(core) = table.cores.get(&sum).and_then(Weak::upgrade) {
            return core;
        }
        if table.cores.len() >= table.sweep_at {
            table.cores.retain(|_, core| core.strong_count() > 0);
            table.sweep_at = (2 * table.cores.len()).max(SWEEP_MIN);
        }
        let core = Arc::new(Core { world, sum, memory: Mutex::default() });
        table.cores.insert(sum, Arc::downgrade(&core));
        core
    }

    /// What a move makes of a core, and the core after it; `None` where it is impossible. `message` is
    /// the message that the move is about.
    pub fn effect(
        &self,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> Option<(Arc<Effect>, Arc<Core>)> {
        let key = step.key();
        let known = {
            let memory = locked(&core.memory);
            let place = memory.keys.iter().position(|known| *known == key);
            place.map(|place| Arc::clone(&memory.effects[place]))
        };
        if let Some(effect) = known {
            // Its core may be gone since.
            if let Some(after) = effect.after.as_ref()?.upgrade() {
                return Some((effect, after));
            }
        }
        let (effect, after) = self.carry_out(core, step, message, plan);
        let mut memory = locked(&core.memory);
        match memory.keys.iter().position(|known| *known == key) {
            Some(place) => memory.effects[place] = Arc::clone(&effect),
            None => {
                memory.keys.push(key);
                memory.effects.push(Arc::clone(&effect));
            }
        }
        Some((effect, after?))
    }

    fn carry_out(
        &self,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> (Arc<Effect>, Option<Arc<Core>>) {
        let mut effect =
            Effect { after: None, sent: Vec::new(), sent_sum: 0, dead: 0, touched: None };
        let mut world = core.world.clone();
        let is_there = message.is_none_or(|message| world.put_back(message).is_some());
        if !is_there || step.carry_out(&mut world, plan, &mut |_| ()).is_none() {
            return (Arc::new(effect), None);
        }
        effect.touched = match message {
            Some(message) => Some(message.to),
            None => world.last().touched.map(Endpoint::Node),
        };
        effect.sent = world.take_messages();
        if plan.reductions.dead {
            let before = effect.sent.len();
            effect.sent.retain(|envelope| !world.would_be_dead(envelope));
            effect.dead = (before - effect.sent.len()) as u64;
        }
        let parts = effect.sent.iter().map(|envelope| part(envelope));
        effect.sent_sum = parts.fold(0, u64::wrapping_add);
        let after = self.of(world);
        effect.after = Some(Arc::downgrade(&after));
        (Arc::new(effect), Some(after))
    }
}

impl Core {
    /// Whether a message can never matter again in this core.
    pub fn is_dead(&self, envelope: &Envelope) -> bool {
        let mut memory = locked(&self.memory);
        if let Some((_, is_dead)) = memory.judged.iter().find(|(hash, _)| *hash == envelope.hash) {
            return *is_dead;
        }
        let is_dead = self.world.would_be_dead(envelope);
        memory.judged.push((envelope.hash, is_dead));
        is_dead
    }
}
