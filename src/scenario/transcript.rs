//! A run in words: each action with what it did, each note, each expectation. What the command line
//! prints, what golden tests compare, and the same natively and in WebAssembly.

use super::run::{self, Driver, StepError};
use super::{Language, Scenario, Step, expect, text};
use crate::action::Action;
use crate::ids::NodeId;
use crate::protocols::REGISTRY;
use crate::sorted::SortedMap;
use crate::world::Refusal;
use crate::world::World;

/// What became of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The run in words.
    pub lines: Vec<String>,
    /// The expectations that failed, the steps that were impossible, and the invariants that were
    /// violated without the scenario saying so. Empty means that all is as it should be.
    pub failures: Vec<String>,
    /// How many expectations there were.
    pub expectations: usize,
    /// How many actions were applied.
    pub actions: u64,
    /// The fingerprint at the end.
    pub fingerprint: u64,
}

/// Writes the run as it goes.
struct Writer {
    sim: World,
    lines: Vec<String>,
    /// Each node in a line, as it was last printed.
    summaries: Vec<String>,
    /// How many invariants had been false.
    violations: usize,
}

impl Writer {
    fn new(sim: World) -> Self {
        let summaries = (0..sim.config().nodes).map(|node| sim.summary(NodeId(node))).collect();
        Writer { sim, lines: Vec::new(), summaries, violations: 0 }
    }

    fn node_changes(&mut self) {
        let sim = &self.sim;
        let Some(node) = sim.last().touched else { return };
        let summary = sim.summary(node);
        if self.summaries[node.index()] != summary {
            self.lines.push(format!("{:17}{summary}", ""));
            self.summaries[node.index()] = summary;
        }
    }

    fn effects(&mut self) {
        let sim = &self.sim;
        let (last, sheet) = (sim.last(), sim.sheet());
        // One line for messages that differ only in their receiver.
        let mut sent: Vec<(String, Vec<String>)> = Vec::new();
        for id in &last.sent {
            let (Some(info), Some(label)) = (sim.message(*id), sim.message_label(*id)) else {
                continue;
            };
            match sent.iter_mut().find(|(short, _)| *short == label.short) {
                Some((_, receivers)) => receivers.push(info.to.to_string()),
                None => sent.push((label.short, vec![info.to.to_string()])),
            }
        }
        for (short, receivers) in sent {
            self.lines.push(format!("{:17}sends {short} to {}", "", receivers.join(" ")));
        }
        let names = |set: crate::ids::RuleSet| -> Vec<&str> {
            set.iter().map(|rule| sheet.rules[usize::from(rule.0)].id).collect()
        };
        if last.applied.0 != 0 {
            self.lines.push(format!("{:17}by {}", "", names(last.applied).join(", ")));
        }
        if last.missed.0 != 0 {
            self.lines.push(format!("{:17}missing {}", "", names(last.missed).join(", ")));
        }
        for violation in &sim.violations()[self.violations..] {
            let id = sheet.invariants[usize::from(violation.invariant)].id;
            self.lines.push(format!("{:17}VIOLATED {id}: {}", "", violation.why));
        }
        self.violations = sim.violations().len();
    }
}

impl Driver for Writer {
    fn world(&self) -> &World {
        &self.sim
    }

    fn apply(&mut self, action: &Action) -> Result<(), Refusal> {
        let text = self.sim.describe(&action.kind);
        self.sim.apply(action)?;
        let (step, now_ms) = (self.sim.step(), self.sim.now_ms());
        self.lines.push(format!("{step:>5} {now_ms:>6} ms  {text}"));
        self.node_changes();
        self.effects();
        Ok(())
    }
}

/// Runs a scenario and reports on it.
pub fn report(scenario: &Scenario) -> Report {
    let mut report = Report::default();
    let entry = REGISTRY[usize::from(scenario.protocol)];
    let sim = match entry.world(scenario.config.clone()) {
        Ok(sim) => sim,
        Err(error) => {
            report.failures.push(error.to_string());
            return report;
        }
    };
    let sheet = scenario.sheet();
    let mut writer = Writer::new(sim);
    writer.lines.push(format!("# {} · {}", sheet.title, scenario.name()));
    let mut impossible: Option<(&Step, StepError)> = None;
    for step in &scenario.steps {
        match step {
            Step::Note(Language::En, words) => writer.lines.push(format!("\n-- {words}")),
            Step::Note(..) => {}
            Step::Expect(expectation) => {
                report.expectations += 1;
                let words = text::print_step(sheet, step);
                match expect::check(&writer.sim, expectation) {
                    Ok(()) => writer.lines.push(format!("{:17}{words}: yes", "")),
                    Err(found) => {
                        writer.lines.push(format!("{:17}{words}: NO, {found}", ""));
                        let (number, now_ms) = (writer.sim.step(), writer.sim.now_ms());
                        report.failures.push(format!(
                            "{words}: {found} (after action {number}, at {now_ms} ms)"
                        ));
                    }
                }
            }
            step => {
                if let Err(error) = run::step(&mut writer, scenario.pace, step) {
                    impossible = Some((step, error));
                    break;
                }
            }
        }
    }
    let Writer { sim, mut lines, .. } = writer;
    if let Some((step, error)) = impossible {
        let words = text::print_step(sheet, step);
        let failure = format!("{words}: {error} (after action {})", sim.step());
        lines.push(format!("{:17}IMPOSSIBLE {failure}", ""));
        report.failures.push(failure);
    }
    report.failures.extend(unexpected_violations(scenario, &sim));
    report.actions = sim.step();
    report.fingerprint = sim.fingerprint();
    lines.push(format!(
        "\n= {} actions, {} ms, fingerprint {:016x}",
        sim.step(),
        sim.now_ms(),
        sim.fingerprint()
    ));
    report.lines = lines;
    report
}

/// An invariant that is false at the end must be expected to be; silence means that all hold.
fn unexpected_violations(scenario: &Scenario, sim: &World) -> Vec<String> {
    let mut expected: SortedMap<u8, bool> = SortedMap::new();
    for step in &scenario.steps {
        if let Step::Expect(super::Expectation::Invariant(place, violated)) = step {
            expected.insert(*place, *violated);
        }
    }
    sim.violations()
        .iter()
        .filter(|violation| expected.get(&violation.invariant) != Some(&true))
        .map(|violation| {
            let id = sim.sheet().invariants[usize::from(violation.invariant)].id;
            format!("violated {id} at action {}: {}", violation.step, violation.why)
        })
        .collect()
}

/// Plays a scenario's steps and then on by time until `actions` actions have been applied; for
/// measuring. Returns the fingerprint.
///
/// # Errors
/// Why the scenario cannot be played.
pub fn play(scenario: &Scenario, actions: u32) -> Result<u64, String> {
    let entry = REGISTRY[usize::from(scenario.protocol)];
    let mut sim = entry.world(scenario.config.clone()).map_err(|error| error.to_string())?;
    for step in &scenario.steps {
        run::step(&mut sim, scenario.pace, step).map_err(|error| error.to_string())?;
    }
    while sim.step() < u64::from(actions) {
        let Some(next) = sim.next_action(scenario.pace.schedule()) else { break };
        sim.apply(&next).map_err(|error| error.to_string())?;
    }
    Ok(sim.fingerprint())
}
