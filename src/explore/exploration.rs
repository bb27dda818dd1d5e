//! An exploration as whoever watches it needs it: advanced in slices, looked at between two of them, and
//! asked for its run when something was found.
//!
//! It goes on from where its scenario's own steps end, so "from this moment on" is the scenario up to
//! that moment ([`crate::timeline::Timeline::export`]). What is found is that scenario with the actions
//! found behind it, without those that do not matter.
//!
//! The trait has no type parameter: a worker, a server or a test holds any search, however it searches.

use serde::Serialize;

use super::breadth::Progress;
use super::minimise::minimise;
use super::plan::{Goal, Plan};
use super::request::Request;
use super::search::{Search, begin};
use super::space::Finding;
use super::story::searchable;
use super::worlds::Worlds;
use crate::action::Action;
use crate::scenario::Scenario;
use crate::timeline::{BranchId, Timeline};

/// A search that can be advanced and watched.
pub trait Exploration {
    /// Expands up to `states` states.
    fn advance(&mut self, states: u64) -> Progress;

    /// How far it is.
    fn view(&self) -> ExplorationView;

    /// The run to what was found; `None` where nothing was.
    ///
    /// # Errors
    /// The run cannot be repeated, a bug.
    fn run(&self) -> Result<Option<FoundRun>, String>;

    /// What [`super::tell`] tells a run of: the scenario from whose end the search began.
    fn scenario(&self) -> &Scenario;
}

/// A run to what was found.
#[derive(Clone, Debug)]
pub struct FoundRun {
    /// Its actions, from where the search began.
    pub actions: Vec<Action>,
    /// What they lead to.
    pub finding: Finding,
    /// The goals that are reached in the end, where it is they that were looked for.
    pub goal: Vec<Goal>,
}

/// How far an exploration is, as plain data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplorationView {
    /// [`Progress::word`].
    pub progress: &'static str,
    /// States that differ.
    pub distinct: u64,
    /// States generated.
    pub generated: u64,
    /// The states on the longest of the shortest runs.
    pub depth: u32,
    /// States that wait to be expanded.
    pub frontier: u64,
    /// Bytes of the table of visited states.
    pub table_bytes: u64,
    /// What was left out, in the order of [`PRUNED`].
    pub pruned: Vec<u64>,
    /// The expected number of states missed because two share a fingerprint, times a million.
    pub collisions_millionths: u64,
    /// The budget within which this is so.
    pub budget: String,
    /// In which order states are looked at, as [`super::Strategy::word`].
    pub search: &'static str,
    /// How many different histories were judged, and of how many it could not be said whether they are
    /// what was looked for.
    pub judged: (u64, u64),
    /// The stable name of the property that is false, where one is.
    pub property: Option<String>,
    /// Why it is false, or what goal was reached; nothing where nothing was found.
    pub why: Option<String>,
}

/// The names of what is left out.
pub const PRUNED: [&str; 6] = ["dead", "idle", "equal", "reordered", "budget", "depth"];

struct WorldsExploration {
    scenario: Scenario,
    search: Box<dyn Search<Worlds>>,
    strategy: &'static str,
}

/// Begins to explore what can happen after a scenario's steps.
///
/// # Errors
/// Which option of the request is wrong, or why the scenario cannot be carried out.
pub fn open(scenario: &Scenario, request: &str) -> Result<Box<dyn Exploration>, String> {
    let mut scenario = searchable(scenario);
    let Request { plan, way, limits, .. } = Request::parse(&scenario, request)?;
    scenario.budget = Some(plan.budget).filter(|budget| !budget.is_empty());
    let worlds = worlds_after(&scenario, plan)?;
    let strategy = way.strategy.word();
    Ok(Box::new(WorldsExploration { search: begin(worlds, way, limits), strategy, scenario }))
}

/// The worlds that can be reached from where a scenario's steps end.
///
/// # Errors
/// Why the scenario cannot be carried out.
pub fn worlds_after(scenario: &Scenario, plan: Plan) -> Result<Worlds, String> {
    let timeline = Timeline::open(scenario.clone()).map_err(|error| error.to_string())?;
    Ok(Worlds::new(timeline.world_at(BranchId(0), timeline.length(BranchId(0))), plan))
}

/// The run to what a search found, without what does not matter; `None` where nothing was found.
///
/// # Errors
/// The run cannot be repeated, a bug.
pub fn run_of(search: &dyn Search<Worlds>) -> Result<Option<FoundRun>, String> {
    let (Some((_, steps)), Some(finding)) = (search.run(), search.finding()) else {
        return Ok(None);
    };
    let actions = search.space().actions(&steps);
    let actions = actions.ok_or("a run that cannot be repeated; a bug")?;
    let actions = minimise(search.space(), &actions);
    let goal = search.space().plan().goal.clone();
    Ok(Some(FoundRun { actions, finding: finding.clone(), goal }))
}

impl Exploration for WorldsExploration {
    fn advance(&mut self, states: u64) -> Progress {
        self.search.advance(states)
    }

    fn view(&self) -> ExplorationView {
        let counts = self.search.counts();
        let pruned = counts.pruned;
        let (judged, open, _) = self.search.space().judged();
        let (property, why) = match self.search.finding() {
            Some(Finding::Violation { property, why }) => {
                (Some(property.clone()), Some(why.clone()))
            }
            Some(Finding::Goal) => (None, Some("the goal is reached".to_owned())),
            None => (None, None),
        };
        ExplorationView {
            progress: self.search.progress().word(),
            distinct: counts.distinct,
            generated: counts.generated,
            depth: counts.depth,
            frontier: counts.frontier,
            table_bytes: counts.table_bytes,
            pruned: vec![
                pruned.dead,
                pruned.idle,
                pruned.equal,
                pruned.reordered,
                pruned.budget,
                pruned.depth,
            ],
            collisions_millionths: counts.expected_collisions_millionths(),
            budget: self.search.space().plan().budget.to_string(),
            search: self.strategy,
            judged: (judged, open),
            property,
            why,
        }
    }

    fn run(&self) -> Result<Option<FoundRun>, String> {
        run_of(&*self.search)
    }

    fn scenario(&self) -> &Scenario {
        &self.scenario
    }
}
