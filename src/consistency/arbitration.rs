//! Strong eventual consistency (Shapiro, Preguiça, Baquero and Zawirski, "Conflict-free replicated
//! data types", 2011): replicas that have received the same updates are in the same state. A history
//! does not say which updates a replica had received, so the question is whether they can have been
//! chosen, as in the axioms of Burckhardt, "Principles of eventual consistency" (2014):
//!
//! - each operation happens at a moment between its call and its return, and there sees some of the
//!   updates that happened before. So nothing is seen before its cause;
//! - one order of all updates, the arbitration, is everybody's: an answer is right after the updates
//!   that were seen, in that order. So who saw the same found the same;
//! - once no update is under way the last reads of all sessions agree (see `convergence`). A history
//!   ends, so that an update was never delivered to somebody is not to be seen in it.
//!
//! What an update was told says what it does wherever it is seen, as in the views of causality.
//!
//! Method: operations are put at their moments one after the other, an update as soon as what is
//! there explains its own answer, and a read as late as it may. As whatever was seen may be chosen,
//! more updates explain more, and none has to wait for its alternatives. To explain a value one
//! write is enough, so that nothing follows for the arbitration; a cas of which nobody knows the
//! outcome comes after what it found, and it makes a value known once, so that such pairs have no
//! circle. The items of a list, and texts that were appended, say in which order they were added:
//! the arbitration is an order of these pairs, and there is none where they go round in a circle.
//! Where a value came about in several ways, all are tried, within a bound.
//!
//! Transactions of several steps are left out: they see one set of updates for all their keys, which
//! no published definition of this model speaks of.

use std::collections::BTreeMap;

use super::compile::{Compiled, OPEN, Op};
use super::machine::{Act, Whole};
use crate::sorting;

/// What was found.
pub(super) enum Arbitrated {
    /// The updates in an order that explains every answer.
    Holds(Vec<u32>),
    /// These records cannot be explained together.
    Violated(Vec<u32>),
    GaveUp(&'static str),
    NotApplicable(&'static str),
}

/// Ways to explain one answer that are looked for, combinations of them that are tried, and updates
/// that are looked at.
const WAYS_MAX: usize = 16;
const TRIES_MAX: u32 = 4096;
const STEPS_MAX: u64 = 10_000_000;

/// A reader and the ways to explain it: updates in the order that they must have.
type Ways = (u32, Vec<Vec<u32>>);

struct Arbiter<'a> {
    compiled: &'a Compiled,
    /// By key, whether texts or lists grow there.
    grows: Vec<bool>,
    /// By key and value, the update that made it first; `None` for the beginning.
    known: BTreeMap<(u32, u32), Option<u32>>,
    /// By key and value, the unknown cas that expect it, with what they write.
    swaps: BTreeMap<(u32, u32), Vec<(u32, u32)>>,
    /// By key and item or holder, who added or took it.
    items: BTreeMap<(u32, u32), Vec<u32>>,
    /// By key, the updates that happened.
    updates: Vec<Vec<u32>>,
    pairs: Vec<(u32, u32)>,
    ways: Vec<Ways>,
    /// Whether there may be more ways than were found.
    is_partial: bool,
    steps: u64,
}

/// Judges a history.
pub(super) fn judge(compiled: &Compiled) -> Arbitrated {
    let is_single = |op: &Op| op.steps.len() == 1 && op.whole != Whole::Refused;
    let is_transfer = |op: &Op| matches!(op.steps[0].act, Act::Pay(_) | Act::Receive(_));
    if !compiled.ops.iter().all(|op| is_single(op) && !is_transfer(op)) {
        return Arbitrated::NotApplicable(
            "this model speaks of single updates, and the history has transactions of several steps",
        );
    }
    let keys = compiled.start.len();
    let mut arbiter = Arbiter {
        compiled,
        grows: vec![false; keys],
        known: BTreeMap::new(),
        swaps: BTreeMap::new(),
        items: BTreeMap::new(),
        updates: vec![Vec::new(); keys],
        pairs: Vec::new(),
        ways: Vec::new(),
        is_partial: false,
        steps: STEPS_MAX,
    };
    for op in &compiled.ops {
        let step = op.steps[0];
        arbiter.grows[step.key as usize] |= matches!(step.act, Act::AppendText(_));
    }
    for (key, value) in (0..).zip(&compiled.start) {
        arbiter.known.insert((key, *value), None);
    }
    if let Err(stuck) = arbiter.place_all() {
        return Arbitrated::Violated(vec![compiled.ops[stuck as usize].record]);
    }
    if arbiter.steps == 0 {
        return Arbitrated::GaveUp("too many updates may explain a value that grew");
    }
    arbiter.arbitrate()
}

impl Arbiter<'_> {
    /// Puts every operation at its moment; one that nothing explains is the error.
    fn place_all(&mut self) -> Result<(), u32> {
        let ops = &self.compiled.ops;
        let is_told = |op: &Op| op.returned != OPEN && op.steps[0].act.observes();
        let mut waiting: Vec<u32> = Vec::new();
        let mut next = 0;
        loop {
            let first = waiting.iter().copied().min_by_key(|op| ops[*op as usize].returned);
            let limit = first.map_or(OPEN, |op| ops[op as usize].returned);
            if let Some(op) = ops.get(next)
                && (op.call <= limit || waiting.is_empty())
            {
                waiting.push(next as u32);
                next += 1;
                // Those that nothing holds up do not wait.
                if op.mutates() && !is_told(op) {
                    waiting.pop();
                    self.happen(next as u32 - 1);
                }
                continue;
            }
            let Some(first) = first else { return Ok(()) };
            let before = waiting.len();
            waiting.retain(|place| {
                let op = &ops[*place as usize];
                let happens = op.mutates() && self.is_explained(*place);
                if happens {
                    self.happen(*place);
                }
                !happens
            });
            if waiting.len() < before {
                continue;
            }
            if is_told(&ops[first as usize]) && !self.is_explained(first) {
                return Err(first);
            }
            waiting.retain(|place| *place != first);
        }
    }

