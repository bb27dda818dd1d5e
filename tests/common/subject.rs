//! A protocol under test, and what is asked of every protocol.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use consensus_playground::action::ActionKind;
use consensus_playground::ids::RuleId;
use consensus_playground::protocol::{Rule, Sheet};
use consensus_playground::protocols::{self, Entry};
use consensus_playground::scenario::{Scenario, Step, expect, presets, run, text, transcript};
use consensus_playground::sweep::{SweepRun, sweep_seed};
use consensus_playground::world::{Schedule, World};
use proptest::prelude::*;

use super::{aimed, check_dead, play};

/// A protocol by its id.
#[derive(Clone, Copy)]
pub struct Subject(pub &'static str);

impl Subject {
    /// Its place in the registry.
    pub fn place(self) -> u8 {
        protocols::find(self.0).unwrap().0
    }

    pub fn entry(self) -> Entry {
        protocols::find(self.0).unwrap().1
    }

    pub fn sheet(self) -> &'static Sheet {
        self.entry().sheet()
    }

    pub fn rule(self, id: &str) -> (RuleId, &'static Rule) {
        let place = self.sheet().rule(id).unwrap_or_else(|| panic!("there is no rule {id}"));
        (place, &self.sheet().rules[usize::from(place.0)])
    }

    /// The line that switches the rule at a place off; nothing for none.
    pub fn off(self, rule: Option<u8>) -> String {
        rule.map_or(String::new(), |place| {
            format!("\nwithout {}", self.sheet().rules[usize::from(place)].id)
        })
    }

    /// The scenario of a text without its first line.
    pub fn parse(self, body: &str) -> Scenario {
        let source = format!("protocol {}\n{body}", self.0);
        text::parse(&source).unwrap_or_else(|error| panic!("{error}\n{source}"))
    }

    /// The world after a scenario's steps; every expectation in it must be met.
    pub fn world(self, body: &str) -> World {
        let scenario = self.parse(body);
        let mut sim = self.entry().world(scenario.config.clone()).unwrap();
        carry_out(&mut sim, &scenario);
        sim
    }

    /// What the formulas say in a world, and whether they hold.
    pub fn formulas(self, body: &str) -> Vec<(String, bool)> {
        let formulas = self.world(body).formulas();
        formulas.into_iter().map(|formula| (formula.filled, formula.holds)).collect()
    }

    /// With every rule no seed breaks anything, and so many operations are answered in all.
    pub fn holds(self, seeds: RangeInclusive<u64>, least_answered: usize) {
        let mut answered = 0;
        for seed in seeds {
            let run = self.sweep(seed, &[]);
            let replay = format!("consensus-playground sweep {} --seeds {seed}", self.0);
            assert_eq!(run.failure, None, "replay with `{replay}`");
            answered += run.answered;
        }
        assert!(answered > least_answered, "{answered} operations answered");
    }

    pub fn sweep(self, seed: u64, without: &[RuleId]) -> SweepRun {
        sweep_seed(self.place(), seed, without).unwrap()
    }

    /// Without the rule some seed violates what the rule protects: the first that does.
    pub fn breaks(self, id: &str, seeds: RangeInclusive<u64>) -> SweepRun {
        let (place, rule) = self.rule(id);
        let mut others = BTreeSet::new();
        for seed in seeds {
            let run = self.sweep(seed, &[place]);
            let Some(invariant) = violated(&run) else { continue };
            if rule.protects.contains(&invariant) {
                return run;
            }
            others.insert(invariant.to_owned());
        }
        panic!("without {id} no seed violates {:?}, only {others:?}", rule.protects);
    }

    /// Without the rule at least so many seeds violate what the rule protects, and nothing else.
    pub fn breaks_often(self, id: &str, seeds: RangeInclusive<u64>, least: usize) {
        let (place, rule) = self.rule(id);
        let mut found = 0;
        for seed in seeds {
            let run = self.sweep(seed, &[place]);
            let Some(invariant) = violated(&run) else { continue };
            assert!(rule.protects.contains(&invariant), "without {id}: {:?}", run.failure);
            found += 1;
        }
        assert!(found >= least, "without {id} {found} seeds break");
    }

    /// A rule that protects progress alone: without it no seed violates anything. Returns how many
    /// runs end unanswered.
    pub fn breaks_no_invariant(self, id: &str, seeds: RangeInclusive<u64>) -> usize {
        let (place, rule) = self.rule(id);
        assert!(rule.protects.is_empty(), "{id} protects {:?}", rule.protects);
        let runs = seeds.map(|seed| (seed, self.sweep(seed, &[place])));
        runs.filter(|(seed, run)| {
            assert_eq!(violated(run), None, "without {id}, seed {seed}");
            run.failure.is_some()
        })
        .count()
    }

    /// The steps of shipped scenarios violate nothing where every rule is on.
    pub fn is_saved_by_its_rules(self, names: &[&str]) {
        for name in names {
            let complaints = with_all_rules(&format!("{}/{name}", self.0));
            assert!(!complaints.contains("violated"), "{name}: {complaints}");
        }
    }

    /// The names of its shipped scenarios.
    pub fn scenarios(self) -> Vec<&'static str> {
        let all = presets::all().into_iter();
        all.filter_map(|preset| preset.id.strip_prefix(self.0)?.strip_prefix('/')).collect()
    }

    /// Every rule protects invariants that exist, and is switched off in a shipped scenario.
    pub fn shows_every_rule(self) {
        for rule in self.sheet().rules {
            for invariant in rule.protects {
                assert!(self.sheet().invariant(invariant).is_some(), "{}: {invariant}", rule.id);
            }
            assert!(!self.without(rule.id).is_empty(), "no scenario is without {}", rule.id);
        }
    }

    /// The texts of its shipped scenarios that switch the rule off in their header.
    pub fn without(self, rule: &str) -> Vec<&'static str> {
        let texts = self
            .scenarios()
            .into_iter()
            .map(|name| presets::find(&format!("{}/{name}", self.0)).unwrap().text);
        let is_off = |text: &&str| {
            let lines = text.lines().filter_map(|line| line.strip_prefix("without "));
            lines.flat_map(str::split_whitespace).any(|word| word == rule)
        };
        texts.filter(is_off).collect()
    }

    /// Plays on from a scenario's end; at least so many dead messages are met, and all are dead.
    pub fn meets_dead_messages(self, body: &str, actions: usize, least: u32) -> World {
        let mut sim = self.world(body);
        let mut dead = 0;
        for _ in 0..actions {
            play(&mut sim, 1);
            check_dead(&sim, &mut dead).unwrap();
        }
        assert!(dead > least, "{dead} deliveries of dead messages were tried");
        sim
    }
}

