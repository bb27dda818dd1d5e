//! What `explore` is asked: its arguments, and the scenario and the request that they make.

use std::path::Path;

use clap::Args;
use consensus_playground::explore::{self, Hunt, Limits, Request, Strategy, Way, searchable};
use consensus_playground::protocol::Sheet;
use consensus_playground::protocols::{self, REGISTRY};
use consensus_playground::scenario::{Scenario, text};

use super::{BadInput, input};

/// More would not be faster anywhere.
const THREADS_MAX: i64 = 256;

/// How `explore` ends, below its options.
pub(super) const ENDS: &str = "It ends with 0 if all was seen and nothing found, 1 if something was found, \
    2 for bad input, and 3 if a limit was reached or Ctrl-C pressed before.";

/// What `explore` is asked.
#[derive(Args)]
pub(super) struct ExploreArguments {
    /// A scenario's file, a protocol, spec_two_phase_commit or spec_paxos.
    pub what: String,
    /// How many nodes; of a specification, resource managers or acceptors.
    #[arg(long)]
    pub nodes: Option<u16>,
    /// How many clients.
    #[arg(long)]
    clients: Option<u8>,
    /// Of spec_paxos: how many ballots; 2 when nothing is said.
    #[arg(long)]
    pub ballots: Option<u32>,
    /// Of spec_paxos: how many values; 2 when nothing is said.
    #[arg(long)]
    pub values: Option<u32>,
    /// Rules to switch off.
    #[arg(long, value_name = "RULE")]
    without: Vec<String>,
    /// Of a protocol: search for the run that is known to break without this rule, from the empty scenario
    /// and by the request that finds it.
    #[arg(long, value_name = "RULE", conflicts_with_all = [
        "nodes", "clients", "without", "set", "budget", "offer", "silent", "ask_leaders", "timely", "wait",
        "goal", "property", "search", "seed",
    ])]
    pub hunt: Option<String>,
    /// Settings, such as reads=lease.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
    /// How many surprises of each kind, such as timers=3,crashes=1.
    #[arg(long)]
    budget: Option<String>,
    /// What may happen once: an operation that some client calls, such as "put x 1", in place of the
    /// usual ones; or an action as a scenario writes it, such as "command n1 add-server n4", "crash n1
    /// n2" or "timeout n1 election", and of its kind nothing else then.
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
    /// (once everything has healed every client gets an answer), answered-unrepaired (the same while
    /// what is down stays down), converged (once everything has healed all nodes come to hold the same),
    /// or a consistency model of what clients saw, such as linearizable.
    #[arg(long)]
    property: Vec<String>,
    /// In which order states are looked at: breadth (the shortest run first), depth, deepening, random,
    /// swarm or guided.
    #[arg(long)]
    search: Option<String>,
    /// What random walks and swarms are drawn from; 1 when nothing is said.
    #[arg(long)]
    seed: Option<u32>,
    /// On how many threads a breadth-first search expands states; it finds and counts the same on any.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=THREADS_MAX))]
    pub threads: u16,
    /// A reduction to switch off: dead, idle, equal, clients, prompt, symmetry, values or sleep.
    #[arg(long, value_name = "REDUCTION")]
    no: Vec<String>,
    /// A reduction to switch on: sleep, which leaves fewer steps to be looked at and makes no search faster.
    #[arg(long, value_name = "REDUCTION")]
    reduce: Vec<String>,
    /// The most actions of a run; any number when nothing is said.
    #[arg(long)]
    depth: Option<u32>,
    /// The most distinct states; of random walks and swarms, the most that are walked through.
    #[arg(long, default_value_t = 10_000_000, overrides_with = "states",
        value_parser = clap::value_parser!(u64).range(1..))]
    states: u64,
    /// Tell the most memory that was used in JSON, too.
    #[arg(long)]
    pub memory: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

impl ExploreArguments {
    /// Where the search ends although there is more.
    pub fn limits(&self) -> Limits {
        Limits { states: self.states, depth: self.depth.unwrap_or(u32::MAX) }
    }

