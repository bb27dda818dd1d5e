//! Breadth-first search on several threads, with the counts of one.
//!
//! States are expanded by all threads, so many of the frontier at a time; what they reach is then gone
//! through by one thread in the order in which one alone would have reached it. So the first state of
//! two that are equal, the parent of each state, what is found and where the search ends are those of
//! one thread. What threads cannot know while they expand is what others of the same batch reach: such
//! states are made twice, and one of them is thrown away.

use std::thread;

use super::{Breadth, Finding, Limits, Progress, Space};
use crate::explore::breadth::Counts;
use crate::explore::search::Search;
use crate::explore::space::Pruned;

/// How many states of the frontier a thread expands before all wait for each other.
const CHUNK: usize = 2048;

/// A breadth-first search on several threads.
pub struct Threads<S: Space> {
    search: Breadth<S>,
    threads: usize,
}

/// What one state leads to.
struct Expanded<State> {
    parent: u64,
    pruned: Pruned,
    /// How many successors it has.
    generated: u64,
    /// Those that were new when the batch began.
    fresh: Vec<Fresh<State>>,
    /// Those of the next level that were not, and in which something sleeps: what sleeps when they are
    /// reached so.
    met: Vec<(u64, Vec<u64>)>,
}

struct Fresh<State> {
    /// Its place among the successors, from one.
    place: u64,
    fingerprint: u64,
    state: State,
    asleep: Vec<u64>,
    finding: Option<Finding>,
}

impl<S> Threads<S>
where
    S: Space + Sync,
    S::State: Send + Sync,
{
    /// A search that has seen the initial states alone.
    pub fn new(space: S, limits: Limits, threads: usize) -> Self {
        Threads { search: Breadth::new(space, limits), threads: threads.max(1) }
    }

    /// Expands a batch of states, none beyond the present level.
    fn expand(&mut self, states: u64) {
        let search = &mut self.search;
        let most = (self.threads * CHUNK).min(states.try_into().unwrap_or(usize::MAX));
        let count = most.min(search.left_in_level);
        let batch: Vec<(u64, S::State)> = search.frontier.drain(..count).collect();
        let waiting = (search.frontier.len() + count) as u64;
        let search = &self.search;
        let share = count.div_ceil(self.threads).max(1);
        let expanded: Vec<Vec<Expanded<S::State>>> = thread::scope(|scope| {
            let workers: Vec<_> = (batch.chunks(share))
                .map(|share| scope.spawn(move || share.iter().map(|it| look(search, it)).collect()))
                .collect();
            // A thread that panicked takes the search with it, as one thread would.
            workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect()
        });
        self.search.counts.frontier_max = self.search.counts.frontier_max.max(waiting);
        let mut taken = 0;
        for expanded in expanded.into_iter().flatten() {
            if self.search.found.is_some() || self.search.is_over_states {
                break;
            }
            self.search.take(expanded);
            taken += 1;
        }
        // What one thread would not have come to waits on.
        batch
            .into_iter()
            .skip(taken)
            .rev()
            .for_each(|state| self.search.frontier.push_front(state));
    }
}

/// Expands one state.
fn look<S: Space>(search: &Breadth<S>, (parent, state): &(u64, S::State)) -> Expanded<S::State> {
    let (mut generated, mut fresh, mut met) = (0, Vec::new(), Vec::new());
    let (space, asleep) = (&search.space, &search.asleep);
    let pruned = space.awake(state, asleep.of(*parent), &mut |_, fingerprint, make, labels| {
        generated += 1;
        if search.visited.parent(fingerprint).is_none() {
            let state = make();
            let finding = space.finding(&state);
            fresh.push(Fresh { place: generated, fingerprint, state, asleep: labels(), finding });
        } else if asleep.has(fingerprint) {
            met.push((fingerprint, labels()));
        }
        true
    });
    Expanded { parent: *parent, pruned, generated, fresh, met }
}

impl<S: Space> Breadth<S> {
    /// Takes over what a state leads to, as if it had been expanded here.
    fn take(&mut self, expanded: Expanded<S::State>) {
        let Expanded { parent, pruned, mut generated, fresh, met } = expanded;
        self.left_in_level -= 1;
        for (fingerprint, asleep) in met {
            self.asleep.arrive(fingerprint, false, &|| asleep.clone());
        }
        for Fresh { place, fingerprint, state, asleep, finding } in fresh {
            let is_new = self.visited.insert(fingerprint, parent);
            self.asleep.arrive(fingerprint, is_new, &|| asleep.clone());
            if !is_new {
                continue;
            }
            self.frontier.push_back((fingerprint, state));
            self.found = finding.map(|finding| (fingerprint, finding));
            self.is_over_states = self.visited.len() >= self.limits.states;
            if self.found.is_some() || self.is_over_states {
                generated = place;
                break;
            }
        }
        self.counts.generated += generated;
        self.counts.pruned.add(pruned);
        self.end_of_state();
    }
}

impl<S> Search<S> for Threads<S>
where
    S: Space + Sync,
    S::State: Send + Sync,
{
    fn go_on(&mut self) {
        self.expand(1);
    }

    fn advance(&mut self, states: u64) -> Progress {
        let mut left = states;
        while left > 0 && self.search.progress() == Progress::Running {
            let before = self.search.left_in_level as u64;
            self.expand(left);
            left -= (self.threads * CHUNK).min(before as usize).min(left as usize) as u64;
        }
        self.search.progress()
    }

    fn progress(&self) -> Progress {
        self.search.progress()
    }

    fn space(&self) -> &S {
        self.search.space()
    }

    fn counts(&self) -> Counts {
        self.search.counts()
    }

    fn finding(&self) -> Option<&Finding> {
        self.search.finding()
    }

    fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        self.search.run()
    }
}
