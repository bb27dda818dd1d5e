//! Versions of a value and which supersedes which: by timestamp, where one of two always does, or
//! by version vector, where neither may (Dynamo §4.4).

use std::fmt;

use super::{Quorum, rules};
use crate::ids::NodeId;
use crate::operation::Text;
use crate::protocol::Context;

/// What orders versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stamp {
    /// Last writer wins: the coordinator's own clock, then its id.
    Time {
        /// What its clock said, or one more than its last timestamp.
        at_ms: u64,
        /// The coordinator, which breaks ties.
        node: NodeId,
    },
    /// A version vector: for each coordinator, in order, how many of its puts came before, this one
    /// included. An entry that is missing is zero.
    Vector(Vec<(NodeId, u64)>),
}

impl Stamp {
    /// Whether a version of this stamp supersedes one of the other, or is the same.
    pub fn covers(&self, other: &Stamp) -> bool {
        match (self, other) {
            (Stamp::Vector(mine), Stamp::Vector(theirs)) => {
                theirs.iter().all(|(node, count)| entry(mine, *node) >= *count)
            }
            _ => self >= other,
        }
    }

    /// A number that grows with it, for a quick look.
    pub fn period(&self) -> u64 {
        match self {
            Stamp::Time { at_ms, .. } => *at_ms,
            Stamp::Vector(entries) => entries.iter().map(|(_, count)| *count).sum(),
        }
    }
}

/// A coordinator's entry in a vector.
pub fn entry(vector: &[(NodeId, u64)], node: NodeId) -> u64 {
    vector.iter().find(|(other, _)| *other == node).map_or(0, |(_, count)| *count)
}

/// Raises a coordinator's entry to at least that count.
pub fn raise(vector: &mut Vec<(NodeId, u64)>, node: NodeId, count: u64) {
    match vector.binary_search_by_key(&node, |(other, _)| *other) {
        Ok(place) => vector[place].1 = vector[place].1.max(count),
        Err(place) => vector.insert(place, (node, count)),
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stamp::Time { at_ms, node } => write!(f, "{at_ms}.{node}"),
            Stamp::Vector(entries) => {
                let words = entries.iter().map(|(node, count)| format!("{node}:{count}"));
                write!(f, "[{}]", words.collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// A value with its stamp.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The stamp.
    pub stamp: Stamp,
    /// The value; none is a tombstone: the key was deleted.
    pub value: Option<Text>,
}

/// The value of a version in words.
pub fn value_words(value: Option<&Text>) -> &str {
    value.map_or("deleted", |value| value)
}

/// Values of siblings, joined by `|`.
pub fn values(versions: &[Version]) -> String {
    let words = versions.iter().map(|version| value_words(version.value.as_ref()));
    words.collect::<Vec<_>>().join("|")
}

/// Stamps of siblings, joined by `|`.
pub fn stamps(versions: &[Version]) -> String {
    if versions.is_empty() {
        return "none".to_owned();
    }
    versions.iter().map(|version| version.stamp.to_string()).collect::<Vec<_>>().join("|")
}

/// Adds a version to a set in which none supersedes another, and keeps it so.
pub fn add(versions: &mut Vec<Version>, version: &Version) {
    if versions.iter().any(|own| own.stamp.covers(&version.stamp)) {
        return;
    }
    versions.retain(|own| !version.stamp.covers(&own.stamp));
    insert(versions, version);
}

/// Takes a version into what a replica, or a stand-in for it, holds of a key.
pub fn keep(context: &mut Context<'_, Quorum>, held: &mut Vec<Version>, version: &Version) {
    if held.contains(version) {
        return;
    }
    let is_older = held.iter().any(|own| own.stamp.covers(&version.stamp));
    if is_older && context.enforces(rules::REFUSE_OLDER_VERSION) {
        return;
    }
    held.retain(|own| !own.stamp.covers(&version.stamp) && !version.stamp.covers(&own.stamp));
    if !held.is_empty() && !context.enforces(rules::SIBLINGS_KEPT) {
        held.clear();
    }
    if version.value.is_some() || context.enforces(rules::TOMBSTONES_KEPT) {
        insert(held, version);
    }
}

fn insert(versions: &mut Vec<Version>, version: &Version) {
    let place = versions.partition_point(|other| other < version);
    versions.insert(place, version.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(entries: &[(u16, u64)]) -> Stamp {
        Stamp::Vector(entries.iter().map(|(node, count)| (NodeId(*node), *count)).collect())
    }

    #[test]
    fn vectors_are_ordered_in_part_and_timestamps_altogether() {
        let (first, second) = (vector(&[(0, 1)]), vector(&[(0, 1), (1, 1)]));
        let third = vector(&[(0, 2)]);
        assert!(second.covers(&first) && !first.covers(&second));
        assert!(!second.covers(&third) && !third.covers(&second), "they are concurrent");
        assert!(first.covers(&vector(&[])));
        let time = |at_ms, node| Stamp::Time { at_ms, node: NodeId(node) };
        assert!(time(2, 0).covers(&time(1, 4)));
        assert!(time(2, 1).covers(&time(2, 0)) && !time(2, 0).covers(&time(2, 1)));
    }

    #[test]
    fn an_entry_is_raised_in_its_place() {
        let mut entries = vec![(NodeId(0), 2), (NodeId(3), 1)];
        raise(&mut entries, NodeId(1), 4);
        raise(&mut entries, NodeId(0), 1);
        assert_eq!(Stamp::Vector(entries).to_string(), "[n1:2,n2:4,n4:1]");
    }
}
