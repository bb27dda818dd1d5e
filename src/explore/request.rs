//! What a person asks of an exploration, in words: the command line's options and the page's fields are
//! the same lines, read by the same code.
//!
//! One option a line, its value behind it: `budget timers=3,crashes=1`, `offer put x 1`,
//! `silent election`, `ask-leaders`, `timely`, `wait 1000`, `goal leaders 2`, `property linearizable`,
//! `no equal`, `reduce sleep`, `search deepening`, `seed 7`, `depth 20`, `states 100000`. What is not said
//! is as [`Plan::usual`], [`Way`] and [`Limits`] have it.

use super::breadth::Limits;
use super::plan::{Goal, OFFERS_MAX, Plan, Reductions};
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
    if plan.offers.len() == OFFERS_MAX {
        return Err(format!("expected at most {OFFERS_MAX} operations"));
    }
    plan.offers.push(operation);
    Ok(())
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
    // All that an expectation can name: the protocol's words, nodes and clients.
    let (id, config) = (scenario.sheet().id, &scenario.config);
    let (nodes, clients) = (config.nodes, config.clients);
    let source = format!("protocol {id}\nnodes {nodes}\nclients {clients}\nexpect {goal}\n");
    let parsed = text::parse(&source).map_err(|error| error.message)?;
    match parsed.steps.into_iter().next() {
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
            ("property pretty", "property: expected a property (invariants, answered, linear"),
            ("speed 9", "expected an option (budget, "),
        ] {
            let error = Request::parse(&raft(), line).unwrap_err();
            assert!(error.starts_with(words), "{line}: {error}");
        }
        let many = "offer get x\n".repeat(OFFERS_MAX + 1);
        assert!(Request::parse(&raft(), &many).unwrap_err().starts_with("offer: expected at most"));
    }
}
