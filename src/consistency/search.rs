//! Is there a legal order? The search that every model comes down to: orders of operations that
//! respect given pairs, or real time, or both, and in which every answer is right.
//!
//! Method: depth first over prefixes of an order (Wing and Gong 1993), with a memo of the sets of
//! placed operations and states that were tried, so that none is tried twice (Lowe 2017). Exact: the
//! memo compares sets, not hashes. Three cuts that lose no order:
//!
//! - An operation that never changes anything and may come next comes next, without alternatives:
//!   in any order that has it later it can be moved here. So reads cost nothing.
//! - A value that somebody has yet to read, and nobody has yet to write, is not overwritten.
//! - What was never seen is one state (see the machine).
//!
//! With real time, operations stand in a list by their calls, and one may come next if it was called
//! before the earliest return among those not placed. Without, the list holds those whose
//! predecessors are all placed.

use super::compile::{OPEN, Op};
use super::intern::Places;
use super::machine::{Act, Machine};
use crate::mix::scramble;

const NONE: u32 = u32::MAX;

/// What to order.
pub(super) struct Problem {
    pub ops: Vec<Op>,
    /// Which operation, by its place in `ops`, must come before which.
    pub before: Vec<(u32, u32)>,
    /// Whether an operation must come before those called after its return.
    pub real_time: bool,
    /// For an operation, the pairs of which the second must not be missing where the first is
    /// there. By the place of the operation.
    pub conflicts: Vec<(u32, u32, u32)>,
    /// What each key holds at first.
    pub start: Vec<u32>,
}

/// How a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Not done.
    Open,
    /// There is an order: `Search::placed`.
    Order,
    /// There is none.
    None,
    /// The memory is used up.
    Memory,
}

struct Frame {
    op: u32,
    state: u32,
    /// The earliest return among the operations before this one in the list.
    limit: u64,
    /// Whether it came without alternatives.
    forced: bool,
}

/// A search that can be interrupted.
pub(super) struct Search {
    ops: Vec<Op>,
    real_time: bool,
    successors: Vec<Vec<u32>>,
    pending: Vec<u32>,
    conflicts: Vec<Vec<(u32, u32)>>,
    next: Vec<u32>,
    previous: Vec<u32>,
    /// Where each operation is in the bit set: the open ones first, since they may stay away for
    /// ever, then the others by their calls, so that the ones and zeros at the ends can be cut off.
    bit: Vec<u32>,
    placed: Vec<u64>,
    open_words: usize,
    hash: u64,
    state: u32,
    missing: u32,
    frames: Vec<Frame>,
    cursor: u32,
    limit: u64,
    /// Whether the operations without effect were placed since the last placing.
    closed: bool,
    memo: Memo,
    supply: Supply,
    longest: Vec<u32>,
    /// How many frames at the beginning are as in `longest`.
    shared: usize,
}

impl Search {
    pub fn new(problem: Problem, machine: &mut Machine) -> Self {
        let Problem { ops, before, real_time, conflicts: pairs, start } = problem;
        let count = ops.len();
        let mut successors = vec![Vec::new(); count];
        let mut pending = vec![0; count];
        for (first, second) in before {
            successors[first as usize].push(second);
            pending[second as usize] += 1;
        }
        let mut conflicts = vec![Vec::new(); count];
        for (op, first, second) in pairs {
            conflicts[op as usize].push((first, second));
        }
        let open = ops.iter().filter(|op| !op.required).count();
        let open_words = open.div_ceil(64);
        let mut places = [0, open_words as u32 * 64];
        let mut bit = Vec::with_capacity(count);
        for op in &ops {
            let place = &mut places[usize::from(op.required)];
            bit.push(*place);
            *place += 1;
        }
        let words = (places[1] as usize).div_ceil(64).max(open_words);
        let mut search = Search {
            supply: Supply::new(&ops, machine, &start),
            missing: (count - open) as u32,
            next: vec![NONE; count + 1],
            previous: vec![NONE; count + 1],
            ops,
            real_time,
            successors,
            pending,
            conflicts,
            bit,
            placed: vec![0; words],
            open_words,
            hash: 0,
            state: machine.state(&start),
            frames: Vec::new(),
            cursor: NONE,
            limit: OPEN,
            closed: false,
            memo: Memo::new(),
            longest: Vec::new(),
            shared: 0,
        };
        // The list is a ring through one more place than there are operations.
        search.next[count] = count as u32;
        search.previous[count] = count as u32;
        for op in 0..count as u32 {
            if real_time || search.pending[op as usize] == 0 {
                search.link_last(op);
            }
        }
        search.restart();
        search
    }

