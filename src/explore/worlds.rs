//! The worlds of a scenario as a space to search: every order of events within a budget.
//!
//! A step is an ordinary [`Action`], applied by the same [`World::apply`] as everywhere else, so what
//! a search finds is a run like any other. Any message in flight may arrive and any running timer may
//! fire, at any moment; what else may happen is bounded by kind ([`super::budget`]).
//!
//! **Time stands still**, unless a search may let it pass: then it passes by one span at a time. Timers
//! fire when the search wants them to and messages take as long as it wants, so a clock would only
//! set states apart that are the same; but some protocols compare clocks with moments that they remember
//! (leases, certificates), and for these time has to pass. The number of spans left is part of the
//! state, hence so is the clock, up to what nobody can see.
//!
//! **Loss** is a message that is never delivered: no step, no budget, and every message stays
//! deliverable until it is delivered or dead.

use super::budget::{Budget, Surprise};
use super::plan::Plan;
use super::space::{Finding, Pruned, Space};
use crate::action::{Action, ActionKind};
use crate::ids::{ClientId, Endpoint, NodeId, NodeSet};
use crate::mix::{hash_of, scramble};
use crate::world::{Status, World};

/// A world on the way, and what may still happen to it.
#[derive(Clone)]
pub struct Situation {
    world: World,
    left: Budget,
    /// A bit for each operation on offer that was called.
    called: u32,
    /// [`World::state_sum`], which is asked for more than once.
    sum: u64,
}

impl Situation {
    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }
}

/// The worlds that can be reached from one within a plan.
#[derive(Clone)]
pub struct Worlds {
    origin: World,
    plan: Plan,
}

impl Worlds {
    /// The worlds that can be reached from `origin`.
    pub fn new(origin: World, plan: Plan) -> Self {
        Worlds { origin, plan }
    }

    /// The world that a search begins in.
    pub fn origin(&self) -> &World {
        &self.origin
    }

    /// What may happen.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A world of these, with the whole budget.
    pub(super) fn situation_of(&self, world: World) -> Situation {
        self.situation(world, self.plan.budget, 0)
    }

    fn situation(&self, world: World, left: Budget, called: u32) -> Situation {
        let sum = world.state_sum();
        Situation { world, left, called, sum }
    }

    /// The situation after an action; `None` where it is not worth a look.
    fn after(
        &self,
        before: &Situation,
        action: &Action,
        left: Budget,
        called: u32,
        pruned: &mut Pruned,
    ) -> Option<Situation> {
        // A delivery that does nothing else takes just this part out of the sum.
        let part = match action.kind {
            ActionKind::Deliver(message) => before.world.part(message),
            _ => 0,
        };
        let mut world = before.world.clone();
        if world.apply(action).is_err() {
            return None;
        }
        let mut after = self.situation(world, left, called);
        let is_idle = after.sum.wrapping_add(part) == before.sum
            && !matches!(action.kind, ActionKind::Wait | ActionKind::JumpClock { .. });
        if self.plan.reductions.idle && is_idle {
            pruned.idle += 1;
            return None;
        }
        if self.plan.reductions.dead {
            let dead = after.world.remove_dead();
            if dead > 0 {
                pruned.dead += dead;
                after.sum = after.world.state_sum();
            }
        }
        Some(after)
    }
}

impl Space for Worlds {
    type State = Situation;
    type Step = Action;

    fn initial(&self) -> Vec<Situation> {
        vec![self.situation(self.origin.clone(), self.plan.budget, 0)]
    }

    fn successors(
        &self,
        state: &Situation,
        visit: &mut dyn FnMut(Action, Situation) -> bool,
    ) -> Pruned {
        let mut turn = Turn { space: self, state, visit, pruned: Pruned::default(), goes_on: true };
        turn.messages();
        turn.clients();
        turn.nodes();
        turn.rest();
        turn.pruned
    }

    fn fingerprint(&self, state: &Situation) -> u64 {
        scramble(state.sum.wrapping_add(hash_of(&(state.left, state.called))))
    }

    fn finding(&self, state: &Situation) -> Option<Finding> {
        if !self.plan.goal.is_empty() {
            let is_reached = self.plan.goal.iter().all(|goal| goal.is_reached(&state.world));
            return is_reached.then_some(Finding::Goal);
        }
        // What was false before the search began is not its finding.
        let violation = state.world.violations().get(self.origin.violations().len())?;
        let invariant = &state.world.sheet().invariants[usize::from(violation.invariant)];
        let property = invariant.id.to_owned();
        Some(Finding::Violation { property, why: violation.why.clone() })
    }
}

/// One state being expanded.
struct Turn<'a> {
    space: &'a Worlds,
    state: &'a Situation,
    visit: &'a mut dyn FnMut(Action, Situation) -> bool,
    pruned: Pruned,
    goes_on: bool,
}

