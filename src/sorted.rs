//! An ordered map and an ordered set that keep their entries in a sorted `Vec`.
//!
//! The standard `BTreeMap` is compiled anew for every pair of types, each time with its nodes,
//! splits, merges and iterators; for the dozens of pairs in the protocols this was up to half of a
//! protocol's code. A sorted vector needs a binary search and a `Vec`, and is cheaper to copy when a
//! world is cloned. Its price is an insertion or a removal in the middle, which moves what lies
//! behind. Most maps here hold tens of entries or grow at their end, where nothing moves; those of
//! the checkers that grow elsewhere, by client or by key, were measured at tens of thousands of
//! actions and are no slower.
//!
//! Order, equality and hash are those of the `BTreeMap` and `BTreeSet` with the same entries, to the
//! bit, so that fingerprints do not depend on the container. The methods are those that somebody
//! calls.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::mem;
use std::ops::{Bound, RangeBounds};
use std::slice;
use std::vec;

use crate::sorting;

/// A map in the order of its keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortedMap<K, V> {
    /// By key, each key once.
    entries: Vec<(K, V)>,
}

impl<K, V> SortedMap<K, V> {
    /// A map without entries.
    pub const fn new() -> Self {
        SortedMap { entries: Vec::new() }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { entries: self.entries.iter() }
    }

    /// The entries in the order of their keys, their values to be changed.
    pub fn iter_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = (&K, &mut V)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// The values alone, in the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.entries.into_iter().map(|(_, value)| value)
    }

    /// The entry with the smallest key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.entries.first().map(|(key, value)| (key, value))
    }

    /// The entry with the largest key.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.entries.last().map(|(key, value)| (key, value))
    }

    /// Takes the entry with the smallest key out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.entries.is_empty()).then(|| self.entries.remove(0))
    }

    /// The same entries in the order that other names give their keys: to be hashed, as nothing is found
    /// in it.
    pub fn in_order_of<N: Ord>(&self, name: impl Fn(&K) -> N) -> Self
    where
        Self: Clone,
    {
        let mut renamed = self.clone();
        sorting::by(&mut renamed.entries, |(one, _), (other, _)| name(one).cmp(&name(other)));
        renamed
    }

    /// Keeps the entries that `keeps` wants.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| keeps(key, value));
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// Where the key is, or where it would be.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.entries.binary_search_by(|(other, _)| other.borrow().cmp(key))
    }

    /// Where a key to be inserted is, or where it belongs: at the end without a search.
    fn place_to_insert(&self, key: &K) -> Result<usize, usize> {
        match self.entries.last() {
            Some((last, _)) if last < key => Err(self.entries.len()),
            _ => self.place(key),
        }
    }

    /// The value at a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| &self.entries[place].1)
    }

    /// The value at a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| &mut self.entries[place].1)
    }

    /// Whether there is a value at a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Puts a value at a key and returns the one that was there. The key that was there stays.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place_to_insert(&key) {
            Ok(place) => Some(mem::replace(&mut self.entries[place].1, value)),
            Err(place) => {
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    /// Takes the value at a key out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|place| self.entries.remove(place).1)
    }

    /// The place of a key, to look at the value there or to put one.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = self.place_to_insert(&key);
        Entry { map: self, key, place }
    }

    /// The entries with keys in a range; none if the range ends before it starts.
    pub fn range(&self, range: impl RangeBounds<K>) -> Iter<'_, K, V> {
        let after = |bound: &K| self.entries.partition_point(|(key, _)| key <= bound);
        let from = |bound: &K| self.entries.partition_point(|(key, _)| key < bound);
        let start = match range.start_bound() {
            Bound::Unbounded => 0,
            Bound::Included(bound) => from(bound),
            Bound::Excluded(bound) => after(bound),
        };
        let end = match range.end_bound() {
            Bound::Unbounded => self.entries.len(),
            Bound::Included(bound) => after(bound),
            Bound::Excluded(bound) => from(bound),
        };
        Iter { entries: self.entries.get(start..end).unwrap_or_default().iter() }
    }
}

/// The place of a key in a map, with or without a value.
pub struct Entry<'a, K, V> {
    map: &'a mut SortedMap<K, V>,
    key: K,
    place: Result<usize, usize>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// The value at the key, which is what `make` returns if there was none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let entries = &mut self.map.entries;
        let place = match self.place {
            Ok(place) => place,
            Err(place) => {
                entries.insert(place, (self.key, make()));
                place
            }
        };
        &mut entries[place].1
    }

    /// The value at the key, which is `value` if there was none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value at the key, which is the default if there was none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// Entries of a map in the order of their keys.
pub struct Iter<'a, K, V> {
    entries: slice::Iter<'a, (K, V)>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { entries: self.entries.clone() }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(|(key, value)| (key, value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back().map(|(key, value)| (key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = SortedMap::new();
        map.extend(entries);
        map
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        SortedMap::new()
    }
}

impl<K: Hash, V: Hash> Hash for SortedMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.entries.len());
        for (key, value) in &self.entries {
            key.hash(state);
            value.hash(state);
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self).finish()
    }
}