    fn head(&self) -> u32 {
        self.ops.len() as u32
    }

    fn restart(&mut self) {
        self.cursor = self.next[self.head() as usize];
        self.limit = OPEN;
    }

    fn link_last(&mut self, op: u32) {
        let head = self.head();
        let last = self.previous[head as usize];
        self.next[last as usize] = op;
        self.previous[op as usize] = last;
        self.next[op as usize] = head;
        self.previous[head as usize] = op;
    }

    fn unlink(&mut self, op: u32) {
        let (before, after) = (self.previous[op as usize], self.next[op as usize]);
        self.next[before as usize] = after;
        self.previous[after as usize] = before;
    }

    fn relink(&mut self, op: u32) {
        let (before, after) = (self.previous[op as usize], self.next[op as usize]);
        self.next[before as usize] = op;
        self.previous[after as usize] = op;
    }

    fn place(&mut self, op: u32, state: u32, forced: bool) {
        self.frames.push(Frame { op, state: self.state, limit: self.limit, forced });
        self.state = state;
        self.unlink(op);
        self.flip(op);
        self.supply.remove(&self.ops[op as usize]);
        for place in 0..self.successors[op as usize].len() {
            let later = self.successors[op as usize][place];
            self.pending[later as usize] -= 1;
            if !self.real_time && self.pending[later as usize] == 0 {
                self.link_last(later);
            }
        }
        self.missing -= u32::from(self.ops[op as usize].required);
    }

    /// Takes the last operation back.
    fn take_back(&mut self) -> Option<Frame> {
        if self.frames.len() > self.longest.len() {
            self.longest.truncate(self.shared);
            self.longest.extend(self.frames[self.shared..].iter().map(|frame| frame.op));
            self.shared = self.frames.len();
        }
        let frame = self.frames.pop()?;
        self.shared = self.shared.min(self.frames.len());
        let op = frame.op;
        for place in (0..self.successors[op as usize].len()).rev() {
            let later = self.successors[op as usize][place];
            if !self.real_time && self.pending[later as usize] == 0 {
                self.unlink(later);
            }
            self.pending[later as usize] += 1;
        }
        self.supply.restore(&self.ops[op as usize]);
        self.relink(op);
        self.flip(op);
        self.state = frame.state;
        self.missing += u32::from(self.ops[op as usize].required);
        Some(frame)
    }

    fn flip(&mut self, op: u32) {
        let bit = self.bit[op as usize];
        self.placed[bit as usize / 64] ^= 1 << (bit % 64);
        self.hash ^= scramble(u64::from(bit) + 1);
    }

    fn is_placed(&self, op: u32) -> bool {
        let bit = self.bit[op as usize];
        self.placed[bit as usize / 64] & (1 << (bit % 64)) != 0
    }

    /// The state after an operation that may come next.
    #[inline]
    fn after(&self, op: u32, machine: &mut Machine) -> Option<u32> {
        if self.pending[op as usize] != 0 {
            return None;
        }
        let about = &self.ops[op as usize];
        let state = machine.apply(self.state, about.whole, &about.steps)?;
        let mut conflicts = self.conflicts[op as usize].iter();
        if conflicts.any(|(first, second)| self.is_placed(*first) && !self.is_placed(*second)) {
            return None;
        }
        Some(state)
    }

