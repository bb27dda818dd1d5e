//! From "there is no order" to the few operations that show it.
//!
//! Method: leave operations out for as long as the rest still cannot be ordered (delta debugging,
//! Zeller 2002): whole keys, then all that one value is about, then single operations. A write may
//! only go when nothing is left that may have found it, since otherwise the rest would fail for
//! another reason than the whole. Where the model respects real time the history is first cut after
//! the first return at which it fails. All of it within a bound of steps; where that is reached,
//! what is left is still a violation.

use super::compile::{Op, compile};
use super::judge::Judge;
use super::machine::{Act, KeyAct, Whole};
use super::model::{Model, Object};
use super::record::{Answer, History};
use super::verdict::{Limits, Violation};
use super::words;
use crate::sorting;

/// Steps for one attempt to leave something out, and for all of them.
const TRIAL_STEPS: u64 = 500_000;
const ALL_STEPS: u64 = 5_000_000;

/// Makes a violation smaller, in slices.
pub(super) struct Explainer {
    object: Object,
    model: Model,
    limits: Limits,
    violation: Violation,
    /// The records that are left.
    kept: Vec<u32>,
    /// What the records do, to see what depends on what; by record.
    ops: Vec<Option<Op>>,
    /// The last event that is left, and the returns between which it is sought.
    cut: u64,
    returns: Vec<u64>,
    /// Of `returns`: it is not violated up to the first, and is up to the second.
    bounds: (usize, usize),
    phase: u8,
    units: Vec<Vec<u32>>,
    size: usize,
    at: usize,
    trial: Option<Trial>,
    trials: u64,
    used: u64,
}

struct Trial {
    judge: Judge,
    left: u64,
    kept: Vec<u32>,
    cut: u64,
}

impl Explainer {
    pub fn new(
        history: &History,
        object: Object,
        model: Model,
        limits: Limits,
        violation: Violation,
        failed: Vec<u32>,
    ) -> Self {
        let mut ops = vec![None; history.records.len()];
        if let Ok(compiled) = compile(history, object) {
            for op in compiled.ops {
                let record = op.record as usize;
                ops[record] = Some(op);
            }
        }
        let mut returns = Vec::new();
        if matches!(model, Model::Linearizable | Model::StrictSerializable) {
            let all = failed.iter().filter_map(|place| history.records[*place as usize].returned);
            returns.extend(all);
            returns.sort_unstable();
        }
        let bounds = (0, returns.len());
        Explainer {
            object,
            model,
            limits,
            violation,
            kept: failed,
            ops,
            cut: u64::MAX,
            returns,
            bounds,
            phase: 0,
            units: Vec::new(),
            size: 0,
            at: 0,
            trial: None,
            trials: 0,
            used: 0,
        }
    }

    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// Goes on; the explained violation when it is as small as it gets.
    pub fn advance(&mut self, history: &History, steps: &mut u64) -> Option<Violation> {
        while *steps > 0 {
            let Some(mut trial) = self.trial.take() else {
                match self.propose(history) {
                    Some((kept, cut)) if self.used < ALL_STEPS => {
                        let part = part_of(history, &kept, cut);
                        let judge = Judge::new(part, self.object, self.model, self.limits);
                        self.used += kept.len() as u64;
                        *steps = steps.saturating_sub(kept.len() as u64);
                        self.trials += 1;
                        self.trial = Some(Trial { judge, left: TRIAL_STEPS, kept, cut });
                        continue;
                    }
                    _ => return Some(self.finish(history)),
                }
            };
            let mut given = trial.left.min(*steps);
            let before = given;
            let found = trial.judge.bare(&mut given);
            let spent = before - given;
            trial.left -= spent;
            self.used += spent;
            *steps -= spent;
            match found {
                Some(verdict) => self.learn(trial, verdict.holds() == Some(false)),
                None if trial.left == 0 => self.learn(trial, false),
                None => self.trial = Some(trial),
            }
        }
        None
    }

    /// What to try next: the records to keep and the last event.
    fn propose(&mut self, history: &History) -> Option<(Vec<u32>, u64)> {
        if self.bounds.0 + 1 < self.bounds.1 {
            let middle = (self.bounds.0 + self.bounds.1) / 2;
            let cut = self.returns[middle - 1];
            let is_called = |place: &u32| history.records[*place as usize].call < cut;
            let kept = self.kept.iter().copied().filter(is_called).collect();
            return Some((kept, cut));
        }
        loop {
            while self.at < self.units.len() {
                let end = (self.at + self.size).min(self.units.len());
                let mut gone = self.units[self.at..end].concat();
                sorting::numbers(&mut gone);
                let is_gone = |place: &u32| gone.binary_search(place).is_ok();
                let kept: Vec<u32> =
                    self.kept.iter().copied().filter(|place| !is_gone(place)).collect();
                if kept.len() < self.kept.len() && !kept.is_empty() && self.is_sound(&kept) {
                    return Some((kept, self.cut));
                }
                self.at += self.size;
            }
            self.at = 0;
            self.size /= 2;
            if self.size == 0 {
                self.phase += 1;
                self.units = match self.phase {
                    1 => self.groups(|step| (step.key, 0)),
                    2 => self.groups(|step| (step.key, number(step.act))),
                    3 | 4 => self.kept.iter().rev().map(|place| vec![*place]).collect(),
                    _ => return None,
                };
                self.size = self.units.len().div_ceil(2).max(1);
            }
        }
    }

