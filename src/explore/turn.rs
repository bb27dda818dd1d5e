//! All that may happen next in one state, in a fixed order: messages, clients, nodes, the rest.

use std::sync::Arc;

use super::core::{Core, Effect, part};
use super::moves::Move;
use super::space::{Pruned, Visit};
use super::worlds::{Situation, Worlds};
use crate::action::ActionKind;
use crate::budget::{Budget, Surprise};
use crate::ids::{ClientId, NodeId, NodeSet};
use crate::world::{Envelope, Status, World};

/// One state being expanded.
pub(super) struct Turn<'a> {
    space: &'a Worlds,
    state: &'a Situation,
    visit: Visit<'a, Worlds>,
    pruned: Pruned,
    goes_on: bool,
}

/// What becomes of the messages in flight: one goes, dead ones go, and some come.
struct Change<'a> {
    without: Option<usize>,
    dead: Vec<usize>,
    sent: &'a [Arc<Envelope>],
}

impl Change<'_> {
    fn messages<'a>(&'a self, state: &'a Situation) -> impl Iterator<Item = &'a Arc<Envelope>> {
        let stays = |place: &usize| self.without != Some(*place) && !self.dead.contains(place);
        let kept = state.messages.iter().enumerate().filter(move |(place, _)| stays(place));
        kept.map(|(_, envelope)| envelope).chain(self.sent)
    }
}

impl<'a> Turn<'a> {
    pub fn new(space: &'a Worlds, state: &'a Situation, visit: Visit<'a, Worlds>) -> Self {
        Turn { space, state, visit, pruned: Pruned::default(), goes_on: true }
    }

    /// Looks at all that may happen.
    pub fn take(mut self) -> Pruned {
        self.messages();
        self.clients();
        self.nodes();
        self.rest();
        self.pruned
    }

