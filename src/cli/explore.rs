//! `explore`: every run of a scenario within budgets, the shortest first or in another order.

use std::time::Instant;

use consensus_playground::explore::spec::{ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{
    Counts, Finding, Hints, Limits, Progress, Request, Search, Space, Story, Threads, Way, begin,
    run_of, tell, worlds_after,
};
use serde_json::{Value, json};

use super::asked::{Asked, ExploreArguments, asked};
use super::{BadInput, Ending, say};

/// States expanded between two looks at the clock.
const SLICE: u64 = 4096;

/// Explores.
pub(super) fn explore(arguments: &ExploreArguments) -> Result<Outcome, BadInput> {
    match arguments.what.as_str() {
        "spec_two_phase_commit" => {
            let managers = arguments.nodes.unwrap_or(3).into();
            let model = TwoPhaseCommitModel::new(managers).map_err(BadInput)?;
            explore_model(arguments, ModelSpace(Box::new(model)))
        }
        "spec_paxos" => {
            let acceptors = arguments.nodes.unwrap_or(3).into();
            let model = PaxosModel::new(acceptors, arguments.ballots, arguments.values)
                .map_err(BadInput)?;
            explore_model(arguments, ModelSpace(Box::new(model)))
        }
        _ => explore_worlds(arguments),
    }
}

/// How an exploration ended.
pub(super) enum Outcome {
    /// All was seen and all held.
    Exhausted,
    /// Something was found.
    Found,
    /// A limit was reached before.
    Limited,
}

impl From<Outcome> for Ending {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Exhausted => Ending::Held,
            Outcome::Found => Ending::Failed,
            Outcome::Limited => Ending::Limited,
        }
    }
}

/// Searches to the end and tells how long it took, in seconds.
fn run<S>(space: S, way: Way, limits: Limits, threads: usize) -> (Box<dyn Search<S>>, f64)
where
    S: Hints + Sync + 'static,
    S::State: Send + Sync,
{
    let start = Instant::now();
    let mut search: Box<dyn Search<S>> = match threads {
        1 => begin(space, way, limits),
        _ => Box::new(Threads::new(space, limits, threads)),
    };
    while search.advance(SLICE) == Progress::Running {}
    let seconds = start.elapsed().as_secs_f64();
    (search, seconds)
}

fn explore_model(arguments: &ExploreArguments, space: ModelSpace) -> Result<Outcome, BadInput> {
    if arguments.hunt.is_some() {
        return Err(BadInput(format!("--hunt: expected a protocol, found “{}”", arguments.what)));
    }
    let way = arguments.way(Way::default())?;
    let (search, seconds) = run(space, way, arguments.limits(), arguments.threads);
    let actions = search.run().map(|(_, steps)| steps);
    let mut value = summary(&*search, seconds, arguments, way);
    value["actions"] = json!(actions);
    print(arguments, &value, actions.as_deref().unwrap_or_default(), None);
    Ok(outcome(search.progress()))
}

fn explore_worlds(arguments: &ExploreArguments) -> Result<Outcome, BadInput> {
    let Asked { mut scenario, request, hunt } = asked(arguments)?;
    let Request { plan, limits, way, .. } = request;
    // What is told of a run tells within what it was searched.
    scenario.budget = Some(plan.budget).filter(|budget| !budget.is_empty());
    let (budget, properties) = (plan.budget, plan.properties);
    let worlds = worlds_after(&scenario, plan).map_err(BadInput)?;
    let (search, seconds) = run(worlds, way, limits, arguments.threads);
    let mut value = summary(&*search, seconds, arguments, way);
    if properties.has_models() {
        let (judged, open, why) = search.space().judged();
        value["histories"] = json!({ "judged": judged, "open": open, "why": why });
    }
    value["protocol"] = json!(scenario.sheet().id);
    value["budget"] = json!(budget.to_string());
    if let Some(hunt) = hunt {
        value["known"] = json!({ "found": hunt.found(), "length": hunt.length });
    }
    let found = run_of(&*search).map_err(BadInput)?;
    let story = match &found {
        Some(run) => Some(tell(&scenario, run)?),
        None => None,
    };
    if let Some(told) = &story {
        value["length"] = json!(told.lines.len());
        value["actions"] = json!(told.lines);
        value["link"] = json!(told.link);
        value["scenario"] = json!(told.text);
    }
    let lines = story.as_ref().map_or(&[][..], |story| &story.lines);
    print(arguments, &value, lines, story.as_ref());
    Ok(outcome(search.progress()))
}

