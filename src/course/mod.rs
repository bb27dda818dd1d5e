//! The course: lessons and challenges, as data that people write and the engine checks.
//!
//! **Problem.** Words beside a run rot: the run changes, and the sentence about it, the answer that a
//! question calls right, or the goal that an exercise sets is no longer so. And no author should have to
//! be believed.
//!
//! **Method.** A chapter is a text (`course/*.txt`, read by [`parse()`]). A lesson is a shipped scenario and
//! sentences, each bound to a moment of its run, counted in actions; what a sentence claims stands beside
//! it in the words of a scenario's `expect`. A question asks for a prediction: each of its choices carries
//! a condition, and right is the one whose condition holds when the run has got there, so no key is
//! written down that could be wrong. A challenge is a scenario to begin from, a goal in the explorer's
//! words ([`crate::explore::Goal`]) and a stored run that reaches it. [`verify`] replays all of it.
//!
//! **Left out.** Who has done what: the page keeps that. Anything a protocol would have to be known for.

mod goal;
mod parse;
#[cfg(not(target_arch = "wasm32"))]
pub mod shipped;
#[cfg(not(target_arch = "wasm32"))]
mod verify;

pub use goal::reached;
pub use parse::parse;
#[cfg(not(target_arch = "wasm32"))]
pub use verify::{Complaint, verify};

use serde::Serialize;

/// The bounds on a chapter. A text beyond one is refused, with the bound named.
pub mod bounds {
    /// Bytes of a chapter's text.
    pub const CHAPTER_BYTES_MAX: usize = 131_072;
    /// Lessons and challenges of a chapter.
    pub const ITEMS_MAX: usize = 40;
    /// Steps of a lesson.
    pub const STEPS_MAX: usize = 40;
    /// Choices of a question.
    pub const CHOICES_MAX: usize = 4;
}

/// The same words in every language that the page speaks; the reader refuses a chapter that lacks one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// Lessons and challenges about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Its name in addresses and in what a page remembers.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// What it contains, in order.
    pub items: Vec<Item>,
}

/// A lesson or a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its name in addresses and in what a page remembers.
    pub id: String,
    /// The line on which it begins.
    #[serde(skip)]
    pub line: u32,
    /// What it is called.
    pub title: Words,
    /// What it shows, or what is asked for.
    pub about: Words,
    /// What it consists of.
    pub task: Task,
}

/// What an item consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Task {
    /// Something to be told.
    Lesson(Lesson),
    /// Something to be done.
    Challenge(Challenge),
}

/// A run that is told sentence by sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lesson {
    /// The shipped scenario that is played.
    pub scenario: String,
    /// The sentences, by moment.
    pub steps: Vec<Step>,
}

/// A sentence and the moment that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The moment, in actions from the beginning of the run.
    pub at: u64,
    /// The line on which it begins.
    #[serde(skip)]
    pub line: u32,
    /// The sentence.
    pub say: Words,
    /// What must be so at this moment for the sentence to be true; goals, as [`crate::explore::goal_of`]
    /// reads them.
    #[serde(skip)]
    pub claims: Vec<String>,
    /// What is asked at the moment before, and answered by this one.
    pub question: Option<Question>,
}

/// A prediction that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The line on which it is asked.
    #[serde(skip)]
    pub line: u32,
    /// What is asked.
    pub ask: Words,
    /// What may be predicted.
    pub choices: Vec<Choice>,
}

/// A prediction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What it says.
    pub say: Words,
    /// When it is right: goals, one a line, all of which hold at the moment that answers the question.
    pub when: String,
}

/// Something that a learner is to bring about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// The scenario from whose end it begins.
    pub start: String,
    /// The line on which that begins.
    #[serde(skip)]
    pub start_line: u32,
    /// What is to be reached, one goal a line, all at once.
    pub goal: String,
    /// What to think of.
    pub hint: Words,
    /// Steps that reach it from there.
    pub solution: String,
    /// The line on which they begin.
    #[serde(skip)]
    pub solution_line: u32,
}