/// A set in the order of its values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortedSet<T> {
    values: SortedMap<T, ()>,
}

impl<T> SortedSet<T> {
    /// A set without values.
    pub const fn new() -> Self {
        SortedSet { values: SortedMap::new() }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        self.values.keys()
    }

    /// The same values in the order that other names give them: to be hashed, as nothing is found in it.
    pub fn in_order_of<N: Ord>(&self, name: impl Fn(&T) -> N) -> Self
    where
        T: Clone,
    {
        SortedSet { values: self.values.in_order_of(name) }
    }

    /// The largest value.
    pub fn last(&self) -> Option<&T> {
        self.values.last_key_value().map(|(value, ())| value)
    }
}

impl<T: Ord> SortedSet<T> {
    /// Whether a value is in the set.
    pub fn contains<Q: Ord + ?Sized>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.values.contains_key(value)
    }

    /// Puts a value in, and says whether it was not there before.
    pub fn insert(&mut self, value: T) -> bool {
        self.values.insert(value, ()).is_none()
    }

    /// Takes a value out, and says whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.values.remove(value).is_some()
    }
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        SortedSet::new()
    }
}

impl<T: Ord> Extend<T> for SortedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.values.extend(values.into_iter().map(|value| (value, ())));
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = SortedSet::new();
        set.extend(values);
        set
    }
}

impl<T: fmt::Debug> fmt::Debug for SortedSet<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::mix::hash_of;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Both maps say the same about everything that one can ask them.
    fn same(ours: &SortedMap<String, u64>, theirs: &BTreeMap<String, u64>) {
        assert!(ours.iter().eq(theirs) && ours.iter().rev().eq(theirs.iter().rev()));
        assert_eq!((ours.len(), ours.is_empty()), (theirs.len(), theirs.is_empty()));
        assert!(ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values()));
        assert_eq!(ours.first_key_value(), theirs.first_key_value());
        assert_eq!(ours.last_key_value(), theirs.last_key_value());
        assert_eq!(hash_of(ours), hash_of(theirs), "fingerprints do not see the container");
        assert_eq!(format!("{ours:?} {ours:#?}"), format!("{theirs:?} {theirs:#?}"));
    }

    proptest! {
        #[test]
        fn a_map_is_the_standard_one(steps in vec((0..10u8, "[a-f]{0,2}", 0..9u64), 0..60)) {
            let (mut ours, mut theirs) = (SortedMap::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    1 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                    2 => {
                        let keeps = |other: &String, held: &mut u64| {
                            *held += 1;
                            *other < key || held.is_multiple_of(2)
                        };
                        ours.retain(keeps);
                        theirs.retain(keeps);
                    }
                    3 => {
                        *ours.entry(key.clone()).or_default() += value;
                        *theirs.entry(key).or_default() += value;
                    }
                    4 => assert_eq!(
                        ours.entry(key.clone()).or_insert(value),
                        theirs.entry(key).or_insert(value)
                    ),
                    5 => assert_eq!(ours.get_mut(key.as_str()), theirs.get_mut(key.as_str())),
                    6 => {
                        ours.values_mut().for_each(|held| *held /= 2);
                        theirs.values_mut().for_each(|held| *held /= 2);
                    }
                    _ => assert_eq!(ours.insert(key.clone(), value), theirs.insert(key, value)),
                }
                same(&ours, &theirs);
            }
            same(&theirs.clone().into_iter().collect(), &theirs);
            prop_assert!(ours.into_values().eq(theirs.into_values()));
        }

        #[test]
        fn ranges_are_the_standard_ones(keys in vec(0..20u8, 0..12), low in 0..21u8, high in 0..21u8) {
            let ours: SortedMap<u8, ()> = keys.iter().map(|key| (*key, ())).collect();
            let theirs: BTreeMap<u8, ()> = keys.iter().map(|key| (*key, ())).collect();
            for key in 0..20 {
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
                prop_assert_eq!(ours.contains_key(&key), theirs.contains_key(&key));
            }
            prop_assert!(ours.range(low..).eq(theirs.range(low..)));
            prop_assert!(ours.range(..high).eq(theirs.range(..high)));
            prop_assert!(ours.range(..=high).eq(theirs.range(..=high)));
            if low < high {
                prop_assert!(ours.range(low..high).rev().eq(theirs.range(low..high).rev()));
            } else {
                prop_assert_eq!(ours.range(low..high).len(), 0);
            }
        }

        #[test]
        fn a_set_is_the_standard_one(steps in vec((any::<bool>(), 0..12u64), 0..40)) {
            let (mut ours, mut theirs) = (SortedSet::new(), BTreeSet::new());
            for (inserts, value) in steps {
                if inserts {
                    assert_eq!(ours.insert(value), theirs.insert(value));
                } else {
                    assert_eq!(ours.remove(&value), theirs.remove(&value));
                }
                prop_assert!(ours.iter().eq(&theirs) && ours.last() == theirs.last());
                prop_assert!(theirs.iter().all(|held| ours.contains(held)));
                prop_assert_eq!(ours.len(), theirs.len());
                prop_assert_eq!(hash_of(&ours), hash_of(&theirs));
                prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
            }
        }
    }
}
