//! Linearizability of a set or list from which nothing is taken and to which each item was added
//! once, in n log n of the operations and of the items in the answers.
//!
//! Method: of two reads of the whole one must have found all that the other found (of a list, as its
//! beginning), so the answers by their size are the order of the reads, and an item was added between
//! the last read that lacks it and the first that has it. Of a list the longest answer says also the
//! order of what was added. With that order everything happens as early as it can, which is in time
//! for all or there is no order. Questions for one item come before or after its addition alone.
//!
//! What is asked of the items one by one is decided for each item alone by the same method.

use std::collections::BTreeMap;

use super::compile::Compiled;
use super::direct::{Direct, Moment, by_moment};
use super::machine::Act;
use crate::sorting::{self, pair};

/// The addition of an item.
struct Addition {
    place: u32,
    /// The first answer that has it, in the order of answers; their number where none has.
    group: u32,
    /// The place in that answer.
    rank: u32,
    /// The latest call of a question that did not find it.
    lacked: u64,
    /// When it happens.
    moment: u64,
}

/// The records of one set's or list's operations in order.
pub(super) fn order(compiled: &Compiled, places: &[u32]) -> Direct {
    let ops = &compiled.ops;
    let mut additions: BTreeMap<u32, Addition> = BTreeMap::new();
    let mut absent: Vec<u32> = Vec::new();
    let mut reads: Vec<(u32, u32)> = Vec::new();
    let mut questions: Vec<(u32, bool, u32)> = Vec::new();
    let mut is_list = false;
    for place in places {
        let op = &ops[*place as usize];
        let [step] = op.steps[..] else { return Direct::General };
        if compiled.start[step.key as usize] != 0 {
            return Direct::General;
        }
        match step.act {
            Act::Add(item) | Act::Push(item) => {
                is_list |= matches!(step.act, Act::Push(_));
                let (place, group) = (*place, u32::MAX);
                let new = Addition { place, group, rank: 0, lacked: 0, moment: 0 };
                if additions.insert(item, new).is_some() {
                    return Direct::General;
                }
                if !op.required {
                    absent.push(item);
                }
            }
            Act::Items(list) => reads.push((list, *place)),
            Act::Has(item) => questions.push((item, true, *place)),
            Act::Lacks(item) => questions.push((item, false, *place)),
            _ => return Direct::General,
        }
    }
    let items = |list: u32| compiled.machine.sequences.items(list);
    sorting::pairs(&mut reads);
    sorting::by_number(&mut reads, |(list, _)| items(*list).len() as u64);
    let groups: Vec<&[(u32, u32)]> = reads.chunk_by(|one, other| one.0 == other.0).collect();
    let mut last: &[u32] = &[];
    for (group, reads) in (0..).zip(&groups) {
        let list = items(reads[0].0);
        let mut old = last.iter().peekable();
        for (rank, item) in (0..).zip(list) {
            if old.next_if_eq(&item).is_some() {
                continue;
            }
            // Of a list the old items come first; of a set both are in one order.
            if is_list && old.peek().is_some() {
                return Direct::Impossible;
            }
            match additions.get_mut(item) {
                Some(addition) if addition.group == u32::MAX => {
                    (addition.group, addition.rank) = (group, rank);
                }
                _ => return Direct::Impossible,
            }
        }
        if old.next().is_some() || (group > 0 && list.len() == last.len()) {
            return Direct::Impossible;
        }
        last = list;
    }
    // An open addition that nobody saw has not happened.
    for item in absent {
        if additions.get(&item).is_some_and(|addition| addition.group == u32::MAX) {
            additions.remove(&item);
        }
    }
    for (item, present, place) in &questions {
        match (additions.get_mut(item), present) {
            (Some(addition), false) => {
                addition.lacked = addition.lacked.max(ops[*place as usize].call);
            }
            (None, true) => return Direct::Impossible,
            _ => {}
        }
    }
    let Some(mut moments) = schedule(compiled, &mut additions, &groups, is_list) else {
        return Direct::Impossible;
    };
    for (item, present, place) in questions {
        let op = &ops[place as usize];
        match additions.get(&item) {
            Some(addition) if present => {
                let moment = addition.moment.max(op.call);
                if moment > op.returned {
                    return Direct::Impossible;
                }
                moments.push(((moment, pair(addition.group, u32::MAX)), place));
            }
            _ => moments.push(((op.call, 0), place)),
        }
    }
    by_moment(compiled, moments)
}

/// When additions and reads happen: the moment, and then the group and the place in it.
type Moments = Vec<(Moment, u32)>;

/// The earliest moments of additions and reads; `None` where one is too late.
fn schedule(
    compiled: &Compiled,
    additions: &mut BTreeMap<u32, Addition>,
    groups: &[&[(u32, u32)]],
    is_list: bool,
) -> Option<Moments> {
    let ops = &compiled.ops;
    let mut waiting: Vec<&mut Addition> = additions.values_mut().collect();
    sorting::by_number(&mut waiting, |addition| pair(addition.group, addition.rank));
    let mut waiting = waiting.into_iter().peekable();
    let mut moments = Vec::new();
    let mut now = 0;
    for group in 0..=groups.len() as u32 {
        let reads = groups.get(group as usize);
        let mut added = now;
        while let Some(addition) =
            waiting.next_if(|addition| reads.is_none() || addition.group == group)
        {
            let op = &ops[addition.place as usize];
            // The order of those that nobody read is free.
            let after = if is_list && reads.is_some() { added } else { now };
            addition.moment = after.max(op.call).max(addition.lacked);
            if addition.moment > op.returned {
                return None;
            }
            added = added.max(addition.moment);
            let rank = if is_list { addition.rank + 1 } else { 1 };
            addition.group = group;
            moments.push(((addition.moment, pair(group, rank)), addition.place));
        }
        now = added;
        for (_, place) in reads.copied().into_iter().flatten() {
            let op = &ops[*place as usize];
            let moment = added.max(op.call);
            if moment > op.returned {
                return None;
            }
            now = now.max(moment);
            moments.push(((moment, pair(group, u32::MAX)), *place));
        }
    }
    Some(moments)
}
