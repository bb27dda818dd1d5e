//! Guided search: best first, by hints ([`super::hints`]).
//!
//! Expanded next is what has reached the most of the goal; among these what takes few steps and is unlike
//! what was seen before. Without a goal a run on which a rule that is off would have decided something
//! counts as nearer: whatever its absence breaks lies behind such a moment. Given
//! time, everything is expanded, so a guided search exhausts a space as a breadth-first one does; what
//! it finds need not be at the end of a shortest run.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::breadth::{Counts, Limits, Progress};
use super::hints::Hints;
use super::search::Search;
use super::space::Finding;
use super::visited::Visited;

/// How many forbidden moments of a run count.
const FORBIDDEN_MAX: u32 = 3;
/// How many steps it costs to look like twice as many others.
const USUAL_COSTS: u32 = 2;

/// A best-first search.
pub struct Guided<S: Hints> {
    space: S,
    limits: Limits,
    visited: Visited,
    /// How each state was reached, in the order of being reached.
    reached: Vec<Reached<S::Step>>,
    /// What waits, the best first: its rank and its place among the reached ones.
    waiting: BinaryHeap<Reverse<(Rank, usize)>>,
    states: BTreeMap<usize, S::State>,
    /// How many states looked like this.
    outlines: BTreeMap<u64, u32>,
    counts: Counts,
    found: Option<(usize, Finding)>,
    is_cut: bool,
}

/// The least is expanded first: what is missing of the goal, then how deep it is and how usual it looks.
type Rank = (u32, u32);

struct Reached<Step> {
    /// From where and by which step.
    by: Option<(usize, Step)>,
    depth: u32,
    forbidden: u32,
}

impl<S: Hints> Guided<S> {
    /// A search that has seen the initial states alone.
    pub fn new(space: S, limits: Limits) -> Self {
        let mut search = Guided {
            limits,
            visited: Visited::default(),
            reached: Vec::new(),
            waiting: BinaryHeap::new(),
            states: BTreeMap::new(),
            outlines: BTreeMap::new(),
            counts: Counts { depth: 1, ..Counts::default() },
            found: None,
            is_cut: false,
            space,
        };
        for state in search.space.initial() {
            search.counts.generated += 1;
            search.visited.insert(search.space.fingerprint(&state), 0);
            search.meet(None, state);
        }
        search
    }

    /// Adds a state that was never seen.
    fn meet(&mut self, by: Option<(usize, S::Step)>, state: S::State) {
        let place = self.reached.len();
        let before = by.as_ref().map(|(parent, _)| &self.reached[*parent]);
        let (depth, forbidden) = before.map_or((0, 0), |it| (it.depth + 1, it.forbidden));
        let is_forbidden = by.is_some() && self.space.is_forbidden(&state);
        let forbidden = (forbidden + u32::from(is_forbidden)).min(FORBIDDEN_MAX);
        self.counts.depth = self.counts.depth.max(depth + 1);
        self.reached.push(Reached { by, depth, forbidden });
        if let (None, Some(finding)) = (&self.found, self.space.finding(&state)) {
            self.found = Some((place, finding));
        }
        let alike = self.outlines.entry(self.space.outline(&state)).or_default();
        *alike += 1;
        let near = self.space.nearness(&state).unwrap_or(forbidden);
        let cost = depth + USUAL_COSTS * alike.ilog2();
        self.waiting.push(Reverse(((u32::MAX - near, cost), place)));
        self.states.insert(place, state);
    }
}

impl<S: Hints> Search<S> for Guided<S> {
    fn go_on(&mut self) {
        let Some(Reverse((_, place))) = self.waiting.pop() else { return };
        let Some(state) = self.states.remove(&place) else { return };
        if self.reached[place].depth >= self.limits.depth {
            self.is_cut = true;
            return;
        }
        let room = self.limits.states.saturating_sub(self.visited.len());
        let (space, visited, counts) = (&self.space, &mut self.visited, &mut self.counts);
        let mut fresh = Vec::new();
        let pruned = space.successors(&state, &mut |step, fingerprint, make| {
            counts.generated += 1;
            if visited.insert(fingerprint, 0) {
                fresh.push((step.clone(), make()));
            }
            (fresh.len() as u64) < room
        });
        counts.pruned.add(pruned);
        for (step, state) in fresh {
            self.meet(Some((place, step)), state);
        }
        let waiting = self.waiting.len() as u64;
        self.counts.frontier_max = self.counts.frontier_max.max(waiting);
    }

    fn progress(&self) -> Progress {
        if self.found.is_some() {
            Progress::Found
        } else if self.visited.len() >= self.limits.states {
            Progress::StatesReached
        } else if !self.waiting.is_empty() {
            Progress::Running
        } else if self.is_cut {
            Progress::DepthReached
        } else {
            Progress::Exhausted
        }
    }

    fn space(&self) -> &S {
        &self.space
    }

    fn counts(&self) -> Counts {
        let steps = self.reached.capacity() * size_of::<Reached<S::Step>>();
        Counts {
            distinct: self.visited.len(),
            frontier: self.waiting.len() as u64,
            table_bytes: self.visited.bytes() + steps as u64,
            ..self.counts
        }
    }

    fn finding(&self) -> Option<&Finding> {
        self.found.as_ref().map(|(_, finding)| finding)
    }

    fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        let (mut place, mut steps) = (self.found.as_ref()?.0, Vec::new());
        while let Some((parent, step)) = &self.reached[place].by {
            steps.push(step.clone());
            place = *parent;
        }
        steps.reverse();
        // Initial states stand first among the reached ones, in their order.
        Some((self.space.initial().into_iter().nth(place)?, steps))
    }
}
