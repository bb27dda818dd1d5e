//! A run that a search found, as a scenario: an ordinary list of actions on a timeline, with what
//! was found expected at its end.

use serde::Serialize;

use super::ahead::{ANSWERED, CONVERGED, UNREPAIRED, difference};
use super::exploration::FoundRun;
use super::plan::Goal;
use super::space::Finding;
use crate::consistency::Model;
use crate::healing::{PROGRESS_MS, repairs};
use crate::ids::ClientId;
use crate::scenario::link::{self, Link};
use crate::scenario::{Expectation, Pace, Scenario, Step, run, text};
use crate::timeline::{BranchId, Moment, Timeline};

/// A run in every form that people and programs read.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// The run as a scenario that expects what was found.
    #[serde(skip)]
    pub scenario: Scenario,
    /// Its text.
    pub text: String,
    /// Its link.
    pub link: String,
    /// Its actions, each as a line of the scenario.
    pub lines: Vec<String>,
}

/// Tells a run that begins where the scenario's own steps end.
///
/// # Errors
/// An action that the timeline refuses: the search and the timeline disagree, a bug.
pub fn tell(scenario: &Scenario, run: &FoundRun) -> Result<Story, String> {
    let FoundRun { actions, finding, goal } = run;
    let mut timeline = Timeline::open(scenario.clone()).map_err(|error| error.to_string())?;
    let begun = timeline.length(BranchId(0));
    timeline.seek(BranchId(0), begun);
    let own_steps = scenario.steps.len();
    for action in actions {
        timeline.act(action).map_err(|refusal| refusal.to_string())?;
    }
    let end = timeline.cursor();
    let end = Moment { branch: end.branch, index: timeline.length(end.branch) };
    let mut told = timeline.export(end);
    told.open_at = 0;
    let lines = (told.steps.iter().skip(own_steps))
        .map(|step| text::print_step(scenario.sheet(), step))
        .collect();
    if let Finding::Violation { .. } = finding {
        // One action can break several invariants at once, and all are expected.
        let before = timeline.world_at(end.branch, begun).violations().len();
        let after = timeline.world_at(end.branch, end.index);
        let broken = after.violations().iter().skip(before);
        let expected = |place| Step::Expect(Expectation::Invariant(place, true));
        told.steps.extend(broken.map(|violation| expected(violation.invariant)));
    }
    // How many lead or try to lead is nothing that a scenario can expect.
    told.steps.extend(goal.iter().filter_map(|goal| match goal {
        Goal::Expect(expectation) => Some(Step::Expect(expectation.clone())),
        Goal::Leaders(_) | Goal::Candidates(_) => None,
    }));
    if let Finding::Violation { property, .. } = finding {
        told.steps.extend(afterwards(&timeline, end, property));
    }
    // What the steps unfold to, which may be more than was found.
    let recorded = Timeline::open(told.clone())
        .ok()
        .map(|told| told.record(Moment { branch: BranchId(0), index: told.length(BranchId(0)) }));
    let link = link::encode(&Link { scenario: told.clone(), recorded });
    Ok(Story { text: text::print(&told), link, lines, scenario: told })
}

/// What shows a violation that no invariant tells of, at the end of the run to it: what the history is
/// not, or what becomes of it later: who is not answered, or whose data differ.
fn afterwards(timeline: &Timeline, end: Moment, property: &str) -> Vec<Step> {
    if let Some(model) = Model::of_id(property) {
        return vec![Step::Expect(Expectation::History(model, false))];
    }
    if ![ANSWERED, UNREPAIRED, CONVERGED].contains(&property) {
        return Vec::new();
    }
    let world = timeline.world_at(end.branch, end.index);
    let repairs = if property == UNREPAIRED { Vec::new() } else { repairs(&world) };
    let mut steps: Vec<Step> = repairs.into_iter().map(Step::Act).collect();
    steps.push(Step::Run(PROGRESS_MS));
    let mut after = world.clone();
    let done = steps.iter().all(|step| run::step(&mut after, Pace::ByHand, step).is_ok());
    if property == CONVERGED {
        let sides = difference(&after).into_iter().flat_map(|found| {
            let fact = format!("value {}", found.key);
            found.sides.map(|(node, value)| Expectation::Fact { node, fact: fact.clone(), value })
        });
        steps.extend(sides.map(Step::Expect));
        return steps;
    }
    let clients = (0..world.config().clients).map(ClientId);
    let waits = clients.filter(|client| done && !world.is_idle(*client));
    steps.extend(waits.filter_map(|client| {
        let last = after.history().records().iter().rev().find(|it| it.client == client)?;
        let reply = match (&last.completion, last.gave_up_step) {
            (Some(_), _) => return None,
            (None, Some(_)) => "gave-up",
            (None, None) => "open",
        };
        Some(Step::Expect(Expectation::Reply(client, reply.to_owned())))
    }));
    steps
}

/// A scenario as a search takes it: nothing happens by itself, and chance neither loses nor copies
/// messages, because the search does.
pub fn searchable(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    scenario.open_at = 0;
    if scenario.steps.is_empty() {
        scenario.pace = Pace::ByHand;
        let config = &mut scenario.config;
        for conditions in std::iter::once(&mut config.network).chain(config.links.values_mut()) {
            conditions.loss_permille = 0;
            conditions.duplicate_permille = 0;
        }
    }
    scenario
}
