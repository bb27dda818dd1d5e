//! One step around a moment: what a person needs to walk the graph of states by hand, and to ask for a
//! search.

use serde::Serialize;

use super::plan::Reductions;
use super::properties::Properties;
use super::request::Request;
use super::search::Strategy;
use crate::action::ActionKind;
use crate::budget::Budget;
use crate::scenario::Scenario;
use crate::world::{Refusal, World};

/// The state that an action leads to.
#[derive(Clone, Debug, Serialize)]
pub struct After {
    /// The action, as a line of a scenario.
    pub text: String,
    /// The state, as 16 hexadecimal digits: the cluster's fingerprint, without clocks.
    pub state: String,
    /// Whether that is the state in which it happens.
    pub same: bool,
    /// How many messages were sent.
    pub sent: usize,
    /// The invariants that it breaks.
    pub violated: Vec<&'static str>,
}

/// What an action that happens now would lead to. Nothing changes.
///
/// # Errors
/// Why it is impossible.
pub fn after(world: &World, kind: ActionKind) -> Result<After, Refusal> {
    world.check(&kind)?;
    let text = world.describe(&kind);
    let mut next = world.clone();
    next.apply(&kind.at(world.now_ms()))?;
    let before = world.violations().len();
    let broken = next.violations().iter().skip(before);
    let invariants = next.sheet().invariants;
    let violated =
        broken.map(|violation| invariants[usize::from(violation.invariant)].id).collect();
    let (here, there) = (world.cluster_fingerprint(), next.cluster_fingerprint());
    let sent = next.last().sent.len();
    Ok(After { text, state: format!("{there:016x}"), same: here == there, sent, violated })
}

/// What can be asked of a search.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchOptions {
    /// The kinds of surprise, and how many of each there are when nothing is said.
    pub budget: Vec<(&'static str, u8)>,
    /// The operations on offer when nothing is said.
    pub offers: Vec<String>,
    /// The names of the timers that may be silent, in the order of the protocol's sheet.
    pub timers: Vec<&'static str>,
    /// How long time passes at once when nothing is said, in milliseconds.
    pub wait_ms: u32,
    /// What random walks are drawn from when nothing is said.
    pub seed: u64,
    /// The most distinct states when nothing is said.
    pub states: u64,
    /// In which order states can be looked at; the first one is usual.
    pub searches: [&'static str; Strategy::WORDS.len()],
    /// What can be demanded of every state; the first one is usual.
    pub properties: Vec<&'static str>,
    /// The reductions.
    pub reductions: &'static [&'static str],
    /// Those of them that are off when nothing is said.
    pub unusual: Vec<&'static str>,
}

/// What can be asked of a search of a scenario.
pub fn options(scenario: &Scenario) -> SearchOptions {
    let Request { plan, way, limits, .. } = Request::usual(scenario);
    let mut usual = plan.reductions;
    let is_off = |name: &&'static str| usual.switch(name) == Some(&mut false);
    let unusual = Reductions::NAMES.into_iter().filter(is_off).collect();
    SearchOptions {
        budget: Budget::words().zip(plan.budget.numbers()).collect(),
        searches: Strategy::WORDS.map(|(_, word)| word),
        properties: Properties::words().collect(),
        offers: plan.offers.iter().map(ToString::to_string).collect(),
        timers: scenario.sheet().timers.iter().map(|timer| timer.name).collect(),
        wait_ms: plan.wait_ms,
        seed: way.seed,
        states: limits.states,
        reductions: &Reductions::NAMES,
        unusual,
    }
}
