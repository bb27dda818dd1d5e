//! Time travel: every action ever applied, on branches that are never thrown away.
//!
//! The list of actions is the truth; checkpoints are a cache that makes seeking fast. Changing the
//! past starts a branch, and all branches stay reachable.

mod checkpoints;
mod diagram;
mod export;
mod open;

pub use diagram::EventRecord;
pub use open::{ExpectationResult, Note, OpenError};

use crate::action::{Action, ActionKind};
use crate::scenario::bounds::ACTIONS_MAX;
use crate::scenario::{Pace, Scenario, Step};
use crate::world::World;
use crate::world::bounds::CLOCK_MS_MAX;
use crate::world::{Refusal, Status};
use checkpoints::Checkpoints;

/// The most branches a timeline keeps.
pub const BRANCHES_MAX: usize = 1000;

/// A branch, counted from zero in the order in which they were started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(pub u32);

/// A moment: so many actions along a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Which branch.
    pub branch: BranchId,
    /// How many actions have been applied, those before the fork included.
    pub index: u64,
}

/// One line of time. Its actions begin where it leaves its parent.
pub struct Branch {
    parent: Option<(BranchId, u64)>,
    actions: Vec<Action>,
    events: Vec<EventRecord>,
    checkpoints: Checkpoints,
    /// The status of nodes after each action that changed one.
    statuses: Vec<(u64, Vec<Status>)>,
    end_ms: u64,
}

impl Branch {
    /// The branch it leaves and after how many actions; `None` for the first.
    pub fn parent(&self) -> Option<(BranchId, u64)> {
        self.parent
    }

    /// The clock after its last action, in milliseconds.
    pub fn end_ms(&self) -> u64 {
        self.end_ms
    }

    fn start(&self) -> u64 {
        self.parent.map_or(0, |(_, at)| at)
    }

    fn end(&self) -> u64 {
        self.start() + self.actions.len() as u64
    }
}

/// A scenario's run and every other run that was tried from it.
pub struct Timeline {
    scenario: Scenario,
    origin: World,
    branches: Vec<Branch>,
    cursor: Moment,
    world: World,
    /// For each step of the scenario, the actions it unfolded to on the first branch.
    ranges: Vec<(u64, u64)>,
    expectations: Vec<ExpectationResult>,
    /// The page's clock between two actions; the next action by hand happens then.
    moment_ms: u64,
}

impl Timeline {
    /// A timeline with nothing on it but the beginning.
    fn new(scenario: Scenario, origin: World) -> Self {
        let world = origin.clone();
        let first = Branch {
            parent: None,
            actions: Vec::new(),
            events: Vec::new(),
            checkpoints: Checkpoints::default(),
            statuses: Vec::new(),
            end_ms: 0,
        };
        Timeline {
            scenario,
            origin,
            branches: vec![first],
            cursor: Moment { branch: BranchId(0), index: 0 },
            world,
            ranges: Vec::new(),
            expectations: Vec::new(),
            moment_ms: 0,
        }
    }

    /// The scenario it was opened with.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The world at the present moment.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The present moment.
    pub fn cursor(&self) -> Moment {
        self.cursor
    }

    /// All branches.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// How many actions there are along a branch, those before its fork included.
    pub fn length(&self, branch: BranchId) -> u64 {
        self.branch(branch).end()
    }

    /// Whether nothing is recorded after the present moment on its branch.
    pub fn is_at_end(&self) -> bool {
        self.cursor.index >= self.length(self.cursor.branch)
    }

    /// What the scenario expected, and whether it was so.
    pub fn expectations(&self) -> &[ExpectationResult] {
        &self.expectations
    }

    fn branch(&self, id: BranchId) -> &Branch {
        &self.branches[id.0 as usize]
    }

    /// The action that leads from `index` to the next moment on a branch.
    pub fn action(&self, branch: BranchId, index: u64) -> Option<&Action> {
        let owner = self.branch(self.owner(branch, index));
        owner.actions.get((index - owner.start()) as usize)
    }

    /// The branch that holds the action after `index` on the path to `branch`.
    fn owner(&self, branch: BranchId, index: u64) -> BranchId {
        let mut id = branch;
        while let Some((parent, at)) = self.branch(id).parent
            && index < at
        {
            id = parent;
        }
        id
    }

    /// What happens next: the recorded action, or else what is due by itself. By hand nothing is.
    pub fn next(&self) -> Option<Action> {
        if let Some(action) = self.action(self.cursor.branch, self.cursor.index) {
            return Some(action.clone());
        }
        match self.scenario.pace {
            Pace::ByHand => None,
            pace => self.world.next_action(pace.schedule()),
        }
    }