    /// Goes on for about `steps` steps; takes away what it used.
    pub fn advance(&mut self, machine: &mut Machine, steps: &mut u64, memory: u64) -> Found {
        while *steps > 0 {
            if self.missing == 0 {
                return Found::Order;
            }
            if !self.closed {
                self.close(machine, steps);
                if self.missing == 0 {
                    return Found::Order;
                }
                self.closed = true;
                self.restart();
                // The set alone is what must not be tried twice, so it is noted when closed.
                if !self.memo.insert(self.hash, self.state, &self.placed, self.open_words) {
                    if !self.back() {
                        return Found::None;
                    }
                    continue;
                }
                if self.memo.bytes() + machine.bytes() > memory {
                    return Found::Memory;
                }
            }
            if !self.branch(machine, steps) && !self.back() {
                return Found::None;
            }
        }
        Found::Open
    }

    /// Places every operation that may come next and never changes anything.
    fn close(&mut self, machine: &mut Machine, steps: &mut u64) {
        loop {
            self.restart();
            let mut any = false;
            while self.cursor != self.head() && self.ops[self.cursor as usize].call <= self.limit {
                let op = self.cursor;
                *steps = steps.saturating_sub(1);
                let is_free = self.ops[op as usize].is_free();
                let next = self.next[op as usize];
                if is_free && self.after(op, machine) == Some(self.state) {
                    self.place(op, self.state, true);
                    any = true;
                    // What has just become possible is linked behind.
                    self.cursor = if next == self.head() {
                        self.next[self.previous[op as usize] as usize]
                    } else {
                        next
                    };
                } else {
                    self.pass(op);
                }
            }
            if !any || self.missing == 0 {
                return;
            }
        }
    }

    /// Goes past an operation of the list.
    fn pass(&mut self, op: u32) {
        if self.real_time {
            self.limit = self.limit.min(self.ops[op as usize].returned);
        }
        self.cursor = self.next[op as usize];
    }

    /// Places the next operation that leads to something new.
    fn branch(&mut self, machine: &mut Machine, steps: &mut u64) -> bool {
        while self.cursor != self.head() && self.ops[self.cursor as usize].call <= self.limit {
            let op = self.cursor;
            *steps = steps.saturating_sub(1);
            if let Some(state) = self.after(op, machine)
                && self.supply.allows(&self.ops[op as usize], self.state, state, machine)
            {
                self.place(op, state, false);
                self.closed = false;
                return true;
            }
            self.pass(op);
        }
        false
    }

    /// Takes operations back up to the last that had alternatives, and goes past it.
    fn back(&mut self) -> bool {
        while let Some(frame) = self.take_back() {
            if !frame.forced {
                self.limit = frame.limit;
                self.closed = true;
                self.pass(frame.op);
                return true;
            }
        }
        false
    }

    /// The records of the order that was found.
    pub fn placed(&self) -> Vec<u32> {
        self.frames.iter().map(|frame| self.ops[frame.op as usize].record).collect()
    }

    /// The records of the longest order that was tried.
    pub fn longest(&self) -> Vec<u32> {
        self.longest.iter().map(|op| self.ops[*op as usize].record).collect()
    }

    /// How many orders were tried.
    pub fn tried(&self) -> u64 {
        self.memo.places.len() as u64
    }
}

/// Which values of which keys are still to be read and to be written, to see that one would be
/// overwritten too early.
struct Supply {
    /// For each key the place of its first value in the counts; `NONE` where values can come about
    /// in other ways than by being written.
    base: Vec<u32>,
    readers: Vec<u32>,
    writers: Vec<u32>,
    values: u32,
}

/// More keys times values are not counted.
const SUPPLY_MAX: u64 = 1 << 20;

