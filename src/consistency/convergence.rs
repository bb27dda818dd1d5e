//! Eventual consistency (Vogels 2009), as far as a history shows it: once no write is under way, the
//! last read of each session finds what the last reads of the others find.
//!
//! Method: per key, the last read of each session that began after every write had ended. Where a
//! write is still open it may take effect between two such reads, so that a difference says
//! nothing. A history is finite: that replicas agree later cannot be seen in it, so a run should go
//! on after its faults are healed. That values come from writes is the business of other models.

use std::collections::BTreeMap;

use super::compile::{Compiled, OPEN};
use super::machine::Act;
use super::verdict::{Order, Verdict, Violation};
use crate::sorting;

/// What a read found: kind and number.
fn found(act: Act) -> Option<u32> {
    match act {
        Act::Read(value) | Act::Items(value) => Some(value),
        _ => None,
    }
}

/// Judges a history.
pub(super) fn judge(compiled: &Compiled) -> Verdict {
    // For each key the moment after the last write, whether a write is open, and the last reads.
    let mut quiet = vec![(0, false); compiled.start.len()];
    for op in compiled.ops.iter().filter(|op| op.mutates()) {
        for step in op.steps.iter().filter(|step| step.act.mutates()) {
            let (moment, open) = &mut quiet[step.key as usize];
            match op.returned {
                OPEN => *open = true,
                returned => *moment = returned.max(*moment),
            }
        }
    }
    let mut last: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for op in &compiled.ops {
        for step in &op.steps {
            if let Some(value) = found(step.act)
                && op.call > quiet[step.key as usize].0
            {
                last.insert((step.key, op.process), (value, op.record));
            }
        }
    }
    let mut first: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut agreeing: Vec<u32> = Vec::new();
    let mut unclear = false;
    for ((key, _), (value, record)) in last {
        let (other, earlier) = *first.entry(key).or_insert((value, record));
        if earlier == record {
            continue;
        }
        if other == value {
            agreeing.extend([earlier, record]);
        } else if quiet[key as usize].1 {
            unclear = true;
        } else {
            let culprits = vec![earlier.min(record), earlier.max(record)];
            return Verdict::Violated(Violation { culprits, ..Violation::default() });
        }
    }
    sorting::numbers(&mut agreeing);
    agreeing.dedup();
    match (unclear, agreeing.is_empty()) {
        (true, _) => Verdict::NotApplicable("the last reads differ, but a write is still open"),
        (false, true) => Verdict::NotApplicable(
            "no two sessions read the same key after its last write had ended",
        ),
        (false, false) => Verdict::Holds(vec![Order { viewer: None, records: agreeing }]),
    }
}