/// The steps of a scenario; every expectation among them must be met.
pub fn carry_out(sim: &mut World, scenario: &Scenario) {
    for step in &scenario.steps {
        let words = text::print_step(scenario.sheet(), step);
        if let Step::Expect(expectation) = step {
            let met = expect::check(sim, expectation);
            met.unwrap_or_else(|found| panic!("{words}: {found}"));
        }
        let done = run::step(sim, scenario.pace, step);
        done.unwrap_or_else(|error| panic!("{words}: {error}"));
    }
}

/// Which invariant a failure is about.
pub fn violated(run: &SweepRun) -> Option<&str> {
    run.failure.as_deref()?.strip_prefix("violated ")?.split(':').next()
}

/// The complaints about a shipped scenario's run with all its rules on; its expectations left out.
pub fn with_all_rules(id: &str) -> String {
    let preset = presets::find(id).unwrap_or_else(|| panic!("there is no {id}"));
    let said = |line: &&str| !line.starts_with("expect") && !line.starts_with("without");
    let source: String = preset.text.lines().filter(said).map(|line| format!("{line}\n")).collect();
    transcript::report(&text::parse(&source).unwrap()).failures.join("\n")
}

/// An action of a random walk: half of the time what comes next, otherwise the one that was drawn.
pub fn chosen(sim: &World, how: u8, drawn: ActionKind) -> Option<ActionKind> {
    match how {
        0 | 1 => sim.next_action(Schedule::ByTime).map(|next| next.kind),
        2 | 3 => sim.next_action(Schedule::Random).map(|next| next.kind),
        _ => Some(aimed(sim, drawn)),
    }
}

/// Whether an action makes a node forget what it has promised: nothing is over after it.
pub fn forgets(kind: &ActionKind) -> bool {
    matches!(kind, ActionKind::LoseDisk(_))
}

/// Whether an action makes a node forget, or switches a rule in the middle of a run.
pub fn forgets_or_switches(kind: &ActionKind) -> bool {
    forgets(kind) || matches!(kind, ActionKind::SetRule { .. })
}

/// Tries an action, then delivers each dead message to a copy of the world.
pub fn attempt(sim: &mut World, kind: ActionKind, dead: &mut u32) -> Result<(), TestCaseError> {
    let _ = sim.apply(&kind.at(sim.now_ms()));
    check_dead(sim, dead)
}

/// A random walk that takes none of the actions that are `beyond` it, and looks at every state after
/// its dead messages were delivered to copies of it.
pub fn wander(
    sim: &mut World,
    drawn: Vec<(u8, ActionKind)>,
    beyond: fn(&ActionKind) -> bool,
    check: impl Fn(&World) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut dead = 0;
    for (how, kind) in drawn {
        let Some(kind) = chosen(sim, how, kind).filter(|kind| !beyond(kind)) else { continue };
        attempt(sim, kind, &mut dead)?;
        check(sim)?;
    }
    Ok(())
}

/// Nothing is violated.
pub fn check_holds(sim: &World, words: &str) -> Result<(), TestCaseError> {
    let why = sim.violations().first().map(|violation| violation.why.clone());
    prop_assert_eq!(why, None, "{}", words);
    Ok(())
}
