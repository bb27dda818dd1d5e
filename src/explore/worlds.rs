//! The worlds of a scenario as a space to search: every order of events within a budget.
//!
//! A step is an ordinary action, and does what [`World::apply`] does everywhere else, so what a
//! search finds is a run like any other. Any message in flight may arrive and any running timer may
//! fire, at any moment; what else may happen is bounded by kind ([`crate::budget`]).
//!
//! **Time stands still**, unless a search may let it pass: then it passes by one span at a time. Timers
//! fire when the search wants them to and messages take as long as it wants, so a clock would only
//! set states apart that are the same; but some protocols compare clocks with moments that they remember
//! (leases, certificates), and for these time has to pass. What clocks show is part of the state; how
//! long a timer has still to run is not.
//!
//! **Loss** is a message that is never delivered: no step, no budget, and every message stays
//! deliverable until it is delivered or dead.

use std::sync::Arc;

use super::ahead;
use super::alike::{Alike, Flying, Sums};
use super::core::{Core, Cores};
use super::effect::Memory;
use super::moves::Move;
use super::plan::{Goal, Plan};
use super::properties::Judged;
use super::space::{Finding, Pruned, Space, Visit, VisitAwake};
use super::turn::Turn;
use crate::action::Action;
use crate::budget::Budget;
use crate::ids::Endpoint;
use crate::mix::{hash_of, scramble};
use crate::sorting::{self, pair};
use crate::world::{Apart, Violation, World};

/// A world on the way, and what may still happen to it.
#[derive(Clone)]
pub struct Situation {
    pub(super) core: Arc<Core>,
    /// The messages in flight, oldest first.
    pub(super) messages: Box<[Arc<Flying>]>,
    pub(super) left: Budget,
    /// A bit for each operation or other action on offer that has happened.
    pub(super) called: u32,
}

impl Situation {
    /// The sums of the messages' parts.
    pub(super) fn network(&self) -> Sums {
        let mut sums = Sums::ZERO;
        self.messages.iter().for_each(|flying| sums.add(&flying.parts));
        sums
    }

    /// What is left of the budget.
    pub fn left(&self) -> Budget {
        self.left
    }

    /// A bit for each operation or other action on offer that has happened.
    pub fn called(&self) -> u32 {
        self.called
    }

    /// The world. Its message ids are its own.
    pub fn world(&self) -> World {
        let mut world = self.core.apart.whole();
        for flying in &self.messages {
            let _ = world.put_back(&flying.envelope);
        }
        world
    }
}

/// The worlds that can be reached from one within a plan.
pub struct Worlds {
    origin: World,
    plan: Plan,
    keeps_order: bool,
    lets_sleep: bool,
    pub(super) cores: Cores,
    judged: Judged,
}

impl Worlds {
    /// The worlds that can be reached from `origin`.
    pub fn new(origin: World, plan: Plan) -> Self {
        // Of what clients saw a goal can tell as well as a model can.
        let tells = plan.properties.has_models() || plan.goal.iter().any(Goal::tells_of_history);
        let history_since = tells.then(|| origin.step());
        let cores = Cores::new(Alike::new(&origin, &plan), history_since);
        let judged = Judged::default();
        let keeps_order = origin.keeps_order();
        let lets_sleep = plan.reductions.sleep
            && !keeps_order
            && plan.goal.is_empty()
            && plan.properties.invariants;
        Worlds { keeps_order, lets_sleep, origin, plan, cores, judged }
    }

    /// The world that a search begins in.
    pub fn origin(&self) -> &World {
        &self.origin
    }

    /// What may happen.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A run as the actions that repeat it in the world that it begins in.
    pub fn actions(&self, steps: &[Move]) -> Option<Vec<Action>> {
        let mut world = self.origin.clone();
        let mut actions = Vec::new();
        for step in steps {
            step.carry_out(&mut world, &self.plan, &mut |action| actions.push(action))?;
        }
        Some(actions)
    }

    /// How many histories were judged, of how many it could not be said whether they are what was looked
    /// for, and why of one of them.
    pub fn judged(&self) -> (u64, u64, Option<String>) {
        self.judged.counts()
    }

