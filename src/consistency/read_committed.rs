//! Read committed (PL-2 of Adya 1999).
//!
//! Method: a read must find the last write to that key of a committed transaction (not G1a, not
//! G1b), and no transaction may depend on itself through what was read and, for lists, through the
//! order in which items stand (not G0, not G1c). That is a cycle in a graph, found by its closure.
//! A transaction sees its own writes. It needs to know who wrote what was read, so each value of a
//! key must have been written once.

use std::collections::BTreeMap;

use super::compile::{Compiled, Op};
use super::machine::Act;
use super::relation::Relation;
use crate::sorting;

/// What was found: culprits and why, or why nothing can be found.
pub(super) enum Committed {
    /// It holds, in this order.
    Holds(Vec<u32>),
    /// It does not, because of these records.
    Violated(Vec<u32>, &'static str),
    /// It cannot be said.
    Unclear(&'static str),
}

/// Who wrote a value or an item of a key: the transaction, whether it was aborted, and whether this
/// is its last write to the key.
#[derive(Clone, Copy)]
struct Writer {
    place: u32,
    aborted: bool,
    last: bool,
}

/// By key, whether it is an item, and its number.
type Writers = BTreeMap<(u32, bool, u32), Vec<Writer>>;

fn written(act: Act) -> Option<(bool, u32)> {
    match act {
        Act::Write(value) | Act::Swap(_, value) => Some((false, value)),
        Act::Push(item) => Some((true, item)),
        _ => None,
    }
}

fn note(writers: &mut Writers, ops: &[Op], aborted: bool) {
    for (place, op) in (0..).zip(ops) {
        for (at, step) in op.steps.iter().enumerate() {
            let Some((is_item, number)) = written(step.act) else { continue };
            let mut later = op.steps[at + 1..].iter();
            let last = !later.any(|other| other.key == step.key && written(other.act).is_some());
            let all = writers.entry((step.key, is_item, number)).or_default();
            all.push(Writer { place, aborted, last });
        }
    }
}

struct Check<'a> {
    compiled: &'a Compiled,
    writers: Writers,
    pairs: Vec<(u32, u32)>,
    /// For each key the lists that were read, without what the reader itself had added, and who.
    lists: BTreeMap<u32, Vec<(Vec<u32>, u32)>>,
}

/// Judges a history.
pub(super) fn judge(compiled: &Compiled) -> Committed {
    let mut check =
        Check { compiled, writers: Writers::new(), pairs: Vec::new(), lists: BTreeMap::new() };
    note(&mut check.writers, &compiled.ops, false);
    note(&mut check.writers, &compiled.aborted, true);
    match check.all() {
        Err(wrong) => wrong,
        Ok(()) => check.cycle(),
    }
}

impl Check<'_> {
    fn record(&self, place: u32) -> u32 {
        self.compiled.ops[place as usize].record
    }

    fn violated(&self, places: &[u32], why: &'static str) -> Committed {
        Committed::Violated(places.iter().map(|place| self.record(*place)).collect(), why)
    }

    fn all(&mut self) -> Result<(), Committed> {
        let compiled = self.compiled;
        for (reader, op) in (0..).zip(&compiled.ops) {
            let mut own: BTreeMap<u32, u32> = BTreeMap::new();
            let mut added: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for step in &op.steps {
                let key = step.key;
                match step.act {
                    Act::Read(value) | Act::Swap(value, _) => match own.get(&key) {
                        Some(mine) if *mine == value => {}
                        Some(_) => {
                            let why = "a transaction did not find what it had written itself";
                            return Err(self.violated(&[reader], why));
                        }
                        None => self.found(reader, key, false, value, true)?,
                    },
                    Act::Items(list) => {
                        let mine = added.get(&key).map_or(&[][..], |items| items);
                        let list = compiled.machine.sequences.items(list);
                        let Some(others) = list.strip_suffix(mine) else {
                            let why = "a transaction did not find what it had added itself";
                            return Err(self.violated(&[reader], why));
                        };
                        for (at, item) in others.iter().enumerate() {
                            self.found(reader, key, true, *item, at + 1 == others.len())?;
                        }
                        self.lists.entry(key).or_default().push((others.to_vec(), reader));
                    }
                    Act::Write(_) => {}
                    Act::Push(item) => added.entry(key).or_default().push(item),
                    _ => {
                        let why = "transfers do not show whose balance they read";
                        return Err(Committed::Unclear(why));
                    }
                }
                if let Act::Write(value) | Act::Swap(_, value) = step.act {
                    own.insert(key, value);
                }
            }
        }
        self.list_orders()
    }

