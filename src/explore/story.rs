//! A run that a search found, as a scenario: an ordinary list of actions on a timeline, with what
//! was found expected at its end.

use serde::Serialize;

use super::space::Finding;
use crate::action::Action;
use crate::scenario::link::{self, Link};
use crate::scenario::{Expectation, Pace, Scenario, Step, text};
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
pub fn tell(scenario: &Scenario, actions: &[Action], finding: &Finding) -> Result<Story, String> {
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
    let recorded = Some(timeline.record(end));
    let link = link::encode(&Link { scenario: told.clone(), recorded });
    Ok(Story { text: text::print(&told), link, lines, scenario: told })
}

/// The most nodes and clients of [`emptied`] where the protocol runs with so few.
const EMPTIED_NODES: u16 = 3;
const EMPTIED_CLIENTS: u8 = 2;

/// A scenario without its steps and without a rule, and of few nodes and clients where it can be: the
/// place from which to look for a run that breaks without that rule.
///
/// # Errors
/// There is no such rule.
pub fn emptied(scenario: &Scenario, rule: &str) -> Result<Scenario, String> {
    let sheet = scenario.sheet();
    let mut emptied = Scenario { steps: Vec::new(), open_at: 0, ..scenario.clone() };
    let place = sheet.rule(rule).ok_or_else(|| format!("there is no rule “{rule}”"))?;
    emptied.config.rules.remove(place);
    let mut small = emptied.clone();
    let config = &mut small.config;
    config.nodes = config.nodes.min(EMPTIED_NODES.max(sheet.nodes_range.0));
    config.clients = config.clients.min(EMPTIED_CLIENTS);
    // What the scenario says of single nodes may need them all.
    let fits = text::parse(&text::print(&small)).is_ok_and(|read| Timeline::open(read).is_ok());
    Ok(if fits { small } else { emptied })
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