    /// What is found in a world.
    pub fn finding_in(&self, world: &World) -> Option<Finding> {
        if !self.plan.goal.is_empty() {
            let is_reached = self.plan.goal.iter().all(|goal| goal.is_reached(world));
            return is_reached.then_some(Finding::Goal);
        }
        let properties = self.plan.properties;
        let violated = self.violated(world.violations());
        if violated.is_some() {
            return violated;
        }
        let judged = self.judged.finding(world, properties, self.origin.step());
        judged.or_else(|| ahead::finding(world, properties))
    }

    /// The first invariant that is false, if they are looked for.
    fn violated(&self, violations: &[Violation]) -> Option<Finding> {
        // What was false before the search began is not its finding.
        let violation = violations.get(self.origin.violations().len());
        let violation = violation.filter(|_| self.plan.properties.invariants)?;
        let invariant = &self.origin.sheet().invariants[usize::from(violation.invariant)];
        let property = invariant.id.to_owned();
        Some(Finding::Violation { property, why: violation.why.clone() })
    }

    /// What is found in a world without messages.
    fn finding_apart(&self, apart: &Apart) -> Option<Finding> {
        let Plan { goal, properties, .. } = &self.plan;
        match goal.is_empty() && !properties.has_models() {
            true => self.violated(apart.violations()),
            false => self.finding_in(&apart.whole()),
        }
    }

    /// What tells apart states whose messages are the same but stand in another order, where a link
    /// keeps the order.
    pub(super) fn order_of<'a>(&self, messages: impl Iterator<Item = &'a Arc<Flying>>) -> u64 {
        if !self.keeps_order {
            return 0;
        }
        let mut ordered: Vec<_> = messages
            .map(|flying| &flying.envelope)
            .filter(|envelope| self.origin.is_ordered(envelope))
            .map(|envelope| (envelope.from, envelope.to, envelope.hash))
            .collect();
        // Stable: messages of one link stay in their order.
        let code = |end: &Endpoint| u32::from(end.code());
        sorting::by_number(&mut ordered, |(from, to, _)| pair(code(from), code(to)));
        hash_of(&ordered)
    }

    pub(super) fn keeps_order(&self) -> bool {
        self.keeps_order
    }

    fn turn(
        &self,
        state: &Situation,
        asleep: Option<&[u64]>,
        visit: VisitAwake<'_, Self>,
    ) -> Pruned {
        // Whoever looks at two states of one core at once does without its memory in one of them.
        match state.core.memory.try_lock() {
            Ok(mut memory) => Turn::new(self, state, asleep, &mut memory, visit).take(),
            Err(_) => Turn::new(self, state, asleep, &mut Memory::default(), visit).take(),
        }
    }
}

impl Space for Worlds {
    type State = Situation;
    type Step = Move;

    fn initial(&self) -> Vec<Situation> {
        let (core, messages) = self.cores.of(self.origin.clone(), &self.plan);
        vec![Situation { core, messages, left: self.plan.budget, called: 0 }]
    }

    fn successors(&self, state: &Situation, visit: Visit<'_, Self>) -> Pruned {
        self.turn(state, None, &mut |step, fingerprint, make, _| visit(step, fingerprint, make))
    }

    fn awake(&self, state: &Situation, asleep: &[u64], visit: VisitAwake<'_, Self>) -> Pruned {
        self.turn(state, Some(asleep).filter(|_| self.lets_sleep), visit)
    }

    fn fingerprint(&self, state: &Situation) -> u64 {
        let order = self.order_of(state.messages.iter());
        let mut sums = state.network();
        sums.add(&state.core.sums);
        let rest = self.cores.alike.rest(&state.left, state.called);
        let (least, _) = sums.least_with(&rest.0[..state.core.sums.len()]);
        scramble(least.wrapping_add(order))
    }

    fn finding(&self, state: &Situation) -> Option<Finding> {
        if self.plan.needs_messages() {
            return self.finding_in(&state.world());
        }
        state.core.finding(|apart| self.finding_apart(apart))
    }
}
