//! Linearizability of a queue whose items were each enqueued once, in n log n.
//!
//! Method: Henzinger, Sezgin and Vafeiadis, "Aspect-oriented linearizability proofs" (2013), whose
//! patterns are found by sweeps as in Bouajjani, Emmi, Enea and Hamza, "On reducing linearizability
//! to state reachability" (2015). There is an order exactly if
//!
//! - no item is dequeued twice, before it was enqueued, or without having been;
//! - items can be put in one order that both their enqueues and their dequeues allow, those that
//!   never left behind all that did. Real time forbids an order of two items where an enqueue, or
//!   a dequeue, returned before the other's was called. Items are taken one after the other of those
//!   that come first on both sides; where there is none, the order is impossible;
//! - each dequeue that found nothing has a moment at which the queue can be empty: an item is
//!   certainly there between the return of its enqueue and the call of its dequeue, and the union of
//!   these times must not cover it.
//!
//! An order is then made by letting everything happen as early as it can. An open dequeue may take
//! any item: an order without it is one, but where there is none the general search has to say.

use super::compile::{Compiled, OPEN, Op};
use super::direct::{Direct, by_moment};
use super::machine::Act;
use crate::sorting::{self, pair};

/// An item with the earliest and latest moments at which it can come in and go out.
struct Item {
    push: u32,
    pop: Option<u32>,
    comes: (u64, u64),
    /// `OPEN` twice where it never leaves.
    leaves: (u64, u64),
}

/// The records of one queue's operations in order.
pub(super) fn order(compiled: &Compiled, places: &[u32]) -> Direct {
    let ops = &compiled.ops;
    // Item and whether it was dequeued, as one number; the place.
    let mut found: Vec<(u64, u32)> = Vec::with_capacity(places.len());
    let mut nothing: Vec<u32> = Vec::new();
    let mut none = Direct::Impossible;
    for place in places {
        let op = &ops[*place as usize];
        match op.steps[..] {
            [step] => match step.act {
                Act::Push(item) => found.push((u64::from(item) * 2, *place)),
                Act::Pop(item) => found.push((u64::from(item) * 2 + 1, *place)),
                Act::PopNone => nothing.push(*place),
                Act::PopAny if !op.required => none = Direct::General,
                _ => return Direct::General,
            },
            _ => return Direct::General,
        }
    }
    sorting::sort(&mut found);
    let mut items = Vec::with_capacity(found.len());
    let is_push = |number: u64| number.is_multiple_of(2);
    for group in found.chunk_by(|one, other| one.0 / 2 == other.0 / 2) {
        match *group {
            [(of, push)] if is_push(of) => {
                if ops[push as usize].required {
                    items.push(item(ops, push, None));
                }
            }
            [_, (of, _), ..] if is_push(of) => return Direct::General,
            [(of, push), (_, pop)] if is_push(of) => items.push(item(ops, push, Some(pop))),
            _ => return Direct::Impossible,
        }
    }
    if items.iter().any(|item| item.leaves.1 < item.comes.0) {
        return Direct::Impossible;
    }
    let Some(empty) = empty_moments(ops, &items, &nothing) else { return none };
    // What need not have come before a moment of emptiness comes after it.
    for item in &mut items {
        let before = empty.partition_point(|(moment, _)| *moment <= item.comes.1);
        if let Some(last) = before.checked_sub(1) {
            item.comes.0 = item.comes.0.max(empty[last].0);
            item.leaves.0 = item.leaves.0.max(item.comes.0);
        }
    }
    let Some(sequence) = sequence(&items) else { return none };
    let mut latest: Vec<u64> = items.iter().map(|item| item.comes.1).collect();
    latest.sort_unstable();
    // By moment, and then by place of the item in the sequence and whether it comes or leaves.
    let mut moments = Vec::with_capacity(places.len());
    for (moment, place) in empty {
        let gone = latest.partition_point(|latest| *latest < moment) as u32;
        moments.push(((moment, pair(gone, 0)), place));
    }
    let (mut comes, mut leaves) = (0, 0);
    for (at, item) in (0..).zip(sequence.iter().map(|item| &items[*item as usize])) {
        comes = item.comes.0.max(comes);
        moments.push(((comes, pair(at, 1)), item.push));
        leaves = item.leaves.0.max(comes).max(leaves);
        if let Some(pop) = item.pop {
            moments.push(((leaves, pair(at, 2)), pop));
        }
    }
    by_moment(compiled, moments)
}

fn item(ops: &[Op], push: u32, pop: Option<u32>) -> Item {
    let about = &ops[push as usize];
    let mut item = Item { push, pop, comes: (about.call, about.returned), leaves: (OPEN, OPEN) };
    if let Some(pop) = pop {
        let pop = &ops[pop as usize];
        item.comes.1 = about.returned.min(pop.returned);
        item.leaves = (pop.call.max(about.call), pop.returned);
    }
    item
}

/// The earliest moment at which each dequeue can have found nothing, in order; `None` where one has
/// none.
fn empty_moments(ops: &[Op], items: &[Item], nothing: &[u32]) -> Option<Vec<(u64, u32)>> {
    let mut times: Vec<(u64, u64)> = items
        .iter()
        .map(|item| (item.comes.1, item.leaves.0))
        .filter(|(from, to)| from < to)
        .collect();
    sorting::by_number(&mut times, |(from, _)| *from);
    let mut unions: Vec<(u64, u64)> = Vec::new();
    for (from, to) in times {
        match unions.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => unions.push((from, to)),
        }
    }
    let mut moments = Vec::with_capacity(nothing.len());
    for place in nothing {
        let op = &ops[*place as usize];
        let before = unions.partition_point(|(from, _)| *from < op.call);
        let last = before.checked_sub(1).map_or(0, |last| unions[last].1);
        let moment = op.call.max(last);
        if moment > op.returned {
            return None;
        }
        moments.push((moment, *place));
    }
    sorting::sort(&mut moments);
    Some(moments)
}

/// Items in an order that enqueues and dequeues allow.
fn sequence(items: &[Item]) -> Option<Vec<u32>> {
    let sorted = |of: fn(&Item) -> u64| {
        let mut all: Vec<u32> = (0..items.len() as u32).collect();
        sorting::by_number(&mut all, |item| of(&items[*item as usize]));
        all
    };
    // For each side the items by earliest and by latest moment, and how many were looked at.
    let earliest: [fn(&Item) -> u64; 2] = [|item| item.comes.0, |item| item.leaves.0];
    let latest: [fn(&Item) -> u64; 2] = [|item| item.comes.1, |item| item.leaves.1];
    let by_earliest = earliest.map(sorted);
    let by_latest = latest.map(sorted);
    let (mut started, mut ended) = ([0; 2], [0; 2]);
    let mut sides = vec![0_u8; items.len()];
    let mut is_taken = vec![false; items.len()];
    let mut ready = Vec::new();
    let mut sequence = Vec::with_capacity(items.len());
    while sequence.len() < items.len() {
        for side in 0..2 {
            while is_taken[by_latest[side][ended[side]] as usize] {
                ended[side] += 1;
            }
            let limit = latest[side](&items[by_latest[side][ended[side]] as usize]);
            while let Some(item) = by_earliest[side].get(started[side])
                && earliest[side](&items[*item as usize]) <= limit
            {
                sides[*item as usize] += 1;
                if sides[*item as usize] == 2 {
                    ready.push(*item);
                }
                started[side] += 1;
            }
        }
        let next = ready.pop()?;
        is_taken[next as usize] = true;
        sequence.push(next);
    }
    Some(sequence)
}
