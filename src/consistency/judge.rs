//! From a history, a type of object and a model to a verdict, in slices.
//!
//! A check is made of parts: one for each key where the model is local (Herlihy and Wing 1990: a
//! history is linearizable exactly if that of each object is), one for each session where sessions
//! have views of their own, otherwise one. What is linearizable satisfies the weaker models of
//! orders, and is often quicker to see, so that is tried first for a while. Where a relation
//! depends on who wrote what was read and that is not known, every choice is tried.

use super::arbitration::Arbitrated;
use super::compile::{Compiled, compile};
use super::direct::Direct;
use super::explain::Explainer;
use super::machine::Act;
use super::model::{Model, Object};
use super::read_committed::{self, Committed};
use super::record::History;
use super::relation::{self, Source};
use super::search::{Found, Problem, Search};
use super::verdict::{Limits, Order, Verdict, Violation};
use super::views::{self, Choice};
use super::{arbitration, convergence, direct, items, snapshot, words};
use crate::sorting;

/// How a check stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It goes on: the parts that are done, of how many, and the orders tried in the present one.
    Running {
        /// Parts done.
        done: u32,
        /// Parts in all.
        parts: u32,
        /// Orders tried in the present part.
        tried: u64,
    },
    /// It is over.
    Done(Verdict),
}

/// One thing to be ordered.
enum Part {
    /// These operations, by real time.
    RealTime(Vec<u32>),
    /// All operations: with sessions, or free.
    Sessions,
    Free,
    Snapshots,
    /// The view of a session.
    View(u32),
}

/// A check that can be interrupted, shown and stopped.
pub struct Judge {
    history: History,
    object: Object,
    model: Model,
    limits: Limits,
    used: u64,
    stage: Stage,
}

/// Steps for the attempt to satisfy a model by a stronger one.
const STRONGER_STEPS: u64 = 200_000;

/// Steps to find a long order of what is known to have no whole one.
const LONGEST_STEPS: u64 = 20_000;

enum Stage {
    /// A stronger model, with the steps that are left for it.
    Stronger(Box<Check>, u64),
    Check(Box<Check>),
    Explain(Box<Explainer>),
    Done(Verdict),
}

struct Check {
    compiled: Compiled,
    object: Object,
    parts: Vec<Part>,
    sources: Vec<Source>,
    choice: Choice,
    at: usize,
    search: Option<Search>,
    orders: Vec<Order>,
}

/// Judges a history in one go.
pub fn judge(history: &History, object: Object, model: Model, limits: Limits) -> Verdict {
    let mut judge = Judge::new(history.clone(), object, model, limits);
    loop {
        if let Progress::Done(verdict) = judge.advance(u64::MAX) {
            return verdict;
        }
    }
}

impl Judge {
    /// Prepares a check.
    pub fn new(history: History, object: Object, model: Model, limits: Limits) -> Self {
        let stage = match stronger(&history, object, model) {
            Some(check) => Stage::Stronger(Box::new(check), STRONGER_STEPS.min(limits.steps / 4)),
            None => begin(&history, object, model),
        };
        Judge { history, object, model, limits, used: 0, stage }
    }

    /// Goes on for about `steps` steps.
    pub fn advance(&mut self, steps: u64) -> Progress {
        let mut left = steps.min(self.limits.steps.saturating_sub(self.used));
        let given = left;
        let next = match &mut self.stage {
            Stage::Done(verdict) => return Progress::Done(verdict.clone()),
            Stage::Stronger(check, rest) => {
                attempt(check, rest, &mut left, self.limits).map(|found| match found {
                    verdict @ Verdict::Holds(_) => Stage::Done(verdict),
                    _ => begin(&self.history, self.object, self.model),
                })
            }
            Stage::Check(check) => match check.advance(self.model, &mut left, self.limits) {
                None => None,
                Some(Verdict::Violated(violation)) => {
                    let failed = check.failed_records();
                    Some(Stage::Explain(Box::new(Explainer::new(
                        &self.history,
                        self.object,
                        self.model,
                        self.limits,
                        violation,
                        failed,
                    ))))
                }
                Some(verdict) => Some(Stage::Done(verdict)),
            },
            Stage::Explain(explainer) => explainer
                .advance(&self.history, &mut left)
                .map(|found| Stage::Done(Verdict::Violated(found))),
        };
        self.used += given - left;
        if let Some(next) = next {
            self.stage = next;
        } else if self.used >= self.limits.steps {
            self.stage = Stage::Done(match &mut self.stage {
                // What is known is not thrown away for want of a shorter explanation.
                Stage::Explain(explainer) => Verdict::Violated(explainer.finish(&self.history)),
                _ => Verdict::GaveUp("the limit of steps was reached"),
            });
        }
        self.progress()
    }

