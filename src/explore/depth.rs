//! Depth-first search with a bound, and iterative deepening.
//!
//! Only the present run is kept, with the steps that are left to be tried at each of its states; of all
//! other states a fingerprint, and with a bound the least depth at which each was reached: one reached
//! again by a shorter run is expanded again, since more of what follows it lies within the bound. So
//! within a bound exactly the states of a breadth-first search of that depth are seen.
//!
//! **Iterative deepening** (Korf 1985) searches to depth one, then to depth two, and so on: what it
//! finds first is at the end of a shortest run.

use std::collections::BTreeMap;

use super::breadth::{Counts, Limits, Progress};
use super::search::Search;
use super::space::{Finding, Space};

/// A depth-first search.
pub struct Depth<S: Space> {
    space: S,
    limits: Limits,
    /// The most steps of a run in this round.
    bound: u32,
    /// The initial states of this round that are left.
    initial: Vec<S::State>,
    /// The state that the present run begins in.
    origin: Option<S::State>,
    path: Vec<Frame<S>>,
    /// The least depth at which each state was reached in this round, in steps; zero without a bound.
    reached: BTreeMap<u64, u32>,
    counts: Counts,
    /// How many states wait on the present run.
    waiting: u64,
    /// Whether a run of this round ends at the bound.
    is_cut: bool,
    found: Option<(Vec<S::Step>, Finding)>,
    is_over: Option<Progress>,
}

/// A state of the present run.
struct Frame<S: Space> {
    /// What led to it; nothing leads to the first one.
    step: Option<S::Step>,
    /// What can follow it and has not been tried.
    rest: Vec<Branch<S>>,
}

struct Branch<S: Space> {
    step: S::Step,
    fingerprint: u64,
    state: S::State,
}

impl<S: Space> Depth<S> {
    /// A depth-first search that has seen nothing, or one that deepens.
    pub fn new(space: S, limits: Limits, deepens: bool) -> Self {
        let mut search = Depth {
            limits,
            bound: if deepens { limits.depth.min(1) } else { limits.depth },
            initial: Vec::new(),
            origin: None,
            path: Vec::new(),
            reached: BTreeMap::new(),
            counts: Counts { depth: 1, ..Counts::default() },
            waiting: 0,
            is_cut: false,
            found: None,
            is_over: None,
            space,
        };
        search.begin_round();
        search
    }

    fn begin_round(&mut self) {
        (self.is_cut, self.waiting) = (false, 0);
        self.reached.clear();
        self.initial = self.space.initial();
        self.initial.reverse();
    }

    /// The next initial state, or the next round, or the end.
    fn next_run(&mut self) {
        if let Some(state) = self.initial.pop() {
            self.counts.generated += 1;
            let is_new = self.reached.insert(self.space.fingerprint(&state), 0).is_none();
            self.counts.distinct = self.counts.distinct.max(self.reached.len() as u64);
            if let Some(finding) = self.space.finding(&state) {
                self.found = Some((Vec::new(), finding));
            } else if is_new {
                self.enter(None, &state);
            }
            self.origin = Some(state);
        } else if !self.is_cut {
            self.is_over = Some(Progress::Exhausted);
        } else if self.bound >= self.limits.depth {
            self.is_over = Some(Progress::DepthReached);
        } else {
            self.bound += 1;
            self.begin_round();
        }
    }

    /// What is kept of a state's depth.
    fn kept(&self, depth: u32) -> u32 {
        if self.bound == u32::MAX { 0 } else { depth }
    }

    /// Goes to a state, and looks at all that can follow it.
    fn enter(&mut self, step: Option<S::Step>, state: &S::State) {
        self.path.push(Frame { step, rest: Vec::new() });
        let depth = self.path.len() as u32;
        if depth > self.bound {
            self.is_cut = true;
            self.path.pop();
            return;
        }
        let (kept, most) = (self.kept(depth), self.limits.states);
        let (space, reached, counts) = (&self.space, &mut self.reached, &mut self.counts);
        let mut rest = Vec::new();
        let mut found = None;
        let pruned = space.successors(state, &mut |step, fingerprint, make| {
            counts.generated += 1;
            if reached.get(&fingerprint).is_some_and(|least| *least <= kept) {
                return true;
            }
            let is_new = reached.insert(fingerprint, kept).is_none();
            let state = make();
            if let Some(finding) = is_new.then(|| space.finding(&state)).flatten() {
                found = Some((step.clone(), finding));
                return false;
            }
            rest.push(Branch { step: step.clone(), fingerprint, state });
            (reached.len() as u64) < most
        });
        counts.pruned.add(pruned);
        counts.depth = counts.depth.max(depth + u32::from(!rest.is_empty() || found.is_some()));
        counts.distinct = counts.distinct.max(reached.len() as u64);
        if let Some((step, finding)) = found {
            let before = self.path.iter().filter_map(|frame| frame.step.clone());
            self.found = Some((before.chain([step]).collect(), finding));
        } else if self.reached.len() as u64 >= most {
            self.is_over = Some(Progress::StatesReached);
        }
        self.waiting += rest.len() as u64;
        self.counts.frontier_max = self.counts.frontier_max.max(self.waiting);
        // What is possible first is tried first.
        rest.reverse();
        if let Some(frame) = self.path.last_mut() {
            frame.rest = rest;
        }
    }
}

impl<S: Space> Search<S> for Depth<S> {
    /// Looks at the next state: down, to a sibling, or back.
    fn go_on(&mut self) {
        let Some(frame) = self.path.last_mut() else { return self.next_run() };
        let Some(Branch { step, fingerprint, state }) = frame.rest.pop() else {
            self.path.pop();
            return;
        };
        self.waiting -= 1;
        let depth = self.path.len() as u32;
        // It may have been reached by a shorter run since.
        if self.reached.get(&fingerprint).is_some_and(|least| *least < self.kept(depth)) {
            return;
        }
        self.enter(Some(step), &state);
    }

    fn progress(&self) -> Progress {
        match (&self.found, self.is_over) {
            (Some(_), _) => Progress::Found,
            (None, Some(end)) => end,
            (None, None) => Progress::Running,
        }
    }

    fn space(&self) -> &S {
        &self.space
    }

    fn counts(&self) -> Counts {
        // The nodes of an ordered map are about two thirds full.
        let table_bytes = (self.reached.len() * size_of::<(u64, u32)>() * 3 / 2) as u64;
        Counts { frontier: self.waiting, table_bytes, ..self.counts }
    }

    fn finding(&self) -> Option<&Finding> {
        self.found.as_ref().map(|(_, finding)| finding)
    }

    fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        let (steps, _) = self.found.as_ref()?;
        Some((self.origin.clone()?, steps.clone()))
    }
}