fn outcome(progress: Progress) -> Outcome {
    match progress {
        Progress::Exhausted => Outcome::Exhausted,
        Progress::Found => Outcome::Found,
        Progress::Running | Progress::StatesReached | Progress::DepthReached => Outcome::Limited,
    }
}

fn summary<S: Space>(
    search: &dyn Search<S>,
    seconds: f64,
    arguments: &ExploreArguments,
    way: Way,
) -> Value {
    let counts: Counts = search.counts();
    let pruned = counts.pruned;
    let mut value = json!({
        "what": arguments.what,
        "search": way.strategy.word(),
        "result": search.progress().word(),
        "distinct": counts.distinct,
        "generated": counts.generated,
        "depth": counts.depth,
        "seconds": seconds,
        "rate": counts.distinct as f64 / seconds.max(1e-9),
        "frontier": counts.frontier,
        "frontierMax": counts.frontier_max,
        "tableBytesPerState": counts.table_bytes as f64 / counts.distinct.max(1) as f64,
        "pruned": {
            "dead": pruned.dead, "idle": pruned.idle, "equal": pruned.equal,
            "reordered": pruned.reordered, "budget": pruned.budget, "depth": pruned.depth,
        },
        "expectedCollisions": counts.expected_collisions_millionths() as f64 / 1e6,
    });
    match search.finding() {
        Some(Finding::Violation { property, why }) => {
            value["violated"] = json!({ "property": property, "why": why });
        }
        Some(Finding::Goal) => value["goal"] = json!(true),
        None => {}
    }
    if arguments.memory {
        value["memoryBytes"] = json!(memory_bytes());
    }
    value
}

/// The most memory that the process has used, where the system tells.
fn memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn print(arguments: &ExploreArguments, value: &Value, lines: &[String], story: Option<&Story>) {
    if arguments.json {
        say!("{value}");
        return;
    }
    say!(
        "{}: {} distinct states, {} generated, depth {}, {:.2} s, {:.0} a second",
        value["result"].as_str().unwrap_or_default(),
        value["distinct"],
        value["generated"],
        value["depth"],
        value["seconds"].as_f64().unwrap_or_default(),
        value["rate"].as_f64().unwrap_or_default()
    );
    if let Some(budget) = value.get("budget").and_then(Value::as_str) {
        say!("within {budget}; left out: {}", value["pruned"]);
    }
    say!("expected collisions of fingerprints: {}", value["expectedCollisions"]);
    if let Some(known) = value.get("known") {
        let found = known["found"].as_str().unwrap_or_default();
        say!("known: {found} after {} actions", known["length"]);
    }
    if let Some(histories) = value.get("histories") {
        say!("histories judged: {histories}");
    }
    if let Some(bytes) = value.get("memoryBytes") {
        say!("memory: {bytes} bytes, of visited states {} each", value["tableBytesPerState"]);
    }
    if let Some(violated) = value.get("violated") {
        let text = |name: &str| violated[name].as_str().unwrap_or_default().to_owned();
        say!("violated {}: {}", text("property"), text("why"));
    }
    for (number, line) in (1..).zip(lines) {
        say!("{number:>3}  {line}");
    }
    if let Some(story) = story {
        say!("replay: consensus-playground run --link '{}'", story.link);
    }
}
