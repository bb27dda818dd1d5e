//! Which operation must come before which: sessions, reads-from, their closure, and what follows
//! from them where each value was written once.
//!
//! A pair is only ever asked of a first operation that is certainly there.

use std::collections::BTreeMap;

use super::compile::{OPEN, Op};
use super::machine::{Act, Machine};
use crate::sorting;

/// Pairs of places in a list of operations.
pub(super) type Pairs = Vec<(u32, u32)>;

/// Each operation after the last of its session that had returned.
pub(super) fn sessions(ops: &[Op]) -> Pairs {
    in_sessions(ops, |_, _| true, true)
}

/// The pairs of operations of one session, in its order, of which `of_interest` says so. Where it
/// always does, pairs that follow from others are left out.
pub(super) fn in_sessions(
    ops: &[Op],
    of_interest: impl Fn(&Op, &Op) -> bool,
    last_only: bool,
) -> Pairs {
    let mut earlier: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (place, op) in ops.iter().enumerate() {
        let before = earlier.entry(op.process).or_default();
        for first in before.iter().rev() {
            if of_interest(&ops[*first as usize], op) {
                pairs.push((*first, place as u32));
            }
            if last_only {
                break;
            }
        }
        if op.returned != OPEN {
            before.push(place as u32);
        }
    }
    pairs
}

/// Something that an operation found, and who may have written it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub reader: u32,
    /// Of values: the key. Items are added beside each other and overwrite nothing.
    pub key: Option<u32>,
    /// `None` where it may have been there from the beginning.
    pub writers: Vec<Option<u32>>,
}

/// What each operation found, except what it had written itself; `None` where values come about in
/// ways that do not show who wrote them.
pub(super) fn sources(ops: &[Op], machine: &Machine, start: &[u32]) -> Option<Vec<Source>> {
    // By key, kind and number of what is written.
    let mut writers: BTreeMap<(u32, bool, u32), Vec<Option<u32>>> = BTreeMap::new();
    for (place, op) in (0..).zip(ops) {
        for step in &op.steps {
            let (is_item, number) = match step.act {
                Act::Write(value) | Act::Swap(_, value) | Act::MaySwap(_, value) => (false, value),
                Act::Push(item) | Act::Add(item) => (true, item),
                Act::AppendText(_) | Act::Pay(_) | Act::Receive(_) => return None,
                Act::Take(_) | Act::Release(_) | Act::TakeRefused(_) => return None,
                Act::ReleaseRefused(_) | Act::MayTake(_) | Act::MayRelease(_) => return None,
                _ => continue,
            };
            let found = writers.entry((step.key, is_item, number)).or_default();
            if found.last() != Some(&Some(place)) {
                found.push(Some(place));
            }
        }
    }
    let mut sources = Vec::new();
    for (reader, op) in (0..).zip(ops) {
        for (at, step) in op.steps.iter().enumerate() {
            if op.steps[..at].iter().any(|own| own.key == step.key && own.act.mutates()) {
                continue;
            }
            let mut add = |is_item: bool, number: u32| {
                let all = writers.get(&(step.key, is_item, number)).map_or(&[][..], |all| all);
                let mut all: Vec<_> =
                    all.iter().copied().filter(|writer| *writer != Some(reader)).collect();
                let first = start[step.key as usize];
                let was_there = match is_item {
                    true => machine.sequences.items(first).contains(&number),
                    false => first == number,
                };
                if was_there {
                    all.insert(0, None);
                }
                let key = (!is_item).then_some(step.key);
                sources.push(Source { reader, key, writers: all });
            };
            match step.act {
                Act::Read(value) | Act::Swap(value, _) => add(false, value),
                Act::Has(item) | Act::Pop(item) => add(true, item),
                Act::Items(sequence) => {
                    machine.sequences.items(sequence).iter().for_each(|item| add(true, *item));
                }
                _ => {}
            }
        }
    }
    Some(sources)
}

/// Marks what certainly took effect: an open operation that alone can have written what was read.
pub(super) fn require_writers(ops: &mut [Op], machine: &Machine, start: &[u32]) {
    if ops.iter().all(|op| op.required) {
        return;
    }
    for source in sources(ops, machine, start).into_iter().flatten() {
        if let [Some(writer)] = source.writers[..]
            && ops[source.reader as usize].required
        {
            ops[writer as usize].required = true;
        }
    }
}

/// A relation as a set of predecessors for each operation.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    words: usize,
    rows: Vec<u64>,
}

impl Relation {
    pub fn new(count: usize, pairs: &[(u32, u32)]) -> Self {
        let words = count.div_ceil(64);
        let mut relation = Relation { words, rows: vec![0; words * count] };
        for (first, second) in pairs {
            relation.add(*first, *second);
        }
        relation
    }