    /// Refuses what a model knows nothing of: of a specification all but its size and where the search ends,
    /// of a protocol the sizes of a specification.
    ///
    /// # Errors
    /// Which option.
    pub fn fits(&self, is_model: bool, has_ballots: bool) -> Result<(), BadInput> {
        let of_paxos = [("ballots", self.ballots.is_some()), ("values", self.values.is_some())];
        let of_worlds = [
            ("hunt", self.hunt.is_some()),
            ("clients", self.clients.is_some()),
            ("without", !self.without.is_empty()),
            ("set", !self.set.is_empty()),
            ("budget", self.budget.is_some()),
            ("offer", !self.offer.is_empty()),
            ("silent", !self.silent.is_empty()),
            ("ask-leaders", self.ask_leaders),
            ("timely", self.timely),
            ("wait", self.wait.is_some()),
            ("goal", !self.goal.is_empty()),
            ("property", !self.property.is_empty()),
            ("no", !self.no.is_empty()),
            ("reduce", !self.reduce.is_empty()),
        ];
        let wrong =
            |options: &[(&'static str, bool)]| options.iter().find(|(_, given)| *given).copied();
        if let Some((option, _)) = wrong(&of_paxos).filter(|_| !has_ballots) {
            return Err(BadInput(format!(
                "--{option}: expected spec_paxos, found “{}”",
                self.what
            )));
        }
        if let Some((option, _)) = wrong(&of_worlds).filter(|_| is_model) {
            let what = &self.what;
            return Err(BadInput(format!(
                "--{option}: expected a protocol or a scenario, found “{what}”"
            )));
        }
        Ok(())
    }

    /// What is said to be looked for, as options have it.
    pub fn looks_for(&self) -> Vec<String> {
        let goals = self.goal.iter().map(|goal| format!("goal {goal}"));
        let properties = self.property.iter().map(|property| format!("property {property}"));
        goals.chain(properties).collect()
    }

    /// What is said of the order of the search; the rest stays.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn way(&self, mut way: Way) -> Result<Way, BadInput> {
        if let Some(found) = &self.search {
            let Some(strategy) = Strategy::of_word(found) else {
                let words = Strategy::WORDS.map(|(_, word)| word).join(", ");
                return Err(BadInput(format!("--search: expected {words}, found “{found}”")));
            };
            way.strategy = strategy;
        }
        if self.seed.is_some() && !matches!(way.strategy, Strategy::Random | Strategy::Swarm) {
            let word = way.strategy.word();
            return Err(BadInput(format!("--seed: a {word} search draws nothing")));
        }
        way.seed = self.seed.map_or(way.seed, u64::from);
        if self.threads != 1 && way.strategy != Strategy::Breadth {
            let word = way.strategy.word();
            return Err(BadInput(format!("--threads: a {word} search runs on one thread")));
        }
        Ok(way)
    }
}

/// What a search of worlds is asked.
pub(super) struct Asked {
    /// From whose end it begins.
    pub scenario: Scenario,
    /// What may happen, what is looked for, and how.
    pub request: Request,
    /// What is known of the rule that `--hunt` names.
    pub hunt: Option<Hunt<'static>>,
}

/// What the arguments ask of a search of worlds.
///
/// # Errors
/// Which argument is wrong, what was expected and what was found.
pub(super) fn asked(arguments: &ExploreArguments) -> Result<Asked, BadInput> {
    let hunt = hunt_of(arguments)?;
    let (scenario, lines) = match &hunt {
        Some(hunt) => {
            let scenario = text::parse(&hunt.text).map_err(|error| BadInput(error.to_string()))?;
            (searchable(&scenario), hunt.request())
        }
        None => (scenario_of(arguments)?, String::new()),
    };
    let mut request = request_of(arguments, &scenario, &lines)?;
    request.way = arguments.way(request.way)?;
    Ok(Asked { scenario, request, hunt })
}

/// What is known of the rule that `--hunt` names.
fn hunt_of(arguments: &ExploreArguments) -> Result<Option<Hunt<'static>>, BadInput> {
    let Some(rule) = &arguments.hunt else { return Ok(None) };
    let Some((_, entry)) = protocols::find(&arguments.what) else {
        let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.sheet().id).collect();
        let (names, what) = (names.join(", "), &arguments.what);
        return Err(BadInput(format!("--hunt: expected a protocol ({names}), found “{what}”")));
    };
    let found = explore::hunt(entry.id(), rule).map_err(BadInput)?;
    found.map(Some).ok_or_else(|| no_rule(entry.sheet(), rule))
}

fn no_rule(sheet: &Sheet, name: &str) -> BadInput {
    let names: Vec<&str> = sheet.rules.iter().map(|rule| rule.id).collect();
    BadInput(format!("there is no rule “{name}”; expected one of: {}", names.join(", ")))
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
        let rule = sheet.rule(name).ok_or_else(|| no_rule(sheet, name))?;
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
fn request_of(
    arguments: &ExploreArguments,
    scenario: &Scenario,
    known: &str,
) -> Result<Request, BadInput> {
    let mut request = Request::parse(scenario, known).map_err(BadInput)?;
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
