//! Breadth-first search: the first thing found is at the end of a shortest run.
//!
//! A state is judged when it is generated, not when it is expanded, which saves a whole level. Only the
//! frontier holds states; of all others a fingerprint and the parent's fingerprint are left
//! ([`super::visited`]), from which [`Breadth::run`] finds the steps again.
//!
//! The search can be stopped between any two states and go on later: [`Breadth::advance`] expands so
//! many states and returns.

#[cfg(not(target_arch = "wasm32"))]
mod parallel;

use std::collections::VecDeque;

use super::sleep::Asleep;
use super::space::{Finding, Pruned, Space};
use super::visited::Visited;

#[cfg(not(target_arch = "wasm32"))]
pub use parallel::Threads;

/// Where a search ends although there is more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most distinct states.
    pub states: u64,
    /// The most steps of a run.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { states: 10_000_000, depth: u32::MAX }
    }
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to look at.
    Running,
    /// Every state that can be reached was seen, and nothing was found.
    Exhausted,
    /// Something was found.
    Found,
    /// Nothing was found up to the greatest number of states.
    StatesReached,
    /// Nothing was found up to the greatest depth, beyond which there is more.
    DepthReached,
}

impl Progress {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Progress::Running => "running",
            Progress::Exhausted => "exhausted",
            Progress::Found => "found",
            Progress::StatesReached => "states reached",
            Progress::DepthReached => "depth reached",
        }
    }
}

/// What a search has counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// States that differ.
    pub distinct: u64,
    /// States generated, the initial ones included, however often each.
    pub generated: u64,
    /// The states on the longest of the shortest runs, the first one included.
    pub depth: u32,
    /// States that wait to be expanded.
    pub frontier: u64,
    /// The most states that ever waited.
    pub frontier_max: u64,
    /// What was left out.
    pub pruned: Pruned,
    /// Bytes of the table of visited states.
    pub table_bytes: u64,
}

impl Counts {
    /// The expected number of pairs of states that share a fingerprint by chance, times a million:
    /// n² / 2⁶⁵ for n distinct states.
    pub fn expected_collisions_millionths(&self) -> u64 {
        let pairs = u128::from(self.distinct) * u128::from(self.distinct);
        ((pairs * 1_000_000) >> 65) as u64
    }
}

/// A breadth-first search.
pub struct Breadth<S: Space> {
    space: S,
    limits: Limits,
    visited: Visited,
    frontier: VecDeque<(u64, S::State)>,
    /// How many at the front of the frontier belong to the level that is being expanded.
    left_in_level: usize,
    asleep: Asleep,
    counts: Counts,
    found: Option<(u64, Finding)>,
    is_over_states: bool,
}

impl<S: Space> Breadth<S> {
    /// A search that has seen the initial states alone.
    pub fn new(space: S, limits: Limits) -> Self {
        let mut search = Breadth {
            limits,
            visited: Visited::default(),
            frontier: VecDeque::new(),
            left_in_level: 0,
            asleep: Asleep::default(),
            counts: Counts::default(),
            found: None,
            is_over_states: false,
            space,
        };
        for state in search.space.initial() {
            search.counts.generated += 1;
            let fingerprint = search.space.fingerprint(&state);
            search.meet(fingerprint, &state);
        }
        search.counts.depth = 1;
        search.left_in_level = search.frontier.len();
        search
    }

    /// What is searched.
    pub fn space(&self) -> &S {
        &self.space
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        Counts {
            distinct: self.visited.len(),
            frontier: self.frontier.len() as u64,
            table_bytes: self.visited.bytes(),
            ..self.counts
        }
    }

    /// What was found.
    pub fn finding(&self) -> Option<&Finding> {
        self.found.as_ref().map(|(_, finding)| finding)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        if self.found.is_some() {
            Progress::Found
        } else if self.is_over_states {
            Progress::StatesReached
        } else if !self.frontier.is_empty() && self.counts.depth <= self.limits.depth {
            Progress::Running
        } else if self.frontier.is_empty() {
            Progress::Exhausted
        } else {
            Progress::DepthReached
        }
    }