    /// An update happens.
    fn happen(&mut self, place: u32) {
        let step = self.compiled.ops[place as usize].steps[0];
        let key = step.key;
        self.updates[key as usize].push(place);
        match step.act {
            Act::Write(value) | Act::Swap(_, value) => self.learn(key, value, place),
            Act::MaySwap(expected, value) => {
                self.swaps.entry((key, expected)).or_default().push((place, value));
                if let Some(from) = self.known.get(&(key, expected)).copied() {
                    self.follow(key, value, place, from);
                }
            }
            Act::Push(item) | Act::Add(item) | Act::Take(item) | Act::MayTake(item) => {
                self.items.entry((key, item)).or_default().push(place);
            }
            _ => {}
        }
    }

    /// An unknown cas makes a value of what another made.
    fn follow(&mut self, key: u32, value: u32, place: u32, from: Option<u32>) {
        if !self.known.contains_key(&(key, value)) {
            self.pairs.extend(from.map(|from| (from, place)));
            self.learn(key, value, place);
        }
    }

    fn learn(&mut self, key: u32, value: u32, place: u32) {
        if self.known.contains_key(&(key, value)) {
            return;
        }
        self.known.insert((key, value), Some(place));
        for (later, next) in self.swaps.get(&(key, value)).cloned().unwrap_or_default() {
            self.follow(key, next, later, Some(place));
        }
    }

    /// Whether what has happened explains what an operation was told. Notes what that says of the
    /// arbitration.
    fn is_explained(&mut self, place: u32) -> bool {
        let op = &self.compiled.ops[place as usize];
        let step = op.steps[0];
        let key = step.key;
        let machine = &self.compiled.machine;
        let has = |item: u32| self.items.contains_key(&(key, item));
        match step.act {
            Act::Read(value) | Act::Swap(value, _) => {
                if !self.grows[key as usize] {
                    return self.known.contains_key(&(key, value));
                }
                let mut ways = Vec::new();
                let text = machine.texts.text(value).clone();
                self.texts(key, &text, &mut Vec::new(), &mut ways);
                self.choose(place, ways)
            }
            Act::Differ(value) => {
                let mut others = self.known.range((key, 0)..=(key, u32::MAX));
                others.any(|((_, other), _)| *other != value)
                    || self.updates[key as usize].iter().any(|update| {
                        let act = self.compiled.ops[*update as usize].steps[0].act;
                        matches!(act, Act::AppendText(text) if text != 0)
                    })
            }
            Act::Items(list) if machine.seen_lists.is_some() => {
                let mut ways = Vec::new();
                let items = machine.sequences.items(list);
                self.lists(key, items, &mut Vec::new(), &mut ways);
                self.choose(place, ways)
            }
            Act::Items(list) => machine.sequences.items(list).iter().all(|item| has(*item)),
            Act::Has(item) | Act::Pop(item) | Act::Release(item) => has(item),
            Act::TakeRefused(holder) => {
                let mut all = self.items.range((key, 0)..=(key, u32::MAX));
                all.any(|((_, other), _)| *other != holder)
            }
            _ => true,
        }
    }

    /// Takes the ways to explain an operation; whether there is one. One update alone says nothing.
    fn choose(&mut self, place: u32, ways: Vec<Vec<u32>>) -> bool {
        if ways.is_empty() {
            // Whether there is none is not known.
            return self.steps == 0;
        }
        if ways.iter().all(|way| way.len() > 1) {
            // What happens later may explain it in other ways.
            self.is_partial |= self.compiled.ops[place as usize].mutates();
            self.ways.push((place, ways));
        }
        true
    }

