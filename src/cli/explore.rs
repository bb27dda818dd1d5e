//! `explore`: every run of a scenario within budgets, the shortest first or in another order.

use std::path::Path;
use std::time::Instant;

use clap::Args;
use consensus_playground::explore::spec::{ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{
    Counts, Finding, Hints, Limits, Progress, Request, Search, Space, Story, Strategy, Threads,
    Way, begin, run_of, searchable, tell, worlds_after,
};
use consensus_playground::protocols::{self, REGISTRY};
use consensus_playground::scenario::{Scenario, text};
use serde_json::{Value, json};

use super::{BadInput, Ending, input, say};

/// States expanded between two looks at the clock.
const SLICE: u64 = 4096;

/// What `explore` is asked.
#[derive(Args)]
pub(super) struct ExploreArguments {
    /// A scenario's file, a protocol, spec_two_phase_commit or spec_paxos.
    what: String,
    /// How many nodes; of a specification, resource managers or acceptors.
    #[arg(long)]
    nodes: Option<u16>,
    /// How many clients.
    #[arg(long)]
    clients: Option<u8>,
    /// Of spec_paxos: how many ballots.
    #[arg(long, default_value_t = 2)]
    ballots: u32,
    /// Of spec_paxos: how many values.
    #[arg(long, default_value_t = 2)]
    values: u32,
    /// Rules to switch off.
    #[arg(long, value_name = "RULE")]
    without: Vec<String>,
    /// Settings, such as reads=lease.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
    /// How many surprises of each kind, such as timers=3,crashes=1.
    #[arg(long)]
    budget: Option<String>,
    /// An operation that some client may call once, such as "put x 1"; in place of the usual ones.
    #[arg(long, value_name = "OPERATION")]
    offer: Vec<String>,
    /// A timer that never fires.
    #[arg(long, value_name = "TIMER")]
    silent: Vec<String>,
    /// Ask operations of leading nodes alone.
    #[arg(long)]
    ask_leaders: bool,
    /// Lose messages of an earlier period than their receiver's.
    #[arg(long)]
    timely: bool,
    /// How long time passes at once where the budget has waits, in milliseconds.
    #[arg(long)]
    wait: Option<u32>,
    /// What to look for instead of a violation: "leaders 2", "candidates 2", or what a scenario may
    /// expect, such as "n1 committed 1".
    #[arg(long)]
    goal: Vec<String>,
    /// What must be true of every state: invariants (what is looked at when nothing is said), answered
    /// (once everything has healed every client gets an answer), or a consistency model of what clients
    /// saw, such as linearizable.
    #[arg(long)]
    property: Vec<String>,
    /// In which order states are looked at: breadth (the shortest run first), depth, deepening, random,
    /// swarm or guided.
    #[arg(long, default_value = "breadth")]
    search: String,
    /// What random walks and swarms are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// On how many threads a breadth-first search expands states; it finds and counts the same on any.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// A reduction to switch off: dead, idle, equal, clients, prompt, symmetry, values or
    /// sleep.
    #[arg(long, value_name = "REDUCTION")]
    no: Vec<String>,
    /// A reduction to switch on: sleep, which leaves fewer steps to be looked at and makes no search faster.
    #[arg(long, value_name = "REDUCTION")]
    reduce: Vec<String>,
    /// The most actions of a run.
    #[arg(long, default_value_t = u32::MAX)]
    depth: u32,
    /// The most distinct states.
    #[arg(long, default_value_t = 10_000_000, overrides_with = "states")]
    states: u64,
    /// Tell the most memory that was used.
    #[arg(long)]
    memory: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

impl ExploreArguments {
    fn limits(&self) -> Limits {
        Limits { states: self.states, depth: self.depth }
    }

    fn way(&self) -> Result<Way, BadInput> {
        let Some(strategy) = Strategy::of_word(&self.search) else {
            let words = Strategy::WORDS.map(|(_, word)| word).join(", ");
            let found = &self.search;
            return Err(BadInput(format!("--search: expected {words}, found “{found}”")));
        };
        if self.threads != 1 && strategy != Strategy::Breadth {
            let word = strategy.word();
            return Err(BadInput(format!("--threads: a {word} search runs on one thread")));
        }
        Ok(Way { strategy, seed: self.seed.into() })
    }
}

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
    let (search, seconds) = run(space, arguments.way()?, arguments.limits(), arguments.threads);
    let actions = search.run().map(|(_, steps)| steps);
    let mut value = summary(&*search, seconds, arguments);
    value["actions"] = json!(actions);
    print(arguments, &value, actions.as_deref().unwrap_or_default(), None);
    Ok(outcome(search.progress()))
}

fn explore_worlds(arguments: &ExploreArguments) -> Result<Outcome, BadInput> {
    let mut scenario = scenario_of(arguments)?;
    let Request { plan, limits, .. } = request_of(arguments, &scenario)?;
    // What is told of a run tells within what it was searched.
    scenario.budget = Some(plan.budget).filter(|budget| !budget.is_empty());
    let (budget, properties) = (plan.budget, plan.properties);
    let worlds = worlds_after(&scenario, plan).map_err(BadInput)?;
    let (search, seconds) = run(worlds, arguments.way()?, limits, arguments.threads);
    let mut value = summary(&*search, seconds, arguments);
    if properties.has_models() {
        let (judged, open, why) = search.space().judged();
        value["histories"] = json!({ "judged": judged, "open": open, "why": why });
    }
    value["protocol"] = json!(scenario.sheet().id);
    value["budget"] = json!(budget.to_string());
    let found = run_of(&*search).map_err(BadInput)?;
    let story = match &found {
        Some(run) => Some(tell(&scenario, &run.actions, &run.finding)?),
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

fn summary<S: Space>(search: &dyn Search<S>, seconds: f64, arguments: &ExploreArguments) -> Value {
    let counts: Counts = search.counts();
    let pruned = counts.pruned;
    let mut value = json!({
        "what": arguments.what,
        "search": arguments.search,
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

/// The scenario named, with what the command line changes.
fn scenario_of(arguments: &ExploreArguments) -> Result<Scenario, BadInput> {
    let mut scenario = match protocols::find(&arguments.what) {
        Some((place, _)) => Scenario::new(place),
        None if arguments.what == "-" || Path::new(&arguments.what).exists() => {
            input::scenario(Path::new(&arguments.what))?
        }
        None => {
            let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.sheet().id).collect();
            return Err(BadInput(format!(
                "expected a scenario's file, spec_two_phase_commit, spec_paxos or a protocol ({}), \
                 found “{}”",
                names.join(", "),
                arguments.what
            )));
        }
    };
    let sheet = scenario.sheet();
    let config = &mut scenario.config;
    config.nodes = arguments.nodes.unwrap_or(config.nodes);
    config.clients = arguments.clients.unwrap_or(config.clients);
    for name in &arguments.without {
        let rule = sheet.rule(name).ok_or_else(|| {
            let names: Vec<&str> = sheet.rules.iter().map(|rule| rule.id).collect();
            format!("there is no rule “{name}”; expected one of: {}", names.join(", "))
        })?;
        config.rules.remove(rule);
    }
    for pair in &arguments.set {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = sheet.setting(name).ok_or_else(|| {
            let names: Vec<&str> = sheet.settings.iter().map(|setting| setting.id).collect();
            format!("there is no setting “{name}”; expected one of: {}", names.join(", "))
        })?;
        let setting = &sheet.settings[usize::from(place)];
        config.settings[usize::from(place)] = setting
            .parse(value)
            .map_err(|expected| format!("--set {name}: expected {expected}"))?;
    }
    // The text's own rules on what fits together hold for the command line too.
    let scenario = searchable(&scenario);
    text::parse(&text::print(&scenario)).map_err(|error| BadInput(error.message.clone()))?;
    Ok(scenario)
}

/// The options that the page knows, too, as it would write them.
fn request_of(arguments: &ExploreArguments, scenario: &Scenario) -> Result<Request, BadInput> {
    let mut request = Request::usual(scenario);
    request.limits = arguments.limits();
    let mut set = |option: &str, value: &str| {
        let done = request.set(scenario, option, value);
        done.map_err(|error| BadInput(format!("--{error}")))
    };
    if let Some(budget) = &arguments.budget {
        set("budget", budget)?;
    }
    if arguments.ask_leaders {
        set("ask-leaders", "")?;
    }
    if arguments.timely {
        set("timely", "")?;
    }
    if let Some(wait) = &arguments.wait {
        set("wait", &wait.to_string())?;
    }
    for (option, values) in [
        ("silent", &arguments.silent),
        ("offer", &arguments.offer),
        ("no", &arguments.no),
        ("reduce", &arguments.reduce),
        ("goal", &arguments.goal),
        ("property", &arguments.property),
    ] {
        for value in values {
            set(option, value)?;
        }
    }
    Ok(request)
}
