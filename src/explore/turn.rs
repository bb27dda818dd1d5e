//! All that may happen next in one state, in a fixed order: messages, calls, the rest.

use std::sync::Arc;

use super::acts::Acts;
use super::alike::{Flying, Sums};
use super::core::Core;
use super::effect::{Judge, Memory};
use super::moves::Move;
use super::plan::Plan;
use super::space::{Pruned, VisitAwake};
use super::worlds::{Situation, Worlds};
use crate::action::ActionKind;
use crate::budget::{Budget, Surprise};
use crate::ids::{ClientId, Endpoint, NodeId, NodeSet};
use crate::mix::scramble;

/// One state being expanded.
pub(super) struct Turn<'a> {
    space: &'a Worlds,
    state: &'a Situation,
    acts: &'a Acts,
    /// The sums of its messages' parts.
    network: Sums,
    /// The parts of what may still happen.
    rest: Sums,
    /// What sleeps; `None` where nothing ever does.
    asleep: Option<&'a [u64]>,
    /// Under which renaming it is named.
    naming: usize,
    /// The places of messages whose arrival was looked at and left nothing for checkers to remember, and whom
    /// they made their receivers send messages: what may sleep after the next step.
    rested: Vec<(usize, NodeSet)>,
    /// What moves made of its core.
    memory: &'a mut Memory,
    visit: VisitAwake<'a, Worlds>,
    pruned: Pruned,
    goes_on: bool,
}

/// A move in a state: about which message, and what may still happen after it.
struct Step<'a> {
    step: &'a Move,
    /// What it is remembered by.
    key: u64,
    message: Option<usize>,
    left: Budget,
    called: u32,
}

/// What becomes of the messages in flight: one goes, some are lost, and some come.
struct Change<'a> {
    without: Option<usize>,
    lost: Vec<usize>,
    sent: &'a [Arc<Flying>],
}

impl Change<'_> {
    fn messages<'a>(&'a self, state: &'a Situation) -> impl Iterator<Item = &'a Arc<Flying>> {
        let stays = |place: &usize| self.without != Some(*place) && !self.lost.contains(place);
        let kept = state.messages.iter().enumerate().filter(move |(place, _)| stays(place));
        kept.map(|(_, flying)| flying).chain(self.sent)
    }

    fn situation(
        &self,
        state: &Situation,
        core: Arc<Core>,
        left: Budget,
        called: u32,
    ) -> Situation {
        let gone = usize::from(self.without.is_some()) + self.lost.len();
        let mut messages = Vec::with_capacity(state.messages.len() + self.sent.len() - gone);
        if self.lost.is_empty() {
            // By far the most: copied in pieces.
            let place = self.without.unwrap_or(state.messages.len());
            let (before, after) = state.messages.split_at(place);
            messages.extend_from_slice(before);
            messages.extend_from_slice(after.get(1..).unwrap_or_default());
            messages.extend_from_slice(self.sent);
        } else {
            messages.extend(self.messages(state).cloned());
        }
        let messages = messages.into_boxed_slice();
        Situation { core, messages, left, called }
    }
}

/// The core after a move, when it is asked for.
type Ask<'a> = &'a mut dyn FnMut() -> Arc<Core>;

impl<'a> Turn<'a> {
    pub fn new(
        space: &'a Worlds,
        state: &'a Situation,
        asleep: Option<&'a [u64]>,
        memory: &'a mut Memory,
        visit: VisitAwake<'a, Worlds>,
    ) -> Self {
        let (network, rest) = (state.network(), space.cores.alike.rest(&state.left, state.called));
        let mut naming = 0;
        if asleep.is_some_and(|asleep| !asleep.is_empty()) {
            let mut sums = network;
            sums.add(&state.core.sums);
            naming = sums.least_with(&rest.0[..state.core.sums.len()]).1;
        }
        Turn {
            space,
            state,
            acts: state.core.acts(&space.cores, space.plan()),
            network,
            rest,
            asleep,
            naming,
            rested: Vec::new(),
            memory,
            visit,
            pruned: Pruned::default(),
            goes_on: true,
        }
    }

    /// Looks at all that may happen. `memory` is that of its core.
    pub fn take(mut self) -> Pruned {
        self.messages();
        self.calls();
        self.pruned.equal += self.acts.equal;
        self.pruned.budget += self.acts.never;
        let moves = &self.acts.moves;
        for (place, (step, cost, bit)) in moves.iter().enumerate() {
            // Each offer happens once; of equal ones the first goes first.
            let is_left = |bit: u32| bit != 0 && self.state.called & bit == 0;
            let is_first_left = |(other, _, bit): &(Move, _, u32)| other == step && is_left(*bit);
            let is_over = self.state.called & bit != 0;
            if is_over || (*bit != 0 && moves[..place].iter().any(is_first_left)) {
                self.pruned.equal += u64::from(!is_over);
                self.pruned.budget += u64::from(is_over);
                continue;
            }
            let left = match cost {
                Some(surprise) => self.price(*surprise),
                None => Some(self.state.left),
            };
            if let Some(left) = left {
                let called = self.state.called | bit;
                // Small numbers, which no hash of a message or call is.
                self.act(&Step { step, key: place as u64, message: None, left, called });
            }
        }
        self.pruned
    }

