//! Opening a scenario: its steps are carried out once, and what they narrate and expect is kept
//! with the moments it belongs to.

use std::fmt;

use super::{BranchId, Moment, Timeline};
use crate::action::Action;
use crate::protocols::REGISTRY;
use crate::scenario::link::Recorded;
use crate::scenario::run::{self, Driver, StepError};
use crate::scenario::{Scenario, Step, Words, expect, text};
use crate::world::Refusal;
use crate::world::{SetupError, World};

/// Why a scenario cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The cluster cannot run so.
    Setup(SetupError),
    /// A step is impossible.
    Step {
        /// Which step, from zero.
        step: usize,
        /// The step as it is written.
        text: String,
        /// Why.
        error: StepError,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Setup(error) => error.fmt(f),
            OpenError::Step { step, text, error } => {
                write!(f, "step {} (`{text}`): {error}", step + 1)
            }
        }
    }
}

impl std::error::Error for OpenError {}

/// An expectation of the scenario, and whether it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationResult {
    /// Which step, from zero.
    pub step: usize,
    /// After how many actions.
    pub index: u64,
    /// The expectation as it is written.
    pub text: String,
    /// What was so instead; `None` where it was met.
    pub failure: Option<String>,
}

/// Narration and the moment it begins at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// After how many actions.
    pub index: u64,
    /// What is said, by language.
    pub words: Words,
}

impl Driver for Timeline {
    fn world(&self) -> &World {
        &self.world
    }

    fn apply(&mut self, action: &Action) -> Result<(), Refusal> {
        self.act(action)
    }
}

impl Timeline {
    /// Opens a scenario: carries out its steps, then goes to the moment it opens at.
    ///
    /// # Errors
    /// A disk that cannot be read or a step that is impossible.
    pub fn open(scenario: Scenario) -> Result<Self, OpenError> {
        let entry = REGISTRY[usize::from(scenario.protocol)];
        let origin = entry.world(scenario.config.clone()).map_err(OpenError::Setup)?;
        let (sheet, open_at) = (scenario.sheet(), scenario.open_at);
        let (steps, pace) = (scenario.steps.clone(), scenario.pace);
        let mut timeline = Timeline::new(scenario, origin);
        for (number, step) in steps.iter().enumerate() {
            let start = timeline.cursor.index;
            run::step(&mut timeline, pace, step).map_err(|error| OpenError::Step {
                step: number,
                text: text::print_step(sheet, step),
                error,
            })?;
            timeline.ranges.push((start, timeline.cursor.index));
            if let Step::Expect(expectation) = step {
                timeline.expectations.push(ExpectationResult {
                    step: number,
                    index: timeline.cursor.index,
                    text: text::print_step(sheet, step),
                    failure: expect::check(&timeline.world, expectation).err(),
                });
            }
        }
        timeline.seek(BranchId(0), open_at);
        Ok(timeline)
    }

    /// All narration on the path to the end of a branch. What stands between two actions, in
    /// several languages, is one note.
    pub fn notes(&self, branch: BranchId) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        let mut previous: Option<(u64, usize)> = None;
        let end = self.length(branch);
        for (place, (index, step)) in self.steps_until(branch, end).enumerate() {
            let Step::Note(language, words) = step else { continue };
            let continues = previous == Some((index, place.wrapping_sub(1)))
                && notes.last().is_some_and(|note| !note.words.contains_key(language));
            if !continues {
                notes.push(Note { index, words: Words::new() });
            }
            if let Some(note) = notes.last_mut() {
                note.words.insert(*language, words.clone());
            }
            previous = Some((index, place));
        }
        notes
    }

    /// Whether the run is the one that was recorded when its link was made; a sentence that says
    /// where it first differs, where it does.
    pub fn divergence(&self, recorded: &Recorded) -> Option<String> {
        let end = self.length(BranchId(0));
        let digests = self.digests(BranchId(0), end);
        let stride = stride(recorded.actions);
        let same = digests.iter().zip(&recorded.digests).take_while(|(a, b)| a == b).count() as u64;
        let world = self.world_at(BranchId(0), end);
        if end == recorded.actions && world.fingerprint() == recorded.fingerprint {
            return None;
        }
        let first = (same * stride).min(end);
        let last = ((same + 1) * stride).min(recorded.actions.max(end));
        let place = if stride == 1 || first == last {
            format!("at action {last}")
        } else {
            format!("between actions {first} and {last}")
        };
        Some(format!(
            "This run differs from the one that the link was made from, first {place} of {}: the \
             playground has changed since.",
            recorded.actions
        ))
    }

    /// What a link records of the run up to a moment.
    pub fn record(&self, moment: Moment) -> Recorded {
        Recorded {
            actions: moment.index,
            fingerprint: self.world_at(moment.branch, moment.index).fingerprint(),
            digests: self.digests(moment.branch, moment.index),
        }
    }

    /// Four bits of the fingerprint at up to [`DIGESTS_MAX`] moments, evenly spread.
    fn digests(&self, branch: BranchId, length: u64) -> Vec<u8> {
        let stride = stride(length);
        let mut world: World = self.origin.clone();
        let mut digests = Vec::new();
        for index in 0..length {
            let Some(action) = self.action(branch, index) else { break };
            if world.apply(action).is_err() {
                break;
            }
            if (index + 1) % stride == 0 {
                digests.push((world.fingerprint() & 15) as u8);
            }
        }
        digests
    }
}

/// The most digests a link carries: more would make it long, and a few already say where.
const DIGESTS_MAX: u64 = 64;

/// How many actions lie between two digests.
fn stride(actions: u64) -> u64 {
    actions.div_ceil(DIGESTS_MAX).max(1)
}
