//! What a person asks of an exploration, in words: the command line's options and the page's fields are
//! the same lines, read by the same code.
//!
//! One option a line, its value behind it: `budget timers=3,crashes=1`, `offer put x 1`,
//! `offer command n1 add-server n4`, `silent election`, `ask-leaders`, `timely`, `wait 1000`,
//! `goal leaders 2`, `property linearizable`, `no equal`, `reduce sleep`, `search deepening`, `seed 7`,
//! `depth 20`, `states 100000`. What is not said is as [`Plan::usual`], [`Way`] and [`Limits`] have it.
//!
//! What is on offer happens once. It is either an operation, which some client may call, or an action as a
//! scenario writes it (`timeout n1 election`, `crash n1 n2`, `command n1 add-server n4`): of its kind of
//! surprise nothing happens then but what is on offer.

use super::breadth::Limits;
use super::plan::{Goal, OFFERS_MAX, Plan, Reductions, surprise_of};
use super::properties::Properties;
use super::search::{Strategy, Way};
use crate::budget::Budget;
use crate::consistency;
use crate::loaded::judge_is_ready;
use crate::operation::Operation;
use crate::scenario::{Expectation, Scenario, Step, text};

/// What may happen, what is looked for, and where the search ends.
#[derive(Clone, Debug)]
pub struct Request {
    /// What may happen and what is looked for.
    pub plan: Plan,
    /// In which order states are looked at.
    pub way: Way,
    /// Where the search ends although there is more.
    pub limits: Limits,
    offers_are_usual: bool,
    properties_are_usual: bool,
}

impl Request {
    /// What is explored when nothing is said.
    pub fn usual(scenario: &Scenario) -> Self {
        let mut plan = Plan::usual(scenario.sheet());
        plan.budget = scenario.budget.unwrap_or(plan.budget);
        Request {
            plan,
            way: Way::default(),
            limits: Limits::default(),
            offers_are_usual: true,
            properties_are_usual: true,
        }
    }

    /// Reads options, one a line.
    ///
    /// # Errors
    /// Which option, what was expected and what was found.
    pub fn parse(scenario: &Scenario, lines: &str) -> Result<Self, String> {
        let mut request = Request::usual(scenario);
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (option, value) = line.split_once(' ').unwrap_or((line, ""));
            request.set(scenario, option, value.trim())?;
        }
        Ok(request)
    }

    /// Sets one option. Offers, goals, properties, silent timers and reductions to do with and
    /// without add up.
    ///
    /// # Errors
    /// Which option, what was expected and what was found.
    pub fn set(&mut self, scenario: &Scenario, option: &str, value: &str) -> Result<(), String> {
        let plan = &mut self.plan;
        let done = match option {
            "budget" => Budget::parse(value)
                .map(|budget| plan.budget = budget)
                .map_err(|expected| format!("expected {expected}")),
            "offer" if begins_as_act(value) => add_acts(plan, scenario, value),
            "offer" => {
                if std::mem::take(&mut self.offers_are_usual) {
                    plan.offers.clear();
                }
                add_offer(plan, value)
            }
            "silent" => silence(plan, scenario, value),
            "ask-leaders" => {
                plan.asks_leaders = true;
                Ok(())
            }
            "timely" => {
                plan.is_timely = true;
                Ok(())
            }
            "wait" => number(value, "milliseconds").map(|wait_ms| plan.wait_ms = wait_ms),
            "goal" => goal_of(value, scenario).map(|goal| plan.goal.push(goal)),
            "property" => {
                if std::mem::take(&mut self.properties_are_usual) {
                    plan.properties = Properties::NONE;
                }
                add_property(&mut plan.properties, value)
            }
            "no" | "reduce" => match plan.reductions.switch(value) {
                Some(switch) => {
                    *switch = option == "reduce";
                    Ok(())
                }
                None => Err(unknown("a reduction", &Reductions::NAMES, value)),
            },
            "search" => match Strategy::of_word(value) {
                Some(strategy) => {
                    self.way.strategy = strategy;
                    Ok(())
                }
                None => Err(unknown("a strategy", &Strategy::WORDS.map(|(_, word)| word), value)),
            },
            "seed" => number(value, "a number").map(|seed| self.way.seed = seed.into()),
            "depth" => number(value, "a number").map(|depth| self.limits.depth = depth),
            "states" => number(value, "a number").map(|states| self.limits.states = states.into()),
            _ => return Err(unknown("an option", &OPTIONS, option)),
        };
        done.map_err(|expected| format!("{option}: {expected}"))
    }
}