    fn world(&self) -> &'a World {
        &self.state.core.world
    }

    /// The budget after a surprise; `None`, and counted, where it is used up.
    fn price(&mut self, surprise: Surprise) -> Option<Budget> {
        let left = self.state.left.less(surprise);
        self.pruned.budget += u64::from(left.is_none());
        left
    }

    fn surprise(&mut self, surprise: Surprise, kind: ActionKind) {
        if let Some(left) = self.price(surprise) {
            self.act(&Move::Act(kind), None, left, self.state.called);
        }
    }

    fn free(&mut self, kind: ActionKind) {
        self.act(&Move::Act(kind), None, self.state.left, self.state.called);
    }

    /// Makes a move, about the message at that place, if about one.
    fn act(&mut self, step: &Move, message: Option<usize>, left: Budget, called: u32) {
        if !self.goes_on {
            return;
        }
        let (space, state) = (self.space, self.state);
        let envelope = message.map(|place| &*state.messages[place]);
        let effect = space.cores.effect(&state.core, step, envelope, space.plan());
        let Some((effect, core)) = effect else { return };
        if space.plan().reductions.idle && effect.sent.is_empty() && core.sum == state.core.sum {
            self.pruned.idle += 1;
            return;
        }
        let change = Change {
            without: message,
            dead: self.dead(&effect, &core, message),
            sent: &effect.sent,
        };
        self.pruned.dead += effect.dead + change.dead.len() as u64;
        let gone = message.iter().chain(&change.dead).map(|place| part(&state.messages[*place]));
        let network = gone.fold(state.network.wrapping_add(effect.sent_sum), u64::wrapping_sub);
        self.reach(step, &core, network, &change, left, called);
    }

    /// The places of the messages that died.
    fn dead(&self, effect: &Effect, core: &Arc<Core>, message: Option<usize>) -> Vec<usize> {
        let Some(touched) = effect.touched.filter(|_| self.space.plan().reductions.dead) else {
            return Vec::new();
        };
        if Arc::ptr_eq(core, &self.state.core) {
            return Vec::new();
        }
        let messages = self.state.messages.iter().enumerate();
        messages
            .filter(|(place, envelope)| {
                envelope.to == touched && Some(*place) != message && core.is_dead(envelope)
            })
            .map(|(place, _)| place)
            .collect()
    }

    fn reach(
        &mut self,
        step: &Move,
        core: &Arc<Core>,
        network: u64,
        change: &Change<'_>,
        left: Budget,
        called: u32,
    ) {
        let state = self.state;
        let order = match self.space.keeps_order() {
            true => self.space.order_of(change.messages(state)),
            false => 0,
        };
        let whole = network.wrapping_add(order);
        let fingerprint = self.space.fingerprint_of(core, whole, &left, called);
        let mut make = || Situation {
            core: Arc::clone(core),
            messages: change.messages(state).cloned().collect(),
            network,
            left,
            called,
        };
        self.goes_on = (self.visit)(step, fingerprint, &mut make);
    }

    fn messages(&mut self) {
        let (state, world) = (self.state, self.world());
        for (place, envelope) in state.messages.iter().enumerate() {
            let before = &state.messages[..place];
            if self.space.plan().reductions.equal
                && before.iter().any(|other| other.hash == envelope.hash)
            {
                self.pruned.equal += 1;
                continue;
            }
            let hash = envelope.hash;
            if let Some(left) = state.left.less(Surprise::Duplicate) {
                let sent = [Arc::clone(envelope)];
                let change = Change { without: None, dead: Vec::new(), sent: &sent };
                let network = state.network.wrapping_add(part(envelope));
                self.remain(&Move::Duplicate(hash), network, &change, left);
            }
            if let Some(left) = state.left.less(Surprise::Drop) {
                let change = Change { without: Some(place), dead: Vec::new(), sent: &[] };
                let network = state.network.wrapping_sub(part(envelope));
                self.remain(&Move::Drop(hash), network, &change, left);
            }
            // On a link that keeps the order only the oldest can arrive.
            let is_behind = self.space.keeps_order()
                && world.is_ordered(envelope)
                && before
                    .iter()
                    .any(|other| (other.from, other.to) == (envelope.from, envelope.to));
            if !is_behind && world.could_arrive(envelope) {
                self.act(&Move::Deliver(hash), Some(place), state.left, state.called);
            }
        }
    }

    /// A move after which all but the messages is as it was.
    fn remain(&mut self, step: &Move, network: u64, change: &Change<'_>, left: Budget) {
        if self.goes_on {
            let state = self.state;
            self.reach(step, &state.core, network, change, left, state.called);
        }
    }

    fn clients(&mut self) {
        let (state, plan, world) = (self.state, self.space.plan(), self.world());
        let mut is_first_fresh = true;
        for client in (0..world.config().clients).map(ClientId) {
            if !world.is_idle(client) {
                self.surprise(Surprise::Retry, ActionKind::Retry(client));
                self.surprise(Surprise::GiveUp, ActionKind::GiveUp(client));
                continue;
            }
            let is_fresh = world.is_fresh(client);
            if plan.reductions.clients && is_fresh && !is_first_fresh {
                self.pruned.equal += 1;
                continue;
            }
            is_first_fresh &= !is_fresh;
            let Some(left) = self.price(Surprise::Operation) else { continue };
            for offer in 0..plan.offers.len() {
                let bit = 1_u32 << offer;
                if state.called & bit != 0 || (plan.reductions.equal && self.is_taken_first(offer))
                {
                    continue;
                }
                for node in (0..world.config().nodes).map(NodeId) {
                    let step = Move::Call { client, node, offer: offer as u8 };
                    self.act(&step, None, left, state.called | bit);
                }
            }
        }
    }

    /// Whether an equal operation stands before it on offer and has not been called.
    fn is_taken_first(&self, offer: usize) -> bool {
        let offers = &self.space.plan().offers;
        let is_left = |other: usize| self.state.called & 1 << other == 0;
        (0..offer).any(|other| offers[other] == offers[offer] && is_left(other))
    }

    fn nodes(&mut self) {
        let world = self.world();
        for node in (0..world.config().nodes).map(NodeId) {
            match world.status(node) {
                Status::Down => {
                    self.free(ActionKind::Restart(node));
                    self.surprise(Surprise::Disk, ActionKind::LoseDisk(node));
                }
                Status::Paused => self.free(ActionKind::Resume(node)),
                Status::Up => self.running(node),
            }
            let ahead_ms = self.space.plan().wait_ms;
            self.surprise(Surprise::Jump, ActionKind::JumpClock { node, ahead_ms });
            if let Some(left) = self.price(Surprise::Cut) {
                let kind = ActionKind::Partition(Box::new(NodeSet::of(node)));
                self.act(&Move::Act(kind), None, left, self.state.called);
            }
        }
    }

    fn running(&mut self, node: NodeId) {
        let world = self.world();
        let silent = self.space.plan().silent_timers;
        for timer in world.timer_ids(node).filter(|timer| silent & 1 << timer.0 == 0) {
            self.surprise(Surprise::Timer, ActionKind::Fire { node, timer });
        }
        self.surprise(Surprise::Crash, ActionKind::Crash(node));
        if world.is_disk_held(node) {
            self.free(ActionKind::SyncDisk(node));
        } else {
            self.surprise(Surprise::Hold, ActionKind::HoldDisk(node));
        }
        if self.price(Surprise::Command).is_none() {
            return;
        }
        for command in 0..world.sheet().commands.len() as u8 {
            for argument in (0..world.config().nodes).map(NodeId) {
                let kind = ActionKind::Command { node, command, argument };
                self.surprise(Surprise::Command, kind);
            }
        }
    }

    fn rest(&mut self) {
        if self.world().cuts().iter().any(|unreachable| !unreachable.is_empty()) {
            self.free(ActionKind::HealAll);
        }
        if let Some(left) = self.price(Surprise::Wait) {
            self.act(&Move::Wait, None, left, self.state.called);
        }
    }
}
