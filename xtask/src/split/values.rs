//! The static values in a module's data: where each begins and ends, which the linker's map says, and
//! which of them may be given away.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::known::Known;

/// A constant that lies so near to the end of a value may be meant for the next: a loop that counts
/// from one holds the address of the element before the first.
const NEAR_BYTES: u32 = 16;
/// A loop may count from the end of a value of no more than this.
const SHORT_BYTES: u32 = 1_024;

/// The static values, by address.
#[derive(Default)]
pub struct Values(BTreeMap<u32, Value>);

struct Value {
    end: u32,
    /// Nobody writes to it, so that two may have it and it may come late.
    is_constant: bool,
    /// It is a table of methods, over which nobody loops.
    is_methods: bool,
}

impl Values {
    /// Reads the linker's map: lines of address, place in the file and size, in hexadecimal digits, and
    /// what lies there. Those that name a section of an input file are values; in the linker's own
    /// section each string that ends with a zero is one.
    ///
    /// # Errors
    /// The map tells of no value.
    pub fn read(map: &str, known: &Known<'_>) -> Result<Self> {
        let mut values = Values::default();
        for line in map.lines() {
            let mut words = line.split_whitespace();
            let mut number = || u32::from_str_radix(words.next()?, 16).ok();
            let (Some(start), Some(_), Some(size)) = (number(), number(), number()) else {
                continue;
            };
            if size > 0 && line.contains(":(") {
                let is_constant = line.contains(":(.rodata");
                let (mut start, end) = (start, start + size);
                let mut insert = |start, end| {
                    let is_methods = is_constant && known.is_methods(start, end);
                    values.0.insert(start, Value { end, is_constant, is_methods });
                };
                if line.contains("<internal>:(") {
                    for at in (start..end - 1).filter(|at| known.byte(*at) == 0) {
                        insert(start, at + 1);
                        start = at + 1;
                    }
                }
                insert(start, end);
            }
        }
        if values.0.is_empty() {
            bail!("the linker's map tells of no static value; has its form changed?");
        }
        Ok(values)
    }

    /// Where the value around an address begins.
    pub fn around(&self, address: u32) -> Option<u32> {
        let (start, value) = self.0.range(..=address).next_back()?;
        (address < value.end).then_some(*start)
    }

    /// Those that a constant in code may be meant for, if it is an address at all: the value there; the
    /// next where it ends soon; the one before where it begins here, since some loops count from the end.
    /// Where it is the beginning of a value, long tables beside it are not meant. Tables of methods beside it
    /// never are: they lie beside one another by chance, and each leads to all the code of some type.
    pub fn meant_by(&self, number: u32) -> Vec<u32> {
        let before = || self.0.range(..number).next_back().map(|(start, _)| *start);
        let Some(start) = self.around(number) else {
            // Right behind the last, perhaps.
            let behind = before().filter(|before| self.end(*before) == number);
            return behind.into_iter().collect();
        };
        let is_short = |value: &u32| self.end(*value) - value <= SHORT_BYTES;
        let is_looped_over = |value: &u32| !self.0[value].is_methods;
        let mut meant = vec![start];
        if start == number {
            meant.extend(before().filter(is_short).filter(is_looped_over));
        }
        if self.end(start) - number <= NEAR_BYTES {
            let next = self.next(start + 1).filter(is_looped_over);
            meant.extend(next.filter(|next| start != number || is_short(next)));
        }
        meant
    }

    /// Where each begins.
    pub fn starts(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }

    /// Where the first value at or behind an address begins.
    pub fn next(&self, address: u32) -> Option<u32> {
        self.0.range(address..).next().map(|(start, _)| *start)
    }

    /// Where a value ends.
    pub fn end(&self, start: u32) -> u32 {
        self.0.get(&start).map_or(start, |value| value.end)
    }

    /// Whether it may lie in a part's module.
    pub fn may_go(&self, start: u32) -> bool {
        self.0.get(&start).is_some_and(|value| value.is_constant)
    }
}