/// The options.
const OPTIONS: [&str; 14] = [
    "budget",
    "offer",
    "silent",
    "ask-leaders",
    "timely",
    "wait",
    "goal",
    "property",
    "no",
    "reduce",
    "search",
    "seed",
    "depth",
    "states",
];

fn unknown(what: &str, known: &[&str], found: &str) -> String {
    format!("expected {what} ({}), found “{found}”", known.join(", "))
}

fn number(word: &str, what: &str) -> Result<u32, String> {
    word.parse().map_err(|_| format!("expected {what}, found “{word}”"))
}

fn add_offer(plan: &mut Plan, value: &str) -> Result<(), String> {
    let words: Vec<&str> = value.split_whitespace().collect();
    let operation = Operation::parse(&words)
        .map_err(|expected| format!("expected {expected}, found “{value}”"))?;
    plan.offers.push(operation);
    has_room(plan)
}

/// The words that an action on offer may begin with, as in a scenario.
const ACTS: [&str; 10] = [
    "timeout",
    "crash",
    "partition",
    "cut",
    "retry",
    "give-up",
    "command",
    "hold-disk",
    "lose-disk",
    "clock",
];

fn begins_as_act(value: &str) -> bool {
    ACTS.contains(&value.split_whitespace().next().unwrap_or_default())
}

/// Adds the actions of a scenario's line.
fn add_acts(plan: &mut Plan, scenario: &Scenario, line: &str) -> Result<(), String> {
    for step in steps_of(line, scenario)? {
        match step {
            Step::Act(kind) if surprise_of(&kind).is_some() => plan.acts.push(kind),
            _ => return Err(format!("expected what a budget can allow, found “{line}”")),
        }
    }
    has_room(plan)
}

/// Each offer is a bit of a state.
fn has_room(plan: &Plan) -> Result<(), String> {
    match plan.offers.len() + plan.acts.len() > OFFERS_MAX {
        true => Err(format!("expected at most {OFFERS_MAX} operations and actions")),
        false => Ok(()),
    }
}

/// What a line says in a scenario of the same protocol, nodes and clients: it may name all of them.
fn steps_of(line: &str, scenario: &Scenario) -> Result<Vec<Step>, String> {
    let (id, config) = (scenario.sheet().id, &scenario.config);
    let (nodes, clients) = (config.nodes, config.clients);
    let source = format!("protocol {id}\nnodes {nodes}\nclients {clients}\n{line}\n");
    text::parse(&source).map(|parsed| parsed.steps).map_err(|error| error.message)
}

fn silence(plan: &mut Plan, scenario: &Scenario, name: &str) -> Result<(), String> {
    let sheet = scenario.sheet();
    let timer = sheet.timer(name).ok_or_else(|| {
        let names: Vec<&str> = sheet.timers.iter().map(|timer| timer.name).collect();
        unknown("a timer", &names, name)
    })?;
    plan.silent_timers |= 1 << timer.0;
    Ok(())
}

fn add_property(properties: &mut Properties, word: &str) -> Result<(), String> {
    if !properties.add(word) {
        return Err(unknown("a property", &Properties::words().collect::<Vec<_>>(), word));
    }
    if !properties.has_models() {
        return Ok(());
    }
    judge_is_there()
}

/// Without the code that judges nothing could ever be judged, and what is looked for would never be seen.
fn judge_is_there() -> Result<(), String> {
    if !consistency::can_judge() {
        judge_is_ready()?;
    }
    Ok(())
}

