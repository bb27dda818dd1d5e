//! Models of views: causal, PRAM and the four session guarantees.
//!
//! Method: for each session there must be a legal order of its own operations and everybody's
//! writes (Ahamad et al., "Causal memory", 1995). A model says which pairs that order must keep:
//! those of every session for PRAM (Lipton and Sandberg 1988), the causal order for causal, and the
//! few that their names say for the guarantees of Terry et al. ("Session guarantees for weakly
//! consistent replicated data", 1994), whose set of writes at a server is the part of the order
//! before a read. Objects other than memory as in Perrin et al. ("Causal consistency: beyond
//! memory", 2016): what others were told is not compared in one's own view.
//!
//! The causal order needs to know which write a read saw. Where several wrote the same value, one
//! choice that explains everything is enough, and all are tried.

use super::compile::{Compiled, OPEN, Op};
use super::machine::{Act, KeyAct, Whole};
use super::model::Model;
use super::relation::{self, Pairs, Relation, Source};
use super::search::Problem;
use crate::sorting;

/// One way to say who wrote what was read: for each source with several writers, which.
pub(super) type Choice = Vec<u32>;

/// The sources that a model's relation depends on; none where it depends on none.
///
/// # Errors
/// Says why they cannot be told.
pub(super) fn sources(compiled: &Compiled, model: Model) -> Result<Vec<Source>, &'static str> {
    if model != Model::Causal && model != Model::WritesFollowReads {
        return Ok(Vec::new());
    }
    relation::sources(&compiled.ops, &compiled.machine, &compiled.start)
        .ok_or("the answers do not tell which writes they saw, so causes are not known")
}

/// The sessions whose views may fail: those that were told something.
pub(super) fn viewers(compiled: &Compiled) -> Vec<u32> {
    let mut viewers: Vec<u32> = compiled
        .ops
        .iter()
        .filter(|op| op.observes() && op.required)
        .map(|op| op.process)
        .collect();
    sorting::numbers(&mut viewers);
    viewers.dedup();
    viewers
}

/// The problem of one session's view.
pub(super) fn view(
    compiled: &Compiled,
    model: Model,
    viewer: u32,
    sources: &[Source],
    choice: &Choice,
) -> Problem {
    let mut all = compiled.ops.clone();
    let chosen: Pairs = sources
        .iter()
        .zip(choice)
        .filter_map(|(source, choice)| {
            let writer = source.writers.get(*choice as usize).copied().flatten()?;
            Some((writer, source.reader))
        })
        .collect();
    for (writer, _) in &chosen {
        all[*writer as usize].required = true;
    }
    let mut kept = Vec::new();
    let mut ops = Vec::new();
    for (place, op) in (0..).zip(&all) {
        let op = if op.process == viewer { Some(op.clone()) } else { seen_by_others(op) };
        if let Some(op) = op {
            kept.push(place);
            ops.push(op);
        }
    }
    let own = |op: &Op| op.process == viewer;
    let pairs = match model {
        Model::Causal => {
            let mut causal = relation::sessions(&all);
            causal.extend(chosen);
            let mut relation = Relation::new(all.len(), &causal);
            relation.close();
            relation.among(&kept)
        }
        Model::ReadYourWrites => relation::in_sessions(
            &ops,
            |first, second| own(first) && first.mutates() && second.observes(),
            false,
        ),
        Model::MonotonicReads => relation::in_sessions(
            &ops,
            |first, second| own(first) && first.observes() && second.observes(),
            false,
        ),
        Model::MonotonicWrites => {
            relation::in_sessions(&ops, |first, second| first.mutates() && second.mutates(), false)
        }
        Model::WritesFollowReads => {
            let mut pairs = Vec::new();
            for (writer, reader) in chosen {
                let about = &all[reader as usize];
                if about.returned == OPEN {
                    continue;
                }
                for (later, op) in (0..).zip(&all).skip(reader as usize + 1) {
                    if op.process == about.process && op.mutates() && later != writer {
                        pairs.push((writer, later));
                    }
                }
            }
            let mut places = vec![None; all.len()];
            (0..).zip(&kept).for_each(|(place, op)| places[*op as usize] = Some(place));
            pairs
                .into_iter()
                .filter_map(|(first, second)| {
                    Some((places[first as usize]?, places[second as usize]?))
                })
                .collect()
        }
        _ => relation::sessions(&ops),
    };
    let before = relation::saturate(&ops, &compiled.machine, &compiled.start, pairs);
    Problem { ops, before, real_time: false, conflicts: Vec::new(), start: compiled.start.clone() }
}

/// What another session's operation is in one's view: what it did, where its answer says it, and
/// otherwise what it does there. `None` where it did nothing.
fn seen_by_others(op: &Op) -> Option<Op> {
    if !op.mutates() {
        return None;
    }
    let mut op = op.clone();
    op.steps = op.steps.iter().filter_map(hidden).collect();
    if op.steps.iter().any(|step| matches!(step.act, Act::Pay(_))) {
        op.whole = Whole::Either;
    }
    (!op.steps.is_empty()).then_some(op)
}

fn hidden(step: &KeyAct) -> Option<KeyAct> {
    let act = match step.act {
        act if !act.mutates() => return None,
        Act::Swap(_, value) => Act::Write(value),
        Act::Pop(_) => Act::PopAny,
        Act::Take(holder) => Act::MayTake(holder),
        Act::Release(holder) => Act::MayRelease(holder),
        act => act,
    };
    Some(KeyAct { key: step.key, act })
}

/// The next choice, counting up; `None` after the last.
pub(super) fn next_choice(sources: &[Source], choice: &Choice) -> Option<Choice> {
    let mut next = choice.clone();
    for (digit, source) in next.iter_mut().zip(sources) {
        *digit += 1;
        if (*digit as usize) < source.writers.len() {
            return Some(next);
        }
        *digit = 0;
    }
    None
}