    /// A transaction found this; `whole` where it is the newest of what it found there.
    fn found(
        &mut self,
        reader: u32,
        key: u32,
        is_item: bool,
        number: u32,
        whole: bool,
    ) -> Result<(), Committed> {
        let all = self.writers.get(&(key, is_item, number)).map_or(&[][..], |all| all);
        let is_first = !is_item && self.compiled.start[key as usize] == number;
        let writer = match (all, is_first) {
            ([], true) => return Ok(()),
            ([], false) => {
                return Err(self.violated(&[reader], "a transaction read what nobody had written"));
            }
            ([writer], false) => *writer,
            _ => {
                return Err(Committed::Unclear(
                    "a value of one key was written more than once, so it is not known whose was read",
                ));
            }
        };
        if writer.aborted {
            let aborted = self.compiled.aborted[writer.place as usize].record;
            return Err(Committed::Violated(
                vec![aborted, self.record(reader)],
                "a transaction read what an aborted transaction had written",
            ));
        }
        if writer.place == reader {
            let why = "a transaction read what it wrote only later";
            return Err(self.violated(&[reader], why));
        }
        if whole && !writer.last {
            return Err(self.violated(
                &[writer.place, reader],
                "a transaction read what another wrote in the middle and then overwrote",
            ));
        }
        self.pairs.push((writer.place, reader));
        Ok(())
    }

    /// The lists that were read of one key must be beginnings of each other; items follow in their
    /// order, and those that nobody read come last.
    fn list_orders(&mut self) -> Result<(), Committed> {
        for (key, mut lists) in std::mem::take(&mut self.lists) {
            sorting::by_number(&mut lists, |(list, _)| list.len() as u64);
            for pair in lists.windows(2) {
                if !pair[1].0.starts_with(&pair[0].0) {
                    let why = "two transactions read a list in orders that exclude each other";
                    return Err(self.violated(&[pair[0].1, pair[1].1], why));
                }
            }
            let Some((longest, _)) = lists.pop() else { continue };
            let owner = |item: u32| {
                let all = self.writers.get(&(key, true, item));
                all.and_then(|all| all.first()).map_or(0, |writer| writer.place)
            };
            let owners: Vec<u32> = longest.iter().map(|item| owner(*item)).collect();
            let mut pairs: Vec<(u32, u32)> =
                owners.windows(2).map(|pair| (pair[0], pair[1])).collect();
            if let Some(newest) = owners.last() {
                for ((_, _, item), all) in
                    self.writers.range((key, true, 0)..=(key, true, u32::MAX))
                {
                    if !longest.contains(item) {
                        let committed = all.iter().filter(|writer| !writer.aborted);
                        pairs.extend(committed.map(|writer| (*newest, writer.place)));
                    }
                }
            }
            self.pairs.extend(pairs.into_iter().filter(|(first, second)| first != second));
        }
        Ok(())
    }

    fn cycle(&self) -> Committed {
        let count = self.compiled.ops.len() as u32;
        let mut relation = Relation::new(count as usize, &self.pairs);
        relation.close();
        let Some(first) = (0..count).find(|op| relation.has(*op, *op)) else {
            let order = relation.order();
            return Committed::Holds(order.iter().map(|op| self.record(*op)).collect());
        };
        let is_in = |op: &u32| relation.has(*op, first) && relation.has(first, *op);
        let cycle: Vec<u32> = (0..count).filter(is_in).collect();
        self.violated(&cycle, "each of these transactions depends on the others, in a circle")
    }
}