/// Reads a goal: as a line of the scenario would be read, or a number of leaders or candidates.
///
/// # Errors
/// What was expected and what was found.
pub fn goal_of(goal: &str, scenario: &Scenario) -> Result<Goal, String> {
    let words: Vec<&str> = goal.split_whitespace().collect();
    let count =
        |word: &str| number(word, "a number").map(|count| count.min(u16::MAX.into()) as u16);
    match words[..] {
        ["leaders", number] => return count(number).map(Goal::Leaders),
        ["candidates", number] => return count(number).map(Goal::Candidates),
        _ => {}
    }
    match steps_of(&format!("expect {goal}"), scenario)?.into_iter().next() {
        // A state is what is so now, not how it came to be.
        Some(Step::Expect(Expectation::Rule(..))) => Err(format!(
            "expected what can be so in a state, found “{goal}”, which is about the last action"
        )),
        Some(Step::Expect(expectation)) => {
            if matches!(expectation, Expectation::History(..)) {
                judge_is_there()?;
            }
            Ok(Goal::Expect(expectation))
        }
        _ => Err(format!("expected what a scenario may expect, found “{goal}”")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Surprise;

    fn raft() -> Scenario {
        text::parse("protocol raft\nnodes 3\n").unwrap()
    }

    #[test]
    fn options_are_read_one_a_line() {
        let lines = "budget timers=3,crashes=1\noffer put x 1\n\n offer get x\nsilent heartbeat\n\
                     ask-leaders\nwait 500\ngoal leaders 2\ngoal leader n1\nno equal\ndepth 9\nstates 77\n\
                     reduce sleep\nsearch swarm\nseed 7\nproperty answered\nproperty linearizable\n";
        let Request { plan, way, limits, .. } = Request::parse(&raft(), lines).unwrap();
        assert_eq!(plan.budget.of(Surprise::Timer), 3);
        let offers: Vec<String> = plan.offers.iter().map(ToString::to_string).collect();
        assert_eq!(offers, ["put x 1", "get x"]);
        assert_eq!(plan.silent_timers, 1 << raft().sheet().timer("heartbeat").unwrap().0);
        assert!(plan.asks_leaders && !plan.reductions.equal && plan.reductions.dead);
        assert!(plan.reductions.sleep && !Request::usual(&raft()).plan.reductions.sleep);
        assert_eq!((plan.wait_ms, plan.goal.len()), (500, 2));
        assert_eq!(plan.goal[0], Goal::Leaders(2));
        assert_eq!(limits, Limits { states: 77, depth: 9 });
        assert_eq!(way, Way { strategy: Strategy::Swarm, seed: 7 });
        let Properties { invariants, answered, .. } = plan.properties;
        assert!(!invariants && answered && plan.properties.has_models());
    }

    #[test]
    fn actions_are_offered_as_a_scenario_writes_them() {
        let lines = "offer crash n1 n3\noffer timeout n2 election\noffer command n1 add-server n3\n\
                     offer cut n1 -> n2\n";
        let Request { plan, .. } = Request::parse(&raft(), lines).unwrap();
        assert_eq!(plan.acts.len(), 5);
        assert!(plan.is_narrowed(Surprise::Crash) && plan.is_narrowed(Surprise::Cut));
        assert!(!plan.is_narrowed(Surprise::Retry));
        assert_eq!(plan.offers, Request::usual(&raft()).plan.offers, "the usual ones stay");
    }

    #[test]
    fn an_error_says_which_option_and_what_was_expected() {
        for (line, words) in [
            ("budget wonders=1", "budget: expected a kind of surprise ("),
            ("offer dance", "offer: expected "),
            ("silent alarm", "silent: expected a timer (election"),
            ("wait long", "wait: expected milliseconds, found “long”"),
            ("goal leaders many", "goal: expected a number, found “many”"),
            ("goal luck", "goal: "),
            (
                "no luck",
                "no: expected a reduction (dead, idle, equal, clients, prompt, symmetry, values, sleep), \
                 found “luck”",
            ),
            ("depth -1", "depth: expected a number, found “-1”"),
            ("states", "states: expected a number, found “”"),
            ("search wide", "search: expected a strategy (breadth, depth, "),
            (
                "property pretty",
                "property: expected a property (invariants, answered, answered-unrepaired, converged, li",
            ),
            ("speed 9", "expected an option (budget, "),
        ] {
            let error = Request::parse(&raft(), line).unwrap_err();
            assert!(error.starts_with(words), "{line}: {error}");
        }
        for (line, words) in [
            ("offer crash n9", "offer: "),
            ("offer command n1 dance n2", "offer: expected transfer-leadership or "),
            ("offer clock n1 rate 500", "offer: expected what a budget can allow, found “clock n1"),
        ] {
            let error = Request::parse(&raft(), line).unwrap_err();
            assert!(error.starts_with(words), "{line}: {error}");
        }
        let many = "offer crash n1 n2\n".repeat(OFFERS_MAX / 2);
        assert!(Request::parse(&raft(), &many).unwrap_err().starts_with("offer: expected at most"));
        let many = "offer get x\n".repeat(OFFERS_MAX + 1);
        assert!(Request::parse(&raft(), &many).unwrap_err().starts_with("offer: expected at most"));
    }
}
