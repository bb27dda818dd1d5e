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

use super::alike::{Alike, Flying, Sums};
use super::moves::Move;
use super::plan::Plan;
use crate::ids::Endpoint;
use crate::world::{Envelope, RenamedHashes, World};

/// A world without messages in flight.
pub(super) struct Core {
    pub world: World,
    /// Its sum under each renaming of the nodes.
    pub sums: Box<[u64]>,
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
    pub sent: Vec<Arc<Flying>>,
    /// The sums of their parts.
    pub sent_sums: Box<[u64]>,
    /// How many were sent that are dead already.
    pub dead: u64,
    /// Whose messages may have died.
    pub touched: Option<Endpoint>,
}

/// All cores that are in use, by their sums.
pub(super) struct Cores {
    alike: Alike,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    cores: BTreeMap<u64, Weak<Core>>,
    /// Every message that was ever sent, by its hash.
    messages: BTreeMap<u64, Arc<Flying>>,
    renamed: RenamedHashes,
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
    /// None yet, of worlds that are alike so.
    pub fn new(alike: Alike) -> Self {
        Cores { alike, table: Mutex::default() }
    }

    /// The core of a world whose messages have been taken out.
    pub fn of(&self, world: World) -> Arc<Core> {
        let mut table = locked(&self.table);
        let sums = self.alike.core_sums(&world, &mut table.renamed);
        if let Some(core) = table.cores.get(&sums[0]).and_then(Weak::upgrade) {
            return core;
        }
        if table.cores.len() >= table.sweep_at {
            table.cores.retain(|_, core| core.strong_count() > 0);
            table.sweep_at = (2 * table.cores.len()).max(SWEEP_MIN);
        }
        let core = Arc::new(Core { world, sums, memory: Mutex::default() });
        table.cores.insert(core.sums[0], Arc::downgrade(&core));
        core
    }

    /// The messages in flight in a world, taken out and known by their hashes; the dead ones, which are
    /// left out, are counted.
    pub fn take_messages(&self, world: &mut World, plan: &Plan) -> (Vec<Arc<Flying>>, u64) {
        let (mut taken, mut dead) = (Vec::new(), 0);
        for envelope in world.take_messages() {
            if plan.loses(world, &envelope) {
                dead += 1;
                continue;
            }
            let mut table = locked(&self.table);
            let known = table.messages.entry(envelope.hash);
            let flying = known.or_insert_with(|| Arc::new(self.alike.flying(world, envelope)));
            taken.push(Arc::clone(flying));
        }
        (taken, dead)
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
        let impossible = || {
            let (sent, sent_sums) = (Vec::new(), Box::default());
            Arc::new(Effect { after: None, sent, sent_sums, dead: 0, touched: None })
        };
        let mut world = core.world.clone();
        let is_there = message.is_none_or(|message| world.put_back(message).is_some());
        if !is_there || step.carry_out(&mut world, plan, &mut |_| ()).is_none() {
            return (impossible(), None);
        }
        let touched = match message {
            Some(message) => Some(message.to),
            None => world.last().touched.map(Endpoint::Node),
        };
        let (sent, dead) = self.take_messages(&mut world, plan);
        let mut sums = Sums::ZERO;
        sent.iter().for_each(|flying| sums.add(&flying.parts));
        let after = self.of(world);
        let sent_sums = sums.0[..after.sums.len()].into();
        let core = Some(Arc::downgrade(&after));
        (Arc::new(Effect { after: core, sent, sent_sums, dead, touched }), Some(after))
    }
}

impl Core {
    /// Whether a message is lost in this core: it can never matter again, or comes late.
    pub fn loses(&self, envelope: &Envelope, plan: &Plan) -> bool {
        let mut memory = locked(&self.memory);
        if let Some((_, is_dead)) = memory.judged.iter().find(|(hash, _)| *hash == envelope.hash) {
            return *is_dead;
        }
        let is_dead = plan.loses(&self.world, envelope);
        memory.judged.push((envelope.hash, is_dead));
        is_dead
    }
}
