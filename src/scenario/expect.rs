//! What a scenario expects at a moment, and whether it is so. Expectations read what a person sees
//! (views, replies, verdicts), so they need no word of any protocol.

use crate::consistency::{Model, Verdict, judge_run};
use crate::ids::{ClientId, NodeId, RuleId};
use crate::scenario::{Selector, run};
use crate::view::{NodeView, Shape};
use crate::world::Status;
use crate::world::World;

/// Something that must be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// This node leads, as the running leader of the highest term; or nobody does.
    Leader(Option<NodeId>),
    /// A node runs, is paused or is crashed.
    Status(NodeId, Status),
    /// Something about a node: `role`, `term`, `log`, `committed`, `value KEY`, or a field of the
    /// inspector with hyphens for spaces.
    Fact {
        /// Which node.
        node: NodeId,
        /// What about it.
        fact: String,
        /// What it must be.
        value: String,
    },
    /// What a client's last operation returned: a result, `open`, or `gave-up`.
    Reply(ClientId, String),
    /// An invariant, by index, is violated (true) or holds (false).
    Invariant(u8, bool),
    /// Every invariant holds.
    AllHold,
    /// Such a message is in flight (true) or none is (false).
    InFlight(Selector, bool),
    /// What clients saw so far satisfies a consistency model (true) or breaks it (false). A check
    /// that gives up meets neither.
    History(Model, bool),
    /// The last action was decided by this rule (true), or would have been had the rule not been
    /// switched off (false).
    Rule(RuleId, bool),
}

/// Whether it is so.
///
/// # Errors
/// What is so instead.
pub fn check(sim: &World, expectation: &Expectation) -> Result<(), String> {
    let violation =
        |place: u8| sim.violations().iter().find(move |violation| violation.invariant == place);
    match expectation {
        Expectation::Leader(expected) => {
            let found = leader(sim);
            let name = |node: Option<NodeId>| node.map_or("none".to_owned(), |id| id.to_string());
            same(name(*expected), name(found))
        }
        Expectation::Status(node, expected) => {
            same(status_word(*expected).to_owned(), status_word(sim.status(*node)).to_owned())
        }
        Expectation::Fact { node, fact, value } => {
            match fact_of(&sim.node_view(*node), sim.sheet().period, fact) {
                Some(found) => same(value.clone(), found),
                None => Err(format!("{node} has no “{fact}”")),
            }
        }
        Expectation::Reply(client, expected) => {
            let last = sim.history().records().iter().rev().find(|record| record.client == *client);
            let Some(last) = last else {
                return Err(format!("client {client} has asked nothing"));
            };
            same(
                expected.clone(),
                match (&last.completion, last.gave_up_step) {
                    (Some(completion), _) => completion.outcome.to_string(),
                    (None, Some(_)) => "gave-up".to_owned(),
                    (None, None) => "open".to_owned(),
                },
            )
        }
        Expectation::Invariant(place, violated) => match (violation(*place), violated) {
            (Some(_), true) | (None, false) => Ok(()),
            (None, true) => Err("it holds".to_owned()),
            (Some(violation), false) => Err(violation.why.clone()),
        },
        Expectation::AllHold => match sim.violations().first() {
            None => Ok(()),
            Some(violation) => {
                let id = sim.sheet().invariants[usize::from(violation.invariant)].id;
                Err(format!("{id}: {}", violation.why))
            }
        },
        Expectation::InFlight(selector, expected) => {
            match (run::matching(sim, selector).len(), expected) {
                (0, true) => Err("no such message is in flight".to_owned()),
                (0, false) | (_, true) => Ok(()),
                (count, false) => Err(format!("{count} in flight")),
            }
        }
        Expectation::History(model, holds) => history(sim, *model, *holds),
        Expectation::Rule(rule, applied) => {
            let last = sim.last();
            let set = if *applied { last.applied } else { last.missed };
            if set.contains(*rule) {
                Ok(())
            } else {
                Err(format!("it was not {}", if *applied { "applied" } else { "missed" }))
            }
        }
    }
}

fn history(sim: &World, model: Model, expected: bool) -> Result<(), String> {
    match (judge_run(sim, model)?, expected) {
        (Verdict::Holds(_), true) | (Verdict::Violated(_), false) => Ok(()),
        (Verdict::Holds(_), false) => Err(format!("it is {}", model.info().id)),
        (Verdict::Violated(violation), true) => Err(violation.explanation),
        (Verdict::GaveUp(why), _) => Err(format!("the check gave up: {why}")),
        (Verdict::NotApplicable(why), _) => Err(why.to_owned()),
    }
}

/// The running leader of the highest term, ballot or view.
pub fn leader(sim: &World) -> Option<NodeId> {
    (0..sim.config().nodes)
        .map(NodeId)
        .filter(|node| sim.status(*node) == Status::Up)
        .map(|node| (sim.node_view(node), node))
        .filter(|(view, _)| view.shape == Shape::Double)
        .max_by_key(|(view, _)| view.period)
        .map(|(_, node)| node)
}

/// A status in a scenario's words.
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Up => "up",
        Status::Paused => "paused",
        Status::Down => "crashed",
    }
}

fn same(expected: String, found: String) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("it is {found}")) }
}

fn fact_of(view: &NodeView, period: &str, fact: &str) -> Option<String> {
    if fact == "role" {
        return Some(view.role.to_owned());
    }
    if fact == period {
        return Some(view.period.to_string());
    }
    if fact == "log" {
        let log = view.logs.first()?;
        let periods: Vec<String> = log.cells.iter().map(|cell| cell.period.to_string()).collect();
        return Some(if periods.is_empty() { "empty".to_owned() } else { periods.join(" ") });
    }
    if fact == "committed" {
        let log = view.logs.first()?;
        let last = log.cells.iter().rev().find(|cell| cell.committed);
        return Some(last.map_or(0, |cell| cell.index).to_string());
    }
    if let Some(key) = fact.strip_prefix("value ") {
        let found = view.data.iter().find(|field| field.name == key);
        return Some(found.map_or("absent".to_owned(), |field| field.value.clone()));
    }
    let named = |field: &&crate::view::Field| field.name.replace(' ', "-") == fact;
    let field = view.durable.iter().find(named).or_else(|| view.volatile.iter().find(named))?;
    Some(field.value.clone())
}