    /// Only whether the model holds, without an explanation; `None` while it is open.
    pub(super) fn bare(&mut self, steps: &mut u64) -> Option<Verdict> {
        if let Stage::Stronger(check, rest) = &mut self.stage {
            self.stage = match attempt(check, rest, steps, self.limits)? {
                verdict @ Verdict::Holds(_) => Stage::Done(verdict),
                _ => begin(&self.history, self.object, self.model),
            };
        }
        match &mut self.stage {
            Stage::Check(check) => check.advance(self.model, steps, self.limits),
            Stage::Done(verdict) => Some(verdict.clone()),
            Stage::Explain(_) | Stage::Stronger(..) => None,
        }
    }

    fn progress(&self) -> Progress {
        match &self.stage {
            Stage::Done(verdict) => Progress::Done(verdict.clone()),
            Stage::Check(check) | Stage::Stronger(check, _) => Progress::Running {
                done: check.at as u32,
                parts: check.parts.len() as u32,
                tried: check.search.as_ref().map_or(0, Search::tried),
            },
            Stage::Explain(explainer) => {
                Progress::Running { done: 1, parts: 1, tried: explainer.trials() }
            }
        }
    }
}

fn begin(history: &History, object: Object, model: Model) -> Stage {
    match prepare(history, object, model) {
        Ok(check) => Stage::Check(Box::new(check)),
        Err(verdict) => Stage::Done(verdict),
    }
}

/// The check of linearizability where it implies the model by an order that can be shown.
fn stronger(history: &History, object: Object, model: Model) -> Option<Check> {
    let of_orders = Model::Linearizable.implies(model) || model == Model::Serializable;
    let is_snapshots = model == Model::SnapshotIsolation && object == Object::Bank;
    let is_itself = matches!(model, Model::Linearizable | Model::StrictSerializable);
    // Agreement in the end is seen at once.
    let is_quick = matches!(model, Model::Eventual | Model::StrongEventual);
    if is_itself || is_quick || !(of_orders || is_snapshots) {
        return None;
    }
    prepare(history, object, Model::Linearizable).ok()
}

/// Goes on with a stronger model; its verdict, or that it takes too long.
fn attempt(check: &mut Check, rest: &mut u64, steps: &mut u64, limits: Limits) -> Option<Verdict> {
    let mut given = (*rest).min(*steps);
    let before = given;
    let found = check.advance(Model::Linearizable, &mut given, limits);
    let spent = before - given;
    *steps -= spent;
    *rest -= spent;
    match found {
        None if *rest == 0 => Some(Verdict::GaveUp("a stronger model took too long")),
        found => found,
    }
}

/// What is to be checked, or the verdict where that is clear at once.
fn prepare(history: &History, object: Object, model: Model) -> Result<Check, Verdict> {
    let mut compiled = compile(history, object).map_err(Verdict::NotApplicable)?;
    let Compiled { machine, ops, start, .. } = &mut compiled;
    relation::require_writers(ops, machine, start);
    let transactional = is_transactional(&compiled, object);
    const NO_TRANSACTIONS: Verdict =
        Verdict::NotApplicable("this model speaks of transactions, and the history has none");
    let mut sources = Vec::new();
    let parts = match model {
        Model::Linearizable | Model::StrictSerializable if transactional => {
            vec![Part::RealTime((0..compiled.ops.len() as u32).collect())]
        }
        Model::Linearizable | Model::StrictSerializable => local_parts(&compiled),
        Model::Sequential => vec![Part::Sessions],
        Model::Serializable => vec![Part::Free],
        Model::SnapshotIsolation | Model::ReadCommitted if !transactional => {
            return Err(NO_TRANSACTIONS);
        }
        Model::SnapshotIsolation => vec![Part::Snapshots],
        Model::ReadCommitted => {
            return Err(match read_committed::judge(&compiled) {
                Committed::Holds(records) => Verdict::Holds(vec![Order { viewer: None, records }]),
                Committed::Violated(culprits, why) => {
                    let explanation = format!("{why}.");
                    Verdict::Violated(Violation { culprits, explanation, ..Violation::default() })
                }
                Committed::Unclear(why) => Verdict::NotApplicable(why),
            });
        }
        Model::Eventual => return Err(converged(history, &compiled)),
        Model::StrongEventual => return Err(arbitrated(history, &compiled, object)),
        Model::Causal
        | Model::Pram
        | Model::ReadYourWrites
        | Model::MonotonicReads
        | Model::MonotonicWrites
        | Model::WritesFollowReads => {
            sources = views::sources(&compiled, model).map_err(Verdict::NotApplicable)?;
            views::viewers(&compiled).into_iter().map(Part::View).collect()
        }
    };
    let choice = vec![0; sources.len()];
    Ok(Check { compiled, object, parts, sources, choice, at: 0, search: None, orders: Vec::new() })
}