    /// The budget after a surprise; `None`, and counted, where it is used up.
    fn price(&mut self, surprise: Surprise) -> Option<Budget> {
        let left = self.state.left.less(surprise);
        self.pruned.budget += u64::from(left.is_none());
        left
    }

    /// Makes a move.
    fn act(&mut self, step: &Step<'_>) {
        if !self.goes_on {
            return;
        }
        let (space, state) = (self.space, self.state);
        let (cores, plan) = (&space.cores, space.plan());
        let message = step.message.map(|place| &*state.messages[place]);
        let envelope = message.map(|flying| &*flying.envelope);
        let mut known = None;
        let remembered = self.memory.place(step.key).unwrap_or_else(|| {
            let effect;
            (effect, known) = cores.effect(&state.core, step.step, envelope, plan);
            self.memory.insert(step.key, effect)
        });
        let effect = &self.memory.effects[remembered];
        let Some(sums) = &effect.after else { return };
        let (sent, is_same_core) = (effect.sent(), sums[0] == state.core.sums[0]);
        if plan.reductions.idle && sent.is_empty() && is_same_core {
            self.pruned.idle += 1;
            return;
        }
        let mut core = || {
            let made = || cores.core_after(&state.core, effect, step.step, envelope, plan);
            let Some(core) = known.take().or_else(made) else {
                unreachable!("what was possible in a core is possible in it again")
            };
            Arc::clone(known.insert(core))
        };
        let lost = match effect.touched() {
            Some(touched) if !is_same_core => lost(plan, state, step, touched, &mut core),
            _ => Vec::new(),
        };
        self.pruned.dead += effect.lost() + lost.len() as u64;
        let change = Change { without: step.message, lost, sent };
        let is_same = step.left == state.left && step.called == state.called;
        let other = (!is_same).then(|| cores.alike.rest(&step.left, step.called));
        let rest = other.as_ref().unwrap_or(&self.rest);
        let (mut least, mut named) = (u64::MAX, 0);
        for (naming, sum) in sums.iter().enumerate() {
            let mut sum = self.network.0[naming].wrapping_add(*sum).wrapping_add(rest.0[naming]);
            for flying in sent {
                sum = sum.wrapping_add(flying.parts[naming]);
            }
            for place in change.without.iter().chain(&change.lost) {
                sum = sum.wrapping_sub(state.messages[*place].parts[naming]);
            }
            if sum < least {
                (least, named) = (sum, naming);
            }
        }
        let fingerprint = scramble(least.wrapping_add(order(self, &change)));
        let mut make = || change.situation(state, core(), step.left, step.called);
        let touched = touched(step.step, message.map(|flying| flying.to));
        let touched = touched.filter(|_| effect.is_unremarked(&state.core));
        let rested = &self.rested;
        let sleepers = || {
            let Some(touched) = touched.filter(|_| !rested.is_empty()) else { return Vec::new() };
            let sent_to = receivers(sent);
            let others = rested.iter().map(|(place, sends)| (&state.messages[*place], *sends));
            let others = others.filter(|(flying, sends)| match flying.to {
                Endpoint::Node(node) => {
                    node != touched && !sent_to.contains(node) && !sends.contains(touched)
                }
                Endpoint::Client(_) => false,
            });
            others.map(|(flying, _)| flying.parts[named]).collect()
        };
        self.goes_on = (self.visit)(step.step, fingerprint, &mut make, &sleepers);
        if let (Some(place), Some(_), Some(_)) = (step.message, touched, self.asleep) {
            self.rested.push((place, receivers(sent)));
        }
        if let Some(core) = known {
            self.memory.effects[remembered].core = Arc::downgrade(&core);
        }
    }

    /// Whether delivering the message at a place is asleep.
    fn is_asleep(&self, place: usize) -> bool {
        let label = || self.state.messages[place].parts[self.naming];
        self.asleep.is_some_and(|asleep| asleep.contains(&label()))
    }

