//! Replays a chapter and holds it to what it says.

use std::fmt;

use super::{Challenge, Chapter, Lesson, Question, Task, reached};
use crate::action::ActionKind;
use crate::explore::{Goal, goal_of};
use crate::scenario::{Scenario, Step, expect, presets, text};
use crate::timeline::{BranchId, Timeline};
use crate::world::World;

/// Something that a chapter says and that is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The line that says it.
    pub line: u32,
    /// What is so instead.
    pub message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Everything that is not so: a moment that the run has not, a claim that does not hold, a question of which
/// not exactly one choice is right, a challenge that is reached at its start or not by its solution.
pub fn verify(chapter: &Chapter) -> Vec<Complaint> {
    let mut found = Vec::new();
    for item in &chapter.items {
        let mut complain = |line, message: String| {
            found.push(Complaint { line, message: format!("{}: {message}", item.id) });
        };
        match &item.task {
            Task::Lesson(lesson) => {
                if let Err(message) = of_lesson(lesson, &mut complain) {
                    complain(item.line, message);
                }
            }
            Task::Challenge(challenge) => {
                if let Err((line, message)) = of_challenge(challenge) {
                    complain(line, message);
                }
            }
        }
    }
    found
}

fn of_lesson(lesson: &Lesson, complain: &mut dyn FnMut(u32, String)) -> Result<(), String> {
    let preset = presets::find(&lesson.scenario)
        .ok_or_else(|| format!("there is no scenario “{}”", lesson.scenario))?;
    let scenario = text::parse(preset.text).map_err(|error| error.to_string())?;
    let timeline = Timeline::open(scenario.clone()).map_err(|error| error.to_string())?;
    let length = timeline.own_length();
    for step in &lesson.steps {
        if step.at > length {
            complain(step.line, format!("there is no moment {}: the run has {length}", step.at));
            continue;
        }
        let world = timeline.world_at(BranchId(0), step.at);
        for claim in &step.claims {
            if let Err(why) = holds(claim, &scenario, &world) {
                complain(step.line, format!("expect {claim}: {why}"));
            }
        }
        if let Some(question) = &step.question
            && let Err(message) = of_question(question, &scenario, &world)
        {
            complain(question.line, message);
        }
    }
    Ok(())
}

/// Exactly one choice is right.
fn of_question(question: &Question, scenario: &Scenario, world: &World) -> Result<(), String> {
    let mut right = Vec::new();
    for choice in &question.choices {
        let goals: Result<Vec<Goal>, String> =
            choice.when.lines().map(|line| goal_of(line, scenario)).collect();
        if goals?.iter().all(|goal| goal.is_reached(world)) {
            right.push(choice.say.en.as_str());
        }
    }
    match right[..] {
        [_] => Ok(()),
        [] => Err("no choice is right when the run has got there".to_owned()),
        _ => Err(format!("more than one choice is right: “{}”", right.join("”, “"))),
    }
}

fn holds(claim: &str, scenario: &Scenario, world: &World) -> Result<(), String> {
    match goal_of(claim, scenario)? {
        Goal::Expect(expectation) => expect::check(world, &expectation),
        goal if goal.is_reached(world) => Ok(()),
        _ => Err("it is not so".to_owned()),
    }
}

fn of_challenge(challenge: &Challenge) -> Result<(), (u32, String)> {
    let Challenge { start, start_line, goal, solution, solution_line, .. } = challenge;
    let open = |source: &str| -> Result<Timeline, String> {
        let scenario = text::parse(source).map_err(|error| error.to_string())?;
        let mut timeline = Timeline::open(scenario).map_err(|error| error.to_string())?;
        let length = timeline.own_length();
        timeline.seek(BranchId(0), length);
        Ok(timeline)
    };
    // Lines are counted in the block, which begins after its keyword.
    let in_block = |keyword: &u32, message| (*keyword, format!("in what follows, {message}"));
    let begun = open(start).map_err(|message| in_block(start_line, message))?;
    let first = begun.own_length();
    match reached(&begun, goal, first) {
        Err(message) => return Err((*start_line, format!("goal: {message}"))),
        Ok(Some(_)) => return Err((*start_line, "its goal is reached at the start".to_owned())),
        Ok(None) => {}
    }
    let whole = format!("{start}{solution}");
    let solved = open(&whole).map_err(|message| in_block(solution_line, message))?;
    let steps = &solved.scenario().steps[begun.scenario().steps.len()..];
    if steps.iter().any(|step| matches!(step, Step::Act(ActionKind::SetRule { .. }))) {
        return Err((*solution_line, "it switches a rule, which does not count".to_owned()));
    }
    match reached(&solved, goal, first) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err((*solution_line, "it does not reach the goal".to_owned())),
        Err(message) => Err((*solution_line, message)),
    }
}