    /// Adds a pair; whether it was not there.
    fn add(&mut self, first: u32, second: u32) -> bool {
        let word = &mut self.rows[second as usize * self.words + first as usize / 64];
        let bit = 1 << (first % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub fn has(&self, first: u32, second: u32) -> bool {
        self.rows[second as usize * self.words + first as usize / 64] & (1 << (first % 64)) != 0
    }

    /// Adds what follows by going from pair to pair (Warshall 1962).
    pub fn close(&mut self) {
        let words = self.words;
        let mut row = vec![0; words];
        for middle in 0..self.rows.len().checked_div(words).unwrap_or(0) {
            row.copy_from_slice(&self.rows[middle * words..][..words]);
            for second in self.rows.chunks_exact_mut(words) {
                if second[middle / 64] & (1 << (middle % 64)) != 0 {
                    second.iter_mut().zip(&row).for_each(|(word, more)| *word |= more);
                }
            }
        }
    }

    /// All operations in an order that respects a closed relation without circles.
    pub fn order(&self) -> Vec<u32> {
        let count = self.rows.len().checked_div(self.words).unwrap_or(0) as u32;
        let mut order: Vec<u32> = (0..count).collect();
        sorting::by_number(&mut order, |op| u64::from(self.size(*op)));
        order
    }

    /// How many come before an operation.
    fn size(&self, op: u32) -> u32 {
        let row = &self.rows[op as usize * self.words..][..self.words];
        row.iter().map(|word| word.count_ones()).sum()
    }

    /// The pairs among these operations, renumbered by their order in `kept`, without those that
    /// follow from others; an operation before itself stays so.
    pub fn among(&self, kept: &[u32]) -> Pairs {
        let mut order: Vec<(u32, u32)> =
            (0..).zip(kept).map(|(place, op)| (self.size(*op), place)).collect();
        sorting::pairs(&mut order);
        let mut pairs = Vec::new();
        for second in 0..kept.len() as u32 {
            let op = kept[second as usize];
            if self.has(op, op) {
                pairs.push((second, second));
                continue;
            }
            let mut covered = vec![0; self.words];
            for (_, first) in order.iter().rev() {
                let other = kept[*first as usize];
                let is_covered = covered[other as usize / 64] & (1_u64 << (other % 64)) != 0;
                if self.has(other, op) && !is_covered {
                    pairs.push((*first, second));
                    let row = &self.rows[other as usize * self.words..][..self.words];
                    covered.iter_mut().zip(row).for_each(|(word, more)| *word |= more);
                }
            }
        }
        pairs
    }
}

/// More operations than this are not saturated: it costs the third power.
const SATURATE_MAX: usize = 1024;

/// Adds to pairs what follows where only one operation can have written what was read: the reader
/// comes after it, and another writer of that key comes before it or after the reader (the bad
/// patterns of Bouajjani et al. 2017, as a fixed point).
pub(super) fn saturate(ops: &[Op], machine: &Machine, start: &[u32], pairs: Pairs) -> Pairs {
    let Some(sources) = sources(ops, machine, start) else { return pairs };
    if ops.len() > SATURATE_MAX {
        return pairs;
    }
    let mut overwriters: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (place, op) in (0..).zip(ops) {
        for step in &op.steps {
            let of_key = overwriters.entry(step.key).or_default();
            let writes = match step.act {
                Act::Write(_) => true,
                Act::Swap(..) => step.act.mutates(),
                _ => false,
            };
            if writes && op.whole == super::machine::Whole::Done && of_key.last() != Some(&place) {
                of_key.push(place);
            }
        }
    }
    let mut relation = Relation::new(ops.len(), &pairs);
    let certain = |op: u32| ops[op as usize].required;
    for source in &sources {
        if let [Some(writer)] = source.writers[..]
            && certain(writer)
            && certain(source.reader)
        {
            relation.add(writer, source.reader);
        }
        // What nobody wrote is read in no order.
        if source.writers.is_empty() && certain(source.reader) {
            relation.add(source.reader, source.reader);
        }
    }
    loop {
        relation.close();
        let mut any = false;
        for source in &sources {
            let ([writer], Some(key)) = (&source.writers[..], source.key) else { continue };
            let reader = source.reader;
            if !certain(reader) || !writer.is_none_or(certain) {
                continue;
            }
            for other in overwriters.get(&key).into_iter().flatten() {
                if *other == reader || Some(*other) == *writer {
                    continue;
                }
                let after = writer.is_none_or(|writer| relation.has(writer, *other));
                if after {
                    any |= relation.add(reader, *other);
                }
                if let Some(writer) = writer
                    && certain(*other)
                    && relation.has(*other, reader)
                {
                    any |= relation.add(*other, *writer);
                }
            }
        }
        if !any {
            break;
        }
    }
    let all: Vec<u32> = (0..ops.len() as u32).collect();
    relation.among(&all)
}
