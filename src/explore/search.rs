//! The ways to search a space, behind one face.
//!
//! Breadth-first search finds the shortest run and can exhaust a space, at the price of a frontier as wide
//! as a level. Depth-first search needs no frontier, and its runs are long; iterative deepening finds
//! the shortest run without a frontier and expands states again for it. Random walks and swarms reach
//! deep into spaces that nothing exhausts. A guided search expands first what looks near the goal, or
//! unlike all it has seen.

use super::breadth::{Breadth, Counts, Limits, Progress};
use super::depth::Depth;
use super::guided::Guided;
use super::hints::Hints;
use super::space::{Finding, Space};
use super::walks::Walks;

/// A search under way.
pub trait Search<S: Space> {
    /// Looks at the next state.
    fn go_on(&mut self);

    /// Goes on for about so many states.
    fn advance(&mut self, states: u64) -> Progress {
        for _ in 0..states {
            if self.progress() != Progress::Running {
                break;
            }
            self.go_on();
        }
        self.progress()
    }

    /// How far it is.
    fn progress(&self) -> Progress;
    /// What is searched.
    fn space(&self) -> &S;
    /// What was counted so far.
    fn counts(&self) -> Counts;
    /// What was found.
    fn finding(&self) -> Option<&Finding>;
    /// The run to what was found: the state it begins in, and its steps.
    fn run(&self) -> Option<(S::State, Vec<S::Step>)>;
}

/// In which order states are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Level by level: the first thing found is at the end of a shortest run.
    #[default]
    Breadth,
    /// As deep as it goes, then back.
    Depth,
    /// Depth-first to depth one, to depth two, and so on.
    Deepening,
    /// One run after the other, each step drawn from all that are possible.
    Random,
    /// Random runs, each with its own idea of what is likely and what never happens.
    Swarm,
    /// What looks nearest to the goal first.
    Guided,
}

impl Strategy {
    /// The strategies with their words.
    pub const WORDS: [(Strategy, &'static str); 6] = [
        (Strategy::Breadth, "breadth"),
        (Strategy::Depth, "depth"),
        (Strategy::Deepening, "deepening"),
        (Strategy::Random, "random"),
        (Strategy::Swarm, "swarm"),
        (Strategy::Guided, "guided"),
    ];

    /// The strategy of this word.
    pub fn of_word(word: &str) -> Option<Strategy> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(strategy, _)| *strategy)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].1
    }

    /// Whether what it finds first can be reached by no shorter run.
    pub fn finds_shortest(self) -> bool {
        matches!(self, Strategy::Breadth | Strategy::Deepening)
    }
}

/// How to search: a strategy, and the seed of those that draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// In which order states are looked at.
    pub strategy: Strategy,
    /// What random walks and swarms are drawn from.
    pub seed: u64,
}

impl Default for Way {
    fn default() -> Self {
        Way { strategy: Strategy::default(), seed: 1 }
    }
}

/// Begins a search.
pub fn begin<S: Hints + 'static>(space: S, way: Way, limits: Limits) -> Box<dyn Search<S>> {
    match way.strategy {
        Strategy::Breadth => Box::new(Breadth::new(space, limits)),
        Strategy::Depth => Box::new(Depth::new(space, limits, false)),
        Strategy::Deepening => Box::new(Depth::new(space, limits, true)),
        Strategy::Random => Box::new(Walks::new(space, limits, way.seed, false)),
        Strategy::Swarm => Box::new(Walks::new(space, limits, way.seed, true)),
        Strategy::Guided => Box::new(Guided::new(space, limits)),
    }
}

impl<S: Space> Search<S> for Breadth<S> {
    fn go_on(&mut self) {
        Breadth::advance(self, 1);
    }

    fn advance(&mut self, states: u64) -> Progress {
        Breadth::advance(self, states)
    }

    fn progress(&self) -> Progress {
        Breadth::progress(self)
    }

    fn space(&self) -> &S {
        Breadth::space(self)
    }

    fn counts(&self) -> Counts {
        Breadth::counts(self)
    }

    fn finding(&self) -> Option<&Finding> {
        Breadth::finding(self)
    }

    fn run(&self) -> Option<(S::State, Vec<S::Step>)> {
        Breadth::run(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_stand_in_the_order_of_their_words() {
        for (place, (strategy, word)) in Strategy::WORDS.into_iter().enumerate() {
            assert_eq!(strategy as usize, place);
            assert_eq!((strategy.word(), Strategy::of_word(word)), (word, Some(strategy)));
        }
    }
}