    /// Lets things happen by themselves from now on, or not. Random runs stay random: what a `step`
    /// of theirs means depends on it.
    pub fn set_pace(&mut self, pace: Pace) {
        if self.scenario.pace.schedule() == pace.schedule() {
            self.scenario.pace = pace;
        }
    }

    /// Goes one action forward; false where nothing is left.
    pub fn forward(&mut self) -> bool {
        let Some(next) = self.next() else { return false };
        self.act(&next).is_ok()
    }

    /// Tells where the page's clock stands between two actions, in milliseconds; never beyond the
    /// next one.
    pub fn set_moment(&mut self, now_ms: u64) {
        let bound = self.next().map_or(u64::MAX, |next| next.at_ms);
        self.moment_ms = now_ms.min(bound).max(self.world.now_ms());
    }

    /// The page's clock, in milliseconds.
    pub fn moment_ms(&self) -> u64 {
        self.moment_ms.max(self.world.now_ms())
    }

    /// Applies an action at the present moment. Where the next recorded action is another one, a
    /// branch begins.
    ///
    /// # Errors
    /// The action is impossible, or a bound is reached; nothing changed.
    pub fn act(&mut self, action: &Action) -> Result<(), Refusal> {
        let Moment { branch, index } = self.cursor;
        let recorded = self.action(branch, index);
        if recorded == Some(action) {
            self.world.apply(action)?;
            self.cursor.index += 1;
            self.keep_checkpoint();
            self.moment_ms = 0;
            return Ok(());
        }
        self.world.check(&action.kind)?;
        if action.kind == ActionKind::Wait && action.at_ms <= self.world.now_ms() {
            return Err(Refusal::NothingToDo);
        }
        if action.at_ms > CLOCK_MS_MAX {
            return Err(Refusal::Bound("milliseconds on the clock", CLOCK_MS_MAX));
        }
        if index >= ACTIONS_MAX {
            return Err(Refusal::Bound("actions in a run", ACTIONS_MAX));
        }
        if recorded.is_some() {
            self.start_branch()?;
        }
        let event = EventRecord::before(&self.world, action);
        let violations = self.world.violations().len();
        self.world.apply(action)?;
        self.cursor.index += 1;
        self.moment_ms = 0;
        let violated = self.world.violations().get(violations).map(|violation| violation.invariant);
        let statuses = changes_status(&action.kind).then(|| self.present_statuses());
        let (index, end_ms) = (self.cursor.index, self.world.now_ms());
        let branch = &mut self.branches[self.cursor.branch.0 as usize];
        branch.actions.push(Action { at_ms: end_ms, kind: action.kind.clone() });
        branch.events.push(event.after(&self.world, violated));
        branch.statuses.extend(statuses.map(|statuses| (index, statuses)));
        branch.end_ms = end_ms;
        self.keep_checkpoint();
        Ok(())
    }

    /// Applies an action at the page's clock; the time since the last action passes first, as an
    /// action of its own.
    ///
    /// # Errors
    /// As [`Timeline::act`].
    pub fn act_now(&mut self, kind: ActionKind) -> Result<(), Refusal> {
        let at_ms = self.moment_ms();
        self.world.check(&kind)?;
        if at_ms > self.world.now_ms() {
            // There must be room for both, or neither happens.
            if self.cursor.index + 2 > ACTIONS_MAX {
                return Err(Refusal::Bound("actions in a run", ACTIONS_MAX));
            }
            self.act(&ActionKind::Wait.at(at_ms))?;
        }
        self.act(&kind.at(at_ms))
    }

    fn start_branch(&mut self) -> Result<(), Refusal> {
        if self.branches.len() >= BRANCHES_MAX {
            return Err(Refusal::Bound("branches", BRANCHES_MAX as u64));
        }
        let at = self.cursor.index;
        // Leave from the branch that the past belongs to, not from a sibling that forks here too.
        let mut parent = self.cursor.branch;
        while let Some((grandparent, fork)) = self.branch(parent).parent
            && at <= fork
        {
            parent = grandparent;
        }
        let id = BranchId(self.branches.len() as u32);
        self.branches.push(Branch {
            parent: Some((parent, at)),
            actions: Vec::new(),
            events: Vec::new(),
            checkpoints: Checkpoints::default(),
            statuses: Vec::new(),
            end_ms: self.world.now_ms(),
        });
        self.cursor.branch = id;
        Ok(())
    }

