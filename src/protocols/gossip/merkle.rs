//! The hash tree over the items (Dynamo §4.7): leaves are buckets of keys, an inner node hashes its
//! two children. Equal roots mean equal items; where roots differ, only the halves that differ are
//! looked into, so a single key that differs is found in as many steps as the tree has levels.

use super::rules;
use super::state::{Items, Version};
use crate::ids::RuleSet;
use crate::mix::hash_of;
use crate::operation::Text;

/// The levels below the root.
pub const DEPTH: u8 = 4;
/// The leaves.
pub const BUCKETS: usize = 1 << DEPTH;
/// Every bucket, as a bit mask.
pub const ALL_BUCKETS: u16 = u16::MAX;
/// The root's place in a tree; the children of a node at place p are at 2p and 2p + 1.
pub const ROOT: u8 = 1;

// A mask has a bit for each bucket; and who begins a comparison also sends its last level.
const _: () = assert!(BUCKETS == u16::BITS as usize && DEPTH.is_multiple_of(2));

/// The bucket of a key.
pub fn bucket(key: &Text) -> usize {
    (hash_of(&**key) % BUCKETS as u64) as usize
}

/// The items of some buckets.
pub fn in_buckets(items: &Items, buckets: u16) -> Items {
    let is_in = |key: &Text| buckets == ALL_BUCKETS || buckets & (1 << bucket(key)) != 0;
    items
        .iter()
        .filter(|(key, _)| is_in(key))
        .map(|(key, version)| (key.clone(), version.clone()))
        .collect()
}

/// The tree of all items, in the order of [`ROOT`]: place 0 is empty, leaves come last.
pub fn tree(items: &Items, rules: RuleSet) -> Vec<u64> {
    let covers = |version: &Version| {
        version.value().is_some() || rules.contains(rules::HASHES_COVER_CERTIFICATES)
    };
    let mut tree = vec![0; 2 * BUCKETS];
    for (key, version) in items.iter().filter(|(_, version)| covers(version)) {
        let leaf = &mut tree[BUCKETS + bucket(key)];
        // Items come in the order of their keys, so equal items give equal hashes.
        *leaf = hash_of(&(*leaf, key, version));
    }
    for place in (usize::from(ROOT)..BUCKETS).rev() {
        tree[place] = hash_of(&(tree[2 * place], tree[2 * place + 1]));
    }
    tree
}
