//! Worlds without their messages, and what each move makes of them, remembered.
//!
//! What an action does depends on the world without the other messages in flight, and many states
//! differ in these alone. So a state is kept as a *core* (a world whose network is empty), shared with
//! all states of the same core, beside a list of messages.
//!
//! Most moves are messages that arrive at nodes. What a node makes of a message does not depend on the other
//! nodes, so that is remembered by node and message for all cores, ten to twenty times fewer than pairs of
//! core and message ([`Reaction`]); and so is what checkers make of it, as long as they look at no other
//! node. Both change a core's sums by so much, whichever core it is: so most successors are found to be known
//! from a few additions, and where one is new its core is put together of what is there already ([`Apart`]).
//!
//! Other moves, and those of which checkers found something false, are carried out by [`World::apply`], and
//! each core remembers what they made of it.
//!
//! A core lives as long as a state of the frontier needs it; one that is gone and needed again is made again.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::acts::Acts;
use super::alike::{Alike, Flying, Sums};
use super::effect::{Effect, Errand, Judge, Made, Memory, Outcome, Reaction};
use super::moves::Move;
use super::parts::Parts;
use super::plan::Plan;
use super::space::Finding;
use crate::action::ActionKind;
use crate::ids::{Endpoint, RuleSet};
use crate::known::Known;
use crate::mix::hash_of;
use crate::world::{Apart, Checked, Envelope, RenamedParts, Rest, World};

/// A world without messages in flight.
pub(super) struct Core {
    pub apart: Apart,
    /// Its sum under each renaming.
    pub sums: Parts,
    acts: OnceLock<Arc<Acts>>,
    /// What is found in it, where that has nothing to do with messages.
    finding: OnceLock<Option<Box<Finding>>>,
    pub memory: Mutex<Memory>,
}

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
    /// Messages that were sent, by their hashes.
    messages: Known<Arc<Flying>>,
    /// What is known of receivers, by the hashes of what they are.
    judges: Known<Arc<Judge>>,
    /// What nodes made of messages, by all that decides it.
    reactions: Known<Arc<Reaction>>,
    /// What checkers made of these, by all that decides it, for protocols that hash all of what checkers
    /// remember; `None` where they look at other nodes, too, or find something false.
    views: Known<Option<Checked>>,
    /// What checkers remember, by its hash, for the same protocols.
    checked: Known<Checked>,
    /// What clients did, by the address of the rest of the world and the move.
    errands: Known<Arc<Errand>>,
    /// What may happen besides messages and calls, by all that decides it.
    acts: Known<Arc<Acts>>,
    renamed: RenamedParts,
}