    fn keep_checkpoint(&mut self) {
        let index = self.cursor.index;
        let owner = self.owner(self.cursor.branch, index.saturating_sub(1));
        let branch = &mut self.branches[owner.0 as usize];
        branch.checkpoints.offer(index, &self.world);
    }

    /// Goes to a moment; beyond the end of the branch means its end.
    pub fn seek(&mut self, branch: BranchId, index: u64) {
        let branch = if (branch.0 as usize) < self.branches.len() { branch } else { BranchId(0) };
        let index = index.min(self.length(branch));
        let world = self.world_at(branch, index);
        self.world = world;
        self.cursor = Moment { branch, index };
        self.moment_ms = 0;
    }

    /// The world at a moment, from the nearest one that is kept.
    pub fn world_at(&self, branch: BranchId, index: u64) -> World {
        let mut start: (u64, &World) = (0, &self.origin);
        let (mut id, mut bound) = (branch, index);
        // The path to the moment leads through the branch's ancestors, each up to its fork.
        loop {
            let holder = self.branch(id);
            if let Some((at, world)) = holder.checkpoints.nearest(bound) {
                start = (at, world);
                break;
            }
            let Some((parent, at)) = holder.parent else { break };
            (id, bound) = (parent, bound.min(at));
        }
        // The present world serves as well, where it lies on the path and nearer.
        let present = self.cursor;
        let is_on_path = present.index <= index
            && self.owner(branch, present.index.saturating_sub(1))
                == self.owner(present.branch, present.index.saturating_sub(1));
        if is_on_path && present.index > start.0 {
            start = (present.index, &self.world);
        }
        let mut world = start.1.clone();
        for place in start.0..index {
            if let Some(action) = self.action(branch, place) {
                // It was possible once, and the same world refuses nothing the second time.
                let replayed = world.apply(action);
                debug_assert!(replayed.is_ok(), "replaying {action:?}: {replayed:?}");
            }
        }
        world
    }

    /// Plays on until a moment, in milliseconds: all that is recorded or due by then happens.
    /// Stops early after an action that makes an invariant false. Returns how many were applied.
    pub fn run_until(&mut self, until_ms: u64) -> u64 {
        let mut applied = 0;
        let violations = self.world.violations().len();
        // At random no time passes, and nothing would ever be due too late.
        if self.scenario.pace == Pace::AtRandom {
            return u64::from(self.forward());
        }
        while let Some(next) = self.next() {
            if next.at_ms > until_ms || self.act(&next).is_err() {
                break;
            }
            applied += 1;
            if self.world.violations().len() > violations {
                return applied;
            }
        }
        self.set_moment(until_ms);
        applied
    }

    /// Up to which moment a branch is the same as the scenario's own run.
    pub fn shared_until(&self, branch: BranchId) -> u64 {
        let (mut id, mut shared) = (branch, self.length(branch));
        while let Some((parent, at)) = self.branch(id).parent {
            (id, shared) = (parent, shared.min(at));
        }
        shared
    }

    /// How many actions the scenario's own steps unfolded to.
    pub fn own_length(&self) -> u64 {
        self.ranges.last().map_or(0, |(_, end)| *end)
    }

    fn present_statuses(&self) -> Vec<Status> {
        let nodes = self.scenario.config.nodes;
        (0..nodes).map(|node| self.world.status(crate::ids::NodeId(node))).collect()
    }

    /// Whether each node runs at a moment.
    pub fn statuses(&self, branch: BranchId, index: u64) -> Vec<Status> {
        let (mut id, mut bound) = (branch, index);
        loop {
            let holder = self.branch(id);
            let found = holder.statuses.iter().rev().find(|(at, _)| *at <= bound);
            if let Some((_, statuses)) = found {
                return statuses.clone();
            }
            let Some((parent, at)) = holder.parent else { break };
            (id, bound) = (parent, bound.min(at));
        }
        vec![Status::Up; usize::from(self.scenario.config.nodes)]
    }

    /// The scenario's steps that unfolded to actions up to a moment of a branch, with the moment
    /// each ended at.
    fn steps_until(&self, branch: BranchId, index: u64) -> impl Iterator<Item = (u64, &Step)> {
        let shared = self.shared_until(branch).min(index);
        self.ranges
            .iter()
            .zip(&self.scenario.steps)
            .map(|((_, end), step)| (*end, step))
            .take_while(move |(end, _)| *end <= shared)
    }
}

fn changes_status(kind: &ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::Crash(_)
            | ActionKind::Restart(_)
            | ActionKind::Pause(_)
            | ActionKind::Resume(_)
    )
}
