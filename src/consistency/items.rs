//! What follows for the order of operations on a set or queue whose items were each added once.
//!
//! Method: a set's item that nobody removes is added before every operation that found it and after
//! every one that did not. A queue's items leave in the order in which they came, so the order of
//! two dequeues is that of their enqueues, whichever of the two real time shows; an item that never
//! left came after all that did (Henzinger, Sezgin and Vafeiadis, "Aspect-oriented linearizability
//! proofs", 2013). With these pairs the general search goes straight on: the pairs are implied, so
//! that none of its answers changes.

use std::collections::BTreeMap;

use super::compile::Op;
use super::machine::{Act, Machine};
use super::relation::Pairs;

/// More operations than this are not looked at: it costs the square.
const ITEMS_MAX: usize = 2048;

/// Pairs of places in `ops`, which are operations on one set or queue by real time.
pub(super) fn pairs(ops: &[Op], machine: &Machine) -> Pairs {
    let single = ops.iter().all(|op| op.steps.len() == 1);
    if !single || ops.len() > ITEMS_MAX {
        return Vec::new();
    }
    if ops.iter().any(|op| matches!(op.steps[0].act, Act::Push(_) | Act::Pop(_))) {
        queue(ops)
    } else {
        set(ops, machine)
    }
}

fn set(ops: &[Op], machine: &Machine) -> Pairs {
    // The only addition of each item; `None` where there are more, or it may be removed.
    let mut added: BTreeMap<u32, Option<u32>> = BTreeMap::new();
    for (place, op) in (0..).zip(ops) {
        match op.steps[0].act {
            Act::Add(item) => {
                let only = if added.contains_key(&item) { None } else { Some(place) };
                added.insert(item, only);
            }
            Act::Remove(item) => {
                added.insert(item, None);
            }
            _ => {}
        }
    }
    let mut pairs = Vec::new();
    for (reader, op) in (0..).zip(ops) {
        for (item, add) in &added {
            let Some(add) = *add else { continue };
            let found = match op.steps[0].act {
                Act::Items(list) => machine.sequences.items(list).binary_search(item).is_ok(),
                Act::Has(one) if one == *item => true,
                Act::Lacks(one) if one == *item => false,
                _ => continue,
            };
            match found {
                true if ops[add as usize].required => pairs.push((add, reader)),
                true => {}
                false => pairs.push((reader, add)),
            }
        }
    }
    pairs
}

fn queue(ops: &[Op]) -> Pairs {
    // Enqueue and dequeue of each item.
    let mut items: BTreeMap<u32, (Option<u32>, Option<u32>)> = BTreeMap::new();
    for (place, op) in (0..).zip(ops) {
        let slot = match op.steps[0].act {
            Act::Push(item) => &mut items.entry(item).or_default().0,
            Act::Pop(item) => &mut items.entry(item).or_default().1,
            Act::PopNone => continue,
            _ => return Vec::new(),
        };
        if slot.replace(place).is_some() {
            return Vec::new();
        }
    }
    let certain = |place: u32| ops[place as usize].required;
    let earlier = |one: u32, other: u32| ops[one as usize].returned < ops[other as usize].call;
    let whole: Vec<(u32, u32)> = items
        .values()
        .filter_map(|(push, pop)| push.zip(*pop))
        .filter(|(push, pop)| certain(*push) && certain(*pop))
        .collect();
    let mut pairs: Pairs = whole.clone();
    for (push, pop) in &whole {
        for (other_push, other_pop) in &whole {
            if earlier(*pop, *other_pop) {
                pairs.push((*push, *other_push));
            }
            if earlier(*push, *other_push) {
                pairs.push((*pop, *other_pop));
            }
        }
        for (left, pop) in items.values() {
            if let (Some(left), None) = (left, pop) {
                pairs.push((*push, *left));
            }
        }
    }
    pairs
}