/// Whether an operation is one of a queue.
fn is_of_queue(op: &super::compile::Op) -> bool {
    let is_one = |act| matches!(act, Act::Push(_) | Act::Pop(_) | Act::PopNone | Act::PopAny);
    matches!(op.steps[..], [step] if is_one(step.act))
}

/// Whether operations may be about several keys.
fn is_transactional(compiled: &Compiled, object: Object) -> bool {
    let is_long = |op: &super::compile::Op| op.steps.len() > 1;
    object == Object::Bank || object == Object::Store && compiled.ops.iter().any(is_long)
}

/// Whether sessions agree in the end.
fn converged(history: &History, compiled: &Compiled) -> Verdict {
    match convergence::judge(compiled) {
        Verdict::Violated(mut violation) => {
            violation.explanation = words::convergence(history, &violation.culprits);
            Verdict::Violated(violation)
        }
        verdict => verdict,
    }
}

/// Whether one order of the updates explains every answer, and sessions agree in the end.
fn arbitrated(history: &History, compiled: &Compiled, object: Object) -> Verdict {
    if object == Object::Consensus {
        return Verdict::NotApplicable(
            "what was decided is no update that one may have seen or not",
        );
    }
    if !history.contents.is_empty() {
        return Verdict::NotApplicable(
            "this model orders updates, and who added what was there at the beginning is not known",
        );
    }
    if let violated @ Verdict::Violated(_) = converged(history, compiled) {
        return violated;
    }
    match arbitration::judge(compiled) {
        Arbitrated::Holds(records) => Verdict::Holds(vec![Order { viewer: None, records }]),
        Arbitrated::Violated(mut culprits) => {
            sorting::by_number(&mut culprits, |place| history.records[*place as usize].call);
            let ends =
                culprits.iter().filter_map(|place| history.records[*place as usize].returned);
            let at = ends.max().unwrap_or_default();
            let explanation = words::sentence(history, Model::StrongEventual, &culprits, None);
            Verdict::Violated(Violation { culprits, at, explanation, ..Violation::default() })
        }
        Arbitrated::GaveUp(why) => Verdict::GaveUp(why),
        Arbitrated::NotApplicable(why) => Verdict::NotApplicable(why),
    }
}

/// One part for each key, and of sets that are never read as a whole for each item.
fn local_parts(compiled: &Compiled) -> Vec<Part> {
    let key = |op: &super::compile::Op| op.steps.first().map_or(0, |step| step.key);
    let mut is_whole = vec![false; compiled.start.len()];
    for step in compiled.ops.iter().flat_map(|op| &op.steps) {
        let by_item =
            matches!(step.act, Act::Add(_) | Act::Remove(_) | Act::Has(_) | Act::Lacks(_));
        is_whole[step.key as usize] |= !by_item;
    }
    let mut parts: std::collections::BTreeMap<(u32, u32), Vec<u32>> = Default::default();
    for (place, op) in (0..).zip(&compiled.ops) {
        let key = key(op);
        let item = match op.steps.first().map(|step| step.act) {
            Some(Act::Add(item) | Act::Remove(item) | Act::Has(item) | Act::Lacks(item))
                if !is_whole[key as usize] =>
            {
                item
            }
            _ => 0,
        };
        parts.entry((key, item)).or_default().push(place);
    }
    parts.into_values().map(Part::RealTime).collect()
}

