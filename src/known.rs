//! What is known by 64-bit hashes: a table whose order never shows.
//!
//! Hashes need no hashing, so a place is their low bits and the next free one after it. Entries lie in the
//! order in which they came, and places hold their numbers: what grows is small, and the same code finds
//! the places whatever is known. A place holds half of the hash, too, so that other entries than the one
//! that is looked for are hardly ever looked at.

/// Values by hashes that are as good as random.
pub(crate) struct Known<V> {
    /// One more than the number of an entry, below the upper half of its hash, or zero; a power of two of
    /// them.
    places: Vec<u64>,
    entries: Vec<(u64, V)>,
}

/// The most entries of what can be found out again.
const LEN_MAX: usize = 1 << 17;
/// The bits of a place that hold a number.
const NUMBER: u64 = 0xFFFF_FFFF;
/// The first number of places.
const PLACES_MIN: usize = 64;

impl<V> Default for Known<V> {
    fn default() -> Self {
        Known { places: Vec::new(), entries: Vec::new() }
    }
}

impl<V> Known<V> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value at a hash.
    pub fn get(&self, hash: u64) -> Option<&V> {
        self.number(hash).map(|number| &self.entries[number].1)
    }

    /// The value at a hash, to be changed.
    pub fn get_mut(&mut self, hash: u64) -> Option<&mut V> {
        self.number(hash).map(|number| &mut self.entries[number].1)
    }

    fn number(&self, hash: u64) -> Option<usize> {
        let mask = self.places.len().checked_sub(1)?;
        let mut place = hash as usize & mask;
        loop {
            let held = self.places[place];
            let number = (held & NUMBER).checked_sub(1)? as usize;
            if (held ^ hash) & !NUMBER == 0 && self.entries[number].0 == hash {
                return Some(number);
            }
            place = (place + 1) & mask;
        }
    }

    /// Puts a value at a hash where there is none.
    pub fn insert(&mut self, hash: u64, value: V) {
        self.entries.push((hash, value));
        if self.entries.len() > self.places.len() / 4 * 3 {
            self.place_all();
        } else {
            settle(&mut self.places, hash, self.entries.len());
        }
    }

    /// The value at a hash, which is what `make` returns if there was none; where there is too much, all
    /// is let go of first.
    pub fn get_or_make(&mut self, hash: u64, make: impl FnOnce() -> V) -> &V {
        let number = self.number(hash).unwrap_or_else(|| {
            if self.entries.len() >= LEN_MAX {
                self.entries.clear();
                self.place_all();
            }
            self.insert(hash, make());
            self.entries.len() - 1
        });
        &self.entries[number].1
    }

    /// Keeps the values that `keeps` wants.
    pub fn retain(&mut self, mut keeps: impl FnMut(&mut V) -> bool) {
        self.entries.retain_mut(|(_, value)| keeps(value));
        self.place_all();
    }

    /// Finds places for all entries anew: between three eighths and three quarters are taken.
    fn place_all(&mut self) {
        let count = (2 * self.entries.len()).next_power_of_two().max(PLACES_MIN);
        self.places.clear();
        self.places.resize(count, 0);
        for (number, (hash, _)) in (1..).zip(&self.entries) {
            settle(&mut self.places, *hash, number);
        }
    }
}

/// Puts an entry's number, counted from one, at the first free place from where its hash belongs.
fn settle(places: &mut [u64], hash: u64, number: usize) {
    let mask = places.len() - 1;
    let mut place = hash as usize & mask;
    while places[place] != 0 {
        place = (place + 1) & mask;
    }
    places[place] = hash & !NUMBER | number as u64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::scramble;

    #[test]
    fn it_holds_what_was_put_in_and_nothing_else() {
        let mut known = Known::default();
        for number in 0..5_000 {
            assert_eq!(known.get(scramble(number)), None);
            known.insert(scramble(number), number);
        }
        known.retain(|number| *number % 3 == 0);
        assert_eq!(known.len(), 1_667);
        for number in 0..5_000 {
            let there = (number % 3 == 0).then_some(&number);
            assert_eq!(known.get(scramble(number)), there);
        }
        // Hashes that belong at one place.
        let same = |number: u64| number << 40;
        let mut known = Known::default();
        (0..200).for_each(|number| known.insert(same(number), number));
        assert!((0..200).all(|number| known.get(same(number)) == Some(&number)));
        assert_eq!(known.get(same(200)), None);
    }
}
