//! Random walks, and swarms of them, for spaces too large to be exhausted.
//!
//! A walk begins where the search begins and takes one step after the other until nothing is possible or
//! the greatest depth is reached; then the next walk begins. A plain walk draws among all steps alike.
//! In a **swarm** (Groce et al. 2012, Holzmann et al. 2011) each walk has weights of its own, for each
//! kind of step and for each single step, some of them nothing: one walk knows no crash, another never
//! delivers a certain message. What all steps alike would hardly ever bring together, some walk does.
//!
//! All draws are keyed by seed, walk and step, so a search can be repeated. What a walk finds is long;
//! [`super::minimise()`] shortens it.

use super::breadth::{Counts, Limits, Progress};
use super::hints::Hints;
use super::search::Search;
use super::space::Finding;
use super::visited::Visited;
use crate::mix::{hash_of, scramble};

/// The most steps of a walk where nothing else is said.
const WALK_STEPS_MAX: u32 = 200;
/// The weights that a swarm draws from, for kinds of steps and for single ones.
const KIND_WEIGHTS: [u64; 8] = [0, 1, 1, 2, 4, 4, 8, 16];
const STEP_WEIGHTS: [u64; 8] = [0, 1, 1, 1, 1, 4, 4, 16];

/// Walks, one after the other.
pub struct Walks<S: Hints> {
    space: S,
    limits: Limits,
    seed: u64,
    is_swarm: bool,
    walk: u64,
    origin: Option<S::State>,
    /// Where the present walk is, and what led there.
    state: Option<S::State>,
    steps: Vec<S::Step>,
    visited: Visited,
    counts: Counts,
    found: Option<Finding>,
    /// No step is possible anywhere.
    is_stuck: bool,
}

impl<S: Hints> Walks<S> {
    /// Walks that have not begun.
    pub fn new(space: S, limits: Limits, seed: u64, is_swarm: bool) -> Self {
        let origin = space.initial().into_iter().next();
        let mut walks = Walks {
            limits: Limits { depth: limits.depth.min(WALK_STEPS_MAX), ..limits },
            seed,
            is_swarm,
            walk: 0,
            state: None,
            steps: Vec::new(),
            visited: Visited::default(),
            counts: Counts { depth: 1, ..Counts::default() },
            found: None,
            is_stuck: false,
            origin,
            space,
        };
        if let Some(state) = &walks.origin {
            walks.counts.generated = 1;
            walks.visited.insert(walks.space.fingerprint(state), 0);
            walks.found = walks.space.finding(state);
        }
        walks
    }

    /// A random number for a purpose within this walk.
    fn draw(&self, of: u64) -> u64 {
        scramble(hash_of(&(self.seed, self.walk, of)))
    }

    /// How likely a step is in this walk.
    fn weight(&self, step: &S::Step) -> u64 {
        if !self.is_swarm {
            return 1;
        }
        let [kind, step] = self.space.names(step).map(|name| (self.draw(name) >> 61) as usize);
        KIND_WEIGHTS[kind] * STEP_WEIGHTS[step]
    }
}

impl<S: Hints> Search<S> for Walks<S> {
    /// Takes a step, or begins the next walk.
    fn go_on(&mut self) {
        let Some(state) = self.state.take() else {
            self.steps.clear();
            self.walk += 1;
            self.state = self.origin.clone();
            self.is_stuck |= self.state.is_none();
            return;
        };
        if self.steps.len() as u32 >= self.limits.depth {
            return;
        }
        let (mut total, mut drawn) = (0_u64, self.draw(!(self.steps.len() as u64)));
        let mut choice = None;
        let pruned = self.space.successors(&state, &mut |step, fingerprint, make| {
            let weight = self.weight(step);
            total += weight;
            drawn = scramble(drawn);
            // Each step takes the place of those before it with the share that it has of them all.
            if weight > 0 && drawn % total < weight {
                choice = Some((step.clone(), fingerprint, make()));
            }
            true
        });
        self.counts.pruned.add(pruned);
        let Some((step, fingerprint, next)) = choice else {
            self.is_stuck = self.steps.is_empty() && !self.is_swarm;
            return;
        };
        self.counts.generated += 1;
        self.steps.push(step);
        self.counts.depth = self.counts.depth.max(self.steps.len() as u32 + 1);
        if self.visited.insert(fingerprint, 0) {
            self.found = self.space.finding(&next);
        }
        self.state = Some(next);
    }

    /// Walks never know that they have seen everything, unless no step is possible; their limit is of
    /// states walked through, however often each.
    fn progress(&self) -> Progress {
        if self.found.is_some() {
            Progress::Found
        } else if self.is_stuck {
            Progress::Exhausted
        } else if self.counts.generated >= self.limits.states || self.walk > self.limits.states {
            Progress::StatesReached
        } else {
            Progress::Running
        }
    }

    fn space(&self) -> &S {
        &self.space
    }

    fn counts(&self) -> Counts {
        let (distinct, table_bytes) = (self.visited.len(), self.visited.bytes());
        Counts { distinct, table_bytes, ..self.counts }
    }

    fn finding(&self) -> Option<&Finding> {
        self.found.as_ref()
    }

    fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        self.found.as_ref()?;
        Some((self.origin.clone()?, self.steps.clone()))
    }
}