impl Check {
    /// Goes on; the verdict where there is one. That of a violation is not explained yet.
    fn advance(&mut self, model: Model, steps: &mut u64, limits: Limits) -> Option<Verdict> {
        loop {
            let Some(part) = self.parts.get(self.at) else {
                return Some(Verdict::Holds(self.witness()));
            };
            let viewer = match part {
                Part::View(process) => Some(self.compiled.processes[*process as usize]),
                _ => None,
            };
            if *steps == 0 {
                return None;
            }
            let mut is_impossible = false;
            let mut search = match self.search.take() {
                Some(search) => search,
                None => {
                    if let Part::RealTime(places) = part {
                        *steps = steps.saturating_sub(places.len() as u64);
                        match direct::order(&self.compiled, self.object, places) {
                            Direct::Order(records) => {
                                self.orders.push(Order { viewer, records });
                                self.at += 1;
                                continue;
                            }
                            Direct::Impossible => is_impossible = true,
                            Direct::General => {}
                        }
                    }
                    let (problem, contradicts) = self.problem(model);
                    is_impossible |= contradicts;
                    self.compiled.machine.keys = problem.start.len() as u32;
                    Search::new(problem, &mut self.compiled.machine)
                }
            };
            let machine = &mut self.compiled.machine;
            let found = if is_impossible {
                // Only to show how far one comes.
                let mut few = LONGEST_STEPS;
                let found = search.advance(machine, &mut few, limits.memory_bytes);
                *steps = steps.saturating_sub(LONGEST_STEPS - few);
                if found == Found::Order { found } else { Found::None }
            } else {
                search.advance(machine, steps, limits.memory_bytes)
            };
            match found {
                Found::Open => {
                    self.search = Some(search);
                    return None;
                }
                Found::Order => {
                    self.orders.push(Order { viewer, records: search.placed() });
                    self.at += 1;
                }
                Found::Memory => return Some(Verdict::GaveUp("the limit of memory was reached")),
                Found::None => {
                    if let Some(next) = views::next_choice(&self.sources, &self.choice) {
                        self.choice = next;
                        self.at = 0;
                        self.orders.clear();
                        *steps = steps.saturating_sub(1);
                        continue;
                    }
                    return Some(Verdict::Violated(Violation {
                        longest: Order { viewer, records: search.longest() },
                        tried: search.tried(),
                        ..Violation::default()
                    }));
                }
            }
        }
    }

    /// What is to be ordered, and whether it is known that it cannot be: an operation that must be
    /// there would have to come before itself.
    fn problem(&self, model: Model) -> (Problem, bool) {
        let Compiled { machine, ops, start, .. } = &self.compiled;
        let problem = match &self.parts[self.at] {
            Part::View(viewer) => {
                views::view(&self.compiled, model, *viewer, &self.sources, &self.choice)
            }
            Part::Snapshots => snapshot::problem(&self.compiled),
            Part::RealTime(places) => return (self.local(places), false),
            part => {
                let sessions = match part {
                    Part::Sessions => relation::sessions(ops),
                    _ => Vec::new(),
                };
                let before = relation::saturate(ops, machine, start, sessions);
                let (ops, start) = (ops.clone(), start.clone());
                Problem { ops, before, real_time: false, conflicts: Vec::new(), start }
            }
        };
        let mut circles = problem.before.iter().filter(|(first, second)| first == second);
        let contradicts = circles.any(|(op, _)| problem.ops[*op as usize].required);
        (problem, contradicts)
    }

    /// The operations of one key, as the only one; all operations where they share several.
    fn local(&self, places: &[u32]) -> Problem {
        let mut ops: Vec<_> =
            places.iter().map(|place| self.compiled.ops[*place as usize].clone()).collect();
        let mut start = self.compiled.start.clone();
        let mut steps = ops.iter().flat_map(|op| &op.steps);
        let key = steps.next().map_or(0, |step| step.key);
        if steps.all(|step| step.key == key) {
            start = vec![start[key as usize]];
            ops.iter_mut().flat_map(|op| &mut op.steps).for_each(|step| step.key = 0);
        }
        let before = match self.object {
            // They know how to begin with nothing.
            _ if start != [0] => Vec::new(),
            Object::Set | Object::Queue => items::pairs(&ops, &self.compiled.machine),
            Object::Store if ops.iter().all(is_of_queue) => {
                items::pairs(&ops, &self.compiled.machine)
            }
            _ => Vec::new(),
        };
        Problem { ops, before, real_time: true, conflicts: Vec::new(), start }
    }

    /// The records of the part that failed.
    fn failed_records(&self) -> Vec<u32> {
        let all = || (0..self.compiled.ops.len() as u32).collect();
        let places = match self.parts.get(self.at) {
            Some(Part::RealTime(places)) => places.clone(),
            _ => all(),
        };
        places.iter().map(|place| self.compiled.ops[*place as usize].record).collect()
    }

    /// The orders that were found. Those of single keys become one: each operation takes effect at
    /// the latest call up to it in the order of its key, which is within its time.
    fn witness(&mut self) -> Vec<Order> {
        let orders = std::mem::take(&mut self.orders);
        if orders.len() < 2 || !matches!(self.parts.first(), Some(Part::RealTime(_))) {
            return orders;
        }
        let mut calls = std::collections::BTreeMap::new();
        self.compiled.ops.iter().for_each(|op| {
            calls.insert(op.record, op.call);
        });
        let mut points = Vec::new();
        for order in &orders {
            let mut point = 0;
            for record in &order.records {
                point = point.max(calls.get(record).copied().unwrap_or_default());
                points.push((point, *record));
            }
        }
        sorting::by_number(&mut points, |(point, _)| *point);
        let records = points.into_iter().map(|(_, record)| record).collect();
        vec![Order { viewer: None, records }]
    }
}
