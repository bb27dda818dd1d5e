//! Sorting that is compiled once.
//!
//! A standard sort is compiled anew for each type of elements and each way to compare them, four to ten
//! kilobytes every time; thirty of them were a third of the judge's code. Here what is sorted becomes
//! numbers, or its places are sorted by one comparison that is called through a pointer, and the elements
//! follow.
//!
//! All of these keep elements that are equal in their order. Left out: sorts that are most of what their
//! caller does; those have the standard sort.

use std::cmp::Ordering;

/// Two numbers as one, of which the first counts more.
pub fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// Sorts by a number.
pub fn by_number<T>(list: &mut Vec<T>, number: impl Fn(&T) -> u64) {
    if list.len() < 2 {
        return;
    }
    let mut order: Vec<(u64, u32)> = list.iter().map(number).zip(0..).collect();
    sort(&mut order);
    follow(list, order.iter().map(|(_, place)| *place));
}

/// Sorts by a comparison.
pub fn by<T>(list: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    if list.len() < 2 {
        return;
    }
    let order = places(list.len(), &|one, other| compare(&list[one], &list[other]));
    follow(list, order.into_iter());
}

/// Sorts numbers.
pub fn numbers(list: &mut Vec<u32>) {
    if list.len() < 2 {
        return;
    }
    let mut wide: Vec<u64> = list.iter().map(|number| u64::from(*number)).collect();
    wide.sort_unstable();
    list.clear();
    list.extend(wide.into_iter().map(|number| number as u32));
}

/// Sorts pairs of numbers.
pub fn pairs(list: &mut Vec<(u32, u32)>) {
    if list.len() < 2 {
        return;
    }
    let mut wide: Vec<u64> = list.iter().map(|(first, second)| pair(*first, *second)).collect();
    wide.sort_unstable();
    list.clear();
    list.extend(wide.into_iter().map(|both| ((both >> 32) as u32, both as u32)));
}

/// Sorts pairs of a long number and a number.
pub fn sort(list: &mut [(u64, u32)]) {
    list.sort_unstable();
}

fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_unstable_by(|one, other| {
        compare(*one as usize, *other as usize).then(one.cmp(other))
    });
    order
}

/// Brings a list into this order of its places, each of which is in it once.
fn follow<T>(list: &mut Vec<T>, order: impl Iterator<Item = u32>) {
    let mut all: Vec<Option<T>> = list.drain(..).map(Some).collect();
    list.extend(order.filter_map(|place| all[place as usize].take()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_order_as_the_standard_sorts_do(
            list in prop::collection::vec((0..9_u32, any::<u32>()), 0..40)
        ) {
            let mut expected = list.clone();
            expected.sort_by_key(|(first, _)| *first);
            let mut found = list.clone();
            by_number(&mut found, |(first, _)| u64::from(*first));
            prop_assert_eq!(&found, &expected);
            let mut found = list.clone();
            by(&mut found, |one, other| one.0.cmp(&other.0));
            prop_assert_eq!(&found, &expected);
            expected.sort_unstable();
            let mut found = list.clone();
            pairs(&mut found);
            prop_assert_eq!(&found, &expected);
            let mut expected: Vec<u32> = list.iter().map(|(_, second)| *second).collect();
            let mut found = expected.clone();
            expected.sort_unstable();
            numbers(&mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
