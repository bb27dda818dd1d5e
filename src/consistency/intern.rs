//! Small numbers for what is compared often: texts, and sequences of numbers. Equal ones get the
//! same number, so that a state of the search is one word and comparing two states costs nothing.

use std::collections::BTreeMap;

use crate::mix::scramble;
use crate::operation::Text;

/// Texts with their numbers; nil and the empty text are number 0.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    texts: Vec<Text>,
    numbers: BTreeMap<Text, u32>,
}

impl Texts {
    pub fn new() -> Self {
        let nil = Text::from("");
        Texts { texts: vec![nil.clone()], numbers: BTreeMap::from([(nil, 0)]) }
    }

    pub fn number(&mut self, text: &Text) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.clone());
        self.numbers.insert(text.clone(), number);
        number
    }

    pub fn text(&self, number: u32) -> &Text {
        &self.texts[number as usize]
    }

    pub fn len(&self) -> u32 {
        self.texts.len() as u32
    }
}

/// Sequences of numbers with their numbers; the empty one is number 0.
#[derive(Clone, Debug)]
pub(super) struct Sequences {
    items: Vec<u32>,
    ends: Vec<u32>,
    table: Places,
}

impl Sequences {
    pub fn new() -> Self {
        let mut empty = Sequences { items: Vec::new(), ends: Vec::new(), table: Places::new() };
        empty.number(&[]);
        empty
    }

    pub fn number(&mut self, sequence: &[u32]) -> u32 {
        let hash = sequence
            .iter()
            .fold(sequence.len() as u64, |hash, item| scramble(hash ^ u64::from(*item)));
        let Sequences { items, ends, table } = self;
        if let Some(found) = table.find(hash, |place| slice(items, ends, place) == sequence) {
            return found;
        }
        let number = ends.len() as u32;
        items.extend_from_slice(sequence);
        ends.push(items.len() as u32);
        table.add(hash, number);
        number
    }

    pub fn items(&self, number: u32) -> &[u32] {
        slice(&self.items, &self.ends, number)
    }

    pub fn bytes(&self) -> u64 {
        (self.items.len() * 4 + self.ends.len() * 4) as u64 + self.table.bytes()
    }
}

fn slice<'a>(items: &'a [u32], ends: &[u32], place: u32) -> &'a [u32] {
    let place = place as usize;
    let start = if place == 0 { 0 } else { ends[place - 1] as usize };
    &items[start..ends[place] as usize]
}

/// A hash table of places in a list kept elsewhere, with open addressing: the caller compares what
/// stands at a place, so nothing is ever taken for equal because its hash is.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Half of the hash and the place, or `EMPTY`.
    slots: Vec<u64>,
    count: usize,
}

const EMPTY: u64 = u64::MAX;

impl Places {
    pub fn new() -> Self {
        Places { slots: vec![EMPTY; 16], count: 0 }
    }

    /// The place with this hash that `is_it`.
    #[inline]
    pub fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == hash >> 32 && is_it(slot as u32) {
                return Some(slot as u32);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a place that is not there.
    pub fn add(&mut self, hash: u64, place: u32) {
        if self.count * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        self.count += 1;
        Self::put(&mut self.slots, hash, place);
    }

    fn put(slots: &mut [u64], hash: u64, place: u32) {
        let mask = slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        while slots[at] != EMPTY {
            at = (at + 1) & mask;
        }
        slots[at] = (hash >> 32 << 32) | u64::from(place);
    }

    /// The upper half of a hash finds its slot, so that slots can be moved without the lower half.
    fn grow(&mut self) {
        let mut slots = vec![EMPTY; self.slots.len() * 2];
        for slot in self.slots.iter().filter(|slot| **slot != EMPTY) {
            Self::put(&mut slots, *slot, *slot as u32);
        }
        self.slots = slots;
    }

    pub fn bytes(&self) -> u64 {
        self.slots.len() as u64 * 8
    }

    pub fn len(&self) -> usize {
        self.count
    }
}