impl Turn<'_> {
    fn free(&mut self, kind: ActionKind) {
        self.act(kind, self.state.left, self.state.called);
    }

    fn surprise(&mut self, surprise: Surprise, kind: ActionKind) {
        self.priced(surprise, kind, self.state.called);
    }

    fn priced(&mut self, surprise: Surprise, kind: ActionKind, called: u32) {
        match self.state.left.less(surprise) {
            Some(left) => self.act(kind, left, called),
            None => self.pruned.budget += 1,
        }
    }

    fn may(&self, surprise: Surprise) -> bool {
        self.state.left.of(surprise) > 0
    }

    fn act(&mut self, kind: ActionKind, left: Budget, called: u32) {
        let world = &self.state.world;
        if !self.goes_on || world.check(&kind).is_err() {
            return;
        }
        let span = if kind == ActionKind::Wait { self.space.plan.wait_ms } else { 0 };
        let action = kind.at(world.now_ms() + u64::from(span));
        if let Some(next) = self.space.after(self.state, &action, left, called, &mut self.pruned) {
            self.goes_on = (self.visit)(action, next);
        }
    }

    fn messages(&mut self) {
        let mut seen: Vec<u64> = Vec::new();
        let mut links: Vec<(Endpoint, Endpoint)> = Vec::new();
        let state = self.state;
        for envelope in state.world.envelopes() {
            let link = (envelope.from, envelope.to);
            let is_behind = state.world.is_ordered(envelope) && links.contains(&link);
            links.push(link);
            if self.space.plan.reductions.equal {
                if seen.contains(&envelope.hash) {
                    self.pruned.equal += 1;
                    continue;
                }
                seen.push(envelope.hash);
            }
            // On a link that keeps the order only the oldest can arrive.
            if !is_behind {
                self.free(ActionKind::Deliver(envelope.id));
            }
            if self.may(Surprise::Duplicate) {
                self.surprise(Surprise::Duplicate, ActionKind::Duplicate(envelope.id));
            }
            if self.may(Surprise::Drop) {
                self.surprise(Surprise::Drop, ActionKind::Drop(envelope.id));
            }
        }
    }

    fn clients(&mut self) {
        let (state, plan) = (self.state, &self.space.plan);
        let mut is_first_fresh = true;
        for client in (0..state.world.config().clients).map(ClientId) {
            if state.world.client(client).is_some_and(|info| info.open.is_some()) {
                self.surprise(Surprise::Retry, ActionKind::Retry(client));
                self.surprise(Surprise::GiveUp, ActionKind::GiveUp(client));
                continue;
            }
            let is_fresh = state.world.is_fresh(client);
            if plan.reductions.clients && is_fresh && !is_first_fresh {
                self.pruned.equal += 1;
                continue;
            }
            is_first_fresh &= !is_fresh;
            for (place, operation) in plan.offers.iter().enumerate() {
                let bit = 1_u32 << place;
                let is_equal_left = (plan.offers[..place].iter().enumerate())
                    .any(|(other, equal)| equal == operation && state.called & 1 << other == 0);
                if state.called & bit != 0 || (plan.reductions.equal && is_equal_left) {
                    continue;
                }
                for node in (0..state.world.config().nodes).map(NodeId) {
                    let operation = operation.clone();
                    let kind = ActionKind::Invoke { client, node: Some(node), operation };
                    self.priced(Surprise::Operation, kind, state.called | bit);
                }
            }
        }
    }

    fn nodes(&mut self) {
        let state = self.state;
        let nodes = state.world.config().nodes;
        for node in (0..nodes).map(NodeId) {
            match state.world.status(node) {
                Status::Down => {
                    self.free(ActionKind::Restart(node));
                    self.surprise(Surprise::Disk, ActionKind::LoseDisk(node));
                }
                Status::Paused => self.free(ActionKind::Resume(node)),
                Status::Up => {
                    for timer in state.world.timer_ids(node) {
                        self.surprise(Surprise::Timer, ActionKind::Fire { node, timer });
                    }
                    self.surprise(Surprise::Crash, ActionKind::Crash(node));
                    if state.world.is_disk_held(node) {
                        self.free(ActionKind::SyncDisk(node));
                    } else {
                        self.surprise(Surprise::Hold, ActionKind::HoldDisk(node));
                    }
                    if self.may(Surprise::Command) {
                        self.commands(node);
                    }
                }
            }
            if self.may(Surprise::Jump) {
                let ahead_ms = self.space.plan.wait_ms;
                self.surprise(Surprise::Jump, ActionKind::JumpClock { node, ahead_ms });
            }
            if self.may(Surprise::Cut) {
                let side = Box::new(NodeSet::of(node));
                self.surprise(Surprise::Cut, ActionKind::Partition(side));
            }
        }
    }

    fn commands(&mut self, node: NodeId) {
        for command in 0..self.state.world.sheet().commands.len() as u8 {
            for argument in (0..self.state.world.config().nodes).map(NodeId) {
                let kind = ActionKind::Command { node, command, argument };
                self.surprise(Surprise::Command, kind);
            }
        }
    }

    fn rest(&mut self) {
        self.free(ActionKind::HealAll);
        self.surprise(Surprise::Wait, ActionKind::Wait);
    }
}