/// The least size at which a table is swept.
const SWEEP_MIN: usize = 1024;

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cores {
    /// None yet, of worlds that are alike so; what clients saw since a step is part of them, or not.
    pub fn new(alike: Alike, history_since: Option<u64>) -> Self {
        Cores { alike, table: Mutex::default(), history_since }
    }

    /// The core of a world, and the messages in flight that are not lost.
    pub fn of(&self, mut world: World, plan: &Plan) -> (Arc<Core>, Box<[Arc<Flying>]>) {
        let messages = self.take_messages(&mut world);
        let (sums, apart) = self.apart(world, Default::default(), None);
        let core = locked(&self.table).core(&sums, || apart);
        let kept = without_lost(&messages, &core.apart, plan);
        (core, kept.unwrap_or_else(|| messages.iter().cloned().collect()))
    }

    /// A world whose messages have been taken out and its sums, after an action in which these rules decided
    /// something, or would have; what is like in another core is shared with it.
    fn apart(
        &self,
        world: World,
        decided: (RuleSet, RuleSet),
        other: Option<&Core>,
    ) -> (Vec<u64>, Apart) {
        let table = &mut *locked(&self.table);
        let sums = self.alike.core_sums(&world, self.history_since, &mut table.renamed);
        (sums, Apart::of(world, decided, other.map(|other| &other.apart)))
    }

    /// The messages in flight in a world, taken out and known by their hashes.
    fn take_messages(&self, world: &mut World) -> Arc<[Arc<Flying>]> {
        self.known(world.take_messages())
    }

    /// Messages with their parts.
    fn known(&self, messages: Vec<Arc<Envelope>>) -> Arc<[Arc<Flying>]> {
        let table = &mut *locked(&self.table);
        let known = messages.into_iter().map(|envelope| {
            let make = || Arc::new(self.alike.flying(Arc::clone(&envelope)));
            Arc::clone(table.messages.get_or_make(envelope.hash, make))
        });
        known.collect()
    }

    /// What is known of a receiver by the hash of what it is.
    fn judge(&self, hash: u64) -> Arc<Judge> {
        Arc::clone(locked(&self.table).judges.get_or_make(hash, Arc::default))
    }

    /// What a move makes of a core, and the core after it if it was made. `message` is the message that the
    /// move is about.
    pub fn effect(
        &self,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> (Effect, Option<Arc<Core>>) {
        if let Some((reaction, checked)) =
            message.and_then(|message| self.arrival(core, message, plan))
        {
            return (self.at_node(core, reaction, checked, plan), None);
        }
        if !is_of_client(step, message, plan) {
            let (effect, after, _) = self.carry_out(core, step, message, plan);
            return (effect, after);
        }
        let address = Arc::as_ptr(core.apart.rest()).addr() as u64;
        let key = hash_of(&(address, step.key()));
        let known = locked(&self.table).errands.get(key).cloned();
        match known {
            Some(errand) => (at_client(core, errand, plan), None),
            None => self.errand(key, core, step, message, plan),
        }
    }

    /// What a node made of a message that arrived.
    fn at_node(
        &self,
        core: &Core,
        reaction: Arc<Reaction>,
        checked: Checked,
        plan: &Plan,
    ) -> Effect {
        let mut sums = Sums::ZERO;
        sums.add(&core.sums);
        sums.add(&reaction.change);
        if !core.apart.remembers(&checked) {
            let table = &mut *locked(&self.table);
            sums.add(&self.alike.checked_change(&core.apart, &checked, &mut table.renamed));
        }
        Effect {
            after: Some(Parts::from(&sums.0[..core.sums.len()])),
            core: Weak::new(),
            // Nobody sends to itself: those who get what was sent are as they were.
            kept: without_lost(&reaction.sent, &core.apart, plan),
            made: Made::AtNode(reaction, checked),
        }
    }

    /// What a client does, found out and remembered.
    fn errand(
        &self,
        key: u64,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> (Effect, Option<Arc<Core>>) {
        let (effect, after, rest) = self.carry_out(core, step, message, plan);
        if let (Some(sums), Made::Whole(outcome), Some(rest)) = (&effect.after, &effect.made, rest)
        {
            let mut change = Sums::ZERO;
            change.add(sums);
            change.take(&core.sums);
            let errand = Errand {
                _before: Arc::clone(core.apart.rest()),
                rest,
                change: Parts::from(&change.0[..sums.len()]),
                outcome: Arc::clone(outcome),
            };
            locked(&self.table).errands.get_or_make(key, || Arc::new(errand));
        }
        (effect, after)
    }

    /// The core after a move that made this of one.
    pub fn core_after(
        &self,
        before: &Core,
        effect: &Effect,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> Option<Arc<Core>> {
        let sums = effect.after.as_ref()?;
        let made = || match &effect.made {
            Made::AtNode(reaction, checked) => {
                let after = || before.apart.adopted(&reaction.handled, checked);
                Some(locked(&self.table).core(sums, after))
            }
            Made::AtClient(errand) => {
                let after = || before.apart.with_rest(&errand.rest);
                Some(locked(&self.table).core(sums, after))
            }
            Made::Whole(_) => self.carry_out(before, step, message, plan).1,
        };
        effect.core.upgrade().or_else(made)
    }

    /// What a move makes of a core when it is carried out, the core after it, and the rest of the world after
    /// it.
    fn carry_out(
        &self,
        core: &Core,
        step: &Move,
        message: Option<&Envelope>,
        plan: &Plan,
    ) -> (Effect, Option<Arc<Core>>, Option<Arc<Rest>>) {
        let mut world = core.apart.whole();
        let is_there = message.is_none_or(|message| world.put_back(message).is_some());
        if !is_there || step.carry_out(&mut world, plan, &mut |_| ()).is_none() {
            let made = Made::Whole(Arc::default());
            return (Effect { after: None, core: Weak::new(), made, kept: None }, None, None);
        }
        let touched = match message {
            Some(message) => Some(message.to),
            None => world.last().touched.map(Endpoint::Node),
        };
        let decided = (world.last().applied, world.last().missed);
        let sent = self.take_messages(&mut world);
        let (sums, apart) = self.apart(world, decided, Some(core));
        // Of two worlds of the same sums the first stays, but each client goes on from what it saw.
        let rest = Arc::clone(apart.rest());
        let after = locked(&self.table).core(&sums, || apart);
        let judged = |touched| (touched, self.judge(after.apart.endpoint_hash(touched)));
        let effect = Effect {
            after: Some(after.sums.clone()),
            core: Arc::downgrade(&after),
            kept: without_lost(&sent, &after.apart, plan),
            made: Made::Whole(Arc::new(Outcome {
                sent,
                touched: touched.filter(|_| plan.loses_any()).map(judged),
                is_unremarked: after.apart.remembers_like(&core.apart),
            })),
        };
        (effect, Some(after), Some(rest))
    }

    /// What a node makes of a message that arrives, and what checkers make of that; `None` where the message
    /// cannot arrive, or not at a node, or something false is found.
    fn arrival(
        &self,
        core: &Core,
        message: &Envelope,
        plan: &Plan,
    ) -> Option<(Arc<Reaction>, Checked)> {
        let key = core.apart.handling_key(message)?;
        let known = locked(&self.table).reactions.get(key).cloned();
        let reaction = match known {
            Some(reaction) => reaction,
            None => self.reaction(key, core, message, plan)?,
        };
        let Some(key) = core.apart.observing_key(&reaction.handled) else {
            let (checked, _) = core.apart.observed(&reaction.handled);
            return Some((reaction, checked?));
        };
        let known = locked(&self.table).views.get(key).cloned();
        if let Some(Some(checked)) = known {
            return Some((reaction, checked));
        }
        let (checked, has_strayed) = core.apart.observed(&reaction.handled);
        let table = &mut *locked(&self.table);
        // The same comes of many things: it is held once.
        let checked = checked
            .map(|checked| table.checked.get_or_make(checked.hash(), || checked.clone()).clone());
        if known.is_none() {
            let view = checked.clone().filter(|_| !has_strayed);
            table.views.get_or_make(key, || view);
        }
        Some((reaction, checked?))
    }

    /// What a node makes of a message that arrives, found out and remembered.
    fn reaction(
        &self,
        key: u64,
        core: &Core,
        message: &Envelope,
        plan: &Plan,
    ) -> Option<Arc<Reaction>> {
        let (handled, sent) = core.apart.handled(key, message)?;
        let sent = self.known(sent);
        let judge = plan.loses_any().then(|| self.judge(core.apart.hash_after(&handled)));
        let table = &mut *locked(&self.table);
        let change = self.alike.node_change(&core.apart, &handled, &mut table.renamed);
        let reaction = Arc::new(Reaction { handled, sent, change, judge });
        Some(Arc::clone(table.reactions.get_or_make(key, || reaction)))
    }

    /// What may happen in a core besides messages and calls.
    fn acts(&self, core: &Core, plan: &Plan) -> Arc<Acts> {
        let key = Acts::key(&core.apart, plan);
        if let Some(acts) = locked(&self.table).acts.get(key) {
            return Arc::clone(acts);
        }
        let acts = Arc::new(Acts::of(&core.apart.whole(), plan));
        Arc::clone(locked(&self.table).acts.get_or_make(key, || acts))
    }
}

/// Whether a move changes no node: a message that arrives at a client, and what a client does by itself.
fn is_of_client(step: &Move, message: Option<&Envelope>, plan: &Plan) -> bool {
    match step {
        Move::Deliver(_) => message.is_some_and(|message| message.to.node().is_none()),
        // Where requests arrive at once, and where leaders alone are asked, nodes have a part in it.
        Move::Call { .. } => !plan.reductions.prompt && !plan.asks_leaders,
        Move::Act(kind) => matches!(kind, ActionKind::Retry(_) | ActionKind::GiveUp(_)),
        Move::Drop(_) | Move::Duplicate(_) | Move::Wait => false,
    }
}

/// What a client did before in a core of the same rest.
fn at_client(core: &Core, errand: Arc<Errand>, plan: &Plan) -> Effect {
    let mut sums = Sums::ZERO;
    sums.add(&core.sums);
    sums.add(&errand.change);
    Effect {
        after: Some(Parts::from(&sums.0[..core.sums.len()])),
        core: Weak::new(),
        kept: without_lost(&errand.outcome.sent, &core.apart, plan),
        made: Made::AtClient(errand),
    }
}

/// Where some of these messages are lost already in a world: the others.
fn without_lost(sent: &[Arc<Flying>], apart: &Apart, plan: &Plan) -> Option<Box<[Arc<Flying>]>> {
    let is_kept = |flying: &&Arc<Flying>| !plan.loses(apart, &flying.envelope);
    let is_whole = !plan.loses_any() || sent.iter().all(|flying| is_kept(&flying));
    (!is_whole).then(|| sent.iter().filter(is_kept).cloned().collect())
}

impl Table {
    /// The core of these sums, that of this world where there is none.
    fn core(&mut self, sums: &[u64], apart: impl FnOnce() -> Apart) -> Arc<Core> {
        let hash = sums[0];
        let known = self.cores.get_mut(hash);
        if let Some(core) = known.as_ref().and_then(|core| core.upgrade()) {
            return core;
        }
        let core = Arc::new(Core {
            apart: apart(),
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
    /// What may happen in it besides messages and calls.
    pub fn acts(&self, cores: &Cores, plan: &Plan) -> &Acts {
        self.acts.get_or_init(|| cores.acts(self, plan))
    }

    /// What is found in it, looked for once.
    pub fn finding(&self, look: impl FnOnce(&Apart) -> Option<Finding>) -> Option<Finding> {
        let found = self.finding.get_or_init(|| look(&self.apart).map(Box::new));
        found.as_deref().cloned()
    }
}