    fn messages(&mut self) {
        let state = self.state;
        let copied = state.left.less(Surprise::Duplicate);
        let dropped = state.left.less(Surprise::Drop);
        for (place, flying) in state.messages.iter().enumerate() {
            let envelope = &flying.envelope;
            let before = &state.messages[..place];
            if self.space.plan().reductions.equal
                && before.iter().any(|other| other.hash == flying.hash)
            {
                self.pruned.equal += 1;
                continue;
            }
            let (hash, called) = (flying.hash, state.called);
            if let Some(left) = copied {
                let sent = [Arc::clone(flying)];
                let change = Change { without: None, lost: Vec::new(), sent: &sent };
                let step = &Move::Duplicate(hash);
                self.remain(&Step { step, key: 0, message: None, left, called }, &change);
            }
            if let Some(left) = dropped {
                let change = Change { without: Some(place), lost: Vec::new(), sent: &[] };
                let step = &Move::Drop(hash);
                self.remain(&Step { step, key: 0, message: None, left, called }, &change);
            }
            // On a link that keeps the order only the oldest can arrive.
            let is_behind = self.space.keeps_order()
                && self.space.origin().is_ordered(envelope)
                && before
                    .iter()
                    .map(|other| &other.envelope)
                    .any(|other| (other.from, other.to) == (envelope.from, envelope.to));
            if self.is_asleep(place) {
                self.pruned.reordered += 1;
            } else if !is_behind && (self.acts.is_whole || state.core.apart.could_arrive(envelope))
            {
                let (step, message) = (&Move::Deliver(hash), Some(place));
                self.act(&Step { step, key: hash, message, left: state.left, called });
            }
        }
    }

    /// A move after which all but the messages is as it was.
    fn remain(&mut self, step: &Step<'_>, change: &Change<'_>) {
        if !self.goes_on {
            return;
        }
        let state = self.state;
        let mut network = Sums::ZERO;
        change.messages(state).for_each(|flying| network.add(&flying.parts));
        network.add(&state.core.sums);
        let rest = self.space.cores.alike.rest(&step.left, step.called);
        let (least, _) = network.least_with(&rest.0[..state.core.sums.len()]);
        let fingerprint = scramble(least.wrapping_add(order(self, change)));
        let mut make = || change.situation(state, Arc::clone(&state.core), step.left, step.called);
        self.goes_on = (self.visit)(step.step, fingerprint, &mut make, &Vec::new);
    }

    fn calls(&mut self) {
        for client in &self.acts.callers {
            if let Some(left) = self.price(Surprise::Operation) {
                self.call(*client, left);
            }
        }
    }

    fn call(&mut self, client: ClientId, left: Budget) {
        let (state, plan) = (self.state, self.space.plan());
        for offer in 0..plan.offers.len() {
            let bit = 1_u32 << offer;
            if state.called & bit != 0 || (plan.reductions.equal && self.is_taken_first(offer)) {
                continue;
            }
            for node in (0..state.core.apart.config().nodes).map(NodeId) {
                let step = &Move::Call { client, node, offer: offer as u8 };
                let called = state.called | bit;
                self.act(&Step { step, key: step.key(), message: None, left, called });
            }
        }
    }

    /// Whether an equal operation stands before it on offer and has not been called.
    fn is_taken_first(&self, offer: usize) -> bool {
        let offers = &self.space.plan().offers;
        let is_left = |other: usize| self.state.called & 1 << other == 0;
        (0..offer).any(|other| offers[other] == offers[offer] && is_left(other))
    }
}

/// The nodes that messages go to.
fn receivers(sent: &[Arc<Flying>]) -> NodeSet {
    let receiver = |flying: &Arc<Flying>| match flying.envelope.to {
        Endpoint::Node(node) => Some(node),
        Endpoint::Client(_) => None,
    };
    sent.iter().filter_map(receiver).collect()
}

/// The order of messages after a step, where a link keeps it.
fn order(turn: &Turn<'_>, change: &Change<'_>) -> u64 {
    match turn.space.keeps_order() {
        true => turn.space.order_of(change.messages(turn.state)),
        false => 0,
    }
}

/// The one node that a step is about, where it is about no more: messages to others can arrive before it
/// as well as after it ([`super::sleep`]).
fn touched(step: &Move, receiver: Option<Endpoint>) -> Option<NodeId> {
    match (step, receiver) {
        (Move::Deliver(_), Some(Endpoint::Node(node))) => Some(node),
        (Move::Act(ActionKind::Fire { node, .. }), _) => Some(*node),
        _ => None,
    }
}

/// The places of the messages that are lost from now on.
fn lost(
    plan: &Plan,
    state: &Situation,
    step: &Step<'_>,
    (touched, judge): (Endpoint, &Judge),
    core: Ask<'_>,
) -> Vec<usize> {
    let (mut lost, mut known) = (Vec::new(), judge.known());
    for (place, flying) in state.messages.iter().enumerate() {
        let is_concerned = flying.to == touched && Some(place) != step.message;
        let asks = || plan.loses(&core().apart, &flying.envelope);
        if is_concerned && Judge::loses(&mut known, flying.hash, asks) {
            lost.push(place);
        }
    }
    lost
}
