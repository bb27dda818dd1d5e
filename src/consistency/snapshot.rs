//! Snapshot isolation (Berenson et al. 1995; generalised by Adya 1999 to any snapshot, also an old
//! one).
//!
//! Method: each transaction that writes is two events, the snapshot and the commit. At the first it
//! finds what it reads, at the second it writes; between them no other transaction that writes one
//! of its keys commits. Then the search for one legal order. A transaction that only reads is its
//! snapshot alone. What a transaction reads of the keys that it writes is the same at both events.

use super::compile::{Compiled, Op};
use super::machine::{KeyAct, Whole};
use super::relation;
use super::search::Problem;
use crate::sorting;

/// The problem of snapshots and commits.
pub(super) fn problem(compiled: &Compiled) -> Problem {
    let mut ops: Vec<Op> = Vec::new();
    let mut before = Vec::new();
    // The keys that each writer writes, its snapshot and its commit.
    let mut writers: Vec<(Vec<u32>, u32, u32)> = Vec::new();
    for op in &compiled.ops {
        if !op.mutates() {
            ops.push(op.clone());
            continue;
        }
        let mut keys: Vec<u32> =
            op.steps.iter().filter(|step| step.act.mutates()).map(|step| step.key).collect();
        sorting::numbers(&mut keys);
        keys.dedup();
        let is_written = |step: &&KeyAct| keys.binary_search(&step.key).is_ok();
        let commit: Vec<KeyAct> = op.steps.iter().filter(is_written).copied().collect();
        let snapshot: Vec<KeyAct> =
            op.steps.iter().filter(|step| !is_written(step)).copied().collect();
        let place = ops.len() as u32;
        ops.push(Op { steps: snapshot, whole: Whole::Done, held: true, ..op.clone() });
        ops.push(Op { steps: commit, ..op.clone() });
        before.push((place, place + 1));
        writers.push((keys, place, place + 1));
    }
    let mut conflicts = Vec::new();
    for (keys, _, commit) in &writers {
        for (others, snapshot, other) in &writers {
            if commit != other && keys.iter().any(|key| others.binary_search(key).is_ok()) {
                conflicts.push((*commit, *snapshot, *other));
            }
        }
    }
    let before = relation::saturate(&ops, &compiled.machine, &compiled.start, before);
    Problem { ops, before, real_time: false, conflicts, start: compiled.start.clone() }
}
