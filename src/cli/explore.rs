//! `explore`: every run of a scenario within budgets, the shortest first or in another order.

use consensus_playground::explore::spec::{ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{
    Counts, Finding, Hints, Limits, Progress, Request, Search, Space, Story, Threads, Way, begin,
    run_of, tell, worlds_after,
};
use consensus_playground::scenario::Scenario;
use consensus_playground::timeline::{BranchId, Timeline};
use serde_json::{Value, json};

use super::asked::{Asked, ExploreArguments, asked};
use super::watch::{Waited, wait_for};
use super::{BadInput, Ending, say};

/// What is looked for when nothing is said.
const USUAL: &str = "property invariants";
/// The result of a search that Ctrl-C ended.
const STOPPED: &str = "stopped";
/// What a search leaves out, by the name that the result has for it, in words.
const LEFT_OUT: [(&str, &str); 6] = [
    ("dead", "deliveries of dead messages"),
    ("idle", "steps without effect"),
    ("equal", "equal steps"),
    ("reordered", "other orders of the same"),
    ("budget", "steps beyond the budget"),
    ("depth", "steps beyond the depth"),
];

/// Explores.
pub(super) fn explore(arguments: &ExploreArguments) -> Result<Outcome, BadInput> {
    match arguments.what.as_str() {
        "spec_two_phase_commit" => {
            arguments.fits(true, false)?;
            let managers = arguments.nodes.unwrap_or(3).into();
            let model = TwoPhaseCommitModel::new(managers)
                .map_err(|error| format!("--nodes: expected {error}"))?;
            explore_model(arguments, ModelSpace(Box::new(model)))
        }
        "spec_paxos" => {
            arguments.fits(true, true)?;
            let acceptors = arguments.nodes.unwrap_or(3).into();
            let (ballots, values) = (arguments.ballots.unwrap_or(2), arguments.values.unwrap_or(2));
            let model = PaxosModel::new(acceptors, ballots, values)
                .map_err(|error| format!("--nodes, --ballots, --values: expected {error}"))?;
            explore_model(arguments, ModelSpace(Box::new(model)))
        }
        _ => {
            arguments.fits(false, false)?;
            explore_worlds(arguments)
        }
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

/// Searches to the end, or until Ctrl-C.
fn run<S>(space: S, way: Way, limits: Limits, threads: u16) -> (Box<dyn Search<S>>, Waited)
where
    S: Hints + Sync + 'static,
    S::State: Send + Sync,
{
    let mut search: Box<dyn Search<S>> = match threads {
        1 => begin(space, way, limits),
        _ => Box::new(Threads::new(space, limits, threads.into())),
    };
    let waited = wait_for(&mut *search);
    (search, waited)
}

fn explore_model(arguments: &ExploreArguments, space: ModelSpace) -> Result<Outcome, BadInput> {
    let way = arguments.way(Way::default())?;
    let (search, waited) = run(space, way, arguments.limits(), arguments.threads);
    let actions = search.run().map(|(_, steps)| steps);
    let mut value = summary(&*search, &waited, arguments, way);
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
    let broken = broken_already(&scenario)?;
    let worlds = worlds_after(&scenario, plan).map_err(BadInput)?;
    let (search, waited) = run(worlds, way, limits, arguments.threads);
    let mut value = summary(&*search, &waited, arguments, way);
    let known = hunt.as_ref().map(|hunt| hunt.request()).unwrap_or_default();
    let mut looked_for = arguments.looks_for();
    looked_for.extend(known.lines().filter(|line| is_aim(line)).map(str::to_owned));
    if looked_for.is_empty() {
        looked_for.push(USUAL.to_owned());
    }
    value["lookedFor"] = json!(looked_for);
    if properties.has_models() {
        let (judged, open, why) = search.space().judged();
        value["histories"] = json!({ "judged": judged, "open": open, "why": why });
    }
    if !broken.is_empty() {
        value["alreadyViolated"] = json!(broken);
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

/// The invariants that are false where a search begins: it looks for others.
fn broken_already(scenario: &Scenario) -> Result<Vec<&'static str>, BadInput> {
    let timeline = Timeline::open(scenario.clone()).map_err(|error| error.to_string())?;
    let (first, invariants) = (BranchId(0), scenario.sheet().invariants);
    let world = timeline.world_at(first, timeline.length(first));
    let places = world.violations().iter().map(|violation| usize::from(violation.invariant));
    Ok(places.filter_map(|place| Some(invariants.get(place)?.id)).collect())
}

/// Whether a line of a request says what to look for.
fn is_aim(line: &str) -> bool {
    line.starts_with("goal ") || line.starts_with("property ")
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
    waited: &Waited,
    arguments: &ExploreArguments,
    way: Way,
) -> Value {
    let seconds = waited.seconds;
    let counts: Counts = search.counts();
    let pruned = counts.pruned;
    let mut value = json!({
        "what": arguments.what,
        "search": way.strategy.word(),
        "result": if waited.stopped { STOPPED } else { search.progress().word() },
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
    let words = |name: &str| value.get(name).and_then(Value::as_str);
    if let (Some(budget), Some(looked_for)) = (words("budget"), value["lookedFor"].as_array()) {
        let looked_for: Vec<&str> = looked_for.iter().filter_map(Value::as_str).collect();
        say!("looked for: {}; within {budget}", looked_for.join(", "));
    }
    let left_out: Vec<String> = (LEFT_OUT.iter())
        .filter_map(|(name, words)| {
            Some((value["pruned"][name].as_u64().filter(|it| *it > 0)?, words))
        })
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if !left_out.is_empty() {
        say!("left out: {}", left_out.join(", "));
    }
    if let Some(broken) = value["alreadyViolated"].as_array() {
        let broken: Vec<&str> = broken.iter().filter_map(Value::as_str).collect();
        say!("violated already where it begins, and not looked for again: {}", broken.join(", "));
    }
    let frontier = value["frontier"].as_u64().unwrap_or_default();
    match words("result") {
        Some("found" | "exhausted") => {}
        Some(STOPPED) => {
            say!("partial: interrupted while {frontier} states were yet to be expanded")
        }
        Some("depth reached") => say!("partial: no run was followed any further"),
        _ => say!("partial: {frontier} states were yet to be expanded when the most were reached"),
    }
    let collisions = value["expectedCollisions"].as_f64().unwrap_or_default();
    say!("states expected to be missed because two share a fingerprint: {collisions}");
    if let Some(known) = value.get("known") {
        let found = known["found"].as_str().unwrap_or_default();
        say!("known: {found} after {} actions", known["length"]);
    }
    if let Some(histories) = value.get("histories") {
        let (judged, open) = (&histories["judged"], &histories["open"]);
        say!("histories judged: {judged}, of which undecided: {open}");
        if let Some(why) = histories["why"].as_str() {
            say!("undecided because {why}");
        }
    }
    if let Some(bytes) = memory_bytes() {
        let each = value["tableBytesPerState"].as_f64().unwrap_or_default();
        say!("memory: {} MB at most; {each:.0} bytes for each visited state", bytes / 1_000_000);
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
