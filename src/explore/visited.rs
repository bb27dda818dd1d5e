//! The states seen so far: fingerprints and, for each, the fingerprint of the state it was first
//! reached from. States themselves are not kept; a run is found again by following the parents back
//! and stepping forward.
//!
//! Sixteen bytes a state in open addressing. The table is split into shards that grow one at a time, so
//! that growing never needs the memory of two whole tables; between two growths a shard is between
//! three eighths and three quarters full, so a state costs 22 to 43 bytes.

/// How many bits of a fingerprint choose its shard.
const SHARD_BITS: u32 = 6;
/// A place that holds nothing.
const EMPTY: u64 = 0;
/// The first size of a shard.
const SHARD_PLACES_MIN: usize = 16;

/// A fingerprint and that of the state it was first reached from.
type Place = (u64, u64);

/// A set of fingerprints, each with its parent.
pub struct Visited {
    shards: Vec<Shard>,
    count: u64,
}

#[derive(Clone, Default)]
struct Shard {
    places: Vec<Place>,
    used: usize,
}

impl Default for Visited {
    fn default() -> Self {
        Visited { shards: vec![Shard::default(); 1 << SHARD_BITS], count: 0 }
    }
}

impl Visited {
    /// How many states it holds.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> u64 {
        let places: usize = self.shards.iter().map(|shard| shard.places.capacity()).sum();
        (places * size_of::<Place>()) as u64
    }

    /// Adds a fingerprint; false where it was there.
    pub fn insert(&mut self, fingerprint: u64, parent: u64) -> bool {
        let is_new = self.shards[shard_of(fingerprint)].insert(key_of(fingerprint), parent);
        self.count += u64::from(is_new);
        is_new
    }

    /// The parent of a fingerprint; `None` where it was never added.
    pub fn parent(&self, fingerprint: u64) -> Option<u64> {
        let shard = &self.shards[shard_of(fingerprint)];
        let place = shard.find(key_of(fingerprint))?;
        (shard.places[place].0 != EMPTY).then(|| shard.places[place].1)
    }
}

fn shard_of(fingerprint: u64) -> usize {
    (fingerprint >> (64 - SHARD_BITS)) as usize
}

/// Zero marks an empty place: one fingerprint in 2^64 is merged with its neighbour.
fn key_of(fingerprint: u64) -> u64 {
    fingerprint.max(1)
}

impl Shard {
    fn insert(&mut self, key: u64, parent: u64) -> bool {
        if self.used >= self.places.len() / 4 * 3 {
            self.grow();
        }
        match self.find(key) {
            Some(place) if self.places[place].0 == EMPTY => {
                self.places[place] = (key, parent);
                self.used += 1;
                true
            }
            _ => false,
        }
    }

    /// The place of a key, or the empty one where it belongs; `None` in a shard without places.
    fn find(&self, key: u64) -> Option<usize> {
        let mask = self.places.len().checked_sub(1)?;
        let mut place = key as usize & mask;
        while self.places[place].0 != key && self.places[place].0 != EMPTY {
            place = (place + 1) & mask;
        }
        Some(place)
    }

    fn grow(&mut self) {
        let larger = (2 * self.places.len()).max(SHARD_PLACES_MIN);
        let before = std::mem::replace(&mut self.places, vec![(EMPTY, EMPTY); larger]);
        for (key, parent) in before {
            if let Some(place) = self.find(key).filter(|_| key != EMPTY) {
                self.places[place] = (key, parent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::scramble;

    #[test]
    fn it_holds_what_was_added_and_nothing_else() {
        let mut visited = Visited::default();
        for number in 0..20_000 {
            assert!(visited.insert(scramble(number), number));
            assert!(!visited.insert(scramble(number), 7), "only the first parent counts");
        }
        assert_eq!(visited.len(), 20_000);
        for number in 0..20_000 {
            assert_eq!(visited.parent(scramble(number)), Some(number));
            assert!(visited.parent(scramble(number + 20_000)).is_none());
        }
        assert!(visited.bytes() <= 60 * 20_000, "{} bytes", visited.bytes());
    }
}