impl Supply {
    fn new(ops: &[Op], machine: &Machine, start: &[u32]) -> Self {
        let values = machine.texts.len();
        let mut base: Vec<u32> =
            (0..start.len() as u32).map(|key| key.wrapping_mul(values)).collect();
        if u64::from(values) * start.len() as u64 > SUPPLY_MAX {
            base.fill(NONE);
        }
        for step in ops.iter().flat_map(|op| &op.steps) {
            match step.act {
                Act::Read(_)
                | Act::Write(_)
                | Act::Swap(..)
                | Act::Differ(_)
                | Act::MaySwap(..) => {}
                _ => base[step.key as usize] = NONE,
            }
        }
        let used =
            if base.iter().all(|base| *base == NONE) { 0 } else { start.len() * values as usize };
        let mut supply = Supply { base, readers: vec![0; used], writers: vec![0; used], values };
        for op in ops {
            supply.restore(op);
        }
        supply
    }

    fn count(&mut self, op: &Op, by: u32) {
        for step in &op.steps {
            let base = self.base[step.key as usize];
            if base == NONE {
                continue;
            }
            let (read, written) = match step.act {
                Act::Read(value) => (Some(value), None),
                Act::Write(value) | Act::MaySwap(_, value) => (None, Some(value)),
                Act::Swap(expected, value) => (Some(expected), Some(value)),
                _ => (None, None),
            };
            if let Some(value) = read.filter(|_| op.required) {
                let readers = &mut self.readers[(base + value) as usize];
                *readers = readers.wrapping_add(by);
            }
            if let Some(value) = written {
                let writers = &mut self.writers[(base + value) as usize];
                *writers = writers.wrapping_add(by);
            }
        }
    }

    fn remove(&mut self, op: &Op) {
        self.count(op, u32::MAX);
    }

    fn restore(&mut self, op: &Op) {
        self.count(op, 1);
    }

    /// Whether nobody has to read what this operation overwrites, who could not read it otherwise.
    fn allows(&mut self, op: &Op, state: u32, after: u32, machine: &Machine) -> bool {
        if self.readers.is_empty() || state == after {
            return true;
        }
        self.remove(op);
        let allows = op.steps.iter().all(|step| {
            let base = self.base[step.key as usize];
            let value = machine.sub(state, step.key);
            if base == NONE || value >= self.values || machine.sub(after, step.key) == value {
                return true;
            }
            let place = (base + value) as usize;
            self.readers[place] == 0 || self.writers[place] > 0
        });
        self.restore(op);
        allows
    }
}

/// The sets of placed operations, each with its state, that were tried.
struct Memo {
    words: Vec<u64>,
    ends: Vec<u32>,
    places: Places,
}

impl Memo {
    fn new() -> Self {
        Memo { words: Vec::new(), ends: Vec::new(), places: Places::new() }
    }

    /// Notes one; whether it is new. Of the words after the open ones, those full of ones at the
    /// beginning and of zeros at the end are only counted.
    fn insert(&mut self, hash: u64, state: u32, placed: &[u64], open_words: usize) -> bool {
        let (open, rest) = placed.split_at(open_words);
        let full = rest.iter().take_while(|word| **word == u64::MAX).count();
        let rest = &rest[full..];
        let used = rest.len() - rest.iter().rev().take_while(|word| **word == 0).count();
        let rest = &rest[..used];
        let first = (u64::from(state) << 32) | full as u64;
        let hash = scramble(hash ^ scramble(u64::from(state) ^ 0x5DEE_CE66_D1CE_4E5B));
        let Memo { words, ends, places } = self;
        let is_it = |place: u32| {
            let place = place as usize;
            let start = if place == 0 { 0 } else { ends[place - 1] as usize };
            let noted = &words[start..ends[place] as usize];
            noted.len() == 1 + open.len() + rest.len()
                && noted[0] == first
                && noted[1..].iter().eq(open.iter().chain(rest))
        };
        if places.find(hash, is_it).is_some() {
            return false;
        }
        places.add(hash, ends.len() as u32);
        words.push(first);
        words.extend_from_slice(open);
        words.extend_from_slice(rest);
        ends.push(words.len() as u32);
        true
    }

    fn bytes(&self) -> u64 {
        self.words.len() as u64 * 8 + self.ends.len() as u64 * 4 + self.places.bytes()
    }
}