    /// Expands up to `states` states.
    pub fn advance(&mut self, states: u64) -> Progress {
        for _ in 0..states {
            if self.progress() != Progress::Running {
                break;
            }
            let Some((parent, state)) = self.begin_next() else { break };
            let mut reached = Reached {
                visited: &mut self.visited,
                frontier: &mut self.frontier,
                found: &mut self.found,
            };
            let (space, counts, most) = (&self.space, &mut self.counts, self.limits.states);
            let mut is_over = false;
            let asleep = &mut self.asleep;
            let sleeping = asleep.of(parent).to_vec();
            let pruned = space.awake(&state, &sleeping, &mut |_, fingerprint, make, labels| {
                counts.generated += 1;
                let is_new = reached.meet(space, fingerprint, parent, make);
                asleep.arrive(fingerprint, is_new, labels);
                is_over = reached.visited.len() >= most;
                reached.found.is_none() && !is_over
            });
            self.counts.pruned.add(pruned);
            self.is_over_states = is_over;
            self.end_of_state();
        }
        self.progress()
    }

    /// Takes the next state to be expanded.
    fn begin_next(&mut self) -> Option<(u64, S::State)> {
        let waiting = self.frontier.len() as u64;
        self.counts.frontier_max = self.counts.frontier_max.max(waiting);
        let next = self.frontier.pop_front();
        self.left_in_level = self.left_in_level.saturating_sub(1);
        next
    }

    /// After the last state of a level the next level begins.
    fn end_of_state(&mut self) {
        if self.left_in_level == 0 && !self.frontier.is_empty() {
            self.left_in_level = self.frontier.len();
            self.counts.depth += 1;
            self.asleep.begin_level();
        }
    }

    fn meet(&mut self, fingerprint: u64, state: &S::State) {
        let mut reached = Reached {
            visited: &mut self.visited,
            frontier: &mut self.frontier,
            found: &mut self.found,
        };
        // An initial state is its own parent.
        reached.meet(&self.space, fingerprint, fingerprint, &mut || state.clone());
    }

    /// The steps of a shortest run to what was found, from the initial state on.
    pub fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        self.run_to(self.found.as_ref()?.0)
    }

    /// The initial state and the steps of the run by which a fingerprint was first reached; `None`
    /// where it never was.
    pub fn run_to(&self, fingerprint: u64) -> Option<(S::State, Vec<S::Step>)> {
        let mut path = vec![fingerprint];
        loop {
            let last = *path.last()?;
            let parent = self.visited.parent(last)?;
            if parent == last {
                break;
            }
            path.push(parent);
        }
        let first = path.pop()?;
        let initial = self
            .space
            .initial()
            .into_iter()
            .find(|state| self.space.fingerprint(state) == first)?;
        let (mut state, mut steps) = (initial.clone(), Vec::new());
        while let Some(fingerprint) = path.pop() {
            let mut next = None;
            self.space.successors(&state, &mut |step, reached, make| {
                if reached == fingerprint {
                    next = Some((step.clone(), make()));
                }
                next.is_none()
            });
            let (step, successor) = next?;
            steps.push(step);
            state = successor;
        }
        Some((initial, steps))
    }
}

/// What a search keeps of the states it meets.
struct Reached<'a, State> {
    visited: &'a mut Visited,
    frontier: &'a mut VecDeque<(u64, State)>,
    found: &'a mut Option<(u64, Finding)>,
}

impl<State> Reached<'_, State> {
    /// Whether a state is new, which then waits.
    fn meet<S: Space<State = State>>(
        &mut self,
        space: &S,
        fingerprint: u64,
        parent: u64,
        make: &mut dyn FnMut() -> State,
    ) -> bool {
        let is_new = self.visited.insert(fingerprint, parent);
        if is_new {
            let state = make();
            if let (None, Some(finding)) = (&self.found, space.finding(&state)) {
                *self.found = Some((fingerprint, finding));
            }
            self.frontier.push_back((fingerprint, state));
        }
        is_new
    }
}
