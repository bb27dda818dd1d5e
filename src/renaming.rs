//! Other names for nodes and for what clients write: where nodes are alike, two states that differ in who
//! is who have the same future, and so have two that differ in which value is which; a search needs to
//! look at one of them (Ip and Dill, *Better verification through symmetry*, 1996).
//!
//! **Nodes.** A protocol whose handlers treat all nodes alike says how its state reads under other names
//! ([`Symmetry`]); one whose nodes compare names, or give some of them a part of their own, says nothing.
//!
//! **Values.** Nearly every handler stores what a client writes and hands it on, and looks no further than
//! whether two values are the same. Such a protocol says so. Values are texts wherever they are, so
//! the hasher itself takes each for another ([`StableHasher::reading`](crate::mix::StableHasher)), and
//! only what is not a plain text needs a word of its protocol: a hash kept in place of what it was
//! made of, or an order of values.

use crate::ids::{Endpoint, NodeId, NodeSet};
use crate::operation::Text;
use crate::protocol::Protocol;

/// The most nodes of which every order is tried; of more only the rotations are.
const NODES_PERMUTED_MAX: u16 = 4;

/// A new name for each node, and other values for some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renaming {
    nodes: Vec<NodeId>,
    texts: Vec<(Text, Text)>,
}

impl Renaming {
    /// The same names for the nodes, and other values for these.
    pub(crate) fn with_texts(&self, texts: &[(Text, Text)]) -> Self {
        Renaming { nodes: self.nodes.clone(), texts: texts.to_vec() }
    }

    /// A node's new name.
    pub fn node(&self, node: NodeId) -> NodeId {
        self.nodes.get(node.index()).copied().unwrap_or(node)
    }

    /// The values that are others, each with the one that it is.
    pub fn texts(&self) -> &[(Text, Text)] {
        &self.texts
    }

    /// What a value is.
    pub fn text<'a>(&'a self, text: &'a Text) -> &'a Text {
        self.texts.iter().find(|(known, _)| known == text).map_or(text, |(_, other)| other)
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
        return all.into_iter().map(|nodes| Renaming { nodes, texts: Vec::new() }).collect();
    }
    let rotated = |by| (0..nodes).map(|node| NodeId((node + by) % nodes)).collect();
    (0..nodes).map(|by| Renaming { nodes: rotated(by), texts: Vec::new() }).collect()
}

/// How the state of a protocol reads under other names. Whatever a handler does to a state it must do
/// to the renamed state under the same names. What is returned is hashed and no more, by a hasher that
/// takes each text for its other one: texts stay as they are.
pub trait Symmetry<P: Protocol>: Sync {
    /// Whether nodes are alike in a cluster of so many with these settings.
    fn are_alike(&self, _nodes: u16, _settings: &[u32]) -> bool {
        false
    }

    /// Whether a written value is like any other: no handler and no invariant looks further than whether
    /// two values are the same, or makes another one of it.
    fn is_like_others(&self, _value: &str, _settings: &[u32]) -> bool {
        false
    }

    /// A running node.
    fn node(&self, node: &P::Node, _names: &Renaming) -> P::Node {
        node.clone()
    }

    /// A disk.
    fn disk(&self, disk: &P::Disk, _names: &Renaming) -> P::Disk {
        disk.clone()
    }

    /// A message.
    fn message(&self, message: &P::Message, _names: &Renaming) -> P::Message {
        message.clone()
    }

    /// The history variables.
    fn ghost(&self, ghost: &P::Ghost, _names: &Renaming) -> P::Ghost {
        ghost.clone()
    }
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
                    assert!(all.contains(&Renaming { nodes: both, texts: Vec::new() }));
                }
            }
        }
    }

    #[test]
    fn lists_and_sets_follow_the_names() {
        let nodes = vec![NodeId(2), NodeId(0), NodeId(1)];
        let names = Renaming { nodes, texts: Vec::new() };
        assert_eq!(names.list(&["a", "b", "c"]), ["b", "c", "a"]);
        assert_eq!(names.set(NodeSet::of(NodeId(0))), NodeSet::of(NodeId(2)));
        assert_eq!(names.endpoint(Endpoint::Node(NodeId(1))), Endpoint::Node(NodeId(0)));
    }
}
