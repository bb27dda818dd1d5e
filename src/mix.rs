//! Numbers that must never change: the keyed random draws and the state fingerprint.
//!
//! A link made today must replay for ever, and its fingerprint must be the same natively and in
//! WebAssembly. Hash libraries promise neither (their output may change with a release, and
//! `derive(Hash)` writes lengths and discriminants as `usize`), so this one small function is ours
//! and frozen: a golden test pins its values. What the standard library feeds it for strings and
//! collections is stable in practice on little-endian targets and pinned with the toolchain; the
//! golden links notice if it ever moves.

use std::hash::{Hash, Hasher};

use crate::operation::Text;

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
const START: u64 = 0x243F_6A88_85A3_08D3;

/// Folds the full 128-bit product of two words into one: every input bit reaches every output bit.
#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Scrambles one word (the finaliser of SplitMix64), a bijection.
#[inline]
pub fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A 64-bit hasher with the same result on every target. It can take texts for others, so that a value is
/// hashed as it would be if other values stood in it.
#[derive(Clone, Debug)]
pub struct StableHasher<'a> {
    state: u64,
    /// Texts, each with the one that it is hashed as.
    texts: &'a [(Text, Text)],
}

impl Default for StableHasher<'_> {
    fn default() -> Self {
        StableHasher { state: START, texts: &[] }
    }
}

impl<'a> StableHasher<'a> {
    /// A hasher to which each of these texts is the one beside it.
    pub fn reading(texts: &'a [(Text, Text)]) -> Self {
        StableHasher { state: START, texts }
    }

    #[inline]
    fn word(&mut self, word: u64) {
        self.state = fold(self.state ^ word, MULTIPLIER).wrapping_add(word.rotate_left(32));
    }
}

impl Hasher for StableHasher<'_> {
    fn finish(&self) -> u64 {
        scramble(self.state)
    }

    fn write(&mut self, bytes: &[u8]) {
        // A text arrives whole. So does a list of numbers, which is never that of a text's letters.
        let other = self.texts.iter().find(|(text, _)| text.as_bytes() == bytes);
        let bytes = other.map_or(bytes, |(_, other)| other.as_bytes());
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            // Most texts are a letter or two: copying them costs more than hashing them.
            let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.word(last);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_u128(&mut self, value: u128) {
        self.word(value as u64);
        self.word((value >> 64) as u64);
    }

    // Lengths and enum discriminants arrive as usize and isize: widen them, or wasm32 would differ.
    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.word(value as i64 as u64);
    }
}

/// The stable hash of a value.
pub fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    hash_reading(value, &[])
}

/// The stable hash of a value in which each of these texts is the one beside it.
pub fn hash_reading<T: Hash + ?Sized>(value: &T, texts: &[(Text, Text)]) -> u64 {
    let mut hasher = StableHasher::reading(texts);
    value.hash(&mut hasher);
    hasher.finish()
}

/// What a random draw is for; part of its key, so that draws never share a stream.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// How long a message travels.
    Delay = 1,
    /// Whether a message is lost on the way.
    Loss = 2,
    /// Whether a message is copied on the way.
    Duplication = 3,
    /// How long a timer runs.
    Timer = 4,
    /// What a random schedule does next.
    Schedule = 5,
    /// What a generated client asks for.
    Workload = 6,
}

/// A random word that depends on its key alone. Because no stream is shared, dropping one message
/// leaves the delay of every other as it was: "what if" stays honest.
pub fn draw(seed: u64, purpose: Purpose, key: [u64; 3]) -> u64 {
    let mut state = scramble(seed ^ START).wrapping_add(u64::from(purpose as u8));
    for word in key {
        state = scramble(fold(state ^ word, MULTIPLIER).wrapping_add(word));
    }
    state
}

/// A draw from `low..=high`; `low` where the range is empty.
pub fn draw_between(seed: u64, purpose: Purpose, key: [u64; 3], low: u64, high: u64) -> u64 {
    if high <= low {
        return low;
    }
    low + draw(seed, purpose, key) % (high - low + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_frozen() {
        // If this fails, every link ever made would diverge: change the code back, not the test.
        assert_eq!(hash_of(&(1u8, 2u64, "raft", vec![3u32, 4])), GOLDEN_HASH);
        assert_eq!(draw(42, Purpose::Delay, [1, 2, 3]), GOLDEN_DRAW);
    }

    const GOLDEN_HASH: u64 = 2_538_231_885_614_404_295;
    const GOLDEN_DRAW: u64 = 7_366_865_704_482_931;

    #[test]
    fn texts_are_hashed_as_others() {
        let [one, two, three] = ["1", "2", "3"].map(Text::from);
        let swap = [(one.clone(), two.clone()), (two.clone(), one.clone())];
        let held = (7_u32, vec![one.clone(), two.clone(), three.clone()], "1");
        let swapped = (7_u32, vec![two, one, three], "2");
        assert_eq!(hash_reading(&held, &swap), hash_of(&swapped));
        assert_ne!(hash_of(&held), hash_of(&swapped));
    }

    #[test]
    fn widths_do_not_matter() {
        let mut wide = StableHasher::default();
        wide.write_u64(7);
        let mut native = StableHasher::default();
        native.write_usize(7);
        assert_eq!(wide.finish(), native.finish());
    }

    #[test]
    fn draws_stay_in_range_and_reach_both_ends() {
        let draws: std::collections::BTreeSet<u64> =
            (0..200).map(|count| draw_between(7, Purpose::Timer, [0, 0, count], 10, 14)).collect();
        assert_eq!(draws.into_iter().collect::<Vec<_>>(), vec![10, 11, 12, 13, 14]);
    }
}
