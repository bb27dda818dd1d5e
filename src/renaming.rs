//! Other names for the nodes: where nodes are alike, two states that differ in who is who have the same
//! future, and a search needs to look at one of them (Ip and Dill, *Better verification through
//! symmetry*, 1996).
//!
//! A protocol whose handlers treat all nodes alike says how its values read under other names
//! ([`Symmetry`]); one whose nodes compare names, or give some of them a part of their own, says nothing.

use crate::ids::{Endpoint, NodeId, NodeSet};
use crate::protocol::Protocol;

/// The most nodes of which every order is tried; of more only the rotations are.
const NODES_PERMUTED_MAX: u16 = 4;

/// A new name for each node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming(Vec<NodeId>);

impl Renaming {
    /// A node's new name.
    pub fn node(&self, node: NodeId) -> NodeId {
        self.0.get(node.index()).copied().unwrap_or(node)
    }

    /// The same of either end of a message.
    pub fn endpoint(&self, endpoint: Endpoint) -> Endpoint {
        match endpoint {
            Endpoint::Node(node) => Endpoint::Node(self.node(node)),
            Endpoint::Client(_) => endpoint,
        }
    }

    /// The new names of the nodes of a set.
    pub fn set(&self, nodes: NodeSet) -> NodeSet {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    /// A list that has a value for each node, in the order of the new names.
    pub fn list<T: Clone>(&self, values: &[T]) -> Vec<T> {
        let mut renamed = values.to_vec();
        for (node, value) in (0..).map(NodeId).zip(values) {
            renamed[self.node(node).index()] = value.clone();
        }
        renamed
    }
}

/// The renamings of so many nodes that are tried, a group; first the one that changes nothing. Where the
/// nodes stand in a ring, as for a client that asks the next one, only rotations keep it.
pub(crate) fn renamings(nodes: u16, is_ring: bool) -> Vec<Renaming> {
    if !is_ring && nodes <= NODES_PERMUTED_MAX {
        let mut all = vec![Vec::new()];
        for node in (0..nodes).map(NodeId) {
            // Each place for the next node; the last place first, so that the identity comes first.
            let longer = all.iter().flat_map(|names: &Vec<NodeId>| {
                (0..=names.len()).rev().map(move |place| {
                    let mut longer = names.clone();
                    longer.insert(place, node);
                    longer
                })
            });
            all = longer.collect();
        }
        return all.into_iter().map(Renaming).collect();
    }
    let rotated = |by| (0..nodes).map(|node| NodeId((node + by) % nodes)).collect();
    (0..nodes).map(|by| Renaming(rotated(by))).collect()
}

/// How the values of a protocol read under other names. Whatever a handler does to a value it must do
/// to the renamed value under the same names.
pub trait Symmetry<P: Protocol>: Sync {
    /// Whether nodes are alike in a cluster of so many with these settings.
    fn are_alike(&self, nodes: u16, settings: &[u32]) -> bool;
    /// A running node.
    fn node(&self, node: &P::Node, names: &Renaming) -> P::Node;
    /// A disk.
    fn disk(&self, disk: &P::Disk, names: &Renaming) -> P::Disk;
    /// A message.
    fn message(&self, message: &P::Message, names: &Renaming) -> P::Message;
    /// The history variables.
    fn ghost(&self, ghost: &P::Ghost, names: &Renaming) -> P::Ghost;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renamings_are_a_group_that_begins_with_the_identity() {
        for (nodes, is_ring, count) in
            [(1, false, 1), (3, false, 6), (4, false, 24), (3, true, 3), (5, false, 5)]
        {
            let all = renamings(nodes, is_ring);
            assert_eq!(all.len(), count);
            assert!((0..nodes).map(NodeId).all(|node| all[0].node(node) == node));
            for (place, one) in all.iter().enumerate() {
                assert!(!all[..place].contains(one));
                for other in &all {
                    let both = (0..nodes).map(|node| other.node(one.node(NodeId(node)))).collect();
                    assert!(all.contains(&Renaming(both)));
                }
            }
        }
    }

    #[test]
    fn lists_and_sets_follow_the_names() {
        let names = Renaming(vec![NodeId(2), NodeId(0), NodeId(1)]);
        assert_eq!(names.list(&["a", "b", "c"]), ["b", "c", "a"]);
        assert_eq!(names.set(NodeSet::of(NodeId(0))), NodeSet::of(NodeId(2)));
        assert_eq!(names.endpoint(Endpoint::Node(NodeId(1))), Endpoint::Node(NodeId(0)));
    }
}