    /// Whether another way is to be looked for; counts it.
    fn may_go_on(&mut self, ways: &[Vec<u32>]) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.is_partial |= ways.len() == WAYS_MAX;
        self.steps > 0 && ways.len() < WAYS_MAX
    }

    /// The ways in which a text came about; `last` are the updates after it, the last first.
    fn texts(&mut self, key: u32, text: &str, last: &mut Vec<u32>, ways: &mut Vec<Vec<u32>>) {
        let start = self.compiled.start[key as usize];
        if **self.compiled.machine.texts.text(start) == *text {
            ways.push(last.iter().rev().copied().collect());
        }
        for at in 0..self.updates[key as usize].len() {
            if !self.may_go_on(ways) {
                return;
            }
            let update = self.updates[key as usize][at];
            let texts = &self.compiled.machine.texts;
            let is = |number: u32| **texts.text(number) == *text;
            let before = match self.compiled.ops[update as usize].steps[0].act {
                _ if last.contains(&update) => continue,
                Act::Write(value) | Act::Swap(_, value) if is(value) => {
                    ways.push([update].into_iter().chain(last.iter().rev().copied()).collect());
                    continue;
                }
                Act::MaySwap(expected, value) if is(value) => &**texts.text(expected),
                Act::AppendText(end) => match text.strip_suffix(&**texts.text(end)) {
                    Some(before) => before,
                    None => continue,
                },
                _ => continue,
            };
            last.push(update);
            self.texts(key, before, last, ways);
            last.pop();
        }
    }

    /// The ways in which a list came about.
    fn lists(&mut self, key: u32, list: &[u32], last: &mut Vec<u32>, ways: &mut Vec<Vec<u32>>) {
        let Some((item, before)) = list.split_last() else {
            return ways.push(last.iter().rev().copied().collect());
        };
        for update in self.items.get(&(key, *item)).cloned().unwrap_or_default() {
            if !self.may_go_on(ways) {
                return;
            }
            if !last.contains(&update) {
                last.push(update);
                self.lists(key, before, last, ways);
                last.pop();
            }
        }
    }

    /// Seeks the arbitration.
    fn arbitrate(&self) -> Arbitrated {
        let record = |place: &u32| self.compiled.ops[*place as usize].record;
        let all: Vec<&Ways> = self.ways.iter().collect();
        let mut tries = TRIES_MAX;
        if let Some(order) = self.order(&all, &mut tries) {
            return Arbitrated::Holds(order.iter().map(record).collect());
        }
        if tries == 0 || self.is_partial {
            return Arbitrated::GaveUp("what was read may have come about in too many ways");
        }
        // Readers are left out as long as the others still go round in a circle.
        let mut culprits = all;
        let mut size = culprits.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < culprits.len() && tries > 0 {
                let end = (at + size).min(culprits.len());
                let rest = [&culprits[..at], &culprits[end..]].concat();
                match self.order(&rest, &mut tries) {
                    None if tries > 0 => culprits = rest,
                    _ => at = end,
                }
            }
            size /= 2;
        }
        Arbitrated::Violated(culprits.iter().map(|(reader, _)| record(reader)).collect())
    }

    /// The updates in an order that explains these readers; `None` where there is none, or no more
    /// combination may be tried.
    fn order(&self, readers: &[&Ways], tries: &mut u32) -> Option<Vec<u32>> {
        let mut choice = vec![0; readers.len()];
        while *tries > 0 {
            *tries -= 1;
            let mut pairs = self.pairs.clone();
            for ((_, ways), choice) in readers.iter().zip(&choice) {
                pairs.extend(ways[*choice].windows(2).map(|pair| (pair[0], pair[1])));
            }
            if let Some(order) = self.sorted(pairs) {
                return Some(order);
            }
            let mut digits = choice.iter_mut().zip(readers);
            loop {
                let (digit, (_, ways)) = digits.next()?;
                *digit += 1;
                if *digit < ways.len() {
                    break;
                }
                *digit = 0;
            }
        }
        None
    }

    /// All updates in an order that keeps these pairs; `None` where they go round in a circle.
    fn sorted(&self, mut pairs: Vec<(u32, u32)>) -> Option<Vec<u32>> {
        sorting::pairs(&mut pairs);
        pairs.dedup();
        let mut before = vec![0_u32; self.compiled.ops.len()];
        pairs.iter().for_each(|(_, second)| before[*second as usize] += 1);
        let mut updates = self.updates.concat();
        sorting::numbers(&mut updates);
        updates.reverse();
        updates.retain(|update| before[*update as usize] == 0);
        let mut order = Vec::new();
        while let Some(update) = updates.pop() {
            order.push(update);
            let from = pairs.partition_point(|(first, _)| *first < update);
            for (_, second) in pairs[from..].iter().take_while(|(first, _)| *first == update) {
                before[*second as usize] -= 1;
                if before[*second as usize] == 0 {
                    updates.push(*second);
                }
            }
        }
        (order.len() == self.updates.iter().map(Vec::len).sum::<usize>()).then_some(order)
    }
}