    fn learn(&mut self, trial: Trial, is_violated: bool) {
        if self.bounds.0 + 1 < self.bounds.1 {
            let middle = (self.bounds.0 + self.bounds.1) / 2;
            if is_violated {
                self.bounds.1 = middle;
                self.kept = trial.kept;
                self.cut = trial.cut;
            } else {
                self.bounds.0 = middle;
            }
            return;
        }
        if is_violated {
            let end = (self.at + self.size).min(self.units.len());
            self.units.drain(self.at..end);
            self.kept = trial.kept;
        } else {
            self.at += self.size;
        }
    }

    /// The kept records by something that their first steps have in common.
    fn groups(&self, of: impl Fn(&KeyAct) -> (u32, u32)) -> Vec<Vec<u32>> {
        let mut groups = std::collections::BTreeMap::<_, Vec<u32>>::new();
        for place in &self.kept {
            if let Some(step) = self.ops[*place as usize].as_ref().and_then(|op| op.steps.first()) {
                groups.entry(of(step)).or_default().push(*place);
            }
        }
        groups.into_values().collect()
    }

    /// Whether everything that is left out is of no consequence to what the rest found.
    fn is_sound(&self, kept: &[u32]) -> bool {
        let mut kept = kept.to_vec();
        sorting::numbers(&mut kept);
        let is_kept = |place: &u32| kept.binary_search(place).is_ok();
        let op = |place: &u32| self.ops[*place as usize].as_ref();
        let gone: Vec<&Op> =
            self.kept.iter().filter(|place| !is_kept(place)).filter_map(op).collect();
        let mutators: Vec<&&Op> = gone.iter().filter(|op| op.mutates()).collect();
        if mutators.is_empty() {
            return true;
        }
        kept.iter().filter_map(op).all(|left| !mutators.iter().any(|gone| depends(left, gone)))
    }

    /// What is known so far.
    pub fn finish(&mut self, history: &History) -> Violation {
        let mut violation = std::mem::take(&mut self.violation);
        let mut culprits = self.kept.clone();
        sorting::by_number(&mut culprits, |place| history.records[*place as usize].call);
        let last = culprits.iter().filter_map(|place| history.records[*place as usize].returned);
        violation.at = last.filter(|returned| *returned <= self.cut).max().unwrap_or_default();
        let part = part_of(history, &culprits, self.cut);
        let all: Vec<u32> = (0..culprits.len() as u32).collect();
        let viewer = violation.longest.viewer;
        violation.explanation = words::sentence(&part, self.model, &all, viewer);
        violation.culprits = culprits;
        violation
    }
}

/// Some records of a history, as far as an event.
fn part_of(history: &History, kept: &[u32], cut: u64) -> History {
    let records = kept.iter().map(|place| {
        let mut record = history.records[*place as usize].clone();
        if record.returned.is_some_and(|returned| returned > cut) {
            record.returned = None;
            record.answer = Answer::Unknown;
        }
        record
    });
    History { records: records.collect(), ..history.clone_frame() }
}

/// The value or item that an act is about.
fn number(act: Act) -> u32 {
    match act {
        Act::Read(number) | Act::Write(number) | Act::Swap(number, _) | Act::Differ(number) => {
            number
        }
        Act::MaySwap(_, number) | Act::AppendText(number) | Act::Add(number) => number,
        Act::Remove(number) | Act::Has(number) | Act::Lacks(number) | Act::Push(number) => number,
        Act::Pop(number) => number,
        _ => 0,
    }
}

/// Whether what an operation found, or left for others, may depend on one that changes the state.
fn depends(left: &Op, gone: &Op) -> bool {
    let simple = left.whole == Whole::Done && gone.whole == Whole::Done;
    left.steps.iter().any(|step| {
        let mut all = gone.steps.iter().filter(|other| other.act.mutates());
        all.any(|other| other.key == step.key && (!simple || steps_depend(step.act, other.act)))
    })
}

fn steps_depend(left: Act, gone: Act) -> bool {
    match (left, gone) {
        (Act::Read(found) | Act::Swap(found, _), Act::Write(value)) => found == value,
        (Act::Read(found) | Act::Swap(found, _), Act::Swap(_, value) | Act::MaySwap(_, value)) => {
            found == value
        }
        (Act::Write(_) | Act::MaySwap(..) | Act::AppendText(_), _) => false,
        // What is added and taken away again belongs together.
        (
            Act::Has(item) | Act::Lacks(item) | Act::Add(item) | Act::Remove(item),
            Act::Add(other) | Act::Remove(other),
        ) => item == other,
        (Act::Pop(item) | Act::Push(item), Act::Push(other) | Act::Pop(other)) => item == other,
        _ => true,
    }
}
