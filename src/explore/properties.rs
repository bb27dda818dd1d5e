//! What must be true of every state: the protocol's invariants, a consistency model of what clients saw,
//! and what becomes of it once nothing surprising happens any more.
//!
//! **A model** speaks of histories, on which nothing that can happen depends; so states leave the history
//! out, unless a model is looked for. Then it is part of them, as far as a model can tell: what each
//! client asked and was told, and what had returned before what was called, but not when. It is judged
//! when it is new, once for all states that share it.
//!
//! **What becomes of a state**: see [`super::ahead`].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::ahead::{ANSWERED, CONVERGED, UNREPAIRED};
use super::space::Finding;
use crate::consistency::{MODELS, Model, Verdict, judge_run};
use crate::history::OperationRecord;
use crate::mix::hash_reading;
use crate::operation::Text;
use crate::sorting;
use crate::world::World;

/// What must be true; a bit for each consistency model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Properties {
    /// The protocol's invariants.
    pub invariants: bool,
    /// Every client is answered once everything has healed.
    pub answered: bool,
    /// Every client is answered although nothing is repaired.
    pub unrepaired: bool,
    /// All nodes come to hold the same data once everything has healed.
    pub converged: bool,
    models: u32,
}

/// The word for all invariants of the protocol.
const INVARIANTS: &str = "invariants";

impl Properties {
    /// The protocol's invariants alone.
    pub const USUAL: Self = Properties { invariants: true, ..Self::NONE };
    /// Nothing.
    pub const NONE: Self = Properties {
        invariants: false,
        answered: false,
        unrepaired: false,
        converged: false,
        models: 0,
    };

    /// All words.
    pub fn words() -> impl Iterator<Item = &'static str> {
        [INVARIANTS, ANSWERED, UNREPAIRED, CONVERGED]
            .into_iter()
            .chain(MODELS.iter().map(|info| info.id))
    }

    /// Adds the property of this word; false where there is none.
    pub fn add(&mut self, word: &str) -> bool {
        match (word, Model::of_id(word)) {
            (INVARIANTS, _) => self.invariants = true,
            (ANSWERED, _) => self.answered = true,
            (UNREPAIRED, _) => self.unrepaired = true,
            (CONVERGED, _) => self.converged = true,
            (_, Some(model)) => self.models |= 1 << model as u32,
            (_, None) => return false,
        }
        true
    }

    /// Whether a consistency model is among them.
    pub fn has_models(&self) -> bool {
        self.models != 0
    }

    /// Whether it matters what becomes of a state later.
    pub(super) fn look_ahead(&self) -> bool {
        self.answered || self.unrepaired || self.converged
    }

    fn models(self) -> impl Iterator<Item = Model> {
        MODELS
            .iter()
            .map(|info| info.model)
            .filter(move |model| self.models & 1 << *model as u32 != 0)
    }
}

/// The histories judged so far.
#[derive(Default)]
pub(super) struct Judged {
    verdicts: Mutex<BTreeMap<u64, Judgement>>,
}

#[derive(Clone)]
enum Judgement {
    Holds,
    Violated(Finding),
    /// Why it could not be said.
    Open(String),
}

impl Judged {
    /// The model that what clients saw violates, among those looked for.
    pub fn finding(&self, world: &World, properties: Properties, since: u64) -> Option<Finding> {
        let records = world.history().records();
        let is_asked = properties.has_models();
        if !is_asked || !records.iter().any(|record| returned_after(record, since)) {
            return None;
        }
        let key = history_sum(world, since, &[]);
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let judgement = verdicts.entry(key).or_insert_with(|| judge(world, properties));
        match judgement {
            Judgement::Violated(finding) => Some(finding.clone()),
            Judgement::Holds | Judgement::Open(_) => None,
        }
    }

    /// How many histories were judged, and of how many it could not be said, with one reason.
    pub fn counts(&self) -> (u64, u64, Option<String>) {
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let reasons = verdicts.values().filter_map(|judgement| match judgement {
            Judgement::Open(why) => Some(why),
            _ => None,
        });
        let first = reasons.clone().next().cloned();
        (verdicts.len() as u64, reasons.count() as u64, first)
    }
}

fn judge(world: &World, properties: Properties) -> Judgement {
    let mut open = None;
    for model in properties.models() {
        match judge_run(world, model) {
            Ok(Verdict::Holds(_)) => {}
            Ok(Verdict::Violated(violation)) => {
                let property = model.info().id.to_owned();
                let why = violation.explanation;
                return Judgement::Violated(Finding::Violation { property, why });
            }
            Ok(Verdict::GaveUp(why) | Verdict::NotApplicable(why)) | Err(why) => {
                open = Some(why.to_owned());
            }
        }
    }
    open.map_or(Judgement::Holds, Judgement::Open)
}

fn returned_after(record: &OperationRecord, since: u64) -> bool {
    record.completion.as_ref().is_some_and(|end| end.return_step > since)
}

/// What clients saw since a step, as far as a consistency model can tell two histories apart, with each of
/// these texts taken for the one beside it.
pub(super) fn history_sum(world: &World, since: u64, texts: &[(Text, Text)]) -> u64 {
    let mut records: Vec<&OperationRecord> = (world.history().records().iter())
        .filter(|record| record.completion.is_none() || returned_after(record, since))
        .collect();
    // Stable: a client's operations stay in their order.
    sorting::by_number(&mut records, |record| u64::from(record.client.0));
    let before = |call_step: u64| -> Vec<usize> {
        let returned = |record: &OperationRecord| {
            record.completion.as_ref().is_some_and(|end| end.return_step < call_step)
        };
        (0..records.len()).filter(|place| returned(records[*place])).collect()
    };
    let parts: Vec<u64> = (records.iter())
        .map(|record| {
            let outcome = record.completion.as_ref().map(|end| &end.outcome);
            let who = (record.client, record.session, record.gave_up_step.is_some());
            let seen = (who, &record.operation, outcome, before(record.call_step));
            hash_reading(&seen, texts)
        })
        .collect();
    hash_reading(&parts, &[])
}
